"""Marks changed by hand: kept with author, reason and date, at one with nbgrader's own row, whatever is graded later."""

import shutil
import sqlite3
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from nbgrader.api import Gradebook

from ciberaula.cli import main
from ciberaula.errors import UserError
from ciberaula.grading import ledger
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.exports.marks import read_marks
from ciberaula.grading.overrides import (
    BY_RUBRIC,
    FORMGRADER,
    ByHand,
    Override,
    by_hand,
    changes_of,
    override,
    overrides_of,
)
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


def told(db_url, item):
    """What the trainee's page says of an item now."""
    with ledger.reading(db_url) as connection:
        changes = changes_of(connection, ASSIGNMENT, ["ana"]).get("ana", {})
    auto, manual, _waits = grade(db_url, item)
    return by_hand(changes.get(item, ()), auto, manual)


def test_a_reason_is_one_line_of_what_can_be_seen(db_url):
    made = override(
        db_url, ASSIGNMENT, "ana", "p01", 1, author="Marta\n\x1b[31mroja", reason="  Lo explicó\n\u202eaquí "
    )
    assert (made.author, made.reason) == ("Marta ?[31mroja", "Lo explicó ?aquí")
    with pytest.raises(UserError, match="Falta el motivo"):
        override(db_url, ASSIGNMENT, "ana", "p01", 1, author="Marta", reason=" \n ")


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
    with pytest.raises(UserError, match="«p01» no tiene puntos puestos a mano: ya vale su prueba"):
        override(db_url, ASSIGNMENT, "ana", "p01", None, **SIGNED)
    assert len(overrides_of(db_url, ASSIGNMENT)) == 4


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
    assert told(db_url, "p01") == ByHand(0, 2)
    assert told(db_url, "p02") == ByHand(0, None)


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
    assert later.reason == BY_RUBRIC == "Se juzgó con la rúbrica después del cambio a mano: vale la rúbrica."
    assert told(db_url, "p04") is None  # the rubric's comment speaks for itself
    with Gradebook(db_url, "ciberaula") as gradebook:
        assert [one.points for one in read_marks(gradebook, [ASSIGNMENT]).changes] == [1, 4]
    grade(db_url, "p04", manual_score=2)  # and so does what is typed in formgrader later
    assert told(db_url, "p04") == ByHand(4, 2)
    assert [one.points for one in overrides_of(db_url, ASSIGNMENT)] == [1, 4, 2]
    assert told(db_url, "p04") == ByHand(4, 2)  # the same once it is noted


def changed(before, points, author="Marta", reason="Lo explicó", day=1):
    return Override(ASSIGNMENT, "ana", "p01", before, points, author, reason, datetime(2026, 3, day))


FIRST = changed(0, 1)
MENDED = changed(1, 1.5, reason="Faltaba medio punto", day=2)
BACK = changed(1, None, reason="Fue un error", day=3)
NOTED = changed(1, 2, FORMGRADER, "Texto de la máquina", day=4)
JUDGED = changed(1, 4, reason=BY_RUBRIC, day=5)


@pytest.mark.parametrize(
    ("changes", "auto", "manual", "says"),
    [
        ([], 0, None, None),
        ([], 0, 2, ByHand(0, 2)),
        ([], None, 2, ByHand(None, 2)),
        ([FIRST], 0, 1, ByHand(0, 1, "Lo explicó", FIRST.made_at)),
        # A new attempt has another score by test: what is told is what was changed then.
        ([FIRST], 2, 1, ByHand(0, 1, "Lo explicó", FIRST.made_at)),
        # From what the test gave, whatever was typed in between; with the last reason.
        ([FIRST, MENDED], 0, 1.5, ByHand(0, 1.5, "Faltaba medio punto", MENDED.made_at)),
        ([FIRST, BACK], 0, None, ByHand(1, None, "Fue un error", BACK.made_at)),
        ([FIRST, BACK, FIRST], 0, 1, ByHand(0, 1, "Lo explicó", FIRST.made_at)),
        # Formgrader's, before and after it is noted: the same, and nothing that a machine wrote.
        ([FIRST], 0, 2, ByHand(0, 2)),
        ([FIRST, NOTED], 0, 2, ByHand(0, 2)),
        ([FIRST], 0, None, ByHand(1, None)),
        ([FIRST, changed(1, None, FORMGRADER)], 0, None, ByHand(1, None)),
        ([FIRST, BACK], 0, 2, ByHand(0, 2)),
        # A person's after formgrader's has its reason again.
        ([NOTED, MENDED], 0, 1.5, ByHand(1, 1.5, "Faltaba medio punto", MENDED.made_at)),
        ([FIRST, JUDGED], None, 4, None),
        ([FIRST, JUDGED], None, 3, ByHand(4, 3)),
        ([FIRST, JUDGED, changed(4, 2)], None, 2, ByHand(4, 2, "Lo explicó", FIRST.made_at)),
    ],
)
def test_what_a_trainee_may_know_of_a_change(changes, auto, manual, says):
    assert by_hand(changes, auto, manual) == says


def test_the_changes_of_many_come_with_one_question(db_url):
    override(db_url, ASSIGNMENT, "ana", "p01", 1.5, **SIGNED)
    override(db_url, ASSIGNMENT, "ana", "p02", 1, **SIGNED)
    asked = []
    with ledger.reading(db_url) as connection:
        sa.event.listen(connection, "before_cursor_execute", lambda *about: asked.append(about[2]))
        found = changes_of(connection, ASSIGNMENT)
    assert {student: {item: len(made) for item, made in items.items()} for student, items in found.items()} == {
        "ana": {"p01": 1, "p02": 1}
    }
    assert len(asked) == 1


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
    made, next_step, listed = capsys.readouterr().out.splitlines()
    assert made == listed
    command = f"ciberaula feedback {ASSIGNMENT} --student ana"
    assert next_step == f"ana lo leerá, con el motivo, cuando publique de nuevo: {command}"
    assert made.startswith(f"ana · p01: 0 → 1,5 ({SIGNED['author']}, ")
    assert made.endswith(f" UTC). Motivo: {SIGNED['reason']}")
    assert main(["override", ASSIGNMENT, "ana", "p01", "test", "--reason", "Fue un error"]) == 0
    assert "1,5 → lo que diga la prueba" in capsys.readouterr().out
    for bad, told in ((["p01", "mucho"], "«mucho» no son puntos"), (["p01", "1"], "Falta el motivo")):
        assert main(["override", ASSIGNMENT, "ana", *bad]) == 1
        assert told in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["override", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "la persona lo lee en su retroalimentación: escríbalo para ella y no nombre a nadie más" in told
    assert main(["overrides", "98-otra"]) == 1
    assert "No existe la tarea 98-otra" in capsys.readouterr().err
