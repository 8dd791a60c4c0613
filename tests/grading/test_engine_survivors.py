"""Each fails when the line named in its docstring is broken."""
# mypy: disable-error-code="attr-defined, func-returns-value, var-annotated"

import shutil
import sqlite3
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest
import sqlalchemy as sa
from nbgrader.api import Gradebook

from ciberaula.grading import engine, ledger, staging, store
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.config import course_config
from ciberaula.grading.marking import Marker
from ciberaula.grading.staging import ASIDE, Stage, receipt_in
from tests.grading.course import ASSIGNMENT, NOTEBOOK, RIGHT, hand_in
from tests.grading.test_engine import chunk, rows
from tests.grading.test_engine_faults import BEST, again, at, attempts, by_hand, grade_of, place, plan


def test_force_grades_what_is_current_again(course):
    """engine: ``attempt.receipt not in seen``; ``not order.force``."""
    hand_in(course, "ana", RIGHT)
    chunk("ana")
    before = receipt_in(place("ana"))
    assert chunk("ana", force=True)["ana"].state == "graded"
    assert receipt_in(place("ana")) not in (None, before)


def _while_marking(patch: pytest.MonkeyPatch, do: Any) -> None:
    real, done = Marker.mark, []

    def mark(marker: Marker, *given: Any) -> Any:
        found = real(marker, *given)
        if not done:
            done.append(True)
            do()
        return found

    patch.setattr(Marker, "mark", mark)


def test_what_another_grader_did_meanwhile_is_not_done_twice(course):
    """engine: ``graded_meanwhile`` in ``_book``."""
    hand_in(course, "ana", RIGHT)
    with pytest.MonkeyPatch.context() as patch:
        _while_marking(patch, lambda: chunk("ana"))
        assert chunk("ana")["ana"].state == "unchanged"
    (one,) = attempts("ana")
    assert (one.receipt, one.counts) == (receipt_in(place("ana")), True)


def test_marks_by_other_tests_meanwhile_do_not_stand_for_ours(course):
    """engine: ``attempt.key == self.key``."""
    hand_in(course, "ana", RIGHT)
    with pytest.MonkeyPatch.context() as patch:

        def other() -> None:
            source = course / "solutions" / ASSIGNMENT / "nuevo.yml"
            source.write_text("x")  # another grader saw a course that is gone again
            chunk("ana")
            source.unlink()

        _while_marking(patch, other)
        assert chunk("ana")["ana"].state == "graded"
    assert engine.pending(ASSIGNMENT).todo == ()


def test_the_copies_are_on_disk_before_the_marks_are_written(course, monkeypatch):
    """engine: ``stage.secure()``."""
    hand_in(course, "ana", RIGHT)
    order: list[str] = []
    sync, book = staging.sync_disk, engine.book
    monkeypatch.setattr(staging, "sync_disk", lambda folder: (order.append("sync"), sync(folder))[1])
    monkeypatch.setattr(engine, "book", lambda *given: (order.append("book"), book(*given))[1])
    chunk("ana")
    assert order == ["sync", "book"]


def test_work_whose_marks_count_keeps_its_row_when_it_fails_later(course, monkeypatch):
    """engine: ``one.digest == digest and one.counts`` in ``_failure``."""
    hand_in(course, "ana", RIGHT)
    chunk("ana")
    before = attempts("ana")

    def breaks(*_given: Any) -> Any:
        raise OSError(5, "Input/output error")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Marker, "mark", breaks)
        assert chunk("ana", force=True)["ana"].state == "failed"
    assert attempts("ana") == before
    assert engine.pending(ASSIGNMENT).todo == ()


def test_nothing_is_current_where_nothing_counts(course):
    """engine: ``counting is not None``."""
    hand_in(course, "ana", RIGHT)
    chunk("ana")
    with ledger.writing(Cohort().db_url) as connection:
        connection.execute(ledger.attempts.update().values(counts=False))
    assert engine.pending(ASSIGNMENT).todo == ("ana",)


def test_a_copy_left_aside_that_no_longer_counts_goes(course):
    """engine ``_recover``: ``table.c.counts``; staging: ``receipt_in(target) != left.name``."""
    hand_in(course, "ana", {"p01": "a"})
    chunk("ana")
    first = receipt_in(place("ana"))
    old = shutil.copytree(place("ana"), course / "vieja")
    again(course, "ana", RIGHT, "2026-03-03 10:00:00.000000 UTC")
    chunk("ana")
    second = receipt_in(place("ana"))
    stage = Stage(course / "var" / "autograded" / ASIDE)
    Path(old).rename(stage.folder / str(first))
    stage._lock.close()
    assert engine.pending(ASSIGNMENT).todo == ()
    assert receipt_in(place("ana")) == second


