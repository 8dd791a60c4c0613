"""The views on the cohort of ``tests/progress``, marked as simulated the way the demonstration is."""

from pathlib import Path

import pytest

from ciberaula.progress.snapshot import refresh
from tests.progress import cohort


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the simulated cohort and its snapshot. Read only."""
    home = tmp_path_factory.mktemp("demo") / "var"
    cohort.build(home, simulated=True)
    refresh(home, now=cohort.NOW)
    return home


@pytest.fixture
def viewer(demo: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An instructor who looks at ``demo``, outside Voila."""
    monkeypatch.setenv("CIBERAULA_HOME", str(demo))
    monkeypatch.setenv("CIBERAULA_ROLE", "instructor")
    monkeypatch.setenv("CIBERAULA_STUDENT", "azu-4")
    for name in ("SERVER_SOFTWARE", "QUERY_STRING", "VOILA_BASE_URL", "JUPYTERHUB_SERVICE_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch
