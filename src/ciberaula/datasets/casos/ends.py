"""How a case comes to an end: incidents, change of hands, approvals, closing, coming back. Columns, a case a place."""

from dataclasses import dataclass

import numpy as np

from ciberaula.datasets.casos import workdays
from ciberaula.datasets.casos.contacts import RETURN
from ciberaula.datasets.casos.life import HIGH, LOW, NEVER, Case, Chance, Referrals, Times
from ciberaula.datasets.casos.staff import WORKERS_A_TEAM, organisations
from ciberaula.datasets.draws import Flags, Whole

_AFTER_CONTACT = 120  # minutes: longer than the longest contact
_INCIDENTS, _ASSIGNED, _TRANSFERRED, _CLOSED, _REOPENED = 0.03, 0.045, 0.04, 0.86, 0.08
_ORGANISATIONS = len(organisations())


@dataclass(frozen=True, slots=True)
class Incidents:
    """A security incident: when it was known, contained, told, rated."""

    known: Whole
    contained: Whole
    supervisor: Whole
    rated: Whole
    risk: Whole
    authority: Whole
    people: Whole


@dataclass(frozen=True, slots=True)
class Hands:
    """Who has the case: given to a colleague by the supervisor, or transferred to another institution for good."""

    assigned: Whole
    next_worker: Whole
    consent: Whole
    sent: Whole
    accepted: Whole
    organisation: Whole


@dataclass(frozen=True, slots=True)
class Ends:
    """``stop``: from then on nothing of the case is ours to tell. ``ended``: all is over, it is to be closed."""

    stop: Whole
    incidents: Incidents
    hands: Hands
    plan_asked: Whole
    plan_decided: Whole
    plan_approved: Flags
    reassessed: Whole
    second_risk: Whole
    ended: Whole
    revoked: Times  # referrals that nobody answered, taken back before closing
    closure_asked: Times  # [case, first or second time]
    closure_decided: Times
    closed: Whole
    reopened: Whole
    returned: Whole  # the contact after it
    assessed_again: Whole


def ends_of(case: Case, contacts: Times) -> Ends:
    """The end of each case, after ``contacts`` (:func:`~ciberaula.datasets.casos.contacts.contact_times`)."""
    start, chance = case.start, case.chance
    hands = _hands(case, contacts)
    incidents = _incidents(chance, contacts[:, 1])
    plan_asked = np.where(chance.careful("plan-aprobar", 0.15, 0.75), start.planned + 3, NEVER)
    plan_decided = after(plan_asked, 5 + chance.wait("plan-decide", (0.1, 0.8, 2, 5)))
    again = chance.yes("reevalua", 0.28) & (contacts[:, 3] < NEVER)
    reassessed = np.where(again, contacts[:, 3] + _AFTER_CONTACT, NEVER)
    closes = (hands.sent >= NEVER) & chance.yes("cierra", _CLOSED)
    last = latest(
        np.where(contacts < NEVER, contacts + _AFTER_CONTACT, NEVER).T,
        _waited(case.referrals).T,
        (
            incidents.rated,
            incidents.authority,
            incidents.people,
            hands.assigned,
            plan_decided,
            reassessed,
            start.planned,
        ),
    )
    ended = np.where(closes, last + 60 + chance.wait("fin", (0.3, 2, 5, 12)), NEVER)
    asked, decided = _closure(chance, ended)
    second = asked[:, 1] < NEVER
    closed = after(np.where(second, decided[:, 1], decided[:, 0]), 5 + chance.wait("cierre", (0.05, 0.3, 1, 3)))
    reopened = np.where(
        chance.yes("reabre", _REOPENED), after(closed, chance.wait("reabre-en", (12, 25, 50, 110))), NEVER
    )
    returned = np.where(
        chance.yes("vuelve", 0.85), after(reopened, 25 + chance.wait("vuelve-en", (0.1, 0.5, 1.5))), NEVER
    )
    stays = chance.yes("reevalua-vuelve", 0.65)
    pending = (case.referrals.sent < NEVER) & (case.referrals.answered >= NEVER) & ~case.referrals.ended
    return Ends(
        stop=np.minimum(workdays.end(), hands.accepted + 1),
        incidents=incidents,
        hands=hands,
        plan_asked=plan_asked,
        plan_decided=plan_decided,
        plan_approved=chance.yes("plan-si", 0.9),
        reassessed=reassessed,
        second_risk=_second_risk(case),
        ended=ended,
        revoked=np.where(pending & (ended < NEVER)[:, None], ended[:, None] + np.array((5, 8)), NEVER),
        closure_asked=asked,
        closure_decided=decided,
        closed=closed,
        reopened=reopened,
        returned=returned,
        assessed_again=np.where(stays, after(reopened, 200 + chance.wait("vuelve-evalua", (1.5, 2.5, 5))), NEVER),
    )


