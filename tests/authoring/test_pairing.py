"""Authors edit in JupyterLab or in the text, through a real Jupyter server with jupytext: both ways arrive."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
import yaml

from ciberaula.authoring.build import build, compare, derive
from tests.ports import free_port

LESSON = Path("modules/00-prueba/leccion-1.ipynb")
TASK = Path("solutions/00-prueba/tarea.ipynb")
HOUR_S = 3600


class Server:
    """A Jupyter server on ``course``, as ``jupyter lab`` starts it, without the machine's own settings."""

    def __init__(self, course, own):
        self.course = course
        self._port = free_port()
        self._log = own / "log.txt"
        folders = {f"JUPYTER_{name}_DIR": str(own / name) for name in ("CONFIG", "DATA", "RUNTIME")}
        options = [f"--port={self._port}", "--IdentityProvider.token=prueba", "--no-browser", "--allow-root"]
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyter_server", f"--ServerApp.root_dir={course}", *options],
                env={**os.environ, **folders},
                cwd=course,
                stdout=log,
                stderr=log,
            )

    def wait(self):
        until = time.monotonic() + 300
        while time.monotonic() < until and self.process.poll() is None:
            try:
                return self._ask("status")
            except OSError:  # not yet there, or only just
                time.sleep(0.1)
        raise AssertionError(self._log.read_text())

    def open(self, path):
        """The notebook as JupyterLab receives it on opening."""
        return nbformat.from_dict(self._ask(f"contents/{path}")["content"])

    def save(self, path, notebook):
        """What JupyterLab sends on saving: the notebook, with what the kernel said of its language."""
        notebook.metadata["language_info"] = {"name": "python", "version": "3.11.7", "pygments_lexer": "ipython3"}
        self._ask(f"contents/{path}", {"type": "notebook", "format": "json", "content": notebook})

    def _ask(self, what, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}/api/{what}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "token prueba", "Content-Type": "application/json"},
            method="GET" if body is None else "PUT",
        )
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error


@pytest.fixture(scope="module")
def server(built_once, tmp_path_factory):
    """Starting takes seconds: one server, whose course each test finds as it was built."""
    course = shutil.copytree(built_once, tmp_path_factory.mktemp("lab") / "course")
    running = Server(course, tmp_path_factory.mktemp("own"))
    try:
        running.wait()
        yield running
    finally:
        running.process.terminate()
        try:
            running.process.wait(timeout=120)
        except subprocess.TimeoutExpired:
            running.process.kill()
            running.process.wait()


@pytest.fixture
def lab(server, built_once):
    shutil.copytree(built_once, server.course, dirs_exist_ok=True)
    return server


def dated(course, notebook, text_is_older_by):
    """Set the dates of a pair apart: a build writes the notebook after its text, a clone in any order."""
    now = time.time()
    os.utime(course / notebook, (now, now))
    os.utime(course / notebook.with_suffix(".md"), (now - text_is_older_by, now - text_is_older_by))


def header(course, notebook):
    front = yaml.safe_load((course / notebook.with_suffix(".md")).read_text().split("---\n")[1])
    del front["jupytext"]
    return front


def sources(notebook):
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def graded(notebook):
    return [cell.metadata.get("nbgrader") for cell in notebook.cells]


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (LESSON, "pregunta lo justo", "pregunta menos"),
        (TASK, "Una respuesta modelo", "Otra respuesta modelo"),
    ],
)
def test_what_is_saved_in_jupyterlab_reaches_the_text_and_the_next_build(lab, path, before, after):
    dated(lab.course, path, HOUR_S)
    committed = nbformat.read(lab.course / path, 4)
    front = header(lab.course, path)
    notebook = lab.open(path)
    assert sources(notebook) == sources(committed)
    (cell,) = [cell for cell in notebook.cells if before in cell.source]
    cell.source = cell.source.replace(before, after)
    cell.metadata["scrolled"] = True
    lab.save(path, notebook)

    text = (lab.course / path).with_suffix(".md").read_text()
    assert after in text
    assert before not in text
    assert "scrolled" not in text
    assert header(lab.course, path) == front

    build(lab.course)
    made = nbformat.read(lab.course / path, 4)
    assert sources(made) == sources(notebook)
    assert sources(made) != sources(committed)
    assert graded(made) == graded(committed)
    assert made.metadata == committed.metadata
    # what was shown before stays, and opening what the build wrote changes nothing
    assert [cell.get("outputs") for cell in made.cells] == [cell.get("outputs") for cell in committed.cells]
    lab.save(path, lab.open(path))
    assert (lab.course / path).with_suffix(".md").read_text() == text


def test_saving_without_a_change_gives_back_the_same_files(lab):
    before = {path: (lab.course / path).read_bytes() for path in (LESSON, TASK)}
    for path in before:
        lab.save(path, lab.open(path))
    build(lab.course)
    assert compare(lab.course, derive(lab.course)) == []
    assert {path: (lab.course / path).read_bytes() for path in before} == before


@pytest.mark.parametrize("text_is_older_by", [HOUR_S, 0, -HOUR_S])
def test_what_is_edited_in_the_text_shows_in_jupyterlab(lab, text_is_older_by):
    text = (lab.course / LESSON).with_suffix(".md")
    text.write_text(text.read_text().replace("Una celda aparte.", "Una celda escrita en el texto."))
    dated(lab.course, LESSON, text_is_older_by)
    shown = lab.open(LESSON)
    assert ("markdown", "Una celda escrita en el texto.") in sources(shown)
    assert not any("Una celda aparte." in cell.source for cell in shown.cells)
    # outputs still come from the notebook beside it
    assert [len(cell.outputs) for cell in shown.cells if cell.cell_type == "code"][:3] == [1, 1, 1]
