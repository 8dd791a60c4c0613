"""What the desk asks of a store: one transaction at a time, everything or nothing, and no version ever lost.

Two stores keep to it: :mod:`ciberaula.casework.store.memory` (a story, a simulation, a replay) and
:mod:`ciberaula.casework.store.sql` (SQLite or PostgreSQL). The same test suite runs on both. A store knows no rules and
writes no entry by itself: :class:`ciberaula.casework.desk.Desk` is the only one who should put anything into it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ciberaula.casework import workflow
from ciberaula.casework.entities import AuditEntry, CaseFile, Document, Entity, Person, Transition
from ciberaula.casework.vocabulary import Risk, Status, Step, TransitionKind, TransitionStatus

OPEN_KINDS = frozenset({TransitionKind.REFERRAL, TransitionKind.TRANSFER})
OPEN_STATUS = frozenset({TransitionStatus.IN_PROGRESS, TransitionStatus.ACCEPTED})


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as a list shows it and a store indexes it; ``name`` is the subject's.

    ``step``, ``risk`` and ``next_due`` are ``None`` for somebody who sees basic identity only (the desk blanks them).
    ``next_due`` does not depend on the present: it is when the next task of the case is due, or ``None``.
    """

    case_id: str
    code: str
    name: str
    status: Status
    step: Step | None
    risk: Risk | None
    owner: str
    group: str
    next_due: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to find: all that is given must hold. Lines come by ``code``, then ``case_id``.

    ``text``: each of its words begins a word of the code or of the subject's name, whatever the case of its letters and
    its accents (:func:`search_words`). ``due_before``: ``next_due`` is earlier. ``addressed_to``: a referral or
    transfer, pending or accepted, or a document went to one of these ids (:func:`addressees`). ``limit``: at most so
    many lines. ``after``: only lines past this ``(code, case_id)``, that of the last line of the page before.
    """

    text: str = ""
    owner: str | None = None
    group: str | None = None
    status: Status | None = None
    step: Step | None = None
    due_before: datetime | None = None
    addressed_to: tuple[str, ...] = ()
    limit: int | None = 50
    after: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version of an entity and the action that put it. ``set_aside``: it lost a conflict and was never current."""

    entity: Entity
    action_id: str
    current: bool
    set_aside: bool


class Unit(Protocol):
    """One transaction. What it reads includes what it put."""

    def case_file(self, case_id: str) -> CaseFile | None:
        """The whole case in its current versions, or ``None``. It is a snapshot: later puts do not change it."""

    def put(self, entities: Iterable[Entity], action_id: str) -> None:
        """New entities, or newer versions of them; earlier versions stay readable.

        Ids are unique within a case and kind. The ``Case`` comes first where the case is new.
        """

    def set_aside(self, entity: Entity, action_id: str) -> None:
        """Keep a version that does not become current (it lost a conflict)."""

    def append(self, entry: AuditEntry) -> None:
        """The next entry of the chain. Raises ``UserError`` where its ``seq`` does not follow the head."""

    def head(self) -> tuple[int, str]:
        """``seq`` and ``digest`` of the last entry; (0, "") at first. On a shared store it locks the chain."""

    def done(self, action_id: str) -> bool:
        """Is there an entry of that action that is not ``denied``? A refused attempt may be made again."""

    def find(self, query: Query) -> list[CaseLine]:
        """Lines that fit, by ``code`` and ``case_id``."""

    def audit(self, case_id: str | None = None, limit: int | None = None) -> list[AuditEntry]:
        """The last ``limit`` entries (all by default) of a case, or of the store, oldest first."""

    def entries(self) -> Iterator[AuditEntry]:
        """The whole chain in order, streamed."""

    def versions(self, entity_id: str) -> list[StoredVersion]:
        """All versions of the entity with that id, in the order in which they were put or set aside."""


class Store(Protocol):
    """Where cases are kept."""

    def begin(self) -> AbstractContextManager[Unit]:
        """A transaction: committed at the end of the block, rolled back whole on any exception."""

    def close(self) -> None:
        """Let go of files and connections; the store is not used afterwards."""


def line_of(file: CaseFile) -> CaseLine:
    """The line of a case: what a store keeps beside it to find it by."""
    case = file.case
    subject = file.get(Person, case.subject)
    return CaseLine(
        case_id=case.id,
        code=case.code,
        name=subject.name if subject else "",
        status=case.status,
        step=workflow.step(file),
        risk=case.risk,
        owner=case.owner,
        group=case.group,
        next_due=workflow.next_due(file),
    )


def addressees(file: CaseFile) -> frozenset[str]:
    """To whom the case was referred or is being transferred, pending or accepted, and with whom a document is shared."""
    sent = (one.to for one in file.of(Transition) if one.kind in OPEN_KINDS and one.status in OPEN_STATUS)
    return frozenset((*sent, *(to for one in file.of(Document) for to in one.shared_with)))


def folded(text: str) -> str:
    """``text`` as it is searched: lower case, without accents."""
    return "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))


def search_words(code: str, name: str) -> frozenset[str]:
    """The words by which a case is found: those of its name and code, whole and in parts («sim-114», «sim», «114»)."""
    whole = folded(f"{code} {name}").split()
    return frozenset(whole) | {part for one in whole for part in re.findall(r"\w+", one)}
