"""A portion of a table as CSV bytes, and finished CSV tables as Parquet or as one SQLite file. All in constant memory.

CSV after RFC 4180 (comma, quotes only where needed) with line feeds; an empty cell is a missing value. The lines are put
together whole columns at a time: Python's own writer would take ten times as long.
"""

import csv
import errno
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from ciberaula.datasets.spec import Column, Table

# A cell with any of these is quoted.
_STRUCTURAL = '[",\r\n]'
_READ_BYTES = 8 * 1024 * 1024
# Where the header of an SQLite file tells which version wrote it last (https://www.sqlite.org/fileformat.html, 1.2).
_WRITER_VERSION, _VERSION_BYTES = 96, 4
_SQLITE_KINDS = {"integer": "INTEGER", "number": "REAL"}


def header(table: Table) -> bytes:
    """The first line of the CSV."""
    return (",".join(column.name for column in table.columns) + "\n").encode()


def lines(table: Table, values: Mapping[str, Any]) -> bytes:
    """Those rows as CSV, without the header. Columns come in the table's order whatever that of ``values``.

    Raises ``ValueError`` where columns are missing, too many or of unequal length: a mistake of the generator.
    """
    names = [column.name for column in table.columns]
    if sorted(names) != sorted(values):
        raise ValueError(f"{table.name}: columns {sorted(values)} instead of {sorted(names)}")
    cells = [_cells(values[name]) for name in names]
    if len({len(column) for column in cells}) > 1:
        raise ValueError(f"{table.name}: columns of unequal length")
    if not len(cells[0]):
        return b""
    text = pc.binary_join_element_wise(*cells, ",")
    ended = pc.binary_join_element_wise(text, "", "\n")
    return b"".join(_bytes(chunk) for chunk in (ended.chunks if isinstance(ended, pa.ChunkedArray) else [ended]))


def _cells(values: Any) -> Any:
    array = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, from_pandas=True)
    plain = pa.types.is_string(array.type)
    text = pc.fill_null(array if plain else pc.cast(array, pa.string()), "")
    if plain:
        special = pc.match_substring_regex(text, _STRUCTURAL)
        if pc.any(special).as_py():
            doubled = pc.binary_join_element_wise('"', pc.replace_substring(text, '"', '""'), '"', "")
            text = pc.if_else(special, doubled, text)
    return text


def _bytes(array: Any) -> bytes:
    """The text of all cells, one after another: an Arrow string array keeps it so."""
    offsets, data = array.buffers()[1:]
    bounds = memoryview(offsets).cast("i")
    return bytes(memoryview(data)[bounds[array.offset] : bounds[array.offset + len(array)]])


def to_parquet(table: Table, source: Path, target: Path) -> None:
    """Write the CSV ``source`` as Parquet, portion by portion."""
    kinds = {column.name: _arrow_kind(column) for column in table.columns}
    schema = pa.schema(list(kinds.items()))
    options = pacsv.ConvertOptions(column_types=kinds, strings_can_be_null=True, quoted_strings_can_be_null=False)
    reading = pacsv.ReadOptions(block_size=_READ_BYTES)
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        reader = pacsv.open_csv(
            source,
            read_options=reading,
            parse_options=pacsv.ParseOptions(newlines_in_values=True),
            convert_options=options,
        )
        for batch in reader:
            writer.write_batch(batch)


def _arrow_kind(column: Column) -> Any:
    kinds = {
        "integer": pa.int64(),
        "number": pa.float64(),
        "date": pa.date32(),
        "datetime": pa.timestamp("s"),
    }
    return kinds.get(column.kind, pa.string())


def to_sqlite(tables: Iterable[Table], folder: Path, target: Path) -> None:
    """Write the CSV tables of ``folder`` into the new SQLite file ``target``, with keys, checked.

    Raises ``OSError`` where the disk is full or fails, ``ValueError`` where a row refers to nothing.
    """
    made = list(tables)
    target.unlink(missing_ok=True)
    base = sqlite3.connect(target, isolation_level=None)
    try:
        base.execute("PRAGMA page_size = 4096")
        base.execute("PRAGMA journal_mode = OFF")
        base.execute("PRAGMA synchronous = OFF")
        base.execute("BEGIN")
        for table in made:
            base.execute(_create(table))
            marks = ", ".join("?" * len(table.columns))
            with (folder / f"{table.name}.csv").open(encoding="utf-8", newline="") as stream:
                base.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', _typed(table, stream))  # noqa: S608 -- our own names
        base.execute("COMMIT")
        broken = base.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise ValueError(f"{target.name}: row {broken[1]} of {broken[0]} refers to nothing in {broken[2]}")
    except sqlite3.OperationalError as error:
        # The disk, the only thing here that can give way: told as the system tells it of any file.
        number = errno.ENOSPC if error.sqlite_errorcode == sqlite3.SQLITE_FULL else errno.EIO
        raise OSError(number, str(error)) from error
    finally:
        base.close()
    _same_on_every_machine(target)


def _create(table: Table) -> str:
    columns = [
        f'"{column.name}" {_SQLITE_KINDS.get(column.kind, "TEXT")}{" NOT NULL" if column.required else ""}'
        for column in table.columns
    ]
    if table.key:
        columns.append(f"PRIMARY KEY ({_listed(table.key)})")
    columns += [
        f'FOREIGN KEY ({_listed(one.columns)}) REFERENCES "{one.table}" ({_listed(one.to)})' for one in table.references
    ]
    return f'CREATE TABLE "{table.name}" ({", ".join(columns)})'


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _typed(table: Table, stream: Iterable[str]) -> Iterator[list[Any]]:
    reader = csv.reader(stream)
    next(reader)
    kinds = [{"integer": int, "number": float}.get(column.kind, str) for column in table.columns]
    for row in reader:
        yield [kind(cell) if cell else None for kind, cell in zip(kinds, row, strict=True)]


def _same_on_every_machine(path: Path) -> None:
    """Blank the version of the library that wrote the file: it informs only, and would differ between machines."""
    with path.open("r+b") as stream:
        stream.seek(_WRITER_VERSION)
        stream.write(bytes(_VERSION_BYTES))
