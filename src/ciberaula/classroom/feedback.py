"""Explained feedback of formative questions: every option says whether it holds and why, in words, not by colour."""

from dataclasses import dataclass, field
from typing import Any, Literal

from ciberaula.classroom.decisions import Decision, Turn
from ciberaula.classroom.markup import to_html, to_inline_html
from ciberaula.classroom.spec import (
    Choice,
    Form,
    FormField,
    Matching,
    Multiple,
    Number,
    Ordering,
    Question,
    Single,
)
from ciberaula.classroom.values import describe_field, number_text
from ciberaula.i18n import _, ngettext

Level = Literal["correct", "partial", "incorrect", "info"]


@dataclass(frozen=True)
class Remark:
    """What is said about one option, item or field: ``word`` is the verdict in words, ``why`` safe HTML."""

    level: Level
    word: str
    why: str


@dataclass(frozen=True)
class Feedback:
    """``summary`` is plain text; ``items`` maps option, item or field ids; ``explanation`` is safe HTML or empty."""

    level: Level
    summary: str
    items: dict[str, Remark] = field(default_factory=dict)
    explanation: str = ""

    def payload(self) -> dict[str, Any]:
        """As the front end takes it."""
        return {
            "level": self.level,
            "summary": self.summary,
            "items": {id: {"level": one.level, "word": one.word, "why": one.why} for id, one in self.items.items()},
            "explanation": self.explanation,
        }


def feedback(question: Question, value: Any) -> Feedback:
    """What a formative ``question`` says to a clean ``value``."""
    match question:
        case Single() | Multiple():
            return _choices(question, [value] if isinstance(value, str) else value)
        case Ordering():
            return _ordering(question, value)
        case Matching():
            return _matching(question, value)
        case Number():
            return _number(question, value)
        case Form():
            return _form(question, value)
        case _:
            return Feedback("info", _("Compare su respuesta con la explicación."), explanation=_model_answer(question))


def succeeded(question: Question | Decision, value: Any) -> bool | None:
    """Does the formative ``value`` hold in full? ``None`` where only the person can judge (text, table)."""
    if isinstance(question, Decision):
        turns = [question.nodes[node].option(option) for node, option in value["path"]]
        return all(turn is not None and turn.quality in ("good", "acceptable") for turn in turns)
    level = feedback(question, value).level
    return None if level == "info" else level == "correct"


def turn_remark(turn: Turn) -> Remark:
    """What a formative scenario says about the decision taken."""
    level: Level = {"good": "correct", "acceptable": "partial"}.get(turn.quality or "", "incorrect")  # type: ignore[assignment]
    return Remark(level, quality_word(turn.quality), to_inline_html(turn.feedback))


def quality_word(quality: str | None) -> str:
    return {
        "good": _("Decisión sólida"),
        "acceptable": _("Decisión aceptable"),
        "poor": _("Decisión mejorable"),
        "critical": _("Error crítico"),
    }.get(quality or "", "")


def _choice_remark(question: Single | Multiple, option: Choice, chosen: bool) -> Remark:
    """What is said of one option. One that was rightly left alone doesn't look like a mistake of the person's."""
    why = to_inline_html(option.why)
    if option.correct:
        missed = isinstance(question, Multiple) and not chosen
        return Remark("partial", _("Faltaba marcarla"), why) if missed else Remark("correct", _("Correcta"), why)
    return Remark("incorrect" if chosen else "info", _("No corresponde"), why)


def _choices(question: Single | Multiple, chosen: list[str]) -> Feedback:
    items = {option.id: _choice_remark(question, option, option.id in chosen) for option in question.options}
    right = {option.id for option in question.options if option.correct}
    hits = len(right & set(chosen))
    if set(chosen) == right:
        return Feedback("correct", _("Su respuesta es correcta."), items)
    if isinstance(question, Multiple) and hits:
        wrong = len(set(chosen) - right)
        summary = _("Acertó {hits} de {total}.").format(hits=hits, total=len(right))
        if wrong:
            said = ngettext("Marcó {count} que no corresponde.", "Marcó {count} que no corresponden.", wrong)
            summary = f"{summary} {said.format(count=wrong)}"
        return Feedback("partial", summary, items)
    return Feedback("incorrect", _("Su respuesta no es la que corresponde: vea por qué en cada opción."), items)


