"""Phrases of what was answered wrongly: from the scores that the real functions give, and never in anybody's own words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ciberaula.classroom.spec import Question
from ciberaula.grading import scoring
from ciberaula.grading.scoring import ItemScore
from ciberaula.progress.slips import LONGEST, MOST_PER_ANSWER, quoted, released_questions, slips_of

QUESTIONS = """\
schema: 1
graded: true
questions:
  - id: uno
    kind: single
    competence: c
    prompt: ¿Cuál?
    options: [{id: a, text: "Decir «no» y esperar."}, {id: b, text: Llamar}]
  - id: varias
    kind: multiple
    competence: c
    prompt: ¿Cuáles?
    options: [{id: a, text: Anotar}, {id: b, text: Callar}, {id: d, text: Avisar}]
  - id: orden
    kind: ordering
    competence: c
    prompt: ¿En qué orden?
    options: [{id: a, text: Bloquear}, {id: b, text: Llamar}, {id: d, text: Avisar}]
  - id: parejas
    kind: matching
    competence: c
    prompt: Una
    left: [{id: i, text: Manabí}, {id: j, text: Puebla}]
    right: [{id: x, text: Cinco días}, {id: y, text: Sin demora}]
  - id: ficha
    kind: form
    competence: c
    prompt: Complete
    fields:
      - id: canal
        label: "La aplicación «segura». ¿Qué hace?"
        kind: choice
        options: [{id: s, text: Leer}, {id: n, text: Usarla}]
      - {id: nota, label: Escriba una nota, kind: text}
      - {id: dias, label: Días, kind: number}
