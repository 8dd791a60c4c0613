"""How runs begin, misbehave and end; nursery level unless said."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path

import psutil
import pytest

from ciberaula.grading import kernels
from ciberaula.grading.isolated import KERNEL, KernelIsolatedRun
from ciberaula.grading.kernels import on_kernel_thread
from ciberaula.grading.sandbox import cgroups, host, landlock, levels, protocol
from ciberaula.grading.sandbox.levels import LEVELS, SandboxRefused
from ciberaula.grading.sandbox.limits import MIB, Limits
from tests.grading.sandbox.conftest import PATIENCE_S, TELL

SHEET = '{"a": 1}'
SAVED = f"open('respuestas.json', 'w').write({SHEET!r})"


def gone(processes, seconds=PATIENCE_S):
    _ended, alive = psutil.wait_procs(processes, timeout=seconds)
    return [one for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []


def children():
    return psutil.Process().children(recursive=True)


def sandboxed():
    """Of a run that is over, the last processes may be ending just now: those are gone, or have no command any more."""
    found = []
    for one in children():
        with contextlib.suppress(psutil.Error):
            if "ciberaula.grading.sandbox.nursery" in " ".join(one.cmdline()):
                found.append(one)
    return found


@pytest.fixture
def ample(monkeypatch):
    """A kernel that obeys an interrupt has all the time it needs to say so."""
    monkeypatch.setattr(kernels, "INTERRUPT_GRACE_SECONDS", PATIENCE_S)


def test_pandas_pyarrow_and_the_classroom_work_and_each_run_begins_anew(box):
    work = """
        import os, sys, pandas, builtins
        from ciberaula.classroom import answers, check, submit_answer, load
        import pyarrow.parquet, io
        table = pandas.read_csv("notas.csv")
        table.to_parquet("tabla.parquet"); same = pandas.read_parquet("tabla.parquet").equals(table)
        seen = [same, sorted(os.listdir()), hasattr(sys, "huella"), hasattr(builtins, "huella"), "HUELLA" in os.environ]
        sys.huella = builtins.huella = os.environ["HUELLA"] = "x"; pandas.DataFrame.sum = None
    """
    first, second = box(textwrap.dedent(work) + TELL), box(textwrap.dedent(work) + TELL)
    assert first.replies == ["ok"]
    assert first.told == second.told == [True, ["notas.csv", "tabla.parquet"], False, False, False]
    assert first.left.ended == "end"


def test_errors_are_told_in_few_words(box):
    seen = box("raise ValueError('x' * 5_000_000)", "1/0", SAVED)
    assert seen.replies == ["ValueError", "ZeroDivisionError", "ok"]
    assert seen.left.sheet == SHEET.encode()


def test_endless_output_costs_nobody_anything(box):
    seen = box("import sys\nfor _ in range(2000): print('x' * 10_000); sys.stderr.write('y' * 10_000)", SAVED)
    assert seen.replies == ["ok", "ok"]


def test_an_endless_loop_is_interrupted_and_the_next_cell_runs(box, ample):
    seen = box("'ready'", "while True: pass", SAVED, seconds=[PATIENCE_S, 2, PATIENCE_S])
    assert seen.replies == ["ok", "interrupted", "ok"]


def test_a_loop_that_ignores_interrupts_is_ended_and_what_was_saved_stays(box):
    # ipykernel sets its own handler before each cell: not any more.
    deaf = "import signal, ipykernel.kernelbase as base\nbase.signal = signal.signal\n"
    deaf += "signal.signal(signal.SIGINT, signal.SIG_IGN); base.signal = lambda *_: signal.SIG_IGN"
    seen = box(SAVED + "\n" + deaf, "while True: pass", seconds=[PATIENCE_S, 0.5])
    assert seen.replies == ["ok", "timeout"]
    assert seen.left.sheet == SHEET.encode()


def test_processor_time_has_an_end_of_its_own(box):
    seen = box(SAVED + "\nwhile True: pass", limits=Limits(cpu_seconds=1))
    assert seen.replies == ["died"]
    assert seen.left.ended == "exit"
    assert 0.9 < seen.left.cpu < 3
    assert seen.left.sheet == SHEET.encode()


@pytest.mark.parametrize(
    "code", ["import os; os._exit(0)", "import ctypes; ctypes.string_at(0)", "import os; os.abort()"]
)
def test_a_process_that_ends_itself_is_noticed_at_once(box, code):
    seen = box(SAVED + "\n" + code)
    assert seen.replies == ["died"]  # and not «timeout»: nobody waited for the limit of the cell
    assert seen.left.sheet == SHEET.encode()


def test_threads_files_and_disk_have_limits(box):
    code = """
        import os, threading, time
        threads = 0
        try:
            while threads < 5000:
                threading.Thread(target=time.sleep, args=(60,), daemon=True).start(); threads += 1
        except RuntimeError: pass
        descriptors = []
        try:
            while len(descriptors) < 5000: descriptors.append(os.open("/dev/null", 0))
        except OSError: pass
        for one in descriptors: os.close(one)
        written = 0
        try:
            with open("grande", "wb") as stream:
                while written < 10**9: written += stream.write(b"x" * 2**20); stream.flush()
        except OSError: pass
        total, number = written, 0
        try:
            while number < 100:
                with open(f"g{number}", "wb", buffering=0) as stream: total += stream.write(b"x" * 2**20 * 10)
                number += 1
        except OSError: pass
        os.remove("grande")
        files = 0
        try:
            while files < 20_000: open(f"f{files}", "w").close(); files += 1
        except OSError: pass
        seen = [threads, len(descriptors), written, total, files]
        os.remove("g0"); os.remove("f0")
    """
    limits = Limits(threads=40, open_files=100, file_bytes=8 * MIB, disk_bytes=24 * MIB, files=300)
    seen = box(textwrap.dedent(code) + TELL, limits=limits)
    threads, descriptors, written, total, files = seen.told
    assert 1 < threads < 40
    assert 10 < descriptors < 100
    assert written <= 8 * MIB
    assert total <= 25 * MIB
    assert 100 < files < 300


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("import os; os.symlink('/etc/hostname', 'respuestas.json')", "not_plain"),
        ("import os; os.mkdir('respuestas.json')", "not_plain"),
        ("import os; open('respuestas.json', 'w').write('x'); os.remove('respuestas.json')", "missing"),
        ("import os; os.remove('notas.csv'); os.chdir('..'); os.rename('entrega', 'otra')", "missing"),
    ],
)
def test_only_a_plain_file_leaves(box, code, problem):
    seen = box(code)
    assert seen.left.sheet_problem == problem
    assert seen.left.sheet == b""


def test_of_a_huge_sheet_no_more_leaves_than_shows_it_is_huge(box):
    seen = box("open('respuestas.json', 'w').write('x' * 3_000_000)", limits=Limits(sheet_bytes=1000))
    assert len(seen.left.sheet) == 1001


FLOOD = """
import os, socket, stat
sockets = []
for number in range(3, 200):
    try:
        one = socket.socket(fileno=os.dup(number))
        if one.getsockname().endswith("/z") and one.getpeername() is not None: sockets.append(one)
    except (OSError, AttributeError): pass
