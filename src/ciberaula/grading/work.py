"""What counts as work on an assignment: its notebook, whole files, and nothing out of ``solutions/``.

Asked by the trainee's side before a bundle is made, and by the instructor's before one takes the place of another.
"""

import json
import re
import warnings
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4.rwbase import split_lines, strip_transient

from ciberaula.classroom.sheetfile import SHEET_FILE, parse
from ciberaula.curriculum import load
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.paths import course_root

_PLAN = Path("modules", "curriculum.yml")
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
MAX_CELLS = 2000
MAX_PARTS = 400_000  # objects, lists and their members: in memory each is up to a thousand times its letters
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
    _refuse_crowds(data)
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
            if "\\ud" in text.casefold():
                # Halves of letters, which JSON can say and no file can hold, are shown as what they are: nothing.
                content = json.loads(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"))
            nb = nbformat.v4.to_notebook(content)
            nbformat.validate(nb, relax_add_props=True)
    except Exception as error:  # over a stranger's data the validator also trips on its own assertions
        raise UserError(_("no tiene la forma de un cuaderno de Jupyter")) from error
    return nb


def _refuse_crowds(data: bytes) -> None:
    """Raise ``UserError`` for JSON of so many parts that reading it would take gigabytes."""
    signs = (b"{", b"[", b",")
    # What stands in texts (code, outputs) is no part; to leave the texts out costs more than to count.
    if sum(map(data.count, signs)) > MAX_PARTS < sum(map(_TEXT.sub(b"", data).count, signs)):
        raise UserError(_("tiene demasiadas partes o celdas para ser un cuaderno"))


def notebook_text(nb: Any) -> str:
    """The file of a notebook that nobody needs any more, as ``nbformat.writes`` has it but for the indentation.

    That alone would take a third of grading a submission: the encoder in C makes none. ``nb`` is used up.
    """
    return json.dumps(strip_transient(split_lines(nb)), ensure_ascii=False, sort_keys=True) + "\n"


def refuse_solutions(name: str, data: bytes) -> None:
    """Raise ``UserError`` for a notebook with the hidden tests in it: an instructor's, never to be handed around."""
    if name.endswith(".ipynb") and _HIDDEN.encode() in data:
        raise UserError(
            _("«{name}» es la solución, con las claves: indique la carpeta de la tarea que trajo del aula.").format(
                name=name
            )
        )
