"""Files of this course that may still tell of somebody who was erased: exported marks, bundles, what a killed run left."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ciberaula.grading.arrivals import ACCEPTED, REFUSED
from ciberaula.grading.cluster_folder import FOLDER as DASK
from ciberaula.grading.staging import ASIDE
from ciberaula.i18n import _

EXPORTS = "exports"
# More of a file is not looked into: it is told as one that could not be searched.
_MOST_BYTES = 64 * 1024 * 1024
_EXPORTED = re.compile(r"notas-(moodle|canvas|xlsx)(?:-(.+))?\.(?:csv|xlsx)")


def named(student_id: str) -> re.Pattern[bytes]:
    """Matches the id where it is not a part of another one."""
    return re.compile(rb"(?<![\w.-])" + re.escape(student_id.encode()) + rb"(?![\w-]|\.\w)")


def _is_of(path: Path, student_id: str) -> bool:
    """Whether a bundle, or the note beside one, is called after the person: ``<assignment>-<student>.zip``."""
    name = path.name.partition(".zip")[0].removesuffix(".txt")
    return name == student_id or name.endswith(f"-{student_id}")


def copies_left(home: Path, student_id: str) -> Iterator[str]:
    """A line for each file under ``home`` outside the places of work that names the person, with what to do.

    They are not erased: what was handed over is the instructor's to answer for, and marks are written anew by a command.
    """
    wanted = named(student_id)
    for path in sorted((home / EXPORTS).glob("*")):
        if _names(path, wanted):
            yield _("{path} todavía la nombra: escríbalo de nuevo ({command}) o bórrelo.").format(
                path=path, command=_command(path)
            )
    for folder in _others(home):
        for path in sorted(folder.rglob("*")):
            if _is_of(path, student_id) or _names(path, wanted):
                yield _("{path} todavía la nombra: bórrelo.").format(path=path)


def _command(path: Path) -> str:
    """What writes an exported file anew, in its own place."""
    made = _EXPORTED.fullmatch(path.name)
    if made is None:
        return "ciberaula export"
    return f"ciberaula export {made[2] or '--all'} --format {made[1]}"


def _others(home: Path) -> Iterator[Path]:
    """Where bundles went when they were looked at, and what a run that was killed left."""
    yield from (folder for folder in (home / DASK, home / "autograded" / ASIDE) if folder.is_dir())
    for name in (ACCEPTED, REFUSED):
        yield from (folder for depth in ("", "*/") for folder in sorted(home.glob(depth + name)) if folder.is_dir())


def _names(path: Path, wanted: re.Pattern[bytes]) -> bool:
    """Whether a file tells of the person, packed or not. One that cannot be searched may."""
    if path.is_symlink() or not path.is_file():
        return False
    try:
        if path.stat().st_size > _MOST_BYTES:
            return True
        if not zipfile.is_zipfile(path):
            return bool(wanted.search(path.read_bytes()))
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if sum(one.file_size for one in members) > _MOST_BYTES:
                return True
            return any(wanted.search(one.filename.encode()) or wanted.search(archive.read(one)) for one in members)
    except (OSError, RuntimeError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return True
