"""Everyday work at the desk: what social workers, supervisors and organisations do on a day, with usual slips."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ciberaula.casework.calendars import Holidays
from ciberaula.casework.vocabulary import Role
from ciberaula.datasets.accesos.office import (
    AT_HOME,
    AT_OFFICE,
    OUTSIDE,
    Case,
    Episode,
    Office,
    Seat,
    assess,
    minute_of,
    register,
)
from ciberaula.datasets.accesos.people import NIGHT, User, workers
from ciberaula.datasets.draws import Dice, Draws

HOUR = 60
MORNING, NOON, AFTERNOON, EVENING = 8 * HOUR + 5, 11 * HOUR + 20, 13 * HOUR + 10, 17 * HOUR + 20
NIGHT_FROM, NIGHT_TO = 19 * HOUR, 25 * HOUR  # until one o'clock
REASONS = (
    "La señora llamó a la línea de guardia y hay que saber a quién avisar.",
    "Llamada de la policía comunitaria por una persona de este caso.",
    "El hospital pide con urgencia el contacto de quien acompaña.",
    "Un vecino avisa que la niña está sola en la casa esta noche.",
    "La persona usuaria escribió que no está segura en su casa.",
    "Emergencia reportada por la escuela y la titular no contesta.",
)
_MODES = ("office", "home", "field", "borrowed")
_MODE_SHARES = (0.70, 0.14, 0.13, 0.03)
_ILL = 0.06


@dataclass(slots=True)
class Work:
    """Everyday work in ``office``. ``absent`` (user, day): away that day; ``at_office``: in the office for sure."""

    office: Office
    draws: Draws
    absent: set[tuple[str, date]] = field(default_factory=set)
    at_office: set[tuple[str, date]] = field(default_factory=set)
    borrows: dict[tuple[str, date], str] = field(default_factory=dict)
    holidays: Holidays = field(default_factory=Holidays)

    def workday(self, day: date) -> bool:
        return self.holidays.rest(day) is None

    def next_workday(self, day: date, after: int = 1) -> date:
        """The ``after``-th day of work past ``day``."""
        while after:
            day += timedelta(days=1)
            after -= self.workday(day)
        return day

    def seat(self, user: User, moment: datetime) -> Seat:
        """Where ``user`` sits at that moment. Who is out in the afternoon needs the noon to get there."""
        day = moment.date()
        terminal = self.borrows.get((user.id, day))
        if terminal:
            return Seat(terminal, AT_OFFICE)
        if user.role is Role.RECIPIENT or user.shift == NIGHT or (user.id, day) in self.at_office:
            return Seat(user.terminal, AT_OFFICE)
        dice = self.draws.dice("seat", user.id, day.isoformat())
        mode = dice.weighted(_MODES, _MODE_SHARES)
        if mode == "borrowed":
            return Seat(dice.one(self._mates(user)).terminal, AT_OFFICE)
        if mode == "home":
            return Seat(user.terminal, AT_HOME)
        outside = mode == "field" and moment.hour >= 13 and user.role is Role.CASEWORKER
        return Seat(user.phone, OUTSIDE) if outside else Seat(user.terminal, AT_OFFICE)

    def _mates(self, user: User) -> list[User]:
        return [
            one
            for one in self.office.users.values()
            if one.team == user.team and one.id != user.id and one.role is Role.CASEWORKER
        ]

    def plan(self, day: date) -> None:
        """Put the everyday work of ``day`` on the agenda."""
        rests = not self.workday(day)
        for user in list(self.office.users.values()):
            dice = self.draws.dice("day", user.id, day.isoformat())
            if not user.works(day) or (user.id, day) in self.absent or dice.chance(_ILL):
                continue
            if user.role is Role.CASEWORKER and user.shift == NIGHT:
                self._night(user, day, dice)
            elif rests:
                continue
            elif user.role is Role.CASEWORKER:
                self._day(user, day, dice)
            elif user.role is Role.SUPERVISOR:
                self._supervision(user, day, dice)

    def _day(self, user: User, day: date, dice: Dice) -> None:
        for number in range(dice.weighted((0, 1, 2, 3), (0.05, 0.28, 0.40, 0.27))):
            minute = dice.whole(MORNING, NOON) if dice.chance(0.55) else dice.whole(AFTERNOON, EVENING)
            self.begin(minute_of(day, minute), user, self.draws.dice("episode", user.id, day.isoformat(), number))

    def begin(self, moment: datetime, user: User, dice: Dice) -> None:
        """Let ``user`` do something about one of her cases at that moment."""
        kinds: tuple[Callable[[User, Seat, Dice], Episode], ...] = (
            *(self.accompany, self.review, self.intake, self.refer, self.ask_closure, self.mistake),
        )
        kind = dice.weighted(kinds, (0.50, 0.24, 0.06, 0.08, 0.06, 0.06))
        self.office.start(moment, kind(user, self.seat(user, moment), dice))

    def _night(self, user: User, day: date, dice: Dice) -> None:
        """On duty: her own cases, and now and then an emergency in somebody else's."""
        if dice.chance(0.45):
            moment = minute_of(day, dice.whole(NIGHT_FROM, NIGHT_TO))
            self.office.start(moment, self.review(user, self.seat(user, moment), dice))
        if dice.chance(0.22):
            moment = minute_of(day, dice.whole(NIGHT_FROM, NIGHT_TO))
            others = [case for case in self.office.cases.values() if case.open and case.owner != user.id]
            self.office.start(moment, self.emergency(user, dice.one(others), dice))

    def _supervision(self, user: User, day: date, dice: Dice) -> None:
        for _look in range(dice.whole(1, 4)):
            minute = dice.whole(MORNING, NOON) if dice.chance(0.5) else dice.whole(AFTERNOON, EVENING)
            self.office.start(minute_of(day, minute), self.supervise(user, dice))
        monthly = self.draws.dice("monthly", user.id, day.strftime("%Y-%m")).whole(3, 24)
        if day.day == monthly:
            self.office.start(minute_of(day, AFTERNOON), self.monthly_review(user, dice))

    def one_of(self, user: User, dice: Dice) -> Case | None:
        """One of her open cases; some take more of her time than others."""
        mine = self.office.open_cases(user.id)
        return mine[min(dice.whole(0, len(mine) - 1), dice.whole(0, len(mine) - 1))] if mine else None

    def accompany(self, user: User, seat: Seat, dice: Dice) -> Episode:
        office, case = self.office, self.one_of(user, dice)
        if case is None:
            return
        if dice.chance(0.2):
            office.find(user.id, seat)
            yield 1
        office.look(user.id, seat, case.id, dice.weighted(("file", "notes", "identity"), (0.7, 0.2, 0.1)))
        yield dice.whole(2, 6)
        if case.follow_up:
            office.do(user.id, seat, "follow_up", case.id, follow_up=case.follow_up, comment="Texto simulado.")
            case.follow_up = None
            yield dice.whole(1, 3)
        channel, account = dice.weighted((("phone", "institutional"), ("in_person", "none")), (0.7, 0.3))
        about = {"purpose": "Acompañamiento", "data": ["appointment"]}
        spoken = office.do(
            user.id, seat, "contact", case.id, who=case.person, channel=channel, account=account, **about
        )
        yield dice.whole(4, 20)
        if spoken and dice.chance(0.7):
            office.do(user.id, seat, "write_note", case.id, contact=spoken, facts="Texto simulado.")
            yield 1
        if dice.chance(0.3) and case.open:
            case.follow_up = office.do(user.id, seat, "plan_follow_up", case.id, kind="for_service", days=15)

    def review(self, user: User, seat: Seat, dice: Dice) -> Episode:
        case = self.one_of(user, dice)
        if case is None:
            return
        for part in dice.some(("file", "notes", "documents"), dice.whole(1, 2)):
            self.office.look(user.id, seat, case.id, part)
            yield dice.whole(1, 5)

    def intake(self, user: User, seat: Seat, dice: Dice) -> Episode:
        self.office.find(user.id, seat)  # is she known already?
        yield 2
        case = register(self.office, user.id, seat, dice)
        yield dice.whole(15, 40)
        assess(self.office, user.id, seat, case, dice)

    def refer(self, user: User, seat: Seat, dice: Dice) -> Episode:
        """A referral; where nobody had asked the person, the desk refuses, and the careful ask then."""
        office, case = self.office, self.one_of(user, dice)
        if case is None:
            return
        office.look(user.id, seat, case.id, "file")
        yield dice.whole(2, 5)
        agreed = case.shares_with and dice.chance(0.85)
        to = dice.one(case.shares_with if agreed else sorted(office.organisations))
        sent = office.do(user.id, seat, "refer", case.id, to=to, data=["identity"], reason="Texto simulado.")
        if sent is None and dice.chance(0.6):
            yield dice.whole(3, 15)
            about = {"person": case.person, "purpose": "sharing", "to": [to], "data": ["identity"]}
            office.do(user.id, seat, "record_consent", case.id, granted=True, **about)
            case.shares_with = (*case.shares_with, to)
            yield 1
            sent = office.do(user.id, seat, "refer", case.id, to=to, data=["identity"], reason="Texto simulado.")
        if sent:
            day = self.next_workday(office.now.date(), dice.whole(1, 3))
            receiver = office.users[office.organisations[to]]
            office.start(minute_of(day, dice.whole(MORNING, EVENING)), self.answer(receiver, case, sent, dice))

    def answer(self, user: User, case: Case, sent: str, dice: Dice) -> Episode:
        office, seat = self.office, self.seat(user, self.office.now)
        if not office.look(user.id, seat, case.id, "identity"):
            return
        yield dice.whole(2, 9)
        accept = dice.chance(0.88)
        office.do(user.id, seat, "answer_transition", case.id, transition=sent, accept=accept, reason="Texto simulado.")
        if accept:
            yield dice.whole(2, 9) * 24 * HOUR
            office.do(user.id, seat, "complete_transition", case.id, transition=sent)

    def ask_closure(self, user: User, seat: Seat, dice: Dice) -> Episode:
        office, case = self.office, self.one_of(user, dice)
        if case is None or case.closing:
            return
        office.look(user.id, seat, case.id, "file")
        yield dice.whole(3, 9)
        asked = office.do(user.id, seat, "request_approval", case.id, what="closure")
        if asked:
            case.closing = True
            day = self.next_workday(office.now.date(), dice.whole(1, 2))
            decide = self.decide(office.supervisor(user.id), user, case, asked, dice)
            office.start(minute_of(day, dice.whole(MORNING, NOON)), decide)

    def decide(self, supervisor: str, worker: User, case: Case, asked: str, dice: Dice) -> Episode:
        office = self.office
        who = office.users[supervisor]
        seat = self.seat(who, office.now)
        office.look(supervisor, seat, case.id, "file")
        yield dice.whole(2, 8)
        approved = dice.chance(0.9)
        office.do(supervisor, seat, "decide_approval", case.id, approval=asked, approved=approved)
        yield (dice.whole(1, 3) * 24 + 1) * HOUR
        case.closing = False
        if not approved or case.owner != worker.id:
            return
        day = self.next_workday(office.now.date())
        if worker.works(day) and (worker.id, day) not in self.absent:
            moment = minute_of(day, dice.whole(AFTERNOON, EVENING))
            office.start(moment, self.close(worker, case))

    def close(self, user: User, case: Case) -> Episode:
        seat = self.seat(user, self.office.now)
        self.office.look(user.id, seat, case.id, "notes")
        yield 3
        about = {"reason": "formal_closing", "summary": "Texto simulado.", "person_informed": True}
        if case.owner == user.id and self.office.do(user.id, seat, "close", case.id, **about):
            case.open = False

    def mistake(self, user: User, seat: Seat, dice: Dice) -> Episode:
        """A code with a wrong figure: the desk says no, and she searches."""
        office = self.office
        office.look(user.id, seat, dice.one(sorted(office.cases)), "file")
        yield 1
        office.find(user.id, seat)
        yield dice.whole(1, 2)
        yield from self.review(user, seat, dice)

    def emergency(self, user: User, case: Case, dice: Dice) -> Episode:
        """Break the glass with a reason that holds, do what is needed and write it down."""
        office, seat = self.office, self.seat(user, self.office.now)
        office.do(user.id, seat, "break_glass", case.id, reason=dice.one(REASONS), hours=8)
        yield 1
        office.look(user.id, seat, case.id, dice.one(("identity", "file")))
        yield dice.whole(3, 12)
        spoken = None
        if dice.chance(0.8):
            about = {"channel": "phone", "purpose": "Emergencia", "data": ["appointment"]}
            spoken = office.do(user.id, seat, "contact", case.id, who=case.person, **about)
            yield dice.whole(4, 20)
        office.do(user.id, seat, "write_note", case.id, contact=spoken, facts="Texto simulado.")
        day = self.next_workday(office.now.date())
        supervisor = office.users[office.supervisor(case.owner)]
        office.start(minute_of(day, dice.whole(MORNING, NOON)), self.check_emergency(supervisor, case))

    def check_emergency(self, supervisor: User, case: Case) -> Episode:
        self.office.look(supervisor.id, self.seat(supervisor, self.office.now), case.id, "audit")
        yield 1

    def supervise(self, user: User, dice: Dice) -> Episode:
        cases = self.office.team_cases(user.team)
        if cases:
            seat = self.seat(user, self.office.now)
            part = dice.weighted(("file", "notes", "audit"), (0.6, 0.3, 0.1))
            self.office.look(user.id, seat, dice.one(cases).id, part)
        yield 1

    def monthly_review(self, user: User, dice: Dice) -> Episode:
        """Once a month a supervisor reads through a good part of the team's cases in one afternoon."""
        seat = self.seat(user, self.office.now)
        for case in dice.some(self.office.team_cases(user.team), dice.whole(28, 38)):
            self.office.look(user.id, seat, case.id, dice.one(("file", "notes")))
            yield dice.whole(2, 7)


def day_workers(work: Work, day: date) -> list[User]:
    """Who has the day shift and an account that day."""
    return [user for user in workers(work.office.users) if user.works(day)]
