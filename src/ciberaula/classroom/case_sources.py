"""What a document takes from a case file: named sources, each a short text.

A template's field may say ``source: assessment.facts``; what the desk holds then stands there to begin with. Only what a
document needs is here, so that a template can't take out the whole file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ciberaula.casework.calendars import in_words
from ciberaula.casework.entities import (
    Assessment,
    CaseFile,
    Concern,
    Consent,
    Contact,
    Household,
    Note,
    Person,
    Plan,
    Relation,
)
from ciberaula.casework.vocabulary import Purpose, label
from ciberaula.casework.words import AREAS, CONNECTIONS, DEVICES, LANGUAGES, word
from ciberaula.casework.workflow import step
from ciberaula.i18n import _, ngettext

_SUSTAINING = ("support", "carer")


@dataclass(frozen=True)
class CaseSource:
    """A case file and the names of whoever is no person of it (id -> name)."""

    file: CaseFile
    names: Mapping[str, str]

    def name(self, id: str) -> str:
        """How people call whoever has that id."""
        person = self.file.get(Person, id)
        return person.name if person is not None else self.names.get(id, id)

    def text(self, source: str) -> str:
        """What the case says there; empty where it says nothing."""
        return SOURCES[source](self)


def _subject(case: CaseSource) -> Person | None:
    return case.file.get(Person, case.file.case.subject)


def _of_subject(read: Callable[[Person], str]) -> Callable[[CaseSource], str]:
    def text(case: CaseSource) -> str:
        found = _subject(case)
        return read(found) if found is not None else ""

    return text


def _age(person: Person) -> str:
    return "" if person.age is None else ngettext("{n} año", "{n} años", person.age).format(n=person.age)


def _household(case: CaseSource) -> str:
    found = case.file.last(Household)
    if found is None:
        return ""
    return _("{canton}. Zona: {area}. Equipo: {device}. Conexión: {connection}.").format(
        canton=found.canton,
        area=word(AREAS, found.area).lower(),
        device=word(DEVICES, found.device).lower(),
        connection=word(CONNECTIONS, found.connection).lower(),
    )


def _members(case: CaseSource) -> str:
    found = case.file.last(Household)
    others = [one for one in case.file.of(Person) if found is None or not found.members or one.id in found.members]
    return "\n".join(", ".join(part for part in (one.name, one.relation, _age(one)) if part) for one in others)


def _concerns(case: CaseSource) -> str:
    return "\n".join(one.detail for one in case.file.of(Concern))


def _networks(case: CaseSource) -> str:
    subject = case.file.case.subject
    ties = [one for one in case.file.of(Relation) if subject in (one.one, one.other) and one.kind in _SUSTAINING]
    return "\n".join(case.name(one.other if one.one == subject else one.one) for one in ties)


def _agreements(case: CaseSource) -> str:
    lines = []
    for one in case.file.of(Consent):
        whom = ", ".join([*map(case.name, one.to), *map(label, one.channels)])
        answer = _("se retiró") if one.withdrawn_at else _("sí") if one.granted else _("no")
        about = f"{label(one.purpose)} ({whom})" if whom and one.purpose is not Purpose.SERVICES else label(one.purpose)
        lines.append(f"{about}: {answer}. {one.how}".strip())
    return "\n".join(lines)


def _of_last(kind: type[Assessment | Plan | Note], read: Callable[..., str]) -> Callable[[CaseSource], str]:
    def text(case: CaseSource) -> str:
        found = case.file.last(kind)
        return read(found) if found is not None else ""

    return text


def _goals(plan: Plan) -> str:
    return "\n".join(
        _("{need}. Meta: {goal}. Acción: {action}. Quién: {who}. Fecha: {date}.").format(
            need=one.need, goal=one.goal, action=one.action, who=one.who, date=in_words(one.due.date())
        )
        for one in plan.goals
    )


def _restrictions(case: CaseSource) -> str:
    plan = case.file.last(Plan)
    if plan is None:
        return ""
    return "\n".join(
        _("{who}: {channels}. {reason}")
        .format(
            who=case.name(one.who),
            channels=", ".join(map(label, one.channels)) or _("ningún contacto, tampoco por redes sociales"),
            reason=one.reason,
        )
        .strip()
        for one in plan.restrictions
    )


def _last_contact(case: CaseSource) -> str:
    found = case.file.last(Contact)
    if found is None:
        return ""
    return _("{channel} con {who}, {date} a las {time}").format(
        channel=label(found.channel),
        who=case.name(found.who),
        date=in_words(found.made_at.date()),
        time=f"{found.made_at:%H:%M}",
    )


def _moment(note: Note) -> str:
    return f"{in_words(note.happened_at.date())}, {note.happened_at:%H:%M}"


SOURCES: Mapping[str, Callable[[CaseSource], str]] = MappingProxyType(
    {
        "case.code": lambda case: case.file.case.code,
        "case.opened": lambda case: in_words(case.file.case.opened_at.date()),
        "case.step": lambda case: label(step(case.file)),
        "case.risk": lambda case: label(case.file.case.risk) if case.file.case.risk else "",
        "case.owner": lambda case: case.name(case.file.case.owner),
        "subject.name": _of_subject(lambda one: one.name),
        "subject.age": _of_subject(_age),
        "subject.language": _of_subject(lambda one: word(LANGUAGES, one.language)),
        "subject.access": _of_subject(lambda one: one.access_needs),
        "subject.contact": _of_subject(lambda one: one.phone_note),
        "household.text": _household,
        "household.members": _members,
        "concerns": _concerns,
        "networks": _networks,
        "consents": _agreements,
        "assessment.facts": _of_last(Assessment, lambda one: one.facts),
        "assessment.opinion": _of_last(Assessment, lambda one: one.opinion),
        "plan.goals": _of_last(Plan, _goals),
        "plan.safe_contact": _of_last(Plan, lambda one: one.safe_contact),
        "plan.review": _of_last(Plan, lambda one: in_words(one.review_at.date()) if one.review_at else ""),
        "plan.restrictions": _restrictions,
        "contact.last": _last_contact,
        "note.when": _of_last(Note, _moment),
        "note.facts": _of_last(Note, lambda one: one.facts),
        "note.opinion": _of_last(Note, lambda one: one.opinion),
        "note.next": _of_last(Note, lambda one: one.next),
    }
)
"""Name of a source -> what it says of a case."""
