"""The widgets in real Chromium, driven by keyboard alone, in Voila and in JupyterLab, with the outside network shut."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ciberaula.classroom.sheetfile import read_answers
from tests.browser import axe_violations, chromium_page, heard, scrolls_sideways, serve_lab, serve_voila
from tests.classroom.content import ALL, write_folder, write_notebook

pytestmark = pytest.mark.browser

MODULE = Path(__file__).parents[2] / "modules" / "05-proteccion-de-datos"
EVERYTHING = ".ciberaula, .ciberaula *:not(.ciberaula-unseen)"
PROMPTS = {question["kind"]: question["prompt"].replace("*", "") for question in ALL}
TARGETS = ".ciberaula :is(button, select, textarea, summary, input[type=text], input[type=date], .ciberaula-pick > label):visible"
ANSWERS = {
    "single": "b",
    "multiple": ["a", "c"],
    "ordering": ["contener", "valorar", "avisar"],
    "matching": {"salud": "sensible", "hora": "comun"},
    "number": 5.5,
    "text": "Una persona necesita ayuda",
    "form": {"canal": "chat", "datos": ["cita"], "fecha": "2026-03-03", "motivo": "urgente"},
}


WIDE_TABLE = "import pandas as pd\npd.DataFrame([['una celda'] * 12])"


def notebook_with_everything(folder: Path, prefix: str, *before: str) -> Path:
    cells = [f'question("{question["id"].replace("l1-", prefix)}")' for question in ALL]
    return write_notebook(folder / "cuaderno.ipynb", *before, *cells, 'scenario("decision-grupo")')


IDLE = """() => {
    const kernel = globalThis.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
    return kernel?.connectionStatus === "connected" && kernel.status === "idle";
}"""
# Resolves once all cells ran, or were dropped: those have no count.
RUN_ALL = """async () => {
    const notebook = jupyterapp.shell.currentWidget;
    await notebook.sessionContext.ready;
    await jupyterapp.commands.execute("notebook:run-all-cells");
    return notebook.content.widgets.every(cell => cell.model.type !== "code" || cell.model.executionCount !== null);
}"""


class Keyboard:
    """A person who uses the keyboard alone: reaches things with Tab, as :focus goes, and never clicks."""

    def __init__(self, page):
        self.page = page

    def reach(self, target):
        """Tab until ``target`` has the focus; fails when it can't be reached so."""
        target.wait_for()
        heard(self.page)
        for _step in range(150):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"not reachable by keyboard: {target}")

    def start(self):
        """Back to the top of the page, so that Tab walks it again from its beginning."""
        self.page.evaluate("document.activeElement && document.activeElement.blur()")
        self.page.evaluate("""() => {
            const first = document.querySelector('.ciberaula');
            first.tabIndex = -1; first.focus(); first.removeAttribute('tabindex');
        }""")

    def press(self, target, key="Enter"):
        self.reach(target)
        self.page.keyboard.press(key)

    def pick(self, target, text):
        """Go down a drop-down list with the arrow key as far as ``text``."""
        self.reach(target)
        for _step in range(30):
            if target.evaluate("list => list.selectedOptions[0].text") == text:
                return
            self.page.keyboard.press("ArrowDown")
            heard(self.page)
        raise AssertionError(f"not in the list: {text}")

    def choose(self, radios, wanted):
        """Tab into the group of ``radios`` and go down it with the arrow key as far as ``wanted``."""
        self.press(radios.first, "Space")
        for _step in range(radios.count()):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"not reachable by arrow keys: {wanted}")


def card(page, name):
    """The widget of the question of that short name: ``scenario`` is the last one."""
    names = [question["kind"] for question in ALL] + ["scenario"]
    return page.locator(".ciberaula-live").nth(names.index(name))


def wait_saved(widget):
    expect(widget.get_by_role("status")).to_contain_text("Respuesta guardada")


