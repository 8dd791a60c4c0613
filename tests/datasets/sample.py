"""A small data set with everything that can go wrong in a file: quotes, new lines, empty cells, keys for the instructor."""

import numpy as np

from ciberaula.datasets import columns
from ciberaula.datasets.draws import Draws
from ciberaula.datasets.spec import Card, Column, DataSet, Portion, Recipe, Reference, Table

NOTES = ('dijo: "vuelvo, pronto"', "primera línea\nsegunda", "sin más")
THINGS = Table(
    "cosas",
    "Cosas",
    (
        Column("id", "Código", unique=True, pattern=r"SIM-\d{6,}"),
        Column("fecha", "Fecha", "date"),
        Column("momento", "Momento", "datetime"),
        Column("nota", "Nota", required=False, categories=NOTES),
        Column("n", "Número", "integer", low=1),
        Column("parte", "Parte", "number", unit="%"),
    ),
    ("id",),
)
CHILDREN = Table(
    "hijas",
    "Hijas",
    (Column("id", "Código"), Column("cosa", "Cosa")),
    ("id",),
    (Reference(("cosa",), "cosas", ("id",)),),
)
KEY = Table("clave", "Clave", (Column("id", "Código"),))


def make(recipe: Recipe, first: int, last: int) -> Portion:
    rows = np.arange(first, last + 1)
    draws = Draws(recipe.seed, "prueba")
    ids = columns.codes("SIM-", rows, 6)
    return {
        "cosas": {
            "id": ids,
            "fecha": columns.dates(draws.integers(rows, "fecha", 19_000, 20_000)),
            "momento": columns.times(draws.integers(rows, "momento", 19_000 * 1440, 20_000 * 1440)),
            "nota": columns.words(draws.pick(rows, "nota", [1, 1, 1, 1]) - 1, NOTES),
            "n": rows,
            "parte": np.round(draws.uniform(rows, "parte") * 100, 1),
        },
        "hijas": {"id": columns.codes("H", rows, 3), "cosa": ids},
        "clave": {"id": ids.filter(Draws(recipe.hidden, "prueba").chance(rows, "oculto", 0.1))},
    }


DATASET = DataSet(
    name="prueba",
    title="Cosas de prueba",
    summary="Un conjunto pequeño.",
    unit="cosas",
    rows=100,
    seed=1,
    tables=(THINGS, CHILDREN),
    make=make,
    card=Card("Motivo.", "Composición.", "Recolección.", "Preparación.", "Usos."),
    generator="tests.datasets.sample",
    keys=(KEY,),
    sqlite=True,
    portion=40,
    most=1_000_000,
)
RECIPE = Recipe(rows=100, seed=1, hidden=9)
