"""Every hostile kind, and the honest work that is handed in among them."""

from tests.hostile.kind import Desk, Kind
from tests.hostile.kinds import bombs, folders, notebooks, pages, reaching, replies, running, sheets

ALL: tuple[Kind, ...] = (
    *running.KINDS,
    *reaching.KINDS,
    *bombs.KINDS,
    *replies.KINDS,
    *notebooks.KINDS,
    *sheets.KINDS,
    *folders.KINDS,
    *pages.KINDS,
)

FULL = {"p01": 2, "p02": 3, "p03": 1, "p05": 0}
HONEST = 12
NEIGHBOUR = "vecina"
"""An honest trainee whose work holds a secret."""


def honest(number: int) -> Kind:
    """Whole and right work, every third by code: it earns everything, whoever is graded before it."""

    def make(desk: Desk) -> None:
        if number % 3:
            desk.hand_in({"p01": "b", "p02": 5, "p03": "no", "p05": "gracias"})
        else:
            desk.hand_in(
                {"p01": "b", "p03": "no"},
                code={"p02": "import pandas\nsubmit_answer('p02', pandas.Series([2, 3]).sum())"},
            )

    return Kind(f"honesta-{number:02d}", make, points=FULL)
