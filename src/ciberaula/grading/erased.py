"""Who was erased, so that a list that still has them does not bring them back unnoticed: no id, only its fingerprint.

To keep nothing at all would leave the instructor without a warning when an old list is imported again; to keep the id would
undo the erasure. A fingerprint with a random key of its own (HMAC-SHA256, RFC 2104) tells neither the id nor when it was
erased, only whether an id that somebody already has is among them. It goes when the person comes back, or with the home.
"""

import hmac
import secrets
from collections.abc import Iterable
from pathlib import Path

from ciberaula.files import write_atomic
from ciberaula.grading.roster import roster_path

_KEY_BYTES = 32
_PRIVATE = 0o600


def remember(student: str, home: Path | None = None) -> None:
    """Keep the fingerprint of somebody who was erased."""
    key, known = _read(home)
    _write(home, key, {*known, _fingerprint(key, student)})


def erased_among(students: Iterable[str], home: Path | None = None) -> list[str]:
    """Those of ``students`` who were erased before."""
    key, known = _read(home)
    return [one for one in students if _fingerprint(key, one) in known]


def forget(students: Iterable[str], home: Path | None = None) -> None:
    """Drop the fingerprints of people who are back."""
    key, known = _read(home)
    left = known - {_fingerprint(key, one) for one in students}
    if left != known:
        _write(home, key, left)


def _fingerprint(key: bytes, student: str) -> str:
    return hmac.new(key, student.casefold().encode(), "sha256").hexdigest()  # ids that differ in case are one


def _path(home: Path | None) -> Path:
    return (home or roster_path().parent) / "borrados.txt"


def _read(home: Path | None) -> tuple[bytes, set[str]]:
    """The key and the fingerprints; a new key where there is no file, or none that can be read."""
    try:
        key, *known = _path(home).read_text(encoding="ascii").split()
        return bytes.fromhex(key), set(known)
    except (OSError, ValueError):
        return secrets.token_bytes(_KEY_BYTES), set()


def _write(home: Path | None, key: bytes, known: set[str]) -> None:
    path = _path(home)
    if not known:
        path.unlink(missing_ok=True)
        return
    write_atomic(path, "\n".join([key.hex(), *sorted(known), ""]).encode())  # in no order of time
    path.chmod(_PRIVATE)
