"""The command ``ciberaula grade`` as an instructor types it, and what a person or a program reads of it."""

import io
import json
import sys
from datetime import datetime, timedelta

import pytest

from ciberaula.cli import main
from ciberaula.grading import cluster, ledger
from ciberaula.grading.grading_display import Bar, Lines, Meter
from ciberaula.grading.lateness import after_deadline, seconds_late
from ciberaula.grading.outcomes import Graded, stuck_words
from tests.grading.course import ASSIGNMENT, RIGHT, hand_in


def grade(*words):
    return main(["grade", *words])


def said(capsys):
    told = capsys.readouterr()
    assert told.err == ""
    return told.out.splitlines()


def test_nothing_handed_in_is_nothing_wrong(course, capsys):
    assert grade() == 0
    assert said(capsys) == ["Todavía no hay nada entregado: recójalo primero (ciberaula collect)."]


def test_everything_pending_is_graded_and_the_next_time_nothing(course, capsys):
    hand_in(course, "ana", RIGHT)
    hand_in(course, "luis", RIGHT)
    assert grade() == 0
    assert said(capsys) == ["2 entregas: 2 calificadas."]
    assert grade(ASSIGNMENT) == 0
    assert said(capsys) == ["2 entregas: 2 sin cambios."]
    assert grade(ASSIGNMENT, "--student", "luis", "--force") == 0
    assert said(capsys) == ["1 entrega: 1 calificada."]


def test_a_problem_has_its_line_and_the_others_go_on(course, capsys):
    hand_in(course, "ana", RIGHT)
    hand_in(course, "luis", b"{esto no es JSON")
    assert grade(ASSIGNMENT) == 1
    problem, summary = said(capsys)
    assert problem.startswith("luis: calificada en parte; no se pudo calificar: ")
    assert summary == "2 entregas: 1 calificada, 1 con algo sin calificar."


def test_json_has_an_object_for_each_submission_and_a_summary(course, capsys):
    hand_in(course, "ana", RIGHT)
    hand_in(course, "luis", b"{esto no es JSON")
    assert grade("--json") == 1
    *submissions, last = map(json.loads, said(capsys))
    assert {(one["student"], one["state"]) for one in submissions} == {("ana", "graded"), ("luis", "not_gradable")}
    assert all(
        set(one) == {"assignment", "student", "state", "reason", "seconds", "own_code", "seconds_late"}
        for one in submissions
    )
    summary = last["summary"]
    assert (summary["submissions"], summary["graded"], summary["not_gradable"], summary["failed"]) == (2, 1, 1, 0)
    assert (summary["late"], summary["waiting_for_person"]) == (0, 0)
    assert "Ana Prueba" not in json.dumps([*submissions, last])


def test_what_waits_for_a_person_is_counted_with_the_next_step(course, capsys):
    hand_in(course, "ana", RIGHT, written="Le explico sus derechos.")
    hand_in(course, "luis", RIGHT)
    step = (
        "1 respuesta de 1 entrega espera a una persona: "
        f"siga con ciberaula grade-rubric {ASSIGNMENT} ID … o en formgrader."
    )
    assert grade() == 0
    assert said(capsys) == ["2 entregas: 2 calificadas.", step]
    assert grade() == 0  # also where nothing is new
    assert said(capsys) == ["2 entregas: 2 sin cambios.", step]
    grade("--json")
    assert json.loads(said(capsys)[-1])["summary"]["waiting_for_person"] == 1
    assert main(["grade-rubric", ASSIGNMENT, "ana", "derechos=2", "claridad=2"]) == 0
    capsys.readouterr()
    grade()
    assert said(capsys) == ["2 entregas: 2 sin cambios."]


def test_who_came_late_is_told_and_how_late(course, capsys):
    hand_in(course, "ana", RIGHT)  # on 2 March at 10:00 UTC
    hand_in(course, "luis", b"{esto no es JSON")
    assert main(["deadline", ASSIGNMENT, "2026-02-28T07:00Z"]) == 0
    assert main(["extension", ASSIGNMENT, "luis", "1d", "--reason", "Sin señal"]) == 0
    capsys.readouterr()
    grade()
    *lines, summary = said(capsys)
    assert sorted(lines)[0] == "ana: calificada (2 días y 3 h después del plazo)"
    assert sorted(lines)[1].endswith(" (1 día y 3 h después del plazo)")
    assert summary == "2 entregas: 1 calificada, 1 con algo sin calificar. Después del plazo: 2."
    grade("--json", "--student", "ana")  # also of what has nothing new
    one, last = map(json.loads, said(capsys))
    assert (one["state"], one["seconds_late"], last["summary"]["late"]) == ("unchanged", 51 * 3600, 1)
    assert main(["attempts", ASSIGNMENT, "--student", "ana"]) == 0
    assert said(capsys) == [
        "ana · entrega n.º 1: 2026-03-02 10:00 UTC, 2 días y 3 h después del plazo, 6 puntos por prueba, cuenta"
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (59, "menos de un minuto"),
        (60, "1 min"),
        (3600, "1 h"),
        (3600 * 3 + 60 * 20 + 59, "3 h y 20 min"),
        (86400, "1 día"),
        (86400 * 2 + 3600 * 3 + 60 * 5, "2 días y 3 h"),
        (86400 * 2 + 60 * 5, "2 días"),
    ],
)
def test_a_delay_is_told_in_two_units_at_most(seconds, words):
    assert after_deadline(seconds) == f"{words} después del plazo"


