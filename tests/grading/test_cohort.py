"""The whole way through nbgrader's exchange, and the commands that an instructor types."""

import argparse
import os
import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config

from ciberaula.errors import UserError
from ciberaula.grading import commands as grading_commands
from ciberaula.grading import grade_command, policy_commands, serve_command
from ciberaula.grading.bundle import write_bundle
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.commands import add_commands
from ciberaula.grading.config import configure_exchange, course_config
from tests.grading import course as small
from tests.grading.course import ASSIGNMENT, NOTEBOOK, RIGHT, hand_in, sheet


def run(*words):
    parser = argparse.ArgumentParser()
    subparsers = parser.add_subparsers(required=True)
    add_commands(subparsers)
    grade_command.add_commands(subparsers)
    options = parser.parse_args([str(word) for word in words])
    return options.run(options)


def trainee(folder):
    """nbgrader as a trainee's server has it."""
    config = Config()
    configure_exchange(config)
    config.Exchange.assignment_dir = str(folder)
    config.CourseDirectory.root = str(folder)
    return NbGraderAPI(config=config)


def do(api, step, **settings):
    """Run one of the trainee's exchange steps (FetchAssignment, Submit, FetchFeedback)."""
    app = getattr(api.exchange, step)(coursedir=api.coursedir, authenticator=api.authenticator, parent=api, **settings)
    api.coursedir.assignment_id = ASSIGNMENT
    app.start()


def test_the_whole_way_from_source_to_feedback(course, tmp_path, monkeypatch):
    monkeypatch.setenv("USER", "ana")
    cohort = Cohort()
    assert cohort.release(ASSIGNMENT).done
    assert cohort.release(ASSIGNMENT).done  # again: the new release takes the place of the old
    aula = tmp_path / "aula"
    aula.mkdir()
    api = trainee(aula)
    do(api, "FetchAssignment")
    folder = aula / ASSIGNMENT
    assert sorted(path.name for path in folder.iterdir()) == ["preguntas.yml", f"{NOTEBOOK}.ipynb"]
    (folder / "respuestas.json").write_bytes(sheet(RIGHT))
    (folder / "registro.jsonl").write_text("{}\n")
    api.coursedir.student_id = "ana"
    do(api, "Submit")

    collected = cohort.collect(ASSIGNMENT)
    assert collected.done, collected.reason
    assert cohort.folder("submitted", "ana", ASSIGNMENT).joinpath("registro.jsonl").exists()
    (outcome,) = cohort.autograde(ASSIGNMENT)
    assert (outcome.student, outcome.state) == ("ana", "graded")
    assert [one.state for one in cohort.feedback(ASSIGNMENT)] == ["released"]
    do(api, "FetchFeedback")
    (page,) = folder.rglob("*.html")
    assert "Su nota: 6 de 10 puntos" in page.read_text(encoding="utf-8")


def test_nothing_of_the_answers_is_released(course):
    release = course / "exercises" / ASSIGNMENT
    assert sorted(path.name for path in release.iterdir()) == ["preguntas.yml", f"{NOTEBOOK}.ipynb"]
    text = (release / f"{NOTEBOOK}.ipynb").read_text(encoding="utf-8")
    assert "CLAVE-OCULTA" not in text
    assert "Le explicaría" not in text
    assert "# Escriba aquí su código" in text
    assert "Escriba aquí su respuesta" in text
    assert "YOUR" not in text


def test_traces_of_a_trial_in_the_source_stop_the_release(course):
    (course / "solutions" / ASSIGNMENT / "respuestas.json").write_text("{}")
    with pytest.raises(UserError, match=r"hay un respuestas\.json de prueba"):
        Cohort().release(ASSIGNMENT)


def test_an_unknown_assignment_or_trainee_is_one_line(course):
    with pytest.raises(UserError, match="No existe la tarea 98-otra"):
        Cohort().release("98-otra")
    with pytest.raises(UserError, match="No hay entrega de pedro"):
        list(Cohort().autograde(ASSIGNMENT, "pedro"))


