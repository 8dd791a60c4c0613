"""Tabs of a case file: evaluation and plan, services and referrals, contacts and notes, documents, incidents."""

from ciberaula.casework.calendars import in_words
from ciberaula.casework.entities import (
    Approval,
    Assessment,
    CaseFile,
    Contact,
    Document,
    FollowUp,
    Incident,
    Note,
    Plan,
    Service,
    Transition,
)
from ciberaula.casework.incidents import Term, terms
from ciberaula.casework.vocabulary import label
from ciberaula.casework.words import FOLLOW_UPS, SERVICES, word
from ciberaula.classroom.desk_parts import Part, card, facts, heading, line, table
from ciberaula.classroom.desk_session import Session
from ciberaula.classroom.desk_texts import moment_text, short_moment, words_of, yes_no
from ciberaula.i18n import _


def plan(session: Session, file: CaseFile) -> list[Part]:
    """Assessments, the plan in force, approvals."""
    assessments = [
        [label(one.risk), one.facts, one.opinion, yes_no(one.with_person), short_moment(one.made_at)]
        for one in reversed(file.of(Assessment))
    ]
    columns = (_("Riesgo"), _("Hechos"), _("Valoración"), _("Con la persona"), _("Cuándo"))
    approvals = [
        [label(one.kind), label(one.status), session.names(one.decided_by) if one.decided_by else "", one.reason]
        for one in file.of(Approval)
    ]
    return [
        table(_("Evaluaciones de riesgo, la última primero"), columns, assessments, _("Todavía no se evaluó.")),
        *_plan(session, file),
        table(
            _("Aprobaciones"),
            (_("De qué"), _("Cómo está"), _("Quién decidió"), _("Motivo")),
            approvals,
            _("No se pidió ninguna."),
        ),
    ]


def _plan(session: Session, file: CaseFile) -> list[Part]:
    found = file.last(Plan)
    if found is None:
        return [heading(_("Plan del caso")), line(_("Todavía no hay plan."), quiet=True)]
    goals = [[one.need, one.goal, one.action, one.who, short_moment(one.due)] for one in found.goals]
    bans = [
        [session.names(one.who), words_of(one.channels) or _("Todos, también redes sociales"), one.reason]
        for one in found.restrictions
    ]
    columns = (_("Necesidad"), _("Meta"), _("Acción"), _("Quién"), _("Hasta"))
    rows = [
        (_("Acordado con la persona"), yes_no(found.agreed)),
        (_("Cómo comunicarse sin riesgo"), found.safe_contact),
        (_("Se revisa"), moment_text(found.review_at)),
        (_("Versión del"), moment_text(found.made_at)),
    ]
    parts = [heading(_("Plan del caso")), facts(rows), table(_("Metas"), columns, goals)]
    if bans:
        parts.append(table(_("Restricciones de contacto"), (_("Con quién"), _("Canales"), _("Motivo")), bans))
    return parts


def services(session: Session, file: CaseFile) -> list[Part]:
    """Services asked for, and what went to others."""
    asked = [
        [word(SERVICES, one.kind), session.names(one.provider), label(one.status), moment_text(one.appointment_at)]
        for one in file.of(Service)
    ]
    sent = [
        [
            label(one.kind),
            session.names(one.to),
            label(one.status),
            words_of(one.data),
            "\n".join(text for text in (one.reason, one.override, one.answer) if text),
            short_moment(one.made_at),
        ]
        for one in file.of(Transition)
    ]
    return [
        table(
            _("Servicios"),
            (_("Servicio"), _("Quién lo da"), _("Cómo está"), _("Cita")),
            asked,
            _("No se pidió ninguno."),
        ),
        table(
            _("Referencias, transferencias y asignaciones"),
            (_("Qué"), _("A quién"), _("Cómo está"), _("Datos"), _("Motivo y respuesta"), _("Cuándo")),
            sent,
            _("No se envió nada."),
        ),
    ]


