"""The table ``difusion``: what somebody prepared of the cases for a public report. It can be linked, which is the lesson.

Nobody whose gender is neither of the two common ones keeps age, gender or region in it. Its rows come in an order of their
own, which no portion of a build changes.
"""

import numpy as np
import pyarrow as pa

from ciberaula.datasets import conectividad
from ciberaula.datasets.cantons import CANTONS
from ciberaula.datasets.casos import workdays
from ciberaula.datasets.casos.sheet import Columns
from ciberaula.datasets.casos.who import NAME, Who, who
from ciberaula.datasets.casos.words import AREAS, GENDERS, MOTIVES, cells
from ciberaula.datasets.columns import codes, words
from ciberaula.datasets.draws import Draws, Whole

BANDS = ("0 a 11", "12 a 17", "18 a 49", "50 y más")
_BEGIN = np.array((12, 18, 50))
REGIONS = ("Costa", "Sierra", "Amazonía y Galápagos")
_REGION_OF = np.array(
    [REGIONS.index(one.region) if one.region in REGIONS else len(REGIONS) - 1 for one in CANTONS], dtype=np.int64
)
_OTHER = 2
MONTHS = tuple(f"{2024 + month // 12}-{month % 12 + 1:02d}" for month in range(24))
_ROUNDS = 4


def publication(seed: int, rows: int, first: int, last: int) -> Columns:
    """Rows ``first`` … ``last`` of the table."""
    place = np.arange(first, last + 1)
    return columns(place, who(seed, rows, shuffled(seed, rows, place)))


def columns(place: Whole, people: Who) -> Columns:
    hidden = people.gender == _OTHER
    return {
        "fila_id": codes("F", place, 6),
        "tramo_edad": words(np.where(hidden, -1, bands(people.age)), BANDS),
        "genero": words(np.where(hidden, -1, people.gender), cells(GENDERS)[:_OTHER]),
        "region": words(np.where(hidden, -1, _REGION_OF[people.canton]), REGIONS),
        "area": words(people.rural.astype(np.int64), cells(AREAS)),
        "mes_ingreso": words(workdays.month(people.arrival), MONTHS),
        "motivo": words(people.motive, MOTIVES),
        "internet_hogares_pct": pa.array(percentages()[people.canton]),
    }


def bands(age: Whole) -> Whole:
    """The index of the age band."""
    return np.searchsorted(_BEGIN, age, side="right").astype(np.int64)


def percentages() -> np.ndarray:
    """Households with internet by canton, as the published ``conectividad`` has them."""
    return np.asarray(conectividad.table()["internet_hogares_pct"], dtype=np.float64)


def shuffled(seed: int, rows: int, place: Whole) -> Whole:
    """The case in each place: a permutation of 1 … ``rows`` that needs no list of them.

    A Feistel network over the next even power of two; what falls outside goes round again («cycle walking», J. Black and P.
    Rogaway, «Ciphers with arbitrary finite domains», 2002, doi 10.1007/3-540-45760-7_9).
    """
    draws = Draws(seed, NAME)
    half = max(1, (int(rows - 1).bit_length() + 1) // 2)
    found = place - 1
    outside = np.ones(len(found), dtype=np.bool_)
    while outside.any():
        found[outside] = _feistel(draws, found[outside], half)
        outside = found >= rows
    return found + 1


def _feistel(draws: Draws, value: Whole, half: int) -> Whole:
    mask = (1 << half) - 1
    left, right = value >> half, value & mask
    for turn in range(_ROUNDS):
        left, right = right, left ^ draws.integers(right, f"orden-{turn}", 0, mask)
    return (left << half) | right
