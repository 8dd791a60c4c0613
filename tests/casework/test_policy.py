"""The policy table: each row's scope, each condition, overrides and break-the-glass."""

from datetime import timedelta
from typing import Any

import pytest

from ciberaula.casework import actions
from ciberaula.casework.entities import (
    Actor,
    Approval,
    Assessment,
    Closure,
    Concern,
    Consent,
    Document,
    EmergencyAccess,
    Incident,
    Person,
    Plan,
    Restriction,
    Transition,
)
from ciberaula.casework.policy import EVERYTHING, RULES, TABLE, Denied, check, may_see
from ciberaula.casework.requirements import CONDITIONS
from ciberaula.casework.vocabulary import (
    ApprovalKind,
    ApprovalStatus,
    Channel,
    Data,
    GivenBy,
    Purpose,
    Risk,
    Role,
    Status,
    TransitionKind,
    TransitionStatus,
)
from ciberaula.errors import UserError
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
    made,
)

NOON = MONDAY + timedelta(hours=4)
SERVICES = made(Consent, "c-services", person="elvia", purpose=Purpose.SERVICES, granted=True)
SHARING = made(
    Consent, "c-sharing", person="elvia", purpose=Purpose.SHARING, granted=True, to=("centro",), data=(Data.IDENTITY,)
)
REFER = {"do": "refer", "case": "c1", "to": "centro", "data": ["identity"], "reason": "Atención psicosocial"}
REASON = "Riesgo inminente esta noche; se avisó a supervisión."


def verdict(actor: Any, file: Any, /, **data: Any) -> Any:
    return check(actor, actions.parse({"case": "c1", **data}), file, NOON, organisations=ORGANISATIONS)


def denied(actor: Any, file: Any, /, **data: Any) -> str:
    with pytest.raises(Denied) as caught:
        verdict(actor, file, **data)
    assert "\n" not in str(caught.value)
    return caught.value.condition


def test_every_action_has_one_row_and_every_condition_is_used() -> None:
    assert set(RULES) == actions.NAMES
    assert len(TABLE) == len(RULES)
    assert {name for rule in TABLE for name in rule.conditions} == set(CONDITIONS)
    assert all(set(rule.override) <= set(rule.conditions) for rule in TABLE)


def test_a_referral_needs_both_consents_and_what_they_cover() -> None:
    assert denied(WORKER, case_file(), **REFER) == "consent_services"
    assert denied(WORKER, case_file(SERVICES), **REFER) == "consent_sharing"
    assert verdict(WORKER, case_file(SERVICES, SHARING), **REFER).reason == ""
    assert denied(WORKER, case_file(SERVICES, SHARING), **{**REFER, "data": ["health"]}) == "consent_sharing"
    assert denied(WORKER, case_file(SERVICES, SHARING), **{**REFER, "to": "salud"}) == "consent_sharing"


def test_the_last_word_counts() -> None:
    refusal = made(Consent, "no", hours=1, person="elvia", purpose=Purpose.SHARING, granted=False, to=("centro",))
    assert denied(WORKER, case_file(SERVICES, SHARING, refusal), **REFER) == "consent_sharing"
    withdrawn = made(
        Consent, "w", hours=1, person="elvia", purpose=Purpose.SHARING, granted=True, to=("centro",), withdrawn_at=NOON
    )
    assert denied(WORKER, case_file(SERVICES, SHARING, withdrawn), **REFER) == "consent_sharing"


def test_a_yes_to_less_leaves_the_wider_one_and_a_no_ends_both() -> None:
    wide = made(Consent, "w", person="elvia", purpose=Purpose.SHARING, granted=True, to=("centro",))
    narrow = made(
        Consent,
        "n",
        hours=1,
        person="elvia",
        purpose=Purpose.SHARING,
        granted=True,
        to=("centro",),
        data=(Data.IDENTITY,),
    )
    told = {**REFER, "data": ["health"]}
    assert verdict(WORKER, case_file(SERVICES, wide, narrow), **told).reason == ""
    refusal = made(Consent, "no", hours=2, person="elvia", purpose=Purpose.SHARING, granted=False, to=("centro",))
    assert denied(WORKER, case_file(SERVICES, wide, narrow, refusal), **told) == "consent_sharing"
    assert denied(WORKER, case_file(SERVICES, wide, narrow, refusal), **REFER) == "consent_sharing"


def test_another_persons_consent_is_not_the_subjects() -> None:
    mother = made(Consent, "m", person="madre", purpose=Purpose.SHARING, granted=True, to=("centro",))
    assert denied(WORKER, case_file(SERVICES, mother), **REFER) == "consent_sharing"


