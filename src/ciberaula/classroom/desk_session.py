"""What the screens of the desk look at: a user at a desk, whether a story plays behind it or a cohort works on it."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from ciberaula.casework.desk import Desk
from ciberaula.casework.entities import Actor, AuditEntry, CaseFile, Person
from ciberaula.casework.policy import EVERYTHING, may_see
from ciberaula.casework.requirements import Denied
from ciberaula.casework.stories.play import Play
from ciberaula.casework.vocabulary import label
from ciberaula.casework.workflow import Task
from ciberaula.i18n import _

Directory = Mapping[str, str]
"""Id -> name, in the order in which people choose."""
_BACKGROUND = re.compile(r"b-\d+")  # cases that fill a story's office (population.py); no story may use such ids


class Session(Protocol):
    """A user at a desk. Nothing here changes anything or is a look: looking is an action, done before it is drawn."""

    @property
    def desk(self) -> Desk: ...

    @property
    def actor(self) -> Actor: ...

    @property
    def now(self) -> datetime: ...

    @property
    def start(self) -> datetime:
        """When day 1 began."""

    @property
    def organisations(self) -> Directory: ...

    @property
    def users(self) -> Directory:
        """The other users of the desk."""

    @property
    def answers_consent(self) -> bool:
        """Do the people answer when asked for a consent (a story), or is their answer written down (a cohort)?"""

    def names(self, id: str) -> str: ...


class PlaySession:
    """The player of a story at her desk."""

    answers_consent = True

    def __init__(self, play: Play) -> None:
        self.play = play
        story = play.story
        self.organisations = {id: one.name for id, one in story.organisations.items()}
        at = {one.user: one.name for one in story.organisations.values()}
        self.users = {
            id: _("{name}, de {office}").format(name=one.name, office=at[id])
            if id in at
            else _("{name} ({role})").format(name=one.name, role=label(one.role).lower())
            for id, one in story.users.items()
            if id != story.player
        }

    @property
    def desk(self) -> Desk:
        return self.play.desk

    @property
    def actor(self) -> Actor:
        return self.play.actor

    @property
    def now(self) -> datetime:
        return self.play.now

    @property
    def start(self) -> datetime:
        return self.play.story.start

    def names(self, id: str) -> str:
        return self.play.names(id)


def case_file(session: Session, case_id: str) -> CaseFile | None:
    """The case, where the user may see all of it now; ``None`` otherwise. For drawing what was opened by an action."""
    with session.desk.store.begin() as unit:
        file = unit.case_file(case_id)
    if file is None:
        return None
    try:
        visible, _reason = may_see(session.actor, file, session.now, organisations=session.desk.organisations)
    except Denied:
        return None
    return file if visible == EVERYTHING else None


def audit_of(session: Session, case_id: str, most: int) -> list[AuditEntry]:
    """The last ``most`` entries of the case, oldest first."""
    with session.desk.store.begin() as unit:
        return unit.audit(case_id, most)


def my_tasks(session: Session) -> list[Task]:
    """What is due to the user, the first first."""
    return sorted(session.desk.tasks(session.actor), key=lambda one: one.due)


def codes(session: Session, case_ids: Iterable[str | None]) -> dict[str, str]:
    """Case id -> code and name, of those cases that the user may open."""
    known = ((id, case_file(session, id)) for id in case_ids if id is not None)
    return {id: title(file) for id, file in known if file is not None}


def in_background(case_id: str) -> bool:
    """Is it one of the cases that only fill the office of a story?"""
    return _BACKGROUND.fullmatch(case_id) is not None


def story_cases(session: PlaySession) -> dict[str, str]:
    """Case id -> code and name, of the cases that the story is about and the user may open."""
    begun = {str(one.args["case"]) for one in session.play.happened if one.do == "register" and one.outcome == "done"}
    return codes(session, sorted({person.case for person in session.play.story.people.values()} | begun))


def title(file: CaseFile) -> str:
    """How a case is called: its code, and the name of whom it is about."""
    subject = file.get(Person, file.case.subject)
    return f"{file.case.code}: {subject.name}" if subject else file.case.code
