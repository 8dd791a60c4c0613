"""Runs, as the grader's process sees them: asked for, interrupted, ended, and what they left."""

import atexit
import contextlib
import logging
import os
import select
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ciberaula.grading.sandbox import levels, protocol
from ciberaula.grading.sandbox.levels import CHOICE, LEVELS, Inside, Level, SandboxRefused, Unusable
from ciberaula.grading.sandbox.limits import TRIAL_DONE, Limits
from ciberaula.i18n import _

END_SECONDS = 10.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Left:
    """What a run left: the bytes of its answer sheet, or why there are none; how it ended; seconds of CPU; memory (bytes).

    ``ended``: ``end`` (we ended it), ``exit`` (its process ended), ``replies``, ``threads`` or ``disk`` (it passed that
    limit), ``refused`` (it never began) or ``lost`` (its supervisor ended, or was ended, without a word).
    ``sheet_problem``: ``missing``, ``not_plain`` (a link, a folder, a pipe…) or ``None``.
    """

    ended: str
    sheet: bytes = b""
    sheet_problem: str | None = "missing"
    cpu: float = 0.0
    memory: int = 0
    status: int = 0
    why: str = ""


# Runs go on side by side; they are asked for one by one, over one socket.
_one_at_a_time = threading.RLock()


class Run:
    """One run. Use from one thread."""

    def __init__(self, control: socket.socket, limits: Limits, inside: Inside | None) -> None:
        self._control = control
        self._inside = inside  # where it is this run's own
        self._reader = protocol.ReportReader(limits.sheet_bytes + 1)
        self._left: Left | None = None

    def fileno(self) -> int:
        """Readable when the run is over: for whoever waits for it and for something else."""
        return self._control.fileno()

    @property
    def left(self) -> Left | None:
        """What the run left, if it is over; does not wait."""
        if self._left is None:
            self._reader.feed(self._control)
            if self._reader.complete:
                self._finish()
        return self._left

    def interrupt(self) -> None:
        """Ask the code to stop what it does, as a person does with the stop button. It may not obey."""
        with contextlib.suppress(OSError):
            self._control.send(protocol.INTERRUPT)

    def end(self) -> Left:
        """End it and everything it started, and return what it left. Waits ``END_SECONDS`` for the report at most."""
        with contextlib.suppress(OSError):
            self._control.send(protocol.END)
        deadline = time.monotonic() + END_SECONDS
        while (left := self.left) is None:
            if not select.select([self._control], [], [], max(0.0, deadline - time.monotonic()))[0]:
                self._finish()
        return left

    def _finish(self) -> None:
        told = self._reader.result() if self._reader.complete else None
        if told is None:
            self._left = Left("lost")
        else:
            report, sheet = told
            self._left = Left(
                ended=str(report["ended"]),
                sheet=sheet,
                sheet_problem=report.get("sheet"),
                cpu=float(report.get("cpu", 0)),
                memory=int(report.get("memory", 0)),
                status=int(report.get("status", 0)),
                why=str(report.get("why", "")),
            )
        if self._inside is not None:
            self._control.setblocking(False)
            self._inside.close()


