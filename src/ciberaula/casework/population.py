"""Cases that fill a simulated desk: what the other teams, and whoever plays, already had open. Nobody in them is real.

Names are put together at random from common first names and surnames of Ecuador; places are real cantons (general
knowledge, after the political division in use by the statistics institute INEC), so that distances and connections make
sense. The same seed always gives the same cases.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ciberaula.casework.entities import Actor
from ciberaula.casework.vocabulary import Role
from ciberaula.i18n import _

# Canton -> how likely a household there is rural.
CANTONS: Mapping[str, float] = {
    "Guayaquil": 0.1,
    "Durán": 0.1,
    "Milagro": 0.3,
    "Portoviejo": 0.3,
    "Manta": 0.1,
    "Chone": 0.6,
    "Esmeraldas": 0.3,
    "Quinindé": 0.6,
    "Quevedo": 0.3,
    "Machala": 0.2,
    "Santa Elena": 0.5,
    "Quito": 0.2,
    "Cayambe": 0.5,
    "Cuenca": 0.3,
    "Gualaceo": 0.7,
    "Ambato": 0.4,
    "Riobamba": 0.4,
    "Colta": 0.9,
    "Otavalo": 0.6,
    "Cotacachi": 0.7,
    "Loja": 0.3,
    "Pujilí": 0.8,
    "Tena": 0.6,
    "Sucúa": 0.7,
    "Lago Agrio": 0.5,
}
_FIRST = (
    *("Rosa", "Carmen", "Luz", "Blanca", "Norma", "Zoila", "Gladys", "Martha", "Teresa", "Elena", "Nelly", "Fanny"),
    *("Daniela", "Génesis", "Doménica", "Emily", "Sisa", "Nina", "José", "Luis", "Manuel", "Ángel", "Segundo"),
    *("Wilson", "Klever", "Édison", "Byron", "Jairo", "Mateo", "Ismael", "Inti", "Yandri", "Kevin", "Amaru"),
)
_LAST = (
    *("Guamán", "Quishpe", "Chimbo", "Tipán", "Caiza", "Morocho", "Yépez", "Zambrano", "Cedeño", "Mero", "Vera"),
    *("Alcívar", "Quiñónez", "Caicedo", "Ortiz", "Preciado", "Ramírez", "Torres", "Paredes", "Villacís", "Andrango"),
    *("Grefa", "Tanguila", "Shiguango", "Kajekai", "Lema", "Males", "Cabascango", "Pilataxi", "Tenesaca", "Jara"),
)
_GOALS = (
    (_("Cuidado"), _("La familia acuerda quién cuida y cuándo"), _("Reunión familiar")),
    (_("Salud"), _("Control de salud al día"), _("Acompañar la cita")),
    (_("Documentos"), _("Cédula vigente"), _("Trámite con la persona")),
    (_("Escuela"), _("Asistencia regular"), _("Hablar con el plantel")),
    (_("Ingresos"), _("Ingreso propio estable"), _("Curso o microcrédito")),
)
_OTHER_TEAMS = ("equipo-norte", "equipo-centro", "equipo-costa")
_LONGEST, _TEAM_SIZE = 120, 4
_OF_AGE = 18
# How far the cases of a working office have come: the share that stops before each step.
_NEW, _ASSESSED = 0.06, 0.16


@dataclass(frozen=True, slots=True)
class Past:
    """Something done before: when, by whom, and the action as data."""

    at: datetime
    actor: Actor
    action: Mapping[str, Any]


def background(count: int, *, seed: int | str, until: datetime, player: Actor) -> list[Past]:
    """What was done on ``count`` other cases in the four months before ``until``, in order of time.

    About a twentieth of them are the player's own, so that the story's case is easily seen; a quarter is her team's.
    """
    chance = random.Random(f"population:{seed}")  # noqa: S311 -- a simulation, no secret
    colleagues = _colleagues(player)
    done: list[Past] = []
    for number in range(1, count + 1):
        share = chance.random()
        if share < 0.05:
            owner = player
        else:
            team = player.group if share < 0.3 else chance.choice(_OTHER_TEAMS)
            owner = chance.choice(colleagues[team])
        done += _case(number, chance, owner, until)
    return sorted(done, key=lambda one: one.at)


def _colleagues(player: Actor) -> Mapping[str, Sequence[Actor]]:
    teams = dict.fromkeys((player.group, *_OTHER_TEAMS))
    return {
        team: [Actor(f"{team}-{number}", Role.CASEWORKER, team) for number in range(1, _TEAM_SIZE + 1)]
        for team in teams
    }


def _case(number: int, chance: random.Random, owner: Actor, until: datetime) -> Iterator[Past]:
    case, person = f"b-{number:04}", f"b-{number:04}-p"
    progress = chance.random()
    # What has not been assessed came in lately: an office with old cases that nobody looked at would teach that as normal.
    days = chance.randrange(2, _LONGEST) if progress > _NEW else 1
    at = (until - timedelta(days=days)).replace(hour=8, minute=0) + timedelta(minutes=chance.randrange(9 * 12) * 5)
    yield Past(min(at, until), owner, _registered(number, case, person, chance))
    if progress < _NEW:
        return
    risk = chance.choices(("high", "medium", "low"), (1, 4, 5))[0]
    later = min(at + timedelta(hours=chance.randrange(1, 40)), until)
    yield Past(later, owner, _assessed(case, risk))
    if progress < _ASSESSED:
        return
    later = min(later + timedelta(hours=chance.randrange(1, 48)), until)
    yield Past(later, owner, _planned(case, chance))
    # The last contact was lately enough for most: a few are due or late, as anywhere.
    within = {"high": 4, "medium": 15, "low": 32}[risk]
    spoken = until - timedelta(days=chance.randrange(within), hours=chance.randrange(9))
    yield Past(max(later, spoken), owner, _spoke(case, person))


def _registered(number: int, case: str, person: str, chance: random.Random) -> dict[str, Any]:
    return {
        "do": "register",
        "case": case,
        "code": f"SIM-{2000 + number}",
        "person": person,
        **person_details(chance),
    }


def person_details(chance: random.Random, *, least_age: int = 1) -> dict[str, Any]:
    """Name, age and household of somebody who does not exist, as a registration takes them."""
    canton = chance.choice(tuple(CANTONS))
    rural = chance.random() < CANTONS[canton]
    return {
        "name": f"{chance.choice(_FIRST)} {chance.choice(_LAST)} {chance.choice(_LAST)}",
        "age": max(least_age, min(int(chance.triangular(1, 90, 25)), 90)),
        "canton": canton,
        "area": "rural" if rural else "urban",
        "device": chance.choices(("own", "shared", "none"), (5, 3, 2) if rural else (7, 2, 1))[0],
        "connection": chance.choices(("good", "intermittent", "none"), (1, 5, 4) if rural else (6, 3, 1))[0],
    }


def _assessed(case: str, risk: str) -> dict[str, Any]:
    facts = _("Entrevista inicial con la persona; datos del caso simulado.")
    return {"do": "assess", "case": case, "risk": risk, "facts": facts, "with_person": True}


def _planned(case: str, chance: random.Random) -> dict[str, Any]:
    need, goal, action = chance.choice(_GOALS)
    who = _("la persona y el equipo")
    line = {"need": need, "goal": goal, "action": action, "who": who, "days": chance.randrange(15, 60)}
    return {"do": "make_plan", "case": case, "goals": [line], "agreed": True}


def _spoke(case: str, person: str) -> dict[str, Any]:
    return {
        "do": "contact",
        "case": case,
        "who": person,
        "channel": "phone",
        "purpose": _("seguimiento"),
        "minutes": 15,
    }


# Days since each of a caseload's own cases came in: one is new, one was assessed, one has a plan.
_STAGES = (1, 5, 20)


def caseload(player: Actor, count: int, *, code: str, until: datetime) -> list[Past]:
    """What was done on ``count`` cases of the player's own before ``until``, in order of time.

    Adults, who answer for themselves. The first came in yesterday, the others have come further. Their codes are
    ``<code>-<n>``; the same player (her id) always gets the same cases.
    """
    chance = random.Random(f"caseload:{player.id}")  # noqa: S311 -- a simulation, no secret
    done: list[Past] = []
    for number in range(1, count + 1):
        stage = (number - 1) % len(_STAGES)
        case, at = f"{player.id}-{number}", until - timedelta(days=_STAGES[stage])
        about = {"code": f"{code}-{number}", "person": f"{case}-p", **person_details(chance, least_age=_OF_AGE)}
        done.append(Past(at, player, {"do": "register", "case": case, **about}))
        if stage > 0:
            risk = chance.choice(("high", "medium", "low"))
            done.append(Past(at + timedelta(hours=20), player, _assessed(case, risk)))
        if stage > 1:
            done.append(Past(at + timedelta(days=2), player, _planned(case, chance)))
            done.append(Past(until - timedelta(days=6), player, _spoke(case, f"{case}-p")))
    return sorted(done, key=lambda one: one.at)
