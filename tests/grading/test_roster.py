import pytest

from ciberaula.errors import UserError
from ciberaula.grading.roster import read_roster

HEADER = "id,name,cohort,group,setting,simulated\n"


def test_learners_are_read_in_order(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(HEADER + "ana,Ana Núñez,2026-A,1,rural,true\nluis,Luis,2026-A,,urban,false\n", encoding="utf-8-sig")
    learners = read_roster(path)
    assert list(learners) == ["ana", "luis"]
    assert learners["ana"].name == "Ana Núñez"
    assert learners["ana"].simulated
    assert learners["luis"].group == ""


def test_semicolons_of_a_spreadsheet_in_spanish_are_read(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(HEADER.replace(",", ";") + "ana;Ana;2026-A;1;rural;true\n", encoding="utf-8")
    assert list(read_roster(path)) == ["ana"]


BAD = {
    "duplicate": (HEADER + "ana,Ana,A,1,rural,true\nANA,Otra,A,1,rural,true\n", "fila 3: el id «ANA» está repetido"),
    "missing column": ("id,name\nana,Ana\n", "falta o se repite «cohort»"),
    "short row": (HEADER + "ana,Ana\n", "fila 2: no tiene el mismo número de columnas"),
    "long row": (HEADER + "ana,Ana,A,1,rural,true,más\n", "fila 2: no tiene el mismo número de columnas"),
    "setting": (HEADER + "ana,Ana,A,1,campo,true\n", "fila 2: el valor «campo» de la columna setting"),
    "path as id": (HEADER + "../ana,Ana,A,1,rural,true\n", "fila 2: el valor «../ana» de la columna id"),
    "empty name": (HEADER + "ana, ,A,1,rural,true\n", "de la columna name"),
    "empty file": ("", "falta o se repite «id»"),
}


@pytest.mark.parametrize(("text", "line"), BAD.values(), ids=BAD.keys())
def test_a_mistake_is_one_clear_line(tmp_path, text, line):
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        read_roster(path)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_another_encoding_is_told(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes((HEADER + "ana,Núñez,A,1,rural,true\n").encode("latin-1"))
    with pytest.raises(UserError, match="no está en UTF-8"):
        read_roster(path)


def test_no_roster_is_told(tmp_path):
    with pytest.raises(UserError, match="Falta la lista de participantes"):
        read_roster(tmp_path / "roster.csv")


def test_a_roster_that_cannot_be_read_is_one_line(tmp_path):
    with pytest.raises(UserError, match=r"No se pudo leer la lista de participantes .*: es una carpeta"):
        read_roster(tmp_path)
