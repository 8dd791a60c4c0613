"""Dates as people write them, deadlines and extensions in the gradebook, and what being late costs there."""

import shutil
from datetime import datetime, timedelta

import pytest
from nbgrader.api import Gradebook

from ciberaula.cli import main
from ciberaula.errors import UserError
from ciberaula.grading import ledger
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.deadlines import deadline_of, grant_extension, read_minutes, read_moment, set_deadline, shown
from ciberaula.grading.policy import due_of, session_on
from tests.grading.conftest import enter
from tests.grading.course import ASSIGNMENT, RIGHT, hand_in

HANDED_IN = datetime(2026, 3, 2, 10)  # when tests.grading.course says that work was handed in
SIGNED = {"author": "Docente de prueba", "reason": "Sin señal en la parroquia"}


@pytest.mark.parametrize(
    ("text", "zone", "moment"),
    [
        ("2026-03-02T23:59-05:00", None, datetime(2026, 3, 3, 4, 59)),
        ("2026-03-02T23:59Z", None, datetime(2026, 3, 2, 23, 59)),
        ("2026-03-02 23:59 America/Guayaquil", None, datetime(2026, 3, 3, 4, 59)),
        ("2026-03-02 23:59", "America/Guayaquil", datetime(2026, 3, 3, 4, 59)),
        ("2026-03-02", "America/Guayaquil", datetime(2026, 3, 3, 4, 59, 59)),
        ("2026-03-02 UTC", None, datetime(2026, 3, 2, 23, 59, 59)),
        ("2026-07-01 12:00 America/Santiago", None, datetime(2026, 7, 1, 16)),
        ("2026-01-01 12:00 America/Santiago", None, datetime(2026, 1, 1, 15)),
    ],
)
def test_dates_as_people_write_them(text, zone, moment):
    assert read_moment(text, zone) == moment


@pytest.mark.parametrize(
    ("text", "zone", "told"),
    [
        ("mañana", None, "«mañana» no es una fecha"),
        ("2026-02-30T10:00Z", None, "no es una fecha"),
        ("2026-03-02T23:59", None, "Falta la zona horaria"),
        ("2026-03-02", None, "Falta la zona horaria"),
        ("2026-03-02 10:00 Quito/Norte", None, "No se conoce la zona horaria «Quito/Norte»"),
        ("2026-03-02 10:00", "../etc", "No se conoce la zona horaria"),
        ("2026-03-02T10:00-05:00", "UTC", "trae dos zonas horarias"),
        ("0001-01-01T00:00+14:00", None, "está fuera del calendario"),
        ("", None, "no es una fecha"),
    ],
)
def test_a_date_that_is_none_is_one_line(text, zone, told):
    with pytest.raises(UserError) as caught:
        read_moment(text, zone)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_times_as_people_write_them():
    assert [read_minutes(text) for text in ("0", "90", "90m", "12h", "3d", " 3 D ")] == [0, 90, 90, 720, 4320, 4320]
    for text in ("", "-5", "3 semanas", "1,5h", "9999d"):
        with pytest.raises(UserError):
            read_minutes(text)


def test_a_moment_is_told_in_both_zones():
    assert shown(datetime(2026, 3, 3, 4, 59), "America/Guayaquil") == (
        "2026-03-02 23:59 America/Guayaquil (2026-03-03 04:59 UTC)"
    )
    assert shown(datetime(2026, 3, 3, 4, 59, 59)) == "2026-03-03 04:59:59 UTC"


def test_without_a_zone_it_is_told_in_the_machine_s_own(machine_in_ecuador):
    assert shown(datetime(2026, 3, 3, 4, 59)) == "2026-03-02 23:59 -05:00 (2026-03-03 04:59 UTC)"
    assert shown(datetime(2026, 3, 3, 4, 59), "UTC") == "2026-03-03 04:59 UTC"


@pytest.fixture(scope="module")
def graded_once(generated, tmp_path_factory):
    """Ana's work, graded: 6 points by test. Luis has handed in nothing."""
    root = tmp_path_factory.mktemp("calificado") / "curso"
    shutil.copytree(generated, root)
    with pytest.MonkeyPatch.context() as patch:
        enter(patch, root)
        hand_in(root, "ana", RIGHT)
        list(Cohort().autograde(ASSIGNMENT))
    return root


