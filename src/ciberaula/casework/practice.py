"""A simulated institution at work: cases come in, and caseworkers who differ in care do what is due, for months.

Every step goes through the desk as in real use: policy, audit and computed workflow hold, and what the desk refuses stays
refused (and in the audit). Each case draws from a generator of its own, so that the same seed gives the same cases in
any number, and many cases can be made in portions. Rates are invented: they describe no real institution.
"""

import random
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import simpy

from ciberaula.casework.desk import Desk
from ciberaula.casework.entities import Actor, CaseFile, Transition
from ciberaula.casework.population import person_details
from ciberaula.casework.requirements import Denied
from ciberaula.casework.store.protocol import Store
from ciberaula.casework.vocabulary import Role, TransitionStatus
from ciberaula.i18n import _

START = datetime(2024, 1, 8, 8, 0)
_TEAM_SIZE, _CASES_PER_WORKER = 6, 40
_FIRST_HOUR, _WORKING_HOURS = 8, 9
_SERVICES = ("health_medical", "psychosocial", "legal_assistance", "livelihoods", "education", "family_mediation")
_CONCERNS = ("disabled", "serious_health_issue", "gbv_survivor", "migrant", "neglect", "school_dropout", "older_alone")
_ORGANISATIONS = tuple(f"org-{number}" for number in range(1, 13))

Event = Generator[simpy.Event, Any, None]
Words = Callable[[str, random.Random], str]
"""(kind of text, chance) -> the text: ``facts``, ``opinion``, ``next``, ``reason``, ``summary``, ``comment``, ``what``."""


def plain_words(kind: str, _chance: random.Random) -> str:
    """The shortest text of each kind, where nobody will read it."""
    return _("Texto simulado ({kind}).").format(kind=kind)


@dataclass(frozen=True, slots=True)
class Worker:
    """A caseworker and how careful she is, from 0 (does what comes first) to 1 (asks, writes and returns in time)."""

    actor: Actor
    care: float


@dataclass(frozen=True, slots=True)
class Institution:
    """Who works there, who supervises each team, and the organisations that receive referrals (id -> user)."""

    workers: tuple[Worker, ...]
    supervisors: dict[str, Actor]
    organisations: dict[str, str]


@dataclass(slots=True)
class Tally:
    """What a simulated time came to."""

    cases: int = 0
    actions: int = 0
    refused: int = 0
    by_action: dict[str, int] = field(default_factory=dict)


