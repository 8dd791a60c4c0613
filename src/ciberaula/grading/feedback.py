"""The feedback page of nbgrader, in plain Spanish: what was answered, whether it holds, why, which competence.

``PrepareFeedback`` turns a graded notebook into plain data for the template ``ciberaula-feedback`` and empties the
notebook, so that no source of a test, no traceback and no output can reach the page, not even by a mistake in the
template.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution, is_task

from ciberaula import curriculum
from ciberaula.classroom.decisions import load_decision
from ciberaula.classroom.markup import to_html, to_plain
from ciberaula.classroom.spec import QUESTIONS_FILE, load_questions
from ciberaula.classroom.story_items import stories_in
from ciberaula.errors import UserError
from ciberaula.grading.config import course_config
from ciberaula.grading.repair import METADATA, coursedir_of, submission_folders
from ciberaula.grading.scoring import MEDIA_TYPE
from ciberaula.grading.words import number
from ciberaula.i18n import _, ngettext

LONG_QUESTION = 900  # characters of HTML; some fifteen lines on a phone
_KEPT = ("timestamp.txt", "submission_secret.txt")  # nbgrader needs both to release a page
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
    penalty: str
    notices: tuple[str, ...]
    items: tuple[Item, ...]
    words: Mapping[str, str] = field(default_factory=dict)


class PrepareFeedback(NbGraderPreprocessor):  # type: ignore[misc]
    """Make ``resources["ciberaula_page"]`` out of a graded notebook, and leave no cell of it. Goes after ``GetGrades``."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Build the page of the submission that ``resources["nbgrader"]`` names."""
        about = resources["nbgrader"]
        course = coursedir_of(self)
        release = Path(course.format_path(course.release_directory, ".", about["assignment"]))
        source = Path(course.format_path(course.source_directory, ".", about["assignment"]))
        try:
            texts = _question_texts(release if release.is_dir() else source)
        except UserError as error:
            self.log.error("%s", error)
            texts = {}
        with Gradebook(about["db_url"]) as gradebook:
            notebook = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
            grades = {grade.name: grade.to_dict() for grade in notebook.grades}
        items = tuple(_items(nb, grades, texts, about["assignment"]))
        resources["ciberaula_page"] = Page(
            title=_assignment_title(nb, about["assignment"]),
            student=about["student"],
            score=_so_far(about, grades),
            penalty=_penalty(about.get("late_penalty") or 0),
            notices=tuple(_notices(items)),
            items=items,
            words=_words(),
        )
        nb.cells = []
        return nb, resources


def _so_far(about: Mapping[str, Any], grades: Mapping[str, Mapping[str, Any]]) -> str:
    """The mark in words. What has no score yet is not counted as a zero."""
    waiting = [grade for grade in grades.values() if grade["auto_score"] is None and grade["manual_score"] is None]
    maximum = about["max_score"]
    graded = maximum - sum(grade["max_score"] for grade in waiting)
    if not waiting:
        return _of(about["score"], maximum)
    if graded <= 0:
        return _("aún no hay puntos calificados (la tarea vale {maximum})").format(maximum=number(maximum))
    return _("{earned}, hasta ahora (la tarea vale {maximum})").format(
        earned=_of(about["score"], graded), maximum=number(maximum)
    )


def keep_pages_only(*, assignment: str, student: str, notebooks: Iterable[str]) -> None:
    """Hook of nbgrader after a feedback page is made: drop the copies of the submission's files from its folder."""
    course = CourseDirectory(config=course_config())
    for folder in submission_folders(course, course.feedback_directory, student, assignment):
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path.suffix != ".html" and path.name not in _KEPT:
                path.unlink()


def _items(nb: Any, grades: Mapping[str, Any], texts: Mapping[str, str], assignment: str) -> Iterator[Item]:
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
        grade = grades.get(about["grade_id"])
        if grade is None:
            continue
        common: dict[str, Any] = {
            "id": about["grade_id"],
            "heading": heading or about["grade_id"],
            "competence": _competence(assignment, about["grade_id"]),
            "question_html": texts.get(about["grade_id"]) or _block(prompt),
        }
        yield _by_person(cell, grade, common) if is_solution(cell) or is_task(cell) else _by_test(cell, grade, common)
        heading, prompt = "", ""


def _by_test(cell: Any, grade: Mapping[str, Any], common: dict[str, Any]) -> Item:
    """An item scored by a test, or by a person where the test could not or where its score was changed."""
    told = next((output["data"][MEDIA_TYPE] for output in cell.outputs if MEDIA_TYPE in output.get("data", {})), None)
    by_hand = grade["manual_score"] is not None
    if told is None and not by_hand:
        return Item(
            **common,
            verdict=VERDICTS["not_gradable"],
            points=_("Aún sin puntos (vale {maximum})").format(maximum=number(grade["max_score"])),
            notice=_(
                "No es un cero. Hubo un problema al leer o calificar su respuesta, y quien acompaña el curso lo está "
                "revisando. Si tiene el archivo original, guárdelo."
            ),
        )
    told = told or {"answered": "", "explanation": "", "verdict": "reviewed", "critical": []}
    parts = told.get("parts") or {}
    return Item(
        **common,
        verdict=VERDICTS["reviewed" if by_hand else told["verdict"]],
        points=_of(_score(grade), grade["max_score"]),
        answered=_lines(told["answered"]),
        notice=_("Su docente revisó esta pregunta y ajustó los puntos.") if by_hand else "",
        explanation=tuple(parts["summary"]) if parts else _lines(told["explanation"]),
        parts=tuple(parts.get("criteria", ())),
        critical=tuple(told.get("critical") or ()),
    )


def _by_person(cell: Any, grade: Mapping[str, Any], common: dict[str, Any]) -> Item:
    """An item that a person grades: the answer as written, and the comment."""
    pending = grade["manual_score"] is None and grade["auto_score"] is None
    empty = grade["manual_score"] is None and not pending
    verdict = VERDICTS["pending" if pending else "unanswered" if empty else "reviewed"]
    maximum = number(grade["max_score"])
    points = (
        _("Aún sin puntos (vale {maximum})").format(maximum=maximum)
        if pending
        else _of(_score(grade), grade["max_score"])
    )
    comment = cell.metadata["nbgrader"].get("comment") or ""
    return Item(
        **common,
        verdict=verdict,
        points=points,
        answer_html="" if empty or is_task(cell) else _block(cell.source),
        comment_html="" if empty else _block(comment),
    )


def _score(grade: Mapping[str, Any]) -> float:
    base = grade["manual_score"] if grade["manual_score"] is not None else grade["auto_score"]
    return float(base or 0) + float(grade["extra_credit"] or 0)


def _of(points: float, maximum: float) -> str:
    return _("{points} de {maximum} puntos").format(points=number(points), maximum=number(maximum))


def _block(text: str) -> str:
    """Markdown as safe HTML, its tables in a box that scrolls, by keyboard too: a page never scrolls sideways."""
    box = f'<div class="wide" role="region" aria-label="{_("Tabla")}" tabindex="0"><table>'
    return to_html(text).replace("<table>", box).replace("</table>", "</table></div>")


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in str(text).splitlines() if line.strip())


def _penalty(points: float) -> str:
    if not points:
        return ""
    return _("Se descontaron {points} puntos por entrega tardía; la nota de arriba ya los descuenta.").format(
        points=number(points)
    )


def _notices(items: Iterable[Item]) -> Iterator[str]:
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


def _question_texts(folder: Path) -> dict[str, str]:
    """item id -> its question as safe HTML, from the released questions, scenarios and stories."""
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
