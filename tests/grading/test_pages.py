"""Feedback made in one process, held against nbgrader's own way to the last byte."""

import contextlib
import dataclasses
import os
import shutil

import pytest
import sqlalchemy as sa

from ciberaula.cli import main
from ciberaula.errors import UserError
from ciberaula.grading import ledger
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.engine import Order, grade_chunk
from ciberaula.grading.overrides import override
from ciberaula.grading.pages import RELEASED, FeedbackDesk
from ciberaula.grading.rubric import grade_rubric
from tests.grading.course import ASSIGNMENT, NOTEBOOK, RIGHT, hand_in
from tests.grading.exchange import exchange, page_for
from tests.grading.test_serving import Bench


def handed_in(root, student, answers, key, **work):
    folder = hand_in(root, student, answers, **work)
    (folder / "submission_secret.txt").write_text(key * 16)
    return folder


def grade(*students, force=False):
    return {one.student: one.state for one in grade_chunk(Order(ASSIGNMENT, students, force))}


def show(*students, release=True):
    return FeedbackDesk(ASSIGNMENT).show(students, release=release)


def page(student):
    return (Cohort().folder("feedback", student, ASSIGNMENT) / f"{NOTEBOOK}.html").read_text(encoding="utf-8")


def everything(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != RELEASED}


def test_the_pages_are_those_of_nbgrader_to_the_last_byte(course):
    attack = (
        '<script>alert(1)</script>\n\n| a | b |\n|---|---|\n| ñ | 😀 |\n\n\\(x\\) <img src="http://fuera.example/x">'
    )
    handed_in(course, "ana", RIGHT, "a1b2", written="Le **explico** sus derechos.\n")
    handed_in(course, "beto", {"p01": "c", "p02": 4}, "b1b2", written=attack)
    handed_in(course, "caro", b"{", "c1b2")
    handed_in(course, "dani", {}, "d1b2")
    students = ("ana", "beto", "caro", "dani")
    assert grade(*students) == {"ana": "graded", "beto": "graded", "caro": "not_gradable", "dani": "graded"}
    cohort = Cohort()
    grade_rubric(
        db_url=cohort.db_url, assignment=ASSIGNMENT, student="ana", levels={"derechos": 1, "claridad": 2},
        comment_ids=["plazo"], author="Marta",
    )  # fmt: skip
    with cohort.api.gradebook as gradebook:
        late = gradebook.find_submission_notebook(NOTEBOOK, ASSIGNMENT, "beto")
        late.late_submission_penalty = 1.25
        grade_of_dani = gradebook.find_grade("p02", NOTEBOOK, ASSIGNMENT, "dani")
        grade_of_dani.manual_score, grade_of_dani.extra_credit = 1.5, 0.5
        gradebook.db.commit()
    for student, item, points in (("ana", "p01", 1), ("ana", "p04", 2.5), ("beto", "p02", 3), ("beto", "p02", None)):
        override(
            cohort.db_url, ASSIGNMENT, student, item, points, author="Marta", reason=f"Lo explicó.\n{attack}"
        )  # fmt: skip

    assert cohort.api.generate_feedback(ASSIGNMENT)["success"]
    assert cohort.api.release_feedback(ASSIGNMENT)["success"]
    nbgraders = {one: everything(cohort.folder("feedback", one, ASSIGNMENT)) for one in students}
    released = everything(exchange() / "feedback")
    modes = {path.name: path.stat().st_mode for path in exchange().glob("feedback/*")}
    folder_mode = (exchange() / "feedback").stat().st_mode
    shutil.rmtree(cohort.folder("feedback", ".", "."))
    shutil.rmtree(exchange() / "feedback")

    assert {one.student: one.state for one in show(*students)} == dict.fromkeys(students, "released")
    assert {one: everything(cohort.folder("feedback", one, ASSIGNMENT)) for one in students} == nbgraders
    assert everything(exchange() / "feedback") == released
    assert len(released) == len(students)
    assert {path.name: path.stat().st_mode for path in exchange().glob("feedback/*")} == modes
    assert (exchange() / "feedback").stat().st_mode == folder_mode
    told = nbgraders["ana"][f"{NOTEBOOK}.html"].decode()
    assert "Su nota: 7,5 de 10 puntos" in told
    assert "cambió los puntos: de 2 a 1." in told
    assert "cambió los puntos: de 3 a 2,5." in told


