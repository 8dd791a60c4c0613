"""The cells of a column, as text, turned into what its description says they are, or told why they are not."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ciberaula.errors import UserError
from ciberaula.i18n import _

_WHOLE = re.compile(r"[+-]?\d{1,15}")
_DECIMAL = re.compile(r"[+-]?\d{1,15}(\.\d+)?([eE][+-]?\d{1,2})?")
_BOOLEANS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "1": True,
    "false": False,
    "False": False,
    "FALSE": False,
    "0": False,
}
_FORMATS = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%d %H:%M"}
_SHOWN = 40


class Misfit(UserError):
    """A cell that is not as described: ``index`` of its row, from 0, and ``what`` is wrong, in Spanish."""

    def __init__(self, index: int, what: str) -> None:
        super().__init__(what)
        self.index = index
        self.what = what


def column_values(
    kind: str, categories: Sequence[str], constraints: Mapping[str, Any], cells: list[str], missing: Sequence[str]
) -> "pd.Series[Any]":
    """The values of a column (Frictionless ``kind`` and ``constraints``). Raises ``Misfit`` for the first wrong cell."""
    text = pd.Series(cells, dtype="str")
    blank = text.isin(list(missing))
    if constraints.get("required"):
        _refuse(blank, text, _("falta el dato"))
    known = text[~blank]
    if constraints.get("unique"):
        _refuse(known.duplicated(), known, _("«{value}» está dos veces"))
    if constraints.get("pattern"):
        _refuse(~known.str.fullmatch(constraints["pattern"]), known, _("«{value}» no tiene la forma esperada"))
    if kind == "string":
        return _strings(text, blank, known, categories)
    if kind in _FORMATS:
        return _dates(text, blank, known, kind)
    values = _booleans(text, blank, known) if kind == "boolean" else _numbers(text, blank, known, kind)
    _within(values, text, constraints)
    return values


def _refuse(wrong: "pd.Series[bool]", text: "pd.Series[str]", what: str) -> None:
    if wrong.any():
        index = int(wrong[wrong].index[0])
        raise Misfit(index, what.format(value=text[index][:_SHOWN]))


def _strings(
    text: "pd.Series[str]", blank: "pd.Series[bool]", known: "pd.Series[str]", categories: Sequence[str]
) -> "pd.Series[Any]":
    values: pd.Series[Any] = text.mask(blank)
    if not categories:
        return values
    allowed = list(categories)
    _refuse(~known.isin(allowed), known, _("«{value}» no es una de sus categorías"))
    return values.astype(pd.CategoricalDtype(allowed, ordered=True))


def _numbers(text: "pd.Series[str]", blank: "pd.Series[bool]", known: "pd.Series[str]", kind: str) -> "pd.Series[Any]":
    whole = kind == "integer"
    form = _WHOLE if whole else _DECIMAL
    what = _("«{value}» no es un número entero") if whole else _("«{value}» no es un número con punto decimal")
    _refuse(~known.str.fullmatch(form.pattern), known, what)
    values: pd.Series[Any] = pd.to_numeric(text.mask(blank))
    if whole:
        return values.astype("Int64" if blank.any() else "int64")
    return values.astype("float64")


def _booleans(text: "pd.Series[str]", blank: "pd.Series[bool]", known: "pd.Series[str]") -> "pd.Series[Any]":
    _refuse(~known.isin(list(_BOOLEANS)), known, _("«{value}» no es true ni false"))
    return text.mask(blank).map(_BOOLEANS).astype("boolean" if blank.any() else "bool")


def _dates(text: "pd.Series[str]", blank: "pd.Series[bool]", known: "pd.Series[str]", kind: str) -> "pd.Series[Any]":
    form = _FORMATS[kind]
    parsed = pd.to_datetime(known, format=form, errors="coerce")
    _refuse(parsed.isna(), known, _("«{value}» no es una fecha (AAAA-MM-DD)"))
    return pd.to_datetime(text.mask(blank), format=form)


def _within(values: "pd.Series[Any]", text: "pd.Series[str]", constraints: Mapping[str, Any]) -> None:
    if "minimum" in constraints:
        low = constraints["minimum"]
        _refuse((values < low).fillna(False).astype(bool), text, _("«{{value}}» es menor que {low}").format(low=low))
    if "maximum" in constraints:
        high = constraints["maximum"]
        _refuse(
            (values > high).fillna(False).astype(bool), text, _("«{{value}}» es mayor que {high}").format(high=high)
        )
