"""One engine's part of ``tests.benchmarks.classroom``: grade the same submissions, print seconds and scores as JSON."""

import json
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.apps.api import NbGraderAPI
from nbgrader.preprocessors import Execute

from ciberaula.classroom.sheetfile import SHEET_FILE, Content, Entry
from ciberaula.classroom.workplace import workplace
from ciberaula.grading.answer_bank import load_answer_bank
from ciberaula.grading.autograde import TwoStageExecute
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.demo import register, solution_code
from ciberaula.paths import course_root, home

ASSIGNMENT = "05-proteccion-de-datos"


def main(engine: str, count: int) -> None:
    """Grade ``count`` submissions of the answer bank with ``engine`` (ours or stock)."""
    cohort = Cohort()
    register(cohort, ASSIGNMENT)
    students = _submit(count)
    if engine == "stock":
        steps = cohort.config.Autograde.autograde_preprocessors
        cohort.config.Autograde.autograde_preprocessors = [
            Execute if step is TwoStageExecute else step for step in steps
        ]
        cohort.api = NbGraderAPI(config=cohort.config)
    begun = time.perf_counter()
    failed = [one for one in cohort.autograde(ASSIGNMENT) if one.state == "failed"]
    seconds = time.perf_counter() - begun
    if failed:
        raise SystemExit(f"{failed[0].student}: {failed[0].reason}")
    print(json.dumps({"seconds": seconds, "scores": _scores(cohort, students)}))


def _submit(count: int) -> list[str]:
    """Put ``count`` submissions where collected work lies: the reference and the misconceptions in turn.

    Every seventh reached its data answers by code, as in the demo cohort, and so needs an isolated run; the others are data.
    """
    code = solution_code(course_root())
    bank = load_answer_bank(ASSIGNMENT)
    sheets = [bank.reference_answers(), *(bank.answers_of(one.id) for one in bank.misconceptions)]
    students = [f"medida-{number:03}" for number in range(count)]
    for number, student in enumerate(students):
        folder = home() / "submitted" / student / ASSIGNMENT
        shutil.copytree(course_root() / "exercises" / ASSIGNMENT, folder)
        (folder / "timestamp.txt").write_text("2026-11-20 12:00:00.000000 UTC")
        place, now = workplace(folder), datetime.now(UTC).isoformat(timespec="milliseconds")
        entries = {
            item: Entry(getattr(place.find(item)[0], "kind", "scenario"), value, now, "benchmark")
            for item, value in sheets[number % len(sheets)].items()
        }
        if number % 7 == 0:
            _write_code(folder, code)
        (folder / SHEET_FILE).write_bytes(Content(ASSIGNMENT, 1, now, entries).encode())
    return students


def _write_code(folder: Path, code: dict[str, str]) -> None:
    (path,) = folder.glob("*.ipynb")
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = code.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""), cell.source)
    nbformat.write(notebook, path)


def _scores(cohort: Cohort, students: list[str]) -> dict[str, dict[str, Any]]:
    scores: dict[str, dict[str, Any]] = {}
    with cohort.api.gradebook as gradebook:
        for student in students:
            notebooks = gradebook.find_submission(ASSIGNMENT, student).notebooks
            scores[student] = {grade.name: grade.auto_score for one in notebooks for grade in one.grades}
    return scores


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