def test_a_page_takes_the_place_of_what_was_there_and_nothing_else_stays(course):
    handed_in(course, "ana", {"p01": "c"}, "a1b2")
    grade("ana")
    folder = Cohort().folder("feedback", "ana", ASSIGNMENT)
    folder.mkdir(parents=True)
    (folder / "otro.html").write_text("de antes")
    (folder / "respuestas.json").write_text("{}")
    show("ana")
    assert set(everything(folder)) == {f"{NOTEBOOK}.html", "timestamp.txt", "submission_secret.txt"}


def test_work_that_nobody_could_open_gets_a_kind_page_without_the_reason(course):
    folder = handed_in(course, "ana", RIGHT, "a1b2")
    (folder / f"{NOTEBOOK}.ipynb").write_text("{ esto no es un cuaderno")
    assert grade("ana") == {"ana": "failed"}
    (shown,) = show("ana")
    assert shown.state == "released"
    told = page_for(folder).read_text(encoding="utf-8")
    assert told == page("ana")
    assert "Su entrega llegó, pero no se pudo abrir" in told
    assert "No es un cero" in told
    assert "JSON" not in told
    assert "Su nota: aún sin nota" in told


def test_a_later_attempt_that_nobody_could_open_leaves_the_page_of_the_one_that_counts(course):
    first = handed_in(course, "ana", RIGHT, "a1b2")
    grade("ana")
    show("ana")
    before = page_for(first).read_bytes()
    shutil.rmtree(first)
    second = handed_in(course, "ana", RIGHT, "a9b9")
    (second / f"{NOTEBOOK}.ipynb").write_text("{")
    (second / "timestamp.txt").write_text("2026-03-05 10:00:00.000000 UTC")
    assert grade("ana") == {"ana": "failed"}
    show("ana")
    assert "no se pudo abrir" in page_for(second).read_text(encoding="utf-8")
    assert page("ana").encode() == before


def test_an_attempt_that_does_not_count_is_answered_with_the_one_that_does(course):
    handed_in(course, "ana", RIGHT, "a1b2")
    grade("ana")
    cohort = Cohort()
    with ledger.writing(cohort.db_url) as connection:
        (first,) = ledger.attempts_of(connection, ASSIGNMENT)["ana"]
        kept = dataclasses.replace(first, number=2, counts=False, receipt="otro", points=1.0)
        ledger.record(connection, kept)
    submitted = cohort.folder("submitted", "ana", ASSIGNMENT)
    (submitted / "submission_secret.txt").write_text("b9b9" * 16)
    (shown,) = show("ana")
    assert len(shown.pages) == 3
    told = page_for(submitted).read_text(encoding="utf-8")
    assert "sigue contando la que aquí se muestra" in told
    assert told == page_for(cohort.folder("autograded", "ana", ASSIGNMENT)).read_text(encoding="utf-8")
    assert "Su nota: 6 de 10 puntos" in told


def test_what_was_graded_and_not_shown_is_owed(course):
    for student, key in (("ana", "a1b2"), ("beto", "b1b2")):
        handed_in(course, student, RIGHT, key)
    desk = FeedbackDesk(ASSIGNMENT)
    assert desk.owed() == []
    grade("ana", "beto")
    assert desk.owed() == ["ana", "beto"]
    show("ana")
    assert desk.owed() == ["beto"]
    show("beto", release=False)
    assert desk.owed() == ["beto"]
    grade("ana", force=True)  # again: another receipt, and marks that may differ
    assert desk.owed() == ["ana", "beto"]


def change(points, reason="Lo explicó en la entrevista", item="p01"):
    words = ["override", ASSIGNMENT, "ana", item, points, "--author", "Marta", "--reason", reason]
    assert main(words) == 0


def test_a_changed_mark_is_on_the_page_after_the_command(course, capsys):
    folder = handed_in(course, "ana", {"p01": "c", "p02": 5}, "a1b2")
    grade("ana")
    assert main(["feedback", ASSIGNMENT]) == 0
    assert "cambió los puntos" not in page_for(folder).read_text(encoding="utf-8")
    change("1,5")
    command = capsys.readouterr().out.splitlines()[-1].rpartition("ciberaula ")[2].split()
    assert main(command) == 0  # what the command itself says comes next
    told = page_for(folder).read_text(encoding="utf-8")
    assert told == page("ana")
    assert "Su docente revisó esta pregunta y cambió los puntos: de 0 a 1,5." in told
    assert "<strong>Motivo:</strong> Lo explicó en la entrevista" in told
    assert "Su nota: 4,5 de 10 puntos" in told
    change("test", "Fue un error")
    main(["feedback", ASSIGNMENT])
    assert "Su docente retiró los puntos que había puesto (1,5)" in page_for(folder).read_text(encoding="utf-8")


