"""«Institución»: cohorts, hours and completion. No name, no pseudonym, and no group small enough to point at a person."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from html import escape
from pathlib import Path

from ciberaula.dashboards import charts, words
from ciberaula.dashboards.export import download
from ciberaula.dashboards.page import Html, details, empty, page, section, table
from ciberaula.dashboards.parts import people
from ciberaula.i18n import _, ngettext
from ciberaula.page import Page
from ciberaula.progress.names import Role, current_role, require
from ciberaula.progress.store import load
from ciberaula.progress.suppression import MINIMUM, Publication, publish
from ciberaula.progress.tables import LearnerRow, Meta, Snapshot
from ciberaula.spreadsheet import csv_bytes

_Rows = list[tuple[str, int | None, float | None, float | None]]


def view(home: Path) -> Page:
    """The page. Raises ``UserError`` for a trainee, or without a snapshot."""
    require(current_role(), Role.INSTITUTION, Role.INSTRUCTOR)
    snapshot = _of_one_kind(load(home))
    title = _("Institución")
    updated = _("Datos al {moment}.").format(moment=words.moment_of(snapshot.meta.built_at))
    total = publish({"": len(snapshot.learners)}).total
    if total is None:
        text = _(
            "Hay menos de {minimum} participantes: no se muestra ninguna cifra, para que nadie pueda ser reconocido."
        )
        parts = [empty(text.format(minimum=MINIMUM))]
        return page(title, _("Sin cifras que mostrar"), parts, simulated=snapshot.simulated, updated=updated)
    tables = _tables(snapshot)
    parts = [
        _glance(snapshot, total),
        *(_breakdown(heading, column, rows) for heading, column, rows in tables),
        _modules(snapshot, total),
        _about(tables, snapshot.meta),
    ]
    return page(title, people(total), parts, simulated=snapshot.simulated, updated=updated)


def _of_one_kind(snapshot: Snapshot) -> Snapshot:
    """The snapshot with real people only or, while they are too few to show, with invented ones only.

    A total of both would mean nothing, and the invented ones (whose number is known) would give the real ones away.
    """
    real = [one for one in snapshot.learners if not one.simulated]
    invented = [one for one in snapshot.learners if one.simulated]
    kept = invented if invented and len(real) < MINIMUM else real
    known = {one.pseudonym for one in kept}
    rows = tuple(row for row in snapshot.modules if row.pseudonym in known)
    return replace(snapshot, learners=tuple(kept), modules=rows, items=(), reviews=(), slips=())


def _offered(snapshot: Snapshot) -> float:
    """Hours that one person could be credited today."""
    return sum(plan.hours for plan in snapshot.meta.modules if plan.written)


def _glance(snapshot: Snapshot, total: int) -> str:
    credited = sum(one.hours_credited for one in snapshot.learners)
    possible = _offered(snapshot) * total
    share = credited / possible if possible else None
    written = sum(plan.written for plan in snapshot.meta.modules)
    figures = (
        (str(total), ngettext("participante", "participantes", total)),
        (words.number(credited), _("horas acreditadas")),
        (words.percent(share), _("de las horas que hoy se ofrecen")),
        (f"{written} / {len(snapshot.meta.modules)}", _("módulos disponibles")),
    )
    items = "".join(f"<li><strong>{escape(value)}</strong> {escape(label)}</li>" for value, label in figures)
    return section(_("De un vistazo"), f'<ul class="ca-figures">{items}</ul>')


def _tables(snapshot: Snapshot) -> list[tuple[str, str, _Rows]]:
    """By cohort, by group within each cohort that may be shown, and by setting: (heading, first column, rows)."""
    learners = snapshot.learners
    offered = _offered(snapshot)
    cohorts = _counts(learners, _cohort)
    found = [(_("Por cohorte"), _("Cohorte"), _rows(learners, _cohort, publish(cohorts), offered))]
    published = publish(cohorts)
    for name in cohorts:
        # The groups of a hidden cohort would add up to its size.
        if not published.shows(name):
            continue
        members = [one for one in learners if _cohort(one) == name]
        groups = publish(_counts(members, _group))
        if len(groups.groups) > 1:
            heading = _("Por grupo: {cohort}").format(cohort=name)
            found.append((heading, _("Grupo"), _rows(members, _group, groups, offered)))
    settings = publish(_counts(learners, _setting))
    found.append((_("Por zona de trabajo"), _("Zona"), _rows(learners, _setting, settings, offered)))
    return found


def _cohort(one: LearnerRow) -> str:
    return one.cohort or _("Sin cohorte")


def _group(one: LearnerRow) -> str:
    return one.group or _("Sin grupo")


def _setting(one: LearnerRow) -> str:
    return words.setting(one.setting)


def _counts(learners: Iterable[LearnerRow], key: Callable[[LearnerRow], str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in sorted(learners, key=key):
        counts[key(one)] = counts.get(key(one), 0) + 1
    return counts


def _rows(
    learners: Iterable[LearnerRow], key: Callable[[LearnerRow], str], shown: Publication, offered: float
) -> _Rows:
    """(group, people, credited hours, share of the hours offered); all ``None`` where the group is hidden."""
    hours: dict[str, float] = {}
    for one in learners:
        hours[key(one)] = hours.get(key(one), 0.0) + one.hours_credited
    rows: _Rows = []
    for group, size in shown.groups.items():
        if size is None:
            rows.append((group, None, None, None))
        else:
            rows.append((group, size, hours[group], hours[group] / (offered * size) if offered else None))
    return rows


def _breakdown(heading: str, column: str, rows: _Rows) -> str:
    if not rows:
        return section(heading, empty(_("Los grupos son demasiado pequeños para mostrarlos.")))
    header = (column, _("Participantes"), _("Horas acreditadas"), _("Avance"), _("Porcentaje"))
    lines = [
        (group, size, words.number(hours or 0.0), Html(charts.bar(share)), words.percent(share))
        if size is not None
        else (group, Html(f'<span class="ca-small">{escape(_("No se muestra"))}</span>'), "", "", "")
        for group, size, hours, share in rows
    ]
    return section(heading, table(heading, header, lines, hide_caption=True))


def _modules(snapshot: Snapshot, total: int) -> str:
    rows = []
    for plan in snapshot.meta.modules:
        if plan.written:
            done = sum(row.module == plan.id and row.state == "completed" for row in snapshot.modules)
            share = done / total
            rows.append((plan.title, words.number(plan.hours), Html(charts.bar(share)), words.percent(share)))
    planned = [plan for plan in snapshot.meta.modules if not plan.written]
    title = _("Por módulo")
    shown = table(title, (_("Módulo"), _("Horas"), _("Lo completó"), _("Porcentaje")), rows, hide_caption=True)
    coming = ""
    if planned:
        text = ngettext("{count} módulo en preparación", "{count} módulos en preparación", len(planned))
        items = "".join(f"<li>{escape(plan.title)}</li>" for plan in planned)
        coming = details(text.format(count=len(planned)), f"<ul>{items}</ul>")
    return section(title, shown if rows else empty(_("Todavía no hay módulos disponibles.")), coming)


def _about(tables: list[tuple[str, str, _Rows]], meta: Meta) -> str:
    hidden = _("no se muestra")
    rows = [
        (heading, group, hidden, None, None)
        if size is None
        else (heading, group, size, hours, None if share is None else round(share, 4))
        for heading, _column, found in tables
        for group, size, hours, share in found
    ]
    header = (_("tabla"), _("grupo"), _("participantes"), _("horas acreditadas"), _("avance (0 a 1)"))
    text = _(
        "Los grupos de menos de {minimum} personas no se muestran; cuando hace falta, tampoco otro, para que nadie los deduzca "
        "restando. Las horas se acreditan por módulo completo: todo calificado, con el puntaje pedido y sin decisiones "
        "críticas. Esta página no usa nombres ni identificadores."
    ).format(minimum=MINIMUM)
    if meta.provisional:
        text += " " + _(
            "El puntaje pedido ({share}) es provisional: todavía no hay suficientes participantes para fijar la nota de corte."
        ).format(share=words.percent(meta.pass_share))
    return section(
        _("Cómo se leen estas cifras"),
        f"<p>{escape(text)}</p>",
        f"<p>{download('institucion.csv', _('Descargar estas tablas (CSV)'), csv_bytes(header, rows))}</p>",
    )
