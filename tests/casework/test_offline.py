"""Without a connection: work goes on, comes back, conflicts are chosen, and nothing is lost."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciberaula.casework.entities import Case, Household, Note, Person
from ciberaula.casework.offline import Bag, conflicts, pack, synchronise
from ciberaula.casework.requirements import Denied
from ciberaula.errors import UserError
from tests.casework.worlds import CASE, PERSON, USERS, World

HOUSEHOLD = {"do": "set_household", "canton": "Chone", "area": "rural", "connection": "none"}
NOTE = {"do": "write_note", "facts": "Elvia contó que volvió a su trabajo."}


def world() -> World:
    made = World()
    made.register()
    made.do("marlene", "record_consent", person=PERSON, purpose="services", granted=True)
    return made


def packed(place: World, user: str = "marlene") -> Bag:
    return pack(place.desk, USERS[user], [CASE], action_id=f"bag-{user}")


def act(bag: Bag, action_id: str, action: dict[str, Any]) -> None:
    bag.do({"case": CASE, **action}, action_id=action_id)


def stored(place: World, id: str) -> list[Any]:
    with place.store.begin() as unit:
        return [version.entity for version in unit.versions(id)]


def test_what_is_new_comes_back_with_its_own_time() -> None:
    place = world()
    bag = packed(place)
    place.now += timedelta(hours=3)
    act(bag, "n1", NOTE)
    written = place.now
    place.now += timedelta(days=1)
    assert place.file.of(Note) == []
    outcome = synchronise(place.desk, bag, {})
    assert outcome.done == ("n1",)
    assert [note.made_at for note in place.file.of(Note)] == [written]
    assert place.desk.verify().ok
    assert bag.kept == []


def test_bringing_back_twice_changes_nothing() -> None:
    place = world()
    bag = packed(place)
    act(bag, "n1", NOTE)
    again = list(bag.kept)
    synchronise(place.desk, bag, {})
    before = place.desk.audit()
    bag.kept[:] = again
    synchronise(place.desk, bag, {})
    assert place.desk.audit() == before


@pytest.mark.parametrize(
    "action",
    [
        {"do": "refer", "to": "centro-mujer", "data": ["identity"], "reason": "…"},
        {"do": "contact", "who": PERSON, "channel": "video", "purpose": "…"},
        {"do": "consult", "to": "ruth", "question": "…"},
    ],
)
def test_what_needs_a_connection_is_told_so(action: dict[str, Any]) -> None:
    bag = packed(world())
    with pytest.raises(UserError, match="Sin conexión"):
        act(bag, "x", action)
    assert bag.kept == []


def test_a_case_outside_scope_cannot_be_packed() -> None:
    place = world()
    with pytest.raises(Denied):
        pack(place.desk, USERS["pablo"], [CASE], action_id="bag")


def clash() -> tuple[World, Bag]:
    """Marlene on the road and Ruth in the office both say how the household lives."""
    place = world()
    bag = packed(place)
    place.now += timedelta(hours=1)
    act(bag, "mine", {**HOUSEHOLD, "device": "shared"})
    place.do(
        "ruth", "set_household", action_id="theirs", canton="Chone", area="rural", device="none", connection="none"
    )
    return place, bag


def test_a_conflict_shows_both_versions() -> None:
    place, bag = clash()
    found = conflicts(place.desk, bag)
    assert [(one.case_id, type(one.mine)) for one in found] == [(CASE, Household)]
    assert found[0].fields["device"] == ("shared", "none")
    assert "canton" not in found[0].fields


def test_a_conflict_waits_for_a_choice() -> None:
    place, bag = clash()
    act(bag, "n1", NOTE)
    before = place.desk.audit()
    with pytest.raises(UserError, match="Falta decidir 1"):
        synchronise(place.desk, bag, {})
    assert place.desk.audit() == before
    assert len(bag.kept) == 2


@pytest.mark.parametrize(("choice", "device"), [("mine", "shared"), ("theirs", "none")])
def test_the_choice_counts_and_the_other_version_is_kept(choice: Any, device: str) -> None:
    place, bag = clash()
    key = conflicts(place.desk, bag)[0].key
    outcome = synchronise(place.desk, bag, {key: choice})
    household = place.file.of(Household)[0]
    assert household.device == device
    devices = [one.device for one in stored(place, household.id)]
    assert {"shared", "none"} <= set(devices)
    assert outcome.set_aside == (("mine",) if choice == "theirs" else ())
    assert place.desk.verify().ok


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    place = world()
    bag = packed(place)
    act(bag, "mine", {**HOUSEHOLD, "device": "none"})
    place.do("ruth", "set_household", canton="Chone", area="rural", device="none", connection="none")
    assert conflicts(place.desk, bag) == []


def test_two_people_who_name_the_same_newcomer_are_a_conflict() -> None:
    place = world()
    bag = packed(place)
    act(bag, "mine", {"do": "add_person", "person": "hija", "name": "Dayana", "relation": "hija"})
    place.do("ruth", "add_person", person="hija", name="Dayanara", relation="hija")
    assert [one.fields for one in conflicts(place.desk, bag)] == [{"name": ("Dayana", "Dayanara")}]


def test_the_same_person_on_two_devices_is_asked_too() -> None:
    place = world()
    bag = packed(place)
    act(bag, "mine", {**HOUSEHOLD, "device": "own"})
    place.do("marlene", "set_household", canton="Chone", area="rural", device="none", connection="none")
    assert len(conflicts(place.desk, bag)) == 1


def test_what_the_desk_refuses_now_is_kept_with_its_reason() -> None:
    place = world()
    bag = packed(place)
    act(bag, "n1", NOTE)
    place.do("ruth", "assign", to="pablo", reason="Marlene cambia de equipo.")
    outcome = synchronise(place.desk, bag, {})
    assert [(one.kept.action_id, "no está entre" in one.reason) for one in outcome.refused] == [("n1", True)]
    assert place.file.of(Note) == []
    assert [one.facts for one in stored(place, "n1")] == [NOTE["facts"]]
    entry = place.desk.audit(CASE)[-1]
    assert (entry.action_id, entry.kind) == ("n1", "change")
    assert entry.reason


ACTIONS = st.sampled_from(
    [
        NOTE,
        {**HOUSEHOLD, "device": "own"},
        {**HOUSEHOLD, "device": "none"},
        {"do": "add_person", "person": PERSON, "name": "Elvia", "relation": "titular", "age": 35},
        {"do": "add_person", "person": PERSON, "name": "Elvia", "relation": "titular", "language": "qu"},
        {"do": "add_person", "person": "hija", "name": "Dayana", "relation": "hija"},
        {"do": "assess", "risk": "high", "facts": "Duerme en casa de su hermana.", "with_person": True},
        {"do": "raise_concern", "kind": "gbv_survivor", "detail": "Teme volver."},
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(ACTIONS, max_size=4), st.lists(ACTIONS, max_size=4), st.lists(st.booleans(), min_size=8, max_size=8))
def test_bags_merged_in_any_order_lose_nothing(mine: list[Any], hers: list[Any], coins: list[bool]) -> None:
    contents = []
    for order in permutations(("marlene", "ruth")):
        place = world()
        bags = {"marlene": packed(place), "ruth": packed(place, "ruth")}
        made: list[Any] = []
        for user, todo in (("marlene", mine), ("ruth", hers)):
            for number, action in enumerate(todo):
                place.now += timedelta(minutes=7)
                try:
                    done = bags[user].do({"case": CASE, **action}, action_id=f"{user}-{number}")
                except UserError:
                    continue  # the same person added twice
                made += done.entities
        for user in order:
            bag = bags[user]
            choices = {
                one.key: ("mine" if coins[n % len(coins)] else "theirs")
                for n, one in enumerate(conflicts(place.desk, bag))
            }
            synchronise(place.desk, bag, choices)  # type: ignore[arg-type]
        with place.store.begin() as unit:
            kept = [version for one in made for version in unit.versions(one.id)]
            facts = {one.facts for one in made if isinstance(one, Note)}
            assert facts <= {version.entity.facts for version in kept if isinstance(version.entity, Note)}
            for one in made:
                assert any(_same(one, version.entity) for version in unit.versions(one.id)), one
        assert place.desk.verify().ok
        contents.append({_content(one) for one in made})
    assert contents[0] == contents[1]


def _same(one: Any, other: Any) -> bool:
    """The same content; what the desk makes of it (who had it before) may differ."""
    return type(one) is type(other) and (isinstance(one, Case) or _content(one) == _content(other))


def _content(one: Any) -> str:
    if isinstance(one, Case):
        return f"{one.id}: {one.risk}"
    if isinstance(one, Person | Household):
        return repr(one).replace(str(one.made_at), "")
    return repr(one)
