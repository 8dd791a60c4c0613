"""A shared desk made ready for the next cohort: every case, participant and entry goes, and the tables are made anew."""

from sqlalchemy import text

from ciberaula.casework.store.sql import SqlStore
from ciberaula.casework.store.tables import METADATA
from ciberaula.casework.store.upgrade import VERSION_TABLE, upgrade


def empty(store: SqlStore) -> None:
    """Take everything out of the database; other applications' tables beside ours stay.

    The chain begins anew: whoever may do this could also have kept a copy, so it is for whoever runs the exercise. Raises
    ``UserError`` where the database does not let it.
    """
    with store.told(), store.engine.begin() as connection:
        METADATA.drop_all(connection)
        connection.execute(text(f"DROP TABLE {VERSION_TABLE}"))
        if connection.dialect.name == "postgresql":
            connection.execute(text("DROP FUNCTION audit_refuse()"))
    with store.told():
        upgrade(store.engine, store.place)
        store.compact()
