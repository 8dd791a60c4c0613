"""What every store must do, on each of them: memory, an SQLite file and PostgreSQL."""

from datetime import datetime
from itertools import count
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ciberaula.casework import audit
from ciberaula.casework.entities import KINDS, Case, CaseFile, Concern, Entity, Note, Person, Transition
from ciberaula.casework.policy import Denied
from ciberaula.casework.snapshot import updated
from ciberaula.casework.store.memory import MemoryStore
from ciberaula.casework.store.protocol import CaseLine, Query, Store, StoredVersion
from ciberaula.casework.vocabulary import Risk, Status, Step, TransitionKind, TransitionStatus
from ciberaula.errors import UserError
from tests.casework.worlds import START, USERS, World, a_world

NOW = datetime(2026, 3, 9, 8, 0, 0, 123456)
_BY: dict[str, Any] = {"made_at": NOW, "made_by": "marlene"}
_cases = count(1)

# Letters of any alphabet, signs, line ends: whatever a keyboard gives, but no half characters and no zero byte.
_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40),
    int: st.integers(0, 10**6),
    datetime: st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),
}


def _of_type(hint: Any) -> st.SearchStrategy[Any]:
    if get_origin(hint) is UnionType:
        return st.one_of(*(_of_type(one) for one in get_args(hint)))
    return _PLAIN[hint] if hint in _PLAIN else st.from_type(hint)


def a_case(case_id: str, code: str = "", **fields: Any) -> Case:
    given: dict[str, Any] = {
        "code": code or f"SIM-{case_id}",
        "subject": f"{case_id}-p",
        "owner": "marlene",
        "group": "equipo-sur",
        "opened_at": NOW,
    }
    return Case(id=case_id, case_id=case_id, **_BY, **{**given, **fields})


def a_person(case_id: str, name: str) -> Person:
    return Person(id=f"{case_id}-p", case_id=case_id, name=name, relation="titular", **_BY)


def a_note(case_id: str, id: str, facts: str = "Llamó.") -> Note:
    return Note(id=id, case_id=case_id, facts=facts, opinion="", next="", happened_at=NOW, **_BY)


def put(store: Store, *entities: Entity, action_id: str = "a") -> None:
    with store.begin() as unit:
        unit.put(entities, action_id)


def read(store: Store, case_id: str) -> CaseFile:
    with store.begin() as unit:
        file = unit.case_file(case_id)
    assert file is not None
    return file


def codes(store: Store, **query: Any) -> list[str]:
    with store.begin() as unit:
        return [line.code for line in unit.find(Query(**query))]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_is_read_as_it_was_put(store: Store, kind: type[Entity], data: st.DataObject) -> None:
    case_id = f"h{next(_cases)}"
    fields = {name: _of_type(hint) for name, hint in get_type_hints(kind).items()}
    ids = {"id": st.just(case_id if kind is Case else f"{case_id}.1"), "case_id": st.just(case_id)}
    one = data.draw(st.builds(kind, **{**fields, **ids}))
    put(store, *([one] if kind is Case else [a_case(case_id), one]))
    file = read(store, case_id)
    assert file.get(kind, one.id) == one
    with store.begin() as unit:
        assert unit.versions(one.id) == [StoredVersion(one, "a", True, False)]


def test_what_is_not_there_is_none(store: Store) -> None:
    with store.begin() as unit:
        assert unit.case_file("c1") is None
        assert unit.versions("c1") == []
        assert unit.head() == (0, "")
        assert not unit.done("a")
        assert unit.audit() == unit.audit("c1") == list(unit.entries()) == []
        assert unit.find(Query()) == []


def test_nothing_is_put_into_a_case_that_there_is_not(store: Store) -> None:
    with pytest.raises(UserError, match="No hay un caso «c9»"):
        put(store, a_case("c1"), a_note("c9", "n1"))
    with store.begin() as unit:
        assert unit.case_file("c1") is None
        assert unit.versions("n1") == []


def test_a_transaction_is_whole_or_nothing(store: Store) -> None:
    world = a_world(store)
    before = world.file
    with store.begin() as unit:
        head, chain = unit.head(), unit.audit()
    with pytest.raises(ZeroDivisionError), store.begin() as unit:
        unit.put([a_note("c1", "n1"), a_case("c2", "SIM-9")], "b")
        unit.set_aside(a_note("c1", "n2"), "b")
        unit.append(
            audit.seal(head, at=NOW, actor=USERS["ruth"], kind="change", action="x", action_id="b", case_id="c1")
        )
        assert unit.done("b")
        assert unit.case_file("c2") is not None
        _ = 1 / 0
    assert world.file == before
    with store.begin() as unit:
        assert (unit.head(), unit.audit()) == (head, chain)
        assert unit.case_file("c2") is None
        assert unit.versions("n1") == unit.versions("n2") == []
        assert not unit.done("b")
        assert [line.case_id for line in unit.find(Query())] == ["c1"]


