"""What a submission must be before anything of it is read: the same for the engine and for nbgrader's own autograde.

``nbgrader autograde``, which formgrader's button calls, deletes the graded copy of before, copies every file and reads
every notebook, in this order and whatever there is. Its ``pre_convert_hook`` comes after the first and may not refuse (what
it raises is only logged). Its exporter, which it makes before it touches anything and reads notebooks through, may.
"""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException

from ciberaula.errors import UserError, one_line
from ciberaula.files import cause
from ciberaula.grading.checks import plain_errors
from ciberaula.grading.config import COURSE_ID
from ciberaula.grading.repair import set_aside_odd_files
from ciberaula.grading.submission_files import handed_in_at, note_name, open_plain, refuse_heaps
from ciberaula.grading.work import read_notebook
from ciberaula.i18n import _

MAX_NOTEBOOK_BYTES = 32 * 2**20


def admit(submitted: Path, notebooks: Collection[str]) -> list[str]:
    """Which of ``notebooks`` (names without suffix) ``submitted`` holds. Links and special files in it are set aside.

    Raises ``UserError`` with the reason, for the instructor, of work that is not to be opened: a link to another folder,
    more or deeper files than work needs, a date that is none, or no notebook.
    """
    if submitted.is_symlink() or submitted.parent.is_symlink():
        raise UserError(_("la entrega es un enlace a otra carpeta; quítelo y recoja la entrega otra vez"))
    refuse_heaps(submitted)
    set_aside_odd_files(submitted)
    handed_in_at(submitted)
    found = [name for name in notebooks if (submitted / f"{name}.ipynb").is_file()]
    if not found:
        aside = next((note for name in notebooks if (note := submitted / note_name(f"{name}.ipynb")).is_file()), None)
        if aside is not None:
            raise UserError(
                _("el cuaderno no se recogió: era un enlace o pasa de {mb} MB ({note}); pida otra entrega").format(
                    mb=MAX_NOTEBOOK_BYTES // 2**20, note=aside.name
                )
            )
        raise UserError(_("la entrega no trae el cuaderno de la tarea"))
    return found


def read_submitted(path: Path) -> Any:
    """A submitted notebook. Raises ``UserError`` with the reason, for the instructor, of one that cannot be graded."""
    if path.stat().st_size > MAX_NOTEBOOK_BYTES:
        raise UserError(
            _("el cuaderno pesa más de {mb} MB; pida que borre sus salidas y lo entregue otra vez").format(
                mb=MAX_NOTEBOOK_BYTES // 2**20
            )
        )
    try:
        with open_plain(path) as stream:
            return read_notebook(stream.read(MAX_NOTEBOOK_BYTES))
    except UserError as error:
        raise UserError(
            _("el cuaderno está dañado ({reason}); pida otra entrega").format(reason=str(error).rstrip("."))
        ) from error


class AdmittingExporter(NotebookExporter):  # type: ignore[misc]
    """How ``nbgrader autograde`` reads and writes notebooks: the work that the engine would refuse leaves its list first.

    Nothing of it is deleted, copied or written then, a line in nbgrader's log says why, and the others are graded. As in
    nbgrader itself for folders without a notebook, it is an error only where nothing is left to grade.
    """

    def __init__(self, **kw: Any) -> None:
        super().__init__(**kw)
        self._submitted: frozenset[str] = frozenset()
        if isinstance(self.parent, Autograde):
            _turn_away(self.parent)
            self._submitted = frozenset(path for paths in self.parent.assignments.values() for path in paths)

    def from_file(self, file_stream: Any, resources: Any = None, **kw: Any) -> tuple[Any, Any]:
        """Convert a notebook: a submitted one is read as the engine reads it; its repaired copy, the second time, plainly."""
        told: tuple[Any, Any]
        if file_stream.name in self._submitted:
            told = self.from_notebook_node(read_submitted(Path(file_stream.name)), resources=resources, **kw)
        else:
            told = super().from_file(file_stream, resources, **kw)
        return told


def _turn_away(converter: Autograde) -> None:
    """Take what may not be graded off the converter's list. ``NbGraderException`` where that is all of it."""
    refused = []
    known = _notebooks_by_assignment(converter)
    for folder, found in sorted(converter.assignments.items()):
        student, assignment = Path(folder).parts[-2:]
        try:
            converter.assignments[folder] = _readable(Path(folder), found, known.get(assignment, ()))
        except (UserError, OSError) as error:
            reason = cause(error) if isinstance(error, OSError) else str(error).rstrip(".")
            words = _("{student}: no se calificó {assignment}, y las notas que tenía siguen como estaban: {reason}.")
            refused.append(words.format(student=one_line(student), assignment=one_line(assignment), reason=reason))
            converter.log.error(refused[-1])
            del converter.assignments[folder]
    if refused and not converter.assignments:
        raise NbGraderException("\n".join(refused))


def _readable(folder: Path, found: Iterable[str], known: Collection[str]) -> list[str]:
    """Of the notebooks that nbgrader ``found``, those that are plain files. Raises ``UserError`` as the engine does.

    ``known``: the names of the assignment's notebooks; others are left unread, as nbgrader leaves them.
    """
    names = {Path(path).stem for path in found}
    for name in admit(folder, known or names):
        if name in names:
            read_submitted(folder / f"{name}.ipynb")
    return [path for path in found if Path(path).is_file()]


def _notebooks_by_assignment(converter: Autograde) -> dict[str, list[str]]:
    """The names of the notebooks of each assignment in the gradebook. nbgrader itself tells of one that is not in it."""
    url = converter.coursedir.db_url
    try:
        with plain_errors(url), Gradebook(url, COURSE_ID) as gradebook:
            return {one.name: [notebook.name for notebook in one.notebooks] for one in gradebook.assignments}
    except UserError as error:
        converter.log.error(str(error))
        raise NbGraderException(str(error)) from error
