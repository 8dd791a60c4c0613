"""Fields of a form, shared by graded forms, documents of practice and tools."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from ciberaula.classroom.sheetfile import MAX_NUMBER, MAX_TEXT
from ciberaula.errors import UserError
from ciberaula.i18n import _

FieldKind = Literal["choice", "multiple", "text", "number", "date"]
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Field:
    """One labelled input.

    ``options`` (for ``choice`` and ``multiple``) are pairs ``(id, Spanish text)``. Its value, as Python sees it, is
    a plain string (``choice``: an option id; ``text``; ``date``: ``YYYY-MM-DD``), an ``int`` or finite ``float``
    (``number``), a list of option ids in option order (``multiple``), or ``None`` while it is empty. ``listed``: a choice
    is always a drop-down list, however few its options; ``hidden``: there, and not shown.
    """

    id: str
    label: str
    kind: FieldKind = "text"
    options: Sequence[tuple[str, str]] = ()
    value: Any = None
    help: str = ""
    required: bool = False
    multiline: bool = False
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    shown_when: tuple[str, Sequence[str]] | None = None  # a choice's id, and its options that make this field matter
    listed: bool = False
    hidden: bool = False

    def clean(self, raw: object) -> Any:
        """``raw`` from the front end as a value of this field, or ``None`` when empty.

        Raises ``UserError`` naming the field when it is of another shape: the front end is never trusted.
        """
        if raw is None or raw == "" or raw == []:
            return None
        ids = [option for option, _text in self.options]
        if self.kind == "choice" and isinstance(raw, str) and raw in ids:
            return raw
        if self.kind == "multiple" and isinstance(raw, list) and all(item in ids for item in raw):
            return [option for option in ids if option in raw]
        if self.kind == "text" and isinstance(raw, str) and len(raw) <= MAX_TEXT:
            return raw if raw.strip() else None
        if self.kind == "date" and isinstance(raw, str) and _is_date(raw):
            return raw
        if self.kind == "number" and not isinstance(raw, bool) and isinstance(raw, int | float):
            return self._in_range(raw)
        raise UserError(
            _("«{label}»: el dato no tiene la forma esperada; vuelva a escribirlo.").format(label=self.label)
        )

    def _in_range(self, raw: int | float) -> int | float:
        low = -math.inf if self.minimum is None else self.minimum
        high = math.inf if self.maximum is None else self.maximum
        if abs(raw) <= MAX_NUMBER and math.isfinite(raw) and low <= raw <= high:
            return int(raw) if float(raw).is_integer() else raw
        raise UserError(
            _("«{label}»: escriba un número{bounds}.").format(
                label=self.label, bounds=bounds(self.minimum, self.maximum)
            )
        )

    def payload(self) -> dict[str, Any]:
        """What the front end needs to draw this field."""
        return {
            "id": self.id,
            "label": self.label,
            "kind": self.kind,
            "options": [{"id": option, "text": text} for option, text in self.options],
            "help": self.help,
            "required": self.required,
            "multiline": self.multiline,
            "unit": self.unit,
            "min": self.minimum,
            "max": self.maximum,
            "step": self.step,
            "shown_when": list(self.shown_when) if self.shown_when else None,
            "listed": self.listed,
            "hidden": self.hidden,
        }


@dataclass(frozen=True)
class Section:
    """A titled group of fields. ``intro`` is markdown-light text shown under the title."""

    title: str
    fields: Sequence[Field] = field(default_factory=tuple)
    intro: str = ""


def clean_values(fields: Sequence[Field], raw: object) -> dict[str, Any]:
    """All fields of ``raw`` (a mapping id -> value) cleaned; empty ones are left out. Unknown ids are refused."""
    if not isinstance(raw, Mapping):
        raise UserError(_("El formulario llegó con una forma inesperada; vuelva a ejecutar la celda."))
    known = {item.id: item for item in fields}
    unknown = [str(name) for name in raw if name not in known]
    if unknown:
        raise UserError(
            _("El formulario no tiene el campo «{name}»; vuelva a ejecutar la celda.").format(name=unknown[0][:60])
        )
    cleaned = {name: known[name].clean(raw[name]) for name in known if name in raw}
    return {name: value for name, value in cleaned.items() if value is not None}


def bounds(minimum: float | None, maximum: float | None) -> str:
    """«entre 0 y 30», «desde 0», «hasta 30» with a leading space, or nothing."""
    if minimum is not None and maximum is not None:
        return _(" entre {low:g} y {high:g}").format(low=minimum, high=maximum)
    if minimum is not None:
        return _(" desde {low:g}").format(low=minimum)
    return _(" hasta {high:g}").format(high=maximum) if maximum is not None else ""


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False
