"""A control group (cgroups v2) around the sandbox, where the system has handed one over to us.

A service with ``Delegate=yes`` gets one from systemd, which marks it so. Elsewhere nothing is touched: the limits of each
process (rlimits) and of the work folder hold by themselves; a group adds one roof over all the memory of a run, that of
the kernel of the system for it included.

Sources: Documentation/admin-guide/cgroup-v2.rst of Linux; systemd's «Control Group APIs and Delegation».
"""

import contextlib
import os
from pathlib import Path

from ciberaula.grading.sandbox.limits import MIB, Limits

ROOT = Path("/sys/fs/cgroup")
# Processes live in leaves only: the grader's own move into this one.
LEAF = "ciberaula-calificador"
_NURSERY_MEMORY = 512 * MIB
_NURSERY_THREADS = 64
_NEEDED = {"memory", "pids"}


def delegated(root: Path = ROOT, own: Path = Path("/proc/self/cgroup")) -> Path | None:
    """The group that was handed over to this process's service; ``None`` without one that can limit memory and tasks."""
    try:
        lines = own.read_text().splitlines()
    except OSError:
        return None
    place = next((line[3:] for line in lines if line.startswith("0::")), None)
    if place is None:
        return None
    group = root / place.lstrip("/")
    group = group.parent if group.name == LEAF else group
    try:
        known = set((group / "cgroup.controllers").read_text().split())
    except OSError:
        return None
    files = ("cgroup.procs", "cgroup.subtree_control")
    writable = all(os.access(group / name, os.W_OK) for name in files)
    return group if known >= _NEEDED and writable and _marked(group) else None


def _marked(group: Path) -> bool:
    """Whether systemd says that what is below the group is ours to arrange."""
    for name in ("user.delegate", "trusted.delegate"):
        with contextlib.suppress(OSError):
            if os.getxattr(group, name) == b"1":
                return True
    return False


def make(group: Path, limits: Limits) -> Path:
    """A new group below ``group`` for one nursery and its runs. ``OSError`` where the system refuses after all."""
    leaf = group / LEAF
    leaf.mkdir(exist_ok=True)
    for process in (group / "cgroup.procs").read_text().split():
        with contextlib.suppress(ProcessLookupError):
            (leaf / "cgroup.procs").write_text(process)
    (group / "cgroup.subtree_control").write_text("+memory +pids")
    new = group / f"ciberaula-{os.getpid()}-{os.urandom(4).hex()}"
    new.mkdir()
    (new / "memory.max").write_text(str(_NURSERY_MEMORY + limits.memory + limits.disk_bytes))
    with contextlib.suppress(OSError):  # a kernel without swap accounting
        (new / "memory.swap.max").write_text("0")
    (new / "pids.max").write_text(str(_NURSERY_THREADS + limits.threads))
    return new


def entering(group: Path, command: list[str]) -> list[str]:
    """``command``, as one that first puts itself into ``group``: nothing that it starts is ever outside."""
    return ["/bin/sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', str(group), *command]


def remove(group: Path) -> None:
    """Remove an empty group; one that is still being left goes with the service."""
    with contextlib.suppress(OSError):
        group.rmdir()
