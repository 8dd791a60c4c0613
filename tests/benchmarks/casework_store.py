"""How long it takes to find a case and to open one, with 1,000, 100,000 and 1,000,000 cases in an SQLite store.

    python -m tests.benchmarks.casework_store

A store is filled with copies of one case that the desk itself wrote, with names, codes, owners and dates of their own
(in SQL, because a million cases through the desk would take an hour; so the digests of the copied audit entries are copies
too, which neither finding nor opening reads). Some cases spread over the store then get a working life through the desk,
and those are looked for and opened. Finding: in the whole store by code and by the beginning of a name, and what is due
for one caseworker. Every measurement is a whole transaction, by the desk (with its audit entry, on disk) where the desk has
it. The operating system has the file in its memory, as far as it fits. The figure is the median of the slowest sort.
"""

# ruff: noqa: S608 - all names are those of our own tables

import json
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ciberaula.casework.desk import Desk
from ciberaula.casework.entities import Actor
from ciberaula.casework.store.protocol import Query, folded
from ciberaula.casework.store.sql import SqlStore
from ciberaula.casework.store.tables import METADATA
from ciberaula.casework.vocabulary import Role

SIZES = {"1k": 1_000, "100k": 100_000, "1m": 1_000_000}
CASELOAD, TEAM = 40, 10  # cases of a caseworker, caseworkers of a team
SAMPLE = 30
START = datetime(2026, 3, 9, 8, 0)
_NAMES = """
Elvia Marlene Rosa José Ángel Lucía Íngrid Tránsito Segundo Byron Nube Jhon Digna Wilmer Zoila Óscar Blanca Yadira Édison
Fanny Gladys Héctor Irma Jenny Klever Luz Milton Narcisa Orfa Pilar Ramón Sara Tito Úrsula Vicente Wendy
"""
_SURNAMES = """
Muñoz Quishpe Ñauta Pérez Andrade Loor Moreira Vélez Zambrano Cedeño Chicaiza Tipán Guamán Yánez Alcívar Bermúdez Castro
Delgado Espinoza Farinango Góngora Hurtado Intriago Jaramillo Kuffó Lastra Macías Nazareno Ochoa Pincay Quiñónez Reasco
Simba Toapanta Ulloa Valencia Washima Ximénez Yépez Zurita
"""
FIRST, LAST = _NAMES.split(), _SURNAMES.split()
# What is replaced in the copies: by the column of ``fill`` that holds the value.
TOKENS = {"qqcase": "case_id", "QQCODE": "code", "qqcode": "code_words", "qqnumber": "number"} | {
    "Qqfirst": "first",
    "qqfirst": "first_words",
    "Qqlast": "last",
    "qqlast": "last_words",
    "qqowner": "owner",
    "qqteam": "team",
}


def main() -> None:
    """Measure, print a table, and the figures as JSON."""
    print(json.dumps(store_figures()))