@pytest.mark.parametrize("name", ["no-existe", "../05", f"../solutions/{ASSIGNMENT}", "*"])
@pytest.mark.parametrize(
    "words",
    [
        ["release"],
        ["collect", "--assignment"],
        ["grade"],
        ["feedback"],
        ["feedback", "--no-release"],
        ["double-marking"],
    ],
    ids=" ".join,
)
def test_every_command_knows_the_assignments(course, words, name):
    with pytest.raises(UserError) as caught:
        run(*words, name)
    assert str(caught.value) == f"No existe la tarea {name}: use una de {ASSIGNMENT}."


def test_feedback_of_one_says_what_is_missing_of_that_one(course):
    with pytest.raises(UserError, match=f"No hay entrega de ana en {ASSIGNMENT}: recójala primero"):
        run("feedback", ASSIGNMENT, "--student", "ana")
    hand_in(course, "ana", RIGHT)
    with pytest.raises(UserError, match="La entrega de ana no está calificada: califique primero"):
        run("feedback", ASSIGNMENT, "--student", "ana")


def test_every_word_of_the_grading_commands_is_explained():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    for one in (grading_commands, grade_command, policy_commands, serve_command):
        one.add_commands(commands)
    unexplained = [
        (name, action.dest)
        for name, command in commands.choices.items()
        for action in command._actions
        if not action.help
    ]
    assert len(commands.choices) > 10
    assert unexplained == []


def test_grade_rubric_knows_the_assignments_too(course):
    with pytest.raises(UserError, match="No existe la tarea no-existe: use una de"):
        run("grade-rubric", "no-existe", "ana", "derechos=2")


def test_a_bundle_says_whose_it_is_or_how_to_say_it(course, tmp_path, monkeypatch, capsys):
    work = tmp_path / "aula" / ASSIGNMENT
    work.mkdir(parents=True)
    nbformat.write(small.released(course), work / f"{NOTEBOOK}.ipynb")
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    for student in (None, "participante"):  # the second is what the classroom on an own machine calls everybody
        if student:
            monkeypatch.setenv("CIBERAULA_STUDENT", student)
        else:
            monkeypatch.delenv("CIBERAULA_STUDENT", raising=False)
        with pytest.raises(UserError, match=r"Falta saber de quién es la tarea: .* --id SU-IDENTIFICADOR"):
            run("bundle", work)
    assert list(work.parent.glob("*.zip")) == []
    monkeypatch.setenv("JUPYTERHUB_USER", "luis")
    assert run("bundle", work) == 0
    monkeypatch.setenv("CIBERAULA_STUDENT", "ana")
    assert run("bundle", work) == 0
    assert sorted(path.name for path in work.parent.glob("*.zip")) == [
        f"{ASSIGNMENT}-ana.zip",
        f"{ASSIGNMENT}-luis.zip",
    ]


def test_home_elsewhere_holds_everything_a_run_makes(generated, tmp_path, monkeypatch):
    """nbgrader joins its steps to the course's root; an absolute one must work in its patterns too."""
    home = tmp_path / "otro sitio" / "datos.v1"
    home.mkdir(parents=True)
    monkeypatch.setenv("CIBERAULA_COURSE", str(generated))
    monkeypatch.setenv("CIBERAULA_HOME", str(home))
    cohort = Cohort()
    assert cohort.generate(ASSIGNMENT).done
    hand_in(generated, "ana", RIGHT)
    (outcome,) = cohort.autograde(ASSIGNMENT)
    assert outcome.state == "graded"
    assert [one.state for one in cohort.feedback(ASSIGNMENT)] == ["released"]
    assert (home / "gradebook.db").exists()
    assert len(list((home / "exchange" / "ciberaula" / "feedback").glob("*.html"))) == 1
    assert not (generated / "var" / "submitted").exists()


def test_a_home_that_nbgrader_cannot_use_is_told(generated, tmp_path, monkeypatch):
    monkeypatch.setenv("CIBERAULA_COURSE", str(generated))
    monkeypatch.setenv("CIBERAULA_HOME", str(tmp_path / "datos (copia)"))
    with pytest.raises(UserError, match="tiene signos que nbgrader no admite"):
        course_config()


