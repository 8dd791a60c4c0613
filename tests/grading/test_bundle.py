"""The one-file way to hand in: what goes in, and everything that is refused on the way back."""

import hashlib
import io
import json
import shutil
import stat
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest

from ciberaula.casework.players import load_players, play_script, story_files
from ciberaula.casework.stories.load import load_story
from ciberaula.classroom.sheetfile import MAX_BYTES, Content, Entry, read_answers
from ciberaula.classroom.story_items import MAX_LOG_BYTES, clean_log, story_at
from ciberaula.errors import UserError
from ciberaula.grading import intake
from ciberaula.grading.bundle import MANIFEST, write_bundle
from ciberaula.grading.intake import Desk, collect
from tests.grading.course import sheet

NOW = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
MADE = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
TASK = "05-proteccion-de-datos"
BOOK = "proteccion-de-datos.ipynb"
ROOT = Path(__file__).parents[2]
SHEET = sheet({"p01": "b"})


@pytest.fixture
def work(tmp_path):
    folder = tmp_path / "aula" / TASK
    folder.mkdir(parents=True)
    # A trainee's workspace knows its assignments from the plan; it has no exercises/.
    (tmp_path / "aula" / "modules").mkdir()
    for plan in ("curriculum.yml", "coverage.yml"):
        shutil.copy(ROOT / "modules" / plan, tmp_path / "aula" / "modules")
    nbformat.write(nbformat.v4.new_notebook(), folder / BOOK)
    (folder / "respuestas.json").write_bytes(SHEET)
    (folder / "registro.jsonl").write_text("{}\n")
    (folder / "preguntas.yml").write_text("schema: 1")
    return folder


@pytest.fixture
def desk(tmp_path):
    return Desk({"ana", "luis"}, {TASK: frozenset({BOOK})}, tmp_path / "var" / "submitted")


def take(desk, *files):
    return list(collect(files, desk, now=NOW))


def make(path, files, *, student="ana", assignment=TASK, made=MADE, manifest=None, entries=()):
    """A bundle as anyone could forge it. ``entries`` are (name or ZipInfo, bytes) added outside of the manifest."""
    about = {
        "schema": 1,
        "assignment": assignment,
        "student": student,
        "created_at": made.isoformat(),
        "files": {n: {"sha256": hashlib.sha256(d).hexdigest(), "bytes": len(d)} for n, d in files.items()},
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, json.dumps(about) if manifest is None else manifest)
        for name, data in [*files.items(), *entries]:
            archive.writestr(name, data)
    return path


def notebook_bytes():
    return nbformat.writes(nbformat.v4.new_notebook()).encode()


def test_a_bundle_holds_the_work_and_nothing_else(work):
    path = write_bundle(work, student="ana", now=MADE)
    assert path == work.parent / f"{TASK}-ana.zip"
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [MANIFEST, BOOK, "respuestas.json", "registro.jsonl"]
        about = json.loads(archive.read(MANIFEST))
    assert about["student"] == "ana"
    assert about["files"]["respuestas.json"]["sha256"] == hashlib.sha256(SHEET).hexdigest()


STORIES = "06-gestion-virtual-de-casos"
STORY_BOOK = "gestion-virtual-de-casos.ipynb"


def played():
    """The graded stories of the course as a good player plays them: (item of the sheet, log)."""
    for files in story_files(ROOT):
        if files.story.is_relative_to(ROOT / "solutions"):
            story = load_story(files.story)
            log = play_script(story, load_players(files.players, story).good, trainee="p-ana").answer()
            yield story_at(files.story), log


def longest(log):
    """``log`` with notes, no two alike, until a sheet would take no more of it."""
    log = {**log, "actions": list(log["actions"])}
    size = len(json.dumps(log, ensure_ascii=False).encode())
    while True:
        number = len(log["actions"]) + 1
        facts = " ".join(hashlib.sha256(f"{number}:{word}".encode()).hexdigest()[:8] for word in range(300))
        entry = {"n": number, "action": {"do": "write_note", "case": "c1", "facts": facts, "opinion": "Sí."}, "at": 1}
        size += len(json.dumps(entry, ensure_ascii=False).encode()) + 2
        if size > MAX_LOG_BYTES:
            return log
        log["actions"].append(entry)


