"""The pieces that screens of the case desk are made of: plain JSON data, which ``static/desk_parts.js`` draws.

A piece is a mapping with ``kind``. What a button or form does is a *command*: a mapping with ``do``, which comes back as a
message and is checked by :mod:`ciberaula.classroom.desk_app`. Text is plain unless a key is called ``html``: that is
trusted markup, made here.
"""

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ciberaula.classroom.drawing import Drawing
from ciberaula.classroom.fields import Field
from ciberaula.classroom.markup import to_html, to_inline_html
from ciberaula.i18n import _

Part = dict[str, Any]
Command = dict[str, Any]
Cell = str | dict[str, Any]


def heading(text: str) -> Part:
    """A heading inside a screen, whose own title is one level above."""
    return {"kind": "heading", "text": text}


def line(text: str, *, quiet: bool = False) -> Part:
    """One paragraph of plain text."""
    return {"kind": "html", "html": f"<p>{html.escape(text)}</p>", "quiet": quiet}


def prose(text: str) -> Part:
    """Markdown-light text of a story."""
    return {"kind": "html", "html": to_html(text), "quiet": False}


def drawing(drawn: Drawing, id: str) -> Part:
    """A drawing with its caption and its facts in words. ``id`` is unique on the page."""
    return {"kind": "html", "html": drawn.figure(id), "quiet": False}


def bullets(items: Iterable[str]) -> Part:
    """A list of plain texts."""
    return {
        "kind": "html",
        "html": f"<ul>{''.join(f'<li>{html.escape(item)}</li>' for item in items)}</ul>",
        "quiet": False,
    }


def facts(rows: Iterable[tuple[str, str]]) -> Part:
    """Pairs of a label and what is known; those that say nothing are left out."""
    return {"kind": "facts", "rows": [[name, text] for name, text in rows if text]}


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]], empty: str = "") -> Part:
    """A table with a caption; its first column names the row. ``empty`` is said where there are no rows.

    A cell is plain text, or :func:`opening`.
    """
    return {
        "kind": "table",
        "caption": caption,
        "columns": list(columns),
        "rows": [list(row) for row in rows],
        "empty": empty or _("Todavía no hay nada aquí."),
    }


def opening(text: str, command: Command) -> Cell:
    """A cell that is a button."""
    return {"text": text, "send": command}


def button(text: str, command: Command, *, main: bool = False, note: str = "") -> Part:
    """One button. ``note`` completes its name for those who hear it apart from the text around it."""
    return {"text": text, "send": command, "main": main, "note": note}


def buttons(*items: Part) -> Part:
    """A row of buttons."""
    return {"kind": "buttons", "items": list(items)}


def card(title: str, parts: Iterable[Part], *, mark: str = "") -> Part:
    """A framed piece with a heading of its own; ``mark`` is a word beside it («Nuevo»)."""
    return {"kind": "card", "title": title, "mark": mark, "parts": list(parts)}


def fold(title: str, parts: Iterable[Part], *, is_open: bool = False) -> Part:
    """A piece that opens and closes."""
    return {"kind": "fold", "title": title, "open": is_open, "parts": list(parts)}


def choice(name: str, options: Iterable[tuple[str, str]], command: Command, submit: str) -> Part:
    """Options to take one of: pairs of an id and markdown-light text. The command goes out with ``option``."""
    return {
        "kind": "choice",
        "name": name,
        "options": [{"id": id, "html": to_inline_html(text)} for id, text in options],
        "send": command,
        "submit": submit,
    }


def conflicts(items: Iterable[Mapping[str, Any]], command: Command, submit: str) -> Part:
    """Two versions of each of ``items`` (key, title, versions), one to be chosen; the command goes out with ``keep``."""
    return {
        "kind": "conflicts",
        "items": list(items),
        "note": _("La otra versión se conserva en el historial del caso."),
        "lacking": _("Falta elegir cuál queda."),
        "send": command,
        "submit": submit,
    }


def form(
    id: str,
    fields: Sequence[Field],
    command: Command,
    submit: str,
    *,
    values: Mapping[str, Any] | None = None,
    groups: Sequence[str] = (),
    leave: Part | None = None,
    saves: bool = False,
) -> Part:
    """A form; the command goes out with ``values`` (field id -> value).

    ``id`` keeps apart what a person has begun to write: a piece of another id starts with ``values``. ``groups``: for each
    field the name of the group it belongs to, or nothing. ``leave``: a button that gives the form up. ``saves``: every
    change goes out by itself, and there is no button.
    """
    return {
        "kind": "form",
        "id": id,
        "fields": [field.payload() for field in fields],
        "groups": list(groups) or [""] * len(fields),
        "values": dict(values or {}),
        "send": command,
        "submit": submit,
        "leave": leave,
        "saves": saves,
    }


def tabs(name: str, items: Iterable[tuple[str, Command, bool]]) -> Part:
    """Ways within a screen: (text, command, is the current one). ``name`` is what the group is called."""
    return {
        "kind": "tabs",
        "name": name,
        "items": [{"text": text, "send": command, "current": current} for text, command, current in items],
    }


def screen(key: str, title: str, parts: Iterable[Part]) -> dict[str, Any]:
    """A whole screen. ``key`` tells whether the next one is the same place, drawn anew."""
    return {"key": key, "title": title, "parts": list(parts)}
