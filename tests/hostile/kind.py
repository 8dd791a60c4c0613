"""What a hostile kind is: how its submission is made, and the outcome that it must have."""

import json
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell

from tests.hostile.course import ASSIGNMENT, NOTEBOOK, SOME, Places, grade_id, questions, sheet

EARNED: Mapping[str, float | None] = {"p01": 0, "p02": 0, "p03": 1, "p05": 0}
"""The points of ``SOME``: what a hostile trainee has earned, no more and no less."""
NO_SCORE: Mapping[str, float | None] = {"p01": None, "p02": None, "p03": None, "p05": None}


@dataclass
class Result:
    """What became of one submission."""

    student: str
    state: str
    reason: str
    points: Mapping[str, float | None]
    """Item -> automatic score; empty where the gradebook has no submission."""
    notebook: Any
    """The graded notebook, if any."""
    page: str
    """The feedback page, or nothing."""
    formgrader: str
    """The page of formgrader, or nothing."""
    places: Places

    @property
    def told(self) -> str:
        """What the code handed in as the answer to ``p05``: what it could see."""
        return str(self._score("p05").get("answered", ""))

    def source(self, item: str) -> str:
        """Where the answer to an item came from, as the graded notebook says: ``sheet`` or ``isolated``."""
        return str(self._cell(item).metadata["ciberaula"].get("source"))

    @property
    def note(self) -> Mapping[str, Any]:
        """What the graded notebook says of the run."""
        about: Mapping[str, Any] = self.notebook.metadata["ciberaula"]
        return about

    def _cell(self, item: str) -> Any:
        return next(cell for cell in self.notebook.cells if grade_id(cell) == item)

    def _score(self, item: str) -> Mapping[str, Any]:
        for output in self._cell(item).outputs:
            for kind, data in output.get("data", {}).items():
                if kind.startswith("application/vnd.ciberaula.score"):
                    return dict(data)
        return {}


Make = Callable[["Desk"], None]
Check = Callable[[Result], None]


@dataclass
class Desk:
    """Where a kind makes its submission: ``folder`` is what the grading will find."""

    places: Places
    student: str
    released: Any

    @property
    def folder(self) -> Path:
        """The folder of the submission."""
        return self.places.submitted / self.student / ASSIGNMENT

    def hand_in(
        self,
        answers: Mapping[str, Any] | bytes | None = SOME,
        *,
        code: Mapping[str, str] | None = None,
        extra: Sequence[str] = (),
        written: str | None = None,
        edit: Callable[[Any], None] | None = None,
    ) -> None:
        """Honest-looking work. ``code`` fills the cells of items by code, ``extra`` are cells before all others."""
        self.folder.mkdir(parents=True, exist_ok=True)
        nb = nbformat.from_dict(json.loads(json.dumps(self.released)))
        for cell in nb.cells:
            item = (grade_id(cell) or "").removeprefix("codigo-")
            if grade_id(cell) == f"codigo-{item}" and item in (code or {}):
                cell.source = (code or {})[item]
            if grade_id(cell) == "p04" and written is not None:
                cell.source = written
        nb.cells = [*(new_code_cell(source) for source in extra), *nb.cells]
        if edit is not None:
            edit(nb)
        self.write_notebook(json.dumps(nb).encode())
        self.accompany(answers)

    def write_notebook(self, data: bytes) -> None:
        """The notebook's bytes as they are."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{NOTEBOOK}.ipynb").write_bytes(data)

    def accompany(self, answers: Mapping[str, Any] | bytes | None = SOME) -> None:
        """The files beside the notebook, as an exchange leaves them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "preguntas.yml").write_text(questions(), encoding="utf-8")
        (self.folder / "timestamp.txt").write_text("2026-03-02 10:00:00.000000 UTC", encoding="utf-8")
        (self.folder / "submission_secret.txt").write_text("f" * 64, encoding="utf-8")
        if answers is not None:
            data = answers if isinstance(answers, bytes) else sheet(answers)
            (self.folder / "respuestas.json").write_bytes(data)


@dataclass(frozen=True)
class Kind:
    """A kind of hostile submission. ``name`` is also the id of who hands it in."""

    name: str
    make: Make
    state: str = "graded"
    points: Mapping[str, float | None] = field(default_factory=lambda: EARNED)
    reason: str = ""
    """A part of what the instructor is told."""
    page: str = ""
    """A part of what the trainee reads."""
    check: Check | None = None
    dangerous: bool = False
    """Would harm the machine without a sandbox: its code looks first whether it is in one."""


TELL = """
def cuente(*vistos):
    from ciberaula.classroom import submit_answer
    submit_answer("p05", " ".join(str(visto) for visto in vistos)[:15000] or "nada")
"""

# A bomb is only for a sandbox: where the course can be listed, there is none, and the code says so and stops. (Landlock
# hides what is in a folder, not that it is there.)
GUARD = """
import os as _os
try:
    _os.listdir({root!r})
except OSError:
    pass
else:
    cuente("SIN AISLAMIENTO")
    _os._exit(3)
"""


# By this sign the batch knows code that gets little time.
ENDLESS = "# no termina"


def code(
    name: str, source: str, *, dangerous: bool = False, endless: bool = False, answers: Any = SOME, **more: Any
) -> Kind:
    """A kind whose hostile part is the code of ``p05``. It may call ``cuente(…)`` and use ``LUGARES`` (path by place).

    ``endless``: it does not end by itself, or so late that nothing is lost by stopping it.
    """

    def make(desk: Desk) -> None:
        places = desk.places
        known = {
            "root": str(places.root),
            "solutions": str(places.root / "solutions" / ASSIGNMENT / f"{NOTEBOOK}.md"),
            "source": str(places.root / "solutions" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"),
            "gradebook": str(places.home / "gradebook.db"),
            "grades": str(places.home / "autograded" / "nota-ajena.txt"),
            "neighbour": str(places.submitted / "vecina" / ASSIGNMENT / "nota.txt"),
            "home": str(places.user_home / "secreto.txt"),
            "temporary": str(places.temporary),
        }
        guard = GUARD.format(root=known["root"]) if dangerous else ""
        sign = ENDLESS if endless else ""
        whole = f"{sign}\nLUGARES = {known!r}\n{TELL}\n{guard}\n{textwrap.dedent(source).strip()}\n"
        desk.hand_in(answers, code={"p05": whole})

    return Kind(name, make, dangerous=dangerous, **more)


def made(name: str, **more: Any) -> Callable[[Make], Kind]:
    """Decorator: a kind whose submission is made by the function."""
    return lambda make: Kind(name, make, **more)
