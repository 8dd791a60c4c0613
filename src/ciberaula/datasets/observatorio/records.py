"""The rows of ``observatorio``: organisations, and the records that several hands made of the same one.

The public seed makes the organisations; which are recorded twice or three times, how, and in what order all records stand
follow from the hidden seed. Every record has a practice text of its own, also where the organisation is the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ciberaula.datasets.columns import codes, dates
from ciberaula.datasets.draws import Dice, Draws, Whole
from ciberaula.datasets.observatorio import hands, names
from ciberaula.datasets.observatorio.names import Name
from ciberaula.datasets.observatorio.places import COUNTRIES, City, Country
from ciberaula.datasets.phrases import VOICES, Book
from ciberaula.datasets.spec import YES_NO, Portion, Recipe

NAME = "observatorio"
THEMES = (
    "escucha y teleorientación",
    "gestión de casos",
    "violencia de género",
    "niñez y familia",
    "personas mayores",
    "movilidad humana",
    "discapacidad",
    "salud mental",
    "alfabetización digital",
    "conectividad comunitaria",
    "acoso en línea",
    "emergencias y vivienda",
)
SCOPES = ("local", "provincial", "nacional", "internacional")
STATES = ("activa", "sin noticias", "cerrada")
# How a second record differs from the first; «varias»: two such records of one organisation.
SLIP, SHORT, TRANSLATED, MARKS, ORDER, ADDRESS, SCRIPT, LATIN = DIFFERENCES = (
    "errata", "sigla", "traducción", "acentos y mayúsculas", "orden", "otra dirección", "escritura", "transliteración",
)  # fmt: skip
SEVERAL = "varias"
GOOD, MISSING, FLIPPED, ZERO = POSITIONS = ("buena", "sin dato", "signo cambiado", "en cero")

_REPEATED = 11  # of 100 records, so many are of an organisation that has one already
_TWICE = 0.88  # of those, so many are the only second record
_WEIGHTS = (5, 3, 1.2, 3, 3, 2, 2)  # of the differences, but for LATIN
_DEEP = 0.15  # the share of first records whose address may go on after the host, as that of second ones does
_FIRST_DAY, _LAST_DAY = 17_600, 20_600  # 2018-03-10 … 2026-05-27, in days since 1970
_SUBJECTS = (
    "datos",
    "equipo",
    "conexión",
    "alcance",
    "atención",
)  # what a remark on limits, results and plans is about
_TEXTS = Path(__file__).with_name("practicas.txt")


@dataclass(frozen=True, slots=True)
class Organisation:
    """The truth behind one or more records."""

    number: int
    name: Name
    country: Country
    city: City
    year: int
    theme: int
    scope: str
    state: str

    @property
    def host(self) -> str:
        """Its place on the net, in a domain that belongs to nobody (RFC 2606)."""
        ending = "example" if self.number % 3 else "test"
        return f"{self.name.slug}-{self.country.code.lower()}.{ending}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Which record is of which organisation, by place in the table: ``owner``, and ``copy`` (0: the first record).

    ``text`` numbers the records theme by theme: within a theme the numbers follow each other, so that no clauses of a
    practice come together twice (see :mod:`ciberaula.datasets.phrases`).
    """

    organisations: tuple[Organisation, ...]
    owner: Whole
    copy: Whole
    theme: Whole
    text: Whole


@cache
def plan(rows: int, seed: int, hidden: int) -> Plan:
    """The organisations of a set and the records of each. Cached: a build asks for it once a portion."""
    repeated = rows * _REPEATED // 100
    count = rows - repeated
    draws = Draws(hidden, NAME)
    chosen = np.argsort(draws.uniform(np.arange(count), "repetidas"), kind="stable")
    pairs = int(repeated * _TWICE)
    again = np.concatenate([chosen[:pairs], chosen[: repeated - pairs]])
    owner = np.concatenate([np.arange(count), again])
    copy = np.concatenate([np.zeros(count), np.ones(pairs), np.full(repeated - pairs, 2)]).astype(np.int64)
    order = np.argsort(draws.uniform(np.arange(rows), "orden"), kind="stable")
    organisations = _organisations(count, seed)
    theme = np.array([organisations[of].theme for of in owner[order]], dtype=np.int64)
    text = np.empty(rows, dtype=np.int64)
    text[np.argsort(theme, kind="stable")] = np.arange(rows)
    return Plan(organisations, owner[order], copy[order], theme, text)


def make(recipe: Recipe, first: int, last: int) -> Portion:
    """Records ``first`` … ``last``, and the key rows that they bring: a pair comes with the later of its two records."""
    made = plan(recipe.rows, recipe.seed, recipe.hidden)
    places = np.arange(first - 1, last)
    records = [_record(made, recipe, int(place)) for place in places]
    table: dict[str, Any] = {"registro_id": _ids(places)}
    for column in records[0]:
        table[column] = [record[column] for record in records]
    table["practica"] = _practices(recipe, made.text[places], made.theme[places])
    table["ultima_revision"] = dates(_reviewed(made, recipe, places))
    columns = ("nombre", "tipo", "pais", "ciudad", "idioma", "web", "correo", "anio_inicio", "tema", "practica", "alcance",
               "ultima_revision", "enlace_activo", "estado", "lat", "lon")  # fmt: skip
    return {
        "organizaciones": {name: table[name] for name in ("registro_id", *columns)},
        "entidades": _truth(made, recipe, places),
        "parejas": _pairs(made, recipe, places),
    }


