"""Which sandbox this machine can give, found out once per process, and the process that gives it.

Three levels, the strictest that works; ``CIBERAULA_SANDBOX`` names one, and then it is that one or a refusal:

``nursery``     bubblewrap once, and in it a process that forks for each run, which gets namespaces of its own.
``bubblewrap``  one bubblewrap for each run, where the system refuses namespaces inside namespaces.
``landlock``    no namespaces: Landlock, limits and the same filter of system calls, a fresh process for each run.
"""

import contextlib
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ciberaula.errors import UserError
from ciberaula.grading.sandbox import landlock, places, protocol, view
from ciberaula.i18n import _

Level = Literal["nursery", "bubblewrap", "landlock"]
LEVELS: tuple[Level, ...] = ("nursery", "bubblewrap", "landlock")
CHOICE = "CIBERAULA_SANDBOX"
NOBODY = 65534
START_SECONDS = 60.0
# What a run needs of this process's environment; none of it holds a token.
_PASSED_ON = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", "CIBERAULA_LANGUAGE")

_log = logging.getLogger(__name__)


class SandboxRefused(UserError):
    """No sandbox can be had here. Code that strangers wrote is then not run."""


class Unusable(Exception):
    """A level does not work on this machine, for the reason said (for the log)."""


def passed_on() -> dict[str, str]:
    """The environment of a run as far as it comes from here; the inside adds folders of its own."""
    return {
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        "PATH": os.defpath,
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "MPLBACKEND": "agg",
        # One thread each: a forked process has no other, and threads cost address space.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "MALLOC_ARENA_MAX": "2",
        "CIBERAULA_PSEUDONYM": "ejecucion-aislada",
    }


@dataclass
class Inside:
    """A process that was started to give runs, and the socket to ask it over."""

    level: Level
    process: subprocess.Popen[bytes]
    seeds: socket.socket
    work: Path | None = None  # where the work folder is one of the host's

    def ask(self, content: Mapping[str, Any], descriptors: Sequence[int]) -> None:
        """Ask for a run. ``OSError`` when the process is gone."""
        protocol.send_seed(self.seeds, content, descriptors)

    def close(self) -> None:
        """End the process and whatever runs in it."""
        self.seeds.close()
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        if self.work is not None:
            subprocess.run(["rm", "-rf", "--", str(self.work)], check=False, stderr=subprocess.DEVNULL)


def start(level: Level, datasets: Path | None, *, wait: bool = True) -> Inside:
    """Start the inside of a level. Raises ``Unusable`` where it does not come up."""
    if not sys.platform.startswith("linux"):
        raise Unusable("this is not Linux")
    if not view.has_pyseccomp():
        raise Unusable("pyseccomp is not installed")
    as_root = os.geteuid() == 0
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    work: Path | None = None
    roots = view.readable()
    settings: dict[str, Any] = {
        "seeds": theirs.fileno(),
        "nested": level == "nursery",
        "once": level != "nursery",
        "user": NOBODY if as_root and level != "landlock" else None,
        "work": str(places.WORK),
        "datasets": str(places.DATASETS),
        "own_folders": level != "landlock",
        "landlocked": landlock.version() > 0,
        "readable": view.open_paths(roots, view.hidden(roots), view.shown_again()),
    }
    command = [sys.executable, "-P", "-s", "-m", "ciberaula.grading.sandbox.nursery"]
    if level == "landlock":
        work = Path(tempfile.mkdtemp(prefix="ciberaula-obra-"))
        settings |= {"work": str(work), "datasets": str(datasets or work)}
        if landlock.version() < landlock.NEEDED_ALONE:
            raise Unusable(f"Landlock {landlock.version()}, {landlock.NEEDED_ALONE} needed")
    else:
        program = shutil.which("bwrap")
        if program is None:
            raise Unusable("bubblewrap is not installed")
        command = [*view.bubblewrap(program, datasets, as_root=as_root), *_work_folder(level), *_ending(), *command]
    process = subprocess.Popen(
        [*command, json.dumps(settings)],
        cwd="/", env=passed_on(), pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    theirs.close()
    inside = Inside(level, process, ours, work)
    if wait:
        _wait_until_ready(inside)
    return inside


def _work_folder(level: Level) -> list[str]:
    if level == "nursery":
        return []  # every run mounts its own over it
    return ["--perms", "1777", "--size", "67108864", "--tmpfs", str(places.WORK)]


def _ending() -> list[str]:
    return ["--remount-ro", "/", "--chdir", "/", "--"]


def _wait_until_ready(inside: Inside) -> None:
    inside.seeds.settimeout(START_SECONDS)
    try:
        told = inside.seeds.recv(protocol.MAX_SEED)
    except OSError as error:
        told = b""
        _log.debug("no word from inside: %s", error)
    if not told:
        assert inside.process.stderr is not None
        inside.process.kill()
        words = inside.process.stderr.read().decode(errors="replace").strip().splitlines()
        inside.close()
        raise Unusable(words[-1] if words else "it ended without a word")
    answer = json.loads(told)
    if not answer["ready"]:
        inside.close()
        raise Unusable(str(answer["why"]))
    inside.seeds.settimeout(10)
