"""The stamp that makes a second set-up immediate, and the one line for each thing that can be missing."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from ciberaula.errors import UserError
from ciberaula.launch import environment

COURSE = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with locks and a ready environment; every install is only noted down in ``installed.txt``."""
    for lock in ("uv", *environment.LOCKS):
        (tmp_path / f"requirements-{lock}.lock").write_text(lock)
    (tmp_path / "pyproject.toml").write_text("[project]")
    (tmp_path / "src/ciberaula/share").mkdir(parents=True)
    (tmp_path / "src/ciberaula/share/a.json").write_text("{}")
    python = environment.python_of(tmp_path / ".venv")
    python.parent.mkdir(parents=True)
    python.touch()

    def note(command: list[str], root: Path, log: Path) -> None:
        with (root / "installed.txt").open("a") as stream:
            stream.write(" ".join(command[2:]) + "\n")

    monkeypatch.setattr(environment, "_run", note)
    return tmp_path


def installs(checkout: Path) -> list[str]:
    file = checkout / "installed.txt"
    lines = file.read_text().splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return lines


def test_everything_is_installed_from_hashes_once(checkout: Path) -> None:
    environment.ensure(checkout, "classroom")
    lines = installs(checkout)
    assert [line.split()[-1] for line in lines] == ["requirements-uv.lock", "requirements-classroom.lock", "."]
    assert all("--require-hashes" in line for line in lines[:2])
    assert {"--no-deps", "--no-build-isolation"} <= set(lines[2].split())
    environment.ensure(checkout, "classroom")
    assert installs(checkout) == []


def test_a_larger_lock_serves_a_smaller_need_and_is_never_traded_down(checkout: Path) -> None:
    environment.ensure(checkout, "dev")
    installs(checkout)
    environment.ensure(checkout, "classroom")
    assert installs(checkout) == []
    (checkout / "requirements-dev.lock").write_text("changed")
    environment.ensure(checkout, "classroom")
    assert "requirements-dev.lock" in installs(checkout)[1]


def test_a_smaller_lock_does_not_serve_a_larger_need(checkout: Path) -> None:
    environment.ensure(checkout, "classroom")
    installs(checkout)
    environment.ensure(checkout, "dev")
    assert "requirements-dev.lock" in installs(checkout)[1]


def test_a_change_of_our_own_shared_files_installs_only_ourselves(checkout: Path) -> None:
    environment.ensure(checkout, "classroom")
    installs(checkout)
    (checkout / "src/ciberaula/share/a.json").write_text('{"new": 1}')
    environment.ensure(checkout, "classroom")
    assert [line.split()[-1] for line in installs(checkout)] == ["."]


def test_an_interrupted_install_is_taken_up_again(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(command: list[str], root: Path, log: Path) -> None:
        raise UserError("no network")

    with monkeypatch.context() as patched:
        patched.setattr(environment, "_run", fail)
        with pytest.raises(UserError):
            environment.ensure(checkout, "classroom")
    environment.ensure(checkout, "classroom")
    assert len(installs(checkout)) == 3


def test_a_moved_checkout_gets_a_new_environment(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.ensure(checkout, "classroom")
    moved = checkout.with_name("moved")
    checkout.rename(moved)
    created: list[Path] = []
    monkeypatch.setattr(environment, "_create", created.append)
    environment.ensure(moved, "classroom")
    assert created == [moved / ".venv"]


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("error: Failed to fetch: `https://x/simple/uv/`", "no se alcanza el registro"),
        ("ERROR: Could not find a version (No matching distribution found for uv)", "no se alcanza el registro"),
        ("OSError: [Errno 28] No space left on device", "no queda espacio"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "no coincide con su huella"),
        ("something new", "vea el detalle"),
    ],
)
def test_a_failing_installer_is_one_line_with_its_cause(tmp_path: Path, output: str, told: str) -> None:
    failing = [sys.executable, "-c", f"import sys; print({output!r}, file=sys.stderr); sys.exit(1)"]
    with pytest.raises(UserError, match=told) as error:
        environment._run(failing, tmp_path, tmp_path / "setup.log")
    assert "\n" not in str(error.value)
    assert output in (tmp_path / "setup.log").read_text()


def test_a_registry_out_of_reach_is_told_for_real(tmp_path: Path) -> None:
    """The real pip against an address where nobody listens."""
    (tmp_path / "r.txt").write_text("uv==0.0.1 --hash=sha256:" + "0" * 64)
    index = ["--isolated", "--no-cache-dir", "--index-url", "http://127.0.0.1:9/simple", "--retries", "0"]
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        *index,
        "--target",
        str(tmp_path / "t"),
        "-r",
        str(tmp_path / "r.txt"),
    ]
    with pytest.raises(UserError, match="no se alcanza el registro"):
        environment._run(pip, tmp_path, tmp_path / "setup.log")


def test_a_missing_venv_module_names_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "find_spec", lambda name: None if name == "ensurepip" else object())
    with pytest.raises(UserError, match=r"ensurepip.*python3-venv"):
        environment._create(tmp_path / ".venv")


def test_set_up_needs_nothing_installed_and_its_second_run_is_immediate() -> None:
    """The Python that built this environment, without its packages: what a person's own Python meets."""
    python = Path(sys.base_prefix) / "bin" / "python3"
    command = [str(python), "-S", "-m", "ciberaula", "setup", "--lock", "dev"]
    env = {"PYTHONPATH": str(COURSE / "src"), "PATH": "/usr/bin:/bin"}
    log = COURSE / ".venv/setup.log"
    stamps = []
    for _turn in range(2):  # The first may bring an environment of a developer in step; the second has nothing to do.
        begun = time.monotonic()
        done = subprocess.run(command, cwd=COURSE, env=env, capture_output=True, text=True, timeout=1200)
        assert done.returncode == 0, done.stderr
        assert "El entorno está listo" in done.stdout
        stamps.append(log.stat().st_mtime_ns if log.exists() else 0)
    assert stamps[0] == stamps[1]
    print(f"second set-up: {time.monotonic() - begun:.2f} s")


def test_an_old_python_is_told_before_anything_else() -> None:
    code = (
        "import sys, runpy; sys.version_info = (3, 9, 2, 'final', 0); sys.path.insert(0, 'src');"
        "runpy.run_module('ciberaula', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=COURSE, capture_output=True, text=True)
    assert done.returncode == 1
    assert "necesita Python 3.11, 3.12 o 3.13 y este es 3.9" in done.stderr
    assert done.stderr.count("\n") == 1
