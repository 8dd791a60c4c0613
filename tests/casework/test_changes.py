"""What each action puts into a case, one by one."""

from datetime import timedelta
from typing import Any, get_args

import pytest

from ciberaula.casework.actions import Action
from ciberaula.casework.changes import CHANGES
from ciberaula.casework.entities import (
    Approval,
    Assessment,
    Case,
    Closure,
    Concern,
    Consultation,
    EmergencyAccess,
    Flag,
    FollowUp,
    Goal,
    Household,
    Incident,
    Note,
    Person,
    Plan,
    Relation,
    Restriction,
    Search,
)
from ciberaula.casework.vocabulary import (
    ApprovalKind,
    ApprovalStatus,
    Channel,
    Data,
    Risk,
    Status,
)
from ciberaula.errors import UserError
from tests.casework.worlds import BECAUSE, CASE, PERSON, START, World, a_world, fields

GOAL = {"need": "techo", "goal": "dormir segura", "action": "llamar", "who": "Marlene", "days": 3}


@pytest.fixture
def world() -> World:
    return a_world()


def test_every_action_that_changes_something_has_its_function() -> None:
    names = {model.model_fields["do"].annotation for model in get_args(get_args(Action)[0])}
    assert {get_args(name)[0] for name in names} - {"look"} == set(CHANGES)


# The case and its people


def test_registering_opens_a_case_with_its_person_and_home() -> None:
    world = World()
    case, person, home = world.register(device="shared", connection="none", phone_note="de día").entities
    assert isinstance(case, Case) and isinstance(person, Person) and isinstance(home, Household)
    assert fields(case, "id", "case_id", "code", "subject") == (CASE, CASE, "SIM-c1", PERSON)
    assert fields(case, "owner", "group", "status", "risk") == ("marlene", "equipo-sur", Status.OPEN, None)
    assert fields(case, "opened_at", "made_at", "made_by") == (START, START, "marlene")
    assert fields(person, "id", "name", "age", "relation", "phone_note") == (PERSON, "Elvia", 34, "titular", "de día")
    assert fields(home, "id", "canton", "area", "device", "connection") == ("t1.1", "Chone", "rural", "shared", "none")
    assert home.members == (PERSON,)


def test_a_case_and_its_person_are_two_things() -> None:
    with pytest.raises(UserError, match="«c1» ya se usa"):
        World().register(person=CASE)


def test_a_person_is_added_and_then_corrected(world: World) -> None:
    world.do("marlene", "add_person", person="rosa", name="Rosa", relation="hija", age=9)
    world.later(hours=1)
    world.do("marlene", "add_person", person="rosa", name="Rosa Elena", relation="hija", age=10)
    people = {one.id: one for one in world.file.of(Person)}
    assert list(people) == [PERSON, "rosa"]
    assert fields(people["rosa"], "name", "age", "made_at") == ("Rosa Elena", 10, world.now)


def test_an_id_names_one_thing_in_a_case(world: World) -> None:
    world.do("marlene", "raise_flag", id="n1", reason="ver")
    with pytest.raises(UserError, match="«n1» ya existe en el caso «c1»"):
        world.do("marlene", "write_note", id="n1", facts="Vino.")
    with pytest.raises(UserError, match="«n1» ya existe"):
        world.do("marlene", "add_person", person="n1", name="Rosa", relation="hija")


def test_a_tie_said_again_is_the_same_and_a_couple_may_part(world: World) -> None:
    for kind in ("partner", "tension", "former_partner", "tension"):
        world.do("marlene", "relate", one=PERSON, other="luis", kind=kind)
    world.do("marlene", "relate", one="luis", other=PERSON, kind="tension")
    ties = [(one.one, one.kind) for one in world.file.of(Relation)]
    assert ties == [(PERSON, "former_partner"), (PERSON, "tension"), ("luis", "tension")]


def test_a_tie_that_goes_both_ways_is_one_whoever_is_named_first(world: World) -> None:
    world.do("marlene", "relate", one=PERSON, other="luis", kind="partner")
    world.do("marlene", "relate", one="luis", other=PERSON, kind="former_partner")
    for one, other in ((PERSON, "ana"), ("ana", PERSON)):
        world.do("marlene", "relate", one=one, other=other, kind="sibling")
    ties = [(one.one, one.other, one.kind) for one in world.file.of(Relation)]
    assert ties == [(PERSON, "luis", "former_partner"), (PERSON, "ana", "sibling")]


def test_nobody_is_the_mother_of_her_mother(world: World) -> None:
    world.do("marlene", "relate", one="rosa", other=PERSON, kind="parent")
    with pytest.raises(UserError, match="al revés") as caught:
        world.do("marlene", "relate", one=PERSON, other="rosa", kind="parent")
    assert "\n" not in str(caught.value)
    world.do("marlene", "relate", one=PERSON, other="rosa", kind="carer")  # a daughter may care for her mother
    assert [one.kind for one in world.file.of(Relation)] == ["parent", "carer"]


