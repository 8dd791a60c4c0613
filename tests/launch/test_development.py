"""The system packages that the checks need: seen where Debian puts them, installed where the machine permits it."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ciberaula.errors import UserError
from ciberaula.launch import development


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with no program at all; gives the folder where Debian keeps PostgreSQL's."""
    folder = tmp_path / "postgresql"
    monkeypatch.setattr(development, "SERVER_PROGRAMS", folder)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    return folder


def program(folder: Path, version: str, name: str = "postgres") -> Path:
    path = folder / version / "bin" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_newest_server_is_taken_wherever_it_is(debian: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert development.server_program("postgres") is None
    monkeypatch.setattr(shutil, "which", lambda name: f"/opt/{name}")
    assert development.server_program("postgres") == Path("/opt/postgres")
    program(debian, "9")
    newest = program(debian, "17")
    program(debian, "15")
    program(debian, "common")
    program(debian, "18").chmod(0o644)
    assert development.server_program("postgres") == newest
    assert development.server_program("initdb") == Path("/opt/initdb")


def test_here_it_is_there() -> None:
    """Else the suite of the store could not run either."""
    found = development.server_program("initdb")
    assert found is not None
    assert "PostgreSQL" in subprocess.run([str(found), "--version"], capture_output=True, text=True, check=True).stdout


def test_what_is_there_is_not_installed(debian: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "postgres" else f"/usr/bin/{name}")
    program(debian, "15")
    monkeypatch.setattr(subprocess, "run", forbidden)
    development.install_system_packages()


def test_only_what_is_missing_is_installed(debian: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "postgres" else f"/usr/bin/{name}")
    monkeypatch.setattr(development, "_administrator", lambda: [])
    ran: list[list[str]] = []

    def install(command: list[str], **_options: Any) -> subprocess.CompletedProcess[str]:
        ran.append(command[1:])
        if command[1] == "install":
            program(debian, "15")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", install)
    development.install_system_packages()
    assert [command[0] for command in ran] == ["update", "install"]
    assert [one for one in ran[1] if not one.startswith("-")] == ["install", "postgresql"]


def test_what_cannot_be_installed_is_one_line(debian: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(development, "_administrator", lambda: None)
    with pytest.raises(UserError, match="apt install chromium bubblewrap postgresql") as told:
        development.install_system_packages()
    assert "\n" not in str(told.value)


def forbidden(*_arguments: Any, **_options: Any) -> None:
    raise AssertionError("nothing should be run")
