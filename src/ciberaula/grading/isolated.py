"""The isolated run: the trainee's own code, in a kernel of its own, over a copy of the submission.

What comes out of it is one file, the answer sheet, read strictly by whoever called. ``IsolatedRun`` is the whole
interface: today a plain separate kernel stands behind it (``KernelIsolatedRun``); a sandbox takes its place as another
kernel spec or another class, without the caller noticing.
"""

import os
import shutil
import stat
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Protocol

from ciberaula.errors import UserError
from ciberaula.grading.config import NEVER_RELEASED
from ciberaula.grading.kernels import GradingKernel, KernelDied, KernelTimeout, on_kernel_thread
from ciberaula.i18n import _

KERNEL = "ciberaula-aislado"
MAX_FILES = 500
MAX_BYTES = 50 * 1024 * 1024

# The only variables of ours that the trainee's code sees. None holds a token.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT", "CIBERAULA_LANGUAGE")


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
    """An isolated run in a kernel of the given spec, with an empty environment and limits of time (seconds)."""

    kernel_name: str
    datasets: Path
    cell_seconds: float
    total_seconds: float

    def run(self, sources: Sequence[str], folder: Path) -> RunReport:
        """Run the cells; an error in one lets the next go on, as in a notebook that runs with errors allowed."""
        return on_kernel_thread(lambda: self._run(sources, folder))

    def _run(self, sources: Sequence[str], folder: Path) -> RunReport:
        started = time.monotonic()
        failed = 0
        kernel = GradingKernel(self.kernel_name, cwd=folder, env=clean_environment(folder.parent, self.datasets))
        try:
            for source in sources:
                left = self.total_seconds - (time.monotonic() - started)
                if left <= 0:
                    raise KernelTimeout(interrupted=False)
                try:
                    reply = kernel.execute(source, timeout=min(self.cell_seconds, left))
                    failed += reply.get("status") != "ok"
                except KernelTimeout as error:
                    if not error.interrupted:
                        raise
                    failed += 1
        except KernelTimeout:
            return RunReport(time.monotonic() - started, failed + 1, _("el código no terminó a tiempo"))
        except KernelDied:
            return RunReport(time.monotonic() - started, failed + 1, _("el código cerró su núcleo"))
        finally:
            kernel.end()
        return RunReport(time.monotonic() - started, failed)


def clean_environment(scratch: Path, datasets: Path) -> dict[str, str]:
    """The environment of a run: a short list of our variables, and every folder that libraries write to in ``scratch``."""
    home = scratch / "home"
    home.mkdir(exist_ok=True)
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    own = {
        name: str(home)
        for name in ("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "IPYTHONDIR", "MPLCONFIGDIR", "JUPYTER_CONFIG_DIR")
    }
    return {
        **passed,
        **own,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), passed.get("PATH", os.defpath)]),
        "PYTHONNOUSERSITE": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "MPLBACKEND": "agg",
        "CIBERAULA_DATASETS": str(datasets),
        "CIBERAULA_PSEUDONYM": "ejecucion-aislada",
    }


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
