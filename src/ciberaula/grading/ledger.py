"""What grading remembers beside nbgrader's own tables, in the same database and so in the same transaction.

One row for each attempt that was graded, and one for each time a person changed a mark. nbgrader has no place for
either, and a file beside the database could not be written at one with it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from nbgrader.api import Comment, Grade, Gradebook, SubmittedNotebook

from ciberaula.errors import UserError
from ciberaula.grading.checks import place_of, plain_errors
from ciberaula.grading.config import COURSE_ID
from ciberaula.grading.outcomes import State
from ciberaula.grading.patience import be_patient
from ciberaula.i18n import _

metadata = sa.MetaData()

attempts = sa.Table(
    "ciberaula_attempt",
    metadata,
    sa.Column("assignment", sa.String(100), primary_key=True),
    sa.Column("student", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("submitted_at", sa.DateTime, nullable=True),  # UTC, as nbgrader keeps it
    sa.Column("signature", sa.String(64), nullable=False),  # of names, sizes and times: cheap to compare
    sa.Column("digest", sa.String(64), nullable=False),  # of the contents
    sa.Column("key", sa.String(64), nullable=False),  # of what it was graded with
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("reason", sa.Text, nullable=True),
    sa.Column("points", sa.Float, nullable=True),  # by test, before any penalty
    sa.Column("counts", sa.Boolean, nullable=False),  # its marks are the ones in nbgrader's tables
    sa.Column("receipt", sa.String(32), nullable=False),  # also in the graded folder
    sa.Column("graded_at", sa.DateTime, nullable=False),
)

overrides = sa.Table(
    "ciberaula_override",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("assignment", sa.String(100), nullable=False, index=True),
    sa.Column("student", sa.String(64), nullable=False, index=True),
    sa.Column("item", sa.String(100), nullable=False),
    sa.Column("before", sa.Float, nullable=True),
    sa.Column("points", sa.Float, nullable=True),  # None gives the item back to its test
    sa.Column("author", sa.String(100), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("made_at", sa.DateTime, nullable=False),
)

extensions = sa.Table(
    "ciberaula_extension",
    metadata,
    sa.Column("assignment", sa.String(100), primary_key=True),
    sa.Column("student", sa.String(64), primary_key=True),
    sa.Column("minutes", sa.Integer, nullable=False),
    sa.Column("author", sa.String(100), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("made_at", sa.DateTime, nullable=False),
)

SQLITE_PATIENCE_MS = 60_000
_ONE_WRITER = 0x6369626572  # any number that is always the same


@dataclass(frozen=True)
class Attempt:
    """A row of ``ciberaula_attempt``: times are UTC without a zone, points are those earned by test."""

    assignment: str
    student: str
    number: int
    submitted_at: datetime | None
    signature: str
    digest: str
    key: str
    state: State
    reason: str | None
    points: float | None
    counts: bool
    receipt: str
    graded_at: datetime


def utc_now() -> datetime:
    """The time as these tables keep it: UTC without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def engine(db_url: str) -> sa.Engine:
    """The connection to a gradebook, nbgrader's tables and ours in it. One for each process and URL.

    SQLite keeps its journal so that readers never wait for the writer, and a writer waits for another instead of failing.
    """
    made = _engine(db_url)
    with made.connect() as connection:
        there = sa.inspect(connection).has_table(attempts.name)
    if there:
        _check_columns(db_url)
    else:  # the first time, or somebody has put a backup in the place of the file
        with Gradebook(db_url, COURSE_ID):  # nbgrader makes its tables only where there is none at all: it goes first
            pass
        try:
            _make_tables(made)
        except sa.exc.DBAPIError:
            _make_tables(made)  # another process was making them at the same moment
    return made


@cache
def _check_columns(db_url: str) -> None:
    """Raise ``UserError`` for tables of ours that another version made. Asked once: a server takes its time to say."""
    with _engine(db_url).connect() as connection:
        look = sa.inspect(connection)
        same = all(
            {column["name"] for column in look.get_columns(table.name)} == set(table.columns.keys())
            for table in metadata.sorted_tables
            if look.has_table(table.name)
        )
    if not same:
        raise UserError(
            _(
                "El libro de calificaciones {place} lo escribió otra versión del aula: no se ha tocado. Use la misma versión "
                "del aula en todos los equipos."
            ).format(place=place_of(db_url))
        )


