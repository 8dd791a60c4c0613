"""The stories of the course: how many, of which fields, how long, and between how many defensible goods they lead."""

from pathlib import Path

import pytest

from ciberaula.casework.assessment.load import load_assessment
from ciberaula.casework.players import StoryFiles, story_files
from ciberaula.casework.stories.load import load_story
from ciberaula.casework.vocabulary import Criterion

ROOT = Path(__file__).parents[2]
FILES = list(story_files(ROOT))
# The fields that practice must reach at least, by a word of the story's own.
FIELDS = (
    "visitas familiares",
    "ausente",
    "búsqueda de familia",
    "violencia",
    "persona mayor",
    "discapacidad",
    "migración",
    "adicciones",
    "salud",
    "vulneración",
)


def test_there_are_enough_stories_and_both_kinds() -> None:
    stories = [load_story(one.story) for one in FILES]
    assert len([story for story in stories if not story.graded]) >= 10
    assert len([story for story in stories if story.graded]) >= 2
    assert len({story.field for story in stories}) == len(stories)
    fields = " | ".join(story.field.lower() for story in stories)
    missing = [word for word in FIELDS if word not in fields]
    assert missing == []


@pytest.mark.parametrize("files", FILES, ids=lambda files: files.story.stem)
def test_a_story_has_the_decisions_that_it_promises(files: StoryFiles) -> None:
    story = load_story(files.story)
    assert 8 <= len(story.situations) <= 12
    assert sum(one.dilemma for one in story.situations.values()) >= 5
    assert 15 <= story.minutes <= 25
    assert "simulad" in f"{story.prebrief} {' '.join(one.name for one in story.organisations.values())}".lower()
    assert any(word in story.prebrief.lower() for word in ("pausa", "parar"))


@pytest.mark.parametrize("files", FILES, ids=lambda files: files.story.stem)
def test_the_best_option_is_not_known_by_its_length(files: StoryFiles) -> None:
    """Reading nothing but lengths must not help: the longest option earns in no more than half of the situations."""
    story = load_story(files.story)
    assessment = load_assessment(files.assessment, story)
    best = {
        way.when.chose
        for expectation in assessment.expect
        for way in expectation.ways
        if way.when.chose is not None and way.share == 1.0
    }
    longest = [
        f"{name}/{max(situation.options, key=lambda option: len(option.text)).id}"
        for name, situation in story.situations.items()
    ]
    assert sum(one in best for one in longest) <= len(longest) / 2


def test_all_criteria_are_judged_somewhere_and_each_story_judges_most() -> None:
    judged = []
    for files in FILES:
        assessment = load_assessment(files.assessment, load_story(files.story))
        judged.append({one.criterion for one in assessment.expect})
    assert set().union(*judged) == set(Criterion)
    assert all(len(one) >= 5 for one in judged)
