"""A cohort on one database: who comes in, what she begins with, what she leaves, and the commands for whoever runs it."""

import argparse
import threading
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from types import NoneType
from typing import get_args, get_type_hints

import pytest
from sqlalchemy import text

from ciberaula.casework import entities
from ciberaula.casework.audit import CHANGE
from ciberaula.casework.cohort import Cohort, actor_of
from ciberaula.casework.commands import add_commands
from ciberaula.casework.desk import Desk
from ciberaula.casework.entities import KINDS, Note
from ciberaula.casework.requirements import Denied
from ciberaula.casework.store import open_store
from ciberaula.casework.store.emptying import empty
from ciberaula.casework.store.participants import add, everybody, of_person, sent
from ciberaula.casework.store.personal import ERASURE, WORDS, strike_out
from ciberaula.casework.store.protocol import Query
from ciberaula.casework.store.sql import SqlStore
from ciberaula.casework.store.tables import NAMES
from ciberaula.casework.vocabulary import Role
from ciberaula.errors import UserError
from tests.casework.stores import assert_whole

NOW = datetime(2026, 3, 9, 8)
SAID = "Vivo en El Batán."
WROTE = {"do": "write_note", "facts": SAID}


@pytest.fixture
def cohort(database: SqlStore) -> Cohort:
    return Cohort(database, lambda: NOW)


def enter(cohort: Cohort, name: str = "p-ana", role: Role = Role.CASEWORKER) -> entities.Actor:
    return actor_of(cohort.enter(name, role))


def test_somebody_comes_in_once_and_begins_with_cases_in_different_steps(cohort: Cohort) -> None:
    ana = enter(cohort)
    before = assert_whole(cohort.store)
    assert enter(cohort) == ana
    assert assert_whole(cohort.store) == before
    lines = cohort.desk.find(ana, Query(), action_id=f"{ana.id}.x")
    assert [line.step for line in lines] == ["new", "assessment", "case_plan"]
    assert {line.owner for line in lines} == {ana.id}
    assert "ana" not in ana.id


def test_the_same_pseudonym_in_two_roles_is_two_users(cohort: Cohort) -> None:
    worker, boss = enter(cohort), enter(cohort, role=Role.SUPERVISOR)
    assert worker.id != boss.id
    with cohort.store.begin() as unit:
        assert {one.user for one in of_person(unit, "p-ana")} == {worker.id, boss.id}
        assert len(unit.find(Query())) == 3  # whoever supervises has none of her own


def test_coming_in_that_was_cut_short_is_finished(cohort: Cohort, monkeypatch: pytest.MonkeyPatch) -> None:
    did = Desk.do

    def fail_at_the_third(desk: Desk, *given: object, action_id: str) -> object:
        if action_id.endswith(".3"):
            raise UserError("No hay conexión.")
        return did(desk, *given, action_id=action_id)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Desk, "do", fail_at_the_third)
        with pytest.raises(UserError):
            enter(cohort)
    ana = enter(cohort)
    assert len(cohort.everybody()) == 1
    assert len(cohort.desk.find(ana, Query(), action_id=f"{ana.id}.x")) == 3
    assert assert_whole(cohort.store) == 8


def test_two_who_come_in_at_once_are_two_and_one_in_two_tabs_is_one(address: str) -> None:
    found: list[str] = []

    def come(name: str) -> None:
        store = SqlStore(address)
        found.append(enter(Cohort(store, lambda: NOW), name).id)
        store.close()

    SqlStore(address).close()
    threads = [threading.Thread(target=come, args=(name,)) for name in ("p-ana", "p-bea", "p-ana")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert len(set(found)) == 2
    store = SqlStore(address)
    assert assert_whole(store) == 14
    store.close()


def test_a_pseudonym_is_nowhere_in_the_database(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "mesa.sqlite"))
    enter(Cohort(store), "p-muysuyo")
    store.compact()
    store.close()
    assert b"p-muysuyo" not in (tmp_path / "mesa.sqlite").read_bytes()


def test_the_caseload_of_one_is_not_that_of_another(cohort: Cohort) -> None:
    names = [
        {line.name for line in cohort.desk.find(who, Query(), action_id=f"{who.id}.x")}
        for who in (enter(cohort, "p-ana"), enter(cohort, "p-bea"))
    ]
    assert names[0] != names[1]


# What one leaves -----------------------------------------------------------------------------------------------------


def test_every_text_that_people_write_is_known_as_one() -> None:
    """Whatever is a plain text in an entity is either in the table of words, or an id or word of a fixed vocabulary."""
    ids = {"id", "case_id", "made_by", "subject", "owner", "group", "previous_owner", "person", "provider", "to"}
    ids |= {"one", "other", "contact", "asked_by", "decided_by", "about", "authorised_by", "user", "who"}
    fixed = {
        ("cases", "code"),  # there is no form for it, and others know the case by it
        ("people", "language"),
        ("people", "gender"),
        ("relations", "kind"),
        ("households", "area"),
        ("households", "device"),
        ("households", "connection"),
        ("follow_ups", "kind"),
        ("closures", "reason"),
    }
    texts = {
        (NAMES[kind], one.name)
        for kind in KINDS
        for one in fields(kind)
        if _is_text(get_type_hints(kind, vars(entities))[one.name]) and one.name not in ids
    }
    assert texts - fixed == {(kind, name) for kind, names in WORDS.items() for name in names}


def _is_text(hint: object) -> bool:
    return hint is str or set(get_args(hint)) == {str, NoneType}


