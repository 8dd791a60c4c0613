"""The self-paced course's grader: whoever hands in gets feedback within seconds, at any hour, without an instructor.

One loop looks for what arrived, brings it in, gives orders to a pool of processes, and says how it is. Nothing that
matters is kept in its memory: what lies in ``submitted/`` without marks, or has marks and no released page, is found again
when it starts.
"""

import logging
import math
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from nbgrader.api import MissingEntry
from nbgrader.coursedir import CourseDirectory

from ciberaula.errors import UserError
from ciberaula.grading import collecting, intake
from ciberaula.grading.arrivals import ACCEPTED, REFUSED, Arrival, BundleBox, Inbox
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.config import course_config
from ciberaula.grading.engine import Order, pending
from ciberaula.grading.inbound import inbound_folder
from ciberaula.grading.pages import FeedbackDesk
from ciberaula.grading.serving_health import HealthFile, State, outcome_words, state_words
from ciberaula.grading.serving_work import FULL_DISK, Report, Trouble, grade_and_show, kind_of, show, trouble_of
from ciberaula.i18n import _, ngettext

INTERVAL_S = 0.5
# Below this the service pauses while it can still say so: a full disk would stop it half way.
RESERVE_BYTES = 64 * 2**20
# An order is one transaction, and its pages come after it: short enough that nobody waits for many others.
MOST_IN_ORDER = 6
# How long a run that is to end by itself waits for a disk or a gradebook.
ONCE_PATIENCE_S = 300.0
# A process that died with somebody's work gets it once more, alone; who brings it down again waits for a person.
MOST_DEATHS = 2
ORDER_LIMIT_S = 900.0
FIRST_PAUSE_S, LAST_PAUSE_S = 1.0, 30.0

_STATES: dict[Trouble, State] = {"disk": "no_space", "database": "no_gradebook"}


class Workers(Protocol):
    """Where orders are done: ``serving_work.Pool``."""

    workers: int

    def submit(self, work: Callable[[Order], Report], order: Order) -> "Future[Report]": ...
    def restart(self) -> None: ...


@dataclass(frozen=True)
class Settings:
    """What to watch. ``assignments``: only these, or all that were generated."""

    bundles: Path | None = None
    interval_s: float = INTERVAL_S
    assignments: tuple[str, ...] = ()


@dataclass
class _Running:
    order: Order
    begun: float
    work: Callable[[Order], Report]


