"""Checks of the content: each finds its mistake and says it in one line."""

import json

import pytest

from ciberaula.authoring.checks import mistakes_in
from ciberaula.authoring.lesson_checks import legal_figures
from tests.authoring.test_build import LESSON, RELEASE, TASK, edit

PLAN = "modules/curriculum.yml"
QUESTIONS = "solutions/00-prueba/preguntas.yml"
SECRET = "La religión no hace falta para entregar un kit de higiene."
ITEM_1 = "{id: p01, points: 2, kind: single, competence: datos.minimizar, coverage: [EC-02]}"
P01_CELL = "{grade: true, grade_id: p01, locked: true, points: 2,"


def test_the_course_as_it_is_has_no_mistake(built):
    assert mistakes_in(built) == []


CASES = {
    # plan and notebooks
    "item without a cell": (
        PLAN,
        [(ITEM_1, ITEM_1.replace("p01", "p07") + "\n        - " + ITEM_1)],
        ["ninguna celda calificada es «p07», que el plan tiene", "p07: es single en el plan, pero ni preguntas.yml"],
    ),
    "cell without an item": (
        PLAN,
        [("        - " + ITEM_1 + "\n", "")],
        ["la celda calificada «p01» no está en el plan", "la pregunta «p01» no está en el plan"],
    ),
    "points": (PLAN, [("points: 2", "points: 5")], ["«p01» vale 2 en el cuaderno y 5 en el plan"]),
    "kind": (
        PLAN,
        [("kind: single", "kind: multiple")],
        ["p01: kind es single en su archivo y multiple en el plan"],
    ),
    "written by test": (
        PLAN,
        [("kind: single", "kind: written")],
        [
            "«p01» es written en el plan, y su celda se califica con una prueba",
            "kind es single en su archivo y written",
        ],
    ),
    "other coverage": (
        QUESTIONS,
        [("[EC-02]", "[EC-01]")],
        ["coverage es ['EC-01'] en su archivo y ['EC-02'] en el plan"],
    ),
    "question of no item": (
        QUESTIONS,
        [("  - id: p01", "  - {id: p09, kind: text, competence: datos.minimizar, prompt: Diga.}\n  - id: p01")],
        ["la pregunta «p09» no está en el plan"],
    ),
    "key in a graded file": (
        QUESTIONS,
        [("{id: b, text: La religión}", "{id: b, text: La religión, correct: true}")],
        ["«correct» no puede estar en un archivo calificado"],
    ),
    "repeated grade id": (
        TASK,
        [("grade_id: mostrar-p01", "grade_id: codigo-p01")],
        ["el grade_id «codigo-p01» está en 2 celdas"],
    ),
    "minutes in the header": (
        LESSON,
        [("  minutes: 30", "  minutes: 40")],
        ["la cabecera dice minutes: 40 y el plan dice 30"],
    ),
    "coverage in the header": (
        LESSON,
        [("  coverage: [EC-01, EC-02]", "  coverage: [EC-01]")],
        ["dice coverage: ['EC-01'] y el plan dice ['EC-01', 'EC-02']"],
    ),
    "formative question of a foreign competence": (
        "modules/00-prueba/preguntas.yml",
        [("competence: datos.minimizar", "competence: datos.otra")],
        ["modules/00-prueba/uno: la competencia «datos.otra» no es del módulo"],
    ),
    "formative question of unknown coverage": (
        "modules/00-prueba/preguntas.yml",
        [("[EC-02]", "[EC-88]")],
        ["modules/00-prueba/uno: «EC-88» no está en modules/coverage.yml"],
    ),
    "formative question without a reason": (
        "modules/00-prueba/preguntas.yml",
        [(", why: Sobra.", "")],
        ["la opción «b» no dice por qué"],
    ),
    # shape of a lesson
    "no objective": (LESSON, [("**Al terminar podrá** pedir", "Pida")], ["falta el objetivo"]),
    "two tasks": (LESSON, [('question("dos")', "1 + 1")], ["tiene 2 decisiones o tareas"]),
    "no reflection": (LESSON, [("## Para reflexionar", "## Otra cosa")], ["falta la reflexión"]),
    "no sources": (LESSON, [("## Fuentes", "## Otra cosa")], ["faltan las fuentes"]),
    "no language": (LESSON, [("language: es\n", "")], ["la cabecera debe decir «language: es»"]),
    "two titles": (LESSON, [("## Con los datos", "# Con los datos")], ["un solo título de nivel 1"]),
    "a skipped level": (LESSON, [("## Con los datos", "#### Con los datos")], ["los títulos saltan un nivel"]),
    "hard to read": (
        LESSON,
        [
            (
                "Marta abre una ficha y pregunta lo justo.",
                "Institucionalización interdisciplinaria administrativamente " * 12,
            )
        ],
        ["la lectura es difícil (INFLESZ"],
    ),
    "a picture that says nothing": (LESSON, [("Una celda aparte.", "![](mapa.svg)")], ["imagen sin texto alternativo"]),
    "an output that nobody compares": (
        LESSON,
        [("import time\n", "# NBVAL_IGNORE_OUTPUT\nimport time\n")],
        ["se marca con la etiqueta nbval-ignore-output"],
    ),
    # law, people, the outside
    "a legal figure": (
        LESSON,
        [("Una celda aparte.", "Avise a la autoridad en 5 días.")],
        ["«5 días» es una cifra legal escrita a mano"],
    ),
    "a picture from the net": (
        LESSON,
        [("Una celda aparte.", "![Mapa](https://ejemplo.org/mapa.svg)")],
        ["trae algo de internet"],
    ),
    "a mail address": (
        LESSON,
        [("Una celda aparte.", "Escriba a marta@correo.ec.")],
        ["contiene el correo marta@correo.ec"],
    ),
    "a valid identity number": (
        "datasets/zonas.csv",
        [("rural,5", "1710034065,5")],
        ["la cédula 1710034065, que es válida"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_found_in_one_line(course, name):
    file, changes, expected = CASES[name]
    edit(course, file, *changes)
    found = mistakes_in(course)
    assert all("\n" not in line for line in found)
    assert len(found) == len(expected), found
    for line, words in zip(sorted(found), sorted(expected, key=lambda part: [part in one for one in sorted(found)].index(True)),
                           strict=True):  # fmt: skip
        assert words in line


def test_mistakes_of_the_plan_itself_hide_none_of_the_notebooks(course):
    edit(course, PLAN, ("        - " + ITEM_1 + "\n", ""), ("coverage: [EC-02]", "coverage: [EC-01]"))
    found = mistakes_in(course)
    assert any(line.startswith(f"{PLAN}: ") and "EC-02" in line for line in found)
    assert any("la celda calificada «p01» no está en el plan" in line for line in found)


def test_folders_and_notebooks_that_plan_and_checkout_do_not_share(course):
    (course / "modules" / "09-nadie").mkdir()
    (course / "modules/00-prueba/leccion-1.md").rename(course / "modules/00-prueba/leccion-9.md")
    (course / "solutions/00-prueba/tarea.md").rename(course / "solutions/00-prueba/otra.md")
    assert [line.partition(":")[0] for line in mistakes_in(course)] == [
        "modules/09-nadie",
        "modules/00-prueba/leccion-1.md",
        "modules/00-prueba/leccion-9.md",
        "solutions/00-prueba/otra.md",
        "solutions/00-prueba/tarea.md",
    ]


def test_a_missing_module_folder(course):
    (course / "solutions/00-prueba").rename(course / "apartado")
    assert mistakes_in(course) == [
        "solutions/00-prueba: el plan lo da por escrito, pero falta la carpeta; créela o márquelo planned."
    ]


@pytest.mark.parametrize(
    "place",
    [
        "modules/00-prueba/nota.md",
        "exercises/00-prueba/dato.json",
        "datasets/ficha.yml",
        "src/ciberaula/x.py",
        "binder/x.txt",
    ],
)
def test_a_hidden_test_text_within_a_trainees_reach_is_a_leak(built, place):
    path = built / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"a": f"… {SECRET} …"}) if path.suffix == ".json" else f"x: '{SECRET}'\n")
    assert [line for line in mistakes_in(built) if "texto reservado de solutions/00-prueba/tarea.md" in line]


