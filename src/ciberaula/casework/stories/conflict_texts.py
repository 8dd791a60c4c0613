"""How people read what two of them revised, and what the desk did not do any more: labels and values in Spanish."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ciberaula.casework.entities import (
    Approval,
    Assessment,
    Case,
    CaseFile,
    Closure,
    Concern,
    Consent,
    Consultation,
    Contact,
    Document,
    EmergencyAccess,
    Entity,
    Flag,
    FollowUp,
    Goal,
    Household,
    Incident,
    Note,
    Person,
    Plan,
    Relation,
    Restriction,
    Search,
    Service,
    Transition,
)
from ciberaula.casework.offline import Conflict, Refused
from ciberaula.casework.stories import telling
from ciberaula.casework.stories.clock import in_words
from ciberaula.casework.vocabulary import label
from ciberaula.casework.words import AREAS, CLOSURES, CONNECTIONS, DEVICES, FOLLOW_UPS, LANGUAGES, SERVICES, TIES, word
from ciberaula.i18n import _

Names = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Row:
    """A field in which the two versions differ: its label and both values, as people read them."""

    label: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A conflict as it is shown. ``key`` is what the choice is given for; ``by``: the name of the other person."""

    key: str
    case_id: str
    code: str
    title: str
    rows: tuple[Row, ...]
    mine_at: datetime
    by: str
    theirs_at: datetime


@dataclass(frozen=True, slots=True)
class NotDone:
    """Something done without a connection that the desk refused afterwards: when, what it was, and why."""

    at: datetime
    what: str
    reason: str


KIND_NAMES: Mapping[type[Entity], str] = {
    Case: _("El caso"),
    Person: _("Datos de {name}"),
    Relation: _("Un vínculo"),
    Household: _("El hogar y su conexión"),
    Concern: _("Un motivo de protección"),
    Consent: _("Un consentimiento"),
    Assessment: _("La evaluación del riesgo"),
    Plan: _("El plan del caso"),
    Service: _("Un servicio"),
    Transition: _("Una referencia o transferencia"),
    FollowUp: _("Un seguimiento"),
    Contact: _("Una comunicación"),
    Note: _("Una nota de caso"),
    Document: _("Un documento"),
    Approval: _("Una aprobación"),
    Flag: _("Una marca para el equipo"),
    Consultation: _("Una consulta"),
    Search: _("Una búsqueda en internet"),
    EmergencyAccess: _("Un acceso de urgencia"),
    Closure: _("El cierre"),
    Incident: _("Un incidente de seguridad"),
}
# By the name of the field, which means the same in every kind that has it.
FIELD_NAMES: Mapping[str, str] = {
    "code": _("Código"),
    "subject": _("De quién trata"),
    "owner": _("Quien lleva el caso"),
    "group": _("Equipo"),
    "opened_at": _("Abierto"),
    "status": _("Estado"),
    "risk": _("Riesgo"),
    "previous_owner": _("Quien lo llevaba antes"),
    "reopened_at": _("Reabierto"),
    "closed_at": _("Cerrado"),
    "name": _("Nombre"),
    "relation": _("Parentesco o relación"),
    "age": _("Edad"),
    "language": _("Lengua"),
    "access_needs": _("Cómo comunicarse con ella"),
    "phone_note": _("Cómo y cuándo ubicarla sin riesgo"),
    "gender": _("Género"),
    "one": _("Persona"),
    "other": _("Con quién"),
    "kind": _("Tipo"),
    "canton": _("Cantón"),
    "area": _("Zona"),
    "device": _("Teléfono o computadora"),
    "connection": _("Conexión"),
    "members": _("Quiénes viven ahí"),
    "detail": _("Detalle"),
    "urgent": _("Urgente"),
    "person": _("Quién responde"),
    "purpose": _("Para qué"),
    "granted": _("Aceptó"),
    "given_by": _("Quién lo dio"),
    "to": _("Para quién"),
    "channels": _("Canales"),
    "data": _("Datos"),
    "how": _("Cómo lo dijo"),
    "assent": _("Asentimiento"),
    "withdrawn_at": _("Retirado"),
    "facts": _("Hechos"),
    "opinion": _("Valoración"),
    "next": _("Qué sigue"),
    "with_person": _("Hecha con la persona"),
    "goals": _("Objetivos"),
    "agreed": _("Acordado con la persona"),
    "restrictions": _("Límites de contacto"),
    "safe_contact": _("Contacto seguro"),
    "review_at": _("Se revisa"),
    "provider": _("Quién lo presta"),
    "appointment_at": _("Cita"),
    "implemented_at": _("Prestado"),
    "reason": _("Motivo"),
    "override": _("Motivo de la excepción"),
    "answer": _("Respuesta"),
    "answered_at": _("Respondido"),
    "due": _("Vence"),
    "done_at": _("Hecho"),
    "comment": _("Resultado"),
    "who": _("Con quién se habló"),
    "channel": _("Canal"),
    "account": _("Cuenta"),
    "incoming": _("La otra parte se comunicó primero"),
    "minutes": _("Minutos"),
    "verified": _("Identidad y lugar verificados"),
    "safe_word": _("Palabra clave"),
    "sanctioned": _("Por un medio de la institución"),
    "happened_at": _("Cuándo ocurrió"),
    "contact": _("Comunicación"),
    "title": _("Título"),
    "shared_with": _("Compartido con"),
    "asked_by": _("Quién la pidió"),
    "decided_by": _("Quién decidió"),
    "lowered_at": _("Atendida"),
    "lowered_why": _("Cómo se atendió"),
    "question": _("Pregunta"),
    "about": _("Sobre quién"),
    "where": _("Dónde"),
    "authorised_by": _("Quién lo autorizó"),
    "user": _("Quién"),
    "until": _("Hasta"),
    "summary": _("Resumen"),
    "person_informed": _("Se lo contó a la persona"),
    "reopened": _("Reapertura"),
    "what": _("Qué pasó"),
    "known_at": _("Desde cuándo se sabe"),
    "people": _("Personas afectadas"),
    "contained_at": _("Contenido"),
    "measures": _("Qué se hizo"),
    "risk_known_at": _("Riesgo valorado"),
    "supervisor_at": _("Aviso a supervisión"),
    "authority_at": _("Aviso a la autoridad"),
    "people_at": _("Aviso a las personas"),
}
_NOTHING = _("Nada anotado")
_WORDS: Mapping[str, Mapping[str, str]] = {
    "area": AREAS,
    "device": DEVICES,
    "connection": CONNECTIONS,
    "language": LANGUAGES,
}
_KINDS: Mapping[type[Entity], Mapping[str, str]] = {
    Relation: TIES,
    Service: SERVICES,
    FollowUp: FOLLOW_UPS,
}
_IDS = frozenset(
    {
        *("subject", "owner", "previous_owner", "one", "other", "members", "person", "to", "provider", "who"),
        *("shared_with", "asked_by", "decided_by", "about", "authorised_by", "user", "people"),
    }
)


