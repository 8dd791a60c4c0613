"""The static rendering of a widget, from the same ``spec`` and ``state`` as the live one.

It is what GitHub, feedback pages, print and a reader without a kernel show: the question, all its options, the saved
answer, and the explanation once it was seen. It can't tell a key, because ``spec`` holds none.

GitHub takes away every style and class, and the style sheets of nbconvert and of JupyterLab lay definition lists out in
columns: only paragraphs, lists and headings are used.
"""

import html
import re
from collections.abc import Callable
from typing import Any

from ciberaula.i18n import _

Payload = dict[str, Any]

# Until the live view is there JupyterLab shows «Loading widget…», and without a kernel an error: this text serves instead.
_STYLE = (
    "<style>.jp-OutputArea:has(.ciberaula-static):not(:has(.ciberaula-live)) .jupyter-widgets{display:none}</style>"
)
_FRAME = "border-left:4px solid #8c8c8c;padding-left:1rem"  # tells the question from the lesson around it
_MARKS = {True: "◉", False: "○"}
_BOXES = {True: "☑", False: "☐"}
_BREAK = re.compile(r"</(p|li|h\d|dt|dd|ol|ul|blockquote)>")
_TAG = re.compile(r"<[^>]*>")
_STYLE_BLOCK = re.compile(r"<style>.*?</style>|<svg.*?</svg>", re.DOTALL)  # what says nothing as plain text


def static_html(spec: Payload, state: Payload) -> str:
    """Semantic HTML of its own, readable without style sheet or script."""
    draw = _KINDS.get(spec["type"], _nothing)
    parts = [
        f'<div class="ciberaula-static" lang="{html.escape(spec["lang"])}" style="{_FRAME}">{_STYLE}',
        f"<h3>{html.escape(spec['title'])}</h3>",
        spec.get("prompt", ""),
        draw(spec, state),
        _said(state),
        state.get("result", ""),
        f"<p>{_hint(state)}</p></div>",
    ]
    return "\n".join(part for part in parts if part)


def static_text(spec: Payload, state: Payload) -> str:
    """The same in plain text, one line a piece."""
    text = _BREAK.sub("\n", _STYLE_BLOCK.sub("", static_html(spec, state)))
    lines = (" ".join(line.split()) for line in html.unescape(_TAG.sub("", text)).splitlines())
    return "\n".join(line for line in lines if line)


def _hint(state: Payload) -> str:
    how = _("Para responder, abra el menú «Run» (Ejecutar) y elija «Ejecutar todas las celdas».")
    again = _("Si nada cambia, espere unos segundos y repítalo.")
    blank = "story" not in state and state.get("value") is None
    waiting = f"<strong>{_('Sin respuesta todavía.')}</strong> " if blank else ""
    return f"{waiting}<em>{how} {again}</em>"


def _said(state: Payload) -> str:
    feedback = state.get("feedback")
    if not feedback:
        return ""
    return f"<p><strong>{html.escape(feedback['summary'])}</strong></p>{feedback['explanation']}"


def _remark(state: Payload, id: str) -> str:
    items = (state.get("feedback") or {}).get("items", {})
    if id not in items:
        return ""
    return f"<br><strong>{html.escape(items[id]['word'])}.</strong> {items[id]['why']}"


def _listed(items: list[str], tag: str = "ul") -> str:
    return f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>"


def _marked(items: list[str]) -> str:
    """A list whose items begin with a mark of their own: where styles are allowed, without a second one."""
    return _listed(items).replace("<ul>", '<ul style="list-style:none;padding-left:0">', 1)


def _choices(spec: Payload, state: Payload) -> str:
    several = spec["type"] == "multiple"
    marks = _BOXES if several else _MARKS
    chosen = (state["value"] or []) if several else [state["value"]]
    return _marked(
        [
            f"{marks[one['id'] in chosen]} {_mine(one['html'], one['id'] in chosen)}{_remark(state, one['id'])}"
            for one in spec["options"]
        ]
    )


def _mine(text: str, chosen: bool) -> str:
    return f"<strong>{text}</strong> ({_('su respuesta')})" if chosen else text


