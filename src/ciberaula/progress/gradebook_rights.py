"""The rights of a participant in the gradebook: what nbgrader and grading keep about her there, and its erasure.

There may be two (:func:`~ciberaula.progress.gradebook.gradebooks`): the one in use, and a file from before it was on a server.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from nbgrader.api import Assignment, BaseCell, Comment, Grade, Student, SubmittedAssignment, SubmittedNotebook

from ciberaula.grading import ledger
from ciberaula.grading.checks import check_gradebook, place_of
from ciberaula.i18n import _
from ciberaula.progress.gradebook import GradeFact, gradebooks, grades_in, reading, students_in

Row = dict[str, Any]
# The tables that grading keeps beside nbgrader's, by the name of the file that a participant is given of each.
_LEDGER = {"intentos.csv": ledger.attempts, "cambios.csv": ledger.overrides, "prorrogas.csv": ledger.extensions}
_STUDENTS, _SUBMISSIONS = Student.__table__, SubmittedAssignment.__table__
_NOTEBOOKS, _GRADES, _COMMENTS = SubmittedNotebook.__table__, Grade.__table__, Comment.__table__
# Every table with rows about a person; who names another comes before it.
_PERSONAL = (*_LEDGER.values(), _COMMENTS, _GRADES, _NOTEBOOKS, _SUBMISSIONS, _STUDENTS)
# How long rewriting a table waits for whoever reads it.
PATIENCE_S = 10.0


@dataclass(frozen=True)
class Kept:
    """What the gradebooks hold of a participant: rows by the name of the file they are given in, and where she is known."""

    files: dict[str, list[Row]]
    places: tuple[str, ...]


def held_in_gradebook(home: Path, student_id: str) -> Kept:
    """Everything that the course's gradebooks hold of a participant. Raises ``UserError`` for one that can't be read."""
    files: dict[str, list[Row]] = {name: [] for name in ("notas.csv", "comentarios.csv", *_LEDGER)}
    places = []
    for db_url in gradebooks(home):
        found = {
            "notas.csv": [_mark(fact) for fact in grades_in(db_url, student_id)],
            "comentarios.csv": _comments(db_url, student_id),
            **dict(_in_ledger(db_url, student_id)),
        }
        if any(found.values()) or student_id in students_in(db_url):
            places.append(db_url)
        for name, rows in found.items():
            files[name] += [row for row in rows if row not in files[name]]
    return Kept(files, tuple(places))


def erase_from_gradebook(db_url: str, student_id: str) -> str | None:
    """Remove every row about a participant, all or none, and have the database write what is left anew.

    Both SQLite and PostgreSQL keep deleted rows until then. ``None`` where that was done; where somebody else holds the
    tables, or the account may not, the command that does it, for the instructor.
    """
    check_gradebook(db_url, must_exist=True)
    of_person = sa.select(_SUBMISSIONS.c.id).where(_SUBMISSIONS.c.student_id == student_id)
    notebooks = sa.select(_NOTEBOOKS.c.id).where(_NOTEBOOKS.c.assignment_id.in_(of_person))
    whose: dict[sa.FromClause, Any] = {table: table.c.student == student_id for table in _LEDGER.values()}
    whose |= {
        _COMMENTS: _COMMENTS.c.notebook_id.in_(notebooks),
        _GRADES: _GRADES.c.notebook_id.in_(notebooks),
        _NOTEBOOKS: _NOTEBOOKS.c.assignment_id.in_(of_person),
        _SUBMISSIONS: _SUBMISSIONS.c.student_id == student_id,
        _STUDENTS: _STUDENTS.c.id == student_id,
    }
    with ledger.writing(db_url) as connection:
        for table in _PERSONAL:
            connection.execute(sa.delete(table).where(whose[table]))
    if _rewrite(db_url):
        return None
    command = "VACUUM" if db_url.startswith("sqlite") else "VACUUM (FULL, ANALYZE)"
    return _("{command} en {place}").format(command=command, place=place_of(db_url))


def _rewrite(db_url: str) -> bool:
    """Have the database write its tables anew; whether it did."""
    engine = sa.create_engine(db_url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            return _rewrite_file(connection) if connection.dialect.name == "sqlite" else _rewrite_tables(connection)
    except sa.exc.OperationalError:
        return False


def _rewrite_file(connection: sa.Connection) -> bool:
    connection.exec_driver_sql(f"PRAGMA busy_timeout={round(1000 * PATIENCE_S)}")
    connection.exec_driver_sql("VACUUM")
    # Grading keeps a write-ahead log beside the file: what it holds of the old pages goes too, unless somebody reads them.
    held_up, _pages, _moved = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    return not held_up


def _rewrite_tables(connection: sa.Connection) -> bool:
    """``FULL``, for a plain ``VACUUM`` leaves deleted rows where they are until others need the room; ``ANALYZE``, for the
    planner keeps samples of what is in a column (their earlier ones wait for the server's own vacuum, as does its log).

    PostgreSQL passes over tables of another owner without an error: that the files are others tells whether it did.
    """
    connection.exec_driver_sql(f"SET lock_timeout = '{PATIENCE_S}s'")
    before = _files(connection)
    connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {', '.join(table.name for table in _PERSONAL)}")
    return not set(before) & set(_files(connection))


def _files(connection: sa.Connection) -> list[int]:
    query = sa.select(*(sa.func.pg_relation_filenode(table.name) for table in _PERSONAL))
    return list(connection.execute(query).one())


def _mark(fact: GradeFact) -> Row:
    return {
        "tarea": fact.assignment,
        "entregada": _iso(fact.submitted_at),
        "pregunta": fact.item,
        "automática": fact.auto,
        "de quien calificó": fact.manual,
        "adicional": fact.extra,
        "de": fact.maximum,
        "espera revisión": "sí" if fact.needs_manual else "no",
    }


def _comments(db_url: str, student_id: str) -> list[Row]:
    query = (
        sa.select(
            Assignment.name.label("tarea"),
            SubmittedAssignment.timestamp.label("entregada"),
            BaseCell.name.label("celda"),
            Comment.auto_comment.label("automático"),
            Comment.manual_comment.label("de quien calificó"),
        )
        .select_from(Comment)
        .join(BaseCell, Comment.cell_id == BaseCell.id)
        .join(SubmittedNotebook, Comment.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .where(SubmittedAssignment.student_id == student_id)
    )
    with reading(db_url) as session:
        rows = [dict(row) for row in session.execute(query).mappings()]
    ordered = sorted(rows, key=lambda row: (row["tarea"], row["celda"]))
    return [{**row, "entregada": _iso(row["entregada"])} for row in ordered]


def _in_ledger(db_url: str, student_id: str) -> Iterator[tuple[str, list[Row]]]:
    with reading(db_url) as session:
        there = sa.inspect(session.connection()).get_table_names()  # grading makes them when it first writes
        for name, table in _LEDGER.items():
            if table.name in there:
                query = sa.select(table).where(table.c.student == student_id).order_by(*table.primary_key)
                rows = [{key: _told(value) for key, value in row.items()} for row in session.execute(query).mappings()]
                yield name, rows


def _told(value: Any) -> Any:
    return _iso(value) if isinstance(value, datetime) else value


def _iso(moment: datetime | None) -> str:
    """A moment in UTC, which nbgrader and the ledger keep without saying so."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z" if moment else ""