def answer_everything(page, graded):
    keys = Keyboard(page)
    keys.start()

    widget = card(page, "single")
    keys.reach(widget.get_by_role("radio").first)
    page.keyboard.press("ArrowDown")
    expect(widget.get_by_label("Invitarla a un canal privado")).to_be_checked()
    finish(keys, widget, graded)

    widget = card(page, "multiple")
    keys.press(widget.get_by_label("Un nombre para llamarla"), "Space")
    keys.press(widget.get_by_label("Una hora segura"), "Space")
    finish(keys, widget, graded)

    widget = card(page, "ordering")
    button = widget.get_by_role("button", name="Bajar: Avisar a las personas afectadas")
    for place in ("2", "3"):
        keys.press(button)
        expect(button).to_be_focused()
        expect(widget.locator("[aria-live=assertive]")).to_contain_text(f"pasó al lugar {place} de 3")
    expect(widget.get_by_role("listitem").last).to_contain_text("Avisar a las personas afectadas")
    finish(keys, widget, graded)

    widget = card(page, "matching")
    keys.pick(widget.get_by_label("Un diagnóstico"), "Dato sensible")
    keys.pick(widget.get_by_label("La hora de la cita"), "Dato común")
    finish(keys, widget, graded)

    widget = card(page, "number")
    keys.reach(widget.get_by_role("textbox"))
    page.keyboard.type("cinco")
    page.keyboard.press("Tab")
    expect(widget.get_by_text("Escriba un número")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("5,5")
    finish(keys, widget, graded)

    widget = card(page, "text")
    keys.reach(widget.get_by_role("textbox"))
    page.keyboard.type("Una persona necesita ayuda")
    expect(widget.get_by_text("4 palabras (entre 3 y 30)")).to_be_visible()
    wait_saved(widget)  # after the pause, without leaving the field
    finish(keys, widget, graded)

    widget = card(page, "form")
    keys.press(widget.get_by_label("Chat cifrado"), "Space")
    keys.press(widget.get_by_label("La hora", exact=True), "Space")
    keys.reach(widget.get_by_label("Fecha de revisión"))
    page.keyboard.type("03032026")
    keys.reach(widget.get_by_label("Motivo"))
    page.keyboard.type("urgente")
    finish(keys, widget, graded)


def finish(keys, widget, graded):
    if graded:
        keys.page.keyboard.press("Tab")
        wait_saved(widget)
        assert widget.locator(".ciberaula-why:visible, .ciberaula-explanation:visible").count() == 0
    else:
        keys.press(widget.get_by_role("button", name=re.compile("^(Comprobar|Comparar) mi respuesta$")))
        wait_saved(widget)


def walk_story(page, *choices):
    keys = Keyboard(page)
    widget = card(page, "scenario")
    for text in choices:
        keys.choose(widget.get_by_role("radio"), widget.get_by_label(text))
        keys.press(widget.get_by_role("button", name="Elegir"))
        arrived = widget.locator(".ciberaula-consequence").filter(has_text=f"Pasa lo que sigue a «{text}»")
        expect(arrived).to_be_focused()
    return widget


def sheet_values(folder, prefix):
    answers = read_answers(folder / "respuestas.json")
    return {id.removeprefix(prefix): value for id, value in answers.items()}


@pytest.fixture
def shots():
    """Takes pictures for human eyes into the folder ``CIBERAULA_SHOTS``, when a person names one."""
    named = os.environ.get("CIBERAULA_SHOTS")

    def shoot(widget_or_page, name):
        if named:
            Path(named).mkdir(parents=True, exist_ok=True)
            widget_or_page.screenshot(path=str(Path(named) / f"{name}.png"))

    return shoot


def shoot_all(page, shots, name):
    for index, widget in enumerate(page.locator(".ciberaula-live").all()):
        shots(widget, f"{name}-{index}")


@pytest.mark.parametrize("graded", [False, True], ids=["formative", "graded"])
def test_every_kind_by_keyboard_alone_in_voila(tmp_path, shots, graded):
    prefix = "p-" if graded else "l1-"
    folder = write_folder(tmp_path / "05-prueba", is_graded=graded)
    notebook = notebook_with_everything(folder, prefix)
    with serve_voila(notebook) as address, chromium_page() as tab:
        page = tab.page
        page.goto(address)
        expect(page.locator(".ciberaula-live")).to_have_count(len(ALL) + 1)
        answer_everything(page, graded)
        widget = walk_story(page, "Borrar el mensaje y avisar", "Dejarlo así")
        expect(widget.get_by_text("Su recorrido")).to_be_visible()
        explained = widget.get_by_text("Decisión mejorable").count()
        assert explained == (0 if graded else 1)
        Keyboard(page).press(widget.get_by_role("button", name="Volver a intentarlo"))
        walk_story(page, "Borrar el mensaje y avisar", "Registrar el incidente")
        heard(page)
        assert axe_violations(page, ".ciberaula") == []
        shoot_all(page, shots, f"voila-{'graded' if graded else 'formative'}")
        assert tab.outside == []
        assert tab.errors == []
    path = {"path": [["inicio", "borrar"], ["aviso", "registrar"]], "end": "fin-bueno"}
    assert sheet_values(folder, prefix) == {**ANSWERS, "decision-grupo": path}
    record = [json.loads(line) for line in (folder / "registro.jsonl").read_text(encoding="utf-8").splitlines()]
    stories = [one for one in record if one["object"]["id"].endswith("/decision-grupo")]
    paths = [one["result"]["response"] for one in stories if one["verb"]["id"].endswith("/answered")]
    assert paths == ["inicio[.]borrar[,]aviso[.]nada", "inicio[.]borrar[,]aviso[.]registrar"]


def test_everything_is_readable_at_320_pixels(tmp_path, shots):
    folder = write_folder(tmp_path / "05-prueba")
    notebook = notebook_with_everything(folder, "l1-", WIDE_TABLE)
    with serve_voila(notebook) as address, chromium_page(width=320, height=640) as tab:
        page = tab.page
        page.goto(address)
        expect(page.locator(".ciberaula-live")).to_have_count(len(ALL) + 1)
        answer_everything(page, graded=False)
        walk_story(page, "Borrar el mensaje y avisar", "Dejarlo así")
        heard(page)
        assert scrolls_sideways(page, f"html, {EVERYTHING}") == []
        small_text = "all => all.filter(e => parseFloat(getComputedStyle(e).fontSize) < 16).map(e => e.outerHTML)"
        assert page.locator(f"{EVERYTHING}:visible").evaluate_all(small_text) == []
        small_target = "all => all.filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
        assert page.locator(TARGETS).evaluate_all(small_target) == []
        assert axe_violations(page, "body") == []  # the wide table too: the keyboard reaches what scrolls
        shoot_all(page, shots, "narrow")


def run_all(page):
    """Run all cells of the open notebook, once its kernel is there, and wait for the last widget.

    JupyterLab may connect to the kernel anew in the first moments, and drops the cells it was given before: so again. But
    never while what was run is still to be shown, which would be drawn anew under the test's hands.
    """
    page.locator(".jp-CodeCell").last.wait_for()
    for _attempt in range(10):
        page.wait_for_function(IDLE)
        if page.evaluate(RUN_ALL):
            page.locator(".jp-CodeCell").last.locator(".ciberaula-live").wait_for()
            heard(page)
            return
    raise AssertionError("the cells did not run")


def save(page, notebook, *texts):
    """Save the open notebook until its file holds ``texts``: what a widget shows reaches its rendering a moment later."""
    for _attempt in range(60):
        page.keyboard.press("Control+s")
        expect(page.locator(".jp-mod-dirty")).to_have_count(0)
        kept = notebook.read_text(encoding="utf-8")
        if all(json.dumps(text, ensure_ascii=False)[1:-1] in kept for text in texts):
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"not in {notebook}: {texts}")