def test_what_somebody_wrote_is_struck_out_and_the_rest_stays(cohort: Cohort) -> None:
    ana, bea = enter(cohort, "p-ana"), enter(cohort, "p-bea")
    case = f"{ana.id}-3"
    person = {"do": "add_person", "case": case, "person": f"{case}-p", "relation": "titular"}
    plan = {"need": SAID, "goal": "Salud", "action": "Llamar", "who": "Ella", "days": 3}
    for n, action in enumerate(
        [
            {**WROTE, "case": case},
            {**person, "name": "Zoila Real"},
            {"do": "make_plan", "case": case, "goals": [plan], "safe_contact": SAID},
            {"do": "raise_flag", "case": case, "reason": SAID},
        ],
        1,
    ):
        cohort.desk.do(ana, action, action_id=f"{ana.id}.t.{n}")
    cohort.desk.do(bea, {**WROTE, "case": f"{bea.id}-1"}, action_id=f"{bea.id}.t.1")
    before = assert_whole(cohort.store)
    with cohort.store.begin() as unit:
        assert strike_out(unit, ana.id, NOW) == 4
    assert assert_whole(cohort.store) == before + 1
    with cohort.store.begin() as unit:
        file = unit.case_file(case)
        assert file is not None
        assert SAID not in str(file)
        assert "Zoila Real" not in str([unit.versions(one.id) for one in file])
        assert unit.find(Query(text="zoila real")) == []
        facts = file.of(entities.Assessment)[0].facts
        assert facts.startswith("Entrevista inicial")  # what the desk made up is nobody's
        kept = unit.case_file(f"{bea.id}-1")
        assert kept is not None
        assert kept.of(Note)[0].facts == SAID
        last = unit.audit(None, 1)[0]
        assert (last.kind, last.action, last.actor) == (CHANGE, ERASURE, "institucion")
    cohort.store.compact()


def test_names_of_texts_in_a_like_do_no_harm(cohort: Cohort) -> None:
    """Ids are looked up by how they begin: «_» and «%» in one stand for nothing else."""
    with cohort.store.begin() as unit:
        assert sent(unit, "%") == []
        assert sent(unit, "u_") == []


def test_a_database_of_before_gets_the_table_and_keeps_its_cases(cohort: Cohort) -> None:
    ana = enter(cohort)
    store = cohort.store
    with store.engine.begin() as connection:
        connection.execute(text("DROP TABLE participants"))
        connection.execute(text("UPDATE casework_version SET version_num = '0001'"))
    again = SqlStore(store.engine.url.render_as_string(hide_password=False).replace("sqlite:///", ""))
    with again.begin() as unit:
        assert everybody(unit) == []
        assert unit.case_file(f"{ana.id}-1") is not None
    again.close()


def test_a_desk_that_was_emptied_is_as_new(cohort: Cohort) -> None:
    enter(cohort)
    empty(cohort.store)
    assert cohort.everybody() == []
    assert cohort.verify().entries == 0
    enter(cohort)
    assert assert_whole(cohort.store) == 8 - 1
    with pytest.raises(Exception, match="append-only"), cohort.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit"))


# Where it opens, and commands ----------------------------------------------------------------------------------------


def test_the_address_of_the_institution_comes_before_a_file_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIBERAULA_HOME", str(tmp_path / "var"))
    monkeypatch.delenv("CIBERAULA_CASES_URL", raising=False)
    for folder, place in ((None, tmp_path / "var" / "mesa.sqlite"), (tmp_path, tmp_path / "mesa.sqlite")):
        store = open_store(folder=folder)
        assert store.place == str(place)
        store.close()
    monkeypatch.setenv("CIBERAULA_CASES_URL", f" {tmp_path / 'otra.db'} ")
    store = open_store(folder=tmp_path)
    assert store.place == str(tmp_path / "otra.db")
    store.close()


def run(*arguments: object) -> int:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    options = parser.parse_args([str(one) for one in arguments])
    return int(options.run(options))


def test_the_commands(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("mesa") == 0
    assert "verificar" in capsys.readouterr().out
    assert run("mesa", "preparar", address) == 0
    assert "está lista" in capsys.readouterr().out
    store = SqlStore(address)
    cohort = Cohort(store, lambda: NOW)
    ana = enter(cohort)
    with pytest.raises(Denied):
        cohort.desk.do(ana, {"do": "reopen", "case": f"{ana.id}-1", "reason": "x"}, action_id=f"{ana.id}.x")
    assert run("mesa", "verificar", address) == 0
    told = capsys.readouterr().out
    assert "1 participante, 3 casos, 0 envíos" in told
    assert "7 cambios, 0 consultas, 1 intentos rechazados" in told
    assert "8 asientos comprobados" in told
    with pytest.raises(UserError, match=r"borra 3 casos .*repita la orden con --yes"):
        run("mesa", "vaciar", address)
    assert assert_whole(store) == 8
    assert run("mesa", "vaciar", "--yes", address) == 0
    assert cohort.everybody() == []
    store.close()


def test_a_chain_that_was_altered_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mesa.sqlite"
    store = SqlStore(str(path))
    enter(Cohort(store, lambda: NOW))
    with store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("UPDATE audit SET actor = 'otra' WHERE seq = 3"))
    store.close()
    with pytest.raises(UserError, match="desde el asiento 3"):
        run("mesa", "verificar", path)
    assert "3 casos" in capsys.readouterr().out


def test_a_participant_let_in_twice_under_one_pseudonym_is_no_way(cohort: Cohort) -> None:
    """The database itself holds that a pseudonym in a role is one user."""
    who = cohort.enter("p-ana", Role.CASEWORKER)
    with pytest.raises(Exception, match=r"(?i)unique"), cohort.store.begin() as unit:
        add(unit, type(who)("u-otra", who.role, "Participante OTRA", NOW), "p-ana")
