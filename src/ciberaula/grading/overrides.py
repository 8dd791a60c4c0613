"""Marks that a person changes by hand: nbgrader's manual score, and who, why and when in the same transaction.

Grading never writes a manual score, so a change survives every later run.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

import sqlalchemy as sa
from nbgrader.api import Assignment, BaseCell, Grade, SubmittedAssignment, SubmittedNotebook
from sqlalchemy.orm import Session

from ciberaula.errors import UserError, one_line
from ciberaula.grading import ledger
from ciberaula.grading.policy import AnySession, refresh_penalties, session_on
from ciberaula.grading.words import number
from ciberaula.grading.written import is_written
from ciberaula.i18n import _

FORMGRADER = "formgrader"
BY_RUBRIC = _("Se juzgó con la rúbrica después del cambio a mano: vale la rúbrica.")
"""The reason of a judgement by rubric that takes the place of a change by hand."""
LONGEST_REASON = 2000


@dataclass(frozen=True)
class Override:
    """A row of ``ciberaula_override``. ``points`` is ``None`` where the item went back to its test; ``made_at`` is UTC."""

    assignment: str
    student: str
    item: str
    before: float | None
    points: float | None
    author: str
    reason: str
    made_at: datetime


@dataclass(frozen=True)
class ByHand:
    """What the trainee may know of the mark of an item: points before anybody changed it, and those given by hand.

    ``points`` is ``None`` where the item went back to its test; then ``before`` is what had been given by hand, else what
    the test or the rubric gave (``None``: nothing). ``reason`` and ``made_at`` (UTC) are those of the last change;
    ``None`` where nobody signed it, as in formgrader.
    """

    before: float | None
    points: float | None
    reason: str | None = None
    made_at: datetime | None = None


def override(
    db_url: str, assignment: str, student: str, item: str, points: float | None, *, author: str, reason: str
) -> Override:
    """Give ``points`` for an item whatever its test says, or with ``None`` give the item back to its test.

    The late penalty of the submission is worked out anew. The trainee reads the reason. Raises ``UserError`` for a
    submission or an item that is not there, points out of range, an item without points by hand to take back, or a
    missing reason; then nothing changed.
    """
    author, reason = signature(author, reason)
    with session_on(db_url) as session:
        note_elsewhere(session, assignment, [student])
        grade = _grade(session, assignment, student, item)
        if points is not None and not (math.isfinite(points) and 0 <= points <= grade.max_score):
            raise UserError(
                _("«{item}» vale de 0 a {most} puntos: {points} no se puede poner.").format(
                    item=item, most=number(grade.max_score), points=number(points)
                )
            )
        if points is None and grade.manual_score is None:
            raise UserError(_("«{item}» no tiene puntos puestos a mano: ya vale su prueba.").format(item=item))
        before = grade.auto_score if grade.manual_score is None else grade.manual_score
        grade.manual_score = points
        # Without a test's score somebody must still look at it.
        grade.needs_manual_grade = points is None and grade.auto_score is None
        made = Override(assignment, student, item, before, points, author, reason, ledger.utc_now())
        _keep(session, made)
        refresh_penalties(session, assignment, [student])
    return made


def overrides_of(db_url: str, assignment: str, students: Sequence[str] | None = None) -> list[Override]:
    """Every change by hand of an assignment, oldest first; what formgrader changed since is noted first."""
    with session_on(db_url) as session:
        note_elsewhere(session, assignment, students)
        return _made(session, assignment, students)


def changes_of(
    connection: sa.Connection, assignment: str, students: Sequence[str] | None = None
) -> dict[str, dict[str, list[Override]]]:
    """Student -> item -> its changes on record, oldest first: one query for all. Notes nothing; see ``by_hand``."""
    found: dict[str, dict[str, list[Override]]] = {}
    for one in _made(connection, assignment, students):
        found.setdefault(one.student, {}).setdefault(one.item, []).append(one)
    return found


def by_hand(changes: Sequence[Override], auto: float | None, manual: float | None) -> ByHand | None:
    """What to tell of an item with these ``changes`` on record and these scores by test and by hand in nbgrader.

    ``None`` where its mark comes from its test, or from a judgement by rubric, whose comment speaks for itself. The same
    whether or not a change made in formgrader was noted already (``note_elsewhere``).
    """
    last = changes[-1] if changes else None
    in_place = last.points if last else None
    noted = manual == in_place
    if noted and (last is None or last.reason == BY_RUBRIC):
        return None
    signed = last if noted and last is not None and last.author != FORMGRADER else None
    about = (signed.reason, signed.made_at) if signed else (None, None)
    if manual is None:
        return ByHand(last.before if noted and last else in_place, None, *about)
    # One change may mend another that nobody saw: what counts is the mark before the first of them.
    since = [*takewhile(lambda one: one.points is not None and one.reason != BY_RUBRIC, reversed(changes))]
    before = since[-1].before if since else auto if in_place is None else in_place
    return ByHand(before, manual, *about)


def note_elsewhere(session: AnySession, assignment: str, students: Sequence[str] | None = None) -> int:
    """Keep a row for each mark of a test that was changed in formgrader, which knows neither who nor why; return how many.

    Marks of answers that a person reads anyway are no changes, unless somebody changed that mark before by ``override``.
    Commits nothing.
    """
    last = {(one.student, one.item): one for one in _made(session, assignment, students)}
    noted = 0
    for student, item, auto, manual, written in _marks(session, assignment, students):
        known = last.get((student, item))
        if written and known is None:
            continue
        in_place = known.points if known else None
        if manual == in_place:
            continue
        before = auto if in_place is None else in_place
        reason = _("Cambio hecho en formgrader, que no guarda quién ni por qué; la fecha es la de esta anotación.")
        _keep(session, Override(assignment, student, item, before, manual, FORMGRADER, reason, ledger.utc_now()))
        noted += 1
    return noted


def signature(author: str, reason: str) -> tuple[str, str]:
    """Who decides and why, as they are kept. Raises ``UserError`` that names the one that is missing."""
    # Read by others in a terminal, on a page, in a table: on one line, and with nothing in it that cannot be seen.
    author, reason = (" ".join(one_line(" ".join(text.split()), len(text)).split()) for text in (author, reason))
    if not reason:
        raise UserError(_("Falta el motivo: escríbalo con --reason; queda guardado con su fecha."))
    if not author:
        raise UserError(_("Falta quién lo decide: escríbalo con --author."))
    if len(reason) > LONGEST_REASON or len(author) > 100:
        raise UserError(_("El motivo admite {most} caracteres y el nombre 100: acórtelos.").format(most=LONGEST_REASON))
    return author, reason


def graded_submission(session: AnySession, assignment: str, student: str) -> SubmittedAssignment:
    """nbgrader's row of a graded submission. Raises ``UserError`` where there is none."""
    submission = session.execute(
        sa.select(SubmittedAssignment)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment, SubmittedAssignment.student_id == student)
    ).scalar_one_or_none()
    if submission is None:
        raise UserError(
            _("No hay entrega calificada de {student} en {name}: recójala y califíquela primero.").format(
                student=student, name=assignment
            )
        )
    return submission


