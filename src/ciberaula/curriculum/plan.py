"""Shapes of the plan. Frozen: nobody changes a plan that was read."""

from functools import cached_property
from typing import Annotated, Literal, TypeVar

from pydantic import Field, StringConstraints

from ciberaula.curriculum.policies import Attempts, Late, Policy
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.yamlfile import Id, Strict, Text

CoverageId = Annotated[str, StringConstraints(pattern=r"^[A-Z]+-\d{2}$")]
Minutes = Annotated[int, Field(ge=1, le=600, strict=True)]
Certainty = Literal["read", "secondary", "unconfirmed"]
Status = Literal["written", "planned"]
_T = TypeVar("_T")

# How an item is answered. The first eight are the `kind` of a question (preguntas.yml); a `scenario` is a decision path,
# a `story` the log of one played on the case desk; a `written` item is judged by a person with a rubric.
ItemKind = Literal[
    "single", "multiple", "ordering", "matching", "number", "text", "form", "table", "scenario", "story", "written"
]


class CoverageItem(Strict):
    """One thing that the source documents of the course say must be taught or exist."""

    id: CoverageId
    seed: Text
    statement: Text
    kind: Literal["concept", "scenario", "data_exercise", "simulator"]

    @property
    def must_be_assessed(self) -> bool:
        """A pure concept may be taught only; whatever is practised must also be assessed."""
        return self.kind != "concept"


class Framework(Strict):
    """A public framework that competences are aligned to, with how sure we are of what we say it contains."""

    id: Id
    name: Text
    certainty: Certainty


class Alignment(Strict):
    """Where a competence sits in a framework: ``reference`` names its area, section or principle."""

    framework: Id
    reference: Text


class Competence(Strict):
    """What a trainee can do after learning it: «elegir la base legal que corresponde»."""

    id: Id
    name: Text
    alignment: Annotated[tuple[Alignment, ...], Field(min_length=1)]


class Lesson(Strict):
    """One notebook of a module: its presentation, a lesson, or its take-away."""

    id: Id
    kind: Literal["presentation", "lesson", "takeaway"]
    title: Text
    minutes: Minutes
    teaches: tuple[CoverageId, ...] = ()

    @property
    def notebook(self) -> str:
        """File name of the notebook inside the module's folder."""
        return f"{self.id}.ipynb"


class GradedItem(Strict):
    """One graded cell of an assignment; ``id`` is its nbgrader ``grade_id``."""

    id: Id
    points: Annotated[float, Field(gt=0, le=100)]
    kind: ItemKind
    competence: Id
    coverage: Annotated[tuple[CoverageId, ...], Field(min_length=1)]

    @property
    def manual(self) -> bool:
        """Whether a person gives the points (with a rubric) rather than a test."""
        return self.kind == "written"


