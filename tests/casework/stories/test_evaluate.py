"""Conditions over a played story, and the records that show them."""

import pytest
from pydantic import ValidationError

from ciberaula.casework.stories.conditions import Condition, Match
from ciberaula.casework.stories.evaluate import holds


def condition(**keys):
    return Condition.model_validate(keys)


def shown(play, **keys):
    """Names of the actions that show that the condition holds, or ``None``."""
    found = holds(condition(**keys), play)
    return None if found is None else [record.do for record in found.records]


@pytest.mark.parametrize(
    ("match", "fits", "not_"),
    [
        ({"is": "a"}, ["a", ["a", "b"], ("a",)], ["b", ["b"], None, []]),
        ({"any": ["a", "b"]}, ["a", ["b", "c"]], ["c", None, []]),
        ({"has": ["a", "b"]}, [["b", "a", "c"]], ["a", ["a"], None]),
        ({"only": ["a", "b"]}, ["a", [], ["a"], None], [["a", "c"], "c"]),
        ({"lacks": ["a"]}, [["b"], None, "b"], [["a", "b"], "a"]),
        ({"min": 3}, [3, "tres", ["a", "b", "c"]], [2, "ab", None, [], [{"a": 1}]]),
        ({"given": True}, ["x", ["x"], 0, False], [None, "", []]),
        ({"given": False}, [None, "", []], ["x", False]),
        ({"is": True}, [True], [False, None]),
        ({"has": ["a"], "only": ["a", "b"]}, [["a"]], [["b"], ["a", "c"]]),
        ({"lacks": ["a"]}, [[{"who": "a"}]], []),
    ],
)
def test_what_an_argument_must_be(match, fits, not_):
    asked = Match.model_validate(match)
    assert [value for value in fits if not asked.holds(value)] == []
    assert [value for value in not_ if asked.holds(value)] == []


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"flag": "x", "came": "m1"},
        {"flag": "x", "hours": 3},
        {"happened": {"do": "refer"}, "chose": "a/b"},
        {"chose": "a"},
        {"happened": {"do": "refer", "to": {"es": "x"}}},
        {"risk": "enorme"},
    ],
)
def test_a_condition_is_one_thing_well_said(keys):
    with pytest.raises(ValidationError):
        condition(**keys)


@pytest.fixture
def played(play, until):
    until("mensaje")
    play.do({"do": "choose", "situation": "mensaje", "option": "c"})
    play.do({"do": "choose", "situation": "mensaje", "option": "b"})
    play.do({"do": "assess", "case": "c1", "risk": "high", "facts": "Él revisa el teléfono."})
    play.do({"do": "wait", "minutes": 600})
    asked = {"case": "c1", "person": "elvia", "purpose": "sharing", "to": ["centro-mujer"], "through": "phone"}
    play.do({"do": "ask_consent", **asked})
    play.do({"do": "refer", "case": "c1", "to": "centro-mujer", "reason": "Atención."})
    play.do({"do": "wait", "minutes": 400})
    return play


def test_what_was_done_by_whom_and_with_what(played):
    assert shown(played, happened={"do": "refer"}) == ["refer"]
    assert shown(played, happened={"do": "refer", "to": "centro-mujer", "data": {"only": ["identity"]}}) == ["refer"]
    assert shown(played, happened={"do": "refer", "to": {"any": ["casa-segura"]}}) is None
    assert shown(played, happened={"do": "answer_transition"}) is None
    assert shown(played, happened={"do": "answer_transition", "by": "lia"}) == ["answer_transition"]
    assert shown(played, happened={"do": "answer_transition", "by": "any"}) == ["answer_transition"]
    assert shown(played, happened={"do": "any", "risk": "high"}) == ["assess"]
    assert shown(played, happened={"do": "ask_consent", "granted": True, "to": "centro-mujer"}) == ["ask_consent"]


def test_what_the_desk_refused_is_a_thing_apart(played):
    assert shown(played, happened={"do": "contact", "channel": "chat"}) is None
    assert shown(played, happened={"do": "contact", "channel": "chat", "outcome": "denied"}) == ["contact"]
    assert shown(played, chose="mensaje/c") is None
    assert shown(played, chose="mensaje/b") == ["choose"]


def test_how_often(played):
    assert shown(played, happened={"do": "any", "case": "c1"}, at_least=3) is not None
    assert shown(played, happened={"do": "refer"}, at_least=2) is None


def test_before_and_after(played):
    assert shown(played, happened={"do": "refer"}, after={"do": "ask_consent"}) == ["ask_consent", "refer"]
    assert shown(played, happened={"do": "ask_consent"}, after={"do": "refer"}) is None
    assert shown(played, happened={"do": "ask_consent"}, before={"do": "refer"}) == ["ask_consent", "refer"]
    assert shown(played, happened={"do": "refer"}, before={"do": "ask_consent"}) is None
    assert shown(played, happened={"do": "refer"}, after={"do": "assess"}, hours=9) is None
    assert shown(played, happened={"do": "refer"}, after={"do": "assess"}, hours=11) == ["assess", "refer"]
    assert shown(played, happened={"do": "assess"}, before={"do": "refer"}, hours=9) is None


def test_in_time_after_something_came(played):
    assert shown(played, happened={"do": "contact"}, of="m1", hours=1) == ["contact"]
    assert shown(played, happened={"do": "assess"}, of="mensaje", hours=0.1) is None
    assert shown(played, happened={"do": "refer"}, of="m2") is None  # it had not come yet
    assert shown(played, happened={"do": "assess"}, hours=15) == ["assess"]  # since the start
    assert shown(played, happened={"do": "refer"}, hours=15) is None


def test_how_things_are(played):
    assert shown(played, came="m1") == [] and shown(played, came="m2") is None
    assert shown(played, flag="segura") == [] and shown(played, ignored="mensaje") is None
    assert shown(played, risk="high") == [] and shown(played, risk="low") is None
    assert shown(played, step="services", case="c1") == [] and shown(played, step="services", case="c9") is None
    assert shown(played, consent={"person": "elvia", "purpose": "sharing", "to": "centro-mujer"}) == []
    assert shown(played, consent={"person": "elvia", "purpose": "sharing", "to": "casa-segura"}) is None
    assert shown(played, offline=False) == [] and shown(played, offline=True) is None


def test_conditions_together(played):
    yes, no = {"flag": "segura"}, {"came": "m2"}
    refer, assess = {"happened": {"do": "refer"}}, {"happened": {"do": "assess"}}
    assert shown(played, all=[refer, assess, yes]) == ["assess", "refer"]
    assert shown(played, all=[refer, no]) is None
    assert shown(played, any=[no, refer]) == ["refer"] and shown(played, any=[no]) is None
    assert shown(played, none=[no]) == [] and shown(played, none=[no, yes]) is None
