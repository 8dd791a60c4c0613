"""The life of a security incident. Its terms count from when things were first known, so first times stay."""

from datetime import datetime

from ciberaula.casework.changes.making import Making, change
from ciberaula.casework.entities import Entity, Incident

_TOLD_AT = {"supervisor": "supervisor_at", "authority": "authority_at", "people": "people_at"}


@change("detect_incident")
def _detect(m: Making) -> list[Entity]:
    action = m.action
    return [m.new(Incident, what=action.what, known_at=m.now, data=action.data, people=action.people)]


@change("contain_incident")
def _contain(m: Making) -> list[Entity]:
    known = m.found(Incident, m.action.incident)
    return [
        m.newer(known, contained_at=known.contained_at or m.now, measures=_written(known, m.now, m.action.measures))
    ]


@change("rate_incident")
def _rate(m: Making) -> list[Entity]:
    known, risk = m.found(Incident, m.action.incident), m.action.risk
    since = known.risk_known_at if known.risk is risk else m.now
    return [m.newer(known, risk=risk, risk_known_at=since, measures=_written(known, m.now, m.action.why))]


@change("notify_incident")
def _notify(m: Making) -> list[Entity]:
    known = m.found(Incident, m.action.incident)
    told_at = _TOLD_AT[m.action.whom]
    when = getattr(known, told_at) or m.now
    return [m.newer(known, **{told_at: when}, measures=_written(known, m.now, m.action.text))]


def _written(known: Incident, now: datetime, text: str) -> str:
    """``measures`` is the diary of the incident: why it was rated so and how it was told stay with what was done."""
    line = f"{now:%Y-%m-%d %H:%M} · {text}"
    return f"{known.measures}\n{line}" if known.measures else line
