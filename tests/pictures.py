"""Take the pictures of the READMEs and guides: the real classroom with its demo cohort, in real Chromium.

    python -m tests.pictures

Pictures are small on purpose (a palette of 32 colours): they travel with the course over weak connections.
"""

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page

from tests.browser import chromium_page
from tests.launch.classroom import Running, started

COURSE = Path(__file__).parents[1]
MODULE = "05-proteccion-de-datos"
WIDTH, HEIGHT = 1000, 640


def main() -> None:
    """Take all pictures, in a home of their own."""
    with tempfile.TemporaryDirectory(prefix="ciberaula-pictures-") as folder:
        home = Path(folder)
        with started(home) as classroom:
            _trainee(classroom, COURSE / "modules" / "imagenes")
        with started(home, "instructor") as classroom:
            _instructor(classroom, home, COURSE / "grading" / "imagenes")


def _trainee(classroom: Running, folder: Path) -> None:
    with chromium_page(width=WIDTH, height=HEIGHT) as tab:
        page = tab.page
        page.goto(classroom.address)
        page.locator(".ca-inicio").wait_for()
        page.wait_for_timeout(1500)
        _save(page, folder / "inicio.png")
        page.goto(f"http://localhost:{classroom.port}/voila/render/modules/{MODULE}/leccion-1.ipynb")
        question = page.locator(".ciberaula-live", has=page.get_by_role("radio")).first
        question.wait_for()
        page.wait_for_timeout(1500)
        _save(page, folder / "leccion.png")
        question.get_by_role("radio").nth(0).check()
        question.get_by_role("button", name="Comprobar").click()
        question.locator(".ciberaula-why").first.wait_for()
        _save(question, folder / "pregunta.png")
        page.goto(f"http://localhost:{classroom.port}/voila/render/mi-avance.ipynb")
        page.get_by_text("Horas acreditadas").wait_for()
        _save(page, folder / "mi-avance.png")


def _instructor(classroom: Running, home: Path, folder: Path) -> None:
    with chromium_page(width=WIDTH, height=HEIGHT) as tab:
        page = tab.page
        address = f"http://localhost:{classroom.port}"
        page.goto(classroom.address)  # brings the cookie that formgrader's own requests need
        page.locator("h1:visible").first.wait_for()
        page.goto(f"{address}/formgrader/manage_submissions/{MODULE}")
        page.locator("td.student-id", has_text="sim-01").wait_for()
        _save(page, folder / "formgrader.png")
        for name in ("cohorte", "institucion"):
            page.goto(f"{address}/voila/render/grading/dashboards/{name}.ipynb")
            page.get_by_text("De un vistazo").wait_for()
            _save(page, folder / f"{name}.png")
        (feedback,) = (home / "feedback" / "sim-06" / MODULE).glob("*.html")
        page.goto(feedback.as_uri())
        _save(page, folder / "retroalimentacion.png")


def _save(shown: Page | Locator, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(shown.screenshot())) as picture:
        picture.convert("RGB").quantize(32).save(path, optimize=True)
    print(f"{path.relative_to(COURSE)}: {path.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
