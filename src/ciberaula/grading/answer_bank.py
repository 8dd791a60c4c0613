"""The answer bank of an assignment: known answers and the points that each must earn.

``grading/answer_bank/<assignment>.yml`` holds the reference solution, named misconceptions, wrong answers per item and
written answers of known quality. Tests hold the assignment to it; the demo cohort answers from it.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from ciberaula.grading.recipes import recipe_of, value_of
from ciberaula.i18n import _
from ciberaula.paths import course_root
from ciberaula.yamlfile import Id, Strict, Text, distinct_ids, read_yaml, validate

Points = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class KnownAnswer(Strict):
    """An answer to an item and the points that it earns."""

    answer: Any
    points: Points

    def value(self) -> Any:
        """The answer as the answer sheet would hold it."""
        return value_of(self.answer)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        recipe_of(self.answer)
        return self


class Misconception(Strict):
    """What somebody holds to be true, and how it shows: the items that it changes, with the points left in each."""

    id: Id
    name: Text
    belief: Text
    items: Annotated[dict[Id, KnownAnswer], Field(min_length=1)]


class WrittenAnswer(Strict):
    """An answer to a written item and the level (points) that the rubric expects for each criterion."""

    id: Literal["good", "middling", "poor"]
    levels: Annotated[dict[Id, Points], Field(min_length=1)]
    comments: list[Id] = Field(default_factory=list)
    text: Text

    @property
    def points(self) -> float:
        """The points of all criteria together."""
        return sum(self.levels.values())


class AnswerBank(Strict):
    """A whole answer bank. Items are those of the assignment that score themselves, and the written ones apart."""

    schema_: Literal[1] = Field(alias="schema")
    assignment: Id
    reference: Annotated[dict[Id, Any], Field(min_length=1)]
    misconceptions: Annotated[list[Misconception], Field(min_length=3)]
    wrong: dict[Id, Annotated[list[KnownAnswer], Field(min_length=2)]]
    written: dict[Id, Annotated[list[WrittenAnswer], Field(min_length=1)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for answer in self.reference.values():
            recipe_of(answer)
        if set(self.wrong) != set(self.reference):
            raise ValueError(_("«wrong» y «reference» deben tener las mismas preguntas."))
        distinct_ids(self.misconceptions, "misconceptions")
        stray = {item for one in self.misconceptions for item in one.items} - set(self.reference)
        if stray:
            raise ValueError(
                _("una idea errónea responde a «{item}», que no está en «reference».").format(item=min(stray))
            )
        return self

    def misconception(self, id: str) -> Misconception:
        """The misconception of that id. Raises ``KeyError`` where there is none."""
        for one in self.misconceptions:
            if one.id == id:
                return one
        raise KeyError(id)

    def reference_answers(self) -> dict[str, Any]:
        """The reference answer of every item, as the answer sheet would hold it."""
        return {item: value_of(answer) for item, answer in self.reference.items()}

    def answers_of(self, misconception: str) -> dict[str, Any]:
        """All answers of somebody who holds ``misconception`` and knows the rest."""
        changed = self.misconception(misconception).items
        return {
            item: changed[item].value() if item in changed else value_of(self.reference[item])
            for item in self.reference
        }

    def points_of(self, misconception: str, maxima: Mapping[str, float]) -> dict[str, float]:
        """What ``answers_of`` must earn per item, given what each item is worth."""
        changed = self.misconception(misconception).items
        return {item: changed[item].points if item in changed else maxima[item] for item in self.reference}


def load_answer_bank(assignment: str) -> AnswerBank:
    """Read and check the answer bank of ``assignment``. Raises ``UserError``, in one line, for anything wrong in it."""
    path = course_root() / "grading" / "answer_bank" / f"{assignment}.yml"
    return validate(AnswerBank, read_yaml(path))
