"""A case file on screen: its tabs, what each shows, and the actions that each offers. Pure: session and file in, data out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ciberaula.casework import workflow
from ciberaula.casework.entities import (
    CaseFile,
    Closure,
    Concern,
    Consent,
    Consultation,
    Flag,
    Household,
    Person,
    Relation,
    Search,
)
from ciberaula.casework.vocabulary import Purpose, label
from ciberaula.casework.words import AREAS, CLOSURES, CONNECTIONS, DEVICES, LANGUAGES, TIES, word
from ciberaula.classroom.desk_file_work import documents, incidents, notes, plan, services
from ciberaula.classroom.desk_forms import FORMS, forms_of
from ciberaula.classroom.desk_inputs import Form, clock_time, form_part
from ciberaula.classroom.desk_parts import (
    Part,
    button,
    buttons,
    drawing,
    facts,
    fold,
    heading,
    line,
    screen,
    table,
    tabs,
)
from ciberaula.classroom.desk_screens import Where, elsewhere, form_id, go
from ciberaula.classroom.desk_session import Session, audit_of, title
from ciberaula.classroom.desk_texts import ACTIONS, moment_text, short_moment, span, words_of, yes_no
from ciberaula.classroom.genograms import ecomap, genogram
from ciberaula.errors import UserError
from ciberaula.i18n import _

TABS: Mapping[str, str] = {
    "summary": _("Resumen"),
    "people": _("Personas y hogar"),
    "consent": _("Consentimientos"),
    "plan": _("Evaluación y plan"),
    "services": _("Servicios y referencias"),
    "notes": _("Contactos y notas"),
    "documents": _("Documentos"),
    "incidents": _("Incidentes"),
    "audit": _("Auditoría"),
}
# What a tab is a look at: the parts of a file that a role may see apart, and that the audit tells apart.
LOOKS: Mapping[str, str] = {"notes": "notes", "documents": "documents", "audit": "audit"}
MOST_ENTRIES = 100


def case_screen(session: Session, file: CaseFile, where: Where, nonce: int) -> dict[str, Any]:
    """The case file at its tab, with the form that is open. ``nonce`` changes when a form was sent: it is then empty."""
    ways = tabs(
        _("Secciones del caso"),
        [(text, go(elsewhere(where, tab=id)), id == where.tab) for id, text in TABS.items()],
    )
    parts = [ways]
    if where.form in FORMS and FORMS[where.form].tab == where.tab:
        parts += _open_form(session, file, where, nonce)
    inside, ways_on = _BODIES[where.tab](session, file), _actions(session, file, where)
    # What can be done comes before what was done, which grows; the summary does not.
    parts += [heading(TABS[where.tab]), *(inside + ways_on if where.tab == "summary" else ways_on + inside)]
    return screen(f"case:{file.case.id}:{where.tab}:{where.form}", _("Caso {title}").format(title=title(file)), parts)


def _open_form(session: Session, file: CaseFile, where: Where, nonce: int) -> list[Part]:
    one = FORMS[where.form]
    leave = button(_("Dejarlo"), go(elsewhere(where)))
    takes = clock_time(session, one.do)
    send = {"do": "submit", "case": where.case, "form": where.form}
    fields = form_part(one, session, file, id=form_id(where, nonce), send=send, leave=leave)
    return [heading(ACTIONS[one.do]), line(" ".join(text for text in (one.intro, takes) if text), quiet=True), fields]


def _actions(session: Session, file: CaseFile, where: Where) -> list[Part]:
    offered = [one for one in forms_of(where.tab, session, file) if one.do != where.form]
    if not offered:
        return []
    parts = [heading(_("Qué puede hacer aquí")), buttons(*[_way_to(one, where) for one in offered])]
    return [*parts, *_everything(session, file, where)] if where.tab == "summary" else parts


def _everything(session: Session, file: CaseFile, where: Where) -> list[Part]:
    """Where each action is, for whoever does not know the tabs yet."""
    inside: list[Part] = []
    for tab, name in TABS.items():
        offered = forms_of(tab, session, file) if tab != where.tab else []
        there = elsewhere(where, tab=tab)
        if offered:
            inside += [line(name, quiet=True), buttons(*[_way_to(one, there) for one in offered])]
    return [fold(_("Todo lo que puede hacer en este caso"), inside)] if inside else []


def _way_to(one: Form, where: Where) -> Part:
    return button(ACTIONS[one.do], go(elsewhere(where, form=one.do)))


def _summary(session: Session, file: CaseFile) -> list[Part]:
    case = file.case
    rows = [
        (_("Paso del caso"), label(workflow.step(file))),
        (_("Estado"), label(case.status)),
        (_("Riesgo"), label(case.risk) if case.risk else _("Sin evaluar")),
        (_("A cargo"), _("Usted") if case.owner == session.actor.id else session.names(case.owner)),
        (_("Antes, a cargo"), session.names(case.previous_owner) if case.previous_owner else ""),
        (_("Abierto"), moment_text(case.opened_at)),
        (_("Reabierto"), moment_text(case.reopened_at)),
        (_("Cerrado"), moment_text(case.closed_at)),
    ]
    due = [[one.text, short_moment(one.due), _urgency(session, one)] for one in workflow.tasks(file, session.now)]
    concerns = [[one.kind, one.detail, yes_no(one.urgent), short_moment(one.made_at)] for one in file.of(Concern)]
    parts = [
        facts(rows),
        table(_("Qué vence"), (_("Tarea"), _("Vence"), _("Cómo va")), due, _("Nada por ahora.")),
        table(
            _("Motivos de protección"),
            (_("Motivo"), _("Qué se sabe"), _("Urgente"), _("Anotado")),
            concerns,
            _("No se anotó ninguno."),
        ),
    ]
    return [*parts, *_flags(file), *_consultations(session, file), *_closures(file)]


def _urgency(session: Session, one: workflow.Task) -> str:
    if one.overdue:
        return _("Atrasada, {time}").format(time=span(session.now - one.due))
    return _("Quedan {time}").format(time=span(one.due - session.now)) if one.soon else ""


def _if_any(caption: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[Part]:
    return [table(caption, columns, rows)] if rows else []


def _flags(file: CaseFile) -> list[Part]:
    rows = [
        [one.reason, short_moment(one.due), _("Atendida: {why}").format(why=one.lowered_why) if one.lowered_at else ""]
        for one in file.of(Flag)
    ]
    return _if_any(_("Marcas para el equipo"), (_("Marca"), _("Para el"), _("Qué pasó")), rows)


def _consultations(session: Session, file: CaseFile) -> list[Part]:
    rows = [
        [one.question, session.names(one.to), one.answer or _("Sin respuesta todavía"), short_moment(one.made_at)]
        for one in file.of(Consultation)
    ]
    return _if_any(_("Consultas"), (_("Pregunta"), _("A quién"), _("Respuesta"), _("Cuándo")), rows)


def _closures(file: CaseFile) -> list[Part]:
    rows = [
        [
            _("Reapertura") if one.reopened else word(CLOSURES, one.reason),
            one.summary,
            "" if one.reopened else yes_no(one.person_informed),
            short_moment(one.made_at),
        ]
        for one in file.of(Closure)
    ]
    return _if_any(_("Cierre"), (_("Motivo"), _("Resumen"), _("La persona lo sabe"), _("Cuándo")), rows)


def _people(session: Session, file: CaseFile) -> list[Part]:
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
    columns = (_("Nombre"), _("Relación"), _("Edad"), _("Idioma"), _("Cómo comunicarse"), _("Cómo ubicarla"))
    ties = [[session.names(one.one), word(TIES, one.kind), session.names(one.other)] for one in file.of(Relation)]
    searches = [
        [
            session.names(one.about),
            one.where,
            one.purpose,
            session.names(one.authorised_by) if one.authorised_by else _("Nadie"),
        ]
        for one in file.of(Search)
    ]
    return [
        table(_("Personas"), columns, rows),
        *_household(session, file),
        *_if_any(_("Vínculos"), (_("Quién"), _("Vínculo"), _("Con quién")), ties),
        *_drawings(session, file),
        *_if_any(
            _("Búsquedas en internet"), (_("Sobre quién"), _("Dónde"), _("Para qué"), _("Quién autorizó")), searches
        ),
    ]


def _drawings(session: Session, file: CaseFile) -> list[Part]:
    """Genogram and ecomap, once there are ties to draw; each says the same in words."""
    ties = file.of(Relation)
    if not ties:
        return []
    names = {id: session.names(id) for tie in ties for id in (tie.one, tie.other)}
    try:
        drawn = [genogram(file), ecomap(file, names)]
    except UserError as error:
        return [line(str(error), quiet=True)]
    return [drawing(one, f"ca-{file.case.id}-{number}") for number, one in enumerate(drawn)]


def _household(session: Session, file: CaseFile) -> list[Part]:
    home = file.last(Household)
    if home is None:
        return []
    rows = [
        (_("Cantón"), home.canton),
        (_("Zona"), word(AREAS, home.area)),
        (_("Teléfono o computadora"), word(DEVICES, home.device)),
        (_("Conexión"), word(CONNECTIONS, home.connection)),
        (_("Quiénes viven ahí"), ", ".join(session.names(one) for one in home.members)),
    ]
    return [heading(_("Hogar y conexión")), facts(rows)]


def _consents(session: Session, file: CaseFile) -> list[Part]:
    rows = [
        [
            session.names(one.person),
            label(one.purpose),
            _covers(session, one),
            _verdict(one),
            "; ".join(text for text in (label(one.given_by), one.how) if text),
            short_moment(one.made_at),
        ]
        for one in file.of(Consent)
    ]
    columns = (_("Persona"), _("Para qué"), _("Alcance"), _("Respuesta"), _("Quién y cómo"), _("Cuándo"))
    empty = _("No hay ninguno: sin él no se refiere, no se transfiere y no se usan canales digitales.")
    return [table(_("Qué se aceptó y qué no"), columns, rows, empty)]


def _covers(session: Session, one: Consent) -> str:
    if one.purpose is Purpose.CHANNEL:
        return words_of(one.channels)
    whom = ", ".join(session.names(id) for id in one.to)
    return ": ".join(text for text in (whom, words_of(one.data)) if text)


def _verdict(one: Consent) -> str:
    if one.withdrawn_at is not None:
        return _("Retirado el {when}").format(when=short_moment(one.withdrawn_at))
    return _("Aceptó") if one.granted else _("No aceptó")


def _audit(session: Session, file: CaseFile) -> list[Part]:
    kinds = {"access": _("Consulta"), "change": _("Cambio"), "denied": _("Rechazado")}
    entries = audit_of(session, file.case.id, MOST_ENTRIES)
    rows = [
        [
            str(one.seq),
            short_moment(one.at),
            _("Usted") if one.actor == session.actor.id else session.names(one.actor),
            ACTIONS.get(one.action, one.action),
            word(kinds, one.kind),
            one.reason,
        ]
        for one in reversed(entries)
    ]
    check = session.desk.verify()
    state = _("Cadena verificada. {line}") if check.ok else _("Cadena rota. {line}")
    columns = (_("Asiento"), _("Cuándo"), _("Quién"), _("Acción"), _("Clase"), _("Motivo"))
    return [
        line(_("Cada consulta y cada cambio deja un asiento que nadie puede editar.")),
        line(state.format(line=check.line)),
        table(_("Bitácora del caso, lo último primero"), columns, rows),
    ]


_BODIES: Mapping[str, Callable[[Session, CaseFile], list[Part]]] = {
    "summary": _summary,
    "people": _people,
    "consent": _consents,
    "plan": plan,
    "services": services,
    "notes": notes,
    "documents": documents,
    "incidents": incidents,
    "audit": _audit,
}