def _ordering(spec: Payload, state: Payload) -> str:
    texts = {one["id"]: one["html"] for one in spec["options"]}
    order = state["value"] or list(texts)
    title = _("Su orden:") if state["value"] else _("Por ordenar:")
    return f"<p>{title}</p>" + _listed([texts[id] + _remark(state, id) for id in order], "ol")


def _matching(spec: Payload, state: Payload) -> str:
    right = {one["id"]: one["html"] for one in spec["right"]}
    value = state["value"] or {}
    rows = [
        f"{one['html']} → {_mine(right[value[one['id']]], True) if one['id'] in value else '…'}{_remark(state, one['id'])}"
        for one in spec["left"]
    ]
    return _listed(rows) + f"<p>{_('Para unir con:')}</p>" + _listed(list(right.values()))


def _number(spec: Payload, state: Payload) -> str:
    if state["value"] is None:
        return ""
    value = f"{state['value']:.10g}".replace(".", ",")
    return f"<p>{_('Su respuesta:')} <strong>{value} {html.escape(spec['unit'])}</strong></p>"


def _text(spec: Payload, state: Payload) -> str:
    if not state["value"]:
        return ""
    lines = "<br>".join(html.escape(line) for line in state["value"].splitlines())
    return f"<p>{_('Su respuesta:')}</p><blockquote>{lines}</blockquote>"


def _form(spec: Payload, state: Payload) -> str:
    value = state["value"] or {}
    parts = []
    for section in spec["sections"]:
        if section["title"]:
            parts.append(f"<h4>{html.escape(section['title'])}</h4>")
        parts += [_labelled(field, value.get(field["id"]), _remark(state, field["id"])) for field in section["fields"]]
    return "".join(parts)


def _fitting(spec: Payload, state: Payload) -> str:
    """What is chosen in a form whose fields depend on each other; its options would fill the page."""
    value = state["value"] or {}
    shown: list[str] = []
    for section in state.get("sections") or spec["sections"]:
        for field in section["fields"]:
            if field["id"] in value and not field["hidden"]:
                texts = {one["id"]: one["text"] for one in field["options"]}
                given: Any = value[field["id"]]
                several = given if isinstance(given, list) else [given]
                said = ", ".join(texts.get(one, str(one)) for one in several)
                shown.append(f"{html.escape(field['label'])}: <strong>{html.escape(said)}</strong>")
    return _listed(shown) if shown else ""


def _coding(spec: Payload, state: Payload) -> str:
    """The units with the code of each; the book of codes would stand there again with every unit."""
    value = state["value"] or {}
    names = {code["id"]: code["shown"] for theme in spec["book"] for code in theme["codes"]}
    total = sum(len(turn["units"]) for turn in spec["turns"])
    parts = [f"<p>{_('{done} de {total} unidades con código').format(done=len(value), total=total)}</p>"]
    for turn in spec["turns"]:
        if turn["asked"]:
            parts.append(f"<h4>{_('Le preguntan:')} {html.escape(turn['asked'])}</h4>")
        for unit in turn["units"]:
            chosen = names.get(value.get(unit["id"], ""))
            code = f"<strong>{html.escape(chosen)}</strong>" if chosen else "…"
            parts.append(
                f"<p>{html.escape(unit['id'])}</p><blockquote>{html.escape(unit['text'])}</blockquote>"
                f"<p>{_('Código:')} {code}</p>"
            )
    return "".join(parts)


_SHORT = 30  # options up to this many characters fit side by side


def _labelled(field: Payload, value: Any, remark: str) -> str:
    label = f"<strong>{html.escape(field['label'])}</strong>"
    if not field["options"]:
        return f"<p>{label}<br>{_written(field, value)}{remark}</p>"
    chosen = value if isinstance(value, list) else [value]
    marks = _BOXES if field["kind"] == "multiple" else _MARKS
    options = [f"{marks[one['id'] in chosen]} {html.escape(one['text'])}" for one in field["options"]]
    if all(len(one["text"]) <= _SHORT for one in field["options"]):
        return f"<p>{label}<br>{' · '.join(options)}{remark}</p>"
    said = f"<p>{remark.removeprefix('<br>')}</p>" if remark else ""
    return f"<p>{label}</p>{_marked(options)}{said}"


