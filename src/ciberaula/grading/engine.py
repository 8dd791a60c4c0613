"""Grading a part of a cohort in one process: what a worker is given, what it does, and what it gives back."""

import logging
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Literal

import nbformat
import sqlalchemy as sa
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.orm import Session
from traitlets.config import Config

from ciberaula.errors import UserError
from ciberaula.files import cause
from ciberaula.grading import ledger
from ciberaula.grading.booking import Unreviewed, book
from ciberaula.grading.config import COURSE_ID, course_config
from ciberaula.grading.marking import Marked, Marker, digest_of, handed_in_at, marks_in, signature_of
from ciberaula.grading.outcomes import Graded, State
from ciberaula.grading.policy import dues_of, policy_of, why_kept
from ciberaula.grading.staging import Stage, receipt_in, recover
from ciberaula.grading.truth import AssignmentTruth, assignment_truth
from ciberaula.i18n import _
from ciberaula.paths import home

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Order:
    """Submissions of one assignment to grade together: one write to the gradebook, so all of them or none."""

    assignment: str
    students: tuple[str, ...]
    force: bool = False


@dataclass(frozen=True)
class Pending:
    """Who has work to grade, and who has none that is new."""

    todo: tuple[str, ...]
    unchanged: tuple[str, ...]


@dataclass
class _Chunk:
    """An order while it is worked on: what was known of it at the start, and what came of it so far."""

    order: Order
    key: str
    known: Mapping[str, Sequence[ledger.Attempt]]
    marked: list[Marked] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, Graded] = field(default_factory=dict)

    def graded_meanwhile(self, one: Marked, now: Sequence[ledger.Attempt]) -> bool:
        """True when another grader wrote the marks of the same work since we began."""
        seen = {attempt.receipt for attempt in self.known.get(one.student, [])}
        return any(
            attempt.digest == one.digest
            and attempt.key == self.key
            and attempt.state == "graded"
            and attempt.receipt not in seen
            for attempt in now
        )


def pending(
    assignment: str, students: Sequence[str] | None = None, *, force: bool = False, config: Config | None = None
) -> Pending:
    """What ``grade_chunk`` would have to do for ``students``, or for everyone who handed in.

    First finishes what a process that was killed left aside. Costs a look at each file, and reads none that was not touched.
    """
    return Engine(config or course_config()).pending(assignment, students, force=force)


def grade_chunk(order: Order, config: Config | None = None) -> list[Graded]:
    """Grade the submissions of ``order`` in this process, in order. Whatever is wrong with one costs only that one.

    The marks of all are written at once. Raises ``UserError`` where nothing can be written: no space, no gradebook.
    """
    return Engine(config or course_config()).grade(order)


