"""The desk that a cohort shares: who sees what, what goes between participants, and a database that goes away."""

from collections.abc import Iterator
from typing import Any

import pytest

from ciberaula.casework.cohort import gone
from ciberaula.casework.entities import Note, Transition
from ciberaula.casework.vocabulary import Data
from ciberaula.classroom.desk_shared import shared_desk
from tests.casework.postgres import Postgres, running
from tests.classroom.cohorts import Colleague, alone

NOTE = {"facts": "Llamó a las 22:10.", "opinion": "Sigue en riesgo.", "next": "Llamar mañana."}


@pytest.fixture
def shared(address, tmp_path, monkeypatch):
    """A cohort's database of each sort, and a folder to work in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CIBERAULA_CASES_URL", address)
    return address


@pytest.fixture
def file_only(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    alone(monkeypatch, tmp_path / "var")
    return tmp_path


@pytest.fixture
def ana(shared, monkeypatch):
    return Colleague(monkeypatch, "p-ana")


@pytest.fixture
def bea(shared, ana, monkeypatch):
    made = Colleague(monkeypatch, "p-bea")
    ana.send("refresh")
    return made


def case_file(colleague, case):
    with colleague.cohort.store.begin() as unit:
        found = unit.case_file(case)
    assert found is not None
    return found


def last_sent(colleague, case):
    return case_file(colleague, case).of(Transition)[-1]


def chain_holds(colleague):
    check = colleague.cohort.verify()
    assert check.ok, check.line


def test_nothing_is_opened_before_the_person_wants_it(file_only, monkeypatch):
    monkeypatch.setenv("CIBERAULA_CASES_URL", "postgresql://ana:secreta@127.0.0.1:1/base")
    widget = shared_desk()
    assert widget.state["desk"]["screen"]["key"] == "start"
    assert "secreta" not in str(widget.state) + str(widget.spec)
    assert not (file_only / "var").exists()


def test_alone_it_says_so_and_works_on_a_file(file_only, monkeypatch):
    desk = Colleague(monkeypatch, "p-sola", opened=False)
    assert "a solas, en este equipo" in desk.text()
    desk.send("start")
    assert (file_only / "var" / "mesa.sqlite").exists()
    assert desk.desk["head"]["connection"] == "En este equipo"
    assert "trabaja a solas" in desk.text()
    desk.open(desk.own_case(), "services")
    offered = [item["text"] for part in desk.parts("buttons") for item in part["items"]]
    assert "Referir a otra institución" not in offered  # there is nobody to refer to
    desk.do(desk.own_case(), "notes", "write_note", **NOTE)
    assert desk.said == "Hecho: escribir una nota de caso."
    again = Colleague(monkeypatch, "p-sola")
    again.open(desk.own_case(), "notes")
    assert NOTE["facts"] in again.text()


def test_everybody_begins_with_three_cases_of_her_own_and_comes_back_to_them(ana, bea, monkeypatch):
    for one in (ana, bea):
        one.send("go", screen="cases")
        assert [row[5] for row in one.rows("3 casos")] == ["Usted"] * 3
    ana.send("go", screen="calendar")
    assert "Evaluar el riesgo con la persona." in ana.text()
    before = ana.cohort.verify().entries
    again = Colleague(monkeypatch, "p-ana")
    assert (again.user, again.name) == (ana.user, ana.name)
    assert ana.cohort.verify().entries == before
    assert again.name.startswith("Participante ")
    assert "p-ana" not in str(again.desk) + str(bea.desk)
    chain_holds(ana)


def test_a_referral_without_consent_is_refused_beside_the_form_and_audited(ana, bea):
    case = ana.own_case()
    ana.sends(case, bea)
    assert ana.level == "error"
    assert "consentimiento" in ana.desk["form"]["refused"]
    assert ana.parts("form")
    ana.send("go", screen="case", case=case, tab="audit", form="")
    assert "Rechazado" in ana.text()
    bea.send("refresh")
    assert bea.rows("Lo que le enviaron") == []


def test_a_referral_is_accepted_and_shows_only_what_was_sent(ana, bea):
    case = ana.own_case(3)
    ana.asks_consent(case, bea)
    ana.do(case, "notes", "write_note", **NOTE)
    ana.sends(case, bea)
    assert ana.level == "ok", ana.said
    bea.send("refresh")
    ((code, what, who, state, _when),) = bea.rows("Lo que le enviaron")
    assert (what, who, state) == ("Referencia", ana.name, "Pendiente")
    assert "Bandeja (1)" in [item["text"] for item in bea.desk["ways"]["items"]]
    bea.send("open", case=case)
    (person,) = bea.rows("Personas")
    assert person[0] in bea.desk["screen"]["title"]
    assert "Atención." in bea.text()
    hidden = (NOTE["facts"], "De palabra", "Entrevista inicial", "Riesgo", "Bitácora")
    assert not [word for word in hidden if word in str(bea.desk)]
    for tab in ("notes", "audit"):  # no screen offers it, and the desk does not show it
        bea.send("go", screen="case", case=case, tab=tab, form="")
        assert bea.level == "error", tab
        assert "identidad básica" in bea.said
    bea.answers(case, "si", reason="La veo el lunes.")
    assert bea.said == "Hecho: responder a lo recibido."
    ana.send("go", screen="inbox")
    ((_code, _what, whom, state, answer, _when),) = ana.rows("Lo que usted envió")
    assert (whom, state, answer) == (bea.name, "Aceptada", "La veo el lunes.")
    done = bea.parts("form")[0]
    bea.send(
        "submit",
        case=case,
        form="complete_transition",
        values={"transition": done["fields"][0]["options"][0]["id"], "note": "Atendida."},
    )
    assert bea.desk["screen"]["key"] == "inbox"  # it is over: she does not see the case any more
    bea.send("open", case=case)
    assert bea.level == "error"
    assert case_file(ana, case).case.owner == ana.user
    assert code.startswith("SIM-")
    chain_holds(ana)


def test_what_a_receiver_is_sent_is_what_was_marked(ana, bea):
    case = ana.own_case(3)
    ana.asks_consent(case, bea, data=["identity", "location"])
    ana.sends(case, bea)
    assert "Falta el consentimiento para compartir" in ana.said  # health was not agreed to
    ana.sends(case, bea, data=["identity", "location"])
    assert last_sent(ana, case).data == (Data.IDENTITY, Data.LOCATION)
    bea.send("open", case=case)
    assert "Cantón" in bea.text()


def test_a_referral_can_be_turned_down(ana, bea):
    case = ana.own_case()
    ana.asks_consent(case, bea)
    ana.sends(case, bea)
    bea.answers(case, "no", reason="No es mi zona.")
    assert bea.desk["screen"]["key"] == "inbox"
    ana.send("go", screen="inbox")
    assert ana.rows("Lo que usted envió")[0][3:5] == ["Rechazada", "No es mi zona."]


def test_an_accepted_transfer_changes_who_is_in_charge(ana, bea):
    case = ana.own_case(2)
    ana.asks_consent(case, bea)
    ana.sends(case, bea, "transfer")
    bea.answers(case, "si")
    found = case_file(ana, case).case
    assert (found.owner, found.previous_owner) == (bea.user, ana.user)
    bea.send("go", screen="cases")
    assert len(bea.rows("4 casos")) == 4
    bea.do(case, "notes", "write_note", **NOTE)
    assert bea.level == "ok"
    ana.send("open", case=case)
    assert "no está entre los que usted puede ver" in ana.said
    ana.send("go", screen="inbox")
    assert ana.rows("Lo que usted envió")[0][3] == "Aceptada"
    chain_holds(ana)


def test_a_case_can_be_asked_for_and_its_owner_decides(ana, bea):
    case, code = ana.own_case(), case_file(ana, ana.own_case()).case.code
    bea.send("go", screen="cases")
    bea.send("go", screen="cases", form="request_transfer")
    bea.send(
        "submit", case="", form="request_transfer", values={"code": code, "reason": "Ya la acompaño en otro caso."}
    )
    assert bea.level == "ok", bea.said
    ana.send("go", screen="inbox")
    assert ana.rows("Lo que le enviaron")[0][1:4] == ["Solicitud de transferencia", bea.name, "Pendiente"]
    asked = last_sent(ana, case)
    ana.do(case, "services", "answer_transition", transition=asked.id, accept="si")
    assert ana.level == "ok", ana.said
    assert case_file(ana, case).case.owner == ana.user  # the transfer itself needs its own consent
    ana.asks_consent(case, bea)
    ana.sends(case, bea, "transfer")
    bea.answers(case, "si")
    assert case_file(ana, case).case.owner == bea.user


def test_nobody_sees_the_case_of_another(ana, bea):
    before = ana.cohort.verify().entries
    bea.send("open", case=ana.own_case())
    assert bea.level == "error"
    assert bea.desk["screen"]["key"] == "inbox"
    bea.send("go", screen="cases")
    bea.send("find", values={"text": case_file(ana, ana.own_case()).case.code})
    assert bea.rows("0 casos") == []
    assert ana.cohort.verify().entries == before + 3  # the refused attempt too


def test_in_an_emergency_the_glass_is_broken_and_it_shows(ana, bea):
    case = case_file(ana, ana.own_case()).case
    bea.send("go", screen="cases")
    bea.send("go", screen="cases", form="break_glass")
    reason = "Llamó llorando y su colega no contesta."
    bea.send("submit", case="", form="break_glass", values={"code": case.code, "reason": reason, "hours": 2})
    assert bea.desk["screen"]["title"].startswith(f"Caso {case.code}"), bea.said
    ana.open(case.id, "audit")
    assert reason in ana.text()
    assert bea.name in ana.text()


def test_a_new_case_has_an_id_that_nobody_else_has(ana, bea):
    for one in (ana, bea):
        one.send("go", screen="cases")
        one.send("go", screen="cases", form="register")
        about = {"code": "NUEVO-1", "name": "Zoila Mero", "canton": "Chone", "area": "rural"}
        one.send("submit", case="", form="register", values={**about, "device": "shared", "connection": "intermittent"})
        assert one.desk["screen"]["title"] == "Caso NUEVO-1: Zoila Mero", one.said
    chain_holds(ana)


def test_whoever_supervises_sees_the_group_and_approves(ana, bea, monkeypatch):
    case = ana.own_case()
    ana.do(case, "plan", "request_approval", what="closure")
    boss = Colleague(monkeypatch, "p-jefa", role="instructor")
    assert boss.name.startswith("Supervisión ")
    ((code, what, who, _when),) = boss.rows("Aprobaciones que esperan")
    assert (what, who) == ("Cierre", ana.name)
    boss.send("go", screen="cases")
    assert len(boss.rows("6 casos")) == 6
    boss.open(case, "plan", "decide_approval")
    approval = boss.parts("form")[0]["fields"][0]["options"][0]["id"]
    boss.send("submit", case=case, form="decide_approval", values={"approval": approval, "approved": "si"})
    assert boss.level == "ok", boss.said
    ana.open(case, "plan")
    assert "Aprobada" in ana.text()
    assert code.startswith("SIM-")
    ana.send("go", screen="inbox")
    assert ana.rows("Aprobaciones que esperan") == []


def test_a_second_click_sends_nothing_twice(ana):
    case = ana.own_case()
    ana.open(case, "notes", "write_note")
    sent = {"type": "desk", "do": "submit", "case": case, "form": "write_note", "values": NOTE, "at": ana.desk["at"]}
    for _click in range(2):
        ana.widget._take(dict(sent))
    assert len(case_file(ana, case).of(Note)) == 1
    assert "ya estaba guardado" in ana.said


@pytest.mark.parametrize(
    "message",
    [
        {"do": "open", "case": ["x"]},
        {"do": "open", "case": "no hay"},
        {"do": "submit", "case": "c1", "form": "write_note", "values": NOTE},
        {"do": "submit", "case": "", "form": "outside_contact", "values": {}},
        {"do": "find", "values": {"otro": 1}},
    ],
)
def test_what_no_screen_offers_is_refused_in_one_line(file_only, monkeypatch, message):
    desk = Colleague(monkeypatch, "p-sola")
    desk.send(**message)
    assert desk.level == "error"
    assert desk.said
    assert "\n" not in desk.said


@pytest.mark.parametrize("message", [None, 3, {}, {"type": "desk"}, {"type": "desk", "do": ["x"]}, {"type": "otra"}])
def test_nonsense_changes_nothing(file_only, monkeypatch, message):
    desk = Colleague(monkeypatch, "p-sola")
    before = desk.desk["screen"]
    desk.widget._take(message)
    assert desk.desk["screen"] == before


def test_before_it_is_opened_nothing_can_be_done(file_only, monkeypatch):
    desk = Colleague(monkeypatch, "p-sola", opened=False)
    for message in ({"do": "open", "case": "c1"}, {"do": "go", "screen": "cases"}, {"do": "refresh"}, {"do": "retry"}):
        desk.send(**message)
        assert desk.desk["screen"]["key"] == "start"
        assert "pulse «Abrir la mesa»" in desk.said


def test_a_text_that_no_database_keeps_is_told_beside_the_form(file_only, monkeypatch):
    desk = Colleague(monkeypatch, "p-sola")
    desk.do(desk.own_case(), "notes", "write_note", facts="Llamó\x00 ayer.")
    assert "hay un carácter que no se puede guardar" in desk.desk["form"]["refused"]
    assert desk.parts("form")


def test_the_pause_keeps_everything(file_only, monkeypatch):
    desk = Colleague(monkeypatch, "p-sola")
    desk.send("pause")
    assert "reloj de la historia" not in desk.text()
    desk.send("back")
    assert desk.desk["screen"]["key"] == "inbox"


def test_a_participant_who_was_erased_has_no_name(ana, bea):
    case = ana.own_case()
    ana.asks_consent(case, bea)
    ana.sends(case, bea)
    from ciberaula.casework.store import participants

    with ana.cohort.store.begin() as unit:
        participants.forget(unit, [bea.user])
    ana.send("refresh")
    ana.send("go", screen="inbox")
    assert ana.rows("Lo que usted envió")[0][2] == gone()


# A database that goes away -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mortal() -> Iterator[Postgres]:
    """A server of its own, to be stopped in mid-action."""
    with running() as server:
        yield server


@pytest.fixture
def there(mortal, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CIBERAULA_CASES_URL", mortal.database())
    return mortal


def offered(desk):
    return [item["text"] for part in desk.desk["after"] for item in part["items"]]


def test_a_server_that_goes_away_takes_nothing_along(there, monkeypatch):
    ana = Colleague(monkeypatch, "p-ana")
    case = ana.own_case()
    ana.open(case, "notes", "write_note")
    before = ana.desk
    there.stop()
    sent: dict[str, Any] = {"do": "submit", "case": case, "form": "write_note", "values": NOTE}
    ana.send(**sent)
    assert "No hay conexión con la base de casos" in ana.said
    assert "\n" not in ana.said
    assert ana.desk["screen"] == before["screen"]  # the form with what was written stays as it is
    assert ana.desk["form"]["id"] == before["form"]["id"]
    assert not ana.desk["head"]["connected"]
    assert offered(ana) == ["Reintentar"]
    ana.send("retry")
    assert offered(ana) == ["Reintentar"]
    ana.send("pause")
    assert ana.desk["screen"]["key"] == "pause"
    ana.send("back")
    assert offered(ana) == ["Reintentar"]
    there.start()
    ana.send("retry")
    assert "Hay conexión otra vez" in ana.said
    assert (offered(ana), ana.desk["head"]["connected"]) == ([], True)
    assert ana.desk["form"]["id"] == before["form"]["id"]
    ana.send(**sent)
    assert ana.said == "Hecho: escribir una nota de caso."
    assert len(case_file(ana, case).of(Note)) == 1
    chain_holds(ana)


def test_what_was_saved_although_nobody_could_say_so_is_not_done_twice(there, monkeypatch):
    ana = Colleague(monkeypatch, "p-ana")
    case = ana.own_case()
    ana.open(case, "notes", "write_note")
    do = ana.cohort.desk.do

    def cut_off(*given, **named):
        do(*given, **named)
        there.stop()
        ana.cohort.everybody()  # the answer got lost on its way

    with monkeypatch.context() as patch:
        patch.setattr(ana.cohort.desk, "do", cut_off)
        ana.send("submit", case=case, form="write_note", values=NOTE)
    assert "No hay conexión" in ana.said
    there.start()
    ana.send("submit", case=case, form="write_note", values=NOTE)
    assert ana.level == "ok"
    assert len(case_file(ana, case).of(Note)) == 1


def test_a_step_that_was_cut_off_is_taken_up_again(there, monkeypatch):
    ana = Colleague(monkeypatch, "p-ana")
    there.stop()
    ana.send("go", screen="cases")
    assert ana.desk["screen"]["key"] == "inbox"
    there.start()
    ana.send("retry")
    assert ana.desk["screen"]["key"] == "cases"
    assert len(ana.rows("3 casos")) == 3


def test_a_server_that_is_not_there_yet(there, monkeypatch):
    there.stop()
    ana = Colleague(monkeypatch, "p-ana", opened=False)
    ana.send("start")
    assert "No hay conexión" in ana.said or "no deja entrar" in ana.said
    assert ana.desk["screen"]["key"] == "start"
    there.start()
    ana.send("retry")
    assert ana.desk["screen"]["key"] == "inbox"
    ana.send("go", screen="cases")
    assert len(ana.rows("3 casos")) == 3
