"""Who comes, from where, why and when: the columns of a case that everything else follows from.

A function of seed and case number alone, so that the table for publication and the linkage can ask for any case.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ciberaula.datasets import conectividad
from ciberaula.datasets.cantons import CANTONS, PROVINCES
from ciberaula.datasets.casos import workdays
from ciberaula.datasets.casos.words import MOTIVES
from ciberaula.datasets.draws import Draws, Flags, Share, Whole

NAME = "casos"
OF_AGE, CONSENTS = 18, 15
# One case in four comes from a province in turn, so that the small ones are seen; the others come by population.
_TURN = 4
_OTHER_GENDER = 0.012
_SHARES = 96
# How many come in each month, January to December: more after the holidays and when the schools begin.
_SEASON = (9, 8, 10, 11, 12, 10, 9, 9, 11, 10, 9, 6)
# Schools of the coast begin in April and May, those of the highlands and Amazonía in September.
_SCHOOL_MONTHS = {"Costa": (3, 4), "Insular": (3, 4), "Sierra": (7, 8), "Amazonía": (7, 8)}
_TO_SCHOOL = 0.16
_EDUCATION = MOTIVES.index("acceso a educación")
_MOTIVE_WEIGHTS = (17, 9, 9, 10, 8, 9, 7, 9, 6, 5, 6, 5)
# Quantiles (0, 1/4, 1/2, 3/4, 1) of age and the share of women and girls, by motive.
_AGES = np.array(
    (
        (3, 15, 29, 42, 77),
        (0, 3, 7, 11, 16),
        (1, 19, 44, 63, 84),
        (11, 16, 25, 41, 68),
        (2, 12, 27, 51, 79),
        (1, 11, 25, 36, 62),
        (5, 8, 12, 15, 18),
        (18, 27, 38, 50, 67),
        (65, 70, 76, 82, 94),
        (13, 17, 24, 36, 59),
        (18, 27, 39, 52, 74),
        (8, 12, 15, 18, 34),
    ),
    dtype=np.float64,
)
_WOMEN = np.array((0.84, 0.52, 0.55, 0.61, 0.5, 0.55, 0.5, 0.68, 0.6, 0.3, 0.6, 0.69))


@dataclass(frozen=True, slots=True)
class Who:
    """Columns of cases, one place each. ``number`` from 1; ``canton``, ``province``, ``motive``, ``gender`` are indices;
    ``arrival`` is in office minutes (:mod:`~ciberaula.datasets.casos.workdays`)."""

    number: Whole
    canton: Whole
    province: Whole
    rural: Flags
    motive: Whole
    age: Whole
    gender: Whole
    arrival: Whole


def who(seed: int, rows: int, number: Whole) -> Who:
    """The cases of these numbers, of a set of so many ``rows``."""
    draws = Draws(seed, NAME)
    canton = _canton(draws, number)
    arrival = _arrival(draws, rows, number)
    motive = _motive(draws, number, canton, arrival)
    return Who(
        number=number,
        canton=canton,
        province=_places().province[canton],
        rural=draws.uniform(number, "area") * 100 < _places().rural[canton],
        motive=motive,
        age=_age(draws, number, motive),
        gender=_gender(draws, number, motive),
        arrival=arrival,
    )


_BLOCK = 4096


def place_in_motive(seed: int, rows: int, number: Whole) -> Whole:
    """How many cases of the same motive come before each of these."""
    first, last = int(number.min() - 1) // _BLOCK, int(number.max() - 1) // _BLOCK
    motives = np.concatenate([_motives(seed, rows, block) for block in range(first, last + 1)])
    found = np.empty(len(motives), dtype=np.int64)
    before = _before(seed, rows, first)
    for motive in range(len(MOTIVES)):
        mine = np.flatnonzero(motives == motive)
        found[mine] = before[motive] + np.arange(len(mine))
    return found[number - 1 - first * _BLOCK]


@cache
def _before(seed: int, rows: int, block: int) -> Whole:
    """Of each motive, how many cases come before the block."""
    found = np.zeros(len(MOTIVES), dtype=np.int64)
    for earlier in range(block):
        found += _sizes(seed, rows, earlier)
    return found


@cache
def _sizes(seed: int, rows: int, block: int) -> Whole:
    return np.bincount(_motives(seed, rows, block), minlength=len(MOTIVES))


def _motives(seed: int, rows: int, block: int) -> Whole:
    last = min((block + 1) * _BLOCK, rows)
    return who(seed, rows, np.arange(block * _BLOCK + 1, last + 1, dtype=np.int64)).motive


@dataclass(frozen=True, slots=True)
class Places:
    """By canton number less one: province index, simulated people up to it, share of them in the country, seasons."""

    province: Whole
    people: Whole  # cumulative, with a zero before
    first: Whole  # of each province, the first canton
    rural: Share
    school: NDArray[np.bool_]  # [canton, month]


@cache
def _places() -> Places:
    table = conectividad.table()
    province = np.array([PROVINCES.index(canton.province) for canton in CANTONS], dtype=np.int64)
    school = np.zeros((len(CANTONS), 12), dtype=np.bool_)
    for row, canton in enumerate(CANTONS):
        school[row, list(_SCHOOL_MONTHS[canton.region])] = True
    return Places(
        province,
        np.concatenate(([0], np.cumsum(table["poblacion"].astype(np.int64)))),
        np.searchsorted(province, np.arange(len(PROVINCES) + 1)).astype(np.int64),
        np.asarray(table["rural_pct"], dtype=np.float64),
        school,
    )


def _canton(draws: Draws, number: Whole) -> Whole:
    places = _places()
    turn = (number // _TURN) % len(PROVINCES)
    in_turn = number % _TURN == 0
    low = np.where(in_turn, places.people[places.first[turn]], 0)
    high = np.where(in_turn, places.people[places.first[turn + 1]], places.people[-1])
    mark = low + (draws.uniform(number, "canton") * (high - low)).astype(np.int64)
    found: Whole = np.searchsorted(places.people, mark, side="right") - 1
    return found


def _arrival(draws: Draws, rows: int, number: Whole) -> Whole:
    """In order of number, over the whole period, by season."""
    share = (number - 1 + draws.uniform(number, "llegada")) / rows * _SHARES
    below = share.astype(np.int64)
    table = _arrivals()
    return (table[below] + (table[below + 1] - table[below]) * (share - below)).astype(np.int64)


@cache
def _arrivals() -> Share:
    """The office minute before which each further share of the cases came."""
    per_day = [float(_SEASON[month % 12]) for month in workdays.month(np.arange(0, workdays.end(), workdays.DAY))]
    total, mark, day = sum(per_day), 0.0, 0
    found = [0.0]
    for share in range(1, _SHARES):
        wanted = total * share / _SHARES
        while mark + per_day[day] < wanted:
            mark += per_day[day]
            day += 1
        found.append((day + (wanted - mark) / per_day[day]) * workdays.DAY)
    # Twice the end: the last share may fall on the edge itself.
    return np.array([*found, float(workdays.end() - 1), float(workdays.end() - 1)])


def _motive(draws: Draws, number: Whole, canton: Whole, arrival: Whole) -> Whole:
    usual = draws.pick(number, "motivo", _MOTIVE_WEIGHTS)
    season = _places().school[canton, workdays.month(arrival) % 12]
    return np.where(season & draws.chance(number, "escuela", _TO_SCHOOL), _EDUCATION, usual)


def _age(draws: Draws, number: Whole, motive: Whole) -> Whole:
    place = draws.uniform(number, "edad") * (_AGES.shape[1] - 1)
    below = place.astype(np.int64)
    low, high = _AGES[motive, below], _AGES[motive, below + 1]
    age: Whole = (low + (high - low) * (place - below)).astype(np.int64)
    return age


def _gender(draws: Draws, number: Whole, motive: Whole) -> Whole:
    """0 feminine, 1 masculine, 2 another identity."""
    drawn = draws.uniform(number, "genero")
    return np.where(drawn < _OTHER_GENDER, 2, np.where(drawn < _OTHER_GENDER + _WOMEN[motive], 0, 1)).astype(np.int64)
