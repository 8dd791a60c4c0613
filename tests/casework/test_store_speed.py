"""Finding and opening stay quick as a store grows: the measurement of the benchmark on a smaller store."""

from pathlib import Path

from sqlalchemy import text

from ciberaula.casework.store.protocol import Query, line_of
from ciberaula.casework.store.sql import SqlStore
from tests.benchmarks import casework_store

CASES = 20_000
LIMIT_MS = 50  # the target at five times as many


def test_a_case_is_found_and_opened_at_once(tmp_path: Path) -> None:
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
    store.close()
    figures = casework_store._measure(path, CASES)
    assert max(figures.values()) < LIMIT_MS
