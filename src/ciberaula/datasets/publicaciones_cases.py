"""Which simulated cases the posts tell of: each is the only one of its canton, age, gender and month."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from ciberaula.datasets.casos.linkage import unique_cases
from ciberaula.datasets.published import dataset
from ciberaula.errors import UserError
from ciberaula.i18n import _

Facts = Mapping[str, Any]
Wanted = tuple[int, int, str]
"""Youngest, oldest, gender (f, m, or nothing for both)."""

_POOL = 200  # cases to choose from: enough for every age that a text supposes
_GENDERS = {"f": ("femenino",), "m": ("masculino",), "": ("femenino", "masculino")}  # what texts can agree with


def suitable(posts: Mapping[str, Wanted], before: date) -> dict[str, Facts]:
    """A case for each post (id -> facts) that fits what its text supposes, of a month that ends ``before`` that day.

    Only cases of the last year count, so that the name of a month says which. Raises ``UserError`` where they don't suffice.
    """
    pool = [case for case in unique_cases(dataset("casos").seed, _POOL) if _recent(case, before)]
    found: dict[str, Facts] = {}
    # Who asks for most comes first, so that a post that any case fits doesn't take the only one for another.
    for post, wanted in sorted(posts.items(), key=lambda one: (one[1][1] - one[1][0], not one[1][2], one[0])):
        case = next((case for case in pool if _fits(case, wanted)), None)
        if case is None:
            raise UserError(
                _("Ningún caso simulado encaja con la publicación «{id}»: amplíe «ages» o quite «gender».").format(
                    id=post
                )
            )
        pool.remove(case)
        found[post] = case
    return found


def _recent(case: Facts, before: date) -> bool:
    return f"{before.year}-01" <= str(case["month"]) < f"{before:%Y-%m}"


def _fits(case: Facts, wanted: Wanted) -> bool:
    youngest, oldest, gender = wanted
    return youngest <= case["age"] <= oldest and case["gender"] in _GENDERS[gender]
