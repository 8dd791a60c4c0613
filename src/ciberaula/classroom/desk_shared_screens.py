"""Screens that only the shared desk of a cohort has: before it opens, what goes between participants, a case received.

Pure: a session in, data out.
"""

from typing import Any

from ciberaula.casework.entities import CaseFile, Concern, Document, Household, Person, Service, Transition
from ciberaula.casework.store.participants import Item, maker
from ciberaula.casework.vocabulary import TransitionKind, label
from ciberaula.casework.words import AREAS, CONNECTIONS, DEVICES, LANGUAGES, word
from ciberaula.classroom.desk_forms import FORMS
from ciberaula.classroom.desk_inputs import form_part
from ciberaula.classroom.desk_parts import (
    Part,
    bullets,
    button,
    buttons,
    card,
    facts,
    heading,
    line,
    opening,
    screen,
    table,
    tabs,
)
from ciberaula.classroom.desk_screens import Where, form_id, go, open_case
from ciberaula.classroom.desk_session import title
from ciberaula.classroom.desk_shared_session import CohortSession
from ciberaula.classroom.desk_texts import ACTIONS, moment_text, short_moment, words_of
from ciberaula.i18n import _, ngettext

# What a receiver can do, in the order in which she does it.
ANSWERS = ("answer_transition", "complete_transition")


def start(*, shared: bool) -> dict[str, Any]:
    """Before the desk opens: what it is, who sees what, and that it is simulated."""
    if shared:
        with_whom = _("La comparte con su grupo: lo que usted refiere o transfiere le llega a otra persona de verdad.")
    else:
        with_whom = _(
            "Su institución no indicó una mesa compartida: trabajará a solas, en este equipo. Puede practicar todo menos "
            "enviar casos a otras personas."
        )
    how = [
        with_whom,
        _(
            "Usted recibe tres casos simulados. Aparece con un nombre de mesa, como «Participante 3F9A»; nunca con el suyo."
        ),
        _("El reloj es el real. Cada paso se guarda al momento, y cada consulta y cada cambio queda en la bitácora."),
        _("No escriba datos de personas reales, ni suyos ni de nadie: lo que se envía lo lee otra persona."),
    ]
    return screen(
        "start",
        _("Mesa compartida"),
        [bullets(how), buttons(button(_("Abrir la mesa"), {"do": "start"}, main=True))],
    )


def ways(where: Where, waiting: int, due: int) -> Part:
    """The ways between screens. ``waiting``: what came in and has no answer; ``due``: tasks due today or overdue."""
    items = (("inbox", _("Bandeja"), waiting), ("cases", _("Mis casos"), 0), ("calendar", _("Calendario"), due))
    now = "cases" if where.screen == "case" else where.screen
    return tabs(
        _("Mesa de casos"),
        [(f"{text} ({count})" if count else text, go(Where(id)), id == now) for id, text, count in items],
    )


def retry() -> list[Part]:
    """What is offered while the shared desk is out of reach."""
    return [buttons(button(_("Reintentar"), {"do": "retry"}, main=True))]


def company(session: CohortSession, *, shared: bool) -> str:
    """Under which name one works here, and with how many."""
    others = len(session.users)
    if not others:
        alone = (
            _("Usted aparece como «{name}». Nadie más abrió la mesa todavía.")
            if shared
            else _("Usted aparece como «{name}» y trabaja a solas, en este equipo.")
        )
        return alone.format(name=session.me.name)
    return ngettext(
        "Usted aparece como «{name}» y comparte la mesa con {n} persona.",
        "Usted aparece como «{name}» y comparte la mesa con {n} personas.",
        others,
    ).format(name=session.me.name, n=others)


def inbox(
    session: CohortSession, received: list[Item], sent: list[Item], approvals: list[Item], *, shared: bool
) -> dict[str, Any]:
    """What others sent, what waits for a supervisor, and what became of what one sent oneself."""
    parts = [
        line(company(session, shared=shared)),
        buttons(button(_("Actualizar"), {"do": "refresh"}, main=True)),
        table(
            _("Lo que le enviaron"),
            (_("Caso"), _("Qué"), _("De quién"), _("Cómo está"), _("Cuándo")),
            [_received(session, one) for one in received],
            _("No le enviaron nada que espere respuesta. Pulse «Actualizar» para volver a mirar."),
        ),
    ]
    if approvals:
        rows = [
            [_way(one), label(one.entity.kind), session.names(one.entity.asked_by), short_moment(one.entity.made_at)]
            for one in approvals
        ]
        asked = (_("Caso"), _("De qué"), _("Quién la pide"), _("Cuándo"))
        parts.append(table(_("Aprobaciones que esperan"), asked, rows))
    if sent:
        columns = (_("Caso"), _("Qué"), _("A quién"), _("Cómo está"), _("Respuesta"), _("Cuándo"))
        parts.append(table(_("Lo que usted envió"), columns, [_sent(session, one) for one in sent]))
    return screen("inbox", _("Bandeja"), parts)


