"""The desk: whatever is seen, changed or refused leaves exactly one entry, and nobody sees more than she may."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ciberaula.casework.entities import (
    AuditEntry,
    Concern,
    Consent,
    Contact,
    Document,
    Household,
    Note,
    Person,
    Plan,
    Relation,
    Service,
    Transition,
)
from ciberaula.casework.policy import EVERYTHING, Denied
from ciberaula.casework.store.memory import MemoryStore, MemoryUnit
from ciberaula.casework.store.protocol import Query
from ciberaula.casework.vocabulary import Status, Step, TaskKind
from ciberaula.errors import UserError
from tests.casework.worlds import BECAUSE, CASE, PERSON, START, USERS, World, a_world

HEALTH: dict[str, Any] = {"to": "centro-mujer", "data": ["identity", "health"], "reason": "apoyo"}


@pytest.fixture
def world() -> World:
    return a_world()


def last(world: World) -> AuditEntry:
    return world.desk.audit()[-1]


def found(world: World, user: str, id: str, **query: Any) -> list[str]:
    return [line.case_id for line in world.desk.find(USERS[user], Query(**query), action_id=id)]


# One entry for everything


def test_a_change_leaves_one_entry_with_what_was_put(world: World) -> None:
    done = world.do("marlene", "assess", id="as", risk="high", facts="Amenazas.")
    assert [one.id for one in done.entities] == ["as", CASE]
    assert last(world) == done.entry
    entry = done.entry
    assert (entry.seq, entry.at, entry.actor, entry.kind, entry.action) == (2, START, "marlene", "change", "assess")
    assert (entry.action_id, entry.case_id, entry.entities, entry.reason) == ("t2", CASE, ("as", CASE), "")


@pytest.mark.parametrize(
    "action",
    [
        {"do": "assess", "case": CASE, "risk": "enormous", "facts": "x"},
        {"do": "fly", "case": CASE},
        {"do": "assess", "case": CASE, "risk": "high", "facts": "x", "by": "ruth"},
        {"case": CASE},
    ],
)
def test_what_is_malformed_is_told_and_leaves_nothing(world: World, action: dict[str, Any]) -> None:
    before = world.desk.audit()
    with pytest.raises(UserError) as caught:
        world.desk.do(USERS["marlene"], action, action_id="x")
    assert not isinstance(caught.value, Denied) and "\n" not in str(caught.value)
    assert world.desk.audit() == before


def test_a_refused_attempt_is_audited_with_the_condition_and_changes_nothing(world: World) -> None:
    before = world.file
    with pytest.raises(Denied, match="consentimiento"):
        world.do("marlene", "refer", action_id="r1", **HEALTH)
    assert world.file is before
    entry = last(world)
    assert (entry.kind, entry.action, entry.action_id, entry.entities) == ("denied", "refer", "r1", ())
    assert entry.reason == "consent_services"
    world.agree()
    assert not world.do(
        "marlene", "refer", action_id="r1", **HEALTH
    ).repeated  # refused is not done: it may be tried again


def test_an_override_is_audited_with_its_reason(world: World) -> None:
    world.do("marlene", "assess", risk="high", facts="Amenazas.")
    done = world.do("marlene", "refer", override=BECAUSE, **HEALTH)
    assert done.entry.reason == BECAUSE


def test_all_or_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that fails between the change and its entry keeps neither."""

    def fail(_unit: MemoryUnit, _entry: AuditEntry) -> None:
        raise OSError("disk full")

    before, entries = world.file, world.desk.audit()
    with monkeypatch.context() as patch:
        patch.setattr(MemoryUnit, "append", fail)
        with pytest.raises(OSError, match="disk full"):
            world.do("marlene", "assess", action_id="a", risk="high", facts="x")
    assert (world.file, world.desk.audit()) == (before, entries)
    assert not world.do("marlene", "assess", action_id="a", risk="high", facts="x").repeated


# The same action twice


def test_an_action_sent_again_is_done_once(world: World) -> None:
    consent = world.agree()
    world.do("marlene", "refer", id="r", **HEALTH)
    first = world.do("marlene", "withdraw_consent", action_id="w", consent=consent)
    entries, file = world.desk.audit(), world.file
    world.later(hours=3)
    again = world.do("marlene", "withdraw_consent", action_id="w", consent=consent)
    assert (again.entities, again.entry, again.line) == (first.entities, first.entry, first.line)
    assert (first.repeated, again.repeated) == (False, True)
    assert (world.desk.audit(), world.file) == (entries, file)


