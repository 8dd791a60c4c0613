"""Starting the real command and reading what it prints, for the tests of the launcher."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port

__all__ = ["COURSE", "Running", "command", "free_port", "run", "started"]

COURSE = Path(__file__).parents[2]


@dataclass
class Running:
    """A classroom that said it is ready."""

    process: subprocess.Popen[str]
    address: str
    port: int
    said: list[str]
    seconds: float

    @property
    def token(self) -> str:
        return self.address.rpartition("token=")[2]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ciberaula", *arguments]


def run(*arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    env = {**os.environ, **({"CIBERAULA_HOME": str(home)} if home else {})}
    return subprocess.run(command(*arguments), cwd=COURSE, env=env, capture_output=True, text=True, timeout=600)


@contextlib.contextmanager
def started(home: Path, role: str = "trainee", **env: str) -> Iterator[Running]:
    """``ciberaula start`` on a free port until the block ends, then Ctrl-C."""
    port = free_port()
    begun = time.monotonic()
    process = subprocess.Popen(
        command("start", "--role", role, "--port", str(port)),
        cwd=COURSE,
        env={**os.environ, "CIBERAULA_HOME": str(home), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said: list[str] = []
    try:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            found = re.search(r"http://localhost:\S+", line)
            if found:
                break
        else:
            assert process.stderr is not None
            raise AssertionError("no address: " + "".join(said) + process.stderr.read())
        yield Running(process, found[0], port, said, time.monotonic() - begun)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            said.append(process.communicate(timeout=120)[0])
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
