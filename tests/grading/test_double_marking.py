"""The second reading: who is drawn, what is kept, and Cohen's weighted kappa against values worked by hand."""

import pytest

from ciberaula.errors import UserError
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.commands import _agreement_line, _caution
from ciberaula.grading.double_marking import (
    FEW_ANSWERS,
    FEWEST_ANSWERS,
    FEWEST_DRAWN,
    Agreement,
    DoubleReading,
    draw,
    weighted_kappa,
)
from ciberaula.grading.rubric import grade_rubric, rubric_path
from tests.grading.course import ASSIGNMENT, RIGHT, RUBRIC, hand_in
from tests.grading.test_cohort import run

PEOPLE = ("ana", "luis", "rosa", "juan", "eva")


@pytest.mark.parametrize(
    ("pairs", "levels", "kappa"),
    [
        ([(0, 0), (1, 1), (2, 2)], 3, 1.0),
        # Two levels: weights are 0 and 1, and it is plain kappa. po = 35/50, pe = (25*30 + 25*20)/50^2 = 0.5.
        ([(0, 0)] * 20 + [(0, 1)] * 5 + [(1, 0)] * 10 + [(1, 1)] * 15, 2, 0.4),
        # Three levels, margins 1,2,1 and 2,1,1. Observed: one pair off by one = 1. Expected, over n = 4:
        # (1*1*1 + 4*1*1 + 1*2*2 + 1*2*1 + 4*1*2 + 1*1*1) / 4 = 20/4 = 5. kappa = 1 - 1/5.
        ([(0, 0), (1, 0), (1, 1), (2, 2)], 3, 0.8),
        # Always the opposite end: observed 2*4 = 8, expected (4*1*1 + 4*1*1)/2 = 4. kappa = 1 - 2.
        ([(0, 2), (2, 0)], 3, -1.0),
        # The second reader gives one level to all: observed = expected = 1 + 0 + 1.
        ([(0, 1), (1, 1), (2, 1)], 3, 0.0),
    ],
)
def test_weighted_kappa(pairs, levels, kappa):
    assert weighted_kappa(pairs, levels) == pytest.approx(kappa)
    assert weighted_kappa([(other, one) for one, other in pairs], levels) == pytest.approx(kappa)


def test_kappa_has_no_value_without_answers_or_without_any_difference():
    assert weighted_kappa([], 3) is None
    assert weighted_kappa([(1, 1), (1, 1)], 3) is None


def test_two_levels_apart_weigh_more_than_one():
    base = [(0, 0), (1, 1), (2, 2), (3, 3)]
    near, far, farthest = (weighted_kappa([*base, (0, other)], 4) for other in (1, 2, 3))
    assert near is not None and far is not None and farthest is not None
    assert near > far > farthest


def test_the_draw_is_the_same_for_everybody_and_another_in_another_assignment():
    people = [f"persona-{number}" for number in range(15)]
    drawn = draw(ASSIGNMENT, people, 0.2)
    assert len(drawn) == 3
    assert drawn == draw(ASSIGNMENT, reversed(people), 0.2)
    assert set(drawn) < set(people)
    assert draw("otra", people, 0.2) != drawn
    assert len(draw(ASSIGNMENT, people[:1], 0.2)) == 1
    assert draw(ASSIGNMENT, [], 0.2) == []


def test_in_a_small_group_enough_are_drawn_for_an_agreement():
    people = [f"persona-{number}" for number in range(40)]
    assert [len(draw(ASSIGNMENT, people[:most], 0.2, FEWEST_DRAWN)) for most in (0, 3, 6, 18, 30, 31, 40)] == [
        *(0, 3, 6, 6, 6, 7, 8)
    ]
    assert set(draw(ASSIGNMENT, people, 0.1)) < set(draw(ASSIGNMENT, people, 0.1, FEWEST_DRAWN))
    assert FEWEST_DRAWN > FEWEST_ANSWERS


def test_a_small_group_is_drawn_whole(judged, monkeypatch):
    monkeypatch.setattr("ciberaula.grading.double_marking.FEWEST_DRAWN", FEWEST_DRAWN)
    assert DoubleReading(ASSIGNMENT, judged.db_url).drawn() == sorted(PEOPLE)


@pytest.fixture
def judged(course, monkeypatch):
    """Five written answers, and two of them drawn: judged once by Marta."""
    monkeypatch.setattr("ciberaula.grading.double_marking.FEWEST_DRAWN", 0)
    rubric_path(ASSIGNMENT).write_text(RUBRIC.replace("share: 0.2", "share: 0.4"), encoding="utf-8")
    for person in PEOPLE:
        hand_in(course, person, RIGHT, written=f"Le explico sus derechos, dice {person}.")
    hand_in(course, "blanca", RIGHT)
    cohort = Cohort()
    for _outcome in cohort.autograde(ASSIGNMENT):
        pass
    for number, person in enumerate(draw(ASSIGNMENT, PEOPLE, 0.4)):
        levels = {"derechos": float(number), "claridad": 2.0 * number}
        grade_rubric(db_url=cohort.db_url, assignment=ASSIGNMENT, student=person, levels=levels, author="Marta")
    return cohort


def test_who_is_drawn_wrote_something(judged):
    reading = DoubleReading(ASSIGNMENT, judged.db_url)
    assert reading.drawn() == draw(ASSIGNMENT, PEOPLE, 0.4)
    assert len(reading.drawn()) == 2


