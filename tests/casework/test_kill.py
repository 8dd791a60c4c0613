"""kill -9 between any two writes: the store opens, the chain verifies, and no action is there by half."""

import multiprocessing
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from ciberaula.casework.store.sql import SqlStore
from tests.casework.stores import DATABASES, address_of, assert_whole
from tests.casework.worlds import World

ROUNDS = {"sqlite": 60, "postgresql": 50}
SEED = 20260309
DONE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("register", {"name": "Elvia Ñauta", "canton": "Chone"}),
    ("raise_concern", {"kind": "violence", "detail": "x" * 3000, "urgent": True}),
    ("assess", {"risk": "high", "facts": "Lo que se vio."}),
    ("write_note", {"facts": "Lo que pasó."}),
)
_processes = multiprocessing.get_context("fork")


def write_for_ever(address: str, number: int) -> None:
    """Open the store and go on doing things until somebody puts an end to it."""
    world = World(SqlStore(address))
    for n in range(10**6):
        case = f"r{number}n{n}"
        for m, (do, fields) in enumerate(DONE):
            about = {"person": f"p{case}", "code": case} if do == "register" else {}
            world.do("marlene", do, case=case, action_id=f"{case}.{m}", **fields, **about)


@pytest.mark.parametrize("sort", DATABASES)
def test_a_desk_killed_at_any_moment(sort: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    chance = random.Random(SEED)  # noqa: S311
    address = address_of(sort, request, tmp_path)
    entries = rounds = 0
    # On a busy machine a desk has hardly begun when it is killed: then more of them, which live longer.
    while rounds < ROUNDS[sort] or entries <= ROUNDS[sort]:
        assert rounds < 10 * ROUNDS[sort], "they never had time to write"
        rounds += 1
        desk = _processes.Process(target=write_for_ever, args=(address, rounds), daemon=True)
        desk.start()
        time.sleep(chance.uniform(0.0, 0.12 * max(1, rounds / ROUNDS[sort])))
        end(desk.pid)
        desk.join(300)
        assert desk.exitcode == -signal.SIGKILL
        store = SqlStore(address)
        now = assert_whole(store)
        store.close()
        assert now >= entries
        entries = now


def test_a_desk_killed_while_it_makes_a_new_file(tmp_path: Path) -> None:
    chance = random.Random(SEED)  # noqa: S311
    for number in range(12):
        path = tmp_path / f"{number}.db"
        desk = _processes.Process(target=write_for_ever, args=(str(path), number), daemon=True)
        desk.start()
        time.sleep(chance.uniform(0.0, 0.3))
        end(desk.pid)
        desk.join(300)
        assert desk.exitcode == -signal.SIGKILL
        store = SqlStore(str(path))
        assert_whole(store)
        store.close()


def end(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
