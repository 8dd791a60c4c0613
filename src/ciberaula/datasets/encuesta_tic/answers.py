"""The answers of ``encuesta_tic``: exact margins by quota, then the stated structure, drawn again until it holds.

The study that the course follows surveyed 100 social workers and publishes two figures: 30 % use digital tools regularly, and
most of those are in urban areas (EC-47, EC-48). It publishes no table and no coefficient: everything else is ours.

Quotas are written for 100 people, all of them even numbers, so that they are whole in any multiple of 50. What quotas can't fix
(rank correlations) is checked, and a draw that lies outside of the stated range is made again with the next attempt number:
the result still depends on seed and number of rows only.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from ciberaula.datasets.cantons import CANTONS, PROVINCES
from ciberaula.datasets.columns import Column as Values
from ciberaula.datasets.columns import codes, words
from ciberaula.datasets.conectividad import weights
from ciberaula.datasets.draws import Draws, Flags, Share, Whole
from ciberaula.datasets.encuesta_tic import words as w
from ciberaula.errors import UserError
from ciberaula.i18n import _

ATTEMPTS = 2000
STEP = 50
# The stated structure (see the card), as (lowest, highest).
RESOURCES_AND_USE = (0.45, 0.60)
RESOURCES_AND_USE_WITHIN_AREA = (0.10, 0.40)
TRAINING_AND_USE = (0.40, 0.55)
TRAINING_AND_USE_WITHIN_AREA = (0.25, 0.60)
SHRINKS_BY = 0.10
URBAN_RESOURCES = (1.5, 3.5)
PRIVATE_RESOURCES = (0.5, 1.5)

PUBLIC, PRIVATE = range(2)
URBAN, RURAL = range(2)
# (sector, area) -> people, regular users among them; of 100.
_CELLS = {
    (PUBLIC, URBAN): (28, 10),
    (PUBLIC, RURAL): (22, 2),
    (PRIVATE, URBAN): (32, 14),
    (PRIVATE, RURAL): (18, 4),
}
_KINDS = {PUBLIC: (20, 14, 10, 6), PRIVATE: (24, 12, 8, 6)}
_SELDOM, _OFTEN = (14, 26, 30), (18, 12)  # how often, among those who don't use tools regularly and those who do
_TRAINED = (44, 34, 22)
_GENDERS = (78, 20, 2)
_REGIONS = {URBAN: (28, 26, 4, 2), RURAL: (16, 16, 8, 0)}
_BARRIERS = {URBAN: (10, 20, 8, 15, 4, 3), RURAL: (18, 10, 5, 3, 4, 0)}
_BENEFITS = (42, 28, 20, 7, 3)
_OWN_DEVICE, _PROTOCOL = 64, 36
_INTERNET = {URBAN: (34, 22, 4), RURAL: (6, 22, 12)}
# The main tool, by who employs: the ministry leads case management, NGOs lead apps and platforms (EC-43).
_MINISTRY, _OTHER_PUBLIC, _NGO, _OTHER_PRIVATE = range(4)
_TOOLS = {
    _MINISTRY: (54, 8, 10, 16, 2, 10),
    _OTHER_PUBLIC: (20, 12, 14, 30, 6, 18),
    _NGO: (6, 50, 14, 14, 12, 4),
    _OTHER_PRIVATE: (8, 28, 16, 26, 12, 10),
}
_SHORT_HOURS = (4, 6, 8, 8, 10, 12, 16, 20, 20, 24, 30)
_LONG_HOURS = (40, 40, 48, 60, 80, 80, 100, 120, 160)
_SKIPPED = {
    "edad": 3,
    "formacion_tic_horas": 4,
    "beneficio_principal": 3,
    "confianza": 4,
    "atiende_poblacion_rural_pct": 5,
}
_YES, _NO = range(2)


@cache
def answers(seed: int, rows: int) -> Mapping[str, Values]:
    """All columns for ``rows`` people (a multiple of 50). Raises ``UserError`` where the margins can't be exact."""
    if rows % STEP:
        raise UserError(
            _(
                "«encuesta_tic» se genera de {step} en {step} personas, para que los porcentajes sean exactos; pidió {rows}."
            ).format(step=STEP, rows=rows)
        )
    for attempt in range(ATTEMPTS):
        drawn = _draw(Draws(seed, f"encuesta_tic:{attempt}"), np.arange(rows))
        if holds(drawn):
            return _written(drawn)
    raise UserError(
        _("Con la semilla {seed} no salió la estructura de «encuesta_tic»: use otra --seed.").format(seed=seed)
    )


