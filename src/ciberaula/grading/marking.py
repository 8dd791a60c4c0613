"""Grading one submission in memory: its notebooks read with limits, repaired, scored and written to a folder aside.

The steps are the ones that nbgrader runs by our configuration (``ciberaula.grading.config``), with what is the same for
all submissions read once: no connection to the gradebook, no configuration, no file of the course for each of them.
"""

import hashlib
import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearOutput, LimitOutput
from nbgrader.utils import compute_checksum, is_grade, is_solution, is_task, parse_utc
from traitlets.config import Config

from ciberaula.errors import UserError
from ciberaula.grading import isolated
from ciberaula.grading.autograde import NO_ANSWER, Marks, TwoStageExecute, score_in
from ciberaula.grading.repair import repair, set_aside_odd_files
from ciberaula.grading.rubric import Rubric, load_rubric, show_rubric
from ciberaula.grading.staging import RECEIPT
from ciberaula.grading.truth import AssignmentTruth
from ciberaula.grading.work import read_notebook
from ciberaula.i18n import _

MAX_NOTEBOOK_BYTES = 32 * 2**20
_TIMESTAMP = "timestamp.txt"
_NO_WORK = frozenset({".ipynb_checkpoints", "__pycache__", ".ciberaula", "feedback"})


@dataclass(frozen=True)
class NotebookMarks:
    """What goes into the gradebook for one notebook, by grade id.

    ``scores``: points by test, ``None`` where a person must give them. ``comments``: what nbgrader says of an answer by
    itself. ``written``: a digest of each answer in prose, so that a person need not judge the same words twice.
    """

    scores: dict[str, float | None]
    comments: dict[str, str | None] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Marked:
    """A graded submission, not yet in the gradebook. ``reasons``: «item: reason» of what has no score."""

    student: str
    receipt: str
    submitted_at: datetime | None
    signature: str
    digest: str
    notebooks: Mapping[str, NotebookMarks]
    reasons: tuple[str, ...] = ()
    own_code: bool = False

    @property
    def points(self) -> float:
        """The points earned by test, all notebooks together."""
        return sum(score or 0.0 for marks in self.notebooks.values() for score in marks.scores.values())


class Marker:
    """Grades the submissions of one assignment by what ``truth`` says."""

    def __init__(self, truth: AssignmentTruth, course: CourseDirectory, config: Config) -> None:
        self.truth = truth
        self._ignore = list(course.ignore)
        self._execute = TwoStageExecute(config=config)
        self._clear = ClearOutput(config=config)
        self._strip = ClearMetadataPreprocessor(config=config)
        self._limit = LimitOutput(config=config)
        self._rubric = _rubric_of(truth.name)
        self._beside = truth.beside(self._ignore)

    def mark(self, student: str, submitted: Path, folder: Path, receipt: str) -> Marked:
        """Grade what ``student`` handed in at ``submitted`` and write the graded copy into ``folder``.

        Raises ``UserError`` with a reason for the instructor where nothing can be graded.
        """
        set_aside_odd_files(submitted)
        _refuse_heaps(submitted)
        signature, digest = signature_of(submitted), digest_of(submitted)
        self._copy_files(submitted, folder)
        found = [name for name in self.truth.notebooks if (submitted / f"{name}.ipynb").is_file()]
        if not found:
            raise UserError(_("la entrega no trae el cuaderno de la tarea"))
        notebooks: dict[str, NotebookMarks] = {}
        reasons: list[str] = []
        own_code = False
        for name in self.truth.notebooks:
            if name not in found:  # as nbgrader has it, a notebook that is not there is worth nothing
                notebooks[name] = NotebookMarks(dict.fromkeys(self._graded_cells(name), 0.0))
                continue
            nb = read_submitted(submitted / f"{name}.ipynb")
            told = self._mark_notebook(nb, name, submitted)
            own_code |= told.ran_own_code
            reasons += told.reasons
            notebooks[name] = marks_in(nb)
            (folder / f"{name}.ipynb").write_text(nbformat.writes(nb, version=4) + "\n", encoding="utf-8")
        for path in _files(folder):
            path.chmod(0o444)  # nbgrader's own: a graded copy is no place to edit
        return Marked(student, receipt, handed_in_at(submitted), signature, digest, notebooks, tuple(reasons), own_code)

    def _mark_notebook(self, nb: Any, name: str, submitted: Path) -> Marks:
        truth = self.truth.notebooks[name]
        resources: dict[str, Any] = {"metadata": {}}
        self._clear(nb, resources)
        repair(nb, truth.cells)
        if truth.kernelspec:
            nb.metadata["kernelspec"] = nbformat.from_dict(dict(truth.kernelspec))
        told = self._execute.mark(nb, name, self.truth, self.truth.places(submitted))
        self._strip(nb, resources)
        self._limit(nb, resources)
        show_rubric(nb, self._rubric)
        return told

    def _graded_cells(self, notebook: str) -> Iterator[str]:
        cells = self.truth.notebooks[notebook].cells
        return (name for name, cell in cells.items() if "points" in cell.metadata)

    def _copy_files(self, submitted: Path, folder: Path) -> None:
        """The submission's files, under the instructor's of the same name, as nbgrader lays them."""
        files = {path.relative_to(submitted): path for path in _files(submitted) if path.suffix != ".ipynb"}
        files.pop(Path(RECEIPT), None)  # ours, and already there
        for name, path in {**files, **self._beside}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name, follow_symlinks=False)


