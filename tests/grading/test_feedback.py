"""The feedback page, through the real ``nbgrader generate_feedback``."""

import html
import re
import time
from html.parser import HTMLParser

import pytest

from ciberaula.grading.cohort import Cohort
from ciberaula.grading.deadlines import shown
from ciberaula.grading.overrides import LONGEST_REASON, override, overrides_of
from ciberaula.grading.rubric import grade_rubric
from tests.browser import axe_violations, chromium_page
from tests.grading.course import ASSIGNMENT, NOTEBOOK, RIGHT, hand_in


def page_of(student="ana"):
    cohort = Cohort()
    list(cohort.autograde(ASSIGNMENT, student))
    return feedback(student)


def feedback(student="ana"):
    cohort = Cohort()
    assert cohort.api.generate_feedback(ASSIGNMENT, student_id=student)["success"]
    return (cohort.folder("feedback", student, ASSIGNMENT) / f"{NOTEBOOK}.html").read_text(encoding="utf-8")


def words(page):
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL).split())


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [
            (tag, name, value) for name, value in attrs if name in ("src", "href", "srcset", "data", "action")
        ]


def test_a_page_says_what_was_answered_whether_it_holds_and_why(course):
    hand_in(course, "ana", {"p01": "c", "p02": 5}, written="Le **explico** sus derechos.")
    told = words(page_of())
    assert "Tarea de prueba" in told
    assert "¿Qué hace antes de anotar sus datos?" in told
    assert "Pide su cédula" in told
    assert "Por repasar 0 de 2 puntos" in told
    assert "Pide de más" in told
    assert "Bien resuelta 3 de 3 puntos" in told
    assert "Sin respuesta 0 de 1 puntos" in told
    assert "En espera de revisión" in told
    assert "Falta la revisión de una persona en 1 pregunta" in told
    assert "Su nota: 3 de 6 puntos, hasta ahora (la tarea vale 10)" in told


def test_a_page_holds_no_test_no_source_no_traceback_and_nothing_from_outside(course):
    hand_in(course, "ana", {"p01": "b", "p02": 4}, code="1/0\nsubmit_answer('p02', 4)", written="Le explico.")
    page = page_of()
    for hidden in (
        "HIDDEN TESTS",
        "scoring",
        "check(",
        "import",
        "key=",
        "ZeroDivisionError",
        "Traceback",
        "submit_answer",
    ):
        assert hidden not in page
    links = Links()
    links.feed(page)
    assert all(tag == "a" and value.startswith("#") for tag, _name, value in links.found)
    assert "<script" not in page
    assert "url(" not in page
    assert '<html lang="es">' in page
    assert len(page.encode()) < 60_000


def test_what_the_trainee_wrote_is_shown_and_never_run_or_fetched(course):
    attack = (
        '<script>alert(1)</script>\n\nHola <img src="http://fuera.example/x">\n\n'
        "![x](http://fuera.example/y) [z](javascript:alert(1))"
    )
    hand_in(course, "ana", {"p01": "<b>b</b>", **{k: RIGHT[k] for k in ("p02", "p03")}}, written=attack)
    page = page_of()
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript:' not in page
    assert "&lt;script&gt;" in page
    assert "<b>b</b>" not in page


def test_not_gradable_is_told_apart_from_zero_and_without_the_reason_of_the_test(course_with):
    root = course_with({"p01": (2, "raise KeyError('CLAVE-OCULTA')"), "p03": (1, 'float(answers["p03"] == "no")')})
    hand_in(root, "ana", RIGHT)
    page = page_of()
    told = words(page)
    assert "No se pudo calificar Aún sin puntos (vale 2)" in told
    assert "No es un cero." in told
    assert "No cuenta como cero" in told
    assert "CLAVE-OCULTA" not in page
    assert "KeyError" not in page


def test_the_rubric_and_comment_of_a_person_reach_the_page(course):
    hand_in(course, "ana", RIGHT, written="Le explico sus derechos.")
    page_of()
    points = grade_rubric(
        db_url=Cohort().db_url, assignment=ASSIGNMENT, student="ana", levels={"derechos": 1, "claridad": 2},
        comment_ids=["plazo"], author="Marta",
    )  # fmt: skip
    told = words(feedback())
    assert points == 3
    assert "Revisada por su docente 3 de 4 puntos" in told
    assert "Derechos de la persona : En parte (1 de 2). Menciona un derecho." in told
    assert "Revise el plazo: son días hábiles." in told
    assert "Su nota: 9 de 10 puntos" in told


