"""The sample story, read once, and playing it without the background cases (which have tests of their own)."""

from pathlib import Path

import pytest

from ciberaula.casework.stories.load import load_story
from ciberaula.casework.stories.play import Play

SAMPLES = Path(__file__).with_name("samples")
SAMPLE = SAMPLES / "historia-muestra.yml"


@pytest.fixture(scope="session")
def story():
    return load_story(SAMPLE)


@pytest.fixture(scope="session")
def quiet(story):
    """The sample without background cases."""
    return story.model_copy(update={"background": 0})


@pytest.fixture
def play(quiet):
    return Play(quiet, trainee="colibri-12")


@pytest.fixture
def until(play):
    """Let time pass until a situation waits."""

    def wait(situation):
        for _turn in range(50):
            if any(one.id == situation for one in play.open_situations):
                return
            play.do({"do": "wait", "until": "next"})
        raise AssertionError(f"{situation} never opened")

    return wait
