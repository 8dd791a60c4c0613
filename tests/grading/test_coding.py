"""Scores of a coding: by unit, with half for a neighbour, nothing for what was not asked, and never twice."""

from typing import Any

import pytest

from ciberaula.errors import UserError
from ciberaula.grading.scoring import coding

KEY = {"E01-001": "des_conexion", "E01-002": "ben_acceso", "E01-003": "ninguno", "E01-004": "des_conexion"}
WHY = {unit: f"Habla de lo suyo en {unit}." for unit in KEY}
NEAR = {"E01-002": ["ben_flexibilidad"]}


def table(**codes: str) -> dict[str, Any]:
    return {"columns": ["segmento_id", "codigo"], "rows": [[f"E01-{unit[1:]}", code] for unit, code in codes.items()]}


def score(answer: Any) -> Any:
    return coding("p08", answer, points=4, key=KEY, why=WHY, near=NEAR)


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        (table(u001="des_conexion", u002="ben_acceso", u003="ninguno", u004="des_conexion"), 4),
        (table(u001="des_conexion", u002="ben_flexibilidad", u003="ninguno", u004="des_conexion"), 3.5),
        (table(u001="ben_acceso", u002="des_conexion", u003="des_conexion", u004="ninguno"), 0),
        (table(u003="ninguno"), 1),
        (table(u003="ninguno", u999="ninguno"), 1),
        (table(u001="ninguno", u002="ninguno", u003="ninguno", u004="ninguno"), 1),
    ],
)
def test_each_unit_counts_alike(answer: Any, points: float) -> None:
    assert float(score(answer)) == points


def test_columns_come_in_any_order_and_more_are_left_alone() -> None:
    rows = [[code, "x", unit] for unit, code in KEY.items()]
    assert float(score({"columns": ["codigo", "nota", "segmento_id"], "rows": rows})) == 4


def test_a_unit_with_two_codes_has_none() -> None:
    rows = [["E01-001", code] for code in ("des_conexion", "ben_acceso")]
    assert float(score({"columns": ["segmento_id", "codigo"], "rows": rows})) == 0
    twice = [["E01-001", "des_conexion"]] * 2
    assert float(score({"columns": ["segmento_id", "codigo"], "rows": twice})) == 1


def test_blank_and_odd_answers_earn_nothing_and_say_so() -> None:
    assert score(None).verdict == "unanswered"
    for odd in ("E01-001", {"columns": ["a"], "rows": [[1]]}, {"columns": "x"}, [["E01-001", "ben_acceso"]]):
        assert float(score(odd)) == 0


def test_the_feedback_names_what_differs_and_only_that() -> None:
    found = score(table(u001="des_conexion", u002="ben_flexibilidad", u003="ben_acceso"))
    assert found.answered == "1 de 4 unidades como la codificación de referencia"
    lines = found.explanation.splitlines()
    assert lines[0].startswith("Kappa de Cohen con la referencia: ")
    assert lines[1].startswith("E01-002: «ben_flexibilidad» también se puede defender. La referencia: «ben_acceso».")
    assert lines[2].startswith("E01-003: usted puso «ben_acceso».")
    assert lines[3].startswith("E01-004: sin código.")
    assert len(lines) == 4


def test_codes_are_said_in_words_where_there_are_some() -> None:
    found = coding(
        "p08", table(u003="ben_acceso"), points=4, key=KEY, why=WHY, names={"ben_acceso": "Acceso y alcance"}
    )
    assert "usted puso «Acceso y alcance». La referencia: «ninguno»." in found.explanation
    assert "La referencia: «Acceso y alcance»." in found.explanation


def test_a_key_without_reasons_is_the_authors_mistake() -> None:
    with pytest.raises(UserError, match="cada unidad de la codificación"):
        coding("p08", None, points=4, key=KEY, why={})


def test_the_feedback_tells_how_a_unit_begins() -> None:
    text = (
        "Lo malo es que se abre desde una única máquina, la de inspección, porque las demás no tienen el certificado."
    )
    found = coding("p08", table(), points=4, key=KEY, why=WHY, texts={"E01-001": text})
    assert "E01-001 «Lo malo es que se abre desde una única máquina, la de…»: sin código." in found.explanation
    assert "E01-002: sin código." in found.explanation
