"""The course that the hostile submissions are handed in to: secrets in every place where somebody might look for them.

One assignment: a choice (2 points), a number by code (3), a choice (1), a text by code that nobody can get right (1) and
a written answer for a person (4). The text is how hostile code tells what it saw: whatever it hands in is in the graded
notebook, and there the secrets are looked for.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.grading.course import QUESTIONS, RUBRIC, cell_about

ASSIGNMENT = "91-hostil"
NOTEBOOK = "prueba"
MARK = "CANARIO-"
"""How every secret begins."""

SECRETS = (
    "answers",  # beside the source notebook, never released
    "gradebook",  # a row of it
    "tests",  # in a hidden test
    "neighbour",  # in another submission
    "environment",
    "home",
    "process",  # an argument of the program that grades
    "neighbour-folder",  # a file beside every submission
    "grades",  # the graded copy of somebody
)

TELLING = """
  - id: p05
    kind: text
    competence: datos.minimizar
    coverage: [EC-25]
    prompt: "Cuente qué vio su código."
    max_words: 500
"""

CASE = "2026-03-02T10:00:00+00:00"
KINDS = {"p01": "single", "p02": "number", "p03": "single", "p05": "text"}
RIGHT: Mapping[str, Any] = {"p01": "b", "p02": 5, "p03": "no"}
SOME: Mapping[str, Any] = {"p01": "a", "p03": "no"}
"""What hostile trainees answer unless a kind says otherwise: one wrong, one right, the ways by code left open."""


@dataclass(frozen=True)
class Places:
    """Where things are in one run of the suite."""

    root: Path
    canaries: Mapping[str, str]

    @property
    def home(self) -> Path:
        """``CIBERAULA_HOME``."""
        return self.root / "var"

    @property
    def user_home(self) -> Path:
        """``HOME`` of whoever grades."""
        return self.root / "casa"

    @property
    def temporary(self) -> Path:
        """Where the grading programs make their temporary files; empty again after a run."""
        return self.root / "tmp"

    @property
    def submitted(self) -> Path:
        """Where the submissions lie."""
        return self.home / "submitted"


def make_canaries() -> dict[str, str]:
    """A secret for each place, new in each run, so that no test can pass by luck or by an old file."""
    return {place: f"{MARK}{place}-{secrets.token_hex(12)}" for place in SECRETS}


def _tests(canary: str) -> dict[str, tuple[float, str]]:
    return {
        "p01": (
            2,
            f"# {canary}\n"
            'scoring.single("p01", answers["p01"], points=2, key="b", '
            'why={"a": "No pide permiso", "b": "Informa y pide", "c": "Pide de más"})',
        ),
        "p02": (3, 'scoring.number("p02", answers["p02"], points=3, value=5, why="Son 5 días")'),
        "p03": (1, 'float(answers["p03"] == "no")'),
        "p05": (
            1,
            'scoring.text("p05", answers["p05"], points=1, require=[["zqxjwvkz"]], why="Gracias por contarlo.", '
            "max_words=5000)",
        ),
    }


def _test_cell(item: str, points: float, source: str) -> Any:
    code = f'check("{item}")\n### BEGIN HIDDEN TESTS\nfrom ciberaula.grading import scoring\n{source}\n### END HIDDEN TESTS'
    return new_code_cell(code, metadata=cell_about(item, grade=True, locked=True, points=points))


def _source(canary: str) -> Any:
    about = cell_about("inicio", locked=True)
    cells = [
        new_markdown_cell("# Tarea de prueba"),
        new_code_cell("from ciberaula.classroom import answers, check, submit_answer, submit_table", metadata=about),
    ]
    for number, (item, (points, source)) in enumerate(_tests(canary).items(), start=1):
        cells.append(new_markdown_cell(f"## Pregunta {number} · Competencia {number}"))
        cells.append(new_code_cell(f"# aquí se muestra {item}", metadata=cell_about(f"mostrar-{item}", locked=True)))
        if item in ("p02", "p05"):
            solution = "### BEGIN SOLUTION\npass\n### END SOLUTION"
            cells.append(new_code_cell(solution, metadata=cell_about(f"codigo-{item}", solution=True)))
        cells.append(_test_cell(item, points, source))
    cells.append(new_markdown_cell("## Pregunta 6 · Responder con respeto\n\nEscriba qué le diría a la usuaria."))
    about = cell_about("p04", grade=True, solution=True, points=4)
    cells.append(new_markdown_cell("Le explicaría sus derechos.", metadata=about))
    for index, cell in enumerate(cells):
        cell["id"] = f"celda-{index:02d}"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return new_notebook(cells=cells, metadata=kernel)


def questions() -> str:
    """The released ``preguntas.yml``."""
    return QUESTIONS + TELLING.lstrip("\n")


def write_course(places: Places) -> None:
    """The sources of the course with its secrets; generate the assignment to release it."""
    root, canaries = places.root, places.canaries
    source = root / "solutions" / ASSIGNMENT
    rubrics = root / "grading" / "rubrics"
    for folder in (source, root / "modules", root / "datasets", rubrics, places.home, places.user_home):
        folder.mkdir(parents=True, exist_ok=True)
    places.temporary.mkdir()
    (root / "modules" / "curriculum.yml").write_text("modules: []\n", encoding="utf-8")
    (source / "preguntas.yml").write_text(questions(), encoding="utf-8")
    (source / f"{NOTEBOOK}.md").write_text(f"clave: {canaries['answers']}", encoding="utf-8")
    (source / "valoracion-x.yml").write_text(f"clave: {canaries['answers']}", encoding="utf-8")
    (rubrics / f"{ASSIGNMENT}.yml").write_text(RUBRIC, encoding="utf-8")
    nbformat.write(_source(canaries["tests"]), source / f"{NOTEBOOK}.ipynb")
    for name in (".netrc", "secreto.txt"):
        (places.user_home / name).write_text(canaries["home"], encoding="utf-8")
    (places.home / "autograded").mkdir()
    (places.home / "autograded" / "nota-ajena.txt").write_text(canaries["grades"], encoding="utf-8")


def write_roster(places: Places, students: Mapping[str, str]) -> None:
    """The roster: id -> name."""
    rows = [f'{student},"{name}",2026-A,1,rural,true' for student, name in students.items()]
    text = "\n".join(["id,name,cohort,group,setting,simulated", *rows, ""])
    (places.home / "roster.csv").write_text(text, encoding="utf-8")


def sheet(answers: Mapping[str, Any], kinds: Mapping[str, str] | None = None) -> bytes:
    """An answer sheet as the classroom writes it."""
    known = {**KINDS, **(kinds or {})}
    content = {
        "schema": 1,
        "folder": ASSIGNMENT,
        "revision": len(answers),
        "updated_at": CASE,
        "answers": {
            item: {"kind": known.get(item, "text"), "value": value, "saved_at": CASE, "writer": "0123456789abcdef"}
            for item, value in answers.items()
        },
    }
    return json.dumps(content).encode()


def grade_id(cell: Any) -> str | None:
    """The id of a graded cell."""
    about = cell.metadata.get("nbgrader", {})
    return about.get("grade_id") if isinstance(about, dict) else None
