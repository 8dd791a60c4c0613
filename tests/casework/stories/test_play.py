"""The engine: clock, situations, answers, refusals, reactions, the connection, the end."""

from datetime import datetime, timedelta

import pytest

from ciberaula.casework.entities import Contact
from ciberaula.casework.stories import answer
from ciberaula.casework.stories.play import Play
from ciberaula.errors import UserError


def choose(play, situation, option):
    return play.do({"do": "choose", "situation": situation, "option": option})


def wait(play, until="next"):
    return play.do({"do": "wait", "until": until})


def ask(play, **keys):
    whole = {"do": "ask_consent", "case": "c1", "person": "elvia", "through": "phone", "explained": True}
    return play.do({**whole, **keys})


def kinds(play):
    return [moment.kind for moment in play.timeline]


def test_it_starts_with_what_was_before(play):
    assert play.now == datetime(2026, 3, 9, 8, 0)
    assert play.file("c1").case.owner == "marlene"
    assert (play.inbox, play.open_situations, play.happened, play.ending) == ([], [], [], None)
    assert [entry.at.day for entry in play.desk.audit()] == [8, 8]
    assert (play.names("elvia"), play.names("centro-mujer"), play.names("ruth"), play.names("nadie")) == (
        "Elvia",
        "Centro Violeta (simulado)",
        "Ruth Andrade",
        "nadie",
    )


def test_time_moves_only_with_what_the_player_does(play):
    play.do({"do": "look", "case": "c1"})
    assert play.now == datetime(2026, 3, 9, 8, 2)
    play.do(
        {"do": "contact", "case": "c1", "who": "elvia", "channel": "in_person", "account": "none", "purpose": "ver"}
    )
    assert play.now == datetime(2026, 3, 9, 9, 32)
    play.do({"do": "wait", "minutes": 45})
    assert play.now == datetime(2026, 3, 9, 10, 17)
    assert wait(play, "tomorrow").line == "Es lunes 9, 22:10."  # something came up before
    wait(play, "tomorrow")
    assert play.now == datetime(2026, 3, 10, 8, 0)


def test_a_message_and_its_situation_come_together(play):
    wait(play)
    assert [(one.id, one.sender, one.at, one.read) for one in play.inbox] == [
        ("m1", "Elvia", datetime(2026, 3, 9, 22, 10), False)
    ]
    waiting = play.open_situations[0]
    assert (waiting.id, waiting.until - waiting.since) == ("mensaje", timedelta(hours=12))
    play.do({"do": "read", "message": "m1"})
    assert play.inbox[0].read


def test_an_option_does_its_acts_through_the_desk(play, until):
    until("mensaje")
    outcome = choose(play, "mensaje", "b")
    assert outcome.ok and outcome.consequence.startswith("Elvia responde")
    assert [(one.do, one.via) for one in play.happened[-3:]] == [
        ("choose", ""),
        ("contact", "mensaje/b"),
        ("write_note", "mensaje/b"),
    ]
    contact, note = play.happened[-2:]
    assert note.args["contact"] == contact.entities[0]  # @last:contact
    assert play.now == datetime(2026, 3, 9, 22, 40)  # 20 minutes and 10
    assert play.open_situations == [] and play.flags == {"segura"}
    assert kinds(play)[-4:] == ["decision", "action", "action", "consequence"]


def test_what_the_desk_refuses_stays_open_and_in_the_log(play, until):
    until("mensaje")
    outcome = choose(play, "mensaje", "c")
    assert not outcome.ok and "no ha aceptado ese canal" in outcome.line
    assert [one.id for one in play.open_situations] == ["mensaje"]
    assert [(one.do, one.outcome) for one in play.happened[-2:]] == [("choose", "denied"), ("contact", "denied")]
    assert play.timeline[-1].kind == "refusal"
    assert play.desk.audit("c1")[-1].kind == "denied"
    assert choose(play, "mensaje", "b").ok


def test_an_option_goes_on_where_it_was_refused(story):
    """What was done before the refusal was done: it is not done twice."""
    cita = story.situations["cita"]
    acts = (
        {"do": "contact", "who": "elvia", "channel": "phone", "purpose": "avisar"},
        {"do": "refer", "to": "centro-mujer", "reason": "Atención."},
    )
    changed = cita.model_copy(
        update={"options": (cita.options[0].model_copy(update={"acts": acts}), *cita.options[1:])}
    )
    play = Play(story.model_copy(update={"background": 0, "situations": {**story.situations, "cita": changed}}))
    while not any(one.id == "cita" for one in play.open_situations):
        wait(play)
    assert not choose(play, "cita", "a").ok
    ask(play, purpose="sharing", to=["centro-mujer"])
    assert choose(play, "cita", "a").ok
    assert [one.do for one in play.happened if one.via] == ["contact", "refer", "refer"]
    file = play.file("c1")
    assert file is not None and len(file.of(Contact)) == 1


