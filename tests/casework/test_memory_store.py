"""The store in memory: snapshots, versions, finding, and transactions that are whole or nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from ciberaula.casework.audit import CHANGE, DENIED, seal
from ciberaula.casework.entities import Case, Note, Person, Transition
from ciberaula.casework.store.memory import MemoryStore
from ciberaula.casework.store.protocol import Query, Unit
from ciberaula.casework.vocabulary import Risk, Status, Step, TransitionKind, TransitionStatus
from ciberaula.errors import UserError
from tests.casework.worlds import START, USERS


def case(n: int, **fields: object) -> tuple[Case, Person]:
    made = {"case_id": f"c{n}", "made_at": START, "made_by": "marlene"}
    given = {"owner": "marlene", "group": "equipo-sur", "opened_at": START} | fields
    name = str(given.pop("name", f"Persona {n}"))
    return (
        Case(id=f"c{n}", code=f"SIM-{n:03}", subject=f"p{n}", **made, **given),  # type: ignore[arg-type]
        Person(id=f"p{n}", name=name, relation="titular", **made),  # type: ignore[arg-type]
    )


def note(id: str, case_id: str = "c1") -> Note:
    return Note(
        id=id,
        case_id=case_id,
        made_at=START,
        made_by="marlene",
        facts="Vino.",
        opinion="",
        next="",
        happened_at=START,
    )


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def unit(store: MemoryStore) -> Iterator[Unit]:
    with store.begin() as unit:
        yield unit


def lines(unit: Unit, **query: object) -> list[str]:
    return [line.case_id for line in unit.find(Query(**query))]  # type: ignore[arg-type]


def test_what_was_put_is_read_and_a_file_is_a_snapshot(unit: Unit) -> None:
    unit.put(case(1), "a1")
    before = unit.case_file("c1")
    unit.put([note("n1"), note("n2")], "a2")
    after = unit.case_file("c1")
    assert before is not None and after is not None
    assert before.of(Note) == []
    assert [one.id for one in after.of(Note)] == ["n1", "n2"]
    assert unit.case_file("c9") is None


def test_nothing_is_kept_for_a_case_that_is_not_there(store: MemoryStore) -> None:
    with pytest.raises(UserError, match="No hay un caso «c1»"), store.begin() as unit:
        unit.put([note("n1")], "a1")
    with store.begin() as unit:
        assert unit.versions("n1") == []


def test_earlier_versions_and_those_set_aside_stay_readable(unit: Unit) -> None:
    record, person = case(1)
    unit.put([record, person], "a1")
    mine, hers = replace(record, risk=Risk.HIGH), replace(record, risk=Risk.LOW)
    unit.put([mine], "a2")
    unit.set_aside(hers, "b1")
    found = [(v.entity, v.action_id, v.current, v.set_aside) for v in unit.versions("c1")]
    assert found == [
        (record, "a1", False, False),
        (mine, "a2", True, False),
        (hers, "b1", False, True),
    ]
    file = unit.case_file("c1")
    assert file is not None and file.case is mine


def test_one_id_in_two_cases_has_a_current_version_in_each(unit: Unit) -> None:
    unit.put(case(1), "a1")
    unit.put(case(2), "a2")
    unit.put([note("n", "c1")], "a3")
    unit.put([note("n", "c2")], "a4")
    assert [(v.entity.case_id, v.current) for v in unit.versions("n")] == [("c1", True), ("c2", True)]


def test_finding_by_each_filter(unit: Unit) -> None:
    unit.put(case(2, name="Ángela Ñusta", owner="pablo"), "a1")
    unit.put(case(1, group="equipo-norte"), "a2")
    unit.put(case(3, status=Status.CLOSED), "a3")
    assert lines(unit) == ["c1", "c2", "c3"]
    assert lines(unit, text="angela") == ["c2"]
    assert lines(unit, text="ÑUSTA áng") == ["c2"]
    assert lines(unit, text="sim-00") == ["c1", "c2", "c3"]
    assert lines(unit, text="nada") == []
    assert lines(unit, owner="pablo") == ["c2"]
    assert lines(unit, group="equipo-norte") == ["c1"]
    assert lines(unit, status=Status.CLOSED) == ["c3"]
    assert lines(unit, step=Step.NEW) == ["c1", "c2"]
    assert lines(unit, step=Step.NEW, owner="pablo") == ["c2"]
    assert lines(unit, due_before=START + timedelta(days=2)) == []
    assert lines(unit, due_before=START + timedelta(days=4)) == ["c1", "c2"]  # a closed case has nothing due
    assert lines(unit, limit=2) == ["c1", "c2"]
    assert lines(unit, limit=2, after=("SIM-002", "c2")) == ["c3"]
    assert lines(unit, limit=None, after=("SIM-003", "c3")) == []


@pytest.mark.parametrize(
    ("kind", "status", "found"),
    [
        (TransitionKind.REFERRAL, TransitionStatus.IN_PROGRESS, ["c1"]),
        (TransitionKind.TRANSFER, TransitionStatus.ACCEPTED, ["c1"]),
        (TransitionKind.REFERRAL, TransitionStatus.REVOKED, []),
        (TransitionKind.REFERRAL, TransitionStatus.DONE, []),
        (TransitionKind.TRANSFER_REQUEST, TransitionStatus.IN_PROGRESS, []),
        (TransitionKind.ASSIGNMENT, TransitionStatus.ACCEPTED, []),
    ],
)
def test_finding_what_was_addressed(
    unit: Unit, kind: TransitionKind, status: TransitionStatus, found: list[str]
) -> None:
    unit.put(case(1), "a1")
    sent = Transition(
        id="t", case_id="c1", made_at=START, made_by="marlene", kind=kind, to="centro", reason="x", status=status
    )
    unit.put([sent], "a2")
    assert lines(unit, addressed_to=("otro", "centro")) == found
    assert lines(unit, addressed_to=("otro",)) == []


def test_a_line_follows_its_case(unit: Unit) -> None:
    record, person = case(1)
    unit.put([record, person], "a1")
    assert [(line.name, line.risk, line.step) for line in unit.find(Query())] == [("Persona 1", None, Step.NEW)]
    unit.put([replace(record, risk=Risk.HIGH, status=Status.CLOSED), replace(person, name="Rosa")], "a2")
    assert [(line.name, line.risk, line.step) for line in unit.find(Query())] == [("Rosa", Risk.HIGH, Step.CLOSED)]


def an_entry(unit: Unit, action_id: str, kind: str = CHANGE, case_id: str = "c1") -> None:
    unit.append(
        seal(
            unit.head(),
            at=START,
            actor=USERS["marlene"],
            kind=kind,
            action="assess",
            action_id=action_id,
            case_id=case_id,
        )
    )


def test_the_chain_and_what_was_done(unit: Unit) -> None:
    assert unit.head() == (0, "")
    an_entry(unit, "a1")
    an_entry(unit, "a2", DENIED)
    an_entry(unit, "a3", case_id="c2")
    assert [unit.done(id) for id in ("a1", "a2", "a3", "a4")] == [True, False, True, False]
    an_entry(unit, "a2")
    assert unit.done("a2")
    assert [one.action_id for one in unit.entries()] == ["a1", "a2", "a3", "a2"]
    assert [one.action_id for one in unit.audit("c1")] == ["a1", "a2", "a2"]
    assert [one.action_id for one in unit.audit("c1", limit=2)] == ["a2", "a2"]
    assert unit.audit("c1", limit=0) == []
    assert [one.seq for one in unit.audit(limit=1)] == [4]
    assert unit.head() == (4, unit.audit()[-1].digest)


def test_an_entry_that_does_not_follow_is_refused(store: MemoryStore) -> None:
    with store.begin() as unit:
        an_entry(unit, "a1")
        stale = seal((0, ""), at=START, actor=USERS["marlene"], kind=CHANGE, action="x", action_id="a2", case_id="c1")
    with pytest.raises(UserError, match="no sigue al último"), store.begin() as unit:
        unit.append(stale)
    with store.begin() as unit:
        assert unit.head()[0] == 1 and not unit.done("a2")


def test_a_transaction_that_fails_leaves_nothing(store: MemoryStore) -> None:
    with store.begin() as unit:
        unit.put(case(1), "a1")
        an_entry(unit, "a1")
        an_entry(unit, "a2", DENIED)
        before, head, found = unit.case_file("c1"), unit.head(), unit.find(Query())
    with pytest.raises(ZeroDivisionError), store.begin() as unit:
        unit.put(case(1, owner="pablo"), "a2")
        unit.put([note("n1")], "a2")
        unit.set_aside(note("n2"), "a2")
        unit.put(case(2), "a3")
        an_entry(unit, "a1", DENIED)  # refused although done before: taking it back must not undo what was done
        an_entry(unit, "a2")
        an_entry(unit, "a3", case_id="c2")
        assert unit.find(Query()) != found
        raise ZeroDivisionError
    with store.begin() as unit:
        assert unit.case_file("c1") is before
        assert unit.case_file("c2") is None
        assert unit.head() == head
        assert unit.find(Query()) == found
        assert unit.versions("n1") == unit.versions("n2") == unit.versions("c2") == []
        assert [v.current for v in unit.versions("c1")] == [True]
        assert [unit.done(id) for id in ("a1", "a2", "a3")] == [True, False, False]
        assert unit.audit("c2") == []


def test_a_transaction_inside_another_is_a_mistake_of_ours(store: MemoryStore) -> None:
    with store.begin(), pytest.raises(RuntimeError, match="already open"):
        store.begin().__enter__()
    with store.begin() as unit:
        assert unit.head() == (0, "")
