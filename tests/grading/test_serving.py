"""The service of a self-paced course: from handing in to feedback, and through what goes wrong on the way."""

import argparse
import configparser
import errno
import io
import json
import logging
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ciberaula.errors import UserError
from ciberaula.grading import ledger, serving_health, serving_work
from ciberaula.grading.bundle import write_bundle
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.engine import Order, grade_chunk
from ciberaula.grading.serve_command import add_commands
from ciberaula.grading.serving import LAST_PAUSE_S, MOST_DEATHS, ONCE_PATIENCE_S, RESERVE_BYTES, Service, Settings
from ciberaula.grading.serving_health import HealthFile, health_line, only_one, open_log, outcome_words
from ciberaula.grading.serving_work import Pool, Report, grade_and_show, trouble_of
from ciberaula.paths import home
from tests.grading.course import ASSIGNMENT, NOTEBOOK, RIGHT, hand_in
from tests.grading.exchange import finish, page_for, submit
from tests.grading.test_arrivals import Clock

COURSE = Path(__file__).parents[2]


class Inline:
    """A pool that does an order at once, in this process; ``before`` may do something else with it."""

    workers = 2

    def __init__(self):
        self.orders, self.restarts, self.before = [], 0, None

    def submit(self, work, order):
        self.orders.append((work.__name__, order.students))
        future: Future[Any] = Future()
        try:
            instead = self.before(order) if self.before else None
            future.set_result(instead or work(order))
        except BrokenProcessPool as error:
            future.set_exception(error)
        return future

    def restart(self):
        self.restarts += 1


class Bench:
    """A service on the bench: its clock, its disk and its pool are ours."""

    def __init__(self, bundles=None):
        self.clock, self.pool, self.said, self.free = Clock(), Inline(), io.StringIO(), RESERVE_BYTES
        log = logging.Logger("banco")
        log.addHandler(logging.StreamHandler(self.said))
        self.health = HealthFile(home(), self.clock)
        self.service = Service(Settings(bundles), self.pool, self.health, log, self.clock, lambda _folder: self.free)

    def turns(self, count=8, seconds=1.0):
        for _number in range(count):
            self.service.turn()
            self.clock.now += seconds

    @property
    def state(self):
        return self.health.health.state

    @property
    def log(self):
        return self.said.getvalue()


@pytest.fixture
def bench(course):
    return Bench()


def mark(page):
    return next(line for line in page.read_text(encoding="utf-8").splitlines() if "Su nota" in line)


def test_who_hands_in_gets_feedback_and_nobody_is_named(bench, course):
    bench.turns(2)
    ana, luis = submit(course, "ana", RIGHT), submit(course, "luis", {"p01": "c"})
    bench.turns(4)
    assert "6 de 10" in mark(page_for(ana))
    assert "0 de 10" in mark(page_for(luis))
    assert bench.service.idle
    told = bench.health.health
    assert (told.graded_total, told.waiting, told.running, told.failed_total) == (2, 0, 0, 0)
    assert told.p95_s is not None
    written = json.loads((home() / serving_health.HEALTH_FILE).read_text())
    assert written["state"] == "running"
    for text in (bench.log, json.dumps(written)):
        assert "ana" not in text.replace("semana", "")
        assert "luis" not in text
    assert f"{ASSIGNMENT}: 2 entregas." in bench.log


def test_nothing_is_taken_half_copied(bench, course):
    bench.turns(1)
    ana = submit(course, "ana", RIGHT, complete=False)
    submit(course, "luis", RIGHT)
    bench.turns(4)
    assert not (home() / "submitted" / "ana").exists()
    finish(ana)
    bench.turns(4)
    assert page_for(ana).exists()


def test_a_later_attempt_is_answered_too(bench, course):
    first = submit(course, "ana", {"p01": "c"})
    bench.turns(4)
    second = submit(course, "ana", RIGHT, stamp="2026-03-03 10:00:00.000000 UTC")
    bench.turns(4)
    assert "0 de 10" in mark(page_for(first))
    assert "6 de 10" in mark(page_for(second))


def test_what_a_service_before_left_is_found_again(course):
    hand_in(course, "ana", RIGHT)  # brought in, and then the power went
    hand_in(course, "luis", RIGHT)
    assert [one.state for one in grade_chunk(Order(ASSIGNMENT, ("luis",)))] == ["graded"]  # and here before the page
    bench = Bench()
    bench.turns(3)
    assert {("show", ("luis",)), ("grade_and_show", ("ana",))} <= set(bench.pool.orders)
    for student in ("ana", "luis"):
        assert (Cohort().folder("feedback", student, ASSIGNMENT) / f"{NOTEBOOK}.html").exists()
    again = Bench()
    again.turns(3)
    assert again.pool.orders == []


