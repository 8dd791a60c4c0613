"""Reading the simulated data sets by name, as their ``datapackage.json`` describes them.

What was saved again by a spreadsheet, or cut on the way, is told in one line: file, row, column, what, and what to do.
"""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from ciberaula import paths
from ciberaula.errors import UserError
from ciberaula.files import cause
from ciberaula.i18n import _

if TYPE_CHECKING:
    import pandas as pd

PACKAGE = "datapackage.json"


@dataclass(frozen=True)
class ColumnInfo:
    """A column as the package describes it. ``categories``: all its values, in their declared order."""

    name: str
    label: str
    kind: str
    categories: tuple[str, ...] = ()
    unit: str = ""
    about: str = ""
    constraints: tuple[tuple[str, Any], ...] = ()

    @property
    def required(self) -> bool:
        return bool(dict(self.constraints).get("required"))


@dataclass(frozen=True)
class Tie:
    """A foreign key: ``columns`` of a table name a row of ``table`` by its ``to``."""

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class TableInfo:
    """A table as the package describes it: its file and columns. ``missing``: what an empty cell may look like.

    ``rows``: how many it was published with, where the package says so; ``key``: the columns that tell rows apart.
    """

    name: str
    title: str
    about: str
    path: Path
    columns: tuple[ColumnInfo, ...]
    missing: tuple[str, ...] = ("",)
    rows: int | None = None
    key: tuple[str, ...] = ()
    ties: tuple[Tie, ...] = ()

    def column(self, name: str) -> ColumnInfo:
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class PackageInfo:
    """A data set as its package describes it."""

    name: str
    title: str
    about: str
    tables: tuple[TableInfo, ...]

    def table(self, name: str | None = None) -> TableInfo:
        """That table, or the first, which is the main one. Raises ``UserError`` for an unknown name."""
        if name is None:
            return self.tables[0]
        for table in self.tables:
            if table.name == name:
                return table
        raise UserError(
            _("«{set}» no tiene la tabla «{name}». Las que hay: {known}.").format(
                set=self.name, name=name, known=", ".join(table.name for table in self.tables)
            )
        )


def names() -> list[str]:
    """The data sets at hand: every folder of ``datasets/`` with a ``datapackage.json``."""
    return sorted(found.parent.name for found in paths.datasets().glob(f"*/{PACKAGE}"))


def package_info(name: str) -> PackageInfo:
    """What the package of that data set says. Raises ``UserError`` for an unknown name or a damaged package."""
    known = names()
    if name not in known:
        raise UserError(
            _("No hay un conjunto de datos «{name}». Los que hay: {known}.").format(
                name=name, known=", ".join(known) or _("ninguno")
            )
        )
    folder = paths.datasets() / name
    try:
        package = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
        files = {resource.get("name"): PurePosixPath(resource["path"]).stem for resource in package["resources"]}
        tables = tuple(_table(folder, resource, files) for resource in package["resources"])
        found = PackageInfo(name, str(package.get("title", name)), str(package.get("description", "")), tables)
        return found if found.tables else _no_tables()
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, re.error) as error:
        raise _damaged(name, _("«{file}» no se entiende ({folder})").format(file=PACKAGE, folder=folder)) from error


def tables(name: str) -> dict[str, str]:
    """The tables of that data set, table name -> title, in their order; the first is the main one."""
    return {table.name: table.title for table in package_info(name).tables}


def labels(name: str, table: str | None = None) -> dict[str, str]:
    """What the columns are called in a heading or a chart: column -> Spanish label. ``table``: as in :func:`load`."""
    return {column.name: column.label for column in package_info(name).table(table).columns}


