"""Answers that come out of a data set: by the explorer, the coding room or code, the same answer earns the same points."""

import ast
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ciberaula.classroom import answers, coding_room, explorer, submit_answer, submit_table
from ciberaula.classroom.checks import table_value
from ciberaula.datasets import load
from ciberaula.grading.recipes import reference_coding
from tests.content.test_answer_bank import ASSIGNMENTS, ROOT, bank, graded, maxima, notebook, score

DIAGNOSIS = "03-diagnostico-brecha-digital"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a trainee: the questions of the assignment and no answer yet."""
    shutil.copy(ROOT / "solutions" / DIAGNOSIS / "preguntas.yml", tmp_path)
    monkeypatch.setenv("CIBERAULA_DATASETS", str(ROOT / "datasets"))
    monkeypatch.setenv("CIBERAULA_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(item: str) -> dict[str, Any]:
    """What the reference chooses in the explorer."""
    chosen: dict[str, Any] = bank(DIAGNOSIS).reference[item]["explored"]["settings"]
    return chosen


def survey() -> pd.DataFrame:
    found = load("encuesta_tic")
    return found.assign(usa=found["uso_regular"] == "sí")


def earned(item: str, answer: Any) -> float:
    return float(score(DIAGNOSIS, {item: answer}, item))


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(("item", "data"), [("p02", "encuesta_tic"), ("p03", "conectividad")])
def test_the_explorer_hands_in_what_the_bank_says(item: str, data: str) -> None:
    widget = explorer(data, answer=item, start=settings(item))
    widget.receive({"type": "press", "button": "entregar", "value": settings(item)})
    assert answers[item] == bank(DIAGNOSIS).reference_answers()[item]
    assert earned(item, answers[item]) == maxima(DIAGNOSIS)[item]


@pytest.mark.usefixtures("desk")
def test_the_coding_room_hands_in_what_the_bank_says() -> None:
    reference = dict(bank(DIAGNOSIS).reference_answers()["p08"]["rows"])
    widget = coding_room("E07", turns=(6, 24), answer="p08")
    assert [unit["id"] for turn in widget.spec["turns"] for unit in turn["units"]] == list(reference)
    widget.receive({"type": "save", "value": reference})
    assert earned("p08", answers["p08"]) == maxima(DIAGNOSIS)["p08"]


@pytest.mark.usefixtures("desk")
def test_code_earns_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """The solutions in the notebook, written as a trainee would write them."""
    for cell in notebook(DIAGNOSIS).cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("codigo-"):
            exec(cell.source, {"submit_answer": submit_answer, "submit_table": submit_table})  # noqa: S102
    assert capsys.readouterr().out.count("p0") >= 3
    assert {item: earned(item, answers[item]) for item in ("p02", "p03", "p08")} == {"p02": 4, "p03": 2, "p08": 4}


def by_group() -> Any:
    return survey().groupby(["sector", "area"], observed=True)["usa"]


WAYS: dict[str, tuple[Callable[[], pd.DataFrame], float]] = {
    "shares": (lambda: by_group().agg(n="size", share="mean").reset_index(), 4),
    "rounded shares": (lambda: by_group().agg(n="size", share="mean").round(2).reset_index(), 4),
    "whole percentages": (
        lambda: by_group().agg(n="size", p="mean").assign(p=lambda found: (100 * found["p"]).round()).reset_index(),
        4,
    ),
    "users beside": (lambda: by_group().agg(usan="sum", n="size", p="mean").reset_index(), 4),
    "other names, other order": (
        lambda: (
            by_group()
            .agg(personas="size", tasa="mean")
            .reset_index()
            .rename(columns={"sector": "Tipo", "area": "Lugar"})
            .iloc[::-1]
        ),
        4,
    ),
    "yes and no in columns": (
        lambda: (
            pd.crosstab([survey()["sector"], survey()["area"]], survey()["uso_regular"], normalize="index")
            .assign(n=by_group().size())
            .reset_index()
        ),
        4,
    ),
    "yes and no in rows": (
        lambda: (
            survey()
            .groupby(["sector", "area"], observed=True)["uso_regular"]
            .value_counts(normalize=True)
            .reset_index()
        ),
        3,
    ),
    "users counted, no share": (lambda: by_group().agg(usan="sum", n="size").reset_index(), 2),
    "capitals": (
        lambda: (
            by_group().agg(n="size", p="mean").reset_index().assign(area=lambda found: found["area"].str.capitalize())
        ),
        4,
    ),
    "a total more": (
        lambda: pd.concat(
            [
                by_group().agg(n="size", p="mean").reset_index(),
                pd.DataFrame([{"sector": "pública", "area": "todas", "n": 50, "p": 0.24}]),
            ]
        ),
        4,
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_table_is_read_for_what_it_says(way: str) -> None:
    table, points = WAYS[way]
    found = table()
    found = found.astype({name: object for name in found.columns if found[name].dtype.name == "category"})
    assert earned("p02", table_value("p02", found)) == points


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_a_key_of_coding_is_the_coding_of_reference(assignment: str) -> None:
    """Each key in a test cell, and the solution by code beside it, against the instructor's coding of the interviews."""
    reference, book = reference_coding(), set(load("entrevistas", "codigos")["codigo"])
    for cell in graded(assignment, "code"):
        for call in ast.walk(ast.parse(cell.source)):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "coding"):
                continue
            given = {one.arg: one.value for one in call.keywords}
            key, near = ast.literal_eval(given["key"]), ast.literal_eval(given["near"])
            assert key == {unit: reference[unit] for unit in key} != {}
            for unit, codes in near.items():
                assert set(codes) <= book - {key[unit]}
            assert sorted(key) == asked_units(assignment, cell.metadata.nbgrader.grade_id)


