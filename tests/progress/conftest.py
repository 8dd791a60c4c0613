"""One cohort for all tests of progress: building it takes seconds, copying it none."""

import shutil
from pathlib import Path

import pytest

from ciberaula.progress.snapshot import refresh
from ciberaula.progress.tables import Snapshot
from tests.progress import cohort


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the cohort and its snapshot. Read only: tests that write take ``home``."""
    home = tmp_path_factory.mktemp("cohort") / "var"
    cohort.build(home)
    refresh(home, now=cohort.NOW)
    return home


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    """A copy of the cohort of the test's own."""
    copy = tmp_path / "var"
    shutil.copytree(built, copy)
    return copy


@pytest.fixture(scope="session")
def whole(built: Path) -> Snapshot:
    from ciberaula.progress.store import load

    return load(built)