def test_a_full_disk_stops_everything_until_there_is_space(bench, course):
    bench.turns(1)
    bench.free = RESERVE_BYTES - 1
    ana = submit(course, "ana", RIGHT)
    bench.turns(6)
    assert bench.state == "no_space"
    assert not (home() / "submitted" / "ana").exists()
    assert bench.log.count("Falta espacio") == 1
    bench.free = RESERVE_BYTES
    bench.turns(8, seconds=LAST_PAUSE_S)
    assert bench.state == "running"
    assert "Se reanuda" in bench.log
    assert page_for(ana).exists()


def test_a_run_that_is_to_end_does_not_wait_for_ever(bench, course):
    submit(course, "ana", RIGHT)
    bench.free = RESERVE_BYTES - 1
    bench.service.settings = replace(bench.service.settings, interval_s=0.001)
    turn = bench.service.turn

    def minute():
        turn()
        bench.clock.now += 60

    bench.service.turn = minute
    with pytest.raises(UserError, match="en pausa: falta espacio en disco"):
        bench.service.run(threading.Event(), once=True)
    assert bench.clock.now > ONCE_PATIENCE_S


@pytest.mark.parametrize(("trouble", "state"), [("disk", "no_space"), ("database", "no_gradebook")])
def test_what_is_nobodys_fault_is_waited_for(bench, course, trouble, state):
    bench.pool.before = lambda _order: Report(trouble=trouble, kind="OperationalError")
    ana = submit(course, "ana", RIGHT)
    bench.turns(30)
    assert bench.state == state
    assert not page_for(ana).exists()
    assert 3 <= len(bench.pool.orders) <= 8  # it does not knock all the time
    assert bench.health.health.last_error_kind == "OperationalError"
    bench.pool.before = None
    bench.turns(4, seconds=LAST_PAUSE_S)
    assert page_for(ana).exists()
    assert bench.health.health.failed_total == 0


def test_a_submission_that_brings_its_process_down_costs_only_itself(bench, course):
    def before(order):
        if "ana" in order.students:
            raise BrokenProcessPool

    bench.pool.before = before
    submit(course, "ana", RIGHT)
    pages = [submit(course, student, RIGHT) for student in ("luis", "marta")]
    bench.pool.workers = 1
    bench.turns(12)
    assert all(page_for(folder).exists() for folder in pages)
    assert bench.health.health.failed_total == 1
    assert bench.pool.restarts == MOST_DEATHS + 1
    assert sum("ana" in students for _work, students in bench.pool.orders) == MOST_DEATHS + 1
    assert "espera a una persona" in bench.log
    assert bench.service.idle


def test_an_error_nobody_foresaw_is_tried_again_alone(bench, course):
    seen = []

    def before(order):
        seen.append(order.students)
        return Report(trouble="other", kind="KeyError (marking.py:1)") if len(order.students) > 1 else None

    bench.pool.before, bench.pool.workers = before, 1
    pages = [submit(course, student, RIGHT) for student in ("ana", "luis")]
    bench.turns(8)
    assert seen == [("ana", "luis"), ("ana",), ("luis",)]
    assert all(page_for(folder).exists() for folder in pages)
    assert bench.log.count("KeyError") == 1


def test_bundles_come_in_or_are_refused_once_with_their_reason(course, tmp_path):
    box = tmp_path / "llegadas"
    box.mkdir()
    work = hand_in(course, "ana", RIGHT)
    write_bundle(work, student="ana", target=box / "ana.zip")
    for path in sorted(work.parent.parent.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (box / "roto.zip").write_bytes(b"PK no es un paquete")
    (box / "llegando.zip.part").write_bytes(b"PK")
    bench = Bench(box)
    bench.turns(6)
    assert (Cohort().folder("feedback", "ana", ASSIGNMENT) / f"{NOTEBOOK}.html").exists()
    assert sorted(path.name for path in box.rglob("*") if path.is_file()) == [
        "ana.zip", "llegando.zip.part", "roto.zip", "roto.zip.txt",
    ]  # fmt: skip
    assert "está dañado" in (box / "rechazados" / "roto.zip.txt").read_text(encoding="utf-8")
    assert bench.health.health.refused_total == 1
    assert "ana" not in bench.log
    assert bench.service.idle


def test_a_roster_that_cannot_be_read_holds_up_bundles_only(course, tmp_path):
    box = tmp_path / "llegadas"
    box.mkdir()
    (box / "algo.zip").write_bytes(b"PK")
    (home() / "roster.csv").write_bytes(b"\xff\xfe\x00")
    bench = Bench(box)
    ana = submit(course, "ana", RIGHT)
    bench.turns(8)
    assert page_for(ana).exists()
    assert bench.state == "running"
    assert (box / "algo.zip").exists()


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (OSError(errno.ENOSPC, "x"), "disk"),
        (OSError(errno.EACCES, "x"), "other"),
        (sa.exc.OperationalError("q", {}, sqlite3.OperationalError("database is locked")), "database"),
        (sa.exc.OperationalError("q", {}, sqlite3.OperationalError("database or disk is full")), "disk"),
        (KeyError("ana"), "other"),
    ],
)
def test_troubles_are_told_apart_also_behind_a_line_for_people(error, trouble):
    assert trouble_of(error) == trouble
    try:
        raise UserError("una línea") from error
    except UserError as told:
        assert trouble_of(told) == trouble


