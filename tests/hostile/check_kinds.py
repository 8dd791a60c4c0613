"""Every hostile kind has the outcome it must have, and costs nobody else anything."""

import html
import re
import stat
from pathlib import Path

import pytest

from tests.hostile import kinds
from tests.hostile.conftest import Run, chosen
from tests.hostile.course import ASSIGNMENT, MARK
from tests.hostile.markup import active

BY_NAME = {kind.name: kind for kind in chosen()}
# A mark on this machine that two graders share: what one submission may cost at most, whatever is in it.
MOST_MIB = 1200
MOST_BYTES = 40 * 2**20
_SOURCE = re.compile(r"Traceback|File \"|\.py\b|HIDDEN TESTS|scoring\.|<class '")


def words(page: str) -> str:
    return html.unescape(" ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL).split()))


@pytest.mark.parametrize("name", BY_NAME)
def test_the_kind_has_its_outcome(run: Run, name: str) -> None:
    kind, result = BY_NAME[name], run.results[name]
    assert (result.state, kind.reason in result.reason) == (kind.state, True), result.reason
    automatic = {item: points for item, points in result.points.items() if item != "p04"}
    assert automatic == kind.points, result.told[:300]
    if kind.check:
        kind.check(result)


@pytest.mark.parametrize("name", BY_NAME)
def test_the_reason_is_one_plain_line(run: Run, name: str) -> None:
    reason = run.results[name].reason
    assert reason.isprintable()
    assert len(reason) < 1000
    assert not _SOURCE.search(reason)
    assert (run.results[name].state == "graded") != bool(reason)


@pytest.mark.parametrize("name", BY_NAME)
def test_the_trainee_has_a_kind_page(run: Run, name: str) -> None:
    kind, result = BY_NAME[name], run.results[name]
    assert run.shown["shown"][name][0] in ("released", "written"), run.shown["shown"][name]
    told = words(result.page)
    assert kind.page in told
    assert "Traceback" not in told
    assert "HIDDEN" not in told


@pytest.mark.parametrize("name", BY_NAME)
def test_nothing_in_a_page_runs_or_is_fetched(run: Run, name: str) -> None:
    assert active(run.results[name].page) == []
    assert active(run.results[name].formgrader) == []


@pytest.mark.parametrize("number", range(kinds.HONEST))
def test_honest_work_among_the_hostile_earns_everything(run: Run, number: int) -> None:
    kind = kinds.honest(number)
    result = run.results[kind.name]
    assert (result.state, result.reason) == ("graded", "")
    assert {item: points for item, points in result.points.items() if item != "p04"} == kind.points


def test_everybody_has_an_outcome(run: Run) -> None:
    assert set(run.outcomes) == {*BY_NAME, *(kinds.honest(n).name for n in range(kinds.HONEST)), kinds.NEIGHBOUR}
    assert run.supervised["codes"] == [0, 0, 0], run.noise[-3000:]


# Where a secret may be after a run, besides where it was put: the neighbour's words are in her own pages, the hidden tests
# in the graded notebooks, as nbgrader has it (they are the instructor's), and the gradebook is not searched.
OWN = {
    "neighbour": f"/{kinds.NEIGHBOUR}/",
    "neighbour-folder": f"/{kinds.NEIGHBOUR}/",
    "tests": "/autograded/",
    "grades": "/nota-ajena.txt",
}
LEAVES = ("autograded", "feedback", "exchange", "logs")


def test_no_secret_left_its_place(run: Run) -> None:
    found = []
    for step in LEAVES:
        for path in (run.places.home / step).rglob("*"):
            if not path.is_file() or path.is_symlink():
                continue
            data = path.read_bytes()
            if MARK.encode() not in data:
                continue
            found += [
                (place, str(path.relative_to(run.places.home)))
                for place, secret in run.places.canaries.items()
                if secret.encode() in data and OWN.get(place, "\0") not in str(path)
            ]
    # A page is released under a name that tells nobody whose it is: hers has her words.
    released = [one for one in found if not (one[0] == "neighbour" and one[1].startswith("exchange/"))]
    hers = [one for one in found if one[0] == "neighbour" and one[1].startswith("exchange/")]
    assert released == []
    assert len(hers) <= 1
    assert MARK not in run.noise


def test_the_hidden_tests_are_no_answer_and_on_no_page(run: Run) -> None:
    secret = run.places.canaries["tests"]
    assert [name for name, one in run.results.items() if one.notebook and secret in one.told] == []
    assert [name for name, one in run.results.items() if secret in one.page] == []


def test_the_course_is_what_it_was(run: Run) -> None:
    # The one thing that the scoring kernel leaves in the home of whoever grades, and whose it is.
    after = {name: told for name, told in run.after.items() if name != "casa/.ipython/profile_default/startup/README"}
    assert after == run.before


def test_no_process_and_no_temporary_file_is_left(run: Run) -> None:
    assert run.supervised["left"] == []
    assert [path.name for path in run.places.temporary.iterdir()] == []


def test_the_graders_kept_their_memory(run: Run) -> None:
    assert max(run.peaks) < MOST_MIB


def test_a_second_run_would_only_try_again_what_could_not_be_graded(run: Run) -> None:
    again = {name for name, one in run.results.items() if one.state in ("failed", "not_gradable")}
    assert set(run.shown["todo"]) == again


def test_what_is_graded_is_plain_files_of_a_bearable_size(run: Run) -> None:
    odd = []
    for path in (run.places.home / "autograded").rglob("*"):
        status = path.lstat()
        plain = stat.S_ISREG(status.st_mode) and status.st_size < MOST_BYTES and not status.st_mode & 0o7000
        if not plain and not stat.S_ISDIR(status.st_mode):
            odd.append(str(path))
    assert odd == []


def test_there_are_enough_kinds() -> None:
    assert len(kinds.ALL) >= 150
    assert len({kind.name for kind in kinds.ALL}) == len(kinds.ALL)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", kind.name) for kind in kinds.ALL)
    assert Path(ASSIGNMENT).name == ASSIGNMENT
