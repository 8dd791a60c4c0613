"""General rules: each finds what it is for, with its evidence, and lets the careful player pass."""

from datetime import timedelta
from typing import Any

import pytest

from ciberaula.casework.assessment.history import History
from ciberaula.casework.assessment.rules import violations
from ciberaula.casework.entities import Consent, Household
from ciberaula.casework.players import play_script
from ciberaula.casework.stories.play import Play
from ciberaula.casework.stories.spec import Effect
from ciberaula.casework.vocabulary import Criterion, Data
from tests.casework.assessment.conftest import CONSENT, NOTE

TELL = {
    "do": "outside_contact",
    "who": "centro-mujer",
    "channel": "phone",
    "account": "institutional",
    "purpose": "contar",
}


def of(found, rule):
    return [one for one in found if one.rule == rule]


def test_the_careful_player_breaks_none(careful, assessment):
    assert violations(careful, assessment) == []


def test_telling_without_consent(broken):
    (found,) = of(broken({**TELL, "data": ["violence"]}), "without-consent")
    assert found.criterion is Criterion.CONSENT
    assert "Centro Violeta" in found.text
    assert "violencia" in found.text
    assert "lunes 9" in found.text
    assert len(found.evidence) == 1


@pytest.mark.parametrize(
    "steps",
    [
        [{**TELL, "data": ["appointment"]}],
        [{**TELL, "data": []}],
        [{**TELL, "who": "elvia", "data": ["violence"]}],
        [{**TELL, "who": "ruth", "data": ["violence"]}],
        [CONSENT, {**TELL, "data": ["identity"]}],
        [CONSENT, {**TELL, "who": "lia", "data": ["identity"]}],
    ],
    ids=["a day", "nothing", "herself", "the supervisor", "with consent", "who answers there"],
)
def test_telling_that_breaks_no_consent(broken, steps):
    assert of(broken(*steps), "without-consent") == []


def test_a_user_of_another_team_is_told_with_consent_too(broken, story):
    assert story.users["ruth"].group == story.users[story.player].group != story.users["lia"].group
    assert of(broken({**TELL, "who": "ruth", "data": ["health"]}), "without-consent") == []
    assert len(of(broken({**TELL, "who": "lia", "data": ["health"]}), "without-consent")) == 1


def test_a_receiver_cannot_be_made_a_person_of_the_case_first(story):
    play = Play(story)
    for id in ("centro-mujer", "lia", "ruth"):
        assert not play.do({"do": "add_person", "case": "c1", "person": id, "name": "X", "relation": "vecina"}).ok


def test_consent_for_less_is_no_consent_for_more(broken):
    assert of(broken(CONSENT, {**TELL, "data": ["identity", "violence"]}), "without-consent")


def test_consent_that_came_later_or_was_withdrawn_does_not_count(broken):
    tell = {**TELL, "data": ["identity"]}
    assert of(broken(tell, CONSENT), "without-consent")
    consent = {**CONSENT, "id": "si"}
    assert of(broken(consent, {"do": "withdraw_consent", "consent": "si"}, tell), "without-consent")


def test_what_the_desk_refused_costs_nothing(story, assessment):
    refused = {"do": "refer", "to": "centro-mujer", "data": ["identity", "violence"], "reason": "Urge."}
    play = play_script(story, [refused])
    assert [one.outcome for one in play.happened if one.do == "refer"] == ["denied"]
    assert {one.rule for one in violations(play, assessment)} == {"overdue"}


def test_an_override_with_its_reason_is_no_violation(broken):
    risk = {"do": "assess", "risk": "high", "facts": "Dijo por teléfono que él llega armado hoy.", "with_person": True}
    refer = {"do": "refer", "to": "centro-mujer", "data": ["identity"], "reason": "Urge."}
    overridden = {**refer, "override": "Peligro esta misma noche, lo autorizó Ruth por teléfono."}
    assert of(broken(risk, overridden), "without-consent") == []


