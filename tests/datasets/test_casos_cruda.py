"""The cases with planted faults: each is found by a rule from the file alone, none else is there, and all can be mended."""

import re
from collections import Counter
from functools import cache
from itertools import chain

import pandas as pd
import pytest
from tests.datasets import shapes
from tests.datasets.casos_cruda_find import DETECTORS, Frames

from ciberaula.datasets import casos
from ciberaula.datasets.casos_cruda import DATASET, FAULTS, clean_recipe, faults
from ciberaula.datasets.people import is_assigned_telephone, is_real_cedula, is_reserved_mail
from ciberaula.datasets.spec import Recipe

PLANTED = [(DATASET.seed, 31), (DATASET.seed, 7), (3, 99)]


@cache
def crude(seed: int, hidden: int, rows: int = 1500, first: int = 1, last: int = 0) -> Frames:
    made = shapes.plain(DATASET.make(Recipe(rows, seed, hidden), first, last or rows))
    return {name: pd.DataFrame(columns, dtype=object) for name, columns in made.items()}


@cache
def clean(hidden: int, rows: int = 1500) -> Frames:
    made = shapes.plain(casos.make(clean_recipe(Recipe(rows, 0, hidden)), 1, rows))
    made.pop("difusion")
    for columns in made.values():
        for name, values in columns.items():
            columns[name] = [None if value is None else str(value) for value in values]
    return {name: pd.DataFrame(columns, dtype=object) for name, columns in made.items()}


def split(seed: int, hidden: int) -> tuple[Frames, pd.DataFrame]:
    tables = dict(crude(seed, hidden))
    return tables, tables.pop(FAULTS.name)


@pytest.mark.parametrize(("seed", "hidden"), PLANTED)
def test_the_tables_are_text_without_promises(seed: int, hidden: int) -> None:
    shapes.check(DATASET, DATASET.make(Recipe(1500, seed, hidden), 1, 1500))
    for table in DATASET.tables:
        assert not table.key and not table.references
        assert all(one.kind == "string" and not one.required and not one.categories for one in table.columns)


@pytest.mark.parametrize(("seed", "hidden"), PLANTED)
@pytest.mark.parametrize("kind", faults.KINDS)
def test_all_that_is_planted_is_found_and_nothing_else(seed: int, hidden: int, kind: str) -> None:
    tables, key = split(seed, hidden)
    planted = Counter(
        (row.tabla, row.clave, row.columna or "", row.tipo) for row in key[key["tipo"] == kind].itertuples()
    )
    assert len(planted) > 10
    assert Counter(DETECTORS[kind](tables)) == planted


@pytest.mark.parametrize("hidden", [DATASET.seed, 3])
def test_the_clean_edition_has_none(hidden: int) -> None:
    assert list(chain.from_iterable(find(clean(hidden)) for find in DETECTORS.values())) == []


@pytest.mark.parametrize(("seed", "hidden"), PLANTED)
def test_mended_by_the_key_it_is_the_clean_edition(seed: int, hidden: int) -> None:
    tables, key = split(seed, hidden)
    for name, rows in tables.items():
        mine = key[key["tabla"] == name]
        near = set(mine[mine["tipo"] == faults.NEAR]["clave"])
        mended = rows[~rows.iloc[:, 0].isin(near)].drop_duplicates().set_index(rows.columns[0], drop=False)
        cells = {key: dict(row) for key, row in zip(mended.index, mended.to_dict("records"), strict=True)}
        for fault in mine[mine["columna"].notna()].to_dict("records"):
            row, column = cells[fault["clave"]], fault["columna"]
            assert row[column] == fault["valor_crudo"]
            row[column] = fault["valor_limpio"]
        assert list(cells.values()) == clean(hidden)[name].to_dict("records"), name


def test_the_published_clean_set_gives_no_fault_away() -> None:
    """Side by side, rows of one code differ nearly everywhere: what is a fault cannot be read off the difference."""
    published, mine = clean(DATASET.seed)["personas"], crude(DATASET.seed, 31)["personas"]
    both = published.merge(mine, on=published.columns[0], suffixes=("", "_cruda"))
    assert len(both) > 1000
    assert (both["nombre"] == both["nombre_cruda"]).mean() < 0.01
    assert (both["cedula"] == both["cedula_cruda"]).mean() < 0.01


def test_another_hidden_seed_plants_elsewhere_and_the_public_one_does_not_tell() -> None:
    one, other = split(DATASET.seed, 31)[1], split(DATASET.seed, 7)[1]
    places = [set(zip(key["clave"], key["columna"].fillna(""), strict=True)) for key in (one, other)]
    assert len(places[0] & places[1]) < 0.2 * len(places[0])


def test_what_is_planted_does_not_depend_on_the_portion() -> None:
    parts = [crude(3, 5, 300, 1, 120), crude(3, 5, 300, 121, 300)]
    joined = pd.concat([part[FAULTS.name] for part in parts])
    whole = crude(3, 5, 300)[FAULTS.name]
    assert Counter(map(tuple, joined.fillna("").to_numpy())) == Counter(map(tuple, whole.fillna("").to_numpy()))


@pytest.mark.parametrize(("seed", "hidden"), PLANTED)
def test_identifiers_in_the_texts_are_nobodys(seed: int, hidden: int) -> None:
    tables, key = split(seed, hidden)
    texts = key[key["tipo"] == faults.IN_TEXT]["valor_crudo"]
    numbers = [number for text in texts for number in re.findall(r"\d{10}", text)]
    mails = [mail.rstrip(".,") for text in texts for mail in re.findall(r"\S+@\S+", text)]
    assert len(numbers) > 20 and len(mails) > 10
    assert all(not is_assigned_telephone(number) or not is_real_cedula(number) for number in numbers)
    assert all(not is_real_cedula(number) for number in numbers)
    assert all(is_reserved_mail(mail) for mail in mails)
    assert not tables["personas"]["cedula"].dropna().map(is_real_cedula).any()


def test_no_sentence_stands_twice_in_the_notes() -> None:
    texts = crude(DATASET.seed, 31)["notas"][["hechos", "opinion", "siguiente"]].to_numpy().ravel()
    sentences = Counter(
        sentence.casefold().strip()
        for text in texts
        if isinstance(text, str)
        for sentence in re.split(r"(?<=[.!?])\s+", text)
        if len(sentence.split()) > 2
    )
    assert [sentence for sentence, count in sentences.items() if count > 1] == []
