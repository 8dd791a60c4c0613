"""Finding and opening stay quick as a store grows: what the benchmark times on a larger store is counted here in steps.

A step is an instruction of SQLite's own machine. No clock decides: a busy machine takes longer for as many steps.
"""

import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text

from ciberaula.casework.store.protocol import Query, line_of
from ciberaula.casework.store.sql import SqlStore
from tests.benchmarks import casework_store

CASES = 20_000
PER_CASE = 3  # steps: looking at every case takes more
TO_OPEN = 2000  # steps, however many cases there are


class Steps:
    """Counts the steps of every SQLite connection opened from now on, by tens."""

    def __init__(self) -> None:
        self.taken = 0

    def watch(self, connection: object, _record: object) -> None:
        connection.set_progress_handler(self._ten_more, 10)  # type: ignore[attr-defined]

    def _ten_more(self) -> int:
        self.taken += 10
        return 0

    def median(self, act: Callable[[int], None], sample: list[int]) -> float:
        """Of what ``act`` takes for each of ``sample``."""
        found = []
        act(sample[0])
        for one in sample:
            before = self.taken
            act(one)
            found.append(self.taken - before)
        return statistics.median(found)


@pytest.fixture
def counted() -> Iterator[Steps]:
    """Of all stores that the test opens."""
    steps = Steps()
    event.listen(Engine, "connect", steps.watch)
    yield steps
    event.remove(Engine, "connect", steps.watch)


def test_a_case_is_found_and_opened_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: Steps) -> None:
    casework_store._pattern(tmp_path / "pattern.db")
    path = tmp_path / "casos.db"
    casework_store.fill(tmp_path / "pattern.db", path, CASES)
    store = SqlStore(str(path))
    with store.begin() as unit:
        assert len(unit.find(Query(limit=None))) == CASES
        file = unit.case_file("c0012345")
        [line] = unit.find(Query(text="0012345"))
        assert file is not None
        assert (line.case_id, line.code, line.name) == ("c0012345", "SIM-0012345", line_of(file).name)
        assert len(list(file)) == 6
        assert unit.head()[0] == 4 * CASES
    with store.engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM notes")) == CASES
        before = counted.taken
        connection.execute(text("SELECT max(owner) FROM case_index NOT INDEXED"))
        assert counted.taken - before > PER_CASE * CASES  # so many are taken where every case is looked at
    store.close()
    monkeypatch.setattr(casework_store, "_median", counted.median)
    taken = casework_store._measure(path, CASES)
    assert taken["find"] < PER_CASE * CASES
    assert taken["open"] < TO_OPEN
