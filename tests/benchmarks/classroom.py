"""What the classroom costs: grading a submission against stock nbgrader, and opening its pages.

    python -m tests.benchmarks.classroom [--submissions 14]

Grading: the same submissions (answers of the bank, one in seven by code) go once through the course's two stages and once
through the same steps with nbgrader's own ``Execute`` in the place of ours, in one run, each into a home of its own; the
scores of every item are compared. Pages: real Chromium
with the network shut, cold (new profile) and warm (again in the same one); ``first_content_s`` runs from the request
until the page's own text is there, ``bytes`` is what came over the wire, and ``socket_bytes`` what the kernel sent besides
(each widget's code and state). The last line is one JSON object of figures.
"""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser import chromium_page
from tests.launch.classroom import Running, started

COURSE = Path(__file__).parents[2]
ASSIGNMENT = "05-proteccion-de-datos"
PRACTICE = "06-gestion-virtual-de-casos"  # its page has two case desks: the practice room and the shared one


def main() -> None:
    """Measure, print a table, and the figures as JSON."""
    options = argparse.ArgumentParser(description="Measure what the classroom costs.")
    options.add_argument("--submissions", type=int, default=14, help="how many submissions are graded by each")
    chosen = options.parse_args()
    figures = {**grading(chosen.submissions), **pages()}
    print(json.dumps(figures))


def grading(count: int) -> dict[str, Any]:
    """Seconds per submission of ours and of stock nbgrader, and whether every item got the same score."""
    with tempfile.TemporaryDirectory(prefix="ciberaula-benchmark-") as folder:
        ours = _graded(Path(folder) / "ours", count, "ours")
        stock = _graded(Path(folder) / "stock", count, "stock")
    equal = ours["scores"] == stock["scores"] and len(ours["scores"]) > 0
    for name, run in (("two stages", ours), ("stock nbgrader", stock)):
        print(f"{name:>16}: {run['seconds'] / count:.2f} s per submission ({count} submissions)")
    print(f"{'ratio':>16}: {stock['seconds'] / ours['seconds']:.1f} x stock; scores equal: {equal}")
    return {
        "autograde_s_per_submission": round(ours["seconds"] / count, 3),
        "stock_s_per_submission": round(stock["seconds"] / count, 3),
        "ratio_vs_stock": round(stock["seconds"] / ours["seconds"], 2),
        "scores_equal": equal,
        "submissions": count,
    }


def _graded(home: Path, count: int, engine: str) -> dict[str, Any]:
    """Grade in a process of its own, so that neither engine finds anything loaded by the other."""
    home.mkdir()
    line = [sys.executable, "-m", "tests.benchmarks.classroom_grading", engine, str(count)]
    done = subprocess.run(
        line,
        cwd=COURSE,
        env={**os.environ, "CIBERAULA_HOME": str(home), "CIBERAULA_COURSE": str(COURSE)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{engine}: {done.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@dataclass(frozen=True)
class Opened:
    """A page to measure: who opens it, where, and the selector of its own first text."""

    role: str
    path: str
    shows: str


PAGES = {
    "lesson_lab": Opened("trainee", f"lab/tree/modules/{ASSIGNMENT}/leccion-1.ipynb", ".jp-RenderedMarkdown h1"),
    "lesson_voila": Opened("trainee", f"voila/render/modules/{ASSIGNMENT}/leccion-1.ipynb", ".ciberaula-live"),
    "practice_voila": Opened("trainee", f"voila/render/modules/{PRACTICE}/para-llevar.ipynb", ".ciberaula-live"),
    "mi_avance": Opened("trainee", "voila/render/mi-avance.ipynb", "main h1, main h2"),
    "cohorte": Opened("instructor", "voila/render/grading/dashboards/cohorte.ipynb", "main h1, main h2"),
    "institucion": Opened("instructor", "voila/render/grading/dashboards/institucion.ipynb", "main h1, main h2"),
}


def pages() -> dict[str, Any]:
    """Seconds to the first content and bytes of each page, cold and warm, and seconds of both starts."""
    figures: dict[str, Any] = {}
    with _home() as home:
        for role in ("trainee", "instructor"):
            with started(home, role) as classroom:
                figures[f"start_{role}_s"] = round(classroom.seconds, 1)
                for name, page in PAGES.items():
                    if page.role == role:
                        figures[name] = _opened(classroom, page)
                        told = [
                            f"{one['first_content_s']:5.2f} s {one['bytes'] / 1024:5.0f} + {one['socket_bytes'] / 1024:4.0f} KiB"
                            for one in (figures[name], figures[name]["warm"])
                        ]
                        print(f"{name:>16}: {told[0]} cold, {told[1]} warm")
        with started(home) as again:
            figures["second_start_s"] = round(again.seconds, 1)
    return figures


@contextlib.contextmanager
def _home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ciberaula-benchmark-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _opened(classroom: Running, page: Opened) -> dict[str, Any]:
    with chromium_page(timeout_s=120) as tab:
        address = f"http://localhost:{classroom.port}/{page.path}"
        cold = _load(tab.page, f"{address}?token={classroom.token}", page.shows)
        tab.page.goto("about:blank")
        warm = _load(tab.page, address, page.shows)
        if tab.outside:
            raise SystemExit(f"{page.path}: asked for {tab.outside[0]}")
    return {**cold, "warm": warm}


def _load(page: Page, address: str, shows: str) -> dict[str, Any]:
    received = socket = 0

    def count(event: dict[str, Any]) -> None:
        nonlocal received
        received += int(event["encodedDataLength"])

    def count_frame(event: dict[str, Any]) -> None:
        nonlocal socket
        frame = event["response"]
        # The protocol tells binary frames (opcode 2) in base64, which is longer than what came.
        socket += len(b64decode(frame["payloadData"])) if frame["opcode"] == 2 else len(frame["payloadData"].encode())

    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", count)
    session.on("Network.webSocketFrameReceived", count_frame)
    begun = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(shows)
    seconds = time.perf_counter() - begun
    # What is still on its way counts too: the page is not done before.
    with contextlib.suppress(Exception):
        page.wait_for_load_state("networkidle", timeout=15_000)
    session.detach()
    return {"first_content_s": round(seconds, 2), "bytes": received, "socket_bytes": socket}


if __name__ == "__main__":
    main()
