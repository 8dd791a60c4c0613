"""The assignments hold to their answer banks: each known answer earns exactly the points that the bank says.

The hidden tests run as written, in a plain namespace: no kernel, no nbgrader, nothing of the grading engine.
"""

import ast
import copy
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jupytext
import pytest
from nbformat import NotebookNode
from traitlets.config import Config

from ciberaula.casework.legal import parameters, value_text
from ciberaula.classroom.decisions import load_decision
from ciberaula.classroom.spec import load_questions
from ciberaula.classroom.story_items import stories_in
from ciberaula.classroom.values import Asked, clean, lacks, number_text
from ciberaula.grading.answer_bank import AnswerBank, load_answer_bank
from ciberaula.grading.config import configure
from ciberaula.grading.rubric import load_rubric
from ciberaula.grading.scoring import ItemScore

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENTS = sorted(path.stem for path in (ROOT / "grading" / "answer_bank").glob("*.yml"))
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.DOTALL)

# What people who know the matter may write in p11, each in their own way.
HONEST = [
    "Colegas, ¿cómo han trabajado con familias que tienen turnos difíciles cuando una niña empieza a faltar a la "
    "escuela? Les agradezco ideas sencillas. No subo la foto y desactivo la ubicación del teléfono.",
    "Buenas tardes. Busco orientaciones para acompañar a un hogar cuyos horarios de trabajo complican la "
    "asistencia escolar. ¿Alguien tiene materiales? La foto se queda fuera y la ubicación también la quito.",
    "¿Qué estrategias conocen para apoyar a estudiantes con muchas ausencias en zonas rurales? Cualquier recurso "
    "me sirve. Esta publicación va sin foto y sin ubicación.",
    "Hola a todas y todos. Me interesa saber qué les ha funcionado cuando un niño falta seguido a clases por "
    "motivos familiares. Elimino la foto, porque el uniforme señala, y apago el GPS.",
    "Necesito su experiencia: en la comunidad hay familias con jornadas largas y sus hijos pierden clases. ¿Qué "
    "harían ustedes? No voy a compartir ninguna imagen ni la ubicación.",
    "Estimadas colegas, ¿podrían recomendarme lecturas o guías sobre inasistencia escolar en primaria? Por "
    "cuidado de la familia no incluyo foto, y antes de publicar retiro la ubicación.",
    "Pido consejo general sobre ausentismo y educación rural: qué acuerdos se pueden hacer con la escuela y con "
    "la familia para que no se pierda el año. Cambio la foto por una genérica y quito la ubicación.",
    "¿Alguien ha acompañado casos de ausencias repetidas por los horarios de quienes cuidan? Quisiera conocer "
    "cómo lo manejaron con el colegio. La foto y la ubicación no las publico, para no señalar a nadie.",
    "Trabajo con una familia y la niña está faltando bastante a su escuela. ¿Ustedes qué hacen en estos casos? "
    "Ojalá me puedan ayudar con ideas. Voy a borrar la foto y tampoco pondré la ubicación.",
    "Compañeras, ¿cómo apoyan ustedes a las familias cuando los niños no van a clases? Quiero aprender de su "
    "experiencia, por favor escriban aquí. La foto no la voy a subir y la ubicación la desactivé.",
]


@cache
def notebook(assignment: str) -> NotebookNode:
    (source,) = (ROOT / "solutions" / assignment).glob("*.md")
    return jupytext.read(source)


@cache
def bank(assignment: str) -> AnswerBank:
    return load_answer_bank(assignment)


def graded(assignment: str, cell_type: str) -> Iterator[NotebookNode]:
    for cell in notebook(assignment).cells:
        if cell.cell_type == cell_type and cell.metadata.get("nbgrader", {}).get("grade"):
            yield cell


def maxima(assignment: str) -> dict[str, float]:
    """Points per item that scores itself."""
    return {
        cell.metadata.nbgrader.grade_id: float(cell.metadata.nbgrader.points) for cell in graded(assignment, "code")
    }


def asked(assignment: str) -> dict[str, Asked]:
    """What each item asks, from the files that travel to the trainee."""
    folder = ROOT / "solutions" / assignment
    decisions = [load_decision(path) for path in folder.glob("decision-*.yml")]
    stories = {one.id: one for one in stories_in(folder)}
    return {**load_questions(folder / "preguntas.yml").by_id, **{one.id: one for one in decisions}, **stories}


class Answers(dict[str, Any]):
    """Answers by item id; a missing one is ``None``."""

    def __missing__(self, item: str) -> None:
        return None


