"""The exporters: what each format looks like, and what is told to the person who asked for it."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator
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
from ciberaula.grading.words import awaiting_person, not_graded, not_read, not_yet_graded, some
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
            return self._fitting(Path(self.to))
        name = "-".join(["notas", self.format, *([str(self.assignment[0])] if len(self.assignment) == 1 else [])])
        folder = home() / "exports"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(_("No se pudo crear {path}: {cause}.").format(path=folder, cause=cause(error))) from error
        return folder / f"{name}{self.suffix}"

    def _fitting(self, path: Path) -> Path:
        if path.suffix.lower() != self.suffix:
            raise UserError(
                _(
                    "{path} no termina en {suffix}, y el formato {format} es un archivo {suffix}: cambie el nombre, o el formato "
                    "con --format."
                ).format(path=path, suffix=self.suffix, format=self.format)
            )
        return path

    def _report(self, table: MarkTable, path: Path) -> list[str]:
        marks = list(table.marks.values())
        written = sum(mark.shown(partial=self.partial) is not None for mark in marks)
        lines = [
            ngettext("{path}: {count} nota.", "{path}: {count} notas.", written).format(path=path, count=written)
            + " "
            + _("Tiene nombres y notas: guárdelo donde solo usted pueda leerlo.")
        ]
        lines += self._without_mark(table)
        if table.strangers:
            lines.append(
                _("Entregaron y no están en la lista de participantes, así que no salen en el archivo: {ids}.").format(
                    ids=", ".join(table.strangers)
                )
            )
        return lines

    def _without_mark(self, table: MarkTable) -> Iterator[str]:
        """A line for each reason for which marks are blank, or partial: how many, and whose."""
        marks = table.marks
        waiting = {key: one for key, one in marks.items() if one.waiting}
        unread = {key: one for key, one in marks.items() if one.unread}
        failed = {key: one for key, one in marks.items() if one.state == "failed"}
        earlier = {key: one for key, one in marks.items() if one.superseded}
        ungraded = {key: one for key, one in marks.items() if one.state == "ungraded"}
        blank = _("En blanco")
        unfinished = _("Nota parcial") if self.partial else blank
        for place, words, whose in (
            (unfinished, awaiting_person(sum(one.waiting for one in waiting.values()), len(waiting)), waiting),
            (unfinished, not_read(sum(one.unread for one in unread.values()), len(unread)), unread),
            (blank, not_graded(len(failed)), failed),
            (blank, not_yet_graded(len(ungraded)), ungraded),
            (_("Vale la entrega anterior"), not_graded(len(earlier)), earlier),
        ):
            if whose:
                yield _("{place}: {words}: {ids}.").format(place=place, words=words, ids=some(_named(table, whose)))
        if (waiting or unread) and not self.partial:
            yield _("Con --partial salen también las notas parciales.")

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


def _named(table: MarkTable, whose: Iterable[tuple[str, str]]) -> list[str]:
    """The ids, with the assignment where there are several."""
    words = "{id}" if len(table.maxima) == 1 else "{id} ({assignment})"
    return [words.format(id=student, assignment=assignment) for student, assignment in sorted(whose)]


def name_of(person: Learner) -> str:
    """The person's name, with the label that nobody simulated goes without."""
    return _("{name} (persona simulada)").format(name=person.name) if person.simulated else person.name


def figure(points: float) -> float | int:
    """``8`` for 8.0: programs and people read it the same, and a file stays short."""
    return int(points) if float(points).is_integer() else points


FORMATS: dict[str, Any] = {one.format: one for one in (MoodleExport, CanvasExport, XlsxExport)}
