"""The tables of a database, made or brought up to date by alembic, all in one transaction."""

from pathlib import Path

from sqlalchemy import Connection, Engine, column, inspect, select, table, text

from ciberaula.casework.store import trouble
from ciberaula.casework.store.engines import READS

MIGRATIONS = Path(__file__).with_name("migrations")
VERSION_TABLE = "casework_version"
SCHEMA = "0002"
"""The last migration: a database that has it needs no alembic, which takes long to load."""

_VERSION = table(VERSION_TABLE, column("version_num"))
_LOCK = 20260309  # any number, ours: two desks that open a new PostgreSQL database at once take turns


def upgrade(engine: Engine, place: str, migrations: Path = MIGRATIONS, schema: str = SCHEMA) -> None:
    """Bring the database up to ``schema``.

    Raises ``UserError`` where it holds something else, or is newer than this program; it is then left as it was.
    """
    with engine.connect().execution_options(**{READS: True}) as connection:
        if _version(connection, place) == schema:
            return
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            if connection.scalar(text("SHOW server_encoding")) != "UTF8":
                raise trouble.wrong_encoding(place)
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if _version(connection, place) != schema:
            _migrate(connection, place, migrations)


def _version(connection: Connection, place: str) -> str | None:
    """The migration that the database stands at; ``None`` for an empty one."""
    names = inspect(connection).get_table_names()
    if VERSION_TABLE in names:
        version: str | None = connection.scalar(select(_VERSION.c.version_num))
        return version
    from ciberaula.casework.store.tables import METADATA

    # A file is ours alone; a PostgreSQL database may hold other tables, as long as they are not called like ours.
    if names and (connection.dialect.name == "sqlite" or not METADATA.tables.keys().isdisjoint(names)):
        raise trouble.foreign(place)
    return None


def _migrate(connection: Connection, place: str, migrations: Path) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes.update(connection=connection, version_table=VERSION_TABLE)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    version = _version(connection, place)
    if version is not None and version not in known:
        raise trouble.newer(place)
    command.upgrade(config, "head")
