"""Run a notebook in a clean copy of its folder and keep the outputs that can be shown without a kernel."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from traitlets.config import Config

from ciberaula.errors import UserError
from ciberaula.i18n import _

PSEUDONYM = "autoria"
# The tag, one cell at a time, of outputs that are different in every run; nbval knows it too.
VARIES = "nbval-ignore-output"
_CELL_TIMEOUT_S = 120
# A widget's model lives in its kernel; stored, it would only show «Error displaying widget». Its text/html stays.
_LIVE_MIMES = ("application/vnd.jupyter.widget-view+json",)
_NOT_FOR_READERS = ("*.md", "*.ipynb", "respuestas.json*", "registro.jsonl", ".*", "mis-documentos", "__pycache__")
_ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}|<[\w.]+ object at ")


@contextmanager
def clean_copy(course: Path, folder: Path) -> Iterator[Path]:
    """A throw-away course that holds the plan, the data sets and a copy of ``folder`` without notebooks or answers.

    Yields the copy of the folder (same place relative to the course).
    """
    with TemporaryDirectory(prefix="ciberaula-autoria-") as name:
        root = Path(name).resolve()
        (root / "modules").mkdir()
        for plan in sorted((course / "modules").glob("*.yml")):
            shutil.copy(plan, root / "modules" / plan.name)
        if (course / "datasets").is_dir():
            shutil.copytree(course / "datasets", root / "datasets", ignore=shutil.ignore_patterns("__pycache__"))
        copy = root / folder.relative_to(course)
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(*_NOT_FOR_READERS), dirs_exist_ok=True)
        yield copy


def environment(copy_root: Path) -> dict[str, str]:
    """Environment variables under which a run gives the same outputs on every machine, and writes only in the copy."""
    settings = copy_root / ".ajustes"
    profile = settings / "ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(
        'c = get_config()\nc.InlineBackend.figure_formats = {"svg"}\n'
        'c.InlineBackend.print_figure_kwargs = {"bbox_inches": "tight", "metadata": {"Date": None}}\n'
    )
    (settings / "matplotlibrc").write_text("svg.hashsalt: ciberaula\nsvg.fonttype: none\n")
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith(("CIBERAULA_", "JPY_"))},
        "CIBERAULA_COURSE": str(copy_root),
        "CIBERAULA_HOME": str(settings / "var"),
        "CIBERAULA_DATASETS": str(copy_root / "datasets"),
        "CIBERAULA_PSEUDONYM": PSEUDONYM,
        "IPYTHONDIR": str(settings / "ipython"),
        "MATPLOTLIBRC": str(settings / "matplotlibrc"),
        "PYTHONHASHSEED": "0",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def run(
    notebook: NotebookNode, course: Path, folder: Path, name: str, chosen: Callable[[NotebookNode], bool] | None = None
) -> NotebookNode:
    """Run the code cells of ``notebook`` (all, or those ``chosen``) and store their outputs in it.

    ``folder`` is where the notebook lives in ``course``; the run happens in a clean copy of it. Raises ``UserError`` that
    names ``name`` and the cell that failed.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and (chosen is None or chosen(cell))]
    if not code:
        return notebook
    part = NotebookNode({**notebook, "cells": code})
    with clean_copy(course, folder) as copy:
        copy_root = copy.parents[len(folder.relative_to(course).parts) - 1]
        client = NotebookClient(
            part,
            kernel_name="python3",
            timeout=_CELL_TIMEOUT_S,
            resources={"metadata": {"path": str(copy)}},
            store_widget_state=False,
            record_timing=False,
            coalesce_streams=True,  # what a slow cell prints comes in pieces, never the same ones
            # All outputs have arrived and the kernel's folder is thrown away: nothing is left to wait for.
            shutdown_kernel="immediate",
            config=_kernel_config(copy_root),
        )
        try:
            client.execute(env=environment(copy_root))
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise UserError(_failure(error, code, name)) from error
        _keep_readable_outputs(code, name, str(copy_root))
    return notebook


def _kernel_config(copy_root: Path) -> Config:
    """Sockets in the throw-away course rather than on the network, where the system has them."""
    if os.name != "posix":
        return Config()
    return Config({"KernelManager": {"transport": "ipc", "ip": str(copy_root / ".ajustes" / "kernel")}})


def _failure(error: Exception, code: list[NotebookNode], name: str) -> str:
    cell = next((one for one in code if any(out.output_type == "error" for out in one.get("outputs", []))), None)
    reason = f"{error.ename}: {error.evalue}" if isinstance(error, CellExecutionError) else type(error).__name__
    return _failing(name, cell, reason)


def _failing(name: str, cell: NotebookNode | None, reason: str) -> str:
    return _("{file}: la celda «{cell}» falla o avisa al ejecutarse ({reason}); corrija su fuente.").format(
        file=name, cell=_first_line(cell), reason=" ".join(reason.split())[:300]
    )


def _first_line(cell: NotebookNode | None) -> str:
    return cell.source.strip().partition("\n")[0][:80] if cell else "?"


def _keep_readable_outputs(code: list[NotebookNode], name: str, place: str) -> None:
    for cell in code:
        cell.metadata.pop("execution", None)
        kept = []
        # An output that must vary is checked by nobody, so it is not stored either: the file stays the same.
        for output in () if VARIES in cell.metadata.get("tags", []) else cell.outputs:
            if "data" in output:
                output.data = {mime: value for mime, value in output.data.items() if mime not in _LIVE_MIMES}
                output.metadata = {}
                if not output.data:
                    continue
            if output.output_type == "error" or output.get("name") == "stderr":
                # IPython only prints what goes wrong while it shows a value; the cell itself then counts as done.
                reason = output.get("evalue") or output.get("text", "")
                raise UserError(_failing(name, cell, " ".join(reason.split())[-200:]))
            text = str(output)
            if place in text or _ADDRESS.search(text):
                raise UserError(
                    _(
                        "{file}: la salida de la celda «{cell}» contiene una ruta o dirección de memoria, que cambia en cada "
                        "ejecución; muestre otra cosa."
                    ).format(file=name, cell=_first_line(cell))
                )
            kept.append(output)
        cell.outputs = kept
