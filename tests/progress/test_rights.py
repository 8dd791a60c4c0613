"""Everything held about a participant is given, and erased to the last byte."""

import argparse
import csv
import io
import json
import sqlite3
import zipfile
from contextlib import closing
from datetime import datetime

import pytest
import sqlalchemy as sa
from nbgrader.utils import notebook_hash

from ciberaula.casework.cohort import Cohort, actor_of
from ciberaula.casework.entities import Person as DeskPerson
from ciberaula.casework.entities import Transition
from ciberaula.casework.store import open_store
from ciberaula.casework.store.participants import digest, of_person
from ciberaula.casework.store.personal import struck_out
from ciberaula.casework.store.protocol import Query
from ciberaula.casework.vocabulary import Role
from ciberaula.classroom.sheetfile import Content, Entry
from ciberaula.cli import main
from ciberaula.errors import UserError
from ciberaula.grading import ledger
from ciberaula.grading.erased import erased_among
from ciberaula.progress import gradebook_rights
from ciberaula.progress.commands import add_commands
from ciberaula.progress.pseudonym import pseudonym, secret
from ciberaula.progress.rights import erase, held
from ciberaula.progress.snapshot import refresh
from ciberaula.progress.store import load
from tests.casework.stores import assert_whole
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
    keep_ledger(home)
    (home / "double-marking").mkdir()
    (home / "double-marking" / f"{cohort.MODULE}.csv").write_text(
        "student,author,at,hechos\nazu-1,Otra docente,2026-06-07,1.5\nazu-11,Otra docente,2026-06-07,2\n"
    )
    return home


def keep_ledger(home):
    """An attempt, a change by hand and an extension of azu-1 and of azu-11, as grading keeps them."""
    at = datetime(2026, 6, 6, 12)
    signed = {"author": "Docente de prueba", "made_at": at}
    graded = {"signature": "s", "digest": "d", "key": "k", "state": "graded", "receipt": "r", "graded_at": at}
    with ledger.writing(f"sqlite:///{home / 'gradebook.db'}") as connection:
        for student in ("azu-1", "azu-11"):
            whose = {"assignment": cohort.MODULE, "student": student}
            connection.execute(ledger.attempts.insert().values(**whose, number=1, points=3.0, counts=True, **graded))
            connection.execute(ledger.extensions.insert().values(**whose, minutes=60, reason="sin señal", **signed))
            connection.execute(
                ledger.overrides.insert().values(
                    **whose, item="p01", points=2.0, reason=f"{student} lo explicó", **signed
                )
            )


def rows(archive, name):
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


def test_what_is_held_can_be_read_by_a_person(exchanged):
    with zipfile.ZipFile(io.BytesIO(held(exchanged, "azu-1"))) as archive:
        names = archive.namelist()
        (person,) = rows(archive, "persona.csv")
        grades = rows(archive, "notas.csv")
        seconds = rows(archive, "segundas-lecturas.csv")
        (attempt,) = rows(archive, "intentos.csv")
        (change,) = rows(archive, "cambios.csv")
        (extension,) = rows(archive, "prorrogas.csv")
        readme = archive.read("LEEME.txt").decode()
    assert person["name"] == "Ana Paredes"
    assert len(grades) == 12
    assert [row["hechos"] for row in seconds] == ["1.5"]
    assert (attempt["points"], attempt["counts"], attempt["graded_at"]) == ("3.0", "True", "2026-06-06T12:00:00Z")
    assert (change["item"], change["points"], change["reason"]) == ("p01", "2.0", "azu-1 lo explicó")
    assert (extension["minutes"], extension["reason"]) == ("60", "sin señal")
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
    with ledger.reading(f"sqlite:///{exchanged / 'gradebook.db'}") as connection:
        for table in (ledger.attempts, ledger.overrides, ledger.extensions):
            assert connection.execute(sa.select(table.c.student)).scalars().all() == ["azu-11"]
    assert "azu-11" in (exchanged / "double-marking" / f"{cohort.MODULE}.csv").read_text()
    assert (exchanged / "logs" / "nbgrader.log").read_text() == "Autograding azu-11/05\n"


