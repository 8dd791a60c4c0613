"""The simulated connectivity of the cantons: all of them, the structure that the card states, the linkage."""

import numpy as np
import pandas as pd
import pytest

from ciberaula.datasets import conectividad
from ciberaula.datasets.cantons import CANTONS
from ciberaula.datasets.spec import Recipe

SEEDS = [conectividad.SEED, 1, 7, 99, 12345]


def frame(seed: int) -> pd.DataFrame:
    made = conectividad.make(Recipe(221, seed, seed), 1, 221)["cantones"]
    return pd.DataFrame({name: np.asarray(column) for name, column in made.items()})


@pytest.mark.parametrize("seed", SEEDS)
def test_each_canton_has_one_row_that_fits_the_columns(seed: int) -> None:
    rows = frame(seed)
    assert list(rows.columns) == [column.name for column in conectividad.TABLE.columns]
    assert rows["canton_id"].tolist() == [canton.id for canton in CANTONS]
    assert not rows.isna().any().any()
    for column in conectividad.TABLE.columns:
        values = rows[column.name]
        if column.categories:
            assert set(values) == set(column.categories), column.name
        if column.low is not None and column.high is not None:
            assert values.between(column.low, column.high).all(), column.name
        if column.kind == "number":
            assert np.allclose(values * 10, np.rint(values * 10)), column.name
    assert rows["poblacion"].between(1_000, 4_000_000).all()
    assert 14e6 < rows["poblacion"].sum() < 21e6


@pytest.mark.parametrize("seed", SEEDS)
def test_the_structure_that_the_card_states(seed: int) -> None:
    rows = frame(seed)
    by_rank = rows["rural_pct"].rank().corr(rows["internet_hogares_pct"].rank())
    assert -0.95 <= by_rank <= -0.70
    mean = rows.groupby("capital")["internet_hogares_pct"].mean()
    assert 10 <= mean["sí"] - mean["no"] <= 30
    assert (rows["movil_pct"] > rows["internet_hogares_pct"]).all()
    assert (rows["internet_hogares_pct"] > rows["computador_pct"]).all()
    cost = rows.groupby("senal")["costo_mes_usd"].mean()
    assert 6 <= cost["escasa"] - cost["buena"] <= 10
    assert (rows["minutos_capital"].eq(0) == rows["capital"].eq("sí")).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_percentage_of_households_gives_the_canton_back(seed: int) -> None:
    rows = frame(seed)
    alone = ~rows["internet_hogares_pct"].duplicated(keep=False)
    assert 0.9 <= alone.mean() < 1


def test_portions_are_slices_of_one_table_that_nobody_can_change() -> None:
    whole, part = frame(5), conectividad.make(Recipe(221, 5, 5), 100, 120)["cantones"]
    assert list(part["internet_hogares_pct"]) == whole["internet_hogares_pct"][99:120].tolist()
    with pytest.raises(ValueError, match="read-only"):
        conectividad.table(5)["poblacion"][0] = 0
    assert not np.array_equal(conectividad.table(5)["poblacion"], conectividad.table(6)["poblacion"])


def test_weights_are_shares_by_population() -> None:
    shares = conectividad.weights()
    people = conectividad.table()["poblacion"]
    assert shares.sum() == pytest.approx(1)
    assert int(shares.argmax()) == int(people.argmax())
    assert CANTONS[int(shares.argmax())].name in ("Quito", "Guayaquil")
