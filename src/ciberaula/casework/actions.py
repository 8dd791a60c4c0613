"""What can be done on the desk, as data: one model for each action, checked before anything is touched.

An action comes from a form, a story, a log or another desk, so none is trusted: unknown names, wrong types and overlong
texts are mistakes. ``id`` (given or made by the caller) names the action and the entity that it makes; ``case`` is the
case it is about. Whether somebody *may* do it is for :mod:`ciberaula.casework.policy`.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from ciberaula.casework.vocabulary import (
    Account,
    ApprovalKind,
    Channel,
    Data,
    GivenBy,
    Purpose,
    Risk,
    ServiceStatus,
)
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.yamlfile import Strict, first_mistake

MAX_TEXT = 4000

# Control characters but line break and tab, and halves of a surrogate pair.
_UNWRITABLE = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")


def _writable(text: object) -> object:
    """Raises ``ValueError`` for what no database and no document keeps, before anything else is made of it."""
    if isinstance(text, str) and _UNWRITABLE.search(text):
        raise ValueError(
            _("hay un carácter que no se puede guardar: bórrelo (suele venir de copiar y pegar) y repita la acción.")
        )
    return text


_FIT = BeforeValidator(_writable)
Ref = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9]+([._:-][A-Za-z0-9]+)*$"), _FIT]
Line = Annotated[str, Field(min_length=1, max_length=200), _FIT]
Words = Annotated[str, Field(max_length=MAX_TEXT), _FIT]
Said = Annotated[str, Field(min_length=1, max_length=MAX_TEXT), _FIT]


class _Action(Strict):
    id: Ref | None = None
    case: Ref


# Looks ---------------------------------------------------------------------------------------------------------------


class Look(_Action):
    """Open a case, or a part of its file."""

    do: Literal["look"]
    part: Literal["identity", "file", "notes", "documents", "audit"] = "file"


# The case and its people ---------------------------------------------------------------------------------------------


class Register(_Action):
    """Open a new case: ``case`` is its id, ``person`` that of whom it is about."""

    do: Literal["register"]
    code: Line
    person: Ref
    name: Line
    age: Annotated[int, Field(ge=0, le=120)] | None = None
    language: Line = "es"
    access_needs: Words = ""
    phone_note: Words = ""
    gender: Literal["", "woman", "man", "other"] = ""
    canton: Line
    area: Literal["urban", "rural"] = "urban"
    device: Literal["own", "shared", "none"] = "own"
    connection: Literal["good", "intermittent", "none"] = "good"


class AddPerson(_Action):
    """Add somebody, or correct what is known of her (same ``person``)."""

    do: Literal["add_person"]
    person: Ref
    name: Line
    relation: Line
    age: Annotated[int, Field(ge=0, le=120)] | None = None
    language: Line = "es"
    access_needs: Words = ""
    phone_note: Words = ""
    gender: Literal["", "woman", "man", "other"] = ""


class Relate(_Action):
    """Draw a tie between two people of the case, or a person and an organisation."""

    do: Literal["relate"]
    one: Ref
    other: Ref
    kind: Literal["parent", "partner", "former_partner", "sibling", "carer", "support", "tension", "cut_off"]


class SetHousehold(_Action):
    """Say where and how people live."""

    do: Literal["set_household"]
    canton: Line
    area: Literal["urban", "rural"]
    device: Literal["own", "shared", "none"]
    connection: Literal["good", "intermittent", "none"]
    members: tuple[Ref, ...] = ()


class RaiseConcern(_Action):
    """Write down a protection concern."""

    do: Literal["raise_concern"]
    kind: Line
    detail: Said
    urgent: bool = False


# Consent -------------------------------------------------------------------------------------------------------------


class RecordConsent(_Action):
    """Write down what somebody agreed to, or did not."""

    do: Literal["record_consent"]
    person: Ref
    purpose: Purpose
    granted: bool
    given_by: GivenBy = GivenBy.PERSON
    to: tuple[Ref, ...] = ()
    channels: tuple[Channel, ...] = ()
    data: tuple[Data, ...] = ()
    how: Words = ""
    assent: bool | None = None


class WithdrawConsent(_Action):
    """Write down that a consent was withdrawn."""

    do: Literal["withdraw_consent"]
    consent: Ref


# Assessment, plan, approval ------------------------------------------------------------------------------------------


class Assess(_Action):
    """Assess the risk: facts apart from opinion."""

    do: Literal["assess"]
    risk: Risk
    facts: Said
    opinion: Words = ""
    with_person: bool = False


class PlanGoal(Strict):
    """A line of a plan."""

    need: Line
    goal: Line
    action: Line
    who: Line
    days: Annotated[int, Field(ge=0, le=365)]


class PlanRestriction(Strict):
    """A contact restriction of a plan."""

    who: Ref
    channels: tuple[Channel, ...] = ()
    reason: Words = ""


class MakePlan(_Action):
    """Make the plan, or a new version of it (same ``plan``)."""

    do: Literal["make_plan"]
    plan: Ref | None = None
    goals: Annotated[tuple[PlanGoal, ...], Field(min_length=1, max_length=20)]
    agreed: bool = False
    restrictions: Annotated[tuple[PlanRestriction, ...], Field(max_length=20)] = ()
    safe_contact: Words = ""
    review_days: Annotated[int, Field(ge=1, le=365)] | None = None


class RequestApproval(_Action):
    """Ask the supervisor for an approval."""

    do: Literal["request_approval"]
    what: ApprovalKind


class DecideApproval(_Action):
    """Approve or reject."""

    do: Literal["decide_approval"]
    approval: Ref
    approved: bool
    reason: Words = ""


# Services, referrals, transfers --------------------------------------------------------------------------------------


class RequestService(_Action):
    """Ask for a service for the person; telling the provider about her is a referral."""

    do: Literal["request_service"]
    kind: Line
    provider: Ref
    days: Annotated[int, Field(ge=0, le=365)] | None = None  # until the appointment


class UpdateService(_Action):
    """Say what became of a service."""

    do: Literal["update_service"]
    service: Ref
    status: ServiceStatus
    days: Annotated[int, Field(ge=0, le=365)] | None = None


class Refer(_Action):
    """Refer to an organisation or user, with ``data`` and no more. ``override``: why without consent."""

    do: Literal["refer"]
    to: Ref
    data: tuple[Data, ...] = (Data.IDENTITY,)
    reason: Said
    override: Words = ""


class Transfer(_Action):
    """Hand the case over; who accepts it becomes its owner."""

    do: Literal["transfer"]
    to: Ref
    data: tuple[Data, ...] = (Data.IDENTITY,)
    reason: Said
    override: Words = ""


class RequestTransfer(_Action):
    """Ask the owner of a case to transfer it to oneself."""

    do: Literal["request_transfer"]
    reason: Said


class AnswerTransition(_Action):
    """Accept or reject what came in."""

    do: Literal["answer_transition"]
    transition: Ref
    accept: bool
    reason: Words = ""


class CompleteTransition(_Action):
    """Say that a referral was attended to."""

    do: Literal["complete_transition"]
    transition: Ref
    note: Words = ""


class RevokeTransition(_Action):
    """Take back what was not answered yet, or close a receiver's view."""

    do: Literal["revoke_transition"]
    transition: Ref
    reason: Said


