"""Whether the gradebook can be used, and what a database says when it cannot, each in one line for people.

nbgrader opens whatever it is given: another version's tables, another program's, a text file. What is wrong would
come up half way, in English and over many lines; ``check_gradebook`` asks beforehand, and ``explain`` translates what
goes wrong later. Addresses are shown without user or password.
"""

import errno
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from ciberaula.errors import UserError
from ciberaula.files import cause
from ciberaula.i18n import _

# How long another program's writing, or a server that does not answer, is waited for.
PATIENCE_S = 5
ROOM = 1024 * 1024  # bytes without which no step is begun
_NEIGHBOURS = 64 * 1024  # bytes that SQLite needs beside a gradebook to open it (-wal, -shm)
_VERSION_TABLE = "alembic_version"
_OWN_TABLES = (
    "assignment",
    "submitted_assignment",
    "grade",
)  # some of nbgrader's: what makes a gradebook of a database


def check_gradebook(db_url: str, *, must_exist: bool = False) -> bool:
    """Raise ``UserError`` in one line unless nbgrader and we can use the gradebook at ``db_url``; whether it has one.

    Changes nothing.

    An empty database is fine, as is a file that is not there yet unless it ``must_exist``: nbgrader makes its tables.
    A file must let itself be written, too: even to read, nbgrader makes what tables it lacks. Opens one connection (about a
    millisecond for a file), and keeps none.
    """
    url = _url(db_url)
    place = place_of(db_url)
    if url.get_backend_name() == "sqlite" and not _is_there(url, must_exist):
        return False
    with plain_errors(db_url):
        tables, version = _look(url)
    if not tables:
        if must_exist:
            raise _missing(place)
        return False
    _judge(tables, version, place)
    return True


def check_tables(connection: sa.Connection, place: str) -> None:
    """Raise ``UserError`` where the database behind ``connection`` holds another program's tables, or another version's.

    Only reads; an empty database is fine.
    """
    tables, version = _tables_of(connection)
    if tables:
        _judge(tables, version, place)


def _judge(tables: set[str], version: str | None, place: str) -> None:
    if any(name not in tables for name in _OWN_TABLES):
        raise UserError(
            _(
                "{place} guarda datos de otra aplicación, no un libro de calificaciones: no se ha tocado. Indique otra base en "
                "CIBERAULA_DB_URL."
            ).format(place=place)
        )
    _check_version(version, place)


def place_of(db_url: str) -> str:
    """How to name the gradebook to people: the file, or the server and the database, without user or password."""
    url = _url(db_url)
    if url.get_backend_name() == "sqlite":
        return (url.database or "").removeprefix("file:")
    return f"{url.host or url.query.get('host') or 'localhost'}/{url.database}"


def _url(db_url: str) -> URL:
    try:
        url = make_url(db_url)
        known = url.get_backend_name() == "sqlite" or url.drivername == "postgresql+psycopg"
    except (ArgumentError, ValueError, NoSuchModuleError):
        known = False
    if not known or not url.database or url.database == ":memory:":
        # It is not repeated: it may hold a password.
        raise UserError(
            _(
                "CIBERAULA_DB_URL no se entiende: escriba sqlite:////ruta/gradebook.db o "
                "postgresql+psycopg://usuario@servidor/base, o quítela para usar var/gradebook.db."
            )
        )
    return url


def _is_there(url: URL, must_exist: bool) -> bool:
    """Whether the file is there, before SQLite makes one of our asking."""
    path = Path(str(url.database).removeprefix("file:"))
    try:
        if path.is_file():
            return True
        if path.exists():
            raise UserError(
                _("El libro de calificaciones {path} no es un archivo: indique otro en CIBERAULA_DB_URL.").format(
                    path=path
                )
            )
        if not path.absolute().parent.is_dir():
            raise UserError(
                _(
                    "No existe la carpeta {folder} del libro de calificaciones: créela o revise CIBERAULA_DB_URL."
                ).format(folder=path.absolute().parent)
            )
    except OSError as error:
        raise _unreadable(str(path), error) from error
    if must_exist:
        raise _missing(str(path))
    return False


def _look(url: URL) -> tuple[set[str], str | None]:
    """The names of the tables, and nbgrader's version of them."""
    sqlite = url.get_backend_name() == "sqlite"
    engine = sa.create_engine(
        url,
        poolclass=sa.NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout" if sqlite else "connect_timeout": PATIENCE_S},
    )
    with engine.connect() as connection:
        if sqlite:
            _try_to_write(connection)
        return _tables_of(connection)


