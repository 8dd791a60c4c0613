"""The simulated table of cases: same bytes, valid package, the structure that lessons rely on."""

import csv
from pathlib import Path

import pytest

from ciberaula.datasets import casos_k, load, privacy
from ciberaula.datasets.places import PLACES, REGION_OF

COMMITTED = Path(__file__).parents[2] / "datasets" / "casos-k"


@pytest.fixture(autouse=True)
def course_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIBERAULA_DATASETS", str(COMMITTED.parent))


@pytest.mark.parametrize(("seed", "rows"), [(casos_k.SEED, casos_k.ROWS), (1, 100), (7, 250), (99, 1000)])
def test_the_structure_holds_for_any_seed(seed: int, rows: int) -> None:
    import pandas as pd

    table = pd.DataFrame(casos_k.simulate(seed, rows))
    banded = privacy.generalise_canton(privacy.generalise_age(table), "region")
    quasi = ["edad", "genero", "region"]
    published = privacy.suppress_small(banded, quasi, 3)
    assert len(table) == rows
    assert privacy.k_anonymity(table, ["edad", "genero", "canton"]) == 1
    assert privacy.k_anonymity(banded, quasi) == 1
    assert len(banded) - len(published) == casos_k.RARE
    assert privacy.k_anonymity(published, quasi) >= 3
    assert privacy.l_diversity(published, quasi, "motivo") == 1
    assert ("6-11", "masculino", "Costa") in privacy.homogeneous_groups(published, quasi, "motivo").index
    assert "otra identidad" not in set(published["genero"])


def test_the_figures_that_the_course_relies_on() -> None:
    table = load("casos-k")
    banded = privacy.generalise_canton(privacy.generalise_age(table), "region")
    figures = [
        (len(group), privacy.k_anonymity(group, quasi), len(privacy.unique_rows(group, quasi)))
        for group, quasi in [
            (table, ["edad", "genero", "canton"]),
            (privacy.generalise_canton(privacy.generalise_age(table), "provincia"), ["edad", "genero", "provincia"]),
            (banded, ["edad", "genero", "region"]),
            (banded, ["edad", "region"]),
            (privacy.suppress_small(banded, ["edad", "genero", "region"], 3), ["edad", "genero", "region"]),
            (privacy.suppress_small(banded, ["edad", "region"], 3), ["edad", "region"]),
        ]
    ]
    assert figures == [(120, 1, 114), (120, 1, 57), (120, 1, 4), (120, 1, 2), (114, 4, 0), (118, 6, 0)]


def test_nobody_is_in_it() -> None:
    with (COMMITTED / "casos-k.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 120
    assert len({row["codigo"] for row in rows}) == 120
    assert set(rows[0]) == {
        *("codigo", "edad", "genero", "provincia", "canton", "area", "motivo", "discapacidad", "mes_ingreso", "canal")
    }
    for row in rows:
        assert row["codigo"].startswith("SIM-")
        assert row["canton"] in PLACES[REGION_OF[row["provincia"]]][row["provincia"]]
        assert not any(len(value) >= 9 and value.isdigit() for value in row.values())


def test_load_reads_the_declared_types() -> None:
    table = load("casos-k")
    assert table["edad"].dtype == "int64"
    assert table["codigo"].tolist()[:2] == ["SIM-001", "SIM-002"]
    assert not table.isna().to_numpy().any()
