"""The screens of the case desk that are about no single case: inbox, cases, calendar, pause. Pure: a session in, data out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ciberaula.casework.store.protocol import CaseLine, Query
from ciberaula.casework.stories.log import InboxMessage, Moment, OpenSituation
from ciberaula.casework.vocabulary import Risk, Status, Step, label
from ciberaula.casework.workflow import SOON, Task
from ciberaula.classroom.desk_parts import (
    Command,
    Part,
    bullets,
    button,
    buttons,
    card,
    choice,
    fold,
    form,
    heading,
    line,
    opening,
    prose,
    screen,
    table,
    tabs,
)
from ciberaula.classroom.desk_session import Session, in_background
from ciberaula.classroom.desk_texts import CONNECTED, day_number, hour, moment_text, short_moment, span
from ciberaula.classroom.fields import Field
from ciberaula.i18n import _, ngettext

MOST_LINES = 200  # more than a caseload; a search narrows it
_SOON_ONLY = "pronto"
# What a person would otherwise only learn by looking for it.
_MEANWHILE = ("ignored", "connection", "other")


@dataclass(frozen=True)
class Where:
    """Where in the desk a person is: the ``screen``, and inside a case its ``tab`` and the ``form`` that is open."""

    screen: str
    case: str = ""
    tab: str = "summary"
    form: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)


def go(where: Where) -> Command:
    """The command that leads to ``where``."""
    return {"do": "go", "screen": where.screen, "case": where.case, "tab": where.tab, "form": where.form}


def form_id(where: Where, nonce: int) -> str:
    """What keeps apart what was begun to be written in each form of each case."""
    return f"{where.case}:{where.form}:{nonce}"


def open_case(case_id: str) -> Command:
    """The command that opens a case, which is a look and goes into the audit."""
    return {"do": "open", "case": case_id}


def head(session: Session, *, connected: bool, connection: str = CONNECTED) -> dict[str, Any]:
    """What is above every screen: the clock of the story, the ``connection`` in words, and the way to pause."""
    return {
        "clock": moment_text(session.now),
        "day": _("Día {n}").format(n=day_number(session.start, session.now)),
        "connected": connected,
        "connection": connection,
        "pause": buttons(button(_("Pausa"), {"do": "pause"})),
    }


def ways(where: Where, waiting: int, due: int, undecided: int) -> Part:
    """The ways between screens. ``waiting``: unread messages and open decisions; ``due``: tasks due today or overdue;
    ``undecided``: changes that somebody else made too.
    """
    items = (
        ("inbox", _("Bandeja"), waiting),
        ("cases", _("Mis casos"), 0),
        ("calendar", _("Calendario y reloj"), due),
        ("connection", _("Conexión"), undecided),
    )
    now = "cases" if where.screen == "case" else where.screen
    return tabs(
        _("Mesa de casos"),
        [(f"{text} ({count})" if count else text, go(Where(id)), id == now) for id, text, count in items],
    )


def start(title: str, prebrief: str, minutes: int, *, graded: bool, notices: Sequence[str] = ()) -> dict[str, Any]:
    """Before a story begins: what comes, how long it takes, practice or graded, how to pause and leave."""
    kind = (
        _("Es una historia calificada: lo que haga se califica después, y no recibirá devolución al terminar.")
        if graded
        else _("Es una práctica: no se califica. Al final verá su recorrido y por qué, y puede volver a jugar.")
    )
    how = [
        kind,
        _("Dura unos {minutes} minutos. Con «Pausa», o si cierra la página, no se pierde nada.").format(
            minutes=minutes
        ),
        _("En «Bandeja» lee lo que llega y decide."),
        _(
            "En «Mis casos» abre el expediente: ahí pide permisos, evalúa, acuerda el plan, refiere, anota y da seguimiento."
        ),
        _("En «Calendario y reloj» adelanta el tiempo. Si usted no hace nada, el reloj no se mueve."),
    ]
    notes = [line(notice) for notice in notices]
    how_to = [heading(_("Cómo se usa la mesa")), bullets(how)]
    begin = buttons(button(_("Empezar"), {"do": "start"}, main=True))
    return screen("start", title, [*notes, prose(prebrief), *how_to, begin])


def pause(*, story: bool = True) -> dict[str, Any]:
    """A calm place: nothing runs, nothing is lost, and whom to turn to, in general terms. ``story``: or a shared desk."""
    calm = (
        _("Tómese el tiempo que necesite. El reloj de la historia está detenido y no se pierde nada.")
        if story
        else _("Tómese el tiempo que necesite. No se pierde nada de lo que guardó.")
    )
    leaving = (
        _("Para salir, cierre la página. Al volver a abrirla, la historia sigue donde la dejó.")
        if story
        else _("Para salir, cierre la página. Al volver a abrirla, sus casos estarán en la mesa.")
    )
    return screen(
        "pause",
        _("Pausa"),
        [
            line(calm),
            line(
                _("Algunas historias se parecen a lo que una ha vivido o ha visto en su trabajo. No tiene que seguir.")
            ),
            heading(_("Si necesita hablar con alguien")),
            bullets(
                [
                    _("Si hay peligro ahora, para usted o para otra persona: el número de emergencias de su país."),
                    _("En su institución: quien la supervisa o acompaña, o el espacio de cuidado del equipo."),
                    _("Una persona de su confianza, hoy."),
                ]
            ),
            line(leaving),
            buttons(button(_("Volver"), {"do": "back"}, main=True)),
        ],
    )


def inbox(
    session: Session,
    messages: Iterable[InboxMessage],
    situations: Sequence[OpenSituation],
    codes: Mapping[str, str],
    *,
    reading: str = "",
    own: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The message just opened, unread ones, open decisions, then what was read.

    ``codes``: case id -> code, of the cases one may open; ``own``: the same of those to work on while nothing waits.
    """
    latest = sorted(messages, key=lambda one: one.at, reverse=True)
    unread = [one for one in latest if not one.read]
    read = [one for one in latest if one.read and one.id != reading]
    parts: list[Part] = [_read(one, codes) for one in latest if one.read and one.id == reading]
    parts += [_unread(one) for one in unread]
    parts += [_decision(session, one, codes) for one in situations]
    if not unread and not situations:
        parts.append(line(_("No hay nada pendiente en su bandeja. Puede trabajar en sus casos o adelantar el reloj.")))
        mine = own or {}
        parts.append(
            buttons(
                *[_to_case(id, mine) for id in mine],
                button(_("Adelantar hasta lo próximo"), {"do": "wait", "until": "next"}),
            )
        )
    if read:
        title = ngettext("{n} mensaje leído", "{n} mensajes leídos", len(read)).format(n=len(read))
        parts.append(fold(title, [_read(one, codes) for one in read], is_open=not unread and len(read) <= 3))
    return screen("inbox", _("Bandeja"), parts)


