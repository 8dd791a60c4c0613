import pytest

from tests.casework.stores import address, postgres
from tests.classroom.content import write_folder

__all__ = ["address", "assignment", "lesson", "postgres"]


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """A module's folder with formative questions, as the working folder."""
    folder = write_folder(tmp_path / "aula" / "modules" / "05-prueba")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("CIBERAULA_PSEUDONYM", "p-prueba")
    return folder


@pytest.fixture
def assignment(tmp_path, monkeypatch):
    """An assignment's folder with graded questions, as the working folder."""
    folder = write_folder(tmp_path / "aula" / "05-prueba", is_graded=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("CIBERAULA_PSEUDONYM", "p-prueba")
    return folder
