"""How each question worked, in the instructor's view: a table with figures and, beside them, what they say."""

from collections.abc import Sequence
from html import escape

from ciberaula.dashboards import charts, words
from ciberaula.dashboards.export import download
from ciberaula.dashboards.page import Html, cell, details, empty, section, table
from ciberaula.i18n import _, ngettext
from ciberaula.progress import item_table, item_words
from ciberaula.progress.items import ENOUGH, Analysis, ItemStats, analyse, common_slips
from ciberaula.progress.tables import ItemRow, Meta, ModulePlan, SlipRow
from ciberaula.spreadsheet import csv_bytes


def item_name(plan: ModulePlan, item: str) -> str:
    """«Pregunta 4 (ordenar)»."""
    kind = plan.items[item][0] if item in plan.items else ""
    ordinal = list(plan.items).index(item) + 1 if item in plan.items else item
    return _("Pregunta {number} ({kind})").format(number=ordinal, kind=words.kind(kind))


def items_section(meta: Meta, plan: ModulePlan, rows: Sequence[ItemRow], slips: Sequence[SlipRow]) -> str:
    """The section for the module ``plan``, over the people whose ``rows`` and ``slips`` these are."""
    title = _("Cómo funcionó cada pregunta")
    found = analyse(plan, rows)
    if not any(one.n for one in found.items):
        return section(title, empty(_("Todavía no hay entregas calificadas.")))
    common = common_slips(slips, plan.id, item_table.SLIPS_SHOWN)
    parts = [
        f"<p>{escape(item_words.caution(found))}</p>" if item_words.caution(found) else "",
        _table(meta, plan, found),
        details(_("Qué quiere decir cada columna"), f"<p>{escape(item_words.meaning())}</p>"),
        _slips(plan, found, common),
        _consistency(found),
        _file(meta, plan, found, common),
    ]
    return section(
        title, *parts, note=_("Habla de las preguntas, no de las personas: qué volver a tratar y qué mejorar.")
    )


def _table(meta: Meta, plan: ModulePlan, found: Analysis) -> str:
    header = (
        _("Pregunta"),
        _("Puntos obtenidos"),
        _("Media"),
        _("Respuestas"),
        _("En blanco"),
        _("Distingue"),
        _("Lectura"),
    )
    ordered = sorted((one for one in found.items if one.n), key=lambda one: one.difficulty or 0.0)
    rows = [
        (
            Html(
                f'{cell(item_name(plan, one.item))}<span class="ca-why">'
                f"{cell(meta.competences.get(one.competence, ''))}</span>"
            ),
            Html(charts.bar(one.difficulty)),
            words.percent(one.difficulty),
            one.n,
            one.blank,
            _figure(one),
            Html(f'<span class="ca-reading">{cell(item_words.reading(one))}</span>'),
        )
        for one in ordered
    ]
    return table(_("De la más difícil a la menos"), header, rows)


def _figure(one: ItemStats) -> str:
    if one.n < ENOUGH or one.discrimination is None:
        return words.NONE
    return item_words.decimal(one.discrimination)


def _slips(plan: ModulePlan, found: Analysis, common: item_table.Slips) -> str:
    answered = {one.item: one.n for one in found.items}
    rows = [
        (item_name(plan, item), slip, _("{count} de {all}").format(count=count, all=answered[item]))
        for item in plan.items
        for slip, count in common.get(item, ())
    ]
    if not rows:
        return ""
    shown = table(
        _("Errores más frecuentes"), (_("Pregunta"), _("Qué respondieron"), _("Personas")), rows, hide_caption=True
    )
    text = _("Hasta tres por pregunta, con las palabras del curso. Lo que alguien redactó nunca se copia aquí.")
    return details(_("Errores más frecuentes"), f'<p class="ca-small">{escape(text)}</p>', shown)


def _consistency(found: Analysis) -> str:
    told = (item_words.consistency(found.reliability), item_words.basis(found.reliability))
    return f"<h3>{escape(_('La tarea entera'))}</h3>" + "".join(f"<p>{escape(one)}</p>" for one in told if one)


def _file(meta: Meta, plan: ModulePlan, found: Analysis, common: item_table.Slips) -> str:
    data = csv_bytes(item_table.columns(), item_table.rows(found, common, meta.competences))
    count = sum(1 for one in found.items if one.n)
    text = ngettext(
        "Descargar esta tabla (CSV, {count} pregunta)", "Descargar esta tabla (CSV, {count} preguntas)", count
    ).format(count=count)
    return f"<p>{download(f'preguntas-{plan.id}.csv', text, data)}</p>"