def test_a_situation_that_nobody_decides(play):
    for _turn in range(3):
        wait(play)
    assert set(play.ignored) == {"mensaje"} and play.ignored["mensaje"] == datetime(2026, 3, 10, 10, 10)
    assert [one.id for one in play.open_situations] == ["manana"]
    with pytest.raises(UserError, match="no espera una decisión"):
        choose(play, "mensaje", "a")


def test_asked_about_two_she_answers_about_each(play):
    outcome = ask(play, purpose="channel", channels=["chat", "video"])
    assert outcome.consequence == "Elvia: «Por video sí, donde mi hermana.» Elvia: «Por mensaje no: él revisa.»"
    assert [(one.args["granted"], one.args["channels"]) for one in play.happened] == [
        (True, ["video"]),
        (False, ["chat"]),
    ]
    assert play.do({"do": "contact", "case": "c1", "who": "elvia", "channel": "video", "purpose": "ver"}).ok
    assert not play.do({"do": "contact", "case": "c1", "who": "elvia", "channel": "chat", "purpose": "ver"}).ok


def test_the_first_answer_that_holds_is_hers(play, until):
    assert "en la noche" not in ask(play, purpose="sharing", to=["centro-mujer"]).consequence
    until("mensaje")
    choose(play, "mensaje", "b")
    assert "en la noche" in ask(play, purpose="sharing", to=["centro-mujer"]).consequence


def test_without_an_answer_it_is_a_no(play):
    outcome = ask(play, purpose="sharing", to=["casa-segura"])
    assert outcome.ok and outcome.record.args["granted"] is False and "Prefiero que no" in outcome.consequence
    assert not play.do({"do": "refer", "case": "c1", "to": "casa-segura", "reason": "x"}).ok


def test_nobody_gives_a_consent_for_somebody_else(play):
    yes = {"do": "record_consent", "case": "c1", "person": "elvia", "purpose": "sharing", "to": ["casa-segura"]}
    with pytest.raises(UserError, match="Pedir consentimiento"):
        play.do({**yes, "granted": True})
    assert play.do({**yes, "granted": False}).ok


def test_others_react_once(play):
    ask(play, purpose="sharing", to=["centro-mujer"])
    play.do({"do": "refer", "case": "c1", "to": "centro-mujer", "reason": "Atención.", "id": "ref-1"})
    play.do({"do": "refer", "case": "c1", "to": "centro-mujer", "reason": "Otra vez."})
    play.do({"do": "wait", "minutes": 600})
    others = [one for one in play.happened if one.by == "lia"]
    assert [(one.do, one.outcome) for one in others] == [("answer_transition", "done")]
    assert play.faults == []


def test_what_others_cannot_do_does_not_stop_the_story(story):
    effect = story.reactions[1].effects[0]
    early = effect.model_copy(update={"after": None, "at": "D1 08:30"})
    play = Play(story.model_copy(update={"background": 0, "opening": (early, *story.opening)}))
    play.do({"do": "wait", "minutes": 60})
    assert len(play.faults) == 1 and "ruth › decide_approval" in play.faults[0]


def test_without_connection_only_what_needs_nobody_else(play):
    play.do({"do": "look", "case": "c1"})
    while play.connected:
        wait(play)
    assert play.now == datetime(2026, 3, 11, 9, 0)
    before = play.answer()
    note = {"do": "write_note", "case": "c1", "facts": "Sin señal."}
    for refused in (
        {"do": "refer", "case": "c1", "to": "centro-mujer", "reason": "x"},
        {"do": "contact", "case": "c1", "who": "elvia", "channel": "video", "purpose": "x"},
        {"do": "consult", "case": "c1", "to": "ruth", "question": "x"},
    ):
        with pytest.raises(UserError, match="Sin conexión no se puede"):
            play.do(refused)
    with pytest.raises(UserError, match="los casos que ya abrió"):
        play.do({**note, "case": "c2"})
    assert play.answer() == before
    assert play.do(note).record.offline
    assert play.do({"do": "contact", "case": "c1", "who": "elvia", "channel": "phone", "purpose": "x"}).ok
    play.do({"do": "wait", "minutes": 120})
    assert "m2" not in play.came  # electronic mail waits for the connection
    while not play.connected:
        wait(play)
    assert play.inbox[-1].id == "m2" and play.inbox[-1].at == play.now == datetime(2026, 3, 11, 15, 0)
    assert not play.do(note).record.offline


def test_an_option_that_needs_the_network_waits_for_it(story):
    down = story.opening[2].model_copy(update={"at": "D1 22:11"})
    play = Play(story.model_copy(update={"background": 0, "opening": (*story.opening[:2], down)}))
    wait(play)
    play.do({"do": "wait", "minutes": 1})
    with pytest.raises(UserError, match="Sin conexión"):
        choose(play, "mensaje", "c")
    assert play.open_situations and play.log.of("choose") == []
    assert choose(play, "mensaje", "b").ok  # a telephone call


