"""Recipes of answers: what each makes from the data, and the one line for what does not fit."""

from typing import Any

import pytest
from pydantic import ValidationError

from ciberaula.datasets import load
from ciberaula.errors import UserError
from ciberaula.grading.recipes import CodingRecipe, ExploredRecipe, TableRecipe, recipe_of, reference_coding, value_of

USE: dict[str, Any] = {"medida": "proporcion", "columna": "uso_regular", "valor": "sí", "grupo1": "area"}


def test_a_table_is_made_from_its_data_set() -> None:
    exact = TableRecipe(data="casos-k", age="exact", place="canton", columns=["codigo", "edad", "canton"]).answer()
    assert exact["columns"] == ["codigo", "edad", "canton"]
    assert len(exact["rows"]) == 120
    assert all(isinstance(row[1], int) for row in exact["rows"])
    few = TableRecipe(data="casos-k", age="bands", place="region", drop_below=3, columns=["edad", "region"]).answer()
    assert {row[0] for row in few["rows"]} == {"0-5", "6-11", "12-17", "18+"}
    assert len(few["rows"]) < 120


@pytest.mark.parametrize("answer", ["b", 3, ["a"], None, {"informe": "plataforma"}, {"table": "a", "plan": "b"}, {}])
def test_an_answer_as_it_stands_is_no_recipe(answer: Any) -> None:
    assert recipe_of(answer) is None
    assert value_of(answer) == answer


def test_a_bad_recipe_is_told_where_it_stands() -> None:
    with pytest.raises(ValidationError, match="settings"):
        recipe_of({"explored": {"data": "encuesta_tic"}})


def test_the_explorer_answers_with_a_table_or_a_number() -> None:
    table = value_of({"explored": {"data": "encuesta_tic", "settings": USE}})
    found = load("encuesta_tic")
    rural = found[found["area"] == "rural"]
    share = round(100 * float((rural["uso_regular"] == "sí").mean()), 2)
    assert table["columns"] == ["area", "filas", "porcentaje"]
    assert ["rural", len(rural), share] in table["rows"]
    alone = {id: value for id, value in USE.items() if id != "grupo1"}
    assert value_of({"explored": {"data": "encuesta_tic", "settings": alone}}) == 30


def test_code_may_make_another_table_of_it() -> None:
    made: Any = ExploredRecipe(
        data="encuesta_tic",
        settings=USE,
        only=["porcentaje", "area"],
        rename={"porcentaje": "parte"},
        scale={"porcentaje": 0.01},
    ).answer()
    assert made["columns"] == ["parte", "area"]
    assert all(0 < row[0] < 1 for row in made["rows"])


def test_a_setting_that_does_not_fit_is_one_line() -> None:
    with pytest.raises(UserError, match="«región» no sirve para el ajuste «grupo1»"):
        ExploredRecipe(data="encuesta_tic", settings={**USE, "grupo1": "región"}).answer()


def test_a_coding_is_that_of_reference_but_for_what_is_said() -> None:
    reference = reference_coding()
    whole = CodingRecipe(interview="E07").answer()
    assert dict(whole["rows"]) == {unit: code for unit, code in reference.items() if unit.startswith("E07-")}
    some = CodingRecipe(interview="E07", turns=[6, 10], instead={"E07-005": "des_formacion"}).answer()
    assert dict(some["rows"]) == {
        unit: "des_formacion" if unit == "E07-005" else reference[unit]
        for unit in ("E07-003", "E07-004", "E07-005", "E07-006")
    }
    assert CodingRecipe(interview="E07", all="ninguno", units=2).answer()["rows"] == [
        ["E07-001", "ninguno"],
        ["E07-002", "ninguno"],
    ]


@pytest.mark.parametrize("asked", [{"interview": "E99"}, {"interview": "E07", "instead": {"E08-001": "ninguno"}}])
def test_units_that_are_not_there_are_one_line(asked: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="no es una unidad de esa codificación"):
        CodingRecipe(**asked).answer()
