"""The few calls of Linux that Python has no name for. Each raises ``OSError``. Used inside the sandbox only."""

import contextlib
import ctypes
import functools
import os
import struct

# unshare(2)
CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
CLONE_NEWTIME = 0x00000080
CLONE_THREAD = 0x00010000
ALL_NAMESPACES = (
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWCGROUP
)

# mount(2)
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REC, MS_PRIVATE = 0x4000, 0x40000

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 1, 4, 24
_PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 38, 47, 4
_CAPABILITIES_VERSION_3 = 0x20080522


@functools.cache
def _libc() -> ctypes.CDLL:
    """The C library, asked for when used: this module is imported on other systems too."""
    library = ctypes.CDLL(None, use_errno=True)
    library.mount.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p)
    library.prctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong)
    library.syscall.restype = ctypes.c_long
    return library


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    """Leave the namespaces of the parent."""
    _checked(_libc().unshare(flags), "unshare")


def mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    """Mount a file system, or change how one is mounted."""
    texts = [None if one is None else one.encode() for one in (source, target, kind, options)]
    _checked(_libc().mount(texts[0], texts[1], texts[2], flags, texts[3]), f"mount {target}")


def prctl(option: int, value: int = 0, more: int = 0) -> None:
    """Change something of the process itself."""
    _checked(_libc().prctl(option, value, more, 0, 0), f"prctl {option}")


def dumpable(yes: bool) -> None:
    """Whether others of the same user may read this process's memory, trace it, and use its files in /proc."""
    prctl(_PR_SET_DUMPABLE, int(yes))


def die_with_parent(signal_number: int) -> None:
    """Get ``signal_number`` when the parent ends."""
    prctl(_PR_SET_PDEATHSIG, signal_number)


def no_new_privileges() -> None:
    """No program that this process may start gains rights."""
    prctl(_PR_SET_NO_NEW_PRIVS, 1)


def drop_capabilities() -> None:
    """Give up every capability, for good, also those of the namespace that this process made itself."""
    for number in range(64):
        try:
            prctl(_PR_CAPBSET_DROP, number)
        except OSError:  # the number is unknown to this kernel, or there never was a right to drop
            break
    with contextlib.suppress(OSError):
        prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    header = ctypes.create_string_buffer(struct.pack("Ii", _CAPABILITIES_VERSION_3, 0), 8)
    nothing = ctypes.create_string_buffer(24)
    _checked(_libc().capset(header, nothing), "capset")


def syscall(number: int, *arguments: object) -> int:
    """A call that the C library has no name for."""
    return _checked(_libc().syscall(ctypes.c_long(number), *arguments), f"syscall {number}")
