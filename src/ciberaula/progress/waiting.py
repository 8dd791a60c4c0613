"""What of a cohort's work still has no mark, counted and said as ``ciberaula export`` does."""

from collections.abc import Iterable

from ciberaula.grading.words import awaiting_person, not_graded, not_read
from ciberaula.i18n import _
from ciberaula.progress.tables import ReviewRow, ReviewStatus


def still_without_marks(reviews: Iterable[ReviewRow]) -> str:
    """One sentence: what waits for a person, what could not be read, what could not be graded at all."""
    of: dict[ReviewStatus, list[tuple[str, str]]] = {}
    for one in reviews:
        of.setdefault(one.status, []).append((one.pseudonym, one.module))
    waiting, unread, failed = (of.get(status, []) for status in ("awaiting_review", "not_gradable", "failed"))
    told = []
    if waiting:
        told.append(awaiting_person(len(waiting), len(set(waiting))))
    if unread:
        told.append(not_read(len(unread), len(set(unread))))
    if failed:
        told.append(not_graded(len(failed)))
    return _("{parts}.").format(parts="; ".join(told)) if told else _("Nada espera su revisión.")
