"""Grading a cohort with all processors, or with several machines (Dask distributed).

A part of the cohort (an ``Order``) is one task. A pool keeps one in each worker and hands out the next as they come
back, so that a slow submission delays nobody's but its own. A part whose worker dies is tried again, then each of its
submissions alone, and what takes its worker down each time has failed, with a reason. Nothing is graded twice by that:
the engine writes a part at once or not at all, and finds it done the second time.

Workers take two seconds to start with all that they start themselves, in which this process grades some two hundred
submissions without code. So it begins alone, and asks for workers when what is left is worth them.
"""

import logging
import math
import os
import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Protocol

from ciberaula.grading.engine import Order, grade_chunk
from ciberaula.grading.outcomes import Graded
from ciberaula.grading.trusted import scoring_batch

# cluster_dask is imported by those who use it: Dask takes 0.4 s.

# Fewer submissions than these are graded here whatever they take.
FEW = 6
MOST_IN_AN_ORDER = 25
ORDERS_FOR_EACH_WORKER = 4
# What starting workers and their kernels costs, in seconds of all processors.
WORKERS_COST_SECONDS = 4.0
# How many processors this process keeps busy by itself: its own, and those of the kernels that it drives side by side.
BUSY_ALONE = 1.5
_FIRST_ORDER = 3
clock = time.monotonic

Work = Callable[[Order], list[Graded]]
Done = tuple[Order, list[Graded]]

_log = logging.getLogger(__name__)


class Pool(Protocol):
    """Somewhere to grade orders."""

    @property
    def size(self) -> int:
        """How many orders can be in work at once."""

    def grade(self, orders: Iterable[Order], work: Work = grade_chunk) -> Iterator[Done]:
        """Grade ``orders`` with ``work`` (importable in a worker) and yield each as it is done, in any order.

        Whatever is wrong with one submission becomes its outcome. Raises ``UserError`` for what is wrong with all: no
        space, no gradebook, a scheduler that went away.
        """


def grade(
    assignment: str,
    students: Sequence[str],
    *,
    scheduler: str | None = None,
    workers: int | None = None,
    force: bool = False,
    chunk: int | None = None,
) -> Iterator[Graded]:
    """Grade ``students`` (those that ``engine.pending`` names) and yield what became of each, as it is known."""
    with pool([assignment], len(students), scheduler=scheduler, workers=workers) as made:
        for _order, outcomes in made.grade(orders(assignment, students, made.size, force=force, chunk=chunk)):
            yield from outcomes


def orders(
    assignment: str, students: Sequence[str], workers: int, *, force: bool = False, chunk: int | None = None
) -> list[Order]:
    """``students`` in parts of ``chunk``, in random order: several graders of one cohort then rarely meet.

    Without ``chunk``: small enough that workers end at the same time, large enough that a write to the gradebook is
    shared.
    """
    even = math.ceil(len(students) / (ORDERS_FOR_EACH_WORKER * max(workers, 1)))
    size = chunk or max(1, min(MOST_IN_AN_ORDER, even))
    parts = [Order(assignment, tuple(students[start : start + size]), force) for start in range(0, len(students), size)]
    random.shuffle(parts)
    return parts


@contextmanager
def pool(
    assignments: Sequence[str], count: int, *, scheduler: str | None = None, workers: int | None = None
) -> Iterator[Pool]:
    """Somewhere to grade ``count`` submissions of ``assignments``.

    With ``scheduler``, its workers. With ``workers``, so many processes of this machine (1: this one). With neither, as
    many as there are processors, from the moment that they are worth their start.
    """
    with ExitStack() as stack:
        if scheduler:
            from ciberaula.grading.cluster_dask import remote_pool

            yield stack.enter_context(remote_pool(scheduler, assignments))
        elif workers is not None and workers > 1:
            from ciberaula.grading.cluster_dask import local_pool

            yield stack.enter_context(local_pool(workers))
        elif workers == 1 or cores() == 1 or count < FEW:
            yield stack.enter_context(_here())
        else:
            yield Growing(cores(), stack)


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Here:
    """This process as a pool of one."""

    size = 1

    def grade(self, orders: Iterable[Order], work: Work = grade_chunk) -> Iterator[Done]:
        """See ``Pool``."""
        for order in orders:
            yield order, work(order)


@contextmanager
def _here() -> Iterator[Here]:
    with scoring_batch():
        yield Here()


class Growing:
    """This process, and workers once what is left is worth them. They start while this process goes on grading.

    ``stack`` ends them. Where they cannot start, everything is graded here.
    """

    def __init__(self, workers: int, stack: ExitStack) -> None:
        self.size = workers
        self._stack = stack

    def grade(self, orders: Iterable[Order], work: Work = grade_chunk) -> Iterator[Done]:
        """See ``Pool``."""
        waiting = _with_a_small_first(orders)
        pace = _Pace()
        starting: Future[Pool] | None = None
        with ThreadPoolExecutor(1, thread_name_prefix="ciberaula-workers") as thread:
            with scoring_batch():
                while waiting and not (starting and starting.done()):
                    order = waiting.popleft()
                    started = clock()
                    outcomes = work(order)
                    pace.count(outcomes, clock() - started)
                    yield order, outcomes
                    left = pace.seconds_for(sum(len(one.students) for one in waiting))
                    if starting is None and left * (1 - BUSY_ALONE / self.size) > WORKERS_COST_SECONDS:
                        starting = thread.submit(self._start)
            if waiting and starting:
                yield from self._workers_or_here(starting).grade(waiting, work)

    def _start(self) -> Pool:
        from ciberaula.grading.cluster_dask import local_pool

        return self._stack.enter_context(local_pool(self.size))

    def _workers_or_here(self, starting: "Future[Pool]") -> Pool:
        try:
            return starting.result()
        except Exception:
            _log.exception("workers did not start")
            return self._stack.enter_context(_here())


class _Pace:
    """What a submission takes, by the orders so far but the first: the scoring kernel and the sandbox start with it."""

    def __init__(self) -> None:
        self._orders: list[tuple[int, float]] = []

    def count(self, outcomes: Sequence[Graded], seconds: float) -> None:
        worked = sum(one.state != "unchanged" for one in outcomes)
        if worked:
            self._orders.append((worked, seconds))

    def seconds_for(self, submissions: int) -> float:
        later = self._orders[1:]
        return submissions * sum(seconds for _n, seconds in later) / sum(n for n, _seconds in later) if later else 0.0


def _with_a_small_first(orders: Iterable[Order]) -> deque[Order]:
    """The first order cut in two: what its beginning takes tells early whether workers are worth it."""
    waiting = deque(orders)
    if waiting and len(waiting[0].students) > _FIRST_ORDER:
        first = waiting.popleft()
        for students in (first.students[_FIRST_ORDER:], first.students[:_FIRST_ORDER]):
            waiting.appendleft(replace(first, students=students))
    return waiting