def until(page, holds):
    """Wait until ``holds()``, which looks at something else than the page."""
    for _attempt in range(600):
        if holds():
            return
        page.wait_for_timeout(200)
    raise AssertionError("it never came to hold")


def shut_kernels_down(page, address):
    seal = next((cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "_xsrf"), "")
    for kernel in page.request.get(f"{address}api/kernels").json():
        page.request.delete(f"{address}api/kernels/{kernel['id']}", headers={"X-XSRFToken": seal})


def test_everything_keeps_its_contrast_in_lab_s_dark_theme(tmp_path, shots):
    folder = write_folder(tmp_path / "05-prueba")
    notebook_with_everything(folder, "l1-")
    theme = {"@jupyterlab/apputils-extension/themes": {"theme": "JupyterLab Dark"}}
    with serve_lab(tmp_path, settings=theme) as address, chromium_page() as tab:
        page = tab.page
        page.goto(f"{address}lab/tree/05-prueba/cuaderno.ipynb")
        run_all(page)
        expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
        for kind in [question["kind"] for question in ALL[:2]]:
            widget = page.locator(".ciberaula-live").filter(has_text=PROMPTS[kind])
            Keyboard(page).press(widget.get_by_role("radio").or_(widget.get_by_role("checkbox")).first, "Space")
            widget.get_by_role("button", name="Comprobar mi respuesta").press("Enter")
            expect(widget.locator(".ciberaula-why").last).to_be_visible()
        heard(page)
        assert axe_violations(page, ".ciberaula") == []
        shots(page, "lab-dark")


