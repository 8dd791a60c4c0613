"""What each view shows, to whom, and what it must never show."""

import base64
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from typing import get_args

import pytest
from nbgrader.api import Gradebook

from ciberaula.curriculum import load
from ciberaula.curriculum.plan import ItemKind
from ciberaula.dashboards import cohort as cohort_page
from ciberaula.dashboards import institution, my_progress, words
from ciberaula.grading.config import COURSE_ID, gradebook_url
from ciberaula.progress.pseudonym import pseudonym, secret
from ciberaula.progress.snapshot import refresh
from tests.progress import cohort
from tests.progress.test_snapshot import failed_attempt

VIEWS = {
    "cohort": cohort_page,
    "institution": institution,
    "mine": my_progress,
}


class Outline(HTMLParser):
    """Checks that tags close in order, and keeps what the tests ask about."""

    VOID = frozenset({"br", "img", "input", "link", "meta", "circle", "rect", "path", "line"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if "id" in values:
            self.ids.append(values["id"])
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def text_of(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL))


def downloads(html: str) -> str:
    return "\n".join(
        base64.b64decode(found).decode("utf-8-sig") for found in re.findall(r"base64,([A-Za-z0-9+/=]+)", html)
    )


@pytest.mark.parametrize("view", VIEWS)
def test_views_are_sound_html_with_headings_in_order_and_a_label_for_simulated_data(viewer, view, tmp_path):
    viewer.chdir(tmp_path)
    page = VIEWS[view]()
    outline = Outline()
    outline.feed(page.html)
    assert outline.open == []
    assert outline.headings[0] == 1 and outline.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
    assert len(set(outline.ids)) == len(outline.ids)
    assert "Cohorte simulada" in text_of(page.html)
    assert "http" not in page.html
    assert "<script" not in page.html


def test_only_the_cohort_shows_names_and_they_are_escaped(viewer, tmp_path):
    viewer.chdir(tmp_path)
    pages = {name: view().html for name, view in VIEWS.items()}
    assert "Efraín &lt;b&gt;Loja&lt;/b&gt;" in pages["cohort"]
    assert "'=SUM(A1)" in downloads(pages["cohort"])
    for person in cohort.PEOPLE:
        for name in ("institution", "mine"):
            everything = pages[name] + downloads(pages[name])
            assert person.name not in everything
            assert person.id not in everything


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_shows_a_pseudonym(viewer, demo, view, tmp_path):
    viewer.chdir(tmp_path)
    html = VIEWS[view]().html
    for person in cohort.PEOPLE:
        assert pseudonym(secret(demo), person.id) not in html + downloads(html)


@pytest.mark.parametrize("role", ["trainee", "institution"])
def test_the_cohort_is_closed_to_others(viewer, role):
    viewer.setenv("CIBERAULA_ROLE", role)
    html = cohort_page().html
    assert "otro perfil" in html
    assert not any(person.name in html for person in cohort.PEOPLE)


def test_the_institution_is_closed_to_a_trainee(viewer):
    viewer.setenv("CIBERAULA_ROLE", "trainee")
    assert "otro perfil" in institution().html


def test_the_institution_hides_small_groups_in_table_and_file(viewer):
    html = institution().html
    rows = {
        row[0]: row[1:]
        for row in (line.split(",") for line in "\n".join(downloads(html).split("\r\n")).split("\n"))
        if row
    }
    table = re.findall(r'<th scope="row" role="rowheader">(\w+)</th>(.*?)</tr>', html)
    shown = {name: re.sub(r"<[^>]+>", " ", rest).split() for name, rest in table}
    assert shown["Azuay"][:2] == ["6", "8"]
    assert shown["Manabí"] == shown["Morona"] == ["No", "se", "muestra"]
    lines = downloads(html).splitlines()
    offered = sum(module.hours for module in load().written)
    assert any(line.endswith(f"Azuay,6,8.0,{round(8 / (6 * offered), 4)}") for line in lines), rows
    assert sum("no se muestra,," in line for line in lines) == 2


def test_the_four_states_and_their_reasons(viewer):
    text = " ".join(text_of(cohort_page().html).split())
    for said in (
        "Completó: 5", "En curso: 2", "Necesita ayuda: 3", "Sin empezar: 2",
        "puntaje bajo 70", "una decisión crítica por repetir", "falta revisar 1", "no se pudo leer 1",
    ):  # fmt: skip
        assert said in text, said


def test_it_opens_at_the_module_that_most_have_begun(viewer):
    """Not at the first of the course, where nobody of this cohort has been."""
    html = cohort_page().html
    assert '<option value="05-proteccion-de-datos" selected>' in html
    assert '<option value="03-diagnostico-brecha-digital">' in html


def test_what_awaits_the_instructor_is_listed_with_a_way_to_it(viewer):
    html = cohort_page().html
    assert html.count("/formgrader/submissions/") == 2
    assert "Pregunta 12 (juicio escrito)" in html and "Pregunta 9 (tabla de datos)" in html


def test_filters_in_the_address(viewer):
    viewer.setenv("SERVER_SOFTWARE", "voila/0.5")
    viewer.setenv("QUERY_STRING", "grupo=Azuay&estado=needs_help&modulo=05-proteccion-de-datos")
    html = cohort_page().html
    assert "Carlos Guamán" in html and "Ana Paredes" not in html and "Lida Rivadeneira" not in html
    assert '<option value="Azuay" selected>' in html
    assert "Lida" not in downloads(html)


def test_a_module_that_nobody_began_is_empty_and_says_so(viewer):
    viewer.setenv("SERVER_SOFTWARE", "voila/0.5")
    viewer.setenv("QUERY_STRING", "modulo=06-gestion-virtual-de-casos")
    text = " ".join(text_of(cohort_page().html).split())
    assert "Avance en Gestión virtual de casos, todos los grupos Sin empezar: 12" in text
    assert "Nada espera su revisión" in text and "Todavía no hay entregas calificadas" in text
    assert "Completó: 0 En curso: 0 Necesita ayuda: 0 Sin empezar: 12" in text


def test_how_each_question_worked_is_told_in_words(viewer):
    html = cohort_page().html
    text = " ".join(text_of(html).split())
    assert "Cómo funcionó cada pregunta" in text and "Con menos de 30 personas (aquí, 10)" in text
    rows = re.findall(r'<th scope="row" role="rowheader">(Pregunta \d+)', html)
    assert len(rows) > 12
    # Of the ten who handed in, one has no points in p09.
    assert (
        "Pregunta 9 (tabla de datos) Seudonimizar y valorar la reidentificación 79 % 9 0 — Fácil para la mayoría."
        in text
    )
    assert "Fácil para la mayoría; distingue bien." in text
    assert "Todavía no se muestra el alfa" in text
    assert "«Enviar hoy el expediente &lt;completo&gt;» 3 de 10" in text
    assert "p01,Elegir la base legal" in downloads(html)


def test_questions_are_of_the_group_that_was_chosen(viewer):
    viewer.setenv("SERVER_SOFTWARE", "voila/0.5")
    viewer.setenv("QUERY_STRING", "grupo=Azuay&modulo=05-proteccion-de-datos")
    text = " ".join(text_of(cohort_page().html).split())
    assert "Son 5 personas: muy pocas" in text
    # Two of Manabí and Morona Santiago gave the same wrong answer; of Azuay one alone did.
    assert "expediente" not in text


def ask(viewer, asked):
    viewer.setenv("SERVER_SOFTWARE", "voila/0.5")
    viewer.setenv("QUERY_STRING", asked)
    return cohort_page().html


def test_texts_are_compared_only_on_request_and_shown_only_when_chosen(viewer):
    offered = cohort_page().html
    assert "nunca una prueba" in offered and "patio" not in offered and "grupo de textos" not in offered
    (address,) = re.findall(r'href="\?([^"#]+)#textos-parecidos">Comparar', offered)
    listed = ask(viewer, address.replace("&amp;", "&"))
    assert "1 grupo de textos" in text_of(listed) and "Ana Paredes (simulada), Gema Delgado (simulada)" in listed
    assert "patio" not in listed and "azu-1" not in listed
    (address,) = re.findall(r'href="\?([^"#]+)#textos-parecidos"[^>]*>Ver los textos', listed)
    shown = ask(viewer, address.replace("&amp;", "&"))
    outline = Outline()
    outline.feed(shown)
    assert outline.open == []
    assert all(after <= before + 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
    assert shown.count("<article>") == 2 and "apunté ayer" not in shown
    assert re.search(r"<mark>Hoy conversé[^<]*que apunté</mark> ayer", shown)
    assert "script&gt;alert(1)" in shown and "<script" not in shown
    assert ask(viewer, "parecidos=1&ver=0000").count("<article>") == 0


def test_nobody_of_the_chosen_group_has_a_like_text(viewer):
    assert "No hay respuestas escritas que se parezcan tanto" in ask(viewer, "parecidos=1&grupo=Morona")
    assert "Gema Delgado" in ask(viewer, "parecidos=1&grupo=Manab%C3%AD")


@pytest.mark.parametrize("role", ["trainee", "institution"])
def test_like_texts_are_for_the_instructor_alone(viewer, role):
    viewer.setenv("CIBERAULA_ROLE", role)
    html = ask(viewer, "parecidos=1")
    assert "otro perfil" in html and "patio" not in html
    assert "expediente" not in institution().html


@pytest.mark.parametrize("kind", get_args(ItemKind))
def test_every_kind_of_answer_has_a_name_in_spanish(kind):
    assert words.kind(kind) not in ("", kind)


@pytest.mark.parametrize("asked", ["grupo=%3Cscript%3E&estado=x&modulo=../..", "grupo=" + "a" * 9000, "&&==%%%"])
def test_nonsense_in_the_address_is_not_asked_for(viewer, asked):
    plain = cohort_page().html
    viewer.setenv("SERVER_SOFTWARE", "voila/0.5")
    viewer.setenv("QUERY_STRING", asked)
    assert cohort_page().html == plain


def test_a_trainee_is_told_that_pending_is_no_zero(viewer, tmp_path):
    viewer.chdir(tmp_path)
    text = " ".join(text_of(my_progress().html).split())
    assert "1 respuesta espera la revisión de su docente. No cuenta como cero" in text
    assert "Puntaje: 90 % (parcial)" in text
    plan = load()
    coming = [module for module in plan.modules if not module.written]
    assert f"0 de {plan.hours} horas" in text and f"{len(coming)} módulos en preparación" in text
    assert f"Hay {sum(module.hours for module in coming)} horas en preparación" in text
    assert "Protección de datos En curso 3 de 3 lecciones · 4 h" in text
    assert "Gestión virtual de casos Sin empezar 0 de 3 lecciones · 5 h Puntaje: — Última actividad: —" in text


def test_a_beginner_is_sent_to_the_first_lesson_that_is_there(viewer, tmp_path):
    viewer.setenv("CIBERAULA_STUDENT", "azu-6")
    viewer.chdir(tmp_path)
    lesson = tmp_path / "modules" / cohort.MODULE / "leccion-1.ipynb"
    assert "/voila/render/" not in my_progress().html
    lesson.parent.mkdir(parents=True)
    lesson.write_text("{}")
    assert f'href="/voila/render/modules/{cohort.MODULE}/leccion-1.ipynb"' in my_progress().html


def test_empty_states(viewer, tmp_path):
    viewer.setenv("CIBERAULA_HOME", str(tmp_path))
    viewer.chdir(tmp_path)
    assert "Todavía no hay datos de avance" in cohort_page().html
    assert "Todavía no hay datos de avance" in institution().html
    assert "Todavía no hay entregas calificadas" in my_progress().html
    refresh(tmp_path)
    assert "Todavía no hay participantes" in cohort_page().html
    assert "no se muestra ninguna cifra" in institution().html


def test_four_people_are_too_few_for_any_figure(viewer, tmp_path):
    cohort.write_roster(tmp_path, cohort.PEOPLE[:4])
    refresh(tmp_path)
    viewer.setenv("CIBERAULA_HOME", str(tmp_path))
    html = institution().html
    assert "ninguna cifra" in html and "<table" not in html and "base64" not in html


def test_one_real_person_beside_an_invented_cohort_is_not_given_away_by_the_total(viewer, demo, tmp_path):
    roster = (demo / "roster.csv").read_text(encoding="utf-8")
    (tmp_path / "roster.csv").write_text(roster + "participante,Yo Misma,Mi aula,Casa,rural,false\n", encoding="utf-8")
    refresh(tmp_path)
    viewer.setenv("CIBERAULA_HOME", str(tmp_path))
    html = institution().html
    assert "12 participantes" in html and "13 participantes" not in html and "Mi aula" not in html + downloads(html)
    assert "Azuay" in html
    viewer.setenv("SERVER_SOFTWARE", "voila/0.5")
    viewer.setenv("QUERY_STRING", "cohorte=Mi+aula")
    html = cohort_page().html
    assert "Yo Misma" in html and "Ana Paredes" not in html and "Cohorte simulada" not in text_of(html)


def test_real_people_are_not_added_to_invented_ones(viewer, demo, tmp_path):
    roster = (demo / "roster.csv").read_text(encoding="utf-8")
    real = "".join(f"real-{n},Persona {n},Real,Norte,rural,false\n" for n in range(5))
    (tmp_path / "roster.csv").write_text(roster + real, encoding="utf-8")
    refresh(tmp_path)
    viewer.setenv("CIBERAULA_HOME", str(tmp_path))
    html = institution().html
    assert "5 participantes" in html and "Cohorte simulada" not in text_of(html) and "Azuay" not in html


def test_a_roster_without_submissions_shows_everybody_as_not_started(viewer, tmp_path):
    cohort.write_roster(tmp_path, cohort.PEOPLE)
    refresh(tmp_path)
    viewer.setenv("CIBERAULA_HOME", str(tmp_path))
    text = " ".join(text_of(cohort_page().html).split())
    assert "Sin empezar: 12" in text and "Todavía no hay entregas calificadas" in text
    assert "Cohorte simulada" not in text


def test_a_view_imports_nothing_slow(viewer, tmp_path):
    viewer.chdir(tmp_path)
    code = (
        "import sys; from ciberaula.dashboards import cohort, my_progress; my_progress(); cohort(); "
        "print([name for name in sys.argv[1:] if name in sys.modules])"
    )
    slow = ["pandas", "matplotlib", "nbgrader", "ipywidgets", "sqlalchemy"]
    done = subprocess.run([sys.executable, "-c", code, *slow], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_submission_that_could_not_be_graded_at_all_takes_one_line(viewer, demo, tmp_path):
    shutil.copytree(demo, tmp_path / "var")
    with Gradebook(gradebook_url(tmp_path / "var"), COURSE_ID) as gradebook:
        for item in ("p01", "p02"):
            grade = gradebook.find_grade(item, cohort.NOTEBOOK, cohort.MODULE, "man-2")
            grade.auto_score, grade.needs_manual_grade = None, True
        gradebook.db.commit()
    refresh(tmp_path / "var", now=cohort.NOW)
    viewer.setenv("CIBERAULA_HOME", str(tmp_path / "var"))
    html = cohort_page().html
    assert "4 respuestas de 3 entregas esperan a una persona" not in html and "2 preguntas" in html
    assert "3 respuestas de 2 entregas esperan a una persona; 1 respuesta de 1 entrega no se pudo leer." in html
    assert html.count("/formgrader/submissions/") == 3


def test_work_that_could_not_be_opened_is_listed_with_its_reason(viewer, demo, tmp_path):
    shutil.copytree(demo, tmp_path / "var")
    failed_attempt(tmp_path / "var", "azu-6", "el cuaderno está dañado; no se pudo leer /x/azu-6/<a>.ipynb")
    whole = refresh(tmp_path / "var", now=cohort.NOW)
    assert "azu-6" not in "".join(one.reason for one in whole.reviews)
    viewer.setenv("CIBERAULA_HOME", str(tmp_path / "var"))
    html = cohort_page().html
    text = " ".join(text_of(html).split())
    assert "no se pudo leer; 1 entrega no se pudo calificar." in text
    assert (
        "Fanny Illescas La entrega entera No se pudo calificar el cuaderno está dañado; no se pudo leer /x/…/" in text
    )
    assert "<a>" not in html and "la última entrega no se pudo calificar" in text