def test_what_comes_in_time_is_not_late_at_all():
    """Nor less than that, which would show as a delay somewhere."""
    due = datetime(2026, 3, 2, 10)
    assert [seconds_late(due + timedelta(seconds=one), due) for one in (-90, 0, 90)] == [0, 0, 90]
    assert seconds_late(None, due) == seconds_late(due, None) == 0


def test_a_reason_is_told_once_for_all_its_items(course, capsys):
    hand_in(course, "luis", b"{esto no es JSON")
    assert grade() == 1
    line, _summary = said(capsys)
    assert line.startswith("luis: calificada en parte; no se pudo calificar: p01, p02, p03: ")
    reason = line.partition("p03: ")[2]
    assert line.count(reason) == 1
    with ledger.reading(f"sqlite:///{course / 'var' / 'gradebook.db'}") as connection:
        (attempt,) = ledger.attempts_of(connection, ASSIGNMENT)["luis"]
    assert attempt.reason == f"p01, p02, p03: {reason}"
    many = [(f"p{number:02}", "La hoja no se lee.") for number in range(1, 12)]
    assert stuck_words([*many, ("p12", "otra cosa")]) == "p01, p02… (11 preguntas): La hoja no se lee; p12: otra cosa"
    assert stuck_words([]) is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["no-existe"], f"No existe la tarea no-existe: use una de {ASSIGNMENT}."),
        ([ASSIGNMENT, "--student", "pedro"], f"No hay entrega de pedro en {ASSIGNMENT}: recójala primero"),
        ([ASSIGNMENT, "--workers", "0"], "--workers necesita un número desde 1."),
        (["--scheduler", "10.0.0.5"], "«10.0.0.5» no es la dirección de un planificador"),
    ],
)
def test_what_is_asked_wrongly_is_told_in_one_line(course, capsys, words, told):
    hand_in(course, "ana", RIGHT)
    assert grade(*words) == 1
    line = capsys.readouterr().err
    assert line.startswith(f"ciberaula: {told}")
    assert line.count("\n") == 1
    assert not (course / "var" / "autograded").exists()


def test_ctrl_c_is_one_line_that_says_how_to_go_on(course, capsys, monkeypatch):
    def interrupted(self, orders, work=None):
        yield orders[0], [Graded("ana", "graded")]
        raise KeyboardInterrupt

    monkeypatch.setattr(cluster.Here, "grade", interrupted)
    hand_in(course, "ana", RIGHT)
    hand_in(course, "luis", RIGHT)
    assert grade() == 130
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        "Interrumpido: queda 1 entrega por calificar y nada quedó a medias. Repita la orden para seguir.\n"
    )


def test_a_terminal_gets_a_bar_that_goes_away_and_the_lines_stay(course, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    hand_in(course, "ana", RIGHT)
    hand_in(course, "luis", b"{esto no es JSON")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert grade() == 1
    shown = terminal.getvalue()
    assert "0/2" in shown
    assert "empezando…" in shown
    assert "luis: calificada en parte" in shown
    assert "2 entregas: 1 calificada, 1 con algo sin calificar." in shown
    assert "\x1b[2K" in shown  # the bar is erased


# ---- the meter and the lines


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_the_pace_counts_what_was_graded_now():
    clock = Clock()
    meter = Meter(110, clock)
    meter.count("unchanged", 10)
    assert meter.pace() == "empezando…"
    clock.now += 10
    meter.count("graded", 20)
    assert (meter.done, meter.rate, meter.remaining) == (30, 2.0, 40.0)
    assert meter.pace() == "2,0 por segundo · faltan 0:40"
    assert meter.outcomes() == "20 calificadas, 10 sin cambios"
    clock.now += 9990
    assert meter.pace().endswith("faltan 11:06:40")


def test_lines_name_the_assignment_where_there_are_several_and_never_markup():
    meter = Meter(1)
    written: list[str] = []
    lines = Lines(meter, written.append, several=True)
    lines.outcome("05-x", Graded("ana", "failed", "[red]algo[/red]"))
    lines.outcome("05-x", Graded("luis", "graded"))
    lines.outcome("05-x", Graded("eva", "kept", "cuenta el intento 1"))
    assert written == [
        "05-x, ana: no se calificó: [red]algo[/red]",
        "05-x, eva: calificada y guardada sin contar: cuenta el intento 1",
    ]
    stream = io.StringIO()
    Bar(meter, stream).write(written[0])
    assert stream.getvalue() == "05-x, ana: no se calificó: [red]algo[/red]\n"
