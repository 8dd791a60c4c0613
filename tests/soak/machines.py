"""Several hosts on one machine, for soak tests: network namespaces on a switch of their own, and nothing else to reach.

Each host has its own addresses, ports, loopback and host name, and shares the file system, as machines do that mount the
same folder. Needs root and Debian's iproute2; where either is missing it says so, and the test that asked fails.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.casework.postgres import Postgres

_NET = "10.231.77."
_SWITCH = "switch"


@dataclass
class Host:
    """A host that is on the switch. ``prefix`` makes the names of its namespace and cable unique."""

    prefix: str
    name: str
    number: int
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Its IPv4 address."""
        return f"{_NET}{self.number}"

    @property
    def namespace(self) -> str:
        """The name by which ``ip netns`` knows it."""
        return f"{self.prefix}-{self.name}"

    def command(self, *words: object, read_only: Sequence[Path] = ()) -> list[str]:
        """How to run ``words`` on it, as root; the folders in ``read_only`` cannot be written by them."""
        mounts = "".join(f"mount --bind '{one}' '{one}' && mount -o remount,ro,bind '{one}' && " for one in read_only)
        script = f'hostname {self.name} && {mounts}exec "$@"'
        inside = ["unshare", "--uts", "--mount", "sh", "-c", script, "sh", *map(str, words)]
        return ["ip", "netns", "exec", self.namespace, *inside]

    def start(
        self, *words: object, log: Path, read_only: Sequence[Path] = (), **more: str
    ) -> "subprocess.Popen[bytes]":
        """Start ``words`` on it, in a session of its own, with ``more`` in its environment; what it says goes to ``log``."""
        with log.open("ab") as output:
            return subprocess.Popen(
                self.command(*words, read_only=read_only),
                env={**self.environment, **more},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def run(self, *words: object, seconds: float = 120, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run ``words`` on it to their end."""
        return subprocess.run(
            self.command(*words),
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def unplug(self) -> None:
        """Take its cable out of the switch: nobody is told, packets are just lost."""
        _ip("-n", f"{self.prefix}-{_SWITCH}", "link", "set", f"p{self.number}", "down")

    def plug(self) -> None:
        """Put it in again."""
        _ip("-n", f"{self.prefix}-{_SWITCH}", "link", "set", f"p{self.number}", "up")

    def end_all(self) -> None:
        """Kill every process on it."""
        for _round in range(50):
            pids = _ip("netns", "pids", self.namespace).split()
            if not pids:
                return
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            time.sleep(0.1)


@contextmanager
def hosts(*names: str, environment: Mapping[str, str]) -> Iterator[list[Host]]:
    """A host for each of ``names``, all on one switch that leads nowhere else."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        raise RuntimeError("several hosts need root and iproute2: run it as root, after apt install iproute2")
    prefix = f"aula{os.getpid()}"
    made = [Host(prefix, name, number, dict(environment)) for number, name in enumerate(names, start=1)]
    switch = f"{prefix}-{_SWITCH}"
    try:
        _ip("netns", "add", switch)
        _ip("-n", switch, "link", "add", "name", "br0", "type", "bridge")
        _ip("-n", switch, "link", "set", "br0", "up")
        for host in made:
            _join(host, switch)
        yield made
    finally:
        for host in made:
            with contextlib.suppress(AssertionError):
                host.end_all()
        for name in (*(host.namespace for host in made), switch):
            with contextlib.suppress(AssertionError):
                _ip("netns", "del", name)


def _join(host: Host, switch: str) -> None:
    _ip("netns", "add", host.namespace)
    ports = ("name", "eth0", "netns", host.namespace), ("name", f"p{host.number}", "netns", switch)
    _ip("link", "add", *ports[0], "type", "veth", "peer", *ports[1])
    _ip("-n", switch, "link", "set", f"p{host.number}", "master", "br0", "up")
    _ip("-n", host.namespace, "address", "add", f"{host.address}/24", "dev", "eth0")
    for link in ("lo", "eth0"):
        _ip("-n", host.namespace, "link", "set", link, "up")


def _ip(*words: str) -> str:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"
    return done.stdout


class ServerOn(Postgres):
    """A PostgreSQL server that listens on the address of a host, for who knows the password."""

    USER, PASSWORD = "notas", "clave-de-prueba"

    def __init__(self, folder: Path, host: Host) -> None:
        super().__init__(folder)
        self.host = host
        (self._data / "pg_hba.conf").write_text(f"local all all trust\nhost all all {_NET}0/24 scram-sha-256\n")

    def start(self) -> None:
        """Start, and wait until it answers."""
        account = pwd.getpwnam(self._user or "root")
        as_user = ("setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups")
        settings = {"listen_addresses": self.host.address, "unix_socket_directories": self.socket, "fsync": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._log.touch()
        self.host.start(*as_user, self._programs / "postgres", "-D", self._data, *options, log=self._log)
        until(lambda: "ready to accept" in self._log.read_text(), 30)

    def gradebook(self, template: str = "template1") -> str:
        """The address of a new database for ``CIBERAULA_DB_URL``, empty or a copy of another."""
        if self.USER not in self.sql("SELECT rolname FROM pg_roles").splitlines():
            self.sql(f"CREATE ROLE {self.USER} LOGIN PASSWORD '{self.PASSWORD}'")
        name = self.database(template).partition("@/")[2].partition("?")[0]
        self.sql(f"ALTER DATABASE {name} OWNER TO {self.USER}")
        return f"postgresql+psycopg://{self.USER}:{self.PASSWORD}@{self.host.address}/{name}"


@contextmanager
def postgresql(host: Host) -> Iterator[ServerOn]:
    """A server on ``host`` for the while."""
    folder = Path(tempfile.mkdtemp(prefix="desk-", dir="/tmp" if Path("/tmp").is_dir() else None))
    try:
        server = ServerOn(folder, host)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def until(condition: Callable[[], Any], seconds: float) -> Any:
    """What ``condition`` says once it says something true. Fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)
    return found
