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
from ciberaula.casework.connection import check
from ciberaula.casework.desk import Desk, Done
from ciberaula.casework.entities import Actor, Case, CaseFile, Consent, Entity, Household, Person, Plan
from ciberaula.casework.policy import EVERYTHING, may_see
from ciberaula.casework.requirements import Denied
from ciberaula.casework.store.memory import MemoryStore
from ciberaula.errors import UserError
from ciberaula.i18n import _, ngettext

Choice = Literal["mine", "theirs"]
_MADE = ("made_at", "made_by")
# A revision of these says all of it anew; of any other kind it changes some fields and leaves the rest.
_WHOLE = (Person, Household, Plan)
# What goes out with a consent ends with it: that follows from the consent, and nobody chooses against it.
_OF_CONSENT = frozenset({"record_consent", "withdraw_consent"})


@dataclass(frozen=True, slots=True)
class Kept:
    """Something done without a connection, waiting to be brought back: when, the action as data, and its id.

    ``denied``: the desk in the bag refused it, for want of this condition; only that attempt comes back, into the audit.
    """

    at: datetime
    action: Mapping[str, Any]
    action_id: str
    denied: str = ""


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

    @property
    def cases(self) -> frozenset[str]:
        """The cases in the bag: those packed, and those opened there."""
        opened = (str(one.action["case"]) for one in self.kept if one.action["do"] == "register" and not one.denied)
        return frozenset({*self.packed, *opened})

    @property
    def waiting(self) -> int:
        """How many actions wait to be brought back."""
        return sum(not one.denied for one in self.kept)

    def do(self, action: Any, *, action_id: str) -> Done:
        """Do it on the cases in the bag. Raises ``UserError`` for what needs a connection, ``Denied`` as the desk does."""
        parsed = parse(dict(action)) if isinstance(action, Mapping) else action
        check(parsed, self.cases)
        data = parsed.model_dump(mode="json", exclude_none=True)
        try:
            done = self.desk.do(self.actor, parsed, action_id=action_id)
        except Denied as error:
            self.kept.append(Kept(self.desk.clock(), data, action_id, error.condition))
            raise
        if not done.repeated:
            self.kept.append(Kept(self.desk.clock(), data, action_id))
        return done


def pack(desk: Desk, actor: Actor, case_ids: Sequence[str], *, action_id: str) -> Bag:
    """Take cases along. Each is a look, audited as any; raises ``Denied`` for one that ``actor`` may not see.

    Raises ``UserError``, before any look, for one of which she sees only what was sent to her.
    """
    # Who sees nothing of a case is told so by the desk, which audits it.
    if any(_seen(desk, actor, id) not in (EVERYTHING, frozenset()) for id in case_ids):
        raise UserError(_("De ese caso usted ve solo lo que le enviaron: ábralo cuando tenga conexión."))
    files = {id: desk.look(actor, id, action_id=f"{action_id}.{number}").file for number, id in enumerate(case_ids, 1)}
    local = Desk(MemoryStore(), desk.clock, organisations=desk.organisations)
    with local.store.begin() as unit:
        for file in files.values():
            unit.put([file.case, *(one for one in file if not isinstance(one, Case))], action_id)
    return Bag(actor, files, local)


def open_at(desk: Desk, actor: Actor, case_ids: Sequence[str]) -> list[str]:
    """Those of the cases that can be packed now, without asking for any that ``actor`` would be refused."""
    return [id for id in case_ids if _seen(desk, actor, id) == EVERYTHING]


def _seen(desk: Desk, actor: Actor, case_id: str) -> frozenset[str]:
    """What ``actor`` sees of the case, without looking."""
    with desk.store.begin() as unit:
        file = unit.case_file(case_id)
    try:
        return may_see(actor, file, desk.clock(), organisations=desk.organisations)[0] if file else frozenset()
    except Denied:
        return frozenset()


def conflicts(desk: Desk, bag: Bag) -> list[Conflict]:
    """What was revised both here and elsewhere since the bag was packed. Nothing is changed by looking."""
    found: dict[str, Conflict] = {}
    own = {kept.action_id for kept in bag.kept}
    for kept in bag.kept:
        for mine in _revised(bag, kept):
            theirs, action_id = _current(desk, mine)
            packed = bag.packed.get(mine.case_id)
            before = packed.get(type(mine), mine.id) if packed is not None else None
            # What a synchronisation that was cut short brought back already is nobody else's.
            if theirs is None or action_id in own or theirs == before:
                continue
            differing = _differences(mine, theirs, before)
            if differing:
                key = _key(mine)
                found[key] = Conflict(key, mine.case_id, mine, theirs, differing)
    return list(found.values())


def synchronise(desk: Desk, bag: Bag, choices: Mapping[str, Choice]) -> Synchronised:
    """Bring back what was done, in its order and at its time, with a choice for each of :func:`conflicts`.

    Raises ``UserError`` where a choice is missing, or is about something else; then nothing has changed. Interrupted, it
    can be repeated: what was done already is known by its id.
    """
    found = conflicts(desk, bag)
    check_choices(found, choices)
    clashes = {conflict.key for conflict in found}
    done: list[str] = []
    aside: list[str] = []
    refused: list[Refused] = []
    for kept in bag.kept:
        if kept.denied:
            desk.deny_later(bag.actor, kept.action, action_id=kept.action_id, condition=kept.denied, at=kept.at)
            continue
        if any(_key(mine) in clashes and choices[_key(mine)] == "theirs" for mine in _revised(bag, kept)):
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


def check_choices(found: Sequence[Conflict], choices: Mapping[str, Choice]) -> None:
    """Raise ``UserError`` unless there is a choice for each conflict, and for nothing else."""
    clashes = {conflict.key for conflict in found}
    strange = sorted(set(choices) - clashes)
    if strange:
        raise UserError(
            _("«{key}» no es uno de los cambios por decidir: elija entre los que se muestran.").format(key=strange[0])
        )
    missing = len(clashes - set(choices))
    if missing:
        raise UserError(
            ngettext(
                "Falta decidir {n} cambio que otra persona también hizo: elija cuál queda.",
                "Falta decidir {n} cambios que otra persona también hizo: elija cuál queda en cada uno.",
                missing,
            ).format(n=missing)
        )


def _at(desk: Desk, moment: datetime) -> Desk:
    """The same desk with its clock at ``moment``: a note written on the way is dated on the way."""
    return Desk(desk.store, lambda: moment, organisations=desk.organisations)


def _key(entity: Entity) -> str:
    return f"{entity.case_id}/{entity.id}"


def _revised(bag: Bag, kept: Kept) -> list[Entity]:
    """What of an action somebody may have revised as well: all that it put, but for what follows from a consent."""
    put = _put(bag, kept)
    return [one for one in put if isinstance(one, Consent)] if kept.action["do"] in _OF_CONSENT else put


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


def _differences(mine: Entity, theirs: Entity, before: Entity | None) -> dict[str, tuple[Any, Any]]:
    """Fields in which one of the two must give way: name -> (mine, theirs)."""
    names = (one.name for one in dataclasses.fields(mine) if one.name not in _MADE)
    pairs = {name: (getattr(mine, name), getattr(theirs, name)) for name in names}
    both = before is None or isinstance(mine, _WHOLE)
    return {
        name: pair for name, pair in pairs.items() if pair[0] != pair[1] and (both or getattr(before, name) not in pair)
    }


def _keep_aside(desk: Desk, bag: Bag, kept: Kept, reason: str) -> None:
    desk.set_aside(bag.actor, _put(bag, kept), kept.action, action_id=kept.action_id, reason=reason, at=kept.at)