def test_answers_are_shown_again_in_lab_after_the_kernel_restarts(tmp_path, shots):
    folder = write_folder(tmp_path / "05-prueba")
    notebook = write_notebook(folder / "leccion-1.ipynb", 'question("l1-single")', 'question("l1-text")')
    with serve_lab(tmp_path) as address, chromium_page() as tab:
        page = tab.page
        page.goto(f"{address}lab/tree/05-prueba/leccion-1.ipynb")
        run_all(page)
        single, text = page.locator(".ciberaula-live").nth(0), page.locator(".ciberaula-live").nth(1)
        expect(text).to_be_visible()
        expect(page.locator(".ciberaula-static").first).to_be_hidden()
        keys = Keyboard(page)
        keys.choose(single.get_by_role("radio"), single.get_by_label("Invitarla a un canal privado"))
        keys.press(single.get_by_role("button", name="Comprobar mi respuesta"))
        expect(single.get_by_text("Protege lo que va a contar.")).to_be_visible()
        heard(page)
        text.get_by_role("textbox").focus()
        # JupyterLab deletes a cell at «dd», adds one at «b», and runs one at Shift+Enter: not while an answer is written.
        page.keyboard.type("dd bb aa una persona")
        page.keyboard.press("Shift+Enter")
        wait_saved(text)
        written = "dd bb aa una persona\n"
        until(page, lambda: sheet_values(folder, "l1-").get("text") == written)
        heard(page)
        expect(page.locator(".jp-CodeCell")).to_have_count(3)
        expect(text.get_by_role("textbox")).to_be_focused()
        assert axe_violations(page, ".ciberaula") == []
        shots(page, "lab")

        save(page, notebook, "Invitarla a un canal privado (su respuesta)", "dd bb aa una persona")
        shut_kernels_down(page, address)
        page.reload()
        static = page.locator(".ciberaula-static")
        expect(static.first).to_be_visible()
        expect(static.first).to_contain_text("Invitarla a un canal privado (su respuesta)")
        given_up = page.locator(".jp-OutputArea-output.jupyter-widgets")  # JupyterLab found no kernel with such a view
        expect(given_up).to_have_text(["Error displaying widget: model not found"] * 2)
        assert not any(view.is_visible() for view in given_up.all())
        shots(page, "lab-reopened")

        run_all(page)
        single, text = page.locator(".ciberaula-live").nth(0), page.locator(".ciberaula-live").nth(1)
        expect(single.get_by_label("Invitarla a un canal privado")).to_be_checked()
        expect(single.get_by_text("Protege lo que va a contar.")).to_be_visible()
        expect(text.get_by_role("textbox")).to_have_value(written)
        assert tab.outside == []
        assert tab.errors == []


