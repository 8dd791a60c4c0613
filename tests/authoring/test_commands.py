"""The commands of authors, as a person runs them."""

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


def test_the_plan_is_shown_a_module_a_line(course):
    assert plan_lines(load(course)) == [
        "módulo     horas  estado   preguntas  puntos",
        "00-prueba  1      escrito  2          5",
        "total      1",
    ]
