"""Conditions of stories and assessments: data, never code. One shape for both, checked by its schema.

::

    when: {happened: {do: refer, to: {is: centro-salud}}}
    when: {happened: {do: write_note}, after: {do: contact, who: {is: rosa}}, hours: 24}
    when: {all: [{chose: visita/a}, {none: [{flag: reto}]}]}
"""

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from ciberaula.casework.actions import Ref
from ciberaula.casework.vocabulary import Purpose, Risk, Step
from ciberaula.i18n import _
from ciberaula.yamlfile import Strict

Scalar = str | int | float | bool


class Match(Strict):
    """What an argument must be.

    ``is``: equal to this (of a list: holds this); ``any``: one of these (of a list: holds one of them); ``has``: a list
    with all of these; ``only``: a list with nothing else; ``lacks``: a list with none of these; ``min``: a number, or the
    length of a text or list, at least this; ``given``: written at all (not empty), or not.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    is_: Scalar | None = Field(default=None, alias="is")
    any: tuple[Scalar, ...] | None = None
    has: tuple[Scalar, ...] | None = None
    only: tuple[Scalar, ...] | None = None
    lacks: tuple[Scalar, ...] | None = None
    min: float | None = None
    given: bool | None = None

    @model_validator(mode="after")
    def _asks(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(_("falta decir cómo debe ser: is, any, has, only, lacks, min o given."))
        return self

    def holds(self, value: Any) -> bool:
        """Does ``value`` (plain JSON data: text, number, truth, list or ``None``) fit?"""
        several = list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
        return (
            (self.is_ is None or self.is_ in several)
            and (self.any is None or any(one in self.any for one in several))
            and (self.has is None or all(one in several for one in self.has))
            and (self.only is None or all(one in self.only for one in several))
            and (self.lacks is None or not any(one in several for one in self.lacks))
            and (self.min is None or _size(value) >= self.min)
            and (self.given is None or self.given == (value not in (None, "", [], ())))
        )


def _size(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return len(value) if isinstance(value, str | list | tuple) else 0


class Happening(Strict):
    """Actions to look for in the log: of that name (``do``; ``any`` for all), with arguments that match.

    ``by``: the user who did it (default: whoever plays; ``any``: anybody). ``outcome``: ``done`` (default) or ``denied``
    by the desk. Every other key names an argument of the action, with a :class:`Match` or, for short, the value it must equal.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    do: str
    by: Ref | None = None
    outcome: Literal["done", "denied"] = "done"

    @model_validator(mode="before")
    @classmethod
    def _matches(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        own = {"do", "by", "outcome"}
        return {
            key: value if key in own else Match.model_validate(value if isinstance(value, dict) else {"is": value})
            for key, value in data.items()
        }

    @property
    def arguments(self) -> dict[str, Match]:
        """Argument name -> what it must be."""
        return dict(self.__pydantic_extra__ or {})


class ConsentState(Strict):
    """A consent in force now: of ``person`` for ``purpose``, covering ``to`` where given."""

    person: Ref
    purpose: Purpose
    to: Ref | None = None


class Condition(Strict):
    """Exactly one of the keys, and for ``happened`` the ones that say when.

    ``happened: a, after: b``: *a* was done, and *b* had been done earlier; ``before: b``: *a* was done, and *b* only
    later. With ``hours``, the two lie at most so many hours apart. ``of``: the id of a message or situation that had
    come before *a* (and ``hours`` counts from its coming). ``hours`` alone counts from the start of the story.
    ``at_least``: how many times (default 1). ``case`` narrows ``risk`` and ``step`` where a story has several cases.
    ``offline``: is the connection down now?
    """

    happened: Happening | None = None
    after: Happening | None = None
    before: Happening | None = None
    of: Ref | None = None
    hours: Annotated[float, Field(gt=0)] | None = None
    at_least: Annotated[int, Field(ge=1)] = 1
    chose: Annotated[str, Field(pattern=r"^[a-z0-9.-]+/[a-z0-9.-]+$")] | None = None
    came: Ref | None = None  # a message arrived, or a situation opened
    ignored: Ref | None = None  # a situation passed unanswered
    flag: Ref | None = None
    consent: ConsentState | None = None
    risk: Risk | None = None
    step: Step | None = None
    case: Ref | None = None
    offline: bool | None = None
    all: tuple["Condition", ...] | None = None
    any: tuple["Condition", ...] | None = None
    none: tuple["Condition", ...] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        kinds = (
            "happened",
            "chose",
            "came",
            "ignored",
            "flag",
            "consent",
            "risk",
            "step",
            "offline",
            "all",
            "any",
            "none",
        )
        used = [kind for kind in kinds if getattr(self, kind) is not None]
        if len(used) != 1:
            raise ValueError(_("una condición lleva una sola de estas claves: {keys}.").format(keys=", ".join(kinds)))
        timing = (self.after, self.before, self.of, self.hours)
        if used != ["happened"] and any(one is not None for one in timing):
            raise ValueError(_("«after», «before», «of» y «hours» solo acompañan a «happened»."))
        return self
