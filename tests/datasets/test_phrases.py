"""Books of clauses: what their lines mean, and that combinations don't come back."""

import numpy as np
import pytest

from ciberaula.datasets.draws import Draws
from ciberaula.datasets.phrases import Book, Called

DIMS = {"motivo": ("salud", "vivienda"), "genero": ("femenino", "masculino"), "banda": ("adultez",)}
PEOPLE: dict[str, Called] = {"ella": (("genero", "banda"), {(0, 0): ("la señora",), (1, 0): ("el señor",)})}
BOOK = """
# Un libro pequeño.
= dicho 100
1 1 1 | {who} {what}{more}.
: who
hoy {ella}
visto por {ella},
saludo a {ella},
: what motivo=salud
llegó cansad[o|a]
: what motivo=vivienda
busca casa en {mes}
espera {2-3} días
: more
-
+de nuevo
, según dijo
~ mes
mayo
"""


@pytest.fixture
def book(tmp_path):
    file = tmp_path / "libro.txt"
    file.write_text(BOOK, encoding="utf-8")
    return Book([file], DIMS, PEOPLE)


def written(book, rows, seed=1, **facts):
    columns = {name: np.full(len(rows), value, dtype=np.int64) for name, value in facts.items()}
    return book.write(Draws(seed, "prueba"), "dicho", rows, columns, np.zeros(len(rows), dtype=np.int64)).to_pylist()


def test_agreement_contraction_capitals_and_ends(book):
    made = set(written(book, np.arange(9), motivo=0, genero=1))
    assert made == {
        f"{who} llegó cansado{more}."
        for who in ("Hoy el señor", "Visto por el señor,", "Saludo al señor,")
        for more in ("", " de nuevo", ", según dijo")
    }
    assert "Saludo a la señora, llegó cansada." in written(book, np.arange(9), motivo=0, genero=0)


def test_no_combination_comes_back_before_all_were_used(book):
    assert book.combinations("dicho") == 9
    for seed in range(20):
        assert len(set(written(book, np.arange(9), seed, motivo=0, genero=0))) == 9


def test_a_text_does_not_depend_on_the_rows_around_it(book):
    whole = written(book, np.arange(40), motivo=1, genero=0)
    assert written(book, np.arange(17, 23), motivo=1, genero=0) == whole[17:23]


def test_another_seed_writes_in_another_order(book):
    assert written(book, np.arange(9), 1, motivo=0, genero=0) != written(book, np.arange(9), 2, motivo=0, genero=0)
