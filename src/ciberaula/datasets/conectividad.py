"""The simulated table ``conectividad``: access to internet and devices in each of Ecuador's 221 cantons.

The places are real, all figures are simulated; only the order of size of the largest cantons is taken from general
knowledge, so that cases fall where people live. Structure that is built in, whatever the seed (see the card):

* the more rural a canton, the fewer households have internet; capitals have more than their neighbours, Amazonía less;
* more people have a mobile telephone than a household connection, and fewer a computer, in every canton;
* where the signal is poor the month costs more and the electricity fails more often;
* ``internet_hogares_pct`` is met in one canton only for at least nine in ten cantons. It looks harmless and tells the place:
  the linkage that lessons on re-identification rely on.

Other generators draw cantons by :func:`weights` and look their figures up in :func:`table`.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np

from ciberaula.datasets.cantons import CANTONS, PROVINCES, REGIONS
from ciberaula.datasets.columns import Column as Values
from ciberaula.datasets.conectividad_card import CARD
from ciberaula.datasets.draws import Draws, Flags, Share, Whole
from ciberaula.datasets.spec import YES_NO, Column, DataSet, Portion, Recipe, Table
from ciberaula.i18n import _

NAME = "conectividad"
SEED = 2026
SIGNALS = ("buena", "irregular", "escasa")

# Thousands of people: the order of size of the largest cantons and of Galápagos (general knowledge); the rest is drawn.
_LARGE: dict[tuple[str, str], float] = {
    ("Guayas", "Guayaquil"): 2600, ("Pichincha", "Quito"): 2550, ("Azuay", "Cuenca"): 590, ("Tungurahua", "Ambato"): 370,
    ("Santo Domingo de los Tsáchilas", "Santo Domingo"): 440, ("Manabí", "Portoviejo"): 315, ("El Oro", "Machala"): 290,
    ("Guayas", "Durán"): 300, ("Manabí", "Manta"): 265, ("Loja", "Loja"): 245, ("Chimborazo", "Riobamba"): 255,
    ("Imbabura", "Ibarra"): 215, ("Esmeraldas", "Esmeraldas"): 210, ("Los Ríos", "Quevedo"): 205, ("Guayas", "Milagro"): 190,
    ("Cotopaxi", "Latacunga"): 210, ("Los Ríos", "Babahoyo"): 170, ("Guayas", "Daule"): 200, ("Santa Elena", "Santa Elena"): 180,
    ("Pichincha", "Rumiñahui"): 115, ("Imbabura", "Otavalo"): 115, ("Manabí", "Chone"): 125, ("Esmeraldas", "Quinindé"): 130,
    ("Sucumbíos", "Lago Agrio"): 105, ("Pichincha", "Mejía"): 100, ("Pichincha", "Cayambe"): 102, ("Carchi", "Tulcán"): 98,
    ("Bolívar", "Guaranda"): 95, ("Cañar", "Azogues"): 82, ("Pastaza", "Pastaza"): 72, ("Napo", "Tena"): 74,
    ("Orellana", "Francisco de Orellana"): 90, ("Morona Santiago", "Morona"): 58, ("Zamora Chinchipe", "Zamora"): 30,
    ("Galápagos", "Santa Cruz"): 17, ("Galápagos", "San Cristóbal"): 8, ("Galápagos", "Isabela"): 3,
}  # fmt: skip
_SIZES = (4, 8, 12, 17, 23, 30, 42, 60, 85)
_SIZES_AMAZON = (3, 5, 7, 10, 14, 20, 31)
_BY_REGION = {"Costa": 0.0, "Sierra": 2.0, "Amazonía": -7.0, "Insular": 12.0}
_REGION = np.array([canton.region for canton in CANTONS])
_CAPITAL = np.array([canton.capital for canton in CANTONS])
_REPEATED = 0.04  # the share of cantons that may keep a percentage that another one has


@cache
def table(seed: int = SEED) -> Mapping[str, Values]:
    """All columns of ``cantones`` as NumPy arrays of 221; the place in each is the canton's number less one. Read only."""
    rows = np.arange(1, len(CANTONS) + 1)
    draws = Draws(seed, NAME)
    people = _people(draws, rows)
    rural = _rural(draws, rows, people)
    internet = _internet(draws, rows, rural)
    signal = _signal(draws, rows, internet)
    found: dict[str, Values] = {
        "canton_id": np.array([canton.id for canton in CANTONS]),
        "provincia": np.array([canton.province for canton in CANTONS]),
        "canton": np.array([canton.name for canton in CANTONS]),
        "region": _REGION,
        "capital": np.where(_CAPITAL, *YES_NO),
        "poblacion": people,
        "rural_pct": rural,
        "internet_hogares_pct": internet,
        "movil_pct": _tenths(
            np.minimum(96.5, internet + (97 - internet) * draws.spread(rows, "movil", (0.45, 0.6, 0.75)))
        ),
        "computador_pct": _tenths(internet * draws.spread(rows, "computador", (0.42, 0.55, 0.68))),
        "electricidad_continua_pct": _tenths(98.5 - signal * 4.5 - draws.spread(rows, "luz", (0, 1.5, 4, 9))),
        "senal": np.array(SIGNALS)[signal],
        "puntos_publicos": 1 + (people * draws.spread(rows, "puntos", (0.00005, 0.0001, 0.00018))).astype(np.int64),
        "costo_mes_usd": _tenths(17 + signal * 4 + draws.spread(rows, "costo", (0, 2, 4, 9))),
        "minutos_capital": np.where(
            _CAPITAL,
            0,
            (draws.spread(rows, "viaje", (20, 40, 65, 110, 190)) * np.array((0.8, 1.0, 1.7))[signal]).astype(int),
        ),
    }
    for column in found.values():
        column.flags.writeable = False
    return found


