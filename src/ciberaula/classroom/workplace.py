"""The folder a notebook runs in: its questions, its answer sheet and its learning record, kept together."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from ciberaula.classroom.decisions import Decision, load_decision
from ciberaula.classroom.feedback import succeeded
from ciberaula.classroom.lessons import lesson_of, lessons_in
from ciberaula.classroom.markup import to_plain
from ciberaula.classroom.record import LearningRecord
from ciberaula.classroom.sheet import SaveOutcome, sheet_for
from ciberaula.classroom.spec import QUESTIONS_FILE, Question, Questions, load_questions
from ciberaula.classroom.story_items import StoryItem, stories_in, story_at
from ciberaula.classroom.values import Asked, clean
from ciberaula.errors import UserError
from ciberaula.i18n import _

_NAME = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")


class Workplace:
    """What one folder asks, and what was answered there. Use :func:`workplace` to get it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sheet = sheet_for(folder)
        self.record = LearningRecord(folder)
        self._recorded: dict[str, Any] = {}
        self._watchers: dict[str, Callable[[], None]] = {}

    def find(self, id: str) -> tuple[Asked, bool]:
        """The question, scenario or story of that id (also by its file's name), and whether it is graded.

        Raises ``UserError`` where there is none, or its file has a mistake.
        """
        if not isinstance(id, str) or not _NAME.fullmatch(id):
            raise UserError(_("«{id}» no es un identificador de pregunta.").format(id=str(id)[:60]))
        questions = self._questions()
        if questions is not None and id in questions.by_id:
            return questions.by_id[id], questions.graded
        named = self.folder / f"{id}.yml"
        if id.startswith("decision-") and named.is_file():
            decision = _decision(named, named.stat().st_mtime_ns)
            return decision, decision.graded
        if id.startswith("historia-") and named.is_file():
            story = story_at(named)
            return story, story.graded
        for path in sorted(self.folder.glob("decision-*.yml")):
            decision = _decision(path, path.stat().st_mtime_ns)
            if decision.id == id:
                return decision, decision.graded
        for story in stories_in(self.folder):
            if story.id == id:
                return story, story.graded
        if questions is None:
            raise UserError(
                _(
                    "No se encontró {file} en {folder}: abra el cuaderno desde su propia carpeta, sin moverlo de lugar."
                ).format(file=QUESTIONS_FILE, folder=self.folder)
            )
        raise UserError(
            _(
                "«{id}» no está en {file} ni en las historias de decisión de esta carpeta: revise el identificador."
            ).format(id=id, file=QUESTIONS_FILE)
        )

    def value(self, question: Asked) -> tuple[Any, bool]:
        """The saved answer, and whether its explanation was seen; ``(None, False)`` where none fits the question."""
        entry = self.sheet.entry(question.id)
        if entry is None or entry.kind != question.kind:
            return None, False
        try:
            return clean(question, entry.value), entry.checked
        except UserError:  # the question changed since: its old answer stays in the sheet until a new one
            return None, False

    def save(self, question: Asked, raw: object, *, graded: bool, checked: bool = False) -> SaveOutcome:
        """Clean ``raw`` and save it; a formative answer counts once ``checked``, a graded one at once.

        Raises ``UserError`` for a value of another shape. What counts goes to the learning record too, best effort:
        an answer is never refused because the record could not be written.
        """
        value = clean(question, raw)
        outcome = self.sheet.save(question.id, question.kind, value, checked=checked)
        if outcome.saved and question.id in self._watchers:
            self._watchers[question.id]()
        if value is not None and (graded or checked) and self._recorded.get(question.id) != value:
            self._recorded[question.id] = value
            return self._with_record(question, value, graded, outcome)
        return outcome

    def watch(self, id: str, told: Callable[[], None]) -> None:
        """Call ``told`` whenever an answer to ``id`` is saved, by whatever way; the last one to ask is told."""
        self._watchers[id] = told

    def opened(self, id: str) -> None:
        """The question is on a screen: its lesson was opened (recorded once a session), best effort."""
        lesson = lesson_of(self.folder, id)
        if lesson is None or lesson in self._recorded:
            return
        self._recorded[lesson] = True
        try:
            self.record.add("experienced", self.record.lesson_activity(lesson))
        except (OSError, UserError):
            del self._recorded[lesson]

    def _with_record(self, question: Asked, value: Any, graded: bool, outcome: SaveOutcome) -> SaveOutcome:
        try:
            if isinstance(question, Decision):
                self._record_path(question, value, graded)
            elif isinstance(question, StoryItem):
                self._record_story(question, value)
            else:
                success = None if graded else succeeded(question, value)
                self.record.answered(question.id, _name(question), question.kind, value, success=success)
            if not graded:
                self._record_lesson(question.id)
        except (OSError, UserError):
            del self._recorded[question.id]
            if outcome.saved:
                note = _("El registro de aprendizaje no se pudo escribir; la respuesta sí está guardada.")
                return SaveOutcome(True, f"{outcome.message} {note}", outcome.overwrote_other_tab, outcome.at)
        return outcome

    def _record_path(self, decision: Decision, value: Any, graded: bool) -> None:
        if value["end"] is None:
            return
        success = None if graded else succeeded(decision, value)
        self.record.answered(decision.id, decision.title, "scenario", value, success=success)
        activity = self.record.question_activity(decision.id, decision.title, "scenario")
        self.record.add("completed", activity, {"completion": True})
        if success:
            self.record.add("passed", activity, {"completion": True, "success": True})

    def _record_story(self, story: StoryItem, value: Any) -> None:
        """That it came to an end, and to which; nothing of what was done or written in it."""
        if value["ended"] is not None:
            activity = self.record.question_activity(story.id, story.title, story.kind)
            self.record.add("completed", activity, {"completion": True, "response": value["ended"]})

    def _record_lesson(self, id: str) -> None:
        """*Completed*, once, when everything formative in the lesson of ``id`` has a counted answer."""
        lesson = lesson_of(self.folder, id)
        if lesson is None or self.record.has("completed", self.record.activity_id(lesson)):
            return
        if all(self.is_done(shown) for shown in lessons_in(self.folder)[lesson]):
            self.record.add("completed", self.record.lesson_activity(lesson), {"completion": True})

    def is_done(self, id: str) -> bool:
        """Has the formative ``id`` a counted answer (checked, or a story at its end)? Graded ones always count."""
        try:
            question, graded = self.find(id)
        except UserError:
            return True  # a cell naming nothing can't hold the lesson open
        entry = self.sheet.read().get(question.id)
        return graded or (entry is not None and entry.checked)

    def _questions(self) -> Questions | None:
        path = self.folder / QUESTIONS_FILE
        return _load(path, path.stat().st_mtime_ns) if path.is_file() else None


@cache
def _at(folder: Path) -> Workplace:
    return Workplace(folder)


def workplace(folder: Path | None = None) -> Workplace:
    """The workplace of ``folder``, by default the notebook's own (the working folder); one a kernel session."""
    return _at((folder or Path.cwd()).resolve())


@cache
def _load(path: Path, changed_ns: int) -> Questions:
    """``changed_ns`` keys the cache: a file saved again is read again."""
    return load_questions(path)


@cache
def _decision(path: Path, changed_ns: int) -> Decision:
    return load_decision(path)


def _name(question: Question) -> str:
    text = to_plain(question.prompt)
    return text if len(text) <= 120 else f"{text[:119]}…"
