import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ciberaula.classroom import sheet as sheet_module
from ciberaula.classroom.sheet import AnswerSheet, sheet_for
from ciberaula.classroom.sheetfile import MAX_NUMBER, NewerSchema, parse, read_answers
from ciberaula.errors import UserError
from ciberaula.files import write_atomic

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_NUMBER, MAX_NUMBER)
    | st.floats(-1e15, 1e15)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=6,
).filter(lambda value: value is not None)


def saved(folder, *ids):
    mine = AnswerSheet(folder)
    for id in ids:
        assert mine.save(id, "single", "b").saved
    return mine


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60, deadline=None
)
@given(value=VALUES)
def test_any_answer_comes_back_as_it_was_saved(tmp_path, value):
    outcome = AnswerSheet(tmp_path).save("p01", "form", value)
    assert outcome.saved
    assert read_answers(tmp_path / "respuestas.json") == {"p01": value}
    assert AnswerSheet(tmp_path).read()["p01"].value == value


def test_the_file_has_the_agreed_shape(tmp_path):
    saved(tmp_path, "p01", "p02")
    sheet = json.loads((tmp_path / "respuestas.json").read_text(encoding="utf-8"))
    assert set(sheet) == {"schema", "folder", "revision", "updated_at", "answers"}
    assert (sheet["schema"], sheet["folder"], sheet["revision"]) == (1, tmp_path.name, 2)
    assert set(sheet["answers"]["p01"]) == {"kind", "value", "saved_at", "writer"}


def test_none_takes_the_answer_back(tmp_path):
    mine = saved(tmp_path, "p01", "p02")
    assert mine.save("p01", "single", None).message == "Respuesta borrada."
    assert list(read_answers(tmp_path / "respuestas.json")) == ["p02"]


def test_two_tabs_keep_each_other_s_answers_and_the_last_one_says_so(tmp_path):
    one, two = AnswerSheet(tmp_path), AnswerSheet(tmp_path)
    one.entry("p01")
    two.entry("p01")
    assert not one.save("p01", "single", "a").overwrote_other_tab
    assert not one.save("p02", "single", "a").overwrote_other_tab
    outcome = two.save("p01", "single", "c")
    assert outcome.overwrote_other_tab
    assert "otra pestaña" in outcome.message
    assert read_answers(tmp_path / "respuestas.json") == {"p01": "c", "p02": "a"}
    again = two.save("p01", "single", "b")
    assert not again.overwrote_other_tab


def test_another_tab_s_answer_counts_as_such_even_after_other_saves(tmp_path):
    one, two = AnswerSheet(tmp_path), AnswerSheet(tmp_path)
    two.entry("p01")
    one.save("p01", "single", "a")
    two.save("p02", "single", "a")  # reads the file again, but never showed p01 as it is now
    assert two.save("p01", "single", "c").overwrote_other_tab


def test_reopening_later_is_not_another_tab(tmp_path):
    saved(tmp_path, "p01")
    time.sleep(0.002)
    later = AnswerSheet(tmp_path)
    assert not later.save("p01", "single", "a").overwrote_other_tab  # by code, never shown
    later = AnswerSheet(tmp_path)
    later.entry("p01")
    assert not later.save("p01", "single", "c").overwrote_other_tab


WRITER = textwrap.dedent("""
    import sys
    from pathlib import Path
    from ciberaula.classroom import sheet as module
    from ciberaula.classroom.sheet import AnswerSheet
    module.LOCK_WAIT_S = 600  # a busy machine is no kernel that stopped while it held the lock
    sheet = AnswerSheet(Path(sys.argv[1]))
    for turn in range(int(sys.argv[3])):
        outcome = sheet.save(sys.argv[2] + str(turn % 20), "text", sys.argv[2] * (turn % 50 + 1) * 40)
        assert outcome.saved, outcome
        print(turn, flush=True)
""")


