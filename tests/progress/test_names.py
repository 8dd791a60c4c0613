"""Names are for instructors, and pseudonyms can't be guessed."""

import pytest

from ciberaula.errors import UserError
from ciberaula.progress.names import Role, current_role, names
from ciberaula.progress.pseudonym import pseudonym, secret
from tests.progress import cohort


def test_an_instructor_sees_every_name(built):
    found = names(built, Role.INSTRUCTOR)
    assert found == {pseudonym(secret(built), one.id): one.name for one in cohort.PEOPLE}


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.INSTITUTION])
def test_nobody_else_does(built, role):
    with pytest.raises(UserError, match="otro perfil"):
        names(built, role)


@pytest.mark.parametrize(("value", "role"), [("instructor", "instructor"), ("root", "trainee"), ("", "trainee")])
def test_an_unknown_role_is_a_trainees(monkeypatch, value, role):
    monkeypatch.setenv("CIBERAULA_ROLE", value)
    assert current_role() == role


def test_another_installation_gives_another_pseudonym(tmp_path):
    here, there = tmp_path / "a", tmp_path / "b"
    assert pseudonym(secret(here), "azu-1") == pseudonym(secret(here), "azu-1")
    assert pseudonym(secret(here), "azu-1") != pseudonym(secret(there), "azu-1")


def test_a_cut_secret_is_refused(tmp_path):
    secret(tmp_path)
    (tmp_path / "progress" / "secret").write_bytes(b"short")
    with pytest.raises(UserError, match="incompleto"):
        secret(tmp_path)
