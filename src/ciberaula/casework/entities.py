"""What a case file holds. Frozen: an action puts new entities or newer versions of them, and never deletes one.

Times are naive datetimes, the local time of the simulated office. Ids are text; the id of an entity is the id of the
action that made it (``<action>`` or ``<action>.<n>``), so that the same log always gives the same ids. Every person,
organisation and case here is simulated.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from ciberaula.casework.vocabulary import (
    Account,
    ApprovalKind,
    ApprovalStatus,
    Channel,
    Data,
    GivenBy,
    Purpose,
    Risk,
    Role,
    ServiceStatus,
    Status,
    TransitionKind,
    TransitionStatus,
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user of the desk. ``group`` is the team."""

    id: str
    role: Role
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Anything in a case file. ``made_at``/``made_by``: by the action that put this version."""

    id: str
    case_id: str
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Entity):
    """The record itself; its id is its ``case_id``. ``owner`` and ``group`` decide who may see it."""

    code: str
    subject: str  # id of the Person the case is about
    owner: str
    group: str
    opened_at: datetime
    status: Status = Status.OPEN
    risk: Risk | None = None
    previous_owner: str | None = None
    reopened_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Entity):
    """Somebody of the case. Basic identity is ``name``, ``age``, ``language`` and ``access_needs``: all a recipient sees."""

    name: str
    relation: str  # to the subject, in words: «hija», «abuela»; «titular» for the subject
    age: int | None = None
    language: str = "es"
    access_needs: str = ""  # how to communicate: «lengua de señas», «lee con lector de pantalla»
    phone_note: str = ""  # how and when to reach her safely; never a real number
    gender: str = ""  # woman, man, other; empty where nobody needs to know. For the genogram's signs


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation(Entity):
    """A tie between two people (or a person and an organisation), for genogram and ecomap."""

    one: str
    other: str
    kind: str  # parent, partner, former_partner, sibling, carer, support, tension, cut_off


@dataclass(frozen=True, slots=True, kw_only=True)
class Household(Entity):
    """Where and how people live, as far as it matters for reaching them."""

    canton: str
    area: str  # urban | rural
    device: str  # own | shared | none
    connection: str  # good | intermittent | none
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern(Entity):
    """A protection concern."""

    kind: str
    detail: str
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Entity):
    """What somebody agreed to, or not. ``to``: ids of organisations or users; ``channels`` and ``data``: what it covers.

    Empty ``data`` covers what the receiver needs, as explained. A withdrawn consent keeps its row.
    """

    person: str
    purpose: Purpose
    granted: bool
    given_by: GivenBy = GivenBy.PERSON
    to: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    data: tuple[Data, ...] = ()
    how: str = ""  # «de palabra, por llamada», «firmado», «en kichwa, con su tía»
    assent: bool | None = None  # of a child, where somebody else consented
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment(Entity):
    """A risk assessment: facts apart from opinion."""

    risk: Risk
    facts: str
    opinion: str
    with_person: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """A contact restriction of the plan. Empty ``channels`` means all of them: social networks are channels too."""

    who: str  # person id that must not be in contact with the subject, or must not be told
    channels: tuple[Channel, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One line of the plan."""

    need: str
    goal: str
    action: str
    who: str
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Entity):
    """The case plan; a new version is a new ``Plan`` under the same id."""

    goals: tuple[Goal, ...]
    agreed: bool  # with the person
    restrictions: tuple[Restriction, ...] = ()
    safe_contact: str = ""
    review_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Entity):
    """A service asked for (``kind`` is one of Primero's service types)."""

    kind: str
    provider: str
    status: ServiceStatus = ServiceStatus.REQUESTED
    appointment_at: datetime | None = None
    implemented_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition(Entity):
    """A referral, transfer, transfer request or assignment. ``data`` is what the receiver gets to see."""

    kind: TransitionKind
    to: str
    reason: str
    data: tuple[Data, ...] = ()
    status: TransitionStatus = TransitionStatus.IN_PROGRESS
    override: str = ""  # why it went out without consent, when it did
    answer: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp(Entity):
    """A follow-up, due and then done."""

    kind: str
    due: datetime
    done_at: datetime | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Entity):
    """A contact with a person of the case (``who``) or, about her, with an organisation or anybody else.

    ``sanctioned`` is False for what was done outside the desk: with a personal account, in the wrong group.
    """

    who: str
    channel: Channel
    account: Account
    purpose: str
    data: tuple[Data, ...] = ()
    incoming: bool = False
    minutes: int = 0
    verified: bool = False  # identity and place, at the start
    safe_word: bool = False
    sanctioned: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Entity):
    """A case note (DAP): facts apart from opinion, then what comes next. ``happened_at`` is when, ``made_at`` when written."""

    facts: str
    opinion: str
    next: str
    happened_at: datetime
    contact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Entity):
    """A document of the file: what it tells, and with whom it was shared."""

    title: str
    kind: str
    data: tuple[Data, ...] = ()
    shared_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval(Entity):
    """Asked of a supervisor, who is never the one who asks."""

    kind: ApprovalKind
    status: ApprovalStatus = ApprovalStatus.REQUESTED
    asked_by: str = ""
    decided_by: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Entity):
    """Something the team should see to."""

    reason: str
    due: datetime | None = None
    lowered_at: datetime | None = None
    lowered_why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation(Entity):
    """A question to the supervisor, or to another who is asked without naming the person."""

    to: str
    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search(Entity):
    """A search about somebody on the internet: what for, where, and who agreed to it."""

    about: str
    where: str
    purpose: str
    authorised_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyAccess(Entity):
    """Break-the-glass: access to a case outside one's scope, for a reason and until a time."""

    user: str
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure(Entity):
    """Closing (or, with ``reopened``, reopening) a case."""

    reason: str
    summary: str
    person_informed: bool
    reopened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident(Entity):
    """A security incident: known, contained, rated, told. ``data`` are the kinds of data, never the data."""

    what: str
    known_at: datetime
    data: tuple[Data, ...] = ()
    people: tuple[str, ...] = ()
    contained_at: datetime | None = None
    measures: str = ""
    risk: Risk | None = None
    risk_known_at: datetime | None = None
    supervisor_at: datetime | None = None
    authority_at: datetime | None = None
    people_at: datetime | None = None


