"""The simulated directory: every record fits, repeated organisations can be found and nothing else meets the rule, texts."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd
import pytest

from ciberaula.datasets import observatorio, people
from ciberaula.datasets.observatorio import records
from ciberaula.datasets.observatorio.places import COUNTRIES
from ciberaula.datasets.spec import Column, Recipe, Table

# Seeds of our own: what is planted in the published set is not told here.
RECIPES = [Recipe(3200, observatorio.SEED, 11), Recipe(200, 5, 5), Recipe(4000, 8, 3)]
every_recipe = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: str(recipe.rows))
_TWINS = str.maketrans("аеорсхАЕОРСТМКНВ", "aeopcxAEOPCTMKHB")


@cache
def built(recipe: Recipe, first: int = 1, last: int | None = None) -> dict[str, Any]:
    made = observatorio.DATASET.make(recipe, first, last or recipe.rows)
    return {
        name: pd.DataFrame({column: listed(values) for column, values in table.items()}) for name, table in made.items()
    }


def listed(values: Any) -> list[Any]:
    return list(values.to_pylist() if hasattr(values, "to_pylist") else values)


def key(text: str) -> str:
    """A name or city without case, marks, wide letters, look-alikes (unless it is Cyrillic altogether) and spaces."""
    text = unicodedata.normalize("NFKC", text)
    if re.search("[a-zA-Z]", text):
        text = text.translate(_TWINS)
    marks = unicodedata.normalize("NFD", text.replace("’", "'").casefold())
    return " ".join(re.findall(r"\w+", "".join(sign for sign in marks if not unicodedata.combining(sign))))


def host(web: str | None) -> str:
    return re.sub(r"^(https?://)?(www\.)?|/.*$", "", web.casefold()) if isinstance(web, str) else ""


def alike(one: Any, other: Any) -> bool:
    """The rule of the card: same city and theme (grouped before), and the same address, words or name but for a slip."""
    if host(one.web) and host(one.web) == host(other.web):
        return True
    first, second = key(one.nombre), key(other.nombre)
    if sorted(first.split()) == sorted(second.split()):
        return True
    return one_slip(*sorted((first, second), key=len))


def one_slip(shorter: str, longer: str) -> bool:
    """Does one letter too many, or two neighbours swapped, make the difference?"""
    start = next((place for place, sign in enumerate(shorter) if sign != longer[place]), len(shorter))
    if len(longer) == len(shorter) + 1:
        return shorter[start:] == longer[start + 1 :]
    return (
        len(longer) == len(shorter)
        and shorter[start : start + 2] == longer[start : start + 2][::-1]
        and (shorter[start + 2 :] == longer[start + 2 :])
    )


def found_pairs(table: Any) -> Iterator[tuple[str, str]]:
    for _place, group in table.groupby([table["ciudad"].map(key), "tema"]):
        rows = list(group.itertuples())
        for place, one in enumerate(rows):
            yield from ((one.registro_id, other.registro_id) for other in rows[place + 1 :] if alike(one, other))


def fits(values: Any, column: Column) -> bool:
    known = values.dropna()
    return (
        (not column.required or len(known) == len(values))
        and (not column.categories or set(known) <= set(column.categories))
        and (column.low is None or column.high is None or bool(known.between(column.low, column.high).all()))
        and (not column.pattern or bool(known.str.fullmatch(column.pattern).all()))
        and (not column.unique or bool(values.is_unique))
    )


@every_recipe
@pytest.mark.parametrize(
    "table", [observatorio.TABLE, observatorio.TRUTH, observatorio.PAIRS], ids=lambda table: table.name
)
def test_every_value_fits_its_column(recipe: Recipe, table: Table) -> None:
    made = built(recipe)[table.name]
    assert list(made.columns) == [column.name for column in table.columns]
    assert [column.name for column in table.columns if not fits(made[column.name], column)] == []


@every_recipe
def test_all_repeated_organisations_can_be_found_and_nothing_else_looks_like_one(recipe: Recipe) -> None:
    made = built(recipe)
    planted = set(zip(made["parejas"]["registro_a"], made["parejas"]["registro_b"], strict=True))
    assert set(found_pairs(made["organizaciones"])) == planted
    assert len(planted) >= recipe.rows * 0.11


@every_recipe
def test_the_key_tables_agree_and_name_every_kind_of_difference(recipe: Recipe) -> None:
    made = built(recipe)
    owner = made["entidades"].set_index("registro_id")["entidad_id"]
    pairs = made["parejas"]
    assert (pairs["registro_a"].map(owner) == pairs["registro_b"].map(owner)).all()
    sizes = owner.value_counts()
    assert int((sizes * (sizes - 1) // 2).sum()) == len(pairs)
    assert set(sizes) == {1, 2, 3}
    if recipe.rows >= 3200:
        assert set(pairs["tipo"]) == {*records.DIFFERENCES, records.SEVERAL}


def test_a_name_alone_does_not_tell_an_organisation() -> None:
    made = built(RECIPES[0])
    table = made["organizaciones"].merge(made["entidades"], on="registro_id", suffixes=("", "_limpio"))
    same_name = table.groupby(table["nombre"].map(key))["entidad_id"].nunique()
    assert (same_name > 1).sum() >= 5


@every_recipe
def test_no_sentence_stands_twice_and_no_skeleton_more_than_four_times(recipe: Recipe) -> None:
    texts = built(recipe)["organizaciones"]["practica"]
    sentences = Counter(part.casefold() for text in texts for part in re.split(r"(?<=\.)\s+", text))
    if recipe.rows <= observatorio.ROWS:
        assert [text for text, count in sentences.items() if count > 1] == []
    skeletons: Counter[str] = Counter()
    for text, count in sentences.items():
        skeletons[re.sub(r"\d+", "#", text)] += count
    assert max(skeletons.values()) <= 4
    assert all(re.fullmatch(r"[A-ZÁÉÍÓÚ].*\.", text) and "{" not in text and "  " not in text for text in texts)


def test_no_run_of_six_words_is_in_more_than_one_text_of_eighty() -> None:
    texts = built(RECIPES[0])["organizaciones"]["practica"]
    runs: Counter[tuple[str, ...]] = Counter()
    for text in texts:
        words = re.findall(r"\w+", re.sub(r"\d+", "#", text.casefold()))
        runs.update({tuple(words[place : place + 6]) for place in range(len(words) - 5)})
    assert runs.most_common(1)[0][1] <= len(texts) / 80


def test_countries_scripts_and_dead_entries_are_there() -> None:
    made = built(RECIPES[0])
    table, truth = made["organizaciones"], made["entidades"]
    assert truth["pais"].nunique() == len(COUNTRIES) >= 20
    assert truth["pais"].value_counts().min() >= 15
    scripts = {unicodedata.name(sign).split()[0] for name in table["nombre"] for sign in name if sign.isalpha()}
    assert {"LATIN", "FULLWIDTH", "CYRILLIC", "GREEK", "HANGUL", "DEVANAGARI", "ARABIC"} <= scripts
    assert table["tipo"].nunique() > 30
    assert table["pais"].nunique() > 60
    assert (table["estado"] == "cerrada").sum() > 100
    assert (table["enlace_activo"] == "no").sum() > 300
    assert {len(str(year)) for year in table["anio_inicio"].dropna()} > {4}


@every_recipe
def test_coordinates_lie_at_the_city_unless_the_key_says_so(recipe: Recipe) -> None:
    made = built(recipe)
    cities = {(country.name, city.name): city for country in COUNTRIES for city in country.cities}
    for row in made["organizaciones"].merge(made["entidades"], on="registro_id", suffixes=("", "_limpio")).itertuples():
        city = cities[row.pais_limpio, row.ciudad_limpio]
        near = abs(row.lat - city.lat) <= 0.05 and abs(row.lon - city.lon) <= 0.05
        assert near == (row.coordenadas == records.GOOD)
        assert pd.isna(row.lat) == pd.isna(row.lon) == (row.coordenadas == records.MISSING)
        assert key(row.ciudad) == key(row.ciudad_limpio)
        assert row.pais in next(country.spellings for country in COUNTRIES if country.name == row.pais_limpio)
        year = re.search(r"\d{4}", row.anio_inicio or "") if isinstance(row.anio_inicio, str) else None
        assert year is None or int(year[0]) == row.anio_inicio_limpio


@every_recipe
def test_no_address_can_be_somebodys(recipe: Recipe) -> None:
    table = built(recipe)["organizaciones"]
    assert all(people.is_reserved_mail(f"x@{host(web)}") for web in table["web"].dropna())
    assert all(people.is_reserved_mail(mail) for mail in table["correo"].dropna())
    assert table["correo"].notna().sum() > recipe.rows / 2


def test_portions_are_slices_and_the_hidden_seed_moves_what_is_planted() -> None:
    recipe = RECIPES[1]
    whole, parts = built(recipe), [built(recipe, 1, 80), built(recipe, 81, 200)]
    for name, table in whole.items():
        joined = pd.concat([part[name] for part in parts], ignore_index=True)
        pd.testing.assert_frame_equal(joined, table, check_dtype=False)
    other = built(Recipe(200, 5, 6))
    assert not other["parejas"].equals(whole["parejas"])
    assert set(other["entidades"]["entidad_id"]) == set(whole["entidades"]["entidad_id"])
