"""Where a case stands and what is due, computed from what was done: nobody chooses a step.

The steps are Primero's (new, assessment, case plan, services, closed, reopened). How soon something is due by level of
risk is the protocol of the simulated institution, not law; Primero too derives due dates from the level of risk, and
calls «almost due» what is due within seven days.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from ciberaula.casework.entities import (
    Assessment,
    Case,
    CaseFile,
    Closure,
    Concern,
    Contact,
    FollowUp,
    Incident,
    Plan,
    Service,
    Transition,
)
from ciberaula.casework.incidents import Term, terms
from ciberaula.casework.vocabulary import (
    Risk,
    ServiceStatus,
    Status,
    Step,
    TaskKind,
    TransitionKind,
    TransitionStatus,
)
from ciberaula.i18n import _

SOON = timedelta(days=7)
ASSESS_URGENT, ASSESS = timedelta(hours=24), timedelta(days=3)
PLAN_WITHIN = {Risk.HIGH: timedelta(days=3), Risk.MEDIUM: timedelta(days=7), Risk.LOW: timedelta(days=14)}
CONTACT_EVERY = {Risk.HIGH: timedelta(days=3), Risk.MEDIUM: timedelta(days=14), Risk.LOW: timedelta(days=30)}
ANSWER_WITHIN = timedelta(days=3)
TELL_SUPERVISOR_WITHIN = timedelta(hours=1)
OFFICE_CLOSES = time(18)

_SENT = (TransitionKind.REFERRAL, TransitionKind.TRANSFER)


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be done by ``due``: ``about`` is the entity it concerns (the case's id where there is none yet)."""

    kind: TaskKind
    due: datetime
    text: str
    about: str


@dataclass(frozen=True, slots=True)
class Task:
    """What is due, seen at some moment: ``overdue``, or ``soon`` (within seven days)."""

    kind: TaskKind
    case_id: str
    due: datetime
    text: str
    about: str
    overdue: bool
    soon: bool


def step(file: CaseFile) -> Step:
    """The step of the workflow."""
    if file.case.status in (Status.CLOSED, Status.DUPLICATE):
        return Step.CLOSED
    since = _reopened_at(file)
    services = [one for one in file.of(Service) if since is None or one.made_at > since]
    sent = [one for one in file.of(Transition) if one.kind in _SENT and (since is None or one.made_at > since)]
    if services or sent:
        return Step.SERVICES_IMPLEMENTED if _all_attended(services, sent) else Step.SERVICES
    plan, assessment = file.last(Plan), file.last(Assessment)
    if plan is not None and (since is None or plan.made_at > since):
        return Step.CASE_PLAN
    if assessment is not None and (since is None or assessment.made_at > since):
        return Step.ASSESSMENT
    return Step.NEW if since is None else Step.REOPENED


def _all_attended(services: list[Service], sent: list[Transition]) -> bool:
    """Is everything that was asked for over, and was at least one of it given?"""
    over = all(one.status in (ServiceStatus.IMPLEMENTED, ServiceStatus.DECLINED) for one in services) and all(
        one.status in (TransitionStatus.DONE, TransitionStatus.REJECTED, TransitionStatus.REVOKED) for one in sent
    )
    given = any(one.status is ServiceStatus.IMPLEMENTED for one in services) or any(
        one.status is TransitionStatus.DONE for one in sent
    )
    return over and given


def _reopened_at(file: CaseFile) -> datetime | None:
    return max((one.made_at for one in file.of(Closure) if one.reopened), default=None)


def due(file: CaseFile) -> Iterator[Due]:
    """Everything that is waiting to be done, whenever it is looked at."""
    case = file.case
    if case.status is not Status.OPEN:
        yield from _incidents(file)
        return
    since = max(case.opened_at, _reopened_at(file) or case.opened_at)
    assessment = file.last(Assessment)
    if assessment is None or assessment.made_at < since:
        urgent = any(concern.urgent for concern in file.of(Concern))
        within = ASSESS_URGENT if urgent else ASSESS
        yield Due(TaskKind.ASSESSMENT, since + within, _("Evaluar el riesgo con la persona."), case.id)
    else:
        plan = file.last(Plan)
        if plan is None or plan.made_at < since:
            by = assessment.made_at + PLAN_WITHIN[assessment.risk]
            yield Due(TaskKind.CASE_PLAN, by, _("Acordar el plan del caso."), case.id)
        elif plan.review_at is not None:
            yield Due(TaskKind.CASE_PLAN, plan.review_at, _("Revisar el plan con la persona."), plan.id)
        yield _next_contact(file, case, assessment)
    for one in file.of(FollowUp):
        if one.done_at is None:
            yield Due(TaskKind.FOLLOW_UP, one.due, _("Hacer el seguimiento previsto."), one.id)
    for service in file.of(Service):
        if service.status is ServiceStatus.APPOINTED and service.appointment_at is not None:
            yield Due(TaskKind.SERVICE, service.appointment_at, _("Saber si la cita se cumplió."), service.id)
    for sent in file.of(Transition):
        if sent.status is TransitionStatus.IN_PROGRESS:
            by = sent.made_at + ANSWER_WITHIN
            yield Due(TaskKind.TRANSITION, by, _("Conseguir respuesta a lo enviado."), sent.id)
    yield from _incidents(file)


def _next_contact(file: CaseFile, case: Case, assessment: Assessment) -> Due:
    spoken = [one.made_at for one in file.of(Contact) if one.who == case.subject]
    last = max([assessment.made_at, *spoken])
    return Due(
        TaskKind.FOLLOW_UP,
        last + CONTACT_EVERY[assessment.risk],
        _("Volver a hablar con la persona, según su nivel de riesgo."),
        case.id,
    )


def _incidents(file: CaseFile) -> Iterator[Due]:
    for one in file.of(Incident):
        if one.supervisor_at is None:
            by = one.known_at + TELL_SUPERVISOR_WITHIN
            yield Due(TaskKind.INCIDENT, by, _("Avisar del incidente a quien supervisa."), one.id)
        yield from _notices(one)


def _notices(one: Incident) -> Iterator[Due]:
    """What the law asks for beyond the supervisor, on its last day, until it is given."""
    owed = terms(one)
    if owed.authority is not None and owed.authority.given_at is None:
        text = _("Preparar con quien supervisa el aviso a la autoridad de datos: lo da la institución.")
        yield Due(TaskKind.INCIDENT, _office_closes(one, owed.authority), text, one.id)
    if owed.people is not None and owed.people.given_at is None:
        text = _("Avisar del incidente a las personas, en lenguaje claro, como se acordó con quien supervisa.")
        yield Due(TaskKind.INCIDENT, _office_closes(one, owed.people), text, one.id)


def _office_closes(one: Incident, term: Term) -> datetime:
    return datetime.combine(term.due, OFFICE_CLOSES, one.known_at.tzinfo)


def next_due(file: CaseFile) -> datetime | None:
    """When the first of all that is due is due: what a store keeps for its lists. ``None`` where nothing is."""
    return min((one.due for one in due(file)), default=None)


def tasks(file: CaseFile, now: datetime) -> list[Task]:
    """What is due, the first first, as seen ``now``."""
    found = sorted(due(file), key=lambda one: (one.due, one.kind, one.about))
    return [
        Task(one.kind, file.case.id, one.due, one.text, one.about, one.due < now, now <= one.due <= now + SOON)
        for one in found
    ]
