"""The one command: every mistake is one line on stderr, exit code 1, no traceback."""

import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

from ciberaula import cli
from ciberaula.errors import UserError
from tests.launch.classroom import COURSE, run

COMMANDS = [
    *("setup", "start", "workspace", "test", "benchmark", "catalogue"),
    *("notebooks", "plan"),
    *("bundle", "collect", "release", "grade", "feedback"),
    *("progress", "my-data", "erase", "items", "similar"),
    "mesa",
]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["abrir"], "'abrir'"),
        (["start", "--role", "jefa"], "'jefa'"),
        (["start", "--port", "ocho"], "'ocho'"),
        (["start", "--port", "80"], "1024"),
        (["start", "--port"], "--port"),
        (["start", "--nada"], "--nada"),
        (["setup", "--lock", "otro"], "'otro'"),
        (["workspace"], "folder"),
    ],
)
def test_a_mistake_is_one_line(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 1
    said = capsys.readouterr()
    assert said.err.startswith("ciberaula: ")
    assert said.err.count("\n") == 1
    assert told in said.err
    assert said.out == ""


def test_the_real_process_shows_no_traceback() -> None:
    done = run("abrir")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"ciberaula: .*abrir.*\n", done.stderr)


def test_help_lists_what_every_package_adds(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    listed = capsys.readouterr().out
    assert [name for name in COMMANDS if not re.search(rf"^\s+{name}\b", listed, re.MULTILINE)] == []


@pytest.mark.parametrize("arguments", [["--help"], ["start", "--help"], ["workspace", "-h"]])
def test_help_is_in_spanish(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith("uso: ciberaula")
    assert re.search(r"^opciones:\n  -h, --help +muestra esta ayuda", told, re.MULTILINE)
    assert not re.search(r"usage|options|positional|show this", told)


def test_an_unknown_command_is_called_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["frobnicate"]) == 1
    assert capsys.readouterr().err.startswith("ciberaula: orden desconocida: 'frobnicate' (use una de 'setup', ")


def test_the_benchmark_runs_from_the_checkout_with_the_developers_packages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[tuple[list[str], object]] = []

    def call(command: list[str], cwd: object = None) -> int:
        calls.append((command, cwd))
        return 0

    monkeypatch.setattr("ciberaula.launch.development.subprocess.call", call)
    assert cli.main(["benchmark", "--submissions", "3"]) == 0
    assert [command[3:] for command, _cwd in calls] == [["--submissions", "3"], []]
    for command, cwd in calls:  # the same line, only asked what it can do
        done = subprocess.run([*command[:3], "--help"], cwd=str(cwd), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    recipe = subprocess.run(
        ["make", "--no-print-directory", "-n", "benchmark"], cwd=COURSE, capture_output=True, text=True
    ).stdout
    assert recipe.rstrip().endswith("-m ciberaula benchmark")


def test_setting_up_for_a_benchmark_takes_the_developers_lock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[str] = []

    def ensure(_root: Path, lock: str) -> Path:
        asked.append(lock)
        raise UserError("hasta aquí")

    monkeypatch.setattr("sys.prefix", str(tmp_path))
    monkeypatch.setattr("ciberaula.launch.environment.ensure", ensure)
    for command in ("start", "test", "benchmark"):
        assert cli.main([command]) == 1
    assert asked == ["classroom", "dev", "dev"]


def test_a_user_error_deep_inside_is_told_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise UserError("falta el archivo x; créelo")

    monkeypatch.setattr("ciberaula.launch.start.start", fail)
    assert cli.main(["start"]) == 1
    assert capsys.readouterr().err == "ciberaula: falta el archivo x; créelo\n"


def test_ctrl_c_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ciberaula.launch.start.start", interrupt)
    assert cli.main(["start"]) == 130
    assert capsys.readouterr().err == ""


def test_an_install_without_an_extra_still_starts_and_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lacking = types.ModuleType("ciberaula.progress.commands")

    def add_commands(_subparsers: object) -> None:
        raise ModuleNotFoundError("No module named 'pyarrow'", name="pyarrow")

    lacking.add_commands = add_commands  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ciberaula.progress.commands", lacking)
    assert cli.main(["progress"]) == 1
    assert re.fullmatch(r"ciberaula: .*pyarrow.*make setup.*\n", capsys.readouterr().err)
    assert cli.main(["start", "--port", "80"]) == 1
    assert "1024" in capsys.readouterr().err


def test_a_package_that_a_command_misses_only_when_it_runs_is_told_the_same_way() -> None:
    code = "import sys; sys.modules['jupytext'] = None; from ciberaula.cli import main; sys.exit(main(sys.argv[1:]))"
    line = [sys.executable, "-c", code, "notebooks", "--check"]
    done = subprocess.run(line, cwd=COURSE, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"ciberaula: .*paquete jupytext.*make setup.*\n", done.stderr)


def test_a_mistake_of_ours_is_not_hidden_as_a_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ciberaula.progress.commands", None)
    with pytest.raises(ModuleNotFoundError):
        cli.main(["progress"])


def test_the_command_line_is_light() -> None:
    """What every command pays: no Jupyter, no pandas, no nbgrader before one is chosen."""
    code = "import sys; from ciberaula.cli import main; main(['start', '--port', '80']); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=COURSE, capture_output=True, text=True).stdout.split()
    assert not {"pandas", "nbgrader", "jupyterlab", "nbconvert"} & set(loaded)
