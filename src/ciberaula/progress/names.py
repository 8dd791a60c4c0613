"""From pseudonym to name, for those who may see it. The one place where the two meet."""

import os
from enum import StrEnum
from pathlib import Path

from ciberaula.errors import UserError
from ciberaula.grading.roster import read_roster
from ciberaula.i18n import _
from ciberaula.progress.pseudonym import pseudonym, secret


class Role(StrEnum):
    """What a viewer may see: own data, names of the cohort, or figures without names."""

    TRAINEE = "trainee"
    INSTRUCTOR = "instructor"
    INSTITUTION = "institution"


def current_role() -> Role:
    """The role in which the classroom was started (``CIBERAULA_ROLE``); a trainee's where nothing valid says otherwise.

    This keeps honest people in their own view. What keeps the data from everybody else is who may read ``var/``: roster
    and snapshot belong on the instructor's account only.
    """
    try:
        return Role(os.environ.get("CIBERAULA_ROLE", Role.TRAINEE))
    except ValueError:
        return Role.TRAINEE


def require(role: Role, *allowed: Role) -> None:
    """Raise ``UserError`` unless ``role`` is one of ``allowed``."""
    if role not in allowed:
        raise UserError(
            _(
                "Esta página muestra datos de otras personas y se abre con otro perfil: inicie el aula con "
                "«make start ROLE={role}»."
            ).format(role=allowed[0])
        )


def names(home: Path, role: Role) -> dict[str, str]:
    """Pseudonym to name, of everybody in the roster. Raises ``UserError`` unless ``role`` is the instructor's."""
    require(role, Role.INSTRUCTOR)
    path = home / "roster.csv"
    if not path.exists():
        return {}
    key = secret(home)
    return {pseudonym(key, entry.id): entry.name for entry in read_roster(path).values()}