def read_submitted(path: Path) -> Any:
    """A submitted notebook. Raises ``UserError`` with the reason, for the instructor, of one that cannot be graded."""
    if path.stat().st_size > MAX_NOTEBOOK_BYTES:
        raise UserError(
            _("el cuaderno pesa más de {mb} MB; pida que borre sus salidas y lo entregue otra vez").format(
                mb=MAX_NOTEBOOK_BYTES // 2**20
            )
        )
    try:
        return read_notebook(path.read_bytes())
    except UserError as error:
        raise UserError(
            _("el cuaderno está dañado ({reason}); pida otra entrega").format(reason=str(error).rstrip("."))
        ) from error


def _refuse_heaps(folder: Path) -> None:
    """Raise ``UserError`` for more files or bytes than work needs: each would be copied for the instructor."""
    sizes = [status.st_size for _path, status in _stats(folder)]
    if len(sizes) > isolated.MAX_FILES or sum(sizes) > isolated.MAX_BYTES:
        raise UserError(
            _("la entrega pasa de {files} archivos o {mb} MB; pida a quien la hizo que la reduzca").format(
                files=isolated.MAX_FILES, mb=isolated.MAX_BYTES // 2**20
            )
        )


def signature_of(folder: Path) -> str:
    """A digest of names, sizes and times: cheap, and the same as long as nobody touched a file."""
    told = sorted(
        f"{path.relative_to(folder)}\0{status.st_size}\0{status.st_mtime_ns}" for path, status in _stats(folder)
    )
    return hashlib.sha256("\n".join(told).encode("utf-8", "surrogateescape")).hexdigest()


def digest_of(folder: Path) -> str:
    """A digest of names and contents: the same for a copy of the work, whenever it was made."""
    digest = hashlib.sha256()
    for path, status in sorted(_stats(folder)):
        digest.update(str(path.relative_to(folder)).encode("utf-8", "surrogateescape") + b"\0")
        if status.st_size > isolated.MAX_BYTES:  # refused anyhow; a file of holes would take hours to read
            digest.update(str(status.st_size).encode() + b"\0")
            continue
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def marks_in(nb: Any) -> NotebookMarks:
    """What ``SaveGrades`` would write to the gradebook for a scored notebook."""
    found = NotebookMarks({})
    for cell in nb.cells:
        if not (is_grade(cell) or is_solution(cell) or is_task(cell)):
            continue
        grade_id = cell.metadata["nbgrader"]["grade_id"]
        if is_grade(cell):
            found.scores[grade_id] = score_in(cell)
        if is_solution(cell) or is_task(cell):
            blank = cell.metadata["nbgrader"].get("checksum") == compute_checksum(cell) and not is_task(cell)
            found.comments[grade_id] = NO_ANSWER if blank else None
            found.written[grade_id] = hashlib.sha256(cell.source.encode()).hexdigest()
    return found


def handed_in_at(folder: Path) -> datetime | None:
    """When the work was handed in, UTC without a zone. ``UserError`` for a time that cannot be read."""
    try:
        told = (folder / _TIMESTAMP).read_text(encoding="utf-8").strip()
        return parse_utc(told) if told else None
    except FileNotFoundError:
        return None
    except (ValueError, OverflowError) as error:
        raise UserError(
            _("la fecha de entrega ({file}) no se entiende; corríjala o bórrela y califique de nuevo").format(
                file=_TIMESTAMP
            )
        ) from error


def _rubric_of(assignment: str) -> Rubric | None:
    try:
        return load_rubric(assignment)
    except UserError as error:
        logging.getLogger(__name__).error("%s", error)
        return None


def _files(folder: Path) -> Iterator[Path]:
    return (path for path, _status in _stats(folder))


def _stats(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The plain files under ``folder`` that are work, with their status; what editors leave behind is none."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in _NO_WORK:
                yield from _stats(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            yield Path(entry.path), entry.stat(follow_symlinks=False)
