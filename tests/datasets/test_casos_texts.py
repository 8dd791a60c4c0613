"""The texts of ``casos``: no sentence twice, no template to be seen, nobody named, the same whatever the portion."""

import re
from functools import cache

import numpy as np
import pytest
from tests.datasets.prose import runs, skeletons, twice

from ciberaula.datasets import people, published
from ciberaula.datasets.casos import texts, words
from ciberaula.datasets.draws import Draws
from ciberaula.datasets.spec import Recipe

COLUMNS = {
    "preocupaciones": ("detalle",),
    "evaluaciones": ("hechos", "opinion"),
    "objetivos": ("necesidad", "objetivo", "accion"),
    "transiciones": ("motivo",),
    "notas": ("hechos", "opinion", "siguiente"),
    "seguimientos": ("comentario",),
    "aprobaciones": ("comentario",),
    "cierres": ("resumen",),
    "incidentes": ("medidas",),
}


@cache
def prose() -> dict[str, list[str]]:
    """The texts of the published set, by table and column."""
    wanted = published.dataset("casos")
    made = wanted.make(Recipe(wanted.rows, wanted.seed, wanted.seed), 1, wanted.rows)
    return {
        f"{table}.{column}": [text for text in made[table][column].to_pylist() if text]
        for table, columns in COLUMNS.items()
        for column in columns
    }


def all_texts() -> list[str]:
    return [text for found in prose().values() for text in found]


def facts(rows):
    draws = Draws(5, "prueba")
    sizes = {
        "motive": 12,
        "gender": 3,
        "channel": 8,
        "risk": 3,
        "service": 10,
        "closure": 4,
        "incident": 6,
        "writer": 60,
    }
    found = {name: draws.integers(rows, name, 0, size - 1) for name, size in sizes.items()}
    return found | {"age": draws.integers(rows, "age", 0, 90)}


def test_there_is_much_to_read():
    assert len(all_texts()) > 25_000
    assert all(len(found) > 500 for name, found in prose().items() if not name.startswith("incidentes"))


def test_no_sentence_stands_twice():
    assert twice(all_texts()) == []


def test_no_skeleton_stands_more_than_four_times():
    skeleton, times = skeletons(all_texts()).most_common(1)[0]
    assert times <= 4, skeleton


def test_no_run_of_six_words_stands_in_more_than_one_in_a_hundred_texts():
    run, times = runs(all_texts()).most_common(1)[0]
    assert times <= len(all_texts()) / 100, run


@pytest.mark.parametrize("column", ["notas.hechos", "notas.opinion", "notas.siguiente"])
def test_nor_in_many_of_the_same_part_of_a_note(column):
    run, times = runs(prose()[column]).most_common(1)[0]
    assert times <= len(prose()[column]) / 50, run


