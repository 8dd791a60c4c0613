"""Rubrics of levels for what a person grades, in formgrader's own terms: a score and a comment.

``grading/rubrics/<assignment>.yml`` holds the criteria, their levels and reusable comments. An instructor sees them under
the answer in formgrader, or gives levels to ``grade_rubric``, which writes the same score and comment.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from pydantic import Field, model_validator

from ciberaula.errors import UserError
from ciberaula.grading import ledger
from ciberaula.grading.overrides import BY_RUBRIC, Override, graded_submission, note_judgement
from ciberaula.grading.policy import refresh_penalties, session_on
from ciberaula.grading.words import number
from ciberaula.i18n import _
from ciberaula.paths import course_root
from ciberaula.yamlfile import Id, Strict, Text, distinct_ids, read_yaml, validate

Points = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Level(Strict):
    """One level of a criterion: what it is worth and what it looks like in an answer."""

    points: Points
    name: Text
    descriptor: Text


class Criterion(Strict):
    """What is judged, from level to level."""

    id: Id
    name: Text
    levels: Annotated[list[Level], Field(min_length=2)]

    @property
    def maximum(self) -> float:
        """The points of the highest level."""
        return max(level.points for level in self.levels)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        points = [level.points for level in self.levels]
        if len(set(points)) != len(points):
            raise ValueError(_("el criterio «{id}» tiene dos niveles con los mismos puntos.").format(id=self.id))
        return self

    def level(self, points: float) -> Level:
        """The level worth ``points``. Raises ``UserError`` naming those there are."""
        for level in self.levels:
            if level.points == points:
                return level
        raise UserError(
            _("El criterio «{id}» no tiene un nivel de {points} puntos; elija entre {known}.").format(
                id=self.id, points=number(points), known="; ".join(number(level.points) for level in self.levels)
            )
        )


class ReusableComment(Strict):
    """A comment that instructors write again and again."""

    id: Id
    text: Text


class DoubleMarking(Strict):
    """Which share of answers two people grade apart, and the agreement (Cohen's kappa) asked of them."""

    share: Annotated[float, Field(gt=0, le=1)]
    kappa: Annotated[float, Field(gt=0, le=1)]


class Rubric(Strict):
    """The rubric of one assignment. ``item`` is the grade id it judges; without it, every cell graded by hand."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    item: Id | None = None
    criteria: Annotated[list[Criterion], Field(min_length=1)]
    comments: list[ReusableComment] = Field(default_factory=list)
    double_marking: DoubleMarking | None = None

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        distinct_ids(self.criteria, "criteria")
        distinct_ids(self.comments, "comments")
        return self

    @property
    def maximum(self) -> float:
        """The points of the highest level of every criterion together."""
        return sum(criterion.maximum for criterion in self.criteria)

    def judges(self, grade_id: str) -> bool:
        """True for the cell this rubric is for."""
        return self.item in (None, grade_id)


def rubric_path(assignment: str) -> Path:
    """Where the rubric of an assignment lies."""
    return course_root() / "grading" / "rubrics" / f"{assignment}.yml"


def load_rubric(assignment: str) -> Rubric | None:
    """The rubric of an assignment, or ``None`` where there is none. Raises ``UserError`` with one line for a mistake."""
    path = rubric_path(assignment)
    if not path.is_file():
        return None
    return validate(Rubric, read_yaml(path))


def judge(rubric: Rubric, levels: Mapping[str, float], comment_ids: Sequence[str], author: str) -> tuple[float, str]:
    """Points and Markdown comment for the chosen ``levels`` (criterion id -> points of the level).

    Raises ``UserError`` for a criterion without a level, an unknown one, or an unknown comment.
    """
    known = {criterion.id for criterion in rubric.criteria}
    stray = [*(set(levels) - known), *(known - set(levels))]
    if stray:
        raise UserError(
            _("Dé un nivel a cada criterio de la rúbrica ({known}): revise «{stray}».").format(
                known=", ".join(sorted(known)), stray=sorted(stray)[0]
            )
        )
    texts = {comment.id: comment.text for comment in rubric.comments}
    unknown = [one for one in comment_ids if one not in texts]
    if unknown:
        raise UserError(
            _("La rúbrica no tiene el comentario «{id}»; tiene {known}.").format(id=unknown[0], known=", ".join(texts))
        )
    lines, total = [], 0.0
    for criterion in rubric.criteria:
        level = criterion.level(levels[criterion.id])
        total += level.points
        lines.append(_level_line(criterion, level))
    parts = ["\n".join(lines), *(texts[one] for one in comment_ids), _signature(author)]
    return total, "\n\n".join(parts)


def _level_line(criterion: Criterion, level: Level) -> str:
    return _("- **{criterion}**: {level} ({points} de {maximum}). {descriptor}").format(
        criterion=criterion.name,
        level=level.name,
        points=number(level.points),
        maximum=number(criterion.maximum),
        descriptor=level.descriptor,
    )


def _signature(author: str) -> str:
    return _("Calificó: {author}.").format(author=author)


def signed_by(comment: str, author: str) -> bool:
    """True for a comment that ``judge`` wrote for ``author``."""
    return _signature(author).casefold() in map(str.casefold, comment.splitlines())


def levels_in(rubric: Rubric, comment: str) -> dict[str, float] | None:
    """The levels that ``judge`` told in ``comment``; ``None`` for a comment that somebody wrote in another way."""
    found = {
        criterion.id: level.points
        for criterion in rubric.criteria
        for level in criterion.levels
        if _level_line(criterion, level) in comment
    }
    return found if len(found) == len(rubric.criteria) else None


def grade_rubric(
    *,
    db_url: str,
    assignment: str,
    student: str,
    levels: Mapping[str, float],
    comment_ids: Sequence[str] = (),
    author: str,
) -> float:
    """Write the score and comment of a judged answer to the gradebook and return the points.

    It takes the place of an earlier change by hand (``overrides``), which then says so; the late penalty follows.
    Raises ``UserError`` when there is no rubric, no such submission, or the rubric is not worth what the cell is.
    """
    rubric = load_rubric(assignment)
    if rubric is None:
        raise UserError(_("La tarea {name} no tiene rúbrica en grading/rubrics.").format(name=assignment))
    points, comment = judge(rubric, levels, comment_ids, author)
    with session_on(db_url) as session:
        submission = graded_submission(session, assignment, student)
        notebook, grade = judged_grade(rubric, submission)
        if grade.max_score != rubric.maximum:
            raise UserError(
                _("La rúbrica de {name} suma {rubric} puntos y la celda {cell} vale {points}: igúalelas.").format(
                    name=assignment, rubric=number(rubric.maximum), cell=grade.name, points=number(grade.max_score)
                )
            )
        before = grade.auto_score if grade.manual_score is None else grade.manual_score
        grade.manual_score = points
        grade.needs_manual_grade = False
        (words,) = [one for one in notebook.comments if one.name == grade.name]
        words.manual_comment = comment
        note_judgement(
            session, Override(assignment, student, grade.name, before, points, author, BY_RUBRIC, ledger.utc_now())
        )
        refresh_penalties(session, assignment, [student])
    return points


def judged_grade(rubric: Rubric, submission: Any) -> tuple[Any, Any]:
    """The notebook and the grade, as the gradebook has them, of the cell of a submission that the rubric judges.

    Raises ``UserError`` when there is not exactly one.
    """
    grades = [
        (notebook, grade)
        for notebook in submission.notebooks
        for grade in notebook.grades
        if rubric.judges(grade.name) and _by_hand(notebook.notebook, grade.name)
    ]
    if len(grades) != 1:
        raise UserError(
            _("La rúbrica de {name} debe nombrar en «item» una celda que se califique a mano.").format(
                name=submission.assignment.name
            )
        )
    return grades[0]


def _by_hand(notebook: Any, grade_id: str) -> bool:
    """True for a cell whose answer a person grades: nbgrader keeps a solution cell and a grade cell of that name."""
    return any(cell.name == grade_id for cell in notebook.solution_cells)


class ShowRubric(NbGraderPreprocessor):  # type: ignore[misc]
    """Put the rubric and the reusable comments under each answer graded by hand, where formgrader shows them."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Add a plain cell after each such answer. A mistake in the rubric is logged and costs no submission."""
        assignment = resources["nbgrader"]["assignment"]
        try:
            rubric = load_rubric(assignment)
        except UserError as error:
            self.log.error("%s", error)
            rubric = None
        show_rubric(nb, rubric)
        return nb, resources


def show_rubric(nb: Any, rubric: Rubric | None) -> None:
    """Put ``rubric``, where there is one, under each answer of ``nb`` that it judges."""
    if rubric is None:
        return
    cells = []
    for cell in nb.cells:
        cells.append(cell)
        if is_grade(cell) and is_solution(cell) and rubric.judges(cell.metadata["nbgrader"]["grade_id"]):
            cells.append(
                nbformat.v4.new_markdown_cell(rubric_markdown(rubric), metadata={"ciberaula": {"rubric": True}})
            )
    nb.cells = cells


def rubric_markdown(rubric: Rubric) -> str:
    """The rubric for an instructor's eyes: a table of levels and the comments to copy."""
    lines = [
        _("**Rúbrica** (hasta {points} puntos; sume un nivel por criterio)").format(points=number(rubric.maximum)),
        "",
        _("| Criterio | Puntos | Nivel | Se reconoce en que… |"),
        "|---|---|---|---|",
    ]
    for criterion in rubric.criteria:
        for level in sorted(criterion.levels, key=lambda level: -level.points):
            cells = [criterion.name, number(level.points), level.name, level.descriptor]
            lines.append("| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |")
    if rubric.comments:
        lines += ["", _("**Comentarios para copiar**"), ""]
        lines += [f"- {' '.join(comment.text.split())}" for comment in rubric.comments]
    return "\n".join(lines)
