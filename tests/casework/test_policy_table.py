"""The policy table as a whole: for every action, who is held back by role, by scope, and by a case that is closed."""

from typing import Any

from ciberaula.casework import actions
from ciberaula.casework.policy import Denied, check
from ciberaula.casework.vocabulary import Status
from tests.casework.files import (
    ADMINISTRATOR,
    COLLEAGUE,
    MONDAY,
    ORGANISATIONS,
    OTHER_SUPERVISOR,
    RECIPIENT,
    SUPERVISOR,
    WORKER,
    case_file,
)

GOAL = {"need": "a", "goal": "b", "action": "c", "who": "d", "days": 7}
EVERY_ACTION: dict[str, dict[str, Any]] = {
    "look": {},
    "register": {"code": "SIM-2", "person": "p", "name": "Ana", "canton": "Chone"},
    "add_person": {"person": "tia", "name": "Rosa", "relation": "tía"},
    "relate": {"one": "elvia", "other": "tia", "kind": "carer"},
    "set_household": {"canton": "Chone", "area": "rural", "device": "own", "connection": "none"},
    "raise_concern": {"kind": "migrant", "detail": "…"},
    "record_consent": {"person": "elvia", "purpose": "services", "granted": True},
    "withdraw_consent": {"consent": "c-sharing"},
    "assess": {"risk": "low", "facts": "…"},
    "make_plan": {"goals": [GOAL]},
    "request_approval": {"what": "closure"},
    "decide_approval": {"approval": "a", "approved": True},
    "request_service": {"kind": "psychosocial", "provider": "centro"},
    "update_service": {"service": "s", "status": "declined"},
    "refer": {"to": "centro", "reason": "…"},
    "transfer": {"to": "centro", "reason": "…"},
    "request_transfer": {"reason": "…"},
    "answer_transition": {"transition": "t", "accept": True},
    "complete_transition": {"transition": "t"},
    "revoke_transition": {"transition": "t", "reason": "…"},
    "assign": {"to": "nelly", "reason": "…"},
    "contact": {"who": "elvia", "channel": "phone", "purpose": "…"},
    "outside_contact": {"who": "elvia", "channel": "chat", "account": "personal", "purpose": "…"},
    "plan_follow_up": {"kind": "in_care", "days": 3},
    "follow_up": {"follow_up": "f", "comment": "…"},
    "write_note": {"facts": "…"},
    "add_document": {"title": "…", "kind": "…"},
    "share_document": {"document": "d", "to": "centro"},
    "raise_flag": {"reason": "…"},
    "lower_flag": {"flag": "f", "reason": "…"},
    "consult": {"to": "ruth", "question": "…"},
    "search_online": {"about": "elvia", "where": "…", "purpose": "…"},
    "break_glass": {"reason": "Riesgo inminente esta noche."},
    "close": {"reason": "other", "summary": "…"},
    "reopen": {"reason": "…"},
    "detect_incident": {"what": "…"},
    "contain_incident": {"incident": "i", "measures": "…"},
    "rate_incident": {"incident": "i", "risk": "low", "why": "…"},
    "notify_incident": {"incident": "i", "whom": "supervisor", "text": "…"},
}


def held_back_by(actor: Any, file: Any, condition: str) -> set[str]:
    """The actions that ``actor`` is refused for want of just that."""
    found = set()
    for do, arguments in EVERY_ACTION.items():
        try:
            action = actions.parse({"do": do, "case": "c1", **arguments})
            check(actor, action, file, MONDAY, organisations=ORGANISATIONS)
        except Denied as error:
            found |= {do} if error.condition == condition else set()
    return found


def test_a_case_of_others_is_out_of_scope_for_everything_but_a_few() -> None:
    assert set(EVERY_ACTION) == actions.NAMES
    everywhere = {"register", "request_transfer", "break_glass", "answer_transition", "complete_transition"}
    supervision = {"assign", "decide_approval"}
    for other in (OTHER_SUPERVISOR, COLLEAGUE):
        role = held_back_by(other, case_file(), "role")
        assert role == (supervision if other is COLLEAGUE else set())
        assert held_back_by(other, case_file(), "scope") == actions.NAMES - everywhere - role
    for actor, may in ((RECIPIENT, {"look"}), (ADMINISTRATOR, set())):
        assert held_back_by(actor, case_file(), "role") == (
            actions.NAMES - {"answer_transition", "complete_transition"} - may
        )
    assert held_back_by(WORKER, case_file(), "scope") == held_back_by(SUPERVISOR, case_file(), "scope") == set()


def test_a_closed_case_is_reopened_before_anything_goes_on() -> None:
    still = {"look", "withdraw_consent", "decide_approval", "reopen", "break_glass"}
    answers = {"answer_transition", "complete_transition", "revoke_transition", "outside_contact", "contact"}
    paper = {"follow_up", "write_note", "add_document", "share_document", "raise_flag", "lower_flag", "consult"}
    incident = {"detect_incident", "contain_incident", "rate_incident", "notify_incident"}
    held = held_back_by(SUPERVISOR, case_file(status=Status.CLOSED), "open_case")
    assert held == actions.NAMES - {"register"} - still - answers - paper - incident