sockets[0].settimeout(100)
"""
FLOODS = {
    "small frames of one endless message": "b'\\x01\\x00' * 50_000",
    "a huge frame": "b'\\x02\\x00\\x00\\x00\\x00\\x7f\\xff\\xff\\xff' + b'x' * 100_000",
    "pings": "b'\\x04\\x09\\x04PING\\x00\\x00xx' * 5_000",
}


@pytest.mark.parametrize("piece", FLOODS.values(), ids=FLOODS.keys())
def test_a_kernel_that_says_too_much_is_ended(box, piece):
    seen = box(SAVED, FLOOD + f"while True: sockets[0].sendall({piece})")
    assert seen.replies == ["ok", "died"]
    assert seen.left.ended in ("replies", "end")  # or ZeroMQ hung up on it first
    assert seen.left.sheet == SHEET.encode()


FORGED = """
import json
from ipykernel.kernelapp import IPKernelApp
session = IPKernelApp.instance().session
"""
FORGERIES = {
    "deep": "session.pack = lambda o: b'[' * 200_000",
    "wrong signature": "session.key = b'otra'",
    "not an object": "session.pack = lambda o: b'[]'",
    "no json": "session.pack = lambda o: b'\\xff'",
}


@pytest.mark.parametrize("lie", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_reply_that_is_none_counts_as_a_kernel_that_ended(box, lie):
    assert box(FORGED + lie, SAVED).replies == ["died"]


def test_the_nursery_is_kept_for_all_runs_and_replaced_when_somebody_ends_it(box):
    assert box(SAVED).replies == ["ok"]
    shared = host.shared(None)
    before, starts = shared._nursery, shared.starts
    assert box(SAVED).replies == ["ok"]
    assert shared.starts == starts
    assert before is not None
    before.process.kill()
    before.process.wait()
    assert box(SAVED).replies == ["ok"]
    assert shared.starts == starts + 1


def test_nothing_of_a_run_is_left_when_it_is_over(box, monkeypatch):
    box(SAVED)  # the nursery is there from now on
    with tempfile.TemporaryDirectory() as own:  # a folder that no other test makes its files in
        monkeypatch.setattr(tempfile, "tempdir", own)
        untouched = Path(own).stat().st_mtime_ns
        processes = {one.pid for one in children()}
        box("import threading\nthreading.Thread(target=lambda: [None for _ in iter(int, 1)]).start()", SAVED)
        assert Path(own).stat().st_mtime_ns > untouched
        assert [*Path(own).iterdir()] == []
    deadline = time.monotonic() + PATIENCE_S
    while {one.pid for one in children()} - processes and time.monotonic() < deadline:
        time.sleep(0.01)
    assert {one.pid for one in children()} <= processes


GRADER = """
import sys, tempfile
from pathlib import Path
from ciberaula.grading.isolated import KERNEL
from ciberaula.grading.kernels import GradingKernel, on_kernel_thread
def work():
    kernel = GradingKernel(KERNEL, cwd=Path(tempfile.mkdtemp(dir=sys.argv[1])))
    kernel._client.execute("while True: pass")
    print("running", flush=True)
    kernel.execute("1", timeout=600)
