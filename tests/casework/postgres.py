"""A PostgreSQL server of our own for the tests: Debian's programs, a temporary folder, one private socket and no network.

Where PostgreSQL is missing the tests fail and say what to install: a suite that leaves it out proves nothing about it.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from ciberaula.launch.development import server_program

_numbers = count(1)
PATIENCE_S = 300  # of a busy machine
_HBA = "local all protected scram-sha-256\nlocal all all trust\n"


class Postgres:
    """A server that can be started, stopped and killed. ``template``: a database to copy where tables are wanted."""

    def __init__(self, folder: Path) -> None:
        self.template = ""
        program = server_program("initdb")
        assert program is not None, "PostgreSQL is missing: apt install postgresql"
        self._programs = program.parent
        self._data, self.socket, self._log = folder / "data", folder, folder / "log"
        self._user = _other_user()
        if self._user is not None:  # the server refuses to run as administrator
            account = pwd.getpwnam(self._user)
            os.chown(folder, account.pw_uid, account.pw_gid)
        self._run("initdb", "-D", self._data, "-U", "desk", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        (self._data / "pg_hba.conf").write_text(_HBA)

    def start(self) -> None:
        """Start, and wait until it answers. Not durable: what is tested is the program, not the disk."""
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.socket}' -c fsync=off"
        self._run("pg_ctl", "-D", self._data, "-l", self._log, "-o", options, "-w", "-t", PATIENCE_S, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop: ``immediate`` is as if it had been killed, ``fast`` ends every session first."""
        self._run("pg_ctl", "-D", self._data, "-m", mode, "-w", "-t", PATIENCE_S, "stop")

    def database(self, template: str = "template1") -> str:
        """The address of a new database."""
        name = f"desk{next(_numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.address(name)

    def address(self, name: str, user: str = "desk", password: str = "") -> str:
        """The address of a database for ``user``."""
        who = f"{user}:{password}" if password else user
        return f"postgresql://{who}@/{name}?host={self.socket}"

    def sql(self, command: str, database: str = "postgres") -> str:
        """Run ``command`` past the program; what it answers."""
        asked = ["-h", self.socket, "-U", "desk", "-d", database, "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", command]
        return self._run("psql", *asked)

    def end_sessions(self, name: str) -> None:
        """End every session on that database, as whoever runs the server may; they are gone on return."""
        sessions = f"FROM pg_stat_activity WHERE datname = '{name}'"
        self.sql(f"SELECT pg_terminate_backend(pid) {sessions}")
        until = time.monotonic() + PATIENCE_S
        while self.sql(f"SELECT count(*) {sessions}") != "0":  # each is told, and ends when it gets to it
            assert time.monotonic() < until, f"sessions on {name} do not end"
            time.sleep(0.02)

    def _run(self, program: str, *arguments: object) -> str:
        command = [str(self._programs / program), *map(str, arguments)]
        # The server inherits what it is given to write to, and would keep a pipe open for ever.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=self.socket,
                user=self._user,
                group=None if self._user is None else pwd.getpwnam(self._user).pw_gid,
                extra_groups=None if self._user is None else [],
                check=False,
            )
            output.seek(0)
            said = output.read()
        assert done.returncode == 0, f"{program}: {said}"
        return said.strip()


@contextmanager
def running() -> Iterator[Postgres]:
    """A server for the while."""
    folder = Path(tempfile.mkdtemp(prefix="desk-", dir=_short_folder()))
    try:
        server = Postgres(folder)
        server.start()
        try:
            yield server
        finally:
            if (folder / "data" / "postmaster.pid").exists():
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _short_folder() -> str:
    """Where another user gets in too, and with a name short enough for a socket (107 bytes)."""
    return "/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir()


def _other_user() -> str | None:
    """Whom the server runs as where the tests are run by the administrator."""
    if os.geteuid() != 0:
        return None
    names = {one.pw_name for one in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
