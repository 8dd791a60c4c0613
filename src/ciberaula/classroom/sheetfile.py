"""The answer sheet as a file: its limits, read strictly, because whoever grades reads what a stranger handed in."""

import errno
import json
import math
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ciberaula.errors import UserError, one_line
from ciberaula.i18n import _

SHEET_FILE = "respuestas.json"
SCHEMA = 1
MAX_BYTES = 1024 * 1024
# The log of a story goes deepest: a channel in a restriction of a plan that was made in it.
MAX_DEPTH = 10
MAX_ANSWERS = 500
MAX_TEXT = 20_000
MAX_NUMBER = 2**53
KINDS = frozenset(
    {"single", "multiple", "ordering", "matching", "number", "text", "form", "table", "scenario", "story"}
)
_SHEET_KEYS = {"schema", "folder", "revision", "updated_at", "answers"}
_ENTRY_KEYS = {"kind", "value", "saved_at", "writer"}


class NewerSchema(UserError):
    """The sheet was written by a later version of the classroom: readable by it alone, so never written over."""


class Unreadable(UserError):
    """The file is there and the system does not let us read it: no reason to call it damaged."""


@dataclass(frozen=True)
class Entry:
    """One saved answer. ``saved_at`` is ISO 8601 UTC; ``writer`` names the kernel session; ``checked``: a formative
    answer whose explanation has been seen."""

    kind: str
    value: Any
    saved_at: str
    writer: str
    checked: bool = False


@dataclass
class Content:
    """A whole sheet."""

    folder: str
    revision: int = 0
    updated_at: str = ""
    answers: dict[str, Entry] = field(default_factory=dict)

    def encode(self) -> bytes:
        """The file's bytes. Raises ``UserError`` above the limits that readers hold."""
        answers = {
            id: {"kind": one.kind, "value": one.value, "saved_at": one.saved_at, "writer": one.writer}
            | ({"checked": True} if one.checked else {})
            for id, one in self.answers.items()
        }
        sheet = {
            "schema": SCHEMA,
            "folder": self.folder,
            "revision": self.revision,
            "updated_at": self.updated_at,
            "answers": answers,
        }
        data = json.dumps(sheet, ensure_ascii=False, allow_nan=False, indent=1).encode("utf-8") + b"\n"
        parse(data)
        return data


def read_answers(path: Path) -> dict[str, Any]:
    """Answers (id -> value) of the sheet at ``path``, for whoever grades.

    No link is followed and only a regular file of at most 1 MiB is read; depth, count, text length and numbers are
    limited, and a key given twice is refused. Raises ``UserError`` in one line; a missing file is one too.
    """
    return {id: entry.value for id, entry in parse(read_bytes(path)).answers.items()}


def read_bytes(path: Path) -> bytes:
    """The bytes of a regular file, at most 1 MiB, following no link. ``UserError`` otherwise."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError as error:
        raise UserError(_("No hay hoja de respuestas ({file}).").format(file=path.name)) from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UserError(_("{file} es un enlace, no un archivo común.").format(file=path.name)) from error
        raise Unreadable(
            _("No se puede leer {file}: revise los permisos de la carpeta.").format(file=path.name)
        ) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # asked first: a folder has no stream
        os.close(descriptor)
        raise UserError(_("{file} no es un archivo común.").format(file=path.name))
    with os.fdopen(descriptor, "rb") as stream:
        try:
            data = stream.read(MAX_BYTES + 1)
        except OSError as error:
            raise Unreadable(_("No se puede leer {file}: revise el disco.").format(file=path.name)) from error
    if len(data) > MAX_BYTES:
        raise UserError(_("{file} pesa más de 1 MiB.").format(file=path.name))
    return data


def parse(data: bytes) -> Content:
    """The sheet that ``data`` holds. Raises ``NewerSchema``, or ``UserError`` saying what is wrong with it."""
    if len(data) > MAX_BYTES:
        raise UserError(_("La hoja de respuestas pesa más de 1 MiB: acorte la respuesta más larga."))
    try:
        sheet = json.loads(data.decode("utf-8"), object_pairs_hook=_distinct, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise UserError(_("La hoja de respuestas no se puede leer.")) from error
    _limit(sheet, 0)
    schema = sheet.get("schema") if isinstance(sheet, dict) else None
    if type(schema) is int and schema > SCHEMA:
        raise NewerSchema(
            _(
                "La hoja de respuestas se hizo con una versión más nueva del aula: actualice el aula para seguir en ella."
            )
        )
    if (
        type(schema) is not int
        or schema != SCHEMA
        or set(sheet) != _SHEET_KEYS
        or not isinstance(sheet["answers"], dict)
    ):
        raise UserError(_("La hoja de respuestas tiene una forma inesperada."))
    revision = sheet["revision"]
    if type(revision) is not int or revision < 0 or len(sheet["answers"]) > MAX_ANSWERS:
        raise UserError(_("La hoja de respuestas tiene una forma inesperada."))
    answers = {id: _entry(id, raw) for id, raw in sheet["answers"].items()}
    return Content(str(sheet["folder"]), revision, str(sheet["updated_at"]), answers)


def _entry(id: str, raw: object) -> Entry:
    if (
        not isinstance(raw, Mapping)
        or set(raw) - {"checked"} != _ENTRY_KEYS
        or not isinstance(raw["kind"], str)
        or raw["kind"] not in KINDS
        or not isinstance(raw["saved_at"], str)
        or not isinstance(raw["writer"], str)
        or not isinstance(raw.get("checked", False), bool)
        or len(id) > 60
    ):
        raise UserError(_("La hoja de respuestas tiene una forma inesperada en «{id}».").format(id=one_line(id)))
    return Entry(raw["kind"], raw["value"], raw["saved_at"], raw["writer"], raw.get("checked", False))


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError("a key is there twice")
    return names


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


_HALVES = re.compile("[\ud800-\udfff]")  # of letters, which JSON can say and UTF-8 cannot


def _limit(value: object, depth: int) -> None:
    """Raise ``UserError`` above the limits of depth, text and numbers, or for text that UTF-8 can't hold."""
    if depth > MAX_DEPTH:
        raise UserError(_("La hoja de respuestas anida demasiados niveles."))
    if isinstance(value, str):
        if len(value) > MAX_TEXT or _HALVES.search(value):
            raise UserError(
                _("La hoja de respuestas tiene un texto no admitido: use hasta {most} caracteres.").format(
                    most=MAX_TEXT
                )
            )
    elif isinstance(value, int | float):
        if abs(value) > MAX_NUMBER or not math.isfinite(value):
            raise UserError(_("La hoja de respuestas tiene un número no admitido."))
    elif isinstance(value, dict):
        for name, item in value.items():
            _limit(name, depth + 1)
            _limit(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _limit(item, depth + 1)
