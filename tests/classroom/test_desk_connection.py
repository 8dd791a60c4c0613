"""The desk without a connection: what the indicator says, taking cases along, and choosing between two versions."""

from pathlib import Path

import pytest

from ciberaula.classroom.sheetfile import read_answers
from tests.classroom.desks import STORY, Desk, write_story

UP = '  - {connection: up, at: "D3 15:00"}\n'
OFFICE = """\
  - at: "D3 11:00"
    act: {by: ruth, action: {do: add_person, case: c1, person: elvia, name: Elvia, relation: titular, phone_note: De tarde}}
  - at: "D3 11:05"
    act: {by: ruth, action: {do: set_household, case: c1, canton: Chone, area: rural, device: none, connection: none}}
"""
PERSON = {"person": "elvia", "name": "Elvia", "relation": "titular", "phone_note": "A cualquier hora."}


def write_offline_story(folder: Path) -> Path:
    """The sample story, in which Ruth revises the case while the connection is down."""
    path = write_story(folder) / f"{STORY}.yml"
    path.write_text(path.read_text(encoding="utf-8").replace(UP, OFFICE + UP), encoding="utf-8")
    return folder


@pytest.fixture
def desk(tmp_path, monkeypatch):
    folder = write_offline_story(tmp_path / "06-prueba")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("CIBERAULA_PSEUDONYM", "p-prueba")
    made = Desk()
    made.begin()
    made.send("open", case="c1")
    return made


def log():
    return read_answers(Path("respuestas.json"))[STORY]["actions"]


def until(desk, state):
    for _turn in range(40):
        if desk.desk["head"]["connection"].startswith(state):
            return
        desk.send("wait", until="next")
    raise AssertionError(state)


def connection(desk):
    desk.send("go", screen="connection")
    assert desk.desk["screen"]["key"] == "connection"
    return desk.desk["screen"]["parts"]


def clash(desk):
    until(desk, "Sin conexión")
    desk.widget._do({"do": "add_person", "case": "c1", **PERSON})
    desk.widget._draw()


def test_the_indicator_tells_what_waits(desk):
    assert (desk.desk["head"]["connection"], desk.desk["head"]["connected"]) == ("Con conexión", True)
    until(desk, "Sin conexión")
    assert desk.desk["head"]["connection"] == "Sin conexión"
    clash(desk)
    assert desk.desk["head"]["connection"] == "Sin conexión: 1 acción por sincronizar"
    connection(desk)
    assert "se sincroniza solo" in desk.text() and desk.parts("buttons") == []
    until(desk, "Hay")
    assert (desk.desk["head"]["connection"], desk.desk["head"]["connected"]) == ("Hay 1 cambio por decidir", False)
    assert desk.desk["ways"]["items"][-1]["text"] == "Conexión (1)"


def test_a_case_is_taken_along_and_everything_brought_back(desk):
    connection(desk)
    form = desk.parts("form")[0]
    assert [one["text"] for one in form["fields"][0]["options"]] == ["SIM-114: Elvia"]
    desk.send("take_along", values={})
    assert desk.level == "error" and "al menos un caso" in desk.said
    desk.send("take_along", values={"cases": ["c1"]})
    assert "trabajar sin conexión" in desk.said and log()[-1]["action"] == {"do": "go_offline", "cases": ["c1"]}
    assert desk.parts("form") == []
    desk.send("go", screen="cases")
    assert len(desk.parts("table")[0]["rows"]) == 1
    desk.send("synchronise")
    assert desk.desk["head"]["connected"] and log()[-1]["action"] == {"do": "synchronise", "keep": {}}


def test_both_versions_are_shown_and_one_is_chosen(desk):
    clash(desk)
    until(desk, "Hay")
    connection(desk)
    (part,) = desk.parts("conflicts")
    (item,) = part["items"]
    assert item["title"] == "Datos de Elvia (SIM-114)"
    assert [(one["name"], one["when"]) for one in item["versions"]] == [
        ("Queda lo mío", "Usted, mié 11 mar, 09:00"),
        ("Queda lo de Ruth Andrade", "Ruth Andrade, mié 11 mar, 11:00"),
    ]
    assert ["Cómo y cuándo ubicarla sin riesgo", "De tarde"] in item["versions"][1]["rows"]
    assert "Datos de Elvia" in desk.text()
    before = log()
    for keep in ({}, {"c1/elvia": "nadie"}, {"c1/otra": "mine"}, "mine", None, {"c1/elvia": ["mine"]}):
        desk.send("synchronise", keep=keep)
        assert desk.level == "error"
    assert log() == before
    desk.send("synchronise", keep={"c1/elvia": "theirs"})
    assert desk.level != "error" and "historial" in desk.said
    assert desk.desk["head"]["connected"] and desk.parts("conflicts") == []
    again = Desk()
    assert again.desk["head"] == desk.desk["head"]