def _way(one: Item) -> Any:
    return opening(one.code, open_case(one.entity.case_id))


def _received(session: CohortSession, one: Item) -> list[Any]:
    sent: Transition = one.entity
    who = session.names(maker(sent.id))
    return [_way(one), label(sent.kind), who, label(sent.status), short_moment(sent.made_at)]


def _sent(session: CohortSession, one: Item) -> list[Any]:
    sent: Transition = one.entity
    mine = one.owner == session.me.user
    asked = sent.kind is TransitionKind.TRANSFER_REQUEST
    return [
        _way(one) if mine else one.code,
        label(sent.kind),
        session.names(one.owner if asked else sent.to),
        label(sent.status),
        sent.answer,
        short_moment(sent.answered_at or sent.made_at),
    ]


# A case that was sent ----------------------------------------------------------------------------------------------------


def answer_offered(session: CohortSession, file: CaseFile) -> str:
    """The form that a receiver would fill in now; nothing where there is nothing to answer."""
    return next((do for do in ANSWERS if FORMS[do].fits(session, file)), "")


def received_case(session: CohortSession, file: CaseFile, where: Where, nonce: int) -> dict[str, Any]:
    """Basic identity and the data that were sent, and what can be answered."""
    parts: list[Part] = [
        line(_("Usted ve la identidad básica y los datos que le enviaron. Lo demás no se le muestra."))
    ]
    parts += [_letter(session, one) for one in file.of(Transition)]
    parts += [heading(_("Qué se ve del caso")), *_people(file), *_home(file), *_rest(session, file)]
    if where.form in ANSWERS:
        one = FORMS[where.form]
        send = {"do": "submit", "case": where.case, "form": where.form}
        leave = button(_("Volver a la bandeja"), go(Where("inbox")))
        parts += [
            heading(ACTIONS[one.do]),
            form_part(one, session, file, id=form_id(where, nonce), send=send, leave=leave),
        ]
    return screen(f"case:{file.case.id}:received:{where.form}", _("Caso {title}").format(title=title(file)), parts)


def _letter(session: CohortSession, one: Transition) -> Part:
    rows = [
        (_("De quién"), session.names(maker(one.id))),
        (_("Motivo"), one.reason),
        (_("Datos que le envió"), words_of(one.data)),
        (_("Cómo está"), label(one.status)),
        (_("Respuesta"), "\n".join(text for text in (moment_text(one.answered_at), one.answer) if text)),
    ]
    return card(label(one.kind), [facts(rows)])


def _people(file: CaseFile) -> list[Part]:
    columns = (_("Nombre"), _("Relación"), _("Edad"), _("Idioma"), _("Cómo comunicarse"), _("Cómo ubicarla"))
    rows = [
        [
            one.name,
            one.relation,
            "" if one.age is None else str(one.age),
            word(LANGUAGES, one.language),
            one.access_needs,
            one.phone_note,
        ]
        for one in file.of(Person)
    ]
    return [table(_("Personas"), columns, rows)]


def _home(file: CaseFile) -> list[Part]:
    home = file.last(Household)
    if home is None:
        return []
    return [
        facts(
            [
                (_("Cantón"), home.canton),
                (_("Zona"), word(AREAS, home.area)),
                (_("Teléfono o computadora"), word(DEVICES, home.device)),
                (_("Conexión"), word(CONNECTIONS, home.connection)),
            ]
        )
    ]


def _rest(session: CohortSession, file: CaseFile) -> list[Part]:
    told = [
        *(_("Motivo de protección: {kind}").format(kind=one.kind) for one in file.of(Concern)),
        *(_("Documento: {title}").format(title=one.title) for one in file.of(Document)),
        *(_("Servicio: {kind}").format(kind=one.kind) for one in file.of(Service)),
    ]
    return [bullets(told)] if told else []