def test_the_command_lists_without_scores_keeps_a_judgement_and_tells_the_agreement(judged, capsys, grades):
    one, other = draw(ASSIGNMENT, PEOPLE, 0.4)
    before = {person: grades(person) for person in PEOPLE}
    assert run("double-marking", ASSIGNMENT) == 0
    listed = capsys.readouterr().out
    assert [line.split(" (")[0] for line in listed.splitlines()] == [f"{one}: pendiente", f"{other}: pendiente"]
    run("double-marking", ASSIGNMENT, "--student", one, "--levels", "derechos=0", "claridad=0", "--author", "Rosario")
    capsys.readouterr()
    run("double-marking", ASSIGNMENT, "--student", other, "--levels", "derechos=2", "claridad=0", "--author", "Rosario")
    told = capsys.readouterr().out.splitlines()
    assert told[:3] == [
        f"{other}: segunda lectura guardada.",
        f"{one}: leída por Rosario",
        f"{other}: leída por Rosario",
    ]
    few = "mismo nivel en 1 de 2 respuestas; la kappa se muestra desde 5"  # no advice by so few
    assert told[3:] == [f"Derechos de la persona: {few}", f"Claridad: {few}"]
    assert {person: grades(person) for person in PEOPLE} == before
    written = DoubleReading(ASSIGNMENT, judged.db_url).path.read_text(encoding="utf-8").splitlines()
    assert written[0] == "student,author,at,derechos,claridad"
    assert len(written) == 3


def test_the_line_of_an_agreement():
    def line(answers, kappa, same):
        enough = kappa is None or kappa >= 0.7
        return _agreement_line(Agreement("Claridad", answers, kappa, enough, same), 0.7)

    assert line(1, 0.0, 0) == "Claridad: mismo nivel en 0 de 1 respuesta; la kappa se muestra desde 5"
    low = ". Por debajo de 0,7: comparen sus lecturas y precisen los niveles"
    assert line(FEWEST_ANSWERS, 0.667, 4) == f"Claridad: kappa 0,67, mismo nivel en 4 de 5 respuestas{low}"
    assert line(FEWEST_ANSWERS, 0.7, 4) == "Claridad: kappa 0,7, mismo nivel en 4 de 5 respuestas"
    assert "sin valor" in line(FEWEST_ANSWERS, None, 5)


def test_a_kappa_of_few_answers_comes_with_a_caution():
    def caution(*answers):
        return _caution([Agreement("Claridad", count, 0.9, True, count) for count in answers])

    assert caution() == caution(FEWEST_ANSWERS - 1) == caution(FEW_ANSWERS) == ""  # none told, or of many
    assert "Con 5 respuestas la kappa solo orienta" in caution(FEWEST_ANSWERS, FEW_ANSWERS)
    assert "Con 29 respuestas" in caution(FEW_ANSWERS - 1)


def test_agreement_on_everything_warns_of_nothing(judged):
    reading = DoubleReading(ASSIGNMENT, judged.db_url)
    for number, person in enumerate(reading.drawn()):
        reading.record(person, {"derechos": float(number), "claridad": 2.0 * number}, "Rosario")
    assert [(one.answers, one.kappa, one.enough) for one in reading.agreement()] == [(2, 1.0, True)] * 2


def test_a_first_judgement_without_levels_is_not_compared(judged):
    reading = DoubleReading(ASSIGNMENT, judged.db_url)
    one, _other = reading.drawn()
    reading.record(one, {"derechos": 0, "claridad": 0}, "Rosario")
    with judged.api.gradebook as gradebook:
        gradebook.find_comment("p04", "prueba", ASSIGNMENT, one).manual_comment = "Muy bien."
        gradebook.db.commit()
    assert [one.answers for one in DoubleReading(ASSIGNMENT, judged.db_url).agreement()] == [0, 0]


def test_what_cannot_be_a_second_reading_is_one_line_and_is_not_kept(judged):
    reading = DoubleReading(ASSIGNMENT, judged.db_url)
    one, other = reading.drawn()
    levels = {"derechos": 1, "claridad": 2}
    undrawn = next(person for person in PEOPLE if person not in (one, other))
    for student, given, author, line in [
        (undrawn, levels, "Rosario", f"A {undrawn} no le tocó la doble lectura"),
        (one, levels, "marta", "es de otra persona: marta no puede darla"),
        (one, {"derechos": 1}, "Rosario", "revise «claridad»"),
        (one, {"derechos": 9, "claridad": 2}, "Rosario", "no tiene un nivel de 9 puntos"),
    ]:
        with pytest.raises(UserError, match=line):
            reading.record(student, given, author)
    assert not reading.path.exists()
    reading.record(one, levels, "Rosario")
    with pytest.raises(UserError, match="es de otra persona: Julia"):
        reading.record(one, levels, "Julia")
    reading.record(one, {"derechos": 2, "claridad": 2}, "Rosario")  # who read it may correct it
    assert reading.seconds()[one].levels == {"derechos": 2, "claridad": 2}
    with pytest.raises(UserError, match="dé --student, --levels y --author"):
        run("double-marking", ASSIGNMENT, "--student", one)


def test_a_damaged_file_is_told_and_not_written_over(judged):
    reading = DoubleReading(ASSIGNMENT, judged.db_url)
    reading.path.parent.mkdir()
    reading.path.write_text("student,author\nana,Rosario\n", encoding="utf-8")
    with pytest.raises(UserError, match="no tiene la forma esperada"):
        reading.record(reading.drawn()[0], {"derechos": 1, "claridad": 2}, "Rosario")
    assert reading.path.read_text(encoding="utf-8") == "student,author\nana,Rosario\n"


def test_an_assignment_that_asks_for_no_second_reading_says_so(course):
    rubric_path(ASSIGNMENT).write_text(RUBRIC.partition("double_marking")[0], encoding="utf-8")
    with pytest.raises(UserError, match="no pide doble lectura"):
        DoubleReading(ASSIGNMENT, Cohort().db_url)