def test_the_health_line_needs_a_running_service_and_no_calendar(bench):
    assert health_line(home())[0] is False
    with only_one(home()):
        bench.turns(2)
        bench.health.health.started_at = "1970-01-01T00:00:00+00:00"
        bench.health.write(now=True)
        well, line = health_line(home(), bench.clock)
        assert well, line
        assert line.startswith("Servicio de calificación en marcha: 0 calificadas; 0 en espera")
        bench.clock.now += serving_health.SILENCE_S + 1
        well, line = health_line(home(), bench.clock)
        assert not well
        assert "no responde" in line
    assert "no está en marcha" in health_line(home(), bench.clock)[1]


def test_a_health_file_that_says_nonsense_is_no_service(course):
    with only_one(home()):
        for content in (b"", b"{", b"[]", b'{"otra": 1}'):
            (home() / serving_health.HEALTH_FILE).write_bytes(content)
            assert health_line(home())[0] is False


def test_a_paused_service_is_not_well(bench):
    bench.free = 0
    with only_one(home()):
        bench.turns(2)
        well, line = health_line(home(), bench.clock)
    assert not well
    assert "falta espacio" in line


def test_only_one_service_for_a_home(course):
    with only_one(home()), pytest.raises(UserError, match="Ya hay un servicio"), only_one(home()):
        pass
    with only_one(home()):
        pass


def test_the_log_is_turned_over_and_a_full_disk_costs_a_line(course, monkeypatch, capsys):
    monkeypatch.setattr(serving_health, "LOG_BYTES", 500)
    log = open_log(home())
    for _number in range(100):
        log.info("una línea de unas treinta letras")
    files = sorted(path.name for path in (home() / "logs").glob("serve-grading.log*"))
    assert len(files) == serving_health.LOG_FILES + 1
    monkeypatch.setattr("logging.handlers.RotatingFileHandler.shouldRollover", lambda *_: 1 / 0)
    log.info("se pierde")
    assert "Traceback" not in capsys.readouterr().err


def test_a_killed_process_loses_nothing(course):
    """With real processes: the one that holds somebody's work is killed, and the service goes on."""
    pool = Pool(1)
    try:
        bench = Bench()
        bench.service.pool = pool
        ana = submit(course, "ana", RIGHT)
        with ledger.writing(Cohort().db_url):  # whoever grades waits here with the marks in hand
            bench.service.turn()
            (process,) = pool._executor._processes.values()
            process.kill()
        deadline = time.monotonic() + 300
        while not page_for(ana).exists() and time.monotonic() < deadline:
            bench.service.turn()
            time.sleep(0.02)
        assert page_for(ana).exists()
        assert bench.health.health.last_error_kind == "BrokenProcessPool"
    finally:
        pool.close()


def test_the_command_serves_what_is_there_and_ends(course):
    folder = submit(course, "ana", RIGHT)
    done = subprocess.run(
        [sys.executable, "-m", "ciberaula", "serve-grading", "--once", "--workers", "1", "--interval", "0.1"],
        capture_output=True, text=True, timeout=600, cwd=course,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert page_for(folder).exists()
    assert "ana" not in done.stdout + done.stderr
    assert done.stderr == ""
    assert json.loads((home() / serving_health.HEALTH_FILE).read_text())["state"] == "stopped"


def test_a_service_that_is_asked_to_stop_does(bench):
    stop = threading.Event()
    stop.set()
    bench.service.run(stop)
    assert bench.state == "stopped"
    assert grade_and_show.__module__ == serving_work.__name__


def test_the_unit_starts_the_command_and_leaves_room_for_the_sandbox():
    unit = configparser.ConfigParser(strict=False, comment_prefixes=("#",), interpolation=None)
    unit.optionxform = str  # type: ignore[method-assign, assignment]
    unit.read(COURSE / "grading" / "servicio" / "ciberaula-calificacion.service", encoding="utf-8")
    service = dict(unit["Service"])
    _python, _m, package, *words = service["ExecStart"].split()
    assert package == "ciberaula"
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers(required=True))
    assert str(parser.parse_args(words).bundles).startswith(service["ReadWritePaths"])
    # With any of these, bubblewrap cannot make the namespaces that keep a stranger's code in.
    assert not {"RestrictNamespaces", "PrivateUsers", "SystemCallFilter", "ProtectProc", "ProtectKernelTunables"} & set(
        service
    )
    assert service["Delegate"]


def test_one_and_several_are_told_apart():
    assert outcome_words(1, 0, 0) == ["1 calificada", "0 con algo sin calificar", "0 sin calificar"]
    assert outcome_words(2, 1, 1)[0] == "2 calificadas"