def test_a_course_in_a_folder_with_odd_signs_works(tmp_path, monkeypatch, grades):
    root = tmp_path / "curso (2026) + práctica"
    small.write_course(root)
    monkeypatch.setenv("CIBERAULA_COURSE", str(root))
    monkeypatch.setenv("CIBERAULA_HOME", str(root / "var"))
    assert Cohort().generate(ASSIGNMENT).done
    hand_in(root, "ana", RIGHT)
    (outcome,) = Cohort().autograde(ASSIGNMENT)
    assert outcome.state == "graded"
    assert grades("ana")["p01"] == (2, False)


def test_the_configuration_file_loads_with_no_secret_of_a_trainee(course):
    text = (Path(__file__).parents[2] / "grading" / "nbgrader_config.py").read_text(encoding="utf-8")
    config = Config()
    exec(text, {"get_config": lambda: config})  # noqa: S102 - as traitlets does
    assert config.CourseDirectory.source_directory == "solutions"
    assert config.CourseDirectory.submitted_directory == "var/submitted"
    assert config.Exchange.root == str(course / "var" / "exchange")


def test_by_bundle_and_commands(course, tmp_path, capsys, monkeypatch):
    assert run("release", ASSIGNMENT) == 0
    work = tmp_path / "aula" / ASSIGNMENT
    work.mkdir(parents=True)
    notebook = small.released(course)
    notebook.cells[-1].source = "Le explico sus derechos."
    nbformat.write(notebook, work / f"{NOTEBOOK}.ipynb")
    (work / "respuestas.json").write_bytes(sheet(RIGHT))
    assert run("bundle", work, "--id", "ana") == 0
    bad = tmp_path / "mala.zip"
    bad.write_bytes(b"nada")
    assert run("collect", bad, tmp_path / "aula" / f"{ASSIGNMENT}-ana.zip") == 1
    assert run("grade", ASSIGNMENT) == 0
    assert (
        run("grade-rubric", ASSIGNMENT, "ana", "derechos=2", "claridad=2", "--comment", "tono", "--author", "Marta")
        == 0
    )
    assert run("feedback", ASSIGNMENT) == 0
    told = capsys.readouterr().out.splitlines()
    assert "mala.zip: está dañado o no es un paquete de entrega; pida que lo envíe de nuevo." in told
    assert f"{ASSIGNMENT}-ana.zip: recibida la entrega de ana en {ASSIGNMENT}." in told
    assert "1 entrega: 1 calificada." in told
    assert "ana: 4 puntos." in told
    assert f"{ASSIGNMENT}: retroalimentación lista de 1 persona." in told
    page = Path(os.environ["CIBERAULA_HOME"], "feedback", "ana", ASSIGNMENT, f"{NOTEBOOK}.html").read_text(
        encoding="utf-8"
    )
    assert "Su nota: 10 de 10 puntos" in page


def test_a_command_with_a_wrong_level_says_how_to_write_it(course):
    with pytest.raises(UserError, match="escriba criterio=puntos"):
        run("grade-rubric", ASSIGNMENT, "ana", "derechos")


def test_a_gradebook_that_nbgrader_cannot_use_is_named_by_its_place(course):
    cohort = Cohort()
    cohort.api.coursedir.db_url = "postgresql+psycopg://ana:secreto@base.ejemplo/notas"
    told = cohort._step({"success": False, "log": "There was an error accessing the nbgrader database"}).reason
    assert told == "no se pudo usar el libro de calificaciones (base.ejemplo/notas)"


def test_a_bundle_for_an_assignment_that_was_not_released_is_refused(course, tmp_path, capsys):
    work = tmp_path / ASSIGNMENT
    work.mkdir()
    nbformat.write(small.released(course), work / f"{NOTEBOOK}.ipynb")
    path = write_bundle(work, student="ana")
    shutil.rmtree(course / "exercises" / ASSIGNMENT)
    assert run("collect", path) == 1
    assert "no es una tarea publicada" in capsys.readouterr().out
