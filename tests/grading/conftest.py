import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from ciberaula.grading.cohort import Cohort
from ciberaula.grading.trusted import scoring_batch
from tests.grading import course as small


def enter(patch: pytest.MonkeyPatch, root: Path) -> None:
    patch.setenv("CIBERAULA_COURSE", str(root))
    patch.setenv("CIBERAULA_HOME", str(root / "var"))
    patch.chdir(root)


@pytest.fixture(scope="session", autouse=True)
def machine_in_utc() -> Iterator[None]:
    """The same clock on every machine: dates are shown in the machine's own zone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def machine_in_ecuador(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own zone is five hours behind."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "America/Guayaquil")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(scope="session", autouse=True)
def one_scoring_kernel() -> Iterator[None]:
    """All tests share a scoring kernel, as the submissions of a batch do: starting one costs most of a test's time."""
    with scoring_batch():
        yield


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small course, generated once; tests copy it."""
    root = tmp_path_factory.mktemp("curso") / "curso"
    small.write_course(root)
    with pytest.MonkeyPatch.context() as patch:
        enter(patch, root)
        step = Cohort().generate(small.ASSIGNMENT)
        assert step.done, step.reason
    return root


@pytest.fixture
def course(generated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of one's own, with the assignment generated."""
    root = tmp_path / "curso"
    shutil.copytree(generated, root)
    enter(monkeypatch, root)
    return root


@pytest.fixture
def course_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes a course whose test cells are the given ones."""

    def make(tests: dict[str, tuple[float, str]]) -> Path:
        root = tmp_path / "curso"
        small.write_course(root, tests)
        enter(monkeypatch, root)
        step = Cohort().generate(small.ASSIGNMENT)
        assert step.done, step.reason
        return root

    return make


@pytest.fixture
def grades() -> Callable[[str], dict[str, tuple[float | None, bool]]]:
    """Reads the gradebook: item -> (automatic score, waits for a person)."""

    def read(student: str) -> dict[str, tuple[float | None, bool]]:
        cohort = Cohort()
        with Gradebook(cohort.db_url, "ciberaula") as gradebook:
            submission = gradebook.find_submission(small.ASSIGNMENT, student)
            return {
                grade.name: (grade.auto_score, grade.needs_manual_grade)
                for notebook in submission.notebooks
                for grade in notebook.grades
            }

    return read
