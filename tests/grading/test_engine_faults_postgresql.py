"""What PostgreSQL takes worse than SQLite."""

import shutil

from ciberaula.grading import engine
from tests.grading.course import ASSIGNMENT, RIGHT, hand_in
from tests.grading.test_engine import chunk
from tests.grading.test_postgresql import filled, on_postgresql, server  # noqa: F401 - fixtures


def test_a_reason_with_a_null_sign_costs_only_its_own(on_postgresql, course, monkeypatch):  # noqa: F811
    """An error's words hold what the trainee wrote: pandas says «unable to parse: …» with the text as it is."""
    from ciberaula.grading.marking import Marker

    hand_in(course, "ana", RIGHT)
    hand_in(course, "luis", RIGHT)
    real = Marker.mark

    def mark(marker, student, *given):
        if student == "ana":
            raise ValueError("unable to parse: \x00")
        return real(marker, student, *given)

    monkeypatch.setattr(Marker, "mark", mark)
    assert [one.state for one in chunk("ana", "luis").values()] == ["failed", "graded"]


def test_a_folder_with_a_name_too_long_for_the_tables_costs_only_its_own(on_postgresql, course):  # noqa: F811
    hand_in(course, "luis", RIGHT)
    shutil.copytree(course / "var" / "submitted" / "luis", course / "var" / "submitted" / ("a" * 80))
    todo = engine.pending(ASSIGNMENT).todo
    outcomes = {one.student: one.state for one in engine.grade_chunk(engine.Order(ASSIGNMENT, todo))}
    assert outcomes["luis"] == "graded"