def weights(seed: int = SEED) -> Share:
    """How likely a person lives in each canton: 221 shares of 1, by simulated population."""
    people = table(seed)["poblacion"].astype(np.float64)
    shares: Share = people / people.sum()
    return shares


def make(recipe: Recipe, first: int, last: int) -> Portion:
    """The rows of cantons ``first`` … ``last``, in order of their ids."""
    return {"cantones": {name: column[first - 1 : last] for name, column in table(recipe.seed).items()}}


def _people(draws: Draws, rows: Whole) -> Whole:
    large = np.array([_LARGE.get((canton.province, canton.name), 0.0) for canton in CANTONS])
    drawn = np.where(
        _REGION == "Amazonía", draws.spread(rows, "gente", _SIZES_AMAZON), draws.spread(rows, "gente", _SIZES)
    )
    thousands = np.where(large > 0, large, drawn) * draws.spread(rows, "ajuste", (0.93, 1.0, 1.07))
    return (thousands * 1000).astype(np.int64)


def _rural(draws: Draws, rows: Whole, people: Whole) -> Share:
    """Small cantons are mostly rural, large ones have a rural fringe."""
    usual = np.interp(people, (0, 20_000, 60_000, 150_000, 500_000, 3_000_000), (78, 66, 52, 36, 24, 9))
    found = usual + draws.spread(rows, "rural", (-16, -6, 0, 6, 14)) - np.where(_CAPITAL, 12, 0)
    return _tenths(np.clip(found, 2.4, 94.0))


def _internet(draws: Draws, rows: Whole, rural: Share) -> Share:
    region = np.array([_BY_REGION[name] for name in _REGION])
    found = 72 - 0.52 * rural + region + np.where(_CAPITAL, 5, 0) + draws.spread(rows, "internet", (-9, -4, 0, 4, 9))
    return _apart(_tenths(np.clip(found, 6.0, 92.0)), draws.chance(rows, "repetido", _REPEATED))


def _apart(values: Share, repeated: Flags) -> Share:
    """``values`` with one that an earlier row has moved up by a tenth until it is free, except where ``repeated``."""
    taken: set[int] = set()
    found = np.empty_like(values)
    for place, value in enumerate(np.rint(values * 10).astype(np.int64)):
        tenths = int(value)
        while tenths in taken and not repeated[place]:
            tenths += 1
        taken.add(tenths)
        found[place] = tenths / 10
    return found


def _signal(draws: Draws, rows: Whole, internet: Share) -> Whole:
    """0 good, 1 irregular, 2 poor: likelier poor where few households are connected."""
    place = internet + draws.spread(rows, "senal", (-10, 0, 10))
    return np.where(place > 50, 0, np.where(place > 33, 1, 2)).astype(np.int64)


def _tenths(values: Share) -> Share:
    """One decimal, so that the figure is written the same everywhere."""
    return np.rint(values * 10) / 10


def _percent(name: str, label: str, about: str = "") -> Column:
    return Column(name, label, "number", low=0, high=100, unit="%", about=about)


TABLE = Table(
    "cantones",
    _("Acceso a internet y dispositivos por cantón (simulado)"),
    (
        Column("canton_id", _("Código del cantón"), unique=True, pattern=r"C\d{3}", about=_("Código propio del curso.")),
        Column("provincia", _("Provincia"), categories=PROVINCES),
        Column("canton", _("Cantón"), about=_("Hay nombres repetidos entre provincias: identifica el código.")),
        Column("region", _("Región"), categories=REGIONS),
        Column("capital", _("Contiene la capital provincial"), categories=YES_NO),
        Column("poblacion", _("Población"), "integer", low=1, unit=_("personas"), about=_("Cifra simulada.")),
        _percent("rural_pct", _("Población rural")),
        _percent(
            "internet_hogares_pct",
            _("Hogares con internet"),
            _("Casi ningún cantón comparte su porcentaje con otro: junto a una persona, dice dónde vive."),
        ),
        _percent("movil_pct", _("Personas con teléfono móvil")),
        _percent("computador_pct", _("Hogares con computador")),
        _percent("electricidad_continua_pct", _("Hogares con electricidad sin cortes frecuentes")),
        Column("senal", _("Señal móvil"), categories=SIGNALS),
        Column("puntos_publicos", _("Puntos públicos de acceso gratuito"), "integer", low=0, unit=_("puntos")),
        Column("costo_mes_usd", _("Costo mensual del internet en casa"), "number", low=0, unit="USD"),
        Column(
            "minutos_capital", _("Viaje hasta la capital provincial"), "integer", low=0, unit=_("minutos"),
            about=_("En transporte público; 0 en la propia capital."),
        ),
    ),
    key=("canton_id",),
)  # fmt: skip

DATASET = DataSet(
    NAME,
    _("Conectividad por cantón (simulada)"),
    _(
        "Acceso a internet, dispositivos, señal y costo en los 221 cantones del Ecuador. Cifras simuladas en lugares reales."
    ),
    _("cantones"),
    rows=len(CANTONS),
    seed=SEED,
    tables=(TABLE,),
    make=make,
    card=CARD,
    generator="ciberaula.datasets.conectividad",
    most=len(CANTONS),
    keywords=(_("brecha digital"), _("internet"), _("cantones")),
)
