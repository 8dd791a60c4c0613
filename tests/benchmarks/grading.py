"""What grading a cohort costs, against stock ``nbgrader autograde`` over the same submissions in the same run.

    python -m tests.benchmarks.grading [--submissions 60] [--many 2000]

Two batches of module 05, made from its answer bank: answers only, and data answers reached by code. Each is graded by
``ciberaula grade`` (sandbox on) and by ``nbgrader autograde`` with nbgrader's own steps, whole commands with their
start, each into a home of its own; the scores of every item are compared. Then one engine that is warm grades 20 and
``--many`` submissions of answers only (cost of one at many over cost at 20), and ``ciberaula grade`` grades ``--many`` once
more while the memory of all its processes (PSS) is watched. The last line is one JSON object of figures.
"""

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil

from ciberaula.grading.cohort import Cohort
from ciberaula.grading.demo import register
from ciberaula.grading.engine import Engine, Order, pending
from ciberaula.grading.trusted import scoring_batch
from tests.benchmarks.grading_work import ASSIGNMENT, scores, submit

COURSE = Path(__file__).parents[2]
FEW, PART = 20, 20
BATCHES = {"data": lambda _number: False, "code": lambda _number: True}
# nbgrader as it comes: its own steps, and nothing of ours but where the folders are.
STOCK = """
from nbgrader.converters import Autograde
from ciberaula.grading.config import configure
c = get_config()
configure(c)
c.Autograde = type(c.Autograde)()
"""


def main() -> None:
    """Measure, print a table, and the figures as JSON."""
    options = argparse.ArgumentParser(description="Measure what grading a cohort costs.")
    options.add_argument("--submissions", type=int, default=60, help="how many in each batch against stock nbgrader")
    options.add_argument("--many", type=int, default=2000, help="how many for the growth of cost and for memory")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="ciberaula-benchmark-") as folder:
        figures = {**against_stock(Path(folder), chosen.submissions), **growth(Path(folder), chosen.many)}
    print(json.dumps(figures))


def against_stock(folder: Path, count: int) -> dict[str, Any]:
    """Throughput of whole commands, as ratios to stock nbgrader's, and whether every score is the same."""
    figures: dict[str, Any] = {}
    equal = []
    for name, by_code in BATCHES.items():
        with _home(folder / f"{name}-ours", count, by_code):
            ours = _timed([sys.executable, "-m", "ciberaula", "grade", ASSIGNMENT, "--json"])
            ours_scores = scores()
            again = _timed([sys.executable, "-m", "ciberaula", "grade", ASSIGNMENT, "--json"])
        with _home(folder / f"{name}-stock", count, by_code) as home:
            (home / "nbgrader_config.py").write_text(STOCK)
            stock = _timed([sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT, "--log-level=ERROR"], home)
            stock_scores = scores()
        equal.append(len(ours_scores) == count and ours_scores == stock_scores)
        print(
            f"{name}: stock {stock / count:.3f} s a submission, ours {ours / count:.3f} s: {stock / ours:.1f} x stock"
        )
        print(f"{name}: nothing new, {again:.2f} s; scores equal: {equal[-1]}")
        figures |= {
            f"throughput_ratio_{name}": round(stock / ours, 2),
            f"ours_s_{name}": round(ours, 2),
            f"stock_s_{name}": round(stock, 2),
            f"nothing_new_s_{name}": round(again, 2),
        }
    return {**figures, "scores_equal": all(equal), "submissions": count}


def growth(folder: Path, many: int) -> dict[str, Any]:
    """Seconds for one submission at ``FEW`` and at ``many``; then the whole command over as many, and its memory."""
    with _home(folder / "growth", many, BATCHES["data"]), scoring_batch():
        engine = Engine(Cohort().config)
        todo = pending(ASSIGNMENT).todo
        engine.grade(Order(ASSIGNMENT, todo[:1]))  # starts the scoring kernel
        few = statistics.median(_cost(engine, todo[1 : 1 + FEW], force=True) for _round in range(5))
        whole = _cost(engine, todo[1 + FEW :], force=False)
        started = time.perf_counter()
        assert not engine.pending(ASSIGNMENT).todo
        nothing = time.perf_counter() - started
    print(f"one at {FEW}: {few * 1000:.1f} ms, one at {many}: {whole * 1000:.1f} ms; nothing new: {nothing:.2f} s")
    with _home(folder / "memory", many, BATCHES["data"]):
        started = time.perf_counter()
        peak = _peak_mib([sys.executable, "-m", "ciberaula", "grade", ASSIGNMENT, "--json"])
        seconds = time.perf_counter() - started
    print(f"ciberaula grade over {many}: {seconds:.1f} s, {many / seconds:.1f} a second, peak {peak:.0f} MiB")
    return {
        "cost_growth_2000_over_20": round(whole / few, 3),
        "one_at_20_ms": round(few * 1000, 2),
        "one_at_many_ms": round(whole * 1000, 2),
        "many": many,
        "nothing_new_s_per_1000": round(nothing * 1000 / many, 3),
        "many_per_second": round(many / seconds, 1),
        "peak_mib": round(peak),
    }


def _cost(engine: Engine, students: Sequence[str], *, force: bool) -> float:
    started = time.perf_counter()
    for start in range(0, len(students), PART):
        outcomes = engine.grade(Order(ASSIGNMENT, tuple(students[start : start + PART]), force))
        assert {one.state for one in outcomes} == {"graded"}
    return (time.perf_counter() - started) / len(students)


@contextlib.contextmanager
def _home(home: Path, count: int, by_code: Any) -> Iterator[Path]:
    """A home with the assignment in its gradebook and ``count`` submissions handed in; gone afterwards."""
    home.mkdir()
    before = dict(os.environ)
    os.environ |= {"CIBERAULA_HOME": str(home), "CIBERAULA_COURSE": str(COURSE)}
    try:
        register(Cohort(), ASSIGNMENT)
        submit(count, by_code=by_code)
        yield home
    finally:
        os.environ.clear()
        os.environ |= before
        shutil.rmtree(home, ignore_errors=True)


def _timed(command: list[str], folder: Path = COURSE) -> float:
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {(done.stderr or done.stdout)[-2000:]}")
    return seconds


def _peak_mib(command: list[str]) -> float:
    """The most memory that a command and all its children held at one time, in MiB: shared pages counted once."""
    run = psutil.Popen(command, cwd=COURSE, stdout=subprocess.DEVNULL)
    most = 0
    while run.poll() is None:
        held = 0
        with contextlib.suppress(psutil.NoSuchProcess):
            for process in [run, *run.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    held += process.memory_full_info().pss
        most = max(most, held)
        time.sleep(0.5)
    if run.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {run.returncode}")
    return most / 2**20


if __name__ == "__main__":
    main()
