"""What the gradebook says, read and never written: nbgrader's rows, in the file or on the server that grading uses.

Nothing is made by asking: no file, no table. nbgrader's own ``Gradebook`` would make both, and so is not used here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ciberaula.errors import UserError
from ciberaula.grading.config import GRADEBOOK_FILE, file_url, gradebook_url
from ciberaula.i18n import _

if TYPE_CHECKING:
    from sqlalchemy.engine import URL
    from sqlalchemy.orm import Session

    from ciberaula.grading.troubles import Trouble

_OF_SQLITE = "sqlite"


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


def is_there(db_url: str) -> bool:
    """Whether there is a gradebook at ``db_url``.

    Raises ``UserError`` for a server out of reach, or one that has something else there. A file is looked into only by
    whoever reads it, for one that cannot be written can still be read.
    """
    from ciberaula.grading.checks import check_gradebook, place_of

    if not db_url.startswith(_OF_SQLITE):
        return check_gradebook(db_url)
    return Path(place_of(db_url)).exists()


@contextmanager
def reading(db_url: str) -> Iterator["Session"]:
    """A session on the gradebook at ``db_url``, on a server one consistent view. The database itself refuses to write.

    Raises ``UserError`` if it can't be read, or holds another program's tables or another version's.
    """
    import sqlalchemy as sa
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.orm import Session

    from ciberaula.grading.checks import check_tables, explain, place_of

    place = place_of(db_url)
    of_server = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    options: dict[str, Any] = {} if db_url.startswith(_OF_SQLITE) else {"execution_options": of_server}
    try:
        engine = sa.create_engine(_read_only(db_url), poolclass=sa.NullPool, **options)
        with Session(engine) as session:
            check_tables(session.connection(), place)
            yield session
    except SQLAlchemyError as error:
        raise explain(error, place) or UserError(
            _("No se puede leer el libro de calificaciones {path}: compruebe que existe y que no está dañado.").format(
                path=place
            )
        ) from error


def _read_only(db_url: str) -> "URL":
    """The address as it is, or of a file such that SQLite opens it to read and makes none."""
    from sqlalchemy.engine import make_url

    url = make_url(db_url)
    if not db_url.startswith(_OF_SQLITE):
        return url
    database = url.database or ""
    if not database.startswith("file:"):
        database = f"file:{quote(str(Path(database).absolute()))}"
    return url.set(database=database).update_query_dict({"mode": "ro", "uri": "true"})


def gradebooks(home: Path) -> list[str]:
    """The addresses of every gradebook of this course that is there, the one in use first.

    A file in the home stays there when the course moves to a server: it still knows people.
    """
    used, left = gradebook_url(home), home / GRADEBOOK_FILE
    found = [used] if is_there(used) else []
    if not _is_file(used, left) and left.exists():
        found.append(file_url(home))
    return found


def _is_file(db_url: str, path: Path) -> bool:
    from ciberaula.grading.checks import place_of

    return db_url.startswith(_OF_SQLITE) and Path(place_of(db_url)).resolve() == path.resolve()


def changed_since(home: Path, made: Path) -> bool:
    """Whether the gradebook may say something else than when the file ``made`` was written.

    A server does not tell when it was written to last, so there the answer is yes.
    """
    from ciberaula.grading.checks import place_of

    used = gradebook_url(home)
    if not is_there(used):
        return False
    if not made.exists() or not used.startswith(_OF_SQLITE):
        return True
    place = place_of(used)
    # While anybody has it open, what is new is in the journal beside it.
    return max(map(_changed_at, (Path(place), Path(f"{place}-wal")))) > _changed_at(made)


def _changed_at(path: Path) -> float:
    """When a file was written to last; at no time where it is not there, or not any more."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def read_students(home: Path) -> list[str]:
    """Ids of everybody in the gradebook; none where there is no gradebook yet."""
    db_url = gradebook_url(home)
    return students_in(db_url) if is_there(db_url) else []


def students_in(db_url: str) -> list[str]:
    """Ids of everybody in the gradebook at ``db_url``, which is there."""
    import sqlalchemy as sa
    from nbgrader.api import Student

    with reading(db_url) as session:
        return sorted(session.execute(sa.select(Student.id)).scalars())


def read_grades(home: Path) -> list[GradeFact]:
    """Every grade of every submission, in one query; none where there is no gradebook yet."""
    db_url = gradebook_url(home)
    return grades_in(db_url) if is_there(db_url) else []


def grades_in(db_url: str, student: str | None = None) -> list[GradeFact]:
    """Every grade of everybody or of one student in the gradebook at ``db_url``, by student, assignment and item."""
    import sqlalchemy as sa
    from nbgrader.api import Assignment, BaseCell, Grade, SubmittedAssignment, SubmittedNotebook

    query: Any = (
        sa.select(
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
    )
    if student is not None:
        query = query.where(SubmittedAssignment.student_id == student)
    with reading(db_url) as session:
        facts = [_fact(*row) for row in session.execute(query)]
    # Databases have ideas of their own of what the alphabet is.
    return sorted(facts, key=lambda fact: (fact.student, fact.assignment, fact.item))


def read_troubles(home: Path) -> "dict[tuple[str, str], Trouble]":
    """By student and assignment, what could not be graded of the latest work; none where there is no gradebook yet."""
    from ciberaula.grading.troubles import troubles

    db_url = gradebook_url(home)
    if not is_there(db_url):
        return {}
    with reading(db_url) as session:
        return troubles(session)


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
