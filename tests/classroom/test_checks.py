import math
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from ciberaula.classroom.checks import answers, check, submit_answer, submit_table
from ciberaula.classroom.sheetfile import read_answers
from ciberaula.errors import UserError


def mistake(action, *arguments):
    with pytest.raises(UserError) as raised:
        action(*arguments)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_answers_reads_the_sheet_and_misses_nothing_with_an_error(assignment):
    assert answers["p-single"] is None
    assert dict(answers) == {}
    assert (len(answers), "p-single" in answers) == (0, False)
    submit_answer("p-single", "b")
    assert answers["p-single"] == "b"
    assert dict(answers) == {"p-single": "b"}
    assert "p-single" in answers
    assert "p-single" in repr(answers)
    assert not hasattr(answers, "__setitem__")


def test_check_passes_whole_answers_and_says_what_others_lack(assignment):
    assert "«p-single»: aún no tiene respuesta" in mistake(check, "p-single")
    submit_answer("p-single", "b")
    check("p-single")
    submit_answer("p-text", "dos palabras")
    assert "tiene 2 palabras y se piden al menos 3" in mistake(check, "p-text")
    submit_answer("p-matching", {"salud": "comun"})
    assert "falta 1 pareja" in mistake(check, "p-matching")
    submit_answer("decision-grupo", {"path": [["inicio", "borrar"]]})
    assert "aún no llega a su final" in mistake(check, "decision-grupo")
    assert "no está en preguntas.yml" in mistake(check, "p-otra")


def test_check_does_not_stop_a_person_who_runs_all_cells(assignment, monkeypatch, capsys):
    monkeypatch.setenv("JPY_SESSION_NAME", "05-prueba/cuaderno.ipynb")
    check("p-single")
    assert re.fullmatch(r"Revisión de las \d\d:\d\d · «p-single»: aún no tiene respuesta\.\n", capsys.readouterr().out)
    submit_answer("p-single", "b")
    capsys.readouterr()
    check("p-single")
    assert capsys.readouterr().out == ""


def test_check_refuses_a_sheet_with_another_shape(assignment):
    submit_answer("p-single", "b")
    path = assignment / "respuestas.json"
    path.write_text(path.read_text().replace('"b"', '["b"]'))
    assert "no tiene la forma que pide la pregunta" in mistake(check, "p-single")
    path.write_text("{")
    assert "no se puede leer" in mistake(check, "p-single")


def test_an_error_is_shown_in_a_notebook_without_a_traceback(assignment, capsys):
    shell = InteractiveShell.instance()
    shell.run_cell("from ciberaula.classroom import check\ncheck('p-single')")
    printed = capsys.readouterr().out
    assert (
        printed.strip() == "«p-single»: aún no tiene respuesta. Responda en la celda de la pregunta y vuelva a validar."
    )


@pytest.mark.parametrize(
    ("id", "value", "expected"),
    [
        ("p-number", np.int64(4), 4),
        ("p-number", np.float64(4.5), 4.5),
        ("p-multiple", ("c", "a"), ["a", "c"]),
        (
            "p-form",
            {"canal": "chat", "fecha": pd.Timestamp("2026-03-01").date()},
            {"canal": "chat", "fecha": "2026-03-01"},
        ),
    ],
)
def test_answers_by_code_are_the_same_data_as_by_widget(assignment, capsys, id, value, expected):
    submit_answer(id, value)
    assert read_answers(assignment / "respuestas.json") == {id: expected}
    assert capsys.readouterr().out.startswith("Respuesta guardada. ")


def test_answers_by_code_of_another_shape_are_one_line(assignment):
    assert "use las opciones a, b, c" in mistake(submit_answer, "p-single", "z")
    assert "escriba un número entre 0 y 60" in mistake(submit_answer, "p-number", math.inf)
    assert "«p-single» no pide una tabla" in mistake(submit_table, "p-single", [{"a": 1}])
    assert "entregue un DataFrame" in mistake(submit_table, "p-table", "x")
    assert "entregue un DataFrame" in mistake(submit_table, "p-table", [])
    assert "las mismas columnas" in mistake(submit_table, "p-table", [{"a": 1}, {"b": 1}])
    assert "2001 filas" in mistake(submit_table, "p-table", pd.DataFrame({"a": range(2001)}))
    assert not (assignment / "respuestas.json").exists()


def test_a_table_of_pandas_becomes_plain_values(assignment):
    table = pd.DataFrame(
        {
            "edad": pd.array([34, None], dtype="Int64"),
            "grupo": ["30-39", np.nan],
            "fecha": [pd.Timestamp("2026-01-02"), pd.NaT],
            "k": [np.float64(3.5), np.float64(2)],
            "si": [True, False],
        },
        index=[7, 9],
    )
    submit_table("p-table", table)
    assert read_answers(assignment / "respuestas.json")["p-table"] == {
        "columns": ["edad", "grupo", "fecha", "k", "si"],
        "rows": [[34, "30-39", "2026-01-02T00:00:00", 3.5, True], [None, None, None, 2.0, False]],
    }
    submit_table("p-table", [{"a": 1, "b": "x"}])
    assert answers["p-table"] == {"columns": ["a", "b"], "rows": [[1, "x"]]}


def test_a_save_that_fails_is_an_error_in_one_line(assignment, monkeypatch):
    from ciberaula.classroom import sheet

    def fail(path, data):
        raise OSError(28, "full")

    monkeypatch.setattr(sheet, "write_atomic", fail)
    assert mistake(submit_answer, "p-single", "b").startswith("No se pudo guardar: el disco está lleno")


def test_checking_needs_no_widget_and_no_pandas(assignment):
    code = (
        "import sys; from ciberaula.classroom import answers, check, submit_answer; submit_answer('p-single', 'b'); "
        "check('p-single'); print(sorted({'anywidget', 'ipywidgets', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_plain_error_is_a_user_error():
    assert UserError("Una línea.")._render_traceback_() == ["Una línea."]
