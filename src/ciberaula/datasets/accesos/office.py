"""The office behind the log: a real desk in memory, who sits where, and what is to happen when.

Every entry is the desk's own (policy, audit chain); this only keeps from which terminal and network each came.
"""

import heapq
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from ciberaula.casework.desk import Desk
from ciberaula.casework.entities import Actor, AuditEntry
from ciberaula.casework.requirements import Denied
from ciberaula.casework.store.memory import MemoryStore
from ciberaula.casework.store.protocol import Query
from ciberaula.casework.vocabulary import Role
from ciberaula.datasets.accesos.people import User
from ciberaula.datasets.draws import Dice

AT_OFFICE, AT_HOME, OUTSIDE = "oficina", "casa", "móvil"
NETWORKS = (AT_OFFICE, AT_HOME, OUTSIDE)

Step = Callable[[], None]
Episode = Iterator[int]
"""What somebody does at a stretch: gives, after each step, the minutes until the next."""


@dataclass(frozen=True, slots=True)
class Seat:
    """From where somebody works: the terminal and the network (office, home or mobile)."""

    terminal: str
    network: str


@dataclass(slots=True)
class Case:
    """What the office knows of a case without looking: who runs it, and what waits to be done."""

    id: str
    owner: str
    open: bool = True
    follow_up: str | None = None
    closing: bool = False
    shares_with: tuple[str, ...] = ()

    @property
    def person(self) -> str:
        return f"{self.id}-P1"


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of the desk and the seat it was made from."""

    entry: AuditEntry
    seat: Seat


@dataclass(slots=True)
class Office:
    """The desk with its clock, its agenda and its lines so far; ``cases`` by id, in order of their numbers."""

    users: dict[str, User]
    organisations: dict[str, str]
    desk: Desk = field(init=False)
    now: datetime = field(init=False)
    store: MemoryStore = field(default_factory=MemoryStore)
    cases: dict[str, Case] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    _agenda: list[tuple[datetime, int, Step]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=itertools.count)
    _actions: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _codes: Iterator[int] = field(default_factory=lambda: itertools.count(900_001))

    def __post_init__(self) -> None:
        self.desk = Desk(self.store, lambda: self.now, organisations=self.organisations)

    def open_book(self) -> None:
        """Begin a new log over the cases there are: what was done before is in none of its entries."""
        files = self.store.files
        self.store = MemoryStore()
        self.store.files = files
        self.lines = []
        self.__post_init__()

    def at(self, moment: datetime, step: Step) -> None:
        """Let ``step`` happen at that minute; of two at one minute, that which was said first."""
        heapq.heappush(self._agenda, (moment.replace(second=0, microsecond=0), next(self._order), step))

    def start(self, moment: datetime, episode: Episode) -> None:
        """Let an episode begin at that minute."""

        def go_on() -> None:
            minutes = next(episode, None)
            if minutes is not None:
                self.at(self.now + timedelta(minutes=max(1, minutes)), go_on)

        self.at(moment, go_on)

    def run(self, until: datetime) -> None:
        """Do all that is to happen before ``until``."""
        while self._agenda and self._agenda[0][0] < until:
            self.now, _order, step = heapq.heappop(self._agenda)
            step()

    def actor(self, user: str) -> Actor:
        return self.users[user].actor

    def do(self, user: str, seat: Seat, do: str, case: str, **data: Any) -> str | None:
        """Do it; the id of what it made, or ``None`` where the desk refuses (and writes that down)."""
        action_id = f"A{next(self._actions):06d}"
        try:
            self.desk.do(self.actor(user), {"do": do, "case": case, **data}, action_id=action_id)
        except Denied:
            return None
        finally:
            self._keep(seat)
        return action_id

    def look(self, user: str, seat: Seat, case: str, part: str) -> bool:
        """Look at a part of a case; False where the desk refuses."""
        try:
            self.desk.look(self.actor(user), case, part, action_id=f"A{next(self._actions):06d}")
        except Denied:
            return False
        finally:
            self._keep(seat)
        return True

    def find(self, user: str, seat: Seat) -> None:
        """Search the list of cases. Which words were searched for, the log doesn't tell."""
        self.desk.find(self.actor(user), Query(limit=1), action_id=f"A{next(self._actions):06d}")
        self._keep(seat)

    def new_code(self) -> str:
        return f"SIM-{next(self._codes)}"

    def open_cases(self, owner: str) -> list[Case]:
        return [case for case in self.cases.values() if case.owner == owner and case.open]

    def team_cases(self, team: str) -> list[Case]:
        """The open cases of a team, in order of their numbers."""
        return [case for case in self.cases.values() if case.open and self.users[case.owner].team == team]

    def supervisor(self, user: str) -> str:
        team = self.users[user].team
        return next(one.id for one in self.users.values() if one.role is Role.SUPERVISOR and one.team == team)

    def _keep(self, seat: Seat) -> None:
        self.lines.append(Line(self.store.chain[-1], seat))


def minute_of(day: date, minute: int) -> datetime:
    """That minute of ``day``; from 1440 on it lies in the next one."""
    return datetime.combine(day, time()) + timedelta(minutes=minute)


def register(office: Office, user: str, seat: Seat, dice: Dice) -> Case:
    """Open a case with what the desk asks for first: concern, consents, and with whom its data may be shared."""
    code = office.new_code()
    case = Case(code, user)
    office.do(
        user, seat, "register", code, code=code, person=case.person, name=f"Persona {code}", age=30, canton="Quito"
    )
    office.do(user, seat, "raise_concern", code, kind="neglect", detail="Texto simulado.")
    office.do(user, seat, "record_consent", code, person=case.person, purpose="services", granted=True)
    if dice.chance(0.7):
        case.shares_with = tuple(dice.some(sorted(office.organisations), 3))
        to = {"to": list(case.shares_with), "data": ["identity", "contact", "health"]}
        office.do(user, seat, "record_consent", code, person=case.person, purpose="sharing", granted=True, **to)
    office.cases[code] = case
    return case


def assess(office: Office, user: str, seat: Seat, case: Case, dice: Dice) -> None:
    risk = dice.weighted(("high", "medium", "low"), (15, 45, 40))
    office.do(user, seat, "assess", case.id, risk=risk, facts="Texto simulado.")
