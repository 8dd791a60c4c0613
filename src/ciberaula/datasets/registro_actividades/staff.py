"""Who writes the register: the first workers of ``casos`` (T001 …), and others like them in a larger build.

Training and area follow quotas, so that in any twenty workers ten were trained, four of the eight in the country and six of
the twelve in town: a difference between groups is then one of training, and not of place.
"""

from dataclasses import dataclass

import numpy as np

from ciberaula.datasets import conectividad
from ciberaula.datasets.cantons import CANTONS, Canton
from ciberaula.datasets.casos.staff import TEAMS, WORKERS_A_TEAM, workers
from ciberaula.datasets.draws import Dice, Draws, Flags, Whole
from ciberaula.datasets.registro_actividades.vocabulary import INSTITUTION_WEIGHTS

NAME = "registro_actividades"
_TURN = 20
_RURAL = (0, 3, 5, 8, 10, 13, 15, 18)
_TRAINED = (1, 2, 3, 5, 7, 10, 11, 14, 16, 18)
_STEPS = (5, 10, 15, 30)  # minutes to which somebody rounds
_STEP_WEIGHTS = (36, 24, 28, 12)
_WARM = ("Costa", "Insular")


@dataclass(frozen=True, slots=True)
class Staff:
    """Columns over workers. ``number`` begins at 1; ``warm``: school begins there in April, and it rains from January on."""

    number: Whole
    rural: Flags
    trained: Flags
    institution: Whole
    years: Whole
    canton: Whole
    warm: Flags
    step: Whole
    busy: Whole  # activities a day more or less than usual


def staff(seed: int, number: Whole) -> Staff:
    """The workers of these numbers."""
    draws = Draws(seed, NAME)
    rural = np.isin(number % _TURN, _RURAL)
    canton = np.array(
        [
            _canton(draws.dice("canton", one), one, country)
            for one, country in zip(number.tolist(), rural.tolist(), strict=True)
        ],
        dtype=np.int64,
    )
    known = np.array([worker.years for worker in workers()], dtype=np.int64)
    drawn = draws.integers(number, "years", 1, 24)
    return Staff(
        number=number,
        rural=rural,
        trained=np.isin(number % _TURN, _TRAINED),
        institution=draws.pick(number, "institution", INSTITUTION_WEIGHTS),
        years=np.where(number <= len(known), known[np.minimum(number, len(known)) - 1], drawn),
        canton=canton,
        warm=np.array([CANTONS[place].region in _WARM for place in canton.tolist()], dtype=bool),
        step=np.array(_STEPS, dtype=np.int64)[draws.pick(number, "step", _STEP_WEIGHTS)],
        busy=draws.integers(number, "busy", -1, 1),
    )


def _canton(dice: Dice, number: int, rural: bool) -> int:
    """Where she works: in a province of her team; in the country, seldom in its capital."""
    team = tuple(TEAMS.values())[(number - 1) // WORKERS_A_TEAM % len(TEAMS)]
    people = conectividad.weights()
    near = [place for place, canton in enumerate(CANTONS) if canton.province in team]
    fitting = [place for place in near if not (rural and CANTONS[place].capital)]
    return dice.weighted(fitting, [1.0 if rural else float(people[place]) for place in fitting])


def cantons(of: Whole) -> list[Canton]:
    """The canton of each index."""
    return [CANTONS[place] for place in of.tolist()]
