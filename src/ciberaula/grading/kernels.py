"""A kernel on this machine as grading needs it: started clean, asked one thing at a time, always ended.

Only the shell channel is opened. What a cell prints or displays is never read, so endless output fills nobody's memory,
and nothing but the answer to a request can leave a kernel. An answer may come from a stranger's code: it is limited in
size, and whatever cannot be read as an answer counts as a kernel that ended.
"""

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, TypeVar

import zmq
from jupyter_client.kernelspec import NoSuchKernel
from jupyter_client.manager import KernelManager
from jupyter_core.utils import run_sync

from ciberaula.errors import UserError
from ciberaula.i18n import _

START_SECONDS = 60.0
INTERRUPT_GRACE_SECONDS = 2.0
ALIVE_SECONDS = 1.0  # how often to look whether a kernel that says nothing is still there
MAX_MESSAGE = 16 * 2**20

Result = TypeVar("Result")

# Every kernel is driven from one thread of its own: ZeroMQ sockets belong to the event loop they were made in, and the
# caller may be formgrader's server, which has a loop running, or a plain command, which has none.
# Isolated runs have one and scoring another, so that one submission's code runs while another's answers are scored.
Lane = Literal["isolated", "scoring"]
_threads: dict[tuple[int, Lane], ThreadPoolExecutor] = {}
_making = threading.Lock()


def on_kernel_thread(work: Callable[[], Result], lane: Lane = "isolated") -> Result:
    """Run ``work`` in the thread that drives the kernels of a lane and return what it returns (or raise what it raises)."""
    mine = (os.getpid(), lane)
    with _making:
        for other in [other for other in _threads if other[0] != mine[0]]:  # a fork inherits the name of a thread only
            del _threads[other]
        if mine not in _threads:
            # A run is driven by one thread from its start to its end; the scoring kernel stays, and has one for ever.
            most = 2 if lane == "isolated" else 1
            _threads[mine] = ThreadPoolExecutor(max_workers=most, thread_name_prefix=f"ciberaula-{lane}")
    return _threads[mine].submit(work).result()


class KernelTimeout(Exception):
    """A request took longer than allowed. ``interrupted`` tells whether the kernel obeyed and can go on."""

    def __init__(self, *, interrupted: bool) -> None:
        super().__init__("kernel timeout")
        self.interrupted = interrupted


class KernelDied(Exception):
    """The kernel ended by itself."""


class _Manager(KernelManager):  # type: ignore[misc]
    """jupyter_client's manager without what grading has no use for: the pause after each step and the control channel."""

    async def _async_start_kernel(self, **named: Any) -> None:
        self._attempted_start = True
        command, named = await self._async_pre_start_kernel(**named)
        await self._async_launch_kernel(command, **named)

    start_kernel = run_sync(_async_start_kernel)

    async def _async_shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:
        await self._async_kill_kernel()
        await self._async_cleanup_resources()

    shutdown_kernel = run_sync(_async_shutdown_kernel)

    def _connect_control_socket(self) -> None:
        """Nothing is said over it."""


