"""Landlock: limits on files, TCP and signals that a process takes upon itself and can never shed.

Sources: landlock(7); Documentation/userspace-api/landlock.rst of Linux, whose constants these are.
"""

import os
import struct
from collections.abc import Iterable

from ciberaula.grading.sandbox import syscalls

# The versions that a level needs: 4 adds TCP to files; 6 adds signals and abstract sockets.
NEEDED_ALONE = 4

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every architecture
_VERSION = 1
_PATH_BENEATH = 1

_WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_DIR, _REMOVE_FILE = 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5
_MAKE_DIR, _MAKE_REG, _MAKE_SYM, _REFER, _TRUNCATE = 1 << 7, 1 << 8, 1 << 12, 1 << 13, 1 << 14
_ALL_BY_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_READ = _READ_FILE | _READ_DIR
_WRITE = _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _MAKE_SYM | _REFER | _TRUNCATE
_ON_FILES = _READ_FILE | _WRITE_FILE | _TRUNCATE
_TCP = 3
_SCOPES = 3  # abstract sockets, signals

DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


def version() -> int:
    """The version that this kernel has; 0 without Landlock."""
    try:
        return syscalls.syscall(_CREATE, None, 0, _VERSION)
    except OSError:
        return 0


def restrict(*, read: Iterable[str], write: Iterable[str]) -> None:
    """From here on this process can read below ``read`` and ``write``, change below ``write``, and nothing else.

    What does not exist is left out. No program may be started from anywhere. ``OSError`` without Landlock.
    """
    have = version()
    handled = _ALL_BY_VERSION[max(1, min(have, 5))]
    attributes = struct.pack("QQQ", handled, _TCP if have >= 4 else 0, _SCOPES if have >= 6 else 0)
    size = 24 if have >= 6 else 16 if have >= 4 else 8
    rules = syscalls.syscall(_CREATE, attributes, size, 0)
    try:
        for path in read:
            _allow(rules, path, _READ & handled)
        for path in DEVICES:
            _allow(rules, path, (_READ_FILE | _WRITE_FILE) & handled)
        for path in write:
            _allow(rules, path, (_READ | _WRITE) & handled)
        syscalls.no_new_privileges()
        syscalls.syscall(_RESTRICT, rules, 0)
    finally:
        os.close(rules)


def _allow(rules: int, path: str, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):  # noqa: PTH112 - one call, in a process that must be quick
            access &= _ON_FILES
        syscalls.syscall(_ADD, rules, _PATH_BENEATH, struct.pack("=Qi", access, descriptor), 0)
    finally:
        os.close(descriptor)
