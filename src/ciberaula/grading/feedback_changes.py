"""What a trainee reads of a mark that a person changed: what changed, when and why. Never who.

The page says «su docente», as everywhere: it names nobody, since it travels by mail and on paper, and the author on record
is often an account of a machine. The name is in the gradebook, and the trainee gets it with all the rest that is held
about them (``ciberaula my-data``).
"""

from dataclasses import dataclass

from ciberaula.grading.deadlines import shown
from ciberaula.grading.overrides import ByHand
from ciberaula.grading.standing import Mark
from ciberaula.grading.words import number
from ciberaula.i18n import _


@dataclass(frozen=True)
class Told:
    """A change in words: text that the template escapes. ``reason``, by lines, and ``date`` are empty where nobody signed."""

    words: str
    reason: tuple[str, ...] = ()
    date: str = ""


def told(change: ByHand, mark: Mark) -> Told:
    """``change`` of the item with this ``mark``, for its trainee."""
    # The minute is enough for a person; seconds would only be read as precision.
    date = "" if change.made_at is None else shown(change.made_at.replace(second=0, microsecond=0))
    return Told(_words(change, mark), tuple(filter(None, map(str.strip, (change.reason or "").splitlines()))), date)


def _words(change: ByHand, mark: Mark) -> str:
    if change.points is None:
        return _back(change.before, mark)
    if change.before is None:
        words = _("Su docente revisó esta pregunta y puso los puntos: {now}.")
    elif change.before == change.points:
        words = _("Su docente revisó esta pregunta y dejó los mismos puntos: {now}.")
    else:
        words = _("Su docente revisó esta pregunta y cambió los puntos: de {before} a {now}.")
    return words.format(before=number(change.before or 0), now=number(change.points)) + _extra(mark)


def _back(before: float | None, mark: Mark) -> str:
    if mark.waits:
        words = _("Su docente retiró los puntos que había puesto ({before}) y volverá a revisar esta pregunta.")
    else:
        words = _(
            "Su docente retiró los puntos que había puesto ({before}): valen otra vez los de la corrección automática."
        )
    return words.format(before=number(before or 0))


def _extra(mark: Mark) -> str:
    """nbgrader adds these to what the item has; without a word the sum would not come out."""
    if not mark.extra_credit:
        return ""
    return " " + _("Además, le dio puntos extra: {extra}.").format(extra=number(mark.extra_credit))
