"""The plan against the notebooks: what one has and the other lacks, points, kinds, competences."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from ciberaula.authoring.notebooks import is_source, read_source
from ciberaula.casework.assessment.load import assessment_path, load_assessment
from ciberaula.classroom.decisions import Decision, load_decision
from ciberaula.classroom.spec import Questions, load_questions
from ciberaula.classroom.story_items import STORY_FILES, StoryItem, story_at
from ciberaula.classroom.values import Asked
from ciberaula.curriculum import Assignment, Curriculum, GradedItem, Module
from ciberaula.errors import UserError
from ciberaula.i18n import _

# Of the guides, beside the modules.
PICTURES = "imagenes"


def mistakes_in(course: Path, plan: Curriculum) -> Iterator[str]:
    """Every way in which notebooks and question files differ from the plan, a Spanish line each."""
    yield from _folders(course, plan)
    for module in plan.written:
        folder = course / "modules" / module.id
        if folder.is_dir():
            yield from _lessons(folder, module)
            yield from _formative(folder, plan, module)
        folder = course / "solutions" / module.assignment.id
        if folder.is_dir():
            yield from _assignment(folder, plan, module)


def _folders(course: Path, plan: Curriculum) -> Iterator[str]:
    written = {module.id for module in plan.written}
    assignments = {assignment.id for assignment in plan.assignments}
    for top, due in (("modules", written), ("solutions", assignments)):
        present = {path.name for path in (course / top).glob("*/") if not path.name.startswith((".", "__"))}
        present.discard(PICTURES)
        for name in sorted(due - present):
            yield _(
                "{top}/{name}: el plan lo da por escrito, pero falta la carpeta; créela o márquelo planned."
            ).format(top=top, name=name)
        for name in sorted(present - due):
            yield _(
                "{top}/{name}: la carpeta existe, pero el plan no tiene ese módulo escrito; añádalo o bórrela."
            ).format(top=top, name=name)


def _notebook_names(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.md") if is_source(path)}


def _lessons(folder: Path, module: Module) -> Iterator[str]:
    where = f"modules/{folder.name}"
    due, present = {lesson.id for lesson in module.lessons}, _notebook_names(folder)
    for name in sorted(due - present):
        yield _("{where}/{name}.md: el plan tiene esta lección, pero no hay cuaderno.").format(where=where, name=name)
    for name in sorted(present - due):
        yield _("{where}/{name}.md: ningún plan tiene este cuaderno; añádalo a curriculum.yml.").format(
            where=where, name=name
        )
    for lesson in module.lessons:
        if lesson.id not in present:
            continue
        source = f"{where}/{lesson.id}.md"
        said = read_source(folder / f"{lesson.id}.md", source).metadata.get("ciberaula", {})
        planned = {
            "module": module.id,
            "lesson": lesson.id,
            "minutes": lesson.minutes,
            "coverage": sorted(lesson.teaches),
        }
        for key, value in planned.items():
            given = said.get(key)
            if (sorted(given) if isinstance(given, list) else given) != value:
                yield _("{file}: la cabecera dice {key}: {given} y el plan dice {value}; iguálelos.").format(
                    file=source, key=key, given=given, value=value
                )


def _formative(folder: Path, plan: Curriculum, module: Module) -> Iterator[str]:
    """Questions and decisions of the lessons: valid, not graded, with ids that the plan knows."""
    questions, played, mistakes = _specs(folder, f"modules/{folder.name}")
    yield from mistakes
    for spec in [*(questions.by_id.values() if questions else ()), *played]:
        where = f"modules/{folder.name}/{spec.id}"
        yield from _references(where, spec, plan, module)
    if (questions and questions.graded) or any(one.graded for one in played):
        yield _("modules/{folder}: hay preguntas con «graded: true»; las calificadas van en solutions/.").format(
            folder=folder.name
        )


def _specs(folder: Path, where: str) -> tuple[Questions | None, list[Decision | StoryItem], list[str]]:
    """What the folder's question, decision and story files hold, and a line for each file that is wrong."""
    mistakes: list[str] = []
    questions: Questions | None = None
    played: list[Decision | StoryItem] = []
    try:
        if (folder / "preguntas.yml").is_file():
            questions = load_questions(folder / "preguntas.yml")
    except UserError as error:
        mistakes.append(f"{where}/{error}")
    for path in sorted(folder.glob("decision-*.yml")):
        try:
            played.append(load_decision(path))
        except UserError as error:
            mistakes.append(f"{where}/{error}")
    for path in sorted(folder.glob(STORY_FILES)):
        try:
            story = story_at(path)
            load_assessment(assessment_path(path), story.story)
            played.append(story)
        except UserError as error:
            mistakes.append(f"{where}/{error}")
    return questions, played, mistakes


