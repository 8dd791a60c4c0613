"""The explorer in real Chromium, by keyboard alone and on a phone, with the outside network shut."""

import os
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect

from ciberaula.classroom.sheetfile import read_answers
from tests.browser import axe_violations, chromium_page, heard, scrolls_sideways, serve_lab, serve_voila
from tests.classroom.content import write_notebook
from tests.classroom.small_set import write_set
from tests.classroom.test_explorer import QUESTIONS
from tests.classroom.test_widgets_browser import Keyboard, run_all

pytestmark = pytest.mark.browser

LETTERS = """charts => charts.map(chart => {
    const scale = chart.getBoundingClientRect().width / chart.viewBox.baseVal.width;
    return [...chart.querySelectorAll("text")].map(text => parseFloat(text.getAttribute("font-size")) * scale);
}).flat()"""
OUTSIDE = """charts => charts.flatMap(chart => {
    const box = chart.getBoundingClientRect();
    return [...chart.querySelectorAll("text")].filter(text => {
        const one = text.getBoundingClientRect();
        return one.left < box.left - 1 || one.right > box.right + 1 || one.bottom > box.bottom + 1;
    }).map(text => text.textContent);
})"""


@pytest.fixture
def shots():
    """Takes pictures for human eyes into the folder ``CIBERAULA_SHOTS``, when a person names one."""
    named = os.environ.get("CIBERAULA_SHOTS")

    def shoot(page, name):
        if named:
            Path(named).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(named) / f"{name}.png"), full_page=True)

    return shoot


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    here = tmp_path / "03-prueba"
    here.mkdir()
    questions = {"schema": 1, "graded": True, "questions": QUESTIONS}
    (here / "preguntas.yml").write_text(yaml.safe_dump(questions), encoding="utf-8")
    write_set(tmp_path / "datasets")
    return here


def test_filter_group_chart_and_answer_by_keyboard_alone(folder, shots):
    call = 'from ciberaula.classroom import explorer, data\nexplorer("mini", "personas", answer="p01")'
    notebook = write_notebook(folder / "cuaderno.ipynb", call, 'data("mini")')
    with serve_voila(notebook) as address, chromium_page(width=1100) as tab:
        page = tab.page
        page.goto(address)
        form = page.locator(".ciberaula-live")
        keys = Keyboard(page)
        expect(form.get_by_text("Hay 60 filas.")).to_be_visible()
        keys.pick(form.get_by_label("Medida"), "Porcentaje que dice un valor")
        keys.pick(form.get_by_label("Columna que mide"), "Uso regular")
        keys.pick(form.get_by_label("Agrupar por"), "Sector")
        expect(form.get_by_role("img", name="por «Sector»")).to_be_visible()
        keys.pick(form.get_by_label("Filtro 1: columna"), "Área")
        expect(form.get_by_role("combobox", name="Valor 1")).to_contain_text("urbana")
        expect(form.get_by_label("Filtro 1: columna")).to_be_focused()
        keys.pick(form.get_by_role("combobox", name="Valor 1"), "urbana")
        expect(form.get_by_text("Solo filas donde «Área» es urbana.")).to_be_visible()
        summary = form.get_by_text("Ver lo mismo en código")
        keys.press(summary)
        expect(form.get_by_text('submit_table("p01", resultado)')).to_be_visible()
        expect(form.get_by_role("columnheader", name="Porcentaje")).to_be_visible()
        heard(page)
        shots(page, "explorer")
        assert axe_violations(page, ".ciberaula") == []
        assert axe_violations(page, ".ciberaula-data") == []
        keys.press(form.get_by_role("button", name="Guardar este resultado como mi respuesta a la pregunta 1"))
        expect(form.get_by_role("status")).to_contain_text("Respuesta guardada")
        assert tab.outside == []
        assert tab.errors == []
    answer = read_answers(folder / "respuestas.json")["p01"]
    assert answer["columns"] == ["sector", "filas", "porcentaje"]
    assert {row[0] for row in answer["rows"]} == {"pública", "privada", "comunitaria"}


STARTS = {
    "barras": {"medida": "cruce", "grupo1": "area", "grupo2": "sector", "base": "grupo1"},
    "histograma": {"medida": "distribucion", "columna": "edad"},
    "dispersion": {"medida": "correlacion", "columna": "indice", "columna2": "edad", "grupo1": "area"},
    "lineas": {"medida": "filas", "grupo1": "fecha", "grupo2": "area"},
}


def explorers(folder):
    cells = [f'explorer("mini", "personas", start={start!r})' for start in STARTS.values()]
    return write_notebook(folder / "cuaderno.ipynb", "from ciberaula.classroom import explorer", *cells)


def test_charts_are_legible_on_a_phone(folder, shots):
    with serve_voila(explorers(folder)) as address, chromium_page(width=360, height=740) as tab:
        page = tab.page
        page.goto(address)
        charts = page.locator(".ciberaula-live .ciberaula-chart")
        expect(charts).to_have_count(len(STARTS))
        heard(page)
        assert min(charts.evaluate_all(LETTERS)) >= 12
        assert charts.evaluate_all(OUTSIDE) == []
        wide = "html, .ciberaula-live, .ciberaula-chart, .ciberaula-field, .ciberaula-result"
        assert scrolls_sideways(page, wide) == []
        assert axe_violations(page, ".ciberaula") == []
        targets = page.locator(".ciberaula-live :is(select, summary, button):visible")
        assert min(targets.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")) >= 44
        shots(page, "explorer-phone")
        assert tab.errors == []


def test_charts_keep_their_ground_in_lab_s_dark_theme_and_show_once(folder, shots):
    explorers(folder)
    theme = {"@jupyterlab/apputils-extension/themes": {"theme": "JupyterLab Dark"}}
    with serve_lab(folder.parent, settings=theme) as address, chromium_page(height=2400) as tab:
        page = tab.page
        page.goto(f"{address}lab/tree/03-prueba/cuaderno.ipynb")
        run_all(page)
        expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
        expect(page.locator(".ciberaula-live .ciberaula-chart")).to_have_count(len(STARTS))
        expect(page.locator(".ciberaula-chart:visible")).to_have_count(len(STARTS))
        heard(page)
        assert axe_violations(page, ".ciberaula") == []
        shots(page, "explorer-dark")
        assert tab.outside == []


# A kernel that answers late: on a weak machine a person is quicker than it is.
LATE = """
import time
from ciberaula.classroom.frontend import FrontendWidget
at_once = FrontendWidget.tell
def late(self, **changes):
    time.sleep(0.6)
    at_once(self, **changes)
FrontendWidget.tell = late
"""


def test_what_is_chosen_stays_while_an_earlier_answer_comes(folder):
    call = 'from ciberaula.classroom import explorer\nexplorer("mini", "personas")'
    notebook = write_notebook(folder / "cuaderno.ipynb", LATE, call)
    with serve_voila(notebook) as address, chromium_page() as tab:
        page = tab.page
        page.goto(address)
        form = page.locator(".ciberaula-live")
        group, by = form.get_by_label("Agrupar por"), form.get_by_label("y por", exact=True)
        group.select_option(label="Sector")
        by.wait_for()
        heard(page)
        group.select_option(label="Área")  # with which the list beside it is drawn anew
        by.select_option(label="Uso regular")
        seen = set()
        while page.locator(".ciberaula-live[data-waiting]").count():
            seen.add(by.evaluate("list => list.value"))
        expect(by).to_have_value("uso")
        assert seen <= {"uso"}
        expect(group).to_have_value("area")
        assert tab.errors == []
