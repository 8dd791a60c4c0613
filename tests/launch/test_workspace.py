"""The trainee's work survives every update of the course."""

import datetime
import json
from pathlib import Path

import pytest

from ciberaula.errors import UserError
from ciberaula.launch import workspace
from tests.launch.classroom import COURSE

TODAY = datetime.date(2026, 11, 20)
NAME = "modules/05-x/leccion-1.ipynb"


def notebook(*sources: str, outputs: str = "") -> bytes:
    cells = [{"cell_type": "code", "source": text, "outputs": [outputs], "metadata": {}} for text in sources]
    return json.dumps({"cells": cells, "nbformat": 4}).encode()


class Course:
    """A course of one file and its workspace."""

    def __init__(self, folder: Path, name: str, data: bytes) -> None:
        self.source, self.workspace, self.name = folder / "source", folder / "aula", name
        self.source.write_bytes(data)

    @property
    def copy(self) -> Path:
        return self.workspace / self.name

    def update(self, data: bytes | None = None) -> workspace.Update:
        if data is not None:
            self.source.write_bytes(data)
        return workspace.update(self.workspace, {self.name: self.source}, TODAY)

    @property
    def kept(self) -> list[str]:
        return sorted(path.name for path in self.copy.parent.glob("*.anterior-*"))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = Course(tmp_path, NAME, notebook("a = 1", "b"))
    made.update()
    return made


def test_an_untouched_copy_follows_the_course(course: Course) -> None:
    assert course.update(notebook("a = 2")).notes == []
    assert course.copy.read_bytes() == notebook("a = 2")


def test_nothing_is_written_when_nothing_changed(course: Course) -> None:
    before = {path: path.stat().st_mtime_ns for path in course.workspace.rglob("*")}
    assert course.update() == workspace.Update([], [])
    assert {path: path.stat().st_mtime_ns for path in course.workspace.rglob("*")} == before


def test_running_a_notebook_is_no_change_of_it(course: Course) -> None:
    course.copy.write_bytes(notebook("a = 1", "b", outputs="ran"))
    assert course.update().written == []
    assert course.copy.read_bytes() == notebook("a = 1", "b", outputs="ran")
    assert course.update(notebook("a = 2")).notes == []
    assert course.copy.read_bytes() == notebook("a = 2")
    assert course.kept == []


def test_what_the_trainee_wrote_stays_while_the_course_keeps_still(course: Course) -> None:
    mine = notebook("a = 1", "mi nota")
    course.copy.write_bytes(mine)
    course.update()
    course.update(notebook("a = 1", "b", outputs="only outputs changed"))
    assert course.copy.read_bytes() == mine
    assert course.kept == []


def test_when_both_changed_both_are_there(course: Course) -> None:
    course.copy.write_bytes(notebook("mi nota"))
    notes = course.update(notebook("a = 2")).notes
    assert course.copy.read_bytes() == notebook("a = 2")
    assert course.kept == ["leccion-1.anterior-2026-11-20.ipynb"]
    assert (course.copy.parent / course.kept[0]).read_bytes() == notebook("mi nota")
    assert len(notes) == 1
    assert "leccion-1.anterior-2026-11-20.ipynb" in notes[0]


def test_a_second_change_on_the_same_day_loses_nothing(course: Course) -> None:
    for number in (1, 2):
        course.copy.write_bytes(notebook(f"mi nota {number}"))
        course.update(notebook(f"a = {number + 1}"))
    texts = {(course.copy.parent / name).read_bytes() for name in course.kept}
    assert texts == {notebook("mi nota 1"), notebook("mi nota 2")}


def test_a_file_that_vanished_comes_back(course: Course) -> None:
    course.copy.unlink()
    course.update()
    assert course.copy.read_bytes() == notebook("a = 1", "b")


def test_a_lost_manifest_loses_no_work(course: Course) -> None:
    (course.workspace / workspace.MANIFEST).write_text("{")
    course.copy.write_bytes(notebook("mi nota"))
    course.update()
    assert (course.copy.parent / course.kept[0]).read_bytes() == notebook("mi nota")