def test_workers_write_in_their_own_ways():
    lengths = [len(text.split()) for text in prose()["notas.hechos"]]
    assert max(lengths) > 3 * sorted(lengths)[len(lengths) // 10]
    accented = [bool(re.search("[áéíóú]", text)) for text in prose()["notas.hechos"]]
    assert 0.05 < 1 - sum(accented) / len(accented) < 0.6


def test_nobody_is_named_and_nothing_leads_to_anybody():
    given = {name for names in people.GIVEN.values() for name in names} | set(people.SURNAMES)
    # Words of the language that are also names.
    common = {"Luz", "Carmen", "Cruz", "Reyes", "Sol", "Lema", "Mora", "Mera", "Paredes", "Torres", "Calderón"}
    named = re.compile(r"(?<![.:] )(?<!^)\b(" + "|".join(sorted(given - common)) + r")\b")
    for text in all_texts():
        assert not named.search(text), text
        assert not people.CEDULA.search(text), text
        assert "@" not in text, text
        assert not re.search(r"\d{5,}", text), text


def test_no_hole_nor_mark_is_left():
    for text in all_texts():
        assert not re.search(r"[{}\[\]|+~]|\.\.|  | [,.;:]", text), text
        # Who leaves out accents writes «de el» for «de él».
        assert not re.search(r"\b(de|a) el\b", text) or not re.search("[áéíóú]", text), text


@pytest.mark.parametrize("kind", texts.KINDS)
def test_a_text_is_the_same_whatever_the_portion(kind):
    rows = np.arange(400, dtype=np.int64)
    whole = texts.texts(Draws(3, "casos"), kind, rows, facts(rows)).to_pylist()
    part = rows[120:190]
    assert texts.texts(Draws(3, "casos"), kind, part, facts(part)).to_pylist() == whole[120:190]
    assert all(whole)


def test_whoever_it_is_about_there_is_something_to_say():
    book = texts.book()
    assert set(book.kinds) == set(texts.KINDS)
    # In each cell of the rarest values. That nothing comes twice in the published size is measured above.
    assert min(book.combinations(kind) for kind in texts.KINDS) > 150


@pytest.mark.parametrize("kind", texts.KINDS)
def test_facts_may_be_missing(kind):
    rows = np.arange(30, dtype=np.int64)
    assert all(texts.texts(Draws(3, "casos"), kind, rows, {}).to_pylist())


def test_the_person_agrees_with_the_words_about_her():
    rows = np.arange(3_000, dtype=np.int64)
    woman, man = (np.full(len(rows), words.place(words.GENDERS, id), dtype=np.int64) for id in ("woman", "man"))
    age = np.full(len(rows), 40, dtype=np.int64)
    hers = " ".join(texts.texts(Draws(3, "casos"), "facts", rows, {"gender": woman, "age": age}).to_pylist())
    his = " ".join(texts.texts(Draws(3, "casos"), "facts", rows, {"gender": man, "age": age}).to_pylist())
    assert re.search(r"\b[Ll]a usuaria\b", hers)
    assert not re.search(r"\b[Ee]l usuario\b|\b[Ee]l señor\b", hers)
    assert re.search(r"\b[Ee]l usuario\b", his)
    assert not re.search(r"\b[Ll]a usuaria\b", his)


def test_a_child_is_spoken_for():
    rows = np.arange(500, dtype=np.int64)
    found = facts(rows) | {
        "age": np.full(len(rows), 6, dtype=np.int64),
        "motive": np.full(len(rows), 1, dtype=np.int64),
    }
    made = " ".join(texts.texts(Draws(3, "casos"), "facts", rows, found).to_pylist())
    assert re.search(r"\b(madre|abuela|tía|padre)\b", made)
    assert re.search(r"\b(niña|niño)\b", made)
    assert "usuari" not in made


@pytest.mark.parametrize(
    ("carer", "words_for_her"), [("madre", "madre|mamá"), ("padre", "padre|papá"), ("abuela", "abuela")]
)
def test_who_brings_a_child_up_speaks_for_her_in_all_parts_of_a_note(carer, words_for_her):
    rows = np.arange(600, dtype=np.int64)
    found = facts(rows) | {
        "age": np.full(len(rows), 6, dtype=np.int64),
        "motive": np.full(len(rows), 1, dtype=np.int64),
        "carer": np.full(len(rows), texts.CARERS.index(carer), dtype=np.int64),
    }
    others = re.compile(r"\b[Ll]a (madre|mamá|abuela|tía)\b|\b([Ee]l|[Aa]l|[Dd]el) (padre|papá)\b")
    for kind in ("facts", "opinion", "next"):
        made = texts.texts(Draws(3, "casos"), kind, rows, found).to_pylist()
        said = [match[0] for text in made for match in others.finditer(text)]
        assert said
        assert all(re.search(words_for_her, one) for one in said)


def test_the_parts_of_a_note_name_the_same_relative():
    rows = np.arange(900, dtype=np.int64)
    found = facts(rows) | {"age": np.full(len(rows), 40, dtype=np.int64), "gender": np.zeros(len(rows), dtype=np.int64)}
    named = re.compile(r"\b(su prima|una cuñada|una comadre|un primo|una tía|una amiga|su compadre)\b")
    parts = [texts.texts(Draws(3, "casos"), kind, rows, found).to_pylist() for kind in ("facts", "opinion", "next")]
    names = [{match[0] for text in note for match in named.finditer(text)} for note in zip(*parts, strict=True)]
    assert sum(len(one) == 1 for one in names) > 50
    assert max(len(one) for one in names) == 1
