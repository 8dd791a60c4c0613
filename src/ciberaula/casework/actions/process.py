"""Assessment, plan, approval, services and closing."""

from typing import Annotated, Literal

from pydantic import Field

from ciberaula.casework.actions.shapes import Line, OnCase, Ref, Said, Words
from ciberaula.casework.vocabulary import ApprovalKind, Channel, Risk, ServiceStatus
from ciberaula.yamlfile import Strict


class Assess(OnCase):
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


class MakePlan(OnCase):
    """Make the plan, or a new version of it (same ``plan``)."""

    do: Literal["make_plan"]
    plan: Ref | None = None
    goals: Annotated[tuple[PlanGoal, ...], Field(min_length=1, max_length=20)]
    agreed: bool = False
    restrictions: Annotated[tuple[PlanRestriction, ...], Field(max_length=20)] = ()
    safe_contact: Words = ""
    review_days: Annotated[int, Field(ge=1, le=365)] | None = None


class RequestApproval(OnCase):
    """Ask the supervisor for an approval."""

    do: Literal["request_approval"]
    what: ApprovalKind


class DecideApproval(OnCase):
    """Approve or reject."""

    do: Literal["decide_approval"]
    approval: Ref
    approved: bool
    reason: Words = ""


class RequestService(OnCase):
    """Ask for a service for the person; telling the provider about her is a referral."""

    do: Literal["request_service"]
    kind: Line
    provider: Ref
    days: Annotated[int, Field(ge=0, le=365)] | None = None  # until the appointment


class UpdateService(OnCase):
    """Say what became of a service."""

    do: Literal["update_service"]
    service: Ref
    status: ServiceStatus
    days: Annotated[int, Field(ge=0, le=365)] | None = None


class Close(OnCase):
    """Close the case."""

    do: Literal["close"]
    reason: Literal["formal_closing", "transferred", "repatriated", "not_seen", "death", "other"]
    summary: Said
    person_informed: bool = False


class Reopen(OnCase):
    """Open a closed case again."""

    do: Literal["reopen"]
    reason: Said
