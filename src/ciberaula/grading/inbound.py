"""What lies in the exchange's ``inbound`` folder: whose attempts, which are complete, and a copy of one that is safe to make.

Whoever hands in can still write there: names are no promise, and nothing is opened through a link.
"""

import os
import pwd
import stat
import time
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from ciberaula.errors import UserError, one_line
from ciberaula.files import cause
from ciberaula.grading.config import COURSE_ID
from ciberaula.grading.feedback import NAMED_BY
from ciberaula.grading.roster import STUDENT_ID
from ciberaula.grading.submission_files import MAX_DEPTH, TIMESTAMP, moment, note_name
from ciberaula.i18n import _

_CHUNK = 1024 * 1024
_REST_SECONDS = 120
_ODD = _("Aquí había un enlace o un archivo especial llamado {name}; no se recogió.")
MAX_FILES = 2000


@dataclass(frozen=True)
class Handed:
    """One attempt as it lies in the exchange. ``at`` is UTC without a zone; ``stamp`` is how the exchange wrote it."""

    student: str
    at: datetime
    stamp: str
    folder: Path


def inbound_folder(config: Config) -> Path:
    """Where nbgrader puts what trainees of this course hand in."""
    return Path(config.Exchange.root) / COURSE_ID / "inbound"


def settled(folder: Path) -> bool:
    """True when nbgrader has finished writing an attempt into the exchange: its secret comes last.

    A folder without one was put there in another way; it must not have changed for a while.
    """
    try:
        if (folder / NAMED_BY).lstat().st_size > 0:
            return True
        since = time.time() - folder.stat().st_mtime
    except FileNotFoundError:
        since = time.time() - folder.stat().st_mtime
    return abs(since) > _REST_SECONDS  # a date in the future is a clock that was set back, not a change


def handed_in(inbound: Path, assignment: str) -> tuple[dict[str, list[Handed]], list[str]]:
    """The attempts of an assignment in the exchange by trainee, oldest first, and a line for each odd name."""
    try:
        names = sorted(entry.name for entry in os.scandir(inbound) if entry.is_dir(follow_symlinks=False))
    except FileNotFoundError as error:
        raise UserError(
            _("El intercambio está vacío: publique la tarea primero (ciberaula release {name}).").format(
                name=assignment
            )
        ) from error
    except OSError as error:
        raise UserError(
            _("No se puede leer el intercambio {folder}: {reason}.").format(folder=inbound, reason=cause(error))
        ) from error
    found: dict[str, list[Handed]] = {}
    refused = []
    for name in names:
        parts = name.split("+")
        if len(parts) < 3 or parts[1] != assignment:
            continue
        at = _moment(parts[2])
        if at is None or len(parts) > 4 or not STUDENT_ID.fullmatch(parts[0]):
            refused.append(refusal(inbound / name, _("su nombre no es el de una entrega; quedó en el intercambio")))
            continue
        if _by_another_account(inbound / name, parts[0]):
            told = _("la dejó otra cuenta de este equipo a nombre de esa persona; quedó en el intercambio")
            refused.append(refusal(inbound / name, told))
            continue
        found.setdefault(parts[0], []).append(Handed(parts[0], at, parts[2], inbound / name))
    for attempts in found.values():
        attempts.sort(key=lambda one: (one.at, one.folder.name))
    return found, refused


def _by_another_account(folder: Path, student: str) -> bool:
    """True where trainees have accounts of this machine and the folder belongs to neither that trainee's nor ours.

    Whoever can write to the exchange can name a folder after anybody; nbgrader takes it, and leaves a line in its log.
    """
    try:
        account = pwd.getpwnam(student).pw_uid
        return folder.lstat().st_uid not in (account, os.getuid())
    except (KeyError, OSError):
        return False


def _moment(text: str) -> datetime | None:
    try:
        return moment(text)
    except ValueError:
        return None


def refusal(folder: Path, reason: str) -> str:
    """The line that says why an attempt was not collected."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in folder.name[:120])
    return _("{name}: no se recogió: {reason}.").format(name=shown, reason=reason.rstrip("."))


def copy_attempt(one: Handed, target: Path, course: CourseDirectory) -> None:
    """Copy an attempt's plain files and folders; of anything else, and of links, only a note that it was there.

    Everything is opened relative to a folder that was already open and without following links: a trainee who may still
    write in the exchange cannot point a name elsewhere in between. nbgrader's limits and ignored names hold.

    Raises ``UserError`` for more than they allow, ``OSError`` for what cannot be read or written.
    """
    source = one.folder
    left, count = course.max_dir_size * 1000, 0
    for here, folders, names, descriptor in os.fwalk(source, follow_symlinks=False):
        if len(Path(here).relative_to(source).parts) > MAX_DEPTH:
            raise UserError(_("tiene demasiadas carpetas, una dentro de otra"))
        place = target / Path(here).relative_to(source)
        place.mkdir()
        folders[:] = [name for name in folders if not _ignored(name, course)]
        for name in [*folders, *names]:
            if _ignored(name, course):
                continue
            count += 1
            if count > MAX_FILES:
                raise UserError(_("trae más de {most} archivos; pida otra entrega").format(most=MAX_FILES))
            kind = os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_mode
            if stat.S_ISDIR(kind):
                continue
            if not stat.S_ISREG(kind):
                _note(place, name, _ODD)
                continue
            left -= _copy_file(name, descriptor, place, min(course.max_file_size * 1000, left), left)
    # The exchange's word, not a file that the trainee could have written: it also says what was collected.
    _write(target / TIMESTAMP, one.stamp.encode())


def _copy_file(name: str, folder: int, place: Path, most: int, left: int) -> int:
    """Copy one file and return its bytes. One over nbgrader's limit for files is left out, as nbgrader does, and noted."""
    source = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    with os.fdopen(source, "rb") as stream:
        about = os.fstat(source)
        if not stat.S_ISREG(about.st_mode):
            _note(place, name, _ODD)
            return 0
        if about.st_size > left:
            raise UserError(_("ocupa más de lo admitido; pida que la reduzca"))
        if about.st_size > most:
            _note(place, name, _("Aquí había un archivo demasiado grande llamado {name}; no se recogió."))
            return 0
        size = 0
        with (place / name).open("xb") as out:
            while size < about.st_size and (chunk := stream.read(min(_CHUNK, about.st_size - size))):
                size += len(chunk)
                out.write(chunk)
    return size


def _note(place: Path, name: str, words: str) -> None:
    """What ``repair.set_aside_odd_files`` leaves where something was that nothing may open."""
    _write(place / note_name(name), words.format(name=one_line(name, 255)).encode("utf-8", "replace") + b"\n")


def _write(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    with path.open("xb") as stream:
        stream.write(data)


def _ignored(name: str, course: CourseDirectory) -> bool:
    return any(fnmatch(name, pattern) for pattern in course.ignore)
