"""Tables for a spreadsheet program: text stays text, whoever wrote it, and numbers stay numbers.

What people type (names, answers, reasons) ends in files that others open with Excel or LibreOffice, and both read a cell
that begins with ``=`` as a formula: one that calls a program or sends the sheet to an address. OWASP (ASVS 5.0, 1.2.10;
CWE-1236) asks for an apostrophe before such a text; that is ``safe_cell``.
"""

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from ciberaula.errors import UserError
from ciberaula.files import cause, write_atomic
from ciberaula.i18n import _

Cell = str | int | float | bool | Decimal | date | None
"""What a cell may hold; ``None`` leaves it empty. A ``datetime`` is a ``date``."""

LONGEST_TEXT = 32_767
"""Characters of a cell in Excel; it calls a file with a longer one damaged."""

# What begins a formula in Excel, LibreOffice or Google Sheets, and its wide forms of Eastern Asian keyboards. Blanks
# before it do not count: some programs drop them. A tab or a return at the beginning could hide one. A lone hyphen is
# what gradebooks write for «no mark», and no formula.
_SIGN = r"[^\S\t\r\n]*[=+\-@＝＋－＠]"
_BEGINS_FORMULA = re.compile(rf"(?!-\Z)(?:[\t\r\n]|{_SIGN})")
# Excel in Spanish takes the semicolon for the separator whatever the file says, and where that has upset the quotes a
# line's end begins a new row: in a CSV file these begin a cell too.
_BEGINS_LATER = re.compile(rf"([;\n\r]\"*)(?={_SIGN})")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def plain_text(value: str) -> str:
    """``value`` without the characters that no spreadsheet file can hold, and as long as a cell may be."""
    return _CONTROL.sub("", value)[:LONGEST_TEXT]


def looks_like_formula(value: str) -> bool:
    """True where a spreadsheet program could take the text for a formula."""
    return _BEGINS_FORMULA.match(value) is not None


def safe_cell(value: Cell) -> Cell:
    """``value`` as it may go into a cell of a CSV file: a text that begins as a formula gets an apostrophe before it.

    Numbers, dates and ``None`` come back as they are; a number that is not finite becomes ``None``, for no spreadsheet
    can hold it. The same again changes nothing.
    """
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        return None
    if not isinstance(value, str):
        return value
    text = plain_text(value)
    return f"'{text}"[:LONGEST_TEXT] if looks_like_formula(text) else text


def original_text(cell: str) -> str:
    """The text that ``safe_cell`` made ``cell`` of: for our own files, read back after somebody edited them."""
    return cell[1:] if cell.startswith("'") and looks_like_formula(cell[1:]) else cell


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a table as CSV, whole or not at all. Raises ``UserError`` where the system does not allow it.

    UTF-8 with its mark at the beginning, because Excel reads «Núñez» as «NÃºÃ±ez» without it, and Moodle, Canvas, LibreOffice
    and pandas (``utf-8-sig``) all know it. Commas and decimal points, because that is what those read; somebody whose
    Excel expects semicolons opens it by «Datos > Desde texto/CSV», or takes the XLSX. Lines end as RFC 4180 says.
    """
    save(path, csv_bytes(columns, rows))


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """What ``write_csv`` writes. A row of another length than ``columns`` is a mistake of ours: ``ValueError``."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_csv_cell(name) for name in columns])
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"{len(row)} cells for {len(columns)} columns")
        writer.writerow([_csv_cell(value) for value in row])
    return text.getvalue().encode("utf-8-sig")


def _csv_cell(value: Cell) -> Cell:
    safe = safe_cell(value)
    return _BEGINS_LATER.sub(r"\1'", safe) if isinstance(safe, str) else safe


def save(path: Path, data: bytes) -> None:
    """``write_atomic`` of a file that a person asked for: what goes wrong is told in one line."""
    try:
        write_atomic(path, data)
    except OSError as error:
        raise UserError(_("No se pudo guardar {path}: {cause}.").format(path=path, cause=cause(error))) from error
