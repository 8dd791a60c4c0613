"""Tools that a lesson works with: when a period ends, and how recognisable people are in a table."""

import datetime as dt
import html
import re

from ciberaula.casework.calendars import MONTHS, Country, Holidays, in_words
from ciberaula.casework.legal import Count, legal_data, parameter, phrase
from ciberaula.casework.terms import Day, Deadline, deadline
from ciberaula.classroom.fields import Field
from ciberaula.classroom.forms import FormWidget, ToolWidget, Values
from ciberaula.errors import UserError
from ciberaula.i18n import _

_RULES = (
    "ec.breach.authority",
    "ec.breach.subject",
    "ec.rights.answer.termino",
    "ec.rights.answer.plazo",
    "eu.breach.authority",
)
_OTHER = "otra"
_TIME = re.compile(r"([01]?\d|2[0-3])[:.h]([0-5]\d)")
_MOST_MONTHS = 4

_STYLE = """
.ca-month{border-collapse:collapse;margin:.5rem 1rem .5rem 0;display:inline-table;vertical-align:top}
.ca-month caption{font-weight:600;text-align:left}
.ciberaula .ca-month th,.ciberaula .ca-month td,.ca-month th,.ca-month td{border:1px solid #8c8c8c;width:2.3rem;height:2.6rem;
padding:2px;text-align:center;vertical-align:top;font-size:.85rem;line-height:1.15}
.ca-month th{height:auto}.ca-month small{display:block;font-size:.7rem}
.ca-month .ca-counted{background:#dbe9f6;color:#111;font-weight:600}
.ca-month .ca-due{background:#1c4f82;color:#fff;font-weight:700}
.ca-month .ca-rest{background:repeating-linear-gradient(45deg,transparent 0 4px,#8c8c8c44 4px 6px)}
"""


def term_calculator(rule: str = "ec.breach.authority", known: str | None = None) -> ToolWidget:
    """A calculator of periods: pick the rule and the date, see each day counted or not, and why.

    ``rule`` is the id of a legal parameter that says how it is counted; ``known`` a date ``YYYY-MM-DD`` to start from.
    Raises ``UserError`` for a parameter with no way of counting, or another shape of date.
    """
    rules = list(_RULES) if rule in (*_RULES, _OTHER) else [rule, *_RULES]
    options = [(id, _rule_name(id)) for id in rules]
    fields = [
        Field(
            "regla",
            _("Qué va a contar"),
            kind="choice",
            options=[*options, (_OTHER, _("Otra cantidad que yo escribo"))],
            required=True,
        ),
        Field("fecha", _("Fecha en que se conoció el hecho"), kind="date", required=True),
        Field("hora", _("Hora (solo si se cuentan horas)"), help=_("Por ejemplo: 18:30")),
        Field("cantidad", _("Cantidad (si eligió otra)"), kind="number", minimum=1, maximum=1000),
        Field(
            "cuenta",
            _("Cómo se cuenta (si eligió otra)"),
            kind="choice",
            options=[
                ("termino", _("Término: solo días hábiles")),
                ("plazo", _("Plazo: todos los días")),
                ("horas", _("Horas de corrido")),
            ],
        ),
        Field(
            "pais",
            _("Feriados de"),
            kind="choice",
            options=[("EC", "Ecuador"), ("MX", "México"), ("US", _("Estados Unidos"))],
            value="EC",
        ),
        Field(
            "locales",
            _("Feriados locales"),
            help=_("Fechas que no son hábiles en su ciudad, separadas por comas. Por ejemplo: 2026-12-07"),
        ),
    ]
    first: Values = {"regla": rule}
    if known is not None:
        first["fecha"] = _date(known).isoformat()
    return ToolWidget(
        _("Calculadora de términos y plazos"),
        fields,
        _term,
        intro=_(
            "Un **término** salta sábados, domingos y feriados. Un **plazo** cuenta todos los días. Las **horas** corren "
            "sin parar. Elija la regla y la fecha: abajo verá qué días cuentan."
        ),
        values=first,
    )


def _rule_name(id: str) -> str:
    found = parameter(id)
    if found.count is None:
        raise UserError(
            _("El parámetro «{id}» no dice cómo se cuenta (término, plazo u horas): elija otro.").format(id=id)
        )
    return _("{name} ({place}): {phrase}").format(name=found.name, place=found.source.jurisdiction, phrase=phrase(id))


def _term(values: Values) -> str:
    amount, count = _rule(values)
    day = _date(values["fecha"])
    known = dt.datetime.combine(day, _time(values.get("hora"))) if count == "horas" else day
    country: Country = values.get("pais", "EC")
    extra = {local: _("feriado local") for local in _local_days(values.get("locales", ""))}
    found = deadline(known, amount, "hours" if count == "horas" else "days", count, Holidays(country, extra))
    return "".join(
        (
            f"<style>{_STYLE}</style>",
            f"<p><strong>{_('Vence el {date}.').format(date=_moment(found.due))}</strong> ",
            html.escape(_summary(found, count)),
            "</p>",
            _calendar(found),
            _table(found),
            f"<p>{html.escape(found.reservation)}</p><p><small>{html.escape(legal_data().notice)}.</small></p>",
        )
    )


