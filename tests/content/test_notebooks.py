"""The committed lessons run, and give the very outputs that they store; the course's content passes its checks."""

from pathlib import Path

import nbformat
import pytest

from ciberaula.authoring.build import compare, derive
from ciberaula.authoring.checks import mistakes_in
from ciberaula.authoring.running import VARIES
from ciberaula.curriculum import load
from tests.content.nbval_run import nbval

ROOT = Path(__file__).parents[2]
WRITTEN = [module.id for module in load(ROOT).written]
LESSONS = [(module.id, lesson.notebook) for module in load(ROOT).written for lesson in module.lessons]


@pytest.mark.parametrize("module", WRITTEN)
def test_lessons_give_the_outputs_they_store(module):
    done = nbval(ROOT, module)
    assert done.returncode == 0, done.stdout[-6000:]
    cells = [
        cell
        for notebook in (ROOT / "modules" / module).glob("*.ipynb")
        for cell in nbformat.read(notebook, 4).cells
        if cell.cell_type == "code"
    ]
    assert f"{len(cells)} passed" in done.stdout


@pytest.mark.parametrize(("module", "name"), LESSONS)
def test_every_stored_output_is_one_that_nbval_compares(module, name):
    notebook = nbformat.read(ROOT / "modules" / module / name, 4)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        # nbval skips the comparison of a cell without a count, and never looks at PNG, JPEG or a live view
        assert cell.execution_count is not None
        mimes = {mime for out in cell.outputs for mime in out.get("data", {})}
        assert not mimes & {"image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json"}
        if VARIES in cell.metadata.get("tags", []):
            assert cell.outputs == []


@pytest.mark.parametrize(("module", "name"), LESSONS)
def test_what_a_lesson_shows_is_readable_without_a_kernel(module, name):
    notebook = nbformat.read(ROOT / "modules" / module / name, 4)
    showing = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.startswith("question(")]
    for cell in showing:
        html = "".join(str(out.get("data", {}).get("text/html", "")) for out in cell.outputs)
        assert len(html) > 100, cell.source


def test_nothing_derived_is_stale():
    assert [str(one) for one in compare(ROOT, derive(ROOT))] == []


def test_plan_and_content_pass_their_checks():
    assert mistakes_in(ROOT) == []
