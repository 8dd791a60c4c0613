"""The plan: what it holds, and one clear line for each mistake in it."""

import copy
import shutil
from pathlib import Path

import pytest
import yaml

from ciberaula.curriculum import PlanError, load
from ciberaula.errors import UserError

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests" / "authoring" / "fixtures" / "course"
HOURS = [1, 3, 3, 4, 4, 4, 5, 3, 4, 3, 3, 3]


@pytest.fixture
def course(tmp_path):
    """A small course whose plan a test may break."""
    shutil.copytree(FIXTURE / "modules", tmp_path / "modules")
    return tmp_path


def edit(course, *changes):
    """Replace text in the plan; each text must be there."""
    path = course / "modules" / "curriculum.yml"
    text = path.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text)


def mistakes(course):
    with pytest.raises(PlanError) as caught:
        load(course)
    assert str(caught.value).splitlines() == list(caught.value.mistakes)
    return list(caught.value.mistakes)


def test_the_course_has_twelve_modules_and_forty_hours():
    plan = load(ROOT)
    assert [module.hours for module in plan.modules] == HOURS
    assert plan.hours == sum(HOURS) == 40
    assert [module.number for module in plan.modules] == list(range(12))
    assert [module.number for module in plan.written] == [3, 5, 6]


def test_every_coverage_id_is_taught_and_what_is_practised_is_assessed():
    plan = load(ROOT)
    taught = {topic for module in plan.modules for topic in module.taught}
    assessed = {topic for module in plan.modules for topic in module.assessed}
    assert len(plan.coverage) == 161
    assert taught == {item.id for item in plan.coverage}
    assert {item.id for item in plan.coverage if item.kind != "concept"} <= assessed


def test_module_03_teaches_and_assesses_what_it_owes():
    module = load(ROOT).module("03-diagnostico-brecha-digital")
    context = {"EC-34", "EC-46", "EC-55"}
    owed = {*(f"EC-{n:02d}" for n in (9, 12, 13, 18, 20, 22, 23, 29, *range(33, 49), 54, 55, 56))}
    assert owed <= module.taught
    assert owed - context <= module.assessed


def test_module_05_teaches_and_assesses_what_it_owes():
    module = load(ROOT).module("05-proteccion-de-datos")
    owed = {"EC-24", "EC-25", "EC-51", "EC-52", *(f"CW-{n}" for n in (*range(26, 39), 41, 42, 43))}
    assert owed <= module.taught
    assert owed <= module.assessed


def test_module_05_has_twelve_items_of_at_least_six_kinds_and_one_judged_by_a_person():
    plan = load(ROOT)
    assignment = plan.assignment("05-proteccion-de-datos")
    assert [item.id for item in assignment.items] == [f"p{n:02}" for n in range(1, 13)]
    assert assignment.points == 40
    assert len({item.kind for item in assignment.items}) >= 6
    assert [(item.id, item.points) for item in assignment.items if item.manual] == [("p12", 8)]


def test_each_competence_is_aligned_to_a_framework_with_its_certainty():
    plan = load(ROOT)
    for competence in plan.competences:
        for alignment in competence.alignment:
            # facts we only know through commentary may not be promoted
            assert plan.framework(alignment.framework).certainty == "secondary"


def test_an_unknown_id_is_one_line_that_names_the_known_ones():
    plan = load(FIXTURE)
    for look_up, known in (
        (plan.module, "00-prueba"),
        (plan.assignment, "00-prueba"),
        (plan.competence, "datos.minimizar"),
        (plan.framework, "digcomp"),
    ):
        with pytest.raises(UserError) as caught:
            look_up("nada")
        assert "«nada»" in str(caught.value)
        assert known in str(caught.value)
    with pytest.raises(UserError, match="ninguna pregunta «p99»"):
        plan.item("00-prueba", "p99")
    with pytest.raises(UserError, match="ninguna lección «x»"):
        plan.module("00-prueba").lesson("x")


def test_a_plan_cannot_be_changed():
    plan = load(FIXTURE)
    with pytest.raises(ValueError, match="frozen"):
        plan.modules[0].hours = 2


def test_a_changed_plan_is_read_again(course):
    assert load(course).title == "Curso de prueba"
    edit(course, ("title: Curso de prueba", "title: Otro título de curso"))
    assert load(course).title == "Otro título de curso"


