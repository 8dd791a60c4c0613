"""The lesson test is no empty ceremony: whatever is changed in a stored output, nbval notices."""

import nbformat
import pytest

from tests.content.nbval_run import nbval

LESSON = "modules/00-prueba/leccion-1.ipynb"


def change(course, position, edit):
    notebook = nbformat.read(course / LESSON, 4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    edit(cells[position])
    nbformat.write(notebook, course / LESSON)


def test_as_built_every_cell_passes(built):
    done = nbval(built, "00-prueba")
    assert done.returncode == 0, done.stdout
    assert "6 passed" in done.stdout
    # and the run leaves nothing among the sources
    assert not list((built / "modules").rglob("respuestas.json"))


def set_html(cell):
    cell.outputs[0].data["text/html"] = "<p>¿Otra cosa?</p>"


def set_text(cell):
    cell.outputs[0].data["text/plain"] = "¿Otra cosa?"


def set_svg(cell):
    (out,) = [out for out in cell.outputs if "image/svg+xml" in out.data]
    out.data["image/svg+xml"] = out.data["image/svg+xml"].replace("rural", "urbana")


def no_output(cell):
    cell.outputs = []


@pytest.mark.parametrize(("position", "edit"), [(0, set_html), (1, set_text), (4, set_svg), (3, no_output)])
def test_a_changed_stored_output_is_noticed(built, position, edit):
    change(built, position, edit)
    done = nbval(built, "00-prueba")
    assert done.returncode == 1
    assert "1 failed, 5 passed" in done.stdout
