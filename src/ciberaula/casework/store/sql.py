"""Cases in a database: an SQLite file for one desk, or one PostgreSQL for all desks of a cohort.

Every action leaves at least its audit entry, so every transaction writes; each takes the lock of the chain's end before it
reads (SQLite: the whole file). Transactions therefore run one after the other: nobody decides on a file that somebody
else is changing, and two desks at once keep one chain.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, and_, delete, func, insert, select, true, update
from sqlalchemy.exc import SQLAlchemyError

from ciberaula.casework.audit import DENIED
from ciberaula.casework.entities import AuditEntry, CaseFile, Entity
from ciberaula.casework.snapshot import updated
from ciberaula.casework.store import finding, rows, trouble
from ciberaula.casework.store.engines import BETWEEN, open_engine
from ciberaula.casework.store.protocol import (
    CaseLine,
    Query,
    StoredVersion,
    addressees,
    line_of,
    search_words,
)
from ciberaula.casework.store.tables import ADDRESSED, AUDIT, HEAD, INDEX, NAMES, TABLES, VERSIONS, WORDS
from ciberaula.casework.store.upgrade import upgrade
from ciberaula.errors import UserError
from ciberaula.i18n import _

_STREAMED = 1000  # entries read at a time


class SqlStore:
    """Cases at ``address``: the path of a file, ``sqlite:///…`` or ``postgresql://…``. Threads may share a store.

    Raises ``UserError`` (one line, no password in it) where the database is damaged, out of reach, newer than this
    program or another application's, and where PostgreSQL's driver is missing. Tables are made or brought up to date.
    """

    def __init__(self, address: str) -> None:
        self._thread = threading.local()
        self.engine, self.place = open_engine(address)
        try:
            with self.told():
                upgrade(self.engine, self.place)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def begin(self) -> Iterator["SqlUnit"]:
        """A transaction; see :class:`ciberaula.casework.store.protocol.Store`."""
        if getattr(self._thread, "inside", False):  # it would wait for itself
            raise RuntimeError("a transaction of this store is already open")
        self._thread.inside = True
        try:
            with self.told(), self.engine.begin() as connection:
                yield SqlUnit(connection, self.place)
        finally:
            self._thread.inside = False

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def compact(self) -> None:
        """Have the database write itself anew: until then it keeps what was deleted or replaced."""
        with self.told(), self.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                between = connection.execution_options(**{BETWEEN: True})
                between.exec_driver_sql("VACUUM")
                between.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                between = connection.execution_options(isolation_level="AUTOCOMMIT")
                between.exec_driver_sql("VACUUM FULL versions")

    @contextmanager
    def told(self) -> Iterator[None]:
        """Whatever the database has to complain of becomes a line for people."""
        try:
            yield
        except SQLAlchemyError as error:
            told = trouble.explain(error, self.place)
            if told is None:
                raise
            raise trouble.StoreTrouble(str(told)) from error


@contextmanager
def _sound(place: str) -> Iterator[None]:
    """What was read and is no entity, entry or line is damage: nothing of that sort is ever written."""
    try:
        yield
    except (ValueError, KeyError, TypeError) as error:
        raise trouble.damaged(place) from error


@dataclass(slots=True)
class _Open:
    """A case read in this transaction: its ``file`` and the ``places`` of its entities by table and id."""

    file: CaseFile | None
    places: dict[tuple[str, str], int] = field(default_factory=dict)


class SqlUnit:
    """A transaction. What it read stays true until its end, because nobody else can write meanwhile."""

    def __init__(self, connection: Connection, place: str) -> None:
        self._connection = connection
        self._place = place
        self._open: dict[str, _Open] = {}
        found = connection.execute(select(HEAD.c.seq, HEAD.c.digest).where(HEAD.c.id == 1).with_for_update()).first()
        if found is None:
            raise trouble.damaged(place)
        self._head: tuple[int, str] = (found.seq, found.digest)

    @property
    def connection(self) -> Connection:
        """The transaction itself, for what is kept beside the cases."""
        return self._connection

    def case_file(self, case_id: str) -> CaseFile | None:
        return self._opened(case_id).file

    def _opened(self, case_id: str) -> _Open:
        found = self._open.get(case_id)
        if found is None:
            found = self._open[case_id] = self._read(case_id)
        return found

    def _read(self, case_id: str) -> _Open:
        of_case = and_(VERSIONS.c.case_id == case_id, VERSIONS.c.current == true())
        columns = (VERSIONS.c.kind, VERSIONS.c.entity_id, VERSIONS.c.place, VERSIONS.c.body)
        places: dict[tuple[str, str], int] = {}
        entities = []
        with _sound(self._place):
            for kind, entity_id, place, body in self._connection.execute(
                select(*columns).where(of_case).order_by(VERSIONS.c.place)
            ):
                places[kind, entity_id] = place
                entities.append(rows.entity(kind, body))
        return _Open(updated(None, entities), places)

    def put(self, entities: Iterable[Entity], action_id: str) -> None:
        by_case: dict[str, list[Entity]] = {}
        for entity in entities:
            by_case.setdefault(entity.case_id, []).append(entity)
        for case_id, some in by_case.items():
            opened = self._opened(case_id)
            before, after = opened.file, updated(opened.file, some)
            if after is None:
                raise UserError(_("No hay un caso «{case}»: ábralo antes de guardar algo en él.").format(case=case_id))
            for entity in some:
                self._write(opened, entity, action_id)
            opened.file = after
            self._list(before, after)

    def _write(self, opened: _Open, entity: Entity, action_id: str) -> None:
        kind, table = NAMES[type(entity)], TABLES[type(entity)]
        place = opened.places.get((kind, entity.id))
        values = rows.row(entity)
        if place is None:
            place = opened.places[kind, entity.id] = len(opened.places) + 1
            self._connection.execute(insert(table), values)
        else:
            same = and_(table.c.case_id == entity.case_id, table.c.id == entity.id)
            self._connection.execute(update(table).where(same), values)
            earlier = and_(
                VERSIONS.c.case_id == entity.case_id,
                VERSIONS.c.entity_id == entity.id,
                VERSIONS.c.kind == kind,
                VERSIONS.c.current == true(),
            )
            self._connection.execute(update(VERSIONS).where(earlier), {"current": False})
        self._keep(entity, action_id, place, current=True)

    def set_aside(self, entity: Entity, action_id: str) -> None:
        place = self._opened(entity.case_id).places.get((NAMES[type(entity)], entity.id), 0)
        self._keep(entity, action_id, place, current=False)

    def _keep(self, entity: Entity, action_id: str, place: int, *, current: bool) -> None:
        values = {
            "case_id": entity.case_id,
            "kind": NAMES[type(entity)],
            "entity_id": entity.id,
            "place": place,
            "action_id": action_id,
            "current": current,
            "set_aside": not current,
            "body": rows.body(entity),
        }
        self._connection.execute(insert(VERSIONS), values)

    def _list(self, before: CaseFile | None, after: CaseFile) -> None:
        """Bring what lists show of a case into step with its file."""
        case_id = after.case.id
        new = line_of(after)
        old = None if before is None else line_of(before)
        if new != old:
            self._write_line(new, is_new=old is None)
        if old is None or (old.code, old.name) != (new.code, new.name):
            self._connection.execute(delete(WORDS).where(WORDS.c.case_id == case_id))
            self._write_words(new)
        receivers = addressees(after)
        if receivers != (frozenset() if before is None else addressees(before)):
            self._connection.execute(delete(ADDRESSED).where(ADDRESSED.c.case_id == case_id))
            if receivers:
                sent = [{"user": user, "case_id": case_id} for user in sorted(receivers)]
                self._connection.execute(insert(ADDRESSED), sent)

    def list_again(self, case_id: str) -> None:
        """What lists show of a case whose versions were rewritten in their place (an erasure)."""
        self._open.pop(case_id, None)
        self._connection.execute(delete(WORDS).where(WORDS.c.case_id == case_id))
        file = self.case_file(case_id)
        if file is None:
            return
        line = line_of(file)
        self._write_line(line, is_new=False)
        self._write_words(line)

    def _write_line(self, line: CaseLine, *, is_new: bool) -> None:
        words = "".join(f" {word}" for word in sorted(search_words(line.code, line.name)))
        values = {**rows.row(line), "words": words}
        if is_new:
            self._connection.execute(insert(INDEX), values)
        else:
            self._connection.execute(update(INDEX).where(INDEX.c.case_id == line.case_id), values)

    def _write_words(self, line: CaseLine) -> None:
        words = [{"word": word, "case_id": line.case_id} for word in sorted(search_words(line.code, line.name))]
        if words:
            self._connection.execute(insert(WORDS), words)

    def append(self, entry: AuditEntry) -> None:
        if (entry.seq - 1, entry.previous) != self._head:
            raise UserError(
                _("El asiento {seq} no sigue al último de la bitácora: vuelva a intentarlo.").format(seq=entry.seq)
            )
        self._connection.execute(insert(AUDIT), rows.row(entry))
        self._head = (entry.seq, entry.digest)
        self._connection.execute(update(HEAD).where(HEAD.c.id == 1), {"seq": entry.seq, "digest": entry.digest})

    def head(self) -> tuple[int, str]:
        return self._head

    def done(self, action_id: str) -> bool:
        of_action = and_(AUDIT.c.action_id == action_id, AUDIT.c.kind != DENIED)
        return self._connection.scalar(select(func.count()).where(of_action)) != 0

    def find(self, query: Query) -> list[CaseLine]:
        with _sound(self._place):
            return finding.find(self._connection, query)

    def audit(self, case_id: str | None = None, limit: int | None = None) -> list[AuditEntry]:
        statement = select(AUDIT).order_by(AUDIT.c.seq.desc()).limit(limit)
        if case_id is not None:
            statement = statement.where(AUDIT.c.case_id == case_id)
        with _sound(self._place):
            found = [rows.entry(row) for row in self._connection.execute(statement).mappings()]
        return found[::-1]

    def entries(self) -> Iterator[AuditEntry]:
        reader = self._connection.execution_options(yield_per=_STREAMED)
        found = reader.execute(select(AUDIT).order_by(AUDIT.c.seq)).mappings()
        while True:
            with _sound(self._place):
                row = next(found, None)
                entry = None if row is None else rows.entry(row)
            if entry is None:
                return
            yield entry  # outside: what its reader makes of it is no damage

    def versions(self, entity_id: str) -> list[StoredVersion]:
        of_entity = select(VERSIONS).where(VERSIONS.c.entity_id == entity_id).order_by(VERSIONS.c.n)
        with _sound(self._place):
            return [
                StoredVersion(rows.entity(row.kind, row.body), row.action_id, row.current, row.set_aside)
                for row in self._connection.execute(of_entity)
            ]
