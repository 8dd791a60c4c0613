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
_MOST_WEEKS = 16

_STYLE = """
.ca-weeks{border-collapse:collapse;margin:.5rem 0;width:100%;max-width:32rem;table-layout:fixed}
.ciberaula .ca-weeks th,.ciberaula .ca-weeks td,.ca-weeks th,.ca-weeks td{border:1px solid #8c8c8c;padding:3px 1px;
text-align:center;vertical-align:top;font-size:.8rem;line-height:1.25;white-space:nowrap}
.ca-weeks small{display:block;font-size:.75rem;min-height:1em}
.ca-weeks .ca-out{opacity:.8}
.ca-weeks .ca-counted{background:#dbe9f6;color:#111;font-weight:600}
.ca-weeks .ca-due{background:#1c4f82;color:#fff;font-weight:700}
.ca-weeks .ca-rest{background:repeating-linear-gradient(45deg,transparent 0 4px,#8c8c8c44 4px 6px)}
"""


def term_calculator(rule: str = "ec.breach.authority", known: str | None = None, country: Country = "EC") -> ToolWidget:
    """A calculator of periods: pick the rule and the date, see each day counted or not, and why.

    ``rule`` is the id of a legal parameter that says how it is counted; ``known`` a date ``YYYY-MM-DD`` to start from;
    ``country`` whose holidays are skipped (EC, MX or US). Raises ``UserError`` for a parameter with no way of counting,
    another shape of date, or another country.
    """
    Holidays(country)
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
        Field(
            "hora",
            _("Hora (solo si se cuentan horas)"),
            help=_("Por ejemplo: 18:30"),
            shown_when=("regla", [*(id for id in rules if parameter(id).count == "horas"), _OTHER]),
        ),
        Field("cantidad", _("Cantidad"), kind="number", minimum=1, maximum=1000, shown_when=("regla", [_OTHER])),
        Field(
            "cuenta",
            _("Cómo se cuenta"),
            kind="choice",
            shown_when=("regla", [_OTHER]),
            options=[
                ("termino", _("Término: solo días hábiles")),
                ("plazo", _("Plazo: todos los días")),
                ("horas", _("Horas de corrido")),
            ],
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
        lambda values: _term(values, country),
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


def _term(values: Values, country: Country) -> str:
    amount, count = _rule(values)
    day = _date(values["fecha"])
    known = dt.datetime.combine(day, _time(values.get("hora"))) if count == "horas" else day
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
    """The weeks as a picture for whoever sees; the table below says the same to screen readers."""
    first, last = found.days[0].date, found.days[-1].date
    monday = first - dt.timedelta(days=first.weekday())
    weeks = (last - monday).days // 7 + 1
    if weeks > _MOST_WEEKS:
        return ""
    days = {day.date: day for day in found.days}
    counted = (day for day in found.days if day.counted)
    numbers = {day.date: number for number, day in enumerate(counted, start=1)}
    rows = []
    for week in range(weeks):
        dates = (monday + dt.timedelta(days=7 * week + n) for n in range(7))
        rows.append(f"<tr>{''.join(_cell(date, days.get(date), numbers.get(date), last) for date in dates)}</tr>")
    heads = "".join(f"<th>{name}</th>" for name in (_("lu"), _("ma"), _("mi"), _("ju"), _("vi"), _("sá"), _("do")))
    return f'<table class="ca-weeks" aria-hidden="true"><tr>{heads}</tr>{"".join(rows)}</table>'


def _cell(date: dt.date, known: Day | None, number: int | None, due: dt.date) -> str:
    # The month is named where it begins and where the period does; all cells would be too much for a phone.
    named = date.day == 1 or (known is not None and known.start)
    day = f"{date.day} {MONTHS[date.month - 1][:3]}" if named else str(date.day)
    if known is None:
        return f'<td class="ca-out">{day}</td>'
    if date == due:
        return f'<td class="ca-due">{day}<small>{_("fin")}</small></td>'
    if number is not None:
        return f'<td class="ca-counted">{day}<small>{_("n.º {n}").format(n=number)}</small></td>'
    if known.start:
        return f"<td>{day}<small>{_('inicio')}</small></td>"
    return f'<td class="ca-rest">{day}<small>{_("no")}</small></td>'


def _table(found: Deadline) -> str:
    rows = "".join(
        f'<tr><th scope="row">{html.escape(in_words(day.date, weekday=True))}</th>'
        f"<td>{_('sí') if day.counted else _('no')}</td><td>{html.escape(day.reason)}</td></tr>"
        for day in found.days
    )
    heads = "".join(f'<th scope="col">{head}</th>' for head in (_("Día"), _("Cuenta"), _("Por qué")))
    return (
        f'<details style="overflow-wrap:normal;word-break:normal"><summary>{_("Ver la cuenta día por día")}</summary><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></details>"
    )


def anonymity_lab(dataset: str, answer: str | None = None) -> FormWidget:
    """A workbench on a table of cases: generalise, leave columns or rows out, see who can still be recognised.

    With ``answer`` the resulting table is saved, at every change, as the answer of that (table) question. Raises
    ``UserError`` for an unknown data set or question.
    """
    from ciberaula.classroom.anonymity import lab  # brings pandas

    return lab(dataset, answer)
