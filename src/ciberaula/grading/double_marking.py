"""A second reading of a share of the written answers, and how far two readers agree. It never changes the gradebook.

``grading/rubrics/<assignment>.yml`` says which share and which agreement (``double_marking``). Second judgements are kept
in ``var/double-marking/<assignment>.csv`` (columns: student, author, at, and a column of points per criterion).
"""

import csv
import hashlib
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Gradebook

from ciberaula.errors import UserError
from ciberaula.files import cause, write_atomic
from ciberaula.grading.config import COURSE_ID
from ciberaula.grading.rubric import DoubleMarking, Rubric, judge, judged_grade, levels_in, load_rubric, signed_by
from ciberaula.i18n import _
from ciberaula.paths import home

_COLUMNS = ("student", "author", "at")
# Of fewer answers kappa is not told: one more answer could turn it round. Of fewer than the second it is told with a
# caution. Conventions of this course, not thresholds of the literature.
FEWEST_ANSWERS = 5
FEW_ANSWERS = 30
# A share of a small group would never give so many, and one of those drawn may still wait for its first judgement.
FEWEST_DRAWN = FEWEST_ANSWERS + 1


@dataclass(frozen=True)
class Second:
    """A second judgement: the level (in points) per criterion, who gave it, and when (ISO 8601 UTC)."""

    student: str
    author: str
    at: str
    levels: Mapping[str, float]


@dataclass(frozen=True)
class Agreement:
    """How far both readers agree on one criterion over ``answers`` answers, ``same`` of them at the same level.

    ``kappa`` is ``None`` where it has no value; ``enough`` is false where it is below what is asked.
    """

    criterion: str
    answers: int
    kappa: float | None
    enough: bool
    same: int


class DoubleReading:
    """The double marking of one assignment. Raises ``UserError`` where its rubric does not ask for one."""

    def __init__(self, assignment: str, db_url: str) -> None:
        rubric = load_rubric(assignment)
        if rubric is None or rubric.double_marking is None:
            raise UserError(
                _("La tarea {name} no pide doble lectura: añada double_marking a su rúbrica (grading/rubrics).").format(
                    name=assignment
                )
            )
        self.assignment = assignment
        self.rubric: Rubric = rubric
        self.asked: DoubleMarking = rubric.double_marking
        self.path: Path = home() / "double-marking" / f"{assignment}.csv"
        self._first = _first_comments(rubric, assignment, db_url)

    def drawn(self) -> list[str]:
        """Whose answers are read twice: the same for everybody who asks, and without a look at any score."""
        return draw(self.assignment, self._first, self.asked.share, FEWEST_DRAWN)

    def seconds(self) -> dict[str, Second]:
        """The second judgements so far, by student. Raises ``UserError`` for a file that somebody damaged."""
        if not self.path.exists():
            return {}
        try:
            rows = list(csv.DictReader(io.StringIO(self.path.read_text(encoding="utf-8"))))
            return {
                row["student"]: Second(
                    row["student"],
                    row["author"],
                    row["at"],
                    {one.id: one.level(float(row[one.id])).points for one in self.rubric.criteria},
                )
                for row in rows
            }
        except OSError as error:
            raise UserError(_("No se pudo leer {path}: {cause}.").format(path=self.path, cause=cause(error))) from error
        except (KeyError, ValueError, TypeError, csv.Error, UserError) as error:
            raise UserError(
                _("{path} no tiene la forma esperada: corríjalo o apártelo para empezar de nuevo.").format(
                    path=self.path
                )
            ) from error

    def record(self, student: str, levels: Mapping[str, float], author: str, *, now: datetime | None = None) -> None:
        """Keep a second judgement; the same reader may correct it.

        Raises ``UserError`` for an answer that was not drawn, a reader who is the first one (or another than the second
        so far), levels that the rubric does not have, or a disk that can't be written.
        """
        judge(self.rubric, levels, (), author)
        seconds = self.seconds()
        if student not in {*self.drawn(), *seconds}:
            raise UserError(
                _("A {student} no le tocó la doble lectura de {name}: son {drawn}.").format(
                    student=student, name=self.assignment, drawn=", ".join(self.drawn()) or _("ninguna todavía")
                )
            )
        before = seconds.get(student)
        same = signed_by(self._first.get(student, ""), author)
        if same or (before is not None and before.author.casefold() != author.casefold()):
            raise UserError(
                _("La segunda lectura de {student} es de otra persona: {author} no puede darla.").format(
                    student=student, author=author
                )
            )
        at = (now or datetime.now(UTC)).isoformat(timespec="seconds")
        self._write({**seconds, student: Second(student, author, at, dict(levels))}.values())

    def agreement(self) -> list[Agreement]:
        """Weighted kappa per criterion, over the answers that have both judgements by levels."""
        seconds = self.seconds()
        pairs = [
            (first, seconds[student].levels)
            for student, comment in self._first.items()
            if student in seconds and (first := levels_in(self.rubric, comment)) is not None
        ]
        found = []
        for criterion in self.rubric.criteria:
            scale = sorted(level.points for level in criterion.levels)
            ranks = [(scale.index(first[criterion.id]), scale.index(second[criterion.id])) for first, second in pairs]
            kappa = weighted_kappa(ranks, len(scale))
            enough = kappa is None or kappa >= self.asked.kappa
            same = sum(one == other for one, other in ranks)
            found.append(Agreement(criterion.name, len(pairs), kappa, enough, same))
        return found

    def _write(self, seconds: Iterable[Second]) -> None:
        text = io.StringIO()
        rows = csv.DictWriter(text, [*_COLUMNS, *(one.id for one in self.rubric.criteria)], lineterminator="\n")
        rows.writeheader()
        for one in sorted(seconds, key=lambda second: second.student):
            rows.writerow({"student": one.student, "author": one.author, "at": one.at, **one.levels})
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(self.path, text.getvalue().encode())
        except OSError as error:
            raise UserError(
                _("No se pudo guardar {path}: {cause}.").format(path=self.path, cause=cause(error))
            ) from error


