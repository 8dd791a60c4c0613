"""Assessment, plan, approval, follow-up, notes, and the end of a case."""

from datetime import timedelta

from ciberaula.casework.changes.making import Making, change
from ciberaula.casework.entities import (
    Approval,
    Assessment,
    Closure,
    Consultation,
    Contact,
    EmergencyAccess,
    Entity,
    Flag,
    FollowUp,
    Goal,
    Note,
    Plan,
    Restriction,
    Search,
)
from ciberaula.casework.vocabulary import ApprovalStatus, Status
from ciberaula.errors import UserError
from ciberaula.i18n import _


@change("assess")
def _assess(m: Making) -> list[Entity]:
    action = m.action
    assessment = m.new(
        Assessment, risk=action.risk, facts=action.facts, opinion=action.opinion, with_person=action.with_person
    )
    case = m.file.case
    return [assessment] if case.risk is action.risk else [assessment, m.newer(case, risk=action.risk)]


@change("make_plan")
def _make_plan(m: Making) -> list[Entity]:
    action = m.action
    fields = {
        "goals": tuple(
            Goal(need=one.need, goal=one.goal, action=one.action, who=one.who, due=m.now + timedelta(days=one.days))
            for one in action.goals
        ),
        "agreed": action.agreed,
        "restrictions": tuple(
            Restriction(who=one.who, channels=one.channels, reason=one.reason) for one in action.restrictions
        ),
        "safe_contact": action.safe_contact,
        "review_at": m.now + timedelta(days=action.review_days) if action.review_days else None,
    }
    return [m.newer(m.found(Plan, action.plan), **fields) if action.plan else m.new(Plan, **fields)]


@change("request_approval")
def _request_approval(m: Making) -> list[Entity]:
    return [m.new(Approval, kind=m.action.what, asked_by=m.actor.id)]


@change("decide_approval")
def _decide_approval(m: Making) -> list[Entity]:
    status = ApprovalStatus.APPROVED if m.action.approved else ApprovalStatus.REJECTED
    known = m.found(Approval, m.action.approval)
    return [m.newer(known, status=status, decided_by=m.actor.id, reason=m.action.reason)]


@change("plan_follow_up")
def _plan_follow_up(m: Making) -> list[Entity]:
    return [m.new(FollowUp, kind=m.action.kind, due=m.now + timedelta(days=m.action.days))]


@change("follow_up")
def _do_follow_up(m: Making) -> list[Entity]:
    known = m.found(FollowUp, m.action.follow_up)
    if known.done_at is not None:
        raise UserError(_("Ese seguimiento ya está hecho: fije otro si hace falta."))
    return [m.newer(known, done_at=m.now, comment=m.action.comment)]


@change("write_note")
def _write_note(m: Making) -> list[Entity]:
    action = m.action
    if action.contact is not None:
        m.found(Contact, action.contact)
    happened = m.now - timedelta(hours=action.hours_ago)
    return [
        m.new(
            Note,
            facts=action.facts,
            opinion=action.opinion,
            next=action.next,
            happened_at=happened,
            contact=action.contact,
        )
    ]


@change("raise_flag")
def _raise_flag(m: Making) -> list[Entity]:
    due = m.now + timedelta(days=m.action.days) if m.action.days is not None else None
    return [m.new(Flag, reason=m.action.reason, due=due)]


@change("lower_flag")
def _lower_flag(m: Making) -> list[Entity]:
    known = m.found(Flag, m.action.flag)
    if known.lowered_at is not None:
        raise UserError(_("Esa marca ya se quitó: no hace falta quitarla otra vez."))
    return [m.newer(known, lowered_at=m.now, lowered_why=m.action.reason)]


@change("consult")
def _consult(m: Making) -> list[Entity]:
    return [m.new(Consultation, to=m.action.to, question=m.action.question)]


@change("search_online")
def _search_online(m: Making) -> list[Entity]:
    action = m.action
    return [
        m.new(
            Search,
            about=action.about,
            where=action.where,
            purpose=action.purpose,
            authorised_by=action.authorised_by or "",
        )
    ]


@change("break_glass")
def _break_glass(m: Making) -> list[Entity]:
    until = m.now + timedelta(hours=m.action.hours)
    return [m.new(EmergencyAccess, user=m.actor.id, reason=m.action.reason, until=until)]


@change("close")
def _close(m: Making) -> list[Entity]:
    action = m.action
    closure = m.new(Closure, reason=action.reason, summary=action.summary, person_informed=action.person_informed)
    return [closure, m.newer(m.file.case, status=Status.CLOSED, closed_at=m.now)]


@change("reopen")
def _reopen(m: Making) -> list[Entity]:
    closure = m.new(Closure, reason=m.action.reason, summary="", person_informed=False, reopened=True)
    return [closure, m.newer(m.file.case, status=Status.OPEN, reopened_at=m.now, closed_at=None)]
