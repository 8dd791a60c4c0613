"""Deadlines and extensions: what a person writes as a date, and what it changes in the gradebook."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from nbgrader.api import Assignment, SubmittedAssignment
from sqlalchemy.orm import Session

from ciberaula.errors import UserError
from ciberaula.grading import ledger
from ciberaula.grading.overrides import signature
from ciberaula.grading.policy import (
    apply_extensions,
    decide,
    dues_of,
    policy_of,
    refresh_penalties,
    session_on,
)
from ciberaula.i18n import _

_ELSEWHERE = "nbgrader"
_UNITS = {"": 1, "m": 1, "h": 60, "d": 24 * 60}
_AMOUNT = re.compile(r"^(\d{1,6})\s*([a-z]*)$")
LONGEST_MINUTES = 366 * 24 * 60


@dataclass(frozen=True)
class Change:
    """What a deadline or an extension changed: late penalties, and who has an attempt that would count now."""

    due: datetime | None
    penalties: int
    could_count: tuple[str, ...] = ()


def read_moment(text: str, zone: str | None = None) -> datetime:
    """A date as people write it, as UTC without a zone.

    ``2026-03-02T23:59-05:00``; ``2026-03-02 23:59 America/Guayaquil``, or the zone apart; a date alone is its last second.
    Raises ``UserError`` for anything else, and for a date without a zone: the machine's own says nothing about people's.
    """
    words = text.strip()
    found = re.fullmatch(r"(\S+?)(?:[T ](\d\S*))?(?:\s+([A-Za-z]\S*))?", words)
    date, hour, named = found.groups() if found else (words, None, None)
    try:
        moment = datetime.fromisoformat(f"{date}T{hour}" if hour else date)
    except ValueError as error:
        raise UserError(
            _("«{text}» no es una fecha: escriba, por ejemplo, 2026-03-02T23:59-05:00.").format(text=words[:80])
        ) from error
    if not hour and "T" not in date:
        moment = datetime.combine(moment.date(), time(23, 59, 59))
    zone = named or zone
    if moment.tzinfo is None and zone is None:
        raise UserError(
            _(
                "Falta la zona horaria de «{text}»: añada la diferencia (-05:00) o --zone, por ejemplo America/Guayaquil."
            ).format(text=words[:80])
        )
    if moment.tzinfo is None and zone is not None:
        moment = moment.replace(tzinfo=_zone(zone))
    elif zone is not None:
        raise UserError(_("«{text}» trae dos zonas horarias: deje una sola.").format(text=words[:80]))
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError as error:
        raise UserError(_("«{text}» está fuera del calendario: revise el año.").format(text=words[:80])) from error


def read_minutes(text: str) -> int:
    """``90``, ``90m``, ``12h`` or ``3d`` as minutes; ``0`` takes an extension back."""
    found = _AMOUNT.match(text.strip().lower())
    if found is None or found[2] not in _UNITS:
        raise UserError(
            _("«{text}» no es un tiempo: escriba minutos (90) o una cifra con h o d: 12h, 3d.").format(text=text[:40])
        )
    minutes = int(found[1]) * _UNITS[found[2]]
    if minutes > LONGEST_MINUTES:
        raise UserError(_("Una prórroga admite hasta un año: revise «{text}».").format(text=text[:40]))
    return minutes


def shown(moment: datetime, zone: str | None = None) -> str:
    """A moment (UTC without a zone) in words: in ``zone``, else in this machine's own with its difference, and in UTC."""
    exact = _in_words(moment) + " UTC"
    if zone == "UTC":
        return exact
    local = moment.replace(tzinfo=UTC).astimezone(None if zone is None else _zone(zone))
    if zone is None and not local.utcoffset():
        return exact
    return f"{_in_words(local)} {zone or local.isoformat()[-6:]} ({exact})"


def deadline_of(db_url: str, assignment: str) -> datetime | None:
    """Until when the assignment may be handed in, extensions apart."""
    with ledger.reading(db_url) as connection:
        query = sa.select(Assignment.duedate).where(Assignment.name == assignment)
        found: datetime | None = connection.execute(query).scalar_one_or_none()
    return found


