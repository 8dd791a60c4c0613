"""How a case goes on: risk, consent, assessment, plan, referrals, and how it ends. All in office minutes, a case a place.

What never happens has the time ``NEVER``. What comes after ``Ends.stop`` (the end of the period, or somebody else took the
case) has not happened, and stands in no table. The desk's rules hold by construction: each moment is counted from those
that it needs. Rates and delays are invented; careful workers ask, write and return sooner.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ciberaula.datasets import conectividad
from ciberaula.datasets.casos import workdays
from ciberaula.datasets.casos.staff import WORKERS_A_TEAM, team_numbers, workers
from ciberaula.datasets.casos.who import CONSENTS, NAME, OF_AGE, Who, who
from ciberaula.datasets.casos.words import CHANNELS, SERVICES, SERVICES_OF, place
from ciberaula.datasets.draws import Draws, Flags, Share, Whole

NEVER = 2**40
HIGH, MEDIUM, LOW = 0, 1, 2
REFERRALS = 2
_CHILD = 12
# Share of urgent concerns and of high risk where nothing is urgent, by motive.
_URGENT = np.array((0.3, 0.22, 0.14, 0.16, 0.05, 0.1, 0.03, 0.05, 0.1, 0.12, 0.12, 0.14))
_HIGH = np.array((0.27, 0.2, 0.12, 0.15, 0.07, 0.12, 0.05, 0.05, 0.1, 0.14, 0.12, 0.12))
_MEDIUM_SHARE, _URGENT_IS_HIGH = 0.5, 0.45
# Which digital channel is agreed on (video, sms, chat, social, email), by connection: good, comes and goes, none.
_AGREED = tuple(place(CHANNELS, id) for id in ("video", "sms", "chat", "social", "email"))
_AGREED_SHARES = np.array(((0.25, 0.34, 0.8, 0.84, 1.0), (0.08, 0.32, 0.92, 0.95, 1.0), (0.0, 0.85, 1.0, 1.0, 1.0)))
_SERVICE_OF = np.array([[place(SERVICES, id) for id in ids] for ids in SERVICES_OF], dtype=np.int64)
_ORGANISATIONS = 2 * len(SERVICES)

Times = NDArray[np.int64]
"""[case, nth referral]"""


class Chance:
    """The draws of some cases, and how careful their workers are."""

    def __init__(self, seed: int, number: Whole, care: Share) -> None:
        self.draws = Draws(seed, NAME)
        self.number = number
        self.care = care

    def yes(self, stream: str, share: float | Share) -> Flags:
        return self.draws.chance(self.number, stream, share)

    def careful(self, stream: str, base: float, more: float) -> Flags:
        """True for a share of ``base``, and ``more`` of it by care."""
        return self.draws.chance(self.number, stream, base + more * self.care)

    def wait(self, stream: str, days: Sequence[float], factor: float | Share = 1.0) -> Whole:
        """A delay in office minutes whose quantiles are ``days`` of work."""
        return (self.draws.spread(self.number, stream, days) * factor * workdays.DAY).astype(np.int64) + 1

    def whole(self, stream: str, low: int, high: int) -> Whole:
        return self.draws.integers(self.number, stream, low, high)


@dataclass(frozen=True, slots=True)
class Start:
    """Worker, household, consent to be attended and to a channel, first assessment and plan."""

    team: Whole
    worker: Whole
    device: Whole  # own, shared, none
    connection: Whole  # good, comes and goes, none
    minor: Flags
    represented: Flags
    spoken: Whole  # 0: with the person of the case, 1: with who takes care of her
    urgent: Flags
    risk: Whole
    assessed: Whole
    planned: Whole
    agreed: Flags
    review: Whole  # days of work until the plan is reviewed; 0: none was fixed
    asked: Whole  # for consent to be attended
    granted: Flags
    channel_asked: Whole
    channel: Whole
    channel_granted: Flags
    channel_withdrawn: Whole


@dataclass(frozen=True, slots=True)
class Referrals:
    """Two at most a case, [case, nth]. ``consent``: when it was asked; without a yes nothing was sent."""

    service: Times
    organisation: Times
    consent: Times
    granted: NDArray[np.bool_]
    withdrawn: Times
    sent: Times
    wide: NDArray[np.bool_]
    answered: Times
    accepted: NDArray[np.bool_]
    done: Times
    ended: NDArray[np.bool_]  # by the withdrawal
    requested: Times  # the service
    appointed: Times  # the service: a day, or a no
    implemented: Times


@dataclass(frozen=True, slots=True)
class Case:
    """The columns of some cases, as far as everything else needs them."""

    who: Who
    chance: Chance
    start: Start
    referrals: Referrals


def begin(seed: int, rows: int, number: Whole) -> Case:
    """The cases of these numbers, up to their plans and referrals."""
    people = who(seed, rows, number)
    draws = Draws(seed, NAME)
    team = np.array(team_numbers(), dtype=np.int64)[people.province]
    worker = team * WORKERS_A_TEAM + draws.integers(number, "profesional", 0, WORKERS_A_TEAM - 1)
    chance = Chance(seed, number, np.array([one.care for one in workers()])[worker])
    start = _start(people, chance, team, worker)
    return Case(people, chance, start, _referrals(people, chance, start))


def _start(people: Who, chance: Chance, team: Whole, worker: Whole) -> Start:
    urgent = chance.yes("urgente", _URGENT[people.motive])
    risk = _risk(chance, people, urgent)
    slow = 1.9 - 1.2 * chance.care
    delay = np.where(
        urgent,
        chance.wait("evaluar-ya", (0.1, 0.3, 0.6, 0.9, 1.6), slow),
        chance.wait("evaluar", (0.5, 1.2, 2, 3, 6), slow),
    )
    assessed = people.arrival + 130 + delay
    planned = assessed + 40 + chance.wait("plan", (0.2, 1, 2, 3.2, 6), slow * np.array((0.45, 1.0, 1.7))[risk])
    connection, device = _home(people, chance)
    early, late = chance.careful("pregunta", 0.4, 0.5), chance.yes("pregunta-despues", 0.75)
    asked = np.where(
        early, people.arrival + chance.whole("minuto-consiente", 4, 16), np.where(late, planned + 6, NEVER)
    )
    agreed_channel = chance.careful("canal", 0.25, 0.55) & (device < 2)
    channel_granted = chance.yes("canal-si", 0.8)
    leaves = agreed_channel & channel_granted & chance.yes("canal-retira", 0.06)
    return Start(
        team=team,
        worker=worker,
        device=device,
        connection=connection,
        minor=people.age < OF_AGE,
        represented=people.age < CONSENTS,
        spoken=(people.age < _CHILD).astype(np.int64),
        urgent=urgent,
        risk=risk,
        assessed=assessed,
        planned=planned,
        agreed=chance.careful("plan-con-la-persona", 0.45, 0.5),
        review=np.where(chance.careful("revision", 0.1, 0.8), 10 * chance.whole("revision-dias", 1, 4), 0),
        asked=asked,
        granted=chance.yes("consiente", 0.95),
        channel_asked=np.where(agreed_channel, people.arrival + chance.whole("minuto-canal", 17, 27), NEVER),
        channel=_agreed_channel(chance, connection),
        channel_granted=channel_granted,
        channel_withdrawn=np.where(leaves, planned + 60 + chance.wait("canal-fin", (3, 10, 25, 60)), NEVER),
    )


def _risk(chance: Chance, people: Who, urgent: Flags) -> Whole:
    drawn = chance.draws.uniform(chance.number, "riesgo")
    high = _HIGH[people.motive] + urgent * _URGENT_IS_HIGH
    return np.where(drawn < high, HIGH, np.where(drawn < high + _MEDIUM_SHARE, MEDIUM, LOW)).astype(np.int64)


def _home(people: Who, chance: Chance) -> tuple[Whole, Whole]:
    """Connection and device, by what the canton has; fewer in the country."""
    share = np.asarray(conectividad.table()["internet_hogares_pct"], dtype=np.float64)[people.canton] / 100
    share = share * np.where(people.rural, 0.72, 1.08)
    drawn = chance.draws.uniform(chance.number, "conexion")
    connection = np.where(drawn < share * 0.8, 0, np.where(drawn < share * 0.8 + 0.32, 1, 2))
    drawn = chance.draws.uniform(chance.number, "dispositivo") + share * 0.35
    return connection.astype(np.int64), np.where(drawn > 0.5, 0, np.where(drawn > 0.2, 1, 2)).astype(np.int64)


def _agreed_channel(chance: Chance, connection: Whole) -> Whole:
    drawn = chance.draws.uniform(chance.number, "canal-cual")
    nth = (drawn[:, None] >= _AGREED_SHARES[connection]).sum(axis=1)
    channel: Whole = np.array(_AGREED, dtype=np.int64)[np.minimum(nth, len(_AGREED) - 1)]
    return channel


def _referrals(people: Who, chance: Chance, start: Start) -> Referrals:
    first = chance.draws.pick(chance.number, "servicio", (0.62, 0.26, 0.12))
    columns = []
    before = start.planned
    wanted = start.granted & (start.asked < NEVER) & chance.yes("referencia-0", 0.72)
    for nth in range(REFERRALS):
        column = _referral(people, chance, nth, (first + nth) % 3, before, wanted)
        columns.append(column)
        before = np.where(wanted, column.consent, before)
        wanted = wanted & chance.yes(f"referencia-{nth + 1}", 0.34)
    return Referrals(*(np.stack(parts, axis=1) for parts in zip(*(_parts(column) for column in columns), strict=True)))


def _parts(column: Referrals) -> tuple[NDArray[np.int64] | NDArray[np.bool_], ...]:
    return tuple(getattr(column, name) for name in Referrals.__slots__)


def _referral(people: Who, chance: Chance, nth: int, which: Whole, after: Whole, wanted: Flags) -> Referrals:
    """The ``nth`` of each case (columns, not yet matrices)."""
    number = f"{nth}"
    service = _SERVICE_OF[people.motive, which]
    granted = chance.yes("compartir-si" + number, 0.94)
    consent = np.where(
        wanted, after + 16 + chance.wait("referir" + number, ((0, 0.5, 2, 5, 9), (1, 4, 9, 25))[nth]), NEVER
    )
    sent = np.where(granted, consent + chance.whole("referir-min" + number, 3, 12), NEVER)
    sent[consent >= NEVER] = NEVER
    answers = chance.yes("responde" + number, 0.9) & (sent < NEVER)
    answered = np.where(answers, sent + 12 + chance.wait("respuesta" + number, (0.2, 0.8, 2, 4, 9)), NEVER)
    accepted = chance.yes("acepta" + number, 0.85)
    attends = answers & accepted & chance.yes("atiende" + number, 0.84)
    done = np.where(attends, answered + chance.wait("atencion" + number, (1.1, 4, 10, 20, 40)), NEVER)
    leaves = chance.yes("compartir-retira" + number, 0.035) & (sent < NEVER)
    withdrawn = np.where(leaves, sent + 8 + chance.wait("retira" + number, (0.5, 3, 10, 30)), NEVER)
    over = np.where(accepted, done, answered)
    ended = withdrawn < over
    answered = np.where(ended & (answered >= withdrawn), NEVER, answered)
    done = np.where(ended, NEVER, done)
    requested = np.where(chance.careful("pide" + number, 0.45, 0.5), sent + 2, NEVER)
    requested[sent >= NEVER] = NEVER
    appointed = answered + 20 + chance.wait("cita" + number, (0, 0.2, 0.7))
    appointed = np.where((requested >= NEVER) | (answered >= NEVER) | (appointed >= withdrawn), NEVER, appointed)
    implemented = np.where(
        (requested < NEVER) & (done < NEVER), done + 10 + chance.wait("prestado" + number, (0, 0.2, 1)), NEVER
    )
    return Referrals(
        service=service,
        organisation=service * 2 + chance.whole("institucion" + number, 0, 1),
        consent=consent,
        granted=granted,
        withdrawn=withdrawn,
        sent=sent,
        wide=~chance.careful("lo-necesario" + number, 0.1, 0.8),
        answered=answered,
        accepted=accepted,
        done=done,
        ended=ended,
        requested=requested,
        appointed=appointed,
        implemented=implemented,
    )
