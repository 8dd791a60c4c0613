"""The real command, the real server and a real Chromium with the outside network shut."""

import json
import os
import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ciberaula.curriculum import load
from tests.browser import axe_violations, chromium_page
from tests.launch.classroom import COURSE, Running, free_port, run, started

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose demonstration was built before, and offers one task: what the first start adds has its own test."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "demo.ready").write_text("1")
    (folder / "exchange/ciberaula/outbound/05-proteccion-de-datos").mkdir(parents=True)
    return folder


@pytest.fixture(scope="module")
def trainee(home: Path) -> Iterator[Running]:
    with started(home, JUPYTERHUB_API_TOKEN="a-hubs-secret") as classroom:
        yield classroom


@pytest.fixture(scope="module")
def lab(trainee: Running) -> Iterator[Page]:
    with chromium_page() as tab:
        tab.page.goto(trainee.address)
        tab.page.wait_for_selector(".ca-inicio")
        yield tab.page
        assert tab.outside == []


def get(classroom: Running, path: str, *, token: bool = True) -> bytes:
    headers = {"Authorization": f"token {classroom.token}"} if token else {}
    request = urllib.request.Request(f"http://127.0.0.1:{classroom.port}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=300) as answer:
        content: bytes = answer.read()
        return content


def test_it_says_where_it_is_what_runs_and_how_to_stop(trainee: Running) -> None:
    assert "El aula está lista para participante" in "".join(trainee.said)
    assert f"http://localhost:{trainee.port}/lab/tree/inicio.ipynb" in trainee.address


def test_lab_speaks_spanish_and_shows_no_news(lab: Page) -> None:
    expect(lab.locator(".lm-MenuBar-content")).to_contain_text("Archivo")
    lab.wait_for_timeout(2000)
    assert lab.locator(".Toastify__toast, .jp-Dialog").count() == 0


def test_the_guide_calls_the_menus_as_lab_does(lab: Page) -> None:
    guide = (COURSE / "modules/GUIA.md").read_text(encoding="utf-8")
    named = re.findall(r"menú \*\*(\w+)", guide)
    assert {"Run", "Nbgrader"} <= set(named)
    for name in named:
        expect(lab.locator(".lm-MenuBar-itemLabel").get_by_text(name, exact=True)).to_be_visible()
    lab.locator(".lm-MenuBar-itemLabel", has_text="Run").click()
    (item,) = re.findall(r"menú \*\*Run\*\* \(ejecutar\) y elija \*\*([^*]+)\*\*", guide)
    lab.get_by_role("menuitem", name=item, exact=True).wait_for()
    lab.keyboard.press("Escape")


def test_the_home_page_shows_without_running_anything(lab: Page) -> None:
    lab.locator(".ca-inicio summary").click()
    lab.locator(".ca-vienen > li:visible").first.wait_for()
    text = lab.inner_text(".ca-inicio")
    plan = load(COURSE)
    planned = [module for module in plan.modules if not module.written]
    for module in plan.written:
        assert f"{module.number}. {module.title}" in text
        assert f"{module.hours} horas" in text
    assert f"los {len(planned)} módulos en preparación" in text
    expect(lab.locator(".ca-vienen > li:visible")).to_have_count(len(planned))
    # Folded: the code is not on the page, a one-line placeholder is.
    assert lab.locator(".jp-Notebook .jp-CodeCell .jp-InputArea-editor:visible").count() == 0
    assert axe_violations(lab, ".ca-inicio") == []


def test_what_leads_to_different_places_is_called_differently(lab: Page) -> None:
    """A screen reader lists links and buttons without what stands around them: no two modules may share a name."""
    named: dict[str, str | None] = {}
    count = 0
    for item in lab.locator(".ca-inicio .ca-ficha").locator("a:visible, button:visible").all():
        name, shown = item.get_attribute("aria-label") or item.inner_text(), item.inner_text()
        assert shown in name  # who says the visible words to a voice control means this one
        assert named.setdefault(name, item.get_attribute("href")) == item.get_attribute("href")
        count += 1
    assert count == len(named) >= 2 * sum(len(module.lessons) for module in load(COURSE).written)


def test_a_task_that_is_not_published_yet_is_not_to_be_fetched(lab: Page) -> None:
    cards = [card.inner_text() for card in lab.locator(".ca-ficha").all()]
    (offered,) = (text for text in cards if "Fetch" in text)
    assert "pulse «Fetch» junto a 05-proteccion-de-datos" in offered
    assert all("Su docente todavía no la publica" in text for text in cards if text != offered)
    assert len(cards) == len(load(COURSE).written)


def test_its_notebook_links_open_inside_lab(lab: Page) -> None:
    lab.get_by_role("link", name="cuaderno: Presentación, módulo 5").click()
    lab.wait_for_selector('.jp-RenderedMarkdown h2:has-text("Un viernes")')
    expect(lab.locator('.lm-TabBar-tabLabel:has-text("presentacion.ipynb")')).to_have_count(1)
    lab.get_by_role("tab", name="inicio.ipynb").click()


def test_its_page_links_open_a_lesson_in_voila(lab: Page) -> None:
    with lab.context.expect_page() as opened:
        lab.locator(".ca-inicio").get_by_role("link", name="Presentación, módulo 5", exact=True).click()
    page = opened.value
    page.wait_for_selector('text="Un viernes, a las cuatro y diez"')
    page.wait_for_load_state("load")
    assert "/voila/render/modules/05-proteccion-de-datos/presentacion.ipynb" in page.url
    assert page.locator("html").get_attribute("lang") == "es"
    page.close()


def test_its_button_opens_the_assignment_list(lab: Page) -> None:
    lab.get_by_role("button", name="Abrir la lista de tareas, módulo 5").click()
    lab.wait_for_selector("#released_assignments_list >> text=05-proteccion-de-datos")
    lab.get_by_role("tab", name="inicio.ipynb").click()


def test_its_guide_opens_rendered(lab: Page) -> None:
    lab.get_by_role("link", name="Guía de participantes").click()
    lab.wait_for_selector('.jp-MarkdownViewer h1:has-text("Guía de participantes")')
    lab.get_by_role("tab", name="inicio.ipynb").click()


def test_nobody_enters_without_the_token(trainee: Running) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(trainee, "/api/contents", token=False)
    assert refused.value.code == 403


def test_only_this_machine_is_served(trainee: Running) -> None:
    assert json.loads(get(trainee, "/api/status"))["started"]
    addresses = {str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in addresses - {"127.0.0.1", "127.0.1.1"}:
        with pytest.raises(OSError), socket.create_connection((address, trainee.port), timeout=2):
            pass


def test_kernels_know_no_token(trainee: Running, lab: Page, home: Path) -> None:
    """Every process below the launcher is looked at: the server itself, and the kernels its pages opened."""
    environments = [found for pid in _descendants(trainee.process.pid) if (found := _environment(pid))]
    assert len(environments) >= 2
    for environment in environments:
        assert trainee.token.encode() not in environment
        assert b"a-hubs-secret" not in environment
    config = home / "jupyter/trainee/config/jupyter_server_config.json"
    assert config.stat().st_mode & 0o077 == 0


def _environment(pid: int) -> bytes:
    """Nothing where the process ended while we looked."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _descendants(pid: int) -> list[int]:
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # It ended while we looked.
        parents[int(stat.parent.name)] = int(fields[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def test_the_trainee_meets_no_instructors_part(trainee: Running, lab: Page, home: Path) -> None:
    with pytest.raises(urllib.error.HTTPError) as missing:
        get(trainee, "/formgrader")
    assert missing.value.code == 404
    shown = {path.relative_to(home / "aula").parts[0] for path in (home / "aula").rglob("*")}
    assert not shown & {"solutions", "grading", "exercises", "tests", "var"}
    menu = lab.locator(".lm-MenuBar-item", has_text="Nbgrader")
    menu.click()
    shown_menu = lab.locator(".lm-Menu")
    expect(shown_menu).to_contain_text("Assignment List")
    expect(shown_menu).not_to_contain_text("Formgrader")
    lab.keyboard.press("Escape")


def test_a_saved_notebook_reopens_without_its_kernel_as_static_text(trainee: Running, home: Path) -> None:
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "gone"}, "text/html": "<p>la pregunta</p>"}
    cell = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "source": "",
        "execution_count": 1,
        "outputs": [{"output_type": "display_data", "metadata": {}, "data": widget}],
    }
    notebook = {"cells": [cell], "metadata": {"widgets": {"state": {}}}, "nbformat": 4, "nbformat_minor": 5}
    body = json.dumps({"type": "notebook", "format": "json", "content": notebook}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{trainee.port}/api/contents/prueba.ipynb",
        data=body,
        method="PUT",
        headers={"Authorization": f"token {trainee.token}", "Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=300).close()
    saved = json.loads((home / "aula/prueba.ipynb").read_bytes())
    assert list(saved["cells"][0]["outputs"][0]["data"]) == ["text/html"]
    assert "widgets" not in saved["metadata"]


def test_a_port_in_use_is_one_line(trainee: Running, home: Path) -> None:
    done = run("start", "--port", str(trainee.port), home=home)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"El puerto {trainee.port} ya está en uso" in done.stderr
    assert f"PORT={trainee.port + 1}" in done.stderr


def test_ctrl_c_ends_everything_and_the_second_start_is_quick(home: Path) -> None:
    with started(home) as classroom:
        below = _descendants(classroom.process.pid)
        assert below
    assert classroom.process.returncode == 0
    assert "El aula se cerró" in classroom.said[-1]
    until = time.monotonic() + 120  # what a kernel itself had started may end a moment after it
    while [pid for pid in below if _alive(pid)]:
        assert time.monotonic() < until, [pid for pid in below if _alive(pid)]
        time.sleep(0.1)
    print(f"second start: {classroom.seconds:.1f} s")  # stated, not asserted: machines differ


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return not re.search(r"^State:\s+Z", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_free_port_is_accepted_and_odd_ones_are_not() -> None:
    from ciberaula.errors import UserError
    from ciberaula.launch.serving import check_port

    check_port(free_port())
    for port in (0, 80, 70000, -1):
        with pytest.raises(UserError, match="1024"):
            check_port(port)
