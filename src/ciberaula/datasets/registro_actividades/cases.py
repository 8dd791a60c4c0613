"""Which case of ``casos`` an activity was for: one that the worker had in her hands, open on that day."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from ciberaula.datasets import published
from ciberaula.datasets.cantons import CANTONS
from ciberaula.datasets.columns import Column, words
from ciberaula.datasets.draws import Draws, Whole
from ciberaula.datasets.registro_actividades import vocabulary as w
from ciberaula.datasets.registro_actividades.days import Cells, working_days
from ciberaula.datasets.spec import Recipe

_LINKED = 0.86
_NEVER = np.datetime64("2099-12-31").astype("datetime64[D]").astype(np.int64)


@dataclass(frozen=True, slots=True)
class Known:
    """The cases of the published ``casos``. ``opened`` and ``closed`` are days since 1970-01-01; ``worker`` is her number."""

    codes: tuple[str, ...]
    worker: Whole
    opened: Whole
    closed: Whole
    canton: Whole


@cache
def known() -> Known:
    """The published cases that stayed with one worker (a case that changed hands has two stories)."""
    wanted = published.dataset("casos")
    table = wanted.make(Recipe(wanted.rows, wanted.seed, wanted.seed), 1, wanted.rows)["casos"]
    columns = {name: _list(table[name]) for name in table}
    kept = [
        row
        for row, (before, state) in enumerate(zip(columns["profesional_anterior"], columns["estado"], strict=True))
        if before is None and state != "transferido" and columns["reabierto"][row] is None
    ]
    place = {canton.id: number for number, canton in enumerate(CANTONS)}
    return Known(
        codes=tuple(str(columns["caso_id"][row]) for row in kept),
        worker=np.array([int(str(columns["profesional_id"][row])[1:]) for row in kept], dtype=np.int64),
        opened=np.array([_day(columns["abierto"][row]) for row in kept], dtype=np.int64),
        closed=np.array([_day(columns["cerrado"][row]) for row in kept], dtype=np.int64),
        canton=np.array([place[str(columns["canton_id"][row])] for row in kept], dtype=np.int64),
    )


def link(draws: Draws, cells: Cells, number: Whole) -> Whole:
    """The position in :func:`known` of the case of each activity; -1 where it was for none."""
    found = np.full(len(cells.row), -1, dtype=np.int64)
    wanted = np.isin(cells.kind, w.FOR_A_CASE) & draws.chance(cells.row, "linked", _LINKED)
    share = draws.uniform(cells.row, "case")
    days = working_days()
    cases = known()
    for place, worker in enumerate(number.tolist()):
        hers = np.flatnonzero(cases.worker == worker)
        open_ = (cases.opened[hers, None] < days) & (cases.closed[hers, None] > days)
        count = open_.sum(axis=0)
        order = np.argsort(~open_, axis=0, kind="stable")
        mine = np.flatnonzero(wanted & (cells.worker == place) & (count[cells.weekday] > 0))
        on = cells.weekday[mine]
        found[mine] = hers[order[(share[mine] * count[on]).astype(np.int64), on]]
    return found


def codes(case: Whole) -> Column:
    """The code of each; an empty cell for none."""
    return words(case, known().codes)


def cantons(case: Whole, otherwise: Whole) -> Whole:
    """The canton of each case, or the other where there is none."""
    return np.where(case >= 0, known().canton[np.maximum(case, 0)], otherwise)


def _list(column: Column) -> list[object]:
    return column.to_pylist() if hasattr(column, "to_pylist") else list(column)


def _day(moment: object) -> int:
    if moment is None:
        return int(_NEVER)
    return int(np.datetime64(str(moment)[:10]).astype("datetime64[D]").astype(np.int64))
