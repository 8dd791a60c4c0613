"""Contacts with the people of a case, and how a case ends: incidents, change of hands, closing, coming back.

Contacts are [case, nth]: the first is the interview before the assessment, the last the one after a reopening.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ciberaula.datasets.casos.life import HIGH, LOW, NEVER, Case, Chance, Start, Times
from ciberaula.datasets.casos.staff import WORKERS_A_TEAM
from ciberaula.datasets.casos.words import CHANNELS, CONTACT_PURPOSES, DATA, place
from ciberaula.datasets.casos import workdays
from ciberaula.datasets.casos.who import NAME
from ciberaula.datasets.draws import Draws, Flags, Whole

FOLLOWING = 8
CONTACTS = FOLLOWING + 2
INTERVIEW, RETURN = 0, CONTACTS - 1
# By risk (high, medium, low): fewest and most contacts after the plan, and days of work between them.
_FEWEST, _MOST = np.array((3, 2, 1)), np.array((8, 6, 4))
EVERY = np.array((2, 10, 21))
_PERSON, _PHONE, _VIDEO, _PLATFORM = (place(CHANNELS, id) for id in ("in_person", "phone", "video", "platform"))
_CHAT, _EMAIL = place(CHANNELS, "chat"), place(CHANNELS, "email")
INSTITUTIONAL, PERSONAL, NO_ACCOUNT = 0, 1, 2
_APPOINTMENT, _IDENTITY, _FAMILY = (place(DATA, id) for id in ("appointment", "identity", "family"))
# What is told by voice or face, by motive, when it is more than a day and an hour.
_TOLD = np.array(
    [
        place(DATA, id)
        for id in ("violence", "child", "health", "health", "disability", "migration")
        + ("family", "family", "location", "substances", "location", "image")
    ]
)
_OUTSIDE_MINUTES = 10  # what the desk writes down for what was done outside it
_LONG = 2**20
# Least and most minutes by channel.
_MINUTES = np.array(((35, 110), (5, 35), (15, 50), (2, 6), (3, 12), (3, 10), (4, 12), (5, 15)))
_LEAST_BETWEEN = 150


@dataclass(frozen=True, slots=True)
class Contacts:
    """[case, nth]; ``at`` is ``NEVER`` where there was none."""

    at: Times
    channel: Times
    account: Times
    purpose: Times
    data: Times
    incoming: NDArray[np.bool_]
    minutes: Times
    verified: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ends:
    """Columns, a case a place. ``stop``: from then on nothing of the case is ours to tell."""

    stop: Whole
    incident: Whole
    contained: Whole
    supervisor_told: Whole
    rated: Whole
    incident_risk: Whole
    authority_told: Whole
    people_told: Whole
    reassessed: Whole
    second_risk: Whole
    transfer_asked: Whole
    transferred: Whole
    transfer_accepted: Whole
    transfer_to: Whole
    assigned: Whole
    next_worker: Whole
    plan_asked: Whole
    plan_decided: Whole
    plan_approved: Flags
    ended: Whole  # all that was waited for is over, and the case is to be closed
    closure_asked: Times  # [case, first or second time]
    closure_decided: Times
    closed: Whole
    reopened: Whole
    assessed_again: Whole


def contacts_of(case: Case) -> Contacts:
    """The contacts, but for the one after a reopening, whose time :func:`ends_of` knows."""
    start, chance = case.start, case.chance
    cells = _cells(chance.number)
    draws = Draws(chance.draws._root.rpartition(":")[2], NAME)
    raise NotImplementedError(cells, draws, start)
