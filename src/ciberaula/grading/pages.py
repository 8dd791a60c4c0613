"""Feedback pages made and released in this process: the same bytes as nbgrader's way, without starting it for each page.

``nbgrader generate_feedback`` reads its configuration and builds its exporter anew for each submission, which takes ten
times as long as the page itself. Here one exporter serves them all, and the gradebook answers once for many.
"""

import hashlib
import json
import logging
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import nbformat
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import notebook_hash
from traitlets.config import Config

from ciberaula.files import sync_disk, write_atomic
from ciberaula.grading import ledger
from ciberaula.grading.config import COURSE_ID, course_config
from ciberaula.grading.feedback import KEPT, NAMED_BY, FeedbackExporter, kept_of
from ciberaula.grading.feedback_page import Page, page_of, page_without_marks, question_texts
from ciberaula.grading.standing import Standing, standings_of
from ciberaula.i18n import _

# In a trainee's feedback folder: which attempt the released pages answer, and with which marks. Written last.
RELEASED = ".publicada"
_EMPTY = nbformat.v4.new_notebook()

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shown:
    """What became of the feedback of one trainee: ``released`` to the exchange, only ``written``, or ``failed``.

    ``reason``: one Spanish phrase for the instructor where something is missing. ``pages``: what was written, in
    ``feedback/`` and in the exchange.
    """

    student: str
    state: Literal["released", "written", "failed"]
    reason: str | None = None
    pages: tuple[Path, ...] = ()


