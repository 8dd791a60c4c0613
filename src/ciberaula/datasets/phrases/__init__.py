"""Texts in many voices, made a column at a time out of hand-written clauses (the ``*.txt`` beside this module).

A book holds *banks* of clauses and *sentences* made of them. A text is some sentences, one after another; each sentence has
several *forms* (orders of banks), and each worker writes in one of the ``VOICES``. Within a form no combination of clauses
comes back before all others were used: row numbers are multiplied by a number prime to the count of combinations, near its
golden section, so that a few thousand rows lie far apart from each other. Everything is taken from tables by index, so that
a large build costs little more than the writing of its bytes.

The format of a book, line by line (``#`` begins a comment)::

    = facts 70          the next sentence of texts of kind «facts»; 70 of 100 texts have it
    3 1 2 | {lead} {core}.     a form: its weight in each voice, then banks in braces and what stands between them
    : core motivo=vivienda, salud       a bank, for these values of a column; several sections of one name add up
    el dueño pide {80-140} dólares      a clause, with holes
    ~ vecina            words to fill the hole {vecina} with

    @ motivo=vivienda asunto=a      what follows is for these values, each line with its bank: what belongs together
    f: el dueño pide el cuarto

Holes: ``{2-5}`` a number, ``{hora}`` an hour, ``{ella}`` ``{inf}`` the person and who speaks for her; ``[o|a]`` agrees with
her. Texts of the same row name the same people, whatever their kind: a variant of all holes is drawn once a row.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ciberaula.datasets.draws import Dice, Draws, Whole

Text = Any  # an Arrow column of strings; pyarrow carries no types
VOICES = ("formal", "telegráfica", "cercana")
_VARIANTS = 12
_DEEP = 3  # words in holes may have holes
_MOST = 2**31  # combinations told apart; the product of two such numbers still fits
_GOLDEN = 0.6180339887498949
_GENDER = "genero"
_TOPIC = "asunto"
Called = tuple[
    tuple[str, ...], Mapping[tuple[int, ...], Sequence[str]]
]  # the dimensions it depends on, and words by them
_HOLE = re.compile(r"\{([^{}]+)\}")
_AGREES = re.compile(r"\[([^\[\]|]*)\|([^\[\]|]*)\]")
_CONTRACTED = re.compile(r"\b([Dd]e|[Aa]) el (?=\S)")


@dataclass
class _Bank:
    """Clauses with the values (dimension -> those allowed) that each is for."""

    clauses: list[tuple[str, Mapping[str, frozenset[int]]]] = field(default_factory=list)


@dataclass(frozen=True)
class _Shelf:
    """A bank made ready: strings of all cells in a row, and for each cell where its clauses begin and how many there are."""

    dims: tuple[str, ...]
    strings: Text
    start: Whole
    count: Whole
    variants: int


@dataclass(frozen=True)
class _Sentence:
    share: float
    forms: list[tuple[tuple[float, ...], tuple[str, ...]]] = field(default_factory=list)


class Book:
    """The clauses of some files. ``dims``: column -> its values in the order of their index.

    ``people``: hole -> its dimensions and the words by their values, for the holes that name somebody: variant 0 of a clause
    has the first of the words, variant 1 the second, and so on.
    """

    def __init__(
        self,
        files: Sequence[Path],
        dims: Mapping[str, Sequence[str]],
        people: Mapping[str, Called],
    ) -> None:
        self._dims = dims
        self._people = people
        self._banks: dict[str, _Bank] = {}
        self._fills: dict[str, list[str]] = {}
        self._sentences: dict[str, list[_Sentence]] = {}
        self._shelves: dict[tuple[str, bool], _Shelf] = {}
        for file in files:
            self._read(file.read_text(encoding="utf-8"))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of text there are."""
        return tuple(self._sentences)

    def write(
        self, draws: Draws, kind: str, rows: Whole, facts: Mapping[str, Whole], voice: Whole, order: Whole | None = None
    ) -> Text:
        """A text of ``kind`` for each row. ``facts``: index columns by dimension; a dimension left out counts as its first.

        ``order``: for sentences with a topic, other numbers than ``rows``, dense among rows of the same values, so that fewer
        combinations are enough.
        """
        parts = []
        order = rows if order is None else order
        for place, sentence in enumerate(self._sentences[kind]):
            stream = f"{kind}.{place}"
            there = np.flatnonzero(draws.uniform(rows, stream) < sentence.share)
            chosen = {name: column[there] for name, column in facts.items()}
            numbers = (rows[there], order[there])
            text = self._sentence(draws, sentence, stream, numbers, chosen, voice[there], place > 0)
            spot = np.full(len(rows), -1, dtype=np.int64)
            spot[there] = np.arange(len(there))
            parts.append(text.take(pa.array(spot, mask=spot < 0)) if len(there) < len(rows) else text)
        text = pc.binary_join_element_wise(*parts, "", null_handling="replace", null_replacement="")
        return text if self._sentences[kind][0].share >= 1 else pc.utf8_ltrim(text, " ")

    def combinations(self, kind: str) -> int:
        """The fewest combinations of any form: so many rows are told apart for certain."""
        fewest = _MOST
        for sentence in self._sentences[kind]:
            for _weights, pieces in sentence.forms:
                shelves = [self._shelf(piece[1:-1], False) for piece in pieces if piece.startswith("{")]
                names = sorted({name for shelf in shelves for name in shelf.dims})
                for cell in product(*(range(len(self._dims[name])) for name in names)):
                    at = dict(zip(names, cell, strict=True))
                    count = 1
                    for shelf in shelves:
                        count *= int(shelf.count[self._flat(shelf.dims, at)])
                    fewest = min(fewest, count)
        return fewest

    def _sentence(
        self,
        draws: Draws,
        sentence: _Sentence,
        stream: str,
        numbers: tuple[Whole, Whole],
        facts: Mapping[str, Whole],
        voice: Whole,
        spaced: bool,
    ) -> Text:
        rows, ranks = numbers
        form = np.zeros(len(rows), dtype=np.int64)
        for number in range(len(VOICES)):
            mine = voice == number
            weights = [weights[number] for weights, _pieces in sentence.forms]
            form[mine] = draws.pick(rows[mine], f"{stream}.form", weights)
        made, order = [], []
        for number, (_weights, pieces) in enumerate(sentence.forms):
            mine = np.flatnonzero(form == number)
            if len(mine):
                chosen = {name: column[mine] for name, column in facts.items()}
                made.append(self._form(draws, pieces, f"{stream}.{number}", (rows[mine], ranks[mine]), chosen, spaced))
                order.append(mine)
        if not made:
            return pa.array([], pa.string())
        back = np.empty(len(rows), dtype=np.int64)
        back[np.concatenate(order)] = np.arange(len(rows))
        return pa.concat_arrays(made).take(pa.array(back))

    def _form(
        self,
        draws: Draws,
        pieces: Sequence[str],
        stream: str,
        numbers: tuple[Whole, Whole],
        facts: Mapping[str, Whole],
        spaced: bool,
    ) -> Text:
        rows, order = numbers
        slots = [place for place, piece in enumerate(pieces) if piece.startswith("{")]
        shelves = [self._shelf(pieces[place][1:-1], place == 0) for place in slots]
        cells = [self._cell(shelf, facts, len(rows)) for shelf in shelves]
        counts = [shelf.count[cell] for shelf, cell in zip(shelves, cells, strict=True)]
        cores = [_TOPIC in shelf.dims for shelf in shelves]
        told = order if any(cores) else rows
        digits = _digits(draws, stream, told, counts, [int(shelf.count.max()) for shelf in shelves], cores)
        variant = draws.integers(rows, "variant", 0, _VARIANTS - 1)
        columns: list[Text] = [" "] if spaced else []
        ready = {}
        for slot, shelf, cell, digit in zip(slots, shelves, cells, digits, strict=True):
            at = shelf.start[cell] + digit * shelf.variants
            if shelf.variants > 1:
                at = at + variant
            ready[slot] = shelf.strings.take(pa.array(at))
        columns += [ready.get(place, piece) for place, piece in enumerate(pieces)]
        return pc.binary_join_element_wise(*columns, "")

    def _cell(self, shelf: _Shelf, facts: Mapping[str, Whole], length: int) -> Whole:
        cell = np.zeros(length, dtype=np.int64)
        for name in shelf.dims:
            cell = cell * len(self._dims[name]) + facts.get(name, 0)
        return cell

    def _flat(self, dims: Sequence[str], at: Mapping[str, int]) -> int:
        flat = 0
        for name in dims:
            flat = flat * len(self._dims[name]) + at[name]
        return flat

    def _shelf(self, name: str, first: bool) -> _Shelf:
        if (name, first) not in self._shelves:
            self._shelves[name, first] = self._ready(name, first)
        return self._shelves[name, first]

    def _ready(self, name: str, first: bool) -> _Shelf:
        clauses = self._banks[name].clauses
        used = {dim for _clause, limits in clauses for dim in limits}
        used |= {dim for clause, _limits in clauses for dim in self._personal(clause)}
        dims = tuple(dim for dim in self._dims if dim in used)
        variants = _VARIANTS if any(_HOLE.search(clause) for clause, _limits in clauses) else 1
        strings: list[str] = []
        start, count = [], []
        for cell in product(*(range(len(self._dims[dim])) for dim in dims)):
            at = dict(zip(dims, cell, strict=True))
            fitting = [
                clause for clause, limits in clauses if all(at[dim] in allowed for dim, allowed in limits.items())
            ]
            start.append(len(strings))
            count.append(len(fitting))
            for clause in fitting:
                strings += self._filled(clause, at, variants, first)
        return _Shelf(dims, pa.array(strings, pa.string()), np.array(start), np.array(count), variants)

    def _personal(self, clause: str, depth: int = 0) -> set[str]:
        """The dimensions that a clause depends on by whom it names."""
        found = {_GENDER} if _AGREES.search(clause) else set()
        for hole in _HOLE.findall(clause):
            if hole in self._people:
                found |= set(self._people[hole][0])
            elif depth < _DEEP:
                found |= {dim for word in self._fills.get(hole, ()) for dim in self._personal(word, depth + 1)}
        return found

    def _filled(self, clause: str, at: Mapping[str, int], variants: int, first: bool) -> list[str]:
        dice = Dice(sum(ord(sign) * 31**place for place, sign in enumerate(clause[:12])) * 7 + len(clause))
        made = []
        for variant in range(variants):
            text = clause
            while _HOLE.search(text):
                text = _HOLE.sub(lambda hole: self._fill(hole[1], at, dice, variant), text)  # noqa: B023 -- used at once
            text = _AGREES.sub(lambda agreed: agreed[1 if at[_GENDER] == 1 else 2], text)
            text = _CONTRACTED.sub(lambda found: found[1] + "l ", text)
            text = " " + text[1:] if text.startswith("+") else text.removeprefix("-")
            made.append(text[:1].upper() + text[1:] if first else text)
        return made

    def _fill(self, hole: str, at: Mapping[str, int], dice: Dice, variant: int) -> str:
        if hole in self._people:
            dims, words = self._people[hole]
            options = words[tuple(at[dim] for dim in dims)]
            return options[variant % len(options)]
        if hole == "hora":
            return f"{dice.whole(8, 16)}:{dice.one(('00', '10', '15', '20', '30', '40', '45', '50'))}"
        low, dash, high = hole.partition("-")
        if dash and low.isdigit() and high.isdigit():
            return str(dice.whole(int(low), int(high)))
        return dice.one(self._fills[hole])

    def _read(self, text: str) -> None:
        take = None
        for raw in text.splitlines():
            line = raw.strip()
            if not line or line.startswith("#"):
                continue
            head, rest = line[0], line[1:].strip()
            if head == "=":
                take = self._sentence_reader(rest)
            elif head == ":":
                take = self._bank_reader(rest)
            elif head == "@":
                take = self._topic_reader(rest)
            elif head == "~":
                take = self._fills.setdefault(rest, []).append
            elif take:
                take(line)

    def _sentence_reader(self, head: str) -> Any:
        kind, share = head.split()
        sentence = _Sentence(float(share) / 100)
        self._sentences.setdefault(kind, []).append(sentence)

        def take(line: str) -> None:
            weights, _bar, pattern = line.partition("|")
            pieces = tuple(piece for piece in re.split(r"(\{[^{}]+\})", pattern.strip()) if piece)
            sentence.forms.append((tuple(float(weight) for weight in weights.split()), pieces))

        return take

    def _bank_reader(self, head: str) -> Any:
        name, _space, rest = head.partition(" ")
        bank, limits = self._banks.setdefault(name, _Bank()), self._limits(rest)
        return lambda line: bank.clauses.append((line, limits))

    def _topic_reader(self, head: str) -> Any:
        limits = self._limits(head)

        def take(line: str) -> None:
            name, _colon, clause = line.partition(": ")
            self._banks.setdefault(name, _Bank()).clauses.append((clause, limits))

        return take

    def _limits(self, text: str) -> dict[str, frozenset[int]]:
        """«motivo=salud, vivienda asunto=a» as indices by dimension."""
        return {
            dim: frozenset(self._dims[dim].index(value.strip()) for value in values.split(","))
            for dim, values in re.findall(r"(\w+)=([^=]+?)(?=\s+\w+=|$)", text)
        }


