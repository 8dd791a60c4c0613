"""A gradebook, a disk or a name that cannot be used: every command says so in one line, and leaves all as it was."""

import argparse
import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap

import pytest
import sqlalchemy as sa

from ciberaula.cli import main
from ciberaula.errors import UserError
from ciberaula.grading import checks, ledger
from ciberaula.grading.checks import check_gradebook, explain, place_of
from ciberaula.grading.config import SERVER_NOTE, gradebook_url, note_place
from ciberaula.grading.plainly import plainly
from tests.grading.course import ASSIGNMENT

COMMANDS = [
    ["release", ASSIGNMENT],
    ["collect", "--assignment", ASSIGNMENT],
    ["collect", "paquete.zip"],
    ["grade", ASSIGNMENT],
    ["grade"],
    ["feedback", ASSIGNMENT],
    ["grade-rubric", ASSIGNMENT, "ana", "derechos=2", "claridad=2"],
    ["double-marking", ASSIGNMENT],
    ["export", ASSIGNMENT],
]
ids = [" ".join(words[:2]) for words in COMMANDS]


def version(text):
    def change(path):
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (text,))
        connection.close()

    return change


def other_application(path):
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE casos (id TEXT)")
    connection.close()


def no_version(path):
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE alembic_version")
    connection.close()


def a_folder(path):
    path.unlink()
    path.mkdir()


def torn(path):
    path.write_bytes(path.read_bytes()[:100] + bytes(4000))


BROKEN = {
    "older": (version("724cde206c17"), "es de una versión anterior de nbgrader: no se ha tocado. Guarde una copia"),
    "without a version": (no_version, "es de una versión anterior de nbgrader"),
    "newer": (version("ffffffffffff"), "es de una versión más nueva de nbgrader: no se ha tocado. Actualice el aula"),
    "other application": (other_application, "guarda datos de otra aplicación, no un libro de calificaciones"),
    "a text": (lambda path: path.write_text("nombre,nota\n" * 100), "está dañado o no es un libro de calificaciones"),
    "torn": (torn, "está dañado o no es un libro de calificaciones"),
    "a folder": (a_folder, "no es un archivo: indique otro en CIBERAULA_DB_URL"),
}


@pytest.fixture(scope="module")
def shared(generated, tmp_path_factory):
    """A course that no test changes, and what its gradebook was."""
    root = tmp_path_factory.mktemp("comprobar") / "curso"
    shutil.copytree(generated, root)
    return root


@pytest.fixture
def untouched(shared, monkeypatch):
    monkeypatch.setenv("CIBERAULA_COURSE", str(shared))
    monkeypatch.setenv("CIBERAULA_HOME", str(shared / "var"))
    monkeypatch.delenv("CIBERAULA_DB_URL", raising=False)
    monkeypatch.setattr(checks, "PATIENCE_S", 0.05)
    monkeypatch.chdir(shared)
    return shared


def tree(root):
    """Everything under ``root`` and what is in it; nbgrader's log apart."""
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else None
        for path in sorted(root.rglob("*"))
        if "logs" not in path.parts
    }


def refused(words, capsys):
    """The one line that the command says when it does nothing."""
    assert main(words) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("ciberaula: ")
    assert said.err.count("\n") == 1
    return said.err


@pytest.mark.parametrize(("spoil", "told"), BROKEN.values(), ids=BROKEN.keys())
def test_a_gradebook_that_cannot_be_used_is_one_line_in_every_command(
    untouched, tmp_path, monkeypatch, capsys, spoil, told
):
    book = tmp_path / "libro.db"
    shutil.copyfile(untouched / "var" / "gradebook.db", book)
    spoil(book)
    monkeypatch.setenv("CIBERAULA_DB_URL", f"sqlite:///{book}")
    before = tree(untouched), tree(tmp_path)
    for words in COMMANDS:
        line = refused(words, capsys)
        assert told in line, words
        assert str(book) in line, words
    assert (tree(untouched), tree(tmp_path)) == before


@pytest.mark.parametrize(
    ("db_url", "told"),
    [
        ("notas.db", "CIBERAULA_DB_URL no se entiende: escriba sqlite:////ruta/gradebook.db o postgresql+psycopg://"),
        ("mysql://ana:secreto@servidor/notas", "CIBERAULA_DB_URL no se entiende"),
        ("postgresql://ana:secreto@servidor/notas", "CIBERAULA_DB_URL no se entiende"),
        ("postgresql+psycopg://ana:secreto@servidor", "CIBERAULA_DB_URL no se entiende"),
        ("sqlite://", "CIBERAULA_DB_URL no se entiende"),
        ("sqlite:///falta/gradebook.db", "falta del libro de calificaciones: créela o revise CIBERAULA_DB_URL"),
        ("postgresql+psycopg://ana:secreto@127.0.0.1:9/notas", "No hay conexión con el libro de calificaciones en 127"),
        ("postgresql+psycopg://ana:secreto@/notas?host=/no-existe", "No hay conexión con el libro"),
    ],
)  # fmt: skip
def test_an_address_that_is_wrong_or_away_is_one_line_without_its_password(
    untouched, monkeypatch, capsys, db_url, told
):
    monkeypatch.setenv("CIBERAULA_DB_URL", db_url)
    before = tree(untouched)
    for words in COMMANDS:
        line = refused(words, capsys)
        assert told in line, words
        assert "secreto" not in line
    assert tree(untouched) == before


