"""``ciberaula items`` and ``ciberaula similar``, as an instructor calls them."""

import csv
import json
import shutil

import pytest
from nbgrader.api import Gradebook

from ciberaula import cli
from ciberaula.grading.config import COURSE_ID, gradebook_url
from tests.progress import cohort


@pytest.fixture(autouse=True)
def at_home(built, monkeypatch):
    """The commands look at the cohort; what they write goes elsewhere."""
    monkeypatch.setenv("CIBERAULA_HOME", str(built))


def run(capsys, *arguments):
    code = cli.main([*map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_questions_in_words(capsys):
    code, out, err = run(capsys, "items", cohort.MODULE)
    assert (code, err) == (0, "")
    # Of the ten who handed in, one has p09 without points and another p12.
    assert "1. p01 · 10 respuestas · 80 % de los puntos · distingue 1,00" in out
    assert "9. p09 · 9 respuestas" in out and "12. p12 · 9 respuestas · 79 % de los puntos · 1 por revisar" in out
    assert "- 3 personas: «Enviar hoy el expediente <completo>»" in out
    flat = " ".join(out.split())
    assert "Con menos de 30 personas (aquí, 10)" in flat and "Todavía no se muestra el alfa" in flat
    assert not any(person.name in out or person.id in out for person in cohort.PEOPLE)
    assert "simulada" not in out


def test_the_file(capsys, tmp_path):
    path = tmp_path / "preguntas.csv"
    code, out, _err = run(capsys, "items", cohort.MODULE, "--csv", path)
    assert code == 0 and f"Listo: {path}." in out
    with path.open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert [line["pregunta"] for line in lines] == [f"p{n:02}" for n in range(1, 13)]
    first = lines[0]
    assert (first["personas"], first["puntos obtenidos (0 a 1)"], first["discriminación (−1 a 1)"]) == (
        "10",
        "0.8",
        "1.0",
    )
    assert (first["error frecuente 1"], first["personas con el error 1"]) == (
        "«Enviar hoy el expediente <completo>»",
        "3",
    )


def test_the_file_for_an_institution_has_no_small_group(capsys, tmp_path):
    path = tmp_path / "preguntas.csv"
    code, out, _err = run(capsys, "items", cohort.MODULE, "--csv", path, "--institution")
    told = path.read_text(encoding="utf-8-sig")
    assert code == 0 and "expediente" not in told and "p01" in told
    assert "p01" not in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["items", "nada"], "No hay ninguna tarea «nada»: use una de"),
        (["items", "06-gestion-virtual-de-casos"], "No hay nada calificado de «06-gestion-virtual-de-casos»"),
        (["items", cohort.MODULE, "--institution"], "--csv"),
        (["items", cohort.MODULE, "--csv", "/no/hay/x.csv"], "/no/hay/x.csv"),
        (["similar", "nada"], "No hay ninguna tarea «nada»"),
        (["similar", cohort.MODULE, "--least", "40"], "de 0 a 1"),
        (["similar", cohort.MODULE, "--show", "2"], "No hay un grupo 2: hay 1"),
    ],
)
def test_what_cannot_be_done_is_one_line(capsys, arguments, told):
    code, _out, err = run(capsys, *arguments)
    assert code == 1 and err.count("\n") == 1 and told in err


def test_an_invented_cohort_says_so(capsys, home, monkeypatch):
    cohort.write_roster(home, cohort.PEOPLE, simulated=True)
    monkeypatch.setenv("CIBERAULA_HOME", str(home))
    assert run(capsys, "items", cohort.MODULE)[1].startswith("Cohorte simulada")
    assert "azu-1 (simulada), man-1 (simulada)" in run(capsys, "similar", cohort.MODULE)[1]


def test_it_is_read_fresh_from_the_gradebook(capsys, home, monkeypatch):
    with Gradebook(gradebook_url(home), COURSE_ID) as gradebook:
        for person in cohort.PEOPLE:
            if person.share is not None:
                gradebook.find_grade("p01", cohort.NOTEBOOK, cohort.MODULE, person.id).manual_score = 0
        gradebook.db.commit()
    monkeypatch.setenv("CIBERAULA_HOME", str(home))
    assert "1. p01 · 10 respuestas · 0 % de los puntos\n" in run(capsys, "items", cohort.MODULE)[1]


def test_like_texts_are_listed_by_id_and_shown_on_request(capsys):
    code, out, err = run(capsys, "similar", cohort.MODULE)
    assert (code, err) == (0, "")
    assert out.startswith("1. p12 · ") and "azu-1, man-1" in out and "nunca una prueba" in " ".join(out.split())
    assert "patio" not in out and not any(person.name in out for person in cohort.PEOPLE)
    shown = " ".join(run(capsys, "similar", cohort.MODULE, "--show", 1)[1].split())
    assert "── azu-1 · p12 ──" in shown and "apunté ayer" in shown and "apunté temprano" in shown


def test_no_like_texts(capsys):
    assert "No hay respuestas escritas" in run(capsys, "similar", cohort.MODULE, "--least", 1)[1]


def test_a_terminal_is_not_given_control_characters(capsys, home, monkeypatch):
    """What somebody wrote could otherwise clear the screen or change its title."""
    graded = home / "autograded" / "azu-1" / cohort.MODULE / f"{cohort.NOTEBOOK}.ipynb"
    content = json.loads(graded.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        if cell["source"]:
            cell["source"] = "\x1b]0;x\x07\x1b[2J" + cell["source"]
    graded.write_text(json.dumps(content), encoding="utf-8")
    monkeypatch.setenv("CIBERAULA_HOME", str(home))
    out = run(capsys, "similar", cohort.MODULE, "--show", 1)[1]
    assert "patio" in out and "\x1b" not in out and "\x07" not in out


def test_without_a_roster_the_ids_are_shown_all_the_same(capsys, home, monkeypatch):
    (home / "roster.csv").unlink()
    shutil.rmtree(home / "progress" / "snapshot")
    monkeypatch.setenv("CIBERAULA_HOME", str(home))
    assert "azu-1, man-1" in run(capsys, "similar", cohort.MODULE)[1]
