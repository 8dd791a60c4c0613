"""Who learns: a pseudonym, random and never a name, and the id of a person who works alone."""

import json
import os
import re
import secrets
from pathlib import Path

from ciberaula.errors import UserError
from ciberaula.files import write_atomic
from ciberaula.i18n import _

# The person who works alone on this machine; the demonstration's roster and «Mi avance» know this id.
LOCAL_STUDENT = "participante"
PSEUDONYM_FILE = Path(".ciberaula") / "participante.json"
_SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{2,63}")


def pseudonym(folder: Path) -> str:
    """The pseudonym kept in ``.ciberaula/participante.json`` at or above ``folder``; made in ``folder`` where there is none.

    ``CIBERAULA_PSEUDONYM`` takes its place. Raises ``UserError`` for one that is no plain identifier, and ``OSError``
    where it can't be kept.
    """
    named = os.environ.get("CIBERAULA_PSEUDONYM")
    if named:
        return _checked(named, "CIBERAULA_PSEUDONYM")
    for place in [folder, *folder.parents]:
        file = place / PSEUDONYM_FILE
        if file.is_file():
            return _read(file)
    made = f"p-{secrets.token_hex(8)}"
    file = folder / PSEUDONYM_FILE
    file.parent.mkdir(exist_ok=True)
    write_atomic(file, json.dumps({"schema": 1, "pseudonym": made}).encode() + b"\n")
    return made


def _read(file: Path) -> str:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))["pseudonym"]
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(
            _("{file} está dañado: bórrelo y se creará un seudónimo nuevo.").format(file=PSEUDONYM_FILE)
        ) from error
    return _checked(found, str(PSEUDONYM_FILE))


def _checked(name: object, where: str) -> str:
    if isinstance(name, str) and _SHAPE.fullmatch(name):
        return name
    raise UserError(_("{where}: el seudónimo solo admite letras, números, guiones y puntos.").format(where=where))
