"""What a process of the grading service does: grade an order, and at once write and release the feedback of it.

Also how such processes are started, and ended with whatever they are at.
"""

import contextlib
import errno
import logging
import multiprocessing
import os
import signal
import tempfile
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from ciberaula.grading.cluster_start import import_quickly, method

import_quickly()

from ciberaula.errors import UserError  # noqa: E402
from ciberaula.grading.autograde import TwoStageExecute  # noqa: E402
from ciberaula.grading.engine import Order, grade_chunk  # noqa: E402 - after the shortcut, on purpose
from ciberaula.grading.outcomes import Graded  # noqa: E402
from ciberaula.grading.pages import FeedbackDesk  # noqa: E402
from ciberaula.grading.trusted import TestCell, scoring_batch, shared_scorer  # noqa: E402
from ciberaula.paths import home  # noqa: E402

Trouble = Literal["disk", "database", "other"]

FULL_DISK = (errno.ENOSPC, errno.EDQUOT)
_OPEN = contextlib.ExitStack()


@dataclass(frozen=True)
class Report:
    """What became of an order. ``trouble``: why it could not be done, or not to its end; ``kind`` names the error.

    ``shown``: how many have readable feedback now.
    """

    graded: tuple[Graded, ...] = ()
    shown: int = 0
    trouble: Trouble | None = None
    kind: str = ""


def grade_and_show(order: Order) -> Report:
    """Grade, then write and release feedback. Never raises: what went wrong is in the report, without personal data."""
    graded: tuple[Graded, ...] = ()
    try:
        graded = tuple(grade_chunk(order))
        return Report(graded, _show(order))
    except Exception as error:
        return Report(graded, 0, trouble_of(error), kind_of(error))


def show(order: Order) -> Report:
    """Write and release the feedback of work that is graded already."""
    try:
        return Report((), _show(order))
    except Exception as error:
        return Report((), 0, trouble_of(error), kind_of(error))


def _show(order: Order) -> int:
    shown = _desk(order.assignment, home()).show(order.students)
    return sum(one.state != "failed" for one in shown)


@cache
def _desk(assignment: str, _home: Path) -> FeedbackDesk:
    return FeedbackDesk(assignment)


def trouble_of(error: BaseException) -> Trouble:
    """Whether an error is of the disk or of the database, and so of nobody's submission."""
    causes: list[BaseException] = []
    now: BaseException | None = error
    while now is not None and len(causes) < 10:
        causes.append(now)
        now = getattr(now, "orig", None) or now.__cause__ or now.__context__
    if any(isinstance(one, OSError) and one.errno in FULL_DISK for one in causes):
        return "disk"
    database = [
        one for one in causes if isinstance(one, sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.TimeoutError)
    ]
    if any("disk is full" in str(one) for one in database):
        return "disk"
    return "database" if database else "other"


def kind_of(error: BaseException) -> str:
    """The kind of an error and where in our code it came up: never its words, which may hold an id or an answer."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "ciberaula" in frame.filename]
    where = f" ({Path(ours[-1].filename).name}:{ours[-1].lineno})" if ours else ""
    return f"{type(error).__name__}{where}"


class Pool:
    """Processes that grade, each with its scoring kernel warm. One that dies takes the running orders with it."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._executor = self._start()

    def submit(self, work: Callable[[Order], Report], order: Order) -> "Future[Report]":
        """Begin an order as soon as a process is free."""
        return self._executor.submit(work, order)

    def warm(self) -> None:
        """Start the processes before there is work, so that the first to hand in waits no longer than the next."""
        for _number in range(self.workers):
            self._executor.submit(os.getpid)

    def restart(self) -> None:
        """End every process, whatever it is at, and start anew."""
        self.close()
        self._executor = self._start()
        self.warm()

    def close(self) -> None:
        """End every process. What one was at is found again: the gradebook has all of an order or nothing."""
        processes = list((self._executor._processes or {}).values())
        self._executor.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(5)
            if process.is_alive():
                process.kill()
                process.join()

    def _start(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context(method())
        if method() == "forkserver":
            context.set_forkserver_preload([__name__])
        return ProcessPoolExecutor(self.workers, mp_context=context, initializer=_begin, initargs=(_ours(),))


def _ours() -> dict[str, str]:
    """Our variables: a process that is forked from the fork server has those of the moment when that one began."""
    return {name: value for name, value in os.environ.items() if name.startswith("CIBERAULA_")}


def _begin(variables: dict[str, str]) -> None:
    """In a new process: no log of others' making, which names people; a warm scorer; an end in order."""
    for name in _ours():
        del os.environ[name]
    os.environ.update(variables)
    signal.signal(signal.SIGINT, _leave_it)
    signal.signal(signal.SIGTERM, _end)
    silence()
    _OPEN.enter_context(scoring_batch())
    with contextlib.suppress(UserError, OSError):  # an order will say what is wrong
        _rehearse()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _rehearse() -> None:
    """Start what takes longer to start than to use, before anybody waits: the scoring kernel and the sandbox."""
    shared_scorer().score([TestCell("ensayo", 1.0, "1.0")], {}, folder=home(), seconds=5.0)
    with tempfile.TemporaryDirectory(prefix="ciberaula-") as scratch:
        folder = Path(scratch, "entrega")
        folder.mkdir()
        TwoStageExecute().isolated_run().run(["None"], folder)


def silence() -> None:
    """Let no library write to the service's output: nbgrader's log names trainees. Reasons are in the gradebook."""
    logging.getLogger().handlers = [logging.NullHandler()]
    for name in ("traitlets", "nbgrader", "NbGraderAPI"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [logging.NullHandler()], False


def _leave_it(_signal: int, _frame: object) -> None:
    """The terminal's Ctrl-C reaches every process; the service decides. Not ``SIG_IGN``, which kernels would inherit."""


def _end(_signal: int, _frame: object) -> None:
    shared_scorer().abandon()
    os._exit(0)  # an exception would only end the order, and the process would wait for the next


def _end_with_parent() -> None:
    """A service that was killed leaves nobody to grade for."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        _end(0, None)