def test_a_person_may_score_what_could_not_be_graded(course):
    hand_in(course, "ana", b"{")
    page_of()
    cohort = Cohort()
    with cohort.api.gradebook as gradebook:
        grade = gradebook.find_grade("p01", NOTEBOOK, ASSIGNMENT, "ana")
        grade.manual_score = 1.5
        grade.needs_manual_grade = False
        gradebook.db.commit()
    told = words(feedback())
    assert "Revisada por su docente 1,5 de 2 puntos" in told
    assert "Su docente revisó esta pregunta y puso los puntos: 1,5." in told
    assert "No se pudieron calificar 2 preguntas" in told
    assert told.count("Lo que respondió") == 1  # of the written one: what could not be read was not left empty


def by_formgrader(item, points, **more):
    with Cohort().api.gradebook as gradebook:
        grade = gradebook.find_grade(item, NOTEBOOK, ASSIGNMENT, "ana")
        grade.manual_score = points
        for name, value in more.items():
            setattr(grade, name, value)
        gradebook.db.commit()


def change(item, points, reason="Lo explicó en la entrevista"):
    return override(Cohort().db_url, ASSIGNMENT, "ana", item, points, author="mrios-pc", reason=reason)


def notes(page):
    """What the page says in its boxes, in order."""
    return [words(box) for box in re.findall(r'<div class="notice">(.*?)</div>', page, re.DOTALL)]


def test_a_change_by_hand_says_what_when_and_why_and_names_nobody(course, monkeypatch):
    monkeypatch.setenv("TZ", "America/Guayaquil")
    time.tzset()
    try:
        hand_in(course, "ana", {"p01": "c", "p02": 5, "p03": "no"}, written="Le explico sus derechos.")
        page_of()
        made = change("p01", 1.5, "Lo explicó en la entrevista.\n\nFaltó el plazo.")
        change("p02", 3, "La leí otra vez: estaba bien")
        change("p03", 0)
        change("p03", None, "Fue un error mío")
        page = feedback()
        date = shown(made.made_at.replace(second=0, microsecond=0))
        assert "-05:00 (" in date
        assert date.endswith(" UTC)")
        assert notes(page) == [
            "Su docente revisó esta pregunta y cambió los puntos: de 0 a 1,5. Motivo: Lo explicó en la entrevista. "
            f"Faltó el plazo. Fecha: {date}",
            "Su docente revisó esta pregunta y dejó los mismos puntos: 3. "
            f"Motivo: La leí otra vez: estaba bien Fecha: {date}",
            "Su docente retiró los puntos que había puesto (0): valen otra vez los de la corrección automática. "
            f"Motivo: Fue un error mío Fecha: {date}",
        ]
        told = words(page)
        assert "mrios" not in page
        assert "Revisada por su docente 1,5 de 2 puntos" in told
        assert "Bien resuelta 1 de 1 puntos" in told  # as its test says
        assert told.count("Lo que dijo la corrección automática") == 2
        assert told.count("Por qué ") == 0
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_change_in_formgrader_shows_nothing_that_a_machine_wrote_noted_or_not(course):
    hand_in(course, "ana", RIGHT, written="Le explico sus derechos.")
    page_of()
    change("p03", 0.5)
    by_formgrader("p01", 1, extra_credit=0.5)
    by_formgrader("p03", None)
    by_formgrader("p04", 3)  # to read an answer is no change
    page = feedback()
    assert notes(page) == [
        "Su docente revisó esta pregunta y cambió los puntos: de 2 a 1. Además, le dio puntos extra: 0,5.",
        "Su docente retiró los puntos que había puesto (0,5): valen otra vez los de la corrección automática.",
    ]
    assert "Revisada por su docente 1,5 de 2 puntos" in words(page)
    assert len(overrides_of(Cohort().db_url, ASSIGNMENT)) == 3
    assert feedback() == page
    assert "formgrader" not in page


