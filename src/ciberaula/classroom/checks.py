"""Answers by code: see them, check that they are whole, and hand them in without a widget."""

import math
import os
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from ciberaula.classroom.sheetfile import SHEET_FILE, read_answers
from ciberaula.classroom.spec import Table
from ciberaula.classroom.values import MAX_COLUMNS, MAX_ROWS, Asked, clean, describe, lacks
from ciberaula.classroom.workplace import workplace
from ciberaula.errors import UserError
from ciberaula.i18n import _

# Set by Jupyter's server in the kernels of notebooks that somebody opened; those of nbgrader's Validate have none.
_SESSION = "JPY_SESSION_NAME"


class Answers(Mapping[str, Any]):
    """Read-only ``respuestas.json`` of the working folder: id -> value, ``None`` where there is no answer."""

    def __getitem__(self, id: str) -> Any:
        return self._read().get(id)

    def __contains__(self, id: object) -> bool:
        return id in self._read()

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __repr__(self) -> str:
        return f"answers({self._read()!r})"

    @staticmethod
    def _read() -> dict[str, Any]:
        path = workplace().folder / SHEET_FILE
        return read_answers(path) if path.exists() else {}


answers = Answers()


def check(id: str) -> None:
    """Return in silence when ``id`` has a whole, well-formed answer; raise one line saying what it lacks otherwise.

    Where a person runs the notebook herself, the line is printed instead: an error would stop «Run all» at the first
    question without an answer, and the ones after it would never come alive.
    """
    question = _find(id)
    try:
        value = clean(question, answers[question.id])
    except UserError as error:
        raise UserError(str(error)) from None
    gap = lacks(question, value)
    if not gap:
        return
    if _SESSION in os.environ:
        # With its time: the line stays in the notebook after the question is answered.
        now = datetime.now().strftime("%H:%M")
        print(_("Revisión de las {time} · «{id}»: {gap}.").format(time=now, id=id, gap=gap))
        return
    raise UserError(_("«{id}»: {gap}. Responda en la celda de la pregunta y vuelva a validar.").format(id=id, gap=gap))


def submit_answer(id: str, value: object) -> None:
    """Save the answer ``value`` (shapes: :mod:`ciberaula.classroom.values`) as the widget of ``id`` would, and say so.

    Numbers of NumPy and dates are taken as plain ones. Raises one line for a value that the question can't take.
    """
    _submit(_find(id), plain_value(value), id)


def submit_table(id: str, table: object) -> None:
    """Save a table, a pandas ``DataFrame`` (its index is left out) or a list of dicts with the same keys, as the answer.

    At most 2,000 rows and 60 columns; cells become text, numbers, true/false or empty. Raises one line otherwise.
    """
    question = _find(id)
    if not isinstance(question, Table):
        raise UserError(_("«{id}» no pide una tabla: use submit_answer.").format(id=id))
    _submit(question, table_value(id, table), id)


def _submit(question: Asked, value: object, id: str) -> None:
    place = workplace()
    try:
        _found, graded = place.find(id)
        outcome = place.save(question, value, graded=graded, checked=not graded)
        cleaned = clean(question, value)
    except UserError as error:
        raise UserError(str(error)) from None
    if not outcome.saved:
        raise UserError(outcome.message)
    print(f"{outcome.message} {id}: {describe(question, cleaned)}")


def _find(id: str) -> Asked:
    try:
        return workplace().find(id)[0]
    except UserError as error:
        raise UserError(str(error)) from None


def table_value(id: str, table: object) -> dict[str, Any]:
    """A DataFrame or a list of dicts as the answer to the table question ``id``. Raises ``UserError`` for another thing."""
    if hasattr(table, "to_dict") and hasattr(table, "columns"):
        columns = [str(name) for name in table.columns]
        rows = table.to_dict(orient="split", index=False)["data"]
    elif isinstance(table, list) and table and all(isinstance(row, Mapping) for row in table):
        columns = [str(name) for name in table[0]]
        if any(list(map(str, row)) != columns for row in table):
            raise UserError(_("«{id}»: todas las filas deben tener las mismas columnas.").format(id=id))
        rows = [list(row.values()) for row in table]
    else:
        raise UserError(_("«{id}»: entregue un DataFrame de pandas o una lista de diccionarios.").format(id=id))
    if not 0 < len(columns) <= MAX_COLUMNS or len(rows) > MAX_ROWS:
        raise UserError(
            _("«{id}»: la tabla tiene {rows} filas y {columns} columnas; se admiten hasta {most} y {wide}.").format(
                id=id, rows=len(rows), columns=len(columns), most=MAX_ROWS, wide=MAX_COLUMNS
            )
        )
    return {"columns": columns, "rows": [[plain_value(cell) for cell in row] for row in rows]}


def plain_value(value: object) -> Any:
    """``value`` as plain JSON: NumPy scalars unwrapped, missing values as ``None``, dates and the rest as text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return None if math.isnan(value) else float(value)  # NumPy's own floats are floats too
    if isinstance(value, Mapping):
        return {str(name): plain_value(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(item) for item in value]
    if isinstance(value, date | datetime):
        return value.isoformat() if value == value else None  # NaT differs from itself
    unwrap = getattr(value, "item", None)
    if callable(unwrap) and getattr(value, "shape", None) == ():
        return plain_value(unwrap())
    return None if type(value).__name__ == "NAType" else str(value)
