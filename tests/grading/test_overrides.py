"""Marks changed by hand: kept with author, reason and date, at one with nbgrader's own row, whatever is graded later."""

import shutil
import sqlite3
from datetime import datetime, timedelta

import pytest
from nbgrader.api import Gradebook

from ciberaula.cli import main
from ciberaula.errors import UserError
from ciberaula.grading import ledger
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.exports.marks import read_marks
from ciberaula.grading.overrides import FORMGRADER, in_force, override, overrides_of
from ciberaula.grading.policy import session_on
from ciberaula.grading.rubric import grade_rubric
from tests.grading.conftest import enter
from tests.grading.course import ASSIGNMENT, hand_in, sheet

SIGNED = {"author": "Docente de prueba", "reason": "Lo explicó en la entrevista"}


@pytest.fixture(scope="module")
def graded_once(generated, tmp_path_factory):
    """Ana's work, graded: p01 wrong (0 of 2), p02 right (3), p03 right (1), p04 for a person to read."""
    root = tmp_path_factory.mktemp("calificado") / "curso"
    shutil.copytree(generated, root)
    with pytest.MonkeyPatch.context() as patch:
        enter(patch, root)
        hand_in(root, "ana", {"p01": "a", "p02": 5, "p03": "no"}, written="Le explicaría sus derechos.")
        (outcome,) = Cohort().autograde(ASSIGNMENT)
    assert outcome.state == "graded"
    return root


@pytest.fixture
def graded(graded_once, tmp_path, monkeypatch):
    """A copy of it of one's own."""
    root = tmp_path / "curso"
    shutil.copytree(graded_once, root)
    enter(monkeypatch, root)
    return root


@pytest.fixture
def db_url(graded):
    return f"sqlite:///{graded / 'var' / 'gradebook.db'}"


def grade(db_url, item, **changes):
    """The row of an item as nbgrader has it; with ``changes``, as formgrader would leave it."""
    with Gradebook(db_url, "ciberaula") as gradebook:
        (row,) = [
            one
            for notebook in gradebook.find_submission(ASSIGNMENT, "ana").notebooks
            for one in notebook.grades
            if one.name == item
        ]
        for name, value in changes.items():
            setattr(row, name, value)
        gradebook.db.commit()
        return row.auto_score, row.manual_score, row.needs_manual_grade


def test_a_change_is_in_nbgrader_and_signed_in_the_ledger(db_url):
    made = override(db_url, ASSIGNMENT, "ana", "p01", 1.5, **SIGNED)
    assert grade(db_url, "p01") == (0, 1.5, False)
    assert (made.before, made.points, made.author, made.reason) == (0, 1.5, SIGNED["author"], SIGNED["reason"])
    assert abs(made.made_at - ledger.utc_now()) < timedelta(minutes=1)
    assert overrides_of(db_url, ASSIGNMENT) == [made]


def test_it_survives_grading_again_and_a_new_attempt(graded, db_url):
    made = override(db_url, ASSIGNMENT, "ana", "p01", 1.5, **SIGNED)
    (again,) = Cohort().autograde(ASSIGNMENT, force=True)
    assert again.state == "graded"
    assert grade(db_url, "p01") == (0, 1.5, False)
    folder = graded / "var" / "submitted" / "ana" / ASSIGNMENT
    (folder / "respuestas.json").write_bytes(sheet({"p01": "b", "p02": 4, "p03": "no"}))
    (folder / "timestamp.txt").write_text("2026-03-03 10:00:00.000000 UTC")
    list(Cohort().autograde(ASSIGNMENT))
    assert grade(db_url, "p01")[:2] == (2, 1.5)
    assert grade(db_url, "p02")[:2] == (0, None)
    assert overrides_of(db_url, ASSIGNMENT) == [made]


def test_an_item_goes_back_to_its_test(db_url):
    override(db_url, ASSIGNMENT, "ana", "p01", 2, **SIGNED)
    back = override(db_url, ASSIGNMENT, "ana", "p01", None, author="Otra docente", reason="Fue un error")
    assert (back.before, back.points) == (2, None)
    assert grade(db_url, "p01") == (0, None, False)
    written = override(db_url, ASSIGNMENT, "ana", "p04", 3, **SIGNED)
    assert (written.before, grade(db_url, "p04")) == (None, (None, 3, False))
    override(db_url, ASSIGNMENT, "ana", "p04", None, **SIGNED)
    assert grade(db_url, "p04") == (None, None, True)
    with session_on(db_url) as session:
        assert in_force(session, ASSIGNMENT, "ana") == {}