def _came(one: InboxMessage) -> str:
    return _("{when}. {channel}, {account}.").format(
        when=moment_text(one.at), channel=label(one.channel), account=label(one.account).lower()
    )


def _unread(one: InboxMessage) -> Part:
    reading = button(_("Leer"), {"do": "read", "message": one.id}, main=True, note=one.sender)
    return card(
        _("Mensaje de {sender}").format(sender=one.sender), [line(_came(one)), buttons(reading)], mark=_("Sin leer")
    )


def _read(one: InboxMessage, codes: Mapping[str, str]) -> Part:
    return card(
        _("Mensaje de {sender}").format(sender=one.sender),
        [line(_came(one), quiet=True), prose(one.text), *_way_to_case(one.case, codes)],
    )


def _decision(session: Session, one: OpenSituation, codes: Mapping[str, str]) -> Part:
    left = span(one.until - session.now)
    waits = _("Espera hasta el {until} (quedan {left}).").format(until=moment_text(one.until), left=left)
    options = [(option.id, option.text) for option in one.situation.options]
    parts = [
        line(waits, quiet=True),
        prose(one.situation.text),
        choice(_("Elija una opción"), options, {"do": "choose", "situation": one.id}, _("Decidir")),
        *_way_to_case(one.situation.case, codes),
    ]
    return card(one.situation.title, parts, mark=_("Decisión"))


