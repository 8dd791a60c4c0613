"""Scoring of answers that a trainee writes or computes: number, text, form, table."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ciberaula.classroom.values import count_words, number_text
from ciberaula.grading.scoring.result import (
    ItemScore,
    earned,
    is_blank,
    require_author,
    require_points,
    table_rows,
    unanswered,
    unexpected,
)
from ciberaula.grading.scoring.stance import KeptAway
from ciberaula.grading.scoring.wording import Wording, sentence
from ciberaula.i18n import _, ngettext

Row: TypeAlias = dict[str, Any]
Check: TypeAlias = tuple[str, Callable[[list[Row]], bool], float, str]
Alternatives: TypeAlias = str | Sequence[str]


@dataclass(frozen=True)
class Together:
    """A requirement of a text: a term of ``these`` and one of ``those``, at most ``within`` words apart, in any order."""

    these: Sequence[str]
    those: Sequence[str]
    within: int = 6


Requirement: TypeAlias = Sequence[str] | Together | KeptAway

MAX_TEXT = 20_000
# Each datum that must not be there costs half of the item: with two, nothing is left.
LEAK_COST = 0.5
# Spanish prose joins its words with articles, prepositions and pronouns: a third and more of them. A list has few.
JOINING_SHARE = 6
_JOINING = frozenset(
    "a al como con cuando cual de del e el en es esta este esto ha han la las le les lo los me mi mis nos o para "  # noqa: SIM905
    "pero por que se si sobre su sus un una y ya".split()
)


def number(
    item: str,
    answer: Any,
    *,
    points: float,
    value: float,
    why: str,
    tolerance: float = 0,
    near: Mapping[float, tuple[float, str]] | None = None,
) -> ItemScore:
    """Score a number within ``tolerance`` of ``value``. ``near`` gives known slips a fraction and their own reason."""
    slips = dict(near or {})
    require_points(item, points)
    require_author(
        all(_is_number(figure) for figure in (value, tolerance, *slips)) and tolerance >= 0,
        item,
        _("el valor y la tolerancia son números finitos"),
    )
    require_author(
        all(0 <= fraction < 1 and abs(slip - value) > tolerance for slip, (fraction, _reason) in slips.items()),
        item,
        _("un error conocido coincide con la respuesta o vale todo el puntaje"),
    )
    if is_blank(answer):
        return unanswered(item, points=points)
    if not _is_number(answer):
        return unexpected(item, points=points)
    unit = Wording(item).unit()
    told = f"{number_text(answer)} {unit}".strip()
    if abs(answer - value) <= tolerance:
        return earned(item, 1.0, points=points, answered=told, explanation=[why])
    fraction, reason = next((slips[slip] for slip in slips if abs(answer - slip) <= tolerance), (0.0, ""))
    expected = _("Se esperaba {value}.").format(value=f"{number_text(value)} {unit}".strip())
    return earned(item, fraction, points=points, answered=told, explanation=[reason, expected, why])


def text(
    item: str,
    answer: Any,
    *,
    points: float,
    require: Mapping[str, Requirement] | Sequence[Requirement],
    why: str,
    forbid: Mapping[str, Alternatives] | Sequence[str] = (),
    min_words: int = 1,
    max_words: int = 500,
    min_distinct: int = 0,
) -> ItemScore:
    """Score a short text by what it must say and must not say.

    ``require`` lists groups of alternatives, met when one of them occurs, ``Together`` for what must stand close, and
    ``KeptAway`` for what the text must say is not given; a mapping also names each (the trainee is told the names of
    those not found). ``forbid`` lists terms, or maps a name for the datum (shown to the trainee) to the terms that give
    it away; each datum found costs ``LEAK_COST`` of the points. Terms match at the start of a word, without regard to
    accents or case, so that «escuel» finds «Escuelas»; one that ends in a space matches whole words only. A text of
    fewer than ``min_words`` or more than ``max_words`` words earns nothing; nor does, with ``min_distinct``, a heap of
    words: fewer distinct ones than that, or hardly any that join them.
    """
    wanted = dict(require) if isinstance(require, Mapping) else dict(enumerate(require))
    leaks = dict(forbid) if isinstance(forbid, Mapping) else {term: term for term in forbid}
    require_points(item, points)
    require_author(
        bool(wanted) and all(_is_terms(terms) for group in wanted.values() for terms in _parts(group)),
        item,
        _("cada requisito es una lista de alternativas que no estén vacías"),
    )
    require_author(
        all(_is_terms(_listed(terms)) for terms in leaks.values()), item, _("cada dato prohibido lleva sus palabras")
    )
    if is_blank(answer):
        return unanswered(item, points=points)
    if not isinstance(answer, str) or len(answer) > MAX_TEXT:
        return unexpected(item, points=points)
    said = normalise(answer)
    words = count_words(answer)
    if not min_words <= words <= max_words:
        short = _("Su texto tiene {words} palabras y se pedían entre {low} y {high}.")
        lines = [short.format(words=words, low=min_words, high=max_words), why]
        return earned(item, 0.0, points=points, answered=answer.strip(), explanation=lines)
    if min_distinct and not _is_prose(said.split(), min_distinct):
        heap = _(
            "Su texto se leyó como una lista de palabras. Escriba oraciones completas, como las diría a sus colegas."
        )
        return earned(item, 0.0, points=points, answered=answer.strip(), explanation=[heap, why])
    missing = [name for name, group in wanted.items() if not _meets(answer, group)]
    told = [name for name, terms in leaks.items() if _places(said, _listed(terms))]
    met = len(wanted) - len(missing)
    lines = [_("Se reconocieron {met} de las {all} cosas que el texto debía decir.").format(met=met, all=len(wanted))]
    if missing and isinstance(require, Mapping):
        lines.append(_("No se reconoció: {names}.").format(names="; ".join(map(str, missing))))
    if told:
        count = ngettext("Queda {n} dato que señala: {data}.", "Quedan {n} datos que señalan: {data}.", len(told))
        lines.append(count.format(n=len(told), data="; ".join(told)))
    lines.append(why)
    fraction = met / len(wanted) - LEAK_COST * len(told)
    return earned(item, fraction, points=points, answered=answer.strip(), explanation=lines)


def form(
    item: str,
    answer: Any,
    *,
    points: float,
    fields: Mapping[str, Any],
    why: Mapping[str, str | Mapping[str, str]],
) -> ItemScore:
    """Score a form by its share of right fields.

    ``fields`` gives each scored field its value, or a function of the value that returns True or a fraction. ``why`` gives
    each field one reason, or one per option. Fields that are not listed are not scored.
    """
    require_points(item, points)
    require_author(
        bool(fields) and set(fields) == set(why), item, _("cada campo calificado lleva su explicación, y ninguna sobra")
    )
    if is_blank(answer):
        return unanswered(item, points=points)
    if not isinstance(answer, Mapping):
        return unexpected(item, points=points)
    words = Wording(item)
    total = 0.0
    lines, told = [], []
    for name, key in fields.items():
        given = answer.get(name)
        share = 0.0 if given is None else _field_share(given, key)
        total += share
        mark = _("Bien") if share >= 1 else _("En parte") if share > 0 else _("Revise")
        label = words.field(name)
        lines.append(f"{mark}: {sentence(label)} {_field_reason(words, name, given, key, share, why[name])}")
        if isinstance(given, str):
            told.append(f"{sentence(label)} {words.field_option(name, given)}")
        elif given is not None and _is_number(given):
            told.append(f"{sentence(label)} {number_text(given)}")
    return earned(item, total / len(fields), points=points, answered="; ".join(told), explanation=lines)


def table(item: str, answer: Any, *, points: float, checks: Sequence[Check]) -> ItemScore:
    """Score a table by the checks that it passes.

    ``answer`` is ``{"columns": [...], "rows": [[...], …]}``. Each check is ``(label, predicate, fraction, why)``; the
    predicate gets the rows as a list of mappings and says whether they pass. The fractions add up to 1. A predicate
    that stumbles over a trainee's data counts as not passed: odd data is an answer, not a fault of the assignment.
    """
    require_points(item, points)
    require_author(
        bool(checks) and math.isclose(sum(fraction for _l, _p, fraction, _w in checks), 1.0),
        item,
        _("las fracciones de las comprobaciones suman 1"),
    )
    if is_blank(answer):
        return unanswered(item, points=points)
    rows = table_rows(answer)
    if rows is None:
        return unexpected(item, points=points)
    total = 0.0
    lines = []
    for label, predicate, fraction, reason in checks:
        passed = _passes(predicate, rows)
        total += fraction if passed else 0.0
        lines.append(f"{_('Bien') if passed else _('Revise')}: {label}. {reason}")
    columns = ", ".join(str(name)[:60] for name in answer["columns"][:20])
    told = _("tabla de {rows} filas con las columnas {columns}").format(rows=len(rows), columns=columns)
    return earned(item, total, points=points, answered=told, explanation=lines)


def normalise(said: str) -> str:
    """``said`` in lower case, without accents or punctuation, its words split by one space."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", said) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"\w+", bare.casefold()))


