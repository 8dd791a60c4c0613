"""Who of a cohort shares the desk. Types as in the first migration."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0002"
down_revision = "0001"

_KEY: TypeEngine[Any] = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """One table beside the cases; nobody is in it."""
    op.create_table(
        "participants",
        sa.Column("user", _KEY, nullable=False),
        sa.Column("person", _KEY, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("user"),
    )
    op.create_index("participants_by_person", "participants", ["person", "role"], unique=True)