class Assign(_Action):
    """Give the case to another user of the team."""

    do: Literal["assign"]
    to: Ref
    reason: Said


# Contact, follow-up, notes -------------------------------------------------------------------------------------------


class MakeContact(_Action):
    """Get in touch with ``who`` (a person, an organisation or a user) from the desk. ``data``: what is told."""

    do: Literal["contact"]
    who: Ref
    channel: Channel
    account: Account = Account.INSTITUTIONAL
    purpose: Line
    data: tuple[Data, ...] = ()
    incoming: bool = False
    minutes: Annotated[int, Field(ge=0, le=480)] | None = None
    verified: bool = False
    safe_word: bool = False
    override: Words = ""


class OutsideContact(_Action):
    """Something done or told outside the desk, where nothing held it back."""

    do: Literal["outside_contact"]
    who: Ref
    channel: Channel
    account: Account
    purpose: Line
    data: tuple[Data, ...] = ()


class PlanFollowUp(_Action):
    """Set a day for a follow-up."""

    do: Literal["plan_follow_up"]
    kind: Literal["after_reunification", "in_care", "for_service", "for_assessment"]
    days: Annotated[int, Field(ge=0, le=365)]


class DoFollowUp(_Action):
    """Say that a follow-up was done, and what came of it."""

    do: Literal["follow_up"]
    follow_up: Ref
    comment: Said


class WriteNote(_Action):
    """Write a case note about what happened ``hours_ago``."""

    do: Literal["write_note"]
    facts: Said
    opinion: Words = ""
    next: Words = ""
    contact: Ref | None = None
    hours_ago: Annotated[float, Field(ge=0, le=24 * 365, allow_inf_nan=False)] = 0


class AddDocument(_Action):
    """Put a document in the file."""

    do: Literal["add_document"]
    title: Line
    kind: Line
    data: tuple[Data, ...] = ()


