"""Entities and audit entries as rows, and back, from the fields of their dataclasses."""

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError, to_jsonable_python
from sqlalchemy import RowMapping

from ciberaula.casework.entities import AuditEntry, Entity
from ciberaula.casework.store.protocol import CaseLine
from ciberaula.casework.store.tables import NAMES
from ciberaula.casework.vocabulary import Role
from ciberaula.errors import UserError
from ciberaula.i18n import _

KIND_OF: Mapping[str, type[Entity]] = {name: kind for kind, name in NAMES.items()}
_ADAPTERS: Mapping[type[Entity], TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in KIND_OF.values()}
_FIELDS: Mapping[type[Any], tuple[str, ...]] = {
    kind: tuple(one.name for one in fields(kind)) for kind in (*KIND_OF.values(), AuditEntry, CaseLine)
}


def body(entity: Entity) -> str:
    """The whole entity as JSON. Raises ``UserError`` where a text holds what no database keeps."""
    try:
        return _ADAPTERS[type(entity)].dump_json(entity).decode()
    except PydanticSerializationError as error:  # half of a character pair, which is no text
        raise _unfit() from error


def entity(kind: str, body: str) -> Entity:
    """The entity of table ``kind`` that :func:`body` wrote."""
    read: Entity = _ADAPTERS[KIND_OF[kind]].validate_json(body)
    return read


def row(of: Entity | AuditEntry | CaseLine) -> dict[str, Any]:
    """Column -> value: words as their text, tuples as lists for JSON. Raises ``UserError`` as :func:`body` does."""
    return {name: _value(getattr(of, name)) for name in _FIELDS[type(of)]}


def _value(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return to_jsonable_python(value)
    if isinstance(value, str):
        _check(value)
    return value


def _check(text: str) -> None:
    if "\0" in text:  # PostgreSQL keeps none; SQLite would cut the text there in many tools
        raise _unfit()
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _unfit() from error


def _unfit() -> UserError:
    return UserError(
        _(
            "El texto tiene un carácter que no se puede guardar: bórrelo (suele venir de copiar y pegar) y repita la acción."
        )
    )


def entry(row: RowMapping) -> AuditEntry:
    """The audit entry of a row of ``audit``."""
    values: dict[str, Any] = {name: row[name] for name in _FIELDS[AuditEntry]}
    return AuditEntry(**{**values, "role": Role(row["role"]), "entities": tuple(row["entities"])})