def load(name: str, table: str | None = None) -> "pd.DataFrame":
    """A table of that data set, one row per record; without ``table``, its first (main) one.

    Categories come as ordered ``category`` in their declared order, dates as ``datetime64``, whole numbers as ``int64``
    (``Int64`` where some may be missing); an empty cell is a missing value. Raises ``UserError`` for an unknown name, and
    one line with file, row and column where the file no longer fits what its package says.

    Whose frame it is may do with it what they like: each call gives another.
    """
    folder = paths.datasets() / name
    return _read(name, table, folder, _stamp(folder)).copy()


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Changes with any file of a package; empty where there is none."""
    return tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(folder.rglob("*")))


@lru_cache(maxsize=8)
def _read(name: str, table: str | None, _folder: Path, _files: tuple[tuple[str, int, int], ...]) -> "pd.DataFrame":
    """What :func:`load` gives, kept while its files do not change: the tests of a cohort ask for it again and again."""
    package = package_info(name)
    found = package.table(table)
    import pandas as pd  # heavy: most lessons need no table

    try:
        cells = _cells(name, found)
        values = {column.name: _column(name, found, column, cells[n]) for n, column in enumerate(found.columns)}
        _check_whole(name, package, found, cells)
    except OSError as error:
        raise _damaged(
            name, _("no se pudo leer {file} ({reason})").format(file=found.path, reason=cause(error))
        ) from error
    return pd.DataFrame(values)


def _no_tables() -> PackageInfo:
    raise ValueError("a package without resources")


def _table(folder: Path, resource: dict[str, Any], files: dict[str, str]) -> TableInfo:
    """``files``: which table (file) each resource name means."""
    path = PurePosixPath(resource["path"])
    if path.is_absolute() or ".." in path.parts:
        raise ValueError("the table lies outside the package")
    schema = resource["schema"]
    return TableInfo(
        path.stem,
        str(resource.get("title", path.stem)),
        str(resource.get("description", "")),
        folder / path,
        tuple(_info(field) for field in schema["fields"]),
        tuple(schema.get("missingValues", [""])),
        None if resource.get("rows") is None else int(resource["rows"]),
        _listed(schema.get("primaryKey", ())),
        tuple(
            Tie(
                _listed(one["fields"]),
                files[one["reference"]["resource"] or resource["name"]],
                _listed(one["reference"]["fields"]),
            )
            for one in schema.get("foreignKeys", ())
        ),
    )


def _listed(names: Any) -> tuple[str, ...]:
    """Frictionless lets one name stand for a list of one."""
    return (names,) if isinstance(names, str) else tuple(map(str, names))


def _info(field: dict[str, Any]) -> ColumnInfo:
    constraints = dict(field.get("constraints", {}))
    declared = field.get("categories") or constraints.get("enum") or ()
    kind = field["type"]
    if kind not in ("string", "integer", "number", "boolean", "date", "datetime"):
        raise ValueError(f"unknown type {kind}")
    re.compile(constraints.get("pattern", ""))
    for limit in ("minimum", "maximum"):
        float(constraints.get(limit, 0) if kind in ("integer", "number") else 0)
    return ColumnInfo(
        name=field["name"],
        label=str(field.get("title") or field["name"].replace("_", " ").capitalize()),
        kind=kind,
        categories=tuple(map(str, declared)) if kind == "string" else (),
        unit=str(field.get("unit", "")),
        about=str(field.get("description", "")),
        constraints=tuple(constraints.items()),
    )


def _cells(name: str, table: TableInfo) -> list[list[str]]:
    """The text of all cells, a list a column; the rows of the file have as many cells as the package has columns."""
    wanted = [column.name for column in table.columns]
    try:
        # Some programs put a mark before the first letter of what they save in UTF-8.
        with table.path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = next(reader, [])
            if header != wanted:
                raise _damaged(name, _wrong_header(table, header, wanted))
            rows = list(_whole(name, table, reader, len(wanted)))
    except UnicodeDecodeError as error:
        why = _("{file} no está en UTF-8: otro programa lo guardó").format(file=table.path.name)
        raise _damaged(name, why) from error
    except csv.Error as error:
        why = _("{file}, línea {line}: comillas mal cerradas").format(file=table.path.name, line=reader.line_num)
        raise _damaged(name, why) from error
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _column in wanted]


def _whole(name: str, table: TableInfo, rows: Iterator[list[str]], width: int) -> Iterator[list[str]]:
    for number, row in enumerate(rows, start=2):
        if len(row) != width:
            raise _damaged(
                name,
                _("{file}, fila {row}: tiene {found} celdas y deben ser {width}").format(
                    file=table.path.name, row=number, found=len(row), width=width
                ),
            )
        yield row


def _wrong_header(table: TableInfo, header: list[str], wanted: list[str]) -> str:
    file = table.path.name
    if not header:
        return _("{file} está vacío").format(file=file)
    if len(header) == 1 and ";" in header[0]:
        return _("{file}, fila 1: las columnas están separadas con punto y coma, no con coma").format(file=file)
    absent = [column for column in wanted if column not in header]
    if absent:
        return _("{file}, fila 1: falta la columna «{column}»").format(file=file, column=absent[0])
    more = [column for column in header if column not in wanted]
    if more:
        return _("{file}, fila 1: sobra la columna «{column}»").format(file=file, column=more[0])
    return _("{file}, fila 1: las columnas están en otro orden").format(file=file)


def _check_whole(name: str, package: PackageInfo, table: TableInfo, cells: list[list[str]]) -> None:
    """Are all rows there, each once, and what they refer to in the other tables too?"""
    file, count = table.path.name, len(cells[0])
    if table.rows is not None and count != table.rows:
        raise _damaged(
            name, _("{file} tiene {found} filas y deben ser {rows}").format(file=file, found=count, rows=table.rows)
        )
    seen: set[tuple[str, ...]] = set()
    for number, values in enumerate(_values(table, cells, table.key), start=2) if table.key else ():
        if values in seen:
            raise _damaged(
                name,
                _("{file}, fila {row}: la llave «{key}» está dos veces").format(
                    file=file, row=number, key=", ".join(values)
                ),
            )
        seen.add(values)
    for tie in table.ties:
        other = package.table(tie.table)
        known = set(_values(other, cells if other is table else _cells(name, other), tie.to))
        for number, values in enumerate(_values(table, cells, tie.columns), start=2):
            if values not in known and not any(value in table.missing for value in values):
                where = _("{file}, fila {row}, columna «{column}»: «{value}» no está en {other}").format(
                    file=file, row=number, column=tie.columns[-1], value=values[-1], other=other.path.name
                )
                raise _damaged(name, where)


def _values(table: TableInfo, cells: list[list[str]], names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """What stands in those columns, row by row."""
    places = {column.name: place for place, column in enumerate(table.columns)}
    return zip(*(cells[places[column]] for column in names), strict=True)


def _column(name: str, table: TableInfo, column: ColumnInfo, cells: list[str]) -> Any:
    from ciberaula.datasets.cells import Misfit, column_values  # brings pandas

    try:
        return column_values(column.kind, column.categories, dict(column.constraints), cells, table.missing)
    except Misfit as found:
        where = _("{file}, fila {row}, columna «{column}»: {what}").format(
            file=table.path.name, row=found.index + 2, column=column.name, what=found.what
        )
        raise _damaged(name, where) from None


def _damaged(name: str, why: str) -> UserError:
    return UserError(
        _("Los datos de «{name}» están dañados o incompletos: {why}. Vuelva a copiarlos del curso.").format(
            name=name, why=why
        )
    )
