"""The one command: every mistake is one line on stderr, exit code 1, no traceback."""

import re
import subprocess
import sys
import types

import pytest

from ciberaula import cli
from ciberaula.errors import UserError
from tests.launch.classroom import COURSE, run

COMMANDS = [
    *("setup", "start", "workspace", "test", "catalogue"),
    *("notebooks", "plan"),
    *("bundle", "collect", "release", "autograde", "feedback"),
    *("progress", "my-data", "erase"),
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


def test_a_mistake_of_ours_is_not_hidden_as_a_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ciberaula.progress.commands", None)
    with pytest.raises(ModuleNotFoundError):
        cli.main(["progress"])


def test_the_command_line_is_light() -> None:
    """What every command pays: no Jupyter, no pandas, no nbgrader before one is chosen."""
    code = "import sys; from ciberaula.cli import main; main(['start', '--port', '80']); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=COURSE, capture_output=True, text=True).stdout.split()
    assert not {"pandas", "nbgrader", "jupyterlab", "nbconvert"} & set(loaded)
