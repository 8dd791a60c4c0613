"""The classroom end to end, as its users meet it: real servers, real exchange, real Chromium, network shut.

A trainee fetches, answers, validates and submits from JupyterLab; an instructor collects, autogrades, judges the written
answer in formgrader and releases feedback; the trainee reads it. The demo cohort is built by the first start. Then both do
it again for the second module, whose answers are logs of stories played on the case desk, and for the one on diagnosis,
whose answers are what the explorer found in a data set and how an interview was coded.
"""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from ciberaula.casework.assessment.load import load_assessment
from ciberaula.casework.assessment.report import assess
from ciberaula.casework.stories.load import load_story
from ciberaula.casework.stories.play import Play
from ciberaula.classroom.sheetfile import read_answers
from ciberaula.grading.rubric import load_rubric
from tests.browser import Tab, axe_violations, chromium_page, heard
from tests.launch.classroom import COURSE, Running, run, started

pytestmark = pytest.mark.browser

ASSIGNMENT = "05-proteccion-de-datos"
NOTEBOOK = f"{ASSIGNMENT}/proteccion-de-datos.ipynb"
QUESTION_WIDGETS = 14  # eleven questions, the calculator, and the anonymity bench twice
JUDGEMENT = (
    "**Hechos.** El martes, por teléfono, Verónica dijo qué puede saber la escuela y qué no. "
    "**Decisión.** Escribo desde el correo de la fundación, sin la ficha, y lo confirmo antes con ella."
)

STORIES = "06-gestion-virtual-de-casos"
STORY = "historia-la-oferta-de-trabajo"
DIAGNOSIS = "03-diagnostico-brecha-digital"
CODED = {"E07-003": "pra_herramienta", "E07-006": "pra_norma", "E07-008": "ben_coordinacion"}
NOTE = "Martes, 08:20. Por el chat de la institución, Noemí contó que viaja el sábado."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def trainee(home: Path) -> Iterator[Running]:
    with started(home) as classroom:
        yield classroom


@pytest.fixture(scope="module")
def instructor(home: Path, trainee: Running) -> Iterator[Running]:
    with started(home, "instructor") as classroom:
        yield classroom


@pytest.fixture(scope="module")
def desk(trainee: Running) -> Iterator[Tab]:
    """The trainee's browser, open for the whole story."""
    with chromium_page(timeout_s=240, accept_downloads=True) as tab:
        tab.page.goto(trainee.address)
        tab.page.wait_for_selector(".ca-inicio")
        yield tab


def open_assignments(page: Page) -> None:
    page.get_by_role("tab", name="inicio.ipynb").click()
    page.get_by_role("button", name="Abrir la lista de tareas, módulo 5").click()
    # First the list that it opens with: its rows must not be drawn anew under a press, nor taken for those asked for now.
    page.locator(".list_container > .list_item").first.wait_for()
    with page.expect_response(re.compile(r"/assignments\?course_id=")):
        page.locator("#refresh_assignments_list").click()


def fetch(page: Page, assignment: str) -> None:
    open_assignments(page)
    row = page.locator("#released_assignments_list .list_item", has_text=assignment)
    row.get_by_role("button", name="Fetch").click()
    page.wait_for_selector(f"#fetched_assignments_list >> text={assignment}")


def submit(trainee: Running, page: Page, assignment: str) -> None:
    page.goto(trainee.address)
    page.wait_for_selector(".ca-inicio")
    open_assignments(page)
    row = page.locator("#fetched_assignments_list .list_item", has_text=assignment).first
    row.get_by_role("button", name="Submit").click()
    page.wait_for_selector(f"#submitted_assignments_list >> text={assignment}")


