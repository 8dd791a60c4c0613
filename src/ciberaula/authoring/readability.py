"""How easy a Spanish text is to read: Szigriszt's perspicuity, on the INFLESZ scale.

``206.835 - 62.3 * syllables / words - words / sentences`` (Szigriszt Pazos 1993; Barrio-Cantalejo 2008): below 40 very
hard, 40-55 somewhat hard, 55-65 normal, above 65 fairly easy. The counter follows spelling: a weak vowel joins its
neighbour unless it carries the accent; ``h`` does not part vowels.
"""

import re
from itertools import pairwise

LESSONS = 55.0
_WORD = re.compile(r"[a-záéíóúüñ]+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…:;]+(?=\s|$|[»\")])|\n\s*\n|\n(?=\s*(?:[-*]|\d+\.)\s)")
_SILENT_U = re.compile(r"(?<=[qg])u(?=[eéií])")
_VOWEL_Y = re.compile(r"y(?![aeiouáéíóúü])")
_VOWELS = re.compile(r"[aeiouáéíóúü]+")
_WEAK = frozenset("iuü")


def syllables(word: str) -> int:
    """Syllables of one Spanish word; at least 1."""
    plain = _VOWEL_Y.sub("i", _SILENT_U.sub("", word.lower())).replace("h", "")
    return max(1, sum(_nuclei(group) for group in _VOWELS.findall(plain)))


def _nuclei(group: str) -> int:
    """Syllables in a run of vowels: two neighbours part unless one of them is a weak vowel without accent."""
    nuclei = 1
    for left, right in pairwise(group):
        joined = left in _WEAK or right in _WEAK
        nuclei += not joined
    return nuclei


def perspicuity(text: str) -> float:
    """Szigriszt's index of a text with at least one word. Raises ``ValueError`` for one without."""
    words = _WORD.findall(text)
    if not words:
        raise ValueError("no words")
    sentences = sum(1 for part in _SENTENCE_END.split(text) if _WORD.search(part))
    return 206.835 - 62.3 * sum(map(syllables, words)) / len(words) - len(words) / sentences


def prose(markdown: str) -> str:
    """The running text of a Markdown cell: without headings, tables, code, HTML, addresses and marks."""
    text = re.sub(r"(?s:```.*?```)|^\s*(?:#|\|).*$|<[^>]+>|\$[^$]*\$", "", markdown, flags=re.MULTILINE)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"https?://\S+|\{\{[^}]*\}\}|`[^`]*`", "", text)
    return re.sub(r"[*_>#]+", "", text)