@pytest.mark.parametrize("long", [False, True], ids=["as played", "as long as a log may be"])
def test_two_stories_travel_in_one_bundle(work, desk, long):
    folder = work.parent / STORIES
    folder.mkdir()
    nbformat.write(nbformat.v4.new_notebook(), folder / STORY_BOOK)
    stories = [(item, longest(log) if long else log) for item, log in played()]
    logs = {item.id: log for item, log in stories}
    assert list(logs) == ["p11", "p12"]
    assert all(clean_log(item, log) is log for item, log in stories)
    answers = {item: Entry("story", log, "2026-03-02T10:00:00+00:00", "w") for item, log in logs.items()}
    data = Content(STORIES, 2, "2026-03-02T10:00:00+00:00", answers).encode()
    assert (MAX_BYTES / 2 < len(data) < MAX_BYTES) == long
    (folder / "respuestas.json").write_bytes(data)
    assignments = {**desk.assignments, STORIES: frozenset({STORY_BOOK})}
    bundle = write_bundle(folder, student="ana", now=MADE)
    (outcome,) = take(Desk(desk.students, assignments, desk.submitted), bundle)
    assert outcome.state == "accepted", outcome.message
    taken = read_answers(desk.submitted / "ana" / STORIES / "respuestas.json")
    assert taken == logs


def test_the_same_work_gives_the_same_bytes(work):
    first = write_bundle(work, student="ana", now=MADE).read_bytes()
    for path in work.iterdir():
        path.touch()
    assert write_bundle(work, student="ana", now=MADE).read_bytes() == first


def test_a_folder_without_a_notebook_or_with_a_link_gets_one_line(work, tmp_path):
    with pytest.raises(UserError, match="no hay ningún cuaderno"):
        write_bundle(tmp_path, student="ana")
    (work / "respuestas.json").unlink()
    (work / "respuestas.json").symlink_to("/etc/hostname")
    with pytest.raises(UserError, match="no es un archivo común"):
        write_bundle(work, student="ana")
    with pytest.raises(UserError, match="El identificador"):
        write_bundle(work, student="../ana")


def test_work_handed_in_lies_where_nbgrader_looks_for_it(work, desk):
    (outcome,) = take(desk, write_bundle(work, student="ana", now=MADE))
    assert outcome.state == "accepted"
    assert outcome.message == f"{TASK}-ana.zip: recibida la entrega de ana en {TASK}."  # whole, so without a doubt
    folder = desk.submitted / "ana" / TASK
    assert (folder / BOOK).read_bytes() == (work / BOOK).read_bytes()
    assert (folder / "timestamp.txt").read_text() == "2026-03-02 10:00:00.000000 UTC"
    assert len((folder / "submission_secret.txt").read_text()) == 64
    assert [path.name for path in desk.submitted.iterdir()] == ["ana"]  # nothing half done stays behind


def test_the_same_work_twice_is_told_and_changes_nothing(work, desk):
    first = write_bundle(work, student="ana", now=MADE)
    again = write_bundle(work, student="ana", now=MADE + timedelta(hours=1), target=work.parent / "otra.zip")
    outcomes = take(desk, first, again)
    assert [outcome.state for outcome in outcomes] == ["accepted", "same"]
    assert "ya estaba recibida" in outcomes[1].message
    assert (desk.submitted / "ana" / TASK / "timestamp.txt").read_text().startswith("2026-03-02 10")


def test_newer_work_takes_the_place_and_older_does_not(work, desk):
    first = write_bundle(work, student="ana", now=MADE)
    (work / "respuestas.json").write_bytes(sheet({"p01": "c"}))
    newer = write_bundle(work, student="ana", now=MADE + timedelta(hours=1), target=work.parent / "nueva.zip")
    assert [outcome.state for outcome in take(desk, first, newer, first)] == ["accepted", "updated", "older"]
    assert (desk.submitted / "ana" / TASK / "respuestas.json").read_bytes() == sheet({"p01": "c"})
    assert [path.name for path in (desk.submitted / "ana").iterdir()] == [TASK]


def test_a_clock_that_runs_ahead_does_not_win_over_later_work(work, desk):
    take(desk, write_bundle(work, student="ana", now=NOW + timedelta(days=900)))
    assert (desk.submitted / "ana" / TASK / "timestamp.txt").read_text() == "2026-03-05 12:00:00.000000 UTC"


