"""A gradebook on PostgreSQL: every command that reads or changes it says and does what it does with a file."""

import csv
import io
import re
import shutil
import zipfile
from contextlib import closing
from datetime import datetime
from sqlite3 import connect

import openpyxl
import pytest
import sqlalchemy as sa
from nbgrader.api import Base, Gradebook

from ciberaula.cli import main
from ciberaula.errors import UserError
from ciberaula.grading import ledger
from ciberaula.grading.config import COURSE_ID
from ciberaula.paths import home as home_now
from ciberaula.progress import gradebook_rights
from ciberaula.progress.gradebook import changed_since, read_grades, reading
from ciberaula.progress.store import load
from tests.casework.postgres import running
from tests.progress import cohort
from tests.progress.test_rights import keep_ledger

TABLES = [*Base.metadata.sorted_tables, *ledger.metadata.sorted_tables]
WHO = "azu-1"
SIGNED = ["--author", "Docente de prueba", "--reason", "Lo explicó"]
COMMANDS = {
    "progress": ["progress"],
    "items": ["items", cohort.MODULE, "--csv", "preguntas.csv"],
    "similar": ["similar", cohort.MODULE],
    "override": ["override", cohort.MODULE, WHO, "p02", "0", *SIGNED],
    "overrides": ["overrides", cohort.MODULE],
    "deadline": ["deadline", cohort.MODULE, "2026-06-01T12:00Z"],
    "extension": ["extension", cohort.MODULE, WHO, "3d", *SIGNED],
    "attempts": ["attempts", cohort.MODULE],
    "moodle": ["export", cohort.MODULE, "--format", "moodle", "--output", "moodle.csv"],
    "canvas": ["export", cohort.MODULE, "--format", "canvas", "--partial", "--output", "canvas.csv"],
    "xlsx": ["export", "--all", "--partial", "--output", "notas.xlsx"],
    "progress again": ["progress"],
    "my-data": ["my-data", WHO, "--out", "suyo.zip"],
    "erase": ["erase", WHO, "--yes"],
    "items after": ["items", cohort.MODULE],
    "nobody": ["my-data", WHO, "--out", "nadie.zip"],
}

# The files of our tables, their indexes, and what they keep apart because it is long.
STORED_IN = """
WITH own AS (SELECT * FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i'))
SELECT pg_relation_filepath(oid) FROM own
UNION SELECT pg_relation_filepath(reltoastrelid) FROM own WHERE reltoastrelid <> 0
"""


@pytest.fixture(scope="module")
def server():
    with running() as made:
        yield made


@pytest.fixture(scope="module")
def kept(built, tmp_path_factory):
    """The cohort with attempts, changes by hand and extensions, in a file."""
    home = tmp_path_factory.mktemp("kept") / "var"
    shutil.copytree(built, home)
    keep_ledger(home)
    return home


@pytest.fixture(scope="module")
def filled(server, kept):
    """The name of a database with the same rows."""
    address = psycopg(server.database())
    with Gradebook(address, COURSE_ID):
        pass
    to, file = sa.create_engine(address, poolclass=sa.NullPool), sa.create_engine(f"sqlite:///{kept}/gradebook.db")
    ledger.metadata.create_all(to)
    with file.connect() as source, to.begin() as target:
        for table in TABLES:
            rows = [dict(row) for row in source.execute(sa.select(table)).mappings()]
            if rows and table.name != "course":  # nbgrader made that one
                target.execute(table.insert(), rows)
        # The rows brought their numbers along: the next one comes after them.
        last = "SELECT setval('ciberaula_override_id_seq', (SELECT max(id) FROM ciberaula_override))"
        target.execute(sa.text(last))
    return sa.make_url(address).database


@pytest.fixture(scope="module")
def shared(server, filled):
    """The address of a copy for all tests but one: each erases somebody else."""
    return psycopg(server.database(filled))


@pytest.fixture
def home(kept, tmp_path, monkeypatch):
    """A home of the test's own without the file."""
    home = tmp_path / "server" / "var"
    shutil.copytree(kept, home, ignore=shutil.ignore_patterns("gradebook.db*"))
    monkeypatch.setenv("CIBERAULA_HOME", str(home))
    yield home
    ledger._engine.cache_clear()


