"""Stable pseudonyms: the same participant gets the same one in every snapshot, and nobody can guess them."""

import hashlib
import hmac
import os
import secrets
import time
from pathlib import Path

from ciberaula.errors import UserError
from ciberaula.files import cause
from ciberaula.i18n import _

SECRET_BYTES = 32
# 64 bits: with 100,000 participants the chance that any two coincide is about 3 in 10 thousand million.
SHOWN_HEX = 16


def progress_folder(home: Path) -> Path:
    """``home/progress``, made private (0700): everything below it is personal data."""
    folder = home / "progress"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def secret(home: Path) -> bytes:
    """The installation's own random key, made on first use in ``home/progress/secret`` with mode 0600.

    Whoever loses it loses the link between old and new snapshots, and nothing else. Raises ``UserError`` where the file
    is too short to be one (a cut copy) or cannot be read.
    """
    path = progress_folder(home) / "secret"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(SECRET_BYTES))
    try:
        key = path.read_bytes()
        for _try in range(20):
            if len(key) >= SECRET_BYTES:
                break
            time.sleep(0.01)  # another process may have made the file just now
            key = path.read_bytes()
    except OSError as error:
        raise UserError(
            _("No se puede leer {path} ({reason}): abra el aula con la cuenta que la instaló.").format(
                path=path, reason=cause(error)
            )
        ) from error
    if len(key) < SECRET_BYTES:
        raise UserError(
            _("{path} está incompleto: restaure su copia, o bórrelo y ejecute de nuevo «ciberaula progress».").format(
                path=path
            )
        )
    return key


def pseudonym(key: bytes, student_id: str) -> str:
    """HMAC-SHA256 (RFC 2104) of the participant's id, as 16 hexadecimal digits."""
    return hmac.new(key, student_id.encode(), hashlib.sha256).hexdigest()[:SHOWN_HEX]