class Assignment(Strict):
    """The graded work of a module. ``notebook`` is the name of its one notebook, without ending; planned ones have none.

    ``attempts`` and ``late``, where given, stand in the place of the course's.
    """

    id: Id
    title: Text
    minutes: Minutes
    notebook: Id | None = None
    items: tuple[GradedItem, ...] = ()
    attempts: Attempts | None = None
    late: Late | None = None

    @property
    def points(self) -> float:
        """Points that all items of the assignment add up to."""
        return sum(item.points for item in self.items)

    def item(self, item_id: str) -> GradedItem:
        """The item with that id; raises ``UserError`` where there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise UserError(
            _("La tarea «{assignment}» no tiene ninguna pregunta «{item}»: revise modules/curriculum.yml.").format(
                assignment=self.id, item=item_id
            )
        )


class Module(Strict):
    """A module; ``id`` is also the name of its folder. ``hours`` counts its lessons and its assignment."""

    id: Id
    title: Text
    hours: Annotated[int, Field(ge=1, le=40, strict=True)]
    status: Status
    about: Text
    competences: Annotated[tuple[Id, ...], Field(min_length=1)]
    lessons: Annotated[tuple[Lesson, ...], Field(min_length=1)]
    assignment: Assignment
    assesses: tuple[CoverageId, ...] = ()
    revisits: tuple[CoverageId, ...] = ()

    @property
    def written(self) -> bool:
        """Whether its notebooks exist."""
        return self.status == "written"

    @property
    def number(self) -> int:
        """The module's place in the course, from 0."""
        return int(self.id.partition("-")[0])

    @property
    def minutes(self) -> int:
        """Minutes that lessons and assignment add up to."""
        return sum(lesson.minutes for lesson in self.lessons) + self.assignment.minutes

    @property
    def taught(self) -> frozenset[str]:
        """Coverage ids that the module's lessons teach."""
        return frozenset(topic for lesson in self.lessons for topic in lesson.teaches)

    @property
    def assessed(self) -> frozenset[str]:
        """Coverage ids that the module assesses: by its items, or, while it is planned, as announced."""
        return frozenset(self.assesses).union(topic for item in self.assignment.items for topic in item.coverage)

    def lesson(self, lesson_id: str) -> Lesson:
        """The lesson with that id; raises ``UserError`` where there is none."""
        for lesson in self.lessons:
            if lesson.id == lesson_id:
                return lesson
        raise UserError(
            _("El módulo «{module}» no tiene ninguna lección «{lesson}»: revise modules/curriculum.yml.").format(
                module=self.id, lesson=lesson_id
            )
        )


class PassPolicy(Strict):
    """What share of the points passes an assignment, and whether that share is still provisional."""

    status: Literal["provisional", "reviewed"]
    share: Annotated[float, Field(gt=0, le=1)]
    learners_before_review: Annotated[int, Field(ge=1)]


class Curriculum(Strict):
    """The whole plan. Look things up by id; every lookup of an unknown id raises ``UserError``."""

    title: Text
    hours: Annotated[int, Field(ge=1, strict=True)]
    pass_policy: PassPolicy
    attempts: Attempts = Attempts()
    late: Late = Late()
    frameworks: tuple[Framework, ...]
    competences: Annotated[tuple[Competence, ...], Field(min_length=1)]
    modules: Annotated[tuple[Module, ...], Field(min_length=1)]
    coverage: tuple[CoverageItem, ...]

    @cached_property
    def _modules(self) -> dict[str, Module]:
        return {module.id: module for module in self.modules}

    @cached_property
    def _competences(self) -> dict[str, Competence]:
        return {competence.id: competence for competence in self.competences}

    @cached_property
    def _frameworks(self) -> dict[str, Framework]:
        return {framework.id: framework for framework in self.frameworks}

    @property
    def written(self) -> tuple[Module, ...]:
        """Modules that can be taken now, in order."""
        return tuple(module for module in self.modules if module.written)

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """Assignments that can be taken now, in order."""
        return tuple(module.assignment for module in self.written)

    def module(self, module_id: str) -> Module:
        """The module with that id."""
        return _found(self._modules, module_id, _("módulo"))

    def assignment(self, assignment_id: str) -> Assignment:
        """The assignment with that id, of a module that is written."""
        return _found({one.id: one for one in self.assignments}, assignment_id, _("tarea"))

    def policy(self, assignment: Assignment) -> Policy:
        """Which attempts of an assignment count and what being late costs: its own words, else the course's."""
        return Policy(attempts=assignment.attempts or self.attempts, late=assignment.late or self.late)

    def item(self, assignment_id: str, item_id: str) -> GradedItem:
        """A graded item by the ids of its assignment and of its cell."""
        return self.assignment(assignment_id).item(item_id)

    def competence(self, competence_id: str) -> Competence:
        """The competence with that id."""
        return _found(self._competences, competence_id, _("competencia"))

    def framework(self, framework_id: str) -> Framework:
        """The framework with that id."""
        return _found(self._frameworks, framework_id, _("marco"))


def _found(things: dict[str, _T], wanted: str, what: str) -> _T:
    try:
        return things[wanted]
    except KeyError:
        raise UserError(
            _("El plan del curso no tiene {what} «{wanted}»: use uno de {known}.").format(
                what=what, wanted=wanted, known=", ".join(things)
            )
        ) from None