on_kernel_thread(work)
"""


@pytest.mark.parametrize("level", LEVELS)
def test_a_grader_that_is_killed_leaves_no_process(level, tmp_path):
    environment = {**os.environ, "CIBERAULA_SANDBOX": level, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", GRADER, str(tmp_path)], env=environment, stdout=subprocess.PIPE
    ) as grader:
        assert grader.stdout is not None
        assert grader.stdout.readline() == b"running\n"
        tree = psutil.Process(grader.pid).children(recursive=True)
        assert len(tree) >= 2
        grader.kill()
    assert gone(tree)
    assert not [*tmp_path.glob("ciberaula-*")]


def test_a_level_that_is_asked_for_and_does_not_work_is_a_refusal(folder, at_level, monkeypatch):
    at_level("landlock")
    monkeypatch.setattr(landlock, "version", lambda: 3)
    run = KernelIsolatedRun(KERNEL, folder / "sin-datos", 5, 10)
    before = len(sandboxed())
    with pytest.raises(SandboxRefused, match="bubblewrap"):
        run.run([SAVED], folder)
    assert not (folder / "respuestas.json").exists()
    assert len(sandboxed()) <= before


def test_without_bubblewrap_landlock_takes_its_place_and_says_so(folder, at_level, monkeypatch):
    at_level("")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    report = KernelIsolatedRun(KERNEL, folder / "sin-datos", PATIENCE_S, PATIENCE_S).run([SAVED], folder)
    assert (report.failed_cells, report.stopped) == (0, None)
    assert (folder / "respuestas.json").read_text() == SHEET
    shared = host.shared(None)
    assert shared.level == "landlock"
    assert [level for level, _why in shared.refusals] == ["nursery", "bubblewrap"]
    assert "Landlock" in on_kernel_thread(host.describe)


def test_where_namespaces_in_namespaces_are_refused_each_run_has_its_bubblewrap(folder, at_level, monkeypatch):
    at_level("")
    start = levels.start

    def refused(level, datasets):
        if level == "nursery":
            raise levels.Unusable("unshare: Operation not permitted")
        return start(level, datasets)

    monkeypatch.setattr(levels, "start", refused)
    report = KernelIsolatedRun(KERNEL, folder / "sin-datos", PATIENCE_S, PATIENCE_S).run([SAVED], folder)
    assert (report.failed_cells, report.stopped) == (0, None)
    assert host.shared(None).level == "bubblewrap"


def test_an_unknown_level_is_told(folder, at_level):
    at_level("ninguno")
    with pytest.raises(SandboxRefused, match="CIBERAULA_SANDBOX vale «ninguno»"):
        KernelIsolatedRun(KERNEL, folder, 5, 10).run([SAVED], folder)


def test_who_is_not_root_gets_a_user_namespace(folder, at_level, monkeypatch):
    at_level("nursery")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    run = KernelIsolatedRun(KERNEL, folder / "sin-datos", PATIENCE_S, PATIENCE_S)
    assert run.run([SAVED], folder).failed_cells == 0
    (outer,) = [one for one in sandboxed() if one.parent() == psutil.Process()]
    assert "--unshare-user" in outer.cmdline()
    assert "CAP_SETUID" not in outer.cmdline()


@pytest.mark.parametrize("level", ["bubblewrap", "landlock"])
def test_without_namespaces_of_its_own_somebody_watches_disk_and_threads(box, at_level, level):
    at_level(level)
    many = "import time\nfor n in range(500): open(f'f{n}', 'w').close()\ntime.sleep(600)"
    seen = box(SAVED, many, limits=Limits(files=200))
    assert seen.replies == ["ok", "died"]
    assert seen.left.ended == "disk"
    assert seen.left.sheet == SHEET.encode()


# Threads of the account that runs have, as the runs of other graders of the machine have them.
OTHERS = f"""
import os, threading
if os.geteuid() == 0: os.setresuid({levels.NOBODY}, {levels.NOBODY}, {levels.NOBODY})
for _ in range(200): threading.Thread(target=threading.Event().wait, daemon=True).start()
print("ready", flush=True)
input()
"""


def test_what_other_graders_of_the_machine_run_ends_no_run(box, at_level):
    at_level("bubblewrap")
    command = [sys.executable, "-c", OTHERS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as others:
        assert others.stdout is not None
        assert others.stdout.readline() == b"ready\n"
        assert box(SAVED).replies == ["ok"]


def test_the_file_of_a_submission_goes_in_as_it_is(tmp_path):
    folder, target = tmp_path / "a", tmp_path / "b"
    (folder / "carpeta").mkdir(parents=True)
    target.mkdir()
    (folder / "carpeta" / "ñandú.bin").write_bytes(bytes(range(256)) + b"\n[]")
    (folder / "vacío").write_bytes(b"")
    (folder / "enlace").symlink_to("/etc/hostname")
    with protocol.pack(folder) as package:
        protocol.unpack(os.dup(package.fileno()), target)
    assert {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("*") if path.is_file()} == {
        "carpeta/ñandú.bin": bytes(range(256)) + b"\n[]",
        "vacío": b"",
    }


def control_groups(root, *, controllers="cpu memory pids", marked=True, inside=""):
    """Plain folders and files in the place of the system's: what we write there can be read again."""
    group = root / "system.slice" / "ciberaula.service"
    (group / inside).mkdir(parents=True)
    for name, text in {"cgroup.controllers": controllers, "cgroup.subtree_control": "", "cgroup.procs": "7\n"}.items():
        (group / name).write_text(text)
    if marked:
        os.setxattr(group, "user.delegate", b"1")
    own = root / "own"
    own.write_text(f"9:name=systemd:/\n0::/system.slice/ciberaula.service/{inside}\n")
    return group, own


