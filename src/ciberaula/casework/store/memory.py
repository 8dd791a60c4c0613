"""A store in memory: for a story, a simulation of many cases, and the replay of a log.

Files are immutable snapshots, so a transaction only has to remember what it replaced. One thread uses it at a time, and
one transaction is open at a time.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from types import TracebackType

from ciberaula.casework.audit import DENIED
from ciberaula.casework.entities import AuditEntry, CaseFile, Entity, Person
from ciberaula.casework.snapshot import updated
from ciberaula.casework.store.protocol import CaseLine, Query, StoredVersion, addressees, folded, line_of, search_words
from ciberaula.errors import UserError
from ciberaula.i18n import _

_Kept = tuple[Entity, str, bool]  # an entity, the action that put it, whether it was set aside


class MemoryStore:
    """Cases in memory. Lines are computed when somebody looks for them, not at every change."""

    def __init__(self) -> None:
        self.files: dict[str, CaseFile] = {}
        self.kept: dict[str, list[_Kept]] = {}
        self.chain: list[AuditEntry] = []
        self.chain_of: dict[str, list[AuditEntry]] = {}
        self.applied: set[str] = set()
        self._indexed: dict[str, _Indexed] = {}
        self._unit: MemoryUnit | None = None

    def begin(self) -> "_Transaction":
        """A transaction; see :class:`ciberaula.casework.store.protocol.Store`."""
        return _Transaction(self)

    def close(self) -> None:
        """Nothing to let go of: what it holds goes with it."""

    def indexed(self, case_id: str) -> "_Indexed":
        """What a case is found by, computed anew where its file changed since."""
        file = self.files[case_id]
        found = self._indexed.get(case_id)
        if found is None or found.file is not file:
            found = _Indexed(file)
            self._indexed[case_id] = found
        return found


class _Indexed:
    """A file with the words it is found by and to whom it was sent; its line is made when it is first asked for."""

    __slots__ = ("_line", "addressees", "file", "place", "words")

    def __init__(self, file: CaseFile) -> None:
        subject = file.get(Person, file.case.subject)
        self.file = file
        self.place = (file.case.code, file.case.id)
        self.words = search_words(file.case.code, subject.name if subject else "")
        self.addressees = addressees(file)
        self._line: CaseLine | None = None

    @property
    def line(self) -> CaseLine:
        if self._line is None:
            self._line = line_of(self.file)
        return self._line


class _Transaction:
    """The ``with`` block around a unit."""

    __slots__ = ("_store", "_unit")

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def __enter__(self) -> "MemoryUnit":
        if self._store._unit is not None:
            raise RuntimeError("a transaction of this store is already open")
        self._unit = self._store._unit = MemoryUnit(self._store)
        return self._unit

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store._unit = None
        if kind is not None:
            self._unit.undo()


class MemoryUnit:
    """A transaction that writes through and knows how to take everything back."""

    __slots__ = ("_appended", "_applied", "_before", "_put", "_store")

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._before: dict[str, CaseFile | None] = {}
        self._put: list[str] = []
        self._appended: list[AuditEntry] = []
        self._applied: list[str] = []

    def case_file(self, case_id: str) -> CaseFile | None:
        return self._store.files.get(case_id)

    def put(self, entities: Iterable[Entity], action_id: str) -> None:
        by_case: dict[str, list[Entity]] = {}
        for entity in entities:
            by_case.setdefault(entity.case_id, []).append(entity)
        files = self._store.files
        for case_id, some in by_case.items():
            before = files.get(case_id)
            file = updated(before, some)
            if file is None:
                raise UserError(_("No hay un caso «{case}»: ábralo antes de guardar algo en él.").format(case=case_id))
            self._before.setdefault(case_id, before)
            files[case_id] = file
            for entity in some:
                self._keep(entity, action_id, False)

    def set_aside(self, entity: Entity, action_id: str) -> None:
        self._keep(entity, action_id, True)

    def _keep(self, entity: Entity, action_id: str, aside: bool) -> None:
        self._store.kept.setdefault(entity.id, []).append((entity, action_id, aside))
        self._put.append(entity.id)

    def append(self, entry: AuditEntry) -> None:
        store = self._store
        if (entry.seq - 1, entry.previous) != self.head():
            raise UserError(
                _("El asiento {seq} no sigue al último de la bitácora: vuelva a intentarlo.").format(seq=entry.seq)
            )
        store.chain.append(entry)
        store.chain_of.setdefault(entry.case_id, []).append(entry)
        self._appended.append(entry)
        if entry.kind != DENIED and entry.action_id not in store.applied:
            store.applied.add(entry.action_id)
            self._applied.append(entry.action_id)

    def head(self) -> tuple[int, str]:
        chain = self._store.chain
        return (chain[-1].seq, chain[-1].digest) if chain else (0, "")

    def done(self, action_id: str) -> bool:
        return action_id in self._store.applied

    def find(self, query: Query) -> list[CaseLine]:
        wanted = folded(query.text).split()
        # The file itself answers most filters at once; a line, which takes the workflow, is made only for what is left.
        found = [
            self._store.indexed(case_id)
            for case_id, file in self._store.files.items()
            if (query.owner is None or file.case.owner == query.owner)
            and (query.group is None or file.case.group == query.group)
            and (query.status is None or file.case.status is query.status)
        ]
        fitting = sorted((one for one in found if _fits(one, query, wanted)), key=lambda one: one.place)
        return [one.line for one in (fitting if query.limit is None else fitting[: query.limit])]

    def audit(self, case_id: str | None = None, limit: int | None = None) -> list[AuditEntry]:
        chain = self._store.chain if case_id is None else self._store.chain_of.get(case_id, [])
        return chain[-limit:] if limit else chain[:] if limit is None else []

    def entries(self) -> Iterator[AuditEntry]:
        return iter(self._store.chain)

    def versions(self, entity_id: str) -> list[StoredVersion]:
        kept = self._store.kept.get(entity_id, [])
        # The same id may name a person in two cases: the current version is the last one put into each of them.
        last = {(type(entity), entity.case_id): n for n, (entity, _action, aside) in enumerate(kept) if not aside}
        return [
            StoredVersion(entity, action_id, last.get((type(entity), entity.case_id)) == n, aside)
            for n, (entity, action_id, aside) in enumerate(kept)
        ]

    def undo(self) -> None:
        """Take back everything done in this transaction."""
        store = self._store
        for case_id, file in self._before.items():
            if file is None:
                del store.files[case_id]
            else:
                store.files[case_id] = file
        for entity_id in reversed(self._put):
            kept = store.kept[entity_id]
            kept.pop()
            if not kept:
                del store.kept[entity_id]
        for entry in reversed(self._appended):
            store.chain.pop()
            store.chain_of[entry.case_id].pop()
        store.applied.difference_update(self._applied)


def _fits(found: _Indexed, query: Query, wanted: list[str]) -> bool:
    return (
        all(any(word.startswith(one) for word in found.words) for one in wanted)
        and (not query.addressed_to or not found.addressees.isdisjoint(query.addressed_to))
        and (query.after is None or found.place > query.after)
        and (query.step is None or found.line.step is query.step)
        and (query.due_before is None or _due_before(found.line, query.due_before))
    )


def _due_before(line: CaseLine, moment: datetime) -> bool:
    return line.next_due is not None and line.next_due < moment
