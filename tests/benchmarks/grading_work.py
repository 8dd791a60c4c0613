"""What ``tests.benchmarks.grading`` hands in and reads back: submissions of module 05 made from its answer bank."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat

from ciberaula.classroom.sheetfile import SHEET_FILE, Content, Entry
from ciberaula.classroom.workplace import workplace
from ciberaula.grading.answer_bank import load_answer_bank
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.demo import solution_code
from ciberaula.paths import course_root, home

ASSIGNMENT = "05-proteccion-de-datos"


def submit(count: int, *, by_code: Callable[[int], bool], first: int = 0) -> list[str]:
    """Put ``count`` submissions where collected work lies: the reference and the misconceptions in turn.

    ``by_code`` chooses by number those that reached their data answers by code, and so need an isolated run.
    """
    code = solution_code(course_root())
    bank = load_answer_bank(ASSIGNMENT)
    sheets = [bank.reference_answers(), *(bank.answers_of(one.id) for one in bank.misconceptions)]
    students = [f"medida-{number:05}" for number in range(first, first + count)]
    kinds: dict[str, str] = {}
    for number, student in enumerate(students, start=first):
        folder = home() / "submitted" / student / ASSIGNMENT
        shutil.copytree(course_root() / "exercises" / ASSIGNMENT, folder)
        (folder / "timestamp.txt").write_text("2026-11-20 12:00:00.000000 UTC")
        answers, now = sheets[number % len(sheets)], datetime.now(UTC).isoformat(timespec="milliseconds")
        if not answers.keys() <= kinds.keys():
            place = workplace(folder)
            kinds |= {item: getattr(place.find(item)[0], "kind", "scenario") for item in answers}
        entries = {item: Entry(kinds[item], value, now, "benchmark") for item, value in answers.items()}
        if by_code(number):
            _write_code(folder, code)
        (folder / SHEET_FILE).write_bytes(Content(ASSIGNMENT, 1, now, entries).encode())
    return students


def scores() -> dict[str, dict[str, Any]]:
    """Student -> item -> score by test, as the gradebook has them."""
    with Cohort().api.gradebook as gradebook:
        return {
            one.student.id: {grade.name: grade.auto_score for notebook in one.notebooks for grade in notebook.grades}
            for one in gradebook.assignment_submissions(ASSIGNMENT)
        }


def _write_code(folder: Path, code: dict[str, str]) -> None:
    (path,) = folder.glob("*.ipynb")
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = code.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""), cell.source)
    nbformat.write(notebook, path)
