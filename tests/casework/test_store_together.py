"""Several desks on one store at once refer cases to one another: one chain, every case whole, nothing lost or doubled."""

import multiprocessing
import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy.exc

from ciberaula.casework.audit import CHANGE
from ciberaula.casework.entities import Note, Transition
from ciberaula.casework.store.protocol import Query
from ciberaula.casework.store.sql import SqlStore
from ciberaula.casework.vocabulary import TransitionStatus
from ciberaula.errors import UserError
from tests.casework.stores import DATABASES, address_of, assert_whole
from tests.casework.worlds import USERS, World, a_world

ROUNDS = 8
PATIENCE_S = 600  # of a busy machine: what is tested is the order, not the speed
DESKS = ("marlene", "pablo", "nadia")
# A process of its own for each desk, as in a classroom; it begins as a copy, so that nothing has to be loaded again.
_processes = multiprocessing.get_context("fork")


def work(address: str, user: str, start: Any, told: Any) -> None:
    """A desk: opens the store, opens cases and refers each to the next desk, and writes into a case of all."""
    try:
        start.wait(PATIENCE_S)
        store = SqlStore(address)
        world = World(store)
        receiver = DESKS[(DESKS.index(user) + 1) % len(DESKS)]
        for n in range(ROUNDS):
            case = f"{user}-{n}"
            act(world, user, case, "register", person=f"p-{case}", code=case, name="Elvia", canton="Chone")
            for purpose in ("services", "sharing"):
                who = f"p-{case}"
                act(world, user, case, "record_consent", person=who, purpose=purpose, granted=True, to=[receiver])
            act(world, user, case, "refer", to=receiver, reason="Atención.", data=["identity"])
            for line in world.desk.find(USERS[user], Query(addressed_to=(user,)), action_id=f"{case}-find"):
                accept(world, user, line.case_id)
            world.desk.do(
                USERS["marlene"], {"do": "write_note", "case": "shared", "facts": case}, action_id=f"{case}-note"
            )
        store.close()
        told.put("")
    except BaseException as error:
        told.put(f"{user}: {error!r}")
        raise


def act(world: World, user: str, case: str, do: str, **fields: Any) -> None:
    key = "-".join([case, do, *(str(one) for one in fields.values() if one in ("services", "sharing"))])
    world.desk.do(USERS[user], {"do": do, "case": case, **fields}, action_id=key)


def accept(world: World, user: str, case: str) -> None:
    """Accept what was referred to ``user``, once."""
    with world.store.begin() as unit:
        file = unit.case_file(case)
    assert file is not None
    for sent in file.of(Transition):
        if sent.to == user and sent.status is TransitionStatus.IN_PROGRESS:
            answer = {"do": "answer_transition", "case": case, "transition": sent.id, "accept": True}
            world.desk.do(USERS[user], answer, action_id=f"{sent.id}-answer")


@pytest.mark.parametrize("sort", DATABASES)
def test_desks_in_processes_of_their_own(sort: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    address = address_of(sort, request, tmp_path)
    store = SqlStore(address)
    a_world(store).register(case="shared", code="TODOS")
    store.close()
    start, told = _processes.Event(), _processes.Queue()
    desks = [_processes.Process(target=work, args=(address, user, start, told)) for user in DESKS]
    for desk in desks:
        desk.start()
    start.set()
    errors = [told.get(timeout=PATIENCE_S) for _desk in desks]
    for desk in desks:
        desk.join(PATIENCE_S)
    assert errors == [""] * len(DESKS)
    store = SqlStore(address)
    assert_whole(store)
    with store.begin() as unit:
        done = [entry.action_id for entry in unit.entries() if entry.kind == CHANGE]
        shared = unit.case_file("shared")
        assert len(unit.find(Query(limit=None))) == len(DESKS) * ROUNDS + 2
    assert len(done) == len(set(done))
    assert shared is not None
    assert {note.facts for note in shared.of(Note)} == {f"{user}-{n}" for user in DESKS for n in range(ROUNDS)}
    store.close()


@pytest.mark.parametrize("sort", DATABASES)
def test_a_new_database_opened_by_all_at_once(sort: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    address = str(tmp_path / "casos.db") if sort == "sqlite" else request.getfixturevalue("postgres").database()
    start, told = _processes.Event(), _processes.Queue()
    desks = [_processes.Process(target=open_it, args=(address, user, start, told)) for user in USERS]
    for desk in desks:
        desk.start()
    start.set()
    errors = [told.get(timeout=PATIENCE_S) for _desk in desks]
    for desk in desks:
        desk.join(PATIENCE_S)
    assert errors == [""] * len(USERS)
    store = SqlStore(address)
    assert assert_whole(store) == len(USERS)
    store.close()


def open_it(address: str, user: str, start: Any, told: Any) -> None:
    try:
        start.wait(PATIENCE_S)
        store = SqlStore(address)
        world = World(store)
        act(world, "marlene", f"case-{user}", "register", person="p", code=user, name="Elvia", canton="Chone")
        store.close()
        told.put("")
    except BaseException as error:
        told.put(f"{user}: {error!r}")
        raise


def test_threads_share_a_store(database: SqlStore) -> None:
    world = a_world(database)
    wrong: list[str] = []

    def write(n: int) -> None:
        try:
            for m in range(10):
                world.do("marlene", "write_note", facts=f"{n}.{m}", action_id=f"n{n}.{m}")
        except UserError as error:
            wrong.append(str(error))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert {note.facts for note in world.file.of(Note)} == {f"{n}.{m}" for n in range(4) for m in range(10)}
    assert assert_whole(database) == 41


def test_more_threads_than_connections_wait_or_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sqlalchemy.pool.QueuePool._do_get", _no_connection)
    with pytest.raises(UserError, match="está ocupada por otra sesión"):
        SqlStore(str(tmp_path / "casos.db"))


def _no_connection(_pool: object) -> None:
    raise sqlalchemy.exc.TimeoutError("QueuePool limit of size 5 overflow 10 reached")


def test_the_same_action_sent_by_two_desks_is_done_once(database: SqlStore) -> None:
    world = a_world(database)
    done: list[bool] = []
    together = threading.Barrier(2)

    def send() -> None:
        together.wait(PATIENCE_S)
        done.append(world.do("marlene", "write_note", facts="x", action_id="once").repeated)

    threads = [threading.Thread(target=send) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, True]
    assert len(world.file.of(Note)) == 1
    assert assert_whole(database) == 2
