"""Contacts with the people of a case, [case, nth]: the first is the interview before the assessment, the last the one after a
reopening."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ciberaula.datasets.casos import workdays
from ciberaula.datasets.casos.life import NEVER, Case, Times
from ciberaula.datasets.casos.words import CHANNELS, CONTACT_PURPOSES, DATA, place
from ciberaula.datasets.draws import Share, Whole

FOLLOWING = 8
CONTACTS = FOLLOWING + 2
INTERVIEW, RETURN = 0, CONTACTS - 1
# By risk (high, medium, low): fewest and most contacts after the plan, and days of work between them.
_FEWEST, _MOST = np.array((3, 2, 1)), np.array((8, 6, 4))
EVERY = np.array((2, 10, 21))
# From the end of one to the next; longer than the longest contact.
_LEAST_BETWEEN = 150
INSTITUTIONAL, PERSONAL, NO_ACCOUNT = 0, 1, 2
_PERSON, _PHONE, _VIDEO, _CHAT, _EMAIL, _PLATFORM = (
    place(CHANNELS, id) for id in ("in_person", "phone", "video", "chat", "email", "platform")
)
_APPOINTMENT, _IDENTITY, _FAMILY = (place(DATA, id) for id in ("appointment", "identity", "family"))
# What is told by voice or face, by motive, when it is more than a day and an hour.
_TOLD = np.array(
    [
        place(DATA, id)
        for id in (
            *("violence", "child", "health", "health", "disability", "migration"),
            *("family", "family", "location", "substances", "location", "image"),
        )
    ]
)
_CONFIRM, _LISTEN, _ASKED = 1, 3, CONTACT_PURPOSES.index("pedido de la persona")
# Least and most minutes by channel; what was done outside the desk, it writes down with ten.
_MINUTES = np.array(((35, 110), (5, 35), (15, 50), (2, 6), (3, 12), (3, 10), (4, 12), (5, 15)))
_OUTSIDE_MINUTES = 10
_AGREED_USED = 0.55


@dataclass(frozen=True, slots=True)
class Contacts:
    """[case, nth]; ``at`` is ``NEVER`` where there was none. ``cells``: the numbers under which each is drawn."""

    cells: Times
    at: Times
    channel: Times
    account: Times
    purpose: Times
    data: Times
    incoming: NDArray[np.bool_]
    minutes: Times
    verified: NDArray[np.bool_]


def cells_of(number: Whole) -> Times:
    """A number of its own for each contact that a case may have."""
    cells: Times = number[:, None] * CONTACTS + np.arange(CONTACTS)
    return cells


def contact_times(case: Case) -> Times:
    """When: often where the risk is high, later where the worker has less care. The return is left for later."""
    start, chance = case.start, case.chance
    cells = cells_of(chance.number)
    risk = start.risk
    count = chance.draws.integers(chance.number, "contactos", _FEWEST[risk], _MOST[risk])
    often = EVERY[risk] * (2.2 - 1.4 * chance.care) * workdays.DAY
    between = chance.draws.spread(cells[:, 1:RETURN], "intervalo", (0.5, 0.85, 1.1, 1.6)) * often[:, None]
    times = np.full(cells.shape, NEVER, dtype=np.int64)
    later = start.planned[:, None] + np.cumsum(between.astype(np.int64) + _LEAST_BETWEEN, axis=1)
    times[:, 1:RETURN] = np.where(np.arange(FOLLOWING) < count[:, None], later, NEVER)
    interview = start.assessed - chance.whole("entrevista-min", 40, 100)
    times[:, INTERVIEW] = np.where(chance.careful("entrevista", 0.55, 0.4), interview, NEVER)
    return times


def contacts_of(case: Case, at: Times) -> Contacts:
    """How: a channel that was agreed on, a call or an encounter; a few write from their own telephone."""
    start, chance = case.start, case.chance
    cells = cells_of(chance.number)
    draws = chance.draws
    agreed = (start.channel_asked[:, None] < at) & (at < start.channel_withdrawn[:, None])
    agreed &= start.channel_granted[:, None] & (draws.uniform(cells, "usa-canal") < _AGREED_USED)
    agreed[:, INTERVIEW] = False
    careless = (draws.uniform(cells, "por-fuera") < 0.22 * (1 - chance.care)[:, None]) & (start.device < 2)[:, None]
    careless[:, INTERVIEW] = False
    channel = np.where(agreed, start.channel[:, None], _usual(case, draws.uniform(cells, "canal-contacto")))
    channel = np.where(careless, _CHAT, channel)
    account = np.where(careless, PERSONAL, np.where(channel == _PERSON, NO_ACCOUNT, INSTITUTIONAL))
    data = _data(case, channel, draws.uniform(cells, "datos-contacto"))
    written = (channel != _PERSON) & (channel != _PLATFORM) & ~careless
    incoming = written & (draws.uniform(cells, "entrante") < 0.14)
    low, high = _MINUTES[channel, 0], _MINUTES[channel, 1]
    voice = (channel == _PHONE) | (channel == _VIDEO)
    return Contacts(
        cells=cells,
        at=at,
        channel=channel,
        account=account,
        purpose=_purpose(data, incoming, draws.integers(cells, "proposito", 0, len(CONTACT_PURPOSES) - 2)),
        data=data,
        incoming=incoming,
        minutes=np.where(careless, _OUTSIDE_MINUTES, draws.integers(cells, "minutos", low, high)),
        verified=voice & ~careless & (draws.uniform(cells, "verifica") < (0.2 + 0.75 * chance.care)[:, None]),
    )


def _usual(case: Case, drawn: Share) -> Times:
    """In person less often in the country, where the way is long."""
    near = np.where(case.who.rural, 0.24, 0.38)[:, None]
    channel = np.where(drawn < near, _PERSON, np.where(drawn < 0.96, _PHONE, _PLATFORM)).astype(np.int64)
    no_device = (case.start.device == 2)[:, None] & (channel == _PLATFORM)
    return np.where(no_device, _PERSON, channel)


def _data(case: Case, channel: Times, drawn: Share) -> Times:
    """A message tells a day and an hour, a mail that or who writes; a voice may tell what the case is about."""
    told = np.where(drawn < 0.25, _APPOINTMENT, np.where(drawn < 0.5, _FAMILY, _TOLD[case.who.motive][:, None]))
    short = (channel > _VIDEO) & (channel < _PLATFORM)
    mail = (channel == _EMAIL) & (drawn < 0.4)
    return np.where(short, np.where(mail, _IDENTITY, _APPOINTMENT), told).astype(np.int64)


def _purpose(data: Times, incoming: NDArray[np.bool_], drawn: Times) -> Times:
    plain = np.where((drawn == _CONFIRM) & (data != _APPOINTMENT), _LISTEN, drawn)
    return np.where(incoming, _ASKED, np.where((data == _APPOINTMENT) & (drawn < _LISTEN), _CONFIRM, plain))
