"""The demo cohort's own parts; the whole of it is built and looked at in tests/e2e."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ciberaula.classroom.lessons import lessons_in
from ciberaula.classroom.record import LearningRecord
from ciberaula.grading import demo
from ciberaula.grading.answer_bank import load_answer_bank
from ciberaula.grading.demo_lessons import studied
from ciberaula.grading.rubric import load_rubric
from ciberaula.yamlfile import read_yaml, validate

COURSE = Path(__file__).parents[2]
SCHEMA = json.loads((COURSE / "tests" / "classroom" / "xapi-1.0.3.schema.json").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LearningRecord]:
    monkeypatch.setenv("CIBERAULA_PSEUDONYM", "p-demostracion")
    folder = tmp_path / demo.ASSIGNMENT
    folder.mkdir()
    yield LearningRecord(folder)


def statements(record: LearningRecord, care: float) -> list[dict[str, Any]]:
    return list(studied(COURSE, record, care, NOW, random.Random(7)))  # noqa: S311 - reproducible, not secret


def successes(found: list[dict[str, Any]]) -> list[bool]:
    return [one["result"]["success"] for one in found if "success" in one.get("result", {})]


def test_what_a_simulated_person_did_in_the_lessons_is_valid_and_before_handing_in(record: LearningRecord) -> None:
    found = statements(record, 0.8)
    for statement in found:
        jsonschema.validate(statement, SCHEMA)
    assert max(one["timestamp"] for one in found) < NOW.isoformat()


def test_the_careful_do_every_lesson_and_answer_well(record: LearningRecord) -> None:
    found = statements(record, 1.0)
    asked = {id for ids in lessons_in(COURSE / "modules" / demo.ASSIGNMENT).values() for id in ids}
    answered = [one for one in found if one["verb"]["id"].endswith("/answered")]
    assert len(answered) == len(asked)
    assert all(successes(found))


def test_the_careless_do_less_and_the_classroom_says_so(record: LearningRecord) -> None:
    found = statements(record, 0.0)
    assert 0 < len(found) < len(statements(record, 1.0))
    assert not any(successes(found))


def test_every_person_of_the_cohort_can_answer_from_the_bank() -> None:
    cohort = validate(demo.DemoCohort, read_yaml(COURSE / "grading" / "demo" / "cohort.yml"))
    bank = load_answer_bank(demo.ASSIGNMENT)
    assert len({person.id for person in cohort.people}) == len({person.name for person in cohort.people}) == 24
    for person in cohort.people:
        assert bank.misconception(person.believes)


def test_the_second_reader_differs_by_one_level_and_as_often_as_the_file_says() -> None:
    rubric = load_rubric(demo.ASSIGNMENT)
    assert rubric is not None
    first = {criterion.id: sorted(level.points for level in criterion.levels)[1] for criterion in rubric.criteria}
    rng = random.Random(7)  # noqa: S311 - reproducible, not secret
    read = [demo.second_levels(rubric, first, 0.3, rng) for _number in range(400)]
    for criterion in rubric.criteria:
        scale = sorted(level.points for level in criterion.levels)
        given = [scale.index(levels[criterion.id]) for levels in read]
        assert set(given) == {0, 1, 2}
        assert 0.2 < sum(rank != 1 for rank in given) / len(given) < 0.4
    assert demo.second_levels(rubric, first, 0.0, rng) == first
    lowest = {criterion.id: 0.0 for criterion in rubric.criteria}
    for levels in (demo.second_levels(rubric, lowest, 1.0, rng) for _number in range(20)):
        for criterion in rubric.criteria:
            assert criterion.level(levels[criterion.id]).points in sorted(one.points for one in criterion.levels)[:2]


@pytest.mark.parametrize("name", [demo.ROSTER, demo.GRADEBOOK])
def test_a_real_course_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("de verdad")
    demo.build(tmp_path, COURSE, local_student="participante")
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "de verdad"