def test_a_control_group_is_used_where_one_was_handed_over(tmp_path):
    group, own = control_groups(tmp_path)
    assert cgroups.delegated(tmp_path, own) == group
    (group / cgroups.LEAF).mkdir()
    (group / cgroups.LEAF / "cgroup.procs").write_text("")
    new = cgroups.make(group, Limits(memory=100 * MIB, disk_bytes=8 * MIB, threads=10))
    assert (group / cgroups.LEAF / "cgroup.procs").read_text() == "7"
    assert (group / "cgroup.subtree_control").read_text() == "+memory +pids"
    assert int((new / "memory.max").read_text()) == (512 + 108) * MIB
    assert (new / "pids.max").read_text() == "74"
    (new / "cgroup.procs").write_text("")
    told = subprocess.run(cgroups.entering(new, ["/bin/echo", "a b", "$c"]), capture_output=True, text=True, check=True)
    assert told.stdout == "a b $c\n"
    assert (new / "cgroup.procs").read_text().strip().isdigit()


def test_the_grader_s_own_leaf_is_known_again(tmp_path):
    group, own = control_groups(tmp_path, inside=cgroups.LEAF)
    assert cgroups.delegated(tmp_path, own) == group


@pytest.mark.parametrize("what", [{"controllers": "cpu"}, {"marked": False}])
def test_a_control_group_that_is_not_ours_is_left_alone(tmp_path, what):
    assert cgroups.delegated(tmp_path, control_groups(tmp_path, **what)[1]) is None


