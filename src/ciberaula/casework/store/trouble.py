"""What a database says when something is wrong, as one line for people: what, where, and what to do.

The databases speak English, or the language of their machine, so lines go by error codes; what has no code of its own
is told by what it was doing. Addresses are shown without user or password.
"""

import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, TimeoutError

from ciberaula.errors import UserError
from ciberaula.files import cause
from ciberaula.i18n import _


class StoreTrouble(UserError):
    """The database did not do it, for a reason of its own (out of reach, busy, full): the same action may be tried again."""


_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_NOT_ALLOWED = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
# SQLite has one code for all of these, and the driver none for the last; both speak English only. What is asked of a
# database is written once, in this package, and every database has the tables of its version: so it is not the question.
_NOT_AS_MADE = ("no such table", "no such column", "table ", "Could not decode to UTF-8")
# The same of PostgreSQL: no such table, column; a table that there is already.
_NOT_AS_MADE_STATES = ("42P01", "42703", "42P07")


def explain(error: SQLAlchemyError, place: str) -> UserError | None:
    """The line for ``error`` of the database at ``place``; ``None`` where it is a mistake of the program's own."""
    if isinstance(error, TimeoutError):  # more threads than connections
        return busy(place)
    if not isinstance(error, DBAPIError):
        return None
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return explain_sqlite(original, place)
    return _postgresql(error, place)


def explain_sqlite(error: sqlite3.Error, place: str) -> UserError | None:
    """The line for an ``error`` of SQLite itself, about the file at ``place``."""
    code = _code(error)
    if is_damage(error):
        return damaged(place)
    if code in _NOT_ALLOWED:
        return UserError(
            _(
                "No se puede abrir o escribir la base de casos {file}: revise que la carpeta exista, que no sea de solo "
                "lectura y que usted tenga permisos. No se guardó nada de esta acción."
            ).format(file=place)
        )
    if code == sqlite3.SQLITE_FULL:
        return UserError(
            _("El disco de {file} está lleno: no se guardó nada de esta acción. Libere espacio y repítala.").format(
                file=place
            )
        )
    if code in _BUSY:
        return busy(place)
    if code == sqlite3.SQLITE_IOERR:
        return UserError(
            _(
                "El disco no respondió al leer o escribir {file}: no se guardó nada de esta acción. Revise el disco y el "
                "espacio libre, y repítala."
            ).format(file=place)
        )
    return None


def is_damage(error: sqlite3.Error) -> bool:
    """Does SQLite say that the file is none of its own, or no longer, or lacks what every database of cases has?"""
    return _code(error) in _DAMAGED or str(error).startswith(_NOT_AS_MADE)


def _code(error: sqlite3.Error) -> int:
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF  # the rest of the number says where in SQLite it came up


def damaged(place: str) -> UserError:
    """The database cannot be read as one."""
    return UserError(
        _(
            "La base de casos {file} está dañada o no es una base de casos: no se ha tocado. Guarde una copia aparte, "
            "restaure su último respaldo en ese lugar y vuelva a abrir."
        ).format(file=place)
    )


def busy(place: str) -> UserError:
    """Somebody else has been writing for too long."""
    return UserError(
        _(
            "La base de casos {file} está ocupada por otra sesión: no se guardó nada de esta acción. Espere un momento y "
            "repítala; si sigue así, cierre las demás ventanas del escritorio."
        ).format(file=place)
    )


def foreign(place: str) -> UserError:
    """It holds tables, and they are not ours."""
    return UserError(
        _(
            "{file} guarda datos de otra aplicación, no una base de casos: no se ha tocado. Indique otra en "
            "CIBERAULA_CASES_URL."
        ).format(file=place)
    )


def newer(place: str) -> UserError:
    """It was made or changed by a later version of the program."""
    return UserError(
        _(
            "La base de casos {file} es de una versión más nueva de ciberaula: no se ha tocado. Actualice ciberaula en "
            "este equipo y vuelva a abrir."
        ).format(file=place)
    )


def unreadable(error: OSError, place: str) -> UserError:
    """The system does not let us look at the file."""
    return UserError(_("No se puede abrir la base de casos {file}: {cause}.").format(file=place, cause=cause(error)))


def wrong_url() -> UserError:
    """The address is none of a database that the desk can use. It is not repeated: it may hold a password."""
    return UserError(
        _(
            "La dirección de la base de casos no se entiende: use la ruta de un archivo, sqlite:///ruta/casos.db o "
            "postgresql://usuario@servidor/base (revise CIBERAULA_CASES_URL)."
        )
    )


def no_driver() -> UserError:
    """PostgreSQL without its driver."""
    return UserError(
        _(
            "Para usar PostgreSQL falta el paquete psycopg: prepare el aula con «make setup» en la carpeta del curso, o pida "
            "a quien la administra que lo instale."
        )
    )


def wrong_encoding(place: str) -> UserError:
    """A PostgreSQL database that cannot hold every letter."""
    return UserError(
        _("La base {place} no guarda textos en UTF-8: pida que la creen con ENCODING 'UTF8' y vuelva a abrir.").format(
            place=place
        )
    )


def _postgresql(error: DBAPIError, place: str) -> UserError | None:
    state = getattr(error.orig, "sqlstate", None)
    if state == "55P03":  # lock_timeout
        return busy(place)
    if state in ("42501", "25006"):  # no privilege; a server that only lets read
        return UserError(
            _(
                "El servidor no permite escribir en la base de casos {place}: pida a quien lo administra permiso para "
                "crear y cambiar tablas en ella (GRANT CREATE, USAGE ON SCHEMA public)."
            ).format(place=place)
        )
    if state is not None and state.startswith("53"):  # disk, memory, connections
        return UserError(
            _(
                "El servidor de la base de casos {place} se quedó sin espacio o sin conexiones: no se guardó nada de esta "
                "acción. Avise a quien lo administra y repítala después."
            ).format(place=place)
        )
    if state is not None and (state.startswith("XX") or state in _NOT_AS_MADE_STATES):
        return damaged(place)
    if state is None and "FATAL" in str(error.orig):  # the server answered, and said no; this word is never translated
        return _not_admitted(place)
    gone = state is None or state.startswith(("08", "57P", "25P"))
    return _gone(place) if gone or error.connection_invalidated else None


def _not_admitted(place: str) -> UserError:
    return UserError(
        _(
            "El servidor de la base de casos {place} no deja entrar: revise el usuario, la contraseña y el nombre de la "
            "base en CIBERAULA_CASES_URL, y que el servidor esté en marcha."
        ).format(place=place)
    )


def _gone(place: str) -> UserError:
    return UserError(
        _(
            "No hay conexión con la base de casos {place}: esta acción no se guardó a medias. Revise la red o avise a "
            "quien administra el servidor, y repítala: no se hará dos veces."
        ).format(place=place)
    )
