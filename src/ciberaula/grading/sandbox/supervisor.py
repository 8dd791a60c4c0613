"""The supervisor of one run: makes its world, starts the code's process in it, and outlives it.

It runs no trainee code and reads one file of it. In the nursery's level it stands outside the PID namespace of the code's
process, which is that namespace's first process: the code cannot name it, and when the code's process ends, so does
everything in the namespace.
"""

import contextlib
import gc
import os
import resource
import select
import signal
import socket
import stat
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from ciberaula.classroom.sheetfile import SHEET_FILE
from ciberaula.grading.sandbox import filter as filters
from ciberaula.grading.sandbox import places, protocol, syscalls
from ciberaula.grading.sandbox.limits import TRIAL_DONE, Limits
from ciberaula.grading.sandbox.relay import Relay

WATCH_SECONDS = 0.25


@dataclass(frozen=True)
class World:
    """Where a run happens and what closes it in."""

    nested: bool  # whether the run gets namespaces of its own
    work: Path
    datasets: Path
    landlocked: bool
    readable: tuple[str, ...] = ()  # for Landlock
    own_folders: bool = True  # whether all that can be written is the run's own


@dataclass(frozen=True)
class Seed:
    """What the host asks for: the settings of a run and its descriptors."""

    limits: Limits
    environment: dict[str, str]
    key: str
    control: socket.socket
    listener: socket.socket
    package: int
    trial: bool = False

    @classmethod
    def of(cls, content: Mapping[str, Any], descriptors: list[int]) -> "Seed":
        """From what came over the seeds' socket."""
        control, listener, package = descriptors
        return cls(
            Limits(**content["limits"]), dict(content["environment"]), content["key"],
            socket.socket(fileno=control), socket.socket(fileno=listener), package,
            bool(content.get("trial")),
        )  # fmt: skip


def supervise(seed: Seed, world: World, rules: Any = None) -> NoReturn:
    """Do the run, report, and end this process. ``rules``: a filter that was built before, for process 1."""
    code = 1
    try:
        for number in range(1, signal.NSIG):
            with contextlib.suppress(OSError, ValueError):
                signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # a side that hangs up is told by an error
        report, sheet = _run(seed, world, rules)
        protocol.send_report(seed.control, report, sheet)
        code = 0
    except BaseException as error:  # told to the host, which knows what to make of it
        with contextlib.suppress(Exception):
            protocol.send_report(seed.control, {"ended": "refused", "why": f"{type(error).__name__}: {error}"}, b"")
    finally:
        if not world.own_folders:  # its folder is the host's, and the host may be gone
            with contextlib.suppress(OSError):
                os.execvp("rm", ["rm", "-rf", "--", str(world.work)])  # noqa: S606
        os._exit(code)


def _run(seed: Seed, world: World, rules: Any) -> tuple[dict[str, Any], bytes]:
    processes = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
    syscalls.dumpable(True)  # while it is not, the files of /proc/self are root's
    # When the machine runs out of memory, a run is what has to end: its greedy process before its small supervisor.
    Path("/proc/self/oom_score_adj").write_text("1000")
    if world.nested:
        _new_world(seed.limits)
    syscalls.dumpable(False)
    folder, home = places.folder_of(world.work), places.home_of(world.work)
    folder.mkdir(mode=0o700)
    home.mkdir(mode=0o700)
    protocol.unpack(seed.package, folder)
    inner, outer = _pair(world.work)
    ceiling = _mapped(processes) + seed.limits.memory
    pid = os.fork()
    if pid == 0:
        _become_code(seed, world, rules, inner, ceiling)
    inner.close()
    ended, status = _watch(seed, world, pid, processes, outer)
    sheet, problem = _sheet(folder / SHEET_FILE, seed.limits.sheet_bytes)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "ended": ended,
        "status": status,
        "sheet": problem,
        "cpu": round(used.ru_utime + used.ru_stime, 3),
        "memory": used.ru_maxrss * 1024,
    }, sheet


def _new_world(limits: Limits) -> None:
    """Namespaces of its own, an empty work folder in memory, and no view of processes."""
    user, group = os.getuid(), os.getgid()
    syscalls.unshare(syscalls.ALL_NAMESPACES)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    syscalls.mount(None, "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
    bare = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC
    size = f"size={limits.disk_bytes},nr_inodes={limits.files},mode=0700"
    syscalls.mount("tmpfs", str(places.WORK), "tmpfs", bare, size)
    syscalls.mount("tmpfs", "/proc", "tmpfs", bare | syscalls.MS_RDONLY, "size=4k,nr_inodes=2")


def _pair(work: Path) -> tuple[socket.socket, socket.socket]:
    """A listening socket for the kernel and the supervisor's connection to it, which nobody else can make any more."""
    place = work / "z"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(place))
    listener.listen(1)
    outer = socket.socket(socket.AF_UNIX)
    outer.connect(str(place))
    place.unlink()
    listener.setblocking(False)
    return listener, outer


