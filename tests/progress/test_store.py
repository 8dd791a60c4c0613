"""A reader sees one whole snapshot or a clear line, whatever happens to the folder."""

import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pandas as pd
import pyarrow.parquet as parquet
import pytest

from ciberaula.errors import UserError
from ciberaula.progress import store
from ciberaula.progress.store import folder_of, load, write


def test_what_is_written_is_read_back(tmp_path, whole):
    write(tmp_path, whole)
    assert load(tmp_path) == whole


def test_the_tables_are_plain_parquet_for_pandas(built, whole):
    table = pd.read_parquet(folder_of(built) / "modules.parquet")
    assert len(table) == len(whole.modules)
    assert str(table["last_activity"].dt.tz) == "UTC"


def test_a_snapshot_from_before_a_column_was_there_is_read(home):
    path = folder_of(home) / "reviews.parquet"
    table = parquet.read_table(path)
    parquet.write_table(table.drop_columns(["reason"]), path)
    assert {one.reason for one in load(home).reviews} == {""}


def test_missing(tmp_path):
    with pytest.raises(UserError, match="Todavía no hay datos de avance"):
        load(tmp_path)


def test_newer_schema(home):
    path = folder_of(home) / "meta.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema": 99}))
    with pytest.raises(UserError, match="otra versión del programa"):
        load(home)


@pytest.mark.parametrize("missing", ["items.parquet", "meta.json"])
def test_half_a_snapshot(home, missing):
    (folder_of(home) / missing).unlink()
    with pytest.raises(UserError, match="incompletos"):
        load(home)


def test_tables_of_two_builds_are_not_joined(home, whole, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    write(other, replace(whole, meta=replace(whole.meta, build="another")))
    shutil.copy(folder_of(other) / "items.parquet", folder_of(home) / "items.parquet")
    with pytest.raises(UserError, match="incompletos"):
        load(home)


def test_a_reader_never_sees_half_while_it_is_replaced(home, whole):
    versions = [replace(whole, meta=replace(whole.meta, build=f"b{number}")) for number in range(2)]
    done = threading.Event()
    failures: list[Exception] = []

    def read_on() -> None:
        while not done.is_set():
            try:
                assert load(home).learners == whole.learners
            except Exception as error:
                failures.append(error)

    reader = threading.Thread(target=read_on)
    reader.start()
    for number in range(30):
        write(home, versions[number % 2])
    done.set()
    reader.join()
    assert not failures


def test_two_that_write_at_once_do_not_sweep_each_other_away(home, whole):
    def write_on(name: str) -> None:
        for _number in range(10):
            write(home, replace(whole, meta=replace(whole.meta, build=name)))

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(write_on, ["a", "b", "c"]))
    assert load(home).learners == whole.learners


def test_what_a_killed_build_left_is_swept_away(home, whole):
    left = folder_of(home).with_name("snapshot.new-dead")
    left.mkdir()
    write(home, whole)
    assert sorted(path.name for path in folder_of(home).parent.iterdir()) == ["learners", "secret", "snapshot"]


def test_a_disk_that_refuses_leaves_the_old_snapshot(home, whole, monkeypatch):
    def refuse(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "_write_table", refuse)
    with pytest.raises(UserError, match="libere espacio"):
        write(home, replace(whole, learners=()))
    assert load(home) == whole
    assert not list(folder_of(home).parent.glob("snapshot.*"))
