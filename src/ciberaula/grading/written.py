"""Whose written answers wait for a person to read them."""

from collections.abc import Sequence

import sqlalchemy as sa
from nbgrader.api import Assignment, BaseCell, Grade, SolutionCell, SubmittedAssignment, SubmittedNotebook, TaskCell
from sqlalchemy.orm import aliased


def is_written() -> sa.ColumnElement[bool]:
    """True for a grade of ``BaseCell`` that a person gives: nbgrader keeps a solution cell of its name, or it is a task."""
    twin = aliased(BaseCell)
    solution = (
        sa.select(twin.id)
        .where(
            twin.name == BaseCell.name,
            twin.notebook_id == BaseCell.notebook_id,
            twin.type == SolutionCell.__mapper_args__["polymorphic_identity"],
        )
        .exists()
    )
    return sa.or_(solution, BaseCell.type == TaskCell.__mapper_args__["polymorphic_identity"])


def waiting_for_a_person(connection: sa.Connection, assignment: str, students: Sequence[str]) -> dict[str, int]:
    """Of ``students``, who has written answers that nobody has judged, or that changed since; and how many."""
    query = (
        sa.select(SubmittedAssignment.student_id, sa.func.count())
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .where(Assignment.name == assignment, Grade.needs_manual_grade, is_written())
        .where(SubmittedAssignment.student_id.in_(students))
        .group_by(SubmittedAssignment.student_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