def test_a_home_is_described_anew(world: World) -> None:
    world.do("marlene", "set_household", canton="Tena", area="urban", device="own", connection="good", members=[PERSON])
    (home,) = world.file.of(Household)
    assert fields(home, "id", "canton", "area", "device", "connection") == ("t1.1", "Tena", "urban", "own", "good")


def test_a_concern(world: World) -> None:
    world.do("marlene", "raise_concern", id="w", kind="gbv_survivor", detail="Amenazas.", urgent=True)
    assert fields(world.file.of(Concern)[0], "id", "kind", "detail", "urgent") == (
        "w",
        "gbv_survivor",
        "Amenazas.",
        True,
    )


# Assessment, plan, approval, follow-up, notes, closure


def test_an_assessment_sets_the_risk_of_the_case(world: World) -> None:
    done = world.do("marlene", "assess", risk="high", facts="Amenazas.", opinion="Grave.", with_person=True)
    assert [type(one) for one in done.entities] == [Assessment, Case]
    assert world.file.case.risk is Risk.HIGH
    again = world.do("marlene", "assess", risk="high", facts="Sigue igual.")
    assert [type(one) for one in again.entities] == [Assessment]
    assert fields(world.file.of(Assessment)[0], "facts", "opinion", "with_person") == ("Amenazas.", "Grave.", True)


def test_a_plan_and_its_newer_version(world: World) -> None:
    world.do("marlene", "assess", risk="low", facts="Tranquila.")
    world.do(
        "marlene",
        "make_plan",
        id="plan",
        goals=[GOAL],
        agreed=True,
        safe_contact="de día",
        review_days=14,
        restrictions=[{"who": "luis", "channels": ["chat"], "reason": "orden"}],
    )
    plan = world.file.of(Plan)[0]
    assert plan.goals == (
        Goal(need="techo", goal="dormir segura", action="llamar", who="Marlene", due=START + timedelta(days=3)),
    )
    assert plan.restrictions == (Restriction(who="luis", channels=(Channel.CHAT,), reason="orden"),)
    assert fields(plan, "agreed", "safe_contact", "review_at") == (True, "de día", START + timedelta(days=14))
    world.later(days=7)
    world.do("marlene", "make_plan", plan="plan", goals=[GOAL, GOAL])
    (newer,) = world.file.of(Plan)
    assert (newer.id, len(newer.goals), newer.review_at, newer.restrictions) == ("plan", 2, None, ())
    with pytest.raises(UserError, match="no hay «plan-2»"):
        world.do("marlene", "make_plan", plan="plan-2", goals=[GOAL])


def test_an_approval_is_asked_and_decided(world: World) -> None:
    world.do("marlene", "request_approval", id="ok", what="closure")
    assert fields(world.file.of(Approval)[0], "kind", "status", "asked_by") == (
        ApprovalKind.CLOSURE,
        ApprovalStatus.REQUESTED,
        "marlene",
    )
    world.do("ruth", "decide_approval", approval="ok", approved=False, reason="falta avisar")
    found = world.file.of(Approval)[0]
    assert fields(found, "status", "asked_by", "decided_by", "reason") == (
        ApprovalStatus.REJECTED,
        "marlene",
        "ruth",
        "falta avisar",
    )


def test_a_follow_up_is_done_once(world: World) -> None:
    world.do("marlene", "plan_follow_up", id="f", kind="for_service", days=5)
    assert world.file.of(FollowUp)[0].due == START + timedelta(days=5)
    world.later(days=5)
    world.do("marlene", "follow_up", follow_up="f", comment="Fue a la cita.")
    assert fields(world.file.of(FollowUp)[0], "done_at", "comment") == (world.now, "Fue a la cita.")
    with pytest.raises(UserError, match="ya está hecho"):
        world.do("marlene", "follow_up", follow_up="f", comment="Otra vez.")


def test_a_note_says_when_it_happened(world: World) -> None:
    contact = world.do("marlene", "contact", who=PERSON, channel="phone", purpose="saber cómo está").entities[0]
    world.do(
        "marlene", "write_note", facts="Lloró.", opinion="Miedo.", next="Llamar.", contact=contact.id, hours_ago=2.5
    )
    note = world.file.of(Note)[0]
    assert fields(note, "facts", "opinion", "next", "contact") == ("Lloró.", "Miedo.", "Llamar.", contact.id)
    assert note.happened_at == START - timedelta(hours=2.5) and note.made_at == START
    with pytest.raises(UserError, match="no hay «nunca»"):
        world.do("marlene", "write_note", facts="x", contact="nunca")


