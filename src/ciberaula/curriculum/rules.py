"""What a well-shaped plan must also hold: known ids, hours that add up, nothing taught or assessed by nobody."""

from collections import Counter
from collections.abc import Iterable, Iterator

from ciberaula.curriculum.plan import Curriculum, Module
from ciberaula.i18n import _


def mistakes_in(plan: Curriculum) -> list[str]:
    """Every mistake in the plan, a Spanish line each; empty when it holds."""
    return [
        *_repeated_ids(plan),
        *_unknown_references(plan),
        *_hours(plan),
        *_status(plan),
        *_coverage_holes(plan),
        *_order_of_teaching(plan),
        *_idle_competences(plan),
        *_attempts(plan),
    ]


def _repeated_ids(plan: Curriculum) -> Iterator[str]:
    groups: list[tuple[str, Iterable[str]]] = [
        (_("los módulos"), (module.id for module in plan.modules)),
        (_("las competencias"), (competence.id for competence in plan.competences)),
        (_("los marcos"), (framework.id for framework in plan.frameworks)),
        (_("las tareas"), (module.assignment.id for module in plan.modules)),
        (_("la lista de cobertura"), (item.id for item in plan.coverage)),
    ]
    for module in plan.modules:
        groups.append((_("las lecciones de {id}").format(id=module.id), (lesson.id for lesson in module.lessons)))
        groups.append((_("las preguntas de {id}").format(id=module.id), (one.id for one in module.assignment.items)))
    for where, ids in groups:
        for one, times in Counter(ids).items():
            if times > 1:
                yield _("el identificador «{id}» está repetido en {where}; deje uno solo.").format(id=one, where=where)


def _unknown_references(plan: Curriculum) -> Iterator[str]:
    competences = {competence.id for competence in plan.competences}
    frameworks = {framework.id for framework in plan.frameworks}
    topics = {item.id for item in plan.coverage}
    for competence in plan.competences:
        for alignment in competence.alignment:
            if alignment.framework not in frameworks:
                yield _(
                    "la competencia «{id}» nombra el marco desconocido «{framework}»; añádalo a frameworks."
                ).format(id=competence.id, framework=alignment.framework)
    for module in plan.modules:
        for one in module.competences:
            if one not in competences:
                yield _("{where} nombra la competencia desconocida «{id}»; añádala a competences.").format(
                    where=module.id, id=one
                )
        for item in module.assignment.items:
            if item.competence not in competences:
                yield _("{where} nombra la competencia desconocida «{id}»; añádala a competences.").format(
                    where=f"{module.id}/{item.id}", id=item.competence
                )
            elif item.competence not in module.competences:
                yield _("{where} evalúa «{id}», que no está entre las competencias del módulo; añádala.").format(
                    where=f"{module.id}/{item.id}", id=item.competence
                )
        for where, topic in _named_topics(module):
            if topic not in topics:
                yield _("{where} nombra «{id}», que no está en modules/coverage.yml; corrija el identificador.").format(
                    where=where, id=topic
                )


def _named_topics(module: Module) -> Iterator[tuple[str, str]]:
    """Each coverage id that a module names, with where it names it."""
    for lesson in module.lessons:
        yield from ((f"{module.id}/{lesson.id}", topic) for topic in lesson.teaches)
    for item in module.assignment.items:
        yield from ((f"{module.id}/{item.id}", topic) for topic in item.coverage)
    yield from ((f"{module.id} (assesses)", topic) for topic in module.assesses)
    yield from ((f"{module.id} (revisits)", topic) for topic in module.revisits)


def _hours(plan: Curriculum) -> Iterator[str]:
    total = sum(module.hours for module in plan.modules)
    if total != plan.hours:
        yield _("las horas de los módulos suman {total} y el curso anuncia {hours}; ajuste unas u otras.").format(
            total=total, hours=plan.hours
        )
    for module in plan.modules:
        if module.minutes != module.hours * 60:
            yield _("{id}: lecciones y tarea suman {minutes} min y el módulo anuncia {hours} h ({due} min).").format(
                id=module.id, minutes=module.minutes, hours=module.hours, due=module.hours * 60
            )


def _status(plan: Curriculum) -> Iterator[str]:
    for module in plan.modules:
        has_items = bool(module.assignment.items) and module.assignment.notebook is not None
        if module.written and not has_items:
            yield _(
                "{id} figura como escrito, pero su tarea no tiene cuaderno o preguntas; póngalos o pase a planned."
            ).format(id=module.id)
        if module.written and module.assesses:
            yield _("{id} está escrito: lo que evalúa lo dicen sus preguntas; borre assesses.").format(id=module.id)
        if not module.written and (module.assignment.items or module.assignment.notebook):
            yield _("{id} figura como planned, pero su tarea ya tiene cuaderno o preguntas; pase a written.").format(
                id=module.id
            )


def _coverage_holes(plan: Curriculum) -> Iterator[str]:
    taught = frozenset().union(*(module.taught for module in plan.modules))
    assessed = frozenset().union(*(module.assessed for module in plan.modules))
    for item in plan.coverage:
        if item.id not in taught:
            yield _("ninguna lección enseña {id}; añádalo al «teaches» de una.").format(id=item.id)
        if item.must_be_assessed and item.id not in assessed:
            yield _(
                "nada evalúa {id} y no es un concepto puro; añádalo a una pregunta o al «assesses» de un módulo."
            ).format(id=item.id)


def _order_of_teaching(plan: Curriculum) -> Iterator[str]:
    """What is assessed was taught by then; what is asked again was taught in an earlier module."""
    known = {item.id for item in plan.coverage}
    before: set[str] = set()
    for module in plan.modules:
        for topic in sorted(module.assessed & known - before - module.taught):
            yield _(
                "{id} evalúa {topic}, que ni él ni un módulo anterior enseñan; cambie el orden o la lección."
            ).format(id=module.id, topic=topic)
        for topic in sorted(known.intersection(module.revisits) - before):
            yield _("{id} vuelve sobre {topic}, que ningún módulo anterior enseña; quítelo de revisits.").format(
                id=module.id, topic=topic
            )
        before |= module.taught


def _idle_competences(plan: Curriculum) -> Iterator[str]:
    used = {one for module in plan.modules for one in module.competences}
    for competence in plan.competences:
        if competence.id not in used:
            yield _("ningún módulo trabaja la competencia «{id}»; asígnela o bórrela.").format(id=competence.id)
    for module in plan.written:
        assessed = {item.competence for item in module.assignment.items}
        for one in module.competences:
            if one not in assessed:
                yield _("{id}: ninguna pregunta evalúa la competencia «{competence}»; añada una o quítela.").format(
                    id=module.id, competence=one
                )


def _attempts(plan: Curriculum) -> Iterator[str]:
    """The best of several attempts is found by test: what a person reads cannot be compared, nor read once for all."""
    for module in plan.modules:
        by_hand = [item.id for item in module.assignment.items if item.manual]
        if by_hand and plan.policy(module.assignment).attempts.counts == "best":
            yield _(
                "{id}: no puede contar la mejor entrega («best») porque {item} la califica una persona; use counts: last."
            ).format(id=module.id, item=by_hand[0])
