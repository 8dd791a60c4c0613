"""What has arrived: submissions in nbgrader's exchange, bundles in a folder. Both may still be on their way when seen.

Folders on a network share tell nobody of a change, so both are looked at again and again. Time is the machine's own
running clock: the date of a file, or a jump of the calendar, never decides anything.
"""

import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from ciberaula.grading.feedback import NAMED_BY

Clock = Callable[[], float]

# nbgrader opens a submission's folder to everyone as the last thing it does.
_OPENED = 0o777
REST_SECONDS = 1.5
# For a folder that never gets the file that nbgrader writes last: one put there by hand, or cut short.
PATIENCE_SECONDS = 30.0

ACCEPTED: Final = "recibidos"
REFUSED: Final = "rechazados"


@dataclass(frozen=True)
class Arrival:
    """A submission in the exchange: the name of its folder, and what that name says."""

    name: str
    student: str
    assignment: str
    seen_at: float


@dataclass
class _Watched:
    state: object
    since: float
    first: float


@dataclass
class Inbox:
    """The exchange's ``inbound`` folder. Every submission in it is told once, when it is complete."""

    folder: Path
    clock: Clock = time.monotonic
    _told: set[str] = field(default_factory=set)
    _watched: dict[str, _Watched] = field(default_factory=dict)

    def complete(self) -> list[Arrival]:
        """The submissions that are complete and were not told before. A folder that is away holds none."""
        now = self.clock()
        found = []
        for entry in _entries(self.folder):
            if entry.name in self._told:
                continue
            parts = entry.name.rsplit("+", 3)
            if len(parts) < 3 or not entry.is_dir(follow_symlinks=False):
                self._told.add(entry.name)
                continue
            if self._is_complete(entry, now):
                watched = self._watched.pop(entry.name)
                self._told.add(entry.name)
                found.append(Arrival(entry.name, parts[0], parts[1], watched.first))
        return found

    @property
    def waiting(self) -> bool:
        """True where a folder was seen that is still being copied."""
        return bool(self._watched)

    def was_told(self, folder: Path) -> bool:
        """True for a folder that was complete at the last look."""
        return folder.name in self._told

    def _is_complete(self, entry: os.DirEntry[str], now: float) -> bool:
        try:
            folder = entry.stat(follow_symlinks=False)
            last = _size(Path(entry.path, NAMED_BY))
        except OSError:
            return False
        state = (folder.st_mtime_ns, folder.st_mode, last)
        watched = self._watched.setdefault(entry.name, _Watched(state, now, now))
        if watched.state != state:
            watched.state, watched.since = state, now
        rested = now - watched.since
        if last:
            return stat.S_IMODE(folder.st_mode) == _OPENED or rested >= REST_SECONDS
        return rested >= PATIENCE_SECONDS


@dataclass
class BundleBox:
    """A folder that bundles are copied to. What was looked at moves on to a folder beside it, so nothing is tried for ever."""

    folder: Path
    clock: Clock = time.monotonic
    _watched: dict[str, _Watched] = field(default_factory=dict)
    _stuck: set[tuple[str, object]] = field(default_factory=set)

    def complete(self) -> list[Path]:
        """The bundles that have not grown or changed for a while, in order of name."""
        now, ready, present = self.clock(), [], set()
        for entry in _entries(self.folder):
            if entry.name.startswith(".") or not entry.name.lower().endswith(".zip"):
                continue
            try:
                about = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if stat.S_ISDIR(about.st_mode):
                continue
            present.add(entry.name)
            state = (about.st_size, about.st_mtime_ns, about.st_ino)
            watched = self._watched.setdefault(entry.name, _Watched(state, now, now))
            if watched.state != state:
                watched.state, watched.since = state, now
            if now - watched.since >= REST_SECONDS and (entry.name, state) not in self._stuck:
                ready.append(Path(entry.path))
        self._watched = {name: watched for name, watched in self._watched.items() if name in present}
        return sorted(ready)

    @property
    def waiting(self) -> bool:
        """True where a bundle was seen that will be told once it rests."""
        return any((name, watched.state) not in self._stuck for name, watched in self._watched.items())

    def settle(self, bundle: Path, place: Literal["recibidos", "rechazados"], words: str = "") -> None:
        """Move a bundle on, with ``words`` in a file of the same name beside it. Where the folder does not let us, it stays,
        and is not told again until it changes."""
        watched = self._watched.pop(bundle.name, None)
        try:
            target = _free_name(self.folder / place, bundle.name)
            bundle.rename(target)
            if words:
                note = os.fsdecode(os.fsencode(target.name)[:251]) + ".txt"  # the longest names have no room for more
                target.with_name(note).write_text(words + "\n", encoding="utf-8", errors="replace")
        except OSError:
            if watched is not None and bundle.exists():
                self._watched[bundle.name] = watched
                self._stuck.add((bundle.name, watched.state))


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:
        return


def _size(path: Path) -> int:
    try:
        about = path.lstat()
    except FileNotFoundError:
        return 0
    return about.st_size if stat.S_ISREG(about.st_mode) else 0


def _free_name(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    target, number = folder / name, 1
    while target.exists() or target.is_symlink():
        number += 1
        target = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return target
