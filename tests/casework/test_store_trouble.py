"""A database that is damaged, not ours, out of reach or gone in mid-action: one clear line, nothing half done."""

import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, text

from ciberaula.casework.store import open_store
from ciberaula.casework.store.protocol import Query
from ciberaula.casework.store.sql import SqlStore
from ciberaula.errors import UserError
from tests.casework.postgres import Postgres, running
from tests.casework.stores import assert_whole
from tests.casework.test_stores import a_note
from tests.casework.worlds import CASE, USERS, World, a_world

NOBODY = 65534


def refused(address: str, told: str) -> str:
    """Opening is refused in one line that holds ``told``."""
    with pytest.raises(UserError, match=told) as error:
        SqlStore(address)
    line = str(error.value)
    assert "\n" not in line
    assert line.endswith(".")
    return line


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A store in a file with a case of some versions, closed."""
    path = tmp_path / "casos.db"
    store = SqlStore(str(path))
    world = a_world(store)
    for _n in range(40):
        world.do("marlene", "write_note", facts="Llamada de seguimiento, sin novedad. " * 20)
    store.close()
    return path


# A file that is none -------------------------------------------------------------------------------------------------


def _no_database(data: bytes) -> bytes:
    return b"esto no es una base de datos\n" * 200


def _cut_header(data: bytes) -> bytes:
    return data[:50]


def _cut_in_half(data: bytes) -> bytes:
    return data[: len(data) // 2 + 100]


def _overwritten(data: bytes) -> bytes:
    return data[:4096] + b"\xa5" * 8192 + data[12288:]


@pytest.mark.parametrize("damage", [_no_database, _cut_header, _cut_in_half, _overwritten])
def test_a_damaged_file_is_named_and_left_alone(file: Path, damage: Callable[[bytes], bytes]) -> None:
    file.write_bytes(damage(file.read_bytes()))
    before = file.read_bytes()
    line = refused(str(file), "está dañada o no es una base de casos: no se ha tocado")
    assert str(file) in line
    assert "restaure su último respaldo" in line
    assert file.read_bytes() == before
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_damage_that_comes_while_it_is_open_is_a_line_too(file: Path) -> None:
    store = SqlStore(str(file))
    world = World(store)
    with store.engine.begin() as connection:
        connection.execute(text("PRAGMA cache_size = 0"))
    store.engine.dispose()
    data = file.read_bytes()
    file.write_bytes(data[:4096] + b"\xa5" * (len(data) - 4096))
    with pytest.raises(UserError, match="está dañada") as told:
        world.do("marlene", "write_note", facts="x")
    assert str(file) in str(told.value)
    store.close()


def test_a_chain_without_its_end_is_damage(file: Path) -> None:
    store = SqlStore(str(file))
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM chain_head"))
    with pytest.raises(UserError, match="está dañada"):
        a_world(store)
    store.close()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE versions SET body = '{{{'",
        "UPDATE versions SET body = '{}'",
        "UPDATE versions SET kind = 'zz'",
        "UPDATE versions SET body = CAST(x'7bd2' AS TEXT)",
        "UPDATE case_index SET status = 'zz'",
        "UPDATE audit SET role = 'jefa' WHERE seq = 2",
        "UPDATE audit SET at = 'ayer' WHERE seq = 2",
        "UPDATE audit SET entities = 'zz' WHERE seq = 2",
        "DROP TABLE audit",
        "DROP TABLE notes",
        "ALTER TABLE notes RENAME COLUMN facts TO told",
        "DELETE FROM casework_version",
    ],
)
def test_damage_that_the_file_itself_does_not_show(file: Path, damage: str) -> None:
    """SQLite finds nothing wrong with the file: what it holds is no case, no entry, or not in our tables."""
    with sqlite3.connect(file) as other:
        for trigger in ("audit_no_update", "audit_no_delete"):
            other.execute(f"DROP TRIGGER {trigger}")
        other.execute(damage)
    other.close()
    with pytest.raises(UserError, match="está dañada o no es una base de casos") as told:
        _use_all(SqlStore(str(file)))
    assert "\n" not in str(told.value)


def _use_all(store: SqlStore) -> None:
    desk, marlene = World(store).desk, USERS["marlene"]
    try:
        desk.verify()
        desk.find(marlene, Query(), action_id="f")
        desk.look(marlene, CASE, action_id="l")
        desk.do(marlene, {"do": "write_note", "case": CASE, "facts": "x"}, action_id="n")
    finally:
        store.close()


def test_a_name_in_the_file_that_is_no_text(file: Path) -> None:
    """SQLite repeats damaged words in what it says of them."""
    data = file.read_bytes()
    file.write_bytes(data.replace(b"CREATE TABLE notes", b"CREATE \xf2\xd2BLE notes"))
    refused(str(file), "está dañada o no es una base de casos: no se ha tocado")


def test_the_file_of_another_application_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notas.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE grades (id INTEGER)")
    other.close()
    before = path.read_bytes()
    assert str(path) in refused(str(path), "de otra aplicación, no una base de casos: no se ha tocado")
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("grades",)]
    other.close()
    assert len(before) == len(path.read_bytes())


# A file out of reach -------------------------------------------------------------------------------------------------


def test_a_folder_that_there_is_not_or_a_folder_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "no" / "casos.db"
    assert str(path) in refused(str(path), "revise que la carpeta exista")
    assert str(tmp_path) in refused(str(tmp_path), "es una carpeta, no un archivo")


@contextmanager
def powerless() -> Iterator[Path]:
    """A folder, and no power over what belongs to others: the administrator may write everywhere."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    root = os.geteuid() == 0
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


