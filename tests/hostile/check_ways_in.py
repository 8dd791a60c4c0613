"""Whatever comes in, by bundle or by the exchange: what is no work is refused in one line, and the next comes in."""

from pathlib import Path

import pytest

from ciberaula.grading import collecting
from ciberaula.grading.config import course_config
from ciberaula.grading.intake import Desk, Intake, collect
from tests.hostile.conftest import Run, entered
from tests.hostile.course import ASSIGNMENT, MARK, RIGHT, sheet
from tests.hostile.ways_in import BOOK, BUNDLES, bundle, exchange


@pytest.fixture(scope="module")
def taken(run: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Intake]:
    """Every bundle handed in at once, an honest one after each."""
    root = run.places.root
    book = (root / "exercises" / ASSIGNMENT / BOOK).read_bytes()
    box = tmp_path_factory.mktemp("buzon")
    students = [f"honesta{number}" for number in range(len(BUNDLES))]
    desk = Desk({"ana", *students}, {ASSIGNMENT: frozenset({BOOK})}, box / "submitted")
    files = []
    for number, (forge, _reason) in enumerate(BUNDLES.values()):
        forge(box / f"{number}.zip", book)
        (box / f"{number}b.zip").write_bytes(
            bundle({BOOK: book, "respuestas.json": sheet(RIGHT)}, student=students[number])
        )
        files += [box / f"{number}.zip", box / f"{number}b.zip"]
    outcomes = list(collect(files, desk))
    assert [one.state for one in outcomes[1::2]] == ["accepted"] * len(BUNDLES)
    assert sorted(path.name for path in desk.submitted.iterdir()) == sorted(students)
    return dict(zip(BUNDLES, outcomes[0::2], strict=True))


@pytest.mark.parametrize("name", BUNDLES)
def test_a_hostile_bundle_is_refused_in_one_line(taken: dict[str, Intake], name: str) -> None:
    outcome = taken[name]
    assert outcome.state == "refused"
    assert BUNDLES[name][1] in outcome.message
    assert outcome.message.isprintable()
    assert len(outcome.message) < 400


@pytest.fixture(scope="module")
def collected(run: Run) -> tuple[collecting.Collected, Path]:
    """The exchange collected once, with everything hostile and two honest people in it."""
    root = run.places.root
    book = (root / "exercises" / ASSIGNMENT / BOOK).read_bytes()
    inbound = run.places.home / "exchange" / "ciberaula" / "inbound"
    inbound.mkdir(parents=True, exist_ok=True)
    exchange(inbound, book, root / "solutions" / ASSIGNMENT / "prueba.md")
    with entered(run.places):
        return collecting.collect(course_config(), ASSIGNMENT, ready=lambda _folder: True), run.places.submitted


def test_honest_work_comes_in_whatever_lies_beside_it(collected: tuple[collecting.Collected, Path]) -> None:
    brought = set(collected[0].brought)
    assert {"ana", "zoe"} <= brought
    assert {"enlaces", "especiales", "hoja"} <= brought  # their odd files stay out, their work comes in
    assert not brought & {"enorme", "honda", "muchos", "enlace-entero", "archivo"}


def test_what_stays_in_the_exchange_is_told_in_a_line_each(collected: tuple[collecting.Collected, Path]) -> None:
    lines = collected[0].refused
    assert all(line.isprintable() and len(line) < 500 for line in lines)
    for name in ("enorme", "honda", "muchos"):
        assert any(name in line for line in lines)


def test_nothing_but_plain_files_of_the_trainee_is_brought(collected: tuple[collecting.Collected, Path]) -> None:
    for student in collected[0].brought:
        for path in (collected[1] / student).rglob("*"):
            assert path.is_dir() or (path.is_file() and not path.is_symlink())
            assert path.is_dir() or MARK.encode() not in path.read_bytes()
