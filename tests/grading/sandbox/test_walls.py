"""What the code of a run can see and do: one run of ``probe.py`` in each level, looked at from many sides."""

from pathlib import Path

import pytest

from ciberaula.grading.kernels import on_kernel_thread
from ciberaula.grading.sandbox import host
from ciberaula.grading.sandbox.levels import CHOICE, LEVELS
from tests.grading.sandbox.conftest import run_in_sandbox

SECRET = "CANARIO-7d1f"
NOT_THERE = ("FileNotFoundError ENOENT", "PermissionError EACCES", "OSError EROFS")
REFUSED = ("PermissionError EPERM", "OSError ENOSYS", "EPERM", "ENOSYS")
# Tries of ``probe.py`` that the filter of system calls refuses, in every level.
CALLS = [
    "fork", "vfork", "posix_spawn", "exec", "inet", "inet6", "netlink", "packet", "vsock", "unix", "datagram pair",
    "signal all", "signal parent", "signal other", "signal group", "pidfd", "owner of a file", "terminal", "memfd",
    "fifo elsewhere", "device", "change identity", "watch files", "scheduling", "ptrace", "mount", "umount", "chroot",
    "unshare user", "unshare mount", "unshare pid", "unshare net", "setns", "personality", "shared memory",
    "message queue", "vm of another", "io_uring", "landlock", "clone3", "fsopen", "pidfd_getfd", "parent's death",
]  # fmt: skip
WRITES = ["/", "/usr", "/tmp", "/etc", "/dev", "/dev/shm", "/aula", "package"]
HIDDEN = [
    "own environment in proc", "environment of the first process", "memory of the first process", "kernel messages",
    "passwords", "processes", "hidden files of the package",
]  # fmt: skip


class Probe:
    """What the probe wrote down in a level, and the paths that it was told to look for."""

    def __init__(self, level, told, datasets, canary, text):
        self.level, self.told, self.datasets, self.canary, self.text = level, told, datasets, canary, text


@pytest.fixture(scope="module", params=LEVELS)
def probe(request, tmp_path_factory):
    base = tmp_path_factory.mktemp("muros")
    folder, datasets, home = base / "entrega", base / "datasets", base / "casa"
    for one in (folder, datasets / "conjunto", home):
        one.mkdir(parents=True)
    (folder / "notas.csv").write_text("a\n1\n")
    (datasets / "conjunto" / "datos.csv").write_text("b\n2\n")
    canary = home / "gradebook.db"
    canary.write_text(SECRET)
    outside = [str(canary), str(home), str(Path(__file__)), str(base), str(Path.home() / ".bashrc")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CHOICE, request.param)
        patch.setenv("HOME", str(home))
        patch.setenv("JUPYTERHUB_API_TOKEN", SECRET)
        code = f"OUTSIDE = {outside!r}\n" + Path(__file__).with_name("probe.py").read_text(encoding="utf-8")
        read = f"seen['canary'] = 0\nattempt('canary', lambda: open({str(canary)!r}).read())\n"
        read += "json.dump(seen, open('respuestas.json', 'w'))"
        seen = run_in_sandbox(folder, code, read, datasets=datasets)
        on_kernel_thread(host.close)
    assert seen.replies == ["ok", "ok"]
    return Probe(request.param, seen.told, datasets, canary, seen.left.sheet.decode())


def test_the_copy_and_the_data_are_there(probe):
    assert probe.told["files"] == ["notas.csv"]
    assert probe.told["datasets"] == ["conjunto"]
    assert probe.told["write own"] == probe.told["write home"] == "written"


def test_no_token_and_no_path_of_the_machine_is_in_the_environment(probe):
    environment = probe.told["environment"]
    assert SECRET not in str(environment)
    assert not [name for name in environment if "TOKEN" in name or name in ("CIBERAULA_HOME", "CIBERAULA_COURSE")]
    assert environment["HOME"].endswith("/hogar")


def test_nothing_else_of_the_machine_can_be_read(probe):
    assert probe.told["canary"] in NOT_THERE
    assert {name: probe.told[name] for name in HIDDEN if probe.told[name] not in NOT_THERE} == {}
    assert SECRET not in probe.text


def test_with_bubblewrap_nothing_else_is_even_there(probe):
    if probe.level == "landlock":  # which leaves names and sizes to be seen, as the documentation says
        assert probe.told["outside"]
    else:
        assert probe.told["outside"] == []
        assert probe.told["cwd"] == "/aula/trabajo/entrega"


def test_nothing_can_be_written_but_the_work_folder(probe):
    places = [f"write {place}" for place in WRITES] + [
        name for name in probe.told if name.startswith("write ") and name.endswith(("/datos", "/datasets"))
    ]
    assert len(places) == len(WRITES) + 1
    assert {name: probe.told[name] for name in places if probe.told[name] not in NOT_THERE} == {}


def test_system_calls_that_no_answer_needs_are_refused(probe):
    calls = CALLS + [name for name in probe.told if name.startswith("call ")]
    assert {name: probe.told[name] for name in calls if probe.told[name] not in REFUSED} == {}
    assert probe.told["system"] == "refused"
    assert probe.told["name"] == "gaierror"


def test_threads_pairs_and_signals_of_its_own_work(probe):
    assert probe.told["stream pair"] == "made"
    assert probe.told["signal itself"] is None


def test_it_has_no_right_and_gains_none(probe):
    assert probe.told["capabilities"] == 0
    assert probe.told["no new privileges"] == 1
    assert probe.told["other limits"] == "ValueError"  # what Python makes of «not permitted» there
    assert probe.told["more address space"] == "PermissionError EPERM"
    assert probe.told["core"] == probe.told["locked memory"] == 0


def test_memory_ends_before_the_machine_s(probe):
    assert probe.told["memory"] == "MemoryError"
    assert probe.told["shared mapping"] == "OSError ENOMEM"


def test_no_file_of_ours_is_left_open_and_no_grading_code_can_be_loaded(probe):
    assert probe.told["descriptors"] == []
    assert probe.told["grading"].split()[0] in ("ModuleNotFoundError", "PermissionError")
    assert probe.told["hard link to data"].split()[0] in ("OSError", "PermissionError")
