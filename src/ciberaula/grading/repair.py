"""Before a submission is graded: set aside what is no plain file, and give graded cells back their true metadata.

nbgrader trusts the metadata of the submitted notebook: a repeated or unknown grade id, or a graded cell that lost a key,
ends its run; a deleted test cell next to a locked one ends it too. Here the gradebook says what each cell is, and the
notebook only what was written in it.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from ciberaula.errors import one_line
from ciberaula.grading.submission_files import note_name
from ciberaula.grading.truth import TrueCell, notebook_truth
from ciberaula.i18n import _

METADATA = "ciberaula"


def coursedir_of(plugin: Any) -> CourseDirectory:
    """The course directory of the converter that a preprocessor works for; else one made from its configuration."""
    owner = plugin
    while owner is not None:
        found = getattr(owner, "coursedir", None)
        if isinstance(found, CourseDirectory):
            return found
        owner = getattr(owner, "parent", None)
    return CourseDirectory(config=plugin.config)


def submission_folders(course: CourseDirectory, step: str, student: str, assignment: str) -> list[Path]:
    """The folders of a step for a student, who may be nbgrader's ``*``."""
    everyone = Path(course.format_path(step, ".", ".")).resolve()
    return [folder for folder in everyone.glob(f"{student}/{assignment}") if folder.is_dir()]


def set_aside_odd_files(folder: Path) -> list[Path]:
    """Remove everything under ``folder`` that is neither a plain file nor a folder; return the paths.

    A plain file named with ``.apartado`` after the old name stays in its place, for the instructor and for the grading
    that must tell a sheet that was set aside from one that never was. nbgrader copies whatever lies in the folder with the
    instructor's rights: a link to the answer keys would be copied as the keys themselves.
    """
    found: list[Path] = []
    if not folder.is_dir():
        return found
    owner = folder.stat().st_uid
    for here, folders, names in os.walk(folder):
        for name in [*folders, *names]:
            path = Path(here, name)
            status = path.lstat()
            mode = status.st_mode
            # A second name for a file of somebody else: it was never handed in.
            foreign = status.st_nlink > 1 and status.st_uid != owner
            if stat.S_ISDIR(mode) or (stat.S_ISREG(mode) and not foreign):
                continue
            kind = _("un enlace") if stat.S_ISLNK(mode) or foreign else _("un archivo especial")
            path.unlink()
            _leave_note(path, kind)
            found.append(path)
    return found


def _leave_note(path: Path, kind: str) -> None:
    """Say in a plain file what was at ``path``. The trainee may have put something of her own in the note's place."""
    note = path.with_name(note_name(path.name))
    if note.is_dir() and not note.is_symlink():
        return  # as telling as a note: nothing can be read there
    note.unlink(missing_ok=True)  # a link would carry the note out of the folder, and a hard link too
    words = _("Aquí había {kind} llamado {name}; se apartó antes de calificar.")
    with note.open("x", encoding="utf-8", errors="replace") as stream:
        stream.write(words.format(kind=kind, name=one_line(path.name)) + "\n")


class RepairCells(NbGraderPreprocessor):  # type: ignore[misc]
    """Make the graded cells of a submitted notebook what the gradebook says they are. First of the sanitising steps.

    - unknown ids lose their nbgrader metadata; known ones get grade, solution, locked, task, points and type anew;
    - of cells with the same id one stays graded: the last whose text differs from the release, else the last;
    - deleted cells come back, empty of any answer, at their place in the released order.

    What was done is noted in the notebook's metadata (``ciberaula.repairs``), one Spanish line each.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Repair the notebook of the submission that ``resources["nbgrader"]`` names."""
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            truth = notebook_truth(gradebook.find_notebook(about["notebook"], about["assignment"]))
        for line in repair(nb, truth.cells):
            self.log.warning("%s/%s: %s", about["assignment"], about["student"], line)
        return nb, resources


def repair(nb: Any, truth: Mapping[str, TrueCell]) -> list[str]:
    """Make the cells of ``nb`` what ``truth`` says (see ``RepairCells``); what was done, one Spanish line each."""
    repairs: list[str] = []
    nb.metadata.pop(METADATA, None)
    for cell in nb.cells:
        cell.metadata.pop(METADATA, None)
    _drop_unknown(nb, truth, repairs)
    _drop_repeated(nb, truth, repairs)
    for cell in nb.cells:
        _restore(cell, truth)
    _add_missing(nb, truth, repairs)
    nb.metadata[METADATA] = {"repairs": repairs}
    return repairs


def _grade_id(cell: Any) -> str | None:
    about = cell.metadata.get("nbgrader")
    found = about.get("grade_id") if isinstance(about, dict) else None
    return found if isinstance(found, str) else None


def _drop_unknown(nb: Any, truth: Mapping[str, TrueCell], repairs: list[str]) -> None:
    for cell in nb.cells:
        if "nbgrader" in cell.metadata and _grade_id(cell) not in truth:
            if _grade_id(cell):
                repairs.append(
                    _("la celda «{id}» no es de esta tarea y no cuenta").format(id=one_line(_grade_id(cell) or ""))
                )
            del cell.metadata["nbgrader"]


def _drop_repeated(nb: Any, truth: Mapping[str, TrueCell], repairs: list[str]) -> None:
    places: dict[str, list[Any]] = {}
    for cell in nb.cells:
        grade_id = _grade_id(cell)
        if grade_id:
            places.setdefault(grade_id, []).append(cell)
    for grade_id, cells in places.items():
        if len(cells) == 1:
            continue
        changed = [cell for cell in cells if cell.source != truth[grade_id].source]
        editable = truth[grade_id].metadata["solution"]
        kept = (changed if changed and editable else cells)[-1]
        for cell in cells:
            if cell is not kept:
                del cell.metadata["nbgrader"]
        repairs.append(_("la celda «{id}» estaba repetida; cuenta una").format(id=grade_id))


def _restore(cell: Any, truth: Mapping[str, TrueCell]) -> None:
    grade_id = _grade_id(cell)
    if grade_id is None:
        return
    true = truth[grade_id]
    if cell.cell_type != true.cell_type:
        # A new cell of the right type, with what was written: keys of the old type must not stay behind.
        make = nbformat.v4.new_code_cell if true.cell_type == "code" else nbformat.v4.new_markdown_cell
        fresh = make(cell.source, id=cell.get("id", grade_id), metadata=cell.metadata)
        cell.clear()
        cell.update(fresh)
    cell.metadata["nbgrader"] = nbformat.from_dict(dict(true.metadata))
    if true.metadata["locked"]:
        cell.source = true.source


def _add_missing(nb: Any, truth: Mapping[str, TrueCell], repairs: list[str]) -> None:
    """Put deleted cells back after the cell that precedes them in the release."""
    at = -1
    present = {_grade_id(cell): cell for cell in nb.cells if _grade_id(cell)}
    for grade_id, true in truth.items():
        if grade_id in present:
            at = next(index for index, cell in enumerate(nb.cells) if cell is present[grade_id])
            continue
        make = nbformat.v4.new_code_cell if true.cell_type == "code" else nbformat.v4.new_markdown_cell
        cell = make(true.source, metadata={"nbgrader": nbformat.from_dict(dict(true.metadata))})
        at += 1
        nb.cells.insert(at, cell)
        repairs.append(_("faltaba la celda «{id}»; se repuso").format(id=grade_id))