def test_copies_that_may_still_name_the_person_are_told_and_left(exchanged, monkeypatch, capsys):
    exports, refused = exchanged / "exports", exchanged / "paquetes" / "rechazados"
    exports.mkdir()
    refused.mkdir(parents=True)
    (exports / f"notas-moodle-{cohort.MODULE}.csv").write_text("idnumber\nazu-1\n")
    (exports / "notas-canvas.csv").write_text("SIS User ID\nazu-11\n")
    with zipfile.ZipFile(exports / "notas-xlsx.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings.xml", "<t>azu-1</t>" * 50)
    (refused / "tarea-azu-1.zip").write_bytes(b"PK\x03\x04")
    (refused / "tarea-azu-1.zip.txt").write_text("está dañado")
    (refused / "tarea-azu-11.zip.txt").write_text("está dañado")
    monkeypatch.setenv("CIBERAULA_HOME", str(exchanged))
    assert main(["erase", "azu-1", "--yes"]) == 0
    out = capsys.readouterr().out
    csv_file, book = exports / f"notas-moodle-{cohort.MODULE}.csv", exports / "notas-xlsx.xlsx"
    again = "todavía la nombra: escríbalo de nuevo (ciberaula export"
    assert [line for line in out.splitlines() if line.startswith("Falta: ")] == [
        f"Falta: {csv_file} {again} {cohort.MODULE} --format moodle) o bórrelo.",
        f"Falta: {book} {again} --all --format xlsx) o bórrelo.",
        f"Falta: {refused / 'tarea-azu-1.zip'} todavía la nombra: bórrelo.",
        f"Falta: {refused / 'tarea-azu-1.zip.txt'} todavía la nombra: bórrelo.",
    ]
    assert "copias de seguridad" in out and "volvería a entrar" in out
    assert csv_file.exists() and erased_among(["azu-1", "azu-11"], exchanged) == ["azu-1"]


def test_a_list_with_headings_in_spanish_is_erased_from_too(home):
    roster = home / "roster.csv"
    roster.write_text(roster.read_text(encoding="utf-8").replace("id,name", "identificador,nombre"), encoding="utf-8")
    assert held(home, "azu-2")
    erase(home, "azu-2")
    assert "azu-2" not in roster.read_text(encoding="utf-8")


def test_who_only_has_an_extension_is_given_it_and_erased(home):
    with ledger.writing(f"sqlite:///{home / 'gradebook.db'}") as connection:
        connection.execute(
            ledger.extensions.insert().values(
                assignment=cohort.MODULE,
                student="azu-99",
                minutes=5,
                author="x",
                reason="y",
                made_at=datetime(2026, 6, 6),
            )
        )
    with zipfile.ZipFile(io.BytesIO(held(home, "azu-99"))) as archive:
        assert [row["minutes"] for row in rows(archive, "prorrogas.csv")] == ["5"]
    erase(home, "azu-99")
    with pytest.raises(UserError, match="No hay nadie"):
        held(home, "azu-99")
    assert b"azu-99" not in (home / "gradebook.db").read_bytes()


