"""Where a course's submissions and graded copies lie, and whether a submission's marks are those of today."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
import sqlalchemy as sa
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from ciberaula.errors import UserError
from ciberaula.grading import ledger
from ciberaula.grading.marking import marks_in
from ciberaula.grading.roster import STUDENT_ID
from ciberaula.grading.staging import ASIDE, in_hand, receipt_in, recover
from ciberaula.grading.submission_files import digest_of, handed_in_at, signature_of


@dataclass(frozen=True)
class Look:
    """What a look at a submission found: its attempt in the ledger, if it has one, and which attempt counts.

    ``current``: graded in full, with today's tests, and the graded copy is in place. ``signature`` is to be kept where the
    contents are known under another. ``gone``: another attempt counts, by tests or with a copy that are no longer there.
    """

    current: bool
    mine: ledger.Attempt | None = None
    signature: str | None = None
    gone: ledger.Attempt | None = None


class Store:
    """The folders of the course that ``config`` describes."""

    def __init__(self, config: Config) -> None:
        self.course = CourseDirectory(config=config)
        self.db_url = str(self.course.db_url)

    def submitted(self, student: str, assignment: str) -> Path:
        """What a trainee handed in. The last two parts may be links: nothing here follows them."""
        return self._folder(self.course.submitted_directory, student, assignment)

    def autograded(self, student: str, assignment: str) -> Path:
        """The graded copy of it."""
        return self._folder(self.course.autograded_directory, student, assignment)

    @property
    def aside(self) -> Path:
        """Where graded copies are made."""
        return Path(self.course.format_path(self.course.autograded_directory, ".", ".")).resolve() / ASIDE

    def handed_in(self, assignment: str) -> list[str]:
        """Who has work in ``submitted``, among those whose id is one."""
        everyone = Path(self.course.format_path(self.course.submitted_directory, ".", ".")).resolve()
        if not everyone.is_dir():
            return []
        names = (entry.name for entry in os.scandir(everyone) if STUDENT_ID.fullmatch(entry.name))
        return sorted(name for name in names if os.path.isdir(everyone / name / assignment))  # noqa: PTH112 - never raises

    def look(self, assignment: str, student: str, attempts: Sequence[ledger.Attempt], key: str) -> Look:
        """Whether a submission is current by the ledger's ``attempts`` and the tests' ``key``. Reads only what was touched."""
        if not attempts:
            return Look(False)
        folder = self.submitted(student, assignment)
        try:
            signature = signature_of(folder)
            mine = next((one for one in attempts if one.signature == signature), None)
            known = mine is not None
            if mine is None:
                digest = digest_of(folder)
                mine = next((one for one in attempts if one.digest == digest), None)
        except (OSError, UserError):
            return Look(False)  # what cannot be read is told where it is graded, and stops nobody else
        counting = next((one for one in attempts if one.counts), None)
        if counting is not None and not self.holds(counting, key):
            other = mine is None or counting.number != mine.number
            return Look(False, mine, None, counting if other else None)
        current = mine is not None and mine.state == "graded" and mine.key == key and counting is not None
        return Look(current, mine, None if known or mine is None else signature)

    def holds(self, counting: ledger.Attempt, key: str) -> bool:
        """Whether the marks of an attempt that counts are by today's tests and its graded copy is in place, or about to be."""
        place = self.autograded(counting.student, counting.assignment)

        def placed() -> bool:
            return receipt_in(place) == counting.receipt

        # Between the marks and the folder another grader may be half way: looked at again, as it may just have arrived.
        return counting.key == key and (placed() or in_hand(self.aside, counting.receipt) or placed())

    def written(self, student: str, assignment: str, notebook: str) -> dict[str, str]:
        """The digests of the written answers in the graded copy; none where there is none that can be read."""
        path = self.autograded(student, assignment) / f"{notebook}.ipynb"
        try:
            return marks_in(nbformat.read(path, as_version=4)).written
        except Exception:  # whatever is wrong with it: a person looks at the answer again
            return {}

    def recover(self) -> None:
        """Finish what processes left aside that were killed."""

        def place_of(receipt: str) -> Path | None:
            table = ledger.attempts
            query = sa.select(table.c.student, table.c.assignment).where(table.c.receipt == receipt, table.c.counts)
            with ledger.reading(self.db_url) as connection:
                row = connection.execute(query).first()
            return self.autograded(row.student, row.assignment) if row else None

        recover(self.aside, place_of)

    def counts(self, receipt: str) -> bool:
        """Whether the marks of the graded copy with this receipt are the ones in the gradebook."""
        with ledger.reading(self.db_url) as connection:
            table = ledger.attempts
            query = sa.select(sa.literal(1)).where(table.c.receipt == receipt, table.c.counts)
            return connection.execute(query).first() is not None

    def failure(
        self, assignment: str, student: str, reason: str, before: Sequence[ledger.Attempt], key: str
    ) -> ledger.Attempt | None:
        """The row of work that could not be graded at all; ``None`` where nothing is there, or the same work has marks."""
        folder = self.submitted(student, assignment)
        try:
            signature, digest = signature_of(folder), digest_of(folder)
        except FileNotFoundError:
            return None
        except (OSError, UserError):
            signature = digest = ""
        try:
            submitted_at = handed_in_at(folder)  # collecting knows by it that this one had its turn
        except (OSError, UserError):
            submitted_at = None
        if any(one.digest == digest and one.counts for one in before):
            return None
        again = (one.number for one in before if one.state == "failed" and one.digest == digest)
        return ledger.Attempt(
            assignment=assignment,
            student=student,
            number=next(again, _next_number(before)),
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

    def _folder(self, directory: str, student: str, assignment: str) -> Path:
        everyone = Path(self.course.format_path(directory, ".", ".")).resolve()
        return everyone / student / assignment


def number_of(before: Sequence[ledger.Attempt], digest: str, submitted_at: object) -> int:
    """The number of an attempt: what was handed in at one moment is one attempt, also after somebody corrected a file."""
    scored = [one for one in before if one.state != "failed"]
    same = next(
        (
            one.number
            for one in scored
            if (one.submitted_at == submitted_at if submitted_at is not None else one.digest == digest)
        ),
        None,
    )
    return same or _next_number(before)


def _next_number(before: Sequence[ledger.Attempt]) -> int:
    return max((one.number for one in before), default=0) + 1