@pytest.fixture
def graded(graded_once, tmp_path, monkeypatch):
    """A copy of it, whose plan takes two points for each day late."""
    root = tmp_path / "curso"
    shutil.copytree(graded_once, root)
    enter(monkeypatch, root)
    plan = "modules: []\nlate: {penalty: points, points_per_day: 2}\n"
    (root / "modules" / "curriculum.yml").write_text(plan)
    return root


@pytest.fixture
def db_url(graded):
    return f"sqlite:///{graded / 'var' / 'gradebook.db'}"


def lost(db_url, student="ana"):
    """What nbgrader's own row says: seconds late, and points lost."""
    with Gradebook(db_url, "ciberaula") as gradebook:
        submission = gradebook.find_submission(ASSIGNMENT, student)
        return submission.total_seconds_late, submission.late_submission_penalty


def test_a_deadline_and_an_extension_change_what_is_late_at_once(db_url):
    due = HANDED_IN - timedelta(hours=30)
    change = set_deadline(db_url, ASSIGNMENT, due)
    assert (change.due, change.penalties, deadline_of(db_url, ASSIGNMENT)) == (due, 1, due)
    assert lost(db_url) == (30 * 3600, 4)
    change = grant_extension(db_url, ASSIGNMENT, "ana", 600, **SIGNED)
    assert (change.due, change.penalties) == (due + timedelta(hours=10), 1)
    assert lost(db_url) == (20 * 3600, 2)
    assert grant_extension(db_url, ASSIGNMENT, "ana", 24 * 60, **SIGNED).due == due + timedelta(days=1)
    assert lost(db_url) == (6 * 3600, 2)  # in the place of the first, not on top of it
    assert grant_extension(db_url, ASSIGNMENT, "ana", 0, **SIGNED).due == due
    assert lost(db_url) == (30 * 3600, 4)
    set_deadline(db_url, ASSIGNMENT, HANDED_IN)
    assert lost(db_url) == (0, 0)


def test_the_reason_of_an_extension_is_kept(db_url):
    grant_extension(db_url, ASSIGNMENT, "ana", 60, **SIGNED)
    with ledger.reading(db_url) as connection:
        (row,) = connection.execute(ledger.extensions.select()).mappings()
    assert {**SIGNED, "minutes": 60, "student": "ana"}.items() <= dict(row).items()
    for missing, told in (("author", "Falta quién lo decide"), ("reason", "Falta el motivo: ")):
        with pytest.raises(UserError, match=told):
            grant_extension(db_url, ASSIGNMENT, "ana", 90, **{**SIGNED, missing: " "})


def test_an_extension_without_a_deadline_waits_for_one(db_url):
    assert grant_extension(db_url, ASSIGNMENT, "ana", 60, **SIGNED).due is None
    assert lost(db_url) == (0, 0)  # nbgrader adds up a missing deadline and an extension, and fails
    set_deadline(db_url, ASSIGNMENT, HANDED_IN - timedelta(hours=2))
    assert lost(db_url) == (3600, 2)
    set_deadline(db_url, ASSIGNMENT, None)
    assert lost(db_url) == (0, 0)


def test_what_was_granted_through_nbgrader_is_not_lost(db_url):
    set_deadline(db_url, ASSIGNMENT, HANDED_IN - timedelta(hours=2))
    with Gradebook(db_url, "ciberaula") as gradebook:
        gradebook.grant_extension(ASSIGNMENT, "ana", hours=1)
    with session_on(db_url) as session:
        assert due_of(session, ASSIGNMENT, "ana") == HANDED_IN - timedelta(hours=1)
    set_deadline(db_url, ASSIGNMENT, None)
    assert lost(db_url) == (0, 0)
    set_deadline(db_url, ASSIGNMENT, HANDED_IN - timedelta(hours=1))
    assert lost(db_url) == (0, 0)


