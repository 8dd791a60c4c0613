"""«Mi avance»: what a participant has done, what comes next, and what the course keeps about them."""

from html import escape
from pathlib import Path

from ciberaula.dashboards import charts, words
from ciberaula.dashboards.export import download
from ciberaula.dashboards.page import Html, address, details, empty, link, page, section
from ciberaula.dashboards.parts import competence_table, in_words, provisional_note, state_label
from ciberaula.i18n import _, ngettext
from ciberaula.page import Page
from ciberaula.progress.mine import Own, load_own, student
from ciberaula.progress.tables import ModulePlan, ModuleRow
from ciberaula.spreadsheet import csv_bytes


def view(home: Path, workspace: Path) -> Page:
    """The page of whoever works in ``workspace``. Raises ``UserError`` for a damaged copy of their progress."""
    own = load_own(home, student(), workspace)
    done = sum(row.state == "completed" for row in own.modules)
    offered = sum(plan.written for plan in own.meta.modules)
    summary = ngettext(
        "Ha completado {done} de {offered} módulo disponible",
        "Ha completado {done} de {offered} módulos disponibles",
        offered,
    ).format(done=done, offered=offered)
    if own.copied_at:
        updated = _("Calificaciones al {moment}.").format(moment=words.moment_of(own.copied_at))
    else:
        updated = _("El curso todavía no ha devuelto calificaciones; se muestra lo que hay en este equipo.")
    links = link(address("lab/tree", "inicio.ipynb"), _("Volver al inicio"))
    parts = [_hours(own), _next(own, workspace), _modules(own), _competences(own), _feedback(own), _rights(own)]
    return page(_("Mi avance"), summary, parts, simulated=own.learner.simulated, updated=updated, links=links)


def _hours(own: Own) -> str:
    credited, total = own.learner.hours_credited, own.meta.hours_total
    coming = sum(plan.hours for plan in own.meta.modules if not plan.written)
    text = _("{credited} de {total} horas").format(credited=words.number(credited), total=words.number(total))
    note = _("Cada módulo suma sus horas cuando está completo.")
    if coming:
        note += " " + _("Hay {hours} horas en preparación.").format(hours=words.number(coming))
    return section(
        _("Horas acreditadas"),
        f'<div class="ca-hours"><ul class="ca-figures"><li><strong>{escape(text)}</strong></li></ul>'
        f"{charts.bar(credited / total if total else 0.0)}</div>",
        note=note,
    )


def _next(own: Own, workspace: Path) -> str:
    plans = {plan.id: plan for plan in own.meta.modules}
    steps = [
        step
        for row in own.modules
        if plans[row.module].written
        for step in _steps(plans[row.module], row, own, workspace)
    ]
    if not steps:
        steps = [escape(_("Completó todo lo disponible. Puede repasar las lecciones cuando quiera."))]
    items = "".join(f"<li>{step}</li>" for step in steps)
    return section(_("Qué sigue"), f'<ul class="ca-steps">{items}</ul>')


def _steps(plan: ModulePlan, row: ModuleRow, own: Own, workspace: Path) -> list[str]:
    """What a participant can do next in a module, most pressing first; HTML."""
    if row.state == "completed":
        return []
    told: list[str] = []
    if "critical_error" in row.reasons:
        critical = _(
            "{module}: hubo una decisión crítica. Repase la retroalimentación, repita el caso y converse con su docente."
        )
        told.append(escape(critical.format(module=plan.title)))
    if "low_score" in row.reasons:
        told.append(
            escape(
                _(
                    "{module}: lo calificado suma {score}, y se piden {share}. Repase las lecciones y vuelva a entregar."
                ).format(
                    module=plan.title,
                    score=words.percent(row.score),
                    share=words.percent(own.meta.pass_share),
                )
            )
        )
    if row.awaiting_review or row.not_gradable:
        told.append(escape(_waiting(plan, row)))
    if row.lessons_done < row.lessons_total:
        told.append(_continue(plan, row, workspace))
    if row.submitted_at is None and row.lessons_done >= row.lessons_total:
        told.append(
            escape(_("{module}: haga y entregue la tarea «{task}».").format(module=plan.title, task=plan.assignment))
        )
    elif row.submitted_at and not told:
        told.append(escape(_("{module}: su entrega se está calificando.").format(module=plan.title)))
    return told


