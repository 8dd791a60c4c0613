"""Grading one submission in memory: its notebooks read with limits, repaired, scored and written to a folder aside.

The steps are the ones that nbgrader runs by our configuration (``ciberaula.grading.config``), with what is the same for
all submissions read once: no connection to the gradebook, no configuration, no file of the course for each of them.
"""

import hashlib
import logging
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
from nbgrader.utils import compute_checksum, is_grade, is_solution, is_task
from traitlets.config import Config

from ciberaula.errors import UserError
from ciberaula.grading.admission import admit, read_submitted
from ciberaula.grading.autograde import NO_ANSWER, Marks, TwoStageExecute, score_in
from ciberaula.grading.repair import repair
from ciberaula.grading.rubric import Rubric, load_rubric, show_rubric
from ciberaula.grading.staging import RECEIPT
from ciberaula.grading.submission_files import (
    digest_of,
    files_of,
    handed_in_at,
    ignored,
    signature_of,
)
from ciberaula.grading.truth import AssignmentTruth
from ciberaula.grading.work import notebook_text


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
    """A graded submission, not yet in the gradebook. ``reasons``: (item, reason) of what has no score."""

    student: str
    receipt: str
    submitted_at: datetime | None
    signature: str
    digest: str
    notebooks: Mapping[str, NotebookMarks]
    reasons: tuple[tuple[str, str], ...] = ()
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
        found = admit(submitted, self.truth.notebooks)
        signature, digest = signature_of(submitted), digest_of(submitted)
        self._copy_files(submitted, folder)
        notebooks: dict[str, NotebookMarks] = {}
        reasons: list[tuple[str, str]] = []
        own_code = False
        for name in self.truth.notebooks:
            if name not in found:  # as nbgrader has it, a notebook that is not there is worth nothing
                notebooks[name] = NotebookMarks(dict.fromkeys(self._tested_cells(name), 0.0))
                continue
            nb = read_submitted(submitted / f"{name}.ipynb")
            told = self._mark_notebook(nb, name, submitted)
            own_code |= told.ran_own_code
            reasons += told.reasons
            notebooks[name] = marks_in(nb)
            (folder / f"{name}.ipynb").write_text(notebook_text(nb), encoding="utf-8")
        for path in files_of(folder):
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

    def _tested_cells(self, notebook: str) -> Iterator[str]:
        cells = self.truth.notebooks[notebook].cells
        return (name for name, cell in cells.items() if cell.metadata["grade"] or cell.metadata["task"])

    def _copy_files(self, submitted: Path, folder: Path) -> None:
        """The submission's files, under the instructor's of the same name, as nbgrader lays them."""
        found = {path.relative_to(submitted): path for path in files_of(submitted) if path.suffix != ".ipynb"}
        files = {name: path for name, path in found.items() if not ignored(name, self._ignore)}
        files.pop(Path(RECEIPT), None)  # ours, and already there
        for name, path in {**files, **self._beside}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name, follow_symlinks=False)


def marks_in(nb: Any) -> NotebookMarks:
    """What ``SaveGrades`` would write to the gradebook for a scored notebook."""
    found = NotebookMarks({})
    for cell in nb.cells:
        if not (is_grade(cell) or is_solution(cell) or is_task(cell)):
            continue
        grade_id = cell.metadata["nbgrader"]["grade_id"]
        if is_grade(cell):
            found.scores[grade_id] = score_in(cell)
        if is_task(cell):
            found.scores[grade_id] = None  # only a person can tell, also where it was missing before and had a zero
        if is_solution(cell) or is_task(cell):
            blank = cell.metadata["nbgrader"].get("checksum") == compute_checksum(cell) and not is_task(cell)
            found.comments[grade_id] = NO_ANSWER if blank else None
            found.written[grade_id] = hashlib.sha256(cell.source.encode()).hexdigest()
    return found


def _rubric_of(assignment: str) -> Rubric | None:
    try:
        return load_rubric(assignment)
    except UserError as error:
        logging.getLogger(__name__).error("%s", error)
        return None
