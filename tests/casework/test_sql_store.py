"""The tables, their migrations, the protection of the chain, and by which index a case is found: SQLite and PostgreSQL."""

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from ciberaula.casework.store import finding, upgrade
from ciberaula.casework.store.protocol import Query
from ciberaula.casework.store.rows import row
from ciberaula.casework.store.sql import SqlStore
from ciberaula.casework.store.tables import AUDIT, INDEX, METADATA, WORDS
from ciberaula.casework.vocabulary import Status, Step
from ciberaula.errors import UserError
from tests.casework.postgres import Postgres
from tests.casework.stores import assert_whole
from tests.casework.test_stores import a_case, a_history, a_note, put
from tests.casework.worlds import a_world

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "SCHEMA"


def upgrade():
    op.add_column("cases", sa.Column("later", sa.Text(), nullable=True))
    op.execute("UPDATE cases SET later = 'yes'")
""".replace("SCHEMA", upgrade.SCHEMA)


def test_the_migrations_make_the_tables(database: SqlStore) -> None:
    with database.engine.begin() as connection:
        options = {"compare_type": True, "version_table": upgrade.VERSION_TABLE}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), METADATA)
    assert differences == []


def test_the_store_knows_the_last_migration() -> None:
    script = ScriptDirectory(str(upgrade.MIGRATIONS))
    assert script.get_heads() == [upgrade.SCHEMA]


def test_everything_is_in_step_after_a_history(database: SqlStore) -> None:
    a_history(database)
    assert assert_whole(database) > 10


def test_a_store_is_found_again(address: str) -> None:
    store = SqlStore(address)
    file = a_world(store).file
    store.close()
    again = SqlStore(address)
    with again.begin() as unit:
        assert unit.case_file("c1") == file
    again.close()


def test_an_older_database_is_brought_up_and_a_newer_one_refused(address: str, tmp_path: Path) -> None:
    store = SqlStore(address)
    world = a_world(store)
    later = tmp_path / "later %"
    shutil.copytree(upgrade.MIGRATIONS, later)
    (later / "versions" / "9999_later.py").write_text(NEXT)
    upgrade.upgrade(store.engine, store.place, later, "9999")
    with store.engine.begin() as connection:
        assert connection.scalar(text("SELECT later FROM cases")) == "yes"
    assert world.desk.verify().ok
    store.close()
    with pytest.raises(UserError, match="versión más nueva de ciberaula: no se ha tocado"):
        SqlStore(address)


def test_a_migration_that_fails_leaves_the_database_as_it_was(address: str, tmp_path: Path) -> None:
    store = SqlStore(address)
    a_world(store)
    later = tmp_path / "later"
    shutil.copytree(upgrade.MIGRATIONS, later)
    (later / "versions" / "9999_later.py").write_text(NEXT + "    op.drop_table('nothing')\n")
    with pytest.raises(DBAPIError):
        upgrade.upgrade(store.engine, store.place, later, "9999")
    with store.engine.begin() as connection:
        assert "later" not in {column["name"] for column in inspect(connection).get_columns("cases")}
    store.close()
    again = SqlStore(address)
    assert assert_whole(again) == 1
    again.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET reason = 'otra' WHERE seq = 1",
        "UPDATE audit SET reason = reason",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE seq = 1",
    ],
)
def test_the_chain_cannot_be_altered_in_the_database(database: SqlStore, statement: str) -> None:
    world = a_world(database)
    with pytest.raises(DBAPIError, match="append-only"), database.engine.begin() as connection:
        connection.execute(text(statement))
    assert world.desk.verify().ok


def test_no_entry_is_replaced_or_put_between(tmp_path: Path) -> None:
    store = SqlStore(str(tmp_path / "casos.db"))
    world = a_world(store)
    entry = row(world.desk.audit()[0])
    for statement in (insert(AUDIT).prefix_with("OR REPLACE"), insert(AUDIT)):
        for seq in (1, 3):
            with pytest.raises(DBAPIError, match="append-only"), store.engine.begin() as connection:
                connection.execute(statement, {**entry, "seq": seq, "reason": "otra"})
    assert assert_whole(store) == 1
    store.close()


def test_the_chain_is_not_emptied_at_once(postgres: Postgres) -> None:
    store = SqlStore(postgres.database())
    world = a_world(store)
    with pytest.raises(DBAPIError, match="append-only"), store.engine.begin() as connection:
        connection.execute(text("TRUNCATE audit"))
    assert world.desk.verify().ok
    store.close()


def test_an_end_cut_off_by_force_is_noticed(tmp_path: Path) -> None:
    store = SqlStore(str(tmp_path / "casos.db"))
    world = a_world(store)
    world.look("marlene")
    with store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_no_delete"))
        connection.execute(text("DELETE FROM audit WHERE seq = 2"))
    check = world.desk.verify()
    assert not check.ok
    assert check.broken == 2
    store.close()


def test_every_entity_belongs_to_a_case(database: SqlStore) -> None:
    with pytest.raises(DBAPIError), database.engine.begin() as connection:
        connection.execute(insert(METADATA.tables["notes"]), row(a_note("c9", "n1")))


def test_sqlite_keeps_what_it_was_given_even_without_power(tmp_path: Path) -> None:
    store = SqlStore(str(tmp_path / "casos.db"))
    with store.engine.begin() as connection:
        settings = [
            connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
        # The lock is there before anything is read.
        other = sqlite3.connect(tmp_path / "casos.db", timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()
    assert settings == ["wal", 2, 1]
    store.close()


def test_a_path_or_an_address_is_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "año 100% ¿qué?#.db"
    for address in (str(path), f"sqlite:///{tmp_path}/casos.db"):
        SqlStore(address).close()
        SqlStore(address).close()  # as it is there now, it is also looked at before it is opened
    assert sorted(one.name for one in tmp_path.iterdir()) == [path.name, "casos.db"]


def filled(store: SqlStore, cases: int = 3000) -> None:
    """Lists of many cases, most of them alike, without the cases."""
    with store.engine.begin() as connection:
        connection.execute(
            insert(METADATA.tables["cases"]), [row(a_case(f"c{n}", f"SIM-{n:05}")) for n in range(cases)]
        )
        connection.execute(
            insert(INDEX),
            [
                {
                    "case_id": f"c{n}",
                    "code": f"SIM-{n:05}",
                    "name": f"Ana Vera{n % 1500}",
                    "words": f" ana sim sim-{n:05} vera{n % 1500} {n:05}",
                    "owner": f"o{n // 30}",
                    "group": "sur" if n % 100 else "norte",
                    "status": Status.OPEN,
                    "step": Step.NEW,
                    "risk": None,
                    "next_due": datetime(2026, 3, 1 + n % 28),
                }
                for n in range(cases)
            ],
        )
        words = [{"word": word, "case_id": f"c{n}"} for n in range(cases) for word in ("ana", f"vera{n % 1500}")]
        connection.execute(insert(WORDS), words)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ({}, "case_index_by_code"),
        ({"owner": "o1"}, "case_index_by_owner"),
        ({"owner": "o1", "due_before": datetime(2026, 3, 20)}, "case_index_by_owner"),
        ({"owner": "o1", "text": "ana", "status": Status.OPEN}, "case_index_by_owner"),
        ({"group": "norte"}, "case_index_by_group"),
        ({"group": "sur"}, "case_index_by_group"),
        ({"group": "sur", "text": "ana"}, "case_index_by_group"),
        ({"group": "sur", "text": "vera77"}, "case_index_by_id"),
        ({"text": "ana"}, "case_index_by_code"),
        ({"text": "ana vera77"}, "case_index_by_id"),
        ({"due_before": datetime(2026, 3, 2)}, "case_index_by_due"),
        ({"due_before": datetime(2026, 4, 2)}, "case_index_by_code"),
        ({"addressed_to": ("centro",)}, "case_index_by_id"),
        ({"after": ("SIM-02500", "c2500")}, "case_index_by_code"),
        ({"text": "ana", "after": ("SIM-02500", "c2500")}, "case_index_by_code"),
    ],
)
def test_a_list_is_found_by_the_index_that_leaves_fewest(lists: SqlStore, query: dict[str, object], index: str) -> None:
    with lists.engine.begin() as connection:
        asked = finding.statement(connection, Query(**query))  # type: ignore[arg-type]
        sql = asked.compile(connection, compile_kwargs={"render_postcompile": True})
        compiled = str(sql)
        values = [sql.params[name] for name in sql.positiontup or ()]
        plain = [str(one) if isinstance(one, datetime) else one for one in values]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", tuple(plain)).all()
    steps = [str(step[3]) for step in plan]
    ways = [step for step in steps if " case_index " in f"{step} "]
    assert len(ways) == 1
    assert f"USING INDEX {index}" in ways[0] or f"USING COVERING INDEX {index}" in ways[0], steps
    sorts = any("ORDER BY" in step for step in steps)
    assert sorts == (index in ("case_index_by_id", "case_index_by_due")), steps  # few only are ever sorted


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    store = SqlStore(str(tmp_path_factory.mktemp("lists") / "casos.db"))
    filled(store)
    yield store
    store.close()


def test_a_case_is_opened_by_index(lists: SqlStore) -> None:
    with lists.engine.begin() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT kind, entity_id, place, body FROM versions "
            "WHERE case_id = 'c1' AND current = 1 ORDER BY place"
        ).all()
    assert "USING INDEX versions_current (case_id=?)" in str(plan[0][3])


def test_texts_that_no_database_keeps_are_refused_in_a_line(database: SqlStore) -> None:
    world = a_world(database)
    for facts in ("cero\0byte", "medio \ud800 carácter"):
        with pytest.raises(UserError, match="un carácter que no se puede guardar") as told, database.begin() as unit:
            unit.put([a_note("c1", "n1", facts)], "b")
        assert "\n" not in str(told.value)
    assert len(list(world.file)) == 3
    put(database, a_note("c1", "n1", "ñandú 😀 kichwa: ñukanchik"), action_id="c")
    with database.engine.begin() as connection:
        assert "😀" in str(connection.scalar(select(METADATA.tables["notes"].c.facts)))