def _waiting(plan: ModulePlan, row: ModuleRow) -> str:
    parts = []
    if row.awaiting_review:
        parts.append(
            ngettext(
                "{count} respuesta espera la revisión de su docente",
                "{count} respuestas esperan la revisión de su docente",
                row.awaiting_review,
            ).format(count=row.awaiting_review)
        )
    if row.not_gradable:
        parts.append(
            ngettext(
                "{count} respuesta no se pudo calificar y se revisará a mano",
                "{count} respuestas no se pudieron calificar y se revisarán a mano",
                row.not_gradable,
            ).format(count=row.not_gradable)
        )
    return _("{module}: {what}. No cuenta como cero; usted no tiene que hacer nada.").format(
        module=plan.title, what="; ".join(parts)
    )


def _continue(plan: ModulePlan, row: ModuleRow, workspace: Path) -> str:
    """The next lesson, with a link where its notebook is in the workspace."""
    lesson, title = list(plan.lessons.items())[row.lessons_done]
    text = _("{module}: siga con la lección {number}, «{title}».").format(
        module=plan.title, number=row.lessons_done + 1, title=title
    )
    path = f"modules/{plan.id}/{lesson}.ipynb"
    if not (workspace / path).is_file():
        return escape(text)
    return f"{escape(text)} {link(address('voila/render', path), _('Abrir la lección'), title)}"


def _modules(own: Own) -> str:
    # «Necesita ayuda» tells an instructor what to do; to the learner it would be a verdict.
    kinder = {"needs_help": _("Conviene repasar")}
    cards, planned = [], []
    for plan, row in zip(own.meta.modules, own.modules, strict=True):
        if not plan.written:
            planned.append(f"<li>{escape(plan.title)} ({escape(words.number(plan.hours))} h)</li>")
            continue
        lessons = _("{done} de {total} lecciones").format(done=row.lessons_done, total=row.lessons_total)
        score = words.score(row)
        when = words.day(row.last_activity)
        cards.append(
            f"<li><h3>{escape(plan.title)}</h3><div>{state_label(row.state, kinder.get(row.state, ''))}</div>"
            f'<div class="ca-small">{escape(lessons)} · {escape(words.number(plan.hours))} h</div>'
            f'<div class="ca-small">{escape(_("Puntaje: {score}").format(score=score))}</div>'
            f'<div class="ca-small">{escape(_("Última actividad: {when}").format(when=when))}</div></li>'
        )
    coming = ""
    if planned:
        text = ngettext("{count} módulo en preparación", "{count} módulos en preparación", len(planned))
        coming = details(text.format(count=len(planned)), f"<ul>{''.join(planned)}</ul>")
    note = ""
    if own.copied_at and own.new_lessons:
        note = ngettext(
            "Incluye {count} lección hecha en este equipo después de la última calificación.",
            "Incluye {count} lecciones hechas en este equipo después de la última calificación.",
            own.new_lessons,
        ).format(count=own.new_lessons)
    states = [row.state for row in own.modules]
    course = charts.dots(states, _("El curso, módulo por módulo"), in_words(states))
    return section(_("Módulos"), course, f'<ul class="ca-modules">{"".join(cards)}</ul>', coming, note=note)


def _competences(own: Own) -> str:
    title = _("Competencias")
    if not any(item.earned is not None for item in own.items):
        return section(
            title, empty(_("Todavía no hay entregas calificadas. Aquí verá qué domina y qué conviene repasar."))
        )
    shown = competence_table(own.meta, own.items, _("Parte de los puntos de sus respuestas calificadas"))
    return section(title, shown, note=provisional_note(own.meta))


def _feedback(own: Own) -> str:
    title = _("Retroalimentación")
    if not own.feedback:
        return section(
            title, empty(_("Todavía no hay retroalimentación en su carpeta. Tráigala desde la lista de tareas."))
        )
    titles = {plan.id: plan.title for plan in own.meta.modules}
    items = "".join(
        "<li>{link}</li>".format(
            link=link(
                address("files", one.path),
                _("{module}, recibida el {day}").format(module=titles[one.module], day=words.day(one.received_at)),
            )
        )
        for one in own.feedback
    )
    return section(title, f"<ul>{items}</ul>")


def _rights(own: Own) -> str:
    text = _(
        "El curso guarda lo que usted entrega, sus puntos y qué lecciones terminó. En los tableros aparece bajo un seudónimo; "
        "solo su docente ve su nombre. Puede pedir una copia de todo, que se corrija o que se borre."
    )
    header = (_("módulo"), _("pregunta"), _("situación"), _("puntos"), _("de"))
    rows = [(one.module, one.item, words.status(one.status), one.earned, one.maximum) for one in own.items]
    offer = (
        f"<p>{download('mi-avance.csv', _('Descargar mis puntos (CSV)'), csv_bytes(header, rows))}</p>" if rows else ""
    )
    return section(_("Sus datos"), Html(f"<p>{escape(text)}</p>"), offer)