def test_what_changed_by_hand_is_on_the_page_when_the_service_starts(course):
    folder = handed_in(course, "ana", {"p01": "c"}, "a1b2")
    other = handed_in(course, "beto", RIGHT, "b1b2")
    Bench().turns(3)
    before = page_for(other).stat().st_mtime_ns
    change("1,5")
    bench = Bench()
    bench.turns(3)
    assert bench.pool.orders == [("show", ("ana",))]
    assert "cambió los puntos: de 0 a 1,5." in page_for(folder).read_text(encoding="utf-8")
    assert page_for(other).stat().st_mtime_ns == before
    with Cohort().api.gradebook as gradebook:  # and what formgrader changed: its form is no command of ours
        gradebook.find_grade("p02", NOTEBOOK, ASSIGNMENT, "beto").manual_score = 1
        gradebook.db.commit()
    Bench().turns(3)
    assert "cambió los puntos: de 3 a 1." in page_for(other).read_text(encoding="utf-8")
    last = Bench()
    last.turns(3)
    assert last.pool.orders == []


def test_the_gradebook_is_asked_as_often_for_one_as_for_many(course):
    students = [f"persona-{number}" for number in range(6)]
    for number, student in enumerate(students):
        handed_in(course, student, {"p01": "c"}, f"a{number}b2")
    grade(*students)
    for student in students:
        override(Cohort().db_url, ASSIGNMENT, student, "p01", 1, author="Marta", reason="Lo explicó")
    desk, asked = FeedbackDesk(ASSIGNMENT), []
    engine = ledger.engine(Cohort().db_url)
    with listening(engine, lambda *about: asked.append(about[2])):
        desk.show(students[:1])
        alone = len(asked)
        desk.show(students)
    assert len(asked) == 2 * alone
    assert all("de 0 a 1." in page(student) for student in students)


@contextlib.contextmanager
def listening(engine, heard):
    sa.event.listen(engine, "before_cursor_execute", heard)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", heard)


def test_a_submission_without_a_secret_keeps_its_page_here_and_says_so(course):
    folder = handed_in(course, "ana", RIGHT, "a1b2")
    (folder / "submission_secret.txt").unlink()
    grade("ana")
    (shown,) = show("ana")
    assert (shown.state, len(shown.pages)) == ("written", 1)
    assert "submission_secret.txt" in str(shown.reason)


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_no_file_of_a_submission_is_opened_that_is_no_file(course, tmp_path, kind):
    handed_in(course, "ana", RIGHT, "a1b2")
    grade("ana")
    secret = Cohort().folder("autograded", "ana", ASSIGNMENT) / "submission_secret.txt"
    secret.unlink()
    if kind == "link":
        (tmp_path / "clave").write_text("CLAVE-OCULTA")
        secret.symlink_to(tmp_path / "clave")
    else:
        os.mkfifo(secret)
    (shown,) = show("ana")
    assert shown.state == "written"
    assert not (exchange() / "feedback").exists()
    assert not (Cohort().folder("feedback", "ana", ASSIGNMENT) / "submission_secret.txt").exists()


def test_one_graded_notebook_that_is_broken_costs_only_itself(course):
    for student, key in (("ana", "a1b2"), ("beto", "b1b2"), ("caro", "c1b2")):
        handed_in(course, student, RIGHT, key)
    grade("ana", "beto", "caro")
    broken = Cohort().folder("autograded", "beto", ASSIGNMENT) / f"{NOTEBOOK}.ipynb"
    broken.chmod(0o644)
    broken.write_text("[]")
    states = {one.student: one.state for one in show("ana", "beto", "caro", "nadie")}
    assert states == {"ana": "released", "beto": "failed", "caro": "released", "nadie": "failed"}


def test_without_anybody_named_everybody_graded_is_shown(course):
    handed_in(course, "ana", RIGHT, "a1b2")
    with pytest.raises(UserError, match=f"No hay nada calificado de {ASSIGNMENT}"):
        Cohort().feedback(ASSIGNMENT)
    broken = handed_in(course, "beto", RIGHT, "b1b2")
    (broken / f"{NOTEBOOK}.ipynb").write_text("{")
    grade("ana", "beto")
    assert [one.student for one in Cohort().feedback(ASSIGNMENT)] == ["ana", "beto"]
    assert [one.student for one in Cohort().feedback(ASSIGNMENT, "beto")] == ["beto"]
    with pytest.raises(UserError, match="No hay entrega de caro"):
        Cohort().feedback(ASSIGNMENT, "caro")
