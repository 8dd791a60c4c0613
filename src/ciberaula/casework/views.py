"""What somebody sees of a case: the whole file, one part of it, or basic identity and the kinds of data sent to her.

Who gets which is for :func:`ciberaula.casework.policy.may_see`; here the rest of the file is left out. What is not
named here as visible to a receiver is not: notes, plan, risk, consents and contacts never are.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from ciberaula.casework.entities import (
    Case,
    CaseFile,
    Concern,
    Contact,
    Document,
    Entity,
    Household,
    Note,
    Person,
    Relation,
    Service,
    Transition,
)
from ciberaula.casework.snapshot import updated
from ciberaula.casework.vocabulary import Data, TransitionKind

# The kinds of entities in each part of a file; ``file`` is all of them.
PARTS: dict[str, frozenset[type[Entity]]] = {
    "identity": frozenset({Case, Person, Relation, Household}),
    "notes": frozenset({Case, Note, Contact}),
    "documents": frozenset({Case, Document}),
    "audit": frozenset({Case}),
}
FOR_RECEIVERS = frozenset({"file", "identity"})

# Which kind of data tells of a protection concern (Primero's ids). A concern in other words is not shown to a receiver:
# what it tells is in what was sent, not guessed from the file.
_CONCERNS: dict[str, Data] = {
    "sexually_exploited": Data.VIOLENCE,
    "gbv_survivor": Data.VIOLENCE,
    "trafficked_smuggled": Data.VIOLENCE,
    "statelessness": Data.MIGRATION,
    "migrant": Data.MIGRATION,
    "refugee": Data.MIGRATION,
    "arrested_detained": Data.JUSTICE,
    "disabled": Data.DISABILITY,
    "serious_health_issue": Data.HEALTH,
}


def part_of(file: CaseFile, part: str) -> CaseFile:
    """``file`` with the entities of ``part`` only."""
    if part not in PARTS:
        return file
    return CaseFile(file.case, {kind: found for kind, found in file.entities.items() if kind in PARTS[part]})


def received(file: CaseFile, visible: frozenset[str], mine: Collection[str], part: str) -> CaseFile:
    """What a receiver sees: basic identity, what the kinds of data in ``visible`` cover, and what was sent to ``mine``.

    ``mine``: the ids under which something is addressed to her.
    """
    seen = updated(None, [_case(file.case), *_people(file, visible)])
    if seen is None:  # not reached: there is always a case
        return file
    if part == "identity":
        return seen
    return updated(seen, _sent(file, visible, mine)) or seen


def _case(case: Case) -> Case:
    return replace(case, risk=None, previous_owner=None, reopened_at=None, closed_at=None)


def _people(file: CaseFile, visible: frozenset[str]) -> Iterator[Entity]:
    family = Data.FAMILY.value in visible
    for person in file.of(Person):
        if person.id == file.case.subject or family:
            reach = person.phone_note if Data.CONTACT.value in visible else ""
            yield replace(person, phone_note=reach)
    if family:
        yield from file.of(Relation)
    if Data.LOCATION.value in visible:
        for household in file.of(Household):
            yield household if family else replace(household, members=())


def _sent(file: CaseFile, visible: frozenset[str], mine: Collection[str]) -> Iterable[Entity]:
    for concern in file.of(Concern):
        kind = _CONCERNS.get(concern.kind)
        if kind is not None and kind.value in visible:
            yield replace(concern, detail="")
    yield from (one for one in file.of(Service) if one.provider in mine)
    for sent in file.of(Transition):
        if sent.to in mine and sent.kind is not TransitionKind.TRANSFER_REQUEST:
            yield replace(sent, override="")
    for document in file.of(Document):
        if not set(document.shared_with).isdisjoint(mine):
            yield replace(document, shared_with=tuple(one for one in document.shared_with if one in mine))
