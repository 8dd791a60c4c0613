"""Everything held about a participant is given, and erased to the last byte."""

import argparse
import csv
import io
import zipfile

import pytest
from nbgrader.utils import notebook_hash

from ciberaula.cli import main
from ciberaula.errors import UserError
from ciberaula.progress.commands import add_commands
from ciberaula.progress.pseudonym import pseudonym, secret
from ciberaula.progress.rights import erase, held
from ciberaula.progress.store import load
from tests.progress import cohort


@pytest.fixture
def exchanged(home):
    """The cohort with azu-1's work also in the exchange: handed in, and its feedback released."""
    submitted = home / "submitted" / "azu-1" / cohort.MODULE
    (submitted / "submission_secret.txt").write_text("0123456789abcdef")
    inbound = home / "exchange" / "ciberaula" / "inbound" / f"azu-1+{cohort.MODULE}+2026-06-06 12:00:00 UTC+r"
    inbound.mkdir(parents=True)
    (inbound / "respuestas.json").write_text('{"de": "azu-1"}')
    (inbound.parent / f"azu-11+{cohort.MODULE}+2026-06-06 12:00:00 UTC+r").mkdir()
    released = home / "exchange" / "ciberaula" / "feedback"
    released.mkdir()
    name = notebook_hash(secret="0123456789abcdef", notebook_id=cohort.NOTEBOOK)
    (released / f"{name}.html").write_text("azu-1: 2 de 2")
    (released / "other.html").write_text("otra persona")
    logs = home / "logs"
    logs.mkdir()
    (logs / "nbgrader.log").write_text("Autograding azu-1/05\nAutograding azu-11/05\nwriting submitted/azu-1\n")
    (home / "double-marking").mkdir()
    (home / "double-marking" / f"{cohort.MODULE}.csv").write_text(
        "student,author,at,hechos\nazu-1,Otra docente,2026-06-07,1.5\nazu-11,Otra docente,2026-06-07,2\n"
    )
    return home


def rows(archive, name):
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


def test_what_is_held_can_be_read_by_a_person(exchanged):
    with zipfile.ZipFile(io.BytesIO(held(exchanged, "azu-1"))) as archive:
        names = archive.namelist()
        (person,) = rows(archive, "persona.csv")
        grades = rows(archive, "notas.csv")
        seconds = rows(archive, "segundas-lecturas.csv")
        readme = archive.read("LEEME.txt").decode()
    assert person["name"] == "Ana Paredes"
    assert len(grades) == 12
    assert [row["hechos"] for row in seconds] == ["1.5"]
    assert {"avance.json", f"archivos/submitted/azu-1/{cohort.MODULE}/registro.jsonl"} <= set(names)
    assert any(name.startswith("archivos/exchange/ciberaula/inbound/azu-1+") for name in names)
    assert not any("azu-2" in name or "azu-11" in name for name in names)
    assert pseudonym(secret(exchanged), "azu-1") in readme


def test_a_link_that_was_handed_in_gives_nothing_away(exchanged, tmp_path):
    (tmp_path / "private").write_text("de otra persona")
    (exchanged / "submitted" / "azu-1" / "link").symlink_to(tmp_path / "private")
    assert b"link" not in held(exchanged, "azu-1")


def test_erasing_leaves_no_byte_of_the_participant(exchanged):
    who = pseudonym(secret(exchanged), "azu-1")
    others = len(load(exchanged).learners) - 1
    told = erase(exchanged, "azu-1").removed
    assert len(told) == 10, told
    left = load(exchanged)
    assert len(left.learners) == others
    for path in exchanged.rglob("*"):
        assert "azu-1+" not in path.name and path.name != "azu-1" and who not in path.name, path
        if path.is_file():
            data = path.read_bytes()
            assert (
                b"azu-1" not in data.replace(b"azu-11", b"") and b"Ana Paredes" not in data and who.encode() not in data
            ), path
    assert (exchanged / "exchange/ciberaula/feedback/other.html").exists()
    assert (exchanged / "submitted" / "azu-2").exists()
    assert "azu-11" in (exchanged / "double-marking" / f"{cohort.MODULE}.csv").read_text()
    assert (exchanged / "logs" / "nbgrader.log").read_text() == "Autograding azu-11/05\n"


@pytest.mark.parametrize("student", ["nadie", "..", "../var", "azu-1/../azu-2", "*", ""])
def test_an_id_that_nobody_has_removes_nothing(home, student):
    before = sorted(home.rglob("*"))
    for right in (held, erase):
        with pytest.raises(UserError, match="No hay nadie"):
            right(home, student)
    assert sorted(home.rglob("*")) == before


def run(*arguments):
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    options = parser.parse_args([str(one) for one in arguments])
    return options.run(options)


def test_the_commands(home, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CIBERAULA_HOME", str(home))
    assert run("progress") == 0
    assert "12 participantes" in capsys.readouterr().out
    target = tmp_path / "azu-2.zip"
    assert run("my-data", "azu-2", "--out", target) == 0
    assert zipfile.is_zipfile(target)
    assert target.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UserError, match="--yes"):
        run("erase", "azu-2")
    assert (home / "submitted" / "azu-2").exists()
    assert run("erase", "azu-2", "--yes") == 0
    assert not (home / "submitted" / "azu-2").exists()


def test_a_mistake_at_the_command_line_is_one_line(home, monkeypatch, capsys):
    monkeypatch.setenv("CIBERAULA_HOME", str(home))
    assert main(["my-data", "nadie", "--out", str(home / "x.zip")]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "No hay nadie con el id «nadie»" in said