class GradingKernel:
    """One running kernel of the kernel spec ``name``. Use only on the kernel thread.

    ``launch`` goes to the spec's provisioner (the sandbox takes ``limits`` and ``datasets``).
    """

    def __init__(self, name: str, *, cwd: Path, env: Mapping[str, str] | None = None, **launch: Any) -> None:
        self.name = name
        self._sockets = _short_folder()
        self._manager = _Manager(kernel_name=name, connection_file=str(self._sockets / "c.json"), **self._transport())
        # What the processes print past their kernel (a crash, a warning) is nothing to show an instructor.
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        try:
            self._manager.start_kernel(cwd=str(cwd), env=dict(env or {}), **quiet, **launch)
        except UserError:
            shutil.rmtree(self._sockets, ignore_errors=True)
            raise
        except (NoSuchKernel, ModuleNotFoundError) as error:
            shutil.rmtree(self._sockets, ignore_errors=True)
            raise UserError(
                _(
                    "Falta el núcleo «{name}»: vuelva a instalar el paquete ciberaula en este entorno (make setup)."
                ).format(name=name)
            ) from error
        self._client = self._manager.client(context=_context())
        self._client.start_channels(shell=True, iopub=False, stdin=False, hb=False, control=False)  # noqa: S604 - a channel
        try:
            self._reply_to(self._client.kernel_info(), START_SECONDS)
        except (KernelTimeout, KernelDied) as error:
            self.end()
            raise UserError(
                _("El núcleo «{name}» no arrancó: revise la memoria libre y la instalación (make setup).").format(
                    name=name
                )
            ) from error
        # Connected: the names of the sockets have done their work, and a grader that is killed now leaves none behind.
        if sys.platform != "win32":
            shutil.rmtree(self._sockets, ignore_errors=True)

    @property
    def provisioner(self) -> Any:
        """What started the kernel, and knows more of it than a kernel tells."""
        return self._manager.provisioner

    @property
    def pid(self) -> int | None:
        """The process id of the kernel, which also leads its process group."""
        return getattr(self._manager.provisioner, "pid", None)

    def execute(self, code: str, *, timeout: float, expressions: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Run ``code`` and return the content of its reply (``status``, ``ename``, ``user_expressions``…).

        Raises ``KernelTimeout`` after ``timeout`` seconds (the kernel was then interrupted, which it may have ignored)
        and ``KernelDied`` when the process ended.
        """
        request = self._client.execute(
            code, silent=False, store_history=False, user_expressions=dict(expressions or {}), allow_stdin=False,
            stop_on_error=False,
        )  # fmt: skip
        try:
            return self._reply_to(request, timeout)
        except KernelTimeout:
            self._manager.interrupt_kernel()
            try:
                self._reply_to(request, INTERRUPT_GRACE_SECONDS)
            except KernelTimeout:
                raise KernelTimeout(interrupted=False) from None
            raise KernelTimeout(interrupted=True) from None

    def end(self) -> None:
        """End the kernel and every process of its group, without asking."""
        pid = self.pid
        with contextlib.suppress(Exception):
            self._client.stop_channels()
        kill_group(pid)
        with contextlib.suppress(Exception):
            self._manager.shutdown_kernel(now=True)
        with contextlib.suppress(Exception):
            self._manager.cleanup_resources()
        shutil.rmtree(self._sockets, ignore_errors=True)

    def abandon(self) -> None:
        """End the processes and remove the sockets at exit, when the thread that drives kernels is gone already."""
        with contextlib.suppress(Exception):
            self._client.stop_channels()
        kill_group(self.pid)
        shutil.rmtree(self._sockets, ignore_errors=True)

    def _transport(self) -> dict[str, str]:
        """Sockets in a folder of our own where the system has them: no port that another user of the machine could reach."""
        return {} if sys.platform == "win32" else {"transport": "ipc", "ip": str(self._sockets / "s")}

    def _reply_to(self, request: str, timeout: float) -> dict[str, Any]:
        deadline = time.monotonic() + timeout
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise KernelTimeout(interrupted=False)
            if self._wait(left) and (content := self._content_for(request)) is not None:
                return content

    def _wait(self, seconds: float) -> bool:
        """True when something came on the shell channel. Raises ``KernelDied`` when the kernel ended and nothing did."""
        poller = zmq.Poller()
        shell = self._client.shell_channel.socket
        poller.register(shell, zmq.POLLIN)
        run = getattr(self.provisioner, "run", None)  # of the sandbox: a descriptor tells at once that a run is over
        if run is not None:
            poller.register(run, zmq.POLLIN)
        ready = dict(poller.poll(int(min(seconds, ALIVE_SECONDS) * 1000)))
        if shell in ready:
            return True
        if not self._manager.is_alive():
            raise KernelDied
        return False

    def _content_for(self, request: str) -> dict[str, Any] | None:
        """The content of the message that came, if it answers ``request``. ``KernelDied`` for what is no message."""
        try:
            message = self._client.get_shell_msg(timeout=0)
            if message["parent_header"].get("msg_id") != request:
                return None
            content: dict[str, Any] = message["content"]
            if not isinstance(content, dict):
                raise TypeError("the content of a reply is an object")
        except queue.Empty:
            return None
        except Exception as error:  # whatever a stranger's code may send: wrong signature, no JSON, JSON without end
            raise KernelDied from error
        return content


_contexts: dict[int, zmq.Context[Any]] = {}


def _context() -> zmq.Context[Any]:
    """The ZeroMQ context of this process's kernels, whose sockets take messages of a limited size and few at a time."""
    pid = os.getpid()
    if pid not in _contexts:
        _contexts.clear()  # a parent's, of no use after a fork
        context: zmq.Context[Any] = zmq.Context()
        context.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE)
        context.setsockopt(zmq.RCVHWM, 16)
        context.setsockopt(zmq.LINGER, 0)
        _contexts[pid] = context
    return _contexts[pid]


def _short_folder() -> Path:
    """A private folder whose sockets have names of at most 107 bytes, which is all that the system takes."""
    base = tempfile.gettempdir()
    if len(os.fsencode(base)) > 60 and Path("/tmp").is_dir():  # noqa: S108 - mkdtemp makes it private
        base = "/tmp"  # noqa: S108
    return Path(tempfile.mkdtemp(prefix="ciberaula-", dir=base))


def kill_group(pid: int | None) -> None:
    """Kill the process group led by ``pid`` (kernels lead a group of their own); on Windows, the process."""
    if pid is None:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGKILL)
        else:  # pragma: no cover - Windows
            os.kill(pid, signal.SIGTERM)
