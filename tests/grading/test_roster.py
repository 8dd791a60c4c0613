import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciberaula.cli import main
from ciberaula.errors import UserError
from ciberaula.grading import erased
from ciberaula.grading.roster import Learner, compare, merged, read_roster, write_roster

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
    "missing column": ("id,name\nana,Ana\n", "faltan las columnas «cohort», «setting» y «simulated»"),
    "short row": (HEADER + "ana,Ana\n", "fila 2: no tiene el mismo número de columnas"),
    "long row": (HEADER + "ana,Ana,A,1,rural,true,más\n", "fila 2: no tiene el mismo número de columnas"),
    "setting": (HEADER + "ana,Ana,A,1,campo,true\n", "fila 2: el valor «campo» de la columna setting"),
    "path as id": (HEADER + "../ana,Ana,A,1,rural,true\n", "fila 2: el valor «../ana» de la columna id"),
    "empty name": (HEADER + "ana, ,A,1,rural,true\n", "de la columna name"),
    "empty file": ("", "faltan las columnas «id», «name», «cohort», «setting» y «simulated»"),
    "one missing": (HEADER.replace(",setting", ""), "falta la columna «setting»; las columnas son id,name"),
    "in Spanish": ("id,nombre,cohorte,zona,simulada\nana,Ana,A,campo,no\n", "el valor «campo» de la columna zona"),
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
    with pytest.raises(UserError, match="fila 2: no está en UTF-8"):
        read_roster(path)


def test_no_roster_is_told(tmp_path):
    with pytest.raises(UserError, match="Falta la lista de participantes"):
        read_roster(tmp_path / "roster.csv")


def test_a_roster_that_cannot_be_read_is_one_line(tmp_path):
    with pytest.raises(UserError, match=r"No se pudo leer la lista de participantes .*: es una carpeta"):
        read_roster(tmp_path)


ROW = "ana,Ana Núñez,2026-A,1,rural,true\n"

ODD_BUT_CLEAR = {
    "mark at the beginning": (HEADER + ROW).encode("utf-8-sig"),
    "lines of Windows": (HEADER + ROW).replace("\n", "\r\n").encode(),
    "lines of an old Mac": (HEADER + ROW).replace("\n", "\r").encode(),
    "blank lines": (HEADER + "\n,,,,,\n" + ROW + " , , , , , \n\n").encode(),
    "semicolons left over": (HEADER.replace("\n", ",,\n") + ROW.replace("\n", ",,\n")).encode(),
    "tabs": (HEADER + ROW).replace(",", "\t").encode(),
    "quotes": (HEADER + '"ana","Ana Núñez","2026-A","1","rural","true"\n').encode(),
    "columns in another order": b"simulated,id,name,cohort,setting,group\ntrue,ana,Ana N\xc3\xba\xc3\xb1ez,2026-A,rural,1\n",
    "blanks around": (HEADER.replace(",", " , ") + ROW.replace(",", " , ")).encode(),
    "accents in two characters": (HEADER + ROW.replace("Núñez", "Nu\u0301n\u0303ez")).encode(),
    "headings in Spanish": "Identificador;Nombre;Cohorte;Grupo;Entorno;Simulada\nana;Ana Núñez;2026-A;1;Rural;Sí\n".encode(),
    "headings in capitals": (HEADER.upper() + ROW).encode(),
    "saved by Excel in Spanish": (HEADER + ROW.replace("true", "VERDADERO")).replace(",", ";").encode("utf-8-sig"),
}


@pytest.mark.parametrize("data", ODD_BUT_CLEAR.values(), ids=ODD_BUT_CLEAR.keys())
def test_what_is_odd_but_clear_is_read(tmp_path, data):
    path = tmp_path / "roster.csv"
    path.write_bytes(data)
    (learner,) = read_roster(path).values()
    assert learner.model_dump() == {
        "id": "ana",
        "name": "Ana Núñez",
        "cohort": "2026-A",
        "group": "1",
        "setting": "rural",
        "simulated": True,
    }


