"""A participant of a cohort at the shared desk, as the screens of the desk know their user."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ciberaula.casework import policy, views
from ciberaula.casework.cohort import Cohort, actor_of, gone
from ciberaula.casework.desk import Desk
from ciberaula.casework.entities import Actor, CaseFile, Person
from ciberaula.casework.requirements import Denied
from ciberaula.casework.store.participants import Participant
from ciberaula.casework.vocabulary import Role
from ciberaula.classroom.desk_session import Directory
from ciberaula.i18n import _


@dataclass(frozen=True)
class CohortSession:
    """``me`` among ``people`` (user -> name, in the order in which one chooses); ``file``: the case that is looked at."""

    cohort: Cohort
    me: Participant
    people: Mapping[str, str]
    now: datetime
    file: CaseFile | None = None

    answers_consent = False

    @classmethod
    def at(cls, cohort: Cohort, me: Participant) -> "CohortSession":
        """The desk as it is now."""
        return cls(cohort, me, {one.user: one.name for one in cohort.everybody()}, cohort.clock())

    def about(self, file: CaseFile) -> "CohortSession":
        """The same, looking at a case whose people have names."""
        return replace(self, file=file)

    @property
    def desk(self) -> Desk:
        return self.cohort.desk

    @property
    def actor(self) -> Actor:
        return actor_of(self.me)

    @property
    def start(self) -> datetime:
        return self.me.joined_at

    @property
    def organisations(self) -> Directory:
        return {}

    @property
    def users(self) -> Directory:
        return {user: name for user, name in self.people.items() if user != self.me.user}

    def names(self, id: str) -> str:
        if id == self.me.user:
            return _("Usted")
        if id in self.people:
            return self.people[id]
        person = self.file.get(Person, id) if self.file is not None else None
        return person.name if person is not None else gone()


@dataclass(frozen=True)
class Seen:
    """A case as the participant may see it now; ``whole``, or only what was sent to her."""

    file: CaseFile
    whole: bool


def seen(session: CohortSession, case_id: str) -> Seen | None:
    """For drawing again what was opened by an action; ``None`` where she may not see it (any more)."""
    with session.cohort.store.begin() as unit:
        file = unit.case_file(case_id)
    if file is None:
        return None
    try:
        visible, _reason = policy.may_see(session.actor, file, session.now)
    except Denied:
        return None
    if visible == policy.EVERYTHING:
        return Seen(file, True)
    return Seen(views.received(file, visible, (session.me.user,), "file"), False)


def supervises(session: CohortSession) -> bool:
    return session.me.role is Role.SUPERVISOR