def _way_to_case(case_id: str | None, codes: Mapping[str, str]) -> list[Part]:
    if case_id is None or case_id not in codes:
        return []
    return [buttons(_to_case(case_id, codes))]


def _to_case(case_id: str, codes: Mapping[str, str]) -> Part:
    return button(_("Abrir el caso {code}").format(code=codes[case_id]), open_case(case_id))


def query_of(filters: Mapping[str, Any], session: Session) -> Query:
    """What the store is asked for; the level of risk is not part of its index and is left to :func:`cases`."""
    return Query(
        text=str(filters.get("text") or ""),
        status=Status(filters["status"]) if filters.get("status") else None,
        step=Step(filters["step"]) if filters.get("step") else None,
        due_before=session.now + SOON if filters.get("due") else None,
        limit=MOST_LINES,
    )


def filter_fields() -> list[Field]:
    """What the list of cases can be narrowed by."""
    return [
        Field("text", _("Buscar por código o nombre")),
        Field(
            "status", _("Estado"), "choice", [(one.value, label(one)) for one in Status if one is not Status.DUPLICATE]
        ),
        Field("step", _("Paso"), "choice", [(one.value, label(one)) for one in Step]),
        Field("risk", _("Riesgo"), "choice", [(one.value, label(one)) for one in Risk]),
        Field("due", "", "multiple", [(_SOON_ONLY, _("Vence pronto o está atrasado"))]),
    ]


def fitting(lines: Iterable[CaseLine], filters: Mapping[str, Any]) -> list[CaseLine]:
    """What fits the filters that the store does not know; what is due first comes first."""
    risk = filters.get("risk")
    found = [one for one in lines if not risk or (one.risk is not None and one.risk.value == risk)]
    return sorted(found, key=lambda one: (one.next_due is None, one.next_due or datetime.max, one.code))


def cases(
    session: Session, lines: Iterable[CaseLine], filters: Mapping[str, Any], more: Sequence[Part] = ()
) -> dict[str, Any]:
    """The cases within the user's scope, what is due first at the top; ``more``: what can be done about others."""
    shown = fitting(lines, filters)
    narrowed = any(filters.values())
    beside = [] if narrowed else [one for one in shown if in_background(one.case_id)]
    first = [one for one in shown if one not in beside]
    search = form("filters", filter_fields(), {"do": "find"}, _("Buscar"), values=filters)
    return screen(
        "cases",
        _("Mis casos"),
        [
            fold(_("Buscar y filtrar"), [search], is_open=narrowed),
            _list(session, first, _("De esta historia") if beside else _count(first)),
            *_beside(session, beside),
            *more,
        ],
    )


def _beside(session: Session, lines: Sequence[CaseLine]) -> list[Part]:
    """The cases that only fill the office of a story."""
    if not lines:
        return []
    why = line(_("Son de la oficina simulada. La historia no pide trabajar en ellos."), quiet=True)
    name = _("Otros casos a su cargo ({n})").format(n=len(lines))
    return [fold(name, [why, _list(session, lines, _count(lines))])]


def _list(session: Session, lines: Sequence[CaseLine], caption: str) -> Part:
    rows = [
        [
            opening(one.code, open_case(one.case_id)),
            one.name,
            label(one.step) if one.step else "",
            label(one.risk) if one.risk else "",
            _due(one.next_due, session.now),
            session.names(one.owner) if one.owner != session.actor.id else _("Usted"),
        ]
        for one in lines
    ]
    columns = (_("Caso"), _("Persona"), _("Paso"), _("Riesgo"), _("Vence"), _("A cargo"))
    return table(caption, columns, rows, _("Ningún caso responde a esa búsqueda: quite algún filtro."))


