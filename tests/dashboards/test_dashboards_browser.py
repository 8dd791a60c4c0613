"""The three dashboards in real Chromium, served by Voila with our template and no network."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import axe_violations, chromium_page, scrolls_sideways, serve_lab, serve_voila
from tests.progress import cohort

pytestmark = pytest.mark.browser

DASHBOARDS = Path(__file__).parents[2] / "grading" / "dashboards"
ALL = ("warning", "minor", "moderate", "serious", "critical")
# A dashboard, whatever else is on the page: far below the megabytes of a page that JupyterLab draws.
MAX_BYTES = 150_000


@pytest.fixture(scope="module")
def served(demo):
    """The addresses of the three dashboards, each from its own Voila, for an instructor."""
    env = {"CIBERAULA_HOME": str(demo), "CIBERAULA_ROLE": "instructor", "CIBERAULA_STUDENT": "azu-4"}
    with (
        serve_voila(DASHBOARDS / "cohorte.ipynb", env=env) as cohorte,
        serve_voila(DASHBOARDS / "institucion.ipynb", env=env) as institucion,
        serve_voila(DASHBOARDS / "mi-avance.ipynb", env=env) as mi_avance,
    ):
        yield {"cohorte": cohorte, "institucion": institucion, "mi-avance": mi_avance}


def keep_picture(page, name):
    """Save a picture where ``CIBERAULA_SHOTS`` says, for a person to look at."""
    folder = os.environ.get("CIBERAULA_SHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize(
    ("name", "title", "said"),
    [
        ("cohorte", "Cohorte", "Necesita ayuda: 3"),
        ("institucion", "Institución", "No se muestra"),
        ("mi-avance", "Mi avance", "No cuenta como cero"),
    ],
)
def test_a_dashboard(served, name, title, said, width):
    came = []
    with chromium_page(width=width) as tab:
        tab.page.on("requestfinished", lambda request: came.append(request))
        tab.page.goto(served[name])
        tab.page.get_by_role("heading", level=1, name=title).wait_for()
        tab.page.wait_for_load_state("networkidle")
        assert said in " ".join(tab.page.inner_text("main").split())
        assert tab.page.title() == f"{title} · Aula de Ciberintervención"
        assert tab.page.locator("html").get_attribute("lang") == "es"
        assert tab.page.locator("#loading").is_hidden()
        assert (tab.outside, tab.errors) == ([], [])
        assert axe_violations(tab.page, "html", impacts=ALL) == []
        assert scrolls_sideways(tab.page, "html") == []
        assert 0 < sum(request.sizes()["responseBodySize"] for request in came) < MAX_BYTES
        keep_picture(tab.page, f"{name}-{width}")


def test_names_are_shown_in_the_cohort_only(served):
    with chromium_page() as tab:
        seen = {}
        for name, address in served.items():
            tab.page.goto(address)
            tab.page.wait_for_selector("h1")
            seen[name] = tab.page.content()
    assert "Ana Paredes" in seen["cohorte"]
    for person in cohort.PEOPLE:
        assert person.name not in seen["institucion"] + seen["mi-avance"]


def test_filtering_by_keyboard_alone(served):
    with chromium_page() as tab:
        tab.page.goto(served["cohorte"])
        tab.page.wait_for_selector("form")
        tab.page.keyboard.press("Tab")
        assert tab.page.evaluate("document.activeElement.textContent") == "Ir al contenido"
        for _step in range(12):
            tab.page.keyboard.press("Tab")
            if tab.page.evaluate("document.activeElement.name") == "grupo":
                break
        assert tab.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        tab.page.keyboard.press("m")
        expect(tab.page.get_by_role("combobox", name="Grupo", exact=True)).to_have_value("Manabí")
        tab.page.keyboard.press("Tab")
        tab.page.keyboard.press("Tab")
        tab.page.keyboard.press("Enter")
        tab.page.wait_for_url("**grupo=Manab*")
        tab.page.get_by_role("table").first.wait_for()
        text = tab.page.inner_text("main")
    assert "Gema Delgado" in text and "Ana Paredes" not in text


def test_the_table_behind_a_picture_opens_by_keyboard(served):
    with chromium_page() as tab:
        tab.page.goto(served["cohorte"])
        summary = tab.page.get_by_text("Ver como tabla")
        summary.wait_for()
        table = tab.page.get_by_role("table", name="Avance en Protección de datos, todos los grupos")
        assert not table.is_visible()
        summary.focus()
        tab.page.keyboard.press("Enter")
        table.wait_for(state="visible")
        expect(table.get_by_role("row")).to_have_count(4)


@pytest.mark.parametrize(
    ("name", "link", "file"),
    [
        ("cohorte", "Descargar esta lista (CSV, contiene nombres)", "cohorte.csv"),
        ("institucion", "Descargar estas tablas (CSV)", "institucion.csv"),
        ("mi-avance", "Descargar mis puntos (CSV)", "mi-avance.csv"),
    ],
)
def test_downloads(served, name, link, file, tmp_path):
    with chromium_page(accept_downloads=True) as tab:
        tab.page.goto(served[name])
        with tab.page.expect_download() as started:
            tab.page.get_by_role("link", name=link).click()
        assert started.value.suggested_filename == file
        target = tmp_path / file
        started.value.save_as(target)
    data = target.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\r\n") > 3


def test_what_fails_in_a_page_is_told_without_a_traceback(tmp_path):
    notebook = write_notebook(tmp_path, "def secreto():\n    raise ValueError('ruta /privada')\nsecreto()")
    with serve_voila(notebook) as address, chromium_page() as tab:
        tab.page.goto(address)
        tab.page.get_by_role("alert").wait_for()
        tab.page.wait_for_load_state("load")
        content = tab.page.content()
    assert "No se pudo preparar esta parte de la página" in content
    assert not re.search("Traceback|ValueError|privada|secreto|Voil&|error when executing", content)


def test_a_page_that_does_not_exist(tmp_path):
    with serve_lab(tmp_path, options=["--VoilaConfiguration.template=ciberaula"]) as address, chromium_page() as tab:
        answer = tab.page.goto(f"{address}voila/render/no-existe.ipynb")
        assert answer is not None and answer.status == 404
        assert tab.page.get_by_role("heading", level=1).inner_text() == "No se pudo abrir la página"
        assert tab.page.locator("html").get_attribute("lang") == "es"
        assert "Traceback" not in tab.page.content()
        assert tab.outside == []
        assert axe_violations(tab.page, "html", impacts=ALL) == []


def test_beside_jupyterlab_a_page_without_widgets_gives_its_kernel_back(demo, tmp_path):
    (tmp_path / "institucion.ipynb").write_bytes((DASHBOARDS / "institucion.ipynb").read_bytes())
    env = {"CIBERAULA_HOME": str(demo), "CIBERAULA_ROLE": "instructor"}
    with serve_lab(tmp_path, env=env) as address, chromium_page() as tab:
        tab.page.goto(f"{address}lab")
        tab.page.wait_for_function("document.cookie.includes('_xsrf=')")
        with tab.page.expect_response(re.compile("voila/api/shutdown/")) as answered:
            tab.page.goto(f"{address}voila/render/institucion.ipynb")
            tab.page.wait_for_selector("h1")
        assert answered.value.status == 204
        assert tab.page.request.get(f"{address}api/kernels").json() == []
        assert tab.page.locator("html").get_attribute("lang") == "es"


def test_widgets_work_in_our_template(tmp_path):
    code = (
        "import ipywidgets as w, anywidget, traitlets\n"
        "class Counter(anywidget.AnyWidget):\n"
        "    _esm = '''export default {render({model, el}) { const b = document.createElement(\"button\");\n"
        '      const show = () => { b.textContent = "cuenta " + model.get("n"); };\n'
        '      b.onclick = () => { model.set("n", model.get("n") + 1); model.save_changes(); };\n'
        "      model.on(\"change:n\", show); show(); el.append(b); }}'''\n"
        "    n = traitlets.Int(0).tag(sync=True)\n"
        "echo, counter = w.Label(value='nada'), Counter()\n"
        "counter.observe(lambda change: setattr(echo, 'value', f'van {change.new}'), 'n')\n"
        "display(counter, echo)"
    )
    notebook = write_notebook(tmp_path, code)
    with serve_voila(notebook) as address, chromium_page(width=320) as tab:
        tab.page.goto(address)
        tab.page.get_by_role("heading", name="Lección").wait_for()
        assert tab.page.title() == "Lección · Aula de Ciberintervención"
        tab.page.get_by_role("button", name="cuenta 0").click()
        tab.page.get_by_text("van 1").wait_for()
        tab.page.wait_for_load_state("networkidle")
        assert (tab.outside, tab.errors) == ([], [])
        assert scrolls_sideways(tab.page, "html") == []
        assert axe_violations(tab.page, "html") == []


def write_notebook(folder, code):
    """A notebook of a heading and one code cell."""
    import nbformat

    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# Lección"), nbformat.v4.new_code_cell(code)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    path = folder / "prueba.ipynb"
    nbformat.write(notebook, path)
    return path


def follow(page, link):
    """Follow a link to another page, and wait for the whole of it: Voila sends a page in pieces as its cells run.

    What is there is not enough: right after a click it may be the old page still, and a press on half a page may be lost.
    """
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("link", name=link).click()


@pytest.mark.parametrize("width", [1280, 320])
def test_texts_side_by_side(served, width):
    with chromium_page(width=width) as tab:
        tab.page.goto(f"{served['cohorte']}?grupo=Azuay")
        follow(tab.page, "Comparar las respuestas escritas")
        follow(tab.page, "Ver los textos: Ana Paredes (simulada), Gema Delgado (simulada)")
        tab.page.get_by_role("article").nth(1).wait_for()
        assert "grupo=Azuay" in tab.page.url
        tab.page.wait_for_function("document.querySelector('#textos-parecidos').getBoundingClientRect().top < 300")
        boxes = [tab.page.get_by_role("article").nth(place).bounding_box() for place in (0, 1)]
        assert boxes[0] and boxes[1]
        assert (boxes[0]["y"] == boxes[1]["y"]) is (width > 1000)
        assert (tab.outside, tab.errors) == ([], [])
        assert axe_violations(tab.page, "html", impacts=ALL) == []
        assert scrolls_sideways(tab.page, "html") == []
        keep_picture(tab.page, f"textos-{width}")