@pytest.mark.parametrize("words", [words for words in COMMANDS if ASSIGNMENT in words], ids=" ".join)
def test_an_assignment_that_does_not_exist_is_one_line(untouched, capsys, words):
    before = tree(untouched)
    line = refused(["98-otra" if word == ASSIGNMENT else word for word in words], capsys)
    assert line == f"ciberaula: No existe la tarea 98-otra: use una de {ASSIGNMENT}.\n"
    assert tree(untouched).keys() - before.keys() <= {"var/gradebook.db-shm", "var/gradebook.db-wal"}


def test_a_gradebook_that_somebody_else_holds_is_one_line(untouched, tmp_path, monkeypatch, capsys):
    book = tmp_path / "libro.db"
    shutil.copyfile(untouched / "var" / "gradebook.db", book)
    monkeypatch.setenv("CIBERAULA_DB_URL", f"sqlite:///{book}")
    with sqlite3.connect(book, isolation_level=None) as holder:
        holder.execute("PRAGMA journal_mode=DELETE")
        holder.execute("BEGIN EXCLUSIVE")
        line = refused(["export", ASSIGNMENT], capsys)
        holder.execute("ROLLBACK")
    holder.close()
    assert "Otro programa está escribiendo en el libro de calificaciones" in line
    assert line.endswith("No se guardó nada a medias.\n")