def _references(where: str, spec: Asked, plan: Curriculum, module: Module) -> Iterator[str]:
    if spec.competence not in module.competences:
        yield _("{where}: la competencia «{id}» no es del módulo {module}; corríjala o añádala al plan.").format(
            where=where, id=spec.competence, module=module.id
        )
    known = {item.id for item in plan.coverage}
    for topic in sorted(set(spec.coverage) - known):
        yield _("{where}: «{id}» no está en modules/coverage.yml; corrija el identificador.").format(
            where=where, id=topic
        )


def _assignment(folder: Path, plan: Curriculum, module: Module) -> Iterator[str]:
    assignment, where = module.assignment, f"solutions/{folder.name}"
    present = _notebook_names(folder)
    for name in sorted(present - {str(assignment.notebook)}):
        yield _("{where}/{name}.md: ningún plan tiene este cuaderno; añádalo a curriculum.yml.").format(
            where=where, name=name
        )
    questions, played, mistakes = _specs(folder, where)
    yield from mistakes
    if str(assignment.notebook) not in present:
        yield _("{where}/{name}.md: el plan tiene esta tarea, pero no hay cuaderno.").format(
            where=where, name=assignment.notebook
        )
        return
    notebook = read_source(folder / f"{assignment.notebook}.md", f"{where}/{assignment.notebook}.md")
    yield from _graded_cells(notebook, assignment, f"{where}/{assignment.notebook}.md")
    if mistakes:
        return
    specs: dict[str, Asked] = {**(questions.by_id if questions else {}), **{one.id: one for one in played}}
    for item in assignment.items:
        yield from _item_spec(item, specs.pop(item.id, None), f"{where}/{item.id}")
    for left in specs:
        yield _("{where}: la pregunta «{id}» no está en el plan; añádala a curriculum.yml o bórrela.").format(
            where=where, id=left
        )


def _graded_cells(notebook: NotebookNode, assignment: Assignment, name: str) -> Iterator[str]:
    settings = [cell.metadata["nbgrader"] for cell in notebook.cells if "nbgrader" in cell.metadata]
    for grade_id, times in Counter(one.get("grade_id") for one in settings).items():
        if times > 1:
            yield _("{file}: el grade_id «{id}» está en {times} celdas; use uno distinto en cada una.").format(
                file=name, id=grade_id, times=times
            )
    graded = {one["grade_id"]: one for one in settings if one.get("grade")}
    planned = {item.id: item for item in assignment.items}
    for grade_id in sorted(planned.keys() - graded.keys()):
        yield _(
            "{file}: ninguna celda calificada es «{id}», que el plan tiene; añada la celda o quítela del plan."
        ).format(file=name, id=grade_id)
    for grade_id in sorted(graded.keys() - planned.keys()):
        yield _("{file}: la celda calificada «{id}» no está en el plan; añádala a curriculum.yml.").format(
            file=name, id=grade_id
        )
    for grade_id in sorted(planned.keys() & graded.keys()):
        item, cell = planned[grade_id], graded[grade_id]
        if float(cell.get("points", 0)) != item.points:
            yield _("{file}: «{id}» vale {given} en el cuaderno y {due:g} en el plan; iguálelos.").format(
                file=name, id=grade_id, given=cell.get("points", 0), due=item.points
            )
        if bool(cell.get("solution")) != item.manual:
            yield _("{file}: «{id}» es {kind} en el plan, y su celda se califica {way}; iguálelos.").format(
                file=name, id=grade_id, kind=item.kind, way=_("a mano") if cell.get("solution") else _("con una prueba")
            )


def _item_spec(item: GradedItem, spec: Asked | None, where: str) -> Iterator[str]:
    if spec is None:
        if item.kind != "written":
            yield _(
                "{where}: es {kind} en el plan, pero ni preguntas.yml ni un decision-*.yml la tienen, ni es el «item» de un "
                "historia-*.yml."
            ).format(where=where, kind=item.kind)
        return
    for what, given, due in (
        ("kind", spec.kind, item.kind),
        ("competence", spec.competence, item.competence),
        ("coverage", sorted(spec.coverage), sorted(item.coverage)),
    ):
        if given != due:
            yield _("{where}: {what} es {given} en su archivo y {due} en el plan; iguálelos.").format(
                where=where, what=what, given=given, due=due
            )
