"""What judges a played story: ``valoracion-<name>.yml``. For graded stories it stays on the instructor's side.

A criterion's score is what was earned of its expectations, less the cost of what should have been avoided (those of the
file, and the general rules of :mod:`ciberaula.casework.assessment.rules`), between 0 and the whole.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ciberaula.casework.actions import Ref
from ciberaula.casework.stories.conditions import Condition
from ciberaula.casework.vocabulary import Criterion, Data
from ciberaula.i18n import _
from ciberaula.yamlfile import Id, Strict, Text, distinct_ids

Points = Annotated[float, Field(gt=0, le=10)]


class Way(Strict):
    """One way to meet an expectation: the first that holds counts, with its ``share`` of the points."""

    when: Condition
    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    said: Text


class Expectation(Strict):
    """What good practice does here. ``missing`` is said where no way holds."""

    id: Id
    criterion: Criterion
    points: Points
    ways: Annotated[tuple[Way, ...], Field(min_length=1)]
    missing: Text
    only_if: Condition | None = None  # judged only where this holds: what never came up is not held against anybody


class Avoidance(Strict):
    """What costs points. ``critical`` names a critical error, which is reported apart from the points."""

    id: Id
    criterion: Criterion
    cost: Points
    when: Condition
    said: Text
    critical: str = ""


class Dilemma(Strict):
    """The two goods of a situation, for the debrief: what each cares for, and what tipped it here."""

    goods: Annotated[tuple[Text, Text], Field()]
    said: Text


class Assessment(Strict):
    """Everything that judges one story. ``needs``: what each receiver needs to know, for «solo lo necesario»."""

    schema_: Literal[1] = Field(alias="schema")
    story: Id
    expect: Annotated[tuple[Expectation, ...], Field(min_length=8)]
    avoid: tuple[Avoidance, ...] = ()
    needs: dict[Ref, tuple[Data, ...]] = Field(default_factory=dict)
    dilemmas: dict[Id, Dilemma]
    rule_cost: Annotated[float, Field(ge=0, le=5)] = 1.0
    takeaway: Text

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        distinct_ids([*self.expect, *self.avoid], "expect/avoid")
        if len({one.criterion for one in self.expect}) < 5:
            raise ValueError(_("hacen falta expectativas de al menos cinco criterios."))
        return self
