"""From the exchange into ``submitted/``: the next attempt in its turn, whole, and nothing but plain files."""

import os
import pwd
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ciberaula.cli import main
from ciberaula.errors import UserError
from ciberaula.grading import collecting, ledger
from ciberaula.grading.bundle import write_bundle
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.collecting import Collected, collect, next_attempts, next_round
from ciberaula.grading.config import course_config
from ciberaula.grading.inbound import Handed, copy_attempt, handed_in
from tests.grading.course import ASSIGNMENT, NOTEBOOK, RIGHT, hand_in, sheet

START = datetime(2026, 3, 2, 10)
WORSE, WORST = {**RIGHT, "p01": "a"}, {"p01": "a", "p02": 1, "p03": "si"}


@pytest.fixture
def inbound(course):
    folder = course / "var" / "exchange" / "ciberaula" / "inbound"
    folder.mkdir(parents=True)
    return folder


def submit(inbound, student, answers, hours=0, more=None):
    """An attempt as nbgrader's submit leaves it in the exchange."""
    course = inbound.parents[3]
    made = hand_in(course, ".prueba", answers)
    stamp = f"{START + timedelta(hours=hours):%Y-%m-%d %H:%M:%S.%f} UTC"
    (made / "timestamp.txt").write_text(stamp)
    if more:
        more(made)
    target = inbound / f"{student}+{ASSIGNMENT}+{stamp}+abc-_{hours}"
    made.rename(target)
    made.parent.rmdir()
    return target


def policy(course, words):
    (course / "modules" / "curriculum.yml").write_text(f"modules: []\n{words}\n")


def here(course, student="ana"):
    return course / "var" / "submitted" / student / ASSIGNMENT


def attempts(course):
    with ledger.reading(f"sqlite:///{course / 'var' / 'gradebook.db'}") as connection:
        found = ledger.attempts_of(connection, ASSIGNMENT)
    return {student: [(one.points, one.counts) for one in told] for student, told in found.items()}


def test_where_the_last_counts_only_it_comes_in(course, inbound):
    for hours, answers in enumerate([RIGHT, WORST, WORSE]):
        submit(inbound, "ana", answers, hours)
    submit(inbound, "luis", RIGHT)
    assert collect(course_config(), ASSIGNMENT).brought == ("ana", "luis")
    assert (here(course) / "respuestas.json").read_bytes() == sheet(WORSE)
    assert collect(course_config(), ASSIGNMENT).brought == ()
    submit(inbound, "ana", RIGHT, 5)
    assert collect(course_config(), ASSIGNMENT).brought == ("ana",)
    assert (here(course) / "respuestas.json").read_bytes() == sheet(RIGHT)
    assert len(list(inbound.iterdir())) == 5
    assert sorted(path.name for path in here(course).parent.iterdir()) == [ASSIGNMENT]


