"""The data sets of the course: made again they are the same, valid in both forms, described, and nobody real is in them."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import mlcroissant
import pytest
from frictionless import Package

from ciberaula.datasets import people
from ciberaula.datasets.build import CARD_FILE, CROISSANT_FILE, PACKAGE_FILE, build
from ciberaula.datasets.published import NAMES, SEEDS, SIDE, dataset, published_recipe
from ciberaula.yamlfile import read_yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "datasets"
SECTIONS = [
    "1. Motivación",
    "2. Composición",
    "3. Recolección",
    "4. Preparación",
    "5. Usos",
    "6. Distribución",
    "7. Mantenimiento",
]
SENTENCE = re.compile(r"[.!?…]+\s+|\n+")
# A run of figures that could be a telephone: nothing of seven figures or more stands in a text by accident.
# Dates and codes (T001-0001) are none.
FIGURES = re.compile(r"(?<![\w-])(?!\d{4}-\d\d-\d\d)(?!\d\d/\d\d/)\+?\d[\d \-]{5,}\d(?![\w-])")
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# A digest is figures by chance, those of an identity number among them.
HASH = re.compile(r"[0-9a-f]{64}")
LEAST_WORDS = 3
# The same texts as in another table of the set, cut into units.
EXCERPTS = {("entrevistas", "segmentos.texto")}
KEYED = sorted(read_yaml(ROOT / SEEDS).data["seeds"])


@cache
def rows(name: str, table: str) -> list[dict[str, str]]:
    with (FOLDER / name / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def prose(name: str) -> Iterator[tuple[str, str]]:
    """(where, text) of every cell in which somebody writes: columns of sentences, not of names."""
    for table in dataset(name).tables:
        for column in table.columns:
            if column.kind != "string" or column.categories:
                continue
            cells = [row[column.name] for row in rows(name, table.name) if row[column.name]]
            where = f"{table.name}.{column.name}"
            wordy = cells and sum(len(cell.split()) for cell in cells) / len(cells) >= 2 * LEAST_WORDS
            if wordy and (name, where) not in EXCERPTS:
                yield from ((where, cell) for cell in cells)


def test_there_are_the_sets_of_the_course() -> None:
    assert {path.parent.name for path in FOLDER.glob(f"*/{PACKAGE_FILE}")} == set(NAMES)
    sizes = {name: dataset(name).rows for name in NAMES}
    assert sizes["encuesta_tic"] == 100 and sizes["entrevistas"] == 20 and sizes["observatorio"] == 3200
    assert [name for name in sorted(NAMES) if dataset(name).keys] == KEYED
    assert sizes["publicaciones"] == 600 and sizes["mensajes"] == 200 and sizes["casos"] == sizes["casos_cruda"] == 1500


@pytest.mark.parametrize("name", NAMES)
def test_it_is_what_its_generator_makes(name: str, tmp_path: Path) -> None:
    found = dataset(name)
    made = build(found, published_recipe(found), tmp_path, keys=tmp_path / "keys").folder
    assert sorted(path.name for path in made.iterdir()) == sorted(path.name for path in (FOLDER / name).iterdir())
    for path in made.iterdir():
        assert path.read_bytes() == (FOLDER / name / path.name).read_bytes(), f"{path.name}: ejecute make datasets"
    for table in found.keys:
        kept = ROOT / SIDE / name / f"{table.name}.csv"
        assert (tmp_path / "keys" / kept.name).read_bytes() == kept.read_bytes(), f"{kept}: ejecute make datasets"


@pytest.mark.parametrize("name", NAMES)
def test_frictionless_and_croissant_find_it_valid(name: str) -> None:
    report = Package(str(FOLDER / name / PACKAGE_FILE)).validate()
    assert report.valid, report.flatten(["resourceName", "rowNumber", "fieldName", "type", "note"])[:5]
    read = mlcroissant.Dataset(str(FOLDER / name / CROISSANT_FILE))
    assert not read.metadata.issues.errors and not read.metadata.issues.warnings
    for table in dataset(name).tables:
        first = next(iter(read.records(table.name)))
        assert {key.partition("/")[2] for key in first} == {column.name for column in table.columns}


@pytest.mark.parametrize("name", NAMES)
def test_the_card_has_its_seven_sections_and_says_simulated(name: str) -> None:
    card = (FOLDER / name / CARD_FILE).read_text(encoding="utf-8")
    assert [line[3:] for line in card.splitlines() if line.startswith("## ")] == SECTIONS
    assert "**Datos simulados.**" in card.split("## ")[0]
    for table in dataset(name).tables:
        assert f"(`{table.name}`)" in card
        assert all(f"| `{column.name}` |" in card for column in table.columns)
    package = json.loads((FOLDER / name / PACKAGE_FILE).read_text(encoding="utf-8"))
    assert package["simulated"] is True and "SIMULADOS" in package["description"]
    assert all(field["title"] for resource in package["resources"] for field in resource["schema"]["fields"])


@pytest.mark.parametrize("name", NAMES)
def test_nobody_real_is_in_it(name: str) -> None:
    for table in dataset(name).tables:
        texts = [column.name for column in table.columns if column.kind == "string"]
        for row in rows(name, table.name):
            for column in texts:
                cell = row[column]
                if HASH.fullmatch(cell):
                    continue
                where = f"{table.name}.{column}: {cell}"
                for run in FIGURES.findall(cell):
                    figures = re.sub(r"\D", "", run)
                    assert not people.is_real_cedula(figures), where
                    # Ten figures that don't begin with 09 are too many for a fixed line and no mobile.
                    too_long = len(figures) == 10 and not figures.startswith("09")
                    assert too_long or not people.is_assigned_telephone(figures), where
                for address in MAIL.findall(cell):
                    assert people.is_reserved_mail(address), where


@pytest.mark.parametrize("name", [name for name in NAMES if name != "casos_cruda"])
def test_no_sentence_stands_twice(name: str) -> None:
    """``casos_cruda`` repeats whole rows on purpose: duplicates are among its faults."""
    sentences = Counter(
        " ".join(sentence.casefold().split())
        for _where, text in prose(name)
        for sentence in SENTENCE.split(text)
        if len(sentence.split()) >= LEAST_WORDS
    )
    twice = [sentence for sentence, count in sentences.items() if count > 1]
    assert not twice, (len(twice), len(sentences), twice[:5])


@pytest.mark.parametrize("name", KEYED)
def test_its_key_is_the_instructors_alone(name: str) -> None:
    found = dataset(name)
    assert found.keys
    assert not {table.name for table in found.keys} & {table.name for table in found.tables}
    for path in (FOLDER / name).iterdir():
        assert path.stem not in {table.name for table in found.keys}
    # Whoever has only the published seed makes other secrets.
    recipe = published_recipe(found)
    assert recipe.hidden != recipe.seed
    # Few enough to try them all against the published data, and the key could be made again.
    assert recipe.hidden >= 2**64
    for text in (FOLDER / name / CARD_FILE, FOLDER / name / PACKAGE_FILE, FOLDER / name / CROISSANT_FILE):
        assert str(recipe.hidden) not in text.read_text(encoding="utf-8")
