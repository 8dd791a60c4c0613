"""Looking at a case; the case, its people, and what they agree to."""

from typing import Annotated, Literal

from pydantic import Field

from ciberaula.casework.actions.shapes import Line, OnCase, Ref, Said, Words
from ciberaula.casework.vocabulary import Channel, Data, GivenBy, Purpose


class Look(OnCase):
    """Open a case, or a part of its file."""

    do: Literal["look"]
    part: Literal["identity", "file", "notes", "documents", "audit"] = "file"


class Register(OnCase):
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


class AddPerson(OnCase):
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


class Relate(OnCase):
    """Draw a tie between two people of the case, or a person and an organisation."""

    do: Literal["relate"]
    one: Ref
    other: Ref
    kind: Literal["parent", "partner", "former_partner", "sibling", "carer", "support", "tension", "cut_off"]


class SetHousehold(OnCase):
    """Say where and how people live."""

    do: Literal["set_household"]
    canton: Line
    area: Literal["urban", "rural"]
    device: Literal["own", "shared", "none"]
    connection: Literal["good", "intermittent", "none"]
    members: tuple[Ref, ...] = ()


class RaiseConcern(OnCase):
    """Write down a protection concern."""

    do: Literal["raise_concern"]
    kind: Line
    detail: Said
    urgent: bool = False


class RecordConsent(OnCase):
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


class WithdrawConsent(OnCase):
    """Write down that a consent was withdrawn."""

    do: Literal["withdraw_consent"]
    consent: Ref