def test_a_service_is_asked_for_with_consent_to_it() -> None:
    service = {"do": "request_service", "kind": "psychosocial", "provider": "centro"}
    assert denied(WORKER, case_file(), **service) == "consent_services"
    assert verdict(WORKER, case_file(SERVICES), **service).reason == ""


def test_a_transfer_needs_consent_to_sharing_alone() -> None:
    action = {"do": "transfer", "to": "centro", "data": ["identity"], "reason": "Cambio de cantón"}
    assert denied(WORKER, case_file(), **action) == "consent_sharing"
    assert verdict(WORKER, case_file(SHARING), **action).reason == ""


def test_an_override_needs_permission_and_a_reason() -> None:
    assert denied(WORKER, case_file(), **REFER, override=REASON) == "override"
    assert denied(WORKER, case_file(risk=Risk.HIGH), **REFER, override="urge") == "override_reason"
    assert verdict(WORKER, case_file(risk=Risk.HIGH), **REFER, override=REASON).reason == REASON
    urgent = made(Concern, "u", kind="gbv_survivor", detail="…", urgent=True)
    assert verdict(WORKER, case_file(urgent), **REFER, override=REASON).reason == REASON
    assert verdict(SUPERVISOR, case_file(), **REFER, override=REASON).reason == REASON


def test_an_override_opens_no_other_condition() -> None:
    closed = case_file(status=Status.CLOSED, risk=Risk.HIGH)
    assert denied(WORKER, closed, **REFER, override=REASON) == "open_case"


@pytest.mark.parametrize("actor", [COLLEAGUE, OTHER_SUPERVISOR])
def test_out_of_scope_is_told_in_the_same_words_as_no_case(actor: Any) -> None:
    with pytest.raises(Denied) as outside:
        verdict(actor, case_file(), do="look")
    with pytest.raises(Denied) as nothing:
        verdict(actor, None, do="look")
    assert str(outside.value) == str(nothing.value)


def test_roles_without_the_permission_are_told_so() -> None:
    assert denied(ADMINISTRATOR, case_file(), do="look") == "role"
    assert denied(RECIPIENT, case_file(), **REFER) == "role"
    assert denied(WORKER, case_file(), do="assign", to="nelly", reason="vacaciones") == "role"


def test_break_the_glass_opens_a_little_for_a_while() -> None:
    glass = made(EmergencyAccess, "g", user="nelly", reason=REASON, until=NOON + timedelta(hours=1))
    assert verdict(COLLEAGUE, case_file(glass), do="look").reason == REASON
    assert denied(COLLEAGUE, case_file(glass), **REFER) == "scope"
    over = made(EmergencyAccess, "g", user="nelly", reason=REASON, until=NOON)
    assert denied(COLLEAGUE, case_file(over), do="look") == "scope"
    assert denied(OTHER_SUPERVISOR, case_file(glass), do="look") == "scope"


def test_break_the_glass_opens_no_less_to_whom_something_was_sent() -> None:
    sent = transition(to="nelly", data=(Data.IDENTITY,))
    glass = made(EmergencyAccess, "g", user="nelly", reason=REASON, until=NOON + timedelta(hours=1))
    assert may_see(COLLEAGUE, case_file(sent), NOON) == (frozenset({"identity"}), "")
    assert may_see(COLLEAGUE, case_file(sent, glass), NOON) == (EVERYTHING, REASON)


def test_an_override_under_break_the_glass_leaves_both_reasons() -> None:
    glass = made(EmergencyAccess, "g", user="nelly", reason=REASON, until=NOON + timedelta(hours=1))
    why = "No contesta y su vecina oyó gritos."
    reach = contact(channel="chat", override=why)
    assert verdict(COLLEAGUE, case_file(glass, risk=Risk.HIGH), **reach).reason == f"{REASON} {why}"


def test_break_the_glass_needs_a_real_reason() -> None:
    assert verdict(COLLEAGUE, case_file(), do="break_glass", reason=REASON).reason == ""
    with pytest.raises(UserError, match="reason"):
        actions.parse({"do": "break_glass", "case": "c1", "reason": "urgente"})


