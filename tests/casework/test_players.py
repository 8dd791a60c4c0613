"""Reference players: scripts, the one who does whatever comes, and what all of them prove about every story there is."""

from pathlib import Path

import pytest

from ciberaula.casework.assessment.trial import SEEDS, try_story
from ciberaula.casework.players import NAMES, find_story, load_players, play_script, story_files
from ciberaula.casework.players_random import MOST_ACTIONS, random_player
from ciberaula.casework.stories.load import load_story
from ciberaula.casework.stories.play import Play
from ciberaula.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = Path(__file__).parent / "stories" / "samples" / "historia-muestra.yml"
STORIES = list(story_files(ROOT))


@pytest.fixture(scope="module")
def story():
    return load_story(SAMPLE).model_copy(update={"background": 0})


@pytest.mark.parametrize("files", STORIES, ids=[one.slug for one in STORIES])
def test_every_story_tells_good_practice_from_bad(files):
    """Good at least 90 (in a graded story, all), careless under 40, over-cautious under 60, random under 35 as a mean of
    40, and each criterion separates a pair by 25 points."""
    found = try_story(files)
    assert len(SEEDS) == 40
    assert found.failures == []
    assert found.plays["good"].faults == []


@pytest.mark.parametrize("files", STORIES, ids=[one.slug for one in STORIES])
def test_every_log_of_a_reference_player_replays_to_the_same(files):
    story = load_story(files.story)
    players = load_players(files.players, story)
    for name in NAMES:
        play = play_script(story, players.steps(name), trainee="p-1")
        again = Play.replay(story, play.answer(), trainee="p-1")
        assert (again.answer(), again.happened) == (play.answer(), play.happened)


def test_there_is_a_script_for_every_story_and_a_story_for_every_script():
    assert {path.stem for path in (ROOT / "grading" / "players").glob("*.yml")} == {one.slug for one in STORIES}


def test_a_script_waits_for_situations_and_messages(story):
    play = play_script(story, [{"do": "read", "message": "m1"}, {"do": "choose", "situation": "cita", "option": "c"}])
    assert play.ended == "fin"
    assert [one.do for one in play.happened if one.by == "marlene" and one.do != "wait"][:2] == ["read", "choose"]


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([{"do": "choose", "situation": "cena", "option": "a"}], "no llegó"),
        ([{"do": "choose", "situation": "mensaje", "option": "z"}], r"Paso 1 \(choose\)"),
        ([{"do": "wait", "until": "end"}, {"do": "look"}], "ya terminó"),
        ([{"do": "wait", "minutes": 2880}, {"do": "choose", "situation": "mensaje", "option": "a"}], "ya pasó"),
        ([{"do": "write_note"}], r"Paso 1 \(write_note\)"),
    ],
)
def test_a_step_that_cannot_be_done_is_named(story, steps, told):
    with pytest.raises(UserError, match=told) as caught:
        play_script(story, steps)
    assert "\n" not in str(caught.value)


def test_whoever_does_whatever_comes_plays_the_same_for_the_same_seed(story):
    first, again, other = (random_player(story, seed) for seed in (3, 3, 4))
    assert first.answer() == again.answer()
    assert first.answer() != other.answer()


def test_whoever_does_whatever_comes_comes_to_an_end_within_bounds(story):
    kinds = set()
    for seed in range(10):
        play = random_player(story, seed)
        assert play.ending is not None
        assert len(play.actions) <= MOST_ACTIONS + 1
        Play.replay(story, play.answer())
        kinds |= {one.do for one in play.happened if one.by == "marlene"}
    assert {"choose", "wait", "contact", "write_note", "refer", "ask_consent", "assess"} <= kinds


def test_a_story_is_found_by_its_name_with_or_without_its_prefix(tmp_path):
    module = tmp_path / "solutions" / "06-x"
    module.mkdir(parents=True)
    (module / "historia-uno.yml").write_text("")
    assert find_story(tmp_path, "uno") == find_story(tmp_path, "historia-uno")
    assert find_story(tmp_path, "uno").assessment == module / "valoracion-uno.yml"
    assert find_story(tmp_path, "uno").players == tmp_path / "grading" / "players" / "uno.yml"
    with pytest.raises(UserError, match=r"«dos».*uno"):
        find_story(tmp_path, "dos")


def test_scripts_of_another_story_are_refused(story, tmp_path):
    path = tmp_path / "muestra.yml"
    path.write_text("{schema: 1, story: historia-otra, good: [{do: look}], careless: [{do: look}], over_cautious: []}")
    with pytest.raises(UserError, match=r"^muestra\.yml, línea 1: .*historia-otra"):
        load_players(path, story)
    assert load_players(path).steps("over_cautious") == ()
