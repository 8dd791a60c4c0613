"""Runs of small pieces of code in the sandbox, and what they saw."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ciberaula.grading.isolated import KERNEL
from ciberaula.grading.kernels import GradingKernel, KernelDied, KernelTimeout, on_kernel_thread
from ciberaula.grading.sandbox import host
from ciberaula.grading.sandbox.levels import CHOICE
from ciberaula.grading.sandbox.limits import Limits

# What comes to its end by itself may take long on a loaded machine.
PATIENCE_S = 120.0
# What the code tells goes out the one way there is: as the answer sheet.
TELL = "\nimport json as _j; open('respuestas.json', 'w').write(_j.dumps(seen))"


@dataclass
class Seen:
    """The replies of the cells, in words, and what the run left."""

    replies: list[str]
    left: host.Left

    @property
    def told(self) -> Any:
        return json.loads(self.left.sheet)


def run_in_sandbox(
    folder: Path,
    *cells: str,
    limits: Limits | None = None,
    datasets: Path | None = None,
    seconds: float | Sequence[float] = PATIENCE_S,
) -> Seen:
    """Run ``cells`` over a copy of ``folder`` and end the run. A reply is its status, or ``timeout`` or ``died``.

    ``seconds`` is the limit of every cell, or one for each of them.
    """
    each = [seconds] * len(cells) if isinstance(seconds, int | float) else list(seconds)

    def work() -> Seen:
        kernel = GradingKernel(KERNEL, cwd=folder, limits=limits or Limits(), datasets=datasets)
        replies = []
        try:
            for cell, limit in zip(cells, each, strict=True):
                try:
                    reply = kernel.execute(cell, timeout=limit)
                    replies.append(reply.get("ename") or str(reply.get("status")))
                except KernelTimeout as error:
                    replies.append("interrupted" if error.interrupted else "timeout")
                    if not error.interrupted:
                        break
                except KernelDied:
                    replies.append("died")
                    break
        finally:
            kernel.end()
        left = kernel.provisioner.left
        assert left is not None
        return Seen(replies, left)

    return on_kernel_thread(work)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "entrega"
    made.mkdir()
    (made / "notas.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    return made


@pytest.fixture
def box(folder: Path) -> Callable[..., Seen]:
    """Runs cells over ``folder``."""
    return lambda *cells, **named: run_in_sandbox(folder, *cells, **named)


@pytest.fixture
def at_level(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Forces a level for the test; what was started for it is ended after it."""

    def choose(level: str) -> None:
        monkeypatch.setenv(CHOICE, level)

    yield choose
    on_kernel_thread(host.close)


@pytest.fixture(scope="session", autouse=True)
def _no_level_from_outside() -> None:
    os.environ.pop(CHOICE, None)
