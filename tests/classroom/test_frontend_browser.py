"""The code of the widgets travels once for a page, and a page that lacks it gets it, in real Chromium."""

import base64

import pytest
from playwright.sync_api import expect

from tests.browser import chromium_page, heard, serve_lab, serve_voila
from tests.classroom.content import write_folder, write_notebook
from tests.classroom.test_widgets_browser import run_all, save, wait_saved

pytestmark = pytest.mark.browser

# Nobody carries the code any more when the last widget is shown.
NO_CARRIER = """
from ciberaula.classroom.frontend import FrontendWidget
if FrontendWidget._carrier:
    FrontendWidget._carrier.close()
FrontendWidget._carrier = None
carrier = question("l1-single")
first, second = question("l1-single"), question("l1-text")
carrier.close()
"""
# What a course of another version would send from here on.
OTHER_VERSION = """
from ciberaula.classroom import frontend
key = frontend.LOADER.partition('globalThis["')[2].partition('"')[0]
frontend.LOADER, frontend.CODE = (text.replace(key, "ciberaula-otra") for text in (frontend.LOADER, frontend.CODE))
frontend.CODE = frontend.CODE.replace("ciberaula ciberaula-live", "ciberaula ciberaula-live otra-version")
frontend.FrontendWidget._carrier = None
"""
# Its views are told from the others' by this line, which both the code and nothing else of the traffic holds.
MARK = b"function _keepKey"


def noted_frames(page):
    """What comes over web sockets from now on, each as bytes."""
    frames = []

    def note(event):
        data = event["response"]["payloadData"]
        frames.append(base64.b64decode(data) if event["response"]["opcode"] == 2 else data.encode())

    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.webSocketFrameReceived", note)
    return frames


def copies(frames):
    return sum(frame.count(MARK) for frame in frames)


def answer(widget, text="una persona"):
    heard(widget.page)
    widget.get_by_role("textbox").fill(text)
    wait_saved(widget)
    heard(widget.page)


def come_back(page, views, frames=()):
    """Load the page again while its kernel goes on, until its ``views`` are there; only what comes then stays in ``frames``.

    In a slow browser JupyterLab's own widget manager sometimes finds no models and gives up («model not found», under our
    static rendering): a person loads the page once more.
    """
    widgets, given_up = page.locator(".ciberaula-live"), page.locator(".jp-OutputArea-output.jupyter-widgets")
    for _attempt in range(8):
        if frames:
            frames.clear()
        page.reload()
        either = widgets.or_(given_up.filter(has_text="model not found"))
        expect(either).to_have_count(views)
        if widgets.count() == views:
            return
    raise AssertionError("the views do not come back")


def test_a_page_in_voila_gets_the_code_and_its_style_once(tmp_path):
    folder = write_folder(tmp_path / "05-prueba")
    notebook = write_notebook(
        folder / "cuaderno.ipynb", *[f'question("l1-{kind}")' for kind in ("single", "number", "text")]
    )
    with serve_voila(notebook) as address, chromium_page() as tab:
        frames = noted_frames(tab.page)
        tab.page.goto(address)
        widgets = tab.page.locator(".ciberaula-live")
        expect(widgets).to_have_count(3)
        answer(widgets.last)
        assert copies(frames) == 1
        assert tab.page.locator("style[id^=ciberaula-]").count() == 1
        assert widgets.last.evaluate("e => getComputedStyle(e).borderRadius") == "8px"
        assert (tab.outside, tab.errors) == ([], [])


def test_a_page_whose_carrier_was_closed_asks_once_for_the_code(tmp_path):
    folder = write_folder(tmp_path / "05-prueba")
    notebook = write_notebook(folder / "cuaderno.ipynb", NO_CARRIER, "display(first, second)")
    with serve_voila(notebook) as address, chromium_page() as tab:
        frames = noted_frames(tab.page)
        tab.page.goto(address)
        widgets = tab.page.locator(".ciberaula-live")
        expect(widgets).to_have_count(2)
        answer(widgets.last)
        assert copies(frames) == 1
        assert (tab.outside, tab.errors) == ([], [])


def test_two_versions_on_one_page_do_not_mix(tmp_path):
    folder = write_folder(tmp_path / "05-prueba")
    kinds = ("single", "text", "single", "text")
    cells = [f'question("l1-{kind}")' for kind in kinds]
    notebook = write_notebook(folder / "cuaderno.ipynb", *cells[:2], OTHER_VERSION, *cells[2:])
    with serve_voila(notebook) as address, chromium_page() as tab:
        tab.page.goto(address)
        widgets = tab.page.locator(".ciberaula-live")
        expect(widgets).to_have_count(4)
        other = [widget.evaluate("e => e.classList.contains('otra-version')") for widget in widgets.all()]
        assert other == [False, False, True, True]
        assert tab.page.locator("style[id^=ciberaula-]").count() == 2
        assert tab.errors == []


def test_in_lab_views_come_back_when_the_page_or_the_kernel_is_started_again(tmp_path):
    folder = write_folder(tmp_path / "05-prueba")
    notebook = write_notebook(folder / "leccion-1.ipynb", 'question("l1-single")', 'question("l1-text")')
    with serve_lab(tmp_path) as address, chromium_page() as tab:
        page = tab.page
        page.goto(f"{address}lab/tree/05-prueba/leccion-1.ipynb")
        run_all(page)
        widgets = page.locator(".ciberaula-live")
        answer(widgets.nth(1))
        save(page, notebook, "una persona")

        come_back(page, 2)
        expect(widgets.nth(1).get_by_role("textbox")).to_have_value("una persona")
        expect(page.locator(".ciberaula-static").first).to_be_hidden()

        page.evaluate("""async () => {
            const kernel = jupyterapp.shell.currentWidget.sessionContext;
            await kernel.ready;
            await kernel.session.kernel.restart();
            await jupyterapp.commands.execute("notebook:clear-all-cell-outputs");
        }""")
        expect(widgets).to_have_count(0)
        run_all(page)
        answer(widgets.nth(1), "dos personas más")
        page.evaluate("jupyterapp.commands.execute('notebook:create-output-view')")
        expect(widgets).to_have_count(3)
        assert (tab.outside, tab.errors) == ([], [])


def test_in_lab_a_reloaded_page_without_carrier_asks_its_kernel(tmp_path):
    folder = write_folder(tmp_path / "05-prueba")
    notebook = write_notebook(folder / "leccion-1.ipynb", NO_CARRIER, "second")
    with serve_lab(tmp_path) as address, chromium_page() as tab:
        page = tab.page
        page.goto(f"{address}lab/tree/05-prueba/leccion-1.ipynb")
        run_all(page)
        save(page, notebook, "ciberaula-static")
        frames = noted_frames(page)
        come_back(page, 1, frames)
        answer(page.locator(".ciberaula-live").first)
        assert copies(frames) == 1
        assert (tab.outside, tab.errors) == ([], [])
