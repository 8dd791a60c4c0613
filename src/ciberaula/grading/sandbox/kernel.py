"""The kernel of a run: ipykernel with one socket that it was given, and nobody listening to what it prints."""

import socket
from typing import Any

import zmq
from ipykernel.iostream import IOPubThread
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core.interactiveshell import InteractiveShell

# An error is told to nobody but this: that there was one.
MAX_ERROR = 500


class QuietKernel(IPythonKernel):  # type: ignore[misc]
    """A kernel that answers in few words, whatever the code's errors say."""

    async def do_execute(self, *arguments: Any, **named: Any) -> dict[str, Any]:
        """Run a cell; of an error, keep its name and the beginning of its message."""
        reply: dict[str, Any] = await super().do_execute(*arguments, **named)
        if reply.get("status") == "error":
            reply = {
                "status": "error",
                "ename": str(reply.get("ename"))[:MAX_ERROR],
                "evalue": str(reply.get("evalue"))[:MAX_ERROR],
                "traceback": [],
                "execution_count": reply.get("execution_count"),
                "user_expressions": {},
                "payload": [],
            }
        return reply


class RunApp(IPKernelApp):  # type: ignore[misc]
    """ipykernel without files and without sockets of its own making: seccomp lets it make none."""

    kernel_class = QuietKernel
    shell_listener: socket.socket

    def parse_command_line(self, argv: Any = None) -> None:
        """There is none."""

    def init_config_files(self) -> None:
        """There are none; a start-up file that the code wrote would be read by nobody after it."""

    def load_config_file(self, *_arguments: Any, **_named: Any) -> None:
        """There is none."""

    def init_gui_pylab(self) -> None:
        """No window to integrate with."""

    def init_extensions(self) -> None:
        """None: the magics that store things between sessions have nothing to store in."""

    def init_connection_file(self) -> None:
        """There is none."""

    def write_connection_file(self, **_named: Any) -> None:
        """There is none."""

    def log_connection_info(self) -> None:
        """Nobody to tell."""
        self._ports = dict.fromkeys(("shell", "iopub", "stdin", "hb", "control"), 0)

    def init_heartbeat(self) -> None:
        """The host knows better than a heartbeat whether the process lives."""
        self.heartbeat = None

    def init_crash_handler(self) -> None:
        """No crash report is written."""

    def init_iopub(self, context: Any) -> None:
        """What is printed goes nowhere. No pipe for subprocesses: there are none, and it would be a socket on the network."""
        self.iopub_socket = context.socket(zmq.XPUB)
        self.iopub_socket.linger = 0
        self._try_bind_socket(self.iopub_socket, 0)
        self.configure_tornado_logger()
        self.iopub_thread = IOPubThread(self.iopub_socket, pipe=False, session=self.session)
        self.iopub_thread.start()
        self.iopub_socket = self.iopub_thread.background_socket

    def _try_bind_socket(self, s: Any, port: int) -> int:
        if s is self.shell_socket:
            s.setsockopt(zmq.USE_FD, self.shell_listener.detach())
            s.bind("ipc:///aula/ya-enlazado")  # the name stands for the descriptor; no file of this name comes to be
        else:
            s.bind(f"inproc://{id(s)}")
        return port


def serve(listener: socket.socket, key: str) -> None:
    """Be the kernel, until somebody ends this process."""
    RunApp.clear_instance()
    InteractiveShell.clear_instance()
    app = RunApp.instance(
        log_level=50, quiet=True, capture_fd_output=False, outstream_class="ipykernel.iostream.OutStream"
    )
    app.shell_listener = listener
    app.transport, app.ip = "ipc", "sin-uso"
    app.config.HistoryManager.enabled = False
    app.config.InteractiveShell.history_length = 0
    app.config.IPCompleter.use_jedi = False
    app.session.key = key.encode()
    app.initialize([])
    app.start()
