"""The grading engine: the same as nbgrader's own way, all or nothing, and right again after a crash."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
import sqlalchemy as sa
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook

from ciberaula.errors import UserError
from ciberaula.grading import engine, ledger
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.config import course_config
from ciberaula.grading.outcomes import Graded
from ciberaula.grading.staging import ASIDE, RECEIPT, Stage, receipt_in
from tests.grading.course import ASSIGNMENT, NOTEBOOK, RIGHT, hand_in

WORK: dict[str, dict[str, Any]] = {
    "todo": {"answers": RIGHT, "written": "Le explico sus derechos."},
    "nada": {"answers": {}},
    "sin-hoja": {},
    "mal": {"answers": {"p01": "a", "p02": 5, "p03": "si"}},
    "codigo": {"answers": {"p01": "b"}, "code": 'submit_answer("p02", 5)'},
    "danada": {"answers": b"{ roto"},
}


def chunk(*students: str, force: bool = False) -> dict[str, Graded]:
    return {one.student: one for one in engine.grade_chunk(engine.Order(ASSIGNMENT, students, force))}


def rows() -> dict[str, Any]:
    """Everything that the gradebook holds of the submissions, without its random ids."""
    with Gradebook(Cohort().db_url) as gradebook:
        return {
            one.student.id: {
                "at": one.timestamp,
                "score": one.score,
                "waits": one.needs_manual_grade,
                "penalty": [notebook.late_submission_penalty for notebook in one.notebooks],
                "grades": sorted(
                    (grade.name, grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                    for notebook in one.notebooks
                    for grade in notebook.grades
                ),
                "comments": sorted(
                    (comment.name, comment.auto_comment, comment.manual_comment)
                    for notebook in one.notebooks
                    for comment in notebook.comments
                ),
            }
            for one in gradebook.assignment_submissions(ASSIGNMENT)
        }


def copies(students: list[str]) -> dict[str, Any]:
    """The graded folders: files by name, and the notebook without what differs from run to run."""
    found = {}
    for student in students:
        folder = Cohort().folder("autograded", student, ASSIGNMENT)
        nb = nbformat.read(folder / f"{NOTEBOOK}.ipynb", as_version=4)
        for cell in nb.cells:
            cell.pop("id")
        nb.metadata["ciberaula"].get("isolated", {}).pop("seconds", None)
        files = {
            str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and path.suffix != ".ipynb" and path.name != RECEIPT
        }
        found[student] = (json.loads(json.dumps(nb)), files)
    return found


def test_a_chunk_leaves_what_nbgraders_own_way_leaves(course):
    for student, work in WORK.items():
        hand_in(course, student, **work)
    chunk(*WORK)
    ours = rows(), copies(list(WORK))
    shutil.rmtree(course / "var" / "autograded")
    (course / "var" / "gradebook.db").unlink()
    cohort = Cohort()
    assert cohort.generate(ASSIGNMENT).done
    for student in WORK:
        assert cohort.api.autograde(ASSIGNMENT, student)["success"]
    assert (rows(), copies(list(WORK))) == ours


def test_the_marks_of_a_chunk_are_written_all_or_none(course):
    for student in ("ana", "luis"):
        hand_in(course, student, RIGHT)

    def fails(*_given: Any) -> None:
        raise sa.exc.OperationalError("UPDATE", {}, Exception("disk full"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "record", fails)
        with pytest.raises(UserError):
            chunk("ana", "luis")
    assert rows() == {}
    assert not list((course / "var" / "autograded" / ASIDE).glob("[!.]*"))
    assert {one.state for one in chunk("ana", "luis").values()} == {"graded"}


def test_nothing_new_is_nothing_to_do(course):
    for student in ("ana", "luis"):
        hand_in(course, student, RIGHT)
    assert engine.pending(ASSIGNMENT).todo == ("ana", "luis")
    chunk("ana", "luis")
    assert engine.pending(ASSIGNMENT) == engine.Pending((), ("ana", "luis"))
    before = receipt_in(Cohort().folder("autograded", "ana", ASSIGNMENT))
    assert chunk("ana")["ana"].state == "unchanged"
    assert receipt_in(Cohort().folder("autograded", "ana", ASSIGNMENT)) == before
    assert engine.pending(ASSIGNMENT, force=True).todo == ("ana", "luis")


def _touch(folder: Path) -> None:
    for path in folder.iterdir():
        os.utime(path)


def _change_sheet(folder: Path) -> None:
    (folder / "respuestas.json").write_bytes((folder / "respuestas.json").read_bytes().replace(b'"b"', b'"a"'))


def _lose_copy(_folder: Path) -> None:
    shutil.rmtree(Cohort().folder("autograded", "ana", ASSIGNMENT))


def _press_autograde(_folder: Path) -> None:
    assert Cohort().api.autograde(ASSIGNMENT, "ana")["success"]


def _change_test(_folder: Path) -> None:
    path = Path(os.environ["CIBERAULA_COURSE"], "solutions", ASSIGNMENT, f"{NOTEBOOK}.ipynb")
    path.write_text(path.read_text().replace('key=\\"b\\"', 'key=\\"c\\"'))
    assert Cohort().generate(ASSIGNMENT).done


@pytest.mark.parametrize(
    ("change", "again"),
    [(_touch, False), (_change_sheet, True), (_lose_copy, True), (_press_autograde, True), (_change_test, True)],
)
def test_what_makes_work_pending_again(course, change, again):
    folder = hand_in(course, "ana", RIGHT)
    hand_in(course, "luis", RIGHT)
    chunk("ana", "luis")
    change(folder)
    assert ("ana" in engine.pending(ASSIGNMENT).todo) == again
    assert ("luis" in engine.pending(ASSIGNMENT).todo) == (change is _change_test)


def test_a_second_attempt_has_a_row_of_its_own_and_the_first_one_stays(course, grades):
    folder = hand_in(course, "ana", {"p01": "a"})
    chunk("ana")
    shutil.rmtree(folder)
    (hand_in(course, "ana", RIGHT) / "timestamp.txt").write_text("2026-03-03 10:00:00.000000 UTC")
    chunk("ana")
    assert grades("ana")["p01"] == (2, False)
    with ledger.reading(Cohort().db_url) as connection:
        (attempts,) = ledger.attempts_of(connection, ASSIGNMENT).values()
    assert [(one.number, one.points, one.counts) for one in attempts] == [(1, 0.0, False), (2, 6.0, True)]


def _set_by_hand(item: str, points: float) -> None:
    with Gradebook(Cohort().db_url) as gradebook:
        grade = gradebook.find_grade(item, NOTEBOOK, ASSIGNMENT, "ana")
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.find_comment("p04", NOTEBOOK, ASSIGNMENT, "ana").manual_comment = "Muy bien."
        gradebook.db.commit()


def _grade_of(item: str) -> tuple[float | None, float | None, bool]:
    with Gradebook(Cohort().db_url) as gradebook:
        grade = gradebook.find_grade(item, NOTEBOOK, ASSIGNMENT, "ana")
        return grade.auto_score, grade.manual_score, grade.needs_manual_grade


def test_what_a_person_gave_stays_and_waits_again_only_over_other_words(course):
    folder = hand_in(course, "ana", RIGHT, written="Le explico sus derechos.")
    chunk("ana")
    _set_by_hand("p04", 3)
    _set_by_hand("p01", 1)
    chunk("ana", force=True)
    assert _grade_of("p04") == (None, 3, False)
    assert _grade_of("p01") == (2, 1, False)
    shutil.rmtree(folder)
    hand_in(course, "ana", {**RIGHT, "p01": "a"}, written="Le pido la cédula.")
    chunk("ana")
    assert _grade_of("p04") == (None, 3, True)  # other words: a person looks again, and her points are still there
    assert _grade_of("p01") == (0, 1, True)
    with Gradebook(Cohort().db_url) as gradebook:
        assert gradebook.find_comment("p04", NOTEBOOK, ASSIGNMENT, "ana").manual_comment == "Muy bien."


def test_a_folder_left_aside_comes_into_its_place_or_goes(course):
    """As after a kill between the gradebook and the folder, and before the gradebook."""
    hand_in(course, "ana", RIGHT)
    hand_in(course, "luis", RIGHT)
    chunk("ana")
    place = Cohort().folder("autograded", "ana", ASSIGNMENT)
    receipt = receipt_in(place)
    assert receipt is not None
    aside = course / "var" / "autograded" / ASIDE
    stage = Stage(aside)
    place.rename(stage.folder / receipt)
    stage.place("otro")
    stage._lock.close()  # the process is gone, its folder is not
    assert engine.pending(ASSIGNMENT) == engine.Pending(("luis",), ("ana",))
    assert receipt_in(place) == receipt
    assert not list(aside.glob("[!.]*"))


def test_what_another_process_is_making_is_left_alone(course):
    hand_in(course, "ana", RIGHT)
    stage = Stage(course / "var" / "autograded" / ASIDE)
    folder = stage.place("suyo")
    engine.pending(ASSIGNMENT)
    assert folder.is_dir()
    stage.close()


def test_failed_work_is_in_the_ledger_and_does_not_hide_what_counted(course, grades):
    folder = hand_in(course, "ana", RIGHT)
    chunk("ana")
    (folder / f"{NOTEBOOK}.ipynb").write_text("{ roto")
    outcome = chunk("ana")["ana"]
    assert (outcome.state, outcome.reason) == (
        "failed",
        "el cuaderno está dañado (no es un cuaderno o está cortado); pida otra entrega",
    )
    assert grades("ana")["p01"] == (2, False)
    with ledger.reading(Cohort().db_url) as connection:
        (attempts,) = ledger.attempts_of(connection, ASSIGNMENT).values()
    assert [(one.state, one.counts) for one in attempts] == [("graded", True), ("failed", False)]
    assert engine.pending(ASSIGNMENT).todo == ("ana",)  # it comes up again


@pytest.mark.parametrize("what", ["size", "cells"])
def test_a_notebook_beyond_all_measure_is_refused_with_a_reason(course, what):
    def grow(nb: Any) -> None:
        if what == "size":
            nb.cells[0].source += "x" * (33 * 2**20)
        else:
            nb.cells.extend(new_code_cell("1") for _number in range(2001))

    hand_in(course, "ana", RIGHT, edit=grow)
    hand_in(course, "luis", RIGHT)
    outcomes = chunk("ana", "luis")
    assert outcomes["ana"].state == "failed"
    assert ("32 MB" if what == "size" else "2000 celdas") in (outcomes["ana"].reason or "")
    assert outcomes["luis"].state == "graded"


def test_an_assignment_that_was_never_generated_is_one_line(course):
    with pytest.raises(UserError, match="ciberaula release 91-otra"):
        engine.grade_chunk(engine.Order("91-otra", ("ana",)))


def test_the_engine_is_configured_as_nbgrader_is(course_with):
    root = course_with({"p01": (2, "while True: pass")})
    config = course_config()
    config.TwoStageExecute.scoring_timeout = 0.2
    hand_in(root, "ana", RIGHT)
    (outcome,) = engine.grade_chunk(engine.Order(ASSIGNMENT, ("ana",)), config)
    assert (outcome.state, "0.2 s" in (outcome.reason or "")) == ("not_gradable", True)
