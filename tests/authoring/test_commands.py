"""The commands of authors, as a person runs them."""

import pytest

from ciberaula.authoring.__main__ import main
from ciberaula.authoring.commands import plan_lines
from ciberaula.curriculum import load
from tests.authoring.test_build import LESSON, edit


def test_build_then_check_then_stale(course, monkeypatch, capsys):
    monkeypatch.setenv("CIBERAULA_COURSE", str(course))
    assert main(["build"]) == 0
    assert "escrito: modules/00-prueba/leccion-1.ipynb" in capsys.readouterr().out
    assert main(["build", "--check"]) == 0
    assert capsys.readouterr().out == "Todo lo derivado corresponde a sus fuentes.\n"
    assert main(["check"]) == 0
    edit(course, LESSON, ("Una celda aparte.", "Una celda cambiada."))
    capsys.readouterr()
    assert main(["build", "--check"]) == 1
    assert "leccion-1.ipynb: no corresponde a su fuente; ejecute «make notebooks»." in capsys.readouterr().out


def test_check_tells_each_mistake_in_a_line_and_fails(course, monkeypatch, capsys):
    monkeypatch.setenv("CIBERAULA_COURSE", str(course))
    edit(course, "modules/curriculum.yml", ("points: 2", "points: 5"))
    assert main(["check"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "solutions/00-prueba/tarea.md: «p01» vale 2 en el cuaderno y 5 en el plan; iguálelos."
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("competence: datos.minimizar", "competence: datos.otra", "nombra la competencia desconocida «datos.otra»"),
        ("hours: 1", "hours: 42", "42"),
        (None, "", "modules/curriculum.yml: se esperaba un conjunto de claves"),
    ],
    ids=["competence", "hours", "empty"],
)
@pytest.mark.parametrize("command", [["build"], ["build", "--check"]], ids=["build", "check"])
def test_building_tells_the_mistakes_of_the_plan_too(built, monkeypatch, capsys, command, old, new, told):
    monkeypatch.setenv("CIBERAULA_COURSE", str(built))
    plan = built / "modules/curriculum.yml"
    text = plan.read_text(encoding="utf-8")
    assert old is None or old in text
    plan.write_text(text.replace(old, new, 1) if old else "", encoding="utf-8")
    assert main(command) == 1
    assert told in capsys.readouterr().err


def test_what_cannot_be_built_hides_no_other_mistake(built, monkeypatch, capsys):
    monkeypatch.setenv("CIBERAULA_COURSE", str(built))
    edit(built, "modules/curriculum.yml", ("points: 2", "points: 5"))
    (built / "modules/00-prueba/suelto.ipynb").write_bytes((built / "modules/00-prueba/leccion-1.ipynb").read_bytes())
    assert main(["build"]) == 1
    told = capsys.readouterr().err
    assert "«p01» vale 2 en el cuaderno y 5 en el plan" in told
    assert "suelto.ipynb: no tiene fuente .md a su lado" in told


def test_the_plan_is_shown_a_module_a_line(course):
    assert plan_lines(load(course)) == [
        "módulo     horas  estado   preguntas  puntos",
        "00-prueba  1      escrito  2          5",
        "total      1",
    ]
