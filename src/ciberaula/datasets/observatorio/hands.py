"""How different hands fill in the same form: kinds, languages, years and places as people write them."""

from ciberaula.datasets.draws import Dice
from ciberaula.datasets.observatorio.names import without_accents

TYPES: dict[str, tuple[str, ...]] = {
    "ong": ("ONG", "Organización no gubernamental", "ong", "O.N.G.", "Org. no gubernamental", "Sin fines de lucro", "OSC"),
    "institución pública": ("Institución pública", "Pública", "gobierno", "Estado", "inst. pública", "INSTITUCIÓN PÚBLICA"),
    "universidad": ("Universidad", "universidad", "Academia", "univ.", "Educación superior"),
    "red": ("Red", "red", "Red o alianza", "RED DE ORGANIZACIONES", "articulación"),
    "gremio": ("Gremio", "Colegio profesional", "gremio", "Gremial", "sindicato"),
    "iniciativa comunitaria": ("Iniciativa comunitaria", "Comunitaria", "iniciativa com.", "colectivo", "Base social", "vecinal"),
    "cooperación": ("Cooperación", "Cooperación internacional", "coop. internacional", "Agencia de cooperación", "cooperacion"),
    "otra": ("Otra", "otro", "OTRA", "Economía social"),
}  # fmt: skip
LANGUAGES: dict[str, tuple[str, ...]] = {
    "es": ("español", "Español", "es", "castellano", "ESP", "spanish"),
    "pt": ("portugués", "português", "pt", "PT-BR", "Portugues"),
    "en": ("inglés", "English", "en", "ingles"),
    "fr": ("francés", "français", "fr", "Frances"),
    "kichwa": ("kichwa y español", "Kichwa", "quichua", "kichwa / español"),
    "quechua": ("quechua y español", "Quechua", "runasimi", "quechua / español"),
    "guaraní": ("guaraní y español", "Guaraní", "avañe’ẽ", "guarani"),
    "ru": ("ruso y español", "русский", "ruso"),
    "el": ("griego y español", "ελληνικά", "griego"),
    "ko": ("coreano y español", "한국어", "coreano"),
    "hi": ("hindi e inglés", "हिन्दी", "hindi"),
    "ar": ("árabe y español", "العربية", "árabe", "arabe"),
}
NO_YEAR = ("s/f", "no sabe", "-", "sin dato")
_YEARS = ("desde {}", "{} aprox.", "c. {}", "año {}", "{}?", "{} (creo)", "enero de {}", "julio de {}", "En {}", "{}.0")


def kind(dice: Dice, of: str) -> str | None:
    """The kind of organisation as typed; at times nothing."""
    return None if dice.chance(0.03) else _first_or_any(dice, TYPES[of], 0.45)


def language(dice: Dice, of: str) -> str:
    return _first_or_any(dice, LANGUAGES[of], 0.55)


def country(dice: Dice, spellings: tuple[str, ...]) -> str:
    return _first_or_any(dice, spellings, 0.7)


def city(dice: Dice, name: str) -> str:
    """The city, at times in capitals, without accents or with a space too many."""
    changed = (name.upper(), name.lower(), without_accents(name), f"{name} ", f" {name}")
    return name if dice.chance(0.82) else dice.one(changed)


def year(dice: Dice, of: int) -> str | None:
    """The year as text; at times with words around it, at times none."""
    if dice.chance(0.66):
        return str(of)
    if dice.chance(0.2):
        return dice.one((*NO_YEAR, None))
    return dice.one(_YEARS).format(of)


def typed(dice: Dice, text: str) -> str:
    """A name as typed: at times in capitals, or with a space too many at the end or in the middle."""
    if dice.chance(0.03):
        return text.upper()
    if dice.chance(0.96):
        return text
    return f"{text} " if dice.chance(0.5) else text.replace(" ", "  ", 1)


def misspelt(dice: Dice, text: str) -> str:
    """``text`` with one slip of the fingers in its longest word: two letters swapped, one left out or one doubled."""
    word = max(text.split(), key=len)
    while True:
        place = dice.whole(1, len(word) - 2)
        slips = (
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            word[:place] + word[place + 1 :],
            word[:place] + word[place] + word[place:],
        )
        wrong = dice.one(slips)
        if wrong != word:
            return text.replace(word, wrong, 1)


def _first_or_any(dice: Dice, ways: tuple[str, ...], share: float) -> str:
    return ways[0] if dice.chance(share) else dice.one(ways[1:] or ways)