def asked_units(assignment: str, item: str) -> list[str]:
    """The units that the coding room of that item shows."""
    (call,) = [
        found
        for cell in notebook(assignment).cells
        for found in re.findall(r'coding_room\("(\w+)", turns=\((\d+), (\d+)\), answer="(\w+)"\)', cell.source)
        if found[3] == item
    ]
    units = load("entrevistas", "segmentos")
    own = units[(units["entrevista_id"] == call[0]) & units["turno"].between(int(call[1]), int(call[2]))]
    return sorted(str(unit) for unit in own["segmento_id"])


def test_the_diagnosis_asks_for_a_coding() -> None:
    assert len(asked_units(DIAGNOSIS, "p08")) == len(bank(DIAGNOSIS).reference_answers()["p08"]["rows"]) == 17


def test_no_colleague_gives_the_graded_interview_away() -> None:
    assert not set(asked_units(DIAGNOSIS, "p08")) & set(load("entrevistas", "colega")["segmento_id"])


def statement(item: str) -> str:
    (cell,) = [
        cell
        for cell in notebook(DIAGNOSIS).cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == f"enunciado-{item}"
    ]
    return str(cell.source)


def figures(item: str) -> list[list[int]]:
    """The numbers of the table in a statement, row by row."""
    rows = [re.findall(r"\d+", line) for line in statement(item).splitlines() if line.startswith("| **")]
    return [[int(number) for number in row] for row in rows]


def test_what_the_statements_say_holds_in_the_data() -> None:
    found = survey()
    assert found.groupby("sector", observed=True)["usa"].mean()["privada"] > found["usa"].mean()
    assert "Lo privado le salió más alto" in statement("p02")
    manabi = load("conectividad").query("provincia == 'Manabí'")
    assert round(manabi["internet_hogares_pct"].mean() / 10) == 4
    assert "cuatro de cada diez hogares" in statement("p03")
    assert len(manabi) == 22


@pytest.mark.parametrize("item", ["p04", "p09"])
def test_tables_in_the_statements_add_up(item: str) -> None:
    first, second, total = figures(item)
    assert [one + other for one, other in zip(first, second, strict=True)] == total
    assert all(row[0] + row[1] == row[2] for row in (first, second, total))


def test_the_agreement_scored_is_that_of_the_table_shown() -> None:
    (cell,) = [cell for cell in graded(DIAGNOSIS, "code") if cell.metadata.nbgrader.grade_id == "p09"]
    (counted,) = [
        ast.literal_eval(node.value)
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "counted"
    ]
    first, second, _total = figures("p09")
    assert list(counted.values()) == [*first[:2], *second[:2]]
