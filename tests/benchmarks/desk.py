"""How long the case desk takes to answer, with 200 cases in the store of a story.

    python -m tests.benchmarks.desk [--rounds 5] [--browser]

Each command goes through the widget as from its front end: checked, done, saved on disk, drawn. With ``--browser`` real
Chromium also measures from the press of a button until the new screen is there (Voila on this machine, network shut).
The last line is one JSON object of figures, in milliseconds.
"""

import argparse
import contextlib
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.browser import chromium_page, serve_voila
from tests.classroom.content import write_notebook
from tests.classroom.desks import STORY, Desk, write_story

CASES = 200
NOTE = {"facts": "Llamó a las 22:10 y habló en voz baja.", "opinion": "Sigue en riesgo.", "next": "Llamar mañana."}
_PRESSED = """(button) => new Promise((resolve) => {
    const desk = button.closest(".ciberaula-desk"), begun = performance.now();
    const watcher = new MutationObserver(() => {
        if (desk.hasAttribute("aria-busy")) return;
        watcher.disconnect();
        requestAnimationFrame(() => resolve(performance.now() - begun));
    });
    watcher.observe(desk, { attributes: true, attributeFilter: ["aria-busy"] });
    button.click();
})"""


def main() -> None:
    """Measure, print a table, and the figures as JSON."""
    options = argparse.ArgumentParser(description="Measure how long the case desk takes to answer.")
    options.add_argument("--rounds", type=int, default=5, help="how many times the story is played")
    options.add_argument("--browser", action="store_true", help="also in real Chromium")
    chosen = options.parse_args()
    times: dict[str, list[float]] = {}
    with _folder() as folder:
        for _round in range(chosen.rounds):
            (folder / "respuestas.json").unlink(missing_ok=True)
            _play(times)
        begun = time.perf_counter()
        Desk()
        opened = (time.perf_counter() - begun) * 1000
        figures: dict[str, Any] = {"cases": CASES, "reopen_ms": round(opened, 1)}
    everything = [one for several in times.values() for one in several]
    for name, several in times.items():
        print(f"{name:>12}: median {statistics.median(several):6.1f} ms, longest {max(several):6.1f} ms")
    figures |= {"answer_ms_median": round(statistics.median(everything), 1), "answer_ms_max": round(max(everything), 1)}
    if chosen.browser:
        seen = _in_browser()
        print(f"{'in Chromium':>12}: median {statistics.median(seen):6.1f} ms, longest {max(seen):6.1f} ms")
        figures |= {"screen_ms_median": round(statistics.median(seen), 1), "screen_ms_max": round(max(seen), 1)}
    print(json.dumps(figures))


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    before = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="ciberaula-desk-") as name:
        folder = write_story(Path(name) / "06-prueba", background=CASES)
        os.environ["CIBERAULA_PSEUDONYM"] = "p-medida"
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(before)


def _play(times: dict[str, list[float]]) -> None:
    desk = Desk()

    def measured(name: str, do: str, **more: Any) -> None:
        begun = time.perf_counter()
        desk.send(do, **more)
        times.setdefault(name, []).append((time.perf_counter() - begun) * 1000)

    measured("start", "start")
    measured("wait", "wait", until="next")
    measured("read", "read", message="m1")
    measured("cases", "go", screen="cases")
    measured("find", "find", values={"text": "elvia"})
    measured("open", "open", case="c1")
    for tab in ("people", "consent", "plan", "services", "notes", "documents", "incidents", "audit"):
        measured(tab, "go", screen="case", case="c1", tab=tab, form="")
    measured("form", "go", screen="case", case="c1", tab="notes", form="write_note")
    measured("submit", "submit", case="c1", form="write_note", values=NOTE)
    measured("calendar", "go", screen="calendar")
    measured("choose", "choose", situation="mensaje", option="b")
    for _turn in range(40):
        if desk.widget.play.ending is not None:
            break
        measured("wait", "wait", until="next")


def _in_browser() -> list[float]:
    """Milliseconds from pressing a button until the screen that follows is drawn."""
    names = (
        "Empezar",
        "Adelantar hasta lo próximo",
        "Mis casos",
        "SIM-114",
        "Evaluación y plan",
        "Auditoría",
        "Calendario y reloj",
    )
    with _folder() as folder:
        notebook = write_notebook(folder / "cuaderno.ipynb", f'from ciberaula.classroom import story\nstory("{STORY}")')
        with serve_voila(notebook) as address, chromium_page() as tab:
            tab.page.goto(address)
            desk = tab.page.locator(".ciberaula-live").first
            return [desk.get_by_role("button", name=name).first.element_handle().evaluate(_PRESSED) for name in names]


if __name__ == "__main__":
    main()
