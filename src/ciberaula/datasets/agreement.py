"""How far two people who coded the same units agree: share of agreement, table of confusion, Cohen's kappa.

Source: J. Cohen, «A coefficient of agreement for nominal scales», Educational and Psychological Measurement 20 (1960),
37–46, doi 10.1177/001316446002000104.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ciberaula.errors import UserError
from ciberaula.i18n import _


def agreement(first: Iterable[str], second: Iterable[str]) -> float:
    """The share of units, from 0 to 1, that both gave the same code. Raises ``UserError`` as :func:`cohen_kappa` does."""
    pairs = _pairs(first, second)
    return sum(one == other for one, other in pairs) / len(pairs)


def cohen_kappa(first: Iterable[str], second: Iterable[str]) -> float:
    """Cohen's kappa of two codings (lists or Series) of the same units in the same order.

    kappa = (p_o − p_e) / (1 − p_e): p_o is the share of agreement, p_e the share to be expected if both had put their codes,
    as often as they used each, without reading. 1 is full agreement, 0 no more than chance, below 0 less than chance. It is
    not defined where both used one and the same code throughout: NaN.

    Raises ``UserError`` where the codings are empty or differ in length.
    """
    pairs = _pairs(first, second)
    units = len(pairs)
    ours, theirs = Counter(one for one, _other in pairs), Counter(other for _one, other in pairs)
    same = sum(one == other for one, other in pairs)
    # In whole numbers until the last division, so that the order of the codes can't change the result.
    by_chance = sum(count * theirs[code] for code, count in ours.items())
    if by_chance == units * units:
        return math.nan
    return (same * units - by_chance) / (units * units - by_chance)


def confusion(first: Iterable[str], second: Iterable[str], codes: Sequence[str] = ()) -> Any:
    """A DataFrame that counts units: a row for each code of ``first``, a column for each code of ``second``.

    ``codes`` gives their order; those that are not in it follow by name. Raises ``UserError`` as :func:`cohen_kappa` does.
    """
    import pandas as pd

    pairs = _pairs(first, second)
    known = dict.fromkeys(codes)
    order = [*known, *sorted({code for pair in pairs for code in pair} - known.keys())]
    counts = Counter(pairs)
    return pd.DataFrame([[counts[one, other] for other in order] for one in order], index=order, columns=order)


def _pairs(first: Iterable[str], second: Iterable[str]) -> list[tuple[str, str]]:
    ours, theirs = list(first), list(second)
    if len(ours) != len(theirs):
        raise UserError(
            _(
                "Las dos codificaciones no tienen tantas unidades una como otra ({first} y {second}): únalas por unidad."
            ).format(first=len(ours), second=len(theirs))
        )
    if not ours:
        raise UserError(_("No hay ninguna unidad codificada por las dos personas: codifique al menos una."))
    return list(zip(ours, theirs, strict=True))
