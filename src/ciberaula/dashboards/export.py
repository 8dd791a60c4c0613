"""A table as a file to download, inside the page itself: no server, no request."""

import base64
import csv
import io
from collections.abc import Iterable, Sequence
from html import escape

# A spreadsheet runs a cell that begins with one of these as a formula (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV in UTF-8 with the byte order mark that Excel needs; ``None`` becomes an empty cell.

    Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers.
    """
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([_safe(cell) for cell in header])
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")


def _safe(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell


def download(name: str, text: str, data: bytes) -> str:
    """A link that saves ``data`` as ``name``; ``text`` says what it is."""
    encoded = base64.b64encode(data).decode("ascii")
    return (
        f'<a class="ca-download" download="{escape(name)}" href="data:text/csv;charset=utf-8;base64,{encoded}">'
        f"{escape(text)}</a>"
    )
