"""Writing the marks of many submissions into nbgrader's tables and our ledger, in one transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
    new_uuid,
)
from sqlalchemy.orm import Session

from ciberaula.grading.marking import Marked, NotebookMarks
from ciberaula.grading.policy import apply_extensions, refresh_penalties

_students, _submissions = Student.__table__, SubmittedAssignment.__table__
_notebooks, _grades, _comments = SubmittedNotebook.__table__, Grade.__table__, Comment.__table__

Changed = Callable[[Marked, str, str], bool]
"""submission, notebook, grade id -> whether the written answer is another than the one a person judged."""


@dataclass(frozen=True)
class _Shape:
    """The rows of an assignment that a submission mirrors: ids by name."""

    assignment: str
    notebooks: Mapping[str, str]
    graded: Mapping[str, Mapping[str, str]]
    commented: Mapping[str, Mapping[str, str]]


def book(connection: sa.Connection, assignment: str, marked: Sequence[Marked], changed: Changed) -> None:
    """Write the marks of ``marked``, making the rows of whoever has none yet. Points given by hand are never touched.

    A mark by hand waits for its author again only where what it judged is another: the score by test, or the words of a
    written answer (``changed``).
    """
    if not marked:
        return
    shape = _shape(connection, assignment)
    _add_missing(connection, _students, [{"id": one.student} for one in marked], ["id"])
    submissions = _rows_of_submissions(connection, shape, marked)
    notebooks = _rows_of_notebooks(connection, shape, submissions)
    _write_grades(connection, shape, notebooks, marked, changed)
    _write_comments(connection, shape, notebooks, marked)
    session = Session(bind=connection)
    students = [one.student for one in marked]
    apply_extensions(session, assignment, students)
    session.flush()
    refresh_penalties(session, assignment, students)
    session.flush()


def judged_by_hand(connection: sa.Connection, assignment: str, students: Sequence[str]) -> set[str]:
    """Which of ``students`` have a mark that a person gave."""
    query = (
        sa.select(_submissions.c.student_id)
        .join(Assignment.__table__, Assignment.id == _submissions.c.assignment_id)
        .join(_notebooks, _notebooks.c.assignment_id == _submissions.c.id)
        .join(_grades, _grades.c.notebook_id == _notebooks.c.id)
        .where(
            Assignment.name == assignment, _submissions.c.student_id.in_(students), _grades.c.manual_score.is_not(None)
        )
    )
    return set(connection.execute(query).scalars())


def _shape(connection: sa.Connection, assignment: str) -> _Shape:
    found = connection.execute(sa.select(Assignment.id).where(Assignment.name == assignment)).scalar_one()
    rows = connection.execute(sa.select(Notebook.name, Notebook.id).where(Notebook.assignment_id == found))
    notebooks = _pairs(rows)
    names = {id: name for name, id in notebooks.items()}

    def cells(*kinds: type[Any]) -> dict[str, dict[str, str]]:
        chosen: dict[str, dict[str, str]] = {name: {} for name in notebooks}
        for kind in kinds:
            query = (
                sa.select(BaseCell.notebook_id, BaseCell.name, BaseCell.id)
                .join(kind.__table__, kind.__table__.c.id == BaseCell.id)
                .where(BaseCell.notebook_id.in_(names))
            )
            for notebook, name, id in connection.execute(query):
                chosen[names[notebook]][name] = id
        return chosen

    return _Shape(found, notebooks, cells(GradeCell, TaskCell), cells(SolutionCell, TaskCell))


def _pairs(rows: Iterable[Sequence[Any]]) -> dict[str, str]:
    return {row[0]: row[1] for row in rows}


def _add_missing(
    connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]], key: Sequence[str]
) -> None:
    """Insert the rows that are not there yet by ``key``."""
    if not rows:
        return
    columns = [table.c[name] for name in key]
    first = sorted({row[key[0]] for row in rows})
    there = set(map(tuple, connection.execute(sa.select(*columns).where(columns[0].in_(first)))))
    missing = {tuple(row[name] for name in key): row for row in rows}
    new = [row for found, row in missing.items() if found not in there]
    if new:
        connection.execute(table.insert(), new)


def _rows_of_submissions(connection: sa.Connection, shape: _Shape, marked: Sequence[Marked]) -> dict[str, str]:
    """student -> id of the submission's row, which now has the time of what was handed in."""
    _add_missing(
        connection,
        _submissions,
        [{"id": new_uuid(), "assignment_id": shape.assignment, "student_id": one.student} for one in marked],
        ["student_id", "assignment_id"],
    )
    mine = _submissions.c.assignment_id == shape.assignment
    query = sa.select(_submissions.c.student_id, _submissions.c.id).where(
        mine, _submissions.c.student_id.in_([one.student for one in marked])
    )
    ids = _pairs(connection.execute(query))
    times = [{"row": ids[one.student], "at": one.submitted_at} for one in marked if one.submitted_at]
    if times:
        where = _submissions.c.id == sa.bindparam("row")
        connection.execute(_submissions.update().where(where).values(timestamp=sa.bindparam("at")), times)
    return ids


