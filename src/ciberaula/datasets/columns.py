"""Columns of text made whole: words, names, codes, dates and times from arrays of numbers (Arrow strings, fast to write)."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ciberaula.datasets.draws import Flags, Whole

Column = Any  # a pyarrow array; pyarrow carries no types

MINUTES_A_DAY = 24 * 60


def words(index: Whole, options: Sequence[str]) -> Column:
    """``options[i]`` for each index; a negative index is an empty cell."""
    missing = index < 0
    return pa.array(list(options), pa.string()).take(pa.array(index, mask=missing if missing.any() else None))


def blank(column: Column, where: Flags) -> Column:
    """``column`` with empty cells where the flag is set."""
    return pc.if_else(pa.array(where), pa.scalar(None, pa.string()), _text(column))


def joined(*parts: "Column | str") -> Column:
    """The parts, written one after another, row by row. A part that is ``str`` is the same in each row."""
    return pc.binary_join_element_wise(*(part if isinstance(part, str) else _text(part) for part in parts), "")


def codes(prefix: str, numbers: Whole, width: int) -> Column:
    """``prefix`` and the number with at least ``width`` figures: SIM-000017."""
    return joined(prefix, pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0"))


def dates(days: Whole) -> Column:
    """``YYYY-MM-DD`` for days since 1970-01-01."""
    return pc.cast(pa.array(days.astype(np.int32)).cast(pa.date32()), pa.string())


def times(minutes: Whole) -> Column:
    """``YYYY-MM-DD HH:MM`` for minutes since 1970-01-01 00:00."""
    days, rest = np.divmod(minutes, MINUTES_A_DAY)
    return joined(dates(days), " ", _clock().take(pa.array(rest)))


@cache
def _clock() -> Column:
    return pa.array([f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(MINUTES_A_DAY)], pa.string())


def _text(column: Column) -> Column:
    array = column if isinstance(column, pa.Array | pa.ChunkedArray) else pa.array(column)
    return array if pa.types.is_string(array.type) else pc.cast(array, pa.string())