def institution(cases: int, *, seed: int = 1) -> Institution:
    """An institution big enough for ``cases`` in a year."""
    chance = random.Random(f"institution:{seed}")  # noqa: S311 -- a simulation, no secret
    count = max(_TEAM_SIZE, cases // _CASES_PER_WORKER)
    workers = tuple(
        Worker(Actor(f"w-{n}", Role.CASEWORKER, f"team-{n // _TEAM_SIZE}"), chance.betavariate(4, 2))
        for n in range(count)
    )
    teams = {worker.actor.group for worker in workers}
    supervisors = {team: Actor(f"s-{team}", Role.SUPERVISOR, team) for team in sorted(teams)}
    return Institution(workers, supervisors, {id: f"u-{id}" for id in _ORGANISATIONS})


def practise(
    store: Store,
    cases: int,
    *,
    days: int = 365,
    seed: int = 1,
    first: int = 1,
    staff: Institution | None = None,
    words: Words = plain_words,
) -> Tally:
    """Let ``cases`` cases (numbered from ``first``) come into ``store`` over ``days`` days, and be worked on until the end.

    ``staff``: by default an institution for as many cases; give the same one where cases are made in portions.
    """
    staff = staff or institution(cases, seed=seed)
    office = _Office(store, staff, days, words)
    for number in range(first, first + cases):
        office.env.process(_life(office, number, random.Random(f"case:{seed}:{number}")))  # noqa: S311
    office.env.run(until=days * 24 * 60)
    office.tally.cases = cases
    return office.tally


class _Office:
    """The clock, the desk and the tally that all cases share."""

    def __init__(self, store: Store, staff: Institution, days: int, words: Words) -> None:
        self.env = simpy.Environment()
        self.desk = Desk(store, lambda: START + timedelta(minutes=self.env.now), organisations=staff.organisations)
        self.staff = staff
        self.days = days
        self.words = words
        self.tally = Tally()

    def wait(self, chance: random.Random, days: float) -> simpy.Event:
        """About so many days, and then until somebody is at work."""
        now = self.env.now
        at = START + timedelta(minutes=now) + timedelta(days=chance.expovariate(1 / days) if days else 0)
        minute = chance.randrange(_WORKING_HOURS * 60)
        due = at.replace(hour=_FIRST_HOUR, minute=0) + timedelta(minutes=minute)
        while due < at or due.weekday() > 4:
            due += timedelta(days=1)
        return self.env.timeout(max(1, int((due - START).total_seconds() // 60 - now)))


class _Case:
    """One case in the hands of its worker."""

    def __init__(self, office: _Office, number: int, chance: random.Random) -> None:
        self.office = office
        self.number = number
        self.chance = chance
        self.worker = chance.choice(office.staff.workers)
        self.id = f"p{number:07}"
        self.person = f"{self.id}-p"
        self.count = 0

    @property
    def actor(self) -> Actor:
        return self.worker.actor

    @property
    def supervisor(self) -> Actor:
        return self.office.staff.supervisors[self.actor.group]

    def careful(self, least: float = 0.0) -> bool:
        """Does the worker take the trouble now?"""
        return self.chance.random() < max(least, self.worker.care)

    def words(self, kind: str) -> str:
        return self.office.words(kind, self.chance)

    def do(self, do: str, actor: Actor | None = None, /, **data: Any) -> str | None:
        """Do it; the id of what it made, or ``None`` where the desk refuses."""
        self.count += 1
        action_id = f"{self.id}.{self.count}"
        tally = self.office.tally
        tally.actions += 1
        tally.by_action[do] = tally.by_action.get(do, 0) + 1
        try:
            self.office.desk.do(actor or self.actor, {"do": do, "case": self.id, **data}, action_id=action_id)
        except Denied:
            tally.refused += 1
            return None
        return action_id

    def file(self) -> CaseFile:
        with self.office.desk.store.begin() as unit:
            found = unit.case_file(self.id)
        if found is None:
            raise LookupError(self.id)
        return found

    def pause(self, days: float) -> simpy.Event:
        return self.office.wait(self.chance, days)


def _life(office: _Office, number: int, chance: random.Random) -> Event:
    """A case from intake to closure, or to the end of the time."""
    arrival = chance.random() * office.days
    case = _Case(office, number, chance)
    yield office.env.timeout(int(arrival * 24 * 60))
    yield case.pause(0)
    _intake(case)
    yield case.pause(0.5 if case.careful() else 4)
    risk = chance.choices(("high", "medium", "low"), (15, 45, 40))[0]
    case.do("look")
    case.do(
        "assess", risk=risk, facts=case.words("facts"), opinion=case.words("opinion"), with_person=case.careful(0.5)
    )
    yield case.pause(1.5 if risk == "high" else 4)
    yield from _plan(case)
    yield from _services(case)
    yield from _accompany(case, risk)
    yield from _finish(case)


def _intake(case: _Case) -> None:
    details = person_details(case.chance)
    case.do("register", code=f"SIM-{case.number:07}", person=case.person, **details)
    if case.chance.random() < 0.7:
        kind = case.chance.choice(_CONCERNS)
        case.do("raise_concern", kind=kind, detail=case.words("what"), urgent=case.chance.random() < 0.15)
    if case.careful(0.6):
        case.do("record_consent", person=case.person, purpose="services", granted=case.chance.random() < 0.95)
    if case.careful(0.3):
        channel = case.chance.choice(("chat", "sms", "video", "email"))
        granted = case.chance.random() < 0.7
        case.do("record_consent", person=case.person, purpose="channel", channels=[channel], granted=granted)


def _plan(case: _Case) -> Event:
    goal = {"need": case.words("need")[:200], "goal": case.words("goal")[:200], "action": case.words("action")[:200]}
    days = case.chance.choice((15, 30, 60))
    case.do("make_plan", goals=[{**goal, "who": case.actor.id, "days": days}], agreed=case.careful(), review_days=days)
    if case.careful():
        asked = case.do("request_approval", what="case_plan")
        yield case.pause(2)
        if asked:
            approved = case.chance.random() < 0.9
            case.do("decide_approval", case.supervisor, approval=asked, approved=approved, reason=case.words("reason"))


def _services(case: _Case) -> Event:
    for _service in range(case.chance.choices((0, 1, 2, 3), (10, 50, 30, 10))[0]):
        kind, to = case.chance.choice(_SERVICES), case.chance.choice(_ORGANISATIONS)
        data = ["identity", *case.chance.sample(("contact", "health", "family", "location"), case.chance.randrange(3))]
        if case.careful():
            granted = case.chance.random() < 0.9
            case.do("record_consent", person=case.person, purpose="sharing", to=[to], data=data, granted=granted)
        sent = case.do("refer", to=to, data=data, reason=case.words("reason"))
        if sent is None:  # the desk refused: the careful ask now, the others leave it
            if not case.careful():
                continue
            case.do("record_consent", person=case.person, purpose="services", granted=True)
            case.do("record_consent", person=case.person, purpose="sharing", to=[to], data=data, granted=True)
            sent = case.do("refer", to=to, data=data, reason=case.words("reason"))
        service = case.do("request_service", kind=kind, provider=to, days=case.chance.choice((7, 15, 30)))
        yield case.pause(3)
        if sent:
            yield from _answered(case, sent, to, service)


def _answered(case: _Case, sent: str, to: str, service: str | None) -> Event:
    receiver = Actor(case.office.staff.organisations[to], Role.RECIPIENT, to)
    accept = case.chance.random() < 0.85
    case.do("look", receiver, part="identity")
    case.do("answer_transition", receiver, transition=sent, accept=accept, reason=case.words("reason"))
    if service:
        case.do("update_service", service=service, status="appointed" if accept else "declined", days=7)
    if accept:
        yield case.pause(14)
        case.do("complete_transition", receiver, transition=sent, note=case.words("comment"))
        if service:
            case.do("update_service", service=service, status="implemented")


def _accompany(case: _Case, risk: str) -> Event:
    """Contacts, notes and follow-ups, as often as the risk asks and the worker's care allows."""
    every = {"high": 3, "medium": 12, "low": 28}[risk]
    for _turn in range(case.chance.randrange(2, 9)):
        planned = case.do("plan_follow_up", kind="for_service", days=every) if case.careful() else None
        yield case.pause(every if case.careful() else every * 2)
        channel = case.chance.choices(("phone", "in_person", "video", "chat", "sms"), (45, 25, 10, 15, 5))[0]
        outside = channel == "chat" and not case.careful()
        account = "personal" if outside else "none" if channel == "in_person" else "institutional"
        do = "outside_contact" if outside else "contact"
        data = ["appointment"] if channel in ("chat", "sms") else ["family"]
        purpose = case.words("purpose")[:200]
        spoken = case.do(do, who=case.person, channel=channel, account=account, purpose=purpose, data=data)
        if spoken and case.careful():
            texts = {kind: case.words(kind) for kind in ("facts", "opinion", "next")}
            case.do("write_note", contact=spoken, **texts)
        if planned:
            case.do("follow_up", follow_up=planned, comment=case.words("comment"))
        if case.chance.random() < 0.01:
            yield from _incident(case)


def _incident(case: _Case) -> Event:
    found = case.do("detect_incident", what=case.words("what"), data=["identity"], people=[case.person])
    case.do("contain_incident", incident=found, measures=case.words("comment"))
    yield case.pause(0.1 if case.careful() else 3)
    case.do("notify_incident", incident=found, whom="supervisor", text=case.words("what"))
    case.do(
        "rate_incident", incident=found, risk=case.chance.choice(("low", "medium", "high")), why=case.words("reason")
    )
    yield case.pause(1)
    case.do("notify_incident", incident=found, whom="people", text=case.words("what"))


def _finish(case: _Case) -> Event:
    """Transfer, close with approval, or stay open; some come back."""
    if case.chance.random() < 0.06:
        to = case.chance.choice(case.office.staff.workers).actor
        case.do("record_consent", person=case.person, purpose="sharing", to=[to.id], granted=True)
        sent = case.do("transfer", to=to.id, data=["identity", "family"], reason=case.words("reason"))
        yield case.pause(3)
        if sent and to.id != case.actor.id:
            case.do("answer_transition", to, transition=sent, accept=True)
        return
    if case.chance.random() > 0.75:
        return
    for waiting in list(_unanswered(case)):
        case.do("revoke_transition", transition=waiting, reason=case.words("reason"))
    asked = case.do("request_approval", what="closure")
    yield case.pause(3)
    if asked:
        case.do("decide_approval", case.supervisor, approval=asked, approved=True, reason=case.words("reason"))
    closed = case.do("close", reason="formal_closing", summary=case.words("summary"), person_informed=case.careful(0.5))
    if closed and case.chance.random() < 0.08:
        yield case.pause(40)
        case.do("reopen", reason=case.words("reason"))


def _unanswered(case: _Case) -> Iterator[str]:
    for one in case.file().of(Transition):
        if one.status is TransitionStatus.IN_PROGRESS:
            yield one.id
