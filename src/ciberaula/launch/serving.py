"""Running the Jupyter server: until it answers, while it runs, and to its clean end."""

import contextlib
import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.launch.profiles import Server

# A weak machine with a cold disk needs long; a broken server says so by ending.
READY_WITHIN_S = 120
STOP_WITHIN_S = 15


def check_port(port: int) -> None:
    """Raise ``UserError`` unless ``port`` of this machine is free for us."""
    if not 1024 <= port <= 65535:
        raise UserError(_("El puerto {port} no sirve: use un número entre 1024 y 65535.").format(port=port))
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                if os.name != "nt":
                    # As the server itself does: a port that a closed server just left is free.
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError as error:
            # Anything else is a machine without that kind of address, where nobody can be listening.
            if error.errno == errno.EADDRINUSE:
                raise UserError(
                    _(
                        "El puerto {port} ya está en uso: quizá el aula ya está abierta en otra ventana; ciérrela o "
                        "elija otro, por ejemplo make start PORT={other}"
                    ).format(port=port, other=port + 1 if port < 65535 else 8889)
                ) from error


@contextlib.contextmanager
def running(server: Server, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start JupyterLab, yield it once it answers, and end it however the block is left.

    Its output goes to ``log``. Raises ``UserError`` where it ends or stays silent.
    """
    with log.open("wb") as stream:
        # A group of its own: a Ctrl-C in the terminal reaches us alone, and we end it in order.
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab"],
            cwd=server.root,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=os.name != "nt",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    try:
        _wait_until_ready(server, process, log)
        yield process
    finally:
        _stop(process)


def _wait_until_ready(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    # Unlike a page, it answers nobody whom it doesn't know: no redirection to a login that looks like an answer.
    status = f"http://127.0.0.1:{server.port}/api/status"
    request = urllib.request.Request(status, headers={"Authorization": f"token {server.token}"})
    # A proxy configured for the Internet has nothing to say about this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        # Until our own server says that it holds the port, whoever answers there is another: our token is not for it.
        if _holds_its_port(server):
            with contextlib.suppress(urllib.error.URLError, OSError), opener.open(request, timeout=5) as answer:
                if answer.status == 200:
                    return
        time.sleep(0.1)
    if process.poll() is not None:
        check_port(server.port)
    raise UserError(
        _("El aula no llegó a abrirse: {reason} (detalle en {log}).").format(
            reason=_last_complaint(log) or _("el servidor no responde"), log=log
        )
    )


def _holds_its_port(server: Server) -> bool:
    """Whether the server we started is listening: it then writes a file about itself into its runtime folder.

    Its secret, new at every start, tells the file from what an earlier server left. The number of the process would not do
    on Windows, where an environment's Python is a launcher of another one.
    """
    for file in (server.state / "runtime").glob("jpserver-*.json"):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            about = json.loads(file.read_bytes())
            if (about.get("token"), about.get("port")) == (server.token, server.port):
                return True
    return False


def _last_complaint(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def stopping_on_termination() -> Iterator[None]:
    """Treat a request to end (kill, closing the terminal) as Ctrl-C, so that the server ends with us.

    Ctrl-C itself is set too: a shell that starts us in the background has it ignored.
    """

    def interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    kinds = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
    before = {kind: signal.signal(kind, interrupt) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
