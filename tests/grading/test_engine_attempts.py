"""Which attempt is which, which one counts, and what brings an earlier one back. Each fails when its line is broken."""
# mypy: disable-error-code="attr-defined"

import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from ciberaula.errors import UserError
from ciberaula.grading import engine
from ciberaula.grading.autograde import TwoStageExecute
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.marking import Marker
from ciberaula.grading.sandbox.levels import SandboxRefused
from ciberaula.grading.truth import released_code
from tests.grading.conftest import enter
from tests.grading.course import ASSIGNMENT, RIGHT, hand_in
from tests.grading.test_engine import chunk
from tests.grading.test_engine_differential import SECOND
from tests.grading.test_engine_differential import _course as two_notebooks
from tests.grading.test_engine_faults import BEST, again, attempts, change_test, grade_of, place, plan
from tests.grading.test_engine_survivors import _while_marking as while_marking

SUNDAY, MONDAY, TUESDAY = (
    "2026-03-01 10:00:00.000000 UTC",
    "2026-03-02 10:00:00.000000 UTC",
    "2026-03-03 10:00:00.000000 UTC",
)
BY_CODE = 'submit_answer("p02", 5)'


class Refuses:
    def run(self, *_given: Any) -> Any:
        raise SandboxRefused("hoy no hay aislamiento")


