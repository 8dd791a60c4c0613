"""The virtual case desk: the one door through which cases are seen and changed.

Every look and every change passes the policy and leaves exactly one audit entry, in the same transaction; a refused
attempt leaves one too. Nothing is done twice under one ``action_id``, so that a desk that was offline can send again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ciberaula.casework import changes, policy, views, workflow
from ciberaula.casework.actions import Look, parse
from ciberaula.casework.audit import ACCESS, CHANGE, DENIED, ChainCheck, seal, verify
from ciberaula.casework.entities import Actor, AuditEntry, CaseFile, Document, Entity, Transition
from ciberaula.casework.policy import EVERYTHING
from ciberaula.casework.requirements import Denied, out_of_scope
from ciberaula.casework.store.protocol import CaseLine, Query, Store, Unit
from ciberaula.casework.vocabulary import Role, Scope, TransitionStatus
from ciberaula.casework.workflow import Task
from ciberaula.errors import UserError
from ciberaula.i18n import _, ngettext


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: the parsed ``action``, what it put, its audit ``entry``; ``line`` tells of a side effect (Spanish).

    ``repeated``: it had been done before under the same ``action_id``, and nothing was changed now.
    """

    action: Any
    entities: tuple[Entity, ...]
    entry: AuditEntry
    line: str = ""
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """A case as one user may see it: ``file`` holds nothing else. ``entries``: its audit, for the part ``audit``.

    ``visible`` is ``policy.EVERYTHING``, or ``identity`` and the kinds of data that were sent to this user.
    """

    file: CaseFile
    visible: frozenset[str]
    entry: AuditEntry
    entries: tuple[AuditEntry, ...] = ()