def with_return(contacts: Times, ends: Ends) -> Times:
    """``contacts`` with the one after a reopening."""
    found = contacts.copy()
    found[:, RETURN] = ends.returned
    return found


def after(moment: Whole, delay: Whole) -> Whole:
    """So long after ``moment``; never where that is never."""
    return np.where(moment < NEVER, moment + delay, NEVER)


def latest(*groups: Times | tuple[Whole, ...]) -> Whole:
    """The last of these moments that came, a case a place."""
    found = [np.where(moment < NEVER, moment, 0) for group in groups for moment in group]
    last: Whole = np.maximum.reduce(found)
    return last


def _waited(referrals: Referrals) -> Times:
    """Whatever a closing waits for, [case, …]."""
    ended = np.where(referrals.ended, referrals.withdrawn, NEVER)
    parts = (referrals.consent, referrals.answered, referrals.done, ended, referrals.appointed, referrals.implemented)
    return np.concatenate([*parts, np.where(referrals.sent < NEVER, referrals.sent + 30, NEVER)], axis=1)


def _hands(case: Case, contacts: Times) -> Hands:
    chance, referrals = case.chance, case.referrals
    drawn = chance.draws.uniform(chance.number, "manos")
    transferred = (drawn < _TRANSFERRED) & (contacts[:, 2] < NEVER)
    assigned = (drawn > 1 - _ASSIGNED) & (contacts[:, 1] < NEVER)
    first, second = referrals.organisation[:, 0], referrals.organisation[:, 1]
    # To an organisation that has no consent of its own in the case, so that this one alone counts.
    to = (first + 5) % _ORGANISATIONS
    to = np.where(to == second, (to + 1) % _ORGANISATIONS, to)
    sent = np.where(transferred, contacts[:, 2] + _AFTER_CONTACT + 10, NEVER)
    worker = case.start.worker
    place = (worker % WORKERS_A_TEAM + chance.whole("colega", 1, WORKERS_A_TEAM - 1)) % WORKERS_A_TEAM
    return Hands(
        assigned=np.where(assigned, contacts[:, 1] + _AFTER_CONTACT + 8, NEVER),
        next_worker=case.start.team * WORKERS_A_TEAM + place,
        consent=after(sent, np.full(len(sent), -8, dtype=np.int64)),
        sent=sent,
        accepted=after(sent, 10 + chance.wait("recibe", (0.3, 1, 2.5, 6))),
        organisation=to,
    )


def _incidents(chance: Chance, contact: Whole) -> Incidents:
    known = np.where(chance.yes("incidente", _INCIDENTS), after(contact, np.full_like(contact, _AFTER_CONTACT)), NEVER)
    contained = after(known, 15 + chance.wait("contiene", (0, 0.1, 0.4, 1.5)))
    soon = chance.careful("avisa-ya", 0.1, 0.85)
    supervisor = after(known, np.where(soon, chance.whole("avisa-min", 8, 50), chance.wait("avisa", (0.3, 1, 3))))
    rated = after(
        np.where(known < NEVER, np.maximum(contained, supervisor), NEVER), 30 + chance.wait("valora", (0.05, 0.3, 1))
    )
    risk = chance.draws.pick(chance.number, "incidente-riesgo", (0.2, 0.4, 0.4))
    at_risk = risk != LOW
    authority = after(rated, chance.wait("autoridad", (0.3, 1, 2, 4)))
    people = after(rated, 15 + chance.wait("personas", (0.1, 0.5, 2, 4)))
    return Incidents(
        known,
        contained,
        supervisor,
        rated,
        risk,
        np.where(at_risk & chance.yes("autoridad-si", 0.8), authority, NEVER),
        np.where(at_risk | chance.yes("personas-si", 0.3), people, NEVER),
    )


def _closure(chance: Chance, ended: Whole) -> tuple[Times, Times]:
    """Approval asked and decided; turned down once in a while, and asked again."""
    asked = after(ended, np.full_like(ended, 20))
    decided = after(asked, 5 + chance.wait("cierre-decide", (0.1, 0.5, 1.5, 4)))
    again = np.where(chance.yes("cierre-no", 0.08), after(decided, 20 + chance.wait("cierre-otra", (1, 4, 9))), NEVER)
    settled = after(again, 5 + chance.wait("cierre-decide-2", (0.2, 1, 3)))
    return np.stack((asked, again), axis=1), np.stack((decided, settled), axis=1)


def _second_risk(case: Case) -> Whole:
    better = case.chance.yes("mejora", 0.78)
    risk = case.start.risk
    return np.where(better, np.minimum(risk + 1, LOW), np.maximum(risk - 1, HIGH))
