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

from pydantic import Field, field_validator, model_validator

from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.yamlfile import Place, Strict, Text, YamlFile, read_yaml, validate

LEGAL_FILE = Path(__file__).with_name("legal.yml")

Count = Literal["termino", "plazo", "horas"]
Status = Literal["read", "secondary", "unconfirmed", "in-review"]
Number = Annotated[int | float, Field(allow_inf_nan=False)]


class Source(Strict):
    """A law, regulation, code or standard: ``short`` is how a sentence cites it, ``published`` where it appeared."""

    jurisdiction: Text
    short: Text
    title: Text
    published: Text


class Parameter(Strict):
    """One fact of law or of the profession: a ``value`` (number, or a range from-to) with its ``unit``, a ``text``, or both.

    ``count`` says how a period runs (``termino``: business days; ``plazo``: calendar days; ``horas``: straight hours) and
    is ``None`` where nothing is counted or where our reading did not record it. ``status`` is how sure our reading is.
    ``reviewed`` is the date on which it was last looked at.
    """

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
            raise ValueError(_("un sí o no, no es un número"))
        return value

    @model_validator(mode="after")
    def _says_something(self) -> "Parameter":
        if self.value is None and self.text is None:
            raise ValueError(_("hace falta «value», «text» o ambos"))
        if (self.value is None) != (self.unit is None):
            raise ValueError(_("«value» y «unit» van siempre juntos"))
        if isinstance(self.value, tuple) and self.value[0] >= self.value[1]:
            raise ValueError(_("un intervalo va del menor al mayor"))
        if self.count is not None and self.unit != ("horas" if self.count == "horas" else "días"):
            raise ValueError(_("«count» no corresponde a «unit»"))
        return self

    @property
    def amount(self) -> int:
        """The value as a whole number of days, hours or years. Raises ``UserError`` where it is none."""
        if not isinstance(self.value, int):
            raise UserError(
                _("El parámetro legal «{id}» no es un número entero: no se puede contar con él.").format(id=self.id)
            )
        return self.value


class _File(Strict):
    schema_: Literal[1] = Field(alias="schema")
    reviewed: dt.date
    notice: Text
    sources: dict[str, Source]
    parameters: list[dict[str, Any]]


class LegalData(Strict):
    """The whole file: its notice, its review date and its parameters by id, in the file's order."""

    reviewed: dt.date
    notice: str
    parameters: Mapping[str, Parameter]


def load_legal(path: Path = LEGAL_FILE) -> LegalData:
    """Read and check a file of legal parameters. Raises ``UserError`` (one line) for anything wrong in it."""
    source = read_yaml(path)
    file = validate(_File, source)
    found: dict[str, Parameter] = {}
    for index, entry in enumerate(file.parameters):
        parameter = _parameter(source, file, index, entry)
        if parameter.id in found:
            raise UserError(
                _("{where}: está dos veces; deje uno solo.").format(
                    where=source.where(("parameters", index), _about(entry, index))
                )
            )
        found[parameter.id] = parameter
    return LegalData(reviewed=file.reviewed, notice=file.notice, parameters=found)


def _about(entry: dict[str, Any], index: int) -> str:
    return _("parámetro «{id}»").format(id=entry.get("id", _("n.º {n}").format(n=index + 1)))


def _parameter(source: YamlFile, file: _File, index: int, entry: dict[str, Any]) -> Parameter:
    place: Place = ("parameters", index)
    about, law = _about(entry, index), entry.get("source")
    if not isinstance(law, str) or law not in file.sources:
        raise UserError(
            _("{where}: cita la fuente «{source}», que no está en sources; añádala o corrija su nombre.").format(
                where=source.where((*place, "source"), about), source=law
            )
        )
    whole = {"reviewed": file.reviewed} | entry | {"source": file.sources[law]}
    return validate(Parameter, source, whole, place, about)


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
