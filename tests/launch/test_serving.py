"""The server that is announced is ours, and our secret goes to nobody else."""

import http.server
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ciberaula.errors import UserError
from ciberaula.launch import serving, start
from ciberaula.launch.profiles import PROFILES, Server, new_server, write_configuration
from tests.launch.classroom import COURSE, free_port


class Stranger(http.server.ThreadingHTTPServer):
    """Another program that took the port, and answers everything with a page."""

    def __init__(self, port: int) -> None:
        self.heard: list[dict[str, str]] = []
        super().__init__(("127.0.0.1", port), _Answer)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Answer(http.server.BaseHTTPRequestHandler):
    server: Stranger

    def do_GET(self) -> None:
        self.server.heard.append(dict(self.headers))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing on the tests' own output."""


@pytest.fixture
def server(tmp_path: Path) -> Server:
    (tmp_path / "aula").mkdir()
    return new_server(PROFILES["trainee"], COURSE, tmp_path, free_port())


@pytest.fixture
def stranger(server: Server) -> Iterator[Stranger]:
    with Stranger(server.port) as other:
        yield other
        other.shutdown()


def test_a_port_that_another_took_while_the_classroom_was_prepared(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others: list[Stranger] = []
    monkeypatch.setenv("CIBERAULA_HOME", str(tmp_path))
    monkeypatch.setattr(start, "prepare", lambda *_arguments: others.append(Stranger(server.port)))
    (tmp_path / "aula/inicio.ipynb").write_text("{}")
    said: list[str] = []
    with pytest.raises(UserError, match="ya está en uso"):
        start.start("trainee", server.port, browser=False, say=said.append)
    others[0].shutdown()
    others[0].server_close()
    assert others[0].heard == []
    assert not any("lista" in line for line in said)
    assert not (tmp_path / "jupyter").exists()  # nothing of an open classroom's configuration was written over


def test_a_server_that_lost_its_port_is_never_announced(server: Server, stranger: Stranger, tmp_path: Path) -> None:
    env = write_configuration(server, COURSE, tmp_path)
    with pytest.raises(UserError, match="ya está en uso"), serving.running(server, env, tmp_path / "log"):
        pytest.fail("announced")
    assert stranger.heard == []


def test_what_an_earlier_server_left_says_nothing(server: Server, stranger: Stranger, tmp_path: Path) -> None:
    runtime = server.state / "runtime"
    runtime.mkdir(parents=True)
    for name, about in (
        ("jpserver-1.json", {"token": "another", "port": server.port}),
        ("jpserver-2.json", {"token": server.token, "port": server.port + 1}),
        ("jpserver-3.json", [server.token]),
    ):
        (runtime / name).write_text(json.dumps(about))
    (runtime / "jpserver-4.json").write_text('{"token": ')
    env = write_configuration(server, COURSE, tmp_path)
    with pytest.raises(UserError, match="ya está en uso"), serving.running(server, env, tmp_path / "log"):
        pytest.fail("announced")
    assert stranger.heard == []


def test_our_own_server_is_recognised(server: Server, tmp_path: Path) -> None:
    env = write_configuration(server, COURSE, tmp_path)
    with serving.running(server, env, tmp_path / "log") as process:
        assert process.poll() is None
        about = json.loads((server.state / f"runtime/jpserver-{process.pid}.json").read_bytes())
        assert (about["pid"], about["port"]) == (process.pid, server.port)
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)
