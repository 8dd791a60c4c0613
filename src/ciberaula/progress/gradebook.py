"""What the gradebook says, read and never written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ciberaula.errors import UserError
from ciberaula.i18n import _

COURSE = "ciberaula"


@dataclass(frozen=True)
class GradeFact:
    """One grade: points, or ``None`` while nobody and nothing has given any."""

    student: str
    assignment: str
    notebook: str
    item: str
    auto: float | None
    manual: float | None
    extra: float | None
    needs_manual: bool
    maximum: float
    submitted_at: datetime | None

    @property
    def points(self) -> float | None:
        """What counts: a person's score before the automatic one, with extra credit, as nbgrader adds it up."""
        given = self.manual if self.manual is not None else self.auto
        return None if given is None else given + (self.extra or 0.0)


def gradebook_path(home: Path) -> Path:
    """Where the gradebook is kept."""
    return home / "gradebook.db"


@contextmanager
def open_gradebook(home: Path, *, writable: bool = False) -> Iterator[Any]:
    """nbgrader's ``Gradebook``; SQLite itself refuses to write unless ``writable``. Raises ``UserError`` if it can't be read."""
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import SQLAlchemyError

    path = gradebook_path(home)
    mode = "rw" if writable else "ro"
    try:
        with Gradebook(f"sqlite:///file:{path}?mode={mode}&uri=true", course_id=COURSE) as gradebook:
            yield gradebook
    except SQLAlchemyError as error:
        raise UserError(
            _("No se puede leer el libro de calificaciones {path}: compruebe que existe y que no está dañado.").format(
                path=path
            )
        ) from error


def read_students(home: Path) -> list[str]:
    """Ids of everybody in the gradebook; none where there is no gradebook yet."""
    if not gradebook_path(home).exists():
        return []
    with open_gradebook(home) as gradebook:
        return [student.id for student in gradebook.students]


def read_grades(home: Path) -> list[GradeFact]:
    """Every grade of every submission, in one query; none where there is no gradebook yet."""
    if not gradebook_path(home).exists():
        return []
    from nbgrader.api import Assignment, BaseCell, Grade, SubmittedAssignment, SubmittedNotebook

    with open_gradebook(home) as gradebook:
        rows = (
            gradebook.db.query(
                SubmittedAssignment.student_id,
                Assignment.name,
                SubmittedNotebook.id,
                BaseCell.name,
                Grade.auto_score,
                Grade.manual_score,
                Grade.extra_credit,
                Grade.needs_manual_grade,
                Grade.max_score,
                SubmittedAssignment.timestamp,
            )
            .select_from(Grade)
            .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
            .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .join(BaseCell, Grade.cell_id == BaseCell.id)
            .order_by(SubmittedAssignment.student_id, Assignment.name, BaseCell.name)
            .all()
        )
    return [_fact(*row) for row in rows]


def _fact(
    student: str,
    assignment: str,
    notebook: str,
    item: str,
    auto: float | None,
    manual: float | None,
    extra: float | None,
    needs_manual: bool,
    maximum: float,
    timestamp: datetime | None,
) -> GradeFact:
    # nbgrader keeps UTC without saying so.
    submitted_at = timestamp.replace(tzinfo=UTC) if timestamp else None
    return GradeFact(student, assignment, notebook, item, auto, manual, extra, needs_manual, maximum, submitted_at)