"""


@pytest.fixture(autouse=True)
def questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Question]:
    """The released questions, where the scoring functions look for the words of an answer."""
    folder = tmp_path / "exercises" / "tarea"
    folder.mkdir(parents=True)
    (folder / "preguntas.yml").write_text(QUESTIONS, encoding="utf-8")
    monkeypatch.chdir(folder)
    return released_questions(tmp_path, "tarea")


def slips(kind: str, score: ItemScore, question: Question | None = None) -> tuple[str, ...]:
    return slips_of(kind, score.as_dict(), question)


def single(answer: Any) -> ItemScore:
    return scoring.single("uno", answer, points=2, key="b", why={"a": "No: «así» no.", "b": "Sí."})


def test_one_option():
    assert slips("single", single("a")) == ("«Decir «no» y esperar»",)
    assert slips("single", single("b")) == slips("single", single(None)) == ()


@pytest.mark.parametrize("answer", [7, ["a"], {"x": 1}, "otra cosa"])
def test_an_answer_of_another_shape_is_told_as_that(answer):
    assert slips("single", single(answer)) == ("respuesta con forma inesperada",)


def test_several_options():
    why = {"a": "Sí: «anotar» ayuda.", "b": "No.", "d": "Sí."}
    score = scoring.multiple("varias", ["b", "d"], points=2, keys=["a", "d"], why=why)
    assert slips("multiple", score) == ("Faltó marcar: «Anotar»", "No correspondía marcar: «Callar»")


def test_an_order():
    score = scoring.ordering(
        "orden", ["b", "a", "d"], points=2, order=["a", "b", "d"], why=dict.fromkeys("abd", "Así.")
    )
    assert slips("ordering", score) == ("«Llamar» antes que «Bloquear»",)
    turned = scoring.ordering(
        "orden", ["d", "b", "a"], points=2, order=["a", "b", "d"], why=dict.fromkeys("abd", "Así.")
    )
    assert slips("ordering", turned) == ("«Llamar» antes que «Bloquear»", "«Avisar» antes que «Llamar»")


def test_a_matching():
    def score(answer: Any) -> ItemScore:
        return scoring.matching("parejas", answer, points=2, pairs={"i": "x", "j": "y"}, why={"i": "1", "j": "2"})

    assert slips("matching", score({"i": "y", "j": "y"})) == ("«Manabí» → «Sin demora»",)
    assert slips("matching", score({"i": "x"})) == ("«Puebla» → sin pareja",)
    assert slips("matching", score({"i": "y", "j": None})) == ("«Manabí» → «Sin demora»", "«Puebla» → sin pareja")


def form(answer: Any) -> ItemScore:
    fields: dict[str, Any] = {"canal": "s", "nota": lambda text: "bien" in text, "dias": 5}
    return scoring.form("ficha", answer, points=3, fields=fields, why=dict.fromkeys(fields, "Porque sí."))


def test_a_form_tells_the_option_taken_and_of_a_text_only_the_field(questions):
    found = slips("form", form({"canal": "n", "nota": "Verónica vive en la esquina", "dias": 4}), questions["ficha"])
    assert found == ("La aplicación «segura». ¿Qué hace? → «Usarla»", "Escriba una nota", "Días")
    assert slips("form", form({"nota": "bien", "dias": 5}), questions["ficha"]) == (
        "La aplicación «segura». ¿Qué hace? → sin respuesta",
    )
    assert slips("form", form({"canal": "n"}), None) == ()


def test_an_option_that_does_not_exist_is_not_quoted(questions):
    """A sheet written by hand may say anything in the place of an option."""
    found = slips("form", form({"canal": "Verónica vive en la esquina", "nota": "bien", "dias": 5}), questions["ficha"])
    assert found == ("La aplicación «segura». ¿Qué hace?",)


def test_a_number():
    assert slips("number", scoring.number("n", 14, points=1, value=20, why="Es 20.")) == ("14",)


def test_a_text_is_never_quoted():
    require = {"la foto": ["foto"], "la hora": ["hora"]}
    score = scoring.text(
        "t", "Verónica vive en la esquina", points=2, require=require, why="Así.", forbid={"el lugar": "esquina"}
    )
    assert slips("text", score) == ("falta: la foto", "falta: la hora")
    assert slips(
        "text", scoring.text("t", "respuesta con forma inesperada", points=2, require=require, why="Así.")
    ) == (
        "falta: la foto",
        "falta: la hora",
    )


def test_a_table_tells_the_checks_and_not_its_columns():
    checks: list[Any] = [
        ("Tiene tres filas", lambda rows: len(rows) == 3, 0.5, "Son tres."),
        ("Suma bien", lambda rows: True, 0.5, "Sí."),
    ]
    score = scoring.table("t", {"columns": ["Verónica"], "rows": [[1]]}, points=2, checks=checks)
    assert slips("table", score) == ("no cumple: Tiene tres filas",)


def test_a_coding_tells_the_unit_and_not_a_code_of_their_own():
    answer = {
        "columns": ["segmento_id", "codigo"],
        "rows": [["E1", "Verónica\nRevise: vive en la esquina. Sí.\nx: usted puso «y»"], ["E2", "b"]],
    }
    score = scoring.coding(
        "t", answer, points=2, key={"E1": "a", "E2": "b", "E3": "a"}, why=dict.fromkeys(("E1", "E2", "E3"), "Así."),
        texts={"E1": "Dijo que sí."},
    )  # fmt: skip
    found = slips("table", score)
    assert found[0] == "otro código en E1 «Dijo que sí.»" and "otro código en E3" in found
    assert not any("Verónica" in one or "esquina" in one for one in found)


def test_critical_errors_of_a_path_even_where_all_points_were_earned():
    score = scoring.path(
        "d", {"path": [["i", "a"]], "end": "f"}, points=1, graph={"i": {"a": "f"}}, worth={("i", "a"): 1.0},
        why={("i", "a"): "Mal."}, critical={("i", "a"): "Callar"},
    )  # fmt: skip
    assert score.points == 1
    assert slips("scenario", score) == ("Callar",)


def test_what_a_story_lacked():
    line = {"sign": "○", "words": "Faltó", "text": "No acordó un canal.", "shown_by": []}
    cost = {"sign": "✘", "words": "Resta", "text": "Contó a Inés (martes 9:10).", "shown_by": ["…"]}
    score = {
        "verdict": "partial",
        "critical": ["Callar"],
        "parts": {"criteria": [{"name": "Canal", "lines": [line, cost]}]},
    }
    assert slips_of("story", score) == ("Callar", "No acordó un canal.")


@pytest.mark.parametrize(
    "score", [{}, {"verdict": "partial"}, {"verdict": "incorrect", "parts": None, "critical": None}]
)
@pytest.mark.parametrize(
    "kind", ["single", "multiple", "ordering", "matching", "form", "table", "text", "story", "other"]
)
def test_a_score_that_says_little_gives_no_phrase(kind, score):
    assert slips_of(kind, score) == ()


def test_phrases_are_short_and_few():
    score = {"verdict": "partial", "answered": "«" + "a" * 999 + "»"}
    (found,) = slips_of("single", score)
    assert len(found) <= LONGEST and found.endswith("…»")
    many = {"verdict": "partial", "critical": [f"error {n}" for n in range(99)]}
    assert len(slips_of("scenario", many)) == MOST_PER_ANSWER


def test_quotes_within_quotes():
    assert list(quoted("x «a «b» c» y «d» » «e")) == [(2, "«a «b» c»"), (14, "«d»")]


def test_broken_or_missing_questions_are_none(tmp_path):
    assert released_questions(tmp_path, "otra") == {}
    (tmp_path / "exercises" / "tarea" / "preguntas.yml").write_text("schema: 9", encoding="utf-8")
    assert released_questions(tmp_path, "tarea") == {}
