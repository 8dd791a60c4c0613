"""Graded folders are made aside and moved into place once the gradebook has their marks, so that no crash parts the two.

The order is: folder aside, one transaction with the marks and a receipt, folder into place. Whoever finds a folder that
somebody left aside looks its receipt up: the gradebook has it, and the folder belongs in its place; or has not, and it goes.
"""

import contextlib
import fcntl
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from ciberaula.files import sync_disk

RECEIPT = "calificacion.txt"
# In the folder of graded copies, and so on the same disk: a rename is all it takes. nbgrader does not look at dotted names.
ASIDE = ".calificando"
_LOCK = "en-uso"


class Stage:
    """A folder of this process under ``root``, held by a lock that ends with the process, however it ends."""

    def __init__(self, root: Path) -> None:
        made = root / f".{uuid.uuid4().hex}"
        made.mkdir(parents=True)
        self._lock = (made / _LOCK).open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        # Only now can ``recover`` see it: never without its lock.
        self.folder = made.rename(root / made.name.removeprefix("."))
        self._left = False

    def place(self, receipt: str) -> Path:
        """An empty folder for a graded submission, with its receipt in it."""
        folder = self.folder / receipt
        folder.mkdir()
        (folder / RECEIPT).write_text(receipt + "\n", encoding="utf-8")
        return folder

    def drop(self, receipt: str) -> None:
        """Forget a folder that will not be used."""
        shutil.rmtree(self.folder / receipt, ignore_errors=True)

    def secure(self) -> None:
        """Return when everything that was written here is on the disk, and would outlive a power cut."""
        sync_disk(self.folder)

    def publish(self, receipt: str, target: Path, counts: Callable[[], bool] = lambda: True) -> None:
        """Put a folder in its place, one process at a time; what was there goes. Nothing happens unless it still ``counts``.

        Raises ``OSError`` where the system does not let us: then what was there is there, and the folder stays aside for
        ``recover``.
        """
        with _publishing(self.folder.parent):
            if not counts():
                self.drop(receipt)
                return
            try:
                _swap(self.folder / receipt, target, self.folder)
            except OSError:
                self._left = True
                raise

    def close(self) -> None:
        """Give up the lock, and the folder unless something in it has yet to find its place."""
        if not self._left:
            shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.close()


def receipt_in(folder: Path) -> str | None:
    """The receipt of a graded folder; ``None`` where there is none, as when nbgrader graded it by itself."""
    try:
        return (folder / RECEIPT).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None


def in_hand(root: Path, receipt: str) -> bool:
    """Whether a process that is alive has the graded folder with this receipt aside, on its way into place."""
    return any(is_held(folder.parent / _LOCK) and folder.is_dir() for folder in root.glob(f"[!.]*/{receipt}"))


def recover(root: Path, where: Callable[[str], Path | None]) -> int:
    """Finish what processes left that are gone; return how many folders came into their place.

    ``where`` gives the place of a receipt that counts in the gradebook, ``None`` for any other.
    """
    placed = 0
    for folder in sorted(root.glob("[!.]*")):
        with _abandoned(folder) as free:
            if not free:
                continue
            with contextlib.suppress(OSError), _publishing(root):  # what cannot be placed now waits for the next time
                for left in sorted(folder.iterdir()):
                    target = where(left.name) if left.is_dir() else None
                    if target is not None and receipt_in(target) != left.name:
                        _swap(left, target, folder)
                        placed += 1
                shutil.rmtree(folder, ignore_errors=True)
    return placed


def is_held(lock: Path) -> bool:
    """Whether a living process holds a lock file. Leaves no trace, also where that process is just removing it."""
    try:
        with lock.open() as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


@contextlib.contextmanager
def _publishing(root: Path) -> Iterator[None]:
    """Alone, among all processes that share ``root``."""
    with (root / f".{_LOCK}").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _abandoned(folder: Path) -> Iterator[bool]:
    try:
        lock = (folder / _LOCK).open("a")
    except OSError:
        # Its owner has just made it, or has just removed it; a folder alone holds nothing yet.
        yield False
        return
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def _swap(folder: Path, target: Path, aside: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    before = aside / f"antes-{uuid.uuid4().hex}"
    with contextlib.suppress(FileNotFoundError):
        target.rename(before)
    try:
        folder.rename(target)
    except OSError:
        with contextlib.suppress(OSError):
            before.rename(target)
        raise
    shutil.rmtree(before, ignore_errors=True)