def _organisations(count: int, seed: int) -> tuple[Organisation, ...]:
    draws = Draws(seed, NAME)
    numbers = np.arange(count)
    countries = draws.pick(numbers, "pais", [country.weight for country in COUNTRIES])
    used: dict[tuple[int, str], Iterator[int]] = {}
    found = []
    for number in range(count):
        dice = draws.dice("organizacion", number)
        at = int(countries[number])
        country = COUNTRIES[at]
        language = dice.weighted(list(country.languages), list(country.languages.values()))
        if (at, language) not in used:
            words = draws.dice("palabras", at, language).shuffled(range(names.words(language)))
            used[at, language] = iter(words)
        kind = dice.weighted(names.KINDS, (30, 16, 10, 11, 6, 16, 6, 5))
        end = 0 if dice.chance(0.45) else dice.whole(1, names.ends() - 1)
        name = names.name(kind, dice.whole(0, names.heads(kind) - 1), end, language, next(used[at, language]))
        found.append(_organisation(dice, number, name, country))
    return tuple(found)


def _organisation(dice: Dice, number: int, name: Name, country: Country) -> Organisation:
    largest_first = [3.0, *(1.0 for _city in country.cities[1:])]
    return Organisation(
        number,
        name,
        country,
        dice.weighted(country.cities, largest_first),
        2025 - min(dice.whole(0, 40), dice.whole(0, 30)),
        dice.weighted(range(len(THEMES)), (11, 9, 10, 9, 8, 9, 7, 8, 9, 7, 7, 7)),
        dice.weighted(SCOPES, (42, 24, 24, 10)),
        dice.weighted(STATES, (76, 15, 9)),
    )


def _record(made: Plan, recipe: Recipe, place: int) -> dict[str, Any]:
    """What one hand wrote in one row, without the columns that are made whole."""
    of = made.organisations[made.owner[place]]
    dice = Draws(recipe.hidden, NAME).dice("registro", place)
    host, path = of.host, ""
    difference = _difference(made, recipe, place)
    name = hands.typed(dice, of.name.written()) if difference is None else _differently(dice, of.name, difference)
    if difference == ADDRESS:
        host = f"{of.name.slug}{dice.one(('online', 'social', 'web', 'oficial'))}-{of.country.code.lower()}.example"
    elif difference is not None or dice.chance(_DEEP):
        path = dice.one(("", "/inicio", "/es", "/index.html", "/contacto"))
    # The records of one organisation can always be told to belong together: an acronym or a translation keeps its address.
    keeps_address = difference in (SHORT, TRANSLATED, LATIN) or made.owner[place] in _linked_by_address(made, recipe)
    web = _web(dice, host, path) if keeps_address or dice.chance(0.92) else None
    lat, lon = _position(made, recipe, place)
    return {
        "nombre": name,
        "tipo": hands.kind(dice, of.name.kind),
        "pais": hands.country(dice, of.country.spellings),
        "ciudad": hands.city(dice, of.city.name),
        "idioma": hands.language(dice, of.name.language),
        "web": web,
        "correo": f"{dice.one(('contacto', 'info', 'hola', 'equipo', 'secretaria'))}@{host}"
        if dice.chance(0.85)
        else None,
        "anio_inicio": hands.year(dice, of.year),
        "tema": THEMES[of.theme],
        "alcance": of.scope,
        "enlace_activo": _alive(dice, of.state) if web else None,
        "estado": of.state,
        "lat": lat,
        "lon": lon,
    }


@cache
def _shared_addresses(rows: int, seed: int, hidden: int) -> frozenset[int]:
    made = plan(rows, seed, hidden)
    recipe = Recipe(rows, seed, hidden)
    return frozenset(
        int(made.owner[place])
        for place in np.flatnonzero(made.copy)
        if _difference(made, recipe, int(place)) in (SHORT, TRANSLATED, LATIN)
    )


def _linked_by_address(made: Plan, recipe: Recipe) -> frozenset[int]:
    """The organisations that have a record which only its web address links to the first."""
    return _shared_addresses(len(made.owner), recipe.seed, recipe.hidden)