class Desk:
    """The desk over a ``store``. ``clock`` gives the simulated present; ``organisations``: id -> user who answers there."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], *, organisations: Mapping[str, str] | None = None
    ) -> None:
        self.store = store
        self.clock = clock
        self.organisations = dict(organisations or {})

    def do(self, actor: Actor, action: Any, *, action_id: str) -> Done:
        """Do ``action``: a model of :mod:`ciberaula.casework.actions`, or a mapping that is parsed first.

        Raises ``Denied`` (audited) where the policy says no, and ``UserError`` (nothing happened) for what can't be. Done
        before under the same ``action_id``, it changes nothing and gives what was done then.
        """
        if isinstance(action, Mapping):
            action = parse(dict(action))
        if isinstance(action, Look):
            return self._looked(actor, action, action_id)
        now = self.clock()
        with self.store.begin() as unit:
            head = unit.head()  # first: on a shared store it makes others wait, so that nothing read here is stale
            if unit.done(action_id):
                return _repeated(unit, actor, action, action_id)
            file = unit.case_file(action.case)
            mark = _Mark(head, now, actor, action_id, action.do, action.case)
            try:
                reason = policy.check(actor, action, file, now, organisations=self.organisations).reason
            except Denied as error:
                denied = error
                mark.deny(unit, error)
            else:
                entities = changes.apply(action, file, actor, now, action_id)
                unit.put(entities, action_id)
                # Whoever breaks the glass gives the reason with the action itself.
                reason = reason or (action.reason if action.do == "break_glass" else "")
                entry = mark.leave(unit, CHANGE, tuple(one.id for one in entities), reason)
                return Done(action, tuple(entities), entry, _aside(action, entities))
        raise denied

    def set_aside(
        self,
        actor: Actor,
        entities: Sequence[Entity],
        action: Mapping[str, Any],
        *,
        action_id: str,
        reason: str,
        at: datetime,
    ) -> AuditEntry | None:
        """Keep ``entities``, made by ``action`` without a connection, in the case's history without making them current.

        For :mod:`ciberaula.casework.offline`: they lost a conflict, or the desk does not do that any more (``reason``). One
        entry, of the kind change; ``None`` where it was kept before.
        """
        with self.store.begin() as unit:
            head = unit.head()
            if unit.done(action_id):
                return None
            for entity in entities:
                unit.set_aside(entity, action_id)
            mark = _Mark(head, at, actor, action_id, str(action["do"]), str(action["case"]))
            return mark.leave(unit, CHANGE, tuple(one.id for one in entities), reason)

    def deny_later(
        self, actor: Actor, action: Mapping[str, Any], *, action_id: str, condition: str, at: datetime
    ) -> None:
        """Note an attempt that was refused without a connection ``at`` that time, for want of ``condition``: once."""
        with self.store.begin() as unit:
            head = unit.head()
            case_id = str(action["case"])
            if not any(one.action_id == action_id and one.kind == DENIED for one in unit.audit(case_id)):
                _Mark(head, at, actor, action_id, str(action["do"]), case_id).leave(unit, DENIED, (), condition)

    def look(self, actor: Actor, case_id: str, part: str = "file", *, action_id: str) -> View:
        """Open a case, or a ``part`` of it (``identity``, ``file``, ``notes``, ``documents``, ``audit``). Audited.

        Raises ``Denied`` (audited) outside scope without break-the-glass and for parts that a receiver does not see, and
        ``UserError`` where ``action_id`` was used before: every look has an entry of its own.
        """
        return self._look(actor, parse({"do": "look", "case": case_id, "part": part}), action_id)

    def _looked(self, actor: Actor, action: Look, action_id: str) -> Done:
        """A look sent again by a desk that was offline: it is known already, and shows nothing a second time."""
        with self.store.begin() as unit:
            if unit.done(action_id):
                return _repeated(unit, actor, action, action_id)
        return Done(action, (), self._look(actor, action, action_id).entry)

    def _look(self, actor: Actor, action: Look, action_id: str) -> View:
        now = self.clock()
        with self.store.begin() as unit:
            mark = _Mark(unit.head(), now, actor, action_id, action.do, action.case)
            _unused(unit, action_id)
            file = unit.case_file(action.case)
            try:
                visible, reason = self._may_see(actor, file, action.part, now)
            except Denied as error:
                denied = error
                mark.deny(unit, error)
            else:
                entry = mark.leave(unit, ACCESS, (action.part,), reason)
                entries = tuple(unit.audit(action.case)) if action.part == "audit" else ()
                return View(self._limited(actor, file, visible, action.part), visible, entry, entries)
        raise denied

    def _may_see(self, actor: Actor, file: CaseFile | None, part: str, now: datetime) -> tuple[frozenset[str], str]:
        if file is None:
            raise out_of_scope()
        visible, reason = policy.may_see(actor, file, now, organisations=self.organisations)
        if visible != EVERYTHING and part not in views.FOR_RECEIVERS:
            raise Denied(
                _(
                    "De este caso usted ve la identidad básica y lo que se le envió; pida a quien lo lleva lo que le falte."
                ),
                "part",
            )
        return visible, reason

    def _limited(self, actor: Actor, file: CaseFile | None, visible: frozenset[str], part: str) -> CaseFile:
        if file is None:  # never: what is not there was denied
            raise out_of_scope()
        if visible == EVERYTHING:
            return views.part_of(file, part)
        return views.received(file, visible, self._addresses(actor), part)

    def _addresses(self, actor: Actor) -> tuple[str, ...]:
        """The ids under which something may be addressed to ``actor``: her own and her organisations'."""
        return (actor.id, *(id for id, user in self.organisations.items() if user == actor.id))

    def find(self, actor: Actor, query: Query, *, action_id: str) -> list[CaseLine]:
        """Cases that ``actor`` may see and that fit ``query``; one audit entry without a case.

        What was only addressed to her is shown without step, risk and dates, and not found by them. Raises ``UserError``
        where ``action_id`` was used before.
        """
        now = self.clock()
        with self.store.begin() as unit:
            mark = _Mark(unit.head(), now, actor, action_id, "find", "")
            _unused(unit, action_id)
            lines = self._reachable(unit, actor, query)
            mark.leave(unit, ACCESS)
            return lines

    def _reachable(self, unit: Unit, actor: Actor, query: Query) -> list[CaseLine]:
        scoped = _scoped(actor, query)
        found = {line.case_id: line for line in unit.find(scoped)} if scoped is not None else {}
        addressed = self._addressed(actor, query)
        for line in unit.find(addressed) if addressed is not None else ():
            found.setdefault(line.case_id, replace(line, step=None, risk=None, next_due=None))
        lines = sorted(found.values(), key=lambda line: (line.code, line.case_id))
        return lines if query.limit is None else lines[: query.limit]

    def _addressed(self, actor: Actor, query: Query) -> Query | None:
        mine = self._addresses(actor)
        wanted = tuple(one for one in mine if one in query.addressed_to) if query.addressed_to else mine
        # By what she does not see, nothing is found: an answer would tell it.
        if not wanted or query.step is not None or query.due_before is not None:
            return None
        return replace(query, addressed_to=wanted)

    def tasks(self, actor: Actor) -> list[Task]:
        """What is due in the actor's own cases, and the answers that others wait for from her; the earliest first.

        It tells no more than what is due when, so that it is no look and leaves no entry.
        """
        now = self.clock()
        with self.store.begin() as unit:
            own = (
                unit.find(Query(owner=actor.id, limit=None)) if actor.role in (Role.CASEWORKER, Role.SUPERVISOR) else []
            )
            mine = self._addresses(actor)
            sent = unit.find(Query(addressed_to=mine, limit=None))
            ids = {line.case_id for line in own}
            found = [task for line in own if line.next_due for task in _tasks(unit, line.case_id, now)]
            for line in sent:
                if line.case_id not in ids:
                    found += _to_answer(unit, line.case_id, mine, now)
        return sorted(found, key=lambda task: (task.due, task.case_id, task.kind, task.about))

    def audit(self, case_id: str | None = None) -> list[AuditEntry]:
        """The audit of a case, or of the whole desk, oldest first: for tests and debriefs. People use ``look``."""
        with self.store.begin() as unit:
            return unit.audit(case_id)

    def verify(self) -> ChainCheck:
        """Check the whole chain, and that it ends where the store says it does."""
        with self.store.begin() as unit:
            return verify(unit.entries(), unit.head())