def _tables_of(connection: sa.Connection) -> tuple[set[str], str | None]:
    tables = set(sa.inspect(connection).get_table_names())
    if _VERSION_TABLE not in tables:
        return tables, None
    return tables, connection.execute(sa.text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar()  # noqa: S608


def _try_to_write(connection: sa.Connection) -> None:
    """Raise SQLite's own error where the file is read-only. Whoever else is writing proves that it is not."""
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        # The same number again, then taken back: of a read-only file SQLite begins even this transaction.
        number = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        connection.exec_driver_sql(f"PRAGMA user_version={int(number)}")
        connection.exec_driver_sql("ROLLBACK")
    except sa.exc.OperationalError as error:
        if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
            raise


def check_room(folder: Path) -> None:
    """Raise ``UserError`` where the disk of ``folder`` is full: nbgrader's steps copy file by file, and would stop half way."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return  # whoever writes there will be told
    if free < ROOM:
        raise UserError(
            _("No se hizo nada: en {path} {cause}.").format(path=folder, cause=cause(OSError(errno.ENOSPC, "")))
        )


def _check_version(version: str | None, place: str) -> None:
    head, known = _nbgrader_versions()
    if version == head:
        return
    if version is None or version in known:
        raise UserError(
            _(
                "El libro de calificaciones {place} es de una versión anterior de nbgrader: no se ha tocado. Guarde una copia "
                "y actualícelo con «nbgrader db upgrade» en la carpeta grading del curso."
            ).format(place=place)
        )
    raise UserError(
        _(
            "El libro de calificaciones {place} es de una versión más nueva de nbgrader: no se ha tocado. Actualice el aula de "
            "este equipo (make setup) y repita la orden."
        ).format(place=place)
    )


@cache
def _nbgrader_versions() -> tuple[str, frozenset[str]]:
    """The version of the tables that this nbgrader makes, and all that it knows to bring up to date.

    Read from its migrations: nbgrader itself starts a process of ``alembic`` to ask.
    """
    from nbgrader.dbutil import ALEMBIC_DIR

    texts = [path.read_text(encoding="utf-8") for path in Path(ALEMBIC_DIR, "versions").glob("*.py")]
    revision, earlier = (
        re.compile(rf"^{name}\s*=\s*['\"](\w+)['\"]", re.MULTILINE) for name in ("revision", "down_revision")
    )
    known = {found[1] for text in texts if (found := revision.search(text))}
    (head,) = known - {found[1] for text in texts if (found := earlier.search(text))}
    return head, frozenset(known)


def explain(error: BaseException, place: str) -> UserError | None:
    """The line for ``error`` of the gradebook at ``place``; ``None`` where it is a mistake of the program's own."""
    if isinstance(error, DBAPIError):
        if isinstance(error.orig, sqlite3.Error):
            return _explain_sqlite(error.orig, place)
        return _explain_server(error, place)
    if isinstance(error, sqlite3.Error):
        return _explain_sqlite(error, place)
    if isinstance(error, sa.exc.TimeoutError):
        return _busy(place)
    return None


def _explain_sqlite(error: sqlite3.Error, place: str) -> UserError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of the number says where in SQLite it came up
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or "UTF-8" in str(error):
        return UserError(
            _(
                "{place} está dañado o no es un libro de calificaciones: no se ha tocado. Guárdelo aparte y restaure su último "
                "respaldo en ese lugar."
            ).format(place=place)
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return _busy(place)
    if code == sqlite3.SQLITE_FULL:
        return _unreadable(place, OSError(errno.ENOSPC, ""))
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return _unreadable(place, OSError(errno.EACCES, ""))
    if code == sqlite3.SQLITE_IOERR:
        return _unreadable(place, OSError(errno.ENOSPC if _is_full(place) else errno.EIO, ""))
    return None


def _is_full(place: str) -> bool:
    """Whether that is why SQLite could not make its neighbour files: it only says that the disk failed."""
    try:
        return shutil.disk_usage(Path(place).absolute().parent).free < _NEIGHBOURS
    except OSError:
        return False


def _explain_server(error: DBAPIError, place: str) -> UserError | None:
    state = getattr(error.orig, "sqlstate", None)
    unconnected = state is None and isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError)
    if unconnected or (state or "").startswith(("08", "57P", "28", "3D", "53")) or error.connection_invalidated:
        # Psycopg gives no code while it connects: no server, no such name, a wrong password, no such database.
        return UserError(
            _(
                "No hay conexión con el libro de calificaciones en {place}: revise que el servidor esté en marcha, y el usuario, "
                "la contraseña y la base de CIBERAULA_DB_URL."
            ).format(place=place)
        )
    if state in ("42501", "25006"):
        return _unreadable(place, OSError(errno.EACCES, ""))
    return _busy(place) if state in ("55P03", "40P01", "40001") else None


def _busy(place: str) -> UserError:
    return UserError(
        _(
            "Otro programa está escribiendo en el libro de calificaciones {place}: espere a que termine, o ciérrelo, y repita "
            "la orden. No se guardó nada a medias."
        ).format(place=place)
    )


def _unreadable(place: str, error: OSError) -> UserError:
    return UserError(
        _("No se puede usar el libro de calificaciones {place}: {cause}. No se guardó nada a medias.").format(
            place=place, cause=cause(error)
        )
    )


def _missing(place: str) -> UserError:
    return UserError(
        _("Todavía no hay libro de calificaciones en {place}: publique una tarea primero (ciberaula release).").format(
            place=place
        )
    )


@contextmanager
def plain_errors(db_url: str) -> Iterator[None]:
    """Raise what goes wrong with the database within as a ``UserError`` in one line, where there is a line for it."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        told = explain(error, place_of(db_url))
        if told is None:
            raise
        raise told from error