@pytest.mark.parametrize("way", ["ours", "formgrader's"])
def test_an_extension_given_before_anything_was_handed_in_holds(graded, db_url, way):
    set_deadline(db_url, ASSIGNMENT, HANDED_IN - timedelta(hours=30))
    change = grant_extension(db_url, ASSIGNMENT, "luis", 600, **SIGNED)
    assert change.due == HANDED_IN - timedelta(hours=20)
    hand_in(graded, "luis", RIGHT)
    cohort = Cohort()
    if way == "ours":
        list(cohort.autograde(ASSIGNMENT, "luis"))
    else:
        result = cohort.api.autograde(ASSIGNMENT, "luis")
        assert result["success"], result["log"]
    assert lost(db_url, "luis") == (20 * 3600, 2)


def test_an_attempt_that_was_too_late_is_told_when_it_no_longer_is(graded, db_url):
    set_deadline(db_url, ASSIGNMENT, HANDED_IN)
    folder = graded / "var" / "submitted" / "ana" / ASSIGNMENT
    (folder / "timestamp.txt").write_text("2026-03-02 12:00:00.000000 UTC")
    (outcome,) = Cohort().autograde(ASSIGNMENT)
    assert (outcome.state, outcome.reason) == (
        "kept",
        "llegó fuera de plazo; cuenta la entrega n.º 1, que llegó a tiempo",
    )
    assert grant_extension(db_url, ASSIGNMENT, "ana", 60, **SIGNED).could_count == ()
    assert grant_extension(db_url, ASSIGNMENT, "ana", 120, **SIGNED).could_count == ("ana",)
    (outcome,) = Cohort().autograde(ASSIGNMENT, "ana", force=True)
    assert outcome.state == "graded"
    with ledger.reading(db_url) as connection:
        assert [one.counts for one in ledger.attempts_of(connection, ASSIGNMENT)["ana"]] == [False, True]


def test_generating_the_assignment_again_keeps_the_deadline(db_url):
    set_deadline(db_url, ASSIGNMENT, HANDED_IN)
    assert Cohort().generate(ASSIGNMENT).done
    assert deadline_of(db_url, ASSIGNMENT) == HANDED_IN


def test_the_commands(graded, capsys):
    def told(*words, code=0):
        assert main([*words]) == code
        return "".join(capsys.readouterr())

    assert told("deadline", ASSIGNMENT) == f"{ASSIGNMENT}: sin fecha límite.\n"
    assert told("deadline", ASSIGNMENT, "2026-03-01 10:00 America/Guayaquil") == (
        f"{ASSIGNMENT}: fecha límite 2026-03-01 10:00 America/Guayaquil (2026-03-01 15:00 UTC).\n"
        "Cambió 1 descuento por entrega tardía.\n"
    )
    reason = ("--reason", "Sin señal")
    assert told("extension", ASSIGNMENT, "ana", "1d", *reason, "--zone", "America/Guayaquil") == (
        f"ana: puede entregar {ASSIGNMENT} hasta 2026-03-02 10:00 America/Guayaquil (2026-03-02 15:00 UTC).\n"
        "Cambió 1 descuento por entrega tardía.\n"
    )
    assert told("deadline", ASSIGNMENT, "none") == f"{ASSIGNMENT}: sin fecha límite.\n"
    assert "no tiene fecha límite todavía" in told("extension", ASSIGNMENT, "luis", "90", *reason)
    listed = told("attempts", ASSIGNMENT)
    assert listed == "ana · entrega n.º 1: 2026-03-02 10:00 UTC, 6 puntos por prueba, cuenta\n"
    for words, line in (
        (("extension", ASSIGNMENT, "nadie", "90", *reason), "No hay nadie con el id «nadie»"),
        (("extension", ASSIGNMENT, "ana", "90"), "Falta el motivo"),
        (("deadline", ASSIGNMENT, "ayer"), "no es una fecha"),
        (("deadline", "98-otra", "none"), "No existe la tarea 98-otra"),
        (("attempts", "98-otra"), "No existe la tarea 98-otra"),
    ):
        assert line in told(*words, code=1)
