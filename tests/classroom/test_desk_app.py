"""The case desk as a widget: what it keeps, what it refuses, and that nothing of a story is lost."""

import errno
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ciberaula.casework.entities import FollowUp
from ciberaula.classroom import sheet as sheet_module
from ciberaula.classroom import story
from ciberaula.classroom import workplace as workplace_module
from ciberaula.classroom.desk_keeping import Keeping
from ciberaula.classroom.sheet import sheet_for
from ciberaula.classroom.sheetfile import read_answers
from ciberaula.errors import UserError
from tests.classroom.desks import STORY, Desk, write_story

NOTE = {"facts": "Llamó a las 22:10 y habló bajo.", "opinion": "Sigue en riesgo.", "next": "Llamar mañana."}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    made = write_story(tmp_path / "06-prueba")
    monkeypatch.chdir(made)
    monkeypatch.setenv("CIBERAULA_PSEUDONYM", "p-prueba")
    return made


@pytest.fixture
def graded(tmp_path, monkeypatch):
    made = write_story(tmp_path / "06-prueba", graded=True)
    monkeypatch.chdir(made)
    monkeypatch.setenv("CIBERAULA_PSEUDONYM", "p-prueba")
    return made


def sheet(folder):
    return read_answers(folder / "respuestas.json")


def log(folder, id=STORY):
    return [one["action"]["do"] for one in sheet(folder)[id]["actions"]]


def test_nothing_begins_before_it_is_begun(folder):
    desk = Desk()
    assert desk.desk["screen"]["key"] == "start"
    assert desk.desk["ways"] is None
    for message in ({"do": "wait", "until": "next"}, {"do": "open", "case": "c1"}, {"do": "go", "screen": "cases"}):
        desk.send(**message)
        assert desk.desk["screen"]["key"] == "start"
    assert not (folder / "respuestas.json").exists()
    desk.send("start")
    assert desk.desk["screen"]["key"] == "inbox"


def test_every_action_is_saved_before_it_is_told_and_replayed_when_opened_again(folder):
    desk = Desk()
    desk.begin()
    desk.send("read", message="m1")
    desk.send("choose", situation="mensaje", option="b")
    assert "Llamar al número que acordaron" in desk.said
    assert "Elvia responde en voz baja" in desk.text()
    assert log(folder) == ["wait", "read", "choose"]
    again = Desk()
    assert again.desk["screen"]["key"] == "inbox"
    assert again.desk["head"] == desk.desk["head"]
    assert again.widget.play.answer() == desk.widget.play.answer()


def test_a_second_click_is_no_second_action(folder):
    desk = Desk()
    desk.begin()
    choice = {"type": "desk", "do": "choose", "situation": "mensaje", "option": "a", "at": desk.desk["at"]}
    desk.widget._take(choice)
    told = desk.said
    desk.widget._take(choice)
    desk.widget._take({**choice, "option": "b"})
    assert desk.said == told
    assert log(folder) == ["wait", "choose"]


@pytest.mark.parametrize(
    "message",
    [
        {"do": "choose", "situation": "cita", "option": "a"},
        {"do": "choose", "situation": ["mensaje"], "option": {}},
        {"do": "read", "message": "otro"},
        {"do": "wait", "until": "siempre"},
        {"do": "wait", "minutes": -5},
        {"do": "wait"},
        {"do": "submit", "case": "c1", "form": "write_note", "values": NOTE},
        {"do": "submit", "case": "c1", "form": "outside_contact", "values": {}},
        {"do": "find", "values": {"otro": 1}},
        {"do": "find", "values": {"step": "inventado"}},
    ],
)
def test_what_no_screen_offers_is_refused_in_one_line(folder, message):
    desk = Desk()
    desk.begin()
    desk.send(**message)
    assert desk.level == "error"
    assert desk.said
    assert "\n" not in desk.said
    assert log(folder) == ["wait"]


@pytest.mark.parametrize("message", [None, 3, {}, {"type": "desk"}, {"type": "desk", "do": ["x"]}, {"type": "otra"}])
def test_nonsense_changes_nothing(folder, message):
    desk = Desk()
    desk.begin()
    before = desk.desk
    desk.widget._take(message)
    assert {**desk.desk, "focus": ""} == {**before, "focus": ""}


