"""How fast the cases are made, against Faker filling the same columns in the same run; memory and cost at a million.

    python -m tests.benchmarks.datasets [--cases 1000000] [--out FOLDER]

Prints what it does and, as its last line, one JSON object: ``rows_per_s`` (rows of all tables on disk as CSV a second),
``ratio_vs_faker`` (the same of Faker writing the same tables with the same columns), ``peak_mib_1m`` (highest resident
memory of a process of its own that makes the million, in MiB) and ``cost_growth_1m_over_10k`` (seconds a case at the million
over seconds a case at 10,000; 1 is linear).

Faker uses its own provider for each kind of column (a name, a moment within the two years, a choice, a text about as long
as ours, a pattern of figures for a code), without weighting, and ``csv.writer`` for what it made; as it takes long it
makes fewer cases, and its rows a second are compared.
"""

import argparse
import csv
import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from faker import Faker

from ciberaula.datasets.build import build
from ciberaula.datasets.published import dataset, recipe
from ciberaula.datasets.spec import Column, Table

SET = "casos"
FEW, FAKED = 10_000, 400
PERIOD = (dt.datetime(2024, 1, 8), dt.datetime(2025, 12, 31))
LONGEST_CODE = 30
_MIB = 1024
# In a process of its own, so that the memory is that of one build.
_CHILD = "from tests.benchmarks.datasets import measure; measure({cases}, {out!r})"


def measure(cases: int, out: str) -> None:
    """Make so many cases and print seconds, rows and the highest resident memory (MiB) of this process as JSON."""
    found = dataset(SET)
    warm = recipe(found, rows=1_000)
    build(found, warm, Path(out) / "warm")
    began = time.perf_counter()
    # Faker writes no SQLite either.
    built = build(found, recipe(found, rows=cases), Path(out), sqlite=False)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB
    print(json.dumps({"seconds": seconds, "rows": sum(built.rows.values()), "peak": peak}))


def ours(cases: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as out:
        done = subprocess.run(
            [sys.executable, "-c", _CHILD.format(cases=cases, out=out)],
            check=True,
            capture_output=True,
            text=True,
        )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(
        f"ours, {cases:,} cases: {found['rows']:,.0f} rows in {found['seconds']:.1f} s "
        f"({found['rows'] / found['seconds']:,.0f} rows/s), peak {found['peak']:.0f} MiB"
    )
    return found


def faked(cases: int) -> float:
    """Rows a second of Faker, as many rows of each table as ours has for so many cases."""
    found = dataset(SET)
    made = found.make(recipe(found, rows=max(cases, found.fewest)), 1, cases)
    fake = Faker("es_MX", use_weighting=False)  # the faster way of the two that it has
    fake.seed_instance(1)
    began = time.perf_counter()
    rows = 0
    with tempfile.TemporaryDirectory() as out:
        for table in found.tables:
            sample = {name: pa.array(values) for name, values in made[table.name].items()}
            rows += fill(fake, table, sample, Path(out))
    rate = rows / (time.perf_counter() - began)
    print(f"Faker, {cases} cases: {rows:,} rows, {rate:,.0f} rows/s")
    return rate


def fill(fake: Faker, table: Table, sample: Mapping[str, Any], out: Path) -> int:
    """Write as many rows as ``sample`` has; its columns tell how long the texts are, and how many cells are empty."""
    makers = [sometimes(maker(fake, column, sample[column.name]), sample[column.name]) for column in table.columns]
    count = len(next(iter(sample.values())))
    with (out / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        for row in range(count):
            writer.writerow([make(row) for make in makers])
    return count


def sometimes(make: Callable[[], Any], sample: Any) -> Callable[[int], Any]:
    """Empty where the sample is."""
    empty = sample.is_null().to_pylist()
    return lambda row: "" if empty[row] else make()


def maker(fake: Faker, column: Column, sample: Any) -> Callable[[], Any]:
    """The provider of Faker that fills that column with the like."""
    if column.categories:
        return lambda: fake.random_element(column.categories)
    by_kind: dict[str, Callable[[], Any]] = {
        "integer": lambda: fake.random_int(0, 100),
        "number": lambda: fake.pyfloat(min_value=0, max_value=100, right_digits=1),
        "date": lambda: fake.date_between_dates(*PERIOD).isoformat(),
        "datetime": lambda: fake.date_time_between_dates(*PERIOD).strftime("%Y-%m-%d %H:%M"),
    }
    by_name: dict[str, Callable[[], Any]] = {
        "nombre": fake.name,
        "cedula": lambda: fake.numerify("##########"),
        "telefono": lambda: fake.numerify("086#######"),
        "correo": fake.email,
    }
    if column.kind in by_kind:
        return by_kind[column.kind]
    if column.name in by_name:
        return by_name[column.name]
    length = round(mean_length(sample))
    return (lambda: fake.text(max_nb_chars=length)) if length > LONGEST_CODE else (lambda: fake.numerify("SIM-######"))


def mean_length(sample: Any) -> float:
    cells = [len(cell) for cell in sample.to_pylist() if cell]
    return sum(cells) / len(cells) if cells else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1_000_000, help="how many are many")
    options = parser.parse_args()
    baseline = faked(FAKED)
    few, many = ours(FEW), ours(options.cases)
    rate = many["rows"] / many["seconds"]
    growth = (many["seconds"] / options.cases) / (few["seconds"] / FEW)
    print(f"ratio to Faker: {rate / baseline:.1f}; seconds a case, {options.cases:,} over {FEW:,}: {growth:.2f}")
    print(
        json.dumps(
            {
                "rows_per_s": round(rate),
                "ratio_vs_faker": round(rate / baseline, 1),
                "peak_mib_1m": round(many["peak"]),
                "cost_growth_1m_over_10k": round(growth, 2),
            }
        )
    )


if __name__ == "__main__":
    main()