@dataclass
class Service:
    """The loop. ``turn`` is one look; everything that waits for time does so by ``clock``, which no calendar moves."""

    settings: Settings
    pool: Workers
    health: HealthFile
    log: logging.Logger
    clock: Callable[[], float] = time.monotonic
    free_bytes: Callable[[Path], int] = field(default=lambda folder: shutil.disk_usage(folder).free)

    def __post_init__(self) -> None:
        self._config = course_config()
        course = CourseDirectory(config=self._config)
        self._store = self.health.path.parent
        self._release = Path(course.format_path(course.release_directory, ".", ".")).resolve()
        self._inbox = Inbox(inbound_folder(self._config), self.clock)
        self._box = BundleBox(self.settings.bundles, self.clock) if self.settings.bundles else None
        self._begun = False
        self._todo: dict[str, dict[str, float]] = {}  # assignment -> student -> when it was seen
        self._to_collect: set[str] = set()
        self._running: dict[Future[Report], _Running] = {}
        self._deaths: Counter[tuple[str, str]] = Counter()
        self._seen: dict[tuple[str, str], float] = {}
        self._more: set[str] = set()  # assignments of which an attempt waits for the one before it
        self._served: dict[str, float] = {}
        self._held: dict[str, float] = {}
        self._next_look = 0.0
        self._pause_s = FIRST_PAUSE_S
        self._paused_until = 0.0
        self._well_at = self.clock()
        self._doubtful = False  # an order met trouble: one alone tries whether it is over

    def run(self, stop: threading.Event, *, once: bool = False) -> None:
        """Look until ``stop``; ``once``: until nothing is left to do. ``UserError`` where trouble keeps that from ending."""
        self.log.info(_("Servicio de calificación en marcha."))
        while not stop.is_set():
            self.turn()
            if once and self.idle:
                break
            if once and self.clock() - self._well_at > ONCE_PATIENCE_S:
                raise UserError(
                    _(
                        "No se pudo terminar de calificar (el servicio está {state}): resuélvalo y repita la orden; "
                        "nada de lo recibido se pierde."
                    ).format(state=state_words(self.health.health.state))
                )
            stop.wait(0.02 if self._running else self.settings.interval_s)
        self.health.health.state = "stopped"
        self.health.write(now=True)
        self.log.info(_("Servicio de calificación detenido."))

    @property
    def idle(self) -> bool:
        """True when there is nothing left that a next look could do."""
        waits = self._to_collect or self._running or any(self._todo.values()) or self._inbox.waiting
        return self._begun and not waits and not (self._box and self._box.waiting)

    def turn(self) -> None:
        """One look: what is done, what arrived, what can begin. Raises nothing that another look may mend."""
        try:
            self._finish()
            if self.clock() >= self._paused_until:
                self._look()
        except UserError as error:
            # Said in one line already, and may name a person's work: its cause tells which kind of thing it is.
            self._pause(trouble_of(error), kind_of(error.__cause__ or error))
        except Exception as error:
            self._pause(trouble_of(error), kind_of(error))
        self._tell()

    def _look(self) -> None:
        if self.free_bytes(self._store) < RESERVE_BYTES:
            self._pause("disk", "ENOSPC")
            return
        if not self._begun:
            self._find_what_was_left()
            self._begun = True
        if self.clock() >= self._next_look:
            self._next_look = self.clock() + self.settings.interval_s
            self._arrive()
            if self._box:
                self._apart(str(self._box.folder), partial(self._take_bundles, self._box))
        for assignment in sorted(self._to_collect):
            self._apart(assignment, partial(self._collect, assignment))
        if not self._doubtful:
            self._all_well()
        self._give_orders()

    def _apart(self, name: str, do: Callable[[], None]) -> None:
        """Do a thing whose trouble is nobody else's: it is said, and tried again after a while."""
        if self.clock() < self._held.get(name, 0.0):
            return
        try:
            do()
        except (UserError, OSError) as error:
            if trouble_of(error) != "other":
                raise
            if not isinstance(error.__cause__, MissingEntry):  # an assignment that is not published yet
                self._note(kind_of(error.__cause__ or error))
            self._held[name] = self.clock() + LAST_PAUSE_S
        else:
            self._held.pop(name, None)

    # What arrives

    def _find_what_was_left(self) -> None:
        """What a service before this one brought in and did not grade, or graded and did not show."""
        for assignment in self._assignments():
            self._apart(assignment, partial(self._find_left, assignment))

    def _find_left(self, assignment: str) -> None:
        left = pending(assignment, config=self._config).todo
        owed = sorted(set(FeedbackDesk(assignment).owed()).difference(left))
        self._add(assignment, left)
        if left or owed:
            self.log.info(
                _("{assignment}: {left} por calificar y {owed} sin retroalimentación de antes.").format(
                    assignment=assignment, left=len(left), owed=len(owed)
                )
            )
        for start in range(0, len(owed), MOST_IN_ORDER):
            self._begin(show, Order(assignment, tuple(owed[start : start + MOST_IN_ORDER])))

    def _assignments(self) -> list[str]:
        if not self._release.is_dir():
            return []
        known = {path.parent.name for path in self._release.glob("*/*.ipynb")}
        return sorted(known.intersection(self.settings.assignments) if self.settings.assignments else known)

    def _arrive(self) -> None:
        known = self._assignments()
        for arrival in self._inbox.complete():
            if arrival.assignment in known:
                self._to_collect.add(arrival.assignment)
                self._see(arrival)

    def _see(self, arrival: Arrival) -> None:
        self._seen.setdefault((arrival.assignment, arrival.student), arrival.seen_at)

    def _collect(self, assignment: str) -> None:
        """Bring in what arrived of an assignment. What is still being copied stays; a next attempt waits for its turn."""
        collected = collecting.collect(self._config, assignment, ready=self._inbox.was_told)
        self._to_collect.discard(assignment)
        self._add(assignment, collected.brought)
        if collected.waiting:
            self._more.add(assignment)
        else:
            self._more.discard(assignment)
            self._forget_seen(assignment)
        if collected.brought:
            words = ngettext("{assignment}: {n} entrega.", "{assignment}: {n} entregas.", len(collected.brought))
            self.log.info(words.format(assignment=assignment, n=len(collected.brought)))
        if collected.refused:
            self.health.health.last_error_kind = "collect"
            words = ngettext(
                "{assignment}: {n} entrega no se pudo recoger.",
                "{assignment}: {n} entregas no se pudieron recoger.",
                len(collected.refused),
            )
            self.log.info(words.format(assignment=assignment, n=len(collected.refused)))

    def _forget_seen(self, assignment: str) -> None:
        """Of what arrived and brought nothing, as the same work twice."""
        here = {*self._todo.get(assignment, ()), *self._busy(assignment)}
        for known, student in list(self._seen):
            if known == assignment and student not in here:
                del self._seen[known, student]

    def _take_bundles(self, box: BundleBox) -> None:
        files = box.complete()
        if not files:
            return
        desk = Cohort().desk()
        known = self._assignments()
        for taken in intake.collect(files, desk):
            if taken.errno in FULL_DISK:
                raise OSError(taken.errno, "")  # the file waits where it is
            if taken.state == "refused":
                box.settle(taken.file, REFUSED, taken.message)
                self.health.health.refused_total += 1
                self.log.info(
                    _("Se rechazó un paquete; el motivo está junto a él en {folder}/.").format(folder=REFUSED)
                )
                continue
            box.settle(taken.file, ACCEPTED)
            self.log.info(_("{assignment}: un paquete recibido.").format(assignment=taken.assignment))
            if taken.state in ("accepted", "updated") and taken.assignment in known:
                self._add(str(taken.assignment), [str(taken.student)])

    def _add(self, assignment: str, students: Iterable[str]) -> None:
        for student in students:
            seen = self._seen.setdefault((assignment, student), self.clock())
            self._todo.setdefault(assignment, {}).setdefault(student, seen)

    # What is done with it

    def _give_orders(self) -> None:
        """Keep every process busy and no more: what arrives next gets its turn soon, and no assignment waits for another."""
        while len(self._running) < (1 if self._doubtful else self.pool.workers + 1):
            ready = {name: free for name in self._todo if (free := self._free(name))}
            if not ready:
                return
            assignment = min(ready, key=lambda name: self._served.get(name, 0.0))
            free = ready[assignment]
            alone = [student for student in free if self._deaths[assignment, student]]
            share = math.ceil(len(free) / self.pool.workers)
            chosen = alone[:1] or free[: max(1, min(MOST_IN_ORDER, share))]
            for student in chosen:
                del self._todo[assignment][student]
            self._served[assignment] = self.clock()
            self._begin(grade_and_show, Order(assignment, tuple(chosen)))

    def _free(self, assignment: str) -> list[str]:
        """Who waits and has nothing that is being graded now: a later attempt waits for the one before it."""
        busy = self._busy(assignment)
        return [student for student in self._todo[assignment] if student not in busy]

    def _busy(self, assignment: str) -> set[str]:
        orders = (one.order for one in self._running.values())
        return {student for order in orders if order.assignment == assignment for student in order.students}

    def _begin(self, work: Callable[[Order], Report], order: Order) -> None:
        self._running[self.pool.submit(work, order)] = _Running(order, self.clock(), work)

    def _finish(self) -> None:
        died = any(self.clock() - one.begun > ORDER_LIMIT_S for one in self._running.values())
        for future in [one for one in self._running if one.done()]:
            try:
                report = future.result()
            except (BrokenProcessPool, CancelledError):
                died = True
                continue
            except Exception as error:  # it could not even be sent or brought back
                report = Report((), 0, trouble_of(error), kind_of(error))
            self._settle(self._running.pop(future), report)
        if died:
            self._process_died()

    def _settle(self, running: _Running, report: Report) -> None:
        order = running.order
        if report.trouble:
            self._retry(running, report)
            return
        self._all_well()
        states = Counter(one.state for one in report.graded)
        told = self.health.health
        told.graded_total += states["graded"] + states["kept"]
        told.not_gradable_total += states["not_gradable"]
        told.failed_total += states["failed"]
        now = self.clock()
        for student in order.students:
            self._deaths.pop((order.assignment, student), None)
            seen = self._seen.pop((order.assignment, student), None)
            if seen is not None and running.work is grade_and_show:
                self.health.took(now - seen)
        if order.assignment in self._more:
            self._to_collect.add(order.assignment)
        self.log.info(
            _("{assignment}: {outcomes}, {shown} con retroalimentación; {seconds} s.").format(
                assignment=order.assignment,
                outcomes=", ".join(
                    outcome_words(states["graded"] + states["kept"], states["not_gradable"], states["failed"])
                ),
                shown=report.shown,
                seconds=round(now - running.begun, 2),
            )
        )

    def _retry(self, running: _Running, report: Report) -> None:
        """Put an order back. What is nobody's fault waits for better times; else each is tried once more, alone."""
        order = running.order
        if report.trouble != "other":
            self._doubtful = True
            self._pause(report.trouble or "other", report.kind)
            self._put_back(running, order.students)
            return
        self._note(report.kind)
        self._blame(running)

    def _process_died(self) -> None:
        """A process ended with what it was at, or hangs: end all, start anew, and give what they had to one at a time."""
        self._note("BrokenProcessPool")
        lost, self._running = list(self._running.values()), {}
        self.pool.restart()
        for running in lost:
            self._blame(running)

    def _blame(self, running: _Running) -> None:
        order = running.order
        again = []
        for student in order.students:
            self._deaths[order.assignment, student] += 1
            if self._deaths[order.assignment, student] <= MOST_DEATHS:
                again.append(student)
                continue
            self._deaths.pop((order.assignment, student))
            self._seen.pop((order.assignment, student), None)
            self.health.health.failed_total += 1
            self.log.info(
                _("{assignment}: 1 entrega no se pudo calificar tras varios intentos; espera a una persona.").format(
                    assignment=order.assignment
                )
            )
        self._put_back(running, again)

    def _put_back(self, running: _Running, students: Iterable[str]) -> None:
        if running.work is show:
            self._begun = False  # what is owed is found again
            return
        self._add(running.order.assignment, students)

    # How it is

    def _pause(self, trouble: Trouble, kind: str) -> None:
        self._note(kind)
        state = _STATES.get(trouble, self.health.health.state)
        if state != self.health.health.state:
            self.health.health.state = state
            words = {
                "no_space": _("Falta espacio en disco: la calificación se detiene hasta que lo haya."),
                "no_gradebook": _("El libro de calificaciones no responde o está ocupado: se espera a que vuelva."),
            }
            self.log.info(words[state])
        self._paused_until = self.clock() + self._pause_s
        self._pause_s = min(2 * self._pause_s, LAST_PAUSE_S)

    def _all_well(self) -> None:
        if self.health.health.state not in ("running", "starting"):
            self.log.info(_("Se reanuda la calificación."))
        self.health.health.state = "running"
        self._doubtful, self._pause_s, self._well_at = False, FIRST_PAUSE_S, self.clock()

    def _note(self, kind: str) -> None:
        if kind != self.health.health.last_error_kind:
            self.log.info(_("Problema: {kind}.").format(kind=kind))
        self.health.health.last_error_kind = kind

    def _tell(self) -> None:
        told = self.health.health
        told.waiting = sum(len(students) for students in self._todo.values())
        told.running = sum(len(one.order.students) for one in self._running.values())
        self.health.write()