def test_a_form_says_what_is_missing_and_keeps_its_place(folder):
    desk = Desk()
    desk.begin()
    form = desk.to_form("notes", "write_note")
    assert [field["label"] for field in form["fields"]][-4:-1] == ["Hechos", "Valoración", "Próximo paso"]
    desk.submit("write_note", opinion="Algo.")
    assert set(desk.desk["form"]["problems"]) == {"facts"}
    assert (desk.desk["form"]["id"], desk.desk["focus"]) == (form["id"], "form")
    desk.submit("write_note", **{**NOTE, "facts": "x" * 4001})
    assert "Acórtelo" in desk.desk["form"]["problems"]["facts"]
    assert "write_note" not in log(folder)
    desk.submit("write_note", **NOTE)
    assert log(folder)[-1] == "write_note"
    assert desk.desk["focus"] == "said"
    assert desk.parts("form") == []
    assert "Sigue en riesgo." in desk.text()


def test_what_the_desk_refuses_is_said_beside_the_form_and_stays_in_the_audit(folder):
    desk = Desk()
    desk.begin()
    desk.to_form("services", "refer")
    desk.submit("refer", to="centro-mujer", data=["identity"], reason="Atención.")
    assert desk.level == "error"
    assert "consentimiento" in desk.desk["form"]["refused"]
    assert desk.parts("form")
    desk.send("go", screen="case", case="c1", tab="audit", form="")
    assert "Rechazado" in desk.text()
    assert "Cadena verificada" in desk.text()


def test_asking_for_a_consent_is_answered_by_the_story(folder):
    desk = Desk()
    desk.begin()
    form = desk.to_form("consent", "ask_consent")
    assert {"to", "channels"} <= {field["id"] for field in form["fields"]}
    desk.submit(
        "ask_consent", person="elvia", purpose="channel", channels=["chat"], through="phone", to=["centro-mujer"]
    )
    assert "él revisa" in desk.said + desk.text()
    asked = sheet(folder)[STORY]["actions"][-1]["action"]
    assert "to" not in asked  # it did not matter for that purpose
    assert "No aceptó" in desk.text()


def test_a_person_is_added_under_an_id_of_her_own(folder):
    desk = Desk()
    desk.begin()
    desk.to_form("people", "add_person")
    desk.submit("add_person", name="Zoila", relation="hermana")
    assert "Zoila" in desk.text()
    again = Desk()
    assert again.widget.play.names("c1.persona-2") == "Zoila"


def test_a_new_case_and_an_emergency_access_begin_at_the_list_of_cases(folder):
    desk = Desk()
    desk.begin()
    desk.send("go", screen="cases", form="register")
    new = {"code": "SIM-900", "name": "Rosa", "canton": "Loja", "area": "rural", "device": "own", "connection": "none"}
    desk.send("submit", case="", form="register", values={**new, "age": 200})
    assert desk.level == "error"
    desk.send("submit", case="", form="register", values=new)
    assert desk.level == "ok"
    assert "SIM-900" in desk.text()
    desk.send("go", screen="cases", form="break_glass")
    desk.send("submit", case="", form="break_glass", values={"code": "SIM-114", "reason": "Corta"})
    assert set(desk.desk["form"]["problems"]) == {"reason"}
    why = "La vecina oyó gritos y nadie contesta."
    desk.send("submit", case="", form="break_glass", values={"code": "sim-114", "reason": why})
    assert sheet(folder)[STORY]["actions"][-1]["action"] == {"do": "break_glass", "case": "c1", "reason": why}
    desk.send("go", screen="cases", form="break_glass")
    desk.send("submit", case="", form="break_glass", values={"code": "SIM-NADIE", "reason": why})
    assert "no está entre los que usted puede ver" in desk.desk["form"]["refused"]


def test_a_tab_that_is_a_look_is_one_only_once(folder):
    desk = Desk()
    desk.begin()
    desk.send("open", case="c1")
    for tab in ("notes", "summary", "notes", "audit"):
        desk.send("go", screen="case", case="c1", tab=tab, form="")
    assert log(folder) == ["wait", "look", "look", "look"]
    parts = [one["action"].get("part") for one in sheet(folder)[STORY]["actions"]]
    assert parts[1:] == ["file", "notes", "audit"]


