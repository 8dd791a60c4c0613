"""The settings of a release: the course's own, and what a release needs whoever starts it."""

import os

import pytest
from nbgrader.converters import GenerateAssignment

from ciberaula.authoring.release import ShowQuestions, settings

NAME = "ciberaula.authoring.release.ShowQuestions"


def write(course, *lines):
    path = course / "grading" / "nbgrader_config.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(["c = get_config()", *lines]) + "\n")


def test_without_a_configuration_nbgrader_has_its_own_steps_and_questions_are_shown_last(course, tmp_path):
    config = settings(course, tmp_path / "var")
    steps = config.GenerateAssignment.preprocessors
    assert steps == [*GenerateAssignment.preprocessors.default_args[0], ShowQuestions]
    assert "*.md" in config.CourseDirectory.ignore
    assert "__pycache__" in config.CourseDirectory.ignore


def test_the_courses_configuration_stands(course, tmp_path):
    write(course, "c.ClearSolutions.text_stub = 'Aquí'", "c.CourseDirectory.ignore = ['*.md', 'nota.txt']")
    config = settings(course, tmp_path / "var")
    assert config.ClearSolutions.text_stub == "Aquí"
    assert config.CourseDirectory.ignore == ["*.md", "nota.txt", "valoracion-*.yml", "players"]


def test_a_configuration_that_names_the_step_has_it_once(course, tmp_path):
    write(course, f"c.GenerateAssignment.preprocessors = ['nbgrader.preprocessors.LockCells', '{NAME}']")
    steps = settings(course, tmp_path / "var").GenerateAssignment.preprocessors
    assert steps == ["nbgrader.preprocessors.LockCells", NAME]


@pytest.mark.parametrize("before", [None, "/otro/lugar"])
def test_the_configuration_sees_a_throw_away_home_and_the_environment_is_put_back(
    course, tmp_path, monkeypatch, before
):
    if before is None:
        monkeypatch.delenv("CIBERAULA_HOME", raising=False)
    else:
        monkeypatch.setenv("CIBERAULA_HOME", before)
    write(course, "import os", "c.NbGrader.logfile = os.environ['CIBERAULA_HOME']")
    assert settings(course, tmp_path / "var").NbGrader.logfile == str(tmp_path / "var")
    assert os.environ.get("CIBERAULA_HOME") == before
