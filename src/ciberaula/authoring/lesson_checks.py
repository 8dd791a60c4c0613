"""Content of notebooks: the shape of a lesson, its language, no legal figure typed by hand, nothing from outside, light."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from nbformat import NotebookNode

from ciberaula.authoring import readability
from ciberaula.authoring.leaks import REACHABLE, files_in, searchable
from ciberaula.authoring.notebooks import read_notebook, read_source, sources
from ciberaula.authoring.personal_data import found_in
from ciberaula.classroom.spec import load_questions
from ciberaula.curriculum import Curriculum
from ciberaula.errors import UserError
from ciberaula.i18n import _

MAX_NOTEBOOK_BYTES = 200_000
MAX_IMAGE_BYTES = 60_000
MIN_TASKS = 3
# Cells with this tag may name a figure next to a legal word: a story's age, an invented example.
FIGURE_ALLOWED = "cifra-permitida"

_TASK = re.compile(
    r"^\s*(?:\w+\s*=\s*)?(?:question|scenario|story|document|term_calculator|anonymity_lab)\(", re.MULTILINE
)
_OBJECTIVE = re.compile(r"al terminar podrá|objetivo", re.IGNORECASE)
_REFLECTION = re.compile(r"^#+ .*(?:para pensar|para reflexionar|reflexión)", re.IGNORECASE | re.MULTILINE)
_SOURCES = re.compile(r"^#+ .*fuentes", re.IGNORECASE | re.MULTILINE)
_HEADING = re.compile(r"^(#{1,6}) ", re.MULTILINE)
_FENCE = re.compile(r"```.*?```", re.DOTALL)
_NUMBER = r"(?:\d+(?:[.,]\d+)?|un|una|dos|tres|cuatro|cinco|seis|siete|ocho|diez|quince|veinte|sesenta|setenta y dos)"
_FIGURE = re.compile(
    rf"\b{_NUMBER}\s+(?:días|horas|meses|años|salarios)\b|\b\d+(?:[.,]\d+)?\s*(?:%|por ciento)"
    r"|\barts?(?:ículos?|\.)\s*\d+",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"\b(?:ley|lopdp|reglamento|arts?\.|artículos?|plazos?|términos?|autoridad|notific\w+|sanci\w+|multas?|hipaa|rgpd|"
    r"gdpr|titular(?:es)?|vulneraci\w+|arcotel|representante)",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"<(?:img|iframe|script|link|audio|video|source|object|embed)\b[^>]*(?:src|href|data)\s*=\s*[\"']?(?:https?:)?//"
    r"|!\[[^\]]*\]\(\s*(?:https?:)?//|url\(\s*[\"']?(?:https?:)?//|@import\b",
    re.IGNORECASE,
)
_NO_ALTERNATIVE = re.compile(r"!\[\s*\]\(|<img\b(?![^>]*\balt\s*=\s*[\"'][^\"'])", re.IGNORECASE)
_IGNORED_COMMENT = re.compile(r"^\s*#\s*(?:NBVAL_|PYTEST_VALIDATE)", re.MULTILINE)
_FOR_PEOPLE = {".md", ".ipynb", ".yml", ".yaml", ".csv", ".json", ".svg"}
_IMAGES = {".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp"}


def mistakes_in(course: Path, plan: Curriculum) -> Iterator[str]:
    """Every mistake in the content of notebooks and of the files around them, a Spanish line each."""
    kinds = {f"modules/{module.id}/{one.id}.md": one.kind for module in plan.modules for one in module.lessons}
    for top in ("modules", "solutions"):
        for source in sources(course / top):
            name = source.relative_to(course).as_posix()
            notebook = read_source(source, name)
            yield from _every_notebook(notebook, name)
            if kinds.get(name) == "lesson":
                yield from _lesson_shape(notebook, name)
            if name in kinds:
                yield from _readable(_prose(notebook), name)
    for module in plan.written:
        yield from _readable_questions(course / "modules" / module.id, f"modules/{module.id}")
    yield from _built_notebooks(course)
    yield from _files(course)


def _markdown(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def _lesson_shape(notebook: NotebookNode, name: str) -> Iterator[str]:
    text = "\n\n".join(cell.source for cell in _markdown(notebook))
    tasks = sum(len(_TASK.findall(cell.source)) for cell in notebook.cells if cell.cell_type == "code")
    if not _OBJECTIVE.search(text):
        yield _("{file}: falta el objetivo; diga al comienzo «Al terminar podrá …».").format(file=name)
    if tasks < MIN_TASKS:
        yield _("{file}: tiene {tasks} decisiones o tareas y una lección pide al menos {least}.").format(
            file=name, tasks=tasks, least=MIN_TASKS
        )
    if not _REFLECTION.search(text):
        yield _("{file}: falta la reflexión; añada un apartado «Para pensar».").format(file=name)
    if not _SOURCES.search(text):
        yield _("{file}: faltan las fuentes; añada un apartado «Fuentes».").format(file=name)


def _every_notebook(notebook: NotebookNode, name: str) -> Iterator[str]:
    if notebook.metadata.get("language") != "es":
        yield _("{file}: la cabecera debe decir «language: es».").format(file=name)
    text = "\n\n".join(_FENCE.sub("", cell.source) for cell in _markdown(notebook))
    levels = [len(marks) for marks in _HEADING.findall(text)]
    if levels.count(1) != 1 or levels[:1] != [1]:
        yield _("{file}: debe haber un solo título de nivel 1, al comienzo.").format(file=name)
    if any(after > before + 1 for before, after in pairwise(levels)):
        yield _("{file}: los títulos saltan un nivel; un lector de pantalla se pierde: baje de uno en uno.").format(
            file=name
        )
    for cell in notebook.cells:
        if FIGURE_ALLOWED not in cell.metadata.get("tags", []):
            for figure in legal_figures(cell.source):
                yield _(
                    "{file}: «{figure}» es una cifra legal escrita a mano; muéstrela con legal_card o, si no es legal, "
                    "ponga a la celda la etiqueta {tag}."
                ).format(file=name, figure=figure, tag=FIGURE_ALLOWED)
        if _IGNORED_COMMENT.search(cell.source) or "nbval-skip" in cell.metadata.get("tags", []):
            yield _("{file}: una salida que varía se marca con la etiqueta nbval-ignore-output, y nada más.").format(
                file=name
            )
        if _NO_ALTERNATIVE.search(cell.source):
            yield _("{file}: hay una imagen sin texto alternativo; descríbala.").format(file=name)


def legal_figures(text: str) -> Iterator[str]:
    """Figures (a number of days, hours, years, a share, an article) in the same sentence as a legal word."""
    for sentence in re.split(r"(?<=[.!?;])\s+(?=[^\d\s])|\n\s*\n", text):
        # «arts. 8» is split nowhere: what follows the point is a digit.
        figures = [match.group() for match in _FIGURE.finditer(sentence)]
        if figures and _LEGAL.search(sentence):
            yield from figures


def _prose(notebook: NotebookNode) -> str:
    return "\n\n".join(readability.prose(cell.source) for cell in _markdown(notebook))


def _readable(text: str, name: str) -> Iterator[str]:
    if not re.search(r"\w", text):
        return
    index = readability.perspicuity(text)
    if index < readability.LESSONS:
        yield _(
            "{file}: la lectura es difícil (INFLESZ {index:.0f}; se pide {least:.0f}): acorte frases y palabras."
        ).format(file=name, index=index, least=readability.LESSONS)


def _readable_questions(folder: Path, name: str) -> Iterator[str]:
    path = folder / "preguntas.yml"
    if not path.is_file():
        return
    try:
        questions = load_questions(path)
    except UserError:
        return  # told by plan_checks
    texts = [text for question in questions.by_id.values() for text in _texts(question.model_dump())]
    yield from _readable(readability.prose("\n\n".join(texts)), f"{name}/preguntas.yml")


def _texts(data: object) -> Iterator[str]:
    """Sentences in plain data: strings with a space; identifiers have none."""
    if isinstance(data, str) and " " in data:
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value)


def _built_notebooks(course: Path) -> Iterator[str]:
    for top in ("modules", "solutions", "exercises"):
        for path in sorted((course / top).rglob("*.ipynb")):
            name = path.relative_to(course).as_posix()
            if any(part.startswith(".") for part in path.relative_to(course).parts):
                continue
            if path.stat().st_size > MAX_NOTEBOOK_BYTES:
                yield _(
                    "{file}: pesa {size} kB y no debe pasar de {most} kB: tarda en abrir con mala conexión."
                ).format(file=name, size=path.stat().st_size // 1000, most=MAX_NOTEBOOK_BYTES // 1000)
            yield from _outputs(read_notebook(path), name)


def _outputs(notebook: NotebookNode, name: str) -> Iterator[str]:
    outputs = [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]
    for data in (out.get("data", {}) for out in outputs):
        for mime, value in data.items():
            if mime in {"image/png", "image/jpeg"}:
                # nbval does not compare them, so a wrong figure would pass.
                yield _("{file}: una salida es {mime}, que las pruebas no comparan; muéstrela como SVG.").format(
                    file=name, mime=mime
                )
            if mime.startswith("image/") and len(value) > MAX_IMAGE_BYTES:
                yield _("{file}: una figura pesa más de {most} kB; simplifíquela.").format(
                    file=name, most=MAX_IMAGE_BYTES // 1000
                )
            if mime == "text/html" and _NO_ALTERNATIVE.search(str(value)):
                yield _("{file}: una salida muestra una imagen sin texto alternativo; descríbala.").format(file=name)


def _files(course: Path) -> Iterator[str]:
    """Whatever is written for people: nothing from outside, nobody's data, no heavy picture."""
    tops = (*REACHABLE, "solutions")
    images = (path for top in tops for path in sorted((course / top).rglob("*")) if path.suffix in _IMAGES)
    for path in images:
        if path.stat().st_size > MAX_IMAGE_BYTES:
            yield _("{file}: pesa más de {most} kB; redúzcala.").format(
                file=path.relative_to(course).as_posix(), most=MAX_IMAGE_BYTES // 1000
            )
    for path in files_in(course, tops):
        name = path.relative_to(course).as_posix()
        if name.startswith("src/") or path.suffix not in _FOR_PEOPLE:
            continue
        text = searchable(path)
        if _OUTSIDE.search(text):
            yield _("{file}: trae algo de internet (imagen, estilo o programa); inclúyalo en el curso.").format(
                file=name
            )
        for thing in found_in(text):
            yield _("{file}: contiene {thing}; invente uno que no pueda ser de nadie.").format(file=name, thing=thing)