def test_whom_the_plan_keeps_out(broken):
    goal = {"need": "n", "goal": "g", "action": "a", "who": "w", "days": 3}
    steps = [
        {"do": "add_person", "person": "vecina", "name": "La vecina", "relation": "vecina"},
        {"do": "assess", "risk": "medium", "facts": "Contó que la vecina habla con él cada día.", "with_person": True},
        {"do": "make_plan", "goals": [goal], "agreed": True, "restrictions": [{"who": "vecina"}]},
        {**TELL, "who": "vecina", "data": ["location"]},
    ]
    (found,) = of(broken(*steps), "without-consent")
    assert "el plan mantiene fuera" in found.text


def test_more_than_the_receiver_needs(broken):
    told = [{**CONSENT, "data": []}, {**TELL, "data": ["identity", "violence", "health"]}]
    (found,) = of(broken(*told), "beyond-need")
    assert found.criterion is Criterion.NEED_TO_KNOW
    assert "salud; violencia" in found.text
    assert "identidad" not in found.text
    assert of(broken(*told, needs={"lia": [Data.IDENTITY, Data.VIOLENCE, Data.HEALTH]}), "beyond-need") == []
    assert of(broken(*told, needs={}), "beyond-need") == []


def test_looking_at_what_is_not_ones_work(story, assessment):
    many = story.model_copy(update={"background": 40})
    with Play(many).store.begin() as unit:
        from ciberaula.casework.store.protocol import Query

        lines = unit.find(Query(limit=None))
    other = next(line for line in lines if line.owner != "marlene" and line.case_id != "c1")
    own = next((line for line in lines if line.owner == "marlene" and line.case_id != "c1"), None)
    glass = {"do": "break_glass", "case": other.case_id, "reason": "Quiero saber cómo le fue a ella."}
    look = {"do": "look", "case": other.case_id}
    found = of(violations(play_script(many, [look, glass, look, look]), assessment), "not-ones-work")
    assert len(found) == 1
    assert other.code in found[0].text
    taken: list[dict[str, Any]] = [glass, {"do": "go_offline", "cases": ["c1", other.case_id]}]
    assert len(of(violations(play_script(many, taken[1:]), assessment), "not-ones-work")) == 0  # the desk refused
    assert len(of(violations(play_script(many, taken), assessment), "not-ones-work")) == 1
    seen = [{"do": "look", "case": "c1"}, *([{"do": "look", "case": own.case_id}] if own else [])]
    assert of(violations(play_script(many, seen), assessment), "not-ones-work") == []


@pytest.mark.parametrize(
    ("contact", "told"),
    [
        ({"channel": "chat", "account": "personal"}, "cuenta personal"),
        ({"channel": "video", "account": "borrowed"}, "otra persona"),
        ({"channel": "sms", "account": "institutional", "data": ["health"]}, "no es apto"),
        ({"channel": "phone", "account": "institutional", "data": ["health"]}, None),
        ({"channel": "in_person", "account": "none"}, None),
    ],
)
def test_channels_and_accounts(broken, contact, told):
    found = of(broken({**TELL, "who": "elvia", **contact}), "wrong-channel")
    assert [one.criterion for one in found] == ([Criterion.CHANNEL] if told else [])
    assert all(told in one.text for one in found)


def test_a_contact_wants_its_note_within_a_day(broken):
    call = {"do": "contact", "who": "elvia", "channel": "phone", "purpose": "saber cómo está"}
    (found,) = of(broken(call), "without-note")
    assert found.criterion is Criterion.DOCUMENTATION
    assert "Elvia" in found.text
    assert of(broken(call, NOTE), "without-note") == []
    assert of(broken(call, {"do": "wait", "minutes": 23 * 60}, NOTE), "without-note") == []
    assert of(broken(call, {"do": "wait", "minutes": 25 * 60}, NOTE), "without-note")
    assert of(broken(NOTE, call), "without-note")
    assert of(broken({**TELL, "who": "ruth"}), "without-note") == []


def test_a_contact_on_the_last_day_can_still_be_noted(story, assessment):
    call = {"do": "contact", "who": "elvia", "channel": "phone", "purpose": "saber cómo está"}
    for latest, told in (("D2 07:00", 0), ("D2 20:00", 1)):
        play = play_script(story.model_copy(update={"latest": latest}), [call])
        assert len(of(violations(play, assessment), "without-note")) == told


