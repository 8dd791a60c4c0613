"""Where the clock of a story stops when one lets time pass: at what comes next, or on the day on which something is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ciberaula.casework.stories.player_actions import LONGEST_WAIT
from ciberaula.classroom.desk_session import PlaySession, codes, in_background, my_tasks
from ciberaula.classroom.desk_texts import short_moment
from ciberaula.i18n import _

_BEGINS = 8  # the hour at which a day at the desk begins


@dataclass(frozen=True)
class Stop:
    """After so many ``minutes`` something is due that day; ``text`` says what."""

    minutes: int
    text: str


def due_before_next(session: PlaySession) -> Stop | None:
    """The first morning on which a task of the story's cases is due, where nothing else comes before it.

    Without it, a wait until the next thing would carry a person past what she promised, unseen.
    """
    comes = session.play.pending_after
    mine = [(_morning(one.due), one) for one in my_tasks(session) if not in_background(one.case_id)]
    morning = min((at for at, _one in mine if at > session.now), default=None)
    if morning is None or (comes is not None and morning >= comes):
        return None
    minutes = int((morning - session.now).total_seconds()) // 60
    if not 0 < minutes <= LONGEST_WAIT:
        return None
    due = [one for at, one in mine if at == morning]
    names = codes(session, {one.case_id for one in due})
    told = (
        _("{text} ({case}, {when})").format(
            text=one.text.rstrip("."), case=names.get(one.case_id, ""), when=short_moment(one.due)
        )
        for one in due
    )
    return Stop(minutes, _("Hoy toca: {tasks}.").format(tasks="; ".join(told)))


def _morning(due: datetime) -> datetime:
    morning = due.replace(hour=_BEGINS, minute=0, second=0, microsecond=0)
    return morning if morning <= due else morning - timedelta(days=1)
