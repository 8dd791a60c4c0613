"""Which simulated cases the posts tell of: each is the only one of its canton, age, gender and month."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from ciberaula.datasets.casos.linkage import unique_cases
from ciberaula.datasets.published import dataset
from ciberaula.errors import UserError
from ciberaula.i18n import _

_POOL = 200  # cases to choose from: enough for every age that a text supposes
_GENDERS = ("femenino", "masculino")  # the texts agree with one of these two


def suitable(ages: Mapping[str, tuple[int, int]], before: date) -> dict[str, Mapping[str, Any]]:
    """A case for each post (id -> facts), of an age within its limits, whose month ends ``before`` that day.

    Only cases of the last year count, so that the name of a month says which. Raises ``UserError`` where they don't suffice.
    """
    pool = [case for case in unique_cases(dataset("casos").seed, _POOL) if _fits(case, before)]
    found: dict[str, Mapping[str, Any]] = {}
    # Who asks for most comes first, so that a post that any case fits doesn't take the only one for another.
    for post, (youngest, oldest) in sorted(ages.items(), key=lambda one: (one[1][1] - one[1][0], one[0])):
        case = next((case for case in pool if youngest <= case["age"] <= oldest), None)
        if case is None:
            raise UserError(
                _("No hay un caso simulado de {low} a {high} años para la publicación «{id}»: amplíe «ages».").format(
                    low=youngest, high=oldest, id=post
                )
            )
        pool.remove(case)
        found[post] = case
    return found


def _fits(case: Mapping[str, Any], before: date) -> bool:
    return f"{before.year}-01" <= case["month"] < f"{before:%Y-%m}" and case["gender"] in _GENDERS