def _rows_of_notebooks(
    connection: sa.Connection, shape: _Shape, submissions: Mapping[str, str]
) -> dict[tuple[str, str], str]:
    """(student, notebook) -> id of the submitted notebook's row."""
    wanted = [
        {"id": new_uuid(), "assignment_id": submission, "notebook_id": notebook, "flagged": False}
        for submission in submissions.values()
        for notebook in shape.notebooks.values()
    ]
    _add_missing(connection, _notebooks, wanted, ["assignment_id", "notebook_id"])
    columns = (_notebooks.c.assignment_id, _notebooks.c.notebook_id, _notebooks.c.id)
    rows = connection.execute(sa.select(*columns).where(_notebooks.c.assignment_id.in_(submissions.values())))
    student_of = {id: student for student, id in submissions.items()}
    name_of = {id: name for name, id in shape.notebooks.items()}
    return {(student_of[submission], name_of[notebook]): id for submission, notebook, id in rows}


def _write_grades(
    connection: sa.Connection,
    shape: _Shape,
    notebooks: Mapping[tuple[str, str], str],
    marked: Sequence[Marked],
    changed: Changed,
) -> None:
    _add_missing(
        connection,
        _grades,
        _mirrored(shape.graded, notebooks, {"needs_manual_grade": True}),
        ["notebook_id", "cell_id"],
    )
    columns = (_grades.c.notebook_id, _grades.c.cell_id, _grades.c.auto_score, _grades.c.manual_score)
    query = sa.select(*columns, _grades.c.needs_manual_grade, _grades.c.id)
    before = {
        (row.notebook_id, row.cell_id): row
        for row in connection.execute(query.where(_grades.c.notebook_id.in_(notebooks.values())))
    }
    rows = []
    for one, name, marks in _each(marked):
        for grade_id, score in marks.scores.items():
            row = before[notebooks[one.student, name], shape.graded[name][grade_id]]
            waits = score is None
            if row.manual_score is not None:
                other = score != row.auto_score or (grade_id in marks.written and changed(one, name, grade_id))
                waits = row.needs_manual_grade or other
            rows.append({"row": row.id, "score": score, "waits": waits})
    _update(connection, _grades, rows, {"auto_score": "score", "needs_manual_grade": "waits"})


def _write_comments(
    connection: sa.Connection,
    shape: _Shape,
    notebooks: Mapping[tuple[str, str], str],
    marked: Sequence[Marked],
) -> None:
    _add_missing(connection, _comments, _mirrored(shape.commented, notebooks, {}), ["notebook_id", "cell_id"])
    query = sa.select(_comments.c.notebook_id, _comments.c.cell_id, _comments.c.id)
    found = connection.execute(query.where(_comments.c.notebook_id.in_(notebooks.values())))
    ids = {(notebook, cell): id for notebook, cell, id in found}
    rows = [
        {"row": ids[notebooks[one.student, name], shape.commented[name][grade_id]], "comment": comment}
        for one, name, marks in _each(marked)
        for grade_id, comment in marks.comments.items()
    ]
    _update(connection, _comments, rows, {"auto_comment": "comment"})


def _mirrored(
    cells: Mapping[str, Mapping[str, str]], notebooks: Mapping[tuple[str, str], str], more: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """A row for each cell of each submitted notebook, as nbgrader makes them with a submission."""
    return [
        {"id": new_uuid(), "notebook_id": row, "cell_id": cell, **more}
        for (_student, name), row in notebooks.items()
        for cell in cells[name].values()
    ]


def _update(
    connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]], columns: Mapping[str, str]
) -> None:
    if rows:
        values: dict[str, Any] = {column: sa.bindparam(name) for column, name in columns.items()}
        connection.execute(table.update().where(table.c.id == sa.bindparam("row")).values(values), rows)


def _each(marked: Sequence[Marked]) -> Iterable[tuple[Marked, str, NotebookMarks]]:
    return ((one, name, marks) for one in marked for name, marks in one.notebooks.items())
