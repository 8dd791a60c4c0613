"""What an engine that loses nothing must also stand: each of these stopped, doubled or lost something once."""
# mypy: disable-error-code="attr-defined, func-returns-value, var-annotated"

import os
import shutil
import sqlite3
import subprocess
import threading
from pathlib import Path
from typing import Any

import nbformat
import pytest
import sqlalchemy as sa
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook

from ciberaula.grading import engine, ledger, store
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.staging import RECEIPT, Stage, receipt_in
from ciberaula.grading.submission_files import signature_of
from tests.grading import course as small
from tests.grading.course import ASSIGNMENT, NOTEBOOK, RIGHT, cell_about, hand_in
from tests.grading.test_engine import chunk

BEST = "modules: []\nattempts: {counts: best}\n"


def plan(root: Path, words: str) -> None:
    (root / "modules" / "curriculum.yml").write_text(words, encoding="utf-8")


def at(folder: Path, moment: str) -> None:
    (folder / "timestamp.txt").write_text(moment, encoding="utf-8")


def again(course: Path, student: str, answers: Any, moment: str | None = None, **more: Any) -> Path:
    shutil.rmtree(course / "var" / "submitted" / student / ASSIGNMENT)
    folder = hand_in(course, student, answers, **more)
    if moment:
        at(folder, moment)
    return folder


def attempts(student: str) -> list[ledger.Attempt]:
    with ledger.reading(Cohort().db_url) as connection:
        return ledger.attempts_of(connection, ASSIGNMENT).get(student, [])


def place(student: str) -> Path:
    return Cohort().folder("autograded", student, ASSIGNMENT)


def grade_of(student: str, item: str) -> tuple[float | None, float | None, bool]:
    with Gradebook(Cohort().db_url) as gradebook:
        grade = gradebook.find_grade(item, NOTEBOOK, ASSIGNMENT, student)
        return grade.auto_score, grade.manual_score, grade.needs_manual_grade


