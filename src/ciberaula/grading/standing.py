"""The marks and comments that the gradebook holds of graded submissions: one question for many of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)

from ciberaula.grading.overrides import Override, changes_of

# The tables and not the classes: selecting a class would join the columns of every kind of cell to each row.
_assignment, _notebook, _cell = Assignment.__table__, Notebook.__table__, BaseCell.__table__
_graded, _tasks = GradeCell.__table__, TaskCell.__table__
_work, _part = SubmittedAssignment.__table__, SubmittedNotebook.__table__
_grade, _comment = Grade.__table__, Comment.__table__


@dataclass(frozen=True)
class Mark:
    """A row of nbgrader's ``grade``: points by test, by a person, and extra; ``maximum`` is what its cell is worth."""

    auto_score: float | None
    manual_score: float | None
    extra_credit: float | None
    maximum: float

    @property
    def score(self) -> float:
        """As nbgrader counts it: what a person gave, else the test's, else nothing; with what is extra."""
        base = self.auto_score if self.manual_score is None else self.manual_score
        return 0.0 if base is None else base + (self.extra_credit or 0.0)

    @property
    def waits(self) -> bool:
        """True where neither a test nor a person has given points."""
        return self.auto_score is None and self.manual_score is None


@dataclass(frozen=True)
class Standing:
    """What one notebook of one submission has: marks, comments and changes by hand by grade id, and what being late cost."""

    marks: Mapping[str, Mark] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    late_penalty: float = 0.0
    submitted_at: datetime | None = None
    due: datetime | None = None
    """Until when this student had, extension included. Both are UTC without a zone."""
    changes: Mapping[str, Sequence[Override]] = field(default_factory=dict)
    """The changes on record, oldest first: of every notebook of the submission."""

    @property
    def score(self) -> float:
        """Points so far, without those lost for being late."""
        return sum(mark.score for mark in self.marks.values()) - self.late_penalty

    @property
    def maximum(self) -> float:
        """Points that the notebook is worth."""
        return sum(mark.maximum for mark in self.marks.values())


def standings_of(
    connection: sa.Connection, assignment: str, students: Sequence[str] | None = None
) -> dict[str, dict[str, Standing]]:
    """student -> notebook -> standing, of those students that the gradebook has a submission of (``None``: of all)."""
    parts = (
        sa.select(
            *(_part.c.id, _work.c.student_id, _notebook.c.name, _part.c.late_submission_penalty),
            *(_work.c.timestamp, _work.c.extension, _assignment.c.duedate),
        )
        .join(_work, _part.c.assignment_id == _work.c.id)
        .join(_assignment, _work.c.assignment_id == _assignment.c.id)
        .join(_notebook, _part.c.notebook_id == _notebook.c.id)
        .where(_assignment.c.name == assignment)
    )
    if students is not None:
        parts = parts.where(_work.c.student_id.in_(students))
    these = parts.with_only_columns(_part.c.id)
    marks = _marks(connection, these)
    comments = _comments(connection, these)
    changes = changes_of(connection, assignment, students)
    found: dict[str, dict[str, Standing]] = {}
    for part, student, notebook, penalty, submitted_at, extension, deadline in connection.execute(parts):
        due = deadline and deadline + (extension or timedelta())
        found.setdefault(student, {})[notebook] = Standing(
            marks.get(part, {}),
            comments.get(part, {}),
            penalty or 0.0,
            submitted_at,
            due,
            changes.get(student, {}),
        )
    return found


def _marks(connection: sa.Connection, these: sa.Select[tuple[str]]) -> dict[str, dict[str, Mark]]:
    query = (
        sa.select(
            _grade.c.notebook_id,
            _cell.c.name,
            _grade.c.auto_score,
            _grade.c.manual_score,
            _grade.c.extra_credit,
            sa.func.coalesce(_graded.c.max_score, _tasks.c.max_score, 0.0),
        )
        .join(_cell, _grade.c.cell_id == _cell.c.id)
        .outerjoin(_graded, _graded.c.id == _cell.c.id)
        .outerjoin(_tasks, _tasks.c.id == _cell.c.id)
        .where(_grade.c.notebook_id.in_(these))
    )
    found: dict[str, dict[str, Mark]] = {}
    for part, name, *points in connection.execute(query):
        found.setdefault(part, {})[name] = Mark(*points)
    return found


def _comments(connection: sa.Connection, these: sa.Select[tuple[str]]) -> dict[str, dict[str, str]]:
    query = (
        sa.select(
            _comment.c.notebook_id,
            _cell.c.name,
            sa.func.coalesce(_comment.c.manual_comment, _comment.c.auto_comment),
        )
        .join(_cell, _comment.c.cell_id == _cell.c.id)
        .where(_comment.c.notebook_id.in_(these))
    )
    found: dict[str, dict[str, str]] = {}
    for part, name, words in connection.execute(query):
        if words:
            found.setdefault(part, {})[name] = words
    return found