LATIN = HEADER + "luis,Luis,A,1,rural,true\n" + ROW
WRONG = {
    "latin-1": (LATIN.encode("latin-1"), "fila 3: no está en UTF-8; vuelva a guardarla como «CSV UTF-8»"),
    "utf-16": (LATIN.encode("utf-16"), "fila 1: no está en UTF-8"),
    "utf-16 without its mark": ((HEADER + "ana,Ana,A,1,rural,true\n").encode("utf-16-le"), "fila 1: no está en UTF-8"),
    "a workbook": (b"PK\x03\x04\x14\x00", "es un libro de Excel, no un CSV"),
    "renamed column": (
        HEADER.replace("id", "Cédula").encode(),
        "fila 1: la columna «Cédula» no se conoce; si es «id», cámbiele el nombre; si no, quítela.",
    ),
    "two renamed": (
        HEADER.replace("id", "Cédula").replace("name", "Alumna").encode(),
        "la columna «Cédula» no se conoce; si es «id» o «name», cámbiele el nombre",
    ),
    "the same in two languages": (
        HEADER.replace("group", "nombre").encode(),
        "las columnas «name» y «nombre» son la misma; deje una sola",
    ),
    "extra column": (
        HEADER.replace("\n", ",cedula\n").encode(),
        "la columna «cedula» no se conoce; quítela: las columnas son id,name",
    ),
    "a column twice": (HEADER.replace("group", "name").encode(), "las columnas «name» y «name» son la misma"),
    "open quotes": ((HEADER + '"ana,Ana,A,1,rural,true\nluis,Luis,A,1,rural,true\n').encode(), "fila 2: hay comillas"),
    "quotes in between": ((HEADER + ROW + '"ana" b,Ana,A,1,rural,true\n').encode(), "fila 3: hay comillas sin cerrar"),
    "a name of two lines": ((HEADER + 'ana,"Ana\nNúñez",A,1,rural,true\n').encode(), "fila 2: hay comillas"),
    "id with an accent": (
        (HEADER + "ána,Ana,A,1,rural,true\n").encode(),
        "«ána» de la columna id no sirve. Use letras",
    ),
    "control characters": ((HEADER + "ana,An\x1ba,A,1,rural,true\n").encode(), "«An·a» de la columna name no sirve"),
    "twice after a blank line": ((HEADER + ROW + "\n" + ROW).encode(), "fila 4: el id «ana» está repetido"),
    "neither true nor false": ((HEADER + ROW.replace("true", "quizá")).encode(), "Escriba true o false"),
}


