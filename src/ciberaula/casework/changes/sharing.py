"""What leaves the desk, or comes to it: services, referrals, transfers, contacts, documents."""

from datetime import timedelta
from typing import Any

from ciberaula.casework.actions import CONTACT_MINUTES, MINUTES
from ciberaula.casework.changes.making import Making, change
from ciberaula.casework.changes.reliance import covered
from ciberaula.casework.entities import Contact, Document, Entity, Service, Transition
from ciberaula.casework.vocabulary import Role, ServiceStatus, Status, TransitionKind, TransitionStatus

# Users of another institution: a case that one of them takes over leaves this one.
_ELSEWHERE = frozenset({Role.RECIPIENT, Role.PROVIDER})


@change("request_service")
def _request_service(m: Making) -> list[Entity]:
    action = m.action
    service = m.new(Service, kind=action.kind, provider=action.provider, **_appointment(m, ServiceStatus.REQUESTED))
    return [service]


@change("update_service")
def _update_service(m: Making) -> list[Entity]:
    known = m.found(Service, m.action.service)
    status = m.action.status
    if status is ServiceStatus.IMPLEMENTED:
        return [m.newer(known, status=status, implemented_at=m.now)]
    return [m.newer(known, **_appointment(m, status))]


def _appointment(m: Making, status: ServiceStatus) -> dict[str, Any]:
    """``days`` until an appointment make one of what was only asked for."""
    if m.action.days is None or status is ServiceStatus.DECLINED:
        return {"status": status}
    return {"status": ServiceStatus.APPOINTED, "appointment_at": m.now + timedelta(days=m.action.days)}


@change("refer")
def _refer(m: Making) -> list[Entity]:
    return [_sent(m, TransitionKind.REFERRAL)]


@change("transfer")
def _transfer(m: Making) -> list[Entity]:
    sent = _sent(m, TransitionKind.TRANSFER)
    return [sent, *(m.newer(one, status=TransitionStatus.DONE) for one in _granted_requests(m))]


def _sent(m: Making, kind: TransitionKind) -> Transition:
    action = m.action
    # Written where it stood in for a consent, and only there: a consent withdrawn later ends what relied on consent.
    override = "" if not action.override or covered(m.file, kind, action.to, action.data) else action.override
    return m.new(Transition, kind=kind, to=action.to, reason=action.reason, data=action.data, override=override)


def _granted_requests(m: Making) -> list[Transition]:
    asked = (one for one in m.file.of(Transition) if one.kind is TransitionKind.TRANSFER_REQUEST)
    return [one for one in asked if one.to == m.action.to and one.status is TransitionStatus.ACCEPTED]


@change("request_transfer")
def _request_transfer(m: Making) -> list[Entity]:
    return [m.new(Transition, kind=TransitionKind.TRANSFER_REQUEST, to=m.actor.id, reason=m.action.reason)]


@change("answer_transition")
def _answer_transition(m: Making) -> list[Entity]:
    """Accepting a transfer changes the owner. Accepting a request for one only says yes: the transfer itself needs its own
    consent, so it is an action of its own."""
    action, known = m.action, m.found(Transition, m.action.transition)
    status = TransitionStatus.ACCEPTED if action.accept else TransitionStatus.REJECTED
    answered = m.newer(known, status=status, answer=action.reason, answered_at=m.now)
    if not action.accept or known.kind is not TransitionKind.TRANSFER:
        return [answered]
    case = m.file.case
    taken = m.newer(
        case,
        owner=m.actor.id,
        previous_owner=case.owner,
        group=m.actor.group,
        status=Status.TRANSFERRED if m.actor.role in _ELSEWHERE else case.status,
    )
    return [answered, taken, *_other_offers(m, known)]


def _other_offers(m: Making, accepted: Transition) -> list[Entity]:
    """The owner before offered the case to others too: none of them can take it from the new one."""
    return [
        m.newer(one, status=TransitionStatus.REVOKED, answered_at=m.now)
        for one in m.file.of(Transition)
        if one.kind is TransitionKind.TRANSFER and one.status is TransitionStatus.IN_PROGRESS and one.id != accepted.id
    ]


@change("complete_transition")
def _complete_transition(m: Making) -> list[Entity]:
    known = m.found(Transition, m.action.transition)
    return [m.newer(known, status=TransitionStatus.DONE, answer=m.action.note or known.answer)]


@change("revoke_transition")
def _revoke_transition(m: Making) -> list[Entity]:
    known = m.found(Transition, m.action.transition)
    return [m.newer(known, status=TransitionStatus.REVOKED, answer=m.action.reason, answered_at=m.now)]


@change("assign")
def _assign(m: Making) -> list[Entity]:
    action, case = m.action, m.file.case
    given = m.new(
        Transition,
        kind=TransitionKind.ASSIGNMENT,
        to=action.to,
        reason=action.reason,
        status=TransitionStatus.DONE,
        answered_at=m.now,
    )
    return [given, m.newer(case, owner=action.to, previous_owner=case.owner)]


@change("contact")
def _contact(m: Making) -> list[Entity]:
    action = m.action
    usual = CONTACT_MINUTES.get(action.channel, MINUTES["contact"])
    return [
        m.new(
            Contact,
            who=action.who,
            channel=action.channel,
            account=action.account,
            purpose=action.purpose,
            data=action.data,
            incoming=action.incoming,
            minutes=usual if action.minutes is None else action.minutes,
            verified=action.verified,
            safe_word=action.safe_word,
        )
    ]


@change("outside_contact")
def _outside_contact(m: Making) -> list[Entity]:
    action = m.action
    return [
        m.new(
            Contact,
            who=action.who,
            channel=action.channel,
            account=action.account,
            purpose=action.purpose,
            data=action.data,
            minutes=MINUTES["outside_contact"],
            sanctioned=False,
        )
    ]


@change("add_document")
def _add_document(m: Making) -> list[Entity]:
    return [m.new(Document, title=m.action.title, kind=m.action.kind, data=m.action.data)]


@change("share_document")
def _share_document(m: Making) -> list[Entity]:
    known = m.found(Document, m.action.document)
    return [m.newer(known, shared_with=tuple(dict.fromkeys((*known.shared_with, m.action.to))))]
