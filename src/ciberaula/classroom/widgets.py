"""The widgets of questions and decision scenarios, and the two names a notebook calls them by.

Tools and documents use the same front end through :mod:`ciberaula.classroom.forms`.
"""

from typing import Any

from ciberaula.classroom.decisions import Decision
from ciberaula.classroom.feedback import feedback
from ciberaula.classroom.frontend import FrontendWidget, done, no_status, problem
from ciberaula.classroom.payload import question_payload, scenario_payload, story
from ciberaula.classroom.sheet import SaveOutcome
from ciberaula.classroom.spec import Number, Question, Table
from ciberaula.classroom.story_items import StoryItem
from ciberaula.classroom.values import clean, describe, lacks
from ciberaula.classroom.workplace import Workplace, workplace
from ciberaula.errors import UserError
from ciberaula.i18n import _


def question(id: str) -> "QuestionWidget | ScenarioWidget":
    """Show the question of that id of ``preguntas.yml`` beside the notebook, with its saved answer.

    Raises ``UserError`` where there is no such question or its file has a mistake.
    """
    place = workplace()
    found, graded = place.find(id)
    if isinstance(found, Decision):
        return ScenarioWidget(found, place)
    if isinstance(found, StoryItem):
        raise UserError(
            _('«{id}» es una historia de la mesa de casos: use story("{story}").').format(id=id, story=found.story.id)
        )
    return QuestionWidget(found, graded, place)


def scenario(id: str) -> "ScenarioWidget":
    """Show the decision scenario of ``<id>.yml`` (or of that id in a ``decision-*.yml``) beside the notebook."""
    place = workplace()
    found, _graded = place.find(id)
    if not isinstance(found, Decision):
        raise UserError(_('«{id}» es una pregunta, no una historia de decisión: use question("{id}").').format(id=id))
    return ScenarioWidget(found, place)


class QuestionWidget(FrontendWidget):
    """One question. Every change is saved at once; a formative one explains itself when its button is pressed."""

    def __init__(self, question: Question, graded: bool, place: Workplace) -> None:
        self._question = question
        self._graded = graded
        self._place = place
        super().__init__(question_payload(question, graded), **self._saved())
        self._saving = False
        if isinstance(question, Table | Number):  # may be handed in elsewhere: by a tool, or by code
            place.watch(question.id, self._handed_in)

    def receive(self, message: dict[str, Any]) -> None:
        kind, value = message.get("type"), message.get("value")
        if kind == "shown":
            self._place.opened(self._question.id)
            self.tell(**self._saved())
        elif kind == "press" and message.get("button") == "check" and not self._graded:
            self._check(value)
        elif kind in ("save", "press") and not isinstance(self._question, Table):
            self._save(value)

    def _handed_in(self) -> None:
        if not self._saving:
            self.tell(**self._saved())

    def _put(self, value: Any, *, checked: bool = False) -> SaveOutcome:
        self._saving = True
        try:
            return self._place.save(self._question, value, graded=self._graded, checked=checked)
        finally:
            self._saving = False

    def _save(self, raw: object) -> None:
        value = clean(self._question, raw)
        outcome = self._put(value)
        self.tell(value=value, feedback=None, status=status_of(outcome))

    def _check(self, raw: object) -> None:
        value = clean(self._question, raw)
        gap = lacks(self._question, value)
        if gap:
            outcome = self._put(value)
            wanting = problem(_("Antes de comprobar: {gap}.").format(gap=gap))
            self.tell(value=value, feedback=None, status=wanting if outcome.saved else status_of(outcome))
            return
        outcome = self._put(value, checked=True)
        said = feedback(self._question, value)
        status = status_of(outcome)
        if outcome.saved:
            status["text"] = f"{said.summary} {status['text']}"
            status["level"] = said.level
        self.tell(value=value, feedback=said.payload(), status=status)

    def _saved(self) -> dict[str, Any]:
        """The state that the answer sheet holds for this question."""
        value, checked = self._place.value(self._question)
        seen = checked and not self._graded and value is not None
        notice = self._place.sheet.take_notice()
        state: dict[str, Any] = {
            "value": value,
            "feedback": feedback(self._question, value).payload() if seen else None,
            "status": problem(notice) if notice else no_status(),
        }
        if value is not None and not notice:
            state["status"] = done(_("Su respuesta guardada está a la vista."))
        if isinstance(self._question, Table):
            handed_in = _("Entregada: {what}.").format(what=describe(self._question, value))
            state["result"] = f"<p>{handed_in if value else _('Todavía no se ha entregado una tabla.')}</p>"
        return state


class ScenarioWidget(FrontendWidget):
    """One decision scenario. Every decision is saved at once; starting again leaves earlier paths in the record."""

    def __init__(self, decision: Decision, place: Workplace) -> None:
        self._decision = decision
        self._place = place
        self._path = self._saved_path()
        super().__init__(scenario_payload(decision), story=story(decision, self._path), value=self._path or None)

    def receive(self, message: dict[str, Any]) -> None:
        kind = message.get("type")
        if kind == "shown":
            self._place.opened(self._decision.id)
            notice = self._place.sheet.take_notice()
            if notice:
                self.tell(status=problem(notice))
        elif kind == "choose":
            self._choose(message.get("node"), message.get("option"))
        elif kind == "restart":
            self._path = []
            kept = _("Su recorrido anterior queda guardado hasta que elija de nuevo.")
            self._show(done(kept))

    def _choose(self, node: object, option: object) -> None:
        here = story(self._decision, self._path)["node"]
        turn = self._decision.nodes[here].option(option) if isinstance(option, str) else None
        if node != here or turn is None:
            self._show(problem(_("La historia ya avanzó: esta es la situación actual.")))
            return
        path = [*self._path, [here, turn.id]]
        ended = self._decision.nodes[turn.next].end
        outcome = self._place.save(
            self._decision, {"path": path}, graded=self._decision.graded, checked=ended and not self._decision.graded
        )
        self._path = path
        self._show(status_of(outcome))

    def _show(self, status: dict[str, str]) -> None:
        self.tell(story=story(self._decision, self._path), value=self._path or None, status=status)

    def _saved_path(self) -> list[list[str]]:
        value, _checked = self._place.value(self._decision)
        return [] if value is None else list(value["path"])


def status_of(outcome: SaveOutcome) -> dict[str, str]:
    """What became of a save, for the status line."""
    return done(outcome.message, outcome.at) if outcome.saved else problem(outcome.message)