@cache
def _engine(db_url: str) -> sa.Engine:
    if not db_url.startswith("sqlite"):
        made = sa.create_engine(db_url, pool_pre_ping=True, pool_size=1)
        sa.event.listen(made, "connect", be_patient)
        return made
    # A new connection for each transaction costs little, and never outlives a fork or a file that was replaced.
    made = sa.create_engine(db_url, poolclass=sa.NullPool)
    sa.event.listen(made, "connect", _prepare_sqlite)
    sa.event.listen(made, "begin", _begin_sqlite)
    return made


# nbgrader has no index on what its rows belong to: a chunk would take longer the more the gradebook holds.
_INDEXES = tuple(
    sa.schema.CreateIndex(sa.Index(f"ciberaula_{table.name}_{column}", table.c[column]), if_not_exists=True)
    for table, column in (
        (Grade.__table__, "notebook_id"),
        (Comment.__table__, "notebook_id"),
        (SubmittedNotebook.__table__, "assignment_id"),
    )
)


def _make_tables(made: sa.Engine) -> None:
    with made.connect() as plain:
        # On SQLite, to look first and then write fails at once where another does the same.
        connection = plain.execution_options(writes=True)
        with connection.begin():
            metadata.create_all(connection)
            for index in _INDEXES:
                connection.execute(index)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # Python would begin transactions by itself, and later than we want
    for pragma in (f"busy_timeout={SQLITE_PATIENCE_MS}", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    # Two that read first and write later would lock each other out: who means to write says so at once.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(db_url: str) -> Iterator[sa.Connection]:
    """One transaction that writes: all of it or nothing. Waits for other writers.

    Raises ``UserError`` where the database is out of reach or full, here and in ``reading``.
    """
    with plain_errors(db_url), engine(db_url).connect() as plain:
        connection = plain.execution_options(writes=True)
        with connection.begin():
            if connection.dialect.name == "postgresql":
                # As SQLite does: who writes by what it read first must not find it written by another in between.
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE_WRITER)))
            yield connection


@contextmanager
def reading(db_url: str) -> Iterator[sa.Connection]:
    """One consistent view of the tables."""
    with plain_errors(db_url), engine(db_url).connect() as connection, connection.begin():
        yield connection


def attempts_of(
    connection: sa.Connection, assignment: str, students: Sequence[str] | None = None
) -> dict[str, list[Attempt]]:
    """The graded attempts of an assignment by student, oldest first; of some students, or of all."""
    query = sa.select(attempts).where(attempts.c.assignment == assignment).order_by(attempts.c.number)
    if students is not None:
        query = query.where(attempts.c.student.in_(students))
    found: dict[str, list[Attempt]] = {}
    for row in connection.execute(query).mappings():
        found.setdefault(row["student"], []).append(Attempt(**row))
    return found


def record(connection: sa.Connection, attempt: Attempt) -> None:
    """Keep an attempt, in the place of what was kept of it before. Where it counts, no other of the student does.

    What failed of the work handed in at the same moment goes: this is what became of it.
    """
    mine = (attempts.c.assignment == attempt.assignment) & (attempts.c.student == attempt.student)
    if attempt.counts:
        connection.execute(attempts.update().where(mine).values(counts=False))
    gone = attempts.c.number == attempt.number
    if attempt.submitted_at is not None:
        gone |= (attempts.c.state == "failed") & (attempts.c.submitted_at == attempt.submitted_at)
    connection.execute(attempts.delete().where(mine & gone))
    connection.execute(attempts.insert().values(**asdict(attempt)))


def look_again(connection: sa.Connection, signatures: Sequence[tuple[Attempt, str]]) -> None:
    """Keep the new signatures of attempts whose contents are the same as ever."""
    for attempt, signature in signatures:
        same = (
            (attempts.c.assignment == attempt.assignment)
            & (attempts.c.student == attempt.student)
            & (attempts.c.number == attempt.number)
            & (attempts.c.receipt == attempt.receipt)
        )
        connection.execute(attempts.update().where(same).values(signature=signature))
