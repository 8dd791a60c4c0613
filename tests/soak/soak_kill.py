"""``ciberaula grade`` killed with kill -9, any of its processes at random moments, and run again: nothing lost or doubled.

``CIBERAULA_SOAK_KILLS`` (100) is how many runs are killed, ``CIBERAULA_SOAK_SEED`` repeats a sequence.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from nbgrader.api import Gradebook

from ciberaula.grading import engine, ledger
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.staging import ASIDE, receipt_in
from tests.grading import course as small

KILLS = int(os.environ.get("CIBERAULA_SOAK_KILLS", "100"))
SEED = int(os.environ.get("CIBERAULA_SOAK_SEED", str(random.randrange(10**6))))
STUDENTS = 36
CODE = 'submit_answer("p02", 2 + 3)'
MARK = "CIBERAULA_SOAK_RUN"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A course with a cohort's work: answers only, code, a broken sheet, a broken notebook, and marks given by hand."""
    root = tmp_path_factory.mktemp("curso") / "curso"
    small.write_course(root)
    with pytest.MonkeyPatch.context() as patch:
        _enter(patch, root)
        assert Cohort().generate(small.ASSIGNMENT).done
        for number in range(STUDENTS):
            _hand_in(root, f"persona-{number:02}", number)
        early = tuple(f"persona-{number:02}" for number in range(0, STUDENTS, 3))
        engine.grade_chunk(engine.Order(small.ASSIGNMENT, early))
        for student in early:
            _give_by_hand(student)
        for number in range(0, STUDENTS, 6):  # and later work of some of these
            shutil.rmtree(root / "var" / "submitted" / f"persona-{number:02}")
            _hand_in(root, f"persona-{number:02}", number + 1)
            later = root / "var" / "submitted" / f"persona-{number:02}" / small.ASSIGNMENT / "timestamp.txt"
            later.write_text("2026-03-03 10:00:00.000000 UTC", encoding="utf-8")
        yield root


def test_a_cohort_survives_kill_9(prepared: Path, tmp_path: Path, record_property: Any) -> None:
    chance = random.Random(SEED)
    print(f"seed {SEED}", flush=True)
    plain = tmp_path / "entera"
    shutil.copytree(prepared, plain)
    began = time.monotonic()
    assert _grade(plain, "sin-muertes").wait() == 1  # some of the work cannot be graded
    lasts = time.monotonic() - began
    expected = _state(plain)
    victims: dict[str, int] = {}
    interrupted = 0
    for number in range(KILLS):
        root = tmp_path / f"vez-{number}"
        shutil.copytree(prepared, root)
        mark = uuid.uuid4().hex
        run = _grade(root, mark)
        for _shot in range(chance.choice((1, 1, 2, 3))):
            time.sleep(chance.uniform(0, lasts / 2))
            victim = _kill_one(mark, chance)
            victims[victim] = victims.get(victim, 0) + 1
        interrupted += run.wait(timeout=900) not in (0, 1)
        _nothing_stays(mark)
        _is_whole(root, expected)
        again = _grade(root, mark)
        assert again.wait(timeout=900) == 1
        _nothing_stays(mark)
        assert _state(root) == expected, f"run {number}, seed {SEED}"
        assert not list((root / "var" / "autograded" / ASIDE).glob("[!.]*"))
        shutil.rmtree(root)
    print(json.dumps({"kills": sum(victims.values()), "runs": KILLS, "interrupted": interrupted, "victims": victims}))
    assert interrupted, "no kill ever hit: make the runs longer"


def _enter(patch: pytest.MonkeyPatch, root: Path) -> None:
    patch.setenv("CIBERAULA_COURSE", str(root))
    patch.setenv("CIBERAULA_HOME", str(root / "var"))
    patch.chdir(root)


def _hand_in(root: Path, student: str, number: int) -> None:
    sheets: list[Any] = [small.RIGHT, {"p01": "a", "p02": 5}, {}, {"p01": "b"}, small.RIGHT, b"{ roto"]
    folder = small.hand_in(
        root,
        student,
        sheets[number % len(sheets)],
        code=CODE if number % 4 == 3 else None,
        written="Le explico sus derechos." if number % 2 else None,
    )
    if number % 11 == 10:
        (folder / f"{small.NOTEBOOK}.ipynb").write_text("{ roto")


def _give_by_hand(student: str) -> None:
    with Gradebook(Cohort().db_url) as gradebook:
        if not any(one.student.id == student for one in gradebook.assignment_submissions(small.ASSIGNMENT)):
            return
        grade = gradebook.find_grade("p04", small.NOTEBOOK, small.ASSIGNMENT, student)
        grade.manual_score, grade.needs_manual_grade = 3.0, False
        comment = gradebook.find_comment("p04", small.NOTEBOOK, small.ASSIGNMENT, student)
        comment.manual_comment = f"Para {student}."
        gradebook.db.commit()


