"""An item analysis as the rows of a file, for the instructor or, without small groups, for an institution."""

from collections.abc import Mapping, Sequence

from ciberaula.i18n import _
from ciberaula.progress import item_words
from ciberaula.progress.items import ENOUGH, GROUP_SHARE, Analysis, ItemStats
from ciberaula.progress.suppression import MINIMUM, publish
from ciberaula.spreadsheet import Cell

SLIPS_SHOWN = 3
Slips = Mapping[str, Sequence[tuple[str, int]]]


def columns() -> list[str]:
    """The names of the columns of :func:`rows`."""
    named = [
        *(_("pregunta"), _("competencia"), _("vale"), _("personas"), _("puntos obtenidos (0 a 1)"), _("en blanco")),
        *(_("discriminación (−1 a 1)"), _("quienes mejor van en el resto (0 a 1)"), _("quienes peor van (0 a 1)")),
        *(_("por revisar"), _("no se pudo calificar"), _("lectura")),
    ]
    for number in range(1, SLIPS_SHOWN + 1):
        named += [
            _("error frecuente {number}").format(number=number),
            _("personas con el error {number}").format(number=number),
        ]
    return [*named, _("alfa de la tarea"), _("personas del alfa")]


def rows(
    found: Analysis, slips: Slips, competences: Mapping[str, str], *, for_institution: bool = False
) -> list[list[Cell]]:
    """A row a question, with the assignment's alpha beside each.

    ``for_institution`` leaves empty whatever could point at fewer than ``MINIMUM`` people: a number of people is shown only
    where neither it nor the rest is a small group, so that no subtraction gives one; means, only of at least that many.
    """
    whole = found.reliability
    shown: list[Cell] = (
        [None, None] if whole is None or whole.people < ENOUGH else [_rounded(whole.alpha), whole.people]
    )
    return [[*_row(one, slips.get(one.item, ()), competences, for_institution), *shown] for one in found.items]


def _row(one: ItemStats, slips: Sequence[tuple[str, int]], competences: Mapping[str, str], hide: bool) -> list[Cell]:
    name = competences.get(one.competence, one.competence)
    if hide and one.n < MINIMUM:
        return [one.item, name, one.maximum, *[None] * 8, _("no se muestra"), *[None] * (2 * SLIPS_SHOWN)]
    enough = one.n >= ENOUGH
    ends = enough and not (hide and GROUP_SHARE * one.n < MINIMUM)
    kept = [pair for pair in slips if not hide or _may_be_told(pair[1], one.n)][:SLIPS_SHOWN]
    told: list[Cell] = [cell for pair in kept for cell in pair]
    return [
        one.item,
        name,
        one.maximum,
        one.n,
        _rounded(one.difficulty),
        one.blank if not hide or one.blank == 0 or _may_be_told(one.blank, one.n) else None,
        _rounded(one.discrimination) if enough else None,
        _rounded(one.upper) if ends else None,
        _rounded(one.lower) if ends else None,
        *(count if not hide or count == 0 or count >= MINIMUM else None for count in (one.waiting, one.not_gradable)),
        item_words.reading(one, advise=not hide),
        *told,
        *[None] * (2 * SLIPS_SHOWN - len(told)),
    ]


def _may_be_told(count: int, people: int) -> bool:
    """Whether ``count`` of ``people`` may be published: neither those nor the others are a small group."""
    return publish({"those": count, "others": people - count}).shows("those")


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)