def test_no_gradebook_yet_is_told_and_none_is_made(untouched, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CIBERAULA_DB_URL", f"sqlite:///{tmp_path / 'libro.db'}")
    assert "Todavía no hay libro de calificaciones en" in refused(["export", "--all"], capsys)
    check_gradebook(f"sqlite:///{tmp_path / 'libro.db'}")  # to make one is nbgrader's work, and fine
    assert list(tmp_path.iterdir()) == []


def test_a_good_gradebook_passes_and_is_not_written(untouched):
    book = untouched / "var" / "gradebook.db"
    before = book.read_bytes()
    check_gradebook(f"sqlite:///{book}", must_exist=True)
    assert book.read_bytes() == before


def test_a_mistake_of_ours_is_not_dressed_up(untouched):
    broken = sa.exc.ProgrammingError("SELECT", {}, sqlite3.ProgrammingError("a mistake"))
    assert explain(broken, "libro.db") is None
    assert explain(KeyError("x"), "libro.db") is None

    def run(_options):
        raise KeyError("x")

    with pytest.raises(KeyError):
        plainly(run)(argparse.Namespace())


def test_the_server_and_no_secret_name_the_place():
    assert place_of("postgresql+psycopg://ana:secreto@base.ejemplo:5432/notas") == "base.ejemplo/notas"
    assert place_of("sqlite:////var/libro.db") == "/var/libro.db"
    with pytest.raises(UserError):
        place_of("secreto")


def test_a_path_with_any_sign_is_the_file_that_it_says(tmp_path):
    for name in ("a%25b", "ñandú", "con espacio?y#", "100%"):
        folder = tmp_path / name
        folder.mkdir()
        assert place_of(gradebook_url(folder)) == str(folder / "gradebook.db")
        with sa.create_engine(gradebook_url(folder)).begin() as connection:
            connection.execute(sa.text("CREATE TABLE a (b INT)"))
        assert (folder / "gradebook.db").stat().st_size


def test_a_home_with_its_gradebook_on_a_server_gets_no_empty_one_beside_it(untouched, tmp_path, monkeypatch, capsys):
    home = tmp_path / "var"
    shutil.copytree(untouched / "var", home)
    monkeypatch.setenv("CIBERAULA_HOME", str(home))
    note_place()
    assert not (home / SERVER_NOTE).exists()  # a file is what there is anyway
    monkeypatch.setenv("CIBERAULA_DB_URL", "postgresql+psycopg://ana:secreto@base.ejemplo/notas")
    note_place()
    assert not any(word in (home / SERVER_NOTE).read_text() for word in ("ana", "secreto", "base.ejemplo"))
    monkeypatch.delenv("CIBERAULA_DB_URL")
    (home / "gradebook.db").unlink()
    for words in COMMANDS:
        line = refused(words, capsys)
        assert "está en un servidor: indique su dirección en CIBERAULA_DB_URL" in line, words
    assert not (home / "gradebook.db").exists()
    monkeypatch.setenv("CIBERAULA_DB_URL", line.split(" indique ")[-1].rstrip(".\n"))  # as the line says
    note_place()
    monkeypatch.delenv("CIBERAULA_DB_URL")
    assert gradebook_url() == f"sqlite:///{home}/gradebook.db"


# Runs with the course on a disk of its own. "full": all of it is taken; "nearly": there is room to begin and none to end.
ON_A_BAD_DISK = textwrap.dedent("""
    import os, shutil, sys
    from pathlib import Path

    prepared, course, kind = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    if kind != "read-only":
        shutil.copytree(prepared, course, dirs_exist_ok=True)
        filler = os.open(course / "filler", os.O_CREAT | os.O_WRONLY)
        try:
            while True:
                os.write(filler, bytes(4096))
        except OSError:
            pass
        os.ftruncate(filler, os.fstat(filler).st_size - (64 * 1024 if kind == "nearly" else 0))
        os.close(filler)
    os.chdir(course)
    from ciberaula.cli import main
    from ciberaula.grading import checks, ledger

    if kind == "nearly":
        checks.ROOM = 0
    for words in sys.argv[4:]:
        print("code", main(words.split()), file=sys.stderr)
    if kind == "nearly":
        (course / "filler").unlink()
        print("then", main(["grade", "--workers", "1"]), file=sys.stderr)
        print("marks", main(["export", "--all", "--partial", "--format", "canvas", "--output", "notas.csv"]), file=sys.stderr)
        print((course / "notas.csv").read_text(encoding="utf-8-sig"), file=sys.stderr)
""")


def on_a_disk(kind, prepared, place, commands):
    """What the commands say on a disk that is full, nearly full, or read-only: bubblewrap makes it, the errors are real."""
    mount = (
        ["--ro-bind", str(prepared), str(place)]
        if kind == "read-only"
        else ["--size", str(2 << 20), "--tmpfs", str(place)]
    )
    environment = {**os.environ, "CIBERAULA_COURSE": str(place), "CIBERAULA_HOME": str(place / "var")}
    command = [
        "bwrap",
        "--dev-bind",
        "/",
        "/",
        *mount,
        sys.executable,
        "-c",
        ON_A_BAD_DISK,
        str(prepared),
        str(place),
        kind,
    ]
    done = subprocess.run(
        [*command, *map(" ".join, commands)], capture_output=True, text=True, check=False, env=environment
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()


@pytest.mark.parametrize(
    ("kind", "told"), [("full", "el disco está lleno; libere espacio"), ("read-only", "la carpeta es de solo lectura")]
)
def test_a_really_full_or_read_only_disk_is_one_line_in_every_command(generated, tmp_path, kind, told):
    place, roster = tmp_path / "curso", tmp_path / "nueva.csv"
    place.mkdir()
    roster.write_text("id,name,cohort,group,setting,simulated\nzoe,Zoe,A,1,rural,true\n", encoding="utf-8")
    commands = [*COMMANDS, ["roster", "import", str(roster)]]
    lines = on_a_disk(kind, generated, place, commands)
    assert lines[1::2] == ["code 1"] * len(commands)
    assert len(lines) == 2 * len(commands)
    assert [line for line in lines[::2] if not line.startswith("ciberaula: ") or told not in line] == []


def test_a_disk_that_fills_up_half_way_loses_nothing(course, tmp_path):
    from tests.grading.course import RIGHT, hand_in

    for student in ("ana", "luis"):
        hand_in(course, student, RIGHT)
    place = tmp_path / "disco"
    place.mkdir()
    lines = on_a_disk("nearly", course, place, [["grade", "--workers", "1"]])
    assert [line for line in lines if line.startswith(("code", "then", "marks"))][1:] == ["then 0", "marks 0"]
    points = {line.split(",")[2]: line.split(",")[-1] for line in lines if line.startswith(("Ana", "Luis"))}
    assert points == {"ana": "6", "luis": "6"}


def test_a_gradebook_that_lives_in_memory_is_none():
    with pytest.raises(UserError, match="CIBERAULA_DB_URL no se entiende"):
        check_gradebook("sqlite:///:memory:")


def test_our_own_tables_of_another_version_are_told(tmp_path):
    place = tmp_path / "gradebook.db"
    with ledger.reading(f"sqlite:///{place}"):
        pass
    with contextlib.closing(sqlite3.connect(place)) as database:
        database.execute("ALTER TABLE ciberaula_attempt RENAME COLUMN receipt TO recibo")
        database.commit()
    with pytest.raises(UserError, match="lo escribió otra versión del aula"), ledger.reading(f"sqlite:///{place}"):
        pass
