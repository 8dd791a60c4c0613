"""Building: the same bytes every time, what is stale, both ways of editing, what a release holds."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import compute_checksum

from ciberaula.authoring.build import build, compare, derive
from ciberaula.authoring.notebooks import normalise, to_bytes
from ciberaula.errors import UserError

LESSON = Path("modules/00-prueba/leccion-1.md")
TASK = Path("solutions/00-prueba/tarea.md")
RELEASE = Path("exercises/00-prueba/tarea.ipynb")


def edit(course, name, *changes):
    text = (course / name).read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (course / name).write_text(text)


def lines(course):
    return [str(one) for one in compare(course, derive(course))]


def digest(course):
    files = sorted(path for path in course.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(course).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def cells_of(course, name):
    return nbformat.read(course / name, 4).cells


def test_two_builds_in_two_places_give_the_same_bytes(built_once, course):
    build(course)
    assert digest(course) == digest(built_once)


def test_a_second_build_changes_nothing(built):
    before = digest(built)
    assert build(built) == []
    assert digest(built) == before


def test_check_names_every_stale_missing_and_extra_file_with_the_command(built):
    edit(built, LESSON, ("Una celda aparte.", "Una celda cambiada."))
    edit(built, TASK, ("# Tarea de prueba", "# Tarea nueva"))
    (built / "exercises/00-prueba/preguntas.yml").unlink()
    (built / "exercises/00-prueba/sobra.txt").write_text("x")
    assert lines(built) == [
        "exercises/00-prueba/preguntas.yml: falta; ejecute «make notebooks».",
        "exercises/00-prueba/sobra.txt: no sale de ninguna fuente; ejecute «make notebooks» para quitarlo.",
        "exercises/00-prueba/tarea.ipynb: no corresponde a su fuente; ejecute «make notebooks».",
        "modules/00-prueba/leccion-1.ipynb: no corresponde a su fuente; ejecute «make notebooks».",
        "solutions/00-prueba/tarea.ipynb: no corresponde a su fuente; ejecute «make notebooks».",
    ]
    build(built)
    assert lines(built) == []
    assert not (built / "exercises/00-prueba/sobra.txt").exists()


def test_an_edited_release_is_stale(built):
    edit(built, RELEASE, ("Tarea de prueba", "Tarea retocada"))
    assert lines(built) == ["exercises/00-prueba/tarea.ipynb: no corresponde a su fuente; ejecute «make notebooks»."]


def test_a_notebook_without_source_is_never_deleted(built):
    shutil.copy(built / "modules/00-prueba/leccion-1.ipynb", built / "modules/00-prueba/mia.ipynb")
    edit(built, LESSON, ("Una celda aparte.", "Una celda cambiada."))
    before = digest(built)
    with pytest.raises(UserError, match=r"mia\.ipynb: no tiene fuente \.md a su lado"):
        build(built)
    assert digest(built) == before


def test_data_changed_behind_a_lesson_makes_it_stale(built):
    edit(built, "modules/00-prueba/muestra.py", ("¿Qué pide?", "¿Qué solicita?"))
    assert lines(built) == ["modules/00-prueba/leccion-1.ipynb: no corresponde a su fuente; ejecute «make notebooks»."]


def test_editing_in_jupyterlab_comes_back_to_the_same_notebook(built):
    """What Lab with jupytext does on saving: the .ipynb changes, its .md follows; a build then changes nothing."""
    path = built / "modules/00-prueba/leccion-1.ipynb"
    notebook = nbformat.read(path, 4)
    (cell,) = [
        cell for cell in notebook.cells if cell.source.startswith("## Una situación") or "Marta abre" in cell.source
    ]
    cell.source = cell.source.replace("pregunta lo justo", "pregunta menos")
    notebook.cells.append(nbformat.v4.new_markdown_cell("Una celda nueva, escrita en JupyterLab."))
    notebook.metadata["language_info"] = {"name": "python", "version": "3.11.7"}
    cell.metadata["scrolled"] = True
    path.write_bytes(to_bytes(notebook))
    subprocess.run([sys.executable, "-m", "jupytext", "--sync", str(path)], check=True, capture_output=True)
    source = (built / LESSON).read_text()
    assert "pregunta menos" in source
    assert "Una celda nueva, escrita en JupyterLab." in source
    assert "language: es" in source
    build(built)
    made = path.read_bytes()
    assert normalise(nbformat.reads(made.decode(), 4)) == normalise(notebook)
    # and back: a sync after the build moves nothing
    subprocess.run([sys.executable, "-m", "jupytext", "--sync", str(built / LESSON)], check=True, capture_output=True)
    build(built)
    assert path.read_bytes() == made


def test_nbgrader_metadata_survives_an_edit_in_jupyterlab(built):
    path = built / "solutions/00-prueba/tarea.ipynb"
    before = path.read_bytes()
    subprocess.run([sys.executable, "-m", "jupytext", "--sync", str(path)], check=True, capture_output=True)
    path.touch()
    subprocess.run([sys.executable, "-m", "jupytext", "--sync", str(path)], check=True, capture_output=True)
    assert build(built) == []
    assert path.read_bytes() == before


def test_the_version_of_jupytext_in_a_header_does_not_matter(built):
    edit(
        built,
        LESSON,
        ("    format_name: myst\n", "    format_name: myst\n    format_version: 0.13\n    jupytext_version: 1.16.0\n"),
    )
    assert lines(built) == []


def test_cell_ids_come_from_grade_id_or_from_the_text_and_an_edit_leaves_the_others(built):
    before = [cell.id for cell in cells_of(built, LESSON.with_suffix(".ipynb"))]
    graded = [cell.id for cell in cells_of(built, TASK.with_suffix(".ipynb")) if "nbgrader" in cell.metadata]
    assert graded == ["preparar", "mostrar-p01", "codigo-p01", "p01", "p02"]
    edit(built, LESSON, ("Una celda aparte.", "Una celda cambiada.\n\n+++\n\nOtra.\n\n+++\n\nOtra."))
    build(built)
    after = [cell.id for cell in cells_of(built, LESSON.with_suffix(".ipynb"))]
    assert after[0] == before[0]
    assert after[-(len(before) - 2) :] == before[2:]
    assert len(set(after)) == len(after)
    assert after[3] == f"{after[2]}-2"


def test_a_lesson_keeps_static_renderings_and_counts_and_nothing_volatile(built):
    cells = [cell for cell in cells_of(built, LESSON.with_suffix(".ipynb")) if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == [1, 2, 3, 4, 5, 6]
    assert cells[0].outputs[0].data == {"text/html": "<p>¿Qué pide?</p>", "text/plain": "¿Qué pide?"}
    assert "image/svg+xml" in cells[4].outputs[-1].data
    assert "<dc:date>" not in cells[4].outputs[-1].data["image/svg+xml"]
    assert cells[5].outputs == []
    assert all("execution" not in cell.metadata for cell in cells)


def test_the_release_shows_questions_without_answers(built):
    cells = {cell.id: cell for cell in cells_of(built, RELEASE)}
    assert cells["mostrar-p01"].outputs[0].data["text/html"] == "<p>¿Cuál dato sobra en la ficha?</p>"
    assert cells["mostrar-p01"].execution_count is None
    assert cells["p01"].source == '"visible"'
    assert cells["p01"].outputs == []
    assert "modelo" not in cells["p02"].source
    assert "referencia" not in cells["codigo-p01"].source


def test_the_release_holds_no_source_and_its_checksums_stand(built):
    assert sorted(path.name for path in (built / "exercises/00-prueba").iterdir()) == [
        "preguntas.yml",
        "tarea.ipynb",
    ]
    for cell in cells_of(built, RELEASE):
        if "checksum" in cell.metadata.get("nbgrader", {}):
            assert cell.metadata.nbgrader.checksum == compute_checksum(cell)


def test_building_leaves_no_gradebook(built):
    assert not list(built.rglob("*.db"))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        # IPython swallows what a rendering raises, and only prints it
        ('question("cuatro")', "cuatro"),
        ("import warnings; warnings.warn('ojo')", "UserWarning: ojo"),
    ],
)
def test_a_cell_that_fails_or_warns_is_one_line_that_names_it(course, code, reason):
    edit(course, LESSON, ('question("dos")', code))
    with pytest.raises(UserError) as caught:
        build(course)
    line = str(caught.value)
    assert line.startswith(f"modules/00-prueba/leccion-1.md: la celda «{code}» falla o avisa al ejecutarse (")
    assert reason in line
    assert "\n" not in line


@pytest.mark.parametrize("volatile", ["object()", "import os; os.getcwd()"])
def test_an_output_that_changes_with_every_run_is_refused(course, volatile):
    edit(course, LESSON, ('question("dos")', volatile))
    with pytest.raises(UserError, match="cambia en cada ejecución"):
        build(course)


def test_a_source_that_jupytext_cannot_read_is_one_line(course):
    edit(course, LESSON, ("language: es\n", "language: [es\n"))
    with pytest.raises(UserError) as caught:
        build(course)
    assert str(caught.value).startswith("modules/00-prueba/leccion-1.md: jupytext no puede leerlo")
    assert "\n" not in str(caught.value)


def test_a_task_that_nbgrader_refuses_is_one_line(course):
    edit(course, TASK, ("### END HIDDEN TESTS\n", ""))
    with pytest.raises(UserError) as caught:
        build(course)
    assert str(caught.value).startswith("solutions/00-prueba: nbgrader no pudo generar la tarea (")
    assert "No end hidden tests statement found" in str(caught.value)
    assert "\n" not in str(caught.value)