def _written(field: Payload, value: Any) -> str:
    if value is None:
        return "…"
    shown = f"{value:.10g}".replace(".", ",") if isinstance(value, int | float) else str(value)
    return f"{'<br>'.join(html.escape(line) for line in shown.splitlines())} {html.escape(field['unit'])}".strip()


def _table(spec: Payload, state: Payload) -> str:
    return ""  # what was handed in is told as ``result``


def _scenario(spec: Payload, state: Payload) -> str:
    story = state["story"]
    parts = [_taken(step) for step in story["path"]]
    path = f"<p>{_('Su recorrido:')}</p>{_listed(parts, 'ol')}" if parts else ""
    last = "" if parts or not story["last"] else _listed([_taken(story["last"])])
    ways = _marked([f"○ {one['html']}" for one in story["options"]]) if story["options"] else ""
    return f"{last}{story['text']}{ways}{story['closing']}{path}"


def _taken(step: Payload) -> str:
    remark = step.get("remark")
    said = f"<br><strong>{html.escape(remark['word'])}.</strong> {remark['why']}" if remark else ""
    return f"<strong>{step['text']}</strong><br>{step['consequence']}{said}"


def _desk(spec: Payload, state: Payload) -> str:
    """The screen of the case desk as it stands, without what only works with a kernel."""
    desk = state["desk"]
    clock = f"<p>{html.escape(desk['head']['clock'])}</p>" if desk["head"]["clock"] else ""
    told = f"<p>{html.escape(state['status']['text'])}</p>" if state["status"]["text"] else ""
    title = f"<h4>{html.escape(desk['screen']['title'])}</h4>"
    return clock + told + _pieces(desk["after"]) + title + _pieces(desk["screen"]["parts"])


def _pieces(parts: list[Payload]) -> str:
    return "".join(_PIECES[one["kind"]](one) for one in parts if one["kind"] in _PIECES)


def _boxed(part: Payload) -> str:
    mark = f" ({html.escape(part['mark'])})" if part.get("mark") else ""
    return f"<p><strong>{html.escape(part['title'])}</strong>{mark}</p>{_pieces(part['parts'])}"


def _rows(part: Payload) -> str:
    """A table as a list: one row an item, its cells with the names of their columns."""
    items = []
    for row in part["rows"]:
        cells = [cell if isinstance(cell, str) else cell["text"] for cell in row]
        named = [
            f"{html.escape(name)}: {html.escape(text)}"
            for name, text in zip(part["columns"], cells, strict=True)
            if text
        ]
        items.append("; ".join(named))
    body = _listed(items) if items else f"<p>{html.escape(part['empty'])}</p>"
    return f"<p><strong>{html.escape(part['caption'])}</strong></p>{body}"


_PIECES: dict[str, Callable[[Payload], str]] = {
    "heading": lambda part: f"<p><strong>{html.escape(part['text'])}</strong></p>",
    "html": lambda part: part["html"],
    "facts": lambda part: _listed([f"{html.escape(name)}: {html.escape(text)}" for name, text in part["rows"]]),
    "table": _rows,
    "card": _boxed,
    "fold": _boxed,
    "conflicts": lambda part: _listed([html.escape(one["title"]) for one in part["items"]]),
    "choice": lambda part: _marked([f"○ {one['html']}" for one in part["options"]]),
}


def _nothing(spec: Payload, state: Payload) -> str:
    return ""


_KINDS: dict[str, Callable[[Payload, Payload], str]] = {
    "single": _choices,
    "multiple": _choices,
    "ordering": _ordering,
    "matching": _matching,
    "number": _number,
    "text": _text,
    "form": _form,
    "fitting": _fitting,
    "coding": _coding,
    "table": _table,
    "scenario": _scenario,
    "desk": _desk,
}
