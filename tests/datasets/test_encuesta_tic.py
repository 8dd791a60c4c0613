"""The simulated survey: exact margins, the structure that the card states, skipped answers, no other number of people."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ciberaula.datasets import encuesta_tic
from ciberaula.datasets.encuesta_tic.answers import rank_correlation
from ciberaula.datasets.spec import Recipe
from ciberaula.errors import UserError

BUILDS = [(encuesta_tic.SEED, 100), (encuesta_tic.SEED, 50), (1, 100), (7, 100), (3, 50), (99, 1000), (4, 5000)]
every_build = pytest.mark.parametrize(("seed", "rows"), BUILDS)


def frame(seed: int, rows: int, first: int = 1, last: int | None = None) -> Any:
    made = encuesta_tic.make(Recipe(rows, seed, seed), first, last or rows)["respuestas"]
    table = pd.DataFrame(
        {name: list(getattr(column, "to_pylist", lambda c=column: c)()) for name, column in made.items()}
    )
    for column in encuesta_tic.TABLE.columns:
        if column.categories:
            table[column.name] = pd.Categorical(table[column.name], column.categories, ordered=True)
    return table


def spearman(table: Any, first: str, second: str) -> float:
    known = table[[first, second]].dropna()
    codes = known.apply(lambda column: column.cat.codes if isinstance(column.dtype, pd.CategoricalDtype) else column)
    return float(codes[first].rank().corr(codes[second].rank()))


@every_build
def test_every_answer_fits_its_column(seed: int, rows: int) -> None:
    table = frame(seed, rows)
    assert len(table) == rows
    assert list(table.columns) == [column.name for column in encuesta_tic.TABLE.columns]
    assert len(table.columns) == 1 + 20
    for column in encuesta_tic.TABLE.columns:
        values = table[column.name]
        assert values.isna().any() != column.required, column.name
        if column.low is not None and column.high is not None:
            assert values.dropna().between(column.low, column.high).all(), column.name
        if column.unique:
            assert values.is_unique
    assert (table["anios_experiencia"] <= table["edad"].fillna(64) - 22).all()


@every_build
def test_the_published_margins_are_exact(seed: int, rows: int) -> None:
    table = frame(seed, rows)
    regular = table[table["uso_regular"] == "sí"]
    assert len(regular) * 10 == rows * 3
    assert (regular["area"] == "urbana").sum() * 30 == len(regular) * 24
    assert (table["sector"] == "pública").sum() * 2 == rows
    assert (table["area"] == "urbana").sum() * 10 == rows * 6
    often = table["frecuencia"] >= "algunas veces por semana"
    assert often.eq(table["uso_regular"] == "sí").all()


@every_build
def test_the_structure_that_the_card_states(seed: int, rows: int) -> None:
    table = frame(seed, rows)
    areas = [table[table["area"] == area] for area in ("urbana", "rural")]
    whole = spearman(table, "recursos_indice", "frecuencia")
    assert 0.45 <= whole <= 0.60
    for area in areas:
        within = spearman(area, "recursos_indice", "frecuencia")
        assert 0.10 <= within <= 0.40
        assert whole - within >= 0.10 - 1e-9
        assert 0.25 <= spearman(area, "formacion_tic_horas", "frecuencia") <= 0.60
    assert 0.40 <= spearman(table, "formacion_tic_horas", "frecuencia") <= 0.55
    assert 1.5 <= areas[0]["recursos_indice"].mean() - areas[1]["recursos_indice"].mean() <= 3.5
    by_sector = table.groupby("sector", observed=True)["recursos_indice"].mean()
    assert 0.5 <= by_sector["privada"] - by_sector["pública"] <= 1.5


@every_build
def test_the_findings_of_the_study_can_be_seen(seed: int, rows: int) -> None:
    table = frame(seed, rows)
    tools: Any = pd.crosstab(table["tipo_institucion"], table["herramienta_principal"], normalize="index")
    assert tools.loc["ministerio"].idxmax() == "sistema de gestión de casos"
    assert tools["sistema de gestión de casos"].idxmax() == "ministerio"
    assert tools.loc["ONG"].idxmax() == "aplicaciones y plataformas en línea"
    assert tools.loc["ministerio", "sistema de gestión de casos"] > 2 * tools.loc["ONG", "sistema de gestión de casos"]
    benefits = table["beneficio_principal"].value_counts()
    assert set(benefits.index[:3]) == {"acceso y alcance", "coordinación entre instituciones", "flexibilidad"}
    barriers = table["barrera_principal"].value_counts()
    assert set(barriers.index[:3]) == {"conexión", "formación", "privacidad"}
    assert (barriers > 0).all()
    assert (table["herramienta_principal"] == "ninguna").eq(table["frecuencia"] == "nunca").all()


@every_build
def test_training_and_its_hours_agree(seed: int, rows: int) -> None:
    table = frame(seed, rows)
    hours = table.groupby("formacion", observed=True)["formacion_tic_horas"].agg(["min", "max"])
    assert hours.loc["ninguna"].tolist() == [0, 0]
    assert hours.loc["corta", "min"] > 0
    assert hours.loc["corta", "max"] <= 30
    assert hours.loc["sostenida", "min"] >= 40
    assert table.loc[table["formacion"] == "ninguna", "formacion_tic_horas"].notna().all()


def test_the_skipped_answers_are_as_many_as_the_card_says() -> None:
    empty = frame(encuesta_tic.SEED, 100).isna().sum()
    assert empty[empty > 0].to_dict() == {
        "edad": 3,
        "formacion_tic_horas": 4,
        "beneficio_principal": 3,
        "confianza": 4,
        "atiende_poblacion_rural_pct": 5,
    }


@pytest.mark.parametrize("rows", [51, 75, 120])
def test_numbers_that_cannot_be_exact_are_refused(rows: int) -> None:
    with pytest.raises(UserError, match=f"de 50 en 50 personas.*pidió {rows}"):
        encuesta_tic.make(Recipe(rows, 1, 1), 1, rows)


@pytest.mark.parametrize("seed", range(20))
def test_every_seed_finds_its_structure(seed: int) -> None:
    assert frame(seed, 100)["uso_regular"].eq("sí").sum() == 30
    assert frame(seed, 50)["uso_regular"].eq("sí").sum() == 15


def test_portions_are_slices_and_seeds_differ() -> None:
    whole = frame(1, 100)
    pd.testing.assert_frame_equal(frame(1, 100, 31, 60), whole.iloc[30:60].reset_index(drop=True), check_dtype=False)
    assert not frame(2, 100).equals(whole)


def test_rank_correlation_is_spearmans() -> None:
    first, second = np.array([1, 2, 2, 5, 9, 9, 3]), np.array([2, 1, 4, 4, 8, 7, 2])
    expected = pd.Series(first).rank().corr(pd.Series(second).rank())
    assert rank_correlation(first, second) == pytest.approx(expected)
    assert rank_correlation(first, first) == pytest.approx(1)