def by_hand(student: str, item: str, points: float) -> None:
    with Gradebook(Cohort().db_url) as gradebook:
        grade = gradebook.find_grade(item, NOTEBOOK, ASSIGNMENT, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()


def change_test(root: Path, old: str = 'key=\\"b\\"', new: str = 'key=\\"c\\"') -> None:
    path = root / "solutions" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert Cohort().generate(ASSIGNMENT).done


# --- one submission must not stop the others -------------------------------------------------------------------------


def _nest(folder: Path, depth: int) -> None:
    here = Path.cwd()
    os.chdir(folder)
    try:
        for _ in range(depth):
            Path("d").mkdir()
            os.chdir("d")
    finally:
        os.chdir(here)


@pytest.mark.parametrize("depth", [300, 1100])
def test_a_folder_in_a_folder_a_thousand_times_costs_only_its_own(course, depth):
    folder = hand_in(course, "ana", RIGHT)
    hand_in(course, "luis", RIGHT)
    _nest(folder, depth)
    try:
        outcomes = chunk("ana", "luis")
        assert outcomes["luis"].state == "graded"
        assert (outcomes["ana"].state, "30 carpetas" in (outcomes["ana"].reason or "")) == ("failed", True)
        assert "luis" in engine.pending(ASSIGNMENT).unchanged
    finally:  # Python 3.11's own rmtree, and so pytest, cannot take it away
        subprocess.run(["rm", "-rf", str(folder), str(place("ana"))], check=True)


def test_a_broken_graded_copy_stops_nobody(course):
    """marking compares the words with the graded copy that a person had: read while the marks are written."""
    for student in ("ana", "luis"):
        hand_in(course, student, RIGHT, written="Le explico sus derechos.")
    chunk("ana", "luis")
    by_hand("ana", "p04", 3)
    copy = place("ana") / f"{NOTEBOOK}.ipynb"
    copy.chmod(0o644)
    copy.write_text("{ cortado")
    again(course, "ana", RIGHT, written="Le pido la cédula.")
    again(course, "luis", {**RIGHT, "p01": "a"})
    outcomes = chunk("ana", "luis")
    assert {one.state for one in outcomes.values()} == {"graded"}
    assert grade_of("ana", "p04") == (None, 3, True)


def test_an_unreadable_receipt_stops_nobody(course):
    for student in ("ana", "luis"):
        hand_in(course, student, RIGHT)
    chunk("ana", "luis")
    receipt = place("ana") / RECEIPT
    receipt.chmod(0o644)
    receipt.write_bytes(b"\xff\xfe\x00")
    assert engine.pending(ASSIGNMENT).todo == ("ana",)


def test_a_trainee_folder_with_a_name_in_no_encoding_stops_nobody(course):
    hand_in(course, "luis", RIGHT)
    odd = os.fsdecode(b"jos\xe9")  # as an old archive unpacks it
    shutil.copytree(course / "var" / "submitted" / "luis", course / "var" / "submitted" / odd)
    todo = engine.pending(ASSIGNMENT).todo
    outcomes = {one.student: one.state for one in engine.grade_chunk(engine.Order(ASSIGNMENT, todo))}
    assert outcomes["luis"] == "graded"


def test_a_folder_that_may_not_be_read_stops_nobody(course):
    """As somebody who is not root."""
    hand_in(course, "luis", RIGHT)
    hand_in(course, "ana", RIGHT)
    real = Path.is_dir

    def refuses(path: Path) -> bool:
        if path.parent.name == "ana":
            raise PermissionError(13, "Permission denied")
        return real(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "is_dir", refuses)
        assert "luis" in engine.pending(ASSIGNMENT).todo


# --- graded copies -----------------------------------------------------------------------------------------------------


def test_a_copy_that_cannot_be_put_in_place_costs_only_its_own_and_is_told(course, monkeypatch):
    for student in ("ana", "luis"):
        hand_in(course, student, RIGHT)
    chunk("ana", "luis")
    before = receipt_in(place("luis"))
    again(course, "ana", {"p01": "a"})
    again(course, "luis", {"p01": "a"})
    real = Path.rename

    def full(path: Path, target: Any) -> Path:
        if Path(target) == place("ana") and path.name != "antes":
            raise OSError(28, "No space left on device")
        return real(path, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "rename", full)
        outcomes = chunk("ana", "luis")
    assert outcomes["ana"].state == "failed"
    assert "espera su lugar" in (outcomes["ana"].reason or "")
    assert outcomes["luis"].state == "graded"
    # What the gradebook counts is not thrown away with the folder aside: the next look puts it in its place.
    assert engine.pending(ASSIGNMENT) == engine.Pending((), ("ana", "luis"))
    assert receipt_in(place("luis")) != before


def test_a_slower_grader_does_not_put_its_copy_over_a_newer_one(course):
    """Two graders of two attempts: the first one to commit is the last one to publish."""
    hand_in(course, "ana", {"p01": "a"})
    real, done = Stage.publish, []

    def late(stage: Stage, receipt: str, target: Path, counts: Any) -> None:
        if not done:
            done.append(receipt)
            again(course, "ana", RIGHT, "2026-03-03 10:00:00.000000 UTC")
            assert chunk("ana")["ana"].state == "graded"
        real(stage, receipt, target, counts)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stage, "publish", late)
        chunk("ana")
    (counting,) = [one for one in attempts("ana") if one.counts]
    assert counting.number == 2
    assert receipt_in(place("ana")) == counting.receipt


def test_two_that_publish_at_once_do_not_meet(course, tmp_path):
    """Between the two renames of one, the whole of the other."""
    target = tmp_path / "autograded" / "ana" / ASSIGNMENT
    one, other = Stage(tmp_path / "c"), Stage(tmp_path / "c")
    for stage, receipt in ((one, "r1"), (other, "r2")):
        stage.place(receipt)
    first = one.place("r0")
    one.publish(first.name, target)
    real, met, started = Path.rename, [], []

    def between(path: Path, where: Any) -> Path:
        if path.name == "r1" and not met:
            met.append(True)
            thread = threading.Thread(target=other.publish, args=("r2", target))
            thread.start()
            thread.join(1)  # it waits for us; if it did not, it would be through by now
            started.append(thread)
        return real(path, where)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "rename", between)
        one.publish("r1", target)  # OSError: Directory not empty
        (waiting,) = started
        waiting.join()
    assert receipt_in(target) == "r2"


def test_what_another_grader_is_putting_in_its_place_is_not_graded_again(course):
    """Its marks are in the gradebook, its folder is not there yet: it is on its way, not lost."""
    hand_in(course, "ana", RIGHT)
    real, meanwhile = Stage.publish, []

    def held(stage: Stage, receipt: str, target: Path, counts: Any) -> None:
        if not meanwhile:
            meanwhile.append((engine.pending(ASSIGNMENT).todo, chunk("ana")["ana"].state))
        real(stage, receipt, target, counts)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stage, "publish", held)
        assert chunk("ana")["ana"].state == "graded"
    assert meanwhile == [((), "unchanged")]
    (attempt,) = attempts("ana")
    assert receipt_in(place("ana")) == attempt.receipt


