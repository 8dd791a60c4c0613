"""Whether a short Spanish text says that something is kept away: «la foto no la publico», «apago la ubicación».

A reading of words, not of meaning: it knows verbs, what negates them and which is nearest. It is made to doubt: what it
cannot read as «kept away», or reads as given somewhere, does not count, and the feedback says that a person can review.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_NEGATORS = frozenset(
    "no ni sin nunca jamas tampoco nadie evito evitare evitar evitaremos evitamos evitando".split()  # noqa: SIM905
)
_NOUN_NEGATORS = frozenset(("ningun", "ninguna", "ninguno"))
_NO_NEGATION = {("sin", "embargo"), ("no", "obstante"), ("no", "solo"), ("no", "solamente"), ("sin", "duda")}
# «no veo problema en publicar», «no importa publicar»: the negation ends here.
_SPENT = ("problema", "inconvenient", "import", "preocup", "molest", "dud")
# Words from a negator to its verb («no la voy a publicar»), from a noun back to its own («sin ninguna foto»), and from a
# verb to the participle that says how the thing is left («dejo la ubicación ya desactivada»).
_TO_VERB, _TO_NOUN, _TO_STATE = 5, 3, 4
_STOPS, _PAUSES = ".!?\n", ',;:()«»"¿¡—'


@dataclass(frozen=True)
class KeptAway:
    """A requirement of a text: it says of ``about`` that it is kept away, and nowhere that it is given.

    ``away`` are verbs and participles that take it away (met unless negated: «no la voy a quitar» is no taking away);
    ``given``, those that hand it over (met only when negated: «no la publico»). Each noun goes with the nearest of them, at
    most ``within`` words off, in its own sentence if there is one. ``instead`` are words beside the noun for another thing
    that may be given («una foto genérica»). All are written in lower case without accents and match at the start of a
    word; one that ends in a space matches the whole word.
    """

    about: Sequence[str]
    away: Sequence[str]
    given: Sequence[str]
    instead: Sequence[str] = ()
    within: int = 7

    def met(self, text: str) -> bool:
        """True when some mention of the thing keeps it away and none gives it."""
        words = _words(text)
        verbs = self._verbs(words)
        told = [self._told(at, words, verbs) for at, word in enumerate(words) if _starts(word, self.about)]
        return True in told and False not in told

    def _told(self, at: int, words: Sequence[str], verbs: dict[int, bool]) -> bool | None:
        """What is said of the noun at ``at``: kept away, given, or nothing that can be read."""
        beside = range(max(0, at - 2), min(len(words), at + 3))
        if any(_starts(words[one], self.instead) for one in beside):
            return True
        for before in range(at - 1, max(-1, at - 1 - _TO_NOUN), -1):
            if before in verbs or words[before] in _STOPS:
                break
            if _negates(words, before) or words[before] in _NOUN_NEGATORS:
                # «no hace falta quitar la foto ni la ubicación»: what goes on from there is no taking away.
                return not self._refused(before, words, verbs)
        near = [one for one in verbs if abs(one - at) <= self.within]
        own = [one for one in near if not any(word in _STOPS for word in words[min(one, at) : max(one, at)])]
        chosen = min(own or near, key=lambda one: (abs(one - at), not verbs[one]), default=None)
        return None if chosen is None else verbs[chosen]

    def _refused(self, at: int, words: Sequence[str], verbs: dict[int, bool]) -> bool:
        """True where the last verb before ``at`` in the sentence takes something away, and is negated."""
        for before in range(at - 1, -1, -1):
            if words[before] in _STOPS:
                return False
            if before in verbs:
                return not verbs[before] and _starts(words[before], self.away)
        return False

    def _verbs(self, words: Sequence[str]) -> dict[int, bool]:
        """Where each verb stands, and whether with its negation it keeps away (True) or gives (False)."""
        found: dict[int, bool] = {}
        negator: int | None = None
        kind: bool | None = None
        for at, word in enumerate(words):
            if word in _STOPS or word in _PAUSES or word.startswith(_SPENT) or _turns(words, at, found):
                negator = None
            elif _negates(words, at):
                negator, kind = at, None
            else:
                away, given = _starts(word, self.away), _starts(word, self.given)
                if not (away or given):
                    continue
                # «no publico y quito»: a negation goes on to verbs of the same kind only.
                if negator is not None and (at - negator > _TO_VERB or kind not in (None, away)):
                    negator = None
                kind = away
                found[at] = away == (negator is None)
        return {at: keeps for at, keeps in found.items() if keeps or not self._left_away(at, words, found)}

    def _left_away(self, at: int, words: Sequence[str], verbs: dict[int, bool]) -> bool:
        """True for «la dejo fuera», «dejo la ubicación apagada»: the participle says what becomes of it, not the verb."""
        for after in range(at + 1, min(len(words), at + 1 + _TO_STATE)):
            if words[after] in _STOPS or words[after] in ("y", "e", "pero"):
                return False
            if after in verbs:
                return verbs[after] and _starts(words[after], self.away)
        return False


def _words(text: str) -> list[str]:
    """The words of ``text`` in lower case without accents, with the signs that end or split a sentence among them."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)).casefold()
    return re.findall(rf"\w+|[{re.escape(_STOPS + _PAUSES)}]", bare)


def _starts(word: str, stems: Sequence[str]) -> bool:
    return f"{word} ".startswith(tuple(stems)) if stems else False


def _turns(words: Sequence[str], at: int, verbs: dict[int, bool]) -> bool:
    """True where an «y» begins something new; «no voy a publicar y compartir» goes on with what was negated."""
    goes_on = at - 1 in verbs or (at + 1 < len(words) and words[at + 1].endswith("r"))
    return words[at] in ("y", "e", "pero") and not goes_on


def _negates(words: Sequence[str], at: int) -> bool:
    return words[at] in _NEGATORS and tuple(words[at : at + 2]) not in _NO_NEGATION
