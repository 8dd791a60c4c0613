"""The marks of a cohort as they leave the house: who, what, how many points, and what still waits.

Read from nbgrader's tables, whatever graded (``ciberaula grade`` or formgrader), with names from the roster. All that a
learning platform, a spreadsheet or, later, an Open Badge needs of a person's result is in ``Mark``: whose, of what,
points and their maximum, whether it is final, and when the work was handed in.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa
from nbgrader.api import Assignment, BaseCell, Grade, Gradebook, GradeCell, SubmittedAssignment, SubmittedNotebook
from sqlalchemy.orm import aliased

from ciberaula.errors import UserError
from ciberaula.grading import ledger
from ciberaula.grading.roster import Learner, read_roster
from ciberaula.grading.troubles import Trouble, troubles
from ciberaula.i18n import _
from ciberaula.paths import home

MarkState = Literal["final", "waiting", "unread", "failed", "ungraded", "absent"]
"""``final``: every item has its score. ``waiting``: an item waits for a person. ``unread``: an answer could not be read, and
others may wait. ``failed``: the work came and none of it could be graded. ``ungraded``: it came and was not graded yet.
``absent``: nothing was handed in."""

# Sums of binary fractions are off in the sixteenth digit; Moodle keeps five decimals.
_DECIMALS = 5


@dataclass(frozen=True)
class Mark:
    """One person's result in one assignment: points, never below zero. ``submitted_at`` is in UTC, or ``None``."""

    state: MarkState
    earned: float | None = None
    """Points of the items that have a score, before any penalty; ``None`` where none has."""
    penalty: float = 0.0
    """Points taken off because it was late."""
    waiting: int = 0
    """Items that wait for a person."""
    unread: int = 0
    """Items whose answer could not be read."""
    submitted_at: datetime | None = None
    reason: str = ""
    """Why the latest work could not be graded, or not all of it: for the instructor."""
    superseded: bool = False
    """Whether these are the marks of an earlier work, for of the latest none could be graded."""

    @property
    def is_graded(self) -> bool:
        """Whether it was graded, at least in part."""
        return self.state in ("final", "waiting", "unread")

    @property
    def points(self) -> float | None:
        """What counts, penalty taken off; of a mark that waits, what there is so far."""
        return None if self.earned is None else round(max(0.0, self.earned - self.penalty), _DECIMALS)

    def shown(self, *, partial: bool) -> float | None:
        """The points that go out: those of a final mark, or what there is where ``partial`` ones were asked for."""
        return self.points if partial or self.state == "final" else None


@dataclass(frozen=True)
class Change:
    """A mark that a person changed by hand: item, points before and after, by whom, why and when (UTC)."""

    assignment: str
    student: str
    item: str
    before: float | None
    points: float | None
    author: str
    reason: str
    made_at: datetime | None


@dataclass(frozen=True)
class MarkTable:
    """The marks of some assignments: ``maxima`` are their points by id, ``marks`` is by student and assignment."""

    maxima: Mapping[str, float]
    people: Sequence[Learner]
    marks: Mapping[tuple[str, str], Mark]
    changes: Sequence[Change]
    strangers: Sequence[str] = ()
    """Ids that handed something in and are not in the roster: told, never exported."""

    def mark(self, student: str, assignment: str) -> Mark:
        """The result of one person in one assignment."""
        return self.marks.get((student, assignment), _ABSENT)

    def handed_in(self, student: str) -> bool:
        """True where there is work of that person in any of the assignments, graded or not."""
        return any((student, assignment) in self.marks for assignment in self.maxima)


_ABSENT = Mark("absent")


@dataclass
class _Sum:
    """What is added up of one submission."""

    penalty: float
    submitted_at: datetime | None
    scores: list[float] = field(default_factory=list)
    waiting: int = 0
    unread: int = 0

    def mark(self, trouble: Trouble | None) -> Mark:
        state: MarkState = "final" if self.scores and not self.waiting else "waiting"
        return Mark(
            state="unread" if self.unread else state,
            earned=round(sum(self.scores), _DECIMALS) if self.scores else None,
            penalty=self.penalty,
            waiting=self.waiting,
            unread=self.unread,
            submitted_at=self.submitted_at.replace(tzinfo=UTC) if self.submitted_at else None,
            reason=self._why(trouble),
            superseded=trouble is not None and trouble.whole and trouble.superseded,
        )

    def _why(self, trouble: Trouble | None) -> str:
        """What is told of ``trouble``: nothing of answers to which a person has given points since."""
        if trouble is None or not (self.unread or trouble.superseded):
            return ""
        if trouble.superseded:
            return _("vale una entrega anterior; la última no se pudo calificar: {reason}").format(
                reason=trouble.reason
            )
        return trouble.reason


def read_marks(gradebook: Gradebook, assignments: Collection[str] = (), students: Collection[str] = ()) -> MarkTable:
    """The marks of ``assignments`` (none named: all that have any cell to grade) and ``students`` (none named: everybody).

    A few queries, however many people. Raises ``UserError`` for an assignment that the gradebook does not know, a
    person who is not in the roster, or a roster that cannot be read.
    """
    maxima = _maxima(gradebook, assignments)
    roster = read_roster()
    unknown = sorted(set(students) - set(roster))
    if unknown:
        raise UserError(_("{id} no está en la lista de participantes: revise cómo se escribe.").format(id=unknown[0]))
    people = [learner for learner in roster.values() if not students or learner.id in students]
    found = _found(gradebook, maxima, roster)
    strangers = sorted({student for student, _assignment in found} - set(roster))
    kept = {learner.id for learner in people}
    marks = {key: mark for key, mark in found.items() if key[0] in kept}
    changes = [change for change in _changes(gradebook, maxima) if change.student in kept]
    return MarkTable(maxima, people, marks, changes, strangers)