@pytest.mark.parametrize(
    ("user", "do", "given"),
    [
        ("ruth", "raise_flag", {"reason": "ver"}),
        ("marlene", "consult", {"to": "ruth", "question": "¿Y ahora?"}),
        ("marlene", "look", {}),
        ("marlene", "raise_flag", {"reason": "ver", "case": "c2"}),
    ],
)
def test_an_id_used_for_something_else_swallows_nothing(
    world: World, user: str, do: str, given: dict[str, Any]
) -> None:
    world.register(case="c2", person="otra")
    world.do("marlene", "raise_flag", action_id="same", reason="ver")
    entries = world.desk.audit()
    with pytest.raises(UserError, match="«same» ya se usó"):
        world.do(user, do, action_id="same", **given)
    assert world.desk.audit() == entries


def test_a_look_is_never_free(world: World) -> None:
    """Sent again from a desk that was offline it is known; looking again is another look."""
    first = world.do("marlene", "look", action_id="l")
    assert (first.entities, first.entry.kind, first.entry.entities) == ((), "access", ("file",))
    again = world.do("marlene", "look", action_id="l")
    assert again.repeated and again.entry == first.entry
    with pytest.raises(UserError, match="«l» ya se usó"):
        world.desk.look(USERS["marlene"], CASE, action_id="l")
    with pytest.raises(UserError, match="«l» ya se usó"):
        world.desk.find(USERS["marlene"], Query(), action_id="l")
    assert [one.action for one in world.desk.audit()].count("look") == 1


# Who sees what


@pytest.mark.parametrize("user", ["marlene", "ruth"])
def test_whoever_works_on_a_case_sees_it_whole(world: World, user: str) -> None:
    world.do("marlene", "write_note", facts="Vino.")
    view = world.look(user)
    assert view.visible == EVERYTHING and view.file == world.file
    assert (view.entry.kind, view.entry.actor, view.entry.case_id) == ("access", user, CASE)
    assert last(world) == view.entry


@pytest.mark.parametrize("user", ["pablo", "nadia", "olga", "admin", "lia", "ines"])
@pytest.mark.parametrize("case", [CASE, "there-is-none"])
def test_nobody_else_sees_it_nor_learns_whether_it_exists(world: World, user: str, case: str) -> None:
    with pytest.raises(Denied, match="no está entre los que usted puede ver"):
        world.look(user, case=case)
    entry = last(world)
    assert (entry.kind, entry.actor, entry.case_id, entry.reason) == ("denied", user, case, "scope")


@pytest.mark.parametrize("part", ["identity", "notes", "documents", "audit"])
def test_a_part_of_a_file_shows_that_part(world: World, part: str) -> None:
    world.do("marlene", "write_note", facts="Vino.")
    world.do("marlene", "add_document", title="Informe", kind="informe")
    view = world.look("marlene", part)
    kinds = {"identity": {Person, Household}, "notes": {Note}, "documents": {Document}, "audit": set()}[part]
    assert {type(one) for one in view.file} - {type(world.file.case)} == kinds
    assert view.entry.entities == (part,)
    assert list(view.entries) == (world.desk.audit(CASE) if part == "audit" else [])


def everything(world: World) -> None:
    """A case with something of every kind in it, and a referral of identity and health to the centre."""
    world.agree(to=["centro-mujer", "centro-salud"])
    world.do("marlene", "add_person", person=PERSON, name="Elvia", relation="titular", age=34, phone_note="de noche no")
    world.do("marlene", "add_person", person="rosa", name="Rosa", relation="hija", age=9)
    world.do("marlene", "relate", one=PERSON, other="rosa", kind="parent")
    world.do("marlene", "raise_concern", kind="gbv_survivor", detail="Golpes.")
    world.do("marlene", "raise_concern", kind="serious_health_issue", detail="Diabetes y golpes.")
    world.do("marlene", "assess", risk="high", facts="Amenazas.", opinion="Grave.")
    goal = {"need": "a", "goal": "b", "action": "c", "who": "d", "days": 1}
    world.do("marlene", "make_plan", goals=[goal])
    world.do("marlene", "contact", who=PERSON, channel="phone", purpose="hablar", data=["violence"])
    world.do("marlene", "write_note", facts="Contó todo.", opinion="Creo que…", next="Volver.")
    world.do("marlene", "add_document", id="mine", title="Informe", kind="informe", data=["health"])
    world.do("marlene", "add_document", id="hers", title="Otro", kind="informe", data=["health"])
    world.do("marlene", "share_document", document="hers", to="centro-salud")
    world.do("marlene", "share_document", document="hers", to="centro-mujer")
    world.do("marlene", "request_service", kind="psychosocial", provider="centro-mujer")
    world.do("marlene", "request_service", kind="health_medical", provider="centro-salud")
    world.do("marlene", "refer", id="r", **HEALTH)
    world.do("marlene", "refer", id="other", to="centro-salud", data=["violence"], reason="para la otra")


