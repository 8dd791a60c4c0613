"""Answers as plain JSON values: made from what the front end or code hands in, and told in Spanish.

Shapes, by kind: single ``"b"``; multiple ``["a", "c"]`` in option order; ordering ``["c", "a", "b"]``; matching
``{"l1": "r2"}``; number ``4``; text ``"…"``; form ``{"field": value}``; table ``{"columns": […], "rows": [[…]]}``;
scenario ``{"path": [["node", "option"], …], "end": "node" or None}``; story: its log, see
:mod:`ciberaula.classroom.story_items`. ``None`` is no answer.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from ciberaula.casework.stories.answer import MOST_ACTIONS
from ciberaula.classroom.decisions import Decision
from ciberaula.classroom.fields import Field, bounds, clean_values
from ciberaula.classroom.markup import to_plain
from ciberaula.classroom.sheetfile import MAX_NUMBER, MAX_TEXT
from ciberaula.classroom.spec import (
    Choice,
    Form,
    FormField,
    Item,
    Matching,
    Multiple,
    Number,
    Ordering,
    Question,
    Single,
    Table,
    Written,
)
from ciberaula.classroom.story_items import StoryItem, clean_log
from ciberaula.errors import UserError
from ciberaula.i18n import _, ngettext

Asked = Question | Decision | StoryItem
"""Whatever has an answer in the sheet."""

MAX_ROWS = 2_000
MAX_COLUMNS = 60
MAX_STEPS = 100
_UNFINISHED = _("la historia aún no llega a su final")


def clean(question: Asked, raw: object) -> Any:
    """``raw`` as the answer value of ``question``, ``None`` when it is blank.

    Raises ``UserError`` (one line) for a value of another shape, or with options the question does not have.
    """
    if raw is None or (isinstance(raw, str | list | dict) and not raw) or (isinstance(raw, str) and not raw.strip()):
        return None
    cleaned: Any
    match question:
        case Single():
            cleaned = raw if raw in _ids(question.options) else None
        case Multiple():
            cleaned = _chosen(question.options, raw)
        case Ordering():
            cleaned = list(raw) if isinstance(raw, list) and _is_permutation(raw, question) else None
        case Matching():
            cleaned = _pairs(question, raw)
        case Number():
            cleaned = _number(question, raw)
        case Written():
            cleaned = raw if isinstance(raw, str) and len(raw) <= MAX_TEXT else None
        case Form():
            return clean_values(form_fields(question), raw) or None
        case Table():
            cleaned = _table(raw)
        case Decision():
            cleaned = _path(question, raw)
        case StoryItem():
            cleaned = clean_log(question, raw)
    if cleaned is None:
        raise UserError(
            _("«{id}»: la respuesta no tiene la forma que pide la pregunta; {hint}.").format(
                id=question.id, hint=_hint(question)
            )
        )
    return cleaned


def lacks(question: Asked, value: Any) -> str | None:
    """What a clean ``value`` still needs to be a whole answer, in Spanish, or ``None`` when it is whole."""
    if value is None:
        return _("aún no tiene respuesta")
    match question:
        case Matching():
            count = len(question.left) - len(value)
            if count:
                return ngettext("falta {count} pareja", "faltan {count} parejas", count).format(count=count)
        case Form():
            empty = [field.label for field in question.fields if field.required and field.id not in value]
            if empty:
                return _("falta completar «{label}»").format(label=empty[0])
        case Written():
            count = count_words(value)
            if question.min_words and count < question.min_words:
                return _("tiene {count} palabras y se piden al menos {least}").format(
                    count=count, least=question.min_words
                )
            if count > question.max_words:
                return _("tiene {count} palabras y se piden como máximo {most}").format(
                    count=count, most=question.max_words
                )
        case Decision():
            if value["end"] is None:
                return _UNFINISHED
        case StoryItem():
            if value["ended"] is None:
                return _UNFINISHED
        case _:
            pass
    return None


def describe(question: Asked, value: Any) -> str:
    """A clean ``value`` as a reader would say it: plain Spanish text, one line."""
    if value is None:
        return _("sin respuesta")
    match question:
        case Single() | Multiple() | Ordering():
            texts: dict[str, str] = {option.id: to_plain(option.text) for option in question.options}
            chosen: list[str] = [value] if isinstance(value, str) else value
            separator = " → " if isinstance(question, Ordering) else "; "
            return separator.join(texts[id] for id in chosen)
        case Matching():
            left = {item.id: to_plain(item.text) for item in question.left}
            right = {item.id: to_plain(item.text) for item in question.right}
            return "; ".join(f"{left[id]} → {right[other]}" for id, other in value.items())
        case Number():
            return f"{number_text(value)} {question.unit}".strip()
        case Written():
            return " ".join(value.split())
        case Form():
            return "; ".join(
                f"{field.label}: {describe_field(field, value[field.id])}"
                for field in question.fields
                if field.id in value
            )
        case Table():
            rows, columns = len(value["rows"]), len(value["columns"])
            tall = ngettext("{count} fila", "{count} filas", rows).format(count=rows)
            wide = ngettext("{count} columna", "{count} columnas", columns).format(count=columns)
            return _("tabla de {tall} y {wide}").format(tall=tall, wide=wide)
        case Decision():
            return " → ".join(
                to_plain(turn.text)
                for node, option in value["path"]
                if (turn := question.nodes[node].option(option)) is not None
            )
        case StoryItem():
            count = len(value["actions"])
            done = ngettext("{count} acción", "{count} acciones", count).format(count=count)
            end = _UNFINISHED if value["ended"] is None else question.story.endings[value["ended"]].title
            return _("{story}: {done}; {end}").format(story=question.title, done=done, end=end)


def describe_field(field: FormField, value: Any) -> str:
    """The value of one form field in plain Spanish."""
    texts: dict[str, str] = {option.id: to_plain(option.text) for option in field.options}
    if isinstance(value, list):
        return ", ".join(texts.get(one, str(one)) for one in value)
    return texts.get(value, value) if isinstance(value, str) else number_text(value)


def number_text(value: float) -> str:
    """A number with the decimal comma of Ecuador: 0,5."""
    return f"{value:.10g}".replace(".", ",")


def count_words(text: str) -> int:
    return len(text.split())


def form_fields(question: Form) -> list[Field]:
    """The fields of a form question as the shared :class:`Field`, without keys."""
    return [
        Field(
            one.id,
            one.label,
            one.kind,
            options=[(option.id, to_plain(option.text)) for option in one.options],
            help=one.help,
            required=one.required,
        )
        for one in question.fields
    ]


def _ids(options: Iterable[Choice | Item]) -> list[str]:
    return [option.id for option in options]


def _chosen(options: Sequence[Choice], raw: object) -> list[str] | None:
    ids = _ids(options)
    if isinstance(raw, list) and all(one in ids for one in raw):
        return [id for id in ids if id in raw]
    return None


def _is_permutation(raw: list[object], question: Ordering) -> bool:
    ids = _ids(question.options)
    return len(raw) == len(ids) and all(id in raw for id in ids)


def _pairs(question: Matching, raw: object) -> dict[str, str] | None:
    if not isinstance(raw, dict):
        return None
    left, right = _ids(question.left), _ids(question.right)
    given = {id: other for id, other in raw.items() if other not in (None, "")}
    if not all(id in left for id in given) or not all(other in right for other in given.values()):
        return None
    return {id: given[id] for id in left if id in given} or None


def _number(question: Number, raw: object) -> int | float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or abs(raw) > MAX_NUMBER or not math.isfinite(raw):
        return None
    low = -math.inf if question.min is None else question.min
    high = math.inf if question.max is None else question.max
    return (int(raw) if float(raw).is_integer() else raw) if low <= raw <= high else None


def _table(raw: object) -> dict[str, Any] | None:
    if not isinstance(raw, dict) or set(raw) != {"columns", "rows"}:
        return None
    columns, rows = raw["columns"], raw["rows"]
    if not isinstance(columns, list) or not isinstance(rows, list) or not 0 < len(columns) <= MAX_COLUMNS:
        return None
    if len(rows) > MAX_ROWS or not all(isinstance(name, str) and len(name) <= 200 for name in columns):
        return None
    if not all(isinstance(row, list) and len(row) == len(columns) and all(map(_is_cell, row)) for row in rows):
        return None
    return {"columns": columns, "rows": rows}


def _is_cell(value: object) -> bool:
    if isinstance(value, int | float):
        return abs(value) <= MAX_NUMBER and math.isfinite(value)
    return value is None or (isinstance(value, str) and len(value) <= 2_000)


def _path(decision: Decision, raw: object) -> dict[str, Any] | None:
    steps = raw.get("path") if isinstance(raw, dict) else None
    if not isinstance(steps, list) or not 0 < len(steps) <= MAX_STEPS:
        return None
    if not all(isinstance(step, list | tuple) and len(step) == 2 for step in steps):
        return None
    here = decision.walk([(step[0], step[1]) for step in steps])
    if here is None:
        return None
    return {"path": [list(step) for step in steps], "end": here if decision.nodes[here].end else None}


def _hint(question: Asked) -> str:
    match question:
        case Number():
            return _("escriba un número{bounds}").format(bounds=bounds(question.min, question.max))
        case Written():
            return _("escriba un texto de hasta {most} caracteres").format(most=MAX_TEXT)
        case StoryItem():
            return _("juegue la historia en su mesa de casos, con {most} acciones como máximo").format(
                most=MOST_ACTIONS
            )
        case Table():
            return _("entregue una tabla de hasta {rows} filas con submit_table").format(rows=MAX_ROWS)
        case Single() | Multiple():
            return _("use las opciones {ids}").format(ids=", ".join(_ids(question.options)))
        case Ordering():
            return _("ordene una vez cada elemento: {ids}").format(ids=", ".join(_ids(question.options)))
        case Matching():
            return _("una cada elemento de la izquierda con uno de la derecha")
        case _:
            return _("vuelva a ejecutar la celda y responda en ella")
