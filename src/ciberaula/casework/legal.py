"""Legal and professional parameters, read from the one dated file ``legal.yml``.

Every figure of law that a lesson, a question, a tool or the simulator shows comes from here, together with how sure we
are of it. The certainty is part of the data: :func:`phrase` adds the reservation by itself, so that a figure seen only in
commentary can't be shown as settled.
"""

import datetime as dt
import difflib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ciberaula.errors import UserError
from ciberaula.i18n import _

LEGAL_FILE = Path(__file__).with_name("legal.yml")

Count = Literal["termino", "plazo", "horas"]
Status = Literal["read", "secondary", "unconfirmed", "in-review"]
Number = Annotated[int | float, Field(allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1)]

_STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Source(BaseModel):
    """A law, regulation, code or standard: ``short`` is how a sentence cites it, ``published`` where it appeared."""

    model_config = _STRICT

    jurisdiction: Text
    short: Text
    title: Text
    published: Text


class Parameter(BaseModel):
    """One fact of law or of the profession: a ``value`` (number, or a range from-to) with its ``unit``, a ``text``, or both.

    ``count`` says how a period runs (``termino``: business days; ``plazo``: calendar days; ``horas``: straight hours) and
    is ``None`` where nothing is counted or where our reading did not record it. ``status`` is how sure our reading is.
    ``reviewed`` is the date on which it was last looked at.
    """

    model_config = _STRICT

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
    name: Text
    value: Number | tuple[Number, Number] | None = None
    unit: Text | None = None
    count: Count | None = None
    text: Text | None = None
    article: Text
    source: Source
    status: Status
    reviewed: dt.date
    note: str = ""

    @field_validator("value", mode="before")
    @classmethod
    def _no_truth_values(cls, value: object) -> object:
        if isinstance(value, bool):  # YAML reads «sí/no» words as booleans, which pydantic would take for 1 and 0
            raise ValueError("value must be a number")
        return value

    @model_validator(mode="after")
    def _says_something(self) -> "Parameter":
        if self.value is None and self.text is None:
            raise ValueError("value or text is needed")
        if (self.value is None) != (self.unit is None):
            raise ValueError("value and unit go together")
        if isinstance(self.value, tuple) and self.value[0] >= self.value[1]:
            raise ValueError("a range goes from low to high")
        if self.count is not None and self.unit != ("horas" if self.count == "horas" else "días"):
            raise ValueError("count does not fit the unit")
        return self

    @property
    def amount(self) -> int:
        """The value as a whole number of days, hours or years. Raises ``UserError`` where it is none."""
        if not isinstance(self.value, int):
            raise UserError(
                _("El parámetro legal «{id}» no es un número entero: no se puede contar con él.").format(id=self.id)
            )
        return self.value


class _File(BaseModel):
    model_config = _STRICT

    schema_: Literal[1] = Field(alias="schema")
    reviewed: dt.date
    notice: Text
    sources: dict[str, Source]
    parameters: list[dict[str, Any]]


class LegalData(BaseModel):
    """The whole file: its notice, its review date and its parameters by id, in the file's order."""

    model_config = _STRICT

    reviewed: dt.date
    notice: str
    parameters: Mapping[str, Parameter]


def load_legal(path: Path = LEGAL_FILE) -> LegalData:
    """Read and check a file of legal parameters. Raises ``UserError`` (one line) for anything wrong in it."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        file = _File.model_validate(raw)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise UserError(_("No se pudo leer {file}: {reason}.").format(file=path.name, reason=reason)) from error
    except ValidationError as error:
        raise UserError(_complaint(path, _("el archivo"), error)) from error
    found: dict[str, Parameter] = {}
    for position, entry in enumerate(file.parameters, start=1):
        parameter = _parameter(path, file, position, entry)
        if parameter.id in found:
            raise UserError(
                _("{file}: el parámetro «{id}» está dos veces; deje uno solo.").format(file=path.name, id=parameter.id)
            )
        found[parameter.id] = parameter
    return LegalData(reviewed=file.reviewed, notice=file.notice, parameters=found)


def _parameter(path: Path, file: _File, position: int, entry: dict[str, Any]) -> Parameter:
    where = _("el parámetro {id}").format(id=entry.get("id", _("n.º {n}").format(n=position)))
    source = entry.get("source")
    if not isinstance(source, str) or source not in file.sources:
        raise UserError(
            _("{file}: {where} cita la fuente «{source}», que no está en sources.").format(
                file=path.name, where=where, source=source
            )
        )
    try:
        return Parameter.model_validate({"reviewed": file.reviewed} | entry | {"source": file.sources[source]})
    except ValidationError as error:
        raise UserError(_complaint(path, where, error)) from error


def _complaint(path: Path, where: str, error: ValidationError) -> str:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"]) or _("contenido")
    return _("{file}: en {where}, revise «{field}» ({reason}).").format(
        file=path.name, where=where, field=field, reason=first["msg"]
    )


@cache
def legal_data() -> LegalData:
    """The course's own legal parameters, read once."""
    return load_legal()


def parameter(id: str) -> Parameter:
    """The parameter with that id. Raises ``UserError`` naming the nearest ids where there is none."""
    known = legal_data().parameters
    if id not in known:
        near = difflib.get_close_matches(str(id), known, n=3, cutoff=0.4) or list(known)[:3]
        raise UserError(
            _("No hay un parámetro legal «{id}». ¿Quiso decir: {near}?").format(id=id, near=", ".join(near))
        )
    return known[id]


def parameters(prefix: str = "") -> list[Parameter]:
    """Parameters whose id is ``prefix`` or goes on from it at a dot (``ec.breach``), in the file's order."""
    return [
        found
        for id, found in legal_data().parameters.items()
        if not prefix or id == prefix or id.startswith(prefix.rstrip(".") + ".")
    ]


def phrase(id: str) -> str:
    """A Spanish phrase to stand inside a sentence: «término de 5 días (LOPDP, art. 43)».

    Where the fact was not read in the text itself, the reservation stands inside the brackets.
    """
    found = parameter(id)
    core = value_text(found) or found.text or ""
    cite = f"{found.source.short}, {found.article}"
    reservation = _reservation(found.status)
    return f"{core} ({cite}; {reservation})" if reservation else f"{core} ({cite})"


def value_text(found: Parameter) -> str:
    """The value with its unit in Spanish («término de 5 días», «0,1 a 0,7 % del…»), or "" where it has none."""
    if found.value is None:
        return ""
    if isinstance(found.value, tuple):
        amount = _("{low} a {high}").format(low=_number(found.value[0]), high=_number(found.value[1]))
    else:
        amount = _number(found.value)
    plain = f"{amount} {found.unit}"
    if found.count == "termino":
        return _("término de {amount}").format(amount=plain)
    if found.count == "plazo":
        return _("plazo de {amount}").format(amount=plain)
    return plain


def _number(value: int | float) -> str:
    return f"{value:g}".replace(".", ",")


def certainty_label(status: Status) -> str:
    """How a certainty is called before a reader: «leído en el texto», «según comentaristas»…"""
    return {
        "read": _("leído en el texto"),
        "secondary": _("según comentaristas"),
        "unconfirmed": _("sin confirmar"),
        "in-review": _("en revisión"),
    }[status]


def _reservation(status: Status) -> str:
    return {
        "read": "",
        "secondary": _("según comentaristas, sin confirmar en el texto"),
        "unconfirmed": _("dato sin confirmar"),
        "in-review": _("en revisión, puede cambiar"),
    }[status]