def test_a_gradebook_that_somebody_reads_is_written_anew_later(exchanged, monkeypatch):
    monkeypatch.setattr(gradebook_rights, "PATIENCE_S", 0.1)
    place = exchanged / "gradebook.db"
    with closing(sqlite3.connect(place)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM student WHERE id = 'azu-1'").fetchone() == (1,)
        assert erase(exchanged, "azu-1").to_do == (f"VACUUM en {place}",)
    with closing(sqlite3.connect(place)) as reader:
        assert reader.execute("SELECT count(*) FROM student WHERE id = 'azu-1'").fetchone() == (0,)


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
    assert f"revise {home / 'roster.csv'}, columna id" in said
    assert said.count("\n") == 1 and "No hay nadie con el id «nadie»" in said


# In the stories -------------------------------------------------------------------------------------------------------

TOLD = "Contó que duerme donde su hermana."


@pytest.fixture
def with_stories(home):
    """azu-1 also handed in the module of the case desk: two logs of stories, with what she wrote in them."""
    folder = home / "submitted" / "azu-1" / "06-gestion-virtual-de-casos"
    folder.mkdir()
    action = {"do": "write_note", "case": "c1", "facts": TOLD, "opinion": "", "next": ""}
    log = {"version": "0" * 16, "trainee": "p-azu-1", "seed": 1, "actions": [{"n": 1, "action": action}], "ended": None}
    logs = {item: {"story": f"historia-{item}", **log} for item in ("p11", "p12")}
    answers = {item: Entry("story", value, "2026-06-06T12:00:00+00:00", "w") for item, value in logs.items()}
    (folder / "respuestas.json").write_bytes(Content(folder.name, 2, "2026-06-06T12:00:00+00:00", answers).encode())
    autograded = home / "autograded" / "azu-1" / folder.name
    autograded.mkdir()
    (autograded / "gestion-virtual-de-casos.ipynb").write_text(json.dumps({"cells": [], "metadata": {"x": TOLD}}))
    refresh(home, now=cohort.NOW)
    return logs


def test_what_was_played_in_stories_is_handed_over(home, with_stories):
    with zipfile.ZipFile(io.BytesIO(held(home, "azu-1"))) as archive:
        name = "archivos/submitted/azu-1/06-gestion-virtual-de-casos/respuestas.json"
        given = json.loads(archive.read(name))["answers"]
    assert {item: one["value"] for item, one in given.items()} == with_stories


def test_erasing_leaves_nothing_of_what_was_played(home, with_stories):
    erase(home, "azu-1")
    left = [path for path in home.rglob("*") if path.is_file() and TOLD.encode() in path.read_bytes()]
    assert left == []
    assert not list(home.glob("*/azu-1"))


# At the shared case desk ---------------------------------------------------------------------------------------------

SAID = "Hoy me llamo Ana Paredes y vivo en El Batán."


@pytest.fixture
def at_the_desk(home, monkeypatch):
    """azu-1 and azu-2 at the shared desk of this installation: what the first wrote, and sent to the second."""
    monkeypatch.delenv("CIBERAULA_CASES_URL", raising=False)
    for student in ("azu-1", "azu-2"):
        record = home / "submitted" / student / cohort.MODULE / "registro.jsonl"
        record.write_text(record.read_text(encoding="utf-8").replace('"p-x"', f'"p-{student}"'), encoding="utf-8")
    made = Cohort(open_store(folder=home))
    people = {id: actor_of(made.enter(f"p-{id}", Role.CASEWORKER)) for id in ("azu-1", "azu-2")}
    one, other = people.values()
    case = f"{one.id}-1"
    about = {"case": case, "person": f"{case}-p", "granted": True}
    done = [
        {"do": "write_note", "case": case, "facts": SAID, "opinion": "Con miedo."},
        {"do": "add_person", "case": case, "person": f"{case}-p", "name": "Ana Paredes", "relation": "titular"},
        {"do": "record_consent", **about, "purpose": "services"},
        {"do": "record_consent", **about, "purpose": "sharing", "to": [other.id]},
        {"do": "refer", "case": case, "to": other.id, "data": ["identity"], "reason": SAID},
    ]
    for n, action in enumerate(done, 1):
        made.desk.do(one, action, action_id=f"{one.id}.t.{n}")
    answer = {"do": "answer_transition", "case": case, "transition": f"{one.id}.t.5", "accept": True, "reason": "Voy."}
    made.desk.do(other, answer, action_id=f"{other.id}.t.1")
    yield made, one, other, case
    made.store.close()


def on_desk(home, *told):
    with zipfile.ZipFile(io.BytesIO(held(home, "azu-1", told))) as archive:
        return json.loads(archive.read("mesa-de-casos.json")) if "mesa-de-casos.json" in archive.namelist() else None


def test_what_was_done_at_the_shared_desk_is_handed_over(home, at_the_desk):
    _made, one, other, _case = at_the_desk
    (told,) = on_desk(home)
    assert told["usuario"] == one.id
    assert {entry["actor"] for entry in told["asientos"]} == {one.id}
    assert SAID in [row.get("facts") for row in told["escrito"]]
    assert "Voy." not in json.dumps(told)
    assert other.id in json.dumps(told)  # to whom she referred, by the id of the desk


def test_erasing_at_the_shared_desk_leaves_the_chain_whole_and_nobody_in_it(home, at_the_desk):
    made, one, other, case = at_the_desk
    before = made.verify().entries
    told = erase(home, "azu-1").removed
    assert any("mesa de casos" in line for line in told)
    check = made.verify()
    assert (check.ok, check.entries) == (True, before + 1)
    assert [who.user for who in made.everybody()] == [other.id]
    made.store.close()
    left = b"".join(path.read_bytes() for path in home.glob("mesa.sqlite*"))
    assert not [gone for gone in (SAID, "Con miedo", "Ana Paredes", digest("p-azu-1")) if gone.encode() in left]
    with made.store.begin() as unit:
        file = unit.case_file(case)
        assert file.get(DeskPerson, f"{case}-p").name == struck_out()
        assert file.of(Transition)[0].answer == "Voy."  # somebody else's words
        # The other's simulated people may have that surname.
        assert case not in [line.case_id for line in unit.find(Query(text="paredes"))]
        assert [line.case_id for line in unit.find(Query(text="texto borrado"))] == [case]
    assert_whole(made.store)
    assert on_desk_of(made, one) is None


def on_desk_of(made, actor):
    with made.store.begin() as unit:
        return next((who for who in of_person(unit, "p-azu-1") if who.user == actor.id), None)


def test_a_pseudonym_that_two_people_handed_in_must_be_told(home, at_the_desk):
    made = at_the_desk[0]
    record = home / "submitted" / "azu-2" / cohort.MODULE / "registro.jsonl"
    record.write_text(record.read_text(encoding="utf-8").replace('"p-azu-2"', '"p-azu-1"'), encoding="utf-8")
    before = made.verify().entries
    for right in (held, erase):
        with pytest.raises(UserError, match="equipo compartido"):
            right(home, "azu-1")
    assert (home / "submitted" / "azu-1").exists()
    assert made.verify().entries == before
    assert len(on_desk(home, "p-azu-1")) == 1


def test_who_handed_in_nothing_can_tell_her_pseudonym(home, at_the_desk, monkeypatch):
    made = at_the_desk[0]
    (home / "submitted" / "azu-1" / cohort.MODULE / "registro.jsonl").unlink()
    assert on_desk(home) is None
    assert on_desk(home, "p-azu-1", "p-otra") is not None
    monkeypatch.setenv("CIBERAULA_HOME", str(home))
    assert run("erase", "azu-1", "--yes", "--pseudonym", "p-azu-1") == 0
    assert len(made.everybody()) == 1


def test_a_desk_out_of_reach_stops_an_erasure_before_anything_is_gone(home, at_the_desk, monkeypatch):
    monkeypatch.setenv("CIBERAULA_CASES_URL", "postgresql://ana:secreta@127.0.0.1:1/mesa")
    for right in (held, erase):
        with pytest.raises(UserError, match="No hay conexión") as told:
            right(home, "azu-1")
        assert "secreta" not in str(told.value)
    assert (home / "submitted" / "azu-1").exists()
