"""Files that are written whole or not at all, and what to tell a person when the system does not let us."""

import ctypes
import errno
import os
import tempfile
from pathlib import Path

from ciberaula.i18n import _


def write_atomic(path: Path, data: bytes, *, sync: bool = True) -> None:
    """Replace ``path`` with ``data`` so that a reader sees the old bytes or the new ones, never a part.

    Writes a neighbour, syncs it to disk, and renames it over ``path``; the folder is synced too where the system
    allows it, so that the name survives a power cut. Raises ``OSError`` (full or read-only disk) and then leaves ``path`` as it
    was and no neighbour behind. Without ``sync`` all of it but surviving a power cut, for ``sync_disk`` after many files.
    """
    descriptor, neighbour = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            if sync:
                os.fsync(stream.fileno())
        # mkstemp makes files private; collected work must stay readable to the instructor as any new file is.
        Path(neighbour).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(neighbour).replace(path)
    except BaseException:
        Path(neighbour).unlink(missing_ok=True)
        raise
    if sync and hasattr(os, "O_DIRECTORY"):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def sync_disk(folder: Path) -> None:
    """Return when everything written to the disk of ``folder`` would survive a power cut.

    One call after many files: a sync for each of them takes ten times as long.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
        if syncfs is None or syncfs(descriptor) != 0:
            os.sync()
    finally:
        os.close(descriptor)


def cause(error: OSError) -> str:
    """Why a file could not be read or written, and what to do: a Spanish phrase without a full stop.

    The system's own words (``error.strerror``) come in English or in whatever language the machine has.
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _("el disco está lleno; libere espacio")
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return _(
            "el sistema no lo permite: la carpeta es de solo lectura o le faltan permisos; cámbielos o use otra carpeta"
        )
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return _("no existe; revise la ruta")
    if error.errno == errno.ENAMETOOLONG:
        return _("hay un nombre o una ruta de carpetas demasiado larga")
    if error.errno == errno.EISDIR:
        return _("es una carpeta, no un archivo")
    return _("el sistema respondió con el error {number}; revise el disco").format(number=error.errno)