class Engine:
    """The course as ``config`` says it, ready to grade."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.course = CourseDirectory(config=config)
        self.db_url = str(self.course.db_url)
        self.aside = home() / "calificando"

    def pending(self, assignment: str, students: Sequence[str] | None = None, *, force: bool = False) -> Pending:
        """See the function of the same name."""
        with ledger.reading(self.db_url) as connection:
            known = ledger.attempts_of(connection, assignment)
        self._recover()
        key = self._truth(assignment).key
        chosen = self._handed_in(assignment) if students is None else sorted(students)
        touched = [one for one in chosen if not self._is_current(assignment, one, known.get(one, []), key)]
        if force:
            return Pending(tuple(chosen), ())
        done = set(chosen).difference(touched)
        return Pending(tuple(touched), tuple(one for one in chosen if one in done))

    def grade(self, order: Order) -> list[Graded]:
        """See ``grade_chunk``."""
        truth = self._truth(order.assignment)
        marker = Marker(truth, self.course, self.config)
        try:
            stage = Stage(self.aside)
        except OSError as error:
            raise UserError(
                _("No se puede calificar en {folder}: {cause}.").format(folder=self.aside, cause=cause(error))
            ) from error
        try:
            return self._grade(order, truth, marker, stage)
        finally:
            stage.close()

    def _grade(self, order: Order, truth: AssignmentTruth, marker: Marker, stage: Stage) -> list[Graded]:
        with ledger.reading(self.db_url) as connection:
            known = ledger.attempts_of(connection, order.assignment, order.students)
        chunk = _Chunk(order, truth.key, known)
        for student in order.students:
            # Asked again for a part that a killed worker had finished, or that another grader has just done.
            if not order.force and self._is_current(order.assignment, student, known.get(student, []), truth.key):
                chunk.outcomes[student] = Graded(student, "unchanged")
                continue
            self._mark(student, chunk, marker, stage)
        stage.secure()
        counting = self._book(chunk)
        for one in counting:
            stage.publish(one.receipt, self._folder("autograded", one.student, order.assignment))
        return [chunk.outcomes[student] for student in order.students]

    def _mark(self, student: str, chunk: "_Chunk", marker: Marker, stage: Stage) -> None:
        started = time.monotonic()
        receipt = uuid.uuid4().hex
        submitted = self._folder("submitted", student, chunk.order.assignment)
        try:
            one = marker.mark(student, submitted, stage.place(receipt), receipt)
        except Exception as error:
            stage.drop(receipt)
            chunk.failed[student] = reason = _reason(error)
            chunk.outcomes[student] = Graded(student, "failed", reason, time.monotonic() - started)
            return
        chunk.marked.append(one)
        state: State = "not_gradable" if one.reasons else "graded"
        reasons = "; ".join(one.reasons) or None
        chunk.outcomes[student] = Graded(student, state, reasons, time.monotonic() - started, one.own_code)

    def _book(self, chunk: "_Chunk") -> list[Marked]:
        """Write the marks and what the ledger keeps, all or nothing; return the work whose marks count from now on."""
        assignment, students = chunk.order.assignment, chunk.order.students
        policy = policy_of(assignment)
        counting: list[Marked] = []
        with ledger.writing(self.db_url) as connection:
            known = ledger.attempts_of(connection, assignment, students)
            due = dues_of(Session(bind=connection), assignment, students)
            for one in chunk.marked:
                before = known.get(one.student, [])
                if chunk.graded_meanwhile(one, before):
                    chunk.outcomes[one.student] = Graded(one.student, "unchanged")
                    continue
                outcome = chunk.outcomes[one.student]
                attempt = self._attempt(assignment, one, before, chunk.key, outcome)
                kept = why_kept(policy, before, attempt, due=due[one.student])
                if kept:
                    state: State = "kept" if outcome.state == "graded" else outcome.state
                    chunk.outcomes[one.student] = replace(outcome, state=state, reason=kept)
                else:
                    counting.append(one)
                ledger.record(connection, replace(attempt, counts=kept is None))
            for student, reason in chunk.failed.items():
                failure = self._failure(assignment, student, reason, known.get(student, []), chunk.key)
                if failure:
                    ledger.record(connection, failure)
            book(connection, assignment, counting, self._answer_changed(assignment, counting))
        return counting

    def _attempt(
        self, assignment: str, one: Marked, before: Sequence[ledger.Attempt], key: str, outcome: Graded
    ) -> ledger.Attempt:
        return ledger.Attempt(
            assignment=assignment,
            student=one.student,
            number=_number(before, one.digest),
            submitted_at=one.submitted_at,
            signature=one.signature,
            digest=one.digest,
            key=key,
            state=outcome.state,
            reason=outcome.reason,
            points=one.points,
            counts=True,
            receipt=one.receipt,
            graded_at=ledger.utc_now(),
        )

    def _failure(
        self, assignment: str, student: str, reason: str, before: Sequence[ledger.Attempt], key: str
    ) -> ledger.Attempt | None:
        """The row of work that could not be graded at all; ``None`` where the same work has marks that go on counting."""
        folder = self._folder("submitted", student, assignment)
        try:
            signature, digest = signature_of(folder), digest_of(folder)
        except OSError:
            signature = digest = ""
        try:
            submitted_at = handed_in_at(folder)  # collecting knows by it that this one had its turn
        except (OSError, UserError):
            submitted_at = None
        if any(one.digest == digest and one.counts for one in before):
            return None
        return ledger.Attempt(
            assignment=assignment,
            student=student,
            number=_number(before, digest),
            submitted_at=submitted_at,
            signature=signature,
            digest=digest,
            key=key,
            state="failed",
            reason=reason,
            points=None,
            counts=False,
            receipt="",
            graded_at=ledger.utc_now(),
        )

    def _answer_changed(self, assignment: str, marked: Sequence[Marked]) -> Unreviewed:
        """Tells whether a written answer is another than in the graded copy that a person had before them."""
        now = {one.student: one for one in marked}

        @cache
        def earlier(student: str, notebook: str) -> dict[str, str]:
            path = self._folder("autograded", student, assignment) / f"{notebook}.ipynb"
            return marks_in(nbformat.read(path, as_version=4)).written if path.is_file() else {}

        def changed(student: str, notebook: str, grade_id: str) -> bool:
            return earlier(student, notebook).get(grade_id) != now[student].notebooks[notebook].written[grade_id]

        return changed

    def _is_current(self, assignment: str, student: str, attempts: Sequence[ledger.Attempt], key: str) -> bool:
        """True when what lies in ``submitted`` was graded in full, with today's tests, and the graded copy is in place."""
        if not attempts:
            return False
        folder = self._folder("submitted", student, assignment)
        try:
            signature = signature_of(folder)
            mine = next((one for one in attempts if one.signature == signature), None)
            if mine is None:
                digest = digest_of(folder)
                mine = next((one for one in attempts if one.digest == digest), None)
        except OSError:
            return False  # what the system cannot read is told where it is graded, and stops nobody else
        if mine is None or mine.state != "graded" or mine.key != key:
            return False
        counting = next((one for one in attempts if one.counts), None)
        return counting is not None and counting.receipt == receipt_in(self._folder("autograded", student, assignment))

    def _recover(self) -> None:
        """Finish what processes left aside that were killed."""

        def place_of(receipt: str) -> Path | None:
            table = ledger.attempts
            query = sa.select(table.c.student, table.c.assignment).where(table.c.receipt == receipt, table.c.counts)
            with ledger.reading(self.db_url) as connection:
                row = connection.execute(query).first()
            return self._folder("autograded", row.student, row.assignment) if row else None

        recover(self.aside, place_of)

    def _handed_in(self, assignment: str) -> list[str]:
        everyone = Path(self.course.format_path(self.course.submitted_directory, ".", ".")).resolve()
        if not everyone.is_dir():
            return []
        names = (entry.name for entry in os.scandir(everyone) if entry.is_dir() and not entry.name.startswith("."))
        return sorted(name for name in names if (everyone / name / assignment).is_dir())

    def _folder(self, step: Literal["submitted", "autograded"], student: str, assignment: str) -> Path:
        directory = getattr(self.course, f"{step}_directory")
        return Path(self.course.format_path(directory, student, assignment)).resolve()

    def _truth(self, assignment: str) -> AssignmentTruth:
        with Gradebook(self.db_url, COURSE_ID) as gradebook:
            try:
                return assignment_truth(self.course, gradebook.find_assignment(assignment))
            except MissingEntry as error:
                raise UserError(
                    _("La tarea {name} no está publicada: publíquela primero (ciberaula release {name}).").format(
                        name=assignment
                    )
                ) from error


def _number(before: Sequence[ledger.Attempt], digest: str) -> int:
    """The number that the work with this digest has among a student's attempts, or the next one."""
    same = next((one.number for one in before if one.digest == digest), None)
    return same or max((one.number for one in before), default=0) + 1


def _reason(error: Exception) -> str:
    """Why a submission could not be graded, for the instructor."""
    if isinstance(error, UserError):
        return str(error).rstrip(".")
    if isinstance(error, OSError):
        file = Path(str(error.filename)).name if error.filename else _("un archivo")
        return _("no se pudo leer o guardar {file}: {cause}").format(file=file, cause=cause(error))
    _log.exception("a submission could not be graded")
    return _("fallo inesperado: {error}").format(error=f"{type(error).__name__}: {error}".splitlines()[0][:200])
