"""Planting faults in tables that have none, and keeping what was planted for who teaches.

What is planted in a row depends on the hidden seed and on the row itself, not on its neighbours. A row that is copied has no
other fault, so that each fault is there once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ciberaula.datasets.casos.sheet import PREFIX, rank
from ciberaula.datasets.casos_cruda.faults import CLOSED_FIRST, EXACT, NEAR, PLANTS, Plant, closed_first, retyped
from ciberaula.datasets.columns import Column
from ciberaula.datasets.draws import Dice, Draws, Flags, Whole

NAME = "casos_cruda"
KEY = ("tabla", "clave", "columna", "tipo", "valor_limpio", "valor_crudo")
_MOST_A_CASE = 64
_CLOSED_FIRST = 0.02
# Share of rows that stand there twice: as they are, and as another hand typed them.
_COPIES: Mapping[str, tuple[float, float]] = {
    "casos": (0.012, 0.012),
    "personas": (0.01, 0.014),
    "contactos": (0.006, 0.0),
    "consentimientos": (0.006, 0.0),
}
_FARTHEST = 40  # rows between a row and its copy

Cells = dict[str, Column]


@dataclass
class Sown:
    """Tables of text that faults are planted in, and the key: what was planted where."""

    tables: dict[str, Cells]
    draws: Draws
    key: dict[str, list[str | None]] = field(default_factory=lambda: {name: [] for name in KEY})
    touched: dict[tuple[str, str], Flags] = field(default_factory=dict)

    def numbers(self, table: str) -> Whole:
        """A number for each row, the same in whatever portion it is made."""
        case = pc.cast(pc.utf8_slice_codeunits(self.tables[table]["caso_id"], len(PREFIX)), pa.int64()).to_numpy()
        found: Whole = case * _MOST_A_CASE + rank(case)
        return found

    def free(self, table: str, column: str) -> Flags:
        """The filled cells without a fault."""
        column_ = self.tables[table][column]
        filled: Flags = pc.is_valid(column_).to_numpy(zero_copy_only=False)
        return filled & ~self.touched.get((table, column), np.zeros(len(filled), dtype=np.bool_))

    def whole(self, table: str) -> Flags:
        """The rows without any fault."""
        rows = len(self.tables[table]["caso_id"])
        found = np.zeros(rows, dtype=np.bool_)
        for (name, _column), touched in self.touched.items():
            found |= touched if name == table else False
        return ~found

    def replace(self, table: str, column: str, kind: str, typed: Mapping[int, str | None]) -> None:
        """Put other values into the cells of these rows, and write each down."""
        cells = self.tables[table]
        rows = [row for row, value in typed.items() if value != cells[column][row].as_py()]
        mask = np.zeros(len(cells[column]), dtype=np.bool_)
        mask[rows] = True
        clean, keys = cells[column], cells[_first(cells)]
        cells[column] = pc.replace_with_mask(
            clean, pa.array(mask), pa.array([typed[row] for row in sorted(rows)], pa.string())
        )
        before = self.touched.get((table, column), np.zeros(len(mask), dtype=np.bool_))
        self.touched[table, column] = before | mask
        for row in sorted(rows):
            self.note(table, keys[row].as_py(), column, kind, clean[row].as_py(), typed[row])

    def note(self, *values: str | None) -> None:
        for name, value in zip(KEY, values, strict=True):
            self.key[name].append(value)


def sow(tables: Mapping[str, Mapping[str, Any]], hidden: int) -> Sown:
    """Faulty copies of these tables of ``casos``."""
    as_text = {name: {column: _text(values) for column, values in rows.items()} for name, rows in tables.items()}
    sown = Sown(as_text, Draws(hidden, NAME))
    names = dict(zip(as_text["casos"]["caso_id"].to_pylist(), _subjects(as_text["personas"]), strict=True))
    for plant in PLANTS:
        _plant(sown, plant, names)
    _close_first(sown)
    for table in _COPIES:
        _copy(sown, table)
    return sown


def _text(values: Any) -> Column:
    column = pa.array(values)
    return column if pa.types.is_string(column.type) else pc.cast(column, pa.string())


def _first(cells: Cells) -> str:
    return next(iter(cells))


def _subjects(people: Cells) -> list[str]:
    """The name of the person of each case."""
    found: list[str] = people["nombre"].filter(pc.equal(people["parentesco"], "titular")).to_pylist()
    return found


def _plant(sown: Sown, plant: Plant, names: Mapping[str, str]) -> None:
    cells, number = sown.tables[plant.table], sown.numbers(plant.table)
    stream = f"{plant.table}.{plant.column}.{plant.kind}"
    chosen = sown.draws.chance(number, stream, plant.share) & sown.free(plant.table, plant.column)
    typed = {
        int(row): plant.change(
            cells[plant.column][row].as_py(),
            sown.draws.dice(stream, int(number[row])),
            names[cells["caso_id"][row].as_py()],
        )
        for row in np.flatnonzero(chosen)
    }
    sown.replace(plant.table, plant.column, plant.kind, typed)


def _close_first(sown: Sown) -> None:
    cells, number = sown.tables["casos"], sown.numbers("casos")
    chosen = sown.draws.chance(number, CLOSED_FIRST, _CLOSED_FIRST) & sown.free("casos", "cerrado")
    chosen &= sown.free("casos", "abierto")
    typed: dict[int, str | None] = {}
    for row in np.flatnonzero(chosen):
        dice = sown.draws.dice(CLOSED_FIRST, int(number[row]))
        typed[int(row)] = closed_first(cells["abierto"][row].as_py(), dice)
    sown.replace("casos", "cerrado", CLOSED_FIRST, typed)


def _copy(sown: Sown, table: str) -> None:
    """Copies of rows without a fault, some rows further down."""
    cells, number = sown.tables[table], sown.numbers(table)
    exact, near = _COPIES[table]
    drawn = np.where(sown.whole(table), sown.draws.uniform(number, f"{table}.copia"), 1.0)
    rows = np.flatnonzero(drawn < exact + near)
    beside = rows + sown.draws.integers(number[rows], f"{table}.lugar", 1, _FARTHEST)
    order = np.argsort(np.concatenate((np.arange(len(number)), beside + 0.5)), kind="stable")
    source = np.concatenate((np.arange(len(number)), rows))[order]
    made = {name: column.take(pa.array(source)) for name, column in cells.items()}
    place = np.flatnonzero(order >= len(number))
    changed: dict[str, dict[int, str]] = {name: {} for name in made}
    for at in place:
        row = int(source[at])
        key = cells[_first(cells)][row].as_py()
        if drawn[row] < exact:
            sown.note(table, key, None, EXACT, None, None)
            continue
        dice = sown.draws.dice(f"{table}.parecido", int(number[row]))
        other = _retyped(table, {name: column[row].as_py() for name, column in cells.items()}, dice)
        for name, value in other.items():
            changed[name][int(at)] = value
        sown.note(table, other[_first(cells)], None, NEAR, key, other[_first(cells)])
    sown.tables[table] = {name: _with(column, changed[name]) for name, column in made.items()}


def _with(column: Column, values: Mapping[int, str]) -> Column:
    mask = np.zeros(len(column), dtype=np.bool_)
    mask[list(values)] = True
    return pc.replace_with_mask(column, pa.array(mask), pa.array([values[row] for row in sorted(values)], pa.string()))


def _retyped(table: str, row: Mapping[str, str | None], dice: Dice) -> dict[str, str]:
    """What another hand writes otherwise when it enters the same case or person again."""
    if table == "casos":
        case, opened = str(row["caso_id"]), str(row["abierto"])
        figures = case.removeprefix(PREFIX)
        code = dice.one((f"SIM {figures}", f"sim-{figures}", f"SIM{figures}", f"SIM-{int(figures)}/b"))
        return {"caso_id": code, "abierto": f"{opened[:-1]}{(int(opened[-1]) + dice.whole(1, 9)) % 10}"}
    person = str(row["persona_id"])
    return {"persona_id": f"{person[:-1]}{dice.whole(7, 9)}", "nombre": retyped(str(row["nombre"]), dice)}