def test_the_pause_keeps_everything(folder):
    desk = Desk()
    desk.begin()
    desk.send("pause")
    assert desk.desk["screen"]["key"] == "pause"
    assert "emergencia" in desk.text()
    desk.send("back")
    assert desk.desk["screen"]["key"] == "inbox"
    assert log(folder) == ["wait"]


def test_two_notebooks_on_one_story_lose_nothing(folder):
    mine, other = Desk(), Desk()
    mine.begin()
    other.widget._take({"type": "shown"})
    assert other.desk["at"] == 1
    other.send("choose", situation="mensaje", option="c")
    mine.send("choose", situation="mensaje", option="a")
    assert "otra pestaña" in mine.said
    assert mine.desk["at"] == 2
    assert log(folder) == ["wait", "choose"]
    assert sheet(folder)[STORY]["actions"][-1]["action"]["option"] == "c"


def test_a_killed_kernel_leaves_a_log_that_plays(folder):
    code = (
        "import os; from tests.classroom.desks import Desk; d = Desk(); d.begin(); "
        "d.send('choose', situation='mensaje', option='b'); os._exit(9)"
    )
    root = str(Path(__file__).parents[2])
    subprocess.run([sys.executable, "-c", code], cwd=folder, env={**os.environ, "PYTHONPATH": root}, check=False)
    assert Desk().desk["at"] == 2


def break_it(folder, how):
    path = folder / "respuestas.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    entry = content["answers"][STORY]
    if how == "trainee":
        entry["value"]["trainee"] = "p-otra"
    elif how == "version":
        entry["value"]["version"] = "0" * 16
    elif how == "order":
        entry["value"]["actions"].reverse()
    elif how == "kind":
        entry["kind"], entry["value"] = "text", "otra cosa"
    elif how == "shape":
        entry["value"] = {"story": 3}
    path.write_text(json.dumps(content), encoding="utf-8")
    return entry


@pytest.mark.parametrize("how", ["trainee", "version", "order", "kind", "shape"])
def test_a_log_that_cannot_be_played_is_told_and_kept_aside(folder, how):
    desk = Desk()
    desk.begin()
    desk.send("choose", situation="mensaje", option="b")
    broken = break_it(folder, how)
    again = Desk()
    assert again.desk["screen"]["key"] == "start"
    assert "no se puede seguir" in again.text()
    assert sheet(folder)[STORY] == broken["value"]
    again.begin()
    assert log(folder) == ["wait"]
    assert sheet(folder)[f"{STORY}-anterior"] == broken["value"]


def test_the_next_broken_log_does_not_take_the_place_of_the_first(folder):
    for minutes in (10, 20):
        desk = Desk()
        desk.begin()
        desk.send("wait", minutes=minutes)
        break_it(folder, "version")
    Desk().begin()
    assert {f"{STORY}-anterior", f"{STORY}-anterior-2"} <= set(sheet(folder))


def test_practice_ends_in_a_debrief_and_can_be_played_again(folder):
    desk = Desk()
    desk.begin()
    desk.play_to_the_end()
    assert desk.desk["screen"]["key"] == "end"
    order = [part["text"] for part in desk.parts("heading")]
    assert [title[:2] for title in order] == ["1.", "2.", "3.", "4.", "5."]
    assert "Contestar desde su cuenta personal" in desk.text()
    desk.send("reflect", values={"r1": "Preguntar antes.", "r2": "Llamar."})
    assert sheet(folder)[f"{STORY}-reflexion"] == {"r1": "Preguntar antes.", "r2": "Llamar."}
    assert Desk().parts("form")[0]["values"]["r1"] == "Preguntar antes."
    first = sheet(folder)[STORY]
    desk.send("again")
    assert desk.desk["screen"]["key"] == "inbox"
    assert sheet(folder)[f"{STORY}-anterior"] == first
    desk.send("wait", until="next")
    desk.send("choose", situation="mensaje", option="b")
    desk.play_to_the_end()
    changes = [part for part in desk.parts("html") if "Toda la historia" in part["html"]]
    assert "subió" in changes[0]["html"] or "bajó" in changes[0]["html"]
    record = (folder / "registro.jsonl").read_text(encoding="utf-8")
    assert record.count("/verbs/completed") == 2
    assert "Preguntar antes" not in record


