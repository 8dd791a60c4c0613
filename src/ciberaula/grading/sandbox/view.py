"""What of this machine a run may see: the system's libraries, this Python with its packages, and of our package what the
classroom needs. Never the course, a home folder, the gradebook or another submission.
"""

import site
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path

from ciberaula import paths
from ciberaula.errors import UserError
from ciberaula.grading.sandbox import landlock, places

# Of our package, what no classroom needs. Nothing in it is secret; less is still better.
_NOT_NEEDED = ("authoring", "dashboards", "launch", "progress")
_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin")
_SETTINGS = ("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives")
PACKAGE = Path(__file__).resolve().parents[2]
_GRADING = PACKAGE / "grading"


def readable() -> list[Path]:
    """Folders that a run reads, outermost first, without those inside others."""
    own = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, *site.getsitepackages()]
    own += [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    if site.ENABLE_USER_SITE:
        own.append(site.getusersitepackages())
    candidates = [*(Path(one) for one in (*_SYSTEM, *own)), Path(sys.executable).resolve().parents[1], PACKAGE]
    found = sorted({Path(one).absolute() for one in candidates if one.exists()}, key=lambda one: len(one.parts))
    kept: list[Path] = []
    for one in found:
        if one != Path("/") and not any(one.is_relative_to(outer) for outer in kept):
            kept.append(one)
    return kept


def hidden(readable: Iterable[Path]) -> list[Path]:
    """Folders below the readable ones that a run must not see: of our package, and the course where it lies inside."""
    ours = [PACKAGE / name for name in _NOT_NEEDED] + [_GRADING]
    for place in (paths.course_root, paths.home):
        try:
            ours.append(place())
        except UserError:
            continue
    return [one for one in ours if one.is_dir() and any(one.is_relative_to(root) for root in readable)]


def shown_again() -> list[Path]:
    """What of a hidden folder has to be seen all the same: the code of the sandbox itself."""
    return [_GRADING / "__init__.py", Path(__file__).resolve().parent]


def bubblewrap(program: str, datasets: Path | None, *, as_root: bool) -> list[str]:
    """The command line of bubblewrap as far as it says what can be seen: read-only, and nothing of the network.

    ``as_root``: the machine's root starts it. Then no user namespace is made here, so that the inside can become nobody.
    """
    line = [program, "--die-with-parent", "--new-session", "--unshare-pid", "--unshare-ipc", "--unshare-net"]
    line += ["--unshare-uts", "--unshare-cgroup-try", "--hostname", "aula"]
    if as_root:
        line += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        line += ["--unshare-user"]
    roots = readable()
    mounts = [(one, "tmpfs") for one in hidden(roots)] + [(one, "read") for one in shown_again()]
    mounts += [(one, "read") for one in roots]
    # Folders on the way to a mount are made for root alone, unless they are asked for.
    for folder in sorted({parent for path, _how in mounts for parent in path.parents}, key=lambda one: len(one.parts)):
        if not any(folder.is_relative_to(root) for root in roots):
            line += ["--dir", str(folder)]
    for path, how in sorted(mounts, key=lambda one: len(one[0].parts)):
        line += _mount(path, how)
    for name in _SETTINGS:
        line += ["--ro-bind-try", name, name]
    line += ["--proc", "/proc", "--dir", "/dev"]
    for device in landlock.DEVICES:
        line += ["--dev-bind", device, device]
    line += ["--dir", str(places.WORK), "--dir", str(places.DATASETS)]
    if datasets is not None:
        line += ["--ro-bind", str(datasets), str(places.DATASETS)]
    return line


def _mount(path: Path, how: str) -> list[str]:
    if how == "tmpfs":
        return ["--tmpfs", str(path)]
    if str(path) in _SYSTEM and path.is_symlink():
        return ["--symlink", str(path.readlink()), str(path)]
    return ["--ro-bind", str(path), str(path)]


def open_paths(roots: Sequence[Path], closed: Sequence[Path], again: Sequence[Path]) -> list[str]:
    """The same view as a list of allowed paths, for Landlock, which cannot take back what it allows."""
    found: list[Path] = []
    for root in roots:
        inside = [one for one in closed if one.is_relative_to(root)]
        if root in inside:
            continue
        if not inside:
            found.append(root)
        else:
            found += [Path(one) for one in open_paths(sorted(root.iterdir()), inside, [])]
    return [str(one) for one in (*found, *again)]