def draw(assignment: str, students: Iterable[str], share: float, fewest: int = 0) -> list[str]:
    """``share`` of ``students``, rounded up, and at least ``fewest`` where there are so many, in alphabetical order: those
    whose SHA-256 with the assignment comes first.

    Nobody chooses, nothing but the ids counts, and the same ids give the same draw everywhere.
    """
    ranked = sorted(students, key=lambda one: hashlib.sha256(f"{assignment}/{one}".encode()).digest())
    # 0.2 * 15 is a hair above 3 in binary.
    return sorted(ranked[: max(fewest, math.ceil(round(share * len(ranked), 6)))])


def weighted_kappa(pairs: Sequence[tuple[int, int]], levels: int) -> float | None:
    """Cohen's kappa with quadratic weights, for ordered levels 0 … ``levels`` - 1 that two readers gave the same answers.

    kappa = 1 - sum(w_ij o_ij) / sum(w_ij e_ij), with w_ij = (i - j)^2 / (levels - 1)^2, o_ij the share of answers at level
    i for the first reader and j for the second, and e_ij = o_i. o_.j the share expected by chance. Two levels apart weigh
    four times as much as one. ``None`` without answers, or where chance alone agrees on all (both gave one same level).

    Source: J. Cohen (1968), "Weighted kappa: nominal scale agreement with provision for scaled disagreement or partial
    credit", Psychological Bulletin 70(4), 213-220.
    """
    if not pairs:
        return None
    # The common factors 1 / n and 1 / (levels - 1)^2 are kept out of both sums.
    observed = sum((one - other) ** 2 for one, other in pairs)
    first = [sum(one == level for one, _other in pairs) for level in range(levels)]
    second = [sum(other == level for _one, other in pairs) for level in range(levels)]
    expected = sum((i - j) ** 2 * first[i] * second[j] for i in range(levels) for j in range(levels)) / len(pairs)
    return None if expected == 0 else 1 - observed / expected


def _first_comments(rubric: Rubric, assignment: str, db_url: str) -> dict[str, str]:
    """The comment of the first reader by student, empty where nobody judged; of all who wrote something."""
    found = {}
    with Gradebook(db_url, COURSE_ID) as gradebook:
        for submission in gradebook.assignment_submissions(assignment):
            notebook, grade = judged_grade(rubric, submission)
            comment = gradebook.find_comment(grade.name, notebook.name, assignment, submission.student_id)
            if not comment.auto_comment:  # nbgrader says so of an answer that was left as released
                found[submission.student_id] = comment.manual_comment or ""
    return found
