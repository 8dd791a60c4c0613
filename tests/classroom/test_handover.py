import pytest

from ciberaula.classroom.handover import delivery, module_progress
from ciberaula.classroom.record import read_statements
from ciberaula.classroom.workplace import Workplace
from tests.classroom.content import write_notebook


def answer(folder, id, value):
    place = Workplace(folder)
    found, graded = place.find(id)
    place.save(found, value, graded=graded, checked=True)


@pytest.fixture
def worked(lesson):
    write_notebook(lesson / "leccion-1.ipynb", 'question("l1-single")')
    write_notebook(lesson / "leccion-2.ipynb", 'question("l1-multiple")', 'question("l1-number")')
    write_notebook(lesson / "leccion-3.ipynb", 'question("l1-text")')
    write_notebook(lesson / "para-llevar.ipynb", "1 + 1")
    (lesson / "roto.ipynb").write_text("{")
    answer(lesson, "l1-single", "b")
    answer(lesson, "l1-number", 5)
    return lesson


def test_progress_counts_the_activities_of_each_lesson(worked, assignment):
    lines = str(module_progress("05-prueba")).splitlines()
    assert lines == ["leccion-1: 1 de 1 (completa)", "leccion-2: 1 de 2 (en curso)", "leccion-3: 0 de 1 (sin empezar)"]
    page = module_progress("05-prueba")._repr_html_()
    assert page.count('scope="row"') == 3
    assert "<caption>" in page


def test_progress_of_a_module_that_is_not_there_says_so(assignment):
    assert "no está en esta carpeta" in str(module_progress("99-nada"))
    assert "no tiene lecciones" in str(module_progress())


def test_delivery_brings_the_statements_once(worked, assignment):
    first = str(delivery("05-prueba"))
    assert "3 actividades. Se añadieron 3 nuevas." in first
    assert "no lleva su nombre" in first
    again = str(delivery("05-prueba"))
    assert "3 actividades." in again
    assert "Se añad" not in again
    answer(worked, "l1-multiple", ["a", "c"])
    assert "Se añadieron 2 nuevas" in str(delivery("05-prueba"))  # the answer, and the lesson it completes
    brought = {one["id"] for one in read_statements(assignment / "registro.jsonl")}
    assert brought == {one["id"] for one in read_statements(worked / "registro.jsonl")}


def test_delivery_leaves_another_person_s_statements(worked, assignment, monkeypatch):
    monkeypatch.setenv("CIBERAULA_PSEUDONYM", "p-otra-persona")
    assert "Todavía no hay actividades" in str(delivery("05-prueba"))
    assert not (assignment / "registro.jsonl").exists()


def test_delivery_without_the_module_still_lets_deliver(assignment):
    assert "puede entregar de todos modos" in delivery("99-nada")._repr_html_()