@pytest.mark.parametrize("hide", ["output", "metadata", "split", "entities"])
def test_a_leak_is_found_wherever_a_notebook_holds_it(built, hide):
    path = built / RELEASE
    notebook = json.loads(path.read_text())
    cell = notebook["cells"][3]
    if hide == "output":
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": [SECRET]}]
    elif hide == "metadata":
        notebook["metadata"]["nota"] = {"clave": SECRET}
    elif hide == "split":
        cell["source"] = [SECRET[:20], SECRET[20:]]
    else:
        cell["source"] = [SECRET.replace("ó", "&oacute;")]
    path.write_text(json.dumps(notebook))
    assert any("texto reservado" in line for line in mistakes_in(built))


def test_a_model_answer_a_reference_solution_and_an_answer_bank_are_secrets_too(built):
    bank = built / "grading/answer_bank/00-prueba.yml"
    bank.parent.mkdir(parents=True)
    bank.write_text("reference: {p02: 'Guardaría solamente el teléfono y el horario.'}\n")
    leaked = [
        "Una respuesta modelo que ninguna persona inscrita debe ver antes de entregar.",
        "respuesta_por_codigo_de_referencia = sorted({'b': 1})[0]",
        "Guardaría solamente el teléfono y el horario.",
    ]
    (built / "modules/00-prueba/nota.md").write_text("\n\n".join(leaked))
    assert sum("texto reservado" in line for line in mistakes_in(built)) == len(leaked)


