import copy

import pytest

from ciberaula.classroom.spec import KEY_WORDS, load_questions
from ciberaula.errors import UserError
from tests.classroom.content import ALL, FORM, MATCHING, MULTIPLE, NUMBER, ORDERING, SINGLE, TEXT, graded, write_yaml


def load(tmp_path, *questions, is_graded=False):
    return load_questions(write_yaml(tmp_path / "preguntas.yml", _file(questions, is_graded)))


def _file(questions, is_graded):
    return {"schema": 1, "graded": is_graded, "questions": list(questions)}


def mistake(tmp_path, *questions, is_graded=False):
    with pytest.raises(UserError) as raised:
        load(tmp_path, *questions, is_graded=is_graded)
    line = str(raised.value)
    assert "\n" not in line
    assert line.startswith("preguntas.yml")
    return line


def changed(question, **changes):
    return {**copy.deepcopy(question), **changes}


def test_every_kind_is_read_formative_and_graded(tmp_path):
    formative = load(tmp_path, *ALL)
    assert [question.kind for question in formative.by_id.values()] == [one["kind"] for one in ALL]
    assert not formative.graded
    assert load(tmp_path, *graded(ALL), is_graded=True).graded


@pytest.mark.parametrize("word", sorted(KEY_WORDS))
@pytest.mark.parametrize("depth", ["question", "option", "field"])
def test_graded_file_refuses_every_key_word_at_any_depth(tmp_path, word, depth):
    question = graded(FORM)
    place = {"question": question, "option": question["fields"][0]["options"][1], "field": question["fields"][1]}[depth]
    place[word] = "x"
    line = mistake(tmp_path, question, is_graded=True)
    assert f"«{word}»" in line
    assert "«p-form»" in line


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (changed(SINGLE, kind="sencilla"), "«kind» debe ser uno de single, multiple"),
        (changed(SINGLE, options=SINGLE["options"][:1]), "«options» necesita al menos 2"),
        (changed(SINGLE, options=[*SINGLE["options"], SINGLE["options"][0]]), "«a» está dos veces en «options»"),
        (changed(SINGLE, color="azul"), "sobra «color»"),
        (changed(SINGLE, prompt=3), "«prompt» debe ser texto"),
        (changed(SINGLE, id="Mayúscula"), "use minúsculas sin tilde"),
        (changed(SINGLE, coverage=["X-1"]), "«coverage › n.º 1»"),
        (changed(SINGLE, options=[{**one, "correct": True} for one in SINGLE["options"]]), "una sola opción"),
        (changed(MULTIPLE, options=[{"id": "a", "text": "A"}, {"id": "b", "text": "B"}]), "«correct: true»"),
        (changed(SINGLE, options=[{**SINGLE["options"][1]}, {"id": "x", "text": "X"}]), "«x» no dice por qué"),
        (changed(ORDERING, order=["contener"]), "«order» debe nombrar cada opción"),
        (changed(ORDERING, order=["avisar", "contener", "valorar"]), "ya están en el orden correcto"),
        (changed(MATCHING, pairs={"salud": "sensible"}), "dar pareja a cada elemento"),
        (changed(MATCHING, pairs={"salud": "otra", "hora": "comun"}), "no está en «right»"),
        (changed(NUMBER, min=9, max=3), "«min» debe ser menor que «max»"),
        (changed(NUMBER, correct_value=float("inf")), "«correct_value»: «inf» no es un número válido"),
        (changed(NUMBER, explanation=""), "falta «explanation»"),
        (changed(TEXT, explanation=""), "falta «explanation»"),
        (changed(TEXT, max_words=0), "«max_words»"),
        (changed(FORM, fields=[]), "«fields» necesita al menos 1"),
        (changed(FORM, fields=[FORM["fields"][3], FORM["fields"][3]]), "«motivo» está dos veces en «fields»"),
        (changed(FORM, fields=[{**FORM["fields"][0], "correct": "otro"}]), "nombra una opción que no existe"),
        (changed(FORM, fields=[{**FORM["fields"][0], "options": []}]), "al menos dos opciones"),
        (changed(FORM, fields=[{**FORM["fields"][3], "why": ""}]), "«motivo» no dice por qué"),
        ({name: value for name, value in SINGLE.items() if name != "prompt"}, "falta «prompt»"),
        (changed(SINGLE, prompt="{{no.existe}}"), "«{{no.existe}}» no se puede citar"),
    ],
)
def test_mistakes_are_one_clear_line(tmp_path, question, expected):
    line = mistake(tmp_path, question)
    assert expected in line
    assert str(question["id"]) in line


def test_the_same_id_twice_is_told(tmp_path):
    assert "está dos veces" in mistake(tmp_path, SINGLE, SINGLE)


def test_legal_placeholders_become_the_law_s_phrase(tmp_path):
    questions = load(tmp_path, changed(SINGLE, prompt="Avise en el {{ec.breach.authority}}."))
    prompt = questions.by_id["l1-single"].prompt
    assert "{{" not in prompt
    assert "LOPDP" in prompt


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("schema: 1\nschema: 1\n", "línea 2: la clave «schema» está repetida"),
        ("schema: [1\n", "línea 2"),
        ("- 1\n", "se esperaba un conjunto de claves"),
        ("schema: 2\ngraded: false\nquestions: [{}]\n", "«schema» no admite «2»: use 1"),
        ("schema: 1\ngraded: quizá\nquestions: [{}]\n", "«graded»"),
        ("schema: 1\ngraded: false\nquestions: []\n", "«questions» necesita al menos 1"),
        ("!!python/object/apply:os.system ['true']\n", "el YAML no se entiende"),
        ("a: " + "[" * 3000, "el YAML no se entiende"),
    ],
)
def test_a_file_that_is_no_yaml_of_ours_is_one_line(tmp_path, text, expected):
    path = tmp_path / "preguntas.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as raised:
        load_questions(path)
    assert expected in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_missing_or_huge_or_binary_file_is_one_line(tmp_path):
    path = tmp_path / "preguntas.yml"
    with pytest.raises(UserError, match="No se encontró"):
        load_questions(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="UTF-8"):
        load_questions(path)
    path.write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(UserError, match="1 MiB"):
        load_questions(path)