CASES = {
    "hours": ([("hours: 1\npass", "hours: 2\npass")], "suman 1 y el curso anuncia 2"),
    "minutes": ([("minutes: 30, teaches", "minutes: 25, teaches")], "suman 55 min y el módulo anuncia 1 h (60 min)"),
    "unknown coverage": ([("teaches: [EC-01, EC-02]", "teaches: [EC-01, EC-02, EC-77]")], "«EC-77», que no está"),
    "not taught": ([("teaches: [EC-01, EC-02]", "teaches: [EC-02]")], "ninguna lección enseña EC-01"),
    "unknown competence": (
        [("kind: single, competence: datos.minimizar", "kind: single, competence: datos.nada")],
        "00-prueba/p01 nombra la competencia desconocida «datos.nada»",
    ),
    "unknown framework": ([("framework: digcomp", "framework: otro")], "marco desconocido «otro»"),
    "repeated item": ([("id: p02", "id: p01")], "«p01» está repetido en las preguntas de 00-prueba"),
    "written without items": ([("      notebook: tarea\n", "")], "su tarea no tiene cuaderno o preguntas"),
    "planned with items": ([("status: written", "status: planned")], "pase a written"),
    "written that assesses": (
        [("    status: written\n", "    status: written\n    assesses: [EC-02]\n")],
        "borre assesses",
    ),
    "revisits what nobody taught": (
        [("    status: written\n", "    status: written\n    revisits: [EC-02]\n")],
        "vuelve sobre EC-02, que ningún módulo anterior enseña",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_one_line(course, name):
    changes, expected = CASES[name]
    edit(course, *changes)
    (line,) = mistakes(course)
    assert line.startswith("modules/curriculum.yml: ")
    assert expected in line


def test_what_nothing_assesses_is_told_unless_it_is_a_pure_concept(course):
    plan = yaml.safe_load((course / "modules" / "curriculum.yml").read_text())
    for item in plan["modules"][0]["assignment"]["items"]:
        item["coverage"] = ["EC-01"]
    (course / "modules" / "curriculum.yml").write_text(yaml.safe_dump(plan))
    (line,) = mistakes(course)
    assert "nada evalúa EC-02" in line


def test_an_idle_competence_and_one_that_no_item_assesses_are_told(course):
    idle = "  - id: datos.ocio\n    name: Nada\n    alignment: [{framework: digcomp, reference: '1'}]\nmodules:"
    edit(course, ("modules:", idle))
    (line,) = mistakes(course)
    assert "ningún módulo trabaja la competencia «datos.ocio»" in line
    edit(course, ("competences: [datos.minimizar]", "competences: [datos.minimizar, datos.ocio]"))
    (line,) = mistakes(course)
    assert "ninguna pregunta evalúa la competencia «datos.ocio»" in line


def test_an_item_of_a_foreign_competence_is_told(course):
    other = "  - id: datos.otra\n    name: Otra\n    alignment: [{framework: digcomp, reference: '1'}]\nmodules:"
    edit(
        course,
        ("modules:", other),
        ("kind: written, competence: datos.minimizar", "kind: written, competence: datos.otra"),
    )
    assert any(
        "p02 evalúa «datos.otra», que no está entre las competencias del módulo" in line for line in mistakes(course)
    )


def test_what_a_later_module_teaches_cannot_be_assessed_yet(course):
    path = course / "modules" / "curriculum.yml"
    plan = yaml.safe_load(path.read_text())
    later = {**copy.deepcopy(plan["modules"][0]), "id": "01-luego", "status": "planned", "assesses": ["EC-02"]}
    later["assignment"] = {"id": "01-luego", "title": "Luego", "minutes": 30}
    plan["modules"][0]["lessons"][0]["teaches"] = ["EC-01"]
    plan["modules"].append(later)
    plan["hours"] = 2
    path.write_text(yaml.safe_dump(plan))
    (line,) = mistakes(course)
    assert "00-prueba evalúa EC-02, que ni él ni un módulo anterior enseñan" in line


SHAPES = {
    "a field nobody knows": (("    hours: 1\n", "    hours: 1\n    horas: 1\n"), "sobra «modules › n.º 1 › horas»"),
    "a missing field": (("    about: Un módulo pequeño para las pruebas.\n", ""), "falta «modules › n.º 1 › about»"),
    "a status nobody knows": (("status: written", "status: listo"), "no admite «listo»: use written o planned"),
    "an id with spaces": (("id: leccion-1", "id: Lección uno"), "«Lección uno» no tiene la forma debida"),
    "points below zero": (("points: 2", "points: -2"), "«-2» está fuera de los límites: debe ser mayor que 0"),
    "minutes as text": (("minutes: 30, teaches", "minutes: media, teaches"), "«media» no es un número válido"),
    "no coverage": (("kind: single, competence: datos.minimizar, coverage: [EC-02]",
                     "kind: single, competence: datos.minimizar, coverage: []"), "coverage» necesita al menos 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_a_mistake_of_shape_says_line_and_place(course, name):
    change, expected = SHAPES[name]
    edit(course, change)
    (line,) = mistakes(course)
    text = (course / "modules" / "curriculum.yml").read_text().splitlines()
    number = int(line.removeprefix("modules/curriculum.yml, línea ").partition(":")[0])
    # the line named is within the module, at or just above the mistake
    assert 12 <= number <= len(text)
    assert expected in line


def test_several_mistakes_are_told_at_once(course):
    edit(course, ("points: 2", "points: 0"), ("status: written", "status: listo"))
    assert len(mistakes(course)) == 2


def test_broken_yaml_says_its_line(course):
    edit(course, ("    title: Prueba", "    title: 'Prueba"))
    (line,) = mistakes(course)
    assert line.startswith("modules/curriculum.yml, línea ")
    assert "el YAML no se entiende" in line


def test_a_repeated_key_is_not_silently_dropped(course):
    edit(course, ("    hours: 1\n", "    hours: 1\n    hours: 3\n"))
    assert mistakes(course) == ["modules/curriculum.yml, línea 15: la clave «hours» está repetida; deje una sola."]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"- solo\n- una lista\n", "se esperaba un conjunto de claves"),
        (b"", "se esperaba un conjunto de claves"),
        (b"\xff\xfe", "no se puede leer"),
        (b"schema: 9\nmodules: []\n", "schema: 1"),
    ],
)
def test_a_file_that_is_no_plan(course, content, expected):
    (course / "modules" / "curriculum.yml").write_bytes(content)
    (line,) = mistakes(course)
    assert expected in line


def test_a_missing_file(course):
    (course / "modules" / "coverage.yml").unlink()
    (line,) = mistakes(course)
    assert "coverage.yml" in line
    assert "No se encontró" in line


def test_a_mistake_in_the_coverage_list_names_that_file(course):
    path = course / "modules" / "coverage.yml"
    path.write_text(path.read_text().replace("kind: concept", "kind: idea"))
    (line,) = mistakes(course)
    assert line.startswith("modules/coverage.yml, línea 2: ")
