"""Lines of a list, found by index.

PostgreSQL knows how its values are spread and chooses its way by itself. SQLite does not, and with the wrong one a search
among a million cases reads them all; so here we first count, up to a limit, how many cases each condition leaves, and
go by the one that leaves fewest. Where none leaves few, the list is read in its order, which then is soon full.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select, tuple_
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from ciberaula.casework.store.protocol import CaseLine, Query, folded
from ciberaula.casework.store.tables import ADDRESSED, INDEX, WORDS
from ciberaula.casework.vocabulary import Risk, Status, Step

FEW = 2000
_LAST = "\U0010ffff"
_COLUMNS = [INDEX.c[name] for name in CaseLine.__slots__]


@dataclass(frozen=True, slots=True)
class _Way:
    """A condition with an index: ``count`` selects the cases that it leaves, ``by`` goes by the index, ``also`` does not.

    ``ordered``: the index gives the cases in the order of the list, so that it serves however many there are.
    """

    count: Select[Any]
    by: ColumnElement[bool]
    also: ColumnElement[bool]
    ordered: bool = False


def find(connection: Connection, query: Query) -> list[CaseLine]:
    """See :meth:`ciberaula.casework.store.protocol.Unit.find`."""
    return [_line(row) for row in connection.execute(statement(connection, query)).mappings()]


def statement(connection: Connection, query: Query) -> Select[Any]:
    """The query in SQL, for the database that it is asked of."""
    ways = list(_ways(query))
    plain = _plain(query)
    order: tuple[ColumnElement[Any], ...] = (INDEX.c.code, INDEX.c.case_id)
    if connection.dialect.name == "sqlite":
        chosen = _choose(connection, ways)
        conditions = [way.by if way is chosen else way.also for way in ways]
        if chosen is not None and not chosen.ordered:
            order = (_aside(INDEX.c.code), _aside(INDEX.c.case_id))
    else:
        conditions = [way.by for way in ways]
    if query.after is not None:
        conditions.append(tuple_(*order) > tuple_(*(literal(one) for one in query.after)))
    return select(*_COLUMNS).where(*conditions, *plain).order_by(*order).limit(query.limit)


def _ways(query: Query) -> Iterator[_Way]:
    """Every condition of the query for which there is an index."""
    if query.owner is not None:
        yield _same(INDEX.c.owner, query.owner)
    if query.group is not None:
        yield _same(INDEX.c.group, query.group)
    if query.addressed_to:
        ids = select(ADDRESSED.c.case_id).where(ADDRESSED.c.user.in_(query.addressed_to))
        yield _Way(ids, INDEX.c.case_id.in_(ids), _aside(INDEX.c.case_id).in_(ids))
    for word in wanted(query.text):
        ids = select(WORDS.c.case_id).where(WORDS.c.word >= word, WORDS.c.word < word + _LAST)
        yield _Way(ids, INDEX.c.case_id.in_(ids), INDEX.c.words.contains(f" {word}", autoescape=True))
    if query.due_before is not None:
        due = INDEX.c.next_due < query.due_before
        yield _Way(select(INDEX.c.case_id).where(due), due, _aside(INDEX.c.next_due) < query.due_before)


def _same(column: ColumnElement[Any], value: str) -> _Way:
    return _Way(select(INDEX.c.case_id).where(column == value), column == value, _aside(column) == value, ordered=True)


def _plain(query: Query) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.status is not None:
        conditions.append(INDEX.c.status == query.status.value)
    if query.step is not None:
        conditions.append(INDEX.c.step == query.step.value)
    return conditions


def _choose(connection: Connection, ways: list[_Way]) -> _Way | None:
    """The way that leaves fewest cases; ``None`` where all leave many and none is in the list's order."""
    best, fewest = None, FEW
    for way in ways:
        some = way.count.limit(fewest + 1).subquery()
        number = connection.scalar(select(func.count()).select_from(some)) or 0
        if number < fewest or (best is None and number <= fewest):
            best, fewest = way, number
        if not fewest:
            break
    return best or next((way for way in ways if way.ordered), None)


def _aside(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column, but not its index: SQLite's unary plus."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


def wanted(text: str) -> list[str]:
    """The words to look for. What no database can hold is nowhere to be found, and is looked for as a question mark."""
    return folded(text.replace("\0", "?").encode(errors="replace").decode()).split()


def _line(row: Any) -> CaseLine:
    values = dict(row)
    values["status"] = Status(values["status"])
    values["step"] = Step(values["step"])
    values["risk"] = None if values["risk"] is None else Risk(values["risk"])
    return CaseLine(**values)
