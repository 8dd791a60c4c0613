"""What each action puts into a case file: what leaves the desk or comes to it, and the consent it relies on."""

from datetime import timedelta
from typing import Any

import pytest

from ciberaula.casework.entities import (
    Consent,
    Contact,
    Document,
    Service,
    Transition,
)
from ciberaula.casework.requirements import Denied
from ciberaula.casework.store.protocol import Query
from ciberaula.casework.vocabulary import (
    Account,
    Channel,
    Data,
    Purpose,
    ServiceStatus,
    Status,
    TransitionKind,
    TransitionStatus,
)
from ciberaula.errors import UserError
from tests.casework.worlds import BECAUSE, PERSON, START, USERS, World, a_world, fields, statuses


@pytest.fixture
def world() -> World:
    return a_world()


# Consent and what relies on it


def test_a_consent_is_written_down_and_withdrawn_once(world: World) -> None:
    done = world.do(
        "marlene",
        "record_consent",
        person=PERSON,
        purpose="channel",
        granted=True,
        channels=["chat"],
        how="por llamada",
        given_by="caregiver",
        assent=True,
    )
    consent = world.file.of(Consent)[0]
    assert consent == done.entities[0]
    assert fields(consent, "purpose", "channels", "how", "assent") == (
        Purpose.CHANNEL,
        (Channel.CHAT,),
        "por llamada",
        True,
    )
    world.later(days=1)
    world.do("marlene", "withdraw_consent", consent=consent.id)
    assert world.file.of(Consent)[0].withdrawn_at == world.now
    with pytest.raises(UserError, match="ya se retiró"):
        world.do("marlene", "withdraw_consent", consent=consent.id)


def sent_three_ways(world: World) -> str:
    """A referral in progress, one accepted, and a pending transfer, all to one centre; the id of the consent."""
    consent = world.agree()
    for id in ("pending", "accepted"):
        world.do("marlene", "refer", id=id, to="centro-mujer", reason="apoyo")
    world.do("lia", "answer_transition", transition="accepted", accept=True)
    world.do("marlene", "transfer", id="moved", to="centro-mujer", reason="cambio")
    return consent


def test_withdrawing_consent_ends_what_relied_on_it_and_says_so(world: World) -> None:
    consent = sent_three_ways(world)
    world.later(hours=1)
    done = world.do("marlene", "withdraw_consent", consent=consent)
    assert set(statuses(world).values()) == {TransitionStatus.REVOKED}
    assert done.line.startswith("Se anularon 3 envíos que se apoyaban en ese consentimiento")
    assert {one.id for one in done.entities} == {consent, "pending", "accepted", "moved"}
    assert done.entry.entities == tuple(one.id for one in done.entities)


def test_a_later_no_ends_it_too(world: World) -> None:
    world.agree()
    world.do("marlene", "refer", id="r", to="centro-mujer", reason="apoyo")
    world.later(minutes=5)
    done = world.do("marlene", "record_consent", person=PERSON, purpose="sharing", granted=False, to=["centro-mujer"])
    assert statuses(world) == {"r": TransitionStatus.REVOKED}
    assert done.line.startswith("Se anuló 1 envío")


def test_without_consent_to_services_a_referral_ends_and_a_transfer_goes_on(world: World) -> None:
    sent_three_ways(world)
    world.later(minutes=5)
    services = next(one.id for one in world.file.of(Consent) if one.purpose is Purpose.SERVICES)
    world.do("marlene", "withdraw_consent", consent=services)
    assert statuses(world) == {
        "pending": TransitionStatus.REVOKED,
        "accepted": TransitionStatus.REVOKED,
        "moved": TransitionStatus.IN_PROGRESS,
    }


def test_a_document_is_shared_as_long_as_the_consent_to_it_lasts(world: World) -> None:
    world.agree(data=["identity"])
    to_health: dict[str, Any] = {
        "person": PERSON,
        "purpose": "sharing",
        "granted": True,
        "to": ["centro-mujer"],
        "data": ["health"],
    }
    world.do("marlene", "record_consent", id="health", **to_health)
    world.do("marlene", "refer", id="r", to="centro-mujer", data=["identity"], reason="apoyo")
    world.do("marlene", "add_document", id="d", title="Informe médico", kind="informe", data=["health"])
    world.do("marlene", "share_document", document="d", to="centro-mujer")
    assert world.look("lia").file.of(Document)
    world.later(hours=1)
    done = world.do("marlene", "withdraw_consent", consent="health")
    assert world.look("lia").file.of(Document) == []
    assert statuses(world) == {"r": TransitionStatus.IN_PROGRESS}
    assert done.line.startswith("Se anuló 1 envío")


