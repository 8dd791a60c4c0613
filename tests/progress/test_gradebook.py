"""Reading the gradebook: nothing is made or changed by it, and what is new is noticed."""

import os
from contextlib import closing
from sqlite3 import connect

import pytest
import sqlalchemy as sa

from ciberaula.errors import UserError
from ciberaula.grading.config import gradebook_url
from ciberaula.progress.gradebook import changed_since, gradebooks, read_grades, read_students, reading


def test_asking_makes_no_file(tmp_path):
    assert (read_students(tmp_path), read_grades(tmp_path), gradebooks(tmp_path)) == ([], [], [])
    assert not changed_since(tmp_path, tmp_path / "none")
    assert not list(tmp_path.iterdir())


def test_the_database_refuses_to_be_written(home):
    with pytest.raises(UserError, match=r"No se puede usar .*gradebook\.db"), reading(gradebook_url(home)) as session:
        session.execute(sa.text("DELETE FROM grade"))
    assert read_grades(home)


def test_a_folder_may_have_signs_that_mean_something_in_an_address(home):
    odd = home.rename(home.with_name("aula #1 100% x"))
    assert len(read_students(odd)) == 12


@pytest.mark.parametrize("part", ["gradebook.db", "gradebook.db-wal"])
def test_a_gradebook_written_since_is_noticed(home, part):
    made = home / "progress" / "snapshot" / "items.parquet"
    with closing(connect(home / "gradebook.db")) as held:
        held.execute("PRAGMA journal_mode=WAL")
        held.execute("UPDATE grade SET manual_score = 0")
        held.commit()
        for path in home.glob("gradebook.db*"):
            os.utime(path, (1_000, 1_000))
        os.utime(made, (2_000, 2_000))
        assert not changed_since(home, made)
        os.utime(home / part, (3_000, 3_000))
        assert changed_since(home, made)
    assert changed_since(home, home / "none")


def test_one_gradebook_is_not_taken_for_two(home, monkeypatch):
    monkeypatch.setenv("CIBERAULA_DB_URL", f"sqlite:///{home}/progress/../gradebook.db")
    assert len(gradebooks(home)) == 1


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        ("DROP TABLE alembic_version", "es de una versión anterior de nbgrader"),
        ("UPDATE alembic_version SET version_num = 'ffffffffffff'", "es de una versión más nueva de nbgrader"),
        ("DROP TABLE submitted_assignment", "guarda datos de otra aplicación"),
    ],
)
def test_a_gradebook_of_another_version_is_not_taken_for_an_empty_one(home, spoil, told):
    with closing(connect(home / "gradebook.db")) as database:
        database.execute(spoil)
        database.commit()
    for read in (read_students, read_grades):
        with pytest.raises(UserError, match=told):
            read(home)


def test_an_empty_file_is_no_gradebook_yet(home):
    (home / "gradebook.db").write_bytes(b"")
    with reading(gradebook_url(home)) as session:
        assert session.execute(sa.text("SELECT 1")).scalar_one() == 1