def test_nobody_approves_her_own() -> None:
    asked = made(Approval, "a", kind=ApprovalKind.CASE_PLAN, asked_by="ruth")
    assert denied(SUPERVISOR, case_file(asked), do="decide_approval", approval="a", approved=True) == "not_own_request"
    mine = made(Approval, "a", kind=ApprovalKind.CASE_PLAN, asked_by="marlene")
    assert verdict(SUPERVISOR, case_file(mine), do="decide_approval", approval="a", approved=True).reason == ""
    assert denied(SUPERVISOR, case_file(mine, owner="ruth"), do="decide_approval", approval="a", approved=True) == (
        "not_own_request"
    )


def contact(**changes: Any) -> dict[str, Any]:
    return {"do": "contact", "who": "elvia", "channel": "phone", "purpose": "saber cómo está", **changes}


@pytest.mark.parametrize("channel", ["sms", "chat", "social", "email"])
def test_a_channel_carries_only_what_it_may(channel: str) -> None:
    agreed = made(Consent, "ch", person="elvia", purpose=Purpose.CHANNEL, granted=True, channels=(Channel(channel),))
    told = contact(channel=channel, data=["violence"])
    assert denied(WORKER, case_file(agreed), **told) == "channel_carries"
    assert denied(WORKER, case_file(agreed, risk=Risk.HIGH), **told, override=REASON) == "channel_carries"
    assert verdict(WORKER, case_file(agreed), **contact(channel=channel, data=["appointment"])).reason == ""


@pytest.mark.parametrize("channel", ["video", "sms", "chat", "social", "email"])
def test_a_digital_channel_is_agreed_first(channel: str) -> None:
    assert denied(WORKER, case_file(), **contact(channel=channel)) == "channel_agreed"
    assert verdict(WORKER, case_file(risk=Risk.HIGH), **contact(channel=channel), override=REASON).reason == REASON
    assert verdict(WORKER, case_file(), **contact(channel=channel, incoming=True)).reason == ""
    assert verdict(WORKER, case_file(), **contact()).reason == ""


@pytest.mark.parametrize("account", ["personal", "borrowed"])
def test_only_accounts_of_the_institution(account: str) -> None:
    assert denied(WORKER, case_file(risk=Risk.HIGH), **contact(account=account), override=REASON) == (
        "institutional_account"
    )
    assert verdict(WORKER, case_file(), **{**contact(account=account), "do": "outside_contact"}).reason == ""


def test_telling_third_parties_needs_consent() -> None:
    assert denied(WORKER, case_file(), **contact(who="centro", data=["health"])) == "told_with_consent"
    assert denied(WORKER, case_file(SHARING), **contact(who="centro", data=["health"])) == "told_with_consent"
    assert verdict(WORKER, case_file(SHARING), **contact(who="centro", data=["identity"])).reason == ""
    assert verdict(WORKER, case_file(), **contact(who="centro", data=["appointment"])).reason == ""


def test_who_wrote_first_is_told_no_more_than_others() -> None:
    answer = contact(who="centro", channel="email", incoming=True)
    assert denied(WORKER, case_file(), **answer, data=["identity"]) == "told_with_consent"
    assert denied(WORKER, case_file(SHARING), **answer, data=["health"]) == "channel_carries"
    assert verdict(WORKER, case_file(SHARING), **answer, data=["identity"]).reason == ""


@pytest.mark.parametrize("id", ["centro", "lia"])
def test_who_receives_does_not_pass_for_a_person_of_the_case(id: str) -> None:
    """What a person of the case is told takes no consent to sharing."""
    assert denied(WORKER, case_file(), do="add_person", person=id, name="Lía", relation="tía") == "person"
    register = {"do": "register", "case": "c2", "code": "SIM-2", "person": id, "name": "Lía", "canton": "Chone"}
    with pytest.raises(Denied) as caught:
        check(WORKER, actions.parse(register), None, NOON, organisations=ORGANISATIONS)
    assert caught.value.condition == "person"
    assert verdict(WORKER, case_file(), do="add_person", person="tia", name="Lía", relation="tía").reason == ""


@pytest.mark.parametrize("channels", [(), (Channel.SOCIAL,), (Channel.IN_PERSON, Channel.CHAT)])
def test_a_restriction_holds_on_social_networks_too(channels: tuple[Channel, ...]) -> None:
    father = made(Person, "padre", name="Wilmer", relation="padre")
    plan = made(Plan, "p", goals=(), agreed=True, restrictions=(Restriction(who="padre", channels=channels),))
    reach = contact(who="padre", channel="social")
    assert denied(WORKER, case_file(father, plan), **reach) == "unrestricted"
    assert denied(SUPERVISOR, case_file(father, plan), **reach, override=REASON) == "unrestricted"
    by_phone = contact(who="padre")
    if channels:
        assert verdict(WORKER, case_file(father, plan), **by_phone).reason == ""
    else:
        assert denied(WORKER, case_file(father, plan), **by_phone) == "unrestricted"


