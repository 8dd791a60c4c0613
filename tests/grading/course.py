"""A small course of one assignment, graded by the real nbgrader: three tested items and one written."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ASSIGNMENT = "90-prueba"
NOTEBOOK = "prueba"

QUESTIONS = """
schema: 1
graded: true
questions:
  - id: p01
    kind: single
    competence: datos.base-legal
    coverage: [EC-25]
    prompt: "Una usuaria escribe por primera vez. **¿Qué hace antes de anotar sus datos?**"
    options:
      - {id: a, text: "Anota todo lo que cuenta"}
      - {id: b, text: "Explica para qué son y pide su consentimiento"}
      - {id: c, text: "Pide su cédula"}
  - id: p02
    kind: number
    competence: datos.incidente
    coverage: [EC-25]
    prompt: "¿Cuántos días tiene el término?"
    unit: días
  - id: p03
    kind: single
    competence: datos.minimizar
    coverage: [EC-25]
    prompt: "¿Hace falta la dirección exacta?"
    options:
      - {id: "si", text: "Sí"}
      - {id: "no", text: "No"}
"""

RUBRIC = """
item: p04
criteria:
  - id: derechos
    name: Derechos de la persona
    levels:
      - {points: 0, name: No aparece, descriptor: "No menciona ningún derecho."}
      - {points: 1, name: En parte, descriptor: "Menciona un derecho."}
      - {points: 2, name: Logrado, descriptor: "Explica los derechos y cómo ejercerlos."}
  - id: claridad
    name: Claridad
    levels:
      - {points: 0, name: Confuso, descriptor: "No se entiende qué haría."}
      - {points: 2, name: Claro, descriptor: "Se entiende qué haría y por qué."}
comments:
  - {id: plazo, text: "Revise el plazo: son días hábiles."}
  - {id: tono, text: "Muy buen trato en el mensaje."}
double_marking: {share: 0.2, kappa: 0.70}
"""

TESTS = {
    "p01": (
        2,
        'scoring.single("p01", answers["p01"], points=2, key="b", '
        'why={"a": "CLAVE-OCULTA no pide permiso", "b": "Informa y pide", "c": "Pide de más"})',
    ),
    "p02": (3, 'scoring.number("p02", answers["p02"], points=3, value=5, why="CLAVE-OCULTA son 5 días")'),
    "p03": (1, 'float(answers["p03"] == "no")'),
}


def cell_about(grade_id: str, **more: Any) -> dict[str, Any]:
    base = {
        "grade": False,
        "grade_id": grade_id,
        "locked": False,
        "solution": False,
        "task": False,
        "schema_version": 3,
    }
    return {"nbgrader": {**base, **more}}


def test_cell(item: str, points: float, source: str) -> Any:
    code = f'check("{item}")\n### BEGIN HIDDEN TESTS\nfrom ciberaula.grading import scoring\n{source}\n### END HIDDEN TESTS'
    return new_code_cell(code, metadata=cell_about(item, grade=True, locked=True, points=points))


def source_notebook(tests: Mapping[str, tuple[float, str]]) -> Any:
    cells = [
        new_markdown_cell("# Tarea de prueba"),
        new_code_cell(
            "from ciberaula.classroom import answers, check, submit_answer, submit_table",
            metadata=cell_about("inicio", locked=True),
        ),
    ]
    for number, (item, (points, source)) in enumerate(tests.items(), start=1):
        cells.append(new_markdown_cell(f"## Pregunta {number} · Competencia {number}"))
        cells.append(new_code_cell(f"# aquí se muestra {item}", metadata=cell_about(f"mostrar-{item}", locked=True)))
        if item == "p02":
            solution = '### BEGIN SOLUTION\nsubmit_answer("p02", 5)\n### END SOLUTION'
            cells.append(new_code_cell(solution, metadata=cell_about("codigo-p02", solution=True)))
        cells.append(test_cell(item, points, source))
    cells.append(new_markdown_cell("## Pregunta 4 · Responder con respeto\n\nEscriba qué le diría a la usuaria."))
    written = new_markdown_cell(
        "Le explicaría sus derechos.", metadata=cell_about("p04", grade=True, solution=True, points=4)
    )
    cells.append(written)
    for index, cell in enumerate(cells):
        cell["id"] = f"celda-{index:02d}"
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return new_notebook(cells=cells, metadata=about)


def write_course(root: Path, tests: Mapping[str, tuple[float, str]] = TESTS) -> None:
    """The sources of a course in ``root``; generate the assignment to release it."""
    source = root / "solutions" / ASSIGNMENT
    for folder in (source, root / "modules", root / "datasets", root / "grading" / "rubrics"):
        folder.mkdir(parents=True, exist_ok=True)
    (root / "modules" / "curriculum.yml").write_text("modules: []\n", encoding="utf-8")
    (source / "preguntas.yml").write_text(QUESTIONS, encoding="utf-8")
    (source / f"{NOTEBOOK}.md").write_text("la fuente, con las respuestas", encoding="utf-8")
    (root / "grading" / "rubrics" / f"{ASSIGNMENT}.yml").write_text(RUBRIC, encoding="utf-8")
    nbformat.write(source_notebook(tests), source / f"{NOTEBOOK}.ipynb")
    roster = "id,name,cohort,group,setting,simulated\nana,Ana Prueba,2026-A,1,rural,true\nluis,Luis Prueba,2026-A,1,urban,true\n"
    (root / "var").mkdir(exist_ok=True)
    (root / "var" / "roster.csv").write_text(roster, encoding="utf-8")


def released(root: Path) -> Any:
    return nbformat.read(root / "exercises" / ASSIGNMENT / f"{NOTEBOOK}.ipynb", as_version=4)


def sheet(answers: Mapping[str, Any], kinds: Mapping[str, str] | None = None) -> bytes:
    known = {"p01": "single", "p02": "number", "p03": "single", **(kinds or {})}
    entry = {"saved_at": "2026-03-02T10:00:00+00:00", "writer": "0123456789abcdef"}
    content = {
        "schema": 1,
        "folder": ASSIGNMENT,
        "revision": len(answers),
        "updated_at": "2026-03-02T10:00:00+00:00",
        "answers": {item: {"kind": known[item], "value": value, **entry} for item, value in answers.items()},
    }
    return json.dumps(content).encode()


RIGHT = {"p01": "b", "p02": 5, "p03": "no"}


def hand_in(
    root: Path,
    student: str,
    answers: Mapping[str, Any] | bytes | None = None,
    *,
    code: str | None = None,
    written: str | None = None,
    extra: Sequence[Any] = (),
    edit: Any = None,
) -> Path:
    """Put work of ``student`` where nbgrader collects it to. ``code`` fills the code item's cell, ``extra`` goes first."""
    folder = Path(os.environ["CIBERAULA_HOME"]) / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True)
    nb = released(root)
    for cell in nb.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if code is not None and grade_id == "codigo-p02":
            cell.source = code
        if written is not None and grade_id == "p04":
            cell.source = written
    nb.cells = [*extra, *nb.cells]
    if edit is not None:
        edit(nb)
    nbformat.write(nb, folder / f"{NOTEBOOK}.ipynb")
    (folder / "preguntas.yml").write_text(QUESTIONS, encoding="utf-8")
    (folder / "timestamp.txt").write_text("2026-03-02 10:00:00.000000 UTC", encoding="utf-8")
    (folder / "submission_secret.txt").write_text("f" * 64, encoding="utf-8")
    if answers is not None:
        (folder / "respuestas.json").write_bytes(answers if isinstance(answers, bytes) else sheet(answers))
    return folder