def holds(drawn: Mapping[str, Values]) -> bool:
    """Does the structure that the card states hold? (The margins always do.) ``drawn``: indices, hours, resources; -1 skipped."""
    often, area = drawn["frecuencia"], drawn["area"]
    checks = []
    for column, whole, within in (
        ("recursos_indice", RESOURCES_AND_USE, RESOURCES_AND_USE_WITHIN_AREA),
        ("formacion_tic_horas", TRAINING_AND_USE, TRAINING_AND_USE_WITHIN_AREA),
    ):
        known = drawn[column] >= 0
        found = rank_correlation(drawn[column][known], often[known])
        parts = [
            rank_correlation(drawn[column][known & (area == of)], often[known & (area == of)]) for of in (URBAN, RURAL)
        ]
        checks += [_inside(found, whole), *(_inside(part, within) for part in parts)]
        if column == "recursos_indice":
            checks += [found - part >= SHRINKS_BY for part in parts]
    resources = drawn["recursos_indice"] / 10
    checks += [
        _inside(resources[area == URBAN].mean() - resources[area == RURAL].mean(), URBAN_RESOURCES),
        _inside(
            resources[drawn["sector"] == PRIVATE].mean() - resources[drawn["sector"] == PUBLIC].mean(),
            PRIVATE_RESOURCES,
        ),
    ]
    return all(checks)


def rank_correlation(first: Whole, second: Whole) -> float:
    """Spearman's coefficient: Pearson's of the mean ranks. Ranks are doubled and whole, so that sums are exact."""
    one, other = _centred(first), _centred(second)
    return float((one * other).sum()) / float(np.sqrt(float((one * one).sum()) * float((other * other).sum())))


def _centred(values: Whole) -> Whole:
    """Twice the mean ranks, less their mean: whole numbers whose sum is zero."""
    places, counts = np.unique(values, return_inverse=True, return_counts=True)[1:]
    ends = np.cumsum(counts)
    twice: Whole = (2 * ends - counts + 1)[places]
    return twice - (len(values) + 1)


def _inside(value: float, limits: tuple[float, float]) -> bool:
    return bool(limits[0] <= value <= limits[1])


def _draw(draws: Draws, rows: Whole) -> dict[str, Values]:
    """Category indices, hours, ages, tenths of the resource index; -1 is a question that was skipped."""
    sector, area, regular = _people(draws, rows)
    urban, private, uses = (area == URBAN) * 1.0, (sector == PRIVATE) * 1.0, regular * 1.0

    resources = 1.5 + 2.5 * urban + 1.0 * private + 0.8 * uses + draws.spread(rows, "recursos", (-3, -1.4, 0, 1.4, 3))
    training = 0.68 * uses + 0.15 * urban + draws.spread(rows, "formacion", (-1, -0.4, 0, 0.4, 1))
    trained = _by_score(training, _TRAINED)
    hours = np.select(
        [trained == 0, trained == 1],
        [0, np.array(_SHORT_HOURS)[draws.integers(rows, "horas", 0, len(_SHORT_HOURS) - 1)]],
        np.array(_LONG_HOURS)[draws.integers(rows, "horas", 0, len(_LONG_HOURS) - 1)],
    )
    habit = 1.1 * urban + 0.09 * resources + 0.32 * trained + draws.spread(rows, "habito", (-1.3, -0.4, 0, 0.4, 1.3))
    often = np.empty_like(rows)
    often[~regular] = _by_score(habit[~regular], _SELDOM)
    often[regular] = len(_SELDOM) + _by_score(habit[regular], _OFTEN)
    tenths = np.rint(np.clip(resources, 0, 10) * 10).astype(np.int64)

    kind = _within(draws, rows, "tipo", sector, _KINDS)
    age = np.rint(draws.spread(rows, "edad", (24, 30, 35, 41, 49, 64))).astype(np.int64)
    sure = 0.5 * often + 0.6 * trained + draws.spread(rows, "confianza", (-1.6, 0, 1.6))
    found = {
        "sector": sector,
        "tipo_institucion": np.where(sector == PUBLIC, kind, kind + len(_KINDS[PUBLIC])),
        "area": area,
        "provincia": _provinces(draws, rows, area),
        "edad": age,
        "genero": _dealt(draws, rows, "genero", _GENDERS),
        "anios_experiencia": np.rint((age - 23) * draws.spread(rows, "experiencia", (0.1, 0.45, 0.7, 0.95))).astype(
            np.int64
        ),
        "formacion": trained,
        "formacion_tic_horas": hours,
        "recursos_indice": tenths,
        "dispositivo_propio": _chosen(draws, rows, "dispositivo", -0.25 * resources, _OWN_DEVICE),
        "internet_trabajo": _parted(-resources + draws.spread(rows, "internet", (-2, 0, 2)), area, _INTERNET),
        "protocolo_datos": _chosen(draws, rows, "protocolo", 0.5 * trained + 0.4 * private, _PROTOCOL),
        "uso_regular": np.where(regular, _YES, _NO),
        "frecuencia": often,
        "herramienta_principal": _tools(draws, rows, sector, kind, often),
        "barrera_principal": _within(draws, rows, "barrera", area, _BARRIERS),
        "beneficio_principal": _dealt(draws, rows, "beneficio", _BENEFITS),
        "confianza": 1 + _by_score(sure, (8, 24, 34, 24, 10)),
        "atiende_poblacion_rural_pct": 5
        * np.rint(draws.spread(rows, "rural", (0, 3, 8)) + 11 * (1 - urban)).astype(np.int64),
    }
    for column, share in _SKIPPED.items():
        asked = trained > 0 if column == "formacion_tic_horas" else True  # who had no training knows the hours
        turn = draws.uniform(rows, f"salta:{column}") + np.where(asked, 0, 1)
        found[column] = np.where(_by_score(turn, (share, 100 - share)) == 0, -1, found[column])
    return found


