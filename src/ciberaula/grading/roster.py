"""The roster: the one place that joins a trainee's id with a name (``var/roster.csv``)."""

import csv
import io
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ciberaula.errors import UserError
from ciberaula.files import cause
from ciberaula.i18n import _, ngettext
from ciberaula.paths import home
from ciberaula.spreadsheet import original_text, write_csv

COLUMNS = ("id", "name", "cohort", "group", "setting", "simulated")
# Ids become folder names and parts of nbgrader's patterns.
STUDENT_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")

_MAY_LACK = "group"
# Also what a spreadsheet program in Spanish makes of true and false when it saves.
_YES_OR_NO = {"verdadero": True, "falso": False, "si": True, "sí": True}
_SETTINGS = {"urbano": "urban", "urbana": "urban"}  # «rural» is the same word
# What the columns are called in Spanish: taken for ours.
_SPANISH = {
    "identificador": "id",
    "nombre": "name",
    "nombres": "name",
    "cohorte": "cohort",
    "grupo": "group",
    "zona": "setting",
    "entorno": "setting",
    "simulado": "simulated",
    "simulada": "simulated",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t])"?\r?\n', re.IGNORECASE)  # Excel's own, which it does not show
MAX_BYTES = 8 * 2**20


class Learner(BaseModel):
    """One row of the roster."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    id: Annotated[str, Field(pattern=STUDENT_ID.pattern)]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    cohort: Annotated[str, Field(min_length=1, max_length=100)]
    group: Annotated[str, Field(max_length=100)] = ""
    setting: Literal["urban", "rural"]
    simulated: bool

    @field_validator("name", "cohort", "group")
    @classmethod
    def _on_one_line(cls, value: str) -> str:
        if _CONTROL.search(value):
            raise ValueError("control characters")
        # What cannot be seen came along from another program, or turns the direction of what stands after it.
        seen = "".join(letter for letter in value if unicodedata.category(letter) != "Cf").replace("\xa0", " ").strip()
        if value and not seen:
            raise ValueError("nothing to be seen")
        return unicodedata.normalize("NFC", seen)  # «é» in one character and in two are the same letter to people

    @field_validator("setting", mode="before")
    @classmethod
    def _in_spanish(cls, value: Any) -> Any:
        return _SETTINGS.get(value.strip().casefold(), value.strip().casefold()) if isinstance(value, str) else value

    @field_validator("simulated", mode="before")
    @classmethod
    def _as_saved(cls, value: Any) -> Any:
        return _YES_OR_NO.get(value.strip().casefold(), value.strip()) if isinstance(value, str) else value


@dataclass(frozen=True)
class Changes:
    """What importing a list would change: ids, and of those changed the names of the columns. ``gone`` ones are kept."""

    new: tuple[str, ...]
    changed: Mapping[str, tuple[str, ...]]
    gone: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.new or self.changed)


def roster_path() -> Path:
    """Where the roster lies."""
    return home() / "roster.csv"


def read_roster(path: Path | None = None) -> dict[str, Learner]:
    """The learners by id, in the order of the file.

    Comma, semicolon or tab separate the columns. Raises ``UserError`` with one line that names the file and the row.
    """
    path = path or roster_path()
    learners: dict[str, Learner] = {}
    rows_of: dict[str, int] = {}
    columns, rows = _rows(path)
    for line, row in rows:
        learner = _learner(path, line, row, columns)
        # Two ids that differ in case would share a folder where the file system ignores case.
        same = rows_of.setdefault(learner.id.casefold(), line)
        if same != line:
            raise UserError(
                _("{file}, fila {line}: el id «{id}» está repetido; deje una sola fila por persona.").format(
                    file=path.name, line=line, id=learner.id
                )
            )
        learners[learner.id] = learner
    return learners


def write_roster(learners: Iterable[Learner], path: Path | None = None) -> None:
    """Replace the roster, whole or not at all. Raises ``UserError`` where the system does not allow it."""
    rows = (
        [*(getattr(one, name) for name in COLUMNS if name != "simulated"), str(one.simulated).lower()]
        for one in learners
    )
    write_csv(path or roster_path(), COLUMNS, rows)


def compare(before: Mapping[str, Learner], after: Mapping[str, Learner]) -> Changes:
    """What differs between two lists. Raises ``UserError`` where an id only changes its capitals: its folder is in use."""
    known = {one.casefold(): one for one in before}
    for one in after:
        former = known.get(one.casefold(), one)
        if former != one:
            raise UserError(
                _(
                    "El id «{id}» ya está en uso escrito «{former}»: escríbalo igual, porque de él dependen sus entregas."
                ).format(id=one, former=former)
            )
    changed = {
        one: tuple(name for name in COLUMNS if getattr(before[one], name) != getattr(learner, name))
        for one, learner in after.items()
        if one in before and before[one] != learner
    }
    return Changes(
        new=tuple(one for one in after if one not in before),
        changed=changed,
        gone=tuple(one for one in before if one not in after),
    )


def merged(before: Mapping[str, Learner], after: Mapping[str, Learner]) -> list[Learner]:
    """The list after an import: the new one, and at its end whoever it lacks. Their work stays, and so must their name."""
    return [*after.values(), *(learner for one, learner in before.items() if one not in after)]


def column_of(heading: str) -> str | None:
    """The column that a heading means, in English or in Spanish, whatever its capitals or accents."""
    words = unicodedata.normalize("NFD", heading.strip().casefold()).encode("ascii", "ignore").decode()
    return words if words in COLUMNS else _SPANISH.get(words)


def _learner(path: Path, line: int, row: dict[str, str], headings: Mapping[str, str]) -> Learner:
    try:
        return Learner.model_validate(row)
    except ValidationError as error:
        column = str(error.errors()[0]["loc"][0]) if error.errors()[0]["loc"] else "?"
        raise UserError(
            _("{file}, fila {line}: el valor «{value}» de la columna {column} no sirve. {hint}").format(
                file=path.name,
                line=line,
                value=_shown(row.get(column, "")),
                column=_shown(headings.get(column, column)),
                hint=_hint(column),
            )
        ) from error


def _rows(path: Path) -> tuple[dict[str, str], list[tuple[int, dict[str, str]]]]:
    """The headings by column, and the rows with their numbers in the file, which are those of a spreadsheet program too.

    Empty rows are left out.
    """
    text = _text(path)
    told = _SEPARATOR_LINE.match(text)
    text = text[told.end() :] if told else text
    header = text.partition("\n")[0]
    separator = told.group(1) if told else max(",;\t", key=header.count)
    lines = _cells(path, text, separator)
    headings = [name.strip() for name in next(lines, (0, []))[1]]
    while headings and not headings[-1]:  # a spreadsheet program adds separators for columns that were used once
        headings.pop()
    columns = _columns(path, headings)
    rows = []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        given, beyond = cells[: len(columns)], cells[len(columns) :]
        if len(given) < len(columns) or any(cell.strip() for cell in beyond):
            raise UserError(
                _("{file}, fila {line}: no tiene el mismo número de columnas que el encabezado.").format(
                    file=path.name, line=line
                )
            )
        rows.append((line, {name: original_text(cell).strip() for name, cell in zip(columns, given, strict=True)}))
    return dict(zip(columns, headings, strict=True)), rows


def _cells(path: Path, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if reader.line_num > line:  # no value of ours has two lines: a quote was opened and never closed
                raise csv.Error
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise UserError(
            _("{file}, fila {line}: hay comillas sin cerrar o de más; quítelas o escríbalas dobles.").format(
                file=path.name, line=line
            )
        ) from error


def _text(path: Path) -> str:
    try:
        found = path.stat()
        if not stat.S_ISDIR(found.st_mode) and (not stat.S_ISREG(found.st_mode) or found.st_size > MAX_BYTES):
            raise UserError(
                _("{file} no es una lista de participantes: indique un archivo CSV de hasta {mb} MB.").format(
                    file=path.name, mb=MAX_BYTES // 2**20
                )
            )
        data = path.read_bytes()
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
    if data.startswith(b"PK\x03\x04"):
        raise UserError(
            _("{file} es un libro de Excel, no un CSV: guárdelo como «CSV UTF-8» y use ese archivo.").format(
                file=path.name
            )
        )
    try:
        text = data.decode("utf-8-sig")
        if "\0" not in text:  # UTF-16 of plain letters is also valid UTF-8
            return text
        line = 1
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    raise UserError(
        _("{file}, fila {line}: no está en UTF-8; vuelva a guardarla como «CSV UTF-8».").format(
            file=path.name, line=line
        )
    )


def _columns(path: Path, headings: list[str]) -> list[str]:
    """The columns that the headings mean. Raises ``UserError`` for one that is not known, is there twice, or is missing."""
    columns = [column_of(one) or "" for one in headings]
    missing = [name for name in COLUMNS if name not in columns and name != _MAY_LACK]
    unknown = [heading for heading, column in zip(headings, columns, strict=True) if not column]
    if unknown:
        raise UserError(
            _("{file}, fila 1: la columna «{name}» no se conoce; {hint}.").format(
                file=path.name, name=_shown(unknown[0]), hint=_hint_of_heading(missing)
            )
        )
    if missing:
        raise UserError(
            ngettext(
                "{file}, fila 1: falta la columna {names}; las columnas son {columns}.",
                "{file}, fila 1: faltan las columnas {names}; las columnas son {columns}.",
                len(missing),
            ).format(file=path.name, names=_quoted(missing), columns=",".join(COLUMNS))
        )
    twice = [heading for heading, column in zip(headings, columns, strict=True) if columns.count(column) > 1]
    if twice:
        raise UserError(
            _("{file}, fila 1: las columnas {names} son la misma; deje una sola.").format(
                file=path.name, names=_quoted([_shown(one) for one in twice])
            )
        )
    return columns


def _hint_of_heading(missing: list[str]) -> str:
    """What to do about a column that is not known: most often it is one that is missing, under another name."""
    if missing:
        return _("si es {names}, cámbiele el nombre; si no, quítela").format(names=_quoted(missing, _(" o ")))
    return _("quítela: las columnas son {columns}").format(columns=",".join(COLUMNS))


def _quoted(names: list[str], last: str = "") -> str:
    """«a», «b» and «c» of ``names``; ``last`` is the word before the last one."""
    words = [f"«{name}»" for name in names]
    before = [", ".join(words[:-1])] if words[1:] else []
    return (last or _(" y ")).join([*before, words[-1]])


def _shown(value: str) -> str:
    """``value`` for a message: on one line, and not the whole of a long one."""
    return "".join(letter if letter.isprintable() else "·" for letter in value[:80])


def _hint(column: str) -> str:
    hints = {
        "id": _("Use letras sin tilde, cifras, punto o guion (hasta 64)."),
        "setting": _("Escriba urban (o urbano) o rural."),
        "simulated": _("Escriba true o false (o sí o no)."),
    }
    return hints.get(column, _("Revise que no esté vacío ni sobre una columna."))