@pytest.mark.parametrize("name", [f"{NOTEBOOK}.ipynb", "respuestas.json", "timestamp.txt"])
def test_a_pipe_that_takes_the_place_of_a_file_while_it_is_read_holds_nobody_up(course, name):
    """Whoever opens a pipe waits until somebody writes into it."""
    folder = hand_in(course, "ana", RIGHT)
    at(folder, "2026-03-03 10:00:00.000000 UTC")
    real, swapped = store.signature_of, []

    def swap(path: Path) -> str:
        signature = real(path)
        if not swapped:
            swapped.append(name)
            (path / name).unlink()
            os.mkfifo(path / name)
        return signature

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ciberaula.grading.marking.signature_of", swap)
        assert chunk("ana")["ana"].state in ("failed", "not_gradable")
    assert swapped


# --- what counts ---------------------------------------------------------------------------------------------------------


def test_the_button_of_formgrader_does_not_take_the_best_attempt_away(course, grades):
    plan(course, BEST)
    hand_in(course, "ana", RIGHT)
    chunk("ana")
    again(course, "ana", {"p01": "a"}, "2026-03-03 10:00:00.000000 UTC")
    assert chunk("ana")["ana"].state == "kept"
    assert Cohort().api.autograde(ASSIGNMENT, "ana")["success"]
    for _round in range(2):
        engine.grade_chunk(engine.Order(ASSIGNMENT, engine.pending(ASSIGNMENT).todo))
    counting = [one for one in attempts("ana") if one.counts]
    # The ledger and nbgrader's rows say the same, whichever counts.
    assert sum(score or 0 for score, _waits in grades("ana").values()) == sum(one.points or 0 for one in counting)
    assert engine.pending(ASSIGNMENT).todo == ()


def test_a_lost_copy_of_the_best_attempt_is_not_graded_for_ever(course):
    plan(course, BEST)
    hand_in(course, "ana", RIGHT)
    chunk("ana")
    again(course, "ana", {"p01": "a"}, "2026-03-03 10:00:00.000000 UTC")
    chunk("ana")
    shutil.rmtree(place("ana"))
    outcome = chunk("ana")["ana"]
    assert place("ana").is_dir() or "copia" in (outcome.reason or "")


def test_marks_of_other_tests_do_not_pass_for_current(course):
    """Best: the first counts; the test changes so that it is wrong; only the second lies in ``submitted``."""
    plan(course, BEST)
    hand_in(course, "ana", {"p01": "b"})
    chunk("ana")
    again(course, "ana", {"p01": "c"}, "2026-03-03 10:00:00.000000 UTC")
    assert chunk("ana")["ana"].state == "kept"
    change_test(course)  # now «c» is right
    chunk("ana")
    counting = next(one for one in attempts("ana") if one.counts)
    assert counting.number == 2, f"attempt {counting.number} counts with marks of tests that are gone"


def test_a_correction_by_hand_that_is_taken_back_is_graded(course, grades):
    """The instructor changes the sheet in ``submitted`` (same date), grades, puts the old one back, grades."""
    sheet = hand_in(course, "ana", RIGHT) / "respuestas.json"
    first = sheet.read_bytes()
    chunk("ana")
    sheet.write_bytes(first.replace(b'"b"', b'"a"'))
    chunk("ana")
    assert grades("ana")["p01"] == (0, False)
    sheet.write_bytes(first)
    chunk("ana")
    assert grades("ana")["p01"] == (2, False)


def test_a_correction_by_hand_does_not_use_up_an_attempt(course, grades):
    plan(course, "modules: []\nattempts: {counts: last, most: 1}\n")
    sheet = hand_in(course, "ana", {**RIGHT, "p01": "a"}) / "respuestas.json"
    chunk("ana")
    sheet.write_bytes(sheet.read_bytes().replace(b'"a"', b'"b"'))
    chunk("ana")
    assert grades("ana")["p01"] == (2, False)


def test_a_slower_grader_of_older_content_does_not_win(course, grades):
    """The sheet is corrected (same date) and graded by another while we grade the old one."""
    sheet = hand_in(course, "ana", {**RIGHT, "p01": "a"}) / "respuestas.json"
    real, done = engine.Engine._book, []

    def late(self: Any, work: Any) -> Any:
        if not done:
            done.append(True)
            sheet.write_bytes(sheet.read_bytes().replace(b'"a"', b'"b"'))
            chunk("ana")
        return real(self, work)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine.Engine, "_book", late)
        chunk("ana")
    if grades("ana")["p01"] != (2, False):
        assert engine.pending(ASSIGNMENT).todo == ("ana",)