def test_earlier_versions_stay_and_lost_ones_are_kept(store: Store) -> None:
    put(store, a_case("c1"), a_note("c1", "n1", "uno"))
    put(store, a_note("c1", "n1", "dos"), action_id="b")
    with store.begin() as unit:
        unit.set_aside(a_note("c1", "n1", "de otra sesión"), "c")
    with store.begin() as unit:
        assert unit.versions("n1") == [
            StoredVersion(a_note("c1", "n1", "uno"), "a", False, False),
            StoredVersion(a_note("c1", "n1", "dos"), "b", True, False),
            StoredVersion(a_note("c1", "n1", "de otra sesión"), "c", False, True),
        ]
    assert [one.facts for one in read(store, "c1").of(Note)] == ["dos"]


def test_a_newer_version_keeps_its_place(store: Store) -> None:
    put(store, a_case("c1"), a_note("c1", "n2"), a_note("c1", "n1"))
    put(store, a_note("c1", "n3"), a_note("c1", "n2", "corregida"), action_id="b")
    assert [one.id for one in read(store, "c1").of(Note)] == ["n2", "n1", "n3"]


def test_one_id_may_name_a_person_in_two_cases(store: Store) -> None:
    for case_id in ("c1", "c2"):
        put(store, a_case(case_id, subject="elvia"), action_id=case_id)
        elvia = Person(id="elvia", case_id=case_id, name=f"Elvia en {case_id}", relation="titular", **_BY)
        put(store, elvia, action_id=case_id)
    assert [read(store, case_id).of(Person)[0].name for case_id in ("c1", "c2")] == ["Elvia en c1", "Elvia en c2"]
    with store.begin() as unit:
        assert [one.current for one in unit.versions("elvia")] == [True, True]


def test_a_file_is_a_snapshot(store: Store) -> None:
    put(store, a_case("c1"))
    with store.begin() as unit:
        before = unit.case_file("c1")
        unit.put([a_note("c1", "n1")], "b")
        after = unit.case_file("c1")
        assert before is not None
        assert after is not None
        assert (len(before.of(Note)), len(after.of(Note))) == (0, 1)


def test_a_transaction_inside_another_is_a_mistake_of_ours(store: Store) -> None:
    with store.begin(), pytest.raises(RuntimeError, match="already open"), store.begin():
        pass
    put(store, a_case("c1"))


def test_an_entry_follows_the_last_or_is_refused(store: Store) -> None:
    world = a_world(store)
    first = world.desk.audit()[0]
    with pytest.raises(UserError, match="no sigue"), store.begin() as unit:
        unit.append(first)
    assert world.desk.audit() == [first]
    assert world.desk.verify().ok


def test_what_was_denied_is_not_done(store: Store) -> None:
    world = a_world(store)
    with pytest.raises(Denied):
        world.do("pablo", "write_note", facts="x", action_id="again")
    with store.begin() as unit:
        assert not unit.done("again")
        assert unit.done("t1")
        assert [one.kind for one in unit.audit("c1")] == ["change", "denied"]
        assert [one.kind for one in unit.audit("c1", limit=1)] == ["denied"]
        assert unit.audit("c1", limit=0) == unit.audit("c2") == []


def people(store: Store) -> None:
    for n, name in enumerate(("Elvia Muñoz", "ELÍAS Ñauta", "José María Pérez-Loor", "Tránsito 100% Vélez", "")):
        case_id = f"c{n}"
        put(store, a_case(case_id, f"SIM-10{n}"), a_person(case_id, name), action_id=case_id)


SEARCHES = [
    ("", "01234"),
    ("el", "01"),
    ("ELI", "1"),
    ("munoz", "0"),
    ("Múñ", "0"),
    ("nau", "1"),
    ("maria jose", "2"),
    ("jose  elvia", ""),
    ("perez-l", "2"),
    ("loor", "2"),
    ("100%", "3"),
    ("1%", ""),
    ("_l", ""),
    ("sim-103", "3"),
    ("SIM-10", "01234"),
    ("104", "4"),
    ("uñoz", ""),
    ("'; DROP TABLE cases; --", ""),
    ("\0", ""),
    ("\ud800", ""),
]


def test_a_search_finds_the_beginning_of_any_word(store: Store) -> None:
    people(store)
    for text, found in SEARCHES:
        assert codes(store, text=text) == [f"SIM-10{n}" for n in found], text


