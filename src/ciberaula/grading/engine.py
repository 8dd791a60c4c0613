"""Grading a part of a cohort in one process: what a worker is given, what it does, and what it gives back."""

import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy.orm import Session
from traitlets.config import Config

from ciberaula.errors import UserError, one_line
from ciberaula.files import cause
from ciberaula.grading import collecting, ledger
from ciberaula.grading.booking import book, judged_by_hand
from ciberaula.grading.config import COURSE_ID, course_config
from ciberaula.grading.marking import Marked, Marker
from ciberaula.grading.outcomes import Graded, State, stuck_words
from ciberaula.grading.policy import dues_of, policy_of, why_kept
from ciberaula.grading.staging import Stage
from ciberaula.grading.store import Look, Store, number_of
from ciberaula.grading.submission_files import signature_of
from ciberaula.grading.truth import AssignmentTruth, assignment_truth
from ciberaula.i18n import _

MAX_REASON = 1500  # characters that the ledger keeps of why something has no marks
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
    written: Mapping[tuple[str, str], dict[str, str]]
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

    def answer_changed(self, one: Marked, notebook: str, grade_id: str) -> bool:
        """True when a written answer is another than in the graded copy that a person had before them."""
        return self.written.get((one.student, notebook), {}).get(grade_id) != one.notebooks[notebook].written[grade_id]

    def only(self, student: str) -> "_Chunk":
        """The part of this chunk that is one student's."""
        return replace(
            self,
            order=replace(self.order, students=(student,)),
            marked=[one for one in self.marked if one.student == student],
            failed={student: self.failed[student]} if student in self.failed else {},
        )

    def tell_late(self, one: Marked, due: datetime | None) -> None:
        """Let the outcome say how long after the student's own deadline the work came."""
        if due is not None and one.submitted_at is not None and one.submitted_at > due:
            late = int((one.submitted_at - due).total_seconds())
            self.outcomes[one.student] = replace(self.outcomes[one.student], seconds_late=late)

    def fail(self, student: str, reason: str, seconds: float = 0.0) -> None:
        """Let the work of a student have no marks, for a reason."""
        self.outcomes[student] = Graded(student, "failed", reason, seconds)


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
        self.store = Store(config)
        self.db_url = self.store.db_url

    def pending(self, assignment: str, students: Sequence[str] | None = None, *, force: bool = False) -> Pending:
        """See the function of the same name."""
        self.store.recover()
        with ledger.reading(self.db_url) as connection:
            known = ledger.attempts_of(connection, assignment)
        key = self._truth(assignment).key
        chosen = self.store.handed_in(assignment) if students is None else sorted(students)
        looks = {one: self.store.look(assignment, one, known.get(one, []), key) for one in chosen}
        self._keep_signatures([look for look in looks.values() if look.signature])
        for student, look in looks.items():
            if look.gone is not None and look.gone.submitted_at is not None:
                # Another attempt counts whose marks no longer hold: it is graded again, if the exchange still has it.
                collecting.bring_back(self.config, assignment, student, look.gone.submitted_at)
        if force:
            return Pending(tuple(chosen), ())
        return Pending(
            tuple(one for one in chosen if not looks[one].current), tuple(one for one in chosen if looks[one].current)
        )

    def _keep_signatures(self, looks: Sequence[Look]) -> None:
        if looks:
            with ledger.writing(self.db_url) as connection:
                ledger.look_again(
                    connection, [(look.mine, look.signature) for look in looks if look.mine and look.signature]
                )

    def grade(self, order: Order) -> list[Graded]:
        """See ``grade_chunk``."""
        truth = self._truth(order.assignment)
        marker = Marker(truth, self.store.course, self.config)
        aside = self.store.aside
        try:
            stage = Stage(aside)
        except OSError as error:
            raise UserError(
                _("No se puede calificar en {folder}: {cause}.").format(folder=aside, cause=cause(error))
            ) from error
        try:
            return self._grade(order, truth, marker, stage)
        finally:
            stage.close()

    def _grade(self, order: Order, truth: AssignmentTruth, marker: Marker, stage: Stage) -> list[Graded]:
        with ledger.reading(self.db_url) as connection:
            known = ledger.attempts_of(connection, order.assignment, order.students)
            judged = judged_by_hand(connection, order.assignment, order.students)
        written = {
            (student, notebook): self.store.written(student, order.assignment, notebook)
            for student in judged
            for notebook in truth.notebooks
        }
        chunk = _Chunk(order, truth.key, known, written)
        todo = []
        for student in order.students:
            # Asked again for a part that a killed worker had finished, or that another grader has just done.
            attempts = known.get(student, [])
            if not order.force and self.store.look(order.assignment, student, attempts, truth.key).current:
                chunk.outcomes[student] = Graded(student, "unchanged")
                continue
            todo.append(student)
        # Some at a time: one's answers are scored while another's code runs, or its notebook is read or written.
        with ThreadPoolExecutor(3, thread_name_prefix="ciberaula-mark") as threads:
            for _done in threads.map(lambda student: self._mark(student, chunk, marker, stage), todo):
                pass
        stage.secure()
        for one in self._book_all(chunk):
            self._publish(one, chunk, stage)
        return [chunk.outcomes[student] for student in order.students]

    def _mark(self, student: str, chunk: _Chunk, marker: Marker, stage: Stage) -> None:
        started = time.monotonic()
        receipt = uuid.uuid4().hex
        submitted = self.store.submitted(student, chunk.order.assignment)
        try:
            one = marker.mark(student, submitted, stage.place(receipt), receipt)
        except Exception as error:
            stage.drop(receipt)
            chunk.failed[student] = _reason(error)
            chunk.fail(student, chunk.failed[student], time.monotonic() - started)
            return
        chunk.marked.append(one)
        state: State = "not_gradable" if one.reasons else "graded"
        reasons = one_line(stuck_words(one.reasons) or "", MAX_REASON) or None
        chunk.outcomes[student] = Graded(student, state, reasons, time.monotonic() - started, one.own_code)

    def _book_all(self, chunk: _Chunk) -> list[Marked]:
        """``_book``, and one by one where something in one of them stops it for all."""
        try:
            return self._book(chunk)
        except UserError:
            raise
        except Exception as error:
            if len(chunk.order.students) > 1:
                return [one for student in chunk.order.students for one in self._book_all(chunk.only(student))]
            (student,) = chunk.order.students
            chunk.fail(student, _reason(error))
            return []

    def _book(self, chunk: _Chunk) -> list[Marked]:
        """Write the marks and what the ledger keeps, all or nothing; return the work whose marks count from now on."""
        assignment, students = chunk.order.assignment, chunk.order.students
        counting: list[Marked] = []
        with ledger.writing(self.db_url) as connection:
            known = ledger.attempts_of(connection, assignment, students)
            due = dues_of(Session(bind=connection), assignment, students)
            for one in chunk.marked:
                before = known.get(one.student, [])
                if self._is_settled(one, before, chunk):
                    continue
                chunk.tell_late(one, due[one.student])
                attempt = self._attempt(one, before, chunk)
                kept = why_kept(policy_of(assignment), self._comparable(attempt, before), attempt, due=due[one.student])
                if kept:
                    outcome = chunk.outcomes[one.student]
                    state: State = "kept" if outcome.state == "graded" else outcome.state
                    chunk.outcomes[one.student] = replace(outcome, state=state, reason=kept)
                else:
                    counting.append(one)
                ledger.record(connection, replace(attempt, counts=kept is None))
            for student, reason in chunk.failed.items():
                failure = self.store.failure(assignment, student, reason, known.get(student, []), chunk.key)
                if failure:
                    ledger.record(connection, failure)
            book(connection, assignment, counting, chunk.answer_changed)
        return counting

    def _is_settled(self, one: Marked, before: Sequence[ledger.Attempt], chunk: _Chunk) -> bool:
        """True where nothing is to be written for a marked submission; its outcome says why."""
        if chunk.graded_meanwhile(one, before):
            chunk.outcomes[one.student] = Graded(one.student, "unchanged")
            return True
        try:
            touched = signature_of(self.store.submitted(one.student, chunk.order.assignment)) != one.signature
        except (OSError, UserError):
            touched = True
        if touched:
            chunk.fail(one.student, _("la entrega cambió mientras se calificaba; califique otra vez"))
            return True
        outcome = chunk.outcomes[one.student]
        had = any(
            attempt.counts and attempt.state == "graded" and (attempt.digest, attempt.key) == (one.digest, chunk.key)
            for attempt in before
        )
        if outcome.state == "not_gradable" and had:  # no sandbox today, say: the marks of yesterday stand
            told = _("{reason} (se conservan las notas que ya tenía)").format(reason=outcome.reason)
            chunk.outcomes[one.student] = replace(outcome, reason=told)
            return True
        return False

    def _comparable(self, now: ledger.Attempt, before: Sequence[ledger.Attempt]) -> list[ledger.Attempt]:
        """The earlier attempts, without one that counts by tests that are gone, or whose graded copy is."""
        return [one for one in before if one.number == now.number or not one.counts or self.store.holds(one, now.key)]

    def _attempt(self, one: Marked, before: Sequence[ledger.Attempt], chunk: _Chunk) -> ledger.Attempt:
        outcome = chunk.outcomes[one.student]
        return ledger.Attempt(
            assignment=chunk.order.assignment,
            student=one.student,
            number=number_of(before, one.digest, one.submitted_at),
            submitted_at=one.submitted_at,
            signature=one.signature,
            digest=one.digest,
            key=chunk.key,
            state=outcome.state,
            reason=outcome.reason,
            points=one.points,
            counts=True,
            receipt=one.receipt,
            graded_at=ledger.utc_now(),
        )

    def _publish(self, one: Marked, chunk: _Chunk, stage: Stage) -> None:
        target = self.store.autograded(one.student, chunk.order.assignment)
        try:
            stage.publish(one.receipt, target, lambda: self.store.counts(one.receipt))
        except OSError as error:
            told = _("las notas están guardadas; la copia calificada espera su lugar ({cause}), califique otra vez")
            chunk.fail(one.student, told.format(cause=cause(error)))

    def _truth(self, assignment: str) -> AssignmentTruth:
        with Gradebook(self.db_url, COURSE_ID) as gradebook:
            try:
                return assignment_truth(self.store.course, gradebook.find_assignment(assignment))
            except MissingEntry as error:
                raise UserError(
                    _("La tarea {name} no está publicada: publíquela primero (ciberaula release {name}).").format(
                        name=assignment
                    )
                ) from error


def _reason(error: Exception) -> str:
    """Why a submission could not be graded, for the instructor."""
    if isinstance(error, UserError):
        return one_line(str(error).rstrip("."), MAX_REASON)
    if isinstance(error, OSError):
        file = Path(str(error.filename)).name if error.filename else _("un archivo")
        return _("no se pudo leer o guardar {file}: {cause}").format(file=file, cause=cause(error))
    _log.exception("a submission could not be graded")
    return _("fallo inesperado: {error}").format(
        error=one_line(f"{type(error).__name__}: {error}".splitlines()[0], 200)
    )