def notes(session: Session, file: CaseFile) -> list[Part]:
    """Follow-ups, notes and contacts; the last first."""
    contacts = [
        [
            _("De {who}").format(who=session.names(one.who)) if one.incoming else session.names(one.who),
            f"{label(one.channel)}, {label(one.account).lower()}",
            one.purpose,
            words_of(one.data),
            _signs(one),
            short_moment(one.made_at),
        ]
        for one in reversed(file.of(Contact))
    ]
    follow_ups = [
        [word(FOLLOW_UPS, one.kind), short_moment(one.due), short_moment(one.done_at) or _("Pendiente"), one.comment]
        for one in file.of(FollowUp)
    ]
    columns = (_("Con quién"), _("Canal y cuenta"), _("Para qué"), _("Datos"), _("Observación"), _("Cuándo"))
    parts: list[Part] = [_note(session, one) for one in reversed(file.of(Note))]
    return [
        heading(_("Notas")),
        *(parts or [line(_("Todavía no hay notas."), quiet=True)]),
        table(_("Contactos, el último primero"), columns, contacts, _("Todavía no hay contactos.")),
        table(
            _("Seguimientos"),
            (_("Qué"), _("Para el"), _("Hecho"), _("Qué se vio")),
            follow_ups,
            _("No hay ninguno fijado."),
        ),
    ]


def _signs(one: Contact) -> str:
    signs = [
        _("Fuera de la mesa") if not one.sanctioned else "",
        _("Identidad verificada") if one.verified else "",
        _("Palabra segura") if one.safe_word else "",
    ]
    return ", ".join(sign for sign in signs if sign)


def _note(session: Session, one: Note) -> Part:
    title = _("Nota sobre el {when}").format(when=moment_text(one.happened_at))
    rows = [
        (_("Hechos"), one.facts),
        (_("Valoración"), one.opinion),
        (_("Próximo paso"), one.next),
        (_("Escrita"), f"{moment_text(one.made_at)}, {session.names(one.made_by)}"),
    ]
    return card(title, [facts(rows)])


def documents(session: Session, file: CaseFile) -> list[Part]:
    """What is in the file, and with whom it was shared."""
    rows = [
        [one.title, one.kind, words_of(one.data), ", ".join(session.names(id) for id in one.shared_with) or _("Nadie")]
        for one in file.of(Document)
    ]
    return [
        table(
            _("En el expediente"),
            (_("Título"), _("Clase"), _("Datos que contiene"), _("Compartido con")),
            rows,
            _("Todavía no hay documentos."),
        )
    ]


def incidents(session: Session, file: CaseFile) -> list[Part]:
    """Each incident with its terms, from the dated legal file."""
    found = file.of(Incident)
    if not found:
        return [line(_("No se registró ningún incidente de seguridad en este caso."))]
    return [_incident(session, one) for one in found]


def _incident(session: Session, one: Incident) -> Part:
    owed = terms(one)
    rows = [
        (_("Se conoció"), moment_text(one.known_at)),
        (_("Clases de datos"), words_of(one.data)),
        (_("A quiénes puede afectar"), ", ".join(session.names(id) for id in one.people)),
        (_("Se contuvo"), "\n".join(text for text in (moment_text(one.contained_at), one.measures) if text)),
        (_("Riesgo para las personas"), label(one.risk) if one.risk else _("Sin valorar")),
        (_("Aviso a supervisión"), moment_text(one.supervisor_at) or _("Falta")),
        (_("Aviso a la autoridad"), _notice(owed.authority)),
        (_("Aviso a las personas"), _notice(owed.people)),
        (_("Qué sigue"), owed.next_step),
    ]
    reservation = next((term.reservation for term in (owed.authority, owed.people) if term is not None), "")
    return card(one.what, [facts(rows), *([line(reservation, quiet=True)] if reservation else [])])


def _notice(term: Term | None) -> str:
    if term is None:
        return _("Con lo que se sabe ahora, no corresponde")
    if term.given_at is not None:
        return _("Dado el {when}").format(when=moment_text(term.given_at))
    return _("A más tardar el {day}").format(day=in_words(term.due, weekday=True))
