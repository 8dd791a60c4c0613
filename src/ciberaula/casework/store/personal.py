"""What a participant left on a shared desk: to be handed to her, and to be erased.

The audit is a chain and can't be edited, so erasing is not taking entries out of it. It is two things: what she wrote in her
own words is struck out of every version of the cases, and the row that tells whose id it was goes. What remains in the
chain is that somebody unknown did something to a simulated case at some time, and, where she gave one, the reason of an
exception; an entry of its own tells that an erasure took place.
"""

import dataclasses
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update

from ciberaula.casework.audit import CHANGE, seal
from ciberaula.casework.entities import Actor, Entity, Goal, Person, Restriction
from ciberaula.casework.store import rows
from ciberaula.casework.store.sql import SqlUnit
from ciberaula.casework.store.tables import AUDIT, NAMES, TABLES, VERSIONS
from ciberaula.casework.vocabulary import Role
from ciberaula.i18n import _

ARRIVAL = "alta"
"""The middle of the ids of what the desk itself did when somebody came in: simulated, and no words of hers."""
ERASURE = "erase_participant"
_NOBODY = Actor("institucion", Role.ADMINISTRATOR, "")

# The fields in which people write; the others hold ids and words of fixed vocabularies.
WORDS: Mapping[str, tuple[str, ...]] = {
    "people": ("name", "relation", "access_needs", "phone_note"),
    "households": ("canton",),
    "concerns": ("kind", "detail"),
    "consents": ("how",),
    "assessments": ("facts", "opinion"),
    "plans": ("safe_contact",),
    "services": ("kind",),
    "transitions": ("reason", "override", "answer"),
    "follow_ups": ("comment",),
    "contacts": ("purpose",),
    "notes": ("facts", "opinion", "next"),
    "documents": ("title", "kind"),
    "approvals": ("reason",),
    "flags": ("reason", "lowered_why"),
    "consultations": ("question", "answer"),
    "searches": ("where", "purpose"),
    "emergency_accesses": ("reason",),
    "closures": ("summary",),
    "incidents": ("what", "measures"),
}
_PARTS: Mapping[type[Any], tuple[str, ...]] = {Goal: ("need", "goal", "action", "who"), Restriction: ("reason",)}


def struck_out() -> str:
    """What stands where something was erased."""
    return _("(texto borrado)")


def left_by(unit: SqlUnit, user: str) -> dict[str, Any]:
    """What ``user`` did (the entries of the audit) and put into cases, as plain data."""
    entries = unit.connection.execute(select(AUDIT).where(AUDIT.c.actor == user).order_by(AUDIT.c.seq)).mappings()
    written = unit.connection.execute(select(VERSIONS).where(_by(user)).order_by(VERSIONS.c.n))
    return {
        "asientos": [dict(row) | {"at": row["at"].isoformat()} for row in entries],
        "escrito": [
            {"kind": row.kind, **_plain(rows.entity(row.kind, row.body)), "current": row.current} for row in written
        ],
    }


def _plain(entity: Entity) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, datetime) else value for name, value in rows.row(entity).items()}


def strike_out(unit: SqlUnit, user: str, at: datetime) -> int:
    """Erase what ``user`` wrote from all versions of all cases; how many versions held some of it. One audit entry."""
    struck = 0
    mine = and_(_by(user), ~VERSIONS.c.action_id.startswith(f"{user}.{ARRIVAL}.", autoescape=True))
    found = select(VERSIONS.c.case_id, VERSIONS.c.kind, VERSIONS.c.entity_id).where(mine).distinct()
    for case_id, kind, entity_id in unit.connection.execute(found).all():
        struck += _strike(unit, user, kind, entity_id, case_id)
    entry = seal(
        unit.head(),
        at=at,
        actor=_NOBODY,
        kind=CHANGE,
        action=ERASURE,
        action_id=f"{ERASURE}.{secrets.token_hex(8)}",
        case_id="",
    )
    unit.append(entry)
    return struck


def _by(user: str) -> ColumnElement[bool]:
    """The id of an action begins with whoever acted."""
    return VERSIONS.c.action_id.startswith(f"{user}.", autoescape=True)


def _strike(unit: SqlUnit, user: str, kind: str, entity_id: str, case_id: str) -> int:
    same = and_(VERSIONS.c.case_id == case_id, VERSIONS.c.kind == kind, VERSIONS.c.entity_id == entity_id)
    found = unit.connection.execute(select(VERSIONS).where(same).order_by(VERSIONS.c.n)).all()
    versions = [(row, rows.entity(kind, row.body)) for row in found]
    hers = _her_words(user, versions)
    struck = 0
    for row, entity in versions:
        without = _without(entity, hers)
        if without != entity:
            struck += 1
            unit.connection.execute(update(VERSIONS).where(VERSIONS.c.n == row.n), {"body": rows.body(without)})
            if row.current:
                table = TABLES[type(entity)]
                place = and_(table.c.case_id == case_id, table.c.id == entity_id)
                unit.connection.execute(update(table).where(place), rows.row(without))
                if isinstance(entity, Person):
                    unit.list_again(case_id)
    return struck


def _her_words(user: str, versions: Iterable[tuple[Any, Entity]]) -> frozenset[str]:
    """What came in with a version of hers; what was there before she touched it is somebody else's."""
    found: set[str] = set()
    before: set[str] = set()
    for row, entity in versions:
        now = set(_words(entity))
        if row.action_id.startswith(f"{user}.") and not row.action_id.startswith(f"{user}.{ARRIVAL}."):
            found |= now - before
        before = now
    return frozenset(found - {""})


def _words(of: Any) -> Iterator[str]:
    for name in _names(of):
        yield getattr(of, name)
    for part in _parts(of):
        yield from _words(part)


def _names(of: Any) -> tuple[str, ...]:
    return WORDS.get(NAMES[type(of)], ()) if isinstance(of, Entity) else _PARTS[type(of)]


def _parts(of: Any) -> Iterator[Any]:
    for field in dataclasses.fields(of):
        value = getattr(of, field.name)
        if isinstance(value, tuple):
            yield from (part for part in value if type(part) in _PARTS)


def _without(of: Any, words: frozenset[str]) -> Any:
    changes: dict[str, Any] = {name: struck_out() for name in _names(of) if getattr(of, name) in words}
    for field in dataclasses.fields(of):
        value = getattr(of, field.name)
        if isinstance(value, tuple) and any(type(part) in _PARTS for part in value):
            changes[field.name] = tuple(_without(part, words) for part in value)
    return dataclasses.replace(of, **changes)