def test_lists_are_filtered_ordered_and_paged(store: Store) -> None:
    put(store, a_case("c1", "B", owner="pablo", risk=Risk.HIGH, opened_at=datetime(2026, 1, 1)), a_person("c1", "Ana"))
    put(store, a_case("c2", "a", group="equipo-norte", status=Status.CLOSED), a_person("c2", "Ana"), action_id="b")
    put(store, a_case("c3", "B"), a_person("c3", "Eva"), action_id="c")
    put(store, a_case("c0", "Á"), action_id="d")
    # By code point, as everywhere else in the program: capitals, small letters, accents.
    assert codes(store) == ["B", "B", "a", "Á"]
    assert codes(store, owner="pablo") == ["B"]
    assert codes(store, group="equipo-norte") == codes(store, status=Status.CLOSED) == ["a"]
    assert codes(store, step=Step.CLOSED) == ["a"]
    assert codes(store, due_before=datetime(2026, 2, 1)) == ["B"]
    assert codes(store, text="ana", group="equipo-sur") == ["B"]
    assert codes(store, text="ana", owner="marlene", status=Status.OPEN) == []
    assert codes(store, limit=3, after=("B", "c1")) == ["B", "a", "Á"]
    assert codes(store, limit=1, after=("a", "c2")) == ["Á"]
    assert codes(store, limit=0) == []
    with store.begin() as unit:
        assert unit.find(Query(limit=1)) == [
            CaseLine("c1", "B", "Ana", Status.OPEN, Step.NEW, Risk.HIGH, "pablo", "equipo-sur", datetime(2026, 1, 4))
        ]


def test_lists_follow_what_happens_to_a_case(store: Store) -> None:
    put(store, a_case("c1"), a_person("c1", "Elvia"))
    sent = Transition(id="t1", case_id="c1", kind=TransitionKind.REFERRAL, to="centro-salud", reason="x", **_BY)
    urgent = Concern(id="u1", case_id="c1", kind="x", detail="x", urgent=True, **_BY)
    assert codes(store, addressed_to=("centro-salud",)) == []
    put(store, sent, urgent, action_id="b")
    assert codes(store, addressed_to=("nadie", "centro-salud")) == codes(store, step=Step.SERVICES) == ["SIM-c1"]
    assert codes(store, due_before=datetime(2026, 3, 10, 9)) == ["SIM-c1"]
    put(
        store,
        Transition(
            id="t1",
            case_id="c1",
            kind=TransitionKind.REFERRAL,
            to="centro-salud",
            reason="x",
            status=TransitionStatus.REVOKED,
            **_BY,
        ),
        a_person("c1", "Rosa"),
        a_case("c1", "NUEVO-1", owner="pablo"),
        action_id="c",
    )
    assert codes(store, addressed_to=("centro-salud",)) == codes(store, text="elvia") == codes(store, text="sim") == []
    assert codes(store, text="rosa") == codes(store, owner="pablo") == codes(store, text="nuev") == ["NUEVO-1"]


def a_history(store: Store) -> World:
    """A few weeks at the desk: cases of two teams, consents, referrals, refusals, looks and searches."""
    world = a_world(store)
    world.agree(["centro-mujer", "centro-salud"])
    world.do(
        "marlene", "assess", risk="high", facts="Vive con quien la agrede.", opinion="Riesgo alto.", with_person=True
    )
    goals = [{"need": "Seguridad", "goal": "Plan", "action": "Acordarlo", "who": "Marlene", "days": 3}]
    world.do(
        "marlene", "make_plan", id="plan", goals=goals, agreed=True, restrictions=[{"who": "ex", "channels": ["chat"]}]
    )
    referral = world.do("marlene", "refer", to="centro-salud", data=["identity"], reason="Atención.").entities[0]
    world.later(days=1)
    with pytest.raises(Denied):
        world.do("nadia", "write_note", facts="x")
    world.do("ines", "answer_transition", transition=referral.id, accept=True)
    world.register("nadia", "c2", "aurelio", name="Aurelio Ñauta", code="SIM-002")
    world.do("nadia", "raise_flag", case="c2", reason="Sin señal en el recinto.", days=2)
    world.look("marlene", "notes")
    world.desk.find(USERS["ruth"], Query(text="elv"), action_id="search")
    world.do("marlene", "make_plan", plan="plan", goals=goals, agreed=True)
    return world


def test_the_same_history_leaves_the_same_store(store: Store) -> None:
    """Whatever is kept in memory is what a database keeps, to the last digest."""
    a_history(store)
    other = MemoryStore()
    a_history(other)
    with store.begin() as unit, other.begin() as expected:
        assert list(unit.entries()) == list(expected.entries())
        assert unit.head() == expected.head()
        for case_id in ("c1", "c2"):
            assert unit.case_file(case_id) == expected.case_file(case_id)
            assert list(unit.case_file(case_id) or ()) == list(expected.case_file(case_id) or ())
        for entry in expected.entries():
            for id in entry.entities:
                assert unit.versions(id) == expected.versions(id)
        for query in (Query(), Query(text="elv"), Query(due_before=START), Query(addressed_to=("centro-salud",))):
            assert unit.find(query) == expected.find(query)


def test_files_grow_by_what_is_put(store: Store) -> None:
    put(store, a_case("c1"))
    before = read(store, "c1")
    put(store, a_note("c1", "n1"), action_id="b")
    assert read(store, "c1") == updated(before, [a_note("c1", "n1")])