def test_what_formgrader_changed_is_noted_once_and_never_taken_for_somebody_s(db_url):
    override(db_url, ASSIGNMENT, "ana", "p01", 1, **SIGNED)
    grade(db_url, "p01", manual_score=2)
    grade(db_url, "p02", manual_score=0)
    grade(db_url, "p04", manual_score=4)  # an answer that a person reads anyway
    for _again in range(2):
        signed, *noted = overrides_of(db_url, ASSIGNMENT)
        assert signed.author == SIGNED["author"]
        assert [(one.item, one.before, one.points, one.author) for one in noted] == [
            ("p01", 1, 2, FORMGRADER),
            ("p02", 3, 0, FORMGRADER),
        ]
    grade(db_url, "p02", manual_score=None)
    back = overrides_of(db_url, ASSIGNMENT)[-1]
    assert (back.item, back.before, back.points) == ("p02", 0, None)
    with session_on(db_url) as session:
        assert {item: one.points for item, one in in_force(session, ASSIGNMENT, "ana").items()} == {"p01": 2}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"points": 2.5}, "«p01» vale de 0 a 2 puntos: 2,5 no se puede poner."),
        ({"points": -1}, "vale de 0 a 2 puntos"),
        ({"points": float("nan")}, "vale de 0 a 2 puntos"),
        ({"item": "p99"}, "no tiene una pregunta «p99»: use una de p01, p02, p03, p04."),
        ({"student": "luis"}, "No hay entrega calificada de luis"),
        ({"reason": "  "}, "Falta el motivo: escríbalo con --reason"),
        ({"author": ""}, "Falta quién lo decide: escríbalo con --author"),
        ({"reason": "x" * 3000}, "El motivo admite 2000 caracteres"),
    ],
)
def test_a_change_that_cannot_be_is_one_line_and_changes_nothing(db_url, changes, told):
    wanted = {"student": "ana", "item": "p01", "points": 1, **SIGNED, **changes}
    student, item, points = wanted.pop("student"), wanted.pop("item"), wanted.pop("points")
    with pytest.raises(UserError) as caught:
        override(db_url, ASSIGNMENT, student, item, points, **wanted)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert grade(db_url, "p01") == (0, None, False)
    assert overrides_of(db_url, ASSIGNMENT) == []


def test_a_judgement_by_rubric_takes_the_place_of_a_change_by_hand(db_url):
    def judge(**levels):
        return grade_rubric(db_url=db_url, assignment=ASSIGNMENT, student="ana", levels=levels, author="Marta")

    assert judge(derechos=1, claridad=2) == 3
    assert overrides_of(db_url, ASSIGNMENT) == []  # reading an answer is no change
    changed = override(db_url, ASSIGNMENT, "ana", "p04", 1, **SIGNED)
    assert judge(derechos=2, claridad=2) == 4
    first, later = overrides_of(db_url, ASSIGNMENT)
    assert (first, first.before) == (changed, 3)
    assert (later.item, later.before, later.points, later.author) == ("p04", 1, 4, "Marta")
    assert later.reason == "Se juzgó con la rúbrica después del cambio a mano: vale la rúbrica."
    with session_on(db_url) as session:
        assert in_force(session, ASSIGNMENT, "ana")["p04"].points == 4
    with Gradebook(db_url, "ciberaula") as gradebook:
        assert [one.points for one in read_marks(gradebook, [ASSIGNMENT]).changes] == [1, 4]
    grade(db_url, "p04", manual_score=2)  # and so does what is typed in formgrader later
    assert [one.points for one in overrides_of(db_url, ASSIGNMENT)] == [1, 4, 2]


def test_the_late_penalty_follows_a_judgement_too(graded, db_url):
    (graded / "modules" / "curriculum.yml").write_text("modules: []\nlate: {penalty: zero}\n")
    with Gradebook(db_url, "ciberaula") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=datetime(2026, 3, 1))
    levels = {"derechos": 2.0, "claridad": 2.0}
    grade_rubric(db_url=db_url, assignment=ASSIGNMENT, student="ana", levels=levels, author="Marta")
    with sqlite3.connect(graded / "var" / "gradebook.db") as database:
        assert database.execute("select late_submission_penalty from submitted_notebook").fetchall() == [(8.0,)]


def test_both_rows_are_written_or_neither(db_url, monkeypatch):
    monkeypatch.setattr("ciberaula.grading.overrides.refresh_penalties", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        override(db_url, ASSIGNMENT, "ana", "p01", 1, **SIGNED)
    monkeypatch.undo()
    assert grade(db_url, "p01") == (0, None, False)
    assert overrides_of(db_url, ASSIGNMENT) == []


def test_the_late_penalty_follows_the_points(graded, db_url):
    (graded / "modules" / "curriculum.yml").write_text("modules: []\nlate: {penalty: zero}\n")
    with Gradebook(db_url, "ciberaula") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=datetime(2026, 3, 1))
    override(db_url, ASSIGNMENT, "ana", "p01", 2, **SIGNED)
    with sqlite3.connect(graded / "var" / "gradebook.db") as database:
        assert database.execute("select late_submission_penalty from submitted_notebook").fetchall() == [(6.0,)]


def test_the_commands(db_url, capsys):
    words = ["override", ASSIGNMENT, "ana", "p01", "1,5", "--reason", SIGNED["reason"], "--author", SIGNED["author"]]
    assert main(words) == 0
    assert main(["overrides", ASSIGNMENT]) == 0
    made, listed = capsys.readouterr().out.splitlines()
    assert made == listed
    assert made.startswith(f"ana · p01: 0 → 1,5 ({SIGNED['author']}, ")
    assert made.endswith(f" UTC). Motivo: {SIGNED['reason']}")
    assert main(["override", ASSIGNMENT, "ana", "p01", "test", "--reason", "Fue un error"]) == 0
    assert "1,5 → lo que diga la prueba" in capsys.readouterr().out
    for bad, told in ((["p01", "mucho"], "«mucho» no son puntos"), (["p01", "1"], "Falta el motivo")):
        assert main(["override", ASSIGNMENT, "ana", *bad]) == 1
        assert told in capsys.readouterr().err
    assert main(["overrides", "98-otra"]) == 1
    assert "No existe la tarea 98-otra" in capsys.readouterr().err
