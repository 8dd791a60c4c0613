"""The case desk in real Chromium: keyboard alone, wide and narrow, in Voila (light) and in JupyterLab (dark)."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ciberaula.classroom.sheetfile import read_answers
from tests.browser import axe_violations, chromium_page, heard, scrolls_sideways, serve_lab, serve_voila
from tests.classroom.content import write_notebook
from tests.classroom.desks import STORY, write_story
from tests.classroom.test_widgets_browser import Keyboard, run_all, save, shut_kernels_down, until

pytestmark = pytest.mark.browser

EVERYTHING = "html, .ciberaula, .ciberaula *:not(.ciberaula-unseen)"
CELL = f'from ciberaula.classroom import story\nstory("{STORY}")'
ENV = {"CIBERAULA_PSEUDONYM": "p-prueba"}
FACTS = "Llamó a las 22:10 y habló en voz baja."


def notebook(folder: Path, *, graded: bool = False) -> Path:
    return write_notebook(write_story(folder, graded=graded, background=40) / "cuaderno.ipynb", CELL)


class Person:
    """Somebody at the desk, who uses the keyboard alone and whom the focus must never leave behind."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.desk = page.locator(".ciberaula-live").first
        self.keys = Keyboard(page)

    def press(self, name, *, exact=True):
        button = self.desk.get_by_role("button", name=name, exact=exact).first
        self.keys.press(button)

    def at(self, title, level=4):
        """The screen (or part of it) of that title is there, and has the focus."""
        heading = self.desk.get_by_role("heading", name=title, level=level).first
        expect(heading).to_be_focused()

    def told(self, text):
        expect(self.desk.get_by_role("status")).to_contain_text(text)

    def write(self, label, text):
        self.keys.reach(self.desk.get_by_role("textbox", name=re.compile(f"^{label}(?!,)")))
        self.page.keyboard.type(text)

    def fine(self):
        """Nothing serious for assistive technology, nothing wider than the window."""
        heard(self.page)
        assert axe_violations(self.page, ".ciberaula") == []
        assert scrolls_sideways(self.page, EVERYTHING) == []

    def begin(self):
        self.press("Empezar")
        self.at("Bandeja")
        self.press("Adelantar hasta lo próximo")
        self.told("Llegó 1 mensaje")

    def decide(self, title, text):
        card = self.desk.locator(".ciberaula-card").filter(has=self.page.get_by_role("heading", name=title))
        self.keys.choose(card.get_by_role("radio"), card.get_by_label(text))
        self.keys.press(card.get_by_role("button", name="Decidir"))
        expect(self.desk.locator(".ciberaula-said")).to_be_focused()
        self.told("Usted decidió")

    def wait_for_the_end(self):
        """From the calendar, let all the time of the story pass."""
        forward = self.desk.get_by_role("button", name="Adelantar hasta lo próximo")
        for _turn in range(30):
            clock = str(self.desk.locator(".ciberaula-clock").text_content())
            self.keys.press(forward)
            expect(self.desk.locator(".ciberaula-clock")).not_to_have_text(clock)
            if not forward.count():
                return
        raise AssertionError("the story did not end")


def log(folder):
    return [one["action"]["do"] for one in read_answers(folder / "respuestas.json")[STORY]["actions"]]


def reflected(folder):
    return read_answers(folder / "respuestas.json").get(f"{STORY}-reflexion")


@pytest.mark.parametrize("width", [1280, 360])
def test_a_story_by_keyboard_alone_from_its_prebrief_to_its_debrief(tmp_path, width):
    folder = tmp_path / "06-prueba"
    made = notebook(folder)
    with serve_voila(made, env=ENV) as address, chromium_page(width=width, height=800) as tab:
        page = tab.page
        page.goto(address)
        person = Person(page)
        expect(person.desk).to_contain_text("Es una práctica")
        person.fine()
        person.begin()
        person.press("Leer", exact=False)
        person.at("Bandeja")
        expect(person.desk).to_contain_text("¿Puede hablar?")
        person.fine()

        person.press("Mis casos")
        person.at("Mis casos")
        expect(person.desk.get_by_role("table")).to_be_visible()
        person.fine()
        person.keys.press(person.desk.get_by_text("Buscar y filtrar"))
        person.write("Buscar por código", "elvia")
        page.keyboard.press("Enter")
        expect(person.desk.get_by_text("1 caso", exact=True)).to_be_visible()
        expect(person.desk.get_by_label("Buscar por código")).to_be_focused()
        person.press("SIM-114")
        person.at("Caso SIM-114: Elvia")
        for name in ("Personas y hogar", "Consentimientos", "Servicios y referencias", "Auditoría"):
            person.press(name)
            person.at(name, level=5)
            person.fine()

        person.press("Contactos y notas")
        person.press("Escribir una nota de caso")
        person.at("Escribir una nota de caso", level=5)
        person.press("Guardar la nota")
        expect(person.desk.get_by_label("Hechos")).to_be_focused()
        person.write("Hechos", FACTS)
        person.press("Resumen")  # a look elsewhere, and the draft is still there
        person.at("Resumen", level=5)
        person.press("Contactos y notas")
        person.press("Escribir una nota de caso")
        expect(person.desk.get_by_label("Hechos")).to_have_value(FACTS)
        person.fine()
        person.press("Guardar la nota")
        person.told("Escribió una nota de caso")
        assert log(folder)[-1] == "write_note"

        person.press("Servicios y referencias")
        person.press("Referir a otra institución")
        person.keys.choose(
            person.desk.get_by_role("group", name="A quién").get_by_role("radio"),
            person.desk.get_by_label("Centro Violeta (simulado)"),
        )
        person.keys.press(person.desk.get_by_label("Identidad"), "Space")
        person.write("Motivo", "Atención psicosocial.")
        person.press("Referir")
        expect(person.desk.locator(".ciberaula-refusal")).to_contain_text("consentimiento")
        person.fine()

        person.press("Pausa")
        person.at("Pausa")
        expect(person.desk.get_by_role("navigation")).to_have_count(0)
        person.fine()
        person.press("Volver")
        person.press("Bandeja (1)")
        person.decide("Un mensaje en su cuenta personal", "Llamar al número que acordaron")
        expect(person.desk).to_contain_text("Elvia responde en voz baja")
        person.press("Calendario y reloj", exact=False)
        person.at("Calendario y reloj")
        person.fine()
        person.wait_for_the_end()
        expect(person.desk.get_by_role("heading", name="3. Por qué")).to_be_visible()
        person.desk.locator("details").evaluate_all("all => all.forEach(fold => { fold.open = true; })")
        person.fine()
        person.write("¿Qué haría igual", "Preguntar antes.")
        person.told("Guardado")
        expect(person.desk.get_by_label("¿Qué haría igual?")).to_be_focused()
        # Kept whenever the person pauses: perhaps in the middle, and then again.
        until(page, lambda: reflected(folder) == {"r1": "Preguntar antes."})
        assert (tab.outside, tab.errors) == ([], [])