def _meets(answer: str, requirement: Requirement) -> bool:
    if isinstance(requirement, KeptAway):
        return requirement.met(answer)
    said = normalise(answer)
    if not isinstance(requirement, Together):
        return bool(_places(said, requirement))
    here, there = _places(said, requirement.these), _places(said, requirement.those)
    return any(abs(one - other) <= requirement.within for one in here for other in there)


def _places(said: str, terms: Sequence[str]) -> list[int]:
    """Where the terms begin in a normalised text, in words from its start."""
    return [
        said.count(" ", 0, match.start())
        for term in terms
        for match in re.finditer(
            rf"(?<!\S){re.escape(normalise(term))}" + (r"(?!\S)" if term[-1:] == " " else ""), said
        )
    ]


def _parts(requirement: Requirement) -> Sequence[Sequence[str]]:
    if isinstance(requirement, KeptAway):
        return (requirement.about, requirement.away, requirement.given)
    return (requirement.these, requirement.those) if isinstance(requirement, Together) else (requirement,)


def _is_prose(words: Sequence[str], min_distinct: int) -> bool:
    """True for at least ``min_distinct`` different words of two letters or more, one word in ``JOINING_SHARE`` joining."""
    distinct = {word for word in words if len(word) > 1}
    return len(distinct) >= min_distinct and sum(word in _JOINING for word in words) * JOINING_SHARE >= len(words)


