"""The workflow and what is due, computed from what was done."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from ciberaula.casework.entities import (
    Assessment,
    Closure,
    Concern,
    Contact,
    FollowUp,
    Incident,
    Plan,
    Service,
    Transition,
)
from ciberaula.casework.incidents import terms
from ciberaula.casework.vocabulary import (
    Account,
    Channel,
    Risk,
    ServiceStatus,
    Status,
    Step,
    TaskKind,
    TransitionKind,
    TransitionStatus,
)
from ciberaula.casework.workflow import PLAN_WITHIN, next_due, step, tasks
from tests.casework.files import MONDAY, case_file, made

DAY = timedelta(days=1)


def assessment(risk: Risk = Risk.MEDIUM, hours: float = 2) -> Any:
    return made(Assessment, "v", hours=hours, risk=risk, facts="…", opinion="…", with_person=True)


def plan(hours: float = 4, **changes: Any) -> Any:
    return made(Plan, "p", hours=hours, goals=(), agreed=True, **changes)


def service(status: ServiceStatus, hours: float = 6) -> Any:
    return made(Service, f"s-{status}", hours=hours, kind="psychosocial", provider="centro", status=status)


def sent(status: TransitionStatus) -> Any:
    return made(
        Transition, f"t-{status}", hours=7, kind=TransitionKind.REFERRAL, to="centro", reason="…", status=status
    )


def test_the_step_follows_from_what_was_done() -> None:
    assert step(case_file()) is Step.NEW
    assert step(case_file(assessment())) is Step.ASSESSMENT
    assert step(case_file(assessment(), plan())) is Step.CASE_PLAN
    assert step(case_file(assessment(), plan(), service(ServiceStatus.REQUESTED))) is Step.SERVICES
    both = (service(ServiceStatus.IMPLEMENTED), service(ServiceStatus.REQUESTED))
    assert step(case_file(assessment(), plan(), *both)) is Step.SERVICES
    done = (service(ServiceStatus.IMPLEMENTED), service(ServiceStatus.DECLINED), sent(TransitionStatus.REJECTED))
    assert step(case_file(assessment(), plan(), *done)) is Step.SERVICES_IMPLEMENTED
    assert step(case_file(assessment(), sent(TransitionStatus.IN_PROGRESS))) is Step.SERVICES
    # Everything was refused: nothing was given, so the services are still to come.
    assert step(case_file(sent(TransitionStatus.REJECTED))) is Step.SERVICES
    assert step(case_file(assessment(), status=Status.CLOSED)) is Step.CLOSED


def test_a_reopened_case_begins_again() -> None:
    reopened = made(Closure, "r", hours=48, reason="other", summary="volvió", person_informed=True, reopened=True)
    before = (assessment(), plan(), service(ServiceStatus.IMPLEMENTED))
    assert step(case_file(*before, reopened)) is Step.REOPENED
    assert step(case_file(*before, reopened, assessment(hours=50))) is Step.ASSESSMENT
    assert next_due(case_file(*before, reopened)) == MONDAY + timedelta(hours=48) + timedelta(days=3)


def test_an_urgent_concern_is_assessed_within_a_day() -> None:
    calm = case_file()
    assert next_due(calm) == MONDAY + 3 * DAY
    urgent = case_file(made(Concern, "u", kind="gbv_survivor", detail="…", urgent=True))
    assert next_due(urgent) == MONDAY + DAY


def test_the_plan_is_due_by_risk() -> None:
    for risk in Risk:
        found = [one for one in tasks(case_file(assessment(risk)), MONDAY) if one.kind is TaskKind.CASE_PLAN]
        assert [one.due for one in found] == [MONDAY + timedelta(hours=2) + PLAN_WITHIN[risk]]
    assert PLAN_WITHIN == {Risk.HIGH: 3 * DAY, Risk.MEDIUM: 7 * DAY, Risk.LOW: 14 * DAY}


@pytest.mark.parametrize(("risk", "days"), [(Risk.HIGH, 3), (Risk.MEDIUM, 14), (Risk.LOW, 30)])
def test_how_often_one_speaks_with_the_person_goes_by_risk(risk: Risk, days: int) -> None:
    found = [one for one in tasks(case_file(assessment(risk), plan()), MONDAY) if one.kind is TaskKind.FOLLOW_UP]
    assert [one.due for one in found] == [MONDAY + timedelta(hours=2) + days * DAY]


def test_a_contact_with_the_person_moves_the_next_one() -> None:
    base = (assessment(Risk.HIGH), plan())
    call = {"channel": Channel.PHONE, "account": Account.INSTITUTIONAL, "purpose": "…"}
    first = next_due(case_file(*base))
    with_her = made(Contact, "k", hours=30, who="elvia", **call)
    with_another = made(Contact, "k", hours=30, who="tia", **call)
    assert first == MONDAY + timedelta(hours=2) + 3 * DAY
    assert next_due(case_file(*base, with_her)) == MONDAY + timedelta(hours=30) + 3 * DAY
    assert next_due(case_file(*base, with_another)) == first


def test_overdue_and_soon() -> None:
    follow_up = made(FollowUp, "f", kind="for_service", due=MONDAY + 10 * DAY)
    file = case_file(assessment(Risk.LOW), plan(), follow_up)

    def seen(days: float) -> tuple[bool, bool]:
        found = next(one for one in tasks(file, MONDAY + days * DAY) if one.about == "f")
        return found.overdue, found.soon

    assert seen(0) == (False, False)
    assert seen(2.9) == (False, False)  # soon is within seven days
    assert seen(3) == (False, True)
    assert seen(10) == (False, True)
    assert seen(10.1) == (True, False)
    done = made(FollowUp, "f", kind="for_service", due=MONDAY + 10 * DAY, done_at=MONDAY + DAY)
    assert not [one for one in tasks(case_file(assessment(), plan(), done), MONDAY) if one.about == "f"]


def test_appointments_answers_and_reviews_are_waited_for() -> None:
    appointed = made(
        Service, "s", kind="health", provider="x", status=ServiceStatus.APPOINTED, appointment_at=MONDAY + 2 * DAY
    )
    file = case_file(assessment(), plan(review_at=MONDAY + 5 * DAY), appointed, sent(TransitionStatus.IN_PROGRESS))
    kinds = [one.kind for one in tasks(file, MONDAY)]
    assert kinds == [TaskKind.SERVICE, TaskKind.TRANSITION, TaskKind.CASE_PLAN, TaskKind.FOLLOW_UP]
    answer = next(one for one in tasks(file, MONDAY) if one.kind is TaskKind.TRANSITION)
    assert answer.due == MONDAY + timedelta(hours=7) + 3 * DAY


def test_a_closed_case_waits_for_nothing_but_an_untold_incident() -> None:
    assert next_due(case_file(status=Status.CLOSED)) is None
    untold = made(Incident, "i", what="…", known_at=MONDAY)
    found = tasks(case_file(untold, status=Status.CLOSED), MONDAY + DAY)
    assert [(one.kind, one.overdue) for one in found] == [(TaskKind.INCIDENT, True), (TaskKind.INCIDENT, False)]
    assert found[0].due == MONDAY + timedelta(hours=1)


def test_the_authority_and_the_people_are_told_by_the_end_of_their_last_day() -> None:
    told: dict[str, Any] = {"what": "…", "known_at": MONDAY, "supervisor_at": MONDAY}

    def waiting(**fields: Any) -> list[tuple[datetime, bool]]:
        incident = made(Incident, "i", **told, **fields)
        found = tasks(case_file(incident, status=Status.CLOSED), MONDAY)
        assert next_due(case_file(incident, status=Status.CLOSED)) == min((one.due for one in found), default=None)
        assert {(one.kind, one.about) for one in found} <= {(TaskKind.INCIDENT, "i")}
        return [(one.due, "institución" in one.text) for one in found]

    risky: dict[str, Any] = {"risk": Risk.HIGH, "risk_known_at": MONDAY + DAY}
    owed = terms(made(Incident, "i", **told, **risky))
    assert owed.authority is not None
    assert owed.people is not None
    authority = (datetime.combine(owed.authority.due, time(18)), True)
    people = (datetime.combine(owed.people.due, time(18)), False)
    assert people != authority
    assert waiting() == [authority]
    assert waiting(**risky) == sorted([authority, people])
    assert waiting(**risky, authority_at=MONDAY) == [people]
    assert waiting(**risky, people_at=MONDAY) == [authority]
    assert waiting(**risky, authority_at=MONDAY, people_at=MONDAY) == []
    assert waiting(risk=Risk.LOW) == []
