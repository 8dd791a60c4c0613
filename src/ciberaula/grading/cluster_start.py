"""How the processes that grade come up quickly. Standard library only, until something is asked for.

Measured on two cores: nbgrader takes 1.6 s to import, half of it for a grammar that nothing here uses, and Dask 0.4 s.
Workers are therefore forked from one process that has both loaded (Python's fork server: it runs nothing else and has no
threads), and it loads them while the command itself does. From the command to the first order in a worker: 1.6 s
instead of 4 s, and the workers share the memory of what was loaded.
"""

import contextlib
import importlib
import multiprocessing
import sys
from multiprocessing import forkserver

LOADED = "ciberaula.grading.cluster_loaded"
_GRAMMAR = "rfc3987_syntax"


def import_quickly() -> None:
    """Import ``jsonschema`` (which nbgrader does) without the grammar of international addresses: 0.8 s of building it.

    It only serves to check the JSON schema format «iri», which no schema of notebooks has. Whoever asks for the grammar
    later gets it.
    """
    if _GRAMMAR in sys.modules or "jsonschema" in sys.modules:
        return
    sys.modules[_GRAMMAR] = None  # type: ignore[assignment] # how Python is told that a module is not there
    try:
        with contextlib.suppress(ImportError):
            importlib.import_module("jsonschema")
    finally:
        del sys.modules[_GRAMMAR]


def method() -> str:
    """How workers are started on this system."""
    return "spawn" if sys.platform == "win32" else "forkserver"


def begin() -> None:
    """Let the process that workers are forked from begin to load. Returns at once; does nothing where it runs already."""
    if method() == "forkserver":
        multiprocessing.get_context("forkserver").set_forkserver_preload([LOADED])
        forkserver.ensure_running()