def shown(conflict: Conflict, file: CaseFile | None, names: Names) -> Shown:
    """``conflict`` as people read it. ``file``: its case; ``names``: id -> name."""
    mine, theirs = conflict.mine, conflict.theirs
    title = KIND_NAMES[type(mine)].format(name=mine.name if isinstance(mine, Person) else "")
    rows = tuple(
        Row(FIELD_NAMES[field], _value(mine, field, one, names), _value(theirs, field, other, names))
        for field, (one, other) in conflict.fields.items()
    )
    code = file.case.code if file is not None else conflict.case_id
    return Shown(conflict.key, conflict.case_id, code, title, rows, mine.made_at, names(theirs.made_by), theirs.made_at)


def not_done(refused: Refused, names: Names) -> NotDone:
    """``refused`` as people read it."""
    action = dict(refused.kept.action)
    return NotDone(refused.kept.at, telling.tell(action.pop("do"), action, names), refused.reason)


def _value(entity: Entity, field: str, value: Any, names: Names) -> str:
    if isinstance(value, tuple):
        return "; ".join(_value(entity, field, one, names) for one in value) or _NOTHING
    if value is None or value == "":
        return _NOTHING
    if isinstance(value, bool):
        return _("Sí") if value else _("No")
    if isinstance(value, StrEnum):
        return label(value)
    if isinstance(value, datetime):
        return in_words(value)
    if isinstance(value, Goal):
        return _("{need}: {goal}. {action} ({who}, hasta el {due})").format(
            need=value.need, goal=value.goal, action=value.action, who=value.who, due=in_words(value.due)
        )
    if isinstance(value, Restriction):
        by = ", ".join(label(one).lower() for one in value.channels) or _("por ningún medio")
        return _("{who} no ({by}) {reason}").format(who=names(value.who), by=by, reason=value.reason).rstrip()
    return _text(entity, field, str(value), names)


def _text(entity: Entity, field: str, value: str, names: Names) -> str:
    if field in _IDS:
        return names(value)
    if field == "kind":
        return word(_KINDS.get(type(entity), {}), value)
    if isinstance(entity, Closure) and field == "reason":
        return word(CLOSURES, value)
    return word(_WORDS.get(field, {}), value)