def _give_up_power() -> None:
    if os.geteuid() == 0:
        os.seteuid(NOBODY)


def test_a_read_only_folder(file: Path) -> None:
    with powerless() as folder:
        folder.chmod(0o555)
        _give_up_power()
        line = refused(str(folder / "casos.db"), "no sea de solo lectura y que usted tenga permisos")
    assert str(folder) in line


def test_a_read_only_file(file: Path) -> None:
    with powerless() as folder:
        shutil.copy(file, folder / "casos.db")
        (folder / "casos.db").chmod(0o444)
        folder.chmod(0o555)
        _give_up_power()
        try:
            store = SqlStore(str(folder / "casos.db"))
        except UserError as error:
            told = str(error)
        else:
            with pytest.raises(UserError) as raised:
                World(store).do("marlene", "write_note", facts="x")
            told = str(raised.value)
            store.close()
    assert "No se puede abrir o escribir la base de casos" in told


def test_a_file_that_one_may_not_read(file: Path) -> None:
    with powerless() as folder:
        shutil.copy(file, folder / "casos.db")
        (folder / "casos.db").chmod(0)
        _give_up_power()
        assert str(folder) in refused(str(folder / "casos.db"), "le faltan permisos")


def test_a_full_disk_leaves_nothing_by_half(file: Path) -> None:
    store = SqlStore(str(file))
    world = World(store)

    def no_more_pages(connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 1}")

    store.engine.dispose()
    event.listen(store.engine, "connect", no_more_pages)
    before = world.file
    with pytest.raises(UserError, match=r"El disco de .*casos\.db está lleno: no se guardó nada") as told:
        for n in range(200):
            world.do("marlene", "write_note", facts="x" * 3000, action_id=f"full{n}")
            before = world.file
    assert "\n" not in str(told.value)
    assert world.file == before
    event.remove(store.engine, "connect", no_more_pages)
    store.engine.dispose()
    world.do("marlene", "write_note", facts="Ya hay espacio.", action_id="room")
    assert_whole(store)
    store.close()


def test_somebody_who_writes_for_too_long(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ciberaula.casework.store.engines.WAIT_S", 0.1)
    store = SqlStore(str(file))
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UserError, match="está ocupada por otra sesión: no se guardó nada"):
        World(store).do("marlene", "write_note", facts="x")
    other.close()
    World(store).do("marlene", "write_note", facts="x", action_id="now")
    assert_whole(store)
    store.close()


# Addresses -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ana:secreta@servidor:puerto/base",
        "mysql://ana:secreta@servidor/base",
        "nada://ana:secreta@servidor/base",
        "://secreta",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_an_address_of_nothing_is_one_line_without_the_password(address: str) -> None:
    assert "secreta" not in refused(address, "no se entiende: use la ruta de un archivo")


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    refused("postgresql://ana:secreta@localhost/base", r"falta el paquete psycopg.*make setup")


@pytest.mark.parametrize("address", ["postgresql://ana:secreta@127.0.0.1:1/base", "postgres://ana:secreta@x.invalid/b"])
def test_a_server_that_does_not_answer(address: str) -> None:
    line = refused(address, "No hay conexión con la base de casos")
    assert "secreta" not in line
    assert "ana" not in line.replace("mañana", "")


