"""A kernel on this machine as grading needs it: started clean, asked one thing at a time, always ended.

Only the shell channel is opened. What a cell prints or displays is never read, so endless output fills nobody's memory,
and nothing but the answer to a request can leave a kernel.
"""

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from jupyter_client.kernelspec import NoSuchKernel
from jupyter_client.manager import KernelManager

from ciberaula.errors import UserError
from ciberaula.i18n import _

START_SECONDS = 60.0
INTERRUPT_GRACE_SECONDS = 2.0

Result = TypeVar("Result")

# Every kernel is driven from one thread of its own: ZeroMQ sockets belong to the event loop they were made in, and the
# caller may be formgrader's server, which has a loop running, or a plain command, which has none.
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ciberaula-kernel")


def on_kernel_thread(work: Callable[[], Result]) -> Result:
    """Run ``work`` in the thread that drives kernels and return what it returns (or raise what it raises)."""
    return _thread.submit(work).result()


class KernelTimeout(Exception):
    """A request took longer than allowed. ``interrupted`` tells whether the kernel obeyed and can go on."""

    def __init__(self, *, interrupted: bool) -> None:
        super().__init__("kernel timeout")
        self.interrupted = interrupted


class KernelDied(Exception):
    """The kernel ended by itself."""


class GradingKernel:
    """One running kernel of the kernel spec ``name``. Use only on the kernel thread."""

    def __init__(self, name: str, *, cwd: Path, env: Mapping[str, str]) -> None:
        self.name = name
        self._sockets = Path(tempfile.mkdtemp(prefix="ciberaula-nucleo-"))
        self._manager = KernelManager(
            kernel_name=name, connection_file=str(self._sockets / "c.json"), **self._transport()
        )
        # What the processes print past their kernel (a crash, a warning) is nothing to show an instructor.
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        try:
            self._manager.start_kernel(cwd=str(cwd), env=dict(env), **quiet)
        except NoSuchKernel as error:
            shutil.rmtree(self._sockets, ignore_errors=True)
            raise UserError(
                _(
                    "Falta el núcleo «{name}»: vuelva a instalar el paquete ciberaula en este entorno (make setup)."
                ).format(name=name)
            ) from error
        self._client = self._manager.blocking_client()
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
            self._client.context.destroy(linger=0)
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
            try:
                message = self._client.get_shell_msg(timeout=min(left, 1.0))
            except queue.Empty:
                if not self._manager.is_alive():
                    raise KernelDied from None
                continue
            if message["parent_header"].get("msg_id") == request:
                content: dict[str, Any] = message["content"]
                return content


def kill_group(pid: int | None) -> None:
    """Kill the process group led by ``pid`` (kernels lead a group of their own); on Windows, the process."""
    if pid is None:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGKILL)
        else:  # pragma: no cover - Windows
            os.kill(pid, signal.SIGTERM)
