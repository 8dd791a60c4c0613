"""What the plan says of attempts and of late work: read alone, and checked with the whole."""

from pathlib import Path

import pytest

from ciberaula.curriculum import Attempts, Late, Policy, load, policy_of
from ciberaula.errors import UserError
from tests.curriculum.test_plan import ROOT, course, edit, mistakes  # noqa: F401 - a fixture

OWN = ("      notebook: tarea\n", "      notebook: tarea\n      {}\n")


def say(course: Path, general: str = "", own: str = "") -> None:  # noqa: F811
    if general:
        edit(course, ("frameworks:", f"{general}\nframeworks:"))
    if own:
        edit(course, (OWN[0], OWN[1].format(own)))


def test_without_a_word_the_last_attempt_counts_and_nothing_is_lost(course):  # noqa: F811
    assert policy_of("00-prueba", course) == Policy(
        attempts=Attempts(counts="last", most=None), late=Late(penalty="none")
    )


def test_the_assignment_s_word_stands_in_the_place_of_the_course_s(course):  # noqa: F811
    say(
        course,
        "attempts: {counts: last, most: 3}\nlate: {penalty: zero}",
        "late: {penalty: points, points_per_day: 1.5}",
    )
    own, other = policy_of("00-prueba", course), policy_of("99-otra", course)
    assert own.attempts == other.attempts == Attempts(counts="last", most=3)
    assert own.late == Late(penalty="points", points_per_day=1.5)
    assert other.late == Late(penalty="zero")
    plan = load(course)
    assert plan.policy(plan.assignment("00-prueba")) == own


def test_a_changed_plan_is_read_again(course):  # noqa: F811
    assert policy_of("00-prueba", course).attempts.most is None
    say(course, "attempts: {most: 2}")
    assert policy_of("00-prueba", course).attempts.most == 2


def test_a_hole_elsewhere_in_the_plan_stops_no_grading(course):  # noqa: F811
    say(course, "attempts: {most: 2}")
    edit(course, ("hours: 1\npass", "hours: 2\npass"))
    assert policy_of("00-prueba", course).attempts.most == 2
    (course / "modules" / "curriculum.yml").write_text("modules: []\n")
    assert policy_of("00-prueba", course) == Policy()


@pytest.mark.parametrize(
    ("general", "own", "told"),
    [
        ("attempts: {counts: mejor}", "", "«attempts › counts» no admite «mejor»: use best o last."),
        ("attempts: {most: 0}", "", "«attempts › most»: «0» está fuera de los límites: debe ser 1 o más."),
        ("attempts: {most: dos}", "", "«attempts › most»: «dos» no es un número válido."),
        ("", "attempts: {veces: 2}", "sobra «attempts › veces»"),
        ("late: {penalty: points}", "", "«late»: «penalty: points» necesita «points_per_day»"),
        ("late: {penalty: zero, points_per_day: 1}", "", "solo valen con «penalty: points»"),
        ("", "late: {penalty: points, points_per_day: -1}", "«late › points_per_day»: «-1» está fuera"),
        ("late: {penalty: points, points_per_day: .inf}", "", "«late › points_per_day»"),
        ("late: {grace_minutes: -5}", "", "«late › grace_minutes»"),
    ],
)
def test_a_mistake_is_one_line_with_its_place_wherever_it_is_read(course, general, own, told):  # noqa: F811
    say(course, general, own)
    with pytest.raises(UserError) as caught:
        policy_of("00-prueba", course)
    assert str(caught.value).startswith("modules/curriculum.yml, línea ")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    (line,) = mistakes(course)
    assert told.split("›")[-1].strip() in line


@pytest.mark.parametrize("where", ["general", "own"])
def test_the_best_attempt_needs_tests_for_everything(course, where):  # noqa: F811
    say(course, **{where: "attempts: {counts: best}"})
    (line,) = mistakes(course)
    assert "no puede contar la mejor entrega («best») porque p02 la califica una persona; use counts: last." in line


def test_the_course_s_own_policies():
    plan = load(ROOT)
    for assignment in plan.assignments:
        assert plan.policy(assignment) == Policy(), assignment.id
        assert not policy_of(assignment.id, ROOT).one_by_one
    start = plan.module("00-bienvenida").assignment
    assert plan.policy(start).attempts == Attempts(counts="last", most=1)
    assert policy_of(start.id, ROOT).one_by_one
