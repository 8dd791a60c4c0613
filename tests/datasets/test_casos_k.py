"""The simulated table of cases: same bytes, valid package, the structure that lessons rely on."""

import csv
import json
from pathlib import Path

import pytest
from frictionless import Package

from ciberaula.datasets import casos_k, load, names, privacy
from ciberaula.datasets.__main__ import main
from ciberaula.datasets.places import PLACES, REGION_OF
from ciberaula.errors import UserError

COMMITTED = Path(__file__).parents[2] / "datasets" / "casos-k"
FILES = ["README.md", "casos-k.csv", "datapackage.json"]


@pytest.fixture(autouse=True)
def course_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIBERAULA_DATASETS", str(COMMITTED.parent))


def test_the_committed_files_are_what_the_command_makes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["casos-k", "--out", str(tmp_path / "x")]) == 0
    assert capsys.readouterr().out.splitlines() == [
        str(tmp_path / "x" / name) for name in ("casos-k.csv", "datapackage.json", "README.md")
    ]
    assert sorted(path.name for path in (tmp_path / "x").iterdir()) == FILES
    for name in FILES:
        assert (tmp_path / "x" / name).read_bytes() == (COMMITTED / name).read_bytes(), name


def test_another_seed_makes_another_table(tmp_path: Path) -> None:
    assert main(["casos-k", "--out", str(tmp_path), "--seed", "1", "--rows", "150"]) == 0
    table = (tmp_path / "casos-k.csv").read_bytes()
    assert table.count(b"\n") == 151
    assert table != (COMMITTED / "casos-k.csv").read_bytes()


def test_frictionless_finds_the_package_valid(tmp_path: Path) -> None:
    assert Package(str(COMMITTED / "datapackage.json")).validate().valid
    for name in FILES:
        (tmp_path / name).write_bytes((COMMITTED / name).read_bytes())
    table = tmp_path / "casos-k.csv"
    table.write_bytes(table.read_bytes().replace(b"femenino", b"feminino", 1))
    assert not Package(str(tmp_path / "datapackage.json")).validate().valid


def test_the_command_says_what_went_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["casos-k", "--out", str(tmp_path), "--rows", "20"]) == 1
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["casos-k", "--out", str(tmp_path / "file")]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first == "casos-k se genera con 100 a 5000 filas; pidió 20."
    assert second.startswith("No se pudo escribir en ")


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


def test_the_package_and_the_card_say_it_is_simulated() -> None:
    package = json.loads((COMMITTED / "datapackage.json").read_text(encoding="utf-8"))
    card = (COMMITTED / "README.md").read_text(encoding="utf-8")
    assert package["simulated"] is True
    assert "Datos simulados." in card
    assert [line[3:] for line in card.splitlines() if line.startswith("## ")] == [
        "1. Motivación",
        "2. Composición",
        "3. Recolección",
        "4. Preparación",
        "5. Usos",
        "6. Distribución",
        "7. Mantenimiento",
    ]


def test_load_reads_the_declared_types() -> None:
    table = load("casos-k")
    assert table["edad"].dtype == "int64"
    assert table["codigo"].tolist()[:2] == ["SIM-001", "SIM-002"]
    assert not table.isna().to_numpy().any()


def test_load_names_what_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "casos-k" in names()
    with pytest.raises(UserError, match=r"«casos».*casos-k"):
        load("casos")
    with pytest.raises(UserError, match=r"«\.\./casos-k»"):
        load("../casos-k")
    monkeypatch.setenv("CIBERAULA_DATASETS", str(tmp_path))
    with pytest.raises(UserError, match="ninguno"):
        load("casos-k")


@pytest.mark.parametrize("damage", ["{", "{}", '{"resources": []}', "[]"])
def test_damaged_data_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "datapackage.json").write_text(damage, encoding="utf-8")
    monkeypatch.setenv("CIBERAULA_DATASETS", str(tmp_path))
    with pytest.raises(UserError, match="están dañados o incompletos"):
        load("d")


def test_a_damaged_table_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    casos_k.build(tmp_path / "casos-k")
    path = tmp_path / "casos-k" / "casos-k.csv"
    path.write_bytes(path.read_bytes().replace(b"SIM-001,0,", b"SIM-001,cero,", 1))
    monkeypatch.setenv("CIBERAULA_DATASETS", str(tmp_path))
    with pytest.raises(UserError, match="están dañados o incompletos"):
        load("casos-k")
