"""What is to be found in the log, and what looks like it and is innocent. Who, what and when come from the hidden seed.

Three incidents: somebody follows one case that is not hers; an account is used by somebody else; somebody who leaves looks at
everything first. Five look-alikes: emergencies with their notes (also for days on end), a substitution, a proper handover
before leaving, a day of putting files in order. Monthly reviews, night duty and borrowed computers are everyday work.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from ciberaula.datasets.accesos.office import OUTSIDE, Case, Episode, Seat, minute_of
from ciberaula.datasets.accesos.people import User, leaving
from ciberaula.datasets.accesos.work import AFTERNOON, HOUR, MORNING, NOON, Work, day_workers
from ciberaula.datasets.draws import Dice

CURIOSITY, STOLEN, MASS = "curiosidad", "cuenta usada por otra persona", "consulta masiva antes de irse"
INCIDENTS = (CURIOSITY, STOLEN, MASS)
DECOYS = ("emergencia repetida", "sustitución", "entrega ordenada", "orden de expedientes")
COVER, SUBSTITUTION, HANDOVER, FILING = DECOYS
EXTRA_CLOSED = 28
_VAGUE = (
    "Necesito revisar un dato de este caso.",
    "Consulta rápida por un tema pendiente.",
    "Revisión de información del expediente.",
    "Verificar un dato para un informe.",
    "Ver el estado actual del caso.",
)
_CURIOUS_DAYS, _COVER_DAYS, _SUBSTITUTE_DAYS = 8, 6, 8
_NIGHTS = 3


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part: each a different person, of different teams where that matters."""

    curious: User
    stolen: User
    massive: User
    cover: User
    away: User
    substitute: User
    leaver: User
    filer: User

    @property
    def with_closed_cases(self) -> tuple[str, ...]:
        """Those who have run many cases that are closed by now."""
        return (self.massive.id, self.filer.id, self.leaver.id)


