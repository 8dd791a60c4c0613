"""The words of case management, as the desk keeps them (English ids) and as people read them (Spanish).

Terms follow Primero (v2.15, its Spanish labels where it has them); channels, accounts, data categories and reading
parts are ours. What a channel may carry and how soon a task is due are rules of the simulated institution, not law.
"""

from enum import StrEnum

from ciberaula.i18n import _


class Role(StrEnum):
    """What a user may do depends on it: see :mod:`ciberaula.casework.policy`."""

    CASEWORKER = "caseworker"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    PROVIDER = "provider"
    RECIPIENT = "recipient"


class Scope(StrEnum):
    """Whose cases a permission reaches."""

    OWN = "own"
    GROUP = "group"
    ALL = "all"


class Status(StrEnum):
    """Of a case record."""

    OPEN = "open"
    CLOSED = "closed"
    TRANSFERRED = "transferred"
    DUPLICATE = "duplicate"


class Step(StrEnum):
    """Of the workflow: always computed from what was done, never chosen."""

    NEW = "new"
    REOPENED = "reopened"
    ASSESSMENT = "assessment"
    CASE_PLAN = "case_plan"
    SERVICES = "services"
    SERVICES_IMPLEMENTED = "services_implemented"
    CLOSED = "closed"


class Risk(StrEnum):
    """Level of risk, of a case or of a security incident."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Channel(StrEnum):
    """How a contact is made. ``platform`` is the institution's own secure system."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    VIDEO = "video"
    SMS = "sms"
    CHAT = "chat"
    SOCIAL = "social"
    EMAIL = "email"
    PLATFORM = "platform"


class Account(StrEnum):
    """Through whose account a contact is made; ``none`` in person."""

    INSTITUTIONAL = "institutional"
    PERSONAL = "personal"
    BORROWED = "borrowed"
    NONE = "none"


class Data(StrEnum):
    """What a message, document, referral or incident tells about a person. ``appointment``: a day and hour, no more."""

    APPOINTMENT = "appointment"
    IDENTITY = "identity"
    CONTACT = "contact"
    FAMILY = "family"
    LOCATION = "location"
    HEALTH = "health"
    DISABILITY = "disability"
    VIOLENCE = "violence"
    SUBSTANCES = "substances"
    MIGRATION = "migration"
    JUSTICE = "justice"
    CHILD = "child"
    IMAGE = "image"


SENSITIVE = frozenset(Data) - {Data.APPOINTMENT, Data.IDENTITY, Data.CONTACT, Data.FAMILY}

_EVERYTHING = frozenset(Data)
# What each channel may carry on an institutional account. Short messages stay on the lock screen of a phone that others
# may hold; electronic mail is forwarded; a voice or a face answers at once whether it is safe to go on.
CARRIES: dict[Channel, frozenset[Data]] = {
    Channel.IN_PERSON: _EVERYTHING,
    Channel.PHONE: _EVERYTHING,
    Channel.VIDEO: _EVERYTHING,
    Channel.PLATFORM: _EVERYTHING,
    Channel.EMAIL: frozenset({Data.APPOINTMENT, Data.IDENTITY}),
    Channel.SMS: frozenset({Data.APPOINTMENT}),
    Channel.CHAT: frozenset({Data.APPOINTMENT}),
    Channel.SOCIAL: frozenset({Data.APPOINTMENT}),
}


class Purpose(StrEnum):
    """What a consent is for."""

    SERVICES = "services"
    SHARING = "sharing"
    CHANNEL = "channel"


class GivenBy(StrEnum):
    """Who gave a consent: the person, or whoever represents her."""

    PERSON = "person"
    CAREGIVER = "caregiver"
    OTHER = "other"


class TransitionKind(StrEnum):
    """How a case, or part of it, goes to somebody else."""

    REFERRAL = "referral"
    TRANSFER = "transfer"
    TRANSFER_REQUEST = "transfer_request"
    ASSIGNMENT = "reassign"


class TransitionStatus(StrEnum):
    """Of a transition."""

    IN_PROGRESS = "in_progress"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DONE = "done"
    REVOKED = "revoked"


class ApprovalKind(StrEnum):
    """What a supervisor approves."""

    ASSESSMENT = "assessment"
    CASE_PLAN = "case_plan"
    CLOSURE = "closure"


