"""A gradebook on PostgreSQL: two graders at once, and the marks that SQLite's would have."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from nbgrader.api import Gradebook

from ciberaula.grading import ledger
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.config import SERVER_NOTE, file_url
from ciberaula.grading.engine import Order, grade_chunk, pending
from tests.casework.postgres import running
from tests.grading.course import ASSIGNMENT, NOTEBOOK, RIGHT, hand_in

STUDENTS = [f"e{number:02d}" for number in range(40)]


def psycopg(address: str) -> str:
    """SQLAlchemy's address for the driver that the package installs."""
    return address.replace("postgresql:", "postgresql+psycopg:", 1)


@pytest.fixture(scope="module")
def server():
    with running() as made:
        yield made


@pytest.fixture(scope="module")
def filled(server, generated):
    """The name of a database that the small course's assignment was generated into: copied faster than made."""
    address = server.database()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CIBERAULA_COURSE", str(generated))
        patch.setenv("CIBERAULA_HOME", str(generated / "var"))
        patch.setenv("CIBERAULA_DB_URL", psycopg(address))
        step = Cohort().generate(ASSIGNMENT)
        assert step.done, step.reason
    (generated / "var" / SERVER_NOTE).unlink()  # others use the same course with a file
    return address.partition("@/")[2].partition("?")[0]


@pytest.fixture
def on_postgresql(server, filled, course, monkeypatch):
    """The small course with its gradebook on PostgreSQL."""
    address = psycopg(server.database(filled))
    monkeypatch.setenv("CIBERAULA_DB_URL", address)
    return address


def hand_in_all(root: Path) -> None:
    for number, student in enumerate(STUDENTS):
        hand_in(root, student, {**RIGHT, "p03": "no" if number % 3 else "si", "p02": 5 if number % 4 else 6})


def marks(db_url: str) -> dict[tuple[str, str], tuple[float | None, float | None, bool]]:
    """Every mark of the assignment: (student, item) -> (by test, by hand, waits for a person)."""
    with Gradebook(db_url, "ciberaula") as gradebook:
        return {
            (submission.student.id, grade.name): (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
            for submission in gradebook.assignment_submissions(ASSIGNMENT)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def grader() -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "ciberaula", "grade", ASSIGNMENT, "--workers", "1", "--json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))


def outcomes(process: subprocess.Popen[str]) -> list[dict]:
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors + output
    return [line for line in map(json.loads, output.splitlines()) if "state" in line]


def test_two_graders_at_once_grade_each_submission_once_as_on_sqlite(course, on_postgresql, monkeypatch):
    hand_in_all(course)
    both = [grader(), grader()]
    told = [line for process in both for line in outcomes(process)]
    graded = Counter(line["student"] for line in told if line["state"] == "graded")
    assert graded == dict.fromkeys(STUDENTS, 1)
    with ledger.reading(on_postgresql) as connection:
        assert {len(rows) for rows in ledger.attempts_of(connection, ASSIGNMENT).values()} == {1}
    assert pending(ASSIGNMENT).todo == ()
    found = marks(on_postgresql)

    # The same course, submissions and code with the gradebook in a file.
    monkeypatch.setenv("CIBERAULA_DB_URL", file_url(course / "var"))
    again = grade_chunk(Order(ASSIGNMENT, tuple(STUDENTS)))
    assert {one.state for one in again} == {"graded"}
    assert marks(Cohort().db_url) == found
    assert {found[student, "p01"][0] for student in STUDENTS} == {2.0}


def test_marks_by_hand_stay_when_it_is_graded_again(course, on_postgresql):
    hand_in(course, "ana", RIGHT, written="Le diría sus derechos.")
    (first,) = grade_chunk(Order(ASSIGNMENT, ("ana",)))
    assert first.state == "graded"
    with Gradebook(on_postgresql, "ciberaula") as gradebook:
        gradebook.find_grade("p04", NOTEBOOK, ASSIGNMENT, "ana").manual_score = 3.0
        gradebook.find_grade("p04", NOTEBOOK, ASSIGNMENT, "ana").needs_manual_grade = False
        gradebook.find_comment("p04", NOTEBOOK, ASSIGNMENT, "ana").manual_comment = "Muy claro."
        gradebook.db.commit()
    (second,) = grade_chunk(Order(ASSIGNMENT, ("ana",), force=True))
    assert second.state == "graded"
    assert marks(on_postgresql)["ana", "p04"][1] == 3.0
    with Gradebook(on_postgresql, "ciberaula") as gradebook:
        assert gradebook.find_comment("p04", NOTEBOOK, ASSIGNMENT, "ana").manual_comment == "Muy claro."


def test_two_that_grade_the_same_submission_at_the_same_moment_grade_it_once(course, on_postgresql, monkeypatch):
    hand_in(course, "ana", RIGHT)
    reading = ledger.attempts_of
    begun, together = threading.Barrier(2), threading.Barrier(2)
    first = threading.local()

    def read_together(*arguments, **named):
        found = reading(*arguments, **named)
        if not hasattr(first, "time"):  # both begin with what there was before either wrote
            first.time = begun.wait(timeout=300)
            return found
        with contextlib.suppress(threading.BrokenBarrierError):  # rightly: the other waits for this one to have written
            together.wait(timeout=0.5)
        return found

    monkeypatch.setattr(ledger, "attempts_of", read_together)
    with ThreadPoolExecutor(2) as threads:
        both = list(threads.map(grade_chunk, [Order(ASSIGNMENT, ("ana",))] * 2))
    assert sorted(outcome.state for (outcome,) in both) == ["graded", "unchanged"]


def test_a_transaction_that_fails_leaves_nothing(course, on_postgresql):
    hand_in(course, "ana", RIGHT)
    grade_chunk(Order(ASSIGNMENT, ("ana",)))
    before = marks(on_postgresql)
    with pytest.raises(sa.exc.DBAPIError), ledger.writing(on_postgresql) as connection:
        connection.execute(sa.text("DELETE FROM ciberaula_attempt"))
        connection.execute(sa.text("INSERT INTO ciberaula_attempt (assignment) VALUES ('x')"))
    assert marks(on_postgresql) == before
    assert pending(ASSIGNMENT).todo == ()