def _grade(session: Session, assignment: str, student: str, item: str) -> Grade:
    submission = graded_submission(session, assignment, student)
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    found = [grade for grade in grades if grade.name == item]
    if len(found) != 1:
        known = ", ".join(sorted(grade.name for grade in grades)) or _("ninguna")
        raise UserError(
            _("{name} no tiene una pregunta «{item}»: use una de {known}.").format(
                name=assignment, item=item, known=known
            )
        )
    return found[0]


def note_judgement(session: AnySession, made: Override) -> bool:
    """Keep a judgement by rubric in the place of what ``override`` said of the item before; return whether there was any.

    A judgement of a written answer is no change by itself, and its comment says who gave it. But where a change by hand
    is on record, the list must end with the mark that holds. Commits nothing.
    """
    superseded = any(one.item == made.item for one in _made(session, made.assignment, [made.student]))
    if superseded:
        _keep(session, made)
    return superseded


def _marks(
    session: AnySession, assignment: str, students: Sequence[str] | None
) -> list[tuple[str, str, float | None, float | None, bool]]:
    """Student, item, test's score and manual score of every grade, and whether a person reads the answer anyway."""
    query = (
        sa.select(SubmittedAssignment.student_id, BaseCell.name, Grade.auto_score, Grade.manual_score, is_written())
        .select_from(Grade)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment)
        .order_by(SubmittedAssignment.student_id, BaseCell.name)
    )
    if students is not None:
        query = query.where(SubmittedAssignment.student_id.in_(students))
    return [tuple(row) for row in session.execute(query)]


def _made(session: AnySession | sa.Connection, assignment: str, students: Sequence[str] | None) -> list[Override]:
    table = ledger.overrides
    columns = [table.c[name] for name in Override.__dataclass_fields__]
    query = sa.select(*columns).where(table.c.assignment == assignment).order_by(table.c.id)
    if students is not None:
        query = query.where(table.c.student.in_(students))
    return [Override(*row) for row in session.execute(query)]


def _keep(session: AnySession, made: Override) -> None:
    values: dict[str, Any] = asdict(made)
    session.execute(ledger.overrides.insert().values(**values))
