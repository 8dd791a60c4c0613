"""The way to a database: from an address to an engine that keeps every transaction whole."""

import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from ciberaula.casework.store import trouble

# Option of a connection that will only read and need not wait for who writes.
READS = "casework_reads"
# Option of a connection for what a database only does between transactions.
BETWEEN = "casework_between"
WAIT_S: float = 30
CHECKED_WHOLE = 16 * 1024 * 1024  # bytes; a larger file would take seconds to read through at every opening
_HEADER = b"SQLite format 3\0"


def open_engine(address: str) -> tuple[Engine, str]:
    """An engine for a path, an SQLite or a PostgreSQL address, and how to name the database to people (no password).

    Raises ``UserError`` for an address of nothing that we can use, and for a file that is damaged, which is left alone.
    """
    url = _url(address)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    if url.get_backend_name() == "postgresql":
        return _postgresql(url)
    raise trouble.wrong_url()


def _url(address: str) -> URL:
    if "://" not in address:
        return URL.create("sqlite", database=address)
    scheme, rest = address.split("://", 1)
    if scheme == "postgres":  # as many hosting services write it
        scheme = "postgresql"
    try:
        return make_url(f"{scheme}://{rest}")
    except (ArgumentError, ValueError) as error:
        raise trouble.wrong_url() from error


# SQLite --------------------------------------------------------------------------------------------------------------


def _sqlite(url: URL) -> tuple[Engine, str]:
    if not url.database or url.database == ":memory:":
        raise trouble.wrong_url()
    path = Path(url.database)
    _check_file(path)
    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"timeout": WAIT_S}, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine, str(path)


def _check_file(path: Path) -> None:
    """Look at an existing file without a chance of changing it, before anything opens it for writing."""
    try:
        if not path.exists() or not path.stat().st_size:
            return
        with path.open("rb") as stream:
            header = stream.read(len(_HEADER))
    except OSError as error:
        raise trouble.unreadable(error, str(path)) from error
    if header != _HEADER:
        raise trouble.damaged(str(path))
    if _beside(path, "-journal").exists():  # being made by somebody, or cut off while it was: SQLite mends it
        return
    try:
        before = path.stat()
        # Read as a file that nobody writes, SQLite leaves no files of its own beside it. Where somebody has it open, or
        # wrote to it meanwhile, what was read may not fit together, and only SQLite's own way of sharing tells.
        if _beside(path, "-wal").exists() or not _is_whole(path, "immutable=1"):
            now = path.stat()
            same = (now.st_size, now.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
            alone = same and not _beside(path, "-wal").exists()
            if alone or not _is_whole(path, "mode=ro"):
                raise trouble.damaged(str(path))
    except sqlite3.Error as error:
        raise trouble.explain_sqlite(error, str(path)) or trouble.damaged(str(path)) from error


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _is_whole(path: Path, how: str) -> bool:
    """Can the file be read as a database? ``sqlite3.Error`` is raised for what is not damage."""
    reader = sqlite3.connect(f"file:{quote(str(path.absolute()))}?{how}", uri=True, timeout=WAIT_S)
    try:
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        small = path.stat().st_size <= CHECKED_WHOLE
        return not small or reader.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except UnicodeDecodeError:  # SQLite tells of the damage in the damaged words themselves
        return False
    except sqlite3.Error as error:
        if trouble.is_damage(error):
            return False
        raise
    finally:
        reader.close()


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own idea of when a transaction begins is too late: it would read before it locks.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        _use_wal(cursor)
    cursor.execute("PRAGMA synchronous = FULL")  # what was committed stays, even after a power cut
    cursor.close()


def _use_wal(cursor: sqlite3.Cursor) -> None:
    """Write-ahead log. SQLite does not wait by itself for another desk that is opening the same new file."""
    until = time.monotonic() + WAIT_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(BETWEEN, False):
        connection.exec_driver_sql("BEGIN" if options.get(READS, False) else "BEGIN IMMEDIATE")


# PostgreSQL ----------------------------------------------------------------------------------------------------------


def _postgresql(url: URL) -> tuple[Engine, str]:
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            isolation_level="READ COMMITTED",  # each statement sees what was committed before it: also after a wait
            pool_pre_ping=True,
            connect_args={"connect_timeout": 10},
            hide_parameters=True,
        )
    except ModuleNotFoundError as error:
        raise trouble.no_driver() from error
    event.listen(engine, "connect", _prepare_postgresql)
    return engine, _place(url)


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """A desk that hangs (a laptop put to sleep in mid-action) must not keep all others waiting."""
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = {round(WAIT_S * 1000)}")
    connection.execute("SET idle_in_transaction_session_timeout = '60s'")
    connection.autocommit = False


def _place(url: URL) -> str:
    """How to name the database: never who enters it, nor with what."""
    host = url.host or url.query.get("host") or "localhost"
    if not isinstance(host, str):
        host = ", ".join(host)
    return f"«{url.database or ''}» ({host})"
