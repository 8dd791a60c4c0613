"""The files of a submission as a stranger left them: walked without following links, with limits, and told apart."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from datetime import datetime
from fnmatch import fnmatch
from io import BufferedReader
from pathlib import Path

from nbgrader.utils import parse_utc

from ciberaula.errors import UserError
from ciberaula.grading import isolated
from ciberaula.grading.config import SET_ASIDE
from ciberaula.i18n import _

MAX_DEPTH = 30
TIMESTAMP = "timestamp.txt"
_LONGEST_TIME = 1000
# What editors and tools leave behind is no work.
_NO_WORK = frozenset({".ipynb_checkpoints", "__pycache__", ".ciberaula", "feedback"})


def stats_of(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The plain files under ``folder`` that are work, with their status. ``UserError`` below ``MAX_DEPTH`` folders."""
    waiting = [(folder, 0)]
    while waiting:
        here, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise UserError(
                _(
                    "la entrega tiene más de {most} carpetas, una dentro de otra; pida a quien la hizo que las quite"
                ).format(most=MAX_DEPTH)
            )
        for entry in sorted(os.scandir(here), key=lambda entry: entry.name):
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _NO_WORK:
                    waiting.append((Path(entry.path), depth + 1))
            elif entry.is_file(follow_symlinks=False):
                yield Path(entry.path), entry.stat(follow_symlinks=False)


def files_of(folder: Path) -> Iterator[Path]:
    """The paths of ``stats_of``."""
    return (path for path, _status in stats_of(folder))


def note_name(name: str) -> str:
    """The name of the note that says what became of a file of that ``name``, which may be as long as names can be."""
    return os.fsdecode(os.fsencode(name)[: 255 - len(SET_ASIDE)]) + SET_ASIDE


def ignored(path: Path, patterns: list[str]) -> bool:
    """True for a relative path that nbgrader leaves out by the course's patterns."""
    return any(fnmatch(part, pattern) for part in path.parts for pattern in patterns)


def refuse_heaps(folder: Path) -> None:
    """Raise ``UserError`` for more files or bytes than work needs: each would be copied for the instructor."""
    sizes = [status.st_size for _path, status in stats_of(folder)]
    if len(sizes) > isolated.MAX_FILES or sum(sizes) > isolated.MAX_BYTES:
        raise UserError(
            _("la entrega pasa de {files} archivos o {mb} MB; pida a quien la hizo que la reduzca").format(
                files=isolated.MAX_FILES, mb=isolated.MAX_BYTES // 2**20
            )
        )


def signature_of(folder: Path) -> str:
    """A digest of names, sizes, times and places on the disk: cheap, and the same as long as nobody touched a file."""
    told = sorted(
        f"{path.relative_to(folder)}\0{status.st_size}\0{status.st_mtime_ns}\0{status.st_ctime_ns}\0{status.st_ino}"
        for path, status in stats_of(folder)
    )
    return hashlib.sha256("\n".join(told).encode("utf-8", "surrogateescape")).hexdigest()


def open_plain(path: Path) -> BufferedReader:
    """A plain file, open to read. ``OSError`` for a link, a pipe or a device, which may have taken its place just now."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
    return os.fdopen(descriptor, "rb")


def digest_of(folder: Path) -> str:
    """A digest of names and contents: the same for a copy of the work, whenever it was made."""
    digest = hashlib.sha256()
    for path, status in sorted(stats_of(folder)):
        digest.update(str(path.relative_to(folder)).encode("utf-8", "surrogateescape") + b"\0")
        if status.st_size > isolated.MAX_BYTES:  # refused anyhow; a file of holes would take hours to read
            digest.update(str(status.st_size).encode() + b"\0")
            continue
        with open_plain(path) as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def moment(text: str) -> datetime | None:
    """A time as nbgrader writes it, UTC without a zone; ``None`` for none. ``ValueError`` for what is no time."""
    try:
        read: datetime | None = parse_utc(text.strip()) if text.strip() else None
    except (OverflowError, ArithmeticError) as error:  # the parser's own, over numbers without measure
        raise ValueError(text[:40]) from error
    return read


def handed_in_at(folder: Path) -> datetime | None:
    """When the work was handed in, UTC without a zone. ``UserError`` for a time that cannot be read."""
    try:
        with open_plain(folder / TIMESTAMP) as stream:
            return moment(stream.read(_LONGEST_TIME).decode())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise UserError(
            _("la fecha de entrega ({file}) no se entiende; corríjala o bórrela y califique de nuevo").format(
                file=TIMESTAMP
            )
        ) from error