def test_a_recipient_sees_identity_and_what_was_sent_and_never_notes(world: World) -> None:
    everything(world)
    view = world.look("lia")
    file = view.file
    assert view.visible == {"identity", "health"}
    assert {type(one) for one in file} - {type(file.case)} == {Person, Concern, Service, Transition, Document}
    assert file.case == replace(world.file.case, risk=None)
    assert [(one.id, one.name, one.age, one.phone_note) for one in file.of(Person)] == [(PERSON, "Elvia", 34, "")]
    assert [(one.kind, one.detail) for one in file.of(Concern)] == [("serious_health_issue", "")]
    assert [one.provider for one in file.of(Service)] == ["centro-mujer"]
    assert [one.id for one in file.of(Transition)] == ["r"]
    assert [(one.id, one.shared_with) for one in file.of(Document)] == [("hers", ("centro-mujer",))]
    only = world.look("lia", "identity").file
    assert {type(one) for one in only} - {type(file.case)} == {Person}


def test_a_recipient_does_not_read_why_consent_was_overridden(world: World) -> None:
    world.do("marlene", "assess", risk="high", facts="Amenazas.")
    world.do("marlene", "refer", id="r", override=BECAUSE, **HEALTH)
    assert [one.override for one in world.file.of(Transition)] == [BECAUSE]
    assert [one.override for one in world.look("lia").file.of(Transition)] == [""]


def test_more_is_sent_and_more_is_seen(world: World) -> None:
    world.agree()
    world.do("marlene", "add_person", person=PERSON, name="Elvia", relation="titular", phone_note="de noche no")
    world.do("marlene", "add_person", person="rosa", name="Rosa", relation="hija", phone_note="con su tía")
    world.do("marlene", "relate", one=PERSON, other="rosa", kind="parent")
    world.do("marlene", "refer", to="centro-mujer", data=["identity", "location"], reason="x")
    seen = world.look("lia").file
    assert [home.members for home in seen.of(Household)] == [()]
    assert [one.id for one in seen.of(Person)] == [PERSON] and not seen.of(Relation)
    world.do("marlene", "refer", to="centro-mujer", data=["family", "contact"], reason="x")
    seen = world.look("lia").file
    assert [home.members for home in seen.of(Household)] == [(PERSON,)]
    assert [one.phone_note for one in seen.of(Person)] == ["de noche no", "con su tía"]
    assert len(seen.of(Relation)) == 1
    assert {Note, Contact, Consent, Plan}.isdisjoint({type(one) for one in seen})


@pytest.mark.parametrize("part", ["notes", "documents", "audit"])
def test_a_recipient_gets_no_other_part(world: World, part: str) -> None:
    everything(world)
    with pytest.raises(Denied, match="la identidad básica y lo que se le envió"):
        world.look("lia", part)
    assert (last(world).kind, last(world).reason) == ("denied", "part")


@pytest.mark.parametrize(
    ("user", "do", "given"),
    [
        ("marlene", "revoke_transition", {"transition": "r", "reason": "ya no"}),
        ("lia", "answer_transition", {"transition": "r", "accept": False}),
        ("marlene", "withdraw_consent", {"consent": "s"}),
    ],
)
def test_a_view_closes_with_what_opened_it(world: World, user: str, do: str, given: dict[str, Any]) -> None:
    world.do("marlene", "record_consent", person=PERSON, purpose="services", granted=True)
    world.do("marlene", "record_consent", id="s", person=PERSON, purpose="sharing", granted=True, to=["centro-mujer"])
    world.do("marlene", "refer", id="r", **HEALTH)
    world.look("lia")
    world.later(minutes=1)
    world.do(user, do, **given)
    with pytest.raises(Denied):
        world.look("lia")


def test_breaking_the_glass_opens_a_case_for_a_reason_and_a_while(world: World) -> None:
    done = world.do("nadia", "break_glass", reason=BECAUSE, hours=2)
    assert done.entry.reason == BECAUSE
    view = world.look("nadia")
    assert view.visible == EVERYTHING and view.entry.reason == BECAUSE
    note = world.do("nadia", "write_note", facts="Llamé a emergencias.")
    assert note.entry.reason == BECAUSE
    with pytest.raises(Denied):
        world.do("nadia", "assess", risk="high", facts="x")
    with pytest.raises(Denied):
        world.look("olga")  # it opens for who broke it
    world.later(hours=2)
    with pytest.raises(Denied):
        world.look("nadia")
    assert last(world).reason == "scope"


def test_after_a_transfer_the_case_is_seen_by_its_new_owner(world: World) -> None:
    world.agree(to=["nadia"])
    world.do("marlene", "transfer", id="x", to="nadia", reason="se mudó")
    assert world.look("nadia").visible == {"identity"}
    world.do("nadia", "answer_transition", transition="x", accept=True)
    assert world.look("nadia").visible == EVERYTHING
    assert world.look("olga").visible == EVERYTHING
    for user in ("marlene", "ruth"):
        with pytest.raises(Denied):
            world.look(user)