def _grade(root: Path, mark: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "CIBERAULA_COURSE": str(root), "CIBERAULA_HOME": str(root / "var"), MARK: mark}
    command = [sys.executable, "-m", "ciberaula", "grade", small.ASSIGNMENT, "--workers", "2", "--json"]
    return subprocess.Popen(
        command, cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def _processes(mark: str) -> list[psutil.Process]:
    """Every process of a run: what descends from it carries its mark, or (inside the sandbox) descends from one that does."""
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK) == mark:
                for one in [process, *process.children(recursive=True)]:
                    found[one.pid] = one
    return list(found.values())


def _kill_one(mark: str, chance: random.Random) -> str:
    processes = _processes(mark)
    if not processes:
        return "ended"
    victim = chance.choice(processes)
    try:
        words = " ".join(victim.cmdline())
        victim.send_signal(signal.SIGKILL)
    except psutil.Error:
        return "ended"
    kinds = {
        "sandbox.nursery": "sandbox",
        "ipykernel_launcher": "kernel",
        "forkserver": "worker",
        "spawn_main": "worker",
    }
    return next((kind for sign, kind in kinds.items() if sign in words), "grader" if " grade " in words else "other")


def _nothing_stays(mark: str) -> None:
    """Every process of a run that ended is gone, a short while after at the latest."""
    deadline = time.monotonic() + 120
    while left := _processes(mark):
        if time.monotonic() > deadline:
            raise AssertionError(f"still there: {[process.cmdline() for process in left]}")
        time.sleep(0.1)


def _rows(root: Path) -> dict[str, Any]:
    with Gradebook(f"sqlite:///{root / 'var' / 'gradebook.db'}") as gradebook:
        return {
            one.student.id: {
                "score": one.score,
                "grades": sorted(
                    [grade.name, grade.auto_score, grade.manual_score, grade.needs_manual_grade]
                    for notebook in one.notebooks
                    for grade in notebook.grades
                ),
                "comments": sorted(
                    [comment.name, comment.auto_comment, comment.manual_comment]
                    for notebook in one.notebooks
                    for comment in notebook.comments
                ),
            }
            for one in gradebook.assignment_submissions(small.ASSIGNMENT)
        }


def _attempts(root: Path) -> dict[str, list[ledger.Attempt]]:
    try:
        with ledger.reading(f"sqlite:///{root / 'var' / 'gradebook.db'}") as connection:
            return ledger.attempts_of(connection, small.ASSIGNMENT)
    finally:
        ledger._engine.cache_clear()


def _state(root: Path) -> dict[str, Any]:
    """What a finished run leaves: marks, attempts, and for whom the graded copy is the one that counts."""
    attempts = _attempts(root)
    copies = {}
    for student, rows in attempts.items():
        receipt = receipt_in(root / "var" / "autograded" / student / small.ASSIGNMENT)
        copies[student] = receipt is not None and [one.receipt for one in rows if one.counts] == [receipt]
    told = {
        student: [(one.number, one.state, one.points, one.counts, one.digest) for one in rows]
        for student, rows in attempts.items()
    }
    return {"rows": _rows(root), "attempts": told, "copies": copies}


def _is_whole(root: Path, expected: dict[str, Any]) -> None:
    """Right after a kill: whoever has marks has all of them, either those from before or those of a whole run."""
    before = {student: [row for row in rows if row[0] == 1] for student, rows in expected["attempts"].items()}
    for student, rows in _attempts(root).items():
        told = [(one.number, one.state, one.points, one.digest) for one in rows]
        whole = [(row[0], row[1], row[2], row[4]) for row in expected["attempts"][student]]
        first = [(row[0], row[1], row[2], row[4]) for row in before[student]]
        # What lost its kernel has no marks and a reason, and comes up again.
        waits = [row for row in told if row[1] in ("graded", "kept")]
        assert told in (whole, first) or waits == first, f"{student}: {told}"
        assert sum(one.counts for one in rows) <= 1
    for student, row in _rows(root).items():
        by_hand = [grade for grade in row["grades"] if grade[2] is not None]
        kept = [grade for grade in expected["rows"][student]["grades"] if grade[2] is not None]
        assert [grade[:1] + grade[2:3] for grade in by_hand] == [grade[:1] + grade[2:3] for grade in kept], student
        assert [one[2] for one in row["comments"]] == [one[2] for one in expected["rows"][student]["comments"]], student