def test_work_replaced_while_it_is_graded_is_not_kept_under_the_wrong_digest(course):
    """The folder changes after its digest was taken and before it is read."""
    folder = hand_in(course, "ana", {**RIGHT, "p01": "a"})
    from ciberaula.grading import marking

    real, done = marking.digest_of, []

    def then(path: Path) -> str:
        found = real(path)
        if not done:
            done.append(True)
            again(course, "ana", RIGHT, "2026-03-03 10:00:00.000000 UTC")
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marking, "digest_of", then)
        chunk("ana")
    digest = marking.digest_of(folder)
    assert [one.points for one in attempts("ana") if one.digest != digest] in ([], [4.0])


def test_a_regrade_that_fails_to_score_keeps_the_score_of_the_same_work(course, grades, monkeypatch):
    """No sandbox today: the marks of yesterday, by the same tests, are not taken back."""
    hand_in(course, "ana", {"p01": "b"}, code='submit_answer("p02", 5)')
    chunk("ana")
    assert grades("ana")["p02"] == (3, False)
    from ciberaula.grading.autograde import TwoStageExecute
    from ciberaula.grading.sandbox.levels import SandboxRefused

    class Refuses:
        def run(self, *_given: Any) -> Any:
            raise SandboxRefused("hoy no hay aislamiento")

    shutil.rmtree(place("ana"))
    monkeypatch.setattr(TwoStageExecute, "isolated_run", lambda _self: Refuses())
    chunk("ana")
    assert grades("ana")["p02"] == (3, False)
    assert grades("ana")["p01"] == (2, False)


# --- the ledger ------------------------------------------------------------------------------------------------------------


def test_nobody_gets_an_attempt_who_handed_nothing_in(course):
    """Also the instant in which collecting swaps a folder."""
    hand_in(course, "luis", RIGHT)
    chunk("luis", "nadie")
    assert attempts("nadie") == []


def test_times_that_changed_are_looked_up_once(course, monkeypatch):
    """A restored backup: same contents, other times. Not to be hashed again at every look."""
    folder = hand_in(course, "ana", RIGHT)
    chunk("ana")
    for path in folder.iterdir():
        os.utime(path, (1, 1))
    engine.pending(ASSIGNMENT)
    read: list[Path] = []
    real = store.digest_of
    monkeypatch.setattr(store, "digest_of", lambda path: read.append(path) or real(path))
    assert engine.pending(ASSIGNMENT).unchanged == ("ana",)
    assert read == []


def test_what_an_editor_leaves_in_solutions_changes_no_test(course):
    hand_in(course, "ana", RIGHT)
    chunk("ana")
    source = course / "solutions" / ASSIGNMENT
    (source / ".preguntas.yml.swp").write_bytes(b"x")
    (source / ".ipynb_checkpoints").mkdir()
    (source / ".ipynb_checkpoints" / "preguntas-checkpoint.yml").write_text("x")
    (source / f"{NOTEBOOK}.md").write_text("otra redacción de la fuente")
    assert engine.pending(ASSIGNMENT).todo == ()


def test_a_gradebook_put_back_from_before_our_tables_is_used(course):
    """A long-running service, and a backup from before the first grading."""
    base = course / "var" / "gradebook.db"
    hand_in(course, "ana", RIGHT)
    chunk("ana")
    with sqlite3.connect(base) as connection:
        for table in ("ciberaula_attempt", "ciberaula_override", "ciberaula_extension"):
            connection.execute(f"DROP TABLE {table}")
    connection.close()
    assert engine.pending(ASSIGNMENT).todo == ("ana",)


def test_same_sizes_and_times_are_another_work_where_the_file_is_another(course):
    """Shares with times of whole seconds: two attempts collected in one second, of the same size."""
    folder = hand_in(course, "ana", RIGHT)
    for path in folder.iterdir():
        os.utime(path, (1_000_000_000, 1_000_000_000))
    first = signature_of(folder)
    again(course, "ana", {**RIGHT, "p01": "a"})
    for path in folder.iterdir():
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert signature_of(folder) != first


# --- odd dates and depths on the way in ----------------------------------------------------------------------------------

ODD = "9999999999999999999999999999999999999999m"  # decimal.InvalidOperation in dateutil: neither ValueError nor OverflowError


def test_a_date_that_breaks_its_parser_costs_only_its_own(course):
    at(hand_in(course, "ana", RIGHT), ODD)
    hand_in(course, "luis", RIGHT)
    outcomes = chunk("ana", "luis")
    assert (outcomes["ana"].state, outcomes["luis"].state) == ("failed", "graded")