def start_writer(folder, name, turns):
    command = [sys.executable, "-c", WRITER, str(folder), name, str(turns)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_kernels_writing_at_once_lose_nothing(tmp_path):
    writers = [start_writer(tmp_path, name, 60) for name in ("a", "b")]
    for writer in writers:
        _out, errors = writer.communicate(timeout=600)
        assert writer.returncode == 0, errors
    assert len(read_answers(tmp_path / "respuestas.json")) == 40
    assert json.loads((tmp_path / "respuestas.json").read_text())["revision"] == 120


def test_a_kernel_killed_in_mid_write_leaves_a_whole_sheet(tmp_path):
    path = tmp_path / "respuestas.json"
    saved(tmp_path, "antes")
    for turn in range(12):
        writer = start_writer(tmp_path, "a", 100_000)
        assert writer.stdout.readline()  # it is writing
        time.sleep(0.003 * turn)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        writer.stderr.close()
        assert read_answers(path)["antes"] == "b"
        assert AnswerSheet(tmp_path).save("despues", "single", str(turn)).saved
    assert not list(tmp_path.glob("respuestas.dañada*"))


def test_what_killed_kernels_left_is_swept_away(tmp_path):
    orphan = tmp_path / ".respuestas.json.abc.tmp"
    orphan.write_text("x")
    young = tmp_path / ".respuestas.json.def.tmp"
    young.write_text("x")
    os.utime(orphan, (time.time() - 120, time.time() - 120))
    saved(tmp_path, "p01")
    assert not orphan.exists()
    assert young.exists()


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, "disco está lleno"),
        (errno.EROFS, "solo lectura"),
        (errno.EACCES, "solo lectura"),
        (errno.EIO, "error 5"),
    ],
)
def test_a_disk_that_takes_nothing_keeps_the_work_and_retries(tmp_path, monkeypatch, number, expected):
    mine = saved(tmp_path, "p01")
    real = write_atomic

    def fail(path, data):
        raise OSError(number, "any words")

    monkeypatch.setattr(sheet_module, "write_atomic", fail)
    outcome = mine.save("p02", "single", "c")
    assert not outcome.saved
    assert expected in outcome.message
    assert "\n" not in outcome.message
    assert mine.read()["p02"].value == "c"  # kept in this session
    assert read_answers(tmp_path / "respuestas.json") == {"p01": "b"}
    monkeypatch.setattr(sheet_module, "write_atomic", real)
    assert mine.save("p03", "single", "a").saved
    assert read_answers(tmp_path / "respuestas.json") == {"p01": "b", "p02": "c", "p03": "a"}


FULL_DISK = textwrap.dedent("""
    import sys
    from pathlib import Path
    from ciberaula.classroom.sheet import AnswerSheet
    from ciberaula.classroom.sheetfile import read_answers
    folder = Path(sys.argv[1])
    sheet = AnswerSheet(folder)
    assert sheet.save("p01", "text", "corta").saved
    filler = folder / "relleno"
    with filler.open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(bytes(512))
        except OSError:
            pass
    outcome = sheet.save("p02", "text", "larga " * 1000)
    assert not outcome.saved and sheet.read()["p02"].value.startswith("larga")
    assert read_answers(folder / "respuestas.json") == {"p01": "corta"}
    filler.unlink()
    assert sheet.save("p03", "text", "otra").saved
    assert set(read_answers(folder / "respuestas.json")) == {"p01", "p02", "p03"}
    assert [file.name for file in folder.iterdir()] == ["respuestas.json"]
    print(outcome.message)
""")
READ_ONLY = textwrap.dedent("""
    import sys
    from pathlib import Path
    from ciberaula.classroom.sheet import AnswerSheet
    sheet = AnswerSheet(Path(sys.argv[1]))
    outcome = sheet.save("p02", "text", "nueva")
    assert not outcome.saved
    assert {id: entry.value for id, entry in sheet.read().items()} == {"p01": "b", "p02": "nueva"}
    print(outcome.message)
""")


