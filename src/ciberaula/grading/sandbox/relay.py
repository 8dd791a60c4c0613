"""Between the host's connection and the kernel's: bytes go by, counted.

The kernel's process belongs to the trainee's code: it can send whatever it likes over its socket, for ever. ZeroMQ on the
host's side limits the size of a frame but not the number of frames of a message, and takes 64 bytes for the smallest: so
all that comes out of a run is limited here, where nothing of the host can be harmed by it. The limit is for the whole run,
not for a reply: the code can make the host's ZeroMQ say something (a ping has its pong), and would so begin anew.
"""

import contextlib
import select
import socket

_PIECE = 65536


class Relay:
    """Accepts one connection on ``listener`` (the host's) and ties it to ``inner`` (the kernel's)."""

    def __init__(self, listener: socket.socket, inner: socket.socket, most: int) -> None:
        self._listener = listener
        self._inner = inner
        self._host: socket.socket | None = None
        self._left = most
        self._waiting: dict[int, bytearray] = {}  # by the descriptor it has to be written to
        self.problem = ""
        listener.setblocking(False)
        inner.setblocking(False)

    def register(self, poller: select.poll) -> None:
        """Ask for what matters now: reading where there is room, writing where something waits."""
        if self._host is None:
            poller.register(self._listener, select.POLLIN)
            return
        to_host, to_inner = self._pending(self._host), self._pending(self._inner)
        poller.register(self._host, (0 if to_inner else select.POLLIN) | (select.POLLOUT if to_host else 0))
        poller.register(self._inner, (0 if to_host else select.POLLIN) | (select.POLLOUT if to_inner else 0))

    def move(self, number: int, events: int) -> None:
        """Do what ``register`` asked for. Sets ``problem`` when one side hangs up or the kernel says too much."""
        if self._host is None:
            with contextlib.suppress(BlockingIOError):
                self._host, _address = self._listener.accept()
                self._host.setblocking(False)
                self._waiting = {self._host.fileno(): bytearray(), self._inner.fileno(): bytearray()}
            return
        here, there = (self._host, self._inner) if number == self._host.fileno() else (self._inner, self._host)
        if events & select.POLLOUT:
            self._write(here)
        if events & (select.POLLIN | select.POLLHUP | select.POLLERR):
            self._read(here, there)

    def _pending(self, side: socket.socket) -> bytearray:
        return self._waiting[side.fileno()]

    def _read(self, here: socket.socket, there: socket.socket) -> None:
        try:
            data = here.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.problem = "end" if here is self._host else "exit"
            return
        if here is self._inner:
            self._left -= len(data)
            if self._left < 0:
                self.problem = "replies"
                return
        self._pending(there).extend(data)
        self._write(there)

    def _write(self, side: socket.socket) -> None:
        waiting = self._pending(side)
        if not waiting:
            return
        try:
            del waiting[: side.send(waiting)]
        except BlockingIOError:
            return
        except OSError:
            self.problem = "end" if side is self._host else "exit"
