"""The nursery: a process inside bubblewrap that has the libraries loaded, and forks for each run.

It runs no trainee code and keeps nothing of a run. ``python -m ciberaula.grading.sandbox.nursery SETTINGS``, where
SETTINGS is JSON: ``seeds`` (the descriptor that requests come over), ``nested``, ``once``, ``user`` (an id to become, or
null), ``work``, ``datasets``, ``readable``, ``landlocked``, ``own_folders``. The first message that it sends over the
seeds' socket tells that it is ready, or why it cannot be.
"""

import gc
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ciberaula.errors import UserError

# Loaded once for all runs, so that a run finds them there. Lazy parts of pandas and of the kernel are among them.
PRELOADED = (
    "ciberaula.grading.sandbox.kernel",
    "ciberaula.grading.sandbox.landlock",
    "ciberaula.grading.sandbox.supervisor",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "ipykernel.debugger",
    "faulthandler",
    "tornado.platform.asyncio",
    # what assignments use; the shared desk of a cohort, which takes the longest, is not among it
    *(
        f"ciberaula.classroom.{name}"
        for name in ("checks", "coding", "data_view", "desk_app", "desk_room", "documents")
    ),
    *(f"ciberaula.classroom.{name}" for name in ("explorer_widget", "handover", "legal_view", "tools", "widgets")),
    "ciberaula.datasets.cells",
    "ciberaula.datasets.loading",
    "ciberaula.datasets.places",
    "ciberaula.datasets.privacy",
    "encodings.utf_8_sig",
    "ipywidgets",
    "pandas.core.methods.to_dict",
    "pandas.core.reshape.reshape",
    "pandas.io.formats.html",
    "pandas.io.formats.string",
    "pyarrow.pandas_compat",
    "pyarrow.parquet",
    "pyarrow.vendored.version",
)


def _load(names: Iterable[str]) -> None:
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:
            if name.startswith("ciberaula."):
                raise


def _warm_up(datasets: Path) -> None:
    """Read the smallest data set and count something in it: the first time takes four times as long as any later one."""
    from ciberaula.datasets import loading

    os.environ["CIBERAULA_DATASETS"] = str(datasets)
    try:
        name = min(loading.names(), key=lambda name: sum(path.stat().st_size for path in (datasets / name).glob("*")))
        table = loading.load(name)
        table.groupby(list(table.columns[:2]), observed=True).size().reset_index().to_dict("records")
    except (UserError, OSError, ValueError, LookupError):
        pass  # a course without data sets, or with broken ones: a run will say so itself
    finally:
        del os.environ["CIBERAULA_DATASETS"]


def _become(user: int) -> None:
    """Take the id of nobody: limits on the number of threads do not hold for the machine's root."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def main(settings: Mapping[str, Any]) -> None:
    """Load, say so, and serve until the host is gone."""
    seeds = socket.socket(fileno=settings["seeds"])
    seeds.set_inheritable(False)
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # «not installed»: its import costs more than all the rest
    try:
        _load(PRELOADED)
        _warm_up(Path(settings["datasets"]))
        from ciberaula.grading.sandbox import filter as filters

        rules = filters.build(1) if settings["nested"] else None
    except (ImportError, OSError, RuntimeError) as error:
        seeds.send(json.dumps({"ready": False, "why": f"{type(error).__name__}: {error}"[:500]}).encode())
        return
    if settings["user"] is not None:
        _become(settings["user"])
    from ciberaula.grading.sandbox import syscalls
    from ciberaula.grading.sandbox.supervisor import World

    syscalls.dumpable(False)
    world = World(
        nested=settings["nested"],
        work=Path(settings["work"]),
        datasets=Path(settings["datasets"]),
        landlocked=settings["landlocked"],
        readable=tuple(settings["readable"]),
        own_folders=settings["own_folders"],
    )
    gc.collect()
    gc.freeze()  # what is shared with the forks is left alone by their collectors
    seeds.send(json.dumps({"ready": True}).encode())
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 2)  # nobody reads it from here on
    os.close(nothing)
    if settings["once"]:
        _serve_once(seeds, world)
    else:
        _serve(seeds, world, rules)


def _serve(seeds: socket.socket, world: Any, rules: Any) -> None:
    from ciberaula.grading.sandbox import protocol
    from ciberaula.grading.sandbox.supervisor import Seed, supervise

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a supervisor: its report says it all
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while (asked := protocol.receive_seed(seeds)) is not None:
        if os.fork() == 0:
            seeds.close()
            supervise(Seed.of(*asked), world, rules)
        for descriptor in asked[1]:
            os.close(descriptor)


def _serve_once(seeds: socket.socket, world: Any) -> None:
    from ciberaula.grading.sandbox import protocol
    from ciberaula.grading.sandbox.supervisor import Seed, supervise

    asked = protocol.receive_seed(seeds)
    if asked is not None:
        supervise(Seed.of(*asked), world)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