def _count(cases: Sequence[CaseLine]) -> str:
    return ngettext("{n} caso", "{n} casos", len(cases)).format(n=len(cases))


def _due(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return ""
    return _("Atrasado: {when}").format(when=short_moment(moment)) if moment < now else short_moment(moment)


def calendar(
    session: Session,
    tasks: Sequence[Task],
    codes: Mapping[str, str],
    *,
    ends: bool,
    waiting: Sequence[OpenSituation] = (),
) -> dict[str, Any]:
    """The clock and what is due, by day. ``ends``: the clock may be advanced (a story), over what is ``waiting``."""
    parts: list[Part] = []
    if ends:
        parts += [
            line(_("El reloj avanza con sus acciones; también puede adelantarlo.")),
            buttons(
                button(_("Adelantar hasta lo próximo"), {"do": "wait", "until": "next"}, main=True),
                button(_("Adelantar 1 hora"), {"do": "wait", "minutes": 60}),
                button(_("Hasta mañana a las 08:00"), {"do": "wait", "until": "tomorrow"}),
            ),
        ]
    if waiting:
        parts.append(
            line(_("En su bandeja espera una decisión. Si adelanta más allá de su hora, queda sin respuesta:"))
        )
        until = _("{title}: hasta el {until}.")
        parts.append(bullets(until.format(title=one.situation.title, until=moment_text(one.until)) for one in waiting))
    here = [one for one in tasks if not in_background(one.case_id)]
    beside = [one for one in tasks if in_background(one.case_id)]
    late = [one for one in here if one.overdue]
    soon = [one for one in here if one.soon]
    later = [one for one in here if not one.overdue and not one.soon]
    for caption, due in ((_("Atrasado"), late), (_("En los próximos siete días"), soon)):
        if due:
            parts.append(table(caption, _TASKS, [_task_row(one, session.now, codes) for one in due]))
    if later:
        rows = [_task_row(one, session.now, codes) for one in later]
        parts.append(fold(_("Más adelante ({n})").format(n=len(rows)), [table(_("Más adelante"), _TASKS, rows)]))
    if not here:
        parts.append(line(_("Nada vence en sus casos.")))
    if beside:
        rows = [_task_row(one, session.now, codes) for one in beside]
        name = _("En otros casos a su cargo ({n})").format(n=len(rows))
        parts.append(fold(name, [table(name, _TASKS, rows)]))
    return screen("calendar", _("Calendario y reloj") if ends else _("Calendario"), parts)


_TASKS = (_("Caso"), _("Qué"), _("Cuándo"))


def _task_row(one: Task, now: datetime, codes: Mapping[str, str]) -> list[Any]:
    case = opening(codes.get(one.case_id, one.case_id), open_case(one.case_id))
    return [case, one.text, _day(one.due, now)]


def _day(moment: datetime, now: datetime) -> str:
    names = {0: _("Hoy, {hour}"), 1: _("Mañana, {hour}")}
    text = names.get((moment.date() - now.date()).days, "")
    return text.format(hour=hour(moment)) if text else short_moment(moment)


def followed(consequence: str, moments: Iterable[Moment]) -> tuple[Part, ...]:
    """What followed from an action, beside its own line: its ``consequence``, and what went on meanwhile."""
    meanwhile = [one.text for one in moments if one.kind in _MEANWHILE]
    parts = [prose(consequence)] if consequence else []
    if meanwhile:
        parts += [line(_("Mientras tanto:"), quiet=True), bullets(meanwhile)]
    return tuple(parts)


def count_due(tasks: Iterable[Task], now: datetime) -> int:
    """How many tasks are overdue or due today, of the cases that matter."""
    pressing = (one for one in tasks if one.overdue or one.due.date() == now.date())
    return sum(not in_background(one.case_id) for one in pressing)


def elsewhere(where: Where, **changes: Any) -> Where:
    """``where``, changed; a form that was open closes unless it is named."""
    return replace(where, **{"form": "", **changes})