def store_figures() -> dict[str, float]:
    """``find_ms_<size>`` and ``open_ms_<size>`` for each size; prints them with their growth from size to size."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="ciberaula-store-") as folder:
        pattern = Path(folder) / "pattern.db"
        _pattern(pattern)
        for size, cases in SIZES.items():
            path = Path(folder) / f"{size}.db"
            took = fill(pattern, path, cases)
            print(f"{cases:>9,} cases: {path.stat().st_size / 1e6:,.0f} MB, filled in {took:.1f} s")
            for name, value in _measure(path, cases).items():
                figures[f"{name}_ms_{size}"] = round(value, 2)
            path.unlink()
    for name in ("find", "open"):
        small, middle, large = (figures[f"{name}_ms_{size}"] for size in SIZES)
        print(f"{name}: {small} → {middle} → {large} ms; growth x{middle / small:.1f}, x{large / middle:.1f}")
    return figures


def _pattern(path: Path) -> None:
    """A store with the one case that is copied, written by the desk."""
    store = SqlStore(str(path))
    desk = Desk(store, lambda: START)
    actor = Actor("qqowner", Role.CASEWORKER, "qqteam")
    person = {"person": "qqcase.p", "name": "Qqfirst Qqlast", "age": 34, "canton": "Chone"}
    actions: tuple[dict[str, Any], ...] = (
        {"do": "register", "code": "QQCODE-qqnumber", **person},
        {"do": "record_consent", "person": "qqcase.p", "purpose": "services", "granted": True, "how": "de palabra"},
        {"do": "assess", "risk": "medium", "facts": "Vive con dos hijas; teléfono prestado.", "with_person": True},
        {"do": "write_note", "facts": "Llamada de ingreso: acepta el acompañamiento.", "next": "Acordar el plan."},
    )
    for n, action in enumerate(actions):
        desk.do(actor, {"case": "qqcase", **action}, action_id=f"qqcase.{n}")
    store.close()
    with sqlite3.connect(path) as connection:  # everything into the one file
        connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()


def fill(pattern: Path, path: Path, cases: int) -> float:
    """A store at ``path`` of so many copies of the case in ``pattern``; gives the seconds that it took."""
    start = time.perf_counter()
    shutil.copyfile(pattern, path)
    connection = sqlite3.connect(path, isolation_level=None)
    for setting in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -400000"):
        connection.execute(f"PRAGMA {setting}")
    connection.execute("CREATE TEMP TABLE fill (i INTEGER PRIMARY KEY, number, due, " + ", ".join(_columns()) + ")")
    later = list(connection.execute("SELECT name, sql FROM sqlite_master WHERE type='index' AND sql <> ''"))
    for name, _sql in later:
        connection.execute(f"DROP INDEX {name}")
    connection.execute("BEGIN")
    marks = ", ".join("?" * (3 + len(_columns())))
    connection.executemany(f"INSERT INTO fill VALUES ({marks})", _values(cases))
    last = connection.execute("SELECT max(seq) FROM audit").fetchone()[0]
    for trigger in ("audit_no_delete", "audit_no_update"):  # the pattern itself goes once it is copied
        connection.execute(f"DROP TRIGGER {trigger}")
    for table in METADATA.sorted_tables:
        if table.name != "chain_head":
            _copy(connection, table.name, [column.name for column in table.columns], last)
    connection.execute(
        "UPDATE chain_head SET seq = (SELECT max(seq) FROM audit),"
        " digest = (SELECT digest FROM audit ORDER BY seq DESC LIMIT 1)"
    )
    connection.execute("COMMIT")
    for _name, sql in later:
        connection.execute(sql)
    connection.close()
    return time.perf_counter() - start


def _columns() -> list[str]:
    return [column for column in TOKENS.values() if column != "number"]


def _values(cases: int) -> Iterator[tuple[object, ...]]:
    """A row of ``fill`` for each case. Strides that share no factor spread names and owners over all codes."""
    workers = max(cases // CASELOAD, 1)
    for i in range(1, cases + 1):
        worker = i * 7919 % workers
        first, last = FIRST[i * 31 % len(FIRST)], LAST[i * 17 // 3 % len(LAST)]
        due = (START + timedelta(days=i * 37 % 120)).strftime("%Y-%m-%d %H:%M:%S.%f")
        words = (folded(first), folded(last))
        yield (
            *(i, f"{i:07}", due, f"c{i:07}", "SIM", "sim"),
            *(first, words[0], last, words[1], f"worker{worker}", f"team{worker // TEAM}"),
        )


def _copy(connection: sqlite3.Connection, table: str, columns: list[str], entries: int) -> None:
    """Copy the rows of the pattern in ``table`` for every row of ``fill``, and take the pattern out."""
    connection.execute(f'CREATE TEMP TABLE pattern AS SELECT * FROM main."{table}"')
    connection.execute(f'DELETE FROM main."{table}"')
    wanted = [column for column in columns if column != "n"]
    values = [_value(connection, table, column, entries) for column in wanted]
    order = "ORDER BY 1, 2" if table in ("case_words", "case_addressed") else ""
    names = ", ".join(f'"{column}"' for column in wanted)
    chosen = ", ".join(values)
    connection.execute(f'INSERT INTO main."{table}" ({names}) SELECT {chosen} FROM fill CROSS JOIN pattern {order}')
    connection.execute("DROP TABLE pattern")


def _value(connection: sqlite3.Connection, table: str, column: str, entries: int) -> str:
    """The value of a copied column in SQL."""
    if (table, column) == ("case_index", "next_due"):
        return "fill.due"
    if (table, column) == ("audit", "seq"):
        return f"(fill.i - 1) * {entries} + pattern.seq"
    value = f'pattern."{column}"'
    for token, source in TOKENS.items():
        found = connection.execute(f'SELECT 1 FROM pattern WHERE instr("{column}", ?) LIMIT 1', (token,))
        if found.fetchone():
            value = f"replace({value}, '{token}', fill.{source})"
    return value


# Measuring -----------------------------------------------------------------------------------------------------------


def _measure(path: Path, cases: int) -> dict[str, float]:
    """Milliseconds to find and to open, the median of the slowest sort; prints each sort."""
    store = SqlStore(str(path))
    sample = [1 + n * (cases - 1) // (SAMPLE - 1) for n in range(SAMPLE)]
    now = [START]
    desk = Desk(store, lambda: now[0])
    owners = {i: _owner(store, i) for i in sample}
    for i in sample:
        _work(desk, owners[i], f"c{i:07}")
    now[0] += timedelta(days=60)
    ids = iter(range(10**9))

    def whole(text: str) -> None:
        with store.begin() as unit:
            unit.find(Query(text=text))

    def due(i: int) -> None:
        desk.find(owners[i], Query(due_before=now[0]), action_id=f"find{next(ids)}")

    def opened(i: int) -> None:
        desk.look(owners[i], f"c{i:07}", action_id=f"look{next(ids)}")

    sorts: dict[str, Callable[[int], None]] = {
        "find by code": lambda i: whole(f"sim-{i:07}"),
        "find by number": lambda i: whole(f"{i:07}"),
        "find by full name": lambda i: whole(f"{FIRST[i * 31 % len(FIRST)]} {LAST[i * 17 // 3 % len(LAST)]}"),
        "find by surname": lambda i: whole(LAST[i % len(LAST)]),
        "find by three letters": lambda i: whole(LAST[i % len(LAST)][:3]),
        "find by one letter": lambda i: whole(FIRST[i % len(FIRST)][:1]),
        "find what is due for me": due,
        "open": opened,
    }
    found = {name: _median(act, sample) for name, act in sorts.items()}
    for name, value in found.items():
        print(f"{'':>17} {name:<24} {value:8.2f} ms")
    store.close()
    return {"find": max(value for name, value in found.items() if name != "open"), "open": found["open"]}


def _owner(store: SqlStore, i: int) -> Actor:
    with store.begin() as unit:
        file = unit.case_file(f"c{i:07}")
    assert file is not None
    return Actor(file.case.owner, Role.CASEWORKER, file.case.group)


def _work(desk: Desk, actor: Actor, case: str) -> None:
    """Some months of work on a case: the file that is opened has some thirty entities."""
    goals = [{"need": "Seguridad", "goal": "Un plan", "action": "Acordarlo", "who": actor.id, "days": 3}] * 3
    actions: list[dict[str, Any]] = [{"do": "make_plan", "goals": goals, "agreed": True}]
    for n in range(8):
        actions += [
            {"do": "contact", "who": f"{case}.p", "channel": "phone", "purpose": "Seguimiento", "verified": True},
            {"do": "write_note", "facts": f"Llamada {n}: " + "está tranquila. " * 20, "next": "Llamar el jueves."},
            {"do": "plan_follow_up", "kind": "for_service", "days": 7 + n},
        ]
    for n, action in enumerate(actions):
        desk.do(actor, {"case": case, **action}, action_id=f"{case}.w{n}")


def _median(act: Callable[[int], None], sample: list[int]) -> float:
    act(sample[0])  # the first one also compiles the statement
    times = []
    for i in sample:
        start = time.perf_counter()
        act(i)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    main()