def test_a_written_answer_whose_points_were_changed_or_taken_back(course):
    hand_in(course, "ana", RIGHT, written="Le explico sus derechos.")
    page_of()

    def judge() -> None:
        levels = {"derechos": 1, "claridad": 2}
        grade_rubric(db_url=Cohort().db_url, assignment=ASSIGNMENT, student="ana", levels=levels, author="Marta")

    judge()
    assert notes(feedback()) == []
    change("p04", 3.5, "Releí su respuesta")
    (note,) = notes(feedback())
    assert note.startswith(
        "Su docente revisó esta pregunta y cambió los puntos: de 3 a 3,5. Motivo: Releí su respuesta"
    )
    judge()
    page = feedback()
    assert notes(page) == []
    assert "Se juzgó con la rúbrica" not in page
    change("p04", None, "Faltó una segunda lectura")
    page = feedback()
    (note,) = notes(page)
    assert note.startswith(
        "Su docente retiró los puntos que había puesto (3) y volverá a revisar esta pregunta. Motivo:"
    )
    assert "En espera de revisión Aún sin puntos (vale 4)" in words(page)


def test_a_reason_is_text_and_never_html_or_markdown(course):
    hand_in(course, "ana", RIGHT)
    page_of()
    attack = "<script>alert(1)</script> **no** [x](javascript:alert(1)) </div><img src=x> &amp; {{ w.end }} \"'"
    change("p01", 0, attack)
    change("p02", 0, "a" * LONGEST_REASON)
    page = feedback()
    written = html.escape(attack, quote=True).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
    assert f"<strong>Motivo:</strong> {written}</p>" in page
    assert "<script" not in page
    assert "<img" not in page
    assert "javascript:" not in "".join(str(value) for _tag, _name, value in links(page))
    assert "a" * LONGEST_REASON in page


def links(page):
    found = Links()
    found.feed(page)
    return found.found


def test_the_folder_of_a_page_carries_nothing_else_of_the_submission(course):
    folder = hand_in(course, "ana", RIGHT)
    (folder / "mis-documentos").mkdir()
    (folder / "mis-documentos" / "consentimiento.docx").write_bytes(b"x")
    page_of()
    kept = sorted(p.name for p in Cohort().folder("feedback", "ana", ASSIGNMENT).rglob("*"))
    assert kept == [f"{NOTEBOOK}.html", "submission_secret.txt", "timestamp.txt"]


def test_a_late_penalty_is_told(course):
    hand_in(course, "ana", RIGHT)
    cohort = Cohort()
    with cohort.api.gradebook as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-03-01 00:00:00 UTC")
    (course / "modules" / "curriculum.yml").write_text("late: {penalty: zero}\nmodules: []\n", encoding="utf-8")
    list(cohort.autograde(ASSIGNMENT, "ana"))
    told = words(feedback())
    assert "Su nota: 0 de 10 puntos" in told
    assert "Se descontaron 6 puntos por entrega tardía" in told
    facts = "El plazo era 2026-03-01 00:00 UTC, y su entrega llegó 1 día y 10 h después del plazo."
    assert f"Gracias por entregar. {facts}" in told


def test_who_was_in_time_or_within_the_grace_reads_nothing_of_it(course):
    (course / "modules" / "curriculum.yml").write_text("late: {grace_minutes: 10}\nmodules: []\n", encoding="utf-8")
    hand_in(course, "ana", RIGHT)
    for due, late in (("2026-03-02 09:45", True), ("2026-03-02 09:50", False), ("2026-03-03 00:00", False)):
        with Cohort().api.gradebook as gradebook:
            gradebook.update_or_create_assignment(ASSIGNMENT, duedate=f"{due}:00 UTC")
        assert ("El plazo era" in page_of()) == late


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_reads_well_in_a_browser(course, width, tmp_path):
    hand_in(course, "ana", {"p01": "c", "p02": 5, "p03": "no"}, written="Le **explico** cómo los puede ejercer.")
    page_of()
    change("p01", 1.5, f"Lo explicó en la entrevista: {'larguísimo' * 20}")
    change("p02", 1)
    change("p02", None, "Fue un error mío")
    by_formgrader("p03", 0)
    feedback()
    path = Cohort().folder("feedback", "ana", ASSIGNMENT) / f"{NOTEBOOK}.html"
    with chromium_page(width=width) as tab:
        tab.page.goto(path.as_uri())
        assert tab.page.get_by_text("Su docente re").count() == 3
        assert tab.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        tab.page.keyboard.press("Tab")
        assert tab.page.evaluate("document.activeElement.textContent") == "Saltar al contenido"
        tab.page.screenshot(path=str(tmp_path / "pagina.png"), full_page=True)
        assert axe_violations(tab.page, "html") == []
        assert tab.outside == []
        assert tab.errors == []
