"""The roster: the one place that joins a trainee's id with a name (``var/roster.csv``)."""

import csv
import io
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ciberaula.errors import UserError
from ciberaula.files import cause
from ciberaula.i18n import _
from ciberaula.paths import home

COLUMNS = ("id", "name", "cohort", "group", "setting", "simulated")
# Ids become folder names and parts of nbgrader's patterns.
STUDENT_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")


class Learner(BaseModel):
    """One row of the roster."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    id: Annotated[str, Field(pattern=STUDENT_ID.pattern)]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    cohort: Annotated[str, Field(min_length=1, max_length=100)]
    group: Annotated[str, Field(max_length=100)] = ""
    setting: Literal["urban", "rural"]
    simulated: bool


def roster_path() -> Path:
    """Where the roster lies."""
    return home() / "roster.csv"


def read_roster(path: Path | None = None) -> dict[str, Learner]:
    """The learners by id, in the order of the file.

    Comma or semicolon separate the columns. Raises ``UserError`` with one line that names the file and the row.
    """
    path = path or roster_path()
    rows = _rows(path)
    learners: dict[str, Learner] = {}
    for line, row in rows:
        try:
            learner = Learner.model_validate(row)
        except ValidationError as error:
            column = str(error.errors()[0]["loc"][0]) if error.errors()[0]["loc"] else "?"
            raise UserError(
                _("{file}, fila {line}: el valor «{value}» de la columna {column} no sirve. {hint}").format(
                    file=path.name, line=line, value=row.get(column, ""), column=column, hint=_hint(column)
                )
            ) from error
        # Two ids that differ in case would share a folder where the file system ignores case.
        same = next((known for known in learners if known.casefold() == learner.id.casefold()), None)
        if same is not None:
            raise UserError(
                _("{file}, fila {line}: el id «{id}» está repetido; deje una sola fila por persona.").format(
                    file=path.name, line=line, id=learner.id
                )
            )
        learners[learner.id] = learner
    return learners


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise UserError(
            _("Falta la lista de participantes {path}: créela con las columnas {columns}.").format(
                path=path, columns=",".join(COLUMNS)
            )
        ) from error
    except OSError as error:
        raise UserError(
            _("No se pudo leer la lista de participantes {path}: {cause}.").format(path=path, cause=cause(error))
        ) from error
    except UnicodeDecodeError as error:
        raise UserError(
            _("{file} no está en UTF-8: vuelva a guardarla como «CSV UTF-8».").format(file=path.name)
        ) from error
    header = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in header else ",")
    columns = [name.strip() for name in reader.fieldnames or []]
    reader.fieldnames = columns
    missing = [name for name in COLUMNS if name not in columns and name != "group"]
    if missing or len(set(columns)) != len(columns):
        raise UserError(
            _("{file}: las columnas deben ser {columns}; falta o se repite «{name}».").format(
                file=path.name, columns=",".join(COLUMNS), name=(missing or columns)[0]
            )
        )
    rows = []
    for row in reader:
        if None in row or any(value is None for value in row.values()):
            raise UserError(
                _("{file}, fila {line}: no tiene el mismo número de columnas que el encabezado.").format(
                    file=path.name, line=reader.line_num
                )
            )
        rows.append((reader.line_num, dict(row)))
    return rows


def _hint(column: str) -> str:
    hints = {
        "id": _("Use letras sin tilde, cifras, punto o guion (hasta 64)."),
        "setting": _("Escriba urban o rural."),
        "simulated": _("Escriba true o false."),
    }
    return hints.get(column, _("Revise que no esté vacío ni sobre una columna."))
