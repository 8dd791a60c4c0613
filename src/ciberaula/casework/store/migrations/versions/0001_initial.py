"""The first tables of the case desk.

A migration tells what a database looked like then, so it writes the tables out and reads none of the program's: a later
change of an entity is a later migration. Types: ``text``, ``word`` (of a fixed vocabulary), ``int``, ``bool``, ``time``
(naive: the simulated office's), ``json`` (a list); with ``?`` it may be empty.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None

_KEY: TypeEngine[Any] = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_NUMBER: TypeEngine[Any] = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TYPES: dict[str, TypeEngine[Any]] = {
    "text": sa.Text(),
    "word": sa.String(),
    "int": sa.Integer(),
    "bool": sa.Boolean(),
    "time": sa.DateTime(),
    "json": sa.JSON(),
    "key": _KEY,
    "number": _NUMBER,
}
_CASES = "cases"
_EVERY_ENTITY = "id:key case_id:key made_at:time made_by:text "
_ENTITIES = {
    "cases": (
        "code:text subject:text owner:text group:text opened_at:time status:word risk:word? "
        "previous_owner:text? reopened_at:time? closed_at:time?"
    ),
    "people": ("name:text relation:text age:int? language:text access_needs:text phone_note:text gender:text"),
    "relations": ("one:text other:text kind:text"),
    "households": ("canton:text area:text device:text connection:text members:json"),
    "concerns": ("kind:text detail:text urgent:bool"),
    "consents": (
        "person:text purpose:word granted:bool given_by:word to:json channels:json data:json how:text "
        "assent:bool? withdrawn_at:time?"
    ),
    "assessments": ("risk:word facts:text opinion:text with_person:bool"),
    "plans": ("goals:json agreed:bool restrictions:json safe_contact:text review_at:time?"),
    "services": ("kind:text provider:text status:word appointment_at:time? implemented_at:time?"),
    "transitions": ("kind:word to:text reason:text data:json status:word override:text answer:text answered_at:time?"),
    "follow_ups": ("kind:text due:time done_at:time? comment:text"),
    "contacts": (
        "who:text channel:word account:word purpose:text data:json incoming:bool minutes:int verified:bool "
        "safe_word:bool sanctioned:bool"
    ),
    "notes": ("facts:text opinion:text next:text happened_at:time contact:text?"),
    "documents": ("title:text kind:text data:json shared_with:json"),
    "approvals": ("kind:word status:word asked_by:text decided_by:text? reason:text"),
    "flags": ("reason:text due:time? lowered_at:time? lowered_why:text"),
    "consultations": ("to:text question:text answer:text"),
    "searches": ("about:text where:text purpose:text authorised_by:text"),
    "emergency_accesses": ("user:text reason:text until:time"),
    "closures": ("reason:text summary:text person_informed:bool reopened:bool"),
    "incidents": (
        "what:text known_at:time data:json people:json contained_at:time? measures:text risk:word? "
        "risk_known_at:time? supervisor_at:time? authority_at:time? people_at:time?"
    ),
}
_AUDIT = (
    "seq:number at:time actor:key role:word kind:word action:word action_id:key case_id:key entities:json reason:text "
    "previous:word digest:word"
)
_VERSIONS = "n:number case_id:key kind:word entity_id:key place:int action_id:key current:bool set_aside:bool body:text"
_INDEX = "case_id:key code:key name:text words:text owner:key group:key status:word step:word risk:word? next_due:time?"

# Nobody alters the chain through the database either. In SQLite a REPLACE removes a row without asking the trigger on
# DELETE, so an entry must also be the one that follows.
_SQLITE_TRIGGERS = (
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
    "CREATE TRIGGER audit_in_order BEFORE INSERT ON audit"
    " WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit)"
    " BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
)
_POSTGRESQL_TRIGGERS = (
    "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
)


def upgrade() -> None:
    """From nothing."""
    op.create_table(_CASES, *_columns(_EVERY_ENTITY + _ENTITIES[_CASES]), sa.PrimaryKeyConstraint("id"))
    for name, own in _ENTITIES.items():
        if name != _CASES:
            op.create_table(
                name, *_columns(_EVERY_ENTITY + own), _of_a_case(), sa.PrimaryKeyConstraint("case_id", "id")
            )
    _versions()
    _lists()
    _chain()


def _versions() -> None:
    current = sa.column("current", sa.Boolean()) == sa.true()
    op.create_table("versions", *_columns(_VERSIONS, numbered=True), _of_a_case(), sa.PrimaryKeyConstraint("n"))
    op.create_index("versions_by_entity", "versions", ["entity_id"])
    op.create_index("versions_current", "versions", ["case_id"], sqlite_where=current, postgresql_where=current)


def _lists() -> None:
    op.create_table("case_index", *_columns(_INDEX), _of_a_case())
    op.create_index("case_index_by_id", "case_index", ["case_id"], unique=True)
    op.create_index("case_index_by_code", "case_index", ["code", "case_id"])
    op.create_index("case_index_by_owner", "case_index", ["owner", "code", "case_id"])
    op.create_index("case_index_by_group", "case_index", ["group", "code", "case_id"])
    op.create_index("case_index_by_due", "case_index", ["next_due"])
    for table, key in (("case_words", "word"), ("case_addressed", "user")):
        columns = _columns(f"{key}:key case_id:key")
        op.create_table(table, *columns, _of_a_case(), sa.PrimaryKeyConstraint(key, "case_id"), sqlite_with_rowid=False)
        op.create_index(f"{table}_by_case", table, ["case_id"])


def _chain() -> None:
    op.create_table("audit", *_columns(_AUDIT), sa.PrimaryKeyConstraint("seq"))
    op.create_index("audit_by_case", "audit", ["case_id", "seq"])
    op.create_index("audit_by_action", "audit", ["action_id"])
    head = op.create_table("chain_head", *_columns("id:int seq:number digest:word"), sa.PrimaryKeyConstraint("id"))
    op.bulk_insert(head, [{"id": 1, "seq": 0, "digest": ""}])
    triggers = _SQLITE_TRIGGERS if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL_TRIGGERS
    for trigger in triggers:
        op.execute(trigger)


def _columns(words: str, *, numbered: bool = False) -> list[sa.Column[Any]]:
    """Columns of ``name:type`` words; ``numbered``: the first one counts by itself."""
    columns: list[sa.Column[Any]] = []
    for number, word in enumerate(words.split()):
        name, _colon, of = word.partition(":")
        counts = numbered and number == 0
        columns.append(sa.Column(name, _TYPES[of.rstrip("?")], nullable=of.endswith("?"), autoincrement=counts))
    return columns


def _of_a_case() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["case_id"], ["cases.id"])
