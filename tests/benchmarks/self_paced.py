"""From handing in to readable feedback, with many handing in together.

    python -m tests.benchmarks.self_paced [--submissions 50] [--code 7] [--before 9] [--workers N]

Submissions of the answer bank, laid out as nbgrader's ``submit`` leaves them, are moved into the exchange at one instant
while ``ciberaula serve-grading`` runs; the clock of each stops when its page can be read in the exchange under the name
that the trainee's nbgrader looks for. One in seven reached its data answers by code. Every page must hold a mark. A few
hand in ``before``, unmeasured: a service runs for weeks, and its first submission comes once (0 measures that too). The last
line is one JSON object: seconds until the feedback of half of them, and of 95 in 100.
"""

import argparse
import contextlib
import json
import os
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.utils import notebook_hash

from ciberaula.grading.cohort import Cohort
from ciberaula.grading.config import COURSE_ID
from ciberaula.grading.demo import register
from ciberaula.grading.feedback import NAMED_BY
from ciberaula.grading.serving_health import HEALTH_FILE
from ciberaula.paths import course_root, home
from tests.benchmarks.grading_work import ASSIGNMENT, submit

STAMP = "2026-11-20 12:00:00.000000 UTC"
GIVE_UP_S = 180


def main() -> None:
    """Measure once, print what each took, and the figures as JSON."""
    options = argparse.ArgumentParser(description="Measure the loop of a self-paced course.")
    options.add_argument("--submissions", type=int, default=50)
    options.add_argument("--code", type=int, default=7, help="one in so many has code of its own; 0 for none")
    options.add_argument("--before", type=int, default=9, help="how many handed in earlier, unmeasured")
    options.add_argument("--workers", type=int, default=None)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="ciberaula-benchmark-") as folder:
        print(json.dumps(measure(Path(folder), chosen)))


def measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Seconds from handing in to readable feedback, over ``options.submissions`` of them."""
    count, code = options.submissions, options.code
    os.environ["CIBERAULA_HOME"] = str(folder / "var")
    register(Cohort(), ASSIGNMENT)
    exchange = home() / "exchange" / COURSE_ID
    (exchange / "inbound").mkdir(parents=True)
    earlier = _make(folder / "earlier", options.before, code, first=count)
    made = _make(folder / "made", count, code)
    with _service(options.workers) as health:
        for some in (earlier, made):
            begun = time.perf_counter()
            for place in some:
                place.rename(exchange / "inbound" / place.name)
            pages = {exchange / "feedback" / f"{page}.html" for page in some.values()}
            took = _wait(pages, begun)
        told = json.loads(health.read_text())
    missing = len(pages) - len(took)
    unmarked = sum("Su nota: " not in page.read_text(encoding="utf-8") for page in took)
    seconds = sorted(took.values())
    print(f"{count} together: first {seconds[0]:.2f} s, last {seconds[-1]:.2f} s; without feedback: {missing}")
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return {
        "p50_s": round(cuts[9], 2),
        "p95_s": round(cuts[18], 2),
        "last_s": round(seconds[-1], 2),
        "submissions": count,
        "with_code": sum(number % code == 0 for number in range(count)) if code else 0,
        "missing": missing,
        "without_mark": unmarked,
        "failed": told["failed_total"],
        "cores": len(os.sched_getaffinity(0)),
    }


def _make(folder: Path, count: int, code: int, first: int = 0) -> dict[Path, str]:
    """Submissions as nbgrader's ``submit`` leaves them, by folder; the value names the feedback page."""
    folder.mkdir()
    made = {}
    for student in submit(count, by_code=lambda number: bool(code) and number % code == 0, first=first):
        place = folder / f"{student}+{ASSIGNMENT}+{STAMP}+{secrets.token_urlsafe(9)}"
        (home() / "submitted" / student / ASSIGNMENT).rename(place)
        (home() / "submitted" / student).rmdir()
        (place / "timestamp.txt").write_text(STAMP)
        key = secrets.token_hex(64)
        (place / NAMED_BY).write_text(key)
        place.chmod(0o777)
        (notebook,) = place.glob("*.ipynb")
        made[place] = notebook_hash(secret=key, notebook_id=notebook.stem)
    return made


@contextlib.contextmanager
def _service(workers: int | None) -> Iterator[Path]:
    """The service, running and warm; its health file."""
    health = home() / HEALTH_FILE
    command = [sys.executable, "-m", "ciberaula", "serve-grading"]
    command += ["--workers", str(workers)] if workers else []
    process = subprocess.Popen(command, cwd=course_root())
    try:
        for _second in range(GIVE_UP_S):
            time.sleep(1)
            if health.exists() and json.loads(health.read_text())["state"] == "running":
                break
        time.sleep(5)  # a service has been there for long when somebody hands in
        yield health
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _wait(pages: set[Path], begun: float) -> dict[Path, float]:
    took: dict[Path, float] = {}
    while len(took) < len(pages) and time.perf_counter() - begun < GIVE_UP_S:
        for page in pages - took.keys():
            if page.exists():
                took[page] = time.perf_counter() - begun
        time.sleep(0.005)
    return took


if __name__ == "__main__":
    main()