def test_an_odd_date_in_the_exchange_stops_no_collection(course):
    from ciberaula.grading.inbound import handed_in

    inbound = course / "var" / "exchange" / "ciberaula" / "inbound"
    (inbound / f"ana+{ASSIGNMENT}+{ODD}+x").mkdir(parents=True)
    (inbound / f"luis+{ASSIGNMENT}+2026-03-02 10:00:00.000000 UTC+x").mkdir()
    found, refused = handed_in(inbound, ASSIGNMENT)
    assert list(found) == ["luis"]
    assert len(refused) == 1


def test_a_deep_folder_in_the_exchange_stops_no_collection(course):
    from ciberaula.grading.collecting import collect
    from ciberaula.grading.config import course_config

    inbound = course / "var" / "exchange" / "ciberaula" / "inbound"
    for student in ("ana", "luis"):
        folder = inbound / f"{student}+{ASSIGNMENT}+2026-03-02 10:00:00.000000 UTC+x"
        folder.mkdir(parents=True)
        (folder / f"{NOTEBOOK}.ipynb").write_text("{}")
        (folder / "submission_secret.txt").write_text("x")
    deep = inbound / f"ana+{ASSIGNMENT}+2026-03-02 10:00:00.000000 UTC+x"
    _nest(deep, 1100)
    try:
        collected = collect(course_config(), ASSIGNMENT)
        assert collected.brought == ("luis",)
        assert len(collected.refused) == 1
    finally:
        subprocess.run(["rm", "-rf", str(deep), str(course / "var" / "submitted")], check=True)


# --- two notebooks, task cells -------------------------------------------------------------------------------------------


def test_a_task_waits_for_a_person_also_after_its_notebook_was_missing(tmp_path, monkeypatch):
    """Without its notebook a task is worth 0 and waits for nobody; once the notebook is there a person must look at it."""
    from tests.grading.conftest import enter

    root = tmp_path / "curso"
    small.write_course(root)
    source = root / "solutions" / ASSIGNMENT
    task = new_markdown_cell("Haga un dibujo.", metadata=cell_about("dibujo", task=True, locked=True, points=2))
    task["id"] = "dibujo-1"
    nbformat.write(
        nbformat.v4.new_notebook(
            cells=[task], metadata={"kernelspec": {"name": "python3", "display_name": "P", "language": "python"}}
        ),
        source / "otra.ipynb",
    )
    enter(monkeypatch, root)
    assert Cohort().generate(ASSIGNMENT).done
    folder = hand_in(root, "ana", RIGHT)
    chunk("ana")
    shutil.copy(root / "exercises" / ASSIGNMENT / "otra.ipynb", folder)
    chunk("ana")
    with Gradebook(Cohort().db_url) as gradebook:
        grade = gradebook.find_grade("dibujo", "otra", ASSIGNMENT, "ana")
        assert (grade.auto_score, grade.needs_manual_grade) == (None, True)


def test_files_that_nbgrader_ignores_are_not_in_the_graded_copy(course):
    folder = hand_in(course, "ana", RIGHT)
    for name in ("nota.md", "valoracion-x.yml", "x.pyc"):
        (folder / name).write_text("mío")
    chunk("ana")
    assert not {path.name for path in place("ana").iterdir()} & {"nota.md", "valoracion-x.yml", "x.pyc"}


def test_what_a_booking_costs_does_not_grow_with_the_gradebook(course):
    """Every query of a chunk must find its rows by an index."""
    hand_in(course, "ana", RIGHT)
    chunk("ana")
    told: list[str] = []
    with ledger.reading(Cohort().db_url) as connection:
        for statement in (
            "SELECT * FROM grade WHERE notebook_id IN ('x')",
            "SELECT * FROM comment WHERE notebook_id IN ('x')",
            "SELECT * FROM submitted_notebook WHERE assignment_id IN ('x')",
        ):
            told += [row[3] for row in connection.execute(sa.text("EXPLAIN QUERY PLAN " + statement))]
    assert not [line for line in told if line.startswith("SCAN")], told


@pytest.mark.parametrize("where", ["solutions", "ana"])
def test_a_submission_that_is_a_link_is_nobodys_work(course, where):
    hand_in(course, "ana", RIGHT)
    target = (
        course / "solutions" / ASSIGNMENT if where == "solutions" else course / "var" / "submitted" / "ana" / ASSIGNMENT
    )
    (target / "enlace").symlink_to(course)  # the instructor's own, in solutions/
    folder = course / "var" / "submitted" / "luis"
    folder.mkdir()
    (folder / ASSIGNMENT).symlink_to(target)
    outcome = chunk("luis")["luis"]
    assert outcome.state == "failed"
    assert (target / "enlace").is_symlink()