def set_deadline(db_url: str, assignment: str, moment: datetime | None) -> Change:
    """Set the deadline (UTC without a zone) or take it away, and work out anew what is late.

    Raises ``UserError`` where the gradebook does not know the assignment.
    """
    with session_on(db_url) as session:
        row = session.execute(sa.select(Assignment).where(Assignment.name == assignment)).scalar_one_or_none()
        if row is None:
            raise _not_released(assignment)
        _adopt_extensions(session, assignment)
        row.duedate = moment
        session.flush()
        everyone = _students(session, assignment)
        apply_extensions(session, assignment, everyone)
        return Change(moment, refresh_penalties(session, assignment), _could_count(session, assignment, everyone))


def grant_extension(db_url: str, assignment: str, student: str, minutes: int, *, author: str, reason: str) -> Change:
    """Give a student more time than the deadline, in the place of what was given before; 0 takes it back.

    Works before anything was handed in. Raises ``UserError`` for an unknown assignment or a missing reason.
    """
    author, reason = signature(author, reason)
    with session_on(db_url) as session:
        if session.execute(sa.select(Assignment.id).where(Assignment.name == assignment)).first() is None:
            raise _not_released(assignment)
        _keep(session, assignment, student, minutes, author, reason)
        apply_extensions(session, assignment, [student])
        penalties = refresh_penalties(session, assignment, [student])
        due = dues_of(session, assignment, [student])[student]
        return Change(due, penalties, _could_count(session, assignment, [student]))


def _in_words(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" + (f":{moment.second:02}" if moment.second else "")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UserError(
            _("No se conoce la zona horaria «{zone}»: use una como America/Guayaquil o la diferencia -05:00.").format(
                zone=name[:60]
            )
        ) from error


def _not_released(assignment: str) -> UserError:
    return UserError(
        _("El libro de calificaciones no tiene la tarea {name}: publíquela primero (ciberaula release {name}).").format(
            name=assignment
        )
    )


def _keep(session: Session, assignment: str, student: str, minutes: int, author: str, reason: str) -> None:
    table = ledger.extensions
    session.execute(table.delete().where(table.c.assignment == assignment, table.c.student == student))
    session.execute(
        table.insert().values(
            assignment=assignment,
            student=student,
            minutes=minutes,
            author=author,
            reason=reason,
            made_at=ledger.utc_now(),
        )
    )


def _adopt_extensions(session: Session, assignment: str) -> None:
    """Keep in our ledger what was granted through nbgrader itself: its rows cannot hold it without a deadline."""
    table = ledger.extensions
    known = set(session.execute(sa.select(table.c.student).where(table.c.assignment == assignment)).scalars())
    rows = session.execute(
        sa.select(SubmittedAssignment.student_id, SubmittedAssignment.extension)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment, SubmittedAssignment.extension.is_not(None))
    )
    for student, extension in rows.all():
        if student not in known:
            minutes = int(extension / timedelta(minutes=1))
            _keep(session, assignment, student, minutes, _ELSEWHERE, _("Dada con nbgrader, que no guarda el motivo."))


def _students(session: Session, assignment: str) -> list[str]:
    query = (
        sa.select(SubmittedAssignment.student_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment)
    )
    return list(session.execute(query).scalars())


def _could_count(session: Session, assignment: str, students: Sequence[str]) -> tuple[str, ...]:
    """Who has a last attempt that did not count and now would: its marks come back when it is graded again."""
    policy = policy_of(assignment)
    dues = dues_of(session, assignment, students)
    found = []
    for student, attempts in ledger.attempts_of(session.connection(), assignment, students).items():
        last = attempts[-1]
        if not last.counts and last.state == "graded":
            again = replace(last, counts=True)
            if decide(policy, attempts, again, due=dues[student]):
                found.append(student)
    return tuple(sorted(found))