def _rule(values: Values) -> tuple[int, Count]:
    rule = values["regla"]
    if rule != _OTHER:
        found = parameter(rule)
        if found.count is None:
            raise UserError(_("Elija una regla que diga cómo se cuenta."))
        return found.amount, found.count
    if "cantidad" not in values or "cuenta" not in values:
        raise UserError(_("Para contar otra cantidad, escriba la cantidad y elija cómo se cuenta."))
    return values["cantidad"], values["cuenta"]


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text.strip())
    except (ValueError, AttributeError) as error:
        raise UserError(
            _("«{text}» no es una fecha: escríbala como 2026-10-08 (año, mes y día).").format(text=str(text)[:40])
        ) from error


def _time(text: str | None) -> dt.time:
    match = _TIME.fullmatch((text or "").strip())
    if match is None:
        raise UserError(_("Para contar horas, escriba la hora en que se conoció el hecho, por ejemplo 18:30."))
    return dt.time(int(match[1]), int(match[2]))


def _local_days(text: str) -> list[dt.date]:
    return [_date(part) for part in re.split(r"[,;\s]+", text) if part]


def _moment(due: dt.date | dt.datetime) -> str:
    if isinstance(due, dt.datetime):
        return _("{date} a las {time}").format(date=in_words(due.date(), weekday=True), time=due.strftime("%H:%M"))
    return in_words(due, weekday=True)


def _summary(found: Deadline, count: Count) -> str:
    if count == "horas":
        return _("Las horas corren sin parar.")
    counted = sum(day.counted for day in found.days)
    rest = len(found.days) - 1 - counted
    return _("Se cuentan {counted} días y se saltan {rest}.").format(counted=counted, rest=rest)


def _calendar(found: Deadline) -> str:
    """The months as a picture for whoever sees; the table below says the same to screen readers."""
    days = {day.date: day for day in found.days}
    months = sorted({(day.year, day.month) for day in days})
    if len(months) > _MOST_MONTHS:
        return ""
    due = found.days[-1].date
    return f'<div aria-hidden="true">{"".join(_month(year, month, days, due) for year, month in months)}</div>'


def _month(year: int, month: int, days: dict[dt.date, Day], due: dt.date) -> str:
    first = dt.date(year, month, 1)
    start = first - dt.timedelta(days=first.weekday())
    after = dt.date(year + month // 12, month % 12 + 1, 1)
    weeks = []
    numbers = {day.date: n for n, day in enumerate((one for one in days.values() if one.counted), start=1)}
    while start < after:
        week = [start + dt.timedelta(days=n) for n in range(7)]
        cells = (
            _cell(day, days.get(day), numbers.get(day), due) if day.month == month else "<td></td>" for day in week
        )
        weeks.append(f"<tr>{''.join(cells)}</tr>")
        start = week[-1] + dt.timedelta(days=1)
    heads = "".join(f"<th>{name}</th>" for name in (_("lu"), _("ma"), _("mi"), _("ju"), _("vi"), _("sá"), _("do")))
    return (
        f'<table class="ca-month"><caption>{MONTHS[month - 1]} {year}</caption><tr>{heads}</tr>{"".join(weeks)}</table>'
    )


def _cell(day: dt.date, known: Day | None, number: int | None, due: dt.date) -> str:
    if known is None:
        return f"<td>{day.day}</td>"
    if day == due:
        return f'<td class="ca-due">{day.day}<small>{_("vence")}</small></td>'
    if known.counted:
        return f'<td class="ca-counted">{day.day}<small>{_("n.º {n}").format(n=number)}</small></td>'
    kind = "" if known.reason.startswith(_("se conoce")) else ' class="ca-rest"'
    return f"<td{kind}>{day.day}<small>{_('no') if kind else _('inicio')}</small></td>"


def _table(found: Deadline) -> str:
    rows = "".join(
        f'<tr><th scope="row">{html.escape(in_words(day.date, weekday=True))}</th>'
        f"<td>{_('sí') if day.counted else _('no')}</td><td>{html.escape(day.reason)}</td></tr>"
        for day in found.days
    )
    heads = "".join(f'<th scope="col">{head}</th>' for head in (_("Día"), _("¿Cuenta?"), _("Por qué")))
    return (
        f"<details><summary>{_('Ver la cuenta día por día')}</summary><table>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></details>"
    )


def anonymity_lab(dataset: str, answer: str | None = None) -> FormWidget:
    """A workbench on a table of cases: generalise, leave columns or rows out, see who can still be recognised.

    With ``answer`` the resulting table is saved, at every change, as the answer of that (table) question. Raises
    ``UserError`` for an unknown data set or question.
    """
    from ciberaula.classroom.anonymity import lab  # brings pandas

    return lab(dataset, answer)
