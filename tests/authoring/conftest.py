"""A small course of its own, built once; each test works on its copy."""

import shutil
from pathlib import Path

import pytest

from ciberaula.authoring.build import build

FIXTURE = Path(__file__).parent / "fixtures" / "course"


@pytest.fixture(scope="session")
def built_once(tmp_path_factory):
    """The fixture course with its notebooks and exercises built."""
    course = tmp_path_factory.mktemp("built") / "course"
    shutil.copytree(FIXTURE, course)
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
    target = tmp_path / "course"
    shutil.copytree(FIXTURE, target)
    return target