def test_quick_clicks_and_a_second_tab_are_harmless_in_voila(tmp_path):
    folder = tmp_path / "06-prueba"
    made = notebook(folder)
    with serve_voila(made, env=ENV) as address, chromium_page() as tab:
        tab.page.goto(address)
        first = Person(tab.page)
        first.begin()
        other_page = tab.page.context.new_page()
        other_page.goto(address)
        other = Person(other_page)
        expect(other.desk.get_by_role("heading", name="Bandeja", level=4)).to_be_visible()
        heard(other_page)
        other.desk.get_by_label("Llamar al número que acordaron").check()
        other.desk.get_by_role("button", name="Decidir").dblclick()
        other.told("Usted decidió")
        heard(other_page)
        first.desk.get_by_label("Contestar desde su cuenta").check()
        first.desk.get_by_role("button", name="Decidir").click()
        first.told("otra pestaña")
        expect(first.desk).not_to_contain_text("Elija una opción")
        heard(tab.page)
        assert log(folder) == ["wait", "choose"]


def test_the_desk_lives_in_lab_through_a_restart_in_two_views(tmp_path):
    folder = tmp_path / "06-prueba"
    made = notebook(folder)
    theme = {"@jupyterlab/apputils-extension/themes": {"theme": "JupyterLab Dark"}}
    with serve_lab(tmp_path, env=ENV, settings=theme) as address, chromium_page() as tab:
        page = tab.page
        page.goto(f"{address}lab/tree/06-prueba/cuaderno.ipynb")
        run_all(page)
        person = Person(page)
        cells = page.locator(".jp-CodeCell").count()
        person.begin()
        person.decide("Un mensaje en su cuenta personal", "Llamar al número que acordaron")
        # JupyterLab deletes a cell at «dd»: not while somebody writes on the desk.
        person.press("Mis casos")
        person.press("SIM-114")
        person.at("Caso SIM-114: Elvia")
        # JupyterLab's own style of terms would break them in the middle of a word.
        term = person.desk.locator("dt", has_text="Paso del caso").bounding_box()
        assert term is not None
        assert term["height"] < 40
        person.press("Mis casos")
        person.at("Mis casos")
        page.keyboard.type("dd")
        expect(page.locator(".jp-CodeCell")).to_have_count(cells)
        assert axe_violations(page, ".ciberaula") == []
        assert scrolls_sideways(page, ".ciberaula, .ciberaula *:not(.ciberaula-unseen)") == []

        expect(page.locator(".ciberaula-static").first).to_contain_text("Mis casos")  # the rendering, still hidden
        save(page, made, "Mis casos")
        shut_kernels_down(page, address)
        page.reload()
        expect(page.locator(".ciberaula-static").first).to_contain_text("Mis casos")
        run_all(page)
        expect(person.desk.locator(".ciberaula-clock")).to_contain_text("lunes 9 de marzo, 22:42")
        page.evaluate("jupyterapp.commands.execute('notebook:create-output-view')")
        expect(page.locator(".ciberaula-live")).to_have_count(2)
        heard(page)
        person.desk.get_by_role("button", name="Calendario y reloj").first.press("Enter")
        for view in page.locator(".ciberaula-live").all():
            expect(view.get_by_role("heading", name="Calendario y reloj", level=4)).to_be_visible()
        assert (tab.outside, tab.errors) == ([], [])


def test_a_graded_story_says_that_it_was_kept_and_no_more(tmp_path):
    folder = tmp_path / "06-prueba"
    made = notebook(folder, graded=True)
    with serve_voila(made, env=ENV) as address, chromium_page(width=360, height=740) as tab:
        tab.page.goto(address)
        person = Person(tab.page)
        expect(person.desk).to_contain_text("Es una historia calificada")
        person.begin()
        person.press("Calendario y reloj", exact=False)
        person.at("Calendario y reloj")
        person.wait_for_the_end()
        expect(person.desk).to_contain_text("la devolución llega con la calificación")
        expect(person.desk.get_by_role("button", name="Volver a jugar")).to_have_count(0)
        person.fine()
        assert read_answers(folder / "respuestas.json")["p10"]["ended"] == "fin-plazo"
