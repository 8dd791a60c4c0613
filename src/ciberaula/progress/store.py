"""A snapshot on disk: a folder of Parquet tables and ``meta.json``, replaced as a whole.

Every table carries the random id of its build. A reader that meets tables of two builds (it read while they were being
replaced) or a folder that is missing for the instant between two renames tries again; so it sees one whole snapshot or none.

Tables are read and written with pyarrow itself: it keeps the declared types (an empty column of times stays one), and a
view that need not import pandas appears about half a second sooner.
"""

import json
import os
import shutil
import time
import types
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import MISSING, asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from ciberaula.errors import UserError
from ciberaula.files import cause
from ciberaula.i18n import _
from ciberaula.progress.pseudonym import progress_folder
from ciberaula.progress.tables import (
    SCHEMA,
    ItemRow,
    LearnerRow,
    Meta,
    ModulePlan,
    ModuleRow,
    ReviewRow,
    SlipRow,
    Snapshot,
)

TABLES: dict[str, type] = {
    "learners": LearnerRow,
    "modules": ModuleRow,
    "items": ItemRow,
    "reviews": ReviewRow,
    "slips": SlipRow,
}
_BUILD = b"ciberaula.build"
_TRIES, _PAUSE_S = 20, 0.05
_Row = TypeVar("_Row")


class _Torn(Exception):
    """The folder was replaced while it was read, or is incomplete."""


def folder_of(home: Path) -> Path:
    """Where the current snapshot is kept."""
    return progress_folder(home) / "snapshot"


def write(home: Path, snapshot: Snapshot) -> Path:
    """Replace the current snapshot. Writes the whole folder aside first; raises ``UserError`` on a full or read-only disk."""
    current = folder_of(home)
    aside = current.with_name(f"snapshot.new-{token_hex(4)}")
    try:
        with _alone(current.parent):
            aside.mkdir(mode=0o700)
            for name in TABLES:
                _write_table(aside / f"{name}.parquet", name, getattr(snapshot, name), snapshot.meta.build)
            (aside / "meta.json").write_text(_to_json(snapshot.meta), encoding="utf-8")
            _swap(aside, current)
            _sweep(current.parent)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise UserError(
            _("No se puede guardar el avance en {folder} ({reason}): libere espacio o cambie los permisos.").format(
                folder=current, reason=cause(error)
            )
        ) from error
    return current


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One writer at a time: the sweeping of one would take what another has aside."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _swap(aside: Path, current: Path) -> None:
    if current.exists():
        current.rename(current.with_name(f"snapshot.old-{token_hex(4)}"))
    aside.rename(current)


def _sweep(folder: Path) -> None:
    """Remove replaced snapshots and what a killed build left behind: they hold personal data too."""
    for pattern in ("snapshot.old-*", "snapshot.new-*"):
        for left in folder.glob(pattern):
            shutil.rmtree(left, ignore_errors=True)


def load(home: Path) -> Snapshot:
    """The current snapshot. Raises ``UserError`` where there is none, it is damaged, or a newer program wrote it."""
    current = folder_of(home)
    before: object = -1
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_PAUSE_S)
        now = _identity(current)
        try:
            return _load(current)
        except _Torn:
            if attempt >= 2 and now == before == _identity(current) and not any(current.parent.glob("snapshot.*")):
                break  # nobody is replacing it: waiting longer won't help
        before = now
    if not current.exists():
        raise UserError(_("Todavía no hay datos de avance: ejecute «ciberaula progress» para prepararlos."))
    raise UserError(
        _("Los datos de avance en {folder} están incompletos: ejecute de nuevo «ciberaula progress».").format(
            folder=current
        )
    )


def _identity(folder: Path) -> tuple[int, int] | None:
    """What tells one snapshot folder from the next under the same name; ``None`` where there is none."""
    try:
        about = folder.stat()
    except OSError:
        return None
    return about.st_ino, about.st_mtime_ns  # the number of a folder that is gone is soon another's


def _load(folder: Path) -> Snapshot:
    try:
        data = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        schema, build = data["schema"], data["build"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _Torn from error
    if schema != SCHEMA:
        raise UserError(
            _(
                "Los datos de avance son de otra versión del programa ({found}, y esta lee la {known}): actualice ciberaula "
                "y ejecute «ciberaula progress»."
            ).format(found=schema, known=SCHEMA)
        )
    try:
        tables: dict[str, Any] = {
            name: _read_table(folder / f"{name}.parquet", row, build) for name, row in TABLES.items()
        }
        return Snapshot(meta=meta_from(data), **tables)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _Torn from error


def _write_table(path: Path, name: str, rows: Iterable[Any], build: str) -> None:
    pa, parquet = _arrow()
    schema = pa.schema([(field, _arrow_type(hint)) for field, hint in get_type_hints(TABLES[name]).items()])
    schema = schema.with_metadata({_BUILD: build.encode()})
    parquet.write_table(pa.Table.from_pylist([asdict(row) for row in rows], schema=schema), path)


def _read_table(path: Path, row: type[_Row], build: str) -> tuple[_Row, ...]:
    pa, parquet = _arrow()
    try:
        # One plain file: the dataset reader behind `read_table` would start its threads and look for partitions.
        table = parquet.ParquetFile(path).read(use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise _Torn from error
    if (table.schema.metadata or {}).get(_BUILD) != build.encode():
        raise _Torn
    columns = [
        _column(pa, table[name], hint)
        if name in table.column_names or name not in _may_lack(row)
        else [_may_lack(row)[name]] * len(table)
        for name, hint in get_type_hints(row).items()
    ]
    return tuple(row(*values) for values in zip(*columns, strict=True))


def _may_lack(row: type[Any]) -> dict[str, Any]:
    """The columns that came later, with what stands for them in a table from before."""
    return {one.name: one.default for one in fields(row) if one.default is not MISSING}


def _column(pa: Any, column: Any, hint: Any) -> list[Any]:
    """A column as Python values. Times go through whole seconds: pyarrow would import pandas to make a ``datetime``."""
    if get_origin(hint) is tuple:
        return [tuple(value) for value in column.to_pylist()]
    if datetime in (hint, *get_args(hint)):
        seconds = column.cast(pa.timestamp("s", tz="UTC")).cast(pa.int64()).to_pylist()
        return [None if value is None else datetime.fromtimestamp(value, UTC) for value in seconds]
    values: list[Any] = column.to_pylist()
    return values


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise UserError(
            _("Falta pyarrow para leer el avance de la cohorte: instale el aula con «ciberaula[institution]».")
        ) from error
    return pyarrow, pyarrow.parquet


def _arrow_type(hint: Any) -> Any:
    pa, _parquet = _arrow()
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (one for one in get_args(hint) if one is not type(None))
    if get_origin(hint) is tuple:
        return pa.list_(pa.string())
    plain = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), datetime: pa.timestamp("s", tz="UTC")}
    return plain.get(hint, pa.string())


def _to_json(meta: Meta) -> str:
    return json.dumps(asdict(meta), ensure_ascii=False, indent=1, default=datetime.isoformat)


def meta_from(data: dict[str, Any]) -> Meta:
    """Build ``Meta`` from its JSON; raises ``KeyError``, ``TypeError`` or ``ValueError`` for another shape."""
    modules = tuple(
        ModulePlan(**{**one, "items": {key: (str(a), str(b), float(c)) for key, (a, b, c) in one["items"].items()}})
        for one in data["modules"]
    )
    known = {field.name for field in fields(Meta)}
    values = {key: value for key, value in data.items() if key in known}
    return Meta(**{**values, "built_at": datetime.fromisoformat(data["built_at"]), "modules": modules})