def test_what_a_question_shows_is_no_secret(course):
    edit(course, TASK, (SECRET, "¿Cuál dato sobra en la ficha?"))
    assert mistakes_in(course) == []


def test_reserved_code_that_is_no_python_is_one_line(course):
    edit(course, TASK, ('calificar("p01"', 'calificar("p01" "'))
    (line,) = mistakes_in(course)
    assert "no es Python válido" in line


def test_a_script_is_not_handed_out(built):
    (built / "exercises/00-prueba/referencia.py").write_text("k = 3\n")
    assert mistakes_in(built) == [
        "exercises/00-prueba/referencia.py: un archivo .py no se entrega a quien aprende; quítelo de solutions/."
    ]


def test_a_release_with_hidden_tests_is_refused(built):
    edit(built, RELEASE, ('"\\"visible\\""', '"### BEGIN HIDDEN TESTS"'))
    assert any("contiene «BEGIN HIDDEN TESTS»" in line for line in mistakes_in(built))


@pytest.mark.parametrize(
    ("mime", "value", "expected"),
    [
        ("image/png", "aaaa", "que las pruebas no comparan"),
        ("image/svg+xml", "<svg>" + "x" * 70_000, "una figura pesa más de 60 kB"),
        ("text/html", "<img src='a.svg'>", "una salida muestra una imagen sin texto alternativo"),
        ("text/html", "x" * 210_000, "no debe pasar de 200 kB"),
    ],
)
def test_heavy_or_mute_outputs(built, mime, value, expected):
    path = built / LESSON.with_suffix(".ipynb")
    notebook = json.loads(path.read_text())
    cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {mime: value}}]
    path.write_text(json.dumps(notebook))
    assert any(expected in line for line in mistakes_in(built))


def test_a_heavy_picture(course):
    (course / "modules/00-prueba/foto.png").write_bytes(b"x" * 60_001)
    assert mistakes_in(course) == ["modules/00-prueba/foto.png: pesa más de 60 kB; redúzcala."]


def test_a_cell_may_say_that_its_figure_is_no_law(course):
    edit(
        course,
        LESSON,
        ("+++\n\nUna celda aparte.", '+++ {"tags": ["cifra-permitida"]}\n\nLa titular tiene 15 años.\n\n'),
    )
    assert mistakes_in(course) == []


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("La ley da un término de 5 días.", ["5 días"]),
        ("Avise a la autoridad dentro de setenta y dos horas.", ["setenta y dos horas"]),
        ("Lo dice el art. 43 de la LOPDP.", ["art. 43"]),
        ("Lo dicen los artículos 8 y 7.", ["artículos 8"]),
        ("La multa llega al 0,7 %.", ["0,7 %"]),
        ("Dayana tiene 13 años y vive lejos.", []),
        ("La ley cambió. Dayana tiene 13 años.", []),
        ("El plazo vence pronto.", []),
    ],
)
def test_legal_figures(text, figures):
    assert list(legal_figures(text)) == figures