def test_a_graded_story_ends_without_judging(graded):
    desk = Desk()
    desk.begin()
    desk.play_to_the_end()
    assert sheet(graded)["p10"]["ended"] == "fin"
    assert "la devolución llega con la calificación" in desk.text()
    assert not desk.parts("form")
    everything = json.dumps([desk.widget.spec, desk.widget.state], ensure_ascii=False)
    assert not [word for word in ("Logrado", "Faltó", "puntos", "Volver a jugar") if word in everything]
    desk.send("again")
    assert desk.desk["screen"]["key"] == "end"
    assert f"{STORY}-anterior" not in sheet(graded)


def test_practice_without_its_assessment_says_so(folder):
    (folder / "valoracion-muestra.yml").unlink()
    desk = Desk()
    desk.begin()
    desk.play_to_the_end()
    assert "valoracion-muestra.yml" in desk.text()
    assert "Elvia llegó a la cita." in desk.text()


def test_a_folder_that_went_away_is_told_and_the_story_goes_on(folder):
    desk = Desk()
    desk.begin()
    away = folder.rename(folder.with_name("otra"))
    desk.send("read", message="m1")
    assert desk.level == "error"
    assert "No se pudo guardar" in desk.said
    away.rename(folder)
    desk.send("choose", situation="mensaje", option="b")
    assert desk.level == "ok"
    assert log(folder) == ["wait", "read", "choose"]


def full_disk(monkeypatch):
    def fail(*_args, **_more):
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(sheet_module, "write_atomic", fail)


def sessions(folder):
    """A desk whose last action could not be written, and afterwards another session, which acted three times."""
    with pytest.MonkeyPatch.context() as patch:
        mine = Desk()
        mine.begin()
        full_disk(patch)
        mine.send("wait", minutes=7)
        assert "No se pudo guardar" in mine.said
    sheet_for.cache_clear()  # a second kernel, once the disk has room again
    workplace_module._at.cache_clear()
    other = Desk()
    for minutes in (11, 12, 13):
        other.send("wait", minutes=minutes)
    assert log(folder) == ["wait"] * 4
    return mine


@pytest.mark.parametrize("how", ["act", "show", "other answer", "open again"])
def test_what_could_not_be_written_never_replaces_what_another_session_saved(folder, how):
    mine = sessions(folder)
    theirs = sheet(folder)[STORY]
    if how == "open again":
        keeping = mine.widget._keeping
        mine.widget._keeping = Keeping(keeping.item, keeping._place)
    if how == "other answer":
        mine.widget._keeping._place.sheet.save("reflexion", "text", "Hola.")
        assert sheet(folder)[STORY] == theirs
    if how == "show":
        mine.widget._take({"type": "shown"})
        assert "quedó aparte" in mine.said
    else:
        mine.send("wait", minutes=20)
    assert sheet(folder)[STORY] == theirs
    aside = sheet(folder)[f"{STORY}-anterior"]
    assert [one["action"].get("minutes") for one in aside["actions"]] == [None, 7]
    if how != "open again":
        assert mine.desk["at"] == 4
    mine.widget._take({"type": "shown"})
    mine.send("wait", minutes=20)
    assert log(folder) == ["wait"] * 5
    assert sheet(folder)[STORY]["actions"][:4] == theirs["actions"]


def test_what_waits_aside_takes_no_other_log_s_place(folder):
    mine = sessions(folder)
    place = mine.widget._keeping._place
    with pytest.MonkeyPatch.context() as patch:
        full_disk(patch)
        mine.send("wait", minutes=20)  # still no room: it waits, and nothing is lost
        assert "otra pestaña" in mine.said
    kept = place.sheet.read()[f"{STORY}-anterior"].value
    assert [one["action"].get("minutes") for one in kept["actions"]] == [None, 7]
    mine.send("wait", minutes=20)
    assert sheet(folder)[f"{STORY}-anterior"] == kept
    assert log(folder) == ["wait"] * 5