@pytest.fixture
def on_server(home, shared, monkeypatch):
    """The home, and the address of its gradebook."""
    monkeypatch.setenv("CIBERAULA_DB_URL", shared)
    return home, shared


def psycopg(address):
    return address.replace("postgresql:", "postgresql+psycopg:", 1)


def rows_of(address):
    """Everything in the gradebook."""
    engine = sa.create_engine(address, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return {table.name: sorted(map(repr, connection.execute(sa.select(table)))) for table in TABLES}


def known(student, address):
    """The rows that name somebody."""
    return [row for table in rows_of(address).values() for row in table if f"'{student}'" in row]


def said_by_all(folder, capsys, monkeypatch):
    """What each command says, with its exit code."""
    folder.mkdir(exist_ok=True)
    monkeypatch.chdir(folder)
    said = {}
    for name, command in COMMANDS.items():
        code = main(command)
        told = capsys.readouterr()
        said[name] = (code, told.out, told.err.replace(str(home_now()), "HOME"))
    return said


def written_in(folder):
    """The contents of every file that the commands wrote, without what says when."""
    found = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    book = openpyxl.load_workbook(folder / "notas.xlsx")
    for sheet in book:
        rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [row for row in rows if not str(row[0]).startswith("Escrito el")]
    with zipfile.ZipFile(folder / "suyo.zip") as archive:
        for name in archive.namelist():
            found[name] = archive.read(name)
    found["avance.json"] = re.sub(rb'"(build|built_at)": "[^"]*"', b"", found["avance.json"])
    return found


def test_every_command_does_what_it_does_with_a_file(server, filled, kept, home, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(ledger, "utc_now", lambda: datetime(2026, 6, 20, 12))
    address = psycopg(server.database(filled))
    monkeypatch.setenv("CIBERAULA_DB_URL", address)
    said = said_by_all(tmp_path / "from-server", capsys, monkeypatch)

    other = tmp_path / "file" / "var"
    shutil.copytree(kept, other)
    monkeypatch.delenv("CIBERAULA_DB_URL")
    monkeypatch.setenv("CIBERAULA_HOME", str(other))
    assert said == said_by_all(tmp_path / "from-file", capsys, monkeypatch)
    assert written_in(tmp_path / "from-server") == written_in(tmp_path / "from-file")
    rows = rows_of(address)
    assert rows == rows_of(f"sqlite:///{other}/gradebook.db")
    of_server, of_file = load(home), load(other)
    for table in ("learners", "modules", "items", "reviews", "slips"):
        assert getattr(of_server, table) == getattr(of_file, table)

    assert {name for name, (code, _out, _err) in said.items() if code} == {"nobody"}
    assert "10 respuestas" in said["items"][1] and "9 respuestas" in said["items after"][1]
    assert "p02: 3 → 0" in said["override"][1] and "Lo explicó" in said["overrides"][1]
    assert "azu-1 · entrega n.º 1" in said["attempts"][1] and "hasta 2026-06-04 12:00 UTC" in said["extension"][1]
    assert "azu-1 lo explicó" in written_in(tmp_path / "from-server")["cambios.csv"].decode()
    assert len(rows["student"]) == 11 and not known(WHO, address)
    assert not list(home.glob("gradebook.db*"))


def test_erasing_leaves_no_byte_in_the_tables(server, on_server):
    _home, address = on_server
    data = server.socket / "data"
    server.sql(
        "ANALYZE", sa.make_url(address).database
    )  # as the server does by itself: it takes samples of the columns
    assert gradebook_rights.erase_from_gradebook(address, WHO) is None
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text("CHECKPOINT"))
        paths = connection.execute(sa.text(STORED_IN))
        stored = b"".join((data / path).read_bytes() for path in paths.scalars())
        samples = connection.execute(sa.text("SELECT * FROM pg_stats WHERE schemaname = 'public'")).all()
    assert b"azu-11" in stored and WHO.encode() not in stored.replace(b"azu-11", b"")
    assert not [row for row in samples if re.search(rf"\b{WHO}\b", repr(row))]


@pytest.mark.parametrize(("why", "who"), [("in use", "azu-2"), ("of another", "azu-3")])
def test_what_could_not_be_written_anew_is_said_with_its_command(server, on_server, why, who, capsys, monkeypatch):
    _home, address = on_server
    monkeypatch.setattr(gradebook_rights, "PATIENCE_S", 0.1)
    name = sa.make_url(address).database
    if why == "of another":
        server.sql("CREATE ROLE docente LOGIN")
        server.sql("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO docente", name)
        monkeypatch.setenv("CIBERAULA_DB_URL", psycopg(server.address(name, "docente")))
    with sa.create_engine(address, poolclass=sa.NullPool).connect() as reader:
        if why == "in use":
            reader.execute(sa.text("SELECT * FROM grade"))
        assert known(who, address)
        assert main(["erase", who, "--yes"]) == 0
    told = capsys.readouterr().out
    assert f"ejecute VACUUM (FULL, ANALYZE) en localhost/{name}" in told.replace(str(server.socket), "localhost")
    assert not known(who, address)


def test_a_file_from_before_the_server_is_part_of_a_persons_rights(kept, on_server, tmp_path, capsys):
    home, address = on_server
    shutil.copy(kept / "gradebook.db", home)
    with closing(connect(home / "gradebook.db")) as old:
        old.execute("UPDATE grade SET auto_score = 0.25 WHERE auto_score IS NOT NULL")
        old.commit()
    assert main(["my-data", "man-1", "--out", str(tmp_path / "suyo.zip")]) == 0
    with zipfile.ZipFile(tmp_path / "suyo.zip") as archive:
        marks = list(csv.DictReader(io.StringIO(archive.read("notas.csv").decode("utf-8-sig"))))
    assert len(marks) == 11 + 11 + 1  # what both say of the written answer is told once
    assert main(["erase", "man-1", "--yes"]) == 0
    assert capsys.readouterr().out.count("libro de calificaciones") == 2
    for book in (address, f"sqlite:///{home}/gradebook.db"):
        assert not known("man-1", book)
    assert b"man-1" not in (home / "gradebook.db").read_bytes()


def test_asking_an_empty_database_makes_nothing(server, home, capsys, monkeypatch):
    empty = psycopg(server.address("postgres"))
    monkeypatch.setenv("CIBERAULA_DB_URL", empty)
    assert main(["progress"]) == 0
    assert "12 participantes" in capsys.readouterr().out
    assert load(home).items == () and not changed_since(home, home / "none")
    assert main(["items", cohort.MODULE]) == 1
    assert main(["my-data", "azu-2", "--out", str(home / "x.zip")]) == 0
    assert server.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0"


def test_a_server_never_counts_as_unchanged(on_server):
    home, _address = on_server
    assert changed_since(home, home / "progress" / "snapshot" / "items.parquet")


def test_the_server_refuses_to_be_written_by_a_reader(on_server):
    home, address = on_server
    with pytest.raises(UserError, match="No se puede usar"), reading(address) as session:
        session.execute(sa.text("DELETE FROM grade"))
    assert read_grades(home)


@pytest.mark.parametrize("command", ["progress", "items", "my-data", "erase"])
def test_a_server_out_of_reach_is_one_line_and_nothing_is_gone(home, command, capsys, monkeypatch):
    monkeypatch.setenv("CIBERAULA_DB_URL", "postgresql+psycopg://docente:secreta@127.0.0.1:1/notas")
    before = sorted(home.rglob("*"))
    assert main(COMMANDS[command]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "No hay conexión con el libro de calificaciones" in told and "secreta" not in told
    assert sorted(home.rglob("*")) == before


def test_another_programs_database_is_not_taken_for_an_empty_gradebook(server, home, capsys, monkeypatch):
    other = server.database()
    server.sql("CREATE TABLE facturas (id int)", sa.make_url(other).database)
    monkeypatch.setenv("CIBERAULA_DB_URL", psycopg(other))
    assert main(["progress"]) == 1
    assert "otra aplicación" in capsys.readouterr().err