def _mapped(processes: int) -> int:
    """Bytes of address space that this process has: what the code's process starts with."""
    with os.fdopen(os.open("self/statm", os.O_RDONLY, dir_fd=processes)) as stream:
        return int(stream.read().split()[0]) * resource.getpagesize()


def _become_code(
    seed: Seed, world: World, rules: Any, listener: socket.socket, ceiling: int
) -> NoReturn:  # pragma: no cover - in a process of its own
    """In the new process: shut every door, then be the kernel. Never returns to the supervisor's code."""
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        keep = listener.fileno()
        os.closerange(3, keep)
        os.closerange(keep + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        os.setsid()
        os.umask(0o022)
        os.environ.clear()
        os.environ.update(places.environment(seed.environment, world.work, world.datasets))
        time.tzset()
        folder = places.folder_of(world.work)
        os.chdir(folder)
        sys.path[:] = [str(folder), *(one for one in sys.path if one)]
        sys.argv = ["ciberaula"]
        _limit(seed.limits, ceiling, own_account=world.nested)
        syscalls.drop_capabilities()
        syscalls.no_new_privileges()
        syscalls.die_with_parent(signal.SIGKILL)
        if world.landlocked:
            from ciberaula.grading.sandbox import landlock

            landlock.restrict(read=[*world.readable, str(world.datasets)], write=[str(world.work)])
        if rules is None:
            rules = filters.build(os.getpid(), own_folders=world.own_folders)
        from ciberaula.grading.sandbox import kernel

        gc.enable()
        rules.load()
        if seed.trial:
            os._exit(TRIAL_DONE)
        kernel.serve(listener, seed.key)
    finally:
        os._exit(1)


# Where the system counts threads by account, and the account is not the run's own: room for what else it has running.
_OTHERS_THREADS = 4096


def _limit(limits: Limits, ceiling: int, *, own_account: bool) -> None:
    """Set the bounds of the code's process. The number of threads is also watched from outside (``_too_much``).

    ``own_account``: nobody else counts in its user namespace. Without one, the runs of every grader of the machine do (and
    with Landlock, the grader's own programs): a low bound would then end a run for what others do.
    """
    bounds = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_AS: ceiling,
        resource.RLIMIT_NPROC: limits.threads + (0 if own_account else _OTHERS_THREADS),
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_SIGPENDING: 256,
        resource.RLIMIT_NICE: 0,
        resource.RLIMIT_RTPRIO: 0,
    }
    for which, most in bounds.items():
        _soft, hard = resource.getrlimit(which)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (most, most))
    # The Python handler of SIGXFSZ is «ignore»: a file that grows too long is an OSError in the cell.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _watch(seed: Seed, world: World, pid: int, processes: int, outer: socket.socket) -> tuple[str, int]:
    """Pass on what host and kernel say to each other until one of them ends; how it ended, and the wait status."""
    alive = os.pidfd_open(pid)
    relay = Relay(seed.listener, outer, seed.limits.reply_bytes)
    poller = select.poll()
    poller.register(alive, select.POLLIN)
    poller.register(seed.control, select.POLLIN)
    watched = None if world.nested else WATCH_SECONDS * 1000
    ended = ""
    while not ended:
        relay.register(poller)
        for number, events in poller.poll(watched):
            if number == alive:
                ended = "exit"
            elif number == seed.control.fileno():
                ended = _obey(seed.control, pid) or ended
            else:
                relay.move(number, events)
        ended = ended or relay.problem
        if watched is not None and not ended:
            ended = _too_much(seed.limits, world, pid, processes)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    _pid, status = os.waitpid(pid, 0)
    return ended, status


def _obey(control: socket.socket, pid: int) -> str:
    """Do what the host says; «end» when it says so or is gone."""
    try:
        orders = control.recv(64)
    except OSError:
        orders = b""
    if not orders or protocol.END in orders:
        return "end"
    if protocol.INTERRUPT in orders:
        os.kill(pid, signal.SIGINT)
    return ""


def _threads(pid: int, processes: int) -> int:
    try:
        with os.fdopen(os.open(f"{pid}/stat", os.O_RDONLY, dir_fd=processes)) as stream:
            return int(stream.read().rsplit(")", 1)[1].split()[17])
    except (OSError, ValueError, IndexError):  # it is ending
        return 0


def _too_much(limits: Limits, world: World, pid: int, processes: int) -> str:
    """What the kernel of the system does not count by itself in the levels without namespaces of the run's own."""
    if _threads(pid, processes) > limits.threads:
        return "threads"
    files = size = 0
    for place, folders, names in os.walk(world.work):
        files += len(folders) + len(names)
        for name in names:
            with contextlib.suppress(OSError):
                size += os.lstat(os.path.join(place, name)).st_blocks * 512  # noqa: PTH118 - many thousand names
        if files > limits.files or size > limits.disk_bytes:
            return "disk"
    return ""


def _sheet(path: Path, most: int) -> tuple[bytes, str | None]:
    """The bytes of the answer sheet, one more than allowed if there are more, and why there are none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return b"", "missing"
    except OSError:
        return b"", "not_plain"
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # asked first: a folder has no stream
        os.close(descriptor)
        return b"", "not_plain"
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read(most + 1), None