def test_a_long_document_is_folded_and_reaches_the_person_s_own_device(tmp_path, shots):
    folder = write_folder(tmp_path / "05-prueba")
    shutil.copy(MODULE / "documento-consentimiento.yml", folder)
    call = 'from ciberaula.classroom import document\ndocument("consentimiento")'
    notebook = write_notebook(folder / "cuaderno.ipynb", call)
    with serve_voila(notebook) as address, chromium_page(width=360, height=640, accept_downloads=True) as tab:
        page = tab.page
        page.goto(address)
        form = page.locator(".ciberaula-live")
        risks = form.locator("details").filter(has=page.get_by_role("heading", name="4. Lo bueno"))
        Keyboard(page).press(risks.locator("summary"), "Enter")
        expect(risks.locator("summary")).to_contain_text("0 de 2 completos")
        risks.get_by_role("textbox").first.fill("La señal se corta.")
        expect(risks.locator("summary")).to_contain_text("1 de 2 completos")
        for kind, start in (("Word", b"PK"), ("PDF", b"%PDF")):
            with page.expect_download() as waiting:
                form.get_by_role("button", name=f"Descargar en {kind}").click()
            assert waiting.value.suggested_filename.startswith("consentimiento-01.")
            assert Path(waiting.value.path()).read_bytes().startswith(start)
            heard(page)
        expect(form.get_by_role("status")).to_contain_text("mis-documentos/consentimiento-01.pdf")
        assert axe_violations(page, ".ciberaula") == []
        assert scrolls_sideways(page, f"html, {EVERYTHING}") == []
        shots(page, "document")
        assert tab.errors == []


def test_the_verdict_comes_into_view_and_fields_show_when_they_matter(tmp_path, shots):
    folder = write_folder(tmp_path / "05-prueba")
    calculator = "from ciberaula.classroom import term_calculator\nterm_calculator()"
    notebook = write_notebook(folder / "cuaderno.ipynb", 'question("l1-form")', calculator)
    with serve_voila(notebook) as address, chromium_page(width=360, height=420) as tab:
        page = tab.page
        page.goto(address)
        form, tool = page.locator(".ciberaula-live").nth(0), page.locator(".ciberaula-live").nth(1)
        form.get_by_label("Muro público").check()
        form.get_by_label("La hora", exact=True).check()
        form.get_by_label("Fecha de revisión").fill("2026-03-03")
        form.get_by_label("Motivo").fill("urgente")
        wait_saved(form)
        form.get_by_role("button", name="Comprobar mi respuesta").press("Enter")
        expect(form.locator(".ciberaula-why").first).to_be_visible()
        expect(form.get_by_role("status")).to_be_in_viewport(ratio=0.95)
        shots(page, "verdict")

        amount = tool.get_by_role("textbox", name="Cantidad")
        expect(tool.get_by_text("Para ver el resultado, complete")).to_be_visible()
        expect(amount).to_be_hidden()
        tool.get_by_label("Otra cantidad que yo escribo").check()
        expect(amount).to_be_visible()
        tool.get_by_label("Fecha en que se conoció").fill("2026-10-29")
        amount.fill("4")
        tool.get_by_label("Término: solo días hábiles").check()
        expect(tool.get_by_text("Vence el")).to_be_visible()
        heard(page)
        assert tool.locator(".ciberaula-status").evaluate("e => e.getBoundingClientRect().height") == 0
        assert axe_violations(page, ".ciberaula") == []