def _found(gradebook: Gradebook, maxima: Collection[str], roster: Collection[str]) -> dict[tuple[str, str], Mark]:
    """By student and assignment, the mark of all that was handed in, also of what nbgrader's tables know nothing of."""
    known = troubles(gradebook.db, maxima)
    found = {key: one.mark(known.get(key)) for key, one in _sums(gradebook, maxima).items()}
    for key, trouble in known.items():
        if key not in found and trouble.whole:
            found[key] = Mark("failed", submitted_at=trouble.submitted_at, reason=trouble.reason)
    submitted = home() / "submitted"
    for student in roster:
        for name in maxima:
            if (student, name) not in found and (submitted / student / name).is_dir():
                found[student, name] = Mark("ungraded")
    return found


def _maxima(gradebook: Gradebook, wanted: Collection[str]) -> dict[str, float]:
    known = {one.name: float(one.max_score or 0) for one in gradebook.assignments}
    for name in wanted:
        if name not in known:
            raise UserError(
                _("No existe la tarea {name}: use una de {known}.").format(
                    name=name, known=", ".join(sorted(known)) or _("ninguna todavía")
                )
            )
    names = sorted(set(wanted)) or sorted(name for name, maximum in known.items() if maximum > 0)
    if not names:
        raise UserError(
            _("Todavía no hay ninguna tarea en el libro de calificaciones: publique una (ciberaula release).")
        )
    return {name: known[name] for name in names}


def _sums(gradebook: Gradebook, names: Iterable[str]) -> dict[tuple[str, str], _Sum]:
    chosen = Assignment.name.in_(list(names))
    handed_in = (
        sa.select(
            SubmittedAssignment.student_id,
            Assignment.name,
            SubmittedAssignment.timestamp,
            sa.func.coalesce(sa.func.sum(SubmittedNotebook.late_submission_penalty), 0.0),
        )
        .select_from(SubmittedAssignment)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .outerjoin(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .where(chosen)
        .group_by(SubmittedAssignment.student_id, Assignment.name, SubmittedAssignment.timestamp)
    )
    found = {
        (student, name): _Sum(float(penalty), timestamp)
        for student, name, timestamp, penalty in gradebook.db.execute(handed_in)
    }
    columns = (Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade, _is_test())
    for student, name, auto, manual, extra, needs_person, is_test in gradebook.db.execute(_of_grades(chosen, *columns)):
        one = found[student, name]
        given = auto if manual is None else manual
        if given is not None:
            one.scores.append(given + (extra or 0.0))
        unread = given is None and is_test
        one.unread += unread
        one.waiting += not unread and (bool(needs_person) or given is None)
    return found


def _is_test() -> Any:
    """Whether a grade is of a test: code, and not what the trainee writes. A test gives points, unless it read no answer."""
    cells, written = GradeCell.__table__, aliased(BaseCell)
    solutions = sa.select(written.id).where(
        written.type == "SolutionCell", written.name == BaseCell.name, written.notebook_id == BaseCell.notebook_id
    )
    return sa.exists(
        sa.select(cells.c.id)
        .join(BaseCell, BaseCell.id == cells.c.id)
        .where(cells.c.id == Grade.cell_id, cells.c.cell_type == "code", ~solutions.exists())
        .correlate(Grade.__table__)
    )


def _of_grades(chosen: Any, *columns: Any) -> Any:
    """A query of every grade of the chosen assignments: student, assignment, and ``columns``."""
    return (
        sa.select(SubmittedAssignment.student_id, Assignment.name, *columns)
        .select_from(Grade)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .where(chosen)
    )


def _changes(gradebook: Gradebook, names: Iterable[str]) -> list[Change]:
    """What people changed by hand, oldest first; last, what was changed in formgrader, which asks for no reason."""
    written = _written_changes(gradebook, list(names))
    last = {(one.student, one.assignment, one.item): one.points for one in written}
    silent = [
        one
        for one in _differing_from_test(gradebook, list(names))
        if last.get((one.student, one.assignment, one.item)) != one.points
    ]
    return [*written, *silent]


def _written_changes(gradebook: Gradebook, names: Sequence[str]) -> list[Change]:
    table = ledger.overrides
    if not sa.inspect(gradebook.engine).has_table(table.name):  # a gradebook that only formgrader has used
        return []
    query = sa.select(table).where(table.c.assignment.in_(names)).order_by(table.c.made_at, table.c.id)
    return [
        Change(
            assignment=row["assignment"],
            student=row["student"],
            item=row["item"],
            before=row["before"],
            points=row["points"],
            author=row["author"],
            reason=row["reason"],
            made_at=row["made_at"].replace(tzinfo=UTC),
        )
        for row in gradebook.db.execute(query).mappings()
    ]


def _differing_from_test(gradebook: Gradebook, names: Sequence[str]) -> list[Change]:
    """Tested items whose score a person replaced. Written answers (Markdown) are graded by a person: no change of anything."""
    query = (
        _of_grades(Assignment.name.in_(names), BaseCell.name, Grade.auto_score, Grade.manual_score)
        .join(GradeCell, Grade.cell_id == GradeCell.id)
        .where(GradeCell.cell_type == "code", Grade.manual_score.is_not(None), Grade.auto_score.is_not(None))
        .where(Grade.manual_score != Grade.auto_score)
        .order_by(Assignment.name, SubmittedAssignment.student_id, BaseCell.name)
    )
    return [
        Change(name, student, item, auto, manual, _("alguien, en formgrader"), _("sin motivo anotado"), None)
        for student, name, item, auto, manual in gradebook.db.execute(query)
    ]
