"""The people and organisations of the simulated institution. They are the same whatever the seed of a set: other sets name
the same ids (T001 …, S01 …, O01 …).

``care`` is how much a worker takes the trouble to ask, write and return in time, from 0 to 1. It shapes the data and stands
in no table: it is to be seen in what was done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ciberaula.datasets.cantons import PROVINCES
from ciberaula.datasets.casos.words import SERVICES, cells
from ciberaula.datasets.draws import Draws
from ciberaula.datasets.people import name

WORKERS_A_TEAM = 6
# Ten teams, one for each group of neighbouring provinces.
TEAMS: Mapping[str, tuple[str, ...]] = {
    "E01": ("Azuay", "Cañar"),
    "E02": ("Bolívar", "Chimborazo", "Tungurahua"),
    "E03": ("Carchi", "Imbabura", "Esmeraldas"),
    "E04": ("Cotopaxi", "Santo Domingo de los Tsáchilas"),
    "E05": ("El Oro", "Loja", "Zamora Chinchipe"),
    "E06": ("Guayas", "Galápagos"),
    "E07": ("Los Ríos", "Santa Elena"),
    "E08": ("Manabí",),
    "E09": ("Pichincha",),
    "E10": ("Morona Santiago", "Napo", "Orellana", "Pastaza", "Sucumbíos"),
}
_SEED = 2026
_KINDS: Mapping[str, str] = {
    "psychosocial": "Centro psicosocial",
    "health_medical": "Centro de salud",
    "safehouse": "Casa de acogida",
    "legal_assistance": "Consultorio jurídico",
    "child_protection": "Junta de protección",
    "family_mediation": "Centro de mediación",
    "education": "Unidad educativa",
    "livelihoods": "Programa de emprendimiento",
    "food": "Banco de alimentos",
    "registration": "Oficina de documentos",
}
_CALLED = (
    *("Tres Guabas", "Retama Alta", "Río Tibio", "Loma Clara", "Piedra Mansa", "Agua Larga", "Hierba Luisa"),
    *("Sol de Marzo", "Puente Quieto", "Arrayán Chico", "Cinco Balsas", "Viento Tardío", "Nube Baja", "Guaba Dulce"),
    *("Camino Redondo", "Faro Manso", "Colina Verde Mar", "Huerta Honda", "Garúa Fina", "Totora Nueva"),
)


@dataclass(frozen=True, slots=True)
class Worker:
    """A social worker (T…) or who supervises a team (S…). ``number``: place in the table, from 0."""

    id: str
    number: int
    name: str
    gender: str
    role: str  # caseworker | supervisor
    team: str
    years: int
    care: float


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation that receives referrals for one kind of ``service``. ``user``: who answers there on the desk."""

    id: str
    name: str
    service: str
    sector: str
    user: str


@cache
def workers() -> tuple[Worker, ...]:
    """T001 … T060: six for each team, in order of teams."""
    return tuple(
        _worker(f"T{number + 1:03d}", number, "caseworker", f"E{number // WORKERS_A_TEAM + 1:02d}")
        for number in range(len(TEAMS) * WORKERS_A_TEAM)
    )


@cache
def supervisors() -> tuple[Worker, ...]:
    """S01 … S10: the supervisor of each team."""
    return tuple(_worker(f"S{number + 1:02d}", number, "supervisor", team) for number, team in enumerate(TEAMS))


@cache
def organisations() -> tuple[Organisation, ...]:
    """O01 … O20: two for each service; the first is public, the second an organisation of civil society."""
    return tuple(
        Organisation(
            f"O{number + 1:02d}",
            f"{_KINDS[service]} {_CALLED[number]}",
            service,
            ("pública", "sociedad civil")[number % 2],
            f"R{number + 1:02d}",
        )
        for number, service in enumerate(service for service in SERVICES for _twice in range(2))
    )


@cache
def team_numbers() -> tuple[int, ...]:
    """For each province (in the order of ``PROVINCES``), the number of its team, from 0."""
    of = {province: number for number, provinces in enumerate(TEAMS.values()) for province in provinces}
    return tuple(of[province] for province in PROVINCES)


def service_words() -> tuple[str, ...]:
    """The service of each organisation, as it stands in a cell."""
    return tuple(cells(SERVICES)[number // 2] for number in range(len(organisations())))


def _worker(id: str, number: int, role: str, team: str) -> Worker:
    dice = Draws(_SEED, "casos").dice("staff", id)
    gender = dice.weighted(("femenino", "masculino"), (0.78, 0.22))
    years = dice.whole(1, 24) if role == "caseworker" else dice.whole(8, 30)
    # The middle of three draws: most take the trouble most of the time, a few seldom do.
    care = sorted(dice.share() for _draw in range(3))[1] * 0.6 + 0.35
    return Worker(id, number, name(dice, gender), gender, role, team, years, round(care, 3))
