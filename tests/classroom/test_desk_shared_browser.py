"""The shared desk in real Chromium: two participants on one database, by keyboard alone, wide and narrow."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ciberaula.casework.cohort import Cohort
from ciberaula.casework.store import open_store
from tests.browser import chromium_page, serve_voila
from tests.casework.postgres import Postgres
from tests.classroom.content import write_notebook
from tests.classroom.test_desk_browser import Person

pytestmark = pytest.mark.browser

CELL = "from ciberaula.classroom import shared_desk\nshared_desk()"
FACTS = "Llamó a las 22:10 y habló en voz baja."


class Participant(Person):
    """Somebody at the shared desk, who uses the keyboard alone."""

    def comes_in(self):
        expect(self.desk.get_by_role("button", name="Abrir la mesa")).to_be_visible()
        self.fine()
        self.press("Abrir la mesa")
        self.at("Bandeja")

    def opens(self, code, tab):
        self.press("Mis casos", exact=False)
        self.at("Mis casos")
        self.press(code)
        expect(self.desk.get_by_role("heading", name=f"Caso {code}:", level=4)).to_be_focused()
        self.press(tab)
        self.at(tab, level=5)

    def picks(self, group, option):
        """An option of a group of a form, by the arrow keys or, where several may be ticked, the space bar."""
        fields = self.desk.get_by_role("group", name=group)
        wanted = fields.get_by_label(option, exact=True)
        if wanted.get_attribute("type") == "checkbox":
            self.keys.press(wanted, "Space")
        else:
            self.keys.choose(fields.get_by_role("radio"), wanted)

    def consent(self, purpose, to=""):
        self.press("Registrar un consentimiento")
        person = self.desk.get_by_role("group", name="Persona")
        self.keys.choose(person.get_by_role("radio"), person.get_by_role("radio").first)
        self.picks("Para qué", purpose)
        if to:
            self.picks("Con quién se compartiría", to)
        self.picks("Qué respondió", "Aceptó")
        self.press("Registrar")
        self.told("Hecho: registrar un consentimiento.")


@contextlib.contextmanager
def voila(folder: Path, url: str, pseudonym: str) -> Iterator[str]:
    (folder / pseudonym).mkdir()
    made = write_notebook(folder / pseudonym / "cuaderno.ipynb", CELL)
    env = {"CIBERAULA_PSEUDONYM": pseudonym, "CIBERAULA_CASES_URL": url, "CIBERAULA_ROLE": "trainee"}
    with serve_voila(made, env=env) as address:
        yield address


@pytest.fixture
def url(postgres: Postgres) -> str:
    return postgres.database()


def participants(url):
    cohort = Cohort(open_store(url))
    found = {one.user: one.name for one in cohort.everybody()}
    assert cohort.verify().ok
    cohort.store.close()
    return found


def test_one_refers_a_case_and_the_other_accepts(tmp_path, url):
    with (
        voila(tmp_path, url, "p-ana") as hers,
        voila(tmp_path, url, "p-bea") as others,
        chromium_page() as wide,
        chromium_page(width=360, height=740, dark=True) as narrow,
    ):
        wide.page.goto(hers)
        ana = Participant(wide.page)
        ana.comes_in()
        narrow.page.goto(others)
        bea = Participant(narrow.page)
        bea.comes_in()
        bea.fine()
        (me, my_name), (her, her_name) = sorted(
            participants(url).items(), key=lambda one: one[1] not in (ana.desk.text_content() or "")
        )
        code = f"SIM-{me[2:6].upper()}-1"
        assert me != her

        ana.opens(code, "Consentimientos")
        ana.consent("Recibir atención")
        ana.consent("Compartir datos con otra institución", to=her_name)
        ana.press("Servicios y referencias")
        ana.press("Referir a otra institución")
        ana.picks("A quién", her_name)
        ana.picks("Qué datos van", "Identidad")
        ana.write("Motivo", "Atención cerca de su casa.")
        ana.fine()
        ana.press("Referir")
        ana.told("Hecho: referir")
        ana.fine()

        bea.press("Actualizar")
        expect(bea.desk.get_by_role("button", name="Bandeja (1)")).to_be_visible()
        expect(bea.desk).to_contain_text(my_name)
        bea.fine()
        bea.press(code)
        expect(bea.desk.get_by_role("heading", name=f"Caso {code}:", level=4)).to_be_focused()
        expect(bea.desk).to_contain_text("Atención cerca de su casa.")
        expect(bea.desk.get_by_role("button", name="Auditoría")).to_have_count(0)
        bea.fine()
        received = bea.desk.get_by_role("group", name="Qué recibió").get_by_role("radio")
        bea.keys.choose(received, received.first)
        bea.picks("Respuesta", "Aceptar")
        bea.write("Motivo", "La veo el lunes.")
        bea.press("Responder")
        bea.told("Hecho: responder")
        bea.fine()

        ana.press("Bandeja", exact=False)
        expect(ana.desk.get_by_role("row", name=code)).to_contain_text("Aceptada")
        expect(ana.desk.get_by_role("row", name=code)).to_contain_text("La veo el lunes.")
        ana.press("Pausa")
        ana.at("Pausa")
        ana.fine()
        participants(url)
        assert (wide.outside, wide.errors, narrow.outside, narrow.errors) == ([], [], [], [])


def test_a_server_that_goes_away_leaves_what_was_written_on_the_screen(tmp_path, postgres):
    url = postgres.database()
    name = url.partition("@/")[2].partition("?")[0]
    with voila(tmp_path, url, "p-ana") as address, chromium_page() as tab:
        tab.page.goto(address)
        ana = Participant(tab.page)
        ana.comes_in()
        ((me, _name),) = participants(url).items()
        ana.opens(f"SIM-{me[2:6].upper()}-1", "Contactos y notas")
        ana.press("Escribir una nota de caso")
        ana.write("Hechos", FACTS)
        # As when the server goes away, for this database alone: others run their tests on it.
        postgres.sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        postgres.end_sessions(name)
        ana.press("Guardar la nota")
        expect(ana.desk.get_by_role("button", name="Reintentar")).to_be_visible()
        expect(ana.desk.get_by_label("Hechos")).to_have_value(FACTS)
        expect(ana.desk.locator(".ciberaula-connection")).to_contain_text("Sin conexión")
        ana.fine()
        postgres.sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        ana.press("Reintentar")
        ana.told("Hay conexión otra vez")
        expect(ana.desk.get_by_label("Hechos")).to_have_value(FACTS)
        ana.press("Guardar la nota")
        ana.told("Hecho: escribir una nota de caso.")
        expect(ana.desk).to_contain_text(FACTS)
        assert (tab.outside, tab.errors) == ([], [])
