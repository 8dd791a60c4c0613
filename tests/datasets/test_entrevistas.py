"""The interviews as tables: nothing of what was written is lost, and the reference coding stays apart."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.datasets.shapes import Values, check

from ciberaula.datasets import agreement, entrevistas
from ciberaula.datasets.entrevistas import DATASET
from ciberaula.datasets.published import published_recipe
from ciberaula.datasets.spec import Recipe
from ciberaula.errors import UserError

_BOOK = """
schema: 1
codes:
  - {id: ben_acceso, theme: beneficio, name: Acceso, definition: Llega., include: Lejos., exclude: Otra cosa., example: Sí.}
  - {id: des_conexion, theme: desafio, name: Conexión, definition: Falta., include: Señal., exclude: Otra., example: No.}
"""
_INTERVIEW = """
schema: 1
id: {id}
participant: {{sector: publica, institution: un centro, area: rural, province: Loja, role: directora, years: 3, gender: mujer}}
month: "2026-03"
mode: llamada
minutes: 30
note: solo para quien enseña
turns:
  - {{who: E, text: "¿Cómo llega?"}}
  - who: P
    units:
      - {{text: "Llego por radio {id}.", code: ben_acceso, second: ben_acceso}}
      - {{text: "La señal no siempre sube.", code: des_conexion, second: ninguno}}
  - {{who: E, text: "¿Y entonces?"}}
  - who: P
    units:
      - {{text: "Entonces camino.", code: ninguno, second: ninguno}}
"""


@pytest.fixture
def small(tmp_path: Path) -> Recipe:
    (tmp_path / entrevistas.BOOK).write_text(_BOOK, encoding="utf-8")
    for id in ("E01", "E02"):
        (tmp_path / f"{id.lower()}.yml").write_text(_INTERVIEW.format(id=id), encoding="utf-8")
    return Recipe(2, 1, 2, tmp_path)


@pytest.fixture(scope="module")
def published() -> dict[str, Values]:
    return check(DATASET, DATASET.make(published_recipe(DATASET), 1, DATASET.rows))


def test_a_small_bank_becomes_the_tables_it_says(small: Recipe) -> None:
    found = check(DATASET, DATASET.make(small, 1, 2))
    assert found["turnos"]["texto"][:4] == [
        "¿Cómo llega?",
        "Llego por radio E01. La señal no siempre sube.",
        "¿Y entonces?",
        "Entonces camino.",
    ]
    assert found["segmentos"]["segmento_id"][:4] == ["E01-001", "E01-002", "E01-003", "E02-001"]
    assert found["segmentos"]["turno"][:3] == [2, 2, 4]
    assert found["entrevistas"]["palabras"] == [15, 15]
    assert found["codificacion"]["codigo"][:3] == ["ben_acceso", "des_conexion", "ninguno"]
    assert found["colega"]["codigo"][:3] == ["ben_acceso", "ninguno", "ninguno"]
    assert found["codigos"]["codigo"] == ["ben_acceso", "des_conexion", "ninguno"]


def test_portions_make_the_same_rows_as_the_whole(small: Recipe) -> None:
    whole, parts = DATASET.make(small, 1, 2), [DATASET.make(small, 1, 1), DATASET.make(small, 2, 2)]
    for name, columns in whole.items():
        for column, values in columns.items():
            assert values == parts[0][name][column] + parts[1][name][column], f"{name}.{column}"


def test_more_than_was_written_is_refused(small: Recipe) -> None:
    with pytest.raises(UserError, match="2 entrevistas en su banco de textos y pidió 3"):
        DATASET.make(replace(small, rows=3), 1, 3)


def test_a_mistake_in_the_bank_is_said_with_its_line(small: Recipe) -> None:
    assert small.bank
    path = small.bank / "e02.yml"
    path.write_text(path.read_text("utf-8").replace("mode: llamada", "mode: carta"), encoding="utf-8")
    with pytest.raises(UserError, match=r"e02\.yml, línea 6: «mode»"):
        DATASET.make(small, 1, 2)


@pytest.mark.parametrize("missing", ["bank", "files", "book"])
def test_without_the_bank_it_says_where_to_get_it(small: Recipe, tmp_path: Path, missing: str) -> None:
    if missing == "book":
        (tmp_path / entrevistas.BOOK).unlink()
    for path in tmp_path.glob("e0*.yml") if missing == "files" else ():
        path.unlink()
    recipe = replace(small, bank=None) if missing == "bank" else small
    with pytest.raises(UserError, match="carpeta"):
        DATASET.make(recipe, 1, 2)


def test_published_units_in_order_are_the_turns(published: dict[str, Values]) -> None:
    units: dict[tuple[str, int], list[str]] = {}
    rows = published["segmentos"]
    for one, turn, text in zip(rows["entrevista_id"], rows["turno"], rows["texto"], strict=True):
        units.setdefault((one, turn), []).append(text)
    turns = published["turnos"]
    spoken = {
        (one, number): text
        for one, number, who, text in zip(*(turns[name] for name in turns), strict=True)
        if who == "P"
    }
    assert {key: " ".join(texts) for key, texts in units.items()} == spoken


def test_published_interviews_are_as_the_card_says(published: dict[str, Values]) -> None:
    rows = published["entrevistas"]
    assert len(rows["entrevista_id"]) == 20
    assert all(600 <= words <= 1200 for words in rows["palabras"])
    assert rows["sector"].count("pública") == 10
    assert rows["area"].count("urbana") == 12
    assert len(set(rows["provincia"])) >= 12


def test_the_colleague_agrees_well_but_is_no_key(published: dict[str, Values]) -> None:
    ours = dict(zip(*published["codificacion"].values(), strict=True))
    theirs = dict(zip(*published["colega"].values(), strict=True))
    assert set(ours) == set(published["segmentos"]["segmento_id"])
    assert len(theirs) > 0.8 * len(ours)
    assert 0.74 <= agreement.cohen_kappa([ours[unit] for unit in theirs], list(theirs.values())) <= 0.84


def test_the_colleague_has_not_coded_what_is_graded(small: Recipe) -> None:
    assert small.bank
    path = small.bank / "e02.yml"
    path.write_text(f"{path.read_text('utf-8')}graded: true\n", encoding="utf-8")
    found = check(DATASET, DATASET.make(small, 1, 2))
    assert found["colega"]["segmento_id"] == ["E01-001", "E01-002", "E01-003"]
    assert found["codificacion"]["segmento_id"] == found["segmentos"]["segmento_id"]


def test_nothing_of_the_instructor_is_in_the_public_tables(small: Recipe, published: dict[str, Values]) -> None:
    public = {table.name for table in DATASET.tables}
    assert "codificacion" not in public
    for tables in (published, check(DATASET, DATASET.make(small, 1, 2))):
        told = {text for name in public for values in tables[name].values() for text in values if isinstance(text, str)}
        assert not any("quien enseña" in text for text in told)
