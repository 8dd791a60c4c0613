import copy
import re

import pytest

from ciberaula.classroom.decisions import load_decision
from ciberaula.errors import UserError
from tests.classroom.content import DECISION, graded, write_yaml


def load(tmp_path, data):
    return load_decision(write_yaml(tmp_path / "decision-grupo.yml", data))


def mistake(tmp_path, change, data=DECISION):
    data = copy.deepcopy(data)
    change(data)
    with pytest.raises(UserError) as raised:
        load(tmp_path, data)
    line = str(raised.value)
    assert re.match(r"decision-grupo\.yml(, línea \d+)?: ", line)
    assert "\n" not in line
    return line


def test_formative_and_graded_are_read(tmp_path):
    assert not load(tmp_path, DECISION).graded
    assert load(tmp_path, {**graded(DECISION), "graded": True}).graded


def test_walk_follows_only_legal_paths(tmp_path):
    decision = load(tmp_path, DECISION)
    assert decision.walk([]) == "inicio"
    assert decision.walk([("inicio", "borrar"), ("aviso", "registrar")]) == "fin-bueno"
    assert decision.walk([("aviso", "registrar")]) is None
    assert decision.walk([("inicio", "registrar")]) is None
    assert decision.walk([("inicio", "callar"), ("fin-malo", "x")]) is None


def _set(path, value):
    def change(data):
        *way, last = path
        for name in way:
            data = data[name]
        data[last] = value

    return change


TURN = DECISION["nodes"]["inicio"]["options"][0]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_set(("situation",), "nada"), "«situation» nombra el nodo «nada»"),
        (_set(("nodes", "inicio", "options", 0, "next"), "nada"), "«next» nombra «nada»"),
        (_set(("nodes", "suelto"), {"text": "x", "end": True}), "«suelto» no se llega"),
        (_set(("nodes", "aviso", "options"), [{**TURN, "id": id, "next": "inicio"} for id in "abc"]), "no se llega"),
        (_set(("nodes", "inicio", "options"), [TURN]), "al menos tres opciones"),
        (_set(("nodes", "inicio", "options"), [TURN, TURN, TURN]), "está dos veces en «options»"),
        (_set(("nodes", "fin-malo", "options"), [TURN]), "un final"),
        (_set(("nodes", "inicio", "closing"), "x"), "«closing» solo va en un final"),
        (_set(("nodes", "inicio", "options", 1, "quality"), "regular"), "use good"),
        (_set(("nodes", "inicio", "options", 1, "feedback"), ""), "faltan «feedback» y «quality»"),
        (
            _set(("nodes", "inicio", "options", 1, "consequence"), ""),
            "«nodes › inicio › options › n.º 2 › consequence»",
        ),
    ],
)
def test_graph_mistakes_are_one_clear_line(tmp_path, change, expected):
    assert expected in mistake(tmp_path, change)


def test_a_circle_without_a_way_out_is_refused(tmp_path):
    def trap(data):
        ways = [{**TURN, "id": id, "next": "trampa"} for id in "abc"]
        data["nodes"]["trampa"] = {"text": "x", "options": ways}
        data["nodes"]["inicio"]["options"][0]["next"] = "trampa"

    assert "desde el nodo «trampa» no se llega a ningún final" in mistake(tmp_path, trap)


@pytest.mark.parametrize("word", ["feedback", "quality"])
def test_graded_scenario_refuses_keys(tmp_path, word):
    data = {**graded(DECISION), "graded": True}
    assert f"«{word}»" in mistake(tmp_path, _set(("nodes", "inicio", "options", 0, word), "good"), data)
