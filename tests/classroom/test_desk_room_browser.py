"""The practice room in real Chromium: by keyboard alone, wide and narrow."""

import pytest
from playwright.sync_api import expect

from tests.browser import chromium_page, serve_voila
from tests.classroom.content import write_notebook
from tests.classroom.desks import OTHER, STORY, write_other, write_story
from tests.classroom.test_desk_browser import ENV, FACTS, Person

pytestmark = pytest.mark.browser

CELL = f'from ciberaula.classroom import practice_room\npractice_room("{STORY}", "{OTHER}")'


@pytest.mark.parametrize("width", [1280, 360])
def test_two_stories_by_keyboard_alone_and_back_to_the_list(tmp_path, width):
    folder = write_other(write_story(tmp_path / "06-prueba"))
    made = write_notebook(folder / "cuaderno.ipynb", CELL)
    with serve_voila(made, env=ENV) as address, chromium_page(width=width, height=800) as tab:
        page = tab.page
        page.goto(address)
        person = Person(page)
        expect(person.desk.get_by_role("rowheader")).to_have_count(2)
        person.fine()
        person.press("Otra noche")
        person.at("Antes de empezar: Otra noche")
        person.fine()
        person.begin()
        person.press("Mis casos")
        person.press("SIM-114")
        person.at("Caso SIM-114: Elvia")
        person.press("Contactos y notas")
        person.press("Escribir una nota de caso")
        person.at("Escribir una nota de caso", level=5)
        person.write("Hechos", FACTS)
        person.press("Pausa")
        person.at("Pausa")
        person.fine()
        person.press("Volver a la lista")
        person.at("Elija una historia")
        expect(person.desk.get_by_role("row", name="Otra noche")).to_contain_text("en curso")
        person.fine()

        person.press("Un mensaje a las diez de la noche")
        person.begin()
        person.press("Mis casos")
        person.press("SIM-114")
        person.press("Contactos y notas")
        person.press("Escribir una nota de caso")
        expect(person.desk.get_by_label("Hechos")).to_have_value("")  # what is begun in one story stays there
        person.press("Pausa")
        person.press("Volver a la lista")
        person.press("Otra noche")
        expect(person.desk.get_by_label("Hechos")).to_have_value(FACTS)

        page.reload()
        expect(person.desk.get_by_role("row", name="Otra noche")).to_contain_text("en curso")
        person.press("Otra noche")
        person.at("Bandeja")
        assert (tab.outside, tab.errors) == ([], [])