def test_nobody_approves_what_she_asked_for(world: World) -> None:
    world.do("ruth", "request_approval", id="ok", what="closure")
    with pytest.raises(Denied, match="Nadie aprueba"):
        world.do("ruth", "decide_approval", approval="ok", approved=True)
    assert last(world).reason == "not_own_request"


# Finding, tasks


def several(world: World) -> None:
    world.register("pablo", case="c2", person="p2", name="Ana", code="SIM-2")
    world.register("nadia", case="c3", person="p3", name="Ana", code="SIM-3")
    world.agree(to=["centro-mujer", "nadia"])
    world.do("marlene", "assess", risk="high", facts="x")
    world.do("marlene", "refer", id="r", **HEALTH)
    world.do("marlene", "transfer", id="x", to="nadia", reason="se mudó")


@pytest.mark.parametrize(
    ("user", "cases"),
    [
        ("marlene", [CASE]),
        ("pablo", ["c2"]),
        ("nadia", ["c3", CASE]),
        ("ruth", ["c2", CASE]),
        ("olga", ["c3"]),
        ("lia", [CASE]),
        ("ines", []),
        ("admin", []),
    ],
)
def test_finding_stays_within_scope(world: World, user: str, cases: list[str]) -> None:
    several(world)
    assert found(world, user, "f1") == cases
    entry = last(world)
    assert (entry.kind, entry.action, entry.actor, entry.case_id) == ("access", "find", user, "")
    assert found(world, user, "f2", limit=1) == cases[:1]
    assert found(world, user, "f3", owner="marlene") == [one for one in cases if one == CASE]
    assert found(world, user, "f4", group="equipo-norte") == [one for one in cases if one == "c3"]
    assert found(world, user, "f5", text="ana") == [one for one in cases if one != CASE]
    assert world.desk.verify().entries == last(world).seq


def test_finding_shows_and_tells_no_more_than_is_seen(world: World) -> None:
    several(world)
    (line,) = world.desk.find(USERS["lia"], Query(), action_id="f1")
    assert (line.name, line.status, line.step, line.risk, line.next_due) == ("Elvia", Status.OPEN, None, None, None)
    assert found(world, "lia", "f2", step=Step.SERVICES) == []
    assert found(world, "lia", "f3", due_before=START + timedelta(days=99)) == []
    assert found(world, "lia", "f4", addressed_to=("nadia",)) == []
    assert found(world, "nadia", "f5", addressed_to=("nadia",)) == [CASE]
    (own,) = world.desk.find(USERS["marlene"], Query(step=Step.SERVICES), action_id="f6")
    assert own.risk is not None and own.next_due is not None


def test_pages_of_what_is_found_leave_nothing_out(world: World) -> None:
    several(world)
    first = world.desk.find(USERS["nadia"], Query(limit=1), action_id="f1")
    after = (first[0].code, first[0].case_id)
    assert [first[0].case_id, *found(world, "nadia", "f2", limit=1, after=after)] == ["c3", CASE]


def test_tasks_are_one_s_own_and_what_others_wait_for(world: World) -> None:
    several(world)
    world.later(days=4)
    mine = world.desk.tasks(USERS["marlene"])
    assert {(task.kind, task.about) for task in mine} == {
        (TaskKind.CASE_PLAN, CASE),
        (TaskKind.FOLLOW_UP, CASE),
        (TaskKind.TRANSITION, "r"),
        (TaskKind.TRANSITION, "x"),
    }
    assert [task.due for task in mine] == sorted(task.due for task in mine)
    assert all(task.overdue for task in mine)
    assert [task.about for task in world.desk.tasks(USERS["lia"])] == ["r"]
    assert [task.about for task in world.desk.tasks(USERS["nadia"])] == ["x", "c3"]
    assert world.desk.tasks(USERS["admin"]) == []
    entries = world.desk.audit()
    world.desk.tasks(USERS["marlene"])
    assert world.desk.audit() == entries


# The chain


def test_the_chain_of_a_desk_verifies_until_it_is_touched(world: World) -> None:
    several(world)
    assert isinstance(world.store, MemoryStore)
    check = world.desk.verify()
    assert check.ok and check.entries == len(world.desk.audit())
    world.store.chain[4] = replace(world.store.chain[4], actor="nadie")
    assert world.desk.verify().broken == 5


def test_the_audit_of_a_case_holds_its_entries_and_no_other(world: World) -> None:
    several(world)
    assert {one.case_id for one in world.desk.audit(CASE)} == {CASE}
    assert [one.action for one in world.desk.audit("c2")] == ["register"]
