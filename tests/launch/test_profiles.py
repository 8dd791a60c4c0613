"""What a profile's server knows of the machine that it was started on."""

from pathlib import Path

import pytest

from ciberaula.launch.profiles import PROFILES, environment, new_server
from tests.launch.classroom import COURSE


@pytest.mark.parametrize("role", PROFILES)
def test_where_the_gradebook_is_only_the_instructor_knows(
    role: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address may hold a password, and the kernels of a server inherit its environment."""
    monkeypatch.setenv("CIBERAULA_DB_URL", "postgresql+psycopg://quien:secreta@servidor/notas")
    known = environment(new_server(PROFILES[role], COURSE, tmp_path, 8888), COURSE, tmp_path)
    assert ("CIBERAULA_DB_URL" in known) == (role == "instructor")
