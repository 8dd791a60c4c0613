"""Referrals and transfers, contacts, notes, documents: whatever tells somebody something."""

from typing import Annotated, Literal

from pydantic import Field

from ciberaula.casework.actions.shapes import Line, OnCase, Ref, Said, Words
from ciberaula.casework.vocabulary import Account, Channel, Data


class Refer(OnCase):
    """Refer to an organisation or user, with ``data`` and no more. ``override``: why without consent."""

    do: Literal["refer"]
    to: Ref
    data: tuple[Data, ...] = (Data.IDENTITY,)
    reason: Said
    override: Words = ""


class Transfer(OnCase):
    """Hand the case over; who accepts it becomes its owner."""

    do: Literal["transfer"]
    to: Ref
    data: tuple[Data, ...] = (Data.IDENTITY,)
    reason: Said
    override: Words = ""


class RequestTransfer(OnCase):
    """Ask the owner of a case to transfer it to oneself."""

    do: Literal["request_transfer"]
    reason: Said


class AnswerTransition(OnCase):
    """Accept or reject what came in."""

    do: Literal["answer_transition"]
    transition: Ref
    accept: bool
    reason: Words = ""


class CompleteTransition(OnCase):
    """Say that a referral was attended to."""

    do: Literal["complete_transition"]
    transition: Ref
    note: Words = ""


class RevokeTransition(OnCase):
    """Take back what was not answered yet, or close a receiver's view."""

    do: Literal["revoke_transition"]
    transition: Ref
    reason: Said


class Assign(OnCase):
    """Give the case to another user of the team."""

    do: Literal["assign"]
    to: Ref
    reason: Said


class MakeContact(OnCase):
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


class OutsideContact(OnCase):
    """Something done or told outside the desk, where nothing held it back."""

    do: Literal["outside_contact"]
    who: Ref
    channel: Channel
    account: Account
    purpose: Line
    data: tuple[Data, ...] = ()


class PlanFollowUp(OnCase):
    """Set a day for a follow-up."""

    do: Literal["plan_follow_up"]
    kind: Literal["after_reunification", "in_care", "for_service", "for_assessment"]
    days: Annotated[int, Field(ge=0, le=365)]


class DoFollowUp(OnCase):
    """Say that a follow-up was done, and what came of it."""

    do: Literal["follow_up"]
    follow_up: Ref
    comment: Said


class WriteNote(OnCase):
    """Write a case note about what happened ``hours_ago``."""

    do: Literal["write_note"]
    facts: Said
    opinion: Words = ""
    next: Words = ""
    contact: Ref | None = None
    hours_ago: Annotated[float, Field(ge=0, le=24 * 365, allow_inf_nan=False)] = 0


class AddDocument(OnCase):
    """Put a document in the file."""

    do: Literal["add_document"]
    title: Line
    kind: Line
    data: tuple[Data, ...] = ()


class ShareDocument(OnCase):
    """Give a document to somebody outside the case."""

    do: Literal["share_document"]
    document: Ref
    to: Ref
    override: Words = ""


class RaiseFlag(OnCase):
    """Mark the case for the team."""

    do: Literal["raise_flag"]
    reason: Said
    days: Annotated[int, Field(ge=0, le=365)] | None = None


class LowerFlag(OnCase):
    """Say that a flag was seen to."""

    do: Literal["lower_flag"]
    flag: Ref
    reason: Said


class Consult(OnCase):
    """Ask the supervisor, or somebody else, before deciding."""

    do: Literal["consult"]
    to: Ref
    question: Said


class SearchOnline(OnCase):
    """Look for somebody on the internet."""

    do: Literal["search_online"]
    about: Ref
    where: Line
    purpose: Said
    authorised_by: Ref | None = None
