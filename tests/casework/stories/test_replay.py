"""A log makes the same play again, and one that could not have happened so is refused in one Spanish line."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ciberaula.casework.stories.play import Play
from ciberaula.casework.stories.player_actions import WITHOUT_CASE
from ciberaula.errors import UserError
from tests.casework.stories.random_actions import ACTIONS, WORDS, audited

KEYS = st.sampled_from(["story", "version", "trainee", "seed", "actions", "ended", "n", "action", "do"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=12,
)
MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def played(story, wanted, seed=1):
    """The play that comes of the actions that could be done; what could not left no trace."""
    play = Play(story, trainee="colibri-12", seed=seed)
    for one in wanted:
        if play.ending is not None:
            break
        before = len(play.actions), play.now, len(play.happened), len(play.timeline), len(play.store.chain)
        try:
            play.do(one)
        except UserError as error:
            assert "\n" not in str(error)
            assert before == (
                len(play.actions), play.now, len(play.happened), len(play.timeline), len(play.store.chain)
            )  # fmt: skip
    return play


def same(one, other):
    assert one.answer() == other.answer()
    assert one.now == other.now and one.flags == other.flags and one.connected == other.connected
    assert one.happened == other.happened
    assert one.timeline == other.timeline
    assert one.inbox == other.inbox
    assert one.open_situations == other.open_situations
    assert one.store.files == other.store.files
    assert one.desk.audit() == other.desk.audit()


@MANY
@given(wanted=st.lists(ACTIONS, max_size=30), seed=st.integers(0, 9))
def test_whatever_was_played_is_played_again_the_same(quiet, wanted, seed):
    play = played(quiet, wanted, seed)
    value = json.loads(json.dumps(play.answer()))  # as it comes back from a file
    same(play, Play.replay(quiet, value, trainee="colibri-12"))


@MANY
@given(wanted=st.lists(ACTIONS, max_size=30))
def test_everything_done_on_the_desk_is_audited_once(quiet, wanted):
    play = played(quiet, wanted)
    done = [one for one in play.happened if one.do not in WITHOUT_CASE]
    entries = sorted((one for one in audited(play) if not one.action_id.startswith("x-")), key=lambda one: one.at)
    assert play.desk.verify().ok
    assert [(one.at, one.by, one.outcome == "denied") for one in done] == [
        (entry.at, entry.actor, entry.kind == "denied") for entry in entries
    ]
    assert [one.n for one in play.happened] == list(range(1, len(play.happened) + 1))
    assert [moment.at for moment in play.timeline] == sorted(moment.at for moment in play.timeline)


@MANY
@given(wanted=st.lists(ACTIONS, min_size=12, max_size=40), data=st.data())
def test_a_log_with_an_action_less_or_out_of_order_is_refused(quiet, wanted, data):
    value = played(quiet, wanted).answer()
    count = len(value["actions"])
    if count < 2:
        return
    edited = copy.deepcopy(value)
    at = data.draw(st.integers(0, count - 2))
    if data.draw(st.booleans()):
        del edited["actions"][at]
    else:
        edited["actions"][at], edited["actions"][at + 1] = edited["actions"][at + 1], edited["actions"][at]
    # Whoever edits by hand numbers them again; the times give it away.
    for number, entry in enumerate(edited["actions"], 1):
        entry["n"] = number
    refused(quiet, edited)


@MANY
@given(value=ANYTHING)
def test_what_is_no_log_is_refused(quiet, value):
    refused(quiet, value)


def refused(story, value, trainee="colibri-12"):
    with pytest.raises(UserError) as caught:
        Play.replay(story, value, trainee=trainee)
    line = str(caught.value)
    assert "\n" not in line and line.endswith(".") and len(line) < 400
    return line


@pytest.fixture
def value(quiet):
    steps = [
        {"do": "look", "case": "c1"},
        {"do": "wait", "until": "next"},
        {"do": "choose", "situation": "mensaje", "option": "b"},
        {"do": "wait", "until": "next"},
        {"do": "choose", "situation": "manana", "option": "a"},
        {"do": "wait", "until": "end"},
    ]
    return played(quiet, steps).answer()


def edited(value, **changes):
    return {**copy.deepcopy(value), **changes}


def test_the_log_of_the_end(quiet, value):
    assert value["ended"] == "fin-plazo"
    again = Play.replay(quiet, value)
    assert again.answer() == value


def test_of_another_story_version_or_trainee(quiet, value):
    assert "es de la historia «historia-otra»" in refused(quiet, edited(value, story="historia-otra"))
    assert "otra versión" in refused(quiet, edited(value, version="0" * 16))
    assert "es de otra persona" in refused(quiet, value, trainee="quinde-7")
    assert "es de otra persona" in refused(quiet, edited(value, trainee="quinde-7"))


def test_any_word_of_the_story_makes_another_version(quiet, value):
    option = quiet.situations["cita"].options[2].model_copy(update={"text": "Responder otra cosa."})
    cita = quiet.situations["cita"]
    cita = cita.model_copy(update={"options": (*cita.options[:2], option)})
    other = quiet.model_copy(update={"situations": {**quiet.situations, "cita": cita}})
    assert "otra versión" in refused(other, value)


def actions_with(value, place, **changes):
    changed = edited(value)
    changed["actions"][place].update(changes)
    return changed


def test_actions_that_could_not_have_happened(quiet, value):
    choice = {"do": "choose", "situation": "cita", "option": "a"}
    assert "acción n.º 3 (choose): La situación «cita»" in refused(quiet, actions_with(value, 2, action=choice))
    nothing = {"do": "choose", "situation": "mensaje", "option": "z"}
    assert "no tiene la opción «z»" in refused(quiet, actions_with(value, 2, action=nothing))
    assert "acción n.º 2 (wait): falta una acción" in refused(quiet, actions_with(value, 1, n=7))
    assert "no ocurrió a esa hora" in refused(quiet, actions_with(value, 1, at=1))
    long = {"do": "wait", "minutes": 30}
    assert "acción n.º 3" in refused(quiet, actions_with(value, 1, action=long))


def test_more_or_less_than_the_story_holds(quiet, value):
    longer = edited(value)
    longer["actions"].append({"n": 7, "action": {"do": "look", "case": "c1"}})
    assert "acción n.º 7 (look): La historia ya terminó" in refused(quiet, longer)
    assert "no llega al final que dice" in refused(quiet, edited(value, actions=value["actions"][:-1]))
    assert "no llega al final que dice" in refused(quiet, edited(value, ended="fin"))
    assert "no llega al final que dice" in refused(quiet, edited(value, ended=None))
    endless = [{"n": n, "action": {"do": "look", "case": "c1"}} for n in range(1, 402)]
    assert "está dañado (tiene más de 400 acciones)" in refused(quiet, edited(value, actions=endless))


def test_a_log_without_times_is_played_by_the_rules(quiet, value):
    bare = edited(value)
    for entry in bare["actions"]:
        del entry["at"]
    assert Play.replay(quiet, bare).answer() == value
