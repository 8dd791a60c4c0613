"""Every action reads as one Spanish line."""

import pytest

from ciberaula.casework.stories import player_actions, telling

ACTIONS: dict[str, dict[str, object]] = {
    "look": {},
    "register": {"code": "SIM-1", "person": "eva", "name": "Eva {Mero}", "canton": "Chone"},
    "add_person": {"person": "eva", "name": "Eva", "relation": "hija"},
    "relate": {"one": "eva", "other": "ana", "kind": "parent"},
    "set_household": {"canton": "Chone", "area": "rural", "device": "shared", "connection": "none"},
    "raise_concern": {"kind": "violencia", "detail": "x"},
    "record_consent": {"person": "eva", "purpose": "channel", "granted": False, "channels": ["chat"]},
    "withdraw_consent": {"consent": "x"},
    "assess": {"risk": "high", "facts": "x"},
    "make_plan": {"goals": [{"need": "a", "goal": "b", "action": "c", "who": "d", "days": 3}]},
    "request_approval": {"what": "closure"},
    "decide_approval": {"approval": "x", "approved": False},
    "request_service": {"kind": "salud", "provider": "centro"},
    "update_service": {"service": "x", "status": "declined"},
    "refer": {"to": "centro", "reason": "x", "data": ["identity", "health"]},
    "transfer": {"to": "centro", "reason": "x"},
    "request_transfer": {"reason": "x"},
    "answer_transition": {"transition": "x", "accept": True},
    "complete_transition": {"transition": "x"},
    "revoke_transition": {"transition": "x", "reason": "y"},
    "assign": {"to": "ruth", "reason": "x"},
    "contact": {"who": "eva", "channel": "phone", "purpose": "saber cómo está."},
    "outside_contact": {"who": "eva", "channel": "chat", "account": "personal", "purpose": "x", "data": ["violence"]},
    "plan_follow_up": {"kind": "in_care", "days": 3},
    "follow_up": {"follow_up": "x", "comment": "y"},
    "write_note": {"facts": "x"},
    "add_document": {"title": "Informe", "kind": "informe"},
    "share_document": {"document": "x", "to": "centro"},
    "raise_flag": {"reason": "x"},
    "lower_flag": {"flag": "x", "reason": "y"},
    "consult": {"to": "ruth", "question": "x"},
    "search_online": {"about": "eva", "where": "red", "purpose": "x"},
    "break_glass": {"reason": "Está en peligro esta noche."},
    "close": {"reason": "formal_closing", "summary": "x"},
    "reopen": {"reason": "x"},
    "detect_incident": {"what": "Un informe salió al grupo equivocado."},
    "contain_incident": {"incident": "x", "measures": "y"},
    "rate_incident": {"incident": "x", "risk": "low", "why": "y"},
    "notify_incident": {"incident": "x", "whom": "authority", "text": "y"},
    "ask_consent": {"person": "eva", "purpose": "sharing", "to": ["centro"], "through": "video", "granted": True},
    "choose": {"situation": "s", "option": "a"},
    "wait": {"until": "next"},
    "read": {"message": "m1"},
    "go_offline": {"cases": ["c1"]},
    "synchronise": {"keep": {"c1/eva": "mine"}},
}
NAMES = {"eva": "Eva", "ana": "Ana", "centro": "Centro (simulado)", "ruth": "Ruth"}


def told(do):
    given = dict(ACTIONS[do])
    extra = {"granted": given.pop("granted")} if do == "ask_consent" else {}
    case = {} if do in player_actions.WITHOUT_CASE else {"case": "c1"}
    action = player_actions.parse({"do": do, **case, **given})
    args = {**action.model_dump(mode="json", exclude={"do"}), **extra}
    return telling.tell(do, args, lambda id: NAMES.get(id, id))


def test_no_action_is_left_out():
    assert set(ACTIONS) == {*player_actions.DESK, *player_actions.OWN}


@pytest.mark.parametrize("do", ACTIONS)
def test_an_action_is_one_line(do):
    line = told(do)
    assert line and "\n" not in line and ".." not in line and "None" not in line


def test_ids_and_words_are_read_out():
    assert told("refer") == "Refirió el caso a Centro (simulado) con estos datos: identidad, salud."
    assert told("record_consent") == "Registró lo que Eva respondió sobre «usar un canal digital»: no."
    assert told("contact") == "Se comunicó con Eva (llamada; cuenta institucional): saber cómo está. Datos: ninguno."
    assert (
        told("ask_consent")
        == "Pidió el consentimiento de Eva (compartir datos con otra institución; videollamada): sí."
    )
    assert told("notify_incident") == "Avisó del incidente: a la autoridad."
    assert told("register") == "Abrió el caso de Eva {Mero}."
