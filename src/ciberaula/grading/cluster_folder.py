"""The folder of one run of a pool, under ``CIBERAULA_HOME``: Dask's own files, and a token by which workers know the place."""

import contextlib
import fcntl
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
TOKEN = "token"  # noqa: S105 - the name of a file


@dataclass(frozen=True)
class RunFolder:
    """A folder with the file ``token``, whose content nobody could guess."""

    path: Path


@contextmanager
def run_folder() -> Iterator[RunFolder]:
    """A new folder, removed at the end; those of runs that were killed, on any machine, are removed too."""
    base = home() / FOLDER
    with contextlib.ExitStack() as stack:
        try:
            # ``_prune`` sees it once its lock is held: it ends with this process, however that ends, and needs no name of
            # a machine or a process, which another machine may have as well.
            made = _make(base)
            lock = stack.enter_context((made / TOKEN).open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.write(secrets.token_hex(16))
            lock.flush()
            path = made.rename(base / made.name.removeprefix("."))
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


def _make(base: Path) -> Path:
    """A new folder. Another run that ends meanwhile takes the empty ``base`` with it, and then it is made once more."""
    for last in (*[False] * 50, True):
        try:
            base.mkdir(exist_ok=True)
            _prune(base)
            return Path(tempfile.mkdtemp(prefix=f".{socket.gethostname()}-{os.getpid()}-", dir=base))
        except (FileNotFoundError, FileExistsError):
            if last:
                raise
    raise AssertionError  # pragma: no cover


def _prune(base: Path) -> None:
    for path in base.glob("[!.]*"):
        with contextlib.suppress(OSError), (path / TOKEN).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while its run is alive
            shutil.rmtree(path, ignore_errors=True)
