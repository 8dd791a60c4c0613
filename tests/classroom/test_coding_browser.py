"""The coding room in real Chromium: by keyboard alone, on a phone, in two tabs, and where saving is slow or fails."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ciberaula.classroom.sheetfile import read_answers
from ciberaula.datasets import load
from tests.browser import axe_violations, chromium_page, heard, scrolls_sideways, serve_lab, serve_voila
from tests.classroom.content import write_notebook
from tests.classroom.test_coding import QUESTIONS
from tests.classroom.test_explorer_browser import shots
from tests.classroom.test_widgets_browser import Keyboard, run_all

__all__ = ["shots"]

pytestmark = pytest.mark.browser

DATASETS = str(Path(__file__).parents[2] / "datasets")
EVERYTHING = ".ciberaula, .ciberaula *:not(.ciberaula-unseen, select, option, optgroup)"
IMPORT = "from ciberaula.classroom import coding_room, question"
TURNS = (10, 12)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    here = tmp_path / "03-prueba"
    here.mkdir()
    (here / "preguntas.yml").write_text(QUESTIONS, encoding="utf-8")
    monkeypatch.setenv("CIBERAULA_DATASETS", DATASETS)
    return here


def units(interview, turns=TURNS):
    found = load("entrevistas", "segmentos")
    found = found[(found["entrevista_id"] == interview) & found["turno"].between(*turns)]
    return [str(unit) for unit in found.sort_values(["turno", "orden"])["segmento_id"]]


def kept(folder, key):
    return read_answers(folder / "respuestas.json").get(key) or {}


def code(room, number):
    return room.get_by_role("combobox", name=re.compile(f"^Código de la unidad {number}(?!\\d)"))


def test_code_look_up_and_compare_by_keyboard_alone(folder, shots):
    notebook = write_notebook(folder / "cuaderno.ipynb", IMPORT, f'coding_room("E04", turns={TURNS})')
    asked = units("E04")
    with serve_voila(notebook) as address, chromium_page(width=360, height=740) as tab:
        page = tab.page
        page.goto(address)
        room = page.locator(".ciberaula-live")
        keys = Keyboard(page)
        book = room.locator(".ciberaula-book > summary")
        keys.press(book)
        keys.press(room.locator(".ciberaula-book summary", has_text="Combinar lo presencial"))
        expect(room.locator(".ciberaula-book details[open]")).to_contain_text(
            "Si solo se nombran medios, use «Qué herramienta"
        )
        shots(page, "coding-book")
        page.keyboard.press("Shift+Tab")
        book.press("Enter")
        keys.press(room.get_by_role("button", name="Ir a la primera unidad").first)
        expect(code(room, 1)).to_be_focused()
        for number in range(1, len(asked) + 1):
            keys.pick(code(room, number), "Acceso y alcance")
            expect(room.locator(".ciberaula-kept").nth(number - 1)).to_have_text("✓ Guardado")
            if number == 1:  # what the book says of that code, and the whole book, beside the unit
                about = room.locator(".ciberaula-about").first
                keys.press(about.get_by_text("Qué dice el libro de «Beneficio · Acceso y alcance»"))
                expect(about.get_by_text("Recursos de la institución", exact=True)).to_be_visible()
                shots(page, "coding-first")
                page.keyboard.press("Enter")
        keys.press(room.get_by_role("button", name="Ver la comparación con su colega").last)
        result = room.locator(".ciberaula-result")
        expect(result).to_be_focused()
        expect(result).to_contain_text(f"de {len(asked)} unidades")
        heard(page)
        assert result.locator(".ciberaula-apart").count() >= 1
        assert axe_violations(page, ".ciberaula") == []
        assert scrolls_sideways(page, f"html, {EVERYTHING}") == []
        targets = room.locator(":is(select, summary, button):visible")
        assert min(targets.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")) >= 44
        shots(page, "coding-phone")
        assert tab.outside == []
        assert tab.errors == []
    assert kept(folder, "E04-codificacion") == dict.fromkeys(asked, "ben_acceso")


def test_two_tabs_keep_each_other_s_units(folder):
    notebook = write_notebook(folder / "cuaderno.ipynb", IMPORT, f'coding_room("E07", turns={TURNS}, answer="p08")')
    first, second, *_others = units("E07")
    with serve_voila(notebook) as address, chromium_page() as tab:
        one, two = tab.page, tab.page.context.new_page()
        for page in (one, two):
            page.goto(address)
            expect(code(page, 1)).to_be_visible()
            heard(page)
        code(one, 1).select_option("ninguno")
        expect(one.locator(".ciberaula-kept").first).to_have_text("✓ Guardado")
        code(two, 2).select_option("des_recursos")
        expect(two.locator(".ciberaula-kept").nth(1)).to_have_text("✓ Guardado")
        expect(code(two, 1)).to_have_value("ninguno")
        one.reload()
        expect(code(one, 2)).to_have_value("des_recursos")
        expect(one.locator(".ciberaula-coding-bar").first.get_by_text("2 de 4 unidades con código")).to_be_visible()
    assert kept(folder, "p08")["rows"] == [[first, "ninguno"], [second, "des_recursos"]]


def test_lab_dark_tells_what_is_not_kept_yet(folder, shots):
    write_notebook(
        folder / "cuaderno.ipynb", IMPORT, 'question("p08")', f'coding_room("E07", turns={TURNS}, answer="p08")'
    )
    theme = {"@jupyterlab/apputils-extension/themes": {"theme": "JupyterLab Dark"}}
    with serve_lab(folder.parent, settings=theme) as address, chromium_page(height=2400) as tab:
        page = tab.page
        page.goto(f"{address}lab/tree/03-prueba/cuaderno.ipynb")
        run_all(page)
        asked, room = page.locator(".ciberaula-live").nth(0), page.locator(".ciberaula-live").nth(1)
        code(room, 1).select_option("pra_norma")
        expect(room.locator(".ciberaula-kept").first).to_have_text("✓ Guardado")
        expect(asked).to_contain_text("Entregada: tabla de 1 fila")
        sheet = folder / "respuestas.json"
        heard(page)  # nobody reads the sheet while it is written here
        whole = sheet.read_text(encoding="utf-8")
        sheet.write_text('{"schema": 999}', encoding="utf-8")  # a newer program's: it is not written over
        code(room, 2).select_option("ninguno")
        expect(room.locator(".ciberaula-kept").nth(1)).to_have_text("⚠ Sin guardar todavía")
        expect(room.get_by_role("status")).to_contain_text("No se pudo guardar")
        heard(page)
        sheet.write_text(whole, encoding="utf-8")
        code(room, 3).select_option("ben_tiempo")
        for place in range(3):
            expect(room.locator(".ciberaula-kept").nth(place)).to_have_text("✓ Guardado")
        heard(page)
        assert axe_violations(page, ".ciberaula") == []
        shots(page, "coding-dark")
        assert tab.errors == []
    assert [row[1] for row in kept(folder, "p08")["rows"]] == ["pra_norma", "ninguno", "ben_tiempo"]