def test_a_document_alone_is_seen_until_the_consent_is_withdrawn(world: World) -> None:
    consent = world.agree(data=["health"])
    world.do("marlene", "add_document", id="d", title="Informe médico", kind="informe", data=["health"])
    world.do("marlene", "add_document", id="o", title="Otro", kind="informe", data=["health"])
    with pytest.raises(Denied):
        world.look("lia")
    world.do("marlene", "share_document", document="d", to="centro-mujer")
    view = world.look("lia")
    assert view.visible == {"identity", "health"}
    assert [one.id for one in view.file.of(Document)] == ["d"]
    assert [line.case_id for line in world.desk.find(USERS["lia"], Query(), action_id="f1")] == ["c1"]
    world.later(hours=1)
    world.do("marlene", "withdraw_consent", consent=consent)
    with pytest.raises(Denied):
        world.look("lia")
    assert world.desk.find(USERS["lia"], Query(), action_id="f2") == []


def test_a_document_shared_by_an_override_stays_so(world: World) -> None:
    world.do("marlene", "assess", risk="high", facts="Amenazas.")
    world.do("marlene", "add_document", id="d", title="Informe médico", kind="informe", data=["health"])
    world.do("marlene", "share_document", document="d", to="centro-mujer", override=BECAUSE)
    consent = world.agree(data=["identity"])
    world.do("marlene", "withdraw_consent", consent=consent)
    assert world.file.of(Document)[0].shared_with == ("centro-mujer",)


def test_what_does_not_rely_on_it_goes_on(world: World) -> None:
    world.do("marlene", "assess", risk="high", facts="Amenazas.")
    world.do("marlene", "refer", id="override", to="centro-mujer", reason="apoyo", override=BECAUSE)
    consent = world.agree()
    world.do("marlene", "record_consent", person=PERSON, purpose="sharing", granted=True, to=["centro-salud"])
    world.do("marlene", "refer", id="elsewhere", to="centro-salud", reason="control")
    world.do("marlene", "record_consent", id="ch", person=PERSON, purpose="channel", granted=True, channels=["sms"])
    done = world.do("marlene", "withdraw_consent", consent="ch")
    assert done.line == ""
    done = world.do("marlene", "withdraw_consent", consent=consent)
    assert set(statuses(world).values()) == {TransitionStatus.IN_PROGRESS}
    assert done.line == "" and len(done.entities) == 1


def test_an_override_is_written_only_where_it_stood_in_for_consent(world: World) -> None:
    world.do("marlene", "assess", risk="high", facts="Amenazas.")
    world.do("marlene", "refer", id="without", to="centro-mujer", reason="apoyo", override=BECAUSE)
    world.agree()
    world.do("marlene", "refer", id="with", to="centro-mujer", reason="apoyo", override=BECAUSE)
    assert [one.override for one in world.file.of(Transition)] == [BECAUSE, ""]


# Services, transitions, contacts, documents


def test_a_service_and_its_appointment(world: World) -> None:
    world.agree()
    world.do("marlene", "request_service", id="s", kind="psychosocial", provider="centro-salud")
    world.do("marlene", "request_service", id="dated", kind="health_medical", provider="centro-salud", days=2)
    asked, dated = world.file.of(Service)
    assert fields(asked, "status", "appointment_at") == (ServiceStatus.REQUESTED, None)
    assert fields(dated, "status", "appointment_at") == (ServiceStatus.APPOINTED, START + timedelta(days=2))
    world.do("marlene", "update_service", service="s", status="appointed", days=9)
    world.do("marlene", "update_service", service="dated", status="declined", days=1)
    world.later(days=9)
    asked, dated = world.file.of(Service)
    assert asked.appointment_at == START + timedelta(days=9)
    assert fields(dated, "status", "appointment_at") == (ServiceStatus.DECLINED, START + timedelta(days=2))
    world.do("marlene", "update_service", service="s", status="implemented")
    assert fields(world.file.of(Service)[0], "status", "implemented_at") == (ServiceStatus.IMPLEMENTED, world.now)


def test_a_referral_is_accepted_and_attended_to(world: World) -> None:
    world.agree(data=["identity", "health"])
    world.do("marlene", "refer", id="r", to="centro-mujer", data=["identity", "health"], reason="apoyo")
    sent = world.file.of(Transition)[0]
    assert fields(sent, "kind", "to", "data", "status", "override") == (
        TransitionKind.REFERRAL,
        "centro-mujer",
        (Data.IDENTITY, Data.HEALTH),
        TransitionStatus.IN_PROGRESS,
        "",
    )
    world.do("lia", "answer_transition", transition="r", accept=True, reason="la esperamos")
    assert fields(world.file.of(Transition)[0], "status", "answer", "answered_at", "data") == (
        TransitionStatus.ACCEPTED,
        "la esperamos",
        START,
        sent.data,
    )
    assert world.file.case.owner == "marlene"
    world.do("lia", "complete_transition", transition="r")
    assert fields(world.file.of(Transition)[0], "status", "answer") == (TransitionStatus.DONE, "la esperamos")