def _ordering(question: Ordering, value: list[str]) -> Feedback:
    texts = {option.id: to_inline_html(option.text) for option in question.options}
    items = {}
    for option in question.options:
        place, wanted = value.index(option.id) + 1, question.order.index(option.id) + 1
        right = place == wanted
        word = _("En su lugar") if right else _("Va en el lugar {place}").format(place=wanted)
        items[option.id] = Remark("correct" if right else "incorrect", word, to_inline_html(option.why))
    hits = sum(one.level == "correct" for one in items.values())
    order = "".join(f"<li>{texts[id]}</li>" for id in question.order)
    explanation = f"<p>{_('Orden recomendado:')}</p><ol>{order}</ol>"
    return Feedback(
        _level(hits, len(items)),
        _("{hits} de {total} pasos están en su lugar.").format(hits=hits, total=len(items)),
        items,
        "" if hits == len(items) else explanation,
    )


def _matching(question: Matching, value: dict[str, str]) -> Feedback:
    right = {item.id: to_inline_html(item.text) for item in question.right}
    items = {}
    for item in question.left:
        wanted = question.pairs[item.id]
        holds = value.get(item.id) == wanted
        why = to_inline_html(item.why)
        if not holds:
            why = f"{_('Le corresponde:')} {right[wanted]}. {why}"
        items[item.id] = Remark(
            "correct" if holds else "incorrect", _("Correcta") if holds else _("No corresponde"), why
        )
    hits = sum(one.level == "correct" for one in items.values())
    return Feedback(
        _level(hits, len(items)),
        _("{hits} de {total} parejas son correctas.").format(hits=hits, total=len(items)),
        items,
    )


def _number(question: Number, value: float) -> Feedback:
    wanted = question.correct_value if question.correct_value is not None else 0.0
    explanation = to_html(question.explanation)
    if abs(value - wanted) <= question.tolerance + 1e-9:
        return Feedback("correct", _("Su respuesta es correcta."), explanation=explanation)
    answer = f"{number_text(wanted)} {question.unit}".strip()
    return Feedback(
        "incorrect", _("No corresponde: el resultado es {answer}.").format(answer=answer), explanation=explanation
    )


def _form(question: Form, value: dict[str, Any]) -> Feedback:
    items = {one.id: _field_remark(one, value.get(one.id)) for one in question.fields}
    judged = [one for one in items.values() if one.level != "info"]
    if not judged:
        return Feedback("info", _("Compare su respuesta con la explicación."), items)
    hits = sum(one.level == "correct" for one in judged)
    summary = _("{hits} de {total} campos son correctos.").format(hits=hits, total=len(judged))
    return Feedback(_level(hits, len(judged)), summary, items)


def _field_remark(field: FormField, value: Any) -> Remark:
    why = to_inline_html(field.why)
    if field.correct is None:
        return Remark("info", _("Para comparar"), why)
    same = set(value or []) == set(field.correct) if isinstance(field.correct, list) else value == field.correct
    if same:
        return Remark("correct", _("Correcta"), why)
    wanted = to_inline_html(describe_field(field, field.correct))
    return Remark("incorrect", _("No corresponde"), f"{_('Lo adecuado:')} {wanted}. {why}")


def _level(hits: int, total: int) -> Level:
    if hits == total:
        return "correct"
    return "partial" if hits else "incorrect"


def _model_answer(question: Question) -> str:
    text = getattr(question, "explanation", "")
    return f"<p><strong>{_('Una respuesta posible')}</strong></p>{to_html(text)}" if text else ""
