"""Where cases are kept: in memory, in an SQLite file, or in one PostgreSQL database for a whole cohort."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ciberaula.paths import home

if TYPE_CHECKING:
    from ciberaula.casework.store.sql import SqlStore

URL_VARIABLE = "CIBERAULA_CASES_URL"
FILE_NAME = "mesa.sqlite"


def shared_url() -> str | None:
    """The address of the database that a cohort shares (``CIBERAULA_CASES_URL``); ``None`` where one works alone."""
    return os.environ.get(URL_VARIABLE, "").strip() or None


def store_address(folder: Path | None = None) -> str:
    """Where :func:`open_store` looks without an address."""
    return shared_url() or str((folder or home()) / FILE_NAME)


def open_store(url: str | None = None, *, folder: Path | None = None) -> "SqlStore":
    """The database at ``url``: the path of a file, ``sqlite:///…`` or ``postgresql://…``, made or brought up to date.

    Without ``url`` it is the one that ``CIBERAULA_CASES_URL`` names, and without that ``mesa.sqlite`` in ``folder``, by
    default the folder of all that a run produces. Raises ``UserError`` where it can't be opened: damaged, of another
    application, out of reach, or its driver missing.
    """
    from ciberaula.casework.store.sql import SqlStore

    return SqlStore(url or store_address(folder))
