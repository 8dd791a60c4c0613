"""What an assignment is, as the gradebook and the instructor's folder say: read once, held against every submission."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Assignment, Notebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files

from ciberaula.errors import UserError
from ciberaula.grading.trusted import TestCell, release_folder
from ciberaula.i18n import _


@dataclass(frozen=True)
class TrueCell:
    """A graded, solution or locked cell as it was generated. ``metadata`` is its ``nbgrader`` part."""

    metadata: Mapping[str, Any]
    source: str
    cell_type: str


@dataclass(frozen=True)
class NotebookTruth:
    """A notebook of the assignment: its known cells by grade id, in released order, and its hidden tests."""

    name: str
    kernelspec: Mapping[str, Any] | None
    cells: Mapping[str, TrueCell]
    tests: tuple[TestCell, ...]


@dataclass(frozen=True)
class Places:
    """The folders of one submission: as handed in, as released (or its source), and its source."""

    submitted: Path
    release: Path
    source: Path


@dataclass(frozen=True)
class AssignmentTruth:
    """An assignment: its notebooks by name, the code cells that were released, its folders, and a digest of all of it."""

    name: str
    notebooks: Mapping[str, NotebookTruth]
    released: Mapping[str, frozenset[str]]
    release: Path
    source: Path
    key: str

    def places(self, submitted: Path) -> Places:
        """The folders of a submission handed in at ``submitted``."""
        return Places(submitted, self.release, self.source)

    def beside(self, ignore: list[str]) -> dict[Path, Path]:
        """What the instructor keeps beside the notebooks and every submission gets anew: relative path -> file."""
        found = (Path(name) for name in find_all_files(str(self.source), [*ignore, "*.ipynb"]))
        return {path.relative_to(self.source): path for path in found}


def notebook_truth(notebook: Notebook) -> NotebookTruth:
    """What the gradebook knows of a notebook."""
    points = {cell.name: float(cell.max_score) for cell in [*notebook.grade_cells, *notebook.task_cells]}
    grades = {cell.name for cell in notebook.grade_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    tasks = {cell.name for cell in notebook.task_cells}
    cells = {}
    for cell in notebook.source_cells:
        metadata = {
            "grade": cell.name in grades,
            "grade_id": cell.name,
            "locked": bool(cell.locked),
            "solution": cell.name in solutions,
            "task": cell.name in tasks,
            "schema_version": 3,
            "cell_type": cell.cell_type,
            "checksum": cell.checksum,
        }
        if cell.name in points:
            metadata["points"] = points[cell.name]
        cells[cell.name] = TrueCell(metadata, cell.source, cell.cell_type)
    return NotebookTruth(
        notebook.name,
        json.loads(notebook.kernelspec) if notebook.kernelspec else None,
        cells,
        tuple(
            TestCell(name, points[name], cell.source)
            for name, cell in cells.items()
            if name in grades - solutions and cell.cell_type == "code"
        ),
    )


def assignment_truth(course: CourseDirectory, assignment: Assignment) -> AssignmentTruth:
    """What the gradebook and the course's folders know of an assignment. ``UserError`` where neither folder is there."""
    folder = Path(course.format_path(course.release_directory, ".", assignment.name)).resolve()
    source = Path(course.format_path(course.source_directory, ".", assignment.name)).resolve()
    release = release_folder(folder, source)
    notebooks = {notebook.name: notebook_truth(notebook) for notebook in assignment.notebooks}
    if not notebooks:
        raise UserError(
            _(
                "La tarea {name} no tiene cuadernos en el libro de calificaciones: genérela (ciberaula release {name})."
            ).format(name=assignment.name)
        )
    released = {name: released_code(release / f"{name}.ipynb") for name in notebooks}
    return AssignmentTruth(assignment.name, notebooks, released, release, source, _digest(notebooks, source))


def released_code(notebook: Path) -> frozenset[str]:
    """The code cells of a released notebook, without blanks around; none where there is no such file."""
    if not notebook.is_file():
        return frozenset()
    cells = nbformat.read(notebook, as_version=4).cells
    return frozenset(cell.source.strip() for cell in cells if cell.cell_type == "code")


# Beside the notebooks, but nothing that judges: sources, and what editors leave.
_NO_JUDGE = ("*.ipynb", "*.md", ".*", "*~", "*.tmp", "#*#", "__pycache__")


def _digest(notebooks: Mapping[str, NotebookTruth], source: Path) -> str:
    """Changes with whatever may change a score: the cells of the gradebook, and the files that judge beside them."""
    digest = hashlib.sha256()
    for name, notebook in sorted(notebooks.items()):
        cells = [[dict(cell.metadata), cell.source, cell.cell_type] for cell in notebook.cells.values()]
        digest.update(json.dumps([name, cells], sort_keys=True).encode())
    for path in sorted(source.rglob("*")):
        parts = path.relative_to(source).parts
        if path.is_file() and not any(fnmatch(part, one) for part in parts for one in _NO_JUDGE):
            digest.update(str(path.relative_to(source)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