KINDS: tuple[type[Entity], ...] = (
    Case,
    Person,
    Relation,
    Household,
    Concern,
    Consent,
    Assessment,
    Plan,
    Service,
    Transition,
    FollowUp,
    Contact,
    Note,
    Document,
    Approval,
    Flag,
    Consultation,
    Search,
    EmergencyAccess,
    Closure,
    Incident,
)
"""Every kind of entity, in the order in which a store keeps and shows them."""

E = TypeVar("E", bound=Entity)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A whole case: the current version of each of its entities, by kind, in the order in which they were first put."""

    case: Case
    entities: Mapping[type[Entity], Mapping[str, Entity]] = field(default_factory=dict)

    def of(self, kind: type[E]) -> list[E]:
        """All entities of that kind."""
        return [one for one in self.entities.get(kind, {}).values() if isinstance(one, kind)]

    def get(self, kind: type[E], id: str) -> E | None:
        """The entity of that kind and id, or ``None``."""
        found = self.entities.get(kind, {}).get(id)
        return found if isinstance(found, kind) else None

    def last(self, kind: type[E]) -> E | None:
        """The entity of that kind made last, or ``None``. Of two made at the same moment, the later of the file counts."""
        found = self.of(kind)
        return max(reversed(found), key=lambda one: one.made_at) if found else None

    def __iter__(self) -> Iterator[Entity]:
        for kind in KINDS:
            yield from self.entities.get(kind, {}).values()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One look, change or refused attempt. ``digest`` covers all other fields and the digest before (``previous``).

    ``kind`` is ``access`` (a look), ``change`` or ``denied``. ``case_id`` is empty for a search over many cases.
    ``entities`` names what was put; never its content. ``reason`` is what the actor gave (an override, break-the-glass).
    """

    seq: int
    at: datetime
    actor: str
    role: Role
    kind: str
    action: str
    action_id: str
    case_id: str
    entities: tuple[str, ...]
    reason: str
    previous: str
    digest: str
