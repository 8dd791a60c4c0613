"""Break-the-glass and security incidents."""

from typing import Annotated, Literal

from pydantic import Field

from ciberaula.casework.actions.shapes import FIT, MAX_TEXT, OnCase, Ref, Said
from ciberaula.casework.vocabulary import Data, Risk


class BreakGlass(OnCase):
    """Open a case outside one's scope in an emergency, for a limited time."""

    do: Literal["break_glass"]
    reason: Annotated[str, Field(min_length=15, max_length=MAX_TEXT), FIT]
    hours: Annotated[int, Field(ge=1, le=24)] = 8


class DetectIncident(OnCase):
    """Write down a security incident; its terms count from now on."""

    do: Literal["detect_incident"]
    what: Said
    data: tuple[Data, ...] = ()
    people: tuple[Ref, ...] = ()


class ContainIncident(OnCase):
    """Say what was done to stop the harm."""

    do: Literal["contain_incident"]
    incident: Ref
    measures: Said


class RateIncident(OnCase):
    """Say how much risk it means for the people."""

    do: Literal["rate_incident"]
    incident: Ref
    risk: Risk
    why: Said


class NotifyIncident(OnCase):
    """Tell of it. Terms: :mod:`ciberaula.casework.incidents`, from the dated legal file."""

    do: Literal["notify_incident"]
    incident: Ref
    whom: Literal["supervisor", "authority", "people"]
    text: Said
