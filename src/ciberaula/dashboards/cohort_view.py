"""«Cohorte»: who is where, who needs help, what is hard, what waits for the instructor. The only view with names."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from ciberaula.dashboards import charts, words
from ciberaula.dashboards.alike_part import alike_section
from ciberaula.dashboards.export import download
from ciberaula.dashboards.items_part import item_name, items_section
from ciberaula.dashboards.page import Html, base_url, choice, details, empty, link, page, query, section, table
from ciberaula.dashboards.parts import competence_table, in_words, legend, people, provisional_note, state_label
from ciberaula.i18n import _, ngettext
from ciberaula.page import Page
from ciberaula.progress.names import current_role, names
from ciberaula.progress.rules import INACTIVE_DAYS
from ciberaula.progress.store import load
from ciberaula.progress.tables import ItemRow, LearnerRow, ModulePlan, ModuleRow, ReviewRow, Snapshot, State
from ciberaula.progress.waiting import still_without_marks
from ciberaula.spreadsheet import csv_bytes

# Beyond this a grid of people says less than a bar.
MAX_DOTS = 300
# Reasons told of one submission.
_REASONS = 2
_URGENCY: tuple[State, ...] = ("needs_help", "in_progress", "not_started", "completed", "planned")


@dataclass(frozen=True)
class _Choice:
    """What the viewer asked to see."""

    module: ModulePlan
    cohort: str
    group: str
    state: str


@dataclass(frozen=True)
class _Line:
    """One learner in the chosen module."""

    name: str
    learner: LearnerRow
    row: ModuleRow


def view(home: Path) -> Page:
    """The page, filtered by what the address asks for. Raises ``UserError`` for other viewers or without a snapshot."""
    known = names(home, current_role())
    snapshot = load(home)
    written = [plan for plan in snapshot.meta.modules if plan.written]
    title = _("Cohorte")
    updated = _("Datos al {moment}.").format(moment=words.moment_of(snapshot.meta.built_at))
    links = link("institucion.ipynb", _("Ver la vista de la institución"))
    summary = "{cohorts} · {people}".format(
        cohorts=", ".join(sorted({one.cohort or _("Sin cohorte") for one in snapshot.learners})) or _("Sin cohorte"),
        people=people(len(snapshot.learners)),
    )
    if not snapshot.learners or not written:
        parts = [
            empty(
                _(
                    "Todavía no hay participantes: tome su lista con «ciberaula roster import» y ejecute «ciberaula progress»."
                )
            )
        ]
        return page(title, summary, parts, simulated=False, updated=updated, links=links)
    asked = _asked(snapshot, written)
    everyone = _lines(snapshot, known, asked)
    parts = [
        _filter(snapshot, written, asked),
        _glance(everyone, asked),
        _learners(everyone, asked, snapshot),
        _reviews(snapshot, everyone, asked, known),
        _competences(snapshot, everyone, asked),
        _items(snapshot, everyone, asked),
        _alike(home, snapshot, everyone, asked, known),
        _planned(snapshot),
    ]
    return page(
        title, summary, parts, simulated=any(line.learner.simulated for line in everyone), updated=updated, links=links
    )


def _asked(snapshot: Snapshot, written: list[ModulePlan]) -> _Choice:
    """The choice in the address; anything unknown in it counts as not asked for."""
    wanted = query()
    plan = next((one for one in written if one.id == wanted.get("modulo")), _where_they_work(snapshot, written))
    cohort, group, state = (wanted.get(name, "") for name in ("cohorte", "grupo", "estado"))
    return _Choice(
        module=plan,
        cohort=cohort if cohort in {one.cohort for one in snapshot.learners} else "",
        group=group if group in {one.group for one in snapshot.learners} else "",
        state=state if state in charts.STATES else "",
    )


def _where_they_work(snapshot: Snapshot, written: list[ModulePlan]) -> ModulePlan:
    """The module that most have begun, the later one of two; the first where nobody has begun any."""
    begun = Counter(row.module for row in snapshot.modules if row.state != "not_started")
    return max(reversed(written), key=lambda plan: begun[plan.id]) if begun else written[0]


def _lines(snapshot: Snapshot, known: dict[str, str], asked: _Choice) -> list[_Line]:
    """Learners of the chosen cohort and group in the chosen module; those who may need help first."""
    rows = {row.pseudonym: row for row in snapshot.modules if row.module == asked.module.id}
    lines = [
        _Line(known.get(one.pseudonym, _("(sin nombre en la lista)")), one, rows[one.pseudonym])
        for one in snapshot.learners
        if asked.group in ("", one.group) and asked.cohort in ("", one.cohort)
    ]
    return sorted(lines, key=lambda line: (_URGENCY.index(line.row.state), line.name.casefold()))


def _filter(snapshot: Snapshot, written: list[ModulePlan], asked: _Choice) -> str:
    cohorts = sorted({one.cohort for one in snapshot.learners if one.cohort}, key=str.casefold)
    groups = sorted({one.group for one in snapshot.learners if one.group}, key=str.casefold)
    lists = [
        choice("modulo", _("Módulo"), [(plan.id, plan.title) for plan in written], asked.module.id),
        choice("cohorte", _("Cohorte"), [("", _("Todas")), *((one, one) for one in cohorts)], asked.cohort),
        choice("grupo", _("Grupo"), [("", _("Todos")), *((group, group) for group in groups)], asked.group),
        choice(
            "estado", _("Estado"), [("", _("Todos")), *((one, words.state(one)) for one in charts.STATES)], asked.state
        ),
    ]
    button = f'<button type="submit">{_("Mostrar")}</button>'
    return f'<form class="ca-filter" method="get" aria-label="{_("Filtrar")}">{"".join(lists)}{button}</form>'


def _glance(lines: list[_Line], asked: _Choice) -> str:
    states = [line.row.state for line in lines]
    where = asked.group or _("todos los grupos")
    title = _("Avance en {module}, {where}").format(module=asked.module.title, where=where)
    bar = charts.state_bar(Counter(states), title, in_words(states))
    by_group: dict[str, list[State]] = {}
    for line in sorted(lines, key=lambda one: charts.STATES.index(one.row.state)):
        by_group.setdefault(line.learner.group or _("Sin grupo"), []).append(line.row.state)
    ordered = sorted(by_group.items(), key=lambda pair: pair[0].casefold())
    rows = [(group, *(Counter(found)[state] for state in charts.STATES)) for group, found in ordered]
    as_table = table(title, (_("Grupo"), *(words.state(state) for state in charts.STATES)), rows)
    dots = ""
    if len(lines) <= MAX_DOTS:
        dots = "".join(
            f"<h3>{escape(group)}</h3>{charts.dots(found, group, in_words(found))}" for group, found in ordered
        )
    note = _("{module}. Cada signo es una persona.").format(module=asked.module.title)
    return section(_("De un vistazo"), bar, legend(states), dots, details(_("Ver como tabla"), as_table), note=note)


def _learners(lines: list[_Line], asked: _Choice, snapshot: Snapshot) -> str:
    shown = [line for line in lines if asked.state in ("", line.row.state)]
    title = _("Participantes")
    if not shown:
        return section(title, empty(_("Nadie en este grupo está en este estado.")))
    failed = {(one.pseudonym, one.module) for one in snapshot.reviews if one.status == "failed"}
    header = (_("Nombre"), _("Estado"), _("Lecciones"), _("Puntaje"), _("Última actividad"), _("Grupo"))
    rows = [
        (
            line.name,
            _why(line.row, snapshot, failed),
            _("{done} de {total}").format(done=line.row.lessons_done, total=line.row.lessons_total),
            words.score(line.row),
            words.short_day(line.row.last_activity),
            line.learner.group,
        )
        for line in shown
    ]
    caption = ngettext("{count} persona", "{count} personas", len(shown)).format(count=len(shown))
    rule = _(
        "Necesita ayuda quien obtuvo menos de {share} de los puntos calificados, tomó una decisión crítica, o empezó y lleva "
        "más de {days} días sin actividad ni entrega."
    ).format(share=words.percent(snapshot.meta.pass_share), days=INACTIVE_DAYS)
    return section(title, table(caption, header, rows), _export(shown, asked), note=rule)


def _why(row: ModuleRow, snapshot: Snapshot, failed: Collection[tuple[str, str]]) -> Html:
    """The state, and under it what explains it."""
    told = [words.reason(one, snapshot.meta.pass_share, INACTIVE_DAYS) for one in row.reasons]
    if row.awaiting_review:
        told.append(_("falta revisar {count}").format(count=row.awaiting_review))
    if row.not_gradable:
        told.append(_("no se pudo leer {count}").format(count=row.not_gradable))
    if (row.pseudonym, row.module) in failed:
        told.append(_("la última entrega no se pudo calificar"))
    why = f'<span class="ca-why">{escape("; ".join(told))}</span>' if told else ""
    return Html(f"{state_label(row.state)}{why}")


def _export(shown: list[_Line], asked: _Choice) -> str:
    header = [_("nombre"), _("cohorte"), _("grupo"), _("módulo"), _("estado"), _("lecciones"), _("puntaje (0 a 1)"),
              _("por revisar"), _("no se pudo calificar"), _("última actividad")]  # fmt: skip
    rows = [
        (
            line.name,
            line.learner.cohort,
            line.learner.group,
            asked.module.title,
            words.state(line.row.state),
            line.row.lessons_done,
            None if line.row.score is None else round(line.row.score, 4),
            line.row.awaiting_review,
            line.row.not_gradable,
            line.row.last_activity.date().isoformat() if line.row.last_activity else None,
        )
        for line in shown
    ]
    text = _("Descargar esta lista (CSV, contiene nombres)")
    return f"<p>{download('cohorte.csv', text, csv_bytes(header, rows))}</p>"


def _reviews(snapshot: Snapshot, lines: list[_Line], asked: _Choice, known: dict[str, str]) -> str:
    here = {line.learner.pseudonym for line in lines}
    waiting = [one for one in snapshot.reviews if one.module == asked.module.id and one.pseudonym in here]
    title = _("Por revisar a mano")
    if not waiting:
        return section(title, empty(_("Nada espera su revisión.")))
    together: dict[tuple[str, str], list[ReviewRow]] = {}
    for one in sorted(waiting, key=_oldest_first):
        together.setdefault((one.pseudonym, one.status), []).append(one)
    rows = [
        (
            known.get(found[0].pseudonym, _("(sin nombre en la lista)")),
            _which(asked.module, found),
            _what_is_wrong(found),
            words.short_day(found[0].submitted_at),
            _open(found[0], known),
        )
        for found in together.values()
    ]
    header = (_("Nombre"), _("Pregunta"), _("Por qué"), _("Entregada"), _("Calificador"))
    note = _(
        "Nada de esto cuenta como cero. Lo que no se pudo leer o calificar se resuelve pidiendo otra entrega o, si no la hay, "
        "con puntos a mano."
    )
    return section(title, table(still_without_marks(waiting), header, rows), note=note)


def _which(module: ModulePlan, found: list[ReviewRow]) -> str:
    if not found[0].item:
        return _("La entrega entera")
    return item_name(module, found[0].item) if len(found) == 1 else _("{count} preguntas").format(count=len(found))


def _what_is_wrong(found: list[ReviewRow]) -> Html:
    """The state, and under it the reasons that grading gave."""
    reasons = list(dict.fromkeys(one.reason.rstrip(".") for one in found if one.reason))
    why = f'<span class="ca-why">{escape("; ".join(reasons[:_REASONS]))}</span>' if reasons else ""
    return Html(f"{escape(words.review(found[0].status))}{why}")


def _oldest_first(one: ReviewRow) -> tuple[float, str]:
    return (one.submitted_at.timestamp() if one.submitted_at else 0.0, one.item)


def _open(one: ReviewRow, known: dict[str, str]) -> Html | str:
    if not one.notebook:  # the gradebook has nothing of it
        return words.NONE
    place = f"{base_url()}formgrader/submissions/{quote(one.notebook)}/"
    return link(place, _("Abrir"), known.get(one.pseudonym, ""))


def _graded(snapshot: Snapshot, lines: list[_Line], asked: _Choice) -> list[ItemRow]:
    here = {line.learner.pseudonym for line in lines}
    return [item for item in snapshot.items if item.module == asked.module.id and item.pseudonym in here]


def _competences(snapshot: Snapshot, lines: list[_Line], asked: _Choice) -> str:
    items = _graded(snapshot, lines, asked)
    title = _("Puntaje por competencia")
    if not any(item.earned is not None for item in items):
        return section(title, empty(_("Todavía no hay entregas calificadas.")))
    shown = competence_table(snapshot.meta, items, _("Parte de los puntos calificados"))
    return section(title, shown, note=provisional_note(snapshot.meta))


def _items(snapshot: Snapshot, lines: list[_Line], asked: _Choice) -> str:
    slips = [
        one
        for one in snapshot.slips
        if one.module == asked.module.id and asked.group in ("", one.group) and asked.cohort in ("", one.cohort)
    ]
    return items_section(snapshot.meta, asked.module, _graded(snapshot, lines, asked), slips)


def _alike(home: Path, snapshot: Snapshot, lines: list[_Line], asked: _Choice, known: dict[str, str]) -> str:
    filters = {"modulo": asked.module.id, "cohorte": asked.cohort, "grupo": asked.group, "estado": asked.state}
    chosen = {name: value for name, value in filters.items() if value}
    here = {line.learner.pseudonym for line in lines}
    return alike_section(home, asked.module, known, snapshot.learners, here, chosen)


def _planned(snapshot: Snapshot) -> str:
    coming = [f"<li>{escape(plan.title)}</li>" for plan in snapshot.meta.modules if not plan.written]
    if not coming:
        return ""
    text = ngettext("{count} módulo en preparación", "{count} módulos en preparación", len(coming))
    return details(text.format(count=len(coming)), f"<ul>{''.join(coming)}</ul>")