class FeedbackDesk:
    """The feedback of one assignment of the course we are in (``CIBERAULA_COURSE``, ``CIBERAULA_HOME``)."""

    def __init__(self, assignment: str) -> None:
        config = course_config()
        self.assignment = assignment
        self._course = CourseDirectory(config=config)
        self._exchange = Path(config.Exchange.root) / COURSE_ID / "feedback"
        self._db_url = str(self._course.db_url)

    def graded(self) -> list[str]:
        """Who has graded work, or work that nobody could open, in order."""
        everyone = Path(self._course.root, self._course.format_path(self._course.autograded_directory, ".", "."))
        found = {path.parent.name for path in everyone.glob(f"*/{self.assignment}")}
        with ledger.reading(self._db_url) as connection:
            return sorted(found | ledger.attempts_of(connection, self.assignment).keys())

    def owed(self) -> list[str]:
        """Whose last attempt was graded and has no released page, as after a crash between the two, or one with other
        marks, comments or dates than the gradebook has now."""
        with ledger.reading(self._db_url) as connection:
            attempts = ledger.attempts_of(connection, self.assignment)
            standings = standings_of(connection, self.assignment)
        return sorted(
            student
            for student, made in attempts.items()
            if self._released(student) != _answered(made[-1], standings.get(student, {}))
        )

    def show(self, students: Sequence[str], *, release: bool = True) -> list[Shown]:
        """Write the pages of each of ``students``, and release them where asked. What fails with one costs only that one.

        Raises ``OSError`` for a full or broken disk and SQLAlchemy's errors for a gradebook that does not answer: neither
        is about one trainee.
        """
        with ledger.reading(self._db_url) as connection:
            attempts = ledger.attempts_of(connection, self.assignment, students)
            standings = standings_of(connection, self.assignment, students)
        texts = question_texts(self._course, self.assignment)
        shown = []
        for student in students:
            try:
                shown.append(self._show(student, attempts.get(student, []), standings.get(student, {}), texts, release))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                # A graded notebook that is none, as after somebody edited it. No id and no text: this may reach a log.
                _log.error("feedback of %s: %s", self.assignment, type(error).__name__)
                reason = _("el cuaderno calificado no se puede leer; califíquelo de nuevo")
                shown.append(Shown(student, "failed", reason))
        self._remember(
            {
                one.student: _answered(attempts[one.student][-1], standings.get(one.student, {}))
                for one in shown
                if one.state == "released" and one.student in attempts
            }
        )
        return shown

    def _show(
        self,
        student: str,
        attempts: Sequence[ledger.Attempt],
        standings: Mapping[str, Standing],
        texts: Mapping[str, str],
        release: bool,
    ) -> Shown:
        graded, submitted = self._folder("autograded", student), self._folder("submitted", student)
        unopened = bool(attempts) and attempts[-1].state == "failed"
        kept = kept_of(attempts)
        pages = {
            path.stem: _html(
                page_of(
                    _read(path), standings[path.stem], texts, assignment=self.assignment, student=student, kept=kept
                )
            )
            for path in sorted(graded.glob("*.ipynb"))
            if path.stem in standings
        }
        notes = self._notes(student) if unopened else {}
        if not notes and not pages:
            return Shown(student, "failed", _("no hay nada calificado"))
        written = self._write(student, pages or notes, graded if pages else submitted)
        if not release:
            return Shown(student, "written", None, tuple(written))
        released = self._release(pages, graded) + self._release(notes, submitted)
        if kept:  # the trainee looks under the name of the last attempt
            released += self._release(pages, submitted)
        if not released:
            reason = _("la entrega no trae {file}: la página queda en feedback/ y no en el intercambio")
            return Shown(student, "written", reason.format(file=NAMED_BY), tuple(written))
        return Shown(student, "released", None, (*written, *released))

    def _remember(self, answered: Mapping[str, str]) -> None:
        """Note what the pages of each student answer, once they are on the disk to stay."""
        if not answered:
            return
        for folder in (self._folder("feedback", next(iter(answered))), self._exchange):
            sync_disk(folder)
        for student, note in answered.items():
            write_atomic(self._folder("feedback", student) / RELEASED, note.encode(), sync=False)

    def _notes(self, student: str) -> dict[str, bytes]:
        """A page for each notebook of work that nobody could open."""
        release = Path(self._course.format_path(self._course.release_directory, ".", self.assignment)).resolve()
        return {
            path.stem: _html(page_without_marks(_read(path), assignment=self.assignment, student=student))
            for path in sorted(release.glob("*.ipynb"))
        }

    def _write(self, student: str, pages: Mapping[str, bytes], origin: Path) -> list[Path]:
        """Put the pages in ``feedback/``, with what nbgrader needs to release them, and nothing from before."""
        folder = self._folder("feedback", student)
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for name, page in pages.items():
            write_atomic(folder / f"{name}.html", page, sync=False)
            written.append(folder / f"{name}.html")
        for name in KEPT:
            content = _small(origin / name)
            if content is not None:
                write_atomic(folder / name, content, sync=False)
        for path in folder.iterdir():
            if path.name not in KEPT and path not in written and not path.is_dir():
                path.unlink()
        return written

    def _release(self, pages: Mapping[str, bytes], origin: Path) -> list[Path]:
        """Put the pages where the trainee's nbgrader looks for those of the submission in ``origin``."""
        secret = _small(origin / NAMED_BY)
        if not secret or not pages:
            return []
        if not self._exchange.is_dir():
            self._exchange.mkdir(parents=True, exist_ok=True)
            # As nbgrader leaves it: who knows the name of a page may read it, and nobody may list them.
            self._exchange.chmod(0o711)
        released = []
        for name, page in pages.items():
            told = notebook_hash(secret=secret.decode("utf-8", "replace"), notebook_id=name)
            write_atomic(self._exchange / f"{told}.html", page, sync=False)
            released.append(self._exchange / f"{told}.html")
        return released

    def _released(self, student: str) -> str | None:
        content = _small(self._folder("feedback", student) / RELEASED)
        return None if content is None else content.decode("utf-8", "replace").strip()

    def _folder(self, step: Literal["submitted", "autograded", "feedback"], student: str) -> Path:
        directory = getattr(self._course, f"{step}_directory")
        return Path(self._course.root, self._course.format_path(directory, student, self.assignment))


def _answered(attempt: ledger.Attempt, standings: Mapping[str, Standing]) -> str:
    """What names in ``RELEASED`` an attempt and what the gradebook says of it. Work that nobody could open has no receipt."""
    told = {name: asdict(one) for name, one in standings.items()}
    marks = hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
    return f"{attempt.receipt or f'{attempt.state} {attempt.digest}'} {marks}"


def _html(page: Page) -> bytes:
    told, _resources = _exporter().from_notebook_node(_EMPTY, {"ciberaula_page": page})
    return str(told).encode()


@cache
def _exporter() -> FeedbackExporter:
    # As nbgrader has it: without nbconvert's own steps, which would have no cell to work on.
    return FeedbackExporter(config=Config({"Exporter": {"default_preprocessors": []}}))


def _read(path: Path) -> Any:
    """A notebook that we wrote ourselves: without the checks of a stranger's, which take longer than the page."""
    return nbformat.v4.reads(path.read_text(encoding="utf-8"))


def _small(path: Path) -> bytes | None:
    """A small plain file of a submission's folder; ``None`` where there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read(4096)
