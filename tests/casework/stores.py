"""Stores to test on: memory, an SQLite file and PostgreSQL, and what must hold in each of them at any time."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ciberaula.casework.audit import CHANGE, verify
from ciberaula.casework.store.memory import MemoryStore
from ciberaula.casework.store.protocol import Query, Store, line_of
from ciberaula.casework.store.rows import entity, row
from ciberaula.casework.store.sql import SqlStore
from ciberaula.casework.store.tables import NAMES, TABLES, VERSIONS
from tests.casework.postgres import Postgres, running

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests; each of them gets databases of its own."""
    with running() as server:
        yield server


@pytest.fixture(params=DATABASES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new database without a case, one of each sort."""
    return address_of(request.param, request, tmp_path)


@pytest.fixture
def database(address: str) -> Iterator[SqlStore]:
    """A new store in a database of each sort."""
    store = SqlStore(address)
    yield store
    store.close()


@pytest.fixture(params=("memory", *DATABASES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A new store of each sort."""
    made: Store = MemoryStore() if request.param == "memory" else SqlStore(address_of(request.param, request, tmp_path))
    yield made
    made.close()


def address_of(sort: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The address of a new database of that sort, without a case."""
    if sort == "sqlite":
        return str(folder / "casos.db")
    server: Postgres = request.getfixturevalue("postgres")
    if not server.template:  # tables take longer to make than to copy
        made = server.database()
        SqlStore(made).close()
        server.template = made.partition("@/")[2].partition("?")[0]
    return server.database(server.template)


def assert_whole(store: SqlStore) -> int:
    """Nothing is there by half: the chain, the versions, the tables and the lists tell the same. Gives the entries."""
    with store.begin() as unit:
        entries = list(unit.entries())
        check = verify(entries, unit.head())
        assert check.ok, check.line
        for line in unit.find(Query(limit=None)):
            file = unit.case_file(line.case_id)
            assert file is not None
            assert line == line_of(file)
    with store.engine.begin() as connection:
        put = Counter(connection.scalars(select(VERSIONS.c.action_id).where(~VERSIONS.c.set_aside)))
        assert put == Counter({one.action_id: len(one.entities) for one in entries if one.kind == CHANGE})
        current = [
            (one.kind, row(entity(one.kind, one.body)))
            for one in connection.execute(select(VERSIONS).where(VERSIONS.c.current))
        ]
        for kind, table in TABLES.items():
            rows = [dict(one) for one in connection.execute(select(table)).mappings()]
            expected = [values for name, values in current if name == NAMES[kind]]
            assert sorted(rows, key=_key) == sorted(expected, key=_key)
        assert len(current) == sum(
            connection.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES.values()
        )
    return len(entries)


def _key(values: dict[str, object]) -> tuple[object, object]:
    return values["case_id"], values["id"]