def test_work_dated_by_a_clock_that_ran_ahead_does_not_shut_the_door(course, inbound, monkeypatch):
    now = int((datetime.now(UTC).replace(tzinfo=None) - START).total_seconds() // 3600)
    submit(inbound, "ana", WORSE, now + 1000)
    assert collect(course_config(), ASSIGNMENT).brought == ("ana",)  # it is all there is
    assert collect(course_config(), ASSIGNMENT).brought == ()
    assert [one.state for one in Cohort().autograde(ASSIGNMENT)] == ["graded"]
    submit(inbound, "ana", RIGHT, now)
    assert collect(course_config(), ASSIGNMENT).brought == ("ana",)
    assert [one.state for one in Cohort().autograde(ASSIGNMENT)] == ["graded"]
    assert attempts(course) == {"ana": [(4.0, False), (6.0, True)]}
    assert collect(course_config(), ASSIGNMENT).brought == ()
    # Nor does it come back once its day has come.
    monkeypatch.setattr(ledger, "utc_now", lambda: START + timedelta(hours=now + 2000))
    assert collect(course_config(), ASSIGNMENT).brought == ()
    assert (here(course) / "respuestas.json").read_bytes() == sheet(RIGHT)


def test_what_is_too_large_or_has_the_longest_name_leaves_a_note(course, inbound):
    def odd(folder):
        with (folder / f"{NOTEBOOK}.ipynb").open("r+b") as stream:
            stream.truncate(35_000_000)
        (folder / ("x" * 255)).symlink_to("/etc/hostname")

    submit(inbound, "ana", RIGHT, more=odd)
    assert collect(course_config(), ASSIGNMENT) == Collected(("ana",))
    (outcome,) = Cohort().autograde(ASSIGNMENT)
    assert outcome.reason == (
        f"el cuaderno no se recogió: era un enlace o pasa de 32 MB ({NOTEBOOK}.ipynb.apartado); pida otra entrega"
    )
    assert (here(course) / ("x" * 246 + ".apartado")).is_file()


def test_collecting_says_how_many_came_in_and_how_many_were_here(course, inbound, capsys):
    def told():
        assert main(["collect", "--assignment", ASSIGNMENT]) == 0
        return capsys.readouterr().out

    assert told() == f"{ASSIGNMENT}: nada nuevo en el intercambio.\n"
    submit(inbound, "ana", RIGHT)
    assert told() == f"{ASSIGNMENT}: 1 entrega recogida del intercambio.\n"
    submit(inbound, "luis", RIGHT)
    submit(inbound, "eva", RIGHT)
    assert told() == f"{ASSIGNMENT}: 2 entregas recogidas del intercambio; 1 ya estaba aquí.\n"
    submit(inbound, "ana", WORSE, 3)
    assert told() == f"{ASSIGNMENT}: 1 entrega recogida del intercambio; 2 ya estaban aquí.\n"
    assert told() == f"{ASSIGNMENT}: nada nuevo en el intercambio; 3 ya estaban aquí.\n"


@pytest.mark.parametrize("words", ["attempts: {counts: best}", "attempts: {most: 5}", "late: {penalty: zero}"])
def test_where_an_earlier_one_may_count_each_has_its_turn(course, inbound, words):
    policy(course, words)
    for hours, answers in enumerate([WORSE, RIGHT, WORST]):
        submit(inbound, "ana", answers, hours)
    submit(inbound, "luis", RIGHT)
    first = collect(course_config(), ASSIGNMENT)
    assert (first.brought, first.waiting) == (("ana", "luis"), 2)
    again = collect(course_config(), ASSIGNMENT)  # nothing was graded: nobody's work may be replaced
    assert (again.brought, again.waiting) == ((), 2)
    rounds = 0
    while True:
        assert all(one.state in ("graded", "kept", "unchanged") for one in Cohort().autograde(ASSIGNMENT))
        if not next_round(course_config(), ASSIGNMENT).brought:
            break
        rounds += 1
    assert rounds == 2
    points = [4.0, 6.0, 0.0]
    counting = 1 if "best" in words else 2
    assert attempts(course) == {
        "ana": [(one, number == counting) for number, one in enumerate(points)],
        "luis": [(6.0, True)],
    }


def test_an_older_attempt_that_arrives_late_has_its_turn_too(course, inbound):
    policy(course, "attempts: {counts: best}")
    submit(inbound, "ana", WORSE, 5)
    collect(course_config(), ASSIGNMENT)
    list(Cohort().autograde(ASSIGNMENT))
    submit(inbound, "ana", RIGHT, 1)
    assert collect(course_config(), ASSIGNMENT).brought == ("ana",)
    list(Cohort().autograde(ASSIGNMENT))
    assert attempts(course) == {"ana": [(4.0, False), (6.0, True)]}
    assert collect(course_config(), ASSIGNMENT).brought == ()


def handed(*hours):
    return [Handed("ana", START + timedelta(hours=hour), "", Path(str(hour))) for hour in hours]


@pytest.mark.parametrize(
    ("here", "graded", "busy", "brought", "waiting"),
    [
        ({}, [], False, 0, 2),
        ({"ana": START}, [], True, None, 2),
        ({"ana": START}, [0], False, 1, 1),
        ({"ana": START + timedelta(hours=2)}, [0, 1, 2], False, None, 0),
        ({"ana": START + timedelta(hours=2)}, [2], False, 0, 1),
        ({"ana": None}, [], True, None, 3),
        ({"ana": None}, [], False, 0, 2),
    ],
)
def test_whose_turn_it_is(here, graded, busy, brought, waiting):
    done = {"ana": [START + timedelta(hours=hour) for hour in graded]}
    busy = {"ana"} if busy else set()
    chosen, left = next_attempts({"ana": handed(0, 1, 2)}, here, done, every=True, busy=busy)
    assert [one.folder.name for one in chosen] == ([] if brought is None else [str(brought)])
    assert left == waiting


def test_only_plain_files_come_in_and_a_link_brings_nothing_with_it(course, inbound):
    secret = course / "solutions" / ASSIGNMENT / "preguntas.yml"

    def odd(folder):
        (folder / "clave.yml").symlink_to(secret)
        (folder / "todo").symlink_to(course / "solutions", target_is_directory=True)
        os.mkfifo(folder / "tubo")
        (folder / "datos").mkdir()
        (folder / "datos" / "notas.txt").write_text("mías")
        (folder / "datos" / "fuera").symlink_to("/")
        (folder / "prueba.md").write_text("lo que nbgrader no recoge")
        (folder / "timestamp.txt").write_text("1999-01-01 00:00:00 UTC")

    submit(inbound, "ana", RIGHT, more=odd)
    assert collect(course_config(), ASSIGNMENT) == collecting.Collected(("ana",))
    found = {str(path.relative_to(here(course))): path for path in here(course).rglob("*")}
    assert not any(path.is_symlink() or not (path.is_file() or path.is_dir()) for path in found.values())
    assert {"clave.yml.apartado", "todo.apartado", "tubo.apartado", "datos/fuera.apartado"} <= set(found)
    assert found["datos/notas.txt"].read_text() == "mías"
    assert "prueba.md" not in found
    assert found["timestamp.txt"].read_text() == "2026-03-02 10:00:00.000000 UTC"
    (outcome,) = Cohort().autograde(ASSIGNMENT)
    assert outcome.state == "graded"


def test_what_is_odd_costs_only_itself(course, inbound, capsys, monkeypatch):
    monkeypatch.setattr("ciberaula.grading.inbound.MAX_FILES", 50)
    submit(inbound, "ana", RIGHT)
    submit(inbound, "luis", RIGHT, more=lambda folder: [(folder / f"{n}.txt").touch() for n in range(60)])
    for name in (
        f"..+{ASSIGNMENT}+2026-03-02 10:00:00 UTC+x",
        f"eva+{ASSIGNMENT}+ayer+x",
        f"eva+{ASSIGNMENT}+2026-03-02 10:00:00 UTC+x+y",
        f"eva\x07+{ASSIGNMENT}+2026-03-02 10:00:00 UTC+x",
        "suelto",
        "eva+otra-tarea+ayer+x",
    ):
        (inbound / name).mkdir()
    (inbound / f"eva+{ASSIGNMENT}+2026-03-02 10:00:00 UTC+z").symlink_to(course / "solutions")
    collected = collect(course_config(), ASSIGNMENT)
    assert collected.brought == ("ana",)
    assert len(collected.refused) == 5
    assert all(line.isprintable() for line in collected.refused)
    assert sum("trae más de 50 archivos" in line for line in collected.refused) == 1
    assert not here(course, "luis").exists()
    assert [path.name for path in (course / "var" / "submitted").iterdir()] == ["ana"]
    assert main(["collect", "--assignment", ASSIGNMENT]) == 1
    assert "trae más de 50 archivos" in capsys.readouterr().out


def test_what_is_still_being_handed_in_waits(course, inbound):
    folder = submit(inbound, "ana", RIGHT)
    (folder / "submission_secret.txt").unlink()
    assert collect(course_config(), ASSIGNMENT).brought == ()
    (folder / "submission_secret.txt").touch()
    assert collect(course_config(), ASSIGNMENT).brought == ()
    (folder / "submission_secret.txt").write_text("ya")
    assert collect(course_config(), ASSIGNMENT).brought == ("ana",)
    by_hand = submit(inbound, "luis", RIGHT)
    (by_hand / "submission_secret.txt").unlink()
    os.utime(by_hand, (0, 0))
    assert collect(course_config(), ASSIGNMENT).brought == ("luis",)
    set_back = submit(inbound, "eva", RIGHT)
    (set_back / "submission_secret.txt").unlink()
    os.utime(set_back, (2**33, 2**33))  # in the year 2242: the clock was wrong then, or is now
    assert collect(course_config(), ASSIGNMENT).brought == ("eva",)


def test_attempts_are_in_the_order_of_their_times_however_these_are_written(inbound):
    for stamp in ("2026-03-10 10:00:00.000000 UTC", "2026-3-2 10:00:00 UTC"):
        (inbound / f"ana+{ASSIGNMENT}+{stamp}+x").mkdir()
    found, refused = handed_in(inbound, ASSIGNMENT)
    assert [one.at.day for one in found["ana"]] == [2, 10]
    assert refused == []


@pytest.mark.parametrize("stop", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_the_earlier_work_stays_until_the_new_one_is_in_place(course, inbound, monkeypatch, stop):
    submit(inbound, "ana", RIGHT)
    collect(course_config(), ASSIGNMENT)
    submit(inbound, "ana", WORSE, 1)

    def fails(*_):
        raise stop

    with monkeypatch.context() as patch:
        patch.setattr(collecting, "sync_disk", fails)
        with pytest.raises(KeyboardInterrupt if isinstance(stop, KeyboardInterrupt) else UserError) as caught:
            collect(course_config(), ASSIGNMENT)
    if isinstance(stop, OSError):
        assert "el disco está lleno" in str(caught.value)
    assert (here(course) / "respuestas.json").read_bytes() == sheet(RIGHT)
    assert [path.name for path in (course / "var" / "submitted").iterdir()] == ["ana"]
    # What a power cut leaves: a half copy, and the earlier work beside its place.
    (course / "var" / "submitted" / ".recogido-x" / "entrega").mkdir(parents=True)
    here(course).rename(here(course).with_name(f".{ASSIGNMENT}.anterior"))
    assert collect(course_config(), ASSIGNMENT).brought == ("ana",)
    assert (here(course) / "respuestas.json").read_bytes() == sheet(WORSE)
    assert [path.name for path in here(course).parent.iterdir()] == [ASSIGNMENT]
    assert [path.name for path in (course / "var" / "submitted").iterdir()] == ["ana"]


def test_what_an_interruption_left_half_copied_goes(course, inbound):
    left = course / "var" / "submitted" / ".recogido-abc" / "0"
    left.mkdir(parents=True)
    submit(inbound, "ana", RIGHT)
    assert collect(course_config(), ASSIGNMENT).brought == ("ana",)
    assert not left.parent.exists()


def test_a_disk_that_fills_while_copying_keeps_what_is_whole_and_blames_nobody(course, inbound, monkeypatch):
    for student in ("ana", "eva", "luis"):
        submit(inbound, student, RIGHT)
    real, tried = copy_attempt, []

    def copy(one, *given):
        tried.append(one.student)
        if one.student == "eva":
            raise OSError(28, "No space left on device")
        real(one, *given)

    monkeypatch.setattr(collecting, "copy_attempt", copy)
    with pytest.raises(UserError, match="el disco está lleno"):
        collect(course_config(), ASSIGNMENT)
    assert tried == ["ana", "eva"]
    assert sorted(path.name for path in (course / "var" / "submitted").iterdir()) == ["ana"]


def test_without_an_exchange_there_is_one_line_and_the_next_round_has_nothing(course, capsys):
    with pytest.raises(UserError, match="El intercambio está vacío: publique la tarea primero"):
        handed_in(course / "no-hay", ASSIGNMENT)
    policy(course, "attempts: {counts: best}")
    assert next_round(course_config(), ASSIGNMENT).brought == ()
    assert main(["collect", "--assignment", ASSIGNMENT]) == 1
    assert capsys.readouterr().out.count("\n") == 1


def test_a_bundle_waits_for_its_turn_where_each_attempt_is_graded(course, tmp_path, capsys):
    policy(course, "attempts: {counts: best}")
    work = tmp_path / "aula" / ASSIGNMENT
    shutil.copytree(course / "exercises" / ASSIGNMENT, work)
    now = START.astimezone()
    files = []
    for hours, answers in enumerate([RIGHT, WORSE]):
        (work / "respuestas.json").write_bytes(sheet(answers))
        made = write_bundle(work, student="ana", now=now + timedelta(hours=hours), target=tmp_path / f"{hours}.zip")
        files.append(str(made))
    assert main(["collect", *files]) == 0
    assert "espera a que se califique la anterior" in capsys.readouterr().out
    assert (here(course) / "respuestas.json").read_bytes() == sheet(RIGHT)
    inbound = course / "var" / "exchange" / "ciberaula" / "inbound"
    assert (inbound.stat().st_mode & 0o777, len(list(inbound.iterdir()))) == (0o733, 1)
    assert main(["collect", *files]) == 0
    assert capsys.readouterr().out.count("ya estaba recibida") == 2
    list(Cohort().autograde(ASSIGNMENT))
    assert next_round(course_config(), ASSIGNMENT).brought == ("ana",)
    (outcome,) = Cohort().autograde(ASSIGNMENT)
    assert outcome.state == "kept"
    assert attempts(course) == {"ana": [(6.0, True), (4.0, False)]}
    assert next_round(course_config(), ASSIGNMENT).brought == ()


def test_an_attempt_that_cannot_be_graded_does_not_hold_up_the_next_nor_come_back(course, inbound):
    policy(course, "attempts: {counts: best}")
    submit(inbound, "ana", RIGHT, more=lambda folder: (folder / "prueba.ipynb").write_text("{"))
    submit(inbound, "ana", WORSE, 1)
    collect(course_config(), ASSIGNMENT)
    (outcome,) = Cohort().autograde(ASSIGNMENT)
    assert outcome.state == "failed"
    assert next_round(course_config(), ASSIGNMENT).brought == ("ana",)
    (outcome,) = Cohort().autograde(ASSIGNMENT)
    assert outcome.state == "graded"
    assert next_round(course_config(), ASSIGNMENT).brought == ()
    assert attempts(course) == {"ana": [(None, False), (4.0, True)]}


def test_the_command_grades_each_attempt_in_its_turn(course, inbound, capsys):
    policy(course, "attempts: {counts: best}")
    for hours, answers in enumerate([WORSE, RIGHT, WORST]):
        submit(inbound, "ana", answers, hours)
    submit(inbound, "luis", RIGHT)
    assert main(["collect", "--assignment", ASSIGNMENT]) == 0
    assert main(["grade", ASSIGNMENT]) == 0
    assert attempts(course) == {"ana": [(4.0, False), (6.0, True), (0.0, False)], "luis": [(6.0, True)]}
    assert "4 entregas: 3 calificadas" in capsys.readouterr().out.splitlines()[-1]
    assert main(["grade", ASSIGNMENT]) == 0
    assert "2 sin cambios" in capsys.readouterr().out.splitlines()[-1]


def test_work_in_the_name_of_another_account_of_the_machine_stays_in_the_exchange(course, inbound):
    honest, forged = submit(inbound, "daemon", RIGHT), submit(inbound, "nobody", RIGHT)
    os.chown(honest, pwd.getpwnam("daemon").pw_uid, -1)
    os.chown(forged, pwd.getpwnam("daemon").pw_uid, -1)
    submit(inbound, "bin", RIGHT)  # put there for somebody by whoever grades
    collected = collect(course_config(), ASSIGNMENT)
    assert collected.brought == ("bin", "daemon")
    assert "otra cuenta" in collected.refused[0]
