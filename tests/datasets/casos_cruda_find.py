"""Finding the faults of ``casos_cruda`` from the file alone, with what its card and that of ``casos`` say: a rule a kind."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import combinations

import pandas as pd

from ciberaula.casework.assessment.notes import plain
from ciberaula.datasets.casos import DATASET as CLEAN
from ciberaula.datasets.casos_cruda import faults
from ciberaula.datasets.spec import Column

Frames = dict[str, pd.DataFrame]
Found = tuple[str, str, str, str]
"""Table, row, column («» for the whole row), kind."""

WELL_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}")
_DAY_FIRST = re.compile(r"\d{2}/\d{2}/\d{4} \d{2}:\d{2}")
_NOT_KNOWN = frozenset({"N/D", "-", "s/d", "NA"})
_NOT_KNOWN_NUMBERS = {("personas", "edad"): {"99", "999"}, ("contactos", "minutos"): {"999"}}
# Moments that are planned, and may lie ahead.
_AHEAD = frozenset({"vence", "revision", "previsto", "cita"})
_LAST_YEAR = 2025
_TEXTS = ("hechos", "opinion", "siguiente")


def cells(tables: Frames) -> Iterator[tuple[str, str, Column, str]]:
    """Table, row, column and value of each filled cell; rows that stand there twice count once."""
    for name, rows in tables.items():
        once = rows.drop_duplicates()
        keys = once.iloc[:, 0].tolist()
        for column in CLEAN.table(name).columns:
            for key, value in zip(keys, once[column.name].tolist(), strict=True):
                if isinstance(value, str):
                    yield name, key, column, value


def _missing(table: str, column: Column, value: str) -> bool:
    return value in _NOT_KNOWN or value in _NOT_KNOWN_NUMBERS.get((table, column.name), ())


def _moment(value: object) -> datetime | None:
    for form in ("%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"):
        try:
            return datetime.strptime(str(value), form)
        except ValueError:
            continue
    return None


def _by_cell(tables: Frames, kind: str, wrong: Callable[[str, Column, str], bool]) -> Iterator[Found]:
    for table, key, column, value in cells(tables):
        if wrong(table, column, value):
            yield table, key, column.name, kind


def exact(tables: Frames) -> Iterator[Found]:
    for name, rows in tables.items():
        for key in rows[rows.duplicated()].iloc[:, 0]:
            yield name, key, "", faults.EXACT


def near(tables: Frames) -> Iterator[Found]:
    for code in tables["casos"]["caso_id"]:
        if not re.fullmatch(r"SIM-\d{6}", code):
            yield "casos", code, "", faults.NEAR
    people = tables["personas"].drop_duplicates()
    same = [name for name in people.columns if name not in ("persona_id", "nombre")]
    for _values, rows in people.groupby(same, dropna=False):
        # Twins have all the rest in common too: only a likeness of names makes two rows one person.
        for first, second in combinations(rows.sort_values("persona_id").to_dict("records"), 2):
            if len(set(plain(first["nombre"]).split()) & set(plain(second["nombre"]).split())) > 1:
                yield "personas", second["persona_id"], "", faults.NEAR


def closed_first(tables: Frames) -> Iterator[Found]:
    for row in tables["casos"].drop_duplicates().to_dict("records"):
        opened, closed = _moment(row["abierto"]), _moment(row["cerrado"])
        if opened and closed and closed < opened:
            yield "casos", row["caso_id"], "cerrado", faults.CLOSED_FIRST


def no_such_day(tables: Frames) -> Iterator[Found]:
    def wrong(_table: str, column: Column, value: str) -> bool:
        return column.kind == "datetime" and bool(WELL_WRITTEN.fullmatch(value)) and _moment(value) is None

    return _by_cell(tables, faults.NO_SUCH_DAY, wrong)


def future(tables: Frames) -> Iterator[Found]:
    def wrong(_table: str, column: Column, value: str) -> bool:
        moment = _moment(value) if column.kind == "datetime" and column.name not in _AHEAD else None
        return moment is not None and moment.year > _LAST_YEAR

    return _by_cell(tables, faults.FUTURE, wrong)


def day_first(tables: Frames) -> Iterator[Found]:
    return _by_cell(tables, faults.DAY_FIRST, lambda _table, _column, value: bool(_DAY_FIRST.fullmatch(value)))


def mixed(tables: Frames) -> Iterator[Found]:
    def wrong(table: str, column: Column, value: str) -> bool:
        return bool(column.categories) and value not in column.categories and not _missing(table, column, value)

    return _by_cell(tables, faults.MIXED, wrong)


def missing(tables: Frames) -> Iterator[Found]:
    yield from _by_cell(tables, faults.MISSING, _missing)
    for name, rows in tables.items():
        for column in CLEAN.table(name).columns:
            if column.required:
                for key in rows[rows[column.name].isna()].iloc[:, 0]:
                    yield name, key, column.name, faults.MISSING


def spaces(tables: Frames) -> Iterator[Found]:
    return _by_cell(tables, faults.SPACES, lambda _table, _column, value: value != value.strip())


def in_text(tables: Frames) -> Iterator[Found]:
    """Ten figures in a row, an address, or the given name and a surname of somebody of the case."""
    names = tables["personas"].groupby("caso_id")["nombre"].agg(list).to_dict()
    for row in tables["notas"].to_dict("records"):
        for column in _TEXTS:
            text = row[column]
            if isinstance(text, str) and (re.search(r"\d{10}|@", text) or _named(text, names[row["caso_id"]])):
                yield "notas", row["nota_id"], column, faults.IN_TEXT


def _named(text: str, names: list[str]) -> bool:
    return any(" ".join(name.split()[:2]) in text for name in names)


DETECTORS: dict[str, Callable[[Frames], Iterator[Found]]] = {
    faults.EXACT: exact,
    faults.NEAR: near,
    faults.CLOSED_FIRST: closed_first,
    faults.NO_SUCH_DAY: no_such_day,
    faults.FUTURE: future,
    faults.DAY_FIRST: day_first,
    faults.MIXED: mixed,
    faults.MISSING: missing,
    faults.SPACES: spaces,
    faults.IN_TEXT: in_text,
}