@dataclass(frozen=True, slots=True)
class _Mark:
    """The audit entry to be: who does what to which case, after which ``head`` of the chain."""

    head: tuple[int, str]
    at: datetime
    actor: Actor
    action_id: str
    action: str
    case_id: str

    def leave(self, unit: Unit, kind: str, entities: tuple[str, ...] = (), reason: str = "") -> AuditEntry:
        entry = seal(
            self.head,
            at=self.at,
            actor=self.actor,
            kind=kind,
            action=self.action,
            action_id=self.action_id,
            case_id=self.case_id,
            entities=entities,
            reason=reason,
        )
        unit.append(entry)
        return entry

    def deny(self, unit: Unit, error: Denied) -> None:
        """A refused attempt: ``reason`` is the name of the condition that failed, as in the policy table."""
        self.leave(unit, DENIED, (), error.condition)


def _unused(unit: Unit, action_id: str) -> None:
    if unit.done(action_id):
        raise _used(action_id)


def _used(action_id: str) -> UserError:
    return UserError(
        _("El identificador «{id}» ya se usó para otra acción: no se hizo nada; vuelva a intentarlo con otro.").format(
            id=action_id
        )
    )


def _entry_of(unit: Unit, actor: Actor, action: Any, action_id: str) -> AuditEntry:
    """The entry of what was done under ``action_id``. Raises ``UserError`` where that was something else."""
    for entry in unit.audit(action.case):
        same = (entry.action_id, entry.actor, entry.action) == (action_id, actor.id, action.do)
        if same and entry.kind != DENIED and (entry.kind != ACCESS or entry.entities == (action.part,)):
            return entry
    raise _used(action_id)


def _repeated(unit: Unit, actor: Actor, action: Any, action_id: str) -> Done:
    entry = _entry_of(unit, actor, action, action_id)
    put = [
        version.entity
        for id in (entry.entities if entry.kind == CHANGE else ())
        for version in unit.versions(id)
        if version.action_id == action_id and version.entity.case_id == action.case
    ]
    return Done(action, tuple(put), entry, _aside(action, put), repeated=True)


def _aside(action: Any, entities: list[Entity]) -> str:
    """What happened beside what was asked for."""
    if action.do not in ("record_consent", "withdraw_consent"):
        return ""
    closed = [one for one in entities if isinstance(one, Transition | Document)]
    if not closed:
        return ""
    return ngettext(
        "Se anuló {n} envío que se apoyaba en ese consentimiento: quien lo recibió ya no lo ve. Avísele.",
        "Se anularon {n} envíos que se apoyaban en ese consentimiento: quienes los recibieron ya no los ven. Avíseles.",
        len(closed),
    ).format(n=len(closed))


def _scoped(actor: Actor, query: Query) -> Query | None:
    """``query`` within what the actor's role may look at, or ``None`` where that is nothing."""
    scope = policy.RULES["look"].scopes.get(actor.role)
    if scope is None or actor.role in (Role.PROVIDER, Role.RECIPIENT):
        return None
    if scope is Scope.ALL:
        return query
    if scope is Scope.GROUP:
        return replace(query, group=actor.group) if query.group in (None, actor.group) else None
    return replace(query, owner=actor.id) if query.owner in (None, actor.id) else None


def _tasks(unit: Unit, case_id: str, now: datetime) -> list[Task]:
    file = unit.case_file(case_id)
    return workflow.tasks(file, now) if file is not None else []


def _to_answer(unit: Unit, case_id: str, mine: tuple[str, ...], now: datetime) -> list[Task]:
    file = unit.case_file(case_id)
    if file is None:
        return []
    waiting = {one.id for one in file.of(Transition) if one.to in mine and one.status is TransitionStatus.IN_PROGRESS}
    return [task for task in workflow.tasks(file, now) if task.about in waiting]