def run_everything(page: Page, shown: Locator) -> None:
    """Run the open notebook to its end: ``shown`` is there, and nothing is about to draw it anew."""
    notebook, asked = page.locator(".jp-NotebookPanel:visible"), page.locator("dialog.jp-Dialog")
    page.add_locator_handler(asked, lambda: close_questions(page))
    for _attempt in range(10):
        # Before it has begun to start one, JupyterLab asks whoever runs a cell which kernel she wants.
        expect(notebook.locator(".jp-Toolbar-kernelName")).to_contain_text("Python 3")
        expect(notebook.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute("data-status", "idle")
        page.locator(".lm-MenuBar-item", has_text="Run").click()
        page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
        # JupyterLab may connect to a new kernel twice and drop what it was given before: a person runs it again.
        if ran(page, notebook, shown):
            page.remove_locator_handler(asked)
            heard(page)
            return
    raise AssertionError("the cells did not run")


def ran(page: Page, notebook: Locator, shown: Locator) -> bool:
    """Wait until the kernel rests and ``shown`` is there; not so where it stays away, though the kernel rests for long."""
    indicator = notebook.locator(".jp-Notebook-ExecutionIndicator")
    quiet_s = 0.0
    until = time.monotonic() + 600
    while time.monotonic() < until:
        idle = not close_questions(page) and indicator.get_attribute("data-status") == "idle"
        quiet_s = quiet_s + 0.2 if idle else 0.0
        if quiet_s > 30 or (quiet_s > 1 and shown.is_visible()):
            return shown.is_visible()
        page.wait_for_timeout(200)
    raise AssertionError("the cells did not end")


def close_questions(page: Page) -> bool:
    """Accept whatever JupyterLab asks on its own (which kernel, a file that changed), as a person would. Was there any?"""
    dialogs = page.locator("dialog.jp-Dialog").all()
    for dialog in dialogs:
        print("JupyterLab asked:", dialog.inner_text())
        dialog.locator("button.jp-mod-accept").click()
    return bool(dialogs)


def snapshot(home: Path) -> None:
    done = run("progress", home=home)
    assert done.returncode == 0, done.stderr


def test_the_demo_cohort_went_the_whole_way(trainee: Running, home: Path) -> None:
    """24 simulated people; what they handed in was collected, graded and answered with feedback."""
    submitted = {path.parent.name for path in (home / "submitted").glob(f"*/{ASSIGNMENT}")}
    graded = {path.parent.parent.name for path in (home / "autograded").glob(f"*/{ASSIGNMENT}/*.ipynb")}
    answered = {path.parent.parent.name for path in (home / "feedback").glob(f"*/{ASSIGNMENT}/*.html")}
    assert len((home / "roster.csv").read_text().splitlines()) == 1 + 24 + 1
    assert len(submitted) == 21
    assert graded == answered == submitted
    read_twice = run("double-marking", ASSIGNMENT, home=home)
    assert read_twice.returncode == 0, read_twice.stderr
    assert "leída por Segunda lectura simulada" in read_twice.stdout
    agreed = re.findall(r"kappa \S+, mismo nivel en (\d) de (\d) respuestas", read_twice.stdout)
    assert len(agreed) == 5  # one for each criterion of the rubric
    assert any(same < count for same, count in agreed)
    assert "la kappa solo orienta" in read_twice.stdout


def test_a_trainee_fetches_the_assignment(desk: Tab, home: Path) -> None:
    fetch(desk.page, ASSIGNMENT)
    work = home / "aula" / ASSIGNMENT
    assert (work / "proteccion-de-datos.ipynb").is_file()
    assert not [path for path in work.rglob("*") if "HIDDEN" in path.read_text(errors="ignore")]


def test_answers_are_saved_as_they_are_given(trainee: Running, desk: Tab, home: Path) -> None:
    page = desk.page
    page.goto(f"http://localhost:{trainee.port}/lab/tree/{NOTEBOOK}")
    page.locator("h1:visible", has_text="Proteger los datos").wait_for()
    first = page.locator("section.ciberaula-live").first
    run_everything(page, first)
    # No question waits for the one before it to be answered.
    expect(page.locator("section.ciberaula-live")).to_have_count(QUESTION_WIDGETS)
    first.scroll_into_view_if_needed()
    first.get_by_role("radio").nth(2).press("Space")
    expect(first.get_by_role("status")).to_contain_text("guardada")
    heard(page)
    sheet = json.loads((home / "aula" / ASSIGNMENT / "respuestas.json").read_text())
    assert sheet["answers"]["p01"]["value"] == "c"
    assert axe_violations(page, "section.ciberaula-live") == []


def test_the_written_answer_is_a_cell_of_the_notebook(desk: Tab, home: Path) -> None:
    page = desk.page
    cell = page.locator(".jp-MarkdownCell", has_text="Escriba aquí su respuesta").last
    cell.scroll_into_view_if_needed()
    cell.dblclick()
    cell.locator(".cm-content").click()
    expect(cell.locator(".cm-content")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(JUDGEMENT)
    expect(page.locator(".jp-MarkdownCell .cm-content", has_text="desde el correo de la fundación")).to_be_visible()
    page.keyboard.press("Control+s")
    path = home / "aula" / NOTEBOOK
    for _attempt in range(1200):
        if "desde el correo de la fundación" in path.read_text():
            break
        page.wait_for_timeout(200)
    assert "desde el correo de la fundación" in path.read_text()


def test_validating_says_which_questions_wait(desk: Tab) -> None:
    page = desk.page
    page.locator(".validate-button:visible").click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("p02", timeout=300_000)
    assert "Traceback" not in dialog.inner_text()
    dialog.get_by_role("button").last.click()
    expect(dialog).to_have_count(0)


def test_the_trainee_submits(trainee: Running, desk: Tab, home: Path) -> None:
    submit(trainee, desk.page, ASSIGNMENT)
    assert list((home / "exchange/ciberaula/inbound").glob(f"participante+{ASSIGNMENT}+*"))


@pytest.fixture(scope="module")
def office(instructor: Running) -> Iterator[Tab]:
    """The instructor's browser. formgrader asks before most steps: the instructor says yes."""
    with chromium_page(timeout_s=240) as tab:
        tab.page.on("dialog", lambda dialog: dialog.accept())
        tab.page.goto(instructor.address)
        tab.page.locator("h1:visible", has_text="inicio de docentes").wait_for()
        yield tab


def formgrader(instructor: Running, page: Page, path: str) -> None:
    page.goto(f"http://localhost:{instructor.port}/formgrader/{path}?token={instructor.token}")


def do(page: Page, link: Locator) -> None:
    """Have formgrader do what a link of a row says, which ends well and with the row drawn anew, before it is used again."""
    with page.expect_response(row_anew, timeout=600_000):
        link.click()
    close_message(page)


def row_anew(answer: Response) -> bool:
    return answer.request.method == "GET" and bool(re.search("/formgrader/api/(assignment|submission)/", answer.url))


def close_message(page: Page) -> None:
    """Close formgrader's message, which must say that it went well."""
    modal = page.locator(".modal.in", has_text=re.compile("Success|success"))
    modal.wait_for()
    modal.get_by_role("button", name=re.compile("OK|Close")).first.click()
    page.locator(".modal.in").wait_for(state="hidden")


def collect_and_autograde(instructor: Running, page: Page, assignment: str, *, then: str) -> None:
    """``then``: what formgrader says of the submission afterwards."""
    formgrader(instructor, page, "manage_assignments")
    row = page.locator("tr", has=page.locator("td.name", has_text=assignment))
    do(page, row.locator("td.collect a"))
    formgrader(instructor, page, f"manage_submissions/{assignment}")
    row = page.locator("tr", has=page.locator("td.student-id", has_text="participante"))
    do(page, row.locator("td.autograde a"))
    expect(row.locator("td.status")).to_contain_text(re.compile(f"^{then}", re.IGNORECASE))


def give_feedback(instructor: Running, page: Page, assignment: str) -> None:
    formgrader(instructor, page, f"manage_submissions/{assignment}")
    row = page.locator("tr", has=page.locator("td.student-id", has_text="participante"))
    do(page, row.locator("td.generate-feedback a"))
    do(page, row.locator("td.release-feedback a"))


def feedback_page(trainee: Running, page: Page, home: Path, assignment: str) -> Path:
    """Fetch the feedback, as the trainee: the page that came."""
    page.goto(trainee.address)
    page.wait_for_selector(".ca-inicio")
    open_assignments(page)
    row = page.locator("#submitted_assignments_list .list_item", has_text=assignment)
    row.get_by_role("button", name=re.compile("Fetch Feedback")).first.click()
    # Of this task: the list may show the feedback of another already.
    row.locator("text=view feedback").first.wait_for()
    (came,) = (home / "aula" / assignment / "feedback").rglob("*.html")
    return came


def test_the_instructor_collects_and_autogrades(instructor: Running, office: Tab, home: Path) -> None:
    collect_and_autograde(instructor, office.page, ASSIGNMENT, then="needs manual grading")
    assert list((home / "autograded/participante" / ASSIGNMENT).glob("*.ipynb"))


def kept(answer: Response) -> bool:
    """formgrader's server has what was written into its form."""
    return answer.request.method == "PUT" and "/formgrader/api/" in answer.url


def test_the_instructor_judges_the_written_answer_with_the_rubric(instructor: Running, office: Tab) -> None:
    page = office.page
    formgrader(instructor, page, f"gradebook/{ASSIGNMENT}/proteccion-de-datos")
    page.locator("td.name a").first.wait_for()
    # formgrader hides who wrote it, on purpose: the answer is found by its text.
    for href in dict.fromkeys(link.get_attribute("href") for link in page.locator("td.name a").all()):
        page.goto(f"http://localhost:{instructor.port}{href}")
        page.wait_for_selector("textarea.comment")
        if page.get_by_text("desde el correo de la fundación").count():
            break
    assert page.get_by_text("desde el correo de la fundación").count()
    assert page.get_by_text("Rúbrica").count()
    rubric = load_rubric(ASSIGNMENT)
    assert rubric is not None
    shown = page.inner_text("body")
    for criterion in rubric.criteria:
        assert criterion.name in shown
        assert all(level.descriptor in shown for level in criterion.levels)
    # One level down from the best in every criterion, and a comment that the rubric offers.
    points = sum(sorted(level.points for level in criterion.levels)[-2] for criterion in rubric.criteria)
    assert rubric.comments[-1].text in shown
    score = page.locator("input#p12")
    score.fill(f"{points:g}")
    with page.expect_response(kept):
        score.press("Tab")
    comment = page.locator("textarea#p12-comment")
    comment.fill(f"{rubric.comments[-1].text} Falta decir cuándo lo confirma con Verónica.")
    with page.expect_response(kept):
        comment.press("Tab")
    page.reload()
    expect(page.locator("input#p12")).to_have_value(f"{points:g}")
    assert office.outside == []


def test_feedback_reaches_the_trainee(
    instructor: Running, office: Tab, trainee: Running, desk: Tab, home: Path
) -> None:
    give_feedback(instructor, office.page, ASSIGNMENT)
    came = feedback_page(trainee, desk.page, home, ASSIGNMENT)
    with chromium_page() as tab:
        tab.page.goto(came.as_uri())
        text = tab.page.inner_text("body")
        assert tab.page.locator("html").get_attribute("lang") == "es"
        assert "Falta decir cuándo lo confirma con Verónica" in text
        assert "HIDDEN" not in tab.page.content()
        assert "Traceback" not in text
        assert axe_violations(tab.page, "body") == []
        assert tab.outside == []


def test_a_trainee_plays_a_story_in_lab(trainee: Running, desk: Tab, home: Path) -> None:
    page = desk.page
    fetch(page, STORIES)
    work = home / "aula" / STORIES
    assert {path.name for path in work.glob("*.yml")} == {
        path.name for path in (COURSE / "exercises" / STORIES).glob("*.yml")
    }
    page.goto(f"http://localhost:{trainee.port}/lab/tree/{STORIES}/gestion-virtual-de-casos.ipynb")
    page.locator("h1:visible", has_text="Un caso completo en la mesa").wait_for()
    told = page.locator("section.ciberaula-live", has_text="La oferta de trabajo")
    run_everything(page, told)

    def press(name: str) -> None:
        told.get_by_role("button", name=name, exact=True).first.wait_for()
        heard(page)  # the desk takes one wish at a time
        told.get_by_role("button", name=name, exact=True).first.click()

    press("Empezar")
    press("Adelantar hasta lo próximo")
    told.get_by_role("button", name="Leer").wait_for()
    heard(page)
    told.get_by_role("button", name="Leer").click()
    expect(told).to_contain_text("Mi prima dice que averigüe")
    press("Adelantar hasta lo próximo")
    told.get_by_label("Contestar por el chat que la leyó").check()
    press("Decidir")
    expect(told.get_by_role("status")).to_contain_text("Usted decidió")
    press("Mis casos")
    press("SIM-2211")
    press("Contactos y notas")
    press("Escribir una nota de caso")
    told.get_by_role("textbox", name=re.compile("^Hechos")).fill(NOTE)
    press("Guardar la nota")
    expect(told.get_by_role("status")).to_contain_text("Escribió una nota de caso")
    actions = [one["action"]["do"] for one in read_answers(work / "respuestas.json")["p11"]["actions"]]
    assert actions == ["wait", "read", "wait", "choose", "look", "look", "write_note"]
    assert axe_violations(page, "section.ciberaula-live") == []
    submit(trainee, page, STORIES)


def test_what_was_played_is_assessed_with_what_it_shows(
    instructor: Running, office: Tab, trainee: Running, desk: Tab, home: Path
) -> None:
    # Nothing was written in the note that a person would read.
    collect_and_autograde(instructor, office.page, STORIES, then="graded")
    give_feedback(instructor, office.page, STORIES)
    came = feedback_page(trainee, desk.page, home, STORIES)
    folder = COURSE / "solutions" / STORIES
    story = load_story(folder / f"{STORY}.yml")
    log = read_answers(home / "submitted/participante" / STORIES / "respuestas.json")["p11"]
    report = assess(
        Play.replay(story, log), load_assessment(folder / f"{STORY.replace('historia', 'valoracion')}.yml", story)
    )
    assert 0 < report.score < 100
    with chromium_page() as tab:
        tab.page.goto(came.as_uri())
        tab.page.locator("details").evaluate_all("all => all.forEach(fold => { fold.open = true; })")
        text = tab.page.inner_text("body")
        assert "La oferta de trabajo" in text
        for criterion in report.criteria:
            assert criterion.summary in text
        assert "Se ve en su recorrido" in text
        assert "Traceback" not in text
        assert axe_violations(tab.page, "body") == []
        assert tab.outside == []


def form(page: Page, title: str) -> Locator:
    return page.locator("section.ciberaula-live", has=page.get_by_role("heading", name=title))


def test_data_answers_need_no_code(trainee: Running, desk: Tab, home: Path) -> None:
    page = desk.page
    page.goto(trainee.address)
    page.wait_for_selector(".ca-inicio")
    fetch(page, DIAGNOSIS)
    page.goto(f"http://localhost:{trainee.port}/lab/tree/{DIAGNOSIS}/diagnostico.ipynb")
    page.locator("h1:visible", has_text="El diagnóstico de un cantón").wait_for()
    survey = form(page, "Explorador: Encuesta")
    run_everything(page, survey)
    # As quick as a person may be who knows what she wants: nothing that she chose is lost to an answer on its way.
    survey.get_by_label("Medida").select_option("proporcion")
    survey.get_by_label("Columna que mide").select_option("uso_regular")
    survey.get_by_label("Agrupar por").select_option("sector")
    survey.get_by_label("y por", exact=True).select_option("area")
    heard(page)
    expect(survey.get_by_role("img", name="por «Sector")).to_be_visible()
    survey.get_by_role("button", name="Guardar este resultado como mi respuesta a la pregunta 2").click()
    expect(survey.get_by_role("status")).to_contain_text("guardada")
    room = form(page, "Sala de codificación: entrevista E07")
    for unit, code in CODED.items():
        place = room.get_by_role("group").filter(has_text=unit)
        place.get_by_role("combobox").select_option(code)
        expect(place).to_contain_text("✓ Guardado")
    heard(page)
    answers = read_answers(home / "aula" / DIAGNOSIS / "respuestas.json")
    assert answers["p02"]["columns"] == ["sector", "area", "filas", "porcentaje"]
    assert dict(answers["p08"]["rows"]) == CODED
    assert axe_violations(page, "section.ciberaula-live") == []
    submit(trainee, page, DIAGNOSIS)


def test_data_answers_are_graded_and_explained(
    instructor: Running, office: Tab, trainee: Running, desk: Tab, home: Path
) -> None:
    collect_and_autograde(instructor, office.page, DIAGNOSIS, then="graded")
    give_feedback(instructor, office.page, DIAGNOSIS)
    came = feedback_page(trainee, desk.page, home, DIAGNOSIS)
    with chromium_page() as tab:
        tab.page.goto(came.as_uri())
        tab.page.locator("details").evaluate_all("all => all.forEach(fold => { fold.open = true; })")
        text = tab.page.inner_text("body")
        assert f"{len(CODED)} de 17 unidades como la codificación de referencia" in text
        assert "Dice cuántas personas hay en cada grupo" in text
        assert "4 de 4 puntos" in text  # the table from the explorer
        assert "Traceback" not in text
        assert axe_violations(tab.page, "body") == []
        assert tab.outside == []


@pytest.mark.parametrize(("name", "told"), [("cohorte", "Ana Lucía Paredes"), ("institucion", "Azuay")])
def test_the_dashboards_show_the_cohort(instructor: Running, office: Tab, home: Path, name: str, told: str) -> None:
    snapshot(home)
    page = office.page
    page.goto(
        f"http://localhost:{instructor.port}/voila/render/grading/dashboards/{name}.ipynb?token={instructor.token}"
    )
    page.wait_for_selector(f"text={told}")
    page.wait_for_load_state("load")
    text = page.inner_text("body")
    assert ("Tatiana Shiguango" in text) == (name == "cohorte")
    assert axe_violations(page, "body") == []


def test_the_trainee_sees_the_own_progress(trainee: Running, desk: Tab, home: Path) -> None:
    snapshot(home)
    page = desk.page
    page.goto(f"http://localhost:{trainee.port}/voila/render/mi-avance.ipynb")
    page.wait_for_selector("text=Protección de datos")
    text = page.inner_text("body")
    assert "sim-01" not in text
    assert "Ana Lucía" not in text
    assert desk.outside == []
