"""Written answers of one assignment that share much of their wording: a hint to read both, never a verdict.

Two people may quote the same lesson, work together as they were told to, or have learnt from each other. This counts words;
it knows nothing of why. It runs on this machine, when an instructor asks, and keeps nothing.

A text is compared by its word trigrams, which find rewording better than longer pieces and chance less often than pairs
(Barrón-Cedeño, A. & Rosso, P. (2009). On automatic plagiarism detection based on n-grams comparison. ECIR, LNCS 5478), by
how much of the shorter text is in the other (the *containment* of Broder, A. (1997). On the resemblance and containment of
documents. SEQUENCES), so that a text inside a longer one is found too:

    likeness = Σ w(t), t in both  /  min(Σ w(t), t in one ; Σ w(t), t in the other)

    w(t) = 1 / (1 + log₂(n/2)), where n ≥ 2 texts have t; 1 where one has it

A trigram that only two people wrote weighs 1, one that eight wrote (a name of the case, a set phrase) a third. Unlike the
customary weight by rarity among all texts, it never falls to nothing: a text that the whole cohort copied is still found.
Trigrams of the task, its questions and the module's lessons do not count at all: quoting them is what was asked for.
"""

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ciberaula.curriculum import Module, load
from ciberaula.errors import UserError
from ciberaula.grading.scoring import MEDIA_TYPE
from ciberaula.grading.scoring.written import normalise
from ciberaula.i18n import _
from ciberaula.progress.marks import MAX_NOTEBOOK_BYTES

# From here on two texts are shown. The model answers of each task, written apart, are alike by 0.00 to 0.04; a text in
# which every fifth word was replaced keeps 0.4.
ALIKE = 0.4
# From here on they are nearly one text.
NEARLY_EQUAL = 0.85
# Texts with fewer trigrams of their own are not compared: two short right answers are alike by chance.
LEAST_OWN = 25
WORDS = 3
_MANY = 100  # texts with one trigram
_BLOCK = 256  # texts at once
_SOURCES = ("*.ipynb", "*.yml", "*.md")
_WRITTEN_KINDS = frozenset({"written", "text"})

Shingle = tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """What one person wrote in one item."""

    student: str
    item: str
    words: str


@dataclass(frozen=True)
class Pair:
    """Two texts of an item: ``first`` and ``second`` are places in the list compared; ``likeness`` from 0 to 1."""

    first: int
    second: int
    likeness: float


@dataclass(frozen=True)
class Alike:
    """Texts of one item that hang together: each is like at least one other.

    ``likeness``: of the closest two; ``lowest``: of the two that are least alike, which may share nothing.
    """

    item: str
    texts: tuple[Text, ...]
    likeness: float
    lowest: float

    @property
    def nearly_equal(self) -> bool:
        """Whether the closest two are nearly one text."""
        return self.likeness >= NEARLY_EQUAL

    @property
    def all_nearly_equal(self) -> bool:
        """Whether any two of them are."""
        return self.lowest >= NEARLY_EQUAL


class Source:
    """The wording that everybody was given, and so belongs to nobody."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._known = {shingle for text in texts for shingle in shingles(_tokens(text))}

    def own(self, words: str) -> set[Shingle]:
        """The trigrams of ``words`` that are not in the source."""
        return {shingle for shingle in shingles(_tokens(words)) if shingle not in self._known}


def find_alike(home: Path, module: Module, source: Source, *, least: float = ALIKE) -> list[Alike]:
    """Groups of like texts in the written answers of the module's assignment, the closest first.

    Reads the graded notebooks under ``home`` and writes nothing. ``source``: see :func:`source_of`.
    """
    texts = list(read_texts(home, module))
    found: list[Alike] = []
    for item in dict.fromkeys(text.item for text in texts):
        mine = [text for text in texts if text.item == item]
        found += groups(mine, source, least)
    return sorted(found, key=lambda one: (-one.likeness, one.item, one.texts[0].student))


def groups(texts: Sequence[Text], source: Source, least: float = ALIKE) -> list[Alike]:
    """The connected groups among ``texts`` of one item, by pairs at least ``least`` alike."""
    parent = list(range(len(texts)))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    own = _compared(texts, source)
    found = _pairs(own, least)
    for pair in found:
        parent[root(pair.first)] = root(pair.second)
    closest: dict[int, float] = {}
    for pair in found:
        top = root(pair.first)
        closest[top] = max(closest.get(top, 0.0), pair.likeness)
    members: dict[int, list[int]] = {}
    for place in range(len(texts)):
        if root(place) in closest:
            members.setdefault(root(place), []).append(place)
    weight = _weights(own)
    return [
        Alike(
            item=texts[top].item,
            texts=tuple(texts[place] for place in mine),
            likeness=closest[top],
            lowest=_lowest([own[place] for place in mine], weight),
        )
        for top, mine in members.items()
    ]


def pairs(texts: Sequence[Text], source: Source, least: float = ALIKE) -> list[Pair]:
    """Every pair of ``texts`` at least ``least`` alike, exactly: nothing is drawn or guessed."""
    return _pairs(_compared(texts, source), least)


def _compared(texts: Sequence[Text], source: Source) -> list[set[Shingle]]:
    """The trigrams of each text's own; none of one too short to be compared."""
    own = [source.own(text.words) for text in texts]
    return [mine if len(mine) >= LEAST_OWN else set() for mine in own]


