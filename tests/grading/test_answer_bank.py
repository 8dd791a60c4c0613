"""The loader of answer banks: what it resolves, and the one line for each mistake."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from ciberaula.errors import UserError
from ciberaula.grading.answer_bank import AnswerBank, load_answer_bank

BANK: dict[str, Any] = {
    "schema": 1,
    "assignment": "90-prueba",
    "reference": {
        "p01": "b",
        "p02": {
            "table": {
                "data": "casos-k",
                "age": "bands",
                "place": "region",
                "drop_below": 3,
                "columns": ["edad", "region"],
            }
        },
    },
    "misconceptions": [
        {"id": id, "name": "Nombre", "belief": "Cree algo.", "items": {"p01": {"answer": "a", "points": 0.5}}}
        for id in ("una", "dos", "tres")
    ],
    "wrong": {
        "p01": [{"answer": "a", "points": 0.5}, {"answer": "c", "points": 0}],
        "p02": [{"answer": {"columns": ["edad"], "rows": []}, "points": 0}, {"answer": None, "points": 0}],
    },
    "written": {"p03": [{"id": "good", "levels": {"voz": 1.5, "base": 0.5}, "text": "Texto."}]},
}


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "curriculum.yml").touch()
    (tmp_path / "grading" / "answer_bank").mkdir(parents=True)
    monkeypatch.setenv("CIBERAULA_COURSE", str(tmp_path))
    return tmp_path


def loaded(course: Path, bank: dict[str, Any]) -> AnswerBank:
    path = course / "grading" / "answer_bank" / "90-prueba.yml"
    path.write_text(yaml.safe_dump(bank, allow_unicode=True), encoding="utf-8")
    return load_answer_bank("90-prueba")


def test_a_misconception_knows_the_rest(course: Path) -> None:
    bank = loaded(course, BANK)
    assert bank.answers_of("dos")["p01"] == "a"
    assert bank.answers_of("dos")["p02"] == bank.reference_answers()["p02"]
    assert bank.points_of("dos", {"p01": 2, "p02": 4}) == {"p01": 0.5, "p02": 4}
    assert bank.written["p03"][0].points == 2
    with pytest.raises(KeyError):
        bank.answers_of("ninguna")


def without(bank: dict[str, Any], *path: str) -> dict[str, Any]:
    changed = copy.deepcopy(bank)
    inner = changed
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return changed


@pytest.mark.parametrize(
    ("bank", "told"),
    [
        (without(BANK, "reference"), "reference"),
        (without(BANK, "wrong", "p02"), "mismas preguntas"),
        (without(BANK, "reference", "p02", "table", "age"), "age"),
        ({**BANK, "reference": {**BANK["reference"], "p02": {"coding": None}}}, "una sola palabra"),
        ({**BANK, "misconceptions": BANK["misconceptions"][:2]}, "misconceptions"),
        ({**BANK, "misconceptions": BANK["misconceptions"][:1] * 3}, "está dos veces en «misconceptions»"),
        ({**BANK, "wrong": {**BANK["wrong"], "p01": BANK["wrong"]["p01"][:1]}}, "p01"),
        ({**BANK, "points": 3}, "points"),
    ],
)
def test_each_mistake_is_one_line(course: Path, bank: dict[str, Any], told: str) -> None:
    with pytest.raises(UserError) as caught:
        loaded(course, bank)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("90-prueba.yml")


def test_a_misconception_about_no_item(course: Path) -> None:
    bank = copy.deepcopy(BANK)
    bank["misconceptions"][0]["items"]["p09"] = {"answer": 1, "points": 0}
    with pytest.raises(UserError, match="«p09»"):
        loaded(course, bank)


def test_a_missing_bank(course: Path) -> None:
    with pytest.raises(UserError, match=r"90-prueba\.yml"):
        load_answer_bank("90-prueba")
