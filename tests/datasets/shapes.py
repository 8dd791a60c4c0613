"""Do the rows that a generator makes fit the tables it declares?"""

import re
from typing import Any

import pyarrow as pa

from ciberaula.datasets.spec import Column, DataSet, Portion, Table

Values = dict[str, list[Any]]


def plain(portion: Portion) -> dict[str, Values]:
    """The portion as lists of Python values."""
    return {
        name: {column: pa.array(values).to_pylist() for column, values in columns.items()}
        for name, columns in portion.items()
    }


def check(dataset: DataSet, portion: Portion) -> dict[str, Values]:
    """Assert that all tables and key tables are there and fit; the portion is the whole set. Returns it as lists."""
    tables = (*dataset.tables, *dataset.keys)
    found = plain(portion)
    assert sorted(found) == sorted(table.name for table in tables)
    for table in tables:
        rows = found[table.name]
        assert list(rows) == [column.name for column in table.columns]
        assert len({len(values) for values in rows.values()}) == 1
        for column in table.columns:
            _check_column(table, column, rows[column.name])
        _check_keys(table, found)
    return found


def _check_column(table: Table, column: Column, values: list[Any]) -> None:
    where = f"{table.name}.{column.name}"
    given = [value for value in values if value is not None]
    kinds = {"integer": (int,), "number": (int, float)}.get(column.kind, (str,))
    assert all(isinstance(value, kinds) and value != "" for value in given), where
    assert not column.required or len(given) == len(values), where
    assert not column.unique or len(set(given)) == len(given), where
    assert not column.categories or set(given) <= set(column.categories), where
    assert column.low is None or all(value >= column.low for value in given), where
    assert column.high is None or all(value <= column.high for value in given), where
    pattern = {"date": r"\d{4}-\d{2}-\d{2}", "datetime": r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}"}.get(
        column.kind, column.pattern
    )
    assert not pattern or all(re.search(f"^(?:{pattern})$", value) for value in given), where


def _check_keys(table: Table, found: dict[str, Values]) -> None:
    if table.key:
        keys = _tuples(found[table.name], table.key)
        assert len(set(keys)) == len(keys), table.name
    for one in table.references:
        there = set(_tuples(found[one.table], one.to))
        ours = {key for key in _tuples(found[table.name], one.columns) if None not in key}
        assert ours <= there, f"{table.name} -> {one.table}"


def _tuples(rows: Values, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    return list(zip(*(rows[name] for name in names), strict=True))