def test_a_system_without_control_groups_of_version_2_has_none(tmp_path):
    (tmp_path / "own").write_text("9:name=systemd:/\n")
    assert cgroups.delegated(tmp_path, tmp_path / "own") is None
    assert cgroups.delegated(tmp_path, tmp_path / "nada") is None


@pytest.mark.parametrize("who", ["kernel", "supervisor"])
def test_what_somebody_else_ended_is_run_once_more(folder, at_level, who):
    at_level("nursery")
    run = KernelIsolatedRun(KERNEL, folder / "sin-datos", PATIENCE_S, PATIENCE_S)
    run.run(["1"], folder)  # the nursery is there
    resting = {one.pid for one in sandboxed()}
    shots: list[int] = []
    over = threading.Event()

    def shoot():
        while not shots and not over.is_set():
            with contextlib.suppress(psutil.Error):  # whatever comes and goes meanwhile
                running = [one for one in sandboxed() if one.pid not in resting and not one.children()]
                if running and running[-1].ppid() not in resting:
                    victim = running[-1] if who == "kernel" else psutil.Process(running[-1].ppid())
                    (folder / "otra-vez").touch()  # the second run finds it in its copy, and does not wait
                    victim.kill()
                    shots.append(victim.pid)

    killer = threading.Thread(target=shoot)
    killer.start()
    waiting = "import os, time\nif not os.path.exists('otra-vez'): time.sleep(600)"
    try:
        report = run.run([waiting, SAVED], folder)
    finally:
        over.set()
        killer.join()
    assert len(shots) == 1
    assert (report.failed_cells, report.stopped) == (0, None)
    assert (folder / "respuestas.json").read_text() == SHEET