def test_a_damaged_notebook_counts_as_the_trainees(course: Course) -> None:
    course.copy.write_bytes(b'{"cells": [')
    course.update(notebook("a = 2"))
    assert (course.copy.parent / course.kept[0]).read_bytes() == b'{"cells": ['


def test_what_the_course_dropped_goes_unless_written_in(course: Course) -> None:
    workspace.update(course.workspace, {}, TODAY)
    assert not course.copy.exists()
    course.update()
    course.copy.write_bytes(notebook("mi nota"))
    workspace.update(course.workspace, {}, TODAY)
    assert course.copy.exists()


def test_other_files_are_compared_whole(tmp_path: Path) -> None:
    course = Course(tmp_path, "datasets/d/d.csv", b"a\n1\n")
    course.update()
    course.copy.write_bytes(b"a\n2\n")
    course.update(b"a\n3\n")
    assert course.copy.read_bytes() == b"a\n3\n"
    assert course.kept == ["d.anterior-2026-11-20.csv"]


def test_a_place_that_cannot_be_written_is_one_line(course: Course) -> None:
    (course.workspace / "modules").rename(course.workspace / "apart")
    (course.workspace / "modules").write_text("a file where a folder belongs")
    with pytest.raises(UserError, match="No se pudo preparar su carpeta") as told:
        course.update(notebook("a = 2"))
    assert "\n" not in str(told.value)


def test_a_workspace_holds_no_source_no_answers_and_nothing_of_the_instructor(tmp_path: Path) -> None:
    made = {
        "modules/curriculum.yml": True,
        "modules/coverage.yml": True,
        "modules/GUIA.md": True,
        "modules/inicio.ipynb": True,
        "modules/05-x/leccion-1.ipynb": True,
        "modules/05-x/preguntas.yml": True,
        "modules/05-x/leccion-1.md": False,
        "modules/05-x/respuestas.json": False,
        "modules/05-x/registro.jsonl": False,
        "modules/05-x/.ipynb_checkpoints/leccion-1.ipynb": False,
        "modules/05-x/mis-documentos/consentimiento.pdf": False,
        "modules/imagenes/inicio.png": False,
        "datasets/d/d.csv": True,
        "datasets/d/README.md": True,
        "datasets/d/generate.py": False,
        "solutions/05-x/x.ipynb": False,
        "exercises/05-x/x.ipynb": False,
        "grading/nbgrader_config.py": False,
        "grading/dashboards/mi-avance.ipynb": True,
        "grading/dashboards/cohorte.ipynb": False,
        "tests/test_x.py": False,
    }
    for name in made:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    taken = {file.relative_to(tmp_path).as_posix() for file in workspace.contents(tmp_path).values()}
    assert taken == {name for name, wanted in made.items() if wanted}
    with_tasks = {file.relative_to(tmp_path).as_posix() for file in workspace.with_assignments(tmp_path).values()}
    assert with_tasks - taken == {"exercises/05-x/x.ipynb"}


def test_practice_stories_come_with_what_assesses_them_and_graded_ones_without() -> None:
    module = "06-gestion-virtual-de-casos"
    practice = {f"modules/{module}/{path.name}" for path in (COURSE / "modules" / module).glob("historia-*.yml")}
    graded = {path.name for path in (COURSE / "solutions" / module).glob("historia-*.yml")}
    assert practice and graded

    taken = set(workspace.contents(COURSE))
    stories = {name for name in taken if "historia-" in name}
    assert stories == practice
    assert {name for name in taken if "valoracion-" in name} == {n.replace("historia-", "valoracion-") for n in stories}

    files = workspace.with_assignments(COURSE)
    task = {name.partition("/")[2] for name in files if name.startswith(module)}
    assert task == {"gestion-virtual-de-casos.ipynb", "preguntas.yml", *graded}
    places = {path.relative_to(COURSE).parts[0] for path in files.values()}
    assert places == {"modules", "datasets", "exercises", "grading"}
    assert {path.name for path in files.values() if path.is_relative_to(COURSE / "grading")} == {"mi-avance.ipynb"}