def _listed(terms: Alternatives) -> Sequence[str]:
    return [terms] if isinstance(terms, str) else terms


def _is_terms(terms: Sequence[str]) -> bool:
    return bool(terms) and not isinstance(terms, str) and all(map(normalise, terms))


def _is_number(value: Any) -> bool:
    """True for a finite number that fits a float; truth values are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _field_share(given: Any, key: Any) -> float:
    if callable(key):
        try:
            return min(1.0, max(0.0, float(key(given))))
        except Exception:  # the key meets data of any shape: what it can't judge is not right
            return 0.0
    alike = type(given) is type(key) or (_is_number(given) and _is_number(key))
    return float(alike and given == key)


def _field_reason(words: Wording, name: str, given: Any, key: Any, share: float, why: str | Mapping[str, str]) -> str:
    if isinstance(why, str):
        return why
    lines = [why[given]] if isinstance(given, str) and given in why else []
    if share < 1 and isinstance(key, str) and key in why:
        best = sentence(words.field_option(name, key))
        lines.append(_("Lo más indicado: {option} {why}").format(option=best, why=why[key]))
    return " ".join(lines)


def _passes(predicate: Callable[[list[Row]], bool], rows: list[Row]) -> bool:
    try:
        return bool(predicate(rows))
    except Exception:  # see table(): a predicate meets data of any shape
        return False
