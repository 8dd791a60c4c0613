"""How much a body of texts repeats itself: whole sentences, their skeletons, and runs of words."""

import re
from collections import Counter
from collections.abc import Iterable

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_FIGURES = re.compile(r"\d+(?:[:.]\d+)*")
_TIMES = re.compile(
    r"\b(lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo|enero|febrero|marzo|abril|mayo|junio|julio|agosto|"
    r"septiembre|octubre|noviembre|diciembre)\b"
)
_SOMEBODY = re.compile(
    r"\b(su (hermana|hermano|prima|cuñada|suegra|madrina|compadre|ñaña|tía)|un primo|una sobrina|la comadre|una tía|el tío|"
    r"la abuela paterna|la vecina( de enfrente)?|la señora de la tienda|la promotora|la presidenta del barrio|una vecina|"
    r"el vecino de al lado|la catequista|la dueña de casa|una compañera de trabajo|la madre|la abuela|la mamá|el padre|"
    r"quien le cuida|la hermana mayor|((la|el|al|del) )?(niñ[oa]|adolescente|chic[oa]|señora?|usuari[oa]|adult[oa] mayor|"
    r"persona( usuaria| mayor)?|sra|sr|usu|doña|don)( [a-z]\b)?)\b"
)


def sentences(texts: Iterable[str]) -> Counter[str]:
    """How often each sentence of three words or more stands there, whatever its capitals."""
    found = (one.strip(" .!?").casefold() for text in texts for one in _SENTENCE.split(text))
    return Counter(one for one in found if len(one.split()) >= 3)


def skeletons(texts: Iterable[str]) -> Counter[str]:
    """The same, with a mark for figures, days, months and people."""
    found: Counter[str] = Counter()
    for sentence, times in sentences(texts).items():
        found[_SOMEBODY.sub("*", _TIMES.sub("@", _FIGURES.sub("#", sentence)))] += times
    return found


def runs(texts: Iterable[str], length: int = 6) -> Counter[str]:
    """In how many texts each run of so many words stands."""
    found: Counter[str] = Counter()
    for text in texts:
        words = re.findall(r"\w+", text.casefold())
        found.update({" ".join(words[at : at + length]) for at in range(len(words) - length + 1)})
    return found


def twice(texts: Iterable[str]) -> list[str]:
    """The sentences that stand there more than once."""
    return [sentence for sentence, times in sentences(texts).items() if times > 1]