def score(assignment: str, answers: Mapping[str, Any], item: str) -> ItemScore:
    """Run the test cell of one item over answers that went through JSON, as they do in the answer sheet."""
    (cell,) = [cell for cell in graded(assignment, "code") if cell.metadata.nbgrader.grade_id == item]
    tree = ast.parse(cell.source)
    assert isinstance(tree.body[-1], ast.Expr), f"{item}: the cell must end in its score"
    namespace: dict[str, Any] = {"answers": Answers(json.loads(json.dumps(dict(answers)))), "check": lambda _item: None}
    exec(compile(ast.Module(tree.body[:-1], []), item, "exec"), namespace)  # noqa: S102
    result = eval(compile(ast.Expression(tree.body[-1].value), item, "eval"), namespace)  # noqa: S307
    assert isinstance(result, ItemScore)
    return result


@pytest.fixture(autouse=True)
def _at_the_questions(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    params = getattr(request.node, "callspec", None)
    name = params.params.get("assignment") if params else None
    monkeypatch.chdir(ROOT / "solutions" / name if name else ROOT)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    names = metafunc.fixturenames
    if "item" in names:
        cases = [(one, item) for one in ASSIGNMENTS for item in bank(one).reference]
        metafunc.parametrize(("assignment", "item"), cases)
    elif "belief" in names:
        cases = [(one, known.id) for one in ASSIGNMENTS for known in bank(one).misconceptions]
        metafunc.parametrize(("assignment", "belief"), cases)
    elif "assignment" in names:
        metafunc.parametrize("assignment", ASSIGNMENTS)


def test_every_assignment_has_a_bank() -> None:
    written = sorted(path.parent.name for path in (ROOT / "solutions").glob("*/*.md"))
    assert written == ASSIGNMENTS != []


def test_bank_covers_exactly_the_graded_items(assignment: str) -> None:
    assert list(bank(assignment).reference) == list(maxima(assignment))
    assert set(bank(assignment).written) == {cell.metadata.nbgrader.grade_id for cell in graded(assignment, "markdown")}


def test_reference_earns_every_point(assignment: str, item: str) -> None:
    found = score(assignment, bank(assignment).reference_answers(), item)
    assert found == maxima(assignment)[item] == found.maximum
    assert found.verdict == "correct"
    assert found.critical == ()


def test_classroom_takes_the_known_answers_as_whole(assignment: str, item: str) -> None:
    """What the bank answers is what a widget would save: the trainee's ``check`` finds nothing missing in it."""
    question = asked(assignment)[item]
    given = bank(assignment).reference_answers()[item]
    assert clean(question, given) == given
    assert lacks(question, given) is None
    for known in bank(assignment).misconceptions:
        if item in known.items:
            assert clean(question, known.items[item].value()) == known.items[item].value()


def test_untouched_release_earns_nothing(assignment: str, item: str) -> None:
    found = score(assignment, {}, item)
    assert float(found) == 0
    assert found.verdict == "unanswered"


def test_misconception_earns_exactly_what_the_bank_says(assignment: str, belief: str) -> None:
    answers = bank(assignment).answers_of(belief)
    found = {item: float(score(assignment, answers, item)) for item in answers}
    expected = bank(assignment).points_of(belief, maxima(assignment))
    assert found == expected
    assert sum(found.values()) < sum(maxima(assignment).values())


def test_wrong_answers_are_rejected(assignment: str, item: str) -> None:
    known = bank(assignment).wrong[item]
    assert len({json.dumps(one.value()) for one in known}) == len(known) >= 2
    for one in known:
        found = score(assignment, {item: one.value()}, item)
        assert (item, one.answer, float(found)) == (item, one.answer, one.points)
        assert found < maxima(assignment)[item]
        assert found.verdict == ("partial" if one.points else "incorrect")


@pytest.mark.parametrize("answer", HONEST, ids=range(len(HONEST)))
def test_honest_words_of_any_kind_are_recognised(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.chdir(ROOT / "solutions" / "05-proteccion-de-datos")
    found = score("05-proteccion-de-datos", {"p11": answer}, "p11")
    assert (float(found), found.verdict) == (2, "correct"), found.explanation


def test_explanations_are_read_by_people(assignment: str, item: str) -> None:
    """Every verdict comes with reasons in words, and none shows an identifier in the place of an option's text."""
    answers = [bank(assignment).reference_answers()[item], *(one.value() for one in bank(assignment).wrong[item])]
    for answer in answers:
        found = score(assignment, {item: answer}, item)
        assert len(found.explanation.split()) >= 12
        assert found.answered
        assert not re.search(r"«[a-z0-9-]{1,12}»", found.answered + found.explanation)
        assert "{{" not in found.answered + found.explanation
        json.dumps(found.as_dict(), allow_nan=False)


def test_written_answers_fit_the_rubric_and_the_limits(assignment: str) -> None:
    rubric = load_rubric(assignment)
    for item, texts in bank(assignment).written.items():
        assert rubric is not None
        assert rubric.judges(item)
        (cell,) = [cell for cell in graded(assignment, "markdown") if cell.metadata.nbgrader.grade_id == item]
        assert rubric.maximum == cell.metadata.nbgrader.points
        totals = [text.points for text in texts]
        assert totals == sorted(totals, reverse=True)
        assert totals[0] == rubric.maximum
        comments = {comment.id for comment in rubric.comments}
        for text in texts:
            assert set(text.levels) == {criterion.id for criterion in rubric.criteria}
            for criterion in rubric.criteria:
                criterion.level(text.levels[criterion.id])
            assert set(text.comments) <= comments
            assert 120 <= len(text.text.split()) <= 200


def test_trainee_sees_the_levels_of_the_rubric(assignment: str) -> None:
    rubric = load_rubric(assignment)
    shown = "\n".join(cell.source for cell in notebook(assignment).cells if cell.cell_type == "markdown")
    assert rubric is not None
    for criterion in rubric.criteria:
        row = " | ".join(f"{level.descriptor} *({number_text(level.points)})*" for level in criterion.levels)
        assert f"| **{criterion.name}** | {row} |" in shown


def test_model_answer_is_the_good_one(assignment: str) -> None:
    for cell in graded(assignment, "markdown"):
        (good,) = [text for text in bank(assignment).written[cell.metadata.nbgrader.grade_id] if text.id == "good"]
        assert cell.source.strip() == good.text


def test_story_in_the_hidden_test_is_the_story_told(assignment: str) -> None:
    """A graph in a test cell follows its scenario file, so that a legal walk there is a legal walk here."""
    for path in (ROOT / "solutions" / assignment).glob("decision-*.yml"):
        decision = load_decision(path)
        (cell,) = [cell for cell in graded(assignment, "code") if cell.metadata.nbgrader.grade_id == decision.id]
        (call,) = [
            node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call) and _name(node) == "path"
        ]
        (graph,) = [ast.literal_eval(keyword.value) for keyword in call.keywords if keyword.arg == "graph"]
        told = {
            name: {turn.id: turn.next for turn in node.options} for name, node in decision.nodes.items() if node.options
        }
        assert graph == told
        assert next(iter(graph)) == decision.situation
        assert len(graph) >= 5


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def test_release_keeps_no_answer(assignment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nbgrader releases holds no key, no explanation and no model answer; its own preprocessors do the clearing."""
    from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

    monkeypatch.setenv("CIBERAULA_HOME", str(tmp_path))
    config = Config()
    configure(config)
    released = copy.deepcopy(notebook(assignment))
    for step in (ClearSolutions, ClearHiddenTests):
        released, _resources = step(config=config).preprocess(released, {})
    text = "\n".join(cell.source for cell in released.cells)
    secrets = [
        node.value
        for cell in graded(assignment, "code")
        for hidden in HIDDEN.findall(cell.source)
        for node in ast.walk(ast.parse(hidden))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 40
    ]
    secrets += [line for cell in graded(assignment, "markdown") for line in cell.source.split("\n") if len(line) > 20]
    assert len(secrets) > 50
    assert [secret for secret in secrets if secret in text] == []
    assert "HIDDEN" not in text
    assert "SOLUTION" not in text
    assert "scoring" not in text
    assert "Escriba aquí su respuesta" in text
    for cell in released.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade") and cell.cell_type == "code":
            assert cell.source.strip() == f'check("{about["grade_id"]}")'


def test_graded_questions_carry_no_key(assignment: str) -> None:
    folder = ROOT / "solutions" / assignment
    assert load_questions(folder / "preguntas.yml").graded
    assert all(load_decision(path).graded for path in folder.glob("decision-*.yml"))
    assert sorted(asked(assignment)) == sorted(maxima(assignment))


def test_no_legal_figure_is_typed(assignment: str) -> None:
    """Figures of law come from legal.yml, so that a change of law is one change."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "solutions" / assignment).glob("*.[my][dm]*")]
    figures = {value_text(found).removeprefix("término de ").removeprefix("plazo de ") for found in parameters()} - {""}
    assert len(texts) >= 2
    assert len(figures) > 10
    assert [figure for figure in figures for text in texts if re.search(rf"\b{re.escape(figure)}\b", text)] == []
