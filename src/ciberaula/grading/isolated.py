"""The isolated run: the trainee's own code, in a sandbox, over a copy of the submission.

What comes out of it is one file, the answer sheet, read strictly by whoever called. ``IsolatedRun`` is the whole
interface; ``KernelIsolatedRun`` drives the kernel spec whose provisioner is the sandbox (``ciberaula.grading.sandbox``).
"""

import logging
import math
import os
import shutil
import signal
import stat
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Protocol

from ciberaula.classroom.sheetfile import SHEET_FILE
from ciberaula.errors import UserError
from ciberaula.grading.config import NEVER_RELEASED
from ciberaula.grading.kernels import GradingKernel, KernelDied, KernelTimeout, on_kernel_thread
from ciberaula.grading.sandbox.host import Left
from ciberaula.grading.sandbox.levels import SandboxRefused
from ciberaula.grading.sandbox.limits import Limits
from ciberaula.i18n import _

KERNEL = "ciberaula-aislado"
_log = logging.getLogger(__name__)

MAX_FILES = 500
MAX_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True)
class RunReport:
    """What is known of a run: how many cells ended in an error, how long it took, and why it stopped early, if it did."""

    seconds: float
    failed_cells: int
    stopped: str | None = None


class IsolatedRun(Protocol):
    """Runs a trainee's cells where they can harm nothing, and leaves what they wrote in ``folder``."""

    def run(self, sources: Sequence[str], folder: Path) -> RunReport:
        """Run ``sources`` in order with ``folder`` as the working folder. Never raises for what the code does."""


@dataclass(frozen=True)
class KernelIsolatedRun:
    """An isolated run in a kernel of the given spec, with limits of time (seconds) and of everything else."""

    kernel_name: str
    datasets: Path
    cell_seconds: float
    total_seconds: float
    limits: Limits | None = None

    def run(self, sources: Sequence[str], folder: Path) -> RunReport:
        """Run the cells; an error in one lets the next go on, as in a notebook that runs with errors allowed.

        Afterwards the answer sheet in ``folder`` is the one that the run left, where it left a plain file.
        ``SandboxRefused`` where nothing can be isolated: then nothing has run.
        """
        return on_kernel_thread(lambda: self._run(sources, folder))

    def _run(self, sources: Sequence[str], folder: Path) -> RunReport:
        try:
            report, left = self._once(sources, folder)
            again = _killed_from_outside(left, self.total_seconds)
        except _NotStarted:
            again = True
        if again:
            # Somebody ended it: the system without memory, an administrator. Only what happens again is the code's doing.
            report, left = self._once(sources, folder)
        _take(left, folder / SHEET_FILE)
        return report

    def _once(self, sources: Sequence[str], folder: Path) -> tuple[RunReport, Left]:
        limits = self.limits or Limits(cpu_seconds=math.ceil(self.total_seconds) + 5)
        try:
            kernel = GradingKernel(self.kernel_name, cwd=folder, limits=limits, datasets=self.datasets)
        except SandboxRefused:
            raise
        except UserError as error:  # before any of the code ran
            raise _NotStarted(str(error)) from error
        started = time.monotonic()  # what the machine took to begin is none of the trainee's time
        failed, stopped = 0, None
        try:
            for source in sources:
                failed += not self._cell(kernel, source, started)
        except KernelTimeout:
            failed, stopped = failed + 1, _("el código no terminó a tiempo")
        except KernelDied:
            failed, stopped = failed + 1, _("el código cerró su núcleo")
        finally:
            kernel.end()
        left: Left = kernel.provisioner.left
        if left.ended == "refused":
            raise SandboxRefused(_("la ejecución aislada no pudo empezar ({why})").format(why=left.why))
        if stopped or left.sheet_problem == "not_plain":
            stopped = _why(left, limits) or stopped
        return RunReport(time.monotonic() - started, failed, stopped), left

    def _cell(self, kernel: GradingKernel, source: str, started: float) -> bool:
        """Run one cell; whether it ended well. ``KernelTimeout`` when it has to be the last one."""
        left = self.total_seconds - (time.monotonic() - started)
        if left <= 0:
            raise KernelTimeout(interrupted=False)
        try:
            return kernel.execute(source, timeout=min(self.cell_seconds, left)).get("status") == "ok"
        except KernelTimeout as error:
            if not error.interrupted:
                raise
            return False


class _NotStarted(SandboxRefused):
    """A run that ended before it began."""


def _killed_from_outside(left: Left, cpu_seconds: float) -> bool:
    """True where the supervisor is gone without a word, or the kernel ended by a signal that it cannot send itself."""
    if left.ended == "lost":
        return True
    killed = os.WIFSIGNALED(left.status) and os.WTERMSIG(left.status) == signal.SIGKILL
    return left.ended == "exit" and killed and left.cpu < cpu_seconds


def _why(left: Left, limits: Limits) -> str | None:
    """Why a run stopped, where the sandbox knows it better than the kernel's silence tells."""
    if left.ended == "replies":
        return _("el código respondió más de lo permitido")
    if left.ended == "disk":
        return _("el código escribió más de {mb} MB o demasiados archivos").format(mb=limits.disk_bytes // 2**20)
    if left.ended == "threads":
        return _("el código abrió demasiados hilos")
    if left.ended == "exit" and left.cpu >= limits.cpu_seconds:
        return _("el código usó más de {seconds} s de procesador").format(seconds=limits.cpu_seconds)
    if left.sheet_problem == "not_plain":
        return _("el código puso otra cosa en el lugar de la hoja de respuestas")
    return None


def _take(left: Left, sheet: Path) -> None:
    """Put what the run left where the caller reads it."""
    if left.sheet_problem is None:
        sheet.write_bytes(left.sheet)
    elif left.sheet_problem == "missing":
        sheet.unlink(missing_ok=True)


def copy_submission(submitted: Path, release: Path, target: Path) -> None:
    """Fill ``target`` with what the code may use: the submission's files, under the released ones of the same name.

    Links, pipes and devices are left out; notebooks too, which no code of ours needs, and what is never released, which is
    there where an assignment is graded from its source. Raises ``UserError`` over
    ``MAX_FILES`` files or ``MAX_BYTES`` bytes.
    """
    target.mkdir(parents=True)
    copied, size = 0, 0
    for origin in (submitted, release):
        for folder, _folders, names in os.walk(origin):  # os.walk does not follow links to folders
            for name in names:
                path = Path(folder, name)
                status = path.lstat()
                if not stat.S_ISREG(status.st_mode) or any(fnmatch(name, one) for one in ("*.ipynb", *NEVER_RELEASED)):
                    continue
                copied, size = copied + 1, size + status.st_size
                if copied > MAX_FILES or size > MAX_BYTES:
                    raise UserError(
                        _(
                            "La entrega {folder} pasa de {files} archivos o {mb} MB: pida a quien la hizo que la reduzca."
                        ).format(folder=submitted.name, files=MAX_FILES, mb=MAX_BYTES // 2**20)
                    )
                destination = target / path.relative_to(origin)
                destination.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, destination, follow_symlinks=False)
                destination.chmod(0o644)