class ApprovalStatus(StrEnum):
    """Of an approval."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"


class ServiceStatus(StrEnum):
    """Of a service."""

    REQUESTED = "requested"
    APPOINTED = "appointed"
    IMPLEMENTED = "implemented"
    DECLINED = "declined"


class TaskKind(StrEnum):
    """What can be due."""

    ASSESSMENT = "assessment"
    CASE_PLAN = "case_plan"
    FOLLOW_UP = "follow_up"
    SERVICE = "service"
    TRANSITION = "transition"
    INCIDENT = "incident"


class Criterion(StrEnum):
    """What a finished story is judged by."""

    CONSENT = "consent"
    NEED_TO_KNOW = "need_to_know"
    CHANNEL = "channel"
    TIMELINESS = "timeliness"
    DOCUMENTATION = "documentation"
    PARTICIPATION = "participation"
    COORDINATION = "coordination"
    CLOSING = "closing"


_WORDS: tuple[tuple[StrEnum, str], ...] = (
    (Role.CASEWORKER, _("Trabajo social")),
    (Role.SUPERVISOR, _("Supervisión")),
    (Role.ADMINISTRATOR, _("Administración del sistema")),
    (Role.PROVIDER, _("Prestación de servicios")),
    (Role.RECIPIENT, _("Institución que recibe la referencia")),
    (Scope.OWN, _("Sus casos")),
    (Scope.GROUP, _("Los casos de su equipo")),
    (Scope.ALL, _("Todos los casos")),
    (Status.OPEN, _("Abierto")),
    (Status.CLOSED, _("Cerrado")),
    (Status.TRANSFERRED, _("Transferido")),
    (Status.DUPLICATE, _("Duplicado")),
    (Step.NEW, _("Nuevo")),
    (Step.REOPENED, _("Reabierto")),
    (Step.ASSESSMENT, _("Evaluación")),
    (Step.CASE_PLAN, _("Plan del caso")),
    (Step.SERVICES, _("Servicios en curso")),
    (Step.SERVICES_IMPLEMENTED, _("Servicios prestados")),
    (Step.CLOSED, _("Cerrado")),
    (Risk.HIGH, _("Alto")),
    (Risk.MEDIUM, _("Medio")),
    (Risk.LOW, _("Bajo")),
    (Channel.IN_PERSON, _("En persona")),
    (Channel.PHONE, _("Llamada")),
    (Channel.VIDEO, _("Videollamada")),
    (Channel.SMS, _("Mensaje de texto")),
    (Channel.CHAT, _("Mensajería")),
    (Channel.SOCIAL, _("Red social")),
    (Channel.EMAIL, _("Correo electrónico")),
    (Channel.PLATFORM, _("Plataforma institucional")),
    (Account.INSTITUTIONAL, _("Cuenta institucional")),
    (Account.PERSONAL, _("Cuenta personal")),
    (Account.BORROWED, _("Cuenta o equipo de otra persona")),
    (Account.NONE, _("Sin cuenta (en persona)")),
    (Data.APPOINTMENT, _("Día y hora de una cita")),
    (Data.IDENTITY, _("Identidad")),
    (Data.CONTACT, _("Datos de contacto")),
    (Data.FAMILY, _("Familia y hogar")),
    (Data.LOCATION, _("Dónde está la persona")),
    (Data.HEALTH, _("Salud")),
    (Data.DISABILITY, _("Discapacidad")),
    (Data.VIOLENCE, _("Violencia")),
    (Data.SUBSTANCES, _("Consumo de sustancias")),
    (Data.MIGRATION, _("Situación migratoria")),
    (Data.JUSTICE, _("Asuntos judiciales")),
    (Data.CHILD, _("Datos de una niña, un niño o adolescente")),
    (Data.IMAGE, _("Foto, voz o video")),
    (Purpose.SERVICES, _("Recibir atención")),
    (Purpose.SHARING, _("Compartir datos con otra institución")),
    (Purpose.CHANNEL, _("Usar un canal digital")),
    (GivenBy.PERSON, _("La propia persona")),
    (GivenBy.CAREGIVER, _("Quien la cuida o representa")),
    (GivenBy.OTHER, _("Otra persona o autoridad")),
    (TransitionKind.REFERRAL, _("Referencia")),
    (TransitionKind.TRANSFER, _("Transferencia")),
    (TransitionKind.TRANSFER_REQUEST, _("Solicitud de transferencia")),
    (TransitionKind.ASSIGNMENT, _("Asignación")),
    (TransitionStatus.IN_PROGRESS, _("Pendiente")),
    (TransitionStatus.ACCEPTED, _("Aceptada")),
    (TransitionStatus.REJECTED, _("Rechazada")),
    (TransitionStatus.DONE, _("Realizada")),
    (TransitionStatus.REVOKED, _("Anulada")),
    (ApprovalKind.ASSESSMENT, _("Evaluación")),
    (ApprovalKind.CASE_PLAN, _("Plan del caso")),
    (ApprovalKind.CLOSURE, _("Cierre")),
    (ApprovalStatus.REQUESTED, _("Solicitada")),
    (ApprovalStatus.APPROVED, _("Aprobada")),
    (ApprovalStatus.REJECTED, _("Rechazada")),
    (ServiceStatus.REQUESTED, _("Solicitado")),
    (ServiceStatus.APPOINTED, _("Con cita")),
    (ServiceStatus.IMPLEMENTED, _("Prestado")),
    (ServiceStatus.DECLINED, _("No disponible")),
    (TaskKind.ASSESSMENT, _("Evaluación")),
    (TaskKind.CASE_PLAN, _("Plan del caso")),
    (TaskKind.FOLLOW_UP, _("Seguimiento")),
    (TaskKind.SERVICE, _("Servicio")),
    (TaskKind.TRANSITION, _("Referencia o transferencia")),
    (TaskKind.INCIDENT, _("Incidente")),
    (Criterion.CONSENT, _("Consentimiento antes de compartir")),
    (Criterion.NEED_TO_KNOW, _("Solo lo necesario")),
    (Criterion.CHANNEL, _("Canal y cuenta")),
    (Criterion.TIMELINESS, _("A tiempo según el riesgo")),
    (Criterion.DOCUMENTATION, _("Registro")),
    (Criterion.PARTICIPATION, _("Participación de la persona")),
    (Criterion.COORDINATION, _("Coordinación")),
    (Criterion.CLOSING, _("Cierre seguro")),
)
# By kind as well: words of two kinds that are written alike («channel», «closed») are equal as text.
_LABELS = {(type(word), word.value): text for word, text in _WORDS}


def label(word: StrEnum) -> str:
    """How people read ``word`` (Spanish)."""
    return _LABELS[type(word), word.value]
