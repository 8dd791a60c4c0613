"""formgrader's «Autograde» and plain ``nbgrader autograde`` refuse the work that the engine refuses, and say so in a line."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook

from ciberaula.grading import admission
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.isolated import MAX_FILES
from ciberaula.grading.staging import receipt_in
from tests.grading.course import ASSIGNMENT, NOTEBOOK, RIGHT, hand_in
from tests.grading.test_engine import chunk, rows
from tests.grading.test_engine_faults import place


def press(student: str = "ana") -> dict[str, Any]:
    """What formgrader's button does; its answer, as the page shows it."""
    told: dict[str, Any] = Cohort().api.autograde(ASSIGNMENT, student)
    return told


def errors(told: dict[str, Any]) -> list[str]:
    return [line.removeprefix("[ERROR] ") for line in told["log"].splitlines() if "ERROR" in line]


def notebook(folder: Path) -> Path:
    return folder / f"{NOTEBOOK}.ipynb"


def _heavy(folder: Path) -> None:
    """Outputs of 200 MB, most of it holes: what counts is the size, and nobody waits for it."""
    with notebook(folder).open("r+b") as out:
        out.truncate(200 * 2**20)


def _over_the_limit(folder: Path) -> None:
    with notebook(folder).open("r+b") as out:
        out.truncate(admission.MAX_NOTEBOOK_BYTES + 1)


def _cells(folder: Path) -> None:
    nb = nbformat.read(notebook(folder), as_version=4)
    content = json.loads(nbformat.writes(nb))
    content["cells"] += [dict(new_markdown_cell("x"))] * 100_000
    notebook(folder).write_text(json.dumps(content))


def _deep(folder: Path) -> None:
    notebook(folder).write_bytes(
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    )


def _old(folder: Path) -> None:
    about = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": []}]}
    notebook(folder).write_text(json.dumps(about))


def _files(folder: Path) -> None:
    for number in range(MAX_FILES + 1):
        (folder / f"{number}.txt").touch()


def _folders(folder: Path) -> None:
    folder.joinpath(*["d"] * 40).mkdir(parents=True)


def _link(folder: Path) -> None:
    """In the place of the whole submission: a link to the instructor's folder, with the answers."""
    shutil.rmtree(folder)
    folder.symlink_to(folder.parents[3] / "solutions" / ASSIGNMENT)


def _linked_notebook(folder: Path) -> None:
    notebook(folder).unlink()
    notebook(folder).symlink_to(folder.parents[3] / "solutions" / ASSIGNMENT / f"{NOTEBOOK}.ipynb")


def _date(folder: Path) -> None:
    (folder / "timestamp.txt").write_text("9" * 400)


HOSTILE: dict[str, tuple[Callable[[Path], None], str]] = {
    "outputs of 200 MB": (_heavy, "la entrega pasa de"),
    "a notebook over the limit": (_over_the_limit, "pesa más de 32 MB"),
    "100,000 cells": (_cells, "celdas"),
    "deep JSON": (_deep, "el cuaderno está dañado"),
    "an old format": (_old, "formato 4"),
    "a heap of files": (_files, "la entrega pasa de"),
    "folders in folders": (_folders, "carpetas, una dentro de otra"),
    "a link as folder": (_link, "es un enlace a otra carpeta"),
    "a link as notebook": (_linked_notebook, "era un enlace o pasa de 32 MB"),
    "no date": (_date, "no se entiende"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_button_refuses_what_the_engine_refuses_and_changes_no_mark(course, kind):
    spoil, words = HOSTILE[kind]
    folder = hand_in(course, "ana", RIGHT)
    chunk("ana")
    before, copy = rows(), receipt_in(place("ana"))
    spoil(folder)
    told = press()
    assert told["success"] is False
    (line,) = errors(told)
    assert line.startswith(f"ana: no se calificó {ASSIGNMENT}, y las notas que tenía siguen como estaban: "), line
    assert words in line
    assert line in told["error"]
    assert (rows(), receipt_in(place("ana"))) == (before, copy)
    reason = chunk("ana")["ana"].reason
    assert reason and reason in line  # the engine, in the same words


@pytest.mark.parametrize("kind", HOSTILE)
def test_refused_work_leaves_nothing_where_there_was_nothing(course, kind):
    HOSTILE[kind][0](hand_in(course, "ana", RIGHT))
    assert press()["success"] is False
    assert not place("ana").exists()
    with Gradebook(Cohort().db_url) as gradebook:
        assert gradebook.assignment_submissions(ASSIGNMENT) == []


def test_a_batch_goes_on_with_the_next(course, grades):
    """``nbgrader autograde TAREA``: the hostile first, the others graded."""
    students = [f"a{number}" for number in range(len(HOSTILE))]
    for student, (spoil, _words) in zip(students, HOSTILE.values(), strict=True):
        spoil(hand_in(course, student, RIGHT))
    hand_in(course, "luis", RIGHT)
    told = press("*")
    assert [line.split(":")[0] for line in errors(told)] == students
    assert told["success"] is True
    assert grades("luis")["p01"] == (2, False)
    assert sorted(path.name for path in place("luis").parents[1].iterdir() if path.name[0] != ".") == ["luis"]


def test_honest_work_is_graded_whatever_lies_beside_its_notebook(course, grades):
    """Other notebooks are nobody's business: neither the engine nor nbgrader reads them."""
    folder = hand_in(course, "ana", RIGHT)
    (folder / "otra.ipynb").write_text("{ roto")
    os.mkfifo(folder / "tubo")
    told = press()
    assert told["success"] is True, told
    assert grades("ana")["p01"] == (2, False)
    assert (folder / "tubo.apartado").is_file()


def test_halves_of_letters_are_no_reason_to_refuse(course, grades):
    folder = hand_in(course, "ana", RIGHT, written="Le explico sus derechos AQUI.")
    text = notebook(folder).read_text()
    notebook(folder).write_text(text.replace("AQUI", "\\ud83e"))
    assert chunk("ana")["ana"].state == "graded"
    told = press()
    assert told["success"] is True, told
    assert grades("ana")["p01"] == (2, False)


def test_a_notebook_just_within_the_limits_is_graded(course, grades, monkeypatch):
    """Cells that were deleted come back: the repaired copy may be over the limits that the work was within."""
    folder = hand_in(course, "ana", RIGHT, edit=lambda nb: nb.cells.pop())
    content = json.loads(notebook(folder).read_text())
    content["cells"] += [dict(new_markdown_cell("x"))] * (2000 - len(content["cells"]))
    notebook(folder).write_text(json.dumps(content))
    monkeypatch.setattr(admission, "MAX_NOTEBOOK_BYTES", notebook(folder).stat().st_size)
    told = press()
    assert told["success"] is True, told
    assert grades("ana")["p01"] == (2, False)


def test_an_assignment_that_nobody_published_is_for_nbgrader_to_tell(course):
    folder = hand_in(course, "ana", RIGHT)
    folder.rename(folder.with_name("91-otra"))
    told = Cohort().api.autograde("91-otra", "ana")
    assert told["success"] is False
    assert "No assignment with ID '91-otra'" in told["log"]
