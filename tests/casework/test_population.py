"""The cases that fill a desk."""

from datetime import datetime

from ciberaula.casework import workflow
from ciberaula.casework.desk import Desk
from ciberaula.casework.entities import Actor, Household
from ciberaula.casework.population import CANTONS, background
from ciberaula.casework.store.memory import MemoryStore
from ciberaula.casework.vocabulary import Risk, Role, Step
from ciberaula.datasets.places import PLACES

UNTIL = datetime(2026, 3, 8, 15, 59)
PLAYER = Actor("marlene", Role.CASEWORKER, "equipo-sur")


def filled(count=200, seed=1):
    store, now = MemoryStore(), [UNTIL]
    desk = Desk(store, lambda: now[0])
    for number, one in enumerate(background(count, seed=seed, until=UNTIL, player=PLAYER)):
        now[0] = one.at
        desk.do(one.actor, one.action, action_id=f"b-{number}")
    now[0] = UNTIL
    return desk, store


def test_two_hundred_cases_fill_a_desk():
    desk, store = filled()
    assert len(store.files) == 200 and desk.verify().ok


def test_the_same_seed_gives_the_same_cases():
    one, other = (background(50, seed=4, until=UNTIL, player=PLAYER) for _turn in range(2))
    assert one == other
    assert one != background(50, seed=5, until=UNTIL, player=PLAYER)


def test_everything_was_done_before_and_in_order():
    done = background(200, seed=2, until=UNTIL, player=PLAYER)
    times = [one.at for one in done]
    assert times == sorted(times) and times[-1] <= UNTIL
    assert (UNTIL - times[0]).days <= 121


def test_some_are_the_players_own_and_some_of_her_team():
    _desk, store = filled()
    owners = [file.case.owner for file in store.files.values()]
    groups = [file.case.group for file in store.files.values()]
    assert 10 <= owners.count("marlene") <= 45
    assert 45 <= groups.count("equipo-sur") <= 110
    assert len(set(groups)) == 4


def test_they_stand_at_different_steps_with_different_risk():
    _desk, store = filled()
    steps = {workflow.step(file) for file in store.files.values()}
    assert steps == {Step.NEW, Step.ASSESSMENT, Step.CASE_PLAN}
    assert {file.case.risk for file in store.files.values()} == {*Risk, None}
    own = [task for file in store.files.values() for task in workflow.tasks(file, UNTIL)]
    late = sum(task.overdue for task in own)
    assert 0 < late < len(own) / 2  # an office in which work waits, not one that fell apart


def test_the_cantons_are_real_ones():
    known = {canton for provinces in PLACES.values() for cantons in provinces.values() for canton in cantons}
    assert set(CANTONS) <= known
    _desk, store = filled()
    assert {one.canton for file in store.files.values() for one in file.of(Household)} == set(CANTONS)


def test_codes_and_ids_are_their_own():
    _desk, store = filled()
    codes = [file.case.code for file in store.files.values()]
    assert len(set(codes)) == 200 and all(code.startswith("SIM-2") for code in codes)