def test_work_that_cannot_be_read_is_pending_and_stops_nobody(course, monkeypatch):
    """engine: ``except OSError: return False`` in ``_is_current``."""
    for student in ("ana", "luis"):
        hand_in(course, student, RIGHT)
    chunk("ana", "luis")
    real = store.signature_of

    def shut(folder: Path) -> str:
        if folder.parent.name == "ana":
            raise PermissionError(13, "Permission denied")
        return real(folder)

    monkeypatch.setattr(store, "signature_of", shut)
    assert engine.pending(ASSIGNMENT) == engine.Pending(("ana",), ("luis",))


def test_failed_work_has_its_time_in_the_ledger(course):
    """engine: ``submitted_at = handed_in_at(folder)`` in ``_failure``: collecting goes by it."""
    folder = hand_in(course, "ana", RIGHT)
    (folder / f"{NOTEBOOK}.ipynb").write_text("{ roto")
    chunk("ana")
    assert [one.submitted_at for one in attempts("ana")] == [datetime(2026, 3, 2, 10)]


def test_an_attempt_that_does_not_count_is_told_and_changes_no_mark(course, grades):
    """engine: ``state = "kept"``; ``book(…, counting, …)``; ledger: ``counts=False`` of the others."""
    plan(course, BEST)
    hand_in(course, "ana", RIGHT)
    chunk("ana")
    before, copy = rows(), receipt_in(place("ana"))
    again(course, "ana", {"p01": "a"}, "2026-03-03 10:00:00.000000 UTC")
    told = chunk("ana")["ana"]
    assert told.state == "kept" and "n.º 1" in (told.reason or "")
    assert rows() == before
    assert receipt_in(place("ana")) == copy
    assert [(one.number, one.counts) for one in attempts("ana")] == [(1, True), (2, False)]
    assert engine.pending(ASSIGNMENT).todo == ()


def test_nothing_of_failed_work_stays_aside(course, monkeypatch):
    """engine: ``stage.drop``."""
    folder = hand_in(course, "ana", RIGHT)
    (folder / f"{NOTEBOOK}.ipynb").write_text("{ roto")
    seen: list[str] = []
    real = Stage.secure
    monkeypatch.setattr(
        Stage, "secure", lambda stage: (seen.extend(path.name for path in stage.folder.iterdir()), real(stage))[1]
    )
    chunk("ana")
    assert [name for name in seen if name != staging._LOCK] == []


def test_a_mark_by_hand_that_waits_goes_on_waiting(course):
    """booking: ``row.needs_manual_grade or other``."""
    hand_in(course, "ana", RIGHT, written="Le explico sus derechos.")
    chunk("ana")
    by_hand("ana", "p04", 3)
    again(course, "ana", RIGHT, written="Le pido la cédula.")
    chunk("ana")
    chunk("ana", force=True)
    assert grade_of("ana", "p04") == (None, 3, True)


def test_the_time_and_the_penalty_are_booked(course):
    """booking: ``times``; ``apply_extensions``; ``refresh_penalties``."""
    plan(course, "modules: []\nlate: {penalty: points, points_per_day: 1}\n")
    for student in ("ana", "luis"):
        at(hand_in(course, student, RIGHT), "2026-03-05 10:00:00.000000 UTC")
    with Gradebook(Cohort().db_url) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-03-04 12:00:00")
    given = {"minutes": 3 * 24 * 60, "author": "a", "reason": "b", "made_at": ledger.utc_now()}
    with ledger.writing(Cohort().db_url) as connection:
        connection.execute(ledger.extensions.insert().values(assignment=ASSIGNMENT, student="luis", **given))
    chunk("ana", "luis")
    found = {name: (str(row["at"]), row["penalty"]) for name, row in rows().items()}
    assert found == {"ana": ("2026-03-05 10:00:00", [1.0]), "luis": ("2026-03-05 10:00:00", [None])}


