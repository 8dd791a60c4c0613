"""Working without a connection: a bag of cases taken along, and bringing back what was done.

What makes something new (a note, a contact, an assessment) always comes back. What revises something that others revised
meanwhile is a conflict: both versions are shown, a person chooses, and the other version is kept in the case's history.
What the desk refuses now (the case was transferred, a consent withdrawn) is kept too, aside, with the reason. Nothing is
lost, and bringing back twice changes nothing.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from ciberaula.casework.actions import parse
from ciberaula.casework.desk import Desk, Done
from ciberaula.casework.entities import Actor, Case, CaseFile, Entity
from ciberaula.casework.requirements import Denied
from ciberaula.casework.store.memory import MemoryStore
from ciberaula.casework.stories.connection import check
from ciberaula.errors import UserError
from ciberaula.i18n import _

Choice = Literal["mine", "theirs"]
_MADE = ("made_at", "made_by")


@dataclass(frozen=True, slots=True)
class Kept:
    """Something done without a connection, waiting to be brought back: when, the action as data, and its id."""

    at: datetime
    action: Mapping[str, Any]
    action_id: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """An entity that was revised here and elsewhere. ``fields``: those that differ (name -> mine, theirs).

    ``key`` (case and entity) is what a choice is given for.
    """

    key: str
    case_id: str
    mine: Entity
    theirs: Entity
    fields: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Refused:
    """What the desk does not do any more, and why (Spanish). Its content is kept aside in the case's history."""

    kept: Kept
    reason: str


@dataclass(frozen=True, slots=True)
class Synchronised:
    """What came of bringing back: ids of actions that were done, whose version was kept aside, and what was refused."""

    done: tuple[str, ...]
    set_aside: tuple[str, ...]
    refused: tuple[Refused, ...]


@dataclass
class Bag:
    """Cases as they were when the connection went, a desk of their own, and what was done there since."""

    actor: Actor
    packed: Mapping[str, CaseFile]
    desk: Desk
    kept: list[Kept] = field(default_factory=list)

    def do(self, action: Any, *, action_id: str) -> Done:
        """Do it on the cases in the bag. Raises ``UserError`` for what needs a connection, ``Denied`` as the desk does."""
        parsed = parse(dict(action)) if isinstance(action, Mapping) else action
        check(parsed, self.packed)
        done = self.desk.do(self.actor, parsed, action_id=action_id)
        self.kept.append(Kept(self.desk.clock(), parsed.model_dump(mode="json", exclude_none=True), action_id))
        return done


def pack(desk: Desk, actor: Actor, case_ids: Sequence[str], *, action_id: str) -> Bag:
    """Take cases along. Each is a look, audited as any; raises ``Denied`` for one that ``actor`` may not see."""
    files = {id: desk.look(actor, id, action_id=f"{action_id}.{number}").file for number, id in enumerate(case_ids, 1)}
    local = Desk(MemoryStore(), desk.clock, organisations=desk.organisations)
    with local.store.begin() as unit:
        for file in files.values():
            unit.put([file.case, *(one for one in file if not isinstance(one, Case))], action_id)
    return Bag(actor, files, local)


def conflicts(desk: Desk, bag: Bag) -> list[Conflict]:
    """What was revised both here and elsewhere since the bag was packed. Nothing is changed by looking."""
    found: dict[str, Conflict] = {}
    own = {kept.action_id for kept in bag.kept}
    for kept in bag.kept:
        for mine in _put(bag, kept):
            theirs, action_id = _current(desk, mine)
            # What a synchronisation that was cut short brought back already is nobody else's.
            if theirs is None or action_id in own or theirs == bag.packed[mine.case_id].get(type(mine), mine.id):
                continue
            differing = _differences(mine, theirs)
            if differing:
                key = _key(mine)
                found[key] = Conflict(key, mine.case_id, mine, theirs, differing)
    return list(found.values())


def synchronise(desk: Desk, bag: Bag, choices: Mapping[str, Choice]) -> Synchronised:
    """Bring back what was done, in its order and at its time, with a choice for each of :func:`conflicts`.

    Raises ``UserError`` where a choice is missing; then nothing has changed. Interrupted, it can be repeated: what was
    done already is known by its id.
    """
    clashes = {conflict.key for conflict in conflicts(desk, bag)}
    missing = sorted(clashes - set(choices))
    if missing:
        raise UserError(
            _("Falta decidir {n} de los cambios que otra persona también hizo: elija cuál queda en cada uno.").format(
                n=len(missing)
            )
        )
    done: list[str] = []
    aside: list[str] = []
    refused: list[Refused] = []
    for kept in bag.kept:
        if any(_key(mine) in clashes and choices[_key(mine)] == "theirs" for mine in _put(bag, kept)):
            _keep_aside(desk, bag, kept, _("Quedó la versión de otra persona."))
            aside.append(kept.action_id)
            continue
        try:
            _at(desk, kept.at).do(bag.actor, kept.action, action_id=kept.action_id)
            done.append(kept.action_id)
        except UserError as error:
            reason = str(error)
            _keep_aside(desk, bag, kept, reason if isinstance(error, Denied) else _("Ya no se puede aplicar."))
            refused.append(Refused(kept, reason))
    bag.kept.clear()
    return Synchronised(tuple(done), tuple(aside), tuple(refused))


def _at(desk: Desk, moment: datetime) -> Desk:
    """The same desk with its clock at ``moment``: a note written on the way is dated on the way."""
    return Desk(desk.store, lambda: moment, organisations=desk.organisations)


def _key(entity: Entity) -> str:
    return f"{entity.case_id}/{entity.id}"


def _put(bag: Bag, kept: Kept) -> list[Entity]:
    case_id = str(kept.action["case"])
    with bag.desk.store.begin() as unit:
        entries = [
            entry for entry in unit.audit(case_id) if entry.action_id == kept.action_id and entry.kind == "change"
        ]
        return [
            version.entity
            for entry in entries
            for id in entry.entities
            for version in unit.versions(id)
            if version.action_id == kept.action_id and version.entity.case_id == case_id
        ]


def _current(desk: Desk, entity: Entity) -> tuple[Entity | None, str]:
    """The version that counts now, and the action that put it."""
    with desk.store.begin() as unit:
        for version in unit.versions(entity.id):
            if version.current and version.entity.case_id == entity.case_id and type(version.entity) is type(entity):
                return version.entity, version.action_id
    return None, ""


def _differences(mine: Entity, theirs: Entity) -> dict[str, tuple[Any, Any]]:
    names = (one.name for one in dataclasses.fields(mine) if one.name not in _MADE)
    pairs = {name: (getattr(mine, name), getattr(theirs, name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _keep_aside(desk: Desk, bag: Bag, kept: Kept, reason: str) -> None:
    desk.set_aside(bag.actor, _put(bag, kept), kept.action, action_id=kept.action_id, reason=reason, at=kept.at)
