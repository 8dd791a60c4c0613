"""Scoring: any answer gets a score between 0 and its points, and only a wrong key raises."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ciberaula.errors import UserError
from ciberaula.grading import scoring
from ciberaula.grading.scoring import ItemScore, Together

WHY = {"a": "razón a", "b": "razón b", "c": "razón c", "d": "razón d"}
GRAPH = {
    "inicio": {"a": "medio", "b": "medio", "c": "desvio"},
    "desvio": {"a": "medio", "b": "fin", "c": "fin"},
    "medio": {"a": "fin", "b": "fin", "c": "otro-fin"},
}
STEPS = {(node, option): f"porque {node} {option}" for node, options in GRAPH.items() for option in options}


def single(answer: Any) -> ItemScore:
    return scoring.single("p", answer, points=2, key="b", why=WHY, partial={"c": 0.5})


def multiple(answer: Any) -> ItemScore:
    return scoring.multiple("p", answer, points=3, keys=["a", "c"], why=WHY)


def ordering(answer: Any) -> ItemScore:
    return scoring.ordering("p", answer, points=3, order=["c", "a", "d", "b"], why=WHY)


def matching(answer: Any) -> ItemScore:
    return scoring.matching("p", answer, points=3, pairs={"a": "x", "b": "y", "c": "x"}, why={k: WHY[k] for k in "abc"})


def number(answer: Any) -> ItemScore:
    return scoring.number(
        "p", answer, points=3, value=20, tolerance=0.5, why="porque", near={18: (0.5, "faltó el feriado")}
    )


def text(answer: Any) -> ItemScore:
    return scoring.text(
        "p",
        answer,
        points=2,
        require=[["escuela", "clases"], Together(["foto"], ["sin", "no public"], within=3)],
        forbid={"el nombre": ["Abigaíl"], "la edad": "8 años"},
        why="porque",
        min_words=3,
        max_words=40,
    )


def form(answer: Any) -> ItemScore:
    fields = {"canal": "seguro", "dias": 3, "nota": lambda value: len(value) / 2}
    return scoring.form("p", answer, points=3, fields=fields, why={"canal": {"seguro": "s"}, "dias": "d", "nota": "n"})


def path(answer: Any) -> ItemScore:
    worth = {("inicio", "a"): 1, ("inicio", "b"): 0.5, ("desvio", "a"): 0.5, ("medio", "b"): 1}
    return scoring.path(
        "p", answer, points=4, graph=GRAPH, worth=worth, why=STEPS, critical={("inicio", "c"): "Ocultar el incidente"}
    )


def table(answer: Any) -> ItemScore:
    return scoring.table(
        "p",
        answer,
        points=4,
        checks=[
            ("Tiene filas", lambda rows: len(rows) >= 2, 0.25, "porque sí"),
            ("Suma cinco", lambda rows: sum(row["n"] for row in rows) == 5, 0.75, "porque también"),
        ],
    )


REFERENCE: dict[Callable[[Any], ItemScore], Any] = {
    single: "b",
    multiple: ["a", "c"],
    ordering: ["c", "a", "d", "b"],
    matching: {"a": "x", "b": "y", "c": "x"},
    number: 20,
    text: "Busco ideas sobre clases, sin foto",
    form: {"canal": "seguro", "dias": 3, "nota": "xx"},
    path: {"path": [["inicio", "a"], ["medio", "b"]], "end": "fin"},
    table: {"columns": ["n"], "rows": [[2], [3]]},
}
KINDS = pytest.mark.parametrize("score", list(REFERENCE), ids=lambda function: function.__name__)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=40)
    | st.sampled_from(["a", "b", "inicio"])
)
NAMES = st.text(max_size=8) | st.sampled_from(
    ["a", "b", "c", "canal", "dias", "nota", "path", "end", "columns", "rows"]
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=20
)
# What nearly fits: the shapes themselves with parts replaced, so that more than the first check is met.
NEARLY = (
    st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=6)
    | st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(["x", "y", "z"]) | SCALARS)
    | st.dictionaries(st.sampled_from(["canal", "dias", "nota"]), SCALARS)
    | st.fixed_dictionaries(
        {
            "path": st.lists(
                st.lists(st.sampled_from(["inicio", "medio", "desvio", "a", "b", "c"]), min_size=2, max_size=2)
            )
        },
        optional={"end": st.sampled_from(["fin", "otro-fin", "medio"]) | SCALARS},
    )
    | st.fixed_dictionaries(
        {"columns": st.lists(NAMES, max_size=3), "rows": st.lists(st.lists(SCALARS, max_size=3), max_size=4)}
    )
)


@KINDS
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answer=JSON | NEARLY)
def test_any_answer_gets_a_score(score: Callable[[Any], ItemScore], answer: Any) -> None:
    found = score(answer)
    assert 0 <= found <= found.maximum
    assert found.verdict in ("correct", "partial", "incorrect", "unanswered")
    assert (found.verdict == "correct") == (float(found) == found.maximum)
    assert (found.verdict == "partial") == (0 < found < found.maximum)
    assert json.loads(json.dumps(found.as_dict(), allow_nan=False))["points"] == float(repr(found))


@KINDS
def test_no_answer_is_unanswered(score: Callable[[Any], ItemScore]) -> None:
    blanks: list[Any] = [None, "", "  \n", [], {}]
    for blank in blanks:
        assert (float(score(blank)), score(blank).verdict, score(blank).answered) == (0.0, "unanswered", "")


@KINDS
def test_another_shape_is_no_error(score: Callable[[Any], ItemScore]) -> None:
    for odd in (True, object(), float("nan"), 10**400, "x" * 30_000, [[["a"]]], {"path": "x"}, [{}], {1: 2}):
        assert float(score(odd)) == 0
    assert "inesperada" in score([[1], {"a": None}]).answered


@KINDS
def test_reference_answers_earn_their_points(score: Callable[[Any], ItemScore]) -> None:
    found = score(REFERENCE[score])
    assert (float(found), found.verdict) == (found.maximum, "correct")


def test_a_score_is_a_plain_number_to_nbgrader() -> None:
    found = single("c")
    assert isinstance(found, float)
    assert repr(found) == str(found) == "1.0"
    bundle = found._repr_mimebundle_()
    assert bundle["text/plain"] == "1.0"
    assert bundle[scoring.MEDIA_TYPE] == found.as_dict()
    assert sum([found, 2]) == 3


def test_single_explains_the_choice_and_the_key() -> None:
    found = single("a")
    assert float(found) == 0
    assert found.explanation.splitlines() == ["razón a", "Lo más indicado: «b». razón b"]
    assert single("b").explanation == "razón b"
    assert single("z").verdict == "incorrect"


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        (["a"], 1.5),
        (["a", "b"], 0),
        (["a", "b", "c"], 1.5),
        (["a", "b", "c", "d"], 0),
        (["b"], 0),
        (["a", "a"], 0),
        (["z"], 0),
    ],
)
def test_multiple_is_hits_less_wrong_picks(answer: list[str], points: float) -> None:
    assert multiple(answer) == points


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        (["c", "a", "b", "d"], 2),  # 5 of 6 pairs
        (["b", "d", "a", "c"], 0),
        (["a", "c", "b", "d"], 1),  # 4 of 6
        (["a", "b", "c", "d"], 0),  # 3 of 6: chance
        (["c", "a", "d"], 0),
        (["c", "a", "d", "d"], 0),
    ],
)
def test_ordering_earns_the_pairs_above_chance(answer: list[str], points: float) -> None:
    assert ordering(answer) == points


def test_ordering_says_where_each_step_was_put() -> None:
    told = ordering(["c", "a", "b", "d"]).explanation.splitlines()
    assert told[0] == "1. «c». razón c"
    assert told[2] == "3. «d» (usted lo puso en el lugar 4). razón d"


def test_matching_may_be_unfinished() -> None:
    assert float(matching({"a": "x"})) == 1
    assert float(matching({"a": "x", "b": None})) == 1
    assert matching({"a": "x", "q": "x"}).answered == "respuesta con forma inesperada"


@pytest.mark.parametrize(
    ("answer", "points"), [(20, 3), (20.5, 3), (20.51, 0), (18, 1.5), (19, 0), (-math.inf, 0), ("20", 0)]
)
def test_number(answer: Any, points: float) -> None:
    assert number(answer) == points


def test_number_tells_the_known_slip_first() -> None:
    assert number(18).explanation.splitlines() == ["faltó el feriado", "Se esperaba 20.", "porque"]


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        ("Pregunto por ESCUELAS, sin la foto", 2),
        ("pregunto por las clases de hoy", 1),
        ("sin embargo, pregunto por las clases y pongo una foto", 1),  # the two words are too far apart
        ("preescolares sin foto alguna", 1),  # «escolar» inside a word is no «escuela»
        ("clases sin foto de ABIGAIL", 1),
        ("clases sin foto de Abigail, 8 años", 0),
        ("clases sin", 0),  # too short
        (" ".join(["clases sin foto"] * 14), 0),  # too long
    ],
)
def test_text(answer: str, points: float) -> None:
    assert text(answer) == points


def test_a_heap_of_words_is_no_text() -> None:
    def prose(answer: str) -> ItemScore:
        return scoring.text("p", answer, points=1, require=[["clases"]], why="porque", min_distinct=6)

    assert prose("Le pregunto a la familia por las clases de la niña").points == 1
    assert prose("clases foto idea ayuda escuela familia niña").points == 0  # nothing joins them
    assert prose("las clases de las clases de las clases").points == 0  # the same few again
    assert "lista de palabras" in prose("clases").explanation
    assert prose("").verdict == "unanswered"


def test_a_term_that_ends_in_a_space_is_a_whole_word() -> None:
    def found(answer: str) -> ItemScore:
        return scoring.text("p", answer, points=1, require=[["de"]], forbid={"la edad": ["de 8 "]}, why="porque")

    assert found("una niña de 8.").points == 0.5
    assert found("más de 80 familias").points == 1


def test_text_names_what_was_not_found() -> None:
    wanted = {"el tema": ["clases"], "qué pide": ["ideas", "ayuda"]}
    found = scoring.text("p", "hablo de clases", points=2, require=wanted, why="porque")
    assert float(found) == 1
    assert found.explanation.splitlines() == [
        "Se reconocieron 1 de las 2 cosas que el texto debía decir.",
        "No se reconoció: qué pide.",
        "porque",
    ]


def test_text_names_what_gives_somebody_away() -> None:
    assert "el nombre; la edad" in text("clases sin foto de Abigail, 8 años").explanation
    assert "Abigaíl" not in text("clases sin foto").explanation


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        ({"canal": "seguro", "dias": 3.0, "nota": "x"}, 2.5),
        ({"canal": "seguro"}, 1),
        ({"canal": "otro", "dias": True, "nota": 5}, 0),
        ({"canal": ["seguro"], "dias": "3"}, 0),
    ],
)
def test_form(answer: dict[str, Any], points: float) -> None:
    assert form(answer) == points


@pytest.mark.parametrize(
    ("walk", "end", "points", "verdict"),
    [
        ([["inicio", "b"], ["medio", "b"]], "fin", 3, "partial"),
        ([["inicio", "c"], ["desvio", "a"], ["medio", "b"]], "fin", 3, "partial"),
        ([["inicio", "a"]], None, 2, "partial"),
        ([["inicio", "a"]], "fin", 0, "incorrect"),  # not there yet
        ([["inicio", "a"], ["medio", "b"]], "otro-fin", 0, "incorrect"),
        ([["inicio", "a"], ["medio", "b"], ["medio", "b"]], None, 0, "incorrect"),
        ([["medio", "b"]], "fin", 0, "incorrect"),
        ([["inicio", "z"]], None, 0, "incorrect"),
    ],
)
def test_path_must_be_a_legal_walk(walk: list[list[str]], end: str | None, points: float, verdict: str) -> None:
    found = path({"path": walk, "end": end})
    assert (float(found), found.verdict) == (points, verdict)


def test_critical_errors_stand_apart_from_the_points() -> None:
    found = path({"path": [["inicio", "c"], ["desvio", "a"], ["medio", "b"]], "end": "fin"})
    assert found.critical == ("Ocultar el incidente",)
    assert found.as_dict()["critical"] == ["Ocultar el incidente"]
    assert found.explanation.splitlines()[0] == "1. porque inicio c"


def test_a_predicate_that_stumbles_has_not_passed() -> None:
    found = table({"columns": ["m"], "rows": [[1], [2]]})
    assert float(found) == 1
    assert found.explanation.splitlines() == ["Bien: Tiene filas. porque sí", "Revise: Suma cinco. porque también"]


@pytest.mark.parametrize(
    "broken",
    [
        {"columns": ["n"], "rows": [[1, 2]]},
        {"columns": ["n", "n"], "rows": [[1, 2]]},
        {"columns": "n", "rows": [["n"]]},
        {"columns": [], "rows": []},
        {"rows": []},
    ],
)
def test_what_is_no_table(broken: dict[str, Any]) -> None:
    assert table(broken).answered == "respuesta con forma inesperada"


@pytest.mark.parametrize(
    "author",
    [
        lambda: scoring.single("p", None, points=2, key="z", why=WHY),
        lambda: scoring.single("p", None, points=2, key="a", why=WHY, partial={"a": 0.5}),
        lambda: scoring.single("p", None, points=2, key="a", why=WHY, partial={"b": 1.5}),
        lambda: scoring.single("p", None, points=0, key="a", why=WHY),
        lambda: scoring.single("p", None, points=1 / 3, key="a", why=WHY),
        lambda: scoring.multiple("p", None, points=2, keys=[], why=WHY),
        lambda: scoring.multiple("p", None, points=2, keys=["z"], why=WHY),
        lambda: scoring.ordering("p", None, points=2, order=["a", "b"], why={"a": "", "b": ""}),
        lambda: scoring.ordering("p", None, points=2, order=["a", "b", "c"], why=WHY),
        lambda: scoring.matching("p", None, points=2, pairs={"a": "x", "b": "y"}, why={"a": ""}),
        lambda: scoring.number("p", None, points=2, value=math.nan, why=""),
        lambda: scoring.number("p", None, points=2, value=1, why="", near={1: (0.5, "")}),
        lambda: scoring.number("p", None, points=2, value=1, why="", near={2: (1, "")}),
        lambda: scoring.text("p", None, points=2, require=[], why=""),
        lambda: scoring.text("p", None, points=2, require=["suelto"], why=""),
        lambda: scoring.text("p", None, points=2, require=[["¡!"]], why=""),
        lambda: scoring.text("p", None, points=2, require=[["a"]], forbid={"x": []}, why=""),
        lambda: scoring.form("p", None, points=2, fields={}, why={}),
        lambda: scoring.form("p", None, points=2, fields={"a": 1}, why={"b": ""}),
        lambda: scoring.path("p", None, points=2, graph={}, worth={}, why={}),
        lambda: scoring.path("p", None, points=2, graph=GRAPH, worth={("inicio", "a"): 1}, why={}),
        lambda: scoring.path("p", None, points=2, graph=GRAPH, worth={}, why=STEPS),
        lambda: scoring.path("p", None, points=2, graph=GRAPH, worth={("no", "a"): 1}, why=STEPS),
        lambda: scoring.path("p", None, points=2, graph={"n": {"a": "n"}}, worth={("n", "a"): 1}, why={("n", "a"): ""}),
        lambda: scoring.table("p", None, points=2, checks=[("x", bool, 0.5, "")]),
    ],
)
def test_a_wrong_key_is_the_authors_to_mend(author: Callable[[], ItemScore]) -> None:
    with pytest.raises(UserError, match=r"^Clave de p mal definida: .+\.$"):
        author()


def test_words_come_from_the_questions_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "preguntas.yml").write_text(
        "schema: 1\ngraded: true\nquestions:\n  - id: p\n    kind: single\n    competence: datos.x\n    prompt: hola\n"
        "    options: [{id: a, text: Una **buena** idea.}, {id: b, text: '¿Y esta?'}]\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    assert single("a").answered == "«Una buena idea»"
    assert single("a").explanation.splitlines()[1] == "Lo más indicado: «¿Y esta?» razón b"
    assert single("c").answered == "«c»"


@pytest.mark.parametrize(
    "content", ["{", "questions: 3", "schema: 1\ngraded: true\nquestions: [{id: p}]", "\x00", "a: &a [*a]"]
)
def test_damaged_questions_leave_the_identifiers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    (tmp_path / "preguntas.yml").write_text(content, encoding="utf-8")
    (tmp_path / "decision-x.yml").write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert single("a").answered == "«a»"
    assert path({"path": [["inicio", "a"]], "end": None}).answered == "inicio: a"


def test_thirds_add_up_to_the_whole() -> None:
    checks = [(f"c{n}", lambda rows: True, 1 / 3, "") for n in range(3)]
    assert float(scoring.table("p", {"columns": ["n"], "rows": []}, points=2, checks=checks)) == 2
