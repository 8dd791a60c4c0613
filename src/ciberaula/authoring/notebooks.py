"""MyST Markdown sources to notebooks, the same bytes every time."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode

from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.yamlfile import parse_yaml

# Fixed, so that neither a newer jupytext nor another machine changes a byte.
_NBFORMAT_MINOR = 5
_KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_LANGUAGE_INFO = {"name": "python"}
# What JupyterLab leaves in a cell about how it was last looked at.
_VIEW_STATE = ("collapsed", "scrolled", "trusted", "execution", "ExecuteTime", "editable", "slideshow", "vscode")
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_ID_LENGTH = 12


def is_source(path: Path) -> bool:
    """Whether a ``.md`` file is a notebook's source (its header names jupytext) rather than a guide to read."""
    return path.suffix == ".md" and "jupytext" in _header(path.read_text(encoding="utf-8"))


def sources(folder: Path) -> Iterator[Path]:
    """Notebook sources at or below a folder, in order."""
    for path in sorted(folder.rglob("*.md")):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts) and is_source(path):
            yield path


def _header(text: str) -> dict[str, Any]:
    found = _FRONT_MATTER.match(text)
    if not found:
        return {}
    try:
        return parse_yaml(found.group(1), "").data
    except UserError:
        # Named in the header, broken in its YAML: a source, whose mistake `read_source` tells.
        return {"jupytext": None} if "jupytext:" in found.group(1) else {}


def read_source(path: Path, name: str) -> NotebookNode:
    """The notebook that a MyST source describes, normalised and without outputs.

    ``name`` is how the file is called in messages. Raises ``UserError`` where jupytext cannot read it.
    """
    try:
        notebook = jupytext.read(path, fmt="md:myst")
    except Exception as error:  # jupytext, its parser and PyYAML raise many kinds; all mean the same to the author
        reason = " ".join(str(error).split())[:200]
        raise UserError(
            _(
                "{file}: jupytext no puede leerlo como cuaderno MyST ({reason}); revise su cabecera y sus celdas."
            ).format(file=name, reason=reason)
        ) from error
    return normalise(notebook)


def normalise(notebook: NotebookNode) -> NotebookNode:
    """A copy whose metadata, format and cell ids depend on nothing but what its author wrote."""
    cells = []
    for cell in notebook.cells:
        metadata = {key: value for key, value in cell.metadata.items() if key not in _VIEW_STATE}
        kept = {"cell_type": cell.cell_type, "metadata": metadata, "source": cell.source}
        if cell.cell_type == "code":
            kept |= {"execution_count": None, "outputs": []}
        cells.append(kept)
    for cell, cell_id in zip(cells, _cell_ids(cells), strict=True):
        cell["id"] = cell_id
    # Pairing is set for the folder in jupytext.toml: in the notebook it would follow it to the trainee.
    metadata = {key: value for key, value in notebook.metadata.items() if key not in {"jupytext", "widgets"}}
    metadata |= {"kernelspec": _KERNELSPEC, "language_info": _LANGUAGE_INFO}
    return nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": _NBFORMAT_MINOR})


def _cell_ids(cells: list[dict[str, Any]]) -> Iterator[str]:
    """An id per cell: its ``grade_id``, or a digest of type and source, numbered where the same cell comes again.

    Only cells with the same text can change another's id, so that an edit leaves the ids of the rest alone.
    """
    times: Counter[str] = Counter()
    for cell in cells:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        base = str(grade_id) if grade_id else _digest(cell["cell_type"], cell["source"])
        times[base] += 1
        yield base if times[base] == 1 else f"{base}-{times[base]}"


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:_ID_LENGTH]


def to_bytes(notebook: NotebookNode) -> bytes:
    """The notebook as it is written: sorted keys, one-space indent, a newline at the end."""
    text: str = nbformat.writes(notebook)
    return text.rstrip("\n").encode() + b"\n"


def read_notebook(path: Path) -> NotebookNode:
    """A committed ``.ipynb``; raises ``UserError`` for one that is no notebook."""
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat raises several unrelated kinds for a broken file
        raise UserError(
            _("{file}: no es un cuaderno de Jupyter legible; bórrelo y ejecute «make notebooks».").format(file=path)
        ) from error
