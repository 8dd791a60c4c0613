"""The simulated table ``casos-k``: cases to learn re-identification and k-anonymity on.

Its structure is built in, whatever the seed, so that lessons can rely on it:

* by exact age, gender and canton, k = 1;
* by age band, gender and region, every group has 3 rows or more but for ``RARE`` rows: two in Galápagos, two of another
  gender identity, and two men of 18 or more in Amazonía; those have to be suppressed or generalised further;
* boys of 6 to 11 in Costa all have the same motive, so that a table with k >= 3 still tells it (homogeneity).

Only ``Random.random`` is drawn from, whose sequence Python keeps between versions: same seed, same bytes.
"""

from dataclasses import astuple, dataclass, fields
from random import Random

from ciberaula.datasets.casos_k_card import CARD, NAME, TABLE
from ciberaula.datasets.places import PLACES
from ciberaula.datasets.spec import DataSet, Portion, Recipe

SEED = 2026
ROWS = 120
RARE = 6
FEWEST, MOST = 100, 5000
AGES = ((0, 5), (6, 11), (12, 17), (18, 79))
HOMOGENEOUS = ("Costa", (6, 11), "masculino")
_PAIR = ("Amazonía", (18, 79), "masculino")

_REGIONS = {"Costa": 0.44, "Sierra": 0.36, "Amazonía": 0.20}
_AGE_WEIGHTS = (0.20, 0.27, 0.30, 0.23)
_GENDERS = {"femenino": 0.54, "masculino": 0.46}
_MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06")
_CHANNELS = {"mensajería": 0.34, "llamada": 0.26, "videollamada": 0.16, "correo": 0.06, "presencial": 0.18}
_MOTIVES = {
    (0, 5): {"cuidado y desarrollo": 0.4, "violencia intrafamiliar": 0.25, "movilidad humana": 0.2, "salud": 0.15},
    (6, 11): {"acoso en línea": 0.3, "acceso a educación": 0.3, "violencia intrafamiliar": 0.2, "salud": 0.2},
    (12, 17): {"acoso en línea": 0.35, "salud mental": 0.25, "acceso a educación": 0.25, "movilidad humana": 0.15},
    (18, 79): {
        "violencia intrafamiliar": 0.25,
        "apoyo económico": 0.25,
        "salud mental": 0.2,
        "movilidad humana": 0.15,
        "cuidado de una persona mayor": 0.15,
    },
}
_SHARED_MOTIVE = "acoso en línea"

Ages = tuple[int, int]
Cell = tuple[str, Ages, str]


@dataclass(frozen=True)
class Case:
    """One row; the field names are the columns of the CSV."""

    codigo: str
    edad: int
    genero: str
    provincia: str
    canton: str
    area: str
    motivo: str
    discapacidad: str
    mes_ingreso: str
    canal: str


def simulate(seed: int = SEED, rows: int = ROWS) -> list[Case]:
    """The cases, in order of intake. Nobody in them is real."""
    chance = Random(seed)  # noqa: S311 (simulated data must repeat, not surprise)
    plain = [cell for cell, size in _quotas(rows - RARE).items() for _n in range(size)]
    drafts = [_draft(chance, cell) for cell in [*plain, *_rare_cells()]]
    drafts.sort(key=lambda draft: (draft.mes_ingreso, chance.random()))
    return [Case(f"SIM-{n:03d}", *astuple(draft)[1:]) for n, draft in enumerate(drafts, start=1)]


def _quotas(rows: int) -> dict[Cell, int]:
    """Rows for each cell of region, age band and gender: at least 3, the rest by weight (largest remainder)."""
    weights = {
        (region, ages, gender): share * age_share * gender_share
        for region, share in _REGIONS.items()
        for ages, age_share in zip(AGES, _AGE_WEIGHTS, strict=True)
        for gender, gender_share in _GENDERS.items()
        if (region, ages, gender) != _PAIR
    }
    spare = rows - 3 * len(weights)
    total = sum(weights.values())
    exact = {cell: spare * weight / total for cell, weight in weights.items()}
    quotas = {cell: 3 + int(share) for cell, share in exact.items()}
    left = rows - sum(quotas.values())
    for cell in sorted(exact, key=lambda cell: exact[cell] % 1, reverse=True)[:left]:
        quotas[cell] += 1
    return quotas


def _rare_cells() -> list[Cell]:
    other = "otra identidad"
    return [
        _PAIR,
        _PAIR,
        ("Insular", (12, 17), "femenino"),
        ("Insular", (18, 79), "masculino"),
        ("Sierra", (12, 17), other),
        ("Costa", (18, 79), other),
    ]


def _draft(chance: Random, cell: Cell) -> Case:
    region, (youngest, oldest), gender = cell
    provinces = PLACES[region]
    # A province with more listed cantons gets more cases, and its first canton, the largest, half of them.
    province = _pick(chance, {name: float(len(cantons)) for name, cantons in provinces.items()})
    cantons = provinces[province]
    canton = _pick(chance, {name: float(len(cantons) if n == 0 else 1) for n, name in enumerate(cantons)})
    return Case(
        codigo="",
        edad=youngest + int(chance.random() * (oldest - youngest + 1)),
        genero=gender,
        provincia=province,
        canton=canton,
        area=_pick(chance, {"urbana": 0.62, "rural": 0.38}),
        motivo=_SHARED_MOTIVE if cell == HOMOGENEOUS else _pick(chance, _MOTIVES[(youngest, oldest)]),
        discapacidad=_pick(chance, {"no": 0.9, "sí": 0.1}),
        mes_ingreso=_pick(chance, dict.fromkeys(_MONTHS, 1.0)),
        canal=_pick(chance, _CHANNELS),
    )


def _pick(chance: Random, weights: dict[str, float]) -> str:
    mark = chance.random() * sum(weights.values())
    for name, weight in weights.items():
        mark -= weight
        if mark < 0:
            return name
    return list(weights)[-1]


def make(recipe: Recipe, _first: int, _last: int) -> Portion:
    """The whole table: its structure is one of all rows, so that it comes in one portion."""
    cases = simulate(recipe.seed, recipe.rows)
    return {NAME: {column.name: [getattr(case, column.name) for case in cases] for column in fields(Case)}}


DATASET = DataSet(
    name=NAME,
    title="Casos simulados para practicar k-anonimato",
    summary="Una tabla de casos sin nombres, para medir quién puede ser reconocido y para evitarlo.",
    unit="casos",
    rows=ROWS,
    seed=SEED,
    tables=(TABLE,),
    make=make,
    card=CARD,
    generator="ciberaula.datasets.casos_k",
    fewest=FEWEST,
    most=MOST,
    portion=MOST,
    keywords=("k-anonimato", "reidentificación", "trabajo social"),
)
