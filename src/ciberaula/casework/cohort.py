"""One desk for a whole cohort: who comes in, as whom, and the simulated cases that each begins with.

A participant comes in under her pseudonym and works under an id of the desk's own, which is random and tells nothing about
her (:mod:`ciberaula.casework.store.participants`). The clock is the real one: the naive local time.
"""

import secrets
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial

from ciberaula.casework.audit import ChainCheck
from ciberaula.casework.desk import Desk
from ciberaula.casework.entities import Actor
from ciberaula.casework.population import Past, caseload
from ciberaula.casework.store import participants
from ciberaula.casework.store.participants import Participant
from ciberaula.casework.store.personal import ARRIVAL
from ciberaula.casework.store.sql import SqlStore
from ciberaula.casework.vocabulary import Role
from ciberaula.i18n import _

GROUP = "cohorte"
OWN_CASES = 3
_SHOWN = 4  # hexadecimal digits of an id that people read


def local_now() -> datetime:
    """The time on the wall, to the second."""
    return datetime.now().replace(microsecond=0)


def actor_of(participant: Participant) -> Actor:
    """The participant as a user of the desk. The whole cohort is one team."""
    return Actor(participant.user, participant.role, GROUP)


class Cohort:
    """The people who share ``store``. ``clock`` gives the present."""

    def __init__(self, store: SqlStore, clock: Callable[[], datetime] = local_now) -> None:
        self.store = store
        self.clock = clock
        self.desk = Desk(store, clock)

    def enter(self, pseudonym: str, role: Role) -> Participant:
        """Come in, for the first time or again. Cut short, it is finished the next time, and nothing is done twice."""
        with self.store.begin() as unit:
            mine = [one for one in participants.of_person(unit, pseudonym) if one.role is role]
            if mine:
                who = mine[0]
            else:
                user = _new_id({one.user[2 : 2 + _SHOWN] for one in participants.everybody(unit)})
                who = Participant(user, role, _name(user, role), self.clock())
                participants.add(unit, who, pseudonym)
            before = _before(who)
            ready = not before or unit.done(_arrival(who, len(before)))
        if not ready:
            for number, one in enumerate(before, 1):
                Desk(self.store, partial(_same, one.at)).do(one.actor, one.action, action_id=_arrival(who, number))
        return who

    def everybody(self) -> list[Participant]:
        """All participants, by name."""
        with self.store.begin() as unit:
            return participants.everybody(unit)

    def verify(self) -> ChainCheck:
        """Check the whole chain of the audit."""
        return self.desk.verify()


def _before(who: Participant) -> list[Past]:
    """What the desk does on the cases that she begins with; a supervisor has none of her own."""
    if who.role is Role.SUPERVISOR:
        return []
    return caseload(actor_of(who), OWN_CASES, code=f"SIM-{_shown(who.user)}", until=who.joined_at)


def _same(moment: datetime) -> datetime:
    return moment


def _arrival(who: Participant, number: int) -> str:
    return f"{who.user}.{ARRIVAL}.{number}"


def _new_id(taken: Collection[str]) -> str:
    while True:
        found = secrets.token_hex(6)
        if found[:_SHOWN] not in taken:
            return f"u-{found}"


def _shown(user: str) -> str:
    return user[2 : 2 + _SHOWN].upper()


def _name(user: str, role: Role) -> str:
    words = _("Supervisión {id}") if role is Role.SUPERVISOR else _("Participante {id}")
    return words.format(id=_shown(user))


def gone() -> str:
    """How the desk calls a participant who was erased."""
    return _("Participante que se retiró")