def test_a_flag_is_raised_and_lowered_once(world: World) -> None:
    world.do("marlene", "raise_flag", id="f", reason="ver en equipo", days=2)
    world.do("marlene", "lower_flag", flag="f", reason="visto")
    assert fields(world.file.of(Flag)[0], "due", "lowered_at", "lowered_why") == (
        START + timedelta(days=2),
        START,
        "visto",
    )
    with pytest.raises(UserError, match="ya se quitó"):
        world.do("marlene", "lower_flag", flag="f", reason="visto")


def test_asking_searching_and_breaking_the_glass(world: World) -> None:
    world.do("marlene", "consult", to="ruth", question="¿Qué hago?")
    world.do("marlene", "search_online", about="luis", where="red social", purpose="saber si volvió")
    world.do("nadia", "break_glass", reason=BECAUSE, hours=3)
    assert fields(world.file.of(Consultation)[0], "to", "question", "answer") == ("ruth", "¿Qué hago?", "")
    assert fields(world.file.of(Search)[0], "about", "where", "authorised_by") == ("luis", "red social", "")
    assert fields(world.file.of(EmergencyAccess)[0], "user", "reason", "until") == (
        "nadia",
        BECAUSE,
        START + timedelta(hours=3),
    )


def test_closing_and_reopening(world: World) -> None:
    world.do("marlene", "request_approval", id="ok", what="closure")
    world.do("ruth", "decide_approval", approval="ok", approved=True)
    world.later(days=1)
    world.do("marlene", "close", reason="formal_closing", summary="Logrado.", person_informed=True)
    assert fields(world.file.case, "status", "closed_at", "reopened_at") == (Status.CLOSED, world.now, None)
    world.later(days=30)
    world.do("marlene", "reopen", reason="Pidió ayuda otra vez.")
    assert fields(world.file.case, "status", "closed_at", "reopened_at") == (Status.OPEN, None, world.now)
    found = [fields(one, "reason", "summary", "person_informed", "reopened") for one in world.file.of(Closure)]
    assert found == [("formal_closing", "Logrado.", True, False), ("Pidió ayuda otra vez.", "", False, True)]


# Incidents


def test_the_life_of_an_incident(world: World) -> None:
    """First times stay: terms count from them. What was written is kept, whoever wrote it."""
    world.do(
        "marlene", "detect_incident", id="i", what="Correo al grupo equivocado", data=["violence"], people=[PERSON]
    )
    world.later(minutes=10)
    contained = world.now
    world.do("marlene", "contain_incident", incident="i", measures="Se borró el correo.")
    world.later(minutes=10)
    told = world.now
    world.do("marlene", "notify_incident", incident="i", whom="supervisor", text="Aviso a Ruth.")
    world.later(minutes=10)
    rated = world.now
    world.do("marlene", "rate_incident", incident="i", risk="high", why="El agresor está en el grupo.")
    world.later(minutes=10)
    for _again in range(2):
        world.do("marlene", "contain_incident", incident="i", measures="Se pidió no reenviar.")
        world.do("marlene", "notify_incident", incident="i", whom="supervisor", text="Otra vez.")
        world.do("marlene", "rate_incident", incident="i", risk="high", why="Sigue.")
    authority = world.now
    world.do("marlene", "notify_incident", incident="i", whom="authority", text="Aviso formal.")
    world.later(minutes=10)
    world.do("marlene", "notify_incident", incident="i", whom="people", text="Le contamos a Elvia.")
    found = world.file.of(Incident)[0]
    assert fields(found, "known_at", "contained_at", "supervisor_at", "risk_known_at", "authority_at", "people_at") == (
        START,
        contained,
        told,
        rated,
        authority,
        world.now,
    )
    assert fields(found, "risk", "data", "people") == (Risk.HIGH, (Data.VIOLENCE,), (PERSON,))
    assert len(found.measures.splitlines()) == 11
    assert found.measures.startswith("2026-03-09 08:10 · Se borró el correo.\n2026-03-09 08:20 · Aviso a Ruth.")


def test_a_new_rating_counts_from_when_it_was_made(world: World) -> None:
    world.do("marlene", "detect_incident", id="i", what="x")
    world.do("marlene", "rate_incident", incident="i", risk="low", why="x")
    world.later(days=1)
    world.do("marlene", "rate_incident", incident="i", risk="medium", why="x")
    assert world.file.of(Incident)[0].risk_known_at == world.now


@pytest.mark.parametrize(
    ("do", "given"),
    [
        ("update_service", {"service": "x", "status": "declined"}),
        ("follow_up", {"follow_up": "x", "comment": "y"}),
        ("lower_flag", {"flag": "x", "reason": "y"}),
    ],
)
def test_what_the_file_does_not_have_is_told_and_nothing_happens(world: World, do: str, given: dict[str, Any]) -> None:
    before = world.desk.audit()
    with pytest.raises(UserError, match="En el caso «c1» no hay «x»: elíjalo de la lista"):
        world.do("marlene", do, **given)
    assert world.desk.audit() == before