def test_of_two_plans_made_at_the_same_moment_the_later_counts() -> None:
    free = made(Plan, "p", goals=(), agreed=True)
    bans = made(Plan, "q", goals=(), agreed=True, restrictions=(Restriction(who="elvia", channels=()),))
    assert denied(WORKER, case_file(free, bans), **contact()) == "unrestricted"
    assert verdict(WORKER, case_file(bans, free), **contact()).reason == ""


def transition(status: TransitionStatus = TransitionStatus.IN_PROGRESS, **changes: Any) -> Transition:
    told = {"kind": TransitionKind.REFERRAL, "to": "centro", "reason": "…", "data": (Data.HEALTH,), **changes}
    return made(Transition, "t", status=status, **told)  # type: ignore[no-any-return]


def test_only_the_addressee_answers_and_only_once() -> None:
    answer = {"do": "answer_transition", "transition": "t", "accept": True}
    assert verdict(RECIPIENT, case_file(transition()), **answer).reason == ""
    assert denied(WORKER, case_file(transition()), **answer) == "addressed"
    assert denied(RECIPIENT, case_file(transition(TransitionStatus.ACCEPTED)), **answer) == "pending"
    wanted = transition(kind=TransitionKind.TRANSFER_REQUEST, to="nelly")
    assert verdict(WORKER, case_file(wanted), **answer).reason == ""
    assert denied(COLLEAGUE, case_file(wanted), **answer) == "addressed"


def test_what_each_one_sees() -> None:
    assert may_see(WORKER, case_file(), NOON) == (EVERYTHING, "")
    assert may_see(SUPERVISOR, case_file(), NOON) == (EVERYTHING, "")
    seen, _reason = may_see(RECIPIENT, case_file(transition()), NOON, organisations=ORGANISATIONS)
    assert seen == {"identity", "health"}
    for status in (TransitionStatus.REVOKED, TransitionStatus.REJECTED, TransitionStatus.DONE):
        with pytest.raises(Denied):
            may_see(RECIPIENT, case_file(transition(status)), NOON, organisations=ORGANISATIONS)
    with pytest.raises(Denied):
        may_see(ADMINISTRATOR, case_file(), NOON)
    wanted = transition(kind=TransitionKind.TRANSFER_REQUEST, to="nelly")
    with pytest.raises(Denied):
        may_see(COLLEAGUE, case_file(wanted), NOON)


@pytest.mark.parametrize(("to", "actor"), [("centro", RECIPIENT), (RECIPIENT.id, RECIPIENT), ("nelly", COLLEAGUE)])
def test_who_was_given_a_document_sees_it_and_who_it_is_about(to: str, actor: Actor) -> None:
    report = made(Document, "d", title="Informe", kind="informe", data=(Data.HEALTH,), shared_with=(to,))
    other = made(Document, "o", title="Otro", kind="informe", data=(Data.JUSTICE,), shared_with=("otra",))
    seen, reason = may_see(actor, case_file(report, other), NOON, organisations=ORGANISATIONS)
    assert seen == {"identity", "health"}
    assert reason == ""
    done = transition(TransitionStatus.DONE)
    assert may_see(actor, case_file(report, done), NOON, organisations=ORGANISATIONS)[0] == seen
    with pytest.raises(Denied):
        may_see(actor, case_file(other), NOON, organisations=ORGANISATIONS)


def test_closing_needs_approval_and_nothing_pending() -> None:
    close = {"do": "close", "reason": "formal_closing", "summary": "Objetivos cumplidos."}
    approved = made(Approval, "a", kind=ApprovalKind.CLOSURE, status=ApprovalStatus.APPROVED, asked_by="marlene")
    assert denied(WORKER, case_file(), **close) == "closure_approved"
    assert verdict(WORKER, case_file(approved), **close).reason == ""
    assert denied(WORKER, case_file(approved, transition()), **close) == "nothing_pending"
    untold = made(Incident, "i", what="…", known_at=MONDAY)
    assert denied(WORKER, case_file(approved, untold), **close) == "nothing_pending"
    for risk, owed in ((Risk.HIGH, True), (Risk.MEDIUM, True), (Risk.LOW, False), (None, False)):
        known: dict[str, Any] = {"what": "…", "known_at": MONDAY, "supervisor_at": MONDAY, "risk": risk}
        to_tell = case_file(approved, made(Incident, "i", **known))
        if owed:
            assert denied(WORKER, to_tell, **close) == "nothing_pending"
        else:
            assert verdict(WORKER, to_tell, **close).reason == ""
        told = case_file(approved, made(Incident, "i", **known, people_at=MONDAY))
        assert verdict(WORKER, told, **close).reason == ""
    assert denied(WORKER, case_file(), do="reopen", reason="volvió") == "closed_case"