def test_names_that_are_no_story_are_told(folder):
    wrong: Any
    for wrong in ("historia-otra", "../x", 3):
        with pytest.raises(UserError) as raised:
            story(wrong)
        assert "\n" not in str(raised.value)
    (folder / "historia-muestra.yml").write_text("schema: 1\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"historia-muestra\.yml"):
        story(STORY)


def test_the_static_rendering_tells_the_moment(folder):
    desk = Desk()
    assert "Sin respuesta todavía" in desk.text()
    desk.begin()
    desk.send("read", message="m1")
    text = desk.text()
    for told in ("lunes 9 de marzo", "¿Puede hablar?", "Un mensaje en su cuenta personal", "○ Llamar al número"):
        assert told in text


def buttons(desk):
    return [item["text"] for part in desk.parts("buttons") for item in part["items"]]


def test_a_day_on_which_something_is_due_is_not_waited_past(folder):
    desk = Desk()
    desk.begin()
    desk.send("choose", situation="mensaje", option="b")
    desk.to_form("notes", "plan_follow_up")
    desk.submit("plan_follow_up", kind="for_service", days=2)
    play = desk.widget.play
    file = play.file("c1")
    assert file is not None
    due = file.of(FollowUp)[-1].due
    for _turn in range(10):
        if play.now.date() >= due.date():
            break
        desk.send("wait", until="next")
    assert (play.now.date(), play.now.hour) == (due.date(), 8)
    assert "Hoy toca" in desk.said
    assert "Hacer el seguimiento previsto" in desk.said
    desk.send("wait", until="next")
    assert play.now.hour > 8 or play.now.minute


def test_the_own_case_and_what_came_in_are_one_button_away(folder):
    desk = Desk()
    desk.send("start")
    assert buttons(desk) == ["Abrir el caso SIM-114: Elvia", "Adelantar hasta lo próximo"]
    desk.send("go", screen="calendar")
    desk.send("wait", until="next")
    assert desk.desk["after"][-1]["items"][0]["text"] == "Ir a la bandeja"
    desk.send("go", screen="inbox")
    assert desk.desk["after"] == []
    desk.send("read", message="m1")
    assert desk.desk["screen"]["parts"][0]["title"].startswith("Mensaje de")


def test_cases_that_only_fill_the_office_stay_apart(tmp_path, monkeypatch):
    monkeypatch.chdir(write_story(tmp_path / "06-prueba", background=40))
    desk = Desk()
    desk.send("start")
    desk.send("go", screen="cases")
    mine, others = desk.parts("table")
    assert [row[0]["text"] for row in mine["rows"]] == ["SIM-114"]
    assert others["rows"]
    assert "SIM-114" not in {row[0]["text"] for row in others["rows"]}
    assert [item["text"] for item in desk.desk["ways"]["items"]][2] == "Calendario y reloj"
    name = others["rows"][0][1]
    desk.send("find", values={"text": name})
    assert name in [row[1] for row in desk.parts("table")[0]["rows"]]


def test_what_an_action_took_and_where_the_story_stood_is_said(folder):
    desk = Desk()
    desk.begin()
    desk.send("choose", situation="mensaje", option="b")
    assert re.search(r"Tomó .+: son las \d\d:\d\d\.", desk.said)
    again = Desk()
    again.widget._take({"type": "shown", "stamp": "vista-1"})
    assert again.said == "La historia sigue donde la dejó."


def test_the_end_tells_what_was_decided_in_brief_and_the_rest_folded(folder):
    desk = Desk()
    desk.begin()
    desk.send("open", case="c1")
    desk.play_to_the_end()
    course = desk.parts("table")[0]
    assert course["columns"] == ["Cuándo", "Qué decidió", "Qué siguió"]
    chosen = [one for one in desk.widget.play.happened if one.do == "choose" and one.outcome == "done"]
    assert len(course["rows"]) >= len(chosen)
    assert any(row[2] for row in course["rows"])
    whole = next(part for part in desk.parts("fold") if part["title"].startswith("Todo el recorrido"))
    assert not whole["open"]
    assert "Abrió el expediente" not in json.dumps(whole, ensure_ascii=False)