def test_chance_is_of_the_seed_and_nothing_else(quiet):
    def came(seed, detour):
        play = Play(quiet, seed=seed)
        if detour:
            play.do({"do": "look", "case": "c1"})
        wait(play)
        choose(play, "mensaje", "a")
        play.do({"do": "wait", "minutes": 60})
        return "m3" in play.came

    lots = [came(seed, False) for seed in range(30)]
    assert {True, False} == set(lots)
    assert lots == [came(seed, True) for seed in range(30)]


def test_the_end(play, until):
    until("mensaje")
    choose(play, "mensaje", "b")
    until("manana")
    choose(play, "manana", "a")
    until("cita")
    choose(play, "cita", "a")
    wait(play, "end")
    assert play.ended == "fin" and play.ending.title == "La cita del viernes"
    assert play.timeline[-1].kind == "ending" and play.open_situations == []
    assert play.pending_after is None
    with pytest.raises(UserError, match="ya terminó"):
        wait(play)


def test_the_deadline_ends_it_in_any_case(play):
    choices = play.story.situations
    while play.ending is None:
        wait(play)
    assert play.ended == "fin-plazo" and set(play.ignored) == set(choices)
    late = Play(play.story)
    late.do({"do": "wait", "until": "end"})
    assert late.now == play.now and late.ended == "fin-plazo"


def test_a_story_full_of_actions_can_still_come_to_its_end(play, monkeypatch):
    monkeypatch.setattr(answer, "MOST_ACTIONS", 4)
    for _turn in range(3):
        play.do({"do": "write_note", "case": "c1", "facts": "Hoy."})
    for action in ({"do": "write_note", "case": "c1", "facts": "Hoy."}, {"do": "wait", "until": "next"}):
        with pytest.raises(UserError, match="solo puede esperar al final"):
            play.do(action)
    wait(play, "end")
    assert play.ended is not None
    assert len(play.actions) == 4
    assert Play.replay(play.story, play.answer()).ended == play.ended


def test_nothing_scheduled_is_shown(play):
    """What is to come is told to nobody but those who ask for it by name."""
    assert play.pending_after == datetime(2026, 3, 9, 22, 10)
    assert play.timeline == [] and "m1" not in repr(play.answer())


@pytest.mark.parametrize(
    ("action", "says"),
    [
        ("wait", "Una acción es"),
        ({}, "acción"),
        ({"do": "volar"}, "acción «volar»"),
        ({"do": ["wait"]}, "acción"),
        ({"do": "wait"}, "una de las dos"),
        ({"do": "wait", "minutes": 0}, "fuera de los límites"),
        ({"do": "wait", "minutes": 10**9}, "fuera de los límites"),
        ({"do": "wait", "until": "siempre"}, "no admite"),
        ({"do": "read", "message": "m1"}, "no está en su bandeja"),
        ({"do": "choose", "situation": "mensaje", "option": "a"}, "no espera una decisión"),
        ({"do": "choose", "situation": "__class__", "option": "a"}, "Acción «choose»"),
        ({"do": "wait", "until": "next", "sobrante": 1}, "^Acción «wait»: sobra «sobrante»"),
        ({"do": "wait", "minutes": 0}, "^Acción «wait»: «minutes»"),
        ({"do": "assess", "case": "c1", "risk": "high"}, "facts"),
        ({"do": "assess", "case": "c1", "risk": "high", "facts": float("nan")}, "no se puede guardar"),
        ({"do": "assess", "case": "c1", "risk": "high", "facts": {1, 2}}, "no se puede guardar"),
        ({"do": "refer", "case": "c1", "to": "@last:contact", "reason": "x"}, "todavía no la hay"),
        ({"do": "write_note", "case": "c1", "facts": "x", "id": "p-3"}, "ya está en uso"),
        ({"do": "write_note", "case": "c1", "facts": "x", "id": "c1"}, "ya está en uso"),
        (
            {"do": "ask_consent", "case": "c1", "person": "ruth", "purpose": "services", "through": "phone"},
            "No se puede",
        ),
        ({"do": "ask_consent", "case": "c1", "person": "elvia", "purpose": "sharing", "through": "phone"}, "con quién"),
    ],
)
def test_what_cannot_be_is_told_and_changes_nothing(play, action, says):
    before = (play.answer(), play.now, len(play.desk.audit()), len(play.timeline))
    with pytest.raises(UserError, match=says) as caught:
        play.do(action)
    assert "\n" not in str(caught.value)
    assert (play.answer(), play.now, len(play.desk.audit()), len(play.timeline)) == before


def test_the_log_is_the_players_own_copy(play):
    action = {"do": "write_note", "case": "c1", "facts": "Hoy."}
    play.do(action)
    action["facts"] = "Otra cosa."
    assert play.answer()["actions"][0]["action"]["facts"] == "Hoy."
