"""The folder of one run of a pool, under ``CIBERAULA_HOME``: Dask's own files, and a token by which workers know the place."""

import contextlib
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ciberaula.errors import UserError
from ciberaula.files import cause
from ciberaula.i18n import _
from ciberaula.paths import home

FOLDER = "dask"


@dataclass(frozen=True)
class RunFolder:
    """A folder with the file ``token``, whose content nobody could guess."""

    path: Path


@contextmanager
def run_folder() -> Iterator[RunFolder]:
    """A new folder, removed at the end; those of runs on this machine that were killed are removed too."""
    base = home() / FOLDER
    try:
        base.mkdir(exist_ok=True)
        _prune(base)
        path = Path(tempfile.mkdtemp(prefix=f"{_prefix()}{os.getpid()}-", dir=base))
        (path / "token").write_text(secrets.token_hex(16))
    except OSError as error:
        raise UserError(
            _("No se puede calificar en {folder}: {cause}.").format(folder=base, cause=cause(error))
        ) from error
    try:
        yield RunFolder(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(OSError):
            base.rmdir()  # where no other run has its folder


def _prefix() -> str:
    return f"{socket.gethostname()}-"


def _prune(base: Path) -> None:
    for path in base.glob(f"{_prefix()}*-*"):
        number = path.name.removeprefix(_prefix()).split("-")[0]
        if number.isdigit() and not _runs(int(number)):
            shutil.rmtree(path, ignore_errors=True)


def _runs(pid: int) -> bool:
    if os.name == "nt":  # pragma: no cover - there os.kill would end it
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
