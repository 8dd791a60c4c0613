"""The tables of the case desk, for SQLite and PostgreSQL alike.

``versions`` holds every version of every entity whole (JSON): a case is opened from it in one query, and nothing that was
ever put leaves it. Beside it stands one relational table for each kind of entity, with a column for each field and the
current version in its row: for exports and for questions in SQL. ``case_index`` and its two companions are what lists
are found by, ``audit`` is the chain (triggers of the migration keep it from being altered) and ``chain_head`` its end.

How they come to be in a database, and how an older one is changed, is for the migrations; a test holds both together.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    true,
)
from sqlalchemy.types import TypeEngine

from ciberaula.casework import entities
from ciberaula.casework.entities import KINDS, Entity

METADATA = MetaData()

# Ordered and compared by code point, as Python and SQLite do, whatever the language of the server.
KEY = String().with_variant(String(collation="C"), "postgresql")
NUMBER = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows by itself only as INTEGER

_PLURALS = {
    "Person": "people",
    "Assessment": "assessments",
    "FollowUp": "follow_ups",
    "Search": "searches",
    "EmergencyAccess": "emergency_accesses",
}
NAMES: Mapping[type[Entity], str] = {kind: _PLURALS.get(kind.__name__, f"{kind.__name__.lower()}s") for kind in KINDS}
"""The table of each kind of entity; also how ``versions`` names the kind."""


def _type(hint: Any) -> tuple[TypeEngine[Any], bool]:
    """The column type for a field, and whether it may be empty."""
    empty = False
    if get_origin(hint) in (Union, UnionType):
        options = [one for one in get_args(hint) if one is not NoneType]
        hint, empty = options[0], len(options) < len(get_args(hint))
    if get_origin(hint) is tuple:
        return JSON(), empty
    plain: dict[type, TypeEngine[Any]] = {bool: Boolean(), int: Integer(), datetime: DateTime(), str: Text()}
    return (String() if issubclass(hint, StrEnum) else plain[hint]), empty


def _entity_table(kind: type[Entity]) -> Table:
    hints = get_type_hints(kind, vars(entities))
    columns = []
    for one in fields(kind):
        of, empty = _type(hints[one.name])
        columns.append(Column(one.name, KEY if one.name in ("id", "case_id") else of, nullable=empty))
    if kind is entities.Case:
        return Table(NAMES[kind], METADATA, *columns, PrimaryKeyConstraint("id"))
    by_name = {column.name: column for column in columns}
    by_name["case_id"].append_foreign_key(ForeignKey("cases.id"))
    return Table(NAMES[kind], METADATA, *columns, PrimaryKeyConstraint("case_id", "id"))


TABLES: Mapping[type[Entity], Table] = {kind: _entity_table(kind) for kind in KINDS}

VERSIONS = Table(
    "versions",
    METADATA,
    Column("n", NUMBER, primary_key=True, autoincrement=True),
    Column("case_id", KEY, ForeignKey("cases.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("entity_id", KEY, nullable=False),
    Column("place", Integer, nullable=False),  # of the entity in its case: the order in which they were first put
    Column("action_id", KEY, nullable=False),
    Column("current", Boolean, nullable=False),
    Column("set_aside", Boolean, nullable=False),
    Column("body", Text, nullable=False),
)
Index("versions_by_entity", VERSIONS.c.entity_id)
Index(
    "versions_current",
    VERSIONS.c.case_id,
    sqlite_where=VERSIONS.c.current == true(),
    postgresql_where=VERSIONS.c.current == true(),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", NUMBER, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False),
    Column("actor", KEY, nullable=False),
    Column("role", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("action", String, nullable=False),
    Column("action_id", KEY, nullable=False),
    Column(
        "case_id", KEY, nullable=False
    ),  # of no case («») for a search, or of none that there is for a refused attempt
    Column("entities", JSON, nullable=False),
    Column("reason", Text, nullable=False),
    Column("previous", String, nullable=False),
    Column("digest", String, nullable=False),
)
Index("audit_by_case", AUDIT.c.case_id, AUDIT.c.seq)
Index("audit_by_action", AUDIT.c.action_id)

# One row. Who writes locks it first, so that two desks at once keep one chain; it also shows an end that was cut off.
HEAD = Table(
    "chain_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", NUMBER, nullable=False),
    Column("digest", String, nullable=False),
)

INDEX = Table(
    "case_index",
    METADATA,
    Column("case_id", KEY, ForeignKey("cases.id"), nullable=False),
    Column("code", KEY, nullable=False),
    Column("name", Text, nullable=False),
    Column("words", Text, nullable=False),  # all words it is found by, each with a space before
    Column("owner", KEY, nullable=False),
    Column("group", KEY, nullable=False),
    Column("status", String, nullable=False),
    Column("step", String, nullable=False),
    Column("risk", String),
    Column("next_due", DateTime),
)
# A name of its own for each, so that a query for SQLite can say which one to go by.
BY_ID = Index("case_index_by_id", INDEX.c.case_id, unique=True)
BY_CODE = Index("case_index_by_code", INDEX.c.code, INDEX.c.case_id)
BY_OWNER = Index("case_index_by_owner", INDEX.c.owner, INDEX.c.code, INDEX.c.case_id)
BY_GROUP = Index("case_index_by_group", INDEX.c.group, INDEX.c.code, INDEX.c.case_id)
BY_DUE = Index("case_index_by_due", INDEX.c.next_due)

WORDS = Table(
    "case_words",
    METADATA,
    Column("word", KEY, primary_key=True),
    Column("case_id", KEY, ForeignKey("cases.id"), primary_key=True),
    sqlite_with_rowid=False,
)
Index("case_words_by_case", WORDS.c.case_id)

ADDRESSED = Table(
    "case_addressed",
    METADATA,
    Column("user", KEY, primary_key=True),
    Column("case_id", KEY, ForeignKey("cases.id"), primary_key=True),
    sqlite_with_rowid=False,
)
Index("case_addressed_by_case", ADDRESSED.c.case_id)

# Who shares the desk: the only place where the id that the audit knows meets a person's pseudonym (its digest). Erasing
# somebody takes her row out, and the chain stays as it is.
PARTICIPANTS = Table(
    "participants",
    METADATA,
    Column("user", KEY, primary_key=True),
    Column("person", KEY, nullable=False),
    Column("role", String, nullable=False),
    Column("name", Text, nullable=False),
    Column("joined_at", DateTime, nullable=False),
)
Index("participants_by_person", PARTICIPANTS.c.person, PARTICIPANTS.c.role, unique=True)
