"""The demonstration is built once, aside, and never over a course of somebody's own."""

import importlib
from pathlib import Path

import pytest

from ciberaula.errors import UserError
from ciberaula.grading import demo
from ciberaula.launch.start import ensure_demo
from tests.launch.classroom import COURSE


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A build that takes no time; the places it was made in."""
    places: list[Path] = []

    def quick(aside: Path, *_arguments: object) -> None:
        places.append(aside)
        assert list(aside.iterdir()) == []
        (aside / demo.ROSTER).write_text("id\n")
        (aside / demo.GRADEBOOK).write_text("")
        (aside / "exchange").mkdir()

    monkeypatch.setattr(demo, "_build", quick)
    return places


def test_it_is_built_on_the_first_start_alone(tmp_path: Path, built: list[Path]) -> None:
    said: list[str] = []
    for _start in range(2):
        ensure_demo(COURSE, tmp_path, said.append)
    assert built == [tmp_path / "demo.partial"]
    assert len(said) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"roster.csv", "gradebook.db", "exchange", "demo.ready"}


@pytest.mark.parametrize("name", ["roster.csv", "gradebook.db"])
def test_a_course_of_its_own_is_left_alone(tmp_path: Path, built: list[Path], name: str) -> None:
    (tmp_path / name).write_text("de la institución")
    # The mark that a launcher before this one left when it was interrupted; then it cleared the home.
    (tmp_path / "demo.building").touch()
    said: list[str] = []
    ensure_demo(COURSE, tmp_path, said.append)
    assert (built, said) == ([], [])
    assert (tmp_path / name).read_text() == "de la institución"


def test_a_gradebook_on_a_server_gets_no_simulated_people(
    tmp_path: Path, built: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIBERAULA_DB_URL", "postgresql+psycopg://quien@servidor/notas")
    ensure_demo(COURSE, tmp_path, print)
    assert built == []
    assert not list(tmp_path.iterdir())


def test_an_interrupted_build_is_begun_again(
    tmp_path: Path, built: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(aside: Path, *_arguments: object) -> None:
        (aside / demo.GRADEBOOK).write_text("a medias")
        raise UserError("se cortó")

    with monkeypatch.context() as patched:
        patched.setattr(importlib.import_module("ciberaula.grading.demo"), "_build", interrupted)
        with pytest.raises(UserError):
            ensure_demo(COURSE, tmp_path, print)
    assert (tmp_path / "demo.partial/gradebook.db").exists()
    ensure_demo(COURSE, tmp_path, print)
    assert (tmp_path / "gradebook.db").read_text() == ""
    assert (tmp_path / "demo.ready").exists()
    assert not (tmp_path / "demo.partial").exists()


def test_a_course_begun_after_an_interrupted_build_is_left_alone(tmp_path: Path, built: list[Path]) -> None:
    (tmp_path / "demo.partial").mkdir()
    (tmp_path / "gradebook.db").write_text("de la institución")
    ensure_demo(COURSE, tmp_path, print)
    assert built == []
    assert (tmp_path / "gradebook.db").read_text() == "de la institución"


def test_an_interrupted_move_goes_on(tmp_path: Path, built: list[Path]) -> None:
    (tmp_path / "gradebook.db").write_text("de la demostración")
    (tmp_path / "demo.whole/exchange").mkdir(parents=True)
    (tmp_path / "demo.whole/roster.csv").write_text("id\n")
    ensure_demo(COURSE, tmp_path, print)
    assert built == []
    assert {path.name for path in tmp_path.iterdir()} == {"roster.csv", "gradebook.db", "exchange", "demo.ready"}
    assert (tmp_path / "gradebook.db").read_text() == "de la demostración"
