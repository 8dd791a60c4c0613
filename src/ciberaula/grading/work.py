"""What counts as work on an assignment: its notebook, whole files, and nothing out of ``solutions/``.

Asked by the trainee's side before a bundle is made, and by the instructor's before one takes the place of another.
"""

import json
import warnings
from pathlib import Path
from typing import Any

import nbformat

from ciberaula.classroom.sheetfile import SHEET_FILE, parse
from ciberaula.curriculum import load
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.paths import course_root

_PLAN = Path("modules", "curriculum.yml")
MAX_CELLS = 2000
_HIDDEN = "### BEGIN HIDDEN TESTS"


def assignment_notebooks(folder: Path) -> dict[str, frozenset[str]]:
    """The notebooks of each assignment, as released or as the plan says, in the course that ``folder`` is part of.

    That is the course (or workspace) around ``folder``, and where there is none, the one we are in. Raises ``UserError``
    where there is no course at all or its plan is broken.
    """
    root = next((one for one in folder.parents if (one / _PLAN).is_file()), None) or course_root()
    released = {
        one.name: frozenset(path.name for path in one.glob("*.ipynb"))
        for one in sorted((root / "exercises").glob("*/"))
        if any(one.glob("*.ipynb"))
    }
    return released or {
        task.id: frozenset({f"{task.notebook}.ipynb"}) for task in load(root).assignments if task.notebook
    }


def damage(name: str, data: bytes) -> str | None:
    """What keeps a file of a submission from being read as what its name says, in a few words; ``None`` when it is whole."""
    try:
        if name.endswith(".ipynb"):
            read_notebook(data)
        elif name == SHEET_FILE:
            parse(data)
    except UserError as error:
        return str(error).rstrip(".")
    return None


def read_notebook(data: bytes) -> Any:
    """The notebook in ``data``, of format 4, the one that nbgrader grades. ``UserError`` says why there is none."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(_("no está en UTF-8")) from error
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError(_("no es un cuaderno o está cortado")) from error
    if not isinstance(content, dict) or content.get("nbformat") != 4:
        raise UserError(_("no es un cuaderno de formato 4"))
    cells = content.get("cells")
    if isinstance(cells, list) and len(cells) > MAX_CELLS:
        raise UserError(_("tiene más de {count} celdas").format(count=MAX_CELLS))
    try:
        with warnings.catch_warnings():
            # A cell with no id, or with one too early, is what other versions of Jupyter write: nbgrader takes them.
            warnings.simplefilter("ignore")
            # Halves of letters, which JSON can say and no file can hold, are shown as what they are: nothing.
            whole = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
            nb = nbformat.v4.reads(whole if "\\ud" in text.casefold() else text)
            nbformat.validate(nb, relax_add_props=True)
    except Exception as error:  # over a stranger's data the validator also trips on its own assertions
        raise UserError(_("no tiene la forma de un cuaderno de Jupyter")) from error
    return nb


def refuse_solutions(name: str, data: bytes) -> None:
    """Raise ``UserError`` for a notebook with the hidden tests in it: an instructor's, never to be handed around."""
    if name.endswith(".ipynb") and _HIDDEN.encode() in data:
        raise UserError(
            _("«{name}» es la solución, con las claves: indique la carpeta de la tarea que trajo del aula.").format(
                name=name
            )
        )
