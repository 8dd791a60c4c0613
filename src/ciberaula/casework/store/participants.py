"""Who shares a desk, and what goes between them: what stands in the database beside the cases.

A participant's id on the desk is random and made when she first comes in; only one row tells which pseudonym it belongs to,
and only as a digest. The audit knows the id alone, so that without that row nobody can tell who it was.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, true

from ciberaula.casework.entities import Approval, Entity, Transition
from ciberaula.casework.store import rows
from ciberaula.casework.store.protocol import OPEN_KINDS, OPEN_STATUS
from ciberaula.casework.store.sql import SqlUnit
from ciberaula.casework.store.tables import INDEX, NAMES, PARTICIPANTS, TABLES, VERSIONS
from ciberaula.casework.vocabulary import ApprovalStatus, Role, TransitionKind, TransitionStatus

E = TypeVar("E", bound=Entity)
MOST = 100  # of a list: the last ones


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody of the cohort: ``user`` is her id on the desk, ``name`` what the others read."""

    user: str
    role: Role
    name: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """Something of a case, with the ``code`` of the case and who is in charge of it now."""

    code: str
    owner: str
    entity: Any


def digest(pseudonym: str) -> str:
    """How a pseudonym is kept: whoever reads the database learns none from it."""
    return sha256(f"ciberaula:mesa:{pseudonym}".encode()).hexdigest()


def everybody(unit: SqlUnit) -> list[Participant]:
    """All participants, by name."""
    found = unit.connection.execute(select(PARTICIPANTS).order_by(PARTICIPANTS.c.name, PARTICIPANTS.c.user))
    return [_participant(row) for row in found]


def of_person(unit: SqlUnit, pseudonym: str) -> list[Participant]:
    """Under whom that pseudonym works on the desk: one for each role in which it was opened."""
    mine = PARTICIPANTS.c.person == digest(pseudonym)
    return [_participant(row) for row in unit.connection.execute(select(PARTICIPANTS).where(mine))]


def add(unit: SqlUnit, participant: Participant, pseudonym: str) -> None:
    """Let somebody in."""
    values = {**asdict(participant), "role": participant.role.value, "person": digest(pseudonym)}
    unit.connection.execute(insert(PARTICIPANTS), values)


def forget(unit: SqlUnit, users: Iterable[str]) -> None:
    """Drop the only link between these ids and anybody."""
    unit.connection.execute(delete(PARTICIPANTS).where(PARTICIPANTS.c.user.in_(list(users))))


def _participant(row: Any) -> Participant:
    return Participant(row.user, Role(row.role), row.name, row.joined_at)


# What goes between them --------------------------------------------------------------------------------------------------


def received(unit: SqlUnit, user: str) -> list[Item]:
    """Referrals and transfers that went to ``user`` and are pending or accepted, and requests for cases of hers that wait
    for her answer; the last first."""
    table = TABLES[Transition]
    sent_to_her = and_(
        table.c.to == user,
        _among(table.c.kind, OPEN_KINDS),
        _among(table.c.status, OPEN_STATUS),
        INDEX.c.owner != user,
    )
    asked_of_her = and_(
        INDEX.c.owner == user,
        table.c.kind == TransitionKind.TRANSFER_REQUEST.value,
        table.c.status == TransitionStatus.IN_PROGRESS.value,
    )
    return _items(unit, Transition, or_(sent_to_her, asked_of_her))


def sent(unit: SqlUnit, user: str) -> list[Item]:
    """What ``user`` sent or asked for, the last answered or sent first."""
    table = TABLES[Transition]
    kinds = _among(table.c.kind, (*OPEN_KINDS, TransitionKind.TRANSFER_REQUEST))
    return _items(unit, Transition, table.c.id.startswith(f"{user}.", autoescape=True), kinds)


def maker(entity_id: str) -> str:
    """Who made an entity: its id is that of the action, which on a shared desk begins with the id of whoever acted."""
    return entity_id.partition(".")[0]


def approvals(unit: SqlUnit, group: str) -> list[Item]:
    """Approvals that wait for a decision in the cases of ``group``, the last asked first."""
    waiting = TABLES[Approval].c.status == ApprovalStatus.REQUESTED.value
    return _items(unit, Approval, waiting, INDEX.c.group == group)


def _among(column: ColumnElement[Any], words: Iterable[Any]) -> ColumnElement[bool]:
    return column.in_([word.value for word in words])


def _items(unit: SqlUnit, kind: type[E], *conditions: ColumnElement[bool]) -> list[Item]:
    table = TABLES[kind]
    version = and_(
        VERSIONS.c.case_id == table.c.case_id,
        VERSIONS.c.entity_id == table.c.id,
        VERSIONS.c.kind == NAMES[kind],
        VERSIONS.c.current == true(),
    )
    found = unit.connection.execute(
        select(INDEX.c.code, INDEX.c.owner, VERSIONS.c.body)
        .select_from(table)
        .join(VERSIONS, version)
        .join(INDEX, INDEX.c.case_id == table.c.case_id)
        .where(*conditions)
        .order_by(table.c.made_at.desc(), table.c.id)
        .limit(MOST)
    )
    return [Item(row.code, row.owner, rows.entity(NAMES[kind], row.body)) for row in found]
