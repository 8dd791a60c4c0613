"""The workbook of a cohort's marks (XLSX): for a person to read, sort and print."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from ciberaula.grading.exports.marks import MarkState, MarkTable
from ciberaula.grading.words import number
from ciberaula.i18n import _
from ciberaula.spreadsheet import Cell, safe_cell

# One column: heading, width in characters, and how Excel shows its numbers ("" for text).
Column = tuple[str, int, str]

_POINTS, _SHARE, _MOMENT = "0.00", "0%", "yyyy-mm-dd hh:mm"
_HEADING = Font(bold=True)
_FILL = PatternFill("solid", fgColor="DDE6EE")


def workbook_bytes(table: MarkTable, *, partial: bool = False, now: datetime | None = None) -> bytes:
    """The workbook: «Notas» (a row for each person), «Detalle», «Cambios a mano» and «Acerca de». Times are UTC."""
    book = Workbook()
    book.remove(book.active)
    _sheet(book, _("Notas"), *_marks(table, partial), frozen=2)
    _sheet(book, _("Detalle"), *_detail(table), frozen=2)
    _sheet(book, _("Cambios a mano"), *_changes(table))
    _sheet(book, _("Acerca de"), *_about(table, partial, now or datetime.now(UTC)))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _marks(table: MarkTable, partial: bool) -> tuple[list[Column], list[list[Cell]]]:
    columns = [*_PERSON]
    columns += [
        (_("{assignment} (de {points})").format(assignment=name, points=number(most)), 18, _POINTS)
        for name, most in table.maxima.items()
    ]
    rows = [
        [*_person(table, one), *(table.mark(one.id, name).shown(partial=partial) for name in table.maxima)]
        for one in table.people
    ]
    return columns, rows


_PERSON: tuple[Column, ...] = (
    (_("Identificador"), 16, ""),
    (_("Nombre"), 28, ""),
    (_("Cohorte"), 14, ""),
    (_("Grupo"), 10, ""),
    (_("Persona simulada"), 10, ""),
)


def _person(_table: MarkTable, one: Any) -> list[Cell]:
    return [one.id, one.name, one.cohort, one.group, _yes_no(one.simulated)]


def _detail(table: MarkTable) -> tuple[list[Column], list[list[Cell]]]:
    columns: list[Column] = [
        *_PERSON[:2],
        (_("Tarea"), 30, ""),
        (_("Estado"), 26, ""),
        (_("Entregada (UTC)"), 18, _MOMENT),
        (_("Puntos sin descuento"), 12, _POINTS),
        (_("Descuento por atraso"), 12, _POINTS),
        (_("Puntos"), 10, _POINTS),
        (_("Puntos posibles"), 10, _POINTS),
        (_("Proporción"), 12, _SHARE),
        (_("Preguntas que esperan a una persona"), 14, "0"),
        (_("Preguntas que no se pudieron leer"), 14, "0"),
        (_("Qué pasó"), 60, ""),
    ]
    states: dict[MarkState, str] = {
        "final": _("completa"),
        "waiting": _("espera a una persona"),
        "unread": _("algo no se pudo leer"),
        "failed": _("entregada, no se pudo calificar"),
        "ungraded": _("entregada, sin calificar todavía"),
        "absent": _("sin entregar"),
    }
    rows: list[list[Cell]] = []
    for one in table.people:
        for name, most in table.maxima.items():
            mark = table.mark(one.id, name)
            share = mark.points / most if mark.state == "final" and mark.points is not None and most else None
            rows.append(
                [
                    *(one.id, one.name, name, states[mark.state]),
                    mark.submitted_at,
                    *((mark.earned, mark.penalty, mark.points) if mark.is_graded else (None, None, None)),
                    *(most, share),
                    *((mark.waiting, mark.unread) if mark.is_graded else (None, None)),
                    mark.reason or None,
                ]
            )
    return columns, rows


def _changes(table: MarkTable) -> tuple[list[Column], list[list[Cell]]]:
    columns: list[Column] = [
        (_("Tarea"), 30, ""),
        _PERSON[0],
        (_("Pregunta"), 14, ""),
        (_("Puntos antes"), 12, _POINTS),
        (_("Puntos después"), 12, _POINTS),
        (_("Quién"), 24, ""),
        (_("Motivo"), 60, ""),
        (_("Fecha (UTC)"), 18, _MOMENT),
    ]
    return columns, [
        [one.assignment, one.student, one.item, one.before, one.points, one.author, one.reason, one.made_at]
        for one in table.changes
    ]


def _about(table: MarkTable, partial: bool, now: datetime) -> tuple[list[Column], list[list[Cell]]]:
    simulated = sum(one.simulated for one in table.people)
    blank = (
        _("Salen también notas parciales: vea la hoja «Detalle» antes de usarlas.")
        if partial
        else _(
            "Una nota en blanco no es un cero: no hubo entrega, no se pudo calificar, o algo espera a una persona. La hoja "
            "«Detalle» dice cuál."
        )
    )
    rows: list[list[Cell]] = [
        [_("Escrito el (UTC)"), now.astimezone(UTC).strftime("%Y-%m-%d %H:%M")],
        [_("Notas en blanco"), blank],
        [_("Descuento por atraso"), _("Ya está restado en «Notas»; «Detalle» dice cuánto fue.")],
        [_("Datos personales"), _("Este archivo une nombres y notas: compártalo solo con quien deba verlo.")],
    ]
    if simulated:
        words = _("{count} de {all} son personas simuladas para practicar: no existen.")
        rows.append([_("Simulación"), words.format(count=simulated, all=len(table.people))])
    if table.strangers:
        rows.append([_("Fuera de la lista de participantes"), ", ".join(table.strangers)])
    return [(_("Dato"), 28, ""), (_("Valor"), 90, "")], rows


def _yes_no(value: bool) -> str:
    return _("sí") if value else _("no")


def _sheet(book: Any, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], frozen: int = 0) -> None:
    """Add a sheet: heading in bold and always in sight, with the first ``frozen`` columns; filters; numbers as numbers."""
    sheet = book.create_sheet(title)
    for index, (heading, width, _format) in enumerate(columns, start=1):
        cell = sheet.cell(1, index)
        _put(cell, heading)
        cell.font, cell.fill = _HEADING, _FILL
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(index)].width = width
    last = 1
    for last, row in enumerate(rows, start=2):
        for index, (value, (_heading, _width, shown)) in enumerate(zip(row, columns, strict=True), start=1):
            cell = sheet.cell(last, index)
            _put(cell, value)
            if shown:
                cell.number_format = shown
            elif isinstance(value, str):
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = sheet.cell(2, frozen + 1)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"


def _put(cell: Any, value: Cell) -> None:
    safe = safe_cell(value)
    if isinstance(safe, datetime):
        safe = safe.replace(tzinfo=None)  # a workbook knows no zones; the heading names it
    cell.value = safe
    if isinstance(safe, str):
        cell.data_type = "s"  # never a formula, whatever openpyxl makes of its first letter