def test_an_incident_is_told_to_the_supervisor_first() -> None:
    told = {"do": "notify_incident", "incident": "i", "text": "Se envió una nota a otra persona."}
    untold = case_file(made(Incident, "i", what="…", known_at=MONDAY))
    assert denied(WORKER, untold, **told, whom="people") == "supervisor_told_first"
    assert verdict(WORKER, untold, **told, whom="supervisor").reason == ""
    assert denied(WORKER, case_file(), **told, whom="supervisor") == "incident_known"


def test_the_closure_of_before_a_case_was_reopened_is_over() -> None:
    close = {"do": "close", "reason": "formal_closing", "summary": "Objetivos cumplidos."}
    told: dict[str, Any] = {"kind": ApprovalKind.CLOSURE, "status": ApprovalStatus.APPROVED, "asked_by": "marlene"}
    again = made(Closure, "r", hours=1, reason="volvió", summary="", person_informed=False, reopened=True)
    assert denied(WORKER, case_file(made(Approval, "a", **told), again), **close) == "closure_approved"
    assert verdict(WORKER, case_file(made(Approval, "a", hours=2, **told), again), **close).reason == ""
    no = made(Approval, "b", hours=2, **{**told, "status": ApprovalStatus.REJECTED})
    assert denied(WORKER, case_file(made(Approval, "a", **told), no), **close) == "closure_approved"


def test_of_two_words_at_the_same_moment_the_later_counts() -> None:
    no = made(Consent, "no", person="elvia", purpose=Purpose.SHARING, granted=False, to=("centro",))
    assert denied(WORKER, case_file(SERVICES, SHARING, no), **REFER) == "consent_sharing"
    assert verdict(WORKER, case_file(SERVICES, no, SHARING), **REFER).reason == ""


def test_the_remaining_conditions() -> None:
    plan = {"do": "make_plan", "goals": [{"need": "a", "goal": "b", "action": "c", "who": "d", "days": 7}]}
    assert denied(WORKER, case_file(), **plan) == "assessed"
    assessed = made(Assessment, "v", risk=Risk.LOW, facts="…", opinion="…", with_person=True)
    assert verdict(WORKER, case_file(assessed), **plan).reason == ""
    assert denied(WORKER, case_file(), do="withdraw_consent", consent="nada") == "consent_known"
    assert denied(WORKER, case_file(), do="share_document", document="nada", to="centro") == "document_known"
    report = made(Document, "d", title="Informe", kind="informe", data=(Data.HEALTH,))
    assert denied(WORKER, case_file(report), do="share_document", document="d", to="centro") == "consent_sharing"
    assert denied(WORKER, case_file(), do="revoke_transition", transition="t", reason="error") == "revocable"
    assert denied(RECIPIENT, case_file(transition()), do="complete_transition", transition="t") == "accepted"
    assert denied(SUPERVISOR, case_file(), do="decide_approval", approval="x", approved=True) == "approval_pending"
    register = {"do": "register", "code": "SIM-2", "person": "p", "name": "Ana", "canton": "Chone"}
    assert denied(WORKER, case_file(), **register) == "new_case"
    assert check(WORKER, actions.parse({"case": "c2", **register}), None, NOON).reason == ""


def test_the_table_reads_well() -> None:
    assert all(rule.text.endswith(".") and rule.scopes for rule in TABLE)
    assert {role for rule in TABLE for role in rule.scopes} == set(Role)


def test_a_refusal_about_a_child_says_who_answers() -> None:
    child = made(Person, "elvia", name="Elvia", relation="titular", age=9)
    own = made(Consent, "c", person="elvia", purpose=Purpose.SERVICES, granted=True)
    mothers = made(
        Consent, "m", person="elvia", purpose=Purpose.SERVICES, granted=True, given_by=GivenBy.CAREGIVER, assent=True
    )
    with pytest.raises(Denied, match="quien la representa"):
        verdict(WORKER, case_file(child, own), **REFER)
    assert denied(WORKER, case_file(child, own, mothers), **REFER) == "consent_sharing"
    with pytest.raises(Denied) as grown:
        verdict(WORKER, case_file(), **REFER)
    assert "representa" not in str(grown.value)
