"""Code that tries, from inside, everything that it must not be able to do, and writes down how each try ended.

It is read as text and run in the sandbox, so it imports what it uses itself. ``OUTSIDE`` is set before it: paths that must
not be there. A try that raises is told by the name of its error; one that works by what it returned.
"""

# What nobody should do, done the way a stranger would.
# ruff: noqa: PTH110, PTH120, PTH123, PTH208, SIM115, S605, S606
# mypy: ignore-errors

import ctypes
import errno
import json
import mmap
import os
import platform
import resource
import socket
import subprocess
import sys

seen: dict[str, object] = {}
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def attempt(name, what):
    try:
        value = what()
    except BaseException as error:
        seen[name] = f"{type(error).__name__} {errno.errorcode.get(getattr(error, 'errno', None) or 0, '')}".strip()
    else:
        seen[name] = value if isinstance(value, str | int | float | list | dict | bool | None) else repr(value)


def call(number, *arguments):
    result = libc.syscall(ctypes.c_long(number), *arguments)
    return errno.errorcode.get(ctypes.get_errno(), "?") if result == -1 else f"done {result}"


def named(name, *arguments):
    ctypes.set_errno(0)
    result = getattr(libc, name)(*arguments)
    return errno.errorcode.get(ctypes.get_errno(), "?") if result == -1 else f"done {result}"


def write(path):
    with open(path, "w") as stream:
        stream.write("x")
    return "written"


def child():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    return "forked"


def capabilities():
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    libc.capget(header, data)
    return sum(data)


X86 = platform.machine() == "x86_64"
package = os.path.dirname(sys.modules["ciberaula"].__file__)
attempt("cwd", os.getcwd)
attempt("files", lambda: sorted(os.listdir()))
attempt("environment", lambda: dict(os.environ))
attempt("datasets", lambda: sorted(os.listdir(os.environ["CIBERAULA_DATASETS"])))
attempt("outside", lambda: [path for path in OUTSIDE if os.path.exists(path)])  # noqa: F821
attempt("processes", lambda: [name for name in os.listdir("/proc") if name.isdigit()])
attempt("own environment in proc", lambda: len(open("/proc/self/environ").read()))
attempt("environment of the first process", lambda: len(open("/proc/1/environ").read()))
attempt("memory of the first process", lambda: len(open("/proc/1/mem", "rb").read(1)))
attempt("kernel messages", lambda: len(open("/dev/kmsg").read(1)))
attempt("passwords", lambda: open("/etc/passwd").read())
for place in ("/", "/usr", "/tmp", "/etc", "/dev", "/dev/shm", "/aula", package, os.environ["CIBERAULA_DATASETS"]):
    attempt(f"write {'package' if place == package else place}", lambda place=place: write(f"{place}/nuevo"))
attempt("write own", lambda: write("nuevo"))
attempt("write home", lambda: write(os.environ["HOME"] + "/nuevo"))
attempt("fork", child)
attempt("vfork", lambda: subprocess.run(["/bin/true"]).returncode)
attempt("posix_spawn", lambda: os.posix_spawn("/bin/true", ["true"], {}))
attempt("exec", lambda: os.execv("/bin/true", ["true"]))
attempt("system", lambda: "refused" if os.system("true") else "done")
attempt("inet", lambda: socket.socket(socket.AF_INET))
attempt("inet6", lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
attempt("netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
attempt("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
attempt("vsock", lambda: socket.socket(socket.AF_VSOCK))
attempt("unix", lambda: socket.socket(socket.AF_UNIX))
attempt("name", lambda: socket.gethostbyname("localhost"))
attempt("datagram pair", lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM))
attempt("stream pair", lambda: "made" if socket.socketpair() else "")
attempt("signal all", lambda: os.kill(-1, 0))
attempt("signal parent", lambda: os.kill(os.getppid() or 4194303, 0))
attempt("signal other", lambda: os.kill(os.getpid() + 1, 0))
attempt("signal group", lambda: os.killpg(0, 0))
attempt("signal itself", lambda: os.kill(os.getpid(), 0))
attempt("pidfd", lambda: os.pidfd_open(os.getpid()))
attempt("owner of a file", lambda: __import__("fcntl").fcntl(0, 8, 1))
attempt("terminal", lambda: __import__("fcntl").ioctl(0, 0x5412, b"x"))
attempt("memfd", lambda: os.memfd_create("x"))
attempt("fifo elsewhere", lambda: os.mkfifo("/tmp/fifo"))
attempt("device", lambda: os.mknod("disco", 0o060600, os.makedev(8, 0)))
attempt("hard link to data", lambda: os.link("/usr/lib/os-release", "enlace"))
attempt("change identity", lambda: os.setuid(0))
attempt("watch files", lambda: named("inotify_init1", 0))
attempt("other limits", lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (9999, 9999)))
attempt("more address space", lambda: resource.prlimit(0, resource.RLIMIT_AS, (-1, -1)))
attempt("scheduling", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))
attempt("ptrace", lambda: named("ptrace", 16, 1, 0, 0))
attempt("mount", lambda: named("mount", b"x", b"/aula", b"tmpfs", 0, None))
attempt("umount", lambda: named("umount2", b"/proc", 2))
attempt("chroot", lambda: named("chroot", b"."))
for name, flag in {"user": 0x10000000, "mount": 0x20000, "pid": 0x20000000, "net": 0x40000000}.items():
    attempt(f"unshare {name}", lambda flag=flag: named("unshare", flag))
attempt("setns", lambda: named("setns", 0, 0))
attempt("personality", lambda: named("personality", 0x0040000))
attempt("shared memory", lambda: named("shmget", 0, 4096, 0o1600))
attempt("message queue", lambda: named("msgget", 0, 0o1600))
attempt("vm of another", lambda: named("process_vm_readv", 1, None, 0, None, 0, 0))
attempt("io_uring", lambda: call(425, 8, None))
attempt("landlock", lambda: call(444, None, 0, 1))
attempt("clone3", lambda: call(435, None, 0))
attempt("fsopen", lambda: call(430, b"tmpfs", 0))
attempt("pidfd_getfd", lambda: call(438, 0, 0, 0))
for name, number in {
    "bpf": 321, "keyctl": 250, "perf": 298, "userfaultfd": 323, "kexec": 246, "module": 175, "reboot": 169, "swap": 167,
    "by handle": 304, "clock": 227, "quota": 179, "io ports": 172,
}.items():  # fmt: skip
    if X86:
        attempt(f"call {name}", lambda number=number: call(number, 0, 0, 0, 0, 0))
attempt("capabilities", capabilities)
attempt("no new privileges", lambda: libc.prctl(39, 0, 0, 0, 0))
attempt("parent's death", lambda: named("prctl", 1, 0, 0, 0, 0))
attempt("core", lambda: resource.getrlimit(resource.RLIMIT_CORE)[1])
attempt("locked memory", lambda: resource.getrlimit(resource.RLIMIT_MEMLOCK)[1])
attempt("memory", lambda: len(bytearray(2 << 30)))
attempt("shared mapping", lambda: len(mmap.mmap(-1, 2 << 30)))
attempt("grading", lambda: __import__("ciberaula.grading.scoring"))
attempt("hidden files of the package", lambda: sorted(os.listdir(package + "/grading")))


def _kind(number):
    import stat

    try:
        mode = os.fstat(number).st_mode
    except OSError:
        return ""
    return "directory" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else "other"


attempt("descriptors", lambda: [n for n in range(3, 40) if _kind(n) in ("directory", "file")])
json.dump(seen, open("respuestas.json", "w"))