@pytest.mark.parametrize(("data", "line"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_names_file_and_row_and_what_to_do(tmp_path, data, line):
    path = tmp_path / "lista.csv"
    path.write_bytes(data)
    with pytest.raises(UserError) as caught:
        read_roster(path)
    told = str(caught.value)
    assert told.startswith("lista.csv")
    assert line in told
    assert told.isprintable()


@given(st.binary(max_size=200))
def test_any_bytes_are_a_list_or_one_line(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "lista.csv"
    path.write_bytes(HEADER.encode() + data)
    try:
        learners = read_roster(path)
    except UserError as error:
        assert str(error).isprintable()
    else:
        write_roster(learners.values(), path)
        assert read_roster(path) == learners


def test_a_name_that_is_a_formula_keeps_its_apostrophe_only_in_the_file(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(HEADER + '"ana","=HYPERLINK(""http://x"")",A,1,rural,true\n', encoding="utf-8")
    learners = read_roster(path)
    write_roster(learners.values(), path)
    assert "\"'=HYPERLINK" in path.read_text(encoding="utf-8-sig")
    assert read_roster(path) == learners


def learner(id, **more):
    return Learner(**{"id": id, "name": id.title(), "cohort": "A", "setting": "rural", "simulated": True, **more})


def test_what_an_import_changes():
    before = {one.id: one for one in (learner("ana"), learner("luis"), learner("eva"))}
    after = {one.id: one for one in (learner("luis", group="2", name="Luis R."), learner("zoe"), learner("ana"))}
    changes = compare(before, after)
    assert (changes.new, changes.gone) == (("zoe",), ("eva",))
    assert changes.changed == {"luis": ("name", "group")}
    assert [one.id for one in merged(before, after)] == ["luis", "zoe", "ana", "eva"]
    assert not compare(before, {"ana": before["ana"]})
    with pytest.raises(UserError, match="El id «ANA» ya está en uso escrito «ana»"):
        compare(before, {"ANA": learner("ANA")})


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("CIBERAULA_HOME", str(tmp_path / "var"))
    (tmp_path / "var").mkdir()
    return tmp_path / "var"


def said(capsys, *arguments):
    code = main([str(word) for word in arguments])
    captured = capsys.readouterr()
    return code, captured.out.splitlines(), captured.err.splitlines()


def test_a_list_is_checked_then_taken_and_nobody_is_lost(tmp_path, at_home, capsys):
    new = tmp_path / "nueva.csv"
    new.write_text(HEADER + ROW + "luis,Luis,A,1,urban,true\n", encoding="utf-8")
    code, out, _err = said(capsys, "roster", "check", new)
    assert (code, out[:2]) == (0, ["2 personas en la lista.", "2 nuevas: ana, luis."])
    assert list(at_home.iterdir()) == []
    assert said(capsys, "roster", "import", new)[0] == 0
    assert list(read_roster()) == ["ana", "luis"]

    new.write_text(HEADER + "luis,Luis,A,2,urban,true\nzoe,Zoe,A,1,urban,true\n", encoding="utf-8")
    taken = read_roster()
    assert said(capsys, "roster", "check", new)[0] == 0
    assert read_roster() == taken
    code, out, _err = said(capsys, "roster", "import", new)
    assert code == 0
    assert out[1:4] == [
        "1 nueva: zoe.",
        "Cambia: luis (group).",
        "Ya no está: ana. Se conserva con su trabajo; para borrarla: ciberaula erase ana --yes.",
    ]
    assert [(one.id, one.group) for one in read_roster().values()] == [("luis", "2"), ("zoe", "1"), ("ana", "1")]
    made = (at_home / "roster.csv").stat().st_mtime_ns
    assert said(capsys, "roster", "import", new)[1][-1] == "La lista del curso ya estaba al día."
    assert (at_home / "roster.csv").stat().st_mtime_ns == made


def test_a_long_list_is_told_in_short(tmp_path, at_home, capsys):
    new = tmp_path / "nueva.csv"
    new.write_text(HEADER + "".join(f"a{n:02},A,A,1,urbano,no\n" for n in range(24)), encoding="utf-8")
    named = ", ".join(f"a{n:02}" for n in range(10))
    assert said(capsys, "roster", "import", new)[1][1] == f"24 nuevas: {named} y 14 más."
    assert read_roster()["a00"].setting == "urban"
    new.write_text(HEADER + "".join(f"a{n:02},B,A,1,urbano,no\n" for n in range(12)), encoding="utf-8")
    out = said(capsys, "roster", "import", new)[1]
    assert out[1:11] == [f"Cambia: a{n:02} (name)." for n in range(10)]
    assert out[11] == "Y 2 cambios más."
    assert out[12].startswith("Ya no están: a12, a13, ") and " y 2 más. Se conservan con su trabajo;" in out[12]


def test_who_was_erased_does_not_come_back_unnoticed(tmp_path, at_home, capsys):
    erased.remember("ana")
    erased.remember("luis")
    kept = at_home / "borrados.txt"
    assert b"ana" not in kept.read_bytes() and kept.stat().st_mode & 0o777 == 0o600
    new = tmp_path / "nueva.csv"
    new.write_text(HEADER + ROW + ROW.replace("ana", "eva"), encoding="utf-8")
    warning = "Atención: los datos de ana se borraron, y con esta lista vuelve a entrar."
    for what in ("check", "import"):
        assert any(line.startswith(warning) for line in said(capsys, "roster", what, new)[1])
    assert erased.erased_among(["ANA", "Luis"]) == ["Luis"]  # she is back; he is not
    erased.forget(["luis"])
    assert not kept.exists()


def test_a_wrong_list_changes_nothing(tmp_path, at_home, capsys):
    (at_home / "roster.csv").write_text(HEADER + ROW, encoding="utf-8")
    wrong = tmp_path / "mala.csv"
    wrong.write_text(HEADER + "zoe,Zoe,A,1,urban,true\nzoe,Otra,A,1,urban,true\n", encoding="utf-8")
    code, out, err = said(capsys, "roster", "import", wrong)
    assert (code, out) == (1, [])
    assert err == ["ciberaula: mala.csv, fila 3: el id «zoe» está repetido; deje una sola fila por persona."]
    assert (at_home / "roster.csv").read_text(encoding="utf-8") == HEADER + ROW
    assert [path.name for path in at_home.iterdir()] == ["roster.csv"]


@pytest.mark.parametrize("line", ["sep=;\r\n", "SEP=;\n", '"sep=;"\n'])
def test_the_line_that_only_excel_reads_is_no_heading(tmp_path, line):
    path = tmp_path / "lista.csv"
    path.write_text(line + HEADER.replace(",", ";") + "ana;Núñez, Ana;A;1;rural;true\n", encoding="utf-8-sig")
    assert read_roster(path)["ana"].name == "Núñez, Ana"
    path.write_text(line + HEADER.replace(",", ";") + "ana;Ana;A;1;campo;true\n", encoding="utf-8-sig")
    with pytest.raises(UserError, match="fila 2: el valor «campo»"):  # as Excel counts, which does not show that line
        read_roster(path)


def test_what_cannot_be_seen_in_a_name_goes(tmp_path):
    path = tmp_path / "lista.csv"
    path.write_text(HEADER + "ana,\u202eAna\u200b\xa0Núñez\u2066,A,,rural,true\n", encoding="utf-8")
    assert read_roster(path)["ana"].name == "Ana Núñez"
    path.write_text(HEADER + "ana,\u202e\u200b,A,,rural,true\n", encoding="utf-8")
    with pytest.raises(UserError, match="de la columna name no sirve"):
        read_roster(path)


def test_a_pipe_or_a_heap_is_no_list(tmp_path):
    os.mkfifo(tmp_path / "tubo")
    with (tmp_path / "pesada").open("wb") as stream:
        stream.truncate(9 * 2**20)
    for name in ("tubo", "pesada"):
        with pytest.raises(UserError, match=f"^{name} no es una lista de participantes: indique un archivo CSV"):
            read_roster(tmp_path / name)
