"""The virtual case desk: the one door through which cases are seen and changed.

Every look and every change passes the policy and leaves exactly one audit entry, in the same transaction; a refused
attempt leaves one too. Nothing is done twice under one ``action_id``, so that a desk that was offline can send again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ciberaula.casework.audit import ChainCheck
from ciberaula.casework.entities import Actor, AuditEntry, CaseFile, Entity
from ciberaula.casework.store.protocol import CaseLine, Query, Store
from ciberaula.casework.workflow import Task


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: the parsed ``action``, what it put, its audit ``entry``; ``line`` tells of a side effect (Spanish).

    ``repeated``: it had been done before under the same ``action_id``, and nothing was changed now.
    """

    action: Any
    entities: tuple[Entity, ...]
    entry: AuditEntry
    line: str = ""
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """A case as one user may see it: ``file`` holds nothing else. ``entries``: for the part ``audit``."""

    file: CaseFile
    visible: frozenset[str]
    entry: AuditEntry
    entries: tuple[AuditEntry, ...] = field(default=())


class Desk:
    """The desk over a ``store``. ``clock`` gives the simulated present; ``organisations``: id -> user who answers there."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], *, organisations: Mapping[str, str] | None = None
    ) -> None:
        self.store = store
        self.clock = clock
        self.organisations = dict(organisations or {})

    def do(self, actor: Actor, action: Any, *, action_id: str) -> Done:
        """Do ``action`` (a model of :mod:`ciberaula.casework.actions` or a mapping). Raises ``Denied`` or ``UserError``."""
        raise NotImplementedError

    def look(self, actor: Actor, case_id: str, part: str = "file", *, action_id: str) -> View:
        """Open a case, or a part of its file."""
        raise NotImplementedError

    def find(self, actor: Actor, query: Query, *, action_id: str) -> list[CaseLine]:
        """Cases within the actor's scope that fit."""
        raise NotImplementedError

    def tasks(self, actor: Actor) -> list[Task]:
        """What is due in the actor's own cases, and what was addressed to her; the earliest first."""
        raise NotImplementedError

    def audit(self, case_id: str | None = None) -> list[AuditEntry]:
        """The audit of a case, or of the whole desk."""
        raise NotImplementedError

    def verify(self) -> ChainCheck:
        """Check the whole chain."""
        raise NotImplementedError
