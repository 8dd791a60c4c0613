"""What a feedback page says, in plain Spanish: what was answered, whether it holds, why, which competence."""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import is_grade, is_solution, is_task

from ciberaula import curriculum
from ciberaula.classroom.decisions import load_decision
from ciberaula.classroom.markup import to_html, to_plain
from ciberaula.classroom.spec import QUESTIONS_FILE, load_questions
from ciberaula.classroom.story_items import stories_in
from ciberaula.errors import UserError
from ciberaula.grading.deadlines import shown
from ciberaula.grading.feedback_changes import Told, told
from ciberaula.grading.lateness import after_deadline, seconds_late
from ciberaula.grading.overrides import by_hand
from ciberaula.grading.policy import policy_of
from ciberaula.grading.repair import METADATA
from ciberaula.grading.scoring import MEDIA_TYPE
from ciberaula.grading.standing import Mark, Standing
from ciberaula.grading.words import number
from ciberaula.i18n import _, ngettext

LONG_QUESTION = 900  # characters of HTML; some fifteen lines on a phone
_log = logging.getLogger(__name__)
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Verdict:
    """How an item went, in words and with a sign of its own: never by colour alone."""

    key: str
    sign: str
    words: str


VERDICTS = {
    verdict.key: verdict
    for verdict in (
        Verdict("correct", "✔", _("Bien resuelta")),
        Verdict("partial", "◐", _("Resuelta en parte")),
        Verdict("incorrect", "✘", _("Por repasar")),
        Verdict("unanswered", "○", _("Sin respuesta")),
        Verdict("not_gradable", "⚠", _("No se pudo calificar")),
        Verdict("pending", "…", _("En espera de revisión")),
        Verdict("reviewed", "✎", _("Revisada por su docente")),
    )
}


@dataclass(frozen=True)
class Item:
    """One item of the page. The ``*_html`` parts are safe HTML; everything else is text that the template escapes."""

    id: str
    heading: str
    verdict: Verdict
    points: str
    competence: str = ""
    question_html: str = ""
    answered: tuple[str, ...] = ()
    answer_html: str = ""
    notice: str = ""
    change: Told | None = None
    unread: bool = False  # a person gave points to what no test could read: the page cannot show the answer
    explanation: tuple[str, ...] = ()
    parts: tuple[Mapping[str, Any], ...] = ()  # an explanation by criteria: see ``ItemScore``
    critical: tuple[str, ...] = ()
    comment_html: str = ""

    @property
    def critical_count(self) -> str:
        """How many critical errors, in words, for the list at the top."""
        count = len(self.critical)
        return ngettext("{n} error crítico", "{n} errores críticos", count).format(n=count)

    @property
    def long_question(self) -> bool:
        """True where the question is so long that the page shows it on request: the answer matters more here."""
        return len(self.question_html) > LONG_QUESTION


@dataclass(frozen=True)
class Page:
    """All that the template shows."""

    title: str
    student: str
    score: str
    late: str
    penalty: str
    notices: tuple[str, ...]
    items: tuple[Item, ...]
    words: Mapping[str, str] = field(default_factory=dict)


def page_of(
    nb: Any, standing: Standing, texts: Mapping[str, str], *, assignment: str, student: str, kept: bool = False
) -> Page:
    """The page of a graded notebook. ``texts``: ``question_texts``; ``kept``: a later attempt came and does not count."""
    items = tuple(_items(nb, standing, texts, assignment))
    return Page(
        title=_assignment_title(nb, assignment),
        student=student,
        score=_so_far(standing),
        late=_late(standing, assignment),
        penalty=_penalty(standing.late_penalty),
        notices=tuple(_notices(items, kept)),
        items=items,
        words=_words(),
    )


def page_without_marks(nb: Any, *, assignment: str, student: str) -> Page:
    """The page of work that nobody could open: kind, without the instructor's reason, and never a zero. ``nb``: the release."""
    return Page(
        title=_assignment_title(nb, assignment),
        student=student,
        score=_("aún sin nota"),
        late="",
        penalty="",
        notices=(
            _(
                "Su entrega llegó, pero no se pudo abrir para calificarla. No es un cero, y no tiene que ver con sus "
                "respuestas: suele ser un archivo que se dañó en el camino. Si puede, guarde su cuaderno y entréguelo "
                "otra vez; quien acompaña el curso también lo ve."
            ),
        ),
        items=(),
        words=_words(),
    )


