from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciberaula.classroom.decisions import load_decision
from ciberaula.classroom.spec import load_questions
from ciberaula.classroom.values import clean, describe, lacks
from ciberaula.errors import UserError
from tests.classroom.content import write_folder

WHOLE: dict[str, Any] = {
    "l1-single": ("b", "Invitarla a un canal privado"),
    "l1-multiple": (["a", "c"], "Un nombre para llamarla; Una hora segura"),
    "l1-ordering": (
        ["contener", "valorar", "avisar"],
        "Contener → Valorar el riesgo → Avisar a las personas afectadas",
    ),
    "l1-matching": (
        {"salud": "comun", "hora": "sensible"},
        "Un diagnóstico → Dato común; La hora de la cita → Dato sensible",
    ),
    "l1-number": (3.5, "3,5 días"),
    "l1-text": ("una persona\npide ayuda", "una persona pide ayuda"),
    "l1-form": (
        {"canal": "chat", "datos": ["cita", "historia"], "motivo": "urgente"},
        "Canal: Chat cifrado; Datos que viajan: La hora, La historia; Motivo: urgente",
    ),
    "l1-table": ({"columns": ["a", "b"], "rows": [[1, None], ["x", True]]}, "tabla de 2 filas y 2 columnas"),
}
WRONG: dict[str, list[Any]] = {
    "l1-single": ["z", ["b"], 3, {"a": 1}, True],
    "l1-multiple": ["a", ["a", "z"], [["a"]], 3, {"a": True}],
    "l1-ordering": [["contener"], ["contener", "contener", "avisar"], "contener", 1, [1, 2, 3]],
    "l1-matching": [{"salud": "z"}, {"z": "comun"}, ["salud"], "x", {"salud": ["comun"]}],
    "l1-number": ["4", True, -1, 61, float("nan"), float("inf"), 10**400, [4]],
    "l1-text": [3, ["x"], "x" * 20_001],
    "l1-form": [{"otro": 1}, {"canal": "z"}, {"datos": ["z"]}, {"fecha": "2026-02-30"}, {"motivo": 3}, ["x"], "x"],
    "l1-table": [
        {"columns": ["a"]},
        {"columns": [], "rows": []},
        {"columns": ["a"], "rows": [[1, 2]]},
        {"columns": ["a"], "rows": [[float("inf")]]},
        {"columns": ["a"], "rows": [[[1]]]},
        {"columns": ["a"], "rows": [[1]] * 2001},
        {"columns": [1], "rows": [[1]]},
        {"columns": ["a"], "rows": "x"},
    ],
}
PATHS = [
    "x",
    {"path": "x"},
    {"path": [["inicio"]]},
    {"path": [["inicio", "nada"]]},
    {"path": [["aviso", "registrar"]]},
    {"path": [["inicio", ["borrar"]]]},
    {"path": [[1, 2]]},
    {"path": [["inicio", "borrar"], ["aviso", "volver"]] * 60},
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_folder(tmp_path_factory.mktemp("curso"))


@pytest.fixture(scope="module")
def questions(folder):
    return load_questions(folder / "preguntas.yml").by_id


@pytest.fixture(scope="module")
def decision(folder):
    return load_decision(folder / "decision-grupo.yml")


@pytest.mark.parametrize("id", WHOLE)
def test_a_whole_answer_is_kept_and_told(questions, id):
    value, told = WHOLE[id]
    assert clean(questions[id], value) == value
    assert lacks(questions[id], value) is None
    assert describe(questions[id], value) == told


@pytest.mark.parametrize("id", WHOLE)
@pytest.mark.parametrize("blank", [None, "", [], {}, "   "])
def test_blank_is_no_answer(questions, id, blank):
    assert clean(questions[id], blank) is None
    assert lacks(questions[id], None) == "aún no tiene respuesta"
    assert describe(questions[id], None) == "sin respuesta"


@pytest.mark.parametrize(("id", "value"), [(id, value) for id, values in WRONG.items() for value in values])
def test_another_shape_is_refused_in_one_line(questions, id, value):
    with pytest.raises(UserError) as raised:
        clean(questions[id], value)
    assert "\n" not in str(raised.value)


@given(raw=st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4), lambda inner: (
    st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["path", "canal", "salud", "columns", "rows"]), inner)
)))  # fmt: skip
def test_whatever_arrives_is_cleaned_or_refused_and_cleaning_twice_changes_nothing(questions, decision, raw):
    for question in [*questions.values(), decision]:
        try:
            value = clean(question, raw)
        except UserError:
            continue
        assert clean(question, value) == value
        assert isinstance(describe(question, value), str)
        lacks(question, value)


def test_choices_come_in_option_order(questions):
    assert clean(questions["l1-multiple"], ["c", "a", "c"]) == ["a", "c"]
    assert clean(questions["l1-matching"], {"hora": "comun", "salud": ""}) == {"hora": "comun"}
    assert clean(questions["l1-number"], 4.0) == 4


@pytest.mark.parametrize(
    ("id", "value", "expected"),
    [
        ("l1-matching", {"salud": "comun"}, "falta 1 pareja"),
        ("l1-form", {"canal": "chat"}, "falta completar «Datos que viajan»"),
        ("l1-text", "dos palabras", "tiene 2 palabras y se piden al menos 3"),
        ("l1-text", "x " * 31, "tiene 31 palabras y se piden como máximo 30"),
    ],
)
def test_what_an_unfinished_answer_lacks(questions, id, value, expected):
    assert expected in (lacks(questions[id], clean(questions[id], value)) or "")


def test_a_path_tells_its_end(decision):
    walked = clean(decision, {"path": [["inicio", "borrar"]]})
    assert walked == {"path": [["inicio", "borrar"]], "end": None}
    assert lacks(decision, walked) == "la historia aún no llega a su final"
    ended = clean(decision, {"path": [["inicio", "callar"]], "end": "mentira"})
    assert ended["end"] == "fin-malo"
    assert lacks(decision, ended) is None
    assert describe(decision, ended) == "Esperar a que nadie lo lea"


@pytest.mark.parametrize("value", PATHS)
def test_an_illegal_path_is_refused(decision, value):
    with pytest.raises(UserError):
        clean(decision, value)
