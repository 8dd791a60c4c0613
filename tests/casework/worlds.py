"""A small desk to test on: users of every role, two organisations, a registered case, and a clock that one moves by hand."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from ciberaula.casework.desk import Desk, Done, View
from ciberaula.casework.entities import Actor, CaseFile, Entity, Transition
from ciberaula.casework.store.memory import MemoryStore
from ciberaula.casework.store.protocol import Store
from ciberaula.casework.vocabulary import Role, TransitionStatus

START = datetime(2026, 3, 9, 8, 0)  # a Monday
SOUTH, NORTH = "equipo-sur", "equipo-norte"
USERS = {
    actor.id: actor
    for actor in (
        Actor("marlene", Role.CASEWORKER, SOUTH),
        Actor("pablo", Role.CASEWORKER, SOUTH),
        Actor("nadia", Role.CASEWORKER, NORTH),
        Actor("ruth", Role.SUPERVISOR, SOUTH),
        Actor("olga", Role.SUPERVISOR, NORTH),
        Actor("admin", Role.ADMINISTRATOR, "sistemas"),
        Actor("lia", Role.RECIPIENT, "centro-mujer"),
        Actor("ines", Role.PROVIDER, "centro-salud"),
    )
}
ORGANISATIONS = {"centro-mujer": "lia", "centro-salud": "ines"}
CASE, PERSON = "c1", "elvia"
BECAUSE = "Su vida corre peligro esta noche."
"""A reason long enough to override or to break the glass."""


@dataclass
class World:
    """A desk, its clock, and shorthands. Action ids are ``t1``, ``t2``…; ``did`` is what was done or tried, to replay."""

    store: Store = field(default_factory=MemoryStore)
    now: datetime = START
    did: list[tuple[datetime, str, dict[str, Any], str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk = Desk(self.store, lambda: self.now, organisations=ORGANISATIONS)
        self._ids = count(1)

    def do(self, user: str, do: str, *, action_id: str | None = None, **fields: Any) -> Done:
        """``user`` does ``do``, on the case of this world unless ``case`` says otherwise."""
        action_id = action_id or f"t{next(self._ids)}"
        action = {"do": do, "case": CASE, **fields}
        self.did.append((self.now, user, action, action_id))
        return self.desk.do(USERS[user], action, action_id=action_id)

    def look(self, user: str, part: str = "file", case: str = CASE) -> View:
        """``user`` looks."""
        return self.desk.look(USERS[user], case, part, action_id=f"t{next(self._ids)}")

    def register(self, user: str = "marlene", case: str = CASE, person: str = PERSON, **fields: Any) -> Done:
        """Open a case."""
        given = {"code": f"SIM-{case}", "name": "Elvia", "age": 34, "canton": "Chone", "area": "rural", **fields}
        return self.do(user, "register", case=case, person=person, **given)

    def agree(self, to: Iterable[str] = ("centro-mujer",), data: Iterable[str] = (), user: str = "marlene") -> str:
        """The person agrees to be attended to and to share with ``to``; the id of the consent to share."""
        self.do(user, "record_consent", person=PERSON, purpose="services", granted=True)
        sharing = self.do(
            user, "record_consent", person=PERSON, purpose="sharing", granted=True, to=list(to), data=list(data)
        )
        return sharing.entities[0].id

    def later(self, **period: float) -> None:
        """Let time go by (arguments of ``timedelta``)."""
        self.now += timedelta(**period)

    @property
    def file(self) -> CaseFile:
        """The case as it is in the store, past every rule."""
        with self.store.begin() as unit:
            file = unit.case_file(CASE)
        assert file is not None
        return file


def a_world(store: Store | None = None) -> World:
    """A desk with the case ``c1`` of Elvia, whose owner is Marlene, registered at :data:`START`."""
    world = World(store if store is not None else MemoryStore())
    world.register()
    return world


def fields(entity: Entity, *names: str) -> tuple[Any, ...]:
    """The values of those fields of an entity."""
    return tuple(getattr(entity, name) for name in names)


def statuses(world: World) -> dict[str, TransitionStatus]:
    """What became of everything that was sent, by id."""
    return {one.id: one.status for one in world.file.of(Transition)}
