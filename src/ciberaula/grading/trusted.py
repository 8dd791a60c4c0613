"""Trusted scoring: the instructor's tests in a kernel that never ran a line of a trainee's."""

import atexit
import json
import logging
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ciberaula.errors import UserError
from ciberaula.grading.kernels import GradingKernel, KernelDied, KernelTimeout, on_kernel_thread
from ciberaula.i18n import _

KERNEL = "ciberaula-calificador"
_SCORE = "from ciberaula.grading import runner\nciberaula_reply = runner.score({request!r})"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TestCell:
    """A test cell as the instructor wrote it: from the gradebook, never from a submission."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    id: str
    points: float
    source: str


@dataclass(frozen=True)
class Scored:
    """An item with a score: ``score`` is ``ItemScore.as_dict()``."""

    id: str
    score: dict[str, Any]


@dataclass(frozen=True)
class NotGradable:
    """An item that could not be graded, and why (Spanish, for the instructor)."""

    id: str
    reason: str


Outcome = Scored | NotGradable


@dataclass(frozen=True)
class _Work:
    """What the cells of one submission are scored over."""

    answers: dict[str, Any]
    folder: Path
    seconds: float
    participants: list[str]
    keys: Path | None


class TrustedScorer:
    """A scoring kernel, started at the first request, kept for the next, started again if it dies."""

    def __init__(self, kernel_name: str = KERNEL) -> None:
        self._name = kernel_name
        self._kernel: GradingKernel | None = None
        self.starts = 0

    def score(
        self,
        cells: Sequence[TestCell],
        answers: Mapping[str, Any],
        *,
        folder: Path,
        seconds: float,
        participants: Collection[str] = (),
        keys: Path | None = None,
    ) -> dict[str, Outcome]:
        """Score the items of one submission, in order. ``folder`` holds the released questions; ``seconds`` is per cell.

        ``participants``: the pseudonyms that the submission's own learning record names, where it has one. ``keys``: the
        assignment's folder in ``solutions/``, for what is judged by a file beside the notebook.

        A cell that hangs beyond its own limit, or takes the kernel down, is found by scoring one by one; the others
        keep their scores.
        """
        if not cells:
            return {}
        # The kernel stays for other submissions, and perhaps other courses: what it needs of this one is said each time.
        work = _Work(dict(answers), folder.resolve(), seconds, sorted(participants), keys.resolve() if keys else None)
        return on_kernel_thread(lambda: self._score(list(cells), work), "scoring")

    def close(self) -> None:
        """End the kernel. The next request starts a new one."""
        on_kernel_thread(self._end, "scoring")

    def abandon(self) -> None:
        """End the kernel's processes as the program ends: the thread that drives kernels is gone by then."""
        if self._kernel is not None:
            self._kernel.abandon()

    @property
    def pid(self) -> int | None:
        """The process id of the running kernel, if any."""
        return self._kernel.pid if self._kernel else None

    def _score(self, cells: list[TestCell], work: "_Work") -> dict[str, Outcome]:
        try:
            return self._ask(cells, work)
        except (KernelTimeout, KernelDied, _NoReply) as error:
            self._end()
            if len(cells) > 1:
                outcomes: dict[str, Outcome] = {}
                for cell in cells:
                    outcomes |= self._score([cell], work)
                return outcomes
            if isinstance(error, KernelTimeout):
                reason = _("la prueba no terminó en {seconds} s").format(seconds=work.seconds)
            else:
                reason = _("la prueba detuvo el núcleo de calificación")
            return {cells[0].id: NotGradable(cells[0].id, reason)}

    def _ask(self, cells: list[TestCell], work: "_Work") -> dict[str, Outcome]:
        request = {
            "folder": str(work.folder),
            "answers": work.answers,
            "participants": work.participants,
            "keys": str(work.keys) if work.keys else None,
            "seconds": work.seconds,
            "cells": [{"id": cell.id, "points": cell.points, "source": cell.source} for cell in cells],
        }
        code = _SCORE.format(request=json.dumps(request, allow_nan=False))
        # The cells keep their own limit inside; this one is for a cell stuck where no signal reaches it.
        patience = work.seconds * len(cells) + 10
        reply = self._running(work.folder).execute(code, timeout=patience, expressions={"reply": "ciberaula_reply"})
        try:
            items = reply["user_expressions"]["reply"]["data"]["application/json"]["items"]
        except (KeyError, TypeError) as error:
            _log.error("trusted kernel gave no reply: %s %s", reply.get("ename"), reply.get("evalue"))
            raise _NoReply from error
        return {item["id"]: _outcome(item) for item in items}

    def _running(self, folder: Path) -> GradingKernel:
        if self._kernel is None:
            try:
                self._kernel = GradingKernel(self._name, cwd=folder, env=_trusted_environment())
            except UserError:
                # Something ended it while it started, such as a moment without memory: once more, and then it is told.
                self._kernel = GradingKernel(self._name, cwd=folder, env=_trusted_environment())
            self.starts += 1
        return self._kernel

    def _end(self) -> None:
        if self._kernel is not None:
            self._kernel.end()
            self._kernel = None


class _NoReply(Exception):
    """The kernel answered, but not with scores."""


def _outcome(item: Mapping[str, Any]) -> Outcome:
    if "score" in item:
        return Scored(item["id"], dict(item["score"]))
    return NotGradable(item["id"], str(item["reason"]))


def _trusted_environment() -> dict[str, str]:
    """The instructor's environment without what scoring has no use for: tokens of servers and hubs."""
    hidden = ("TOKEN", "SECRET", "PASSWORD", "JUPYTERHUB", "JPY_")
    return {name: value for name, value in os.environ.items() if not any(word in name.upper() for word in hidden)}


_scorer: TrustedScorer | None = None


def shared_scorer() -> TrustedScorer:
    """The scorer of this process, shared by every submission of a batch and ended when the process ends."""
    global _scorer
    if _scorer is None:
        _scorer = TrustedScorer()
        atexit.register(_scorer.abandon)
    return _scorer


_open_batches = 0


@contextmanager
def scoring_batch() -> Iterator[TrustedScorer]:
    """A batch of submissions: one scorer for all of it, ended with the outermost batch."""
    global _open_batches
    scorer = shared_scorer()
    _open_batches += 1
    try:
        yield scorer
    finally:
        _open_batches -= 1
        if not _open_batches:
            scorer.close()


def release_folder(release: Path, source: Path) -> Path:
    """Where scoring finds the questions: what was released, or the source where nothing was. ``UserError`` without both."""
    for folder in (release, source):
        if folder.is_dir():
            return folder
    raise UserError(
        _("No está la tarea en {release}: publíquela primero (ciberaula release {name}).").format(
            release=release, name=release.name
        )
    )
