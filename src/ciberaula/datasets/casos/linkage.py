"""Cases of the published set that a few facts single out, for posts that tell too much (data set ``publicaciones``)."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from ciberaula.datasets import conectividad
from ciberaula.datasets.cantons import CANTONS
from ciberaula.datasets.casos import publication, workdays
from ciberaula.datasets.casos.sheet import FIGURES, PREFIX
from ciberaula.datasets.casos.who import NAME, who
from ciberaula.datasets.casos.words import GENDERS, MOTIVES, cells
from ciberaula.datasets.draws import Draws, Whole
from ciberaula.datasets.people import GENDERS as _ALL

_COMMON = _ALL[:2]
PUBLISHED = 1500


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of a case that nobody else in the set shares: canton, age, gender and month of arrival together.

    ``month`` is YYYY-MM, as in ``difusion``. There too its row is alone by percentage of connected homes, age band, gender and
    month.
    """

    case_id: str
    age: int
    gender: str
    canton_id: str
    canton: str
    province: str
    month: str
    motive: str


@cache
def unique_cases(seed: int, count: int, rows: int = PUBLISHED) -> tuple[Fact, ...]:
    """``count`` such cases of the set of that seed and size (fewer where there are not as many), always the same ones."""
    number = np.arange(1, rows + 1, dtype=np.int64)
    people = who(seed, rows, number)
    month = workdays.month(people.arrival)
    told = _alone(people.canton, people.age, people.gender, month)
    percentage = np.rint(conectividad.table()["internet_hogares_pct"][people.canton] * 10).astype(np.int64)
    linked = _alone(percentage, publication.bands(people.age), people.gender, month)
    found = np.flatnonzero(told & linked & (people.gender < len(_COMMON)))
    order = np.argsort(Draws(seed, NAME).uniform(number[found], "enlace"), kind="stable")
    return tuple(
        Fact(
            case_id=f"{PREFIX}{number[case]:0{FIGURES}d}",
            age=int(people.age[case]),
            gender=cells(GENDERS)[people.gender[case]],
            canton_id=CANTONS[people.canton[case]].id,
            canton=CANTONS[people.canton[case]].name,
            province=CANTONS[people.canton[case]].province,
            month=publication.MONTHS[month[case]],
            motive=MOTIVES[people.motive[case]],
        )
        for case in found[order][:count]
    )


def _alone(*columns: Whole) -> np.ndarray:
    """Which rows share all these values with no other."""
    _values, group, size = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True, return_counts=True)
    alone: np.ndarray = size[group.reshape(-1)] == 1
    return alone