def _so_far(standing: Standing) -> str:
    """The mark in words. What has no score yet is not counted as a zero."""
    waiting = [mark for mark in standing.marks.values() if mark.waits]
    graded = standing.maximum - sum(mark.maximum for mark in waiting)
    if not waiting:
        return _of(standing.score, standing.maximum)
    maximum = number(standing.maximum)
    if graded <= 0:
        return _("aún no hay puntos calificados (la tarea vale {maximum})").format(maximum=maximum)
    return _("{earned}, hasta ahora (la tarea vale {maximum})").format(
        earned=_of(standing.score, graded), maximum=maximum
    )


def _items(nb: Any, standing: Standing, texts: Mapping[str, str], assignment: str) -> Iterator[Item]:
    heading, prompt = "", ""
    for cell in nb.cells:
        if cell.cell_type == "markdown" and not is_grade(cell) and not is_task(cell):
            found = _HEADING.search(cell.source)
            if found:
                heading, prompt = to_plain(found.group(1)), cell.source[found.end() :].strip()
            elif not cell.metadata.get(METADATA, {}).get("rubric"):
                prompt = f"{prompt}\n\n{cell.source}".strip()
        if not (is_grade(cell) or is_task(cell)):
            continue
        about = cell.metadata["nbgrader"]
        mark = standing.marks.get(about["grade_id"])
        if mark is None:
            continue
        common: dict[str, Any] = {
            "id": about["grade_id"],
            "heading": heading or about["grade_id"],
            "competence": _competence(assignment, about["grade_id"]),
            "question_html": texts.get(about["grade_id"]) or _block(prompt),
            "change": _change(standing, about["grade_id"], mark, written=is_solution(cell) or is_task(cell)),
        }
        if is_solution(cell) or is_task(cell):
            yield _by_person(cell, mark, standing.comments.get(about["grade_id"], ""), common)
        else:
            yield _by_test(cell, mark, common)
        heading, prompt = "", ""


def _change(standing: Standing, item: str, mark: Mark, *, written: bool) -> Told | None:
    """What to tell of a change by hand. Points for a written answer are one only where a change of it is on record."""
    changes = standing.changes.get(item, ())
    if written and not changes:
        return None
    change = by_hand(changes, mark.auto_score, mark.manual_score)
    return None if change is None else told(change, mark)


def _by_test(cell: Any, mark: Mark, common: dict[str, Any]) -> Item:
    """An item scored by a test, or by a person where the test could not or where its score was changed."""
    said = next((output["data"][MEDIA_TYPE] for output in cell.outputs if MEDIA_TYPE in output.get("data", {})), None)
    reviewed = mark.manual_score is not None
    if said is None and not reviewed:
        return Item(
            **common,
            verdict=VERDICTS["not_gradable"],
            points=_("Aún sin puntos (vale {maximum})").format(maximum=number(mark.maximum)),
            notice=_(
                "No es un cero. Hubo un problema al leer o calificar su respuesta, y quien acompaña el curso lo está "
                "revisando. Si tiene el archivo original, guárdelo."
            ),
        )
    unread = said is None
    said = said or {"answered": "", "explanation": "", "verdict": "reviewed", "critical": []}
    parts = said.get("parts") or {}
    return Item(
        **common,
        verdict=VERDICTS["reviewed" if reviewed else said["verdict"]],
        points=_of(mark.score, mark.maximum),
        unread=unread,
        answered=_lines(said["answered"]),
        explanation=tuple(parts["summary"]) if parts else _lines(said["explanation"]),
        parts=tuple(parts.get("criteria", ())),
        critical=tuple(said.get("critical") or ()),
    )


def _by_person(cell: Any, mark: Mark, comment: str, common: dict[str, Any]) -> Item:
    """An item that a person grades: the answer as written, and the comment."""
    pending = mark.waits
    empty = mark.manual_score is None and not pending
    verdict = VERDICTS["pending" if pending else "unanswered" if empty else "reviewed"]
    maximum = number(mark.maximum)
    points = _("Aún sin puntos (vale {maximum})").format(maximum=maximum) if pending else _of(mark.score, mark.maximum)
    return Item(
        **common,
        verdict=verdict,
        points=points,
        answer_html="" if empty or is_task(cell) else _block(cell.source),
        comment_html="" if empty else _block(comment),
    )


def _of(points: float, maximum: float) -> str:
    return _("{points} de {maximum} puntos").format(points=number(points), maximum=number(maximum))


def _block(text: str) -> str:
    """Markdown as safe HTML, its tables in a box that scrolls, by keyboard too: a page never scrolls sideways."""
    if not text:
        return ""
    box = f'<div class="wide" role="region" aria-label="{_("Tabla")}" tabindex="0"><table>'
    return to_html(text).replace("<table>", box).replace("</table>", "</table></div>")


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in str(text).splitlines() if line.strip())


