import pytest

from ciberaula.errors import UserError
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.rubric import grade_rubric, judge, load_rubric, rubric_markdown, rubric_path
from tests.grading.course import ASSIGNMENT, NOTEBOOK, RIGHT, RUBRIC, hand_in


def the_rubric():
    rubric = load_rubric(ASSIGNMENT)
    assert rubric is not None
    return rubric


def test_levels_become_points_and_a_comment_in_words(course):
    points, comment = judge(the_rubric(), {"derechos": 2, "claridad": 0}, ["tono"], "Marta")
    assert points == 2
    assert comment == (
        "- **Derechos de la persona**: Logrado (2 de 2). Explica los derechos y cómo ejercerlos.\n"
        "- **Claridad**: Confuso (0 de 2). No se entiende qué haría.\n\n"
        "Muy buen trato en el mensaje.\n\n"
        "Calificó: Marta."
    )


@pytest.mark.parametrize(
    ("levels", "comments", "line"),
    [
        ({"derechos": 2}, [], "revise «claridad»"),
        ({"derechos": 2, "claridad": 2, "otro": 1}, [], "revise «otro»"),
        ({"derechos": 1.5, "claridad": 2}, [], "no tiene un nivel de 1,5 puntos; elija entre 0; 1; 2"),
        ({"derechos": 2, "claridad": 2}, ["nada"], "no tiene el comentario «nada»"),
    ],
)
def test_a_wrong_choice_is_one_line(course, levels, comments, line):
    with pytest.raises(UserError) as caught:
        judge(the_rubric(), levels, comments, "Marta")
    assert line in str(caught.value)


def test_the_score_and_comment_are_written_as_formgrader_does(course):
    hand_in(course, "ana", RIGHT, written="Le explico.")
    list(Cohort().autograde(ASSIGNMENT))
    cohort = Cohort()
    levels = {"derechos": 2, "claridad": 2}
    assert grade_rubric(db_url=cohort.db_url, assignment=ASSIGNMENT, student="ana", levels=levels, author="Marta") == 4
    with cohort.api.gradebook as gradebook:
        grade = gradebook.find_grade("p04", NOTEBOOK, ASSIGNMENT, "ana")
        assert (grade.manual_score, grade.needs_manual_grade) == (4, False)
        assert "Logrado (2 de 2)" in gradebook.find_comment("p04", NOTEBOOK, ASSIGNMENT, "ana").manual_comment


def test_grading_again_keeps_what_a_person_wrote(course):
    hand_in(course, "ana", RIGHT, written="Le explico.")
    list(Cohort().autograde(ASSIGNMENT))
    cohort = Cohort()
    grade_rubric(
        db_url=cohort.db_url,
        assignment=ASSIGNMENT,
        student="ana",
        levels={"derechos": 1, "claridad": 2},
        author="Marta",
    )
    list(cohort.autograde(ASSIGNMENT, "ana", force=True))
    with cohort.api.gradebook as gradebook:
        grade = gradebook.find_grade("p04", NOTEBOOK, ASSIGNMENT, "ana")
        assert (grade.manual_score, grade.needs_manual_grade) == (3, False)
        assert "Marta" in gradebook.find_comment("p04", NOTEBOOK, ASSIGNMENT, "ana").manual_comment


def test_without_a_submission_or_with_other_points_nothing_is_written(course):
    cohort = Cohort()
    levels = {"derechos": 1, "claridad": 2}
    with pytest.raises(UserError, match="No hay entrega calificada de ana"):
        grade_rubric(db_url=cohort.db_url, assignment=ASSIGNMENT, student="ana", levels=levels, author="Marta")
    hand_in(course, "ana", RIGHT, written="Le explico.")
    list(cohort.autograde(ASSIGNMENT))
    rubric_path(ASSIGNMENT).write_text(
        RUBRIC.replace("points: 2, name: Claro", "points: 3, name: Claro"), encoding="utf-8"
    )
    levels["claridad"] = 3
    with pytest.raises(UserError, match="suma 5 puntos y la celda p04 vale 4"):
        grade_rubric(db_url=cohort.db_url, assignment=ASSIGNMENT, student="ana", levels=levels, author="Marta")


def test_a_mistake_in_the_file_names_it(course):
    rubric_path(ASSIGNMENT).write_text(RUBRIC.replace("points: 1", "points: 2"), encoding="utf-8")
    with pytest.raises(UserError, match=f"{ASSIGNMENT}.yml"):
        load_rubric(ASSIGNMENT)


def test_the_table_for_the_instructor_has_every_level_and_comment(course):
    text = rubric_markdown(the_rubric())
    assert text.count("\n| Derechos de la persona |") == 3
    assert "- Muy buen trato en el mensaje." in text


def test_an_assignment_without_a_rubric_has_none(course):
    assert load_rubric("98-otra") is None
