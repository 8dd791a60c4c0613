"""The rights of a participant at the shared case desk: what she did there, and its erasure.

There she goes by an id of the desk's own; who that is, only her pseudonym tells. That is in every learning record that she
handed in, or she tells it herself.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ciberaula.casework.store import FILE_NAME, open_store, shared_url
from ciberaula.casework.store.participants import Participant, forget, of_person
from ciberaula.casework.store.personal import left_by, strike_out
from ciberaula.casework.store.sql import SqlStore, SqlUnit
from ciberaula.classroom.record import RECORD_FILE, read_statements
from ciberaula.errors import UserError
from ciberaula.i18n import _


@dataclass(frozen=True)
class Person:
    """Whose rights: her ``files`` under ``home``, those of the ``others``, and the pseudonyms that she ``told``."""

    home: Path
    files: Collection[Path]
    others: Iterable[Path]
    told: Collection[str] = ()


def held_on_desk(person: Person) -> bytes | None:
    """What she did and wrote on the shared desk, as JSON; ``None`` where she never was there.

    Raises ``UserError`` where its database is out of reach, or it is not clear who she is there.
    """
    with _desk(person.home) as store:
        if store is None:
            return None
        with store.begin() as unit:
            found = [
                {
                    "usuario": who.user,
                    "nombre en la mesa": who.name,
                    "desde": who.joined_at.isoformat(),
                    **left_by(unit, who.user),
                }
                for who in _as_whom(unit, person)
            ]
    return json.dumps(found, ensure_ascii=False, indent=1).encode() if found else None


def erase_from_desk(person: Person) -> bool:
    """Strike out what she wrote, and drop the only link between her ids and her; whether there was anything.

    The chain of the audit stays whole (:mod:`ciberaula.casework.store.personal`). Raises ``UserError`` as
    :func:`held_on_desk` does, and then nothing was erased.
    """
    with _desk(person.home) as store:
        if store is None:
            return False
        with store.begin() as unit:
            users = [who.user for who in _as_whom(unit, person)]
            for user in users:
                strike_out(unit, user, datetime.now().replace(microsecond=0))
            forget(unit, users)
        if users:
            store.compact()
    return bool(users)


@contextmanager
def _desk(home: Path) -> Iterator[SqlStore | None]:
    """The shared desk of this installation, where there is one."""
    if shared_url() is None and not (home / FILE_NAME).exists():
        yield None
        return
    store = open_store(folder=home)
    try:
        yield store
    finally:
        store.close()


def _as_whom(unit: SqlUnit, person: Person) -> list[Participant]:
    """Her users on the desk. A pseudonym that somebody else handed in too (a shared computer) must be told by her."""
    told = [who for name in sorted(set(person.told)) for who in of_person(unit, name)]
    handed_in = _pseudonyms(person.files) - set(person.told)
    found = {name: of_person(unit, name) for name in sorted(handed_in)}
    found = {name: users for name, users in found.items() if users}
    if found and not found.keys().isdisjoint(_pseudonyms(person.others)):
        raise UserError(
            _(
                "Otra persona entregó con el mismo seudónimo (¿un equipo compartido?): pregunte cuál es el suyo en la mesa de "
                "casos y repita la orden con --pseudonym."
            )
        )
    return told + [who for users in found.values() for who in users]


def _pseudonyms(files: Iterable[Path]) -> set[str]:
    """The pseudonyms in those of ``files`` that are learning records."""
    return {
        str(statement["actor"]["account"]["name"])
        for file in files
        if file.name == RECORD_FILE
        for statement in read_statements(file)
    }
