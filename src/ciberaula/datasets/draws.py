"""Draws that are the same on every machine, whatever the portion: each is a function of seed, stream and row number.

A row's draw does not depend on the rows before it (a counter-based generator): row 700 is the same in a set of 1,000 and
of 1,000,000, and a build that was interrupted goes on with the same bytes. Only integer arithmetic modulo 2**64 and IEEE
multiplication are used; the generators of NumPy may change their distributions between versions, and logarithms differ
between machines.

Source of the mixing function: SplitMix64, G. Steele, D. Lea and C. Flood, «Fast splittable pseudorandom number
generators», OOPSLA 2014, doi 10.1145/2660193.2660195. Seeds of streams come from SHA-256.
"""

import hashlib
from collections.abc import Sequence
from random import Random
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Share = NDArray[np.float64]
Flags = NDArray[np.bool_]
T = TypeVar("T")

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_BITS = 2.0**-53


class Draws:
    """Draws for whole columns. ``rows`` are row numbers (int64, any order); ``stream`` names what is drawn."""

    def __init__(self, seed: int, name: str) -> None:
        """``seed``: of the set; ``name``: of the data set, so that two sets with one seed have nothing in common."""
        self._root = f"{name}:{seed}"

    def uniform(self, rows: Whole, stream: str) -> Share:
        """Shares in [0, 1), one a row."""
        with np.errstate(over="ignore"):
            state = (rows.astype(np.uint64) + np.uint64(1)) * _STEP + np.uint64(_seed(f"{self._root}:{stream}"))
            state = (state ^ (state >> np.uint64(30))) * _FIRST
            state = (state ^ (state >> np.uint64(27))) * _SECOND
            state ^= state >> np.uint64(31)
        return (state >> np.uint64(11)).astype(np.float64) * _BITS

    def integers(self, rows: Whole, stream: str, low: int | Whole, high: int | Whole) -> Whole:
        """Whole numbers from ``low`` to ``high``, both included; either may be a column."""
        found: Whole = low + (self.uniform(rows, stream) * (np.asarray(high) - low + 1)).astype(np.int64)
        return found

    def chance(self, rows: Whole, stream: str, share: float | Share) -> Flags:
        """True for about that share of the rows."""
        return self.uniform(rows, stream) < share

    def pick(self, rows: Whole, stream: str, weights: Sequence[float]) -> Whole:
        """Indices 0 … len(weights)-1, by weight."""
        cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
        drawn = self.uniform(rows, stream) * cumulative[-1]
        found: Whole = np.minimum(np.searchsorted(cumulative, drawn, side="right"), len(weights) - 1).astype(np.int64)
        return found

    def spread(self, rows: Whole, stream: str, quantiles: Sequence[float]) -> Share:
        """Numbers whose quantiles at 0, 1/n, …, 1 are ``quantiles``, straight lines between (a delay, an age)."""
        place = self.uniform(rows, stream) * (len(quantiles) - 1)
        table = np.asarray(quantiles, dtype=np.float64)
        below = place.astype(np.int64)
        return table[below] + (table[below + 1] - table[below]) * (place - below)

    def dice(self, stream: str, *of: int | str) -> "Dice":
        """A generator for one thing (a text, an organisation) that is made by plain Python."""
        return Dice(_seed(":".join((self._root, stream, *map(str, of)))))


class Dice:
    """Draws one at a time. Built on ``Random.random`` alone, whose sequence Python keeps between versions."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random  # noqa: S311 -- simulated data must repeat, not surprise

    def share(self) -> float:
        """In [0, 1)."""
        return self._random()

    def chance(self, share: float) -> bool:
        return self._random() < share

    def whole(self, low: int, high: int) -> int:
        """From ``low`` to ``high``, both included."""
        return low + int(self._random() * (high - low + 1))

    def one(self, options: Sequence[T]) -> T:
        return options[int(self._random() * len(options))]

    def weighted(self, options: Sequence[T], weights: Sequence[float]) -> T:
        mark = self._random() * sum(weights)
        for option, weight in zip(options, weights, strict=True):
            mark -= weight
            if mark < 0:
                return option
        return options[-1]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        found = list(options)
        for last in range(len(found) - 1, 0, -1):
            other = int(self._random() * (last + 1))
            found[last], found[other] = found[other], found[last]
        return found

    def some(self, options: Sequence[T], count: int) -> list[T]:
        """``count`` different ones."""
        return self.shuffled(options)[:count]


def _seed(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