def test_the_earlier_copy_is_there_until_the_new_one_is(course, monkeypatch):
    """staging ``_swap``: rename, not remove."""
    folder, target, aside = (course / name for name in ("nueva", "puesta", "aparte"))
    for one in (folder, target, aside):
        one.mkdir()
    (target / "x").write_text("antes")
    real = Path.rename

    def full(path: Path, where: Any) -> Path:
        if path == folder:
            raise OSError(28, "No space left on device")
        return real(path, where)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "rename", full)
        with pytest.raises(OSError, match="space"):
            staging._swap(folder, target, aside)
    assert [path.read_text() for path in course.glob("*/**/x")] == ["antes"]


def test_another_assignment_of_the_same_person_goes_on_counting(course):
    """ledger: ``attempts.c.assignment == attempt.assignment`` in ``record``."""
    hand_in(course, "ana", RIGHT)
    chunk("ana")
    (one,) = attempts("ana")
    with ledger.writing(Cohort().db_url) as connection:
        ledger.record(connection, replace(one, assignment="91-otra", receipt="r"))
    assert [one.counts for one in attempts("ana")] == [True]


def test_who_writes_reads_nothing_that_another_is_about_to_change(course):
    """ledger: ``BEGIN IMMEDIATE``: the second waits before it reads, not after."""
    url = Cohort().db_url
    ledger.engine(url)
    with ledger.writing(url):
        other = sqlite3.connect(course / "var" / "gradebook.db", timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_the_gradebook_survives_a_power_cut(course):
    """ledger: ``synchronous=FULL``, ``journal_mode=WAL``."""
    with ledger.reading(Cohort().db_url) as connection:
        assert connection.execute(sa.text("PRAGMA synchronous")).scalar_one() == 2
        assert connection.execute(sa.text("PRAGMA journal_mode")).scalar_one() == "wal"


def test_what_the_trainee_says_about_herself_is_forgotten(course):
    """repair: the ``ciberaula`` metadata of cells and notebook; marking: RECEIPT, kernelspec, the instructor's files."""

    def lie(nb: Any) -> None:
        nb.metadata["ciberaula"] = {"repairs": ["nada"], "own_code": False}
        nb.metadata["kernelspec"] = {"name": "r", "display_name": "R", "language": "R"}
        for cell in nb.cells:
            cell.metadata["ciberaula"] = {"state": "not_gradable", "reason": "x"}

    folder = hand_in(course, "ana", RIGHT, edit=lie)
    (folder / "calificacion.txt").write_text("mentira")
    (folder / "preguntas.yml").write_text("mías")
    assert chunk("ana")["ana"].state == "graded"
    nb = nbformat.read(place("ana") / f"{NOTEBOOK}.ipynb", as_version=4)
    assert nb.metadata["ciberaula"] == {"repairs": [], "own_code": False}
    assert nb.metadata["kernelspec"]["name"] == "python3"
    assert not [cell for cell in nb.cells if cell.metadata.get("ciberaula", {}).get("reason") == "x"]
    assert receipt_in(place("ana")) == attempts("ana")[0].receipt
    assert "mías" not in (place("ana") / "preguntas.yml").read_text()
    assert {path.stat().st_mode & 0o777 for path in place("ana").iterdir() if path.name != "calificacion.txt"} == {
        0o444
    }


def test_a_file_of_holes_is_not_read(course):
    """marking: ``status.st_size > isolated.MAX_BYTES`` in ``digest_of``: 8 TiB."""
    folder = hand_in(course, "ana", RIGHT)
    with (folder / "hueco.bin").open("wb") as out:
        out.truncate(2**43)
    started = time.monotonic()
    assert chunk("ana")["ana"].state == "failed"
    assert time.monotonic() - started < 10


def test_what_judges_beside_the_notebook_is_part_of_the_tests(course):
    """truth ``_digest``: the files beside."""
    hand_in(course, "ana", RIGHT)
    chunk("ana")
    (course / "solutions" / ASSIGNMENT / "valoracion-x.yml").write_text("otra")
    assert engine.pending(ASSIGNMENT).todo == ("ana",)


def test_of_two_written_answers_the_later_one_counts(course):
    """repair ``_drop_repeated``: ``[-1]``; the cells stay in the order in which they were written."""

    def twice(nb: Any) -> None:
        at = next(number for number, cell in enumerate(nb.cells) if _grade_id(cell) == "p04")
        nb.cells[at].source = "Lo primero que escribí."
        nb.cells.insert(at + 1, nbformat.from_dict({**nb.cells[at], "id": "otra", "source": "Lo que quise decir."}))

    hand_in(course, "ana", RIGHT, edit=twice)
    chunk("ana")
    cells = nbformat.read(place("ana") / f"{NOTEBOOK}.ipynb", as_version=4).cells
    assert [cell.source for cell in cells if _grade_id(cell) == "p04"] == ["Lo que quise decir."]
    written = [cell.source for cell in cells if cell.source.startswith("Lo ")]
    assert written == ["Lo primero que escribí.", "Lo que quise decir."]


def _grade_id(cell: Any) -> str | None:
    found: str | None = cell.metadata.get("nbgrader", {}).get("grade_id")
    return found


def test_deleted_cells_come_back_in_the_released_order(course):
    """repair ``_add_missing``: ``at = …`` of one that is there, ``at += 1`` of one that is not."""

    def delete(nb: Any) -> None:
        gone = ("inicio", "codigo-p02", "p02", "p04")
        nb.cells = [cell for cell in nb.cells if _grade_id(cell) not in gone]

    hand_in(course, "ana", RIGHT, edit=delete)
    chunk("ana")
    graded = nbformat.read(place("ana") / f"{NOTEBOOK}.ipynb", as_version=4).cells
    source = nbformat.read(course / "exercises" / ASSIGNMENT / f"{NOTEBOOK}.ipynb", as_version=4).cells
    assert [_grade_id(cell) for cell in graded if _grade_id(cell)] == [
        _grade_id(cell) for cell in source if _grade_id(cell)
    ]


def test_outputs_that_an_institution_keeps_are_cut(course):
    """marking: ``self._limit``: without ``ClearOutput`` the trainee's own outputs are in the graded copy."""

    def talk(nb: Any) -> None:
        text = "línea\n" * 5000
        nb.cells.insert(0, nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("stream", text=text)]))

    hand_in(course, "ana", RIGHT, edit=talk)
    config = course_config()
    config.ClearOutput.enabled = False
    assert [one.state for one in engine.grade_chunk(engine.Order(ASSIGNMENT, ("ana",)), config)] == ["graded"]
    (output,) = nbformat.read(place("ana") / f"{NOTEBOOK}.ipynb", as_version=4).cells[0].outputs
    assert len(output.text.splitlines()) == config.LimitOutput.get("max_lines", 1000)