def _people(draws: Draws, rows: Whole) -> tuple[Whole, Whole, Flags]:
    """Sector, area and regular use of each person: exact cells, in an order that is drawn."""
    sizes = [
        (sector, area, use, size * len(rows) // 100)
        for (sector, area), (people, users) in _CELLS.items()
        for use, size in ((True, users), (False, people - users))
    ]
    cells = np.repeat(np.arange(len(sizes)), [size for *_cell, size in sizes])[_order(draws.uniform(rows, "orden"))]
    return (
        np.array([sector for sector, *_rest in sizes])[cells],
        np.array([area for _sector, area, *_rest in sizes])[cells],
        np.array([use for *_cell, use, _size in sizes])[cells],
    )


def _provinces(draws: Draws, rows: Whole, area: Whole) -> Whole:
    """An index of ``PROVINCES``: the region by quota, the province in it by the people who live there."""
    region = _within(draws, rows, "region", area, _REGIONS)
    shares = weights()
    found = np.empty_like(rows)
    for number, name in enumerate(w.REGIONS):
        mine = region == number
        by_canton = [share if canton.region == name else 0.0 for canton, share in zip(CANTONS, shares, strict=True)]
        canton = draws.pick(rows[mine], f"provincia:{name}", by_canton)
        found[mine] = np.array([PROVINCES.index(canton.province) for canton in CANTONS])[canton]
    return found


def _tools(draws: Draws, rows: Whole, sector: Whole, kind: Whole, often: Whole) -> Whole:
    """The main tool by employer; the last of ``w.TOOLS`` for those who never use one."""
    first = kind == 0
    employer = np.where(
        sector == PUBLIC, np.where(first, _MINISTRY, _OTHER_PUBLIC), np.where(first, _NGO, _OTHER_PRIVATE)
    )
    employer[often == 0] = -1
    found = np.full_like(rows, len(w.TOOLS) - 1)
    for of, quotas in _TOOLS.items():
        mine = employer == of
        found[mine] = _dealt(draws, rows[mine], "herramienta", quotas)
    return found


def _chosen(draws: Draws, rows: Whole, stream: str, tilt: Share, share: int) -> Whole:
    """``_YES`` for exactly that share of 100, likelier where ``tilt`` is high."""
    return _by_score(-(tilt + draws.spread(rows, stream, (-1, 0, 1))), (share, 100 - share))


def _within(draws: Draws, rows: Whole, stream: str, group: Whole, quotas: Mapping[int, Sequence[int]]) -> Whole:
    """Categories dealt out by the quotas of each group."""
    return _parted(draws.uniform(rows, stream), group, quotas)


def _parted(score: Share, group: Whole, quotas: Mapping[int, Sequence[int]]) -> Whole:
    found = np.empty_like(group)
    for of, counts in quotas.items():
        found[group == of] = _by_score(score[group == of], counts)
    return found


def _dealt(draws: Draws, rows: Whole, stream: str, quotas: Sequence[int]) -> Whole:
    """Categories dealt out at random, as many of each as the quotas say."""
    return _by_score(draws.uniform(rows, stream), quotas)


def _by_score(score: Share, quotas: Sequence[int]) -> Whole:
    """Categories 0, 1, … by rising score, as many of each as the quotas say (largest remainder where they aren't whole)."""
    total, people = sum(quotas), len(score)
    sizes = [quota * people // total for quota in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda place: (-(quotas[place] * people % total), place))
    for place in by_remainder[: people - sum(sizes)]:
        sizes[place] += 1
    return np.repeat(np.arange(len(quotas)), sizes)[_order(score)]


def _order(score: Share) -> Whole:
    """The rank of each score, from 0; equal scores by row."""
    ranks = np.empty(len(score), dtype=np.int64)
    ranks[np.argsort(score, kind="stable")] = np.arange(len(score))
    return ranks


def _written(drawn: Mapping[str, Values]) -> dict[str, Values]:
    """The columns as published: words for indices, empty cells for skipped questions."""
    found: dict[str, Values] = {"respuesta_id": codes("E", np.arange(1, len(drawn["area"]) + 1), 3)}
    for name, values in drawn.items():
        if name in w.WORDS:
            found[name] = words(values, w.WORDS[name])
        else:
            scale = 10 if name == "recursos_indice" else 1
            found[name] = [None if value < 0 else value / scale if scale > 1 else value for value in values.tolist()]
    return found