def _digits(
    draws: Draws, stream: str, rows: Whole, counts: Sequence[Whole], most: Sequence[int], cores: Sequence[bool]
) -> list[Whole]:
    """A clause number for each slot: different rows, different combinations (up to ``_MOST`` of them).

    ``most``: the most clauses of each slot in any cell, so that a row's text does not depend on the rows beside it.
    ``cores``: slots of clauses with a topic. They change last: until all ways to frame a core were used, no frame comes
    back, so that a core that stands in several cells is not said twice in the same way.
    """
    total = np.ones(len(rows), dtype=np.int64)
    digits: list[Whole] = [total] * len(counts)
    told: list[int] = []
    reach = 1
    for place in sorted(range(len(counts)), key=lambda place: (cores[place], most[place])):
        if reach * most[place] < _MOST:
            reach *= most[place]
            total = total if cores[place] else total * counts[place]
            told.append(place)
        else:
            digits[place] = draws.integers(rows, f"{stream}.{place}.free", 0, counts[place] - 1)
    sizes, which = np.unique(total, return_inverse=True)
    step = np.array([_step(int(size)) for size in sizes], dtype=np.int64)[which]
    later, rest = np.divmod(rows, total)
    rest = (rest * step + int(draws.dice(stream).whole(0, 999_999))) % total
    mixed: NDArray[np.int64] = np.zeros(len(rows), dtype=np.int64)
    for place in told:
        if cores[place]:
            later, digit = np.divmod(later, counts[place])
        else:
            rest, digit = np.divmod(rest, counts[place])
        digits[place] = (digit + mixed) % counts[place]
        mixed = mixed * 31 + digits[place] * 17
    return digits


def _step(total: int) -> int:
    """Prime to ``total``, near its golden section."""
    step = max(1, int(total * _GOLDEN))
    while gcd(step, total) != 1:
        step += 1
    return step
