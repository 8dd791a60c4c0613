"""What opening the classroom's pages costs.

    python -m tests.benchmarks.classroom

Real Chromium with the network shut, cold (new profile) and warm (again in the same one); ``first_content_s`` runs from the
request until the page's own text is there, ``bytes`` is what came over the wire, and ``socket_bytes`` what the kernel sent
besides (each widget's code and state). The last line is one JSON object of figures.
"""

import argparse
import contextlib
import json
import shutil
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
    argparse.ArgumentParser(description="Measure what opening the classroom's pages costs.").parse_args()
    print(json.dumps(pages()))


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
