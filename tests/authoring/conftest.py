"""A small course of its own, built once; each test works on its copy."""

import shutil
from pathlib import Path

import pytest

from ciberaula.authoring.build import build

FIXTURE = Path(__file__).parent / "fixtures" / "course"
COURSE = Path(__file__).parents[2]


def small_course(target):
    """A copy of the fixture at ``target``, paired as the real course is."""
    shutil.copytree(FIXTURE, target)
    for folder in ("modules", "solutions"):
        shutil.copy(COURSE / folder / "jupytext.toml", target / folder)
    return target


@pytest.fixture(scope="session")
def built_once(tmp_path_factory):
    """The fixture course with its notebooks and exercises built."""
    course = small_course(tmp_path_factory.mktemp("built") / "course")
    build(course)
    return course


@pytest.fixture
def built(built_once, tmp_path):
    """A copy of the built course that a test may change."""
    course = tmp_path / "course"
    shutil.copytree(built_once, course)
    return course


@pytest.fixture
def course(tmp_path):
    """A copy of the course without anything built."""
    return small_course(tmp_path / "course")