def _pairs(own: Sequence[set[Shingle]], least: float) -> list[Pair]:
    # The same text is compared once, however many handed it in.
    first = _first_of_each(own)
    distinct = [place for place, same in enumerate(first) if same == place and own[place]]
    found = [Pair(same, place, 1.0) for place, same in enumerate(first) if same != place and own[place]]
    for here, other, likeness in _likenesses([own[place] for place in distinct], _weights(own), least):
        found.append(Pair(distinct[other], distinct[here], likeness))
    return found


def _lowest(own: Sequence[set[Shingle]], weight: Mapping[Shingle, float]) -> float:
    """The likeness of the two texts that are least alike."""
    distinct = [own[place] for place, same in enumerate(_first_of_each(own)) if same == place]
    rows = _rows(distinct, weight)
    return min((float(likeness.min()) for _place, likeness in rows if len(likeness)), default=1.0)


def _weights(own: Sequence[set[Shingle]]) -> dict[Shingle, float]:
    """How much each trigram counts, by the number of texts that have it."""
    times: dict[Shingle, int] = {}
    for mine in own:
        for shingle in mine:
            times[shingle] = times.get(shingle, 0) + 1
    return {shingle: 1 / (1 + math.log2(max(count, 2) / 2)) for shingle, count in times.items()}


def _likenesses(
    own: Sequence[set[Shingle]], weight: Mapping[Shingle, float], least: float
) -> Iterator[tuple[int, int, float]]:
    """(later place, earlier place, likeness) of every pair at least ``least`` alike."""
    import numpy as np

    for place, likeness in _rows(own, weight):
        for other in np.flatnonzero(likeness >= least):
            yield place, int(other), float(likeness[other])


def _rows(own: Sequence[set[Shingle]], weight: Mapping[Shingle, float]) -> Iterator[tuple[int, Any]]:
    """Each place with its likeness to every earlier one, an array of floats from 0 to 1.

    Only texts with a trigram in common meet, by lists of who wrote which. A trigram that very many wrote would make those
    lists as long as the square of them, so these few are multiplied as a matrix instead.
    """
    import numpy as np

    if len(own) < 2:
        return
    written: dict[Shingle, list[int]] = {}
    for place, mine in enumerate(own):
        for shingle in mine:
            written.setdefault(shingle, []).append(place)
    total = np.array([math.fsum(sorted(weight[shingle] for shingle in mine)) for mine in own])
    lists = {one: np.array(places) for one, places in written.items() if 1 < len(places) <= _MANY}
    frequent = {one: column for column, one in enumerate(one for one in written if len(written[one]) > _MANY)}
    has = np.zeros((len(own), len(frequent)), dtype=np.float32)
    for shingle, column in frequent.items():
        has[written[shingle], column] = math.sqrt(weight[shingle])
    for begin in range(0, len(own), _BLOCK):
        by_frequent = has[begin : begin + _BLOCK] @ has.T
        for place in range(begin, min(begin + _BLOCK, len(own))):
            together = by_frequent[place - begin, :place].astype(float)
            shared = [one for one in own[place] if one in lists]
            if shared:
                others = np.concatenate([lists[one] for one in shared])
                weights = np.repeat([weight[one] for one in shared], [len(lists[one]) for one in shared])
                together += np.bincount(others, weights, len(own))[:place]
            yield place, np.minimum(1.0, together / np.minimum(total[:place], total[place]))