class Sandbox:
    """Gives runs in the strictest level that this machine allows. One for each process and folder of data sets."""

    def __init__(self, datasets: Path | None) -> None:
        self._datasets = datasets
        self._nursery: Inside | None = None
        self._level: Level | None = None
        self.refusals: list[tuple[Level, str]] = []
        self.starts = 0

    @property
    def level(self) -> Level:
        """The level of this machine; tried out the first time. Raises ``SandboxRefused`` without any."""
        if self._level is None:
            self._level = self._find()
        return self._level

    def run(
        self, folder: Path, listener: socket.socket, key: str, limits: Limits, environment: Mapping[str, str]
    ) -> Run:
        """Begin a run over a copy of ``folder``, whose kernel answers on ``listener``. ``SandboxRefused`` without a sandbox."""
        with _one_at_a_time:
            return self._run(folder, listener, key, limits, environment)

    def _run(
        self, folder: Path, listener: socket.socket, key: str, limits: Limits, environment: Mapping[str, str]
    ) -> Run:
        self.level  # noqa: B018 - finds it out, or refuses
        content = {"limits": limits.as_dict(), "environment": dict(environment), "key": key}
        with protocol.pack(folder) as package:
            try:
                return self._ask(content, listener, package.fileno(), limits)
            except OSError:  # the nursery was ended from outside: once more, with a new one
                self.close()
                return self._ask(content, listener, package.fileno(), limits)

    def close(self) -> None:
        """End the nursery and every run in it."""
        if self._nursery is not None:
            self._nursery.close()
            self._nursery = None

    def _ask(self, content: Mapping[str, Any], listener: socket.socket, package: int, limits: Limits) -> Run:
        inside = self._inside()
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                inside.ask(content, [theirs.fileno(), listener.fileno(), package])
            except OSError:
                ours.close()
                if inside is not self._nursery:
                    inside.close()
                raise
        return Run(ours, limits, None if inside is self._nursery else inside)

    def _inside(self) -> Inside:
        if self._nursery is not None and self._nursery.process.poll() is not None:
            self.close()
        if self._nursery is not None:
            return self._nursery
        self.starts += 1
        inside = self._start()
        if self.level == "nursery":
            self._nursery = inside
        return inside

    def _start(self) -> Inside:
        try:
            return levels.start(self.level, self._datasets)
        except Unusable as error:
            raise SandboxRefused(
                _("La ejecución aislada dejó de arrancar ({why}): revise la memoria y el disco.").format(why=error)
            ) from error

    def _find(self) -> Level:
        chosen = os.environ.get(CHOICE)
        if chosen and chosen not in LEVELS:
            raise SandboxRefused(
                _("{name} vale «{value}»: use {levels}, o quítela.").format(
                    name=CHOICE, value=chosen, levels=", ".join(LEVELS)
                )
            )
        for level in LEVELS:
            if chosen and level != chosen:
                continue
            try:
                self._try(level)
            except Unusable as error:
                self.refusals.append((level, str(error)))
                _log.warning("sandbox level %s does not work here: %s", level, error)
                continue
            _log.info("sandbox level: %s", level)
            return level
        raise SandboxRefused(refusal())

    def _try(self, level: Level) -> None:
        """A whole run that does nothing. Raises ``Unusable``; keeps the nursery that was started for it."""
        inside = levels.start(level, self._datasets)
        limits = Limits()
        empty = {"limits": limits.as_dict(), "environment": levels.passed_on(), "key": "", "trial": True}
        ours, theirs = socket.socketpair()
        with theirs, socket.socket(socket.AF_UNIX) as listener, protocol.package([]) as package:
            listener.bind("")  # a name that the system chooses, and nobody calls
            listener.listen(1)
            inside.ask(empty, [theirs.fileno(), listener.fileno(), package.fileno()])
        left = Run(ours, limits, None if level == "nursery" else inside)
        while (result := left.left) is None:
            if not select.select([ours], [], [], END_SECONDS)[0]:
                result = left.end()
                break
        if result.ended != "exit" or os.waitstatus_to_exitcode(result.status) != TRIAL_DONE:
            inside.close()
            raise Unusable(result.why or f"{result.ended} {result.status}")
        if level == "nursery":
            self._nursery = inside
            self.starts += 1


def refusal() -> str:
    """What to tell where no sandbox can be had."""
    return _(
        "no hay cómo aislar el código en este equipo: instale bubblewrap y libseccomp2 (Linux), o califique estas entregas a mano"
    )


_shared: dict[tuple[object, ...], Sandbox] = {}
_owner = 0


def shared(datasets: Path | None) -> Sandbox:
    """The sandbox of this process for a folder of data sets. One that has nothing in it is as good as none."""
    with _one_at_a_time:
        return _shared_for(datasets)


def _shared_for(datasets: Path | None) -> Sandbox:
    global _owner
    if _owner != os.getpid():  # a fork has the parent's numbers, and nothing of what they stand for
        _shared.clear()
        _owner = os.getpid()
        atexit.register(close)
    place = _worth_mounting(datasets)
    mark: tuple[object, ...] = (os.environ.get(CHOICE),)
    if place is not None:
        status = place.stat()
        mark += (place, status.st_dev, status.st_ino)
    if mark not in _shared:
        close()
        _shared[mark] = Sandbox(place)
    return _shared[mark]


def close() -> None:
    """End what this process has started for its runs."""
    if _owner != os.getpid():
        return
    for one in _shared.values():
        one.close()
    _shared.clear()


def describe(datasets: Path | None = None) -> str:
    """The level of this machine in one line, for people. Raises ``SandboxRefused`` without any."""
    level = shared(datasets).level
    if level == "nursery":
        return _("Aislamiento del código: completo (bubblewrap, con espacios de nombres propios en cada ejecución).")
    if level == "bubblewrap":
        return _("Aislamiento del código: completo, con un bubblewrap por ejecución (más lento).")
    return _("Aislamiento del código: Landlock y límites, sin bubblewrap; instálelo para tener el completo.")


def _worth_mounting(datasets: Path | None) -> Path | None:
    if datasets is None:
        return None
    try:
        place = datasets.resolve(strict=True)
        return place if any(place.iterdir()) else None
    except OSError:
        return None