def _late(standing: Standing, assignment: str) -> str:
    """The deadline and the delay, as facts; empty for work in time, or within the grace that the plan gives."""
    seconds = seconds_late(standing.submitted_at, standing.due)
    if standing.due is None or seconds <= policy_of(assignment).late.grace_minutes * 60:
        return ""
    return _("Gracias por entregar. El plazo era {due}, y su entrega llegó {delay}.").format(
        due=shown(standing.due), delay=after_deadline(seconds)
    )


def _penalty(points: float) -> str:
    if not points:
        return ""
    return _("Se descontaron {points} puntos por entrega tardía; la nota de arriba ya los descuenta.").format(
        points=number(points)
    )


def _notices(items: Iterable[Item], kept: bool) -> Iterator[str]:
    if kept:
        yield _(
            "Llegó otra entrega suya, posterior; según las reglas de esta tarea sigue contando la que aquí se muestra."
        )
    states = [item.verdict.key for item in items]
    pending, stuck = states.count("pending"), states.count("not_gradable")
    if pending:
        yield ngettext(
            "Falta la revisión de una persona en {count} pregunta: esta nota puede subir.",
            "Falta la revisión de una persona en {count} preguntas: esta nota puede subir.",
            pending,
        ).format(count=pending)
    if stuck:
        yield ngettext(
            "No se pudo calificar {count} pregunta. No cuenta como cero: se está revisando.",
            "No se pudieron calificar {count} preguntas. No cuentan como cero: se están revisando.",
            stuck,
        ).format(count=stuck)


def question_texts(course: CourseDirectory, assignment: str) -> Mapping[str, str]:
    """item id -> its question as safe HTML, from the released questions, scenarios and stories, else from the source.

    Without what cannot be read: a page without a question is better than no page. Kept while those files do not change.
    """
    release = Path(course.format_path(course.release_directory, ".", assignment))
    source = Path(course.format_path(course.source_directory, ".", assignment))
    folder = (release if release.is_dir() else source).resolve()
    found = [(path.name, path.stat()) for path in sorted(folder.glob("*.yml"))]
    try:
        return _question_texts(folder, tuple((name, state.st_mtime_ns, state.st_size) for name, state in found))
    except UserError as error:
        _log.error("%s", error)
        return {}


@lru_cache(maxsize=16)
def _question_texts(folder: Path, _stamp: tuple[tuple[str, int, int], ...]) -> Mapping[str, str]:
    texts: dict[str, str] = {}
    if (folder / QUESTIONS_FILE).is_file():
        questions = load_questions(folder / QUESTIONS_FILE)
        texts = {question.id: _block(question.prompt) for question in questions.by_id.values()}
    for path in sorted(folder.glob("decision-*.yml")):
        decision = load_decision(path)
        texts[decision.id] = _block(f"**{decision.title}**\n\n{decision.nodes[decision.situation].text}")
    for story in stories_in(folder):
        texts[story.id] = _block(f"**{story.title}**\n\n{story.story.prebrief}")
    return texts


def _plan() -> curriculum.Curriculum | None:
    """The plan, for names only: a page without them is better than no page."""
    try:
        return curriculum.load()
    except UserError:
        return None


def _competence(assignment: str, item: str) -> str:
    plan = _plan()
    if plan is None:
        return ""
    try:
        return plan.competence(plan.item(assignment, item).competence).name
    except UserError:
        return ""


def _assignment_title(nb: Any, assignment: str) -> str:
    """The first heading of the notebook, else the assignment's id."""
    for cell in nb.cells:
        found = _HEADING.search(cell.source) if cell.cell_type == "markdown" else None
        if found:
            return to_plain(found.group(1))
    return assignment


def _words() -> dict[str, str]:
    return {
        "skip": _("Saltar al contenido"),
        "feedback": _("Retroalimentación"),
        "summary": _("Resumen"),
        "score": _("Su nota"),
        "competence": _("Competencia"),
        "question": _("La pregunta"),
        "answered": _("Lo que respondió"),
        "nothing": _("No hay respuesta guardada."),
        "why": _("Por qué"),
        "why_by_test": _("Lo que dijo la corrección automática"),
        "reason": _("Motivo"),
        "date": _("Fecha"),
        "criteria": _("Por criterios"),
        "shown_by": _("Se ve en su recorrido"),
        "critical": _("Error crítico para revisar con calma"),
        "comment": _("Comentario de su docente"),
        "participant": _("Participante"),
        "back": _("Volver al resumen"),
        "end": _(
            "Material formativo. Si algo de esta página no le cuadra, escríbalo a quien acompaña el curso: se puede revisar."
        ),
    }