def no_sandbox(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(TwoStageExecute, "isolated_run", lambda _self: Refuses())


def test_the_best_attempt_comes_back_from_the_exchange_when_its_copy_is_lost(course: Path) -> None:
    """engine ``pending``: ``bring_back``; collecting: the attempt of that very moment."""
    plan(course, BEST)
    folder = hand_in(course, "ana", RIGHT)
    inbound = course / "var" / "exchange" / "ciberaula" / "inbound"
    inbound.mkdir(parents=True)
    for moment in (SUNDAY, MONDAY):
        shutil.copytree(folder, inbound / f"ana+{ASSIGNMENT}+{moment}+x")
    chunk("ana")
    later = again(course, "ana", {"p01": "a"}, TUESDAY)
    shutil.copytree(later, inbound / f"ana+{ASSIGNMENT}+{TUESDAY}+y")
    assert chunk("ana")["ana"].state == "kept"
    shutil.rmtree(place("ana"))
    assert engine.pending(ASSIGNMENT).todo == ("ana",)
    assert (folder / "timestamp.txt").read_text() == MONDAY
    assert chunk("ana")["ana"].state == "graded"
    assert place("ana").is_dir()
    told = [(one.number, one.points, one.counts) for one in attempts("ana")]
    assert told == [(1, 6, True), (2, 0, False)]


def test_a_regrade_without_sandbox_of_what_does_not_count_says_what_counts(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """engine ``_is_settled``: ``attempt.counts``."""
    plan(course, BEST)
    hand_in(course, "ana", RIGHT)
    chunk("ana")
    again(course, "ana", {"p01": "b"}, TUESDAY, code=BY_CODE)
    assert chunk("ana")["ana"].state == "kept"
    no_sandbox(monkeypatch)
    told = chunk("ana", force=True)["ana"]
    assert told.state == "not_gradable"
    assert "cuenta la entrega n.º 1" in (told.reason or "")
    assert grade_of("ana", "p03")[0] == 1


def test_what_failed_is_in_the_ledger_also_where_another_stopped_the_chunk(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """engine ``_Chunk.only``: ``failed``; ``_book_all``: one by one."""
    for student in ("ana", "eva", "luis"):
        folder = hand_in(course, student, RIGHT)
        if student == "ana":
            (folder / "prueba.ipynb").write_text("{ roto")
    real = engine.book

    def book(connection: Any, assignment: str, marked: Any, changed: Any) -> None:
        if "luis" in {one.student for one in marked}:
            raise KeyError("algo de luis")
        real(connection, assignment, marked, changed)

    monkeypatch.setattr(engine, "book", book)
    outcomes = chunk("ana", "eva", "luis")
    assert {one.student: one.state for one in outcomes.values()} == {"ana": "failed", "eva": "graded", "luis": "failed"}
    assert [one.state for one in attempts("ana")] == ["failed"]
    assert [one.state for one in attempts("eva")] == ["graded"]
    assert attempts("luis") == []
    assert {one.student: one.state for one in chunk("eva", "luis").values()} == {"eva": "unchanged", "luis": "failed"}


def test_a_gradebook_out_of_reach_is_no_fault_of_anybodys(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """engine ``_book_all``: ``except UserError: raise``: not one by one, and nobody is told to have failed."""
    for student in ("ana", "luis"):
        hand_in(course, student, RIGHT)
    tries = []

    def book(*_given: Any) -> None:
        tries.append(1)
        raise UserError("El libro no responde.")

    monkeypatch.setattr(engine, "book", book)
    with pytest.raises(UserError, match="no responde"):
        chunk("ana", "luis")
    assert tries == [1]


def test_work_corrected_by_hand_is_the_attempt_it_was(course: Path) -> None:
    """store ``number_of``: by its moment where it has one, else by what is in it."""
    folder = hand_in(course, "ana", {"p01": "a"})
    chunk("ana")
    (folder / "nota.txt").write_text("de quien califica")
    chunk("ana")
    assert [one.number for one in attempts("ana")] == [1]
    (folder / "timestamp.txt").unlink()
    chunk("ana")
    (folder / "nota.txt").write_text("otra vez")
    chunk("ana")
    assert [one.number for one in attempts("ana")] == [1, 2, 3]


def test_who_failed_twice_with_the_same_work_has_one_row_and_the_first_score_is_the_second_row(course: Path) -> None:
    """store ``failure`` and ``number_of``: ``one.state == "failed"``, ``!=``; ledger ``record``: only what failed goes."""
    folder = hand_in(course, "ana", RIGHT)
    whole = (folder / "prueba.ipynb").read_bytes()
    (folder / "prueba.ipynb").write_text("{ roto")
    chunk("ana")
    chunk("ana", force=True)
    assert [(one.number, one.state) for one in attempts("ana")] == [(1, "failed")]
    (folder / "prueba.ipynb").write_bytes(whole)
    chunk("ana")
    assert [(one.state, one.counts) for one in attempts("ana")] == [("graded", True)]


def test_the_marks_of_one_assignment_are_in_no_other(course: Path) -> None:
    """booking ``_rows_of_submissions``: ``mine``; the others' rows are before and after its own."""
    others = ["89-antes", "91-despues"]
    hand_in(course, "ana", {"p01": "a"})
    with Gradebook(Cohort().db_url) as gradebook:
        gradebook.update_or_create_student("ana")
        for name in others:
            gradebook.add_assignment(name)
        gradebook.add_submission(others[0], "ana")
    chunk("ana")
    with Gradebook(Cohort().db_url) as gradebook:
        gradebook.add_submission(others[1], "ana")
    again(course, "ana", RIGHT, TUESDAY)
    chunk("ana")
    with Gradebook(Cohort().db_url) as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "ana").score == 6
        found = [gradebook.find_submission(name, "ana") for name in others]
        assert [(one.timestamp, one.notebooks) for one in found] == [(None, [])] * len(others)


def test_a_score_that_does_not_count_stays_when_the_same_work_fails_later(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """store ``failure``: ``one.state == "failed"``."""
    plan(course, BEST)
    hand_in(course, "ana", RIGHT)
    chunk("ana")
    again(course, "ana", {"p01": "b"}, TUESDAY)
    chunk("ana")
    before = attempts("ana")

    def breaks(*_given: Any) -> Any:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Marker, "mark", breaks)
    assert chunk("ana", force=True)["ana"].state == "failed"
    assert [(one.points, one.counts) for one in before] == [(6, True), (2, False)]
    assert attempts("ana")[:2] == before
    assert [(one.number, one.state) for one in attempts("ana")[2:]] == [(3, "failed")]


def test_an_answer_in_code_that_a_person_judges_is_no_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """truth ``notebook_truth``: ``grades - solutions``: else it would be run as one, and could give no score."""
    root = tmp_path / "curso"
    two_notebooks(root)
    enter(monkeypatch, root)
    assert Cohort().generate(ASSIGNMENT).done
    shutil.copy(root / "exercises" / ASSIGNMENT / f"{SECOND}.ipynb", hand_in(root, "ana", RIGHT))
    told = chunk("ana")["ana"]
    assert (told.state, told.reason) == ("graded", None)


def test_scores_by_other_tests_are_not_kept_for_todays(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """engine ``_is_settled``: ``attempt.key``: what the tests of before gave says nothing of what these would give."""
    hand_in(course, "ana", {"p01": "b"}, code=BY_CODE)
    chunk("ana")
    change_test(course)
    no_sandbox(monkeypatch)
    told = chunk("ana")["ana"]
    assert told.state == "not_gradable"
    assert "se conservan" not in (told.reason or "")
    assert grade_of("ana", "p02") == (None, None, True)


def test_what_another_grader_could_not_score_meanwhile_is_scored(course: Path) -> None:
    """engine ``graded_meanwhile``: ``attempt.state == "graded"``."""
    hand_in(course, "ana", {"p01": "b"}, code=BY_CODE)

    def other() -> None:
        with pytest.MonkeyPatch.context() as patch:
            no_sandbox(patch)
            assert chunk("ana")["ana"].state == "not_gradable"

    with pytest.MonkeyPatch.context() as patch:
        while_marking(patch, other)
        assert chunk("ana")["ana"].state == "graded"
    assert grade_of("ana", "p02") == (3, None, False)


def test_other_work_that_another_grader_did_meanwhile_is_not_ours(course: Path) -> None:
    """engine ``graded_meanwhile``: ``attempt.digest == one.digest``."""
    hand_in(course, "ana", {"p01": "a"})

    def other() -> None:
        again(course, "ana", RIGHT, TUESDAY)
        assert chunk("ana")["ana"].state == "graded"

    with pytest.MonkeyPatch.context() as patch:
        while_marking(patch, other)
        told = chunk("ana")["ana"]
    assert (told.state, "cambió" in (told.reason or "")) == ("failed", True)
    assert grade_of("ana", "p01")[0] == 2


def test_points_that_changed_are_other_tests(course: Path) -> None:
    """truth ``_digest``: the cells' metadata."""
    hand_in(course, "ana", RIGHT)
    chunk("ana")
    path = course / "solutions" / ASSIGNMENT / "prueba.ipynb"
    nb = nbformat.read(path, as_version=4)
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "p04":
            cell.metadata.nbgrader.points = 8
    nbformat.write(nb, path)
    assert Cohort().generate(ASSIGNMENT).done
    assert engine.pending(ASSIGNMENT).todo == ("ana",)


def test_blanks_around_a_released_cell_do_not_make_it_anothers(tmp_path: Path) -> None:
    """truth ``released_code``: ``strip``: whoever only opened and saved it has written no code."""
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("\nx = 1\n")]), tmp_path / "a.ipynb")
    assert released_code(tmp_path / "a.ipynb") == {"x = 1"}