def _without_our_tables() -> str:
    url = Cohort().db_url
    with ledger.writing(url) as connection:
        ledger.metadata.drop_all(connection)
    return url


def test_two_that_make_the_tables_at_once_both_have_them(course, monkeypatch):
    """ledger ``engine``: the second attempt, after another process made them between our look and our writing."""
    url, real, tries = _without_our_tables(), ledger._make_tables, []

    def beaten(made: sa.Engine) -> None:
        tries.append(1)
        real(made)  # the other's
        if len(tries) == 1:
            raise sa.exc.ProgrammingError("CREATE TABLE", {}, Exception("already exists"))

    monkeypatch.setattr(ledger, "_make_tables", beaten)
    with ledger.reading(url) as connection:
        assert ledger.attempts_of(connection, ASSIGNMENT) == {}


def test_who_makes_the_tables_looks_and_writes_in_one(course, monkeypatch):
    """ledger ``_make_tables``: ``writes=True``; and the indexes with them."""
    url, real, others = _without_our_tables(), ledger.metadata.create_all, []

    def create_all(connection: sa.Connection) -> None:
        other = sqlite3.connect(course / "var" / "gradebook.db", timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        others.append(other.close())
        real(connection)

    monkeypatch.setattr(ledger.metadata, "create_all", create_all)
    ledger.engine(url)
    assert len(others) == 1


def test_what_is_in_its_place_is_not_put_there_again(course):
    """staging ``recover``: ``receipt_in(target) != left.name``: a comment file, say, that somebody left in the copy."""
    hand_in(course, "ana", RIGHT)
    chunk("ana")
    receipt = str(receipt_in(place("ana")))
    stage = Stage(course / "var" / "autograded" / ASIDE)
    shutil.copytree(place("ana"), stage.folder / receipt)
    stage._lock.close()
    (place("ana") / "apuntes.txt").write_text("de quien califica")
    assert staging.recover(stage.folder.parent, lambda found: place("ana") if found == receipt else None) == 0
    assert (place("ana") / "apuntes.txt").is_file()
    assert not stage.folder.exists()
