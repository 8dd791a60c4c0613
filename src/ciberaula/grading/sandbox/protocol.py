"""What goes over the two sockets between the host and the inside, and nothing else does.

*Seeds* (SOCK_SEQPACKET, host to nursery): one message a run, JSON, with three descriptors: the run's control socket, the
listening socket of its shell channel, and an unlinked file with the submission's copy.

*Control* (SOCK_STREAM, one a run): the host sends single bytes (``INTERRUPT``, ``END``); the supervisor sends one report
when the run is over, and closes: 4 bytes of length, JSON, and after it the bytes of the answer sheet.
"""

import json
import os
import socket
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

INTERRUPT = b"i"
END = b"e"
MAX_SEED = 64 * 1024
MAX_REPORT = 64 * 1024
DESCRIPTORS = 3


def send_seed(channel: socket.socket, content: Mapping[str, Any], descriptors: Sequence[int]) -> None:
    """Ask for a run. ``OSError`` when nobody is there to ask."""
    socket.send_fds(channel, [json.dumps(content).encode()], list(descriptors))


def receive_seed(channel: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The next run that was asked for; ``None`` when the host is gone."""
    data, descriptors, _flags, _address = socket.recv_fds(channel, MAX_SEED, DESCRIPTORS)
    if not data:
        return None
    content: dict[str, Any] = json.loads(data)
    return content, descriptors


def send_report(channel: socket.socket, content: Mapping[str, Any], sheet: bytes) -> None:
    """Tell how a run ended."""
    head = json.dumps(content).encode()
    channel.setblocking(True)
    channel.sendall(struct.pack("!I", len(head)) + head + sheet)


class ReportReader:
    """Takes a report in as it comes. The supervisor that sends it is ours; the sheet in it is the trainee's."""

    def __init__(self, most: int) -> None:
        self._most = most + MAX_REPORT
        self._data = bytearray()
        self.complete = False

    def feed(self, channel: socket.socket) -> None:
        """Read what is there without waiting, and set ``complete`` at the end."""
        while not self.complete:
            try:
                piece = channel.recv(65536, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            except OSError:
                piece = b""
            self._data += piece
            self.complete = not piece or len(self._data) > self._most

    def result(self) -> tuple[dict[str, Any], bytes] | None:
        """The report and the sheet; ``None`` when the supervisor ended without a whole one."""
        if not 4 <= len(self._data) <= self._most:
            return None
        (size,) = struct.unpack("!I", self._data[:4])
        if size > MAX_REPORT or len(self._data) < 4 + size:
            return None
        content: dict[str, Any] = json.loads(self._data[4 : 4 + size])
        return content, bytes(self._data[4 + size :])


def pack(folder: Path) -> BinaryIO:
    """An unlinked file that holds the regular files below ``folder``. The caller closes it."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    return package([(str(path.relative_to(folder)), path.read_bytes()) for path in files])


def package(files: Sequence[tuple[str, bytes]]) -> BinaryIO:
    """The format: a JSON line of [[path, size]…], then the bytes of each. Positioned at its beginning."""
    target = os.fdopen(os.memfd_create("entrega", os.MFD_CLOEXEC), "w+b")
    target.write(json.dumps([[name, len(data)] for name, data in files]).encode() + b"\n")
    for _name, data in files:
        target.write(data)
    target.flush()
    target.seek(0)
    return target


def unpack(descriptor: int, folder: Path) -> None:
    """Write the files of ``pack`` below ``folder``. ``descriptor`` is closed."""
    with os.fdopen(descriptor, "rb") as source:
        for name, size in json.loads(source.readline()):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(source.read(size))
