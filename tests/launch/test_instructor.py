"""The instructor's and the institution's profiles of the same command, in a real Chromium."""

import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.browser import chromium_page
from tests.launch.classroom import started

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    (folder / "demo.ready").write_text("1")
    return folder


def test_an_instructor_reaches_formgrader_and_the_guide(home: Path) -> None:
    with started(home, "instructor") as classroom, chromium_page() as tab:
        tab.page.goto(classroom.address)
        tab.page.wait_for_selector('.jp-MarkdownViewer h2:has-text("El ciclo de una tarea")')
        for name in ("cohorte", "institucion", "mi-avance"):
            assert tab.page.locator(f'a[href="/voila/render/grading/dashboards/{name}.ipynb"]').count() >= 1
        with tab.page.context.expect_page() as opened:
            tab.page.get_by_role("link", name="Abrir el calificador").click()
        opened.value.wait_for_selector("text=Manage Assignments")
        opened.value.close()
        tab.page.get_by_role("link", name="guía de docentes").click()
        tab.page.wait_for_selector('.jp-MarkdownViewer h1:has-text("Guía de docentes")')
        assert tab.outside == []


def test_an_institution_sees_its_page_and_no_course(home: Path) -> None:
    with started(home, "institution") as classroom:
        assert "/voila/render/institucion.ipynb?token=" in classroom.address
        shown = {path.name for path in (home / "institucion").iterdir()}
        assert shown == {".ciberaula", "institucion.ipynb", "guia.md"}
        for path in ("/formgrader", "/api/contents/solutions"):
            request = urllib.request.Request(
                f"http://127.0.0.1:{classroom.port}{path}", headers={"Authorization": f"token {classroom.token}"}
            )
            with pytest.raises(urllib.error.HTTPError) as missing:
                urllib.request.urlopen(request, timeout=300)
            assert missing.value.code == 404