def test_poor_notes_and_assessments(broken):
    poor = {"do": "write_note", "facts": "Es una persona conflictiva que no colabora con nadie."}
    (found,) = of(broken(poor), "poor-note")
    assert "etiquetas" in found.text
    assert "falta qué sigue" in found.text
    risk = {"do": "assess", "risk": "low", "facts": "Familia disfuncional, como se ve desde la primera llamada."}
    assert [one.text.split()[1] for one in of(broken(risk), "poor-note")] == ["evaluación"]
    assert of(broken({**risk, "facts": "Contó que duerme bien y que él ya no llama."}), "poor-note") == []


def test_what_was_never_done_is_overdue(broken):
    (found,) = of(broken(), "overdue")
    assert found.criterion is Criterion.TIMELINESS
    assert "no se hizo" in found.text
    assert found.evidence == ()


def test_what_was_done_late_is_overdue(broken):
    assess = {
        "do": "assess",
        "risk": "low",
        "facts": "Contó que duerme bien y que él ya no llama.",
        "with_person": True,
    }
    late = of(broken({"do": "wait", "minutes": 5 * 24 * 60}, assess), "overdue")
    assert [one.text for one in late if "llegó tarde" in one.text]
    assert of(broken(assess), "overdue") == []


def test_an_incident_that_the_supervisor_was_not_told_of_is_overdue(broken):
    untold = of(broken({"do": "detect_incident", "what": "La nota llegó a otro grupo."}), "overdue")
    assert [one.text for one in untold if one.text.startswith("Avisar del incidente a quien supervisa.")]


def test_what_was_late_before_the_story_is_not_the_players_doing(story, assessment):
    old = story.before[0].model_copy(update={"at": "D-9 16:00"})
    inherited = story.model_copy(update={"before": (old, *story.before[1:])})
    assess = {
        "do": "assess",
        "risk": "low",
        "facts": "Contó que duerme bien y que él ya no llama.",
        "with_person": True,
    }
    assert of(violations(play_script(inherited, [assess]), assessment), "overdue") == []
    assert of(violations(play_script(inherited, []), assessment), "overdue")


def test_history_tells_how_a_file_was(careful):
    history = History(careful.store, ["c1", "nada"])
    assert history.cases == ["c1"]
    (asked,) = [one for one in careful.happened if one.do == "ask_consent"]
    before = history.at("c1", asked.at, inclusive=False)
    after = history.at("c1", asked.at)
    assert before is not None
    assert after is not None
    assert len(after.of(Consent)) == len(before.of(Consent)) + 1
    assert history.at("c1", careful.story.start - timedelta(days=30)) is None
    assert list(history.at("c1", careful.now) or ()) == list(careful.file("c1"))
    assert history.changes("c1") == sorted(history.changes("c1"))


def test_what_came_back_later_counts_from_then_on(story):
    """Made before a colleague's version and chosen over it: it takes the place of hers, and never hers of it."""
    home = {"do": "set_household", "case": "c1", "canton": "Chone", "area": "rural", "connection": "none"}
    act = {"at": "D2 11:00", "act": {"by": "ruth", "action": {**home, "device": "none"}}}
    lines = [{"at": "D2 09:00", "connection": "down"}, {"at": "D2 15:00", "connection": "up"}]
    effects = tuple(Effect.model_validate(one) for one in (act, *lines))
    play = Play(story.model_copy(update={"opening": effects}))
    play.do({"do": "look", "case": "c1"})
    play.do({"do": "wait", "minutes": 26 * 60})
    play.do({**home, "device": "own"})
    play.do({"do": "wait", "minutes": 6 * 60})
    play.do({"do": "synchronise", "keep": {play.conflicts[0].key: "mine"}})
    history = History(play.store, ["c1"])

    def device(hour):
        file = history.at("c1", play.story.start.replace(hour=hour, minute=30) + timedelta(days=1))
        return [home.device for home in file.of(Household)] if file else []

    assert [device(hour) for hour in (9, 10, 11, 16)] == [["shared"], ["shared"], ["own"], ["own"]]