class ShareDocument(_Action):
    """Give a document to somebody outside the case."""

    do: Literal["share_document"]
    document: Ref
    to: Ref
    override: Words = ""


class RaiseFlag(_Action):
    """Mark the case for the team."""

    do: Literal["raise_flag"]
    reason: Said
    days: Annotated[int, Field(ge=0, le=365)] | None = None


class LowerFlag(_Action):
    """Say that a flag was seen to."""

    do: Literal["lower_flag"]
    flag: Ref
    reason: Said


class Consult(_Action):
    """Ask the supervisor, or somebody else, before deciding."""

    do: Literal["consult"]
    to: Ref
    question: Said


class SearchOnline(_Action):
    """Look for somebody on the internet."""

    do: Literal["search_online"]
    about: Ref
    where: Line
    purpose: Said
    authorised_by: Ref | None = None


# Access, closure, incidents ------------------------------------------------------------------------------------------


class BreakGlass(_Action):
    """Open a case outside one's scope in an emergency, for a limited time."""

    do: Literal["break_glass"]
    reason: Annotated[str, Field(min_length=15, max_length=MAX_TEXT), _FIT]
    hours: Annotated[int, Field(ge=1, le=24)] = 8


class Close(_Action):
    """Close the case."""

    do: Literal["close"]
    reason: Literal["formal_closing", "transferred", "repatriated", "not_seen", "death", "other"]
    summary: Said
    person_informed: bool = False


class Reopen(_Action):
    """Open a closed case again."""

    do: Literal["reopen"]
    reason: Said


class DetectIncident(_Action):
    """Write down a security incident; its terms count from now on."""

    do: Literal["detect_incident"]
    what: Said
    data: tuple[Data, ...] = ()
    people: tuple[Ref, ...] = ()


class ContainIncident(_Action):
    """Say what was done to stop the harm."""

    do: Literal["contain_incident"]
    incident: Ref
    measures: Said


class RateIncident(_Action):
    """Say how much risk it means for the people."""

    do: Literal["rate_incident"]
    incident: Ref
    risk: Risk
    why: Said


class NotifyIncident(_Action):
    """Tell of it. Terms: :mod:`ciberaula.casework.incidents`, from the dated legal file."""

    do: Literal["notify_incident"]
    incident: Ref
    whom: Literal["supervisor", "authority", "people"]
    text: Said


Action = Annotated[
    Look
    | Register
    | AddPerson
    | Relate
    | SetHousehold
    | RaiseConcern
    | RecordConsent
    | WithdrawConsent
    | Assess
    | MakePlan
    | RequestApproval
    | DecideApproval
    | RequestService
    | UpdateService
    | Refer
    | Transfer
    | RequestTransfer
    | AnswerTransition
    | CompleteTransition
    | RevokeTransition
    | Assign
    | MakeContact
    | OutsideContact
    | PlanFollowUp
    | DoFollowUp
    | WriteNote
    | AddDocument
    | ShareDocument
    | RaiseFlag
    | LowerFlag
    | Consult
    | SearchOnline
    | BreakGlass
    | Close
    | Reopen
    | DetectIncident
    | ContainIncident
    | RateIncident
    | NotifyIncident,
    Field(discriminator="do"),
]

_ADAPTER: TypeAdapter[Any] = TypeAdapter(Action)

MODELS: Mapping[str, type[Strict]] = {
    get_args(model.model_fields["do"].annotation)[0]: model for model in get_args(get_args(Action)[0])
}
"""Name of an action (``do``) -> its model."""
NAMES = frozenset(MODELS)

# How long each action takes on the clock of a story, in minutes; what is not here takes five.
MINUTES = {
    "look": 2,
    "register": 20,
    "assess": 30,
    "make_plan": 25,
    "record_consent": 10,
    "refer": 15,
    "transfer": 20,
    "contact": 20,
    "outside_contact": 10,
    "write_note": 10,
    "consult": 15,
    "search_online": 15,
    "close": 20,
    "notify_incident": 20,
}
CONTACT_MINUTES = {Channel.IN_PERSON: 90, Channel.VIDEO: 30, Channel.PHONE: 20}


def parse(data: Any) -> Any:
    """``data`` as an action. Raises ``UserError``: which action, which value, what to do."""
    try:
        return _ADAPTER.validate_python(data)
    except ValidationError as error:
        name = " ".join(str(data.get("do", "?")).split())[:40] if isinstance(data, Mapping) else "?"
        if name not in NAMES:
            raise UserError(_("No existe la acción «{do}»: elija una de las de la mesa.").format(do=name)) from error
        raise UserError(_("Acción «{do}»: {mistake}").format(do=name, mistake=first_mistake(error, above=1))) from error
