"""Handling of security incidents: the terms for telling the authority and the people, from the dated legal file.

Nothing here is legal advice. In Ecuador the authority is told within a *término* from knowing the breach (LOPDP art. 43)
and the people within one from knowing the risk to them (art. 46); how a *término* is counted is known through commentary
only, which every :class:`Term` says. No number stands here: all come from ``legal.yml``.
"""

import datetime as dt
from dataclasses import dataclass

from ciberaula.casework.entities import Incident
from ciberaula.casework.legal import parameter, phrase
from ciberaula.casework.terms import deadline
from ciberaula.casework.vocabulary import Risk
from ciberaula.errors import UserError
from ciberaula.i18n import _

AUTHORITY, PEOPLE = "ec.breach.authority", "ec.breach.subject"
_AT_RISK = (Risk.MEDIUM, Risk.HIGH)


@dataclass(frozen=True, slots=True)
class Term:
    """A notice: last day for it, when it was given, the rule in words, and what is not certain about the count."""

    due: dt.date
    given_at: dt.datetime | None
    rule: str
    reservation: str

    @property
    def late(self) -> bool:
        """Was it given after its last day?"""
        return self.given_at is not None and self.given_at.date() > self.due


@dataclass(frozen=True, slots=True)
class IncidentTerms:
    """What is still to be done about an incident. A term is ``None`` where it is not owed as far as is known now."""

    authority: Term | None
    people: Term | None
    next_step: str


def terms(incident: Incident) -> IncidentTerms:
    """The terms of ``incident``.

    The authority is owed a notice unless the risk is improbable: a low rating leaves it out, and says that the decision
    is the institution's. People are owed one where their rights are at risk (a medium or high rating).
    """
    low = incident.risk is Risk.LOW
    authority = None if low else _term(AUTHORITY, incident.known_at, incident.authority_at)
    people = None
    if incident.risk in _AT_RISK:
        people = _term(PEOPLE, incident.risk_known_at or incident.known_at, incident.people_at)
    return IncidentTerms(authority, people, _next_step(incident))


def _term(id: str, known: dt.datetime, given: dt.datetime | None) -> Term:
    rule = parameter(id)
    try:
        found = deadline(known, int(rule.amount), "days", rule.count or "termino")
        reservation = found.reservation
    except UserError:  # no holidays are compiled for that year: a task that comes early is better than none
        found = deadline(known, int(rule.amount), "days", "plazo")
        reservation = _("No tenemos los feriados de ese año: se contaron todos los días, así que puede vencer después.")
    due = found.due.date() if isinstance(found.due, dt.datetime) else found.due
    return Term(due, given, phrase(id), reservation)


def people_untold(incident: Incident) -> bool:
    """Are people owed a notice that was not given?"""
    return incident.risk in _AT_RISK and incident.people_at is None


def _next_step(incident: Incident) -> str:
    if incident.contained_at is None:
        return _("Contenga primero: que el daño no siga creciendo.")
    if incident.supervisor_at is None:
        return _("Avise a quien supervisa, ahora.")
    if incident.risk is None:
        return _("Valore el riesgo para las personas, con quien supervisa.")
    if incident.risk is Risk.LOW:
        return _("Deje por escrito por qué el riesgo es improbable; que no haya aviso lo decide la institución.")
    if incident.people_at is None and incident.authority_at is None:
        return _("Prepare con quien supervisa los avisos a las personas y a la autoridad.")
    if incident.people_at is None:
        return _("Falta el aviso a las personas, en lenguaje claro.")
    if incident.authority_at is None:
        return _("Falta el aviso a la autoridad, que da la institución.")
    return _("Registre lo aprendido: qué cambia para que no se repita.")