def _difference(made: Plan, recipe: Recipe, place: int) -> str | None:
    """How the record of that place differs from the first one of its organisation; None for the first."""
    copy = int(made.copy[place])
    if not copy:
        return None
    name = made.organisations[made.owner[place]].name
    if name.language not in names.LATIN:
        return LATIN
    dice = Draws(recipe.hidden, NAME).dice("diferencia", name.slug, int(made.owner[place]))
    ways = [way for way in DIFFERENCES if way != LATIN and (way != SHORT or name.acronym())]
    ways = [way for way in ways if way != TRANSLATED or name.language in names.COINED]
    weights = [_WEIGHTS[DIFFERENCES.index(way)] for way in ways]
    first = dice.weighted(ways, weights)
    # A third record differs in a way that keeps the name, so that it can be linked to each of the others.
    return first if copy == 1 else (MARKS if first in (ORDER, SCRIPT, ADDRESS, SLIP) else ORDER)


def _differently(dice: Dice, name: Name, difference: str) -> str:
    own = name.written()
    if difference == SLIP:
        return hands.misspelt(dice, own)
    if difference == SHORT:
        return name.acronym()
    if difference in (TRANSLATED, LATIN):
        return name.written(dice.one([tongue for tongue in ("es", "en", "pt") if tongue != name.language]))
    if difference == MARKS:
        plainer = names.without_accents(own)
        return dice.one((own.upper(), plainer.lower(), plainer.upper()))
    if difference == ORDER:
        return name.turned()
    if difference == SCRIPT:
        return dice.one((names.full_width, names.with_twins))(own)
    return own


def _web(dice: Dice, host: str, path: str) -> str:
    typed = dice.weighted(("https://{}", "http://{}", "https://www.{}", "www.{}", "{}"), (55, 15, 15, 8, 7)).format(
        host
    )
    return (typed.upper() if dice.chance(0.03) else typed) + path


def _alive(dice: Dice, state: str) -> str:
    return YES_NO[0 if dice.chance({"activa": 0.93, "sin noticias": 0.4, "cerrada": 0.12}[state]) else 1]


def _position(made: Plan, recipe: Recipe, place: int) -> tuple[float | None, float | None]:
    """Degrees near the middle of the city, three decimals; some are missing or wrong."""
    city = made.organisations[made.owner[place]].city
    dice = Draws(recipe.hidden, NAME).dice("punto", place)
    lat, lon = (round(value + (dice.share() - 0.5) * 0.08, 3) for value in (city.lat, city.lon))
    how = _how_placed(recipe, place)
    if how == MISSING:
        return None, None
    return {GOOD: (lat, lon), FLIPPED: (lat, -lon), ZERO: (0.0, 0.0)}[how]


def _how_placed(recipe: Recipe, place: int) -> str:
    return Draws(recipe.hidden, NAME).dice("coordenadas", place).weighted(POSITIONS, (936, 50, 9, 5))


def _reviewed(made: Plan, recipe: Recipe, places: Whole) -> Whole:
    """Days since 1970: those without news were looked at longer ago."""
    state = np.array([STATES.index(made.organisations[made.owner[place]].state) for place in places])
    share = Draws(recipe.hidden, NAME).uniform(places, "revision")
    late = np.where(state == 0, 1 - share * share, share)
    return (_FIRST_DAY + late * (_LAST_DAY - _FIRST_DAY)).astype(np.int64)


@cache
def _book() -> Book:
    return Book([_TEXTS], {"tema": THEMES, "asunto": _SUBJECTS}, {})


def _practices(recipe: Recipe, texts: Whole, themes: Whole) -> Any:
    draws = Draws(recipe.seed, f"{NAME}:practica")
    voice = draws.integers(texts, "voz", 0, len(VOICES) - 1)
    rest, subject = np.divmod(texts, len(_SUBJECTS))
    return _book().write(draws, "practica", texts, {"tema": themes, "asunto": subject}, voice, rest)


def _ids(places: Whole) -> Any:
    return codes("R", places + 1, 4)


def _truth(made: Plan, recipe: Recipe, places: Whole) -> dict[str, Any]:
    owners = [made.organisations[made.owner[place]] for place in places]
    return {
        "registro_id": _ids(places),
        "entidad_id": codes("N", np.array([of.number + 1 for of in owners]), 4),
        "tipo": [of.name.kind for of in owners],
        "pais": [of.country.name for of in owners],
        "ciudad": [of.city.name for of in owners],
        "idioma": [of.name.language for of in owners],
        "anio_inicio": [of.year for of in owners],
        "coordenadas": [_how_placed(recipe, int(place)) for place in places],
    }


def _pairs(made: Plan, recipe: Recipe, places: Whole) -> dict[str, Any]:
    ones, others, kinds = [], [], []
    for place in places:
        same = np.flatnonzero(made.owner[:place] == made.owner[place])
        for earlier in same:
            second = [difference for at in (earlier, place) if (difference := _difference(made, recipe, int(at)))]
            ones.append(int(earlier))
            others.append(int(place))
            kinds.append(second[0] if len(second) == 1 else SEVERAL)
    return {
        "registro_a": _ids(np.array(ones, dtype=np.int64)),
        "registro_b": _ids(np.array(others, dtype=np.int64)),
        "tipo": kinds,
    }