@dataclass(slots=True)
class Planted:
    """Puts incidents and look-alikes on the agenda; ``found`` tells the entries of each (kind -> numbers)."""

    work: Work
    dice: Dice
    cast: Cast
    days: list[date]
    found: dict[str, list[int]] = field(default_factory=dict)

    def plan(self) -> None:
        """To be called once the book is open and before any day is worked."""
        self._curiosity()
        self._stolen()
        self._mass()
        self._cover()
        self._substitution()
        self._handover()
        self._filing()

    def _at(self, share: float) -> int:
        """The place of a day of work after that share of the time."""
        return int(share * len(self.days))

    def _spaced(self, count: int, first: float, last: float) -> list[date]:
        """So many different days of work between these shares of the time, in order."""
        return sorted(self.dice.some(self.days[self._at(first) : self._at(last)], count))

    def _mark(self, kind: str) -> None:
        self.found.setdefault(kind, []).append(self.work.office.lines[-1].entry.seq)

    def _marked(self, kind: str, episode: Iterator[int]) -> Episode:
        """The episode; every entry that it makes belongs to ``kind``."""
        lines = self.work.office.lines
        while True:
            before = len(lines)
            minutes = next(episode, None)
            self.found.setdefault(kind, []).extend(line.entry.seq for line in lines[before:])
            if minutes is None:
                return
            yield minutes

    def _foreign(self, user: User) -> Case:
        """An open case of another team."""
        cases = [case for case in self.work.office.cases.values() if case.open]
        return self.dice.one([case for case in cases if self.work.office.users[case.owner].team != user.team])

    def _curiosity(self) -> None:
        user = self.cast.curious
        case = self._foreign(user)
        for number, day in enumerate(self._spaced(_CURIOUS_DAYS, 0.12, 0.92)):
            minute = self.dice.one((self.dice.whole(MORNING, NOON), self.dice.whole(AFTERNOON, 16 * HOUR)))
            self.work.office.start(minute_of(day, minute), self._marked(CURIOSITY, self._peek(user, case, number == 0)))

    def _peek(self, user: User, case: Case, first: bool) -> Episode:
        office, seat = self.work.office, self.work.seat(user, self.work.office.now)
        if first:
            office.look(user.id, seat, case.id, "file")
            yield 2
        office.do(user.id, seat, "break_glass", case.id, reason=self.dice.one(_VAGUE), hours=1)
        yield 1
        for part in self.dice.some(("file", "notes", "documents", "identity"), self.dice.whole(1, 3)):
            office.look(user.id, seat, case.id, part)
            yield self.dice.whole(1, 4)

    def _stolen(self) -> None:
        user, office = self.cast.stolen, self.work.office
        used = {one.terminal for one in office.users.values()}
        free = [f"PC-{number}" for number in range(100, 400) if f"PC-{number}" not in used]
        seat = Seat(self.dice.one(free), OUTSIDE)
        for day in self._spaced(_NIGHTS, 0.3, 0.8):
            minute = self.dice.whole(2 * HOUR, 3 * HOUR + 30)
            office.start(
                minute_of(day, minute), self._marked(STOLEN, self._intrude(user, seat, self.dice.whole(6, 10)))
            )
        for day in self._spaced(2, 0.5, 0.85):
            self.work.at_office.add((user.id, day))
            minute = self.dice.whole(MORNING, NOON)
            own = self.work.review(user, Seat(user.terminal, "oficina"), self.dice)
            office.start(minute_of(day, minute), own)
            there = minute_of(day, minute + self.dice.whole(4, 9))
            office.start(there, self._marked(STOLEN, self._intrude(user, seat, 2)))

    def _intrude(self, user: User, seat: Seat, looks: int) -> Episode:
        office = self.work.office
        office.find(user.id, seat)
        yield 1
        for case in self.dice.some(office.open_cases(user.id), looks):
            office.look(user.id, seat, case.id, self.dice.one(("identity", "documents")))
            yield self.dice.whole(1, 3)
        if looks > 2:
            office.look(user.id, seat, self._foreign(user).id, "identity")
            yield 1

    def _mass(self) -> None:
        user, office = self.cast.massive, self.work.office
        last = self._at(0.62) + self.dice.whole(0, self._at(0.2))
        office.users[user.id] = leaving(user, self.days[last])
        for day in (self.days[last - 2], self.days[last - 1]):
            self.work.at_office.add((user.id, day))
            start = minute_of(day, self.dice.whole(16 * HOUR + 30, 17 * HOUR + 10))
            office.start(start, self._marked(MASS, self._look_at_all(user)))
        self._hand_on(user, self.days[last])

    def _look_at_all(self, user: User) -> Episode:
        office, seat = self.work.office, self.work.seat(user, self.work.office.now)
        mine = [case for case in office.cases.values() if case.owner == user.id]
        for case in self.dice.some(mine, self.dice.whole(21, 25)):
            for part in self.dice.some(("identity", "documents"), self.dice.whole(1, 2)):
                office.look(user.id, seat, case.id, part)
                yield self.dice.whole(1, 3)

    def _hand_on(self, user: User, last: date) -> None:
        """The supervisor gives the open cases to a colleague, the evening somebody leaves."""
        mates = [one for one in day_workers(self.work, last) if one.team == user.team and one.until is None]
        to = self.dice.one([one for one in mates if one.id != user.id])
        self.work.office.start(minute_of(last, 18 * HOUR + 15), self._assign(user.id, to.id))

    def _assign(self, owner: str, to: str) -> Episode:
        office = self.work.office
        supervisor = office.users[office.supervisor(to)]
        seat = Seat(supervisor.terminal, "oficina")
        for case in office.open_cases(owner):
            if office.do(supervisor.id, seat, "assign", case.id, to=to, reason="Texto simulado."):
                case.owner = to
            yield 1

    def _cover(self) -> None:
        """Somebody stands by a case of another team for a week, with a reason and a note each day."""
        user = self.cast.cover
        case = self._foreign(user)
        begin = self._at(0.2) + self.dice.whole(0, self._at(0.3))
        for day in self.days[begin : begin + _COVER_DAYS]:
            minute = self.dice.whole(AFTERNOON, 16 * HOUR)
            self.work.office.start(
                minute_of(day, minute), self._marked(COVER, self.work.emergency(user, case, self.dice))
            )

    def _substitution(self) -> None:
        away, substitute, office = self.cast.away, self.cast.substitute, self.work.office
        begin = self._at(0.25) + self.dice.whole(0, self._at(0.3))
        days = self.days[begin : begin + _SUBSTITUTE_DAYS]
        self.work.absent |= {(away.id, day) for day in days}
        for day in days[:2]:  # she sits where the papers are
            self.work.borrows[substitute.id, day] = away.terminal
        office.start(minute_of(days[0], MORNING - 20), self._assign(away.id, substitute.id))
        office.start(minute_of(days[0], NOON + 10), self._marked(SUBSTITUTION, self._read_in(substitute, away)))

    def _read_in(self, user: User, away: User) -> Episode:
        office, seat = self.work.office, self.work.seat(user, self.work.office.now)
        for case in office.open_cases(user.id):
            office.look(user.id, seat, case.id, "file")
            yield self.dice.whole(1, 4)

    def _handover(self) -> None:
        """Somebody leaves as one should: a note in each open case, then the supervisor gives them on."""
        user, office = self.cast.leaver, self.work.office
        last = self._at(0.4) + self.dice.whole(0, self._at(0.35))
        office.users[user.id] = leaving(user, self.days[last])
        day = self.days[last - 1]
        self.work.at_office.add((user.id, day))
        office.start(minute_of(day, 14 * HOUR + 5), self._marked(HANDOVER, self._write_over(user)))
        self._hand_on(user, self.days[last])

    def _write_over(self, user: User) -> Episode:
        office, seat = self.work.office, self.work.seat(user, self.work.office.now)
        for case in [one for one in office.cases.values() if one.owner == user.id][-26:]:
            office.look(user.id, seat, case.id, "file")
            yield self.dice.whole(1, 3)
            office.do(user.id, seat, "write_note", case.id, facts="Texto simulado.")
            yield self.dice.whole(2, 5)

    def _filing(self) -> None:
        """A day of putting old files in order: many cases, and a document in each."""
        user = self.cast.filer
        (day,) = self._spaced(1, 0.2, 0.9)
        self.work.at_office.add((user.id, day))
        self.work.office.start(minute_of(day, 14 * HOUR), self._marked(FILING, self._file(user)))

    def _file(self, user: User) -> Episode:
        office, seat = self.work.office, self.work.seat(user, self.work.office.now)
        for case in self.dice.some([one for one in office.cases.values() if one.owner == user.id], 24):
            office.look(user.id, seat, case.id, "documents")
            yield self.dice.whole(1, 3)
            office.do(user.id, seat, "add_document", case.id, title="Ficha de archivo", kind="ficha")
            yield self.dice.whole(1, 4)


def choose(users: list[User], dice: Dice) -> Cast:
    """Different people for each part; who substitutes is of the team of who is away."""
    drawn = dice.shuffled(users)
    away = drawn.pop()
    substitute = next(user for user in drawn if user.team == away.team)
    drawn.remove(substitute)
    # One a team, so that nobody who leaves hands her cases on to somebody who takes part.
    by_team: dict[str, User] = {}
    for user in drawn:
        if user.team != away.team:
            by_team.setdefault(user.team, user)
    curious, stolen, massive, cover, leaver, filer, *_rest = by_team.values()
    return Cast(curious, stolen, massive, cover, away, substitute, leaver, filer)