def test_accepting_a_transfer_changes_the_owner(world: World) -> None:
    world.agree(to=["nadia", "pablo"])
    world.do("marlene", "transfer", id="a", to="nadia", reason="se mudó")
    world.do("marlene", "transfer", id="b", to="pablo", reason="por si acaso")
    world.do("nadia", "answer_transition", transition="a", accept=True)
    assert fields(world.file.case, "owner", "previous_owner", "group", "status") == (
        "nadia",
        "marlene",
        "equipo-norte",
        Status.OPEN,
    )
    assert statuses(world) == {"a": TransitionStatus.ACCEPTED, "b": TransitionStatus.REVOKED}


def test_a_transfer_to_another_institution_leaves_this_one(world: World) -> None:
    world.agree()
    world.do("marlene", "transfer", id="a", to="centro-mujer", reason="se mudó")
    world.do("lia", "answer_transition", transition="a", accept=True)
    assert fields(world.file.case, "owner", "group", "status") == ("lia", "centro-mujer", Status.TRANSFERRED)


def test_a_transfer_that_is_rejected_changes_no_owner(world: World) -> None:
    world.agree()
    world.do("marlene", "transfer", id="a", to="centro-mujer", reason="se mudó")
    done = world.do("lia", "answer_transition", transition="a", accept=False, reason="sin cupo")
    assert [fields(one, "status", "answer") for one in done.entities] == [(TransitionStatus.REJECTED, "sin cupo")]
    assert world.file.case.owner == "marlene"


def test_a_request_for_a_transfer_is_granted_and_then_the_case_is_sent(world: World) -> None:
    """Granting it shows nothing and moves nothing: the transfer itself needs its consent."""
    world.do("nadia", "request_transfer", id="q", reason="la conozco")
    world.do("marlene", "answer_transition", transition="q", accept=True)
    assert statuses(world) == {"q": TransitionStatus.ACCEPTED}
    assert world.file.case.owner == "marlene"
    world.agree(to=["nadia"])
    world.do("marlene", "transfer", id="t", to="nadia", reason="lo pidió")
    assert statuses(world) == {"q": TransitionStatus.DONE, "t": TransitionStatus.IN_PROGRESS}


def test_taking_back_what_was_sent(world: World) -> None:
    world.agree()
    world.do("marlene", "refer", id="r", to="centro-mujer", reason="apoyo")
    world.do("marlene", "revoke_transition", transition="r", reason="ya no quiere")
    assert fields(world.file.of(Transition)[0], "status", "answer") == (TransitionStatus.REVOKED, "ya no quiere")


def test_assigning_within_the_team(world: World) -> None:
    world.do("ruth", "assign", id="g", to="pablo", reason="vacaciones")
    assert fields(world.file.case, "owner", "previous_owner", "group") == ("pablo", "marlene", "equipo-sur")
    assert fields(world.file.of(Transition)[0], "kind", "to", "status") == (
        TransitionKind.ASSIGNMENT,
        "pablo",
        TransitionStatus.DONE,
    )


@pytest.mark.parametrize(
    ("given", "minutes"),
    [
        ({"channel": "in_person", "account": "none"}, 90),
        ({"channel": "phone"}, 20),
        ({"channel": "platform"}, 20),
        ({"channel": "video", "incoming": True}, 30),
        ({"channel": "phone", "minutes": 0}, 0),
        ({"channel": "phone", "minutes": 7}, 7),
    ],
)
def test_a_contact_takes_its_time(world: World, given: dict[str, Any], minutes: int) -> None:
    world.do("marlene", "contact", who=PERSON, purpose="saber", verified=True, safe_word=True, **given)
    found = world.file.of(Contact)[0]
    assert fields(found, "minutes", "verified", "safe_word", "sanctioned") == (minutes, True, True, True)


def test_what_is_done_outside_the_desk_is_marked(world: World) -> None:
    world.do(
        "marlene",
        "outside_contact",
        who=PERSON,
        channel="chat",
        account="personal",
        purpose="contestar",
        data=["violence"],
    )
    assert fields(world.file.of(Contact)[0], "account", "data", "sanctioned") == (
        Account.PERSONAL,
        (Data.VIOLENCE,),
        False,
    )


def test_a_document_keeps_with_whom_it_was_shared(world: World) -> None:
    world.agree(to=["centro-mujer", "centro-salud"])
    world.do("marlene", "add_document", id="d", title="Informe", kind="informe", data=["health"])
    for to in ("centro-mujer", "centro-salud", "centro-mujer"):
        world.do("marlene", "share_document", document="d", to=to)
    found = world.file.of(Document)[0]
    assert fields(found, "title", "data", "shared_with") == (
        "Informe",
        (Data.HEALTH,),
        ("centro-mujer", "centro-salud"),
    )