def test_a_wrong_password_or_name(postgres: Postgres) -> None:
    postgres.sql("DROP ROLE IF EXISTS protected; CREATE ROLE protected LOGIN PASSWORD 'buena-clave'")
    line = refused(postgres.address("postgres", "protected", "secreta"), "no deja entrar: revise el usuario")
    assert "secreta" not in line
    refused(postgres.address("nunca"), "«nunca».*no deja entrar")
    refused(postgres.address("postgres", "desconocida"), "no deja entrar")


def test_a_server_where_one_may_not_make_tables(postgres: Postgres) -> None:
    postgres.sql("DROP ROLE IF EXISTS visitor; CREATE ROLE visitor LOGIN")
    made = postgres.database().partition("@/")[2].partition("?")[0]
    refused(postgres.address(made, "visitor"), "no permite escribir.*GRANT CREATE")


def test_a_server_that_only_lets_read(postgres: Postgres) -> None:
    address = postgres.database()
    name = address.partition("@/")[2].partition("?")[0]
    postgres.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    refused(address, "no permite escribir")


def test_a_database_that_does_not_hold_every_letter(postgres: Postgres) -> None:
    postgres.sql("CREATE DATABASE letras TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
    refused(postgres.address("letras"), "«letras».*no guarda textos en UTF-8")


def test_tables_of_others_with_our_names(postgres: Postgres) -> None:
    address = postgres.database()
    name = address.partition("@/")[2].partition("?")[0]
    postgres.sql("CREATE TABLE other (id int)", name)
    SqlStore(address).close()  # beside tables with other names there is room
    address = postgres.database()
    postgres.sql("CREATE TABLE people (id int)", address.partition("@/")[2].partition("?")[0])
    refused(address, "de otra aplicación")


# A server that goes away ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mortal() -> Iterator[Postgres]:
    """A server of its own, to be stopped in mid-action."""
    with running() as server:
        yield server


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_a_server_that_goes_away_in_mid_action(mortal: Postgres, mode: str) -> None:
    store = SqlStore(mortal.database())
    world = a_world(store)
    before = world.file
    with pytest.raises(UserError, match="No hay conexión con la base de casos") as told, store.begin() as unit:
        unit.put([a_note("c1", "n1")], "lost")
        mortal.stop(mode)
        unit.put([a_note("c1", "n2")], "lost")
    assert "\n" not in str(told.value)
    with pytest.raises(UserError, match=r"No hay conexión|no deja entrar"):
        world.do("marlene", "write_note", facts="x", action_id="again")
    mortal.start()
    assert world.file == before
    world.do("marlene", "write_note", facts="x", action_id="again")
    assert assert_whole(store) == 2
    store.close()


def test_a_server_that_goes_away_at_the_end_of_an_action(mortal: Postgres) -> None:
    store = SqlStore(mortal.database())
    world = a_world(store)
    with pytest.raises(UserError, match="No hay conexión"), store.begin() as unit:
        unit.put([a_note("c1", "n1")], "lost")
        mortal.stop()
    mortal.start()
    assert len(list(world.file)) == 3
    assert assert_whole(store) == 1
    store.close()


def test_a_session_ended_by_whoever_runs_the_server(postgres: Postgres) -> None:
    store = SqlStore(postgres.database())
    world = a_world(store)
    name = str(store.engine.url.database)
    postgres.end_sessions(name)
    world.do("marlene", "write_note", facts="x")  # a connection that died while nobody used it is not even noticed
    with pytest.raises(UserError, match="No hay conexión"), store.begin() as unit:
        unit.put([a_note("c1", "n1")], "lost")
        postgres.end_sessions(name)
        unit.put([a_note("c1", "n2")], "lost")
    assert assert_whole(store) == 2
    store.close()


def test_a_desk_that_hangs_does_not_keep_the_others_waiting(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ciberaula.casework.store.engines.WAIT_S", 0.2)
    address = postgres.database()
    hanging, working = SqlStore(address), SqlStore(address)
    with hanging.begin(), pytest.raises(UserError, match="está ocupada por otra sesión"):
        a_world(working)
    a_world(working)
    assert assert_whole(working) == 1
    hanging.close()
    working.close()


def test_the_one_door_to_stores(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "casos.db"))
    assert isinstance(store, SqlStore)
    store.close()
