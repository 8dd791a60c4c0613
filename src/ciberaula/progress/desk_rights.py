"""The rights of a participant at the shared case desk: what she did there, and its erasure.

There she goes by an id of the desk's own; who that is, only her pseudonym tells. That is in every learning record that she
handed in, or she tells it herself.
"""

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from ciberaula.casework.store import FILE_NAME, open_store, shared_url
from ciberaula.casework.store.participants import forget, of_person
from ciberaula.casework.store.personal import left_by, strike_out
from ciberaula.casework.store.sql import SqlStore
from ciberaula.classroom.record import RECORD_FILE, read_statements


def pseudonyms_in(files: Iterable[Path]) -> frozenset[str]:
    """The pseudonyms in those of ``files`` that are learning records."""
    found = (
        statement.get("actor", {}).get("account", {}).get("name")
        for file in files
        if file.name == RECORD_FILE
        for statement in read_statements(file)
    )
    return frozenset(name for name in found if isinstance(name, str))


def held_on_desk(home: Path, pseudonyms: Collection[str]) -> bytes | None:
    """What they did and wrote on the shared desk, as JSON; ``None`` where they never were there.

    Raises ``UserError`` where its database is out of reach.
    """
    store = _desk(home)
    if store is None:
        return None
    try:
        with store.begin() as unit:
            found: list[dict[str, Any]] = [
                {
                    "usuario": who.user,
                    "nombre en la mesa": who.name,
                    "desde": who.joined_at.isoformat(),
                    **left_by(unit, who.user),
                }
                for name in sorted(pseudonyms)
                for who in of_person(unit, name)
            ]
    finally:
        store.close()
    return json.dumps(found, ensure_ascii=False, indent=1).encode() if found else None


def erase_from_desk(home: Path, pseudonyms: Collection[str]) -> bool:
    """Strike out what they wrote, and drop the only link between their ids and them; whether there was anything.

    The chain of the audit stays whole (:mod:`ciberaula.casework.store.personal`). Raises ``UserError`` where the database is
    out of reach, and then nothing was erased.
    """
    store = _desk(home)
    if store is None:
        return False
    try:
        with store.begin() as unit:
            users = [who.user for name in sorted(pseudonyms) for who in of_person(unit, name)]
            for user in users:
                strike_out(unit, user, datetime.now().replace(microsecond=0))
            forget(unit, users)
        if users:
            store.compact()
    finally:
        store.close()
    return bool(users)


def _desk(home: Path) -> SqlStore | None:
    """The shared desk of this installation, where there is one."""
    if shared_url() is None and not (home / FILE_NAME).exists():
        return None
    return open_store(folder=home)