def link(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


BOOKS = {BOOK: notebook_bytes()}
REFUSED = {
    "unknown trainee": (lambda p: make(p, BOOKS, student="pedro"), "«pedro» no está en la lista de participantes"),
    "unknown assignment": (lambda p: make(p, BOOKS, assignment="99-otra"), "no es una tarea publicada"),
    "wrong notebook": (lambda p: make(p, {"otra.ipynb": b"{}"}), "parece de otra tarea"),
    "not a zip": (lambda p: p.write_bytes(b"hola") and p, "está dañado"),
    "empty file": (lambda p: p.write_bytes(b"") or p, "está dañado"),
    "no manifest": (lambda p: p.write_bytes(b"PK\x05\x06" + bytes(18)) and p, f"falta {MANIFEST}"),
    "manifest of nonsense": (lambda p: make(p, BOOKS, manifest="[1"), "su manifiesto no se entiende"),
    "manifest too deep": (lambda p: make(p, BOOKS, manifest="[" * 20_000), "su manifiesto no se entiende"),
    "manifest too big": (lambda p: make(p, BOOKS, manifest=" " * 70_000), "su manifiesto no se entiende"),
    "manifest of another version": (lambda p: make(p, BOOKS, manifest='{"schema": 2}'), "su manifiesto no se entiende"),
    "student with a path": (lambda p: make(p, BOOKS, student="../../ana"), "su manifiesto no se entiende"),
    "assignment with a path": (lambda p: make(p, BOOKS, assignment="../x"), "su manifiesto no se entiende"),
    "file out of the manifest": (
        lambda p: make(p, BOOKS, entries=[("respuestas.json", b"{}")]),
        "no son los que dice su manifiesto",
    ),
    "file that does not belong": (lambda p: make(p, {**BOOKS, "virus.exe": b"x"}), "no es de la tarea"),
    "absolute path": (lambda p: make(p, {**BOOKS, "/tmp/x.ipynb": b"x"}), "intenta salir de la carpeta"),
    "parent path": (lambda p: make(p, {**BOOKS, "../x.ipynb": b"x"}), "intenta salir de la carpeta"),
    "folder": (lambda p: make(p, {**BOOKS, "a/x.ipynb": b"x"}), "intenta salir de la carpeta"),
    "backslash": (lambda p: make(p, {**BOOKS, "..\\x.ipynb": b"x"}), "intenta salir de la carpeta"),
    "drive": (lambda p: make(p, {**BOOKS, "C:x.ipynb": b"x"}), "intenta salir de la carpeta"),
    "control sign": (lambda p: make(p, {**BOOKS, "a\nb.ipynb": b"x"}), "intenta salir de la carpeta"),
    "link": (lambda p: make(p, BOOKS, entries=[(link("respuestas.json"), "/etc/passwd")]), "no es un archivo común"),
    "case collision": (lambda p: make(p, {**BOOKS, BOOK.replace("p", "P", 1): b"x"}), "trae dos veces"),
    "bomb": (lambda p: make(p, {BOOK: b"0" * 19_000_000}), "ocupa demasiado al abrirse"),
    "too many": (lambda p: make(p, {f"{n}.ipynb": b"x" for n in range(40)}), "se admiten 21"),
}


@pytest.mark.parametrize(("forge", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_bad_bundle_gets_one_line_and_the_next_goes_on(desk, tmp_path, forge, reason):
    bad = forge(tmp_path / "mala.zip")
    good = make(tmp_path / "buena.zip", BOOKS, student="luis")
    refused, accepted = take(desk, bad, good)
    assert refused.state == "refused"
    assert reason in refused.message
    assert refused.message.startswith("mala.zip: ")
    assert "\n" not in refused.message
    assert accepted.state == "accepted"
    assert sorted(path.name for path in desk.submitted.iterdir()) == ["luis"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice_is_refused(desk, tmp_path):
    (outcome,) = take(desk, make(tmp_path / "x.zip", BOOKS, entries=[(BOOK, b"otra")]))
    assert "trae dos veces" in outcome.message


def test_altered_content_is_refused(work, desk, tmp_path):
    good = make(tmp_path / "x.zip", BOOKS)
    manifest = zipfile.ZipFile(good).read(MANIFEST)
    (outcome,) = take(desk, make(tmp_path / "y.zip", {BOOK: b'{"cells": []}'}, manifest=manifest))
    assert "llegó alterado o incompleto" in outcome.message


def test_a_cut_file_is_refused(work, desk):
    path = write_bundle(work, student="ana", now=MADE)
    path.write_bytes(path.read_bytes()[:-30])
    (outcome,) = take(desk, path)
    assert outcome.state == "refused"
    assert "está dañado" in outcome.message


def test_an_entry_that_lies_about_its_size_is_stopped(desk, tmp_path):
    data = bytearray(make(tmp_path / "x.zip", {BOOK: b"0" * 100_000}).read_bytes())
    archive = zipfile.ZipFile(io.BytesIO(data))
    info = archive.getinfo(BOOK)
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(BOOK.encode()))
    data[at + 24 : at + 28] = (5000).to_bytes(4, "little")
    assert info.file_size == 100_000
    (tmp_path / "y.zip").write_bytes(bytes(data))
    (outcome,) = take(desk, tmp_path / "y.zip")
    assert outcome.state == "refused"


def test_a_password_is_told(desk, tmp_path):
    data = bytearray(make(tmp_path / "x.zip", BOOKS).read_bytes())
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(BOOK.encode()))
    data[at + 8] |= 1
    (tmp_path / "y.zip").write_bytes(bytes(data))
    (outcome,) = take(desk, tmp_path / "y.zip")
    assert "está cifrado" in outcome.message


def test_a_file_over_the_limit_is_not_opened(desk, tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "MAX_BUNDLE_BYTES", 100)
    (outcome,) = take(desk, make(tmp_path / "x.zip", BOOKS))
    assert "pesa más de" in outcome.message


def test_a_missing_file_is_told(desk, tmp_path):
    (outcome,) = take(desk, tmp_path / "nada.zip")
    assert outcome.message == "nada.zip: no existe; revise el nombre."


def test_a_name_with_braces_is_a_name(desk, tmp_path):
    (outcome,) = take(desk, make(tmp_path / "{tarea} {0}.zip", BOOKS))
    assert outcome.state == "accepted"
    assert outcome.message.startswith("{tarea} {0}.zip: recibida")


DAMAGED = {
    "notebook cut short": (BOOK, notebook_bytes()[:-20], "no es un cuaderno o está cortado"),
    "notebook not in UTF-8": (BOOK, b"\xff\xfe{}", "no está en UTF-8"),
    "notebook of another format": (BOOK, b'{"nbformat": 3, "worksheets": []}', "no es un cuaderno de formato 4"),
    "notebook without cells": (BOOK, b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "no tiene la forma"),
    "notebook of a strange version": (
        BOOK,
        b'{"nbformat": 4, "nbformat_minor": "x", "metadata": {}, "cells": []}',
        "no tiene la forma",
    ),
    "notebook too deep": (BOOK, b"[" * 20_000, "no es un cuaderno"),
    "sheet cut short": ("respuestas.json", SHEET[:-9], "La hoja de respuestas no se puede leer"),
    "sheet of nonsense": ("respuestas.json", b'{"schema": 1}', "tiene una forma inesperada"),
    "sheet not in UTF-8": ("respuestas.json", b"\xff\xfe", "no se puede leer"),
}


@pytest.mark.parametrize(("name", "data", "reason"), DAMAGED.values(), ids=DAMAGED.keys())
def test_damaged_work_never_takes_the_place_of_good_work(work, desk, tmp_path, name, data, reason):
    good = write_bundle(work, student="ana", now=MADE)
    files = {BOOK: notebook_bytes(), "respuestas.json": SHEET, name: data}
    bad = make(tmp_path / "mala.zip", files, made=MADE + timedelta(hours=1))
    accepted, refused = take(desk, good, bad)
    assert (accepted.state, refused.state) == ("accepted", "refused")
    assert f"«{name}» no se puede leer (" in refused.message
    assert reason in refused.message
    assert "\n" not in refused.message
    folder = desk.submitted / "ana" / TASK
    assert (folder / "respuestas.json").read_bytes() == SHEET
    assert (folder / BOOK).read_bytes() == (work / BOOK).read_bytes()


@pytest.mark.parametrize(("name", "data", "reason"), DAMAGED.values(), ids=DAMAGED.keys())
def test_a_trainee_is_told_of_damaged_work_before_sending_it(work, name, data, reason):
    (work / name).write_bytes(data)
    with pytest.raises(UserError, match=r"no se puede leer .* ábralo y guárdelo"):
        write_bundle(work, student="ana")


def test_a_notebook_of_another_version_of_jupyter_is_taken(desk, tmp_path):
    """An id on a cell of 4.4, and none on one of 4.5: both are about, and nbgrader grades both."""
    for minor, extra in ((4, {"id": "celda-1"}), (5, {})):
        cell = {"cell_type": "markdown", "metadata": {}, "source": "hola", **extra}
        content = {"nbformat": 4, "nbformat_minor": minor, "metadata": {}, "cells": [cell]}
        made = MADE + timedelta(hours=minor)
        (outcome,) = take(desk, make(tmp_path / f"{minor}.zip", {BOOK: json.dumps(content).encode()}, made=made))
        assert outcome.state in ("accepted", "updated")


def test_work_without_a_sheet_is_taken_and_told_but_never_over_answers(work, desk, tmp_path):
    untouched = make(tmp_path / "sin.zip", BOOKS)
    (first,) = take(desk, untouched)
    assert first.state == "accepted"
    assert first.message.endswith("No trae respuestas.json: solo cuenta lo escrito en el cuaderno.")
    good = write_bundle(work, student="ana", now=MADE + timedelta(hours=1))
    later = make(tmp_path / "luego.zip", BOOKS, made=MADE + timedelta(hours=2))
    updated, refused = take(desk, good, later)
    assert (updated.state, refused.state) == ("updated", "refused")
    assert "no trae respuestas (respuestas.json) y la entrega anterior sí" in refused.message
    assert (desk.submitted / "ana" / TASK / "respuestas.json").read_bytes() == SHEET


@pytest.mark.parametrize("stop", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_the_earlier_work_stays_until_the_new_one_is_in_place(work, desk, monkeypatch, stop):
    take(desk, write_bundle(work, student="ana", now=MADE))
    (work / "respuestas.json").write_bytes(sheet({"p01": "c"}))
    newer = write_bundle(work, student="ana", now=MADE + timedelta(hours=1))
    rename = Path.rename

    def fails(path, target):
        if path.name == "entrega":
            raise stop
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fails)
    if isinstance(stop, OSError):
        (outcome,) = take(desk, newer)
        assert outcome.message == f"{TASK}-ana.zip: no se pudo recibir: el disco está lleno; libere espacio."
    else:
        with pytest.raises(KeyboardInterrupt):
            take(desk, newer)
    assert [path.name for path in (desk.submitted / "ana").iterdir()] == [TASK]
    assert (desk.submitted / "ana" / TASK / "respuestas.json").read_bytes() == SHEET


@pytest.mark.parametrize("killed", ["before the new one was in place", "after"])
def test_a_replacement_cut_off_by_a_power_cut_is_finished_the_next_time(work, desk, killed):
    first = write_bundle(work, student="ana", now=MADE)
    take(desk, first)
    folder = desk.submitted / "ana" / TASK
    aside = folder.with_name(f".{TASK}.anterior")
    if killed == "after":
        shutil.copytree(folder, aside)
    else:
        folder.rename(aside)
    (outcome,) = take(desk, first)
    assert outcome.state == "same"
    assert [path.name for path in folder.parent.iterdir()] == [TASK]


def test_work_of_anybody_at_an_own_machine_is_neither_packed_nor_taken(work, tmp_path):
    """Every classroom on an own machine calls its trainee so: one bundle would take the place of another."""
    with pytest.raises(UserError, match="escriba el identificador que le dio su institución"):
        write_bundle(work, student="participante")
    desk = Desk({"participante"}, {TASK: frozenset({BOOK})}, tmp_path / "submitted")
    (outcome,) = take(desk, make(tmp_path / "x.zip", BOOKS, student="participante"))
    assert outcome.state == "refused"
    assert "pida que ponga el identificador" in outcome.message


def test_a_folder_that_is_not_the_assignment_s_is_refused(work, tmp_path):
    lessons = work.parent / "modules" / TASK
    lessons.mkdir()
    nbformat.write(nbformat.v4.new_notebook(), lessons / "leccion-1.ipynb")
    with pytest.raises(UserError, match=f"no es la carpeta de una tarea: indique la que tiene {TASK}/{BOOK}") as caught:
        write_bundle(lessons, student="ana")
    assert "\n" not in str(caught.value)
    other = work.with_name("mi-carpeta")
    shutil.copytree(work, other)
    with pytest.raises(UserError, match="no es la carpeta de una tarea"):
        write_bundle(other, student="ana")


def test_the_real_lessons_and_solutions_are_refused_and_the_release_is_not(tmp_path):
    with pytest.raises(UserError, match="no es la carpeta de una tarea"):
        write_bundle(ROOT / "modules" / TASK, student="ana", target=tmp_path / "x.zip")
    with pytest.raises(UserError, match="es la solución, con las claves"):
        write_bundle(ROOT / "solutions" / TASK, student="ana", target=tmp_path / "x.zip")
    assert write_bundle(ROOT / "exercises" / TASK, student="ana", target=tmp_path / "x.zip").exists()


def test_a_disk_that_cannot_be_written_is_told_in_spanish(work, monkeypatch):
    def full(_path, _data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ciberaula.grading.bundle.write_atomic", full)
    with pytest.raises(UserError, match="el disco está lleno; libere espacio") as caught:
        write_bundle(work, student="ana")
    assert "No space" not in str(caught.value)
