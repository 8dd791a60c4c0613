"""Which sandbox this machine can give, found out once per process, and the process that gives it.

Three levels, the strictest that works; ``CIBERAULA_SANDBOX`` names one, and then it is that one or a refusal:

``nursery``     bubblewrap once, and in it a process that forks for each run, which gets namespaces of its own.
``bubblewrap``  one bubblewrap for each run, where the system refuses namespaces inside namespaces.
``landlock``    no namespaces: Landlock, limits and the same filter of system calls, a fresh process for each run.
"""

import contextlib
import importlib.util
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
from ciberaula.grading.sandbox import cgroups, landlock, places, protocol, view
from ciberaula.grading.sandbox.limits import Limits

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

    process: subprocess.Popen[bytes]
    seeds: socket.socket
    work: Path | None = None  # where the work folder is one of the host's
    group: Path | None = None  # the control group that it is in

    def ask(self, content: Mapping[str, Any], descriptors: Sequence[int]) -> None:
        """Ask for a run. ``OSError`` when the process is gone."""
        protocol.send_seed(self.seeds, content, descriptors)

    def close(self) -> None:
        """End the process and whatever runs in it, and remove what it wrote on the host."""
        self.seeds.close()
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        if self.process.stderr is not None:
            self.process.stderr.close()
        if self.work is not None:  # by a program of its own: the tree is a stranger's, and may be deep
            subprocess.run(["rm", "-rf", "--", str(self.work)], check=False, stderr=subprocess.DEVNULL)
        if self.group is not None:
            cgroups.remove(self.group)


def start(level: Level, datasets: Path | None) -> Inside:
    """Start the inside of a level and wait until it is ready. Raises ``Unusable`` where it does not come up."""
    if not sys.platform.startswith("linux"):
        raise Unusable("this is not Linux")
    if importlib.util.find_spec("pyseccomp") is None:
        raise Unusable("pyseccomp is not installed")
    landlocked = landlock.version()
    work: Path | None = None
    if level == "landlock":
        if landlocked < landlock.NEEDED_ALONE:
            raise Unusable(f"Landlock {landlocked}, {landlock.NEEDED_ALONE} needed")
        work = Path(tempfile.mkdtemp(prefix="ciberaula-obra-"))
    enclosure = [] if level == "landlock" else _bubblewrap(level, datasets)
    roots = view.readable()
    settings: dict[str, Any] = {
        "nested": level == "nursery",
        "once": level != "nursery",
        "user": NOBODY if os.geteuid() == 0 and level != "landlock" else None,
        "work": str(work or places.WORK),
        "datasets": str((datasets or work) if level == "landlock" else places.DATASETS),
        "own_folders": level != "landlock",
        "landlocked": landlocked > 0,
        "readable": view.open_paths(roots, view.hidden(roots), view.shown_again()),
    }
    inside = _launch(enclosure, settings, work)
    _wait_until_ready(inside)
    return inside


def _bubblewrap(level: Level, datasets: Path | None) -> list[str]:
    program = shutil.which("bwrap")
    if program is None:
        raise Unusable("bubblewrap is not installed")
    line = view.bubblewrap(program, datasets, as_root=os.geteuid() == 0)
    if level == "bubblewrap":  # in the nursery's level every run mounts its own over it
        line += ["--perms", "1777", "--size", str(Limits().disk_bytes), "--tmpfs", str(places.WORK)]
    return [*line, "--remount-ro", "/", "--chdir", "/", "--"]


def _launch(enclosure: list[str], settings: dict[str, Any], work: Path | None) -> Inside:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    told = json.dumps({**settings, "seeds": theirs.fileno()})
    command = [*enclosure, sys.executable, "-P", "-s", "-m", "ciberaula.grading.sandbox.nursery", told]
    group = _control_group()
    with theirs:
        process = subprocess.Popen(
            cgroups.entering(group, command) if group else command,
            cwd="/", env=passed_on(), pass_fds=[theirs.fileno()], start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
    return Inside(process, ours, work, group)


def _control_group() -> Path | None:
    given = cgroups.delegated()
    if given is None:
        return None
    try:
        return cgroups.make(given, Limits())
    except OSError as error:
        _log.warning("the control group %s cannot be used: %s", given, error)
        return None


def _wait_until_ready(inside: Inside) -> None:
    inside.seeds.settimeout(START_SECONDS)
    try:
        told = inside.seeds.recv(protocol.MAX_SEED)
    except OSError as error:
        told = b""
        _log.debug("no word from inside: %s", error)
    if not told:
        words = _last_words(inside)
        inside.close()
        raise Unusable(words)
    answer = json.loads(told)
    if not answer["ready"]:
        inside.close()
        raise Unusable(str(answer["why"]))
    inside.seeds.settimeout(10)


def _last_words(inside: Inside) -> str:
    """The last line that the process wrote on its error channel before it ended, or was ended now."""
    inside.process.kill()
    stream = inside.process.stderr
    words = stream.read().decode(errors="replace").strip().splitlines() if stream is not None else []
    return words[-1] if words else "it ended without a word"