@pytest.mark.parametrize(
    ("mount", "script", "expected"),
    [
        (["--size", "65536", "--tmpfs"], FULL_DISK, "el disco está lleno"),
        (["--ro-bind"], READ_ONLY, "la carpeta es de solo lectura"),
    ],
    ids=["full", "read-only"],
)
def test_a_really_full_or_read_only_disk_is_told_and_the_work_kept(tmp_path, mount, script, expected):
    """bubblewrap puts a tiny, or a read-only, file system over the folder, so that the errors are the system's own."""
    saved(tmp_path, "p01")
    places = [str(tmp_path)] * (2 if "--ro-bind" in mount else 1)
    command = ["bwrap", "--dev-bind", "/", "/", *mount, *places, sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("No se pudo guardar: ")
    assert expected in done.stdout
    assert len(done.stdout.splitlines()) == 1


DAMAGED = {
    "torn": b'{"schema": 1, "answers": {"p0',
    "empty": b"",
    "binary": b"\x00\xff\xfe",
    "list": b"[]",
    "no schema": b"{}",
    "duplicate": b'{"schema":1,"schema":1,"folder":"x","revision":1,"updated_at":"","answers":{}}',
    "true schema": b'{"schema":true,"folder":"x","revision":1,"updated_at":"","answers":{}}',
    "not finite": b'{"schema":1,"folder":"x","revision":1,"updated_at":"","answers":{"p":{"kind":"number","value":NaN,'
    b'"saved_at":"","writer":""}}}',
    "huge number": b'{"schema":1,"folder":"x","revision":1,"updated_at":"","answers":{"p":{"kind":"number","value":1e999,'
    b'"saved_at":"","writer":""}}}',
    "many digits": b'{"schema":1,"folder":"x","revision":1,"updated_at":"","answers":{"p":{"kind":"number","value":'
    + b"9" * 5000
    + b',"saved_at":"","writer":""}}}',
    "deep": b'{"schema":1,"folder":"x","revision":1,"updated_at":"","answers":{"p":{"kind":"text","value":'
    + b"[" * 12
    + b"]" * 12
    + b',"saved_at":"","writer":""}}}',
    "very deep": b"[" * 100_000,
    "surrogate": b'{"schema":1,"folder":"\\ud800","revision":1,"updated_at":"","answers":{}}',
    "odd kind": b'{"schema":1,"folder":"x","revision":1,"updated_at":"","answers":{"p":{"kind":["x"],"value":1,'
    b'"saved_at":"","writer":""}}}',
    "odd entry": b'{"schema":1,"folder":"x","revision":1,"updated_at":"","answers":{"p":3}}',
    "big": b" " * (1024 * 1024 + 1),
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_sheet_is_set_aside_whole_and_told(tmp_path, data):
    path = tmp_path / "respuestas.json"
    path.write_bytes(data)
    with pytest.raises(UserError) as raised:
        read_answers(path)
    assert "\n" not in str(raised.value)
    mine = AnswerSheet(tmp_path)
    assert mine.read() == {}
    notice = mine.take_notice()
    assert "dañada" in notice
    assert "\n" not in notice
    (aside,) = tmp_path.glob("respuestas.dañada-*.json")
    assert aside.name in notice
    assert aside.read_bytes() == data
    assert mine.save("p01", "single", "b").saved
    assert aside.read_bytes() == data


def test_damage_while_working_keeps_what_the_session_remembers(tmp_path):
    mine = saved(tmp_path, "p01", "p02")
    for turn in range(2):
        (tmp_path / "respuestas.json").write_bytes(b"{%d" % turn)
        outcome = mine.save("p03", "single", "a")
        assert outcome.saved
        assert "se apartó como respuestas.dañada-" in outcome.message
        assert set(read_answers(tmp_path / "respuestas.json")) == {"p01", "p02", "p03"}
    assert len(list(tmp_path.glob("respuestas.dañada-*.json"))) == 2


def test_a_damaged_sheet_that_cannot_be_set_aside_is_not_written_over(tmp_path, monkeypatch):
    path = tmp_path / "respuestas.json"
    path.write_bytes(b"{")

    def fail(self, target):
        raise OSError(errno.EROFS, "any words")

    monkeypatch.setattr(type(path), "rename", fail)
    mine = AnswerSheet(tmp_path)
    outcome = mine.save("p01", "single", "a")
    assert not outcome.saved
    assert "solo lectura" in outcome.message
    assert path.read_bytes() == b"{"
    assert mine.read()["p01"].value == "a"
    assert "no se pudo apartar" in mine.take_notice()


def test_a_newer_sheet_is_kept_untouched_and_told(tmp_path):
    path = tmp_path / "respuestas.json"
    path.write_text('{"schema": 2, "respuestas": []}')
    with pytest.raises(NewerSchema):
        parse(path.read_bytes())
    mine = AnswerSheet(tmp_path)
    outcome = mine.save("p01", "single", "a")
    assert not outcome.saved
    assert "versión más nueva" in outcome.message
    assert mine.read()["p01"].value == "a"
    assert path.read_text() == '{"schema": 2, "respuestas": []}'
    assert [file.name for file in tmp_path.iterdir()] == ["respuestas.json"]


def test_grading_follows_no_link_and_reads_no_device(tmp_path):
    saved(tmp_path, "p01")
    link = tmp_path / "enlace.json"
    link.symlink_to(tmp_path / "respuestas.json")
    with pytest.raises(UserError, match="es un enlace"):
        read_answers(link)
    pipe = tmp_path / "tubo.json"
    os.mkfifo(pipe)
    with pytest.raises(UserError, match="no es un archivo común"):
        read_answers(pipe)
    with pytest.raises(UserError, match="No hay hoja"):
        read_answers(tmp_path / "nada.json")


def test_an_answer_beyond_the_limits_is_refused_and_nothing_else_is_lost(tmp_path):
    mine = saved(tmp_path, "p01")
    with pytest.raises(UserError, match="texto no admitido"):
        mine.save("p02", "text", "x" * 20_001)
    with pytest.raises(UserError, match="1 MiB"):
        mine.save("p02", "table", {"columns": ["a"], "rows": [["x" * 1900]] * 1000})
    assert mine.save("p03", "single", "a").saved
    assert set(read_answers(tmp_path / "respuestas.json")) == {"p01", "p03"}


def test_one_sheet_a_folder_in_a_session(tmp_path):
    assert sheet_for(tmp_path) is sheet_for(tmp_path)


def test_a_kernel_stopped_with_the_lock_does_not_hold_others_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet_module, "LOCK_WAIT_S", 0.1)
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        assert AnswerSheet(tmp_path).save("p01", "single", "a").saved
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("lock", [True, False], ids=["locks", "no locks, as on Windows"])
def test_a_folder_that_was_moved_away_is_told_and_the_answers_kept(tmp_path, monkeypatch, lock):
    if not lock:
        monkeypatch.setattr(sheet_module, "fcntl", None)
    folder = tmp_path / "05-modulo"
    folder.mkdir()
    mine = saved(folder, "p01")
    folder.rename(tmp_path / "otra")
    outcome = mine.save("p02", "single", "c")
    assert not outcome.saved
    assert "No se pudo guardar: la carpeta «05-modulo» ya no está en su lugar" in outcome.message
    assert {id: entry.value for id, entry in mine.read().items()} == {"p01": "b", "p02": "c"}
    assert mine.entry("p01").value == "b"
    assert "ya no está en su lugar" in mine.take_notice()
    (tmp_path / "otra").rename(folder)
    assert mine.save("p03", "single", "a").saved
    assert read_answers(folder / "respuestas.json") == {"p01": "b", "p02": "c", "p03": "a"}
