"""What the front end gets to draw a question: its texts as safe HTML, and never a key or an explanation."""

from typing import Any

from ciberaula.classroom.decisions import Decision
from ciberaula.classroom.feedback import turn_remark
from ciberaula.classroom.markup import to_html, to_inline_html, to_plain
from ciberaula.classroom.spec import (
    Choice,
    Form,
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
from ciberaula.classroom.values import form_fields
from ciberaula.i18n import _


def question_payload(question: Question, graded: bool) -> dict[str, Any]:
    """The ``spec`` of a question's widget. Formative ones get a button that asks for the explanation."""
    return {
        "type": question.kind,
        "title": _("Pregunta calificada") if graded else _("Para practicar"),
        "prompt": to_html(question.prompt),
        "buttons": _buttons(question, graded),
        **_body(question),
    }


def _buttons(question: Question, graded: bool) -> list[dict[str, str]]:
    if isinstance(question, Table):
        return []
    if not graded:
        # Where only the person can judge, nothing is checked: she compares.
        own = isinstance(question, Written)
        return [{"id": "check", "label": _("Comparar mi respuesta") if own else _("Comprobar mi respuesta")}]
    return [{"id": "keep", "label": _("Guardar este orden")}] if isinstance(question, Ordering) else []


def _body(question: Question) -> dict[str, Any]:
    match question:
        case Single() | Multiple() | Ordering():
            return {"options": [_item(option) for option in question.options]}
        case Matching():
            return {"left": [_item(item) for item in question.left], "right": [_item(item) for item in question.right]}
        case Number():
            return {"unit": question.unit, "min": question.min, "max": question.max, "step": question.step}
        case Written():
            return {"min_words": question.min_words, "max_words": question.max_words}
        case Form():
            fields = [field.payload() for field in form_fields(question)]
            return {"sections": [{"title": "", "intro": "", "fields": fields}]}
        case Table():
            return {}


def _item(item: Choice | Item) -> dict[str, str]:
    return {"id": item.id, "html": to_inline_html(item.text), "text": to_plain(item.text)}


def scenario_payload(decision: Decision) -> dict[str, Any]:
    """The ``spec`` of a scenario's widget; the moment it stands at is in the state (:func:`story`)."""
    kind = _("Historia de decisión (calificada)") if decision.graded else _("Historia de decisión")
    return {"type": "scenario", "title": f"{kind}: {decision.title}", "prompt": ""}


def story(decision: Decision, path: list[list[str]]) -> dict[str, Any]:
    """The moment where a legal ``path`` leads: situation and ways on, or the end with the whole path.

    In a formative scenario the end explains every decision taken, and the ways not taken.
    """
    steps = [_step(decision, node, option) for node, option in path]
    here = decision.walk([(node, option) for node, option in path]) or decision.situation
    node = decision.nodes[here]
    return {
        "node": here,
        "text": to_html(node.text),
        "options": [{"id": turn.id, "html": to_inline_html(turn.text)} for turn in node.options],
        "end": node.end,
        "closing": to_html(node.closing),
        "last": {"text": steps[-1]["text"], "consequence": steps[-1]["consequence"]} if steps else None,
        "path": steps if node.end else [],
    }


def _step(decision: Decision, node: str, option: str) -> dict[str, Any]:
    step: dict[str, Any] = {"others": []}
    for turn in decision.nodes[node].options:
        remark = None if decision.graded else vars(turn_remark(turn))
        if turn.id == option:
            step |= {
                "text": to_inline_html(turn.text),
                "consequence": to_inline_html(turn.consequence),
                "remark": remark,
            }
        elif remark:
            step["others"].append({"text": to_inline_html(turn.text), "remark": remark})
    return step
