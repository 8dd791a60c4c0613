"""Incidents follow the dated legal file, and say what is not certain."""

import datetime as dt
from typing import Any

from ciberaula.casework.entities import Incident
from ciberaula.casework.incidents import people_untold, terms
from ciberaula.casework.legal import parameter, phrase
from ciberaula.casework.terms import deadline
from ciberaula.casework.vocabulary import Risk
from tests.casework.files import made

FRIDAY = dt.datetime(2026, 3, 13, 18, 40)


def incident(**fields: Any) -> Incident:
    return made(Incident, "i", what="Una nota llegó a otro grupo.", known_at=FRIDAY, **fields)  # type: ignore[no-any-return]


def test_terms_come_from_the_legal_file() -> None:
    risky = incident(risk=Risk.HIGH, risk_known_at=FRIDAY + dt.timedelta(days=3))
    found = terms(risky)
    assert found.authority is not None
    assert found.people is not None
    law = parameter("ec.breach.authority")
    assert found.authority.due == deadline(FRIDAY, law.amount, "days", "termino").due
    people = parameter("ec.breach.subject")
    # People are counted from knowing the risk, not from knowing the fact.
    assert found.people.due == deadline(FRIDAY + dt.timedelta(days=3), people.amount, "days", "termino").due
    assert found.authority.rule == phrase("ec.breach.authority")
    assert "discusión" in found.authority.reservation


def test_a_weekend_does_not_count() -> None:
    found = terms(incident()).authority
    assert found is not None
    assert found.due > (FRIDAY + dt.timedelta(days=parameter("ec.breach.authority").amount)).date()


def test_who_is_owed_a_notice_depends_on_the_risk() -> None:
    assert terms(incident()).people is None
    assert terms(incident()).authority is not None
    low = terms(incident(risk=Risk.LOW, contained_at=FRIDAY, supervisor_at=FRIDAY))
    assert (low.authority, low.people) == (None, None)
    assert "institución" in low.next_step


def test_people_are_told_where_they_are_at_risk() -> None:
    assert not people_untold(incident())
    assert not people_untold(incident(risk=Risk.LOW))
    for risk in (Risk.MEDIUM, Risk.HIGH):
        assert people_untold(incident(risk=risk))
        assert not people_untold(incident(risk=risk, people_at=FRIDAY))


def test_in_a_year_without_holidays_the_term_comes_early_and_says_so() -> None:
    far = FRIDAY.replace(year=9000)
    found = terms(made(Incident, "i", what="…", known_at=far)).authority
    assert found is not None
    assert found.due == (far + dt.timedelta(days=parameter("ec.breach.authority").amount)).date()
    assert "feriados de ese año" in found.reservation


def test_a_late_notice_is_late() -> None:
    on_time = terms(incident(authority_at=FRIDAY + dt.timedelta(days=1))).authority
    late = terms(incident(authority_at=FRIDAY + dt.timedelta(days=30))).authority
    assert on_time is not None
    assert late is not None
    assert (on_time.late, late.late) == (False, True)
    last_day = dt.datetime.combine(on_time.due, dt.time(23, 59))
    at_last = terms(incident(authority_at=last_day)).authority
    assert at_last is not None and not at_last.late


def test_the_next_step_leads_through_the_response() -> None:
    moment = {
        "contained_at": FRIDAY,
        "supervisor_at": FRIDAY,
        "risk": Risk.HIGH,
        "people_at": FRIDAY,
        "authority_at": FRIDAY,
    }
    told: dict[str, Any] = {}
    steps = [terms(incident()).next_step]
    for name, value in moment.items():
        told[name] = value
        steps.append(terms(incident(**told)).next_step)
    assert len(set(steps)) == len(steps)
    assert steps[0].startswith("Contenga")
