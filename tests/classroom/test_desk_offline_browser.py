"""The desk without a connection in real Chromium: keyboard alone, wide and narrow."""

import pytest
from playwright.sync_api import expect

from ciberaula.classroom.sheetfile import read_answers
from tests.browser import chromium_page, serve_voila
from tests.classroom.content import write_notebook
from tests.classroom.desks import STORY
from tests.classroom.test_desk_browser import CELL, ENV, Person
from tests.classroom.test_desk_connection import write_offline_story

pytestmark = pytest.mark.browser


def until(person, text):
    """Let time pass from the calendar until the indicator says so."""
    person.press("Calendario y reloj", exact=False)
    person.at("Calendario y reloj")
    forward = person.desk.get_by_role("button", name="Adelantar hasta lo próximo")
    clock = person.desk.locator(".ciberaula-clock")
    for _turn in range(20):
        now = str(clock.text_content())
        if text in now:
            return
        person.keys.press(forward)
        expect(clock).not_to_have_text(now)
    raise AssertionError(text)


def write_home(person):
    """Elvia has a telephone of her own now: one up from what the form says."""
    person.press("Mis casos")
    person.press("SIM-114")
    person.press("Personas y hogar")
    person.press("Anotar el hogar y su conexión")
    person.at("Anotar el hogar y su conexión", level=5)
    devices = person.desk.get_by_role("group", name="Teléfono o computadora")
    person.keys.reach(devices.get_by_role("radio", checked=True))
    person.page.keyboard.press("ArrowUp")
    expect(devices.get_by_label("Propio")).to_be_checked()
    person.press("Registrar")


@pytest.mark.parametrize("width", [1280, 360])
def test_two_versions_are_read_and_chosen_by_keyboard_alone(tmp_path, width):
    folder = tmp_path / "06-prueba"
    made = write_notebook(write_offline_story(folder) / "cuaderno.ipynb", CELL)
    with serve_voila(made, env=ENV) as address, chromium_page(width=width, height=800) as tab:
        page = tab.page
        page.goto(address)
        person = Person(page)
        person.begin()
        person.press("Conexión")
        person.at("Conexión")
        person.fine()
        person.press("Mis casos")
        person.press("SIM-114")
        person.at("Caso SIM-114: Elvia")
        until(person, "Sin conexión")

        write_home(person)
        # The desk says so before anything else is pressed: a wish that overtakes an action is none.
        person.told("Anotó cómo es el hogar")
        expect(person.desk.locator(".ciberaula-connection")).to_contain_text("Sin conexión: 2 acciones por sincronizar")
        until(person, "Hay 1 cambio por decidir")
        person.press("Conexión (1)")
        person.at("Conexión")
        conflict = person.desk.get_by_role("group", name="El hogar y su conexión (SIM-114)")
        expect(conflict.get_by_role("radio")).to_have_count(2)
        expect(conflict.get_by_role("radio", checked=True)).to_have_count(0)
        expect(conflict).to_contain_text("La otra versión se conserva en el historial del caso.")
        mine, theirs = (box.bounding_box() for box in conflict.locator(".ciberaula-version").all())
        assert mine is not None and theirs is not None
        assert (mine["y"] == theirs["y"]) == (width == 1280)
        person.fine()

        person.press("Sincronizar")
        expect(conflict).to_contain_text("Falta elegir cuál queda.")
        expect(conflict.get_by_role("radio").first).to_be_focused()
        person.fine()
        person.keys.choose(conflict.get_by_role("radio"), conflict.get_by_label("Queda lo de Ruth Andrade"))
        expect(conflict).not_to_contain_text("Falta elegir cuál queda.")
        person.press("Sincronizar")
        person.told("Sincronizó lo que hizo sin conexión")
        expect(person.desk.locator(".ciberaula-connection")).to_contain_text("Con conexión")
        expect(conflict).to_have_count(0)
        person.fine()

        person.keys.press(person.desk.get_by_label("SIM-114: Elvia"), "Space")
        person.press("Llevar casos sin conexión")
        person.told("trabajar sin conexión")
        person.fine()
        person.press("Sincronizar")
        expect(person.desk.locator(".ciberaula-connection")).to_contain_text("Con conexión")
        kept = [one["action"] for one in read_answers(folder / "respuestas.json")[STORY]["actions"]]
        assert [one["keep"] for one in kept if one["do"] == "synchronise"] == [{"c1/x-1.1": "theirs"}, {}]
        assert (tab.outside, tab.errors) == ([], [])
