"""Ports for the servers of the tests, which neither the system nor another worker gives to somebody else meanwhile."""

import contextlib
import os
import re
import secrets
import socket
from pathlib import Path

_LOWEST = 10_000
_EPHEMERAL = 32_768  # the usual first of the ports that a system hands out by itself: to kernels, to whoever connects
_SHARES = 8  # workers that run at once, at most


def free_port() -> int:
    """A port of 127.0.0.1 that is free now and stays so: below those handed out by the system, of this worker alone."""
    ours = _of_worker(range(_LOWEST, _first_ephemeral()), os.environ.get("PYTEST_XDIST_WORKER", ""))
    for _attempt in range(200):
        port = secrets.choice(ours)
        if port in _given:
            continue
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            _given.add(port)
            return port
    raise RuntimeError(f"no free port in {ours}")


_given: set[int] = set()


def _first_ephemeral() -> int:
    with contextlib.suppress(OSError, ValueError):
        first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
        return first if first >= _LOWEST + 1000 else _EPHEMERAL
    return _EPHEMERAL


def _of_worker(ports: range, worker: str) -> range:
    """Every eighth of them: the worker ``gw1`` of pytest-xdist begins with the second."""
    number = int(found[0]) if (found := re.search(r"\d+", worker)) else 0
    return ports[number % _SHARES :: _SHARES]
