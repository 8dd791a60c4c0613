"""Which simulated cases the posts tell of: each is the only one of its canton, age, gender and month."""

from collections.abc import Mapping
from datetime import date

from ciberaula.datasets.casos.linkage import Fact, unique_cases
from ciberaula.datasets.published import dataset
from ciberaula.errors import UserError
from ciberaula.i18n import _

Wanted = tuple[int, int, str]
"""Youngest, oldest, gender (f, m, or nothing for both)."""

_POOL = 200  # cases to choose from: enough for every age that a text supposes
_OF_AGE = 18
_HARM = ("violencia intrafamiliar", "negligencia", "consumo de sustancias")
_GENDERS = {"f": ("femenino",), "m": ("masculino",), "": ("femenino", "masculino")}  # what texts can agree with


def suitable(posts: Mapping[str, Wanted], before: date) -> dict[str, Fact]:
    """A case for each post (id -> what is known of it) that fits its text, of a month that ends ``before`` that day.

    Only cases of the last year count, so that the name of a month says which. Raises ``UserError`` where they don't suffice.
    """
    pool = [case for case in unique_cases(dataset("casos").seed, _POOL) if _recent(case, before)]
    found: dict[str, Fact] = {}
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


def _recent(case: Fact, before: date) -> bool:
    """Of that year, and nothing that would tell of harm to a child in a text that may joke."""
    harm = case.age < _OF_AGE and case.motive in _HARM
    return f"{before.year}-01" <= case.month < f"{before:%Y-%m}" and not harm


def _fits(case: Fact, wanted: Wanted) -> bool:
    youngest, oldest, gender = wanted
    return youngest <= case.age <= oldest and case.gender in _GENDERS[gender]
