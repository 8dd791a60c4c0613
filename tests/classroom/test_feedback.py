import pytest

from ciberaula.classroom.feedback import feedback, succeeded
from ciberaula.classroom.spec import load_questions
from tests.classroom.content import write_folder


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    return load_questions(write_folder(tmp_path_factory.mktemp("curso")) / "preguntas.yml").by_id


@pytest.mark.parametrize(
    ("id", "value", "level", "summary"),
    [
        ("l1-single", "b", "correct", "Su respuesta es correcta."),
        ("l1-single", "a", "incorrect", "no es la que corresponde"),
        ("l1-multiple", ["a", "c"], "correct", "Su respuesta es correcta."),
        ("l1-multiple", ["a", "b"], "partial", "Acertó 1 de 2. Marcó 1 que no corresponde."),
        ("l1-multiple", ["a"], "partial", "Acertó 1 de 2."),
        ("l1-multiple", ["b"], "incorrect", "no es la que corresponde"),
        ("l1-ordering", ["contener", "valorar", "avisar"], "correct", "3 de 3 pasos"),
        ("l1-ordering", ["valorar", "contener", "avisar"], "partial", "1 de 3 pasos"),
        ("l1-ordering", ["avisar", "contener", "valorar"], "incorrect", "0 de 3 pasos"),
        ("l1-matching", {"salud": "sensible", "hora": "comun"}, "correct", "2 de 2 parejas"),
        ("l1-matching", {"salud": "comun", "hora": "comun"}, "partial", "1 de 2 parejas"),
        ("l1-number", 5, "correct", "Su respuesta es correcta."),
        ("l1-number", 5.5, "incorrect", "el resultado es 5 días"),
        ("l1-text", "tres palabras aquí", "info", "Compare su respuesta con la explicación"),
        ("l1-form", {"canal": "chat", "datos": ["cita"], "motivo": "x"}, "correct", "2 de 2 campos"),
        ("l1-form", {"canal": "muro", "datos": ["cita"], "motivo": "x"}, "partial", "1 de 2 campos"),
        ("l1-table", {"columns": ["a"], "rows": [[1]]}, "info", "Compare su respuesta con la explicación"),
    ],
)
def test_verdicts_in_words(questions, id, value, level, summary):
    said = feedback(questions[id], value)
    assert said.level == level
    assert summary in said.summary
    assert succeeded(questions[id], value) is (None if level == "info" else level == "correct")


def test_every_option_item_and_field_is_explained(questions):
    cases = {
        "l1-single": "a",
        "l1-multiple": ["b"],
        "l1-ordering": ["avisar", "contener", "valorar"],
        "l1-matching": {"salud": "comun", "hora": "sensible"},
        "l1-form": {"canal": "muro"},
    }
    for id, value in cases.items():
        question = questions[id]
        parts = getattr(question, "options", None) or getattr(question, "left", None) or question.fields
        said = feedback(question, value)
        assert set(said.items) == {part.id for part in parts}
        for part in parts:
            assert part.why in said.items[part.id].why
            assert said.items[part.id].word


def test_what_would_have_been_right_is_told(questions):
    assert "Le corresponde: Dato sensible" in feedback(questions["l1-matching"], {"salud": "comun"}).items["salud"].why
    assert "Lo adecuado: Chat cifrado" in feedback(questions["l1-form"], {"canal": "muro"}).items["canal"].why
    assert (
        feedback(questions["l1-ordering"], ["avisar", "contener", "valorar"]).items["avisar"].word == "Va en el lugar 3"
    )
    assert "<strong>cinco</strong>" in feedback(questions["l1-number"], 1).explanation
    assert "Una respuesta posible" in feedback(questions["l1-text"], "x").explanation
