"""Who has an account on the desk, with which equipment, and when they came and left."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from ciberaula.casework.entities import Actor
from ciberaula.casework.vocabulary import Role
from ciberaula.datasets.cantons import CANTONS
from ciberaula.datasets.casos import staff
from ciberaula.datasets.draws import Draws

DAY, NIGHT = "día", "noche"
SHIFTS = (DAY, NIGHT)
_TERMINALS = range(100, 400)


@dataclass(frozen=True, slots=True)
class User:
    """An account. ``terminal`` is the computer and ``phone`` the telephone handed out to its holder."""

    id: str
    name: str
    role: Role
    team: str
    office: str
    shift: str
    terminal: str
    phone: str
    since: date
    until: date | None = None

    @property
    def actor(self) -> Actor:
        return Actor(self.id, self.role, self.team)

    def works(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


def users(draws: Draws, first: date) -> dict[str, User]:
    """All accounts there are on the day ``first``, by id: social workers, supervisors, and who answers for organisations.

    Two workers take turns at night. The first numbers of the equipment don't tell who has it.
    """
    numbers = iter(draws.dice("terminals").shuffled(_TERMINALS))
    capital = {canton.province: canton.name for canton in CANTONS if canton.capital}
    found: dict[str, User] = {}
    night = draws.dice("night").some([worker.id for worker in staff.workers()], 2)
    for worker in (*staff.workers(), *staff.supervisors()):
        number = next(numbers)
        found[worker.id] = User(
            id=worker.id,
            name=worker.name,
            role=Role(worker.role),
            team=worker.team,
            office=capital[staff.TEAMS[worker.team][0]],
            shift=NIGHT if worker.id in night else DAY,
            terminal=f"PC-{number}",
            phone=f"MOV-{number}",
            since=first - timedelta(days=draws.dice("since", worker.id).whole(40, 1500)),
        )
    for organisation in staff.organisations():
        number = next(numbers)
        found[organisation.user] = User(
            id=organisation.user,
            name=organisation.name,
            role=Role.RECIPIENT,
            team=organisation.id,
            office=organisation.name,
            shift=DAY,
            terminal=f"EXT-{number}",
            phone=f"MOV-{number}",
            since=first - timedelta(days=draws.dice("since", organisation.user).whole(40, 900)),
        )
    return found


def leaving(user: User, last: date) -> User:
    """The same account, closed after ``last``."""
    return replace(user, until=last)


def workers(users: dict[str, User], shift: str = DAY) -> list[User]:
    return [user for user in users.values() if user.role is Role.CASEWORKER and user.shift == shift]