def _first_of_each(own: Sequence[set[Shingle]]) -> list[int]:
    """For each text, the place of the first one with exactly its trigrams."""
    first: dict[frozenset[Shingle], int] = {}
    return [first.setdefault(frozenset(mine), place) for place, mine in enumerate(own)]


def read_texts(home: Path, module: Module) -> Iterator[Text]:
    """The written answers in the graded notebooks of the module's assignment, by student id."""
    kinds = {item.id: item.kind for item in module.assignment.items if item.kind in _WRITTEN_KINDS}
    if not kinds:
        return
    for folder in sorted((home / "autograded").glob(f"*/{module.assignment.id}")):
        for path in sorted(folder.glob("*.ipynb")):
            yield from _texts_in(path, folder.parent.name, kinds)


def _texts_in(path: Path, student: str, kinds: Mapping[str, str]) -> list[Text]:
    """The texts of one notebook; none where it cannot be read, which grading has told already."""
    found: list[Text] = []
    try:
        if path.stat().st_size > MAX_NOTEBOOK_BYTES:
            return []
        for cell in json.loads(path.read_bytes())["cells"]:
            item = cell["metadata"].get("nbgrader", {}).get("grade_id")
            words = _words_of(cell, kinds.get(item, ""))
            if words.strip():
                found.append(Text(student, str(item), words))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
    return found


def _words_of(cell: Mapping[str, Any], kind: str) -> str:
    if kind == "written":
        return _joined(cell["source"])
    if kind == "text":
        scores = [output.get("data", {}).get(MEDIA_TYPE) for output in cell.get("outputs", [])]
        return next((str(score.get("answered", "")) for score in scores if score), "")
    return ""


def _joined(source: Any) -> str:
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def source_of(course: Path, module: Module) -> Source:
    """The wording that the module and its task give to everybody."""
    return Source(_given_texts(course, module))


def _given_texts(course: Path, module: Module) -> Iterator[str]:
    """All wording of the released task and of the module's lessons. What cannot be read is passed over."""
    for folder in (course / "exercises" / module.assignment.id, course / "modules" / module.id):
        for pattern in _SOURCES:
            for path in sorted(folder.glob(pattern)):
                try:
                    text = path.read_text(encoding="utf-8")
                    if path.suffix == ".ipynb":
                        text = "\n".join(_joined(cell["source"]) for cell in json.loads(text)["cells"])
                except (OSError, ValueError, KeyError, TypeError):
                    continue
                yield text


def shared_places(texts: Sequence[Text], source: Source) -> list[list[tuple[int, int]]]:
    """For each text, from where to where (characters) its own wording is also in another of ``texts``."""
    tokens = [_tokens(text.words) for text in texts]
    own = [source.own(text.words) for text in texts]
    found: list[list[tuple[int, int]]] = []
    for place, mine in enumerate(tokens):
        others = {shingle for other, theirs in enumerate(own) if other != place for shingle in theirs}
        both = own[place] & others
        runs: list[tuple[int, int]] = []
        for index in range(len(mine) - WORDS + 1):
            piece = mine[index : index + WORDS]
            if tuple(word for word, _begin, _end in piece) in both:
                begin, end = piece[0][1], piece[-1][2]
                if runs and begin <= runs[-1][1]:
                    runs[-1] = (runs[-1][0], end)
                else:
                    runs.append((begin, end))
        found.append(runs)
    return found


def shingles(tokens: Sequence[tuple[str, int, int]]) -> Iterator[Shingle]:
    """Every three words in a row."""
    words = [word for word, _begin, _end in tokens]
    return zip(*(words[start:] for start in range(WORDS)), strict=False)


def _tokens(text: str) -> list[tuple[str, int, int]]:
    """The words of ``text``, without accents or case, with where they stand. Accents that come apart are put together."""
    return [(_bare(match.group()), match.start(), match.end()) for match in re.finditer(r"\w+", composed(text))]


def composed(text: str) -> str:
    """``text`` as places in it are counted (Unicode NFC)."""
    return unicodedata.normalize("NFC", text)


def _bare(word: str) -> str:
    return word.casefold() if word.isascii() else normalise(word)


def written_module(course: Path, name: str) -> Module:
    """The written module of that id, or of the assignment of that id. Raises ``UserError`` where there is none."""
    plan = load(course)
    for module in plan.written:
        if name in (module.id, module.assignment.id):
            return module
    raise UserError(
        _("No hay ninguna tarea «{assignment}»: use una de {known}.").format(
            assignment=name, known=", ".join(one.id for one in plan.assignments)
        )
    )
