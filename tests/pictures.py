"""Take the pictures of the READMEs and guides: the real classroom with its demo cohort, in real Chromium.

    python -m tests.pictures            # all of them
    python -m tests.pictures grading    # the instructor's

Pictures are small on purpose (a palette of 32 colours): they travel with the course over weak connections.
"""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page

from tests.browser import chromium_page, heard
from tests.launch.classroom import Running, started

COURSE = Path(__file__).parents[1]
MODULE = "05-proteccion-de-datos"
NOTEBOOK = "proteccion-de-datos"
WIDTH, HEIGHT = 1000, 640


def main(wanted: list[str]) -> None:
    """Take the pictures of ``wanted`` (``modules``, ``grading``; none named: of both), in a home of their own."""
    with tempfile.TemporaryDirectory(prefix="ciberaula-pictures-") as folder:
        home = Path(folder)
        if "modules" in wanted or not wanted:
            with started(home) as classroom:
                _trainee(classroom, COURSE / "modules" / "imagenes")
        if "grading" in wanted or not wanted:
            with started(home, "instructor") as classroom:
                _instructor(classroom, home, COURSE / "grading" / "imagenes")


def _trainee(classroom: Running, folder: Path) -> None:
    with chromium_page(width=WIDTH, height=HEIGHT) as tab:
        page = tab.page
        page.goto(classroom.address)
        page.locator(".ca-inicio").wait_for()
        _save(page, folder / "inicio.png")
        page.goto(f"http://localhost:{classroom.port}/voila/render/modules/{MODULE}/leccion-1.ipynb")
        question = page.locator(".ciberaula-live", has=page.get_by_role("radio")).first
        question.wait_for()
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
        page.locator("th", has_text="Status").click()  # what waits for a person comes first
        page.mouse.move(0, 0)
        _save(page, folder / "formgrader.png")
        for name in ("cohorte", "institucion"):
            page.goto(f"{address}/voila/render/grading/dashboards/{name}.ipynb")
            page.get_by_text("De un vistazo").wait_for()
            _save(page, folder / f"{name}.png")
        _cohort_parts(page, f"{address}/voila/render/grading/dashboards/cohorte.ipynb", folder)
        _written_answer(page, f"{address}/formgrader", folder)
        (feedback,) = (home / "feedback" / "sim-06" / MODULE).glob("*.html")
        page.goto(feedback.as_uri())
        _save(page, folder / "retroalimentacion.png")


def _cohort_parts(page: Page, address: str, folder: Path) -> None:
    """How each question worked, and two texts side by side."""
    page.goto(address)
    questions = page.get_by_role("heading", name="Cómo funcionó cada pregunta")
    questions.wait_for()
    _to_top(questions)
    _save(page, folder / "preguntas.png")
    page.get_by_role("link", name="Comparar las respuestas escritas").click()
    page.get_by_role("link", name="Ver los textos").nth(2).click()
    beside = page.get_by_role("heading", name="Los textos, lado a lado")
    beside.wait_for()
    _to_top(beside)
    _save(page, folder / "parecidos.png")


def _written_answer(page: Page, formgrader: str, folder: Path) -> None:
    """The form in which an instructor reads a written answer and gives its points."""
    page.goto(f"{formgrader}/gradebook/{MODULE}/{NOTEBOOK}")
    page.locator("tr:has(td[data-search='needs manual grade']) a.name-hidden").first.click()
    answer = page.locator(".nbgrader_cell", has=page.locator("input.score")).last
    answer.wait_for()
    _to_top(answer)
    page.mouse.wheel(0, -110)  # the page's own bar lies over what is at the top
    _save(page, folder / "calificar-texto.png")


def _to_top(shown: Locator) -> None:
    shown.evaluate("element => element.scrollIntoView()")


def _save(shown: Page | Locator, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(_at_rest(shown))) as picture:
        picture.convert("RGB").quantize(32).save(path, optimize=True)
    print(f"{path.relative_to(COURSE)}: {path.stat().st_size / 1024:.0f} KiB")


def _at_rest(shown: Page | Locator) -> bytes:
    """Its picture once nothing moves or comes any more: two in a row are the same."""
    page = shown if isinstance(shown, Page) else shown.page
    page.wait_for_load_state("load")
    heard(page)
    before = b""
    for _attempt in range(120):
        picture = shown.screenshot()
        if picture == before:
            return picture
        before = picture
        page.wait_for_timeout(1000)
    raise RuntimeError("the page does not come to rest")


if __name__ == "__main__":
    main(sys.argv[1:])
