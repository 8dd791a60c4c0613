"""Loading by name: types and labels as the package says, and one line for what no longer fits it."""

import json
from pathlib import Path

import pandas as pd
import pytest
from tests.classroom.small_set import AREAS, OFTEN, rows, write_set
from tests.datasets.sample import DATASET, RECIPE

from ciberaula.datasets import labels, load, names, tables
from ciberaula.datasets.build import build
from ciberaula.errors import UserError


@pytest.fixture
def mini(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CIBERAULA_DATASETS", str(tmp_path / "datasets"))
    return write_set(tmp_path / "datasets")


def test_every_cell_has_the_declared_type(mini: Path) -> None:
    table = load("mini")
    assert len(table) == 60
    assert [str(table[name].dtype) for name in ("persona_id", "edad", "hijos", "indice")] == [
        *("str", "Int64", "int64", "float64")
    ]
    assert str(table["fecha"].dtype).startswith("datetime64")
    assert table["momento"].iloc[1] == pd.Timestamp("2025-06-02 09:30")
    assert table["area"].cat.categories.tolist() == AREAS
    assert table["area"].cat.ordered
    assert table["frecuencia"].cat.categories.tolist() == OFTEN
    assert table["nota"].iloc[1] == 'Dijo: "la señal, en rural, falla" (1)'


def test_an_empty_cell_is_missing_and_nothing_else_is(mini: Path) -> None:
    table, written = load("mini"), rows()
    for position, column in enumerate(table.columns):
        assert table[column].isna().tolist() == [row[position] == "" for row in written], column


def test_tables_and_labels(mini: Path) -> None:
    assert names() == ["mini"]
    assert tables("mini") == {"personas": "Personas", "visitas": "Visitas"}
    assert labels("mini")["area"] == "Área"
    assert labels("mini", "visitas") == {"visita_id": "Visita", "persona_id": "Código", "minutos": "Duración"}
    assert load("mini", "visitas")["minutos"].sum() == sum(10 + n * 7 % 50 for n in range(90))
    with pytest.raises(UserError, match=r"«mini» no tiene la tabla «otra»\. Las que hay: personas, visitas\."):
        load("mini", "otra")


def test_a_column_without_a_title_is_called_by_its_name(mini: Path) -> None:
    path = mini / "datapackage.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"title": "Índice de recursos", ', ""), encoding="utf-8")
    assert labels("mini")["indice"] == "Indice"


def test_an_unknown_set_is_one_line_that_names_those_there_are(mini: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("casos", "../mini", ""):
        with pytest.raises(UserError, match=r"Los que hay: mini\."):
            load(name)
    monkeypatch.setenv("CIBERAULA_DATASETS", str(mini))
    with pytest.raises(UserError, match="ninguno"):
        load("mini")


@pytest.mark.parametrize(
    "damage",
    [
        "{",
        "{}",
        '{"resources": []}',
        "[]",
        "[" * 100_000,
        '{"resources": [{"path": "../otra.csv", "schema": {"fields": []}}]}',
    ],
)
def test_a_damaged_package_is_one_line(mini: Path, damage: str) -> None:
    (mini / "datapackage.json").write_text(damage, encoding="utf-8")
    with pytest.raises(UserError, match=r"están dañados o incompletos: «datapackage\.json» no se entiende") as caught:
        load("mini")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after"),
    [('"minimum": 18', '"minimum": "x"'), ('"pattern": "', '"pattern": "('), ('"type": "integer"', '"type": "entero"')],
)
def test_a_description_that_means_nothing_is_one_line(mini: Path, before: str, after: str) -> None:
    path = mini / "datapackage.json"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(UserError, match=r"«datapackage\.json» no se entiende"):
        load("mini")


EDITS = {
    "header": ("area,sector", "Área,sector", r"fila 1: falta la columna «area»"),
    "more": ("momento,mes,nota", "momento,mes,nota,otra", r"fila 1: sobra la columna «otra»"),
    "order": ("area,sector", "sector,area", r"fila 1: las columnas están en otro orden"),
    "category": ("P002,urbana", "P002,Urbana", r"fila 4, columna «area»: «Urbana» no es una de sus categorías"),
    "required": ("P002,urbana", "P002,", r"fila 4, columna «area»: falta el dato"),
    "unique": ("P002,urbana", "P001,urbana", r"fila 4, columna «persona_id»: «P001» está dos veces"),
    "integer": (
        "P001,urbana,pública,37",
        "P001,urbana,pública,37.0",
        r"fila 3, columna «edad»: «37\.0» no es un número entero",
    ),
    "low": ("P001,urbana,pública,37", "P001,urbana,pública,3", r"fila 3, columna «edad»: «3» es menor que 18"),
    "high": ("P001,urbana,pública,37", "P001,urbana,pública,137", r"fila 3, columna «edad»: «137» es mayor que 99"),
    "decimal": ("37,1,7.5", '37,1,"7,5"', r"fila 3, columna «indice»: «7,5» no es un número con punto decimal"),
    "date": ("2025-06-02,2025", "02/06/2025,2025", r"fila 3, columna «fecha»: «02/06/2025» no es una fecha"),
    "no such day": ("2025-06-02,2025", "2025-06-31,2025", r"fila 3, columna «fecha»: «2025-06-31» no es una fecha"),
    "pattern": (",2025-06,", ",junio,", r"fila 3, columna «mes»: «junio» no tiene la forma esperada"),
    "pattern and more": (
        ",2025-06,",
        ",2025-06-02,",
        r"fila 3, columna «mes»: «2025-06-02» no tiene la forma esperada",
    ),
    "short": ("P001,urbana,", "P001,", r"fila 3: tiene 11 celdas y deben ser 12"),
    "quotes": ('falla"" (1)"', 'falla"" (1)"x', r"línea 3: comillas mal cerradas"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_file_is_one_line_with_its_row_and_column(mini: Path, edit: str) -> None:
    before, after, line = EDITS[edit]
    path = mini / "personas.csv"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(UserError, match=rf"^Los datos de «mini» .*personas\.csv, {line}.*copiarlos del curso\.$"):
        load("mini")


@pytest.fixture
def tied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set as it is built, with rows counted, keys and references."""
    monkeypatch.setenv("CIBERAULA_DATASETS", str(tmp_path))
    return build(DATASET, RECIPE, tmp_path).folder


TIES = {
    "rows lost": ("H100,SIM-000100\n", "", r"hijas\.csv tiene 99 filas y deben ser 100"),
    "rows added": ("H100,", "H101,SIM-000001\nH100,", r"hijas\.csv tiene 101 filas y deben ser 100"),
    "key twice": ("H100,", "H099,", r"hijas\.csv, fila 101: la llave «H099» está dos veces"),
    "of nobody": (
        "H002,SIM-000002",
        "H002,SIM-009999",
        r"hijas\.csv, fila 3, columna «cosa»: «SIM-009999» no está en cosas\.csv",
    ),
}


@pytest.mark.parametrize("edit", TIES)
def test_rows_that_are_lost_twice_or_of_nobody_are_one_line(tied: Path, edit: str) -> None:
    before, after, line = TIES[edit]
    assert len(load("prueba", "hijas")) == len(load("prueba")) == 100
    path = tied / "hijas.csv"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(UserError, match=rf"^Los datos de «prueba» .*: {line}\. Vuelva a copiarlos del curso\.$"):
        load("prueba", "hijas")


def test_the_table_that_is_referred_to_must_be_whole_too(tied: Path) -> None:
    (tied / "cosas.csv").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match=r"cosas\.csv está vacío"):
        load("prueba", "hijas")


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_what_a_program_adds_without_harm_is_read(tied: Path, line_end: bytes) -> None:
    path = tied / "hijas.csv"
    whole = load("prueba", "hijas")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", line_end))
    pd.testing.assert_frame_equal(load("prueba", "hijas"), whole)


def test_what_a_spreadsheet_does_is_told(mini: Path) -> None:
    path = mini / "personas.csv"
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UserError, match=r"personas\.csv no está en UTF-8"):
        load("mini")
    path.write_text(text.replace(",", ";"), encoding="utf-8")
    with pytest.raises(UserError, match="separadas con punto y coma"):
        load("mini")
    path.unlink()
    with pytest.raises(UserError, match=r"no se pudo leer .*personas\.csv"):
        load("mini")


def test_a_table_without_rows_has_its_columns(mini: Path) -> None:
    path = mini / "personas.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    table = load("mini")
    assert len(table) == 0
    assert list(table.columns) == [
        field["name"]
        for field in json.loads((mini / "datapackage.json").read_text())["resources"][0]["schema"]["fields"]
    ]
