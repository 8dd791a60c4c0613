"""The exporters: what each format looks like, and what is told to the person who asked for it."""

from abc import abstractmethod
from pathlib import Path
from typing import Any, ClassVar

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Bool

from ciberaula.errors import UserError
from ciberaula.files import cause
from ciberaula.grading.exports.marks import MarkTable, read_marks
from ciberaula.grading.exports.workbook import workbook_bytes
from ciberaula.grading.roster import Learner
from ciberaula.i18n import _, ngettext
from ciberaula.paths import home
from ciberaula.spreadsheet import Cell, csv_bytes, save

# Only the instructor: the file joins names with marks.
_PRIVATE = 0o600


class MarksExport(ExportPlugin):  # type: ignore[misc]
    """What the three formats share. ``told`` are the lines for the person, filled by ``write``."""

    partial = Bool(False, help="also marks with items that still wait for a person, with the points so far").tag(
        config=True
    )
    suffix: ClassVar[str] = ".csv"
    format: ClassVar[str]
    told: tuple[str, ...] = ()

    def export(self, gradebook: Gradebook) -> None:
        """nbgrader's way in: write the file, tell through its log, and end in one line where it cannot be done."""
        try:
            self.write(gradebook)
        except UserError as error:
            raise SystemExit(str(error)) from error
        for line in self.told:
            self.log.info(line)

    def write(self, gradebook: Gradebook) -> Path:
        """Write the file, whole or not at all, and return where it is. Raises ``UserError`` in one line."""
        table = read_marks(gradebook, [str(one) for one in self.assignment], [str(one) for one in self.student])
        data = self.content(table)
        path = self._target()
        save(path, data)
        path.chmod(_PRIVATE)
        self.told = tuple(self._report(table, path))
        return path

    @abstractmethod
    def content(self, table: MarkTable) -> bytes:
        """The file's bytes."""

    def _target(self) -> Path:
        if self.to:
            return Path(self.to)
        name = "-".join(["notas", self.format, *([str(self.assignment[0])] if len(self.assignment) == 1 else [])])
        folder = home() / "exports"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(_("No se pudo crear {path}: {cause}.").format(path=folder, cause=cause(error))) from error
        return folder / f"{name}{self.suffix}"

    def _report(self, table: MarkTable, path: Path) -> list[str]:
        marks = list(table.marks.values())
        written = sum(mark.shown(partial=self.partial) is not None for mark in marks)
        lines = [
            ngettext("{path}: {count} nota.", "{path}: {count} notas.", written).format(path=path, count=written)
            + " "
            + _("Tiene nombres y notas: guárdelo donde solo usted pueda leerlo.")
        ]
        waiting = sum(mark.state == "waiting" for mark in marks)
        if waiting:
            lines.append(self._about_waiting(waiting))
        if table.strangers:
            lines.append(
                _("Entregaron y no están en la lista de participantes, así que no salen en el archivo: {ids}.").format(
                    ids=", ".join(table.strangers)
                )
            )
        return lines

    def _about_waiting(self, count: int) -> str:
        if self.partial:
            return ngettext(
                "{count} nota es parcial: algo espera que una persona lo califique.",
                "{count} notas son parciales: algo espera que una persona lo califique.",
                count,
            ).format(count=count)
        return ngettext(
            "{count} nota queda en blanco: algo espera que una persona lo califique (con --partial sale lo que hay).",
            "{count} notas quedan en blanco: algo espera que una persona lo califique (con --partial sale lo que hay).",
            count,
        ).format(count=count)

    def _points(self, table: MarkTable, person: Learner, empty: Cell) -> list[Cell]:
        given = [table.mark(person.id, name).shown(partial=self.partial) for name in table.maxima]
        return [empty if points is None else figure(points) for points in given]


class MoodleExport(MarksExport):
    """For «Calificaciones > Importar > Archivo CSV» of Moodle: ``idnumber``, the roster's id, and a column for each assignment.

    Sources: Moodle's ``grade/import/csv/classes/load_data.php``. A hyphen is «no mark» both for a column that exists and for a
    new one (an empty cell of a new one would become a zero). One person unknown to Moodle stops its whole import, so
    whoever handed nothing in is left out. Decimal points are read in every language.
    """

    format = "moodle"

    def content(self, table: MarkTable) -> bytes:
        """The CSV file."""
        columns = ["idnumber", "fullname", *table.maxima]
        rows = [
            [one.id, name_of(one), *self._points(table, one, "-")] for one in table.people if table.handed_in(one.id)
        ]
        return csv_bytes(columns, rows)


class CanvasExport(MarksExport):
    """For «Calificaciones > Importar» of Canvas: the columns of its own export, people by ``SIS User ID``, the roster's id.

    Sources: Canvas's ``lib/gradebook_importer.rb`` and ``gradebook_exporter.rb``: the five columns of a person, in this
    order, then the assignments; the row «Points Possible», indented; an empty cell is «no mark».
    """

    format = "canvas"

    def content(self, table: MarkTable) -> bytes:
        """The CSV file."""
        columns = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *table.maxima]
        possible = ["    Points Possible", None, None, None, None, *(figure(most) for most in table.maxima.values())]
        rows = [
            [name_of(one), None, one.id, None, one.cohort, *self._points(table, one, None)]
            for one in table.people
            if table.handed_in(one.id)
        ]
        return csv_bytes(columns, [possible, *rows])


class XlsxExport(MarksExport):
    """A workbook for people: everybody's marks, how each came about, and what was changed by hand."""

    format = "xlsx"
    suffix = ".xlsx"

    def content(self, table: MarkTable) -> bytes:
        """The XLSX file."""
        return workbook_bytes(table, partial=self.partial)


def name_of(person: Learner) -> str:
    """The person's name, with the label that nobody simulated goes without."""
    return _("{name} (persona simulada)").format(name=person.name) if person.simulated else person.name


def figure(points: float) -> float | int:
    """``8`` for 8.0: programs and people read it the same, and a file stays short."""
    return int(points) if float(points).is_integer() else points


FORMATS: dict[str, Any] = {one.format: one for one in (MoodleExport, CanvasExport, XlsxExport)}
