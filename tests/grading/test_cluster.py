"""Pools of workers: which orders they get, what becomes of those whose worker dies, and who may speak to them."""

import asyncio
import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import SimpleNamespace
from typing import Any

import dask
import distributed
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciberaula.errors import UserError
from ciberaula.grading import cluster, cluster_dask, cluster_worker
from ciberaula.grading.cluster import Growing, Here, grade, orders
from ciberaula.grading.cluster_dask import local_pool, remote_pool
from ciberaula.grading.cluster_folder import run_folder
from ciberaula.grading.cluster_worker import Place, Sight, difference
from ciberaula.grading.engine import Order, pending
from ciberaula.grading.outcomes import Graded
from tests.grading.cluster_work import obey, tell_home
from tests.grading.course import ASSIGNMENT, RIGHT, hand_in


def one_by_one(*students):
    return [Order(ASSIGNMENT, (student,)) for student in students]


def states(done):
    return {graded.student: graded.state for _order, outcomes in done for graded in outcomes}


# ---- orders


@given(st.integers(0, 3000), st.integers(1, 64), st.none() | st.integers(1, 100))
def test_orders_hold_everyone_once_in_parts_that_leave_nobody_waiting(count, workers, chunk):
    students = [f"e{number}" for number in range(count)]
    made = orders(ASSIGNMENT, students, workers, force=True, chunk=chunk)
    assert Counter(one for order in made for one in order.students) == Counter(students)
    assert all(order.force for order in made)
    largest = max((len(order.students) for order in made), default=0)
    assert largest <= (chunk or cluster.MOST_IN_AN_ORDER)
    if count >= workers and chunk is None:
        assert len(made) >= workers


# ---- this process first, workers when they are worth it


class Recorded:
    """Workers that note what they get."""

    size = 2

    def __init__(self):
        self.orders = []

    def grade(self, orders, work):
        for order in orders:
            self.orders.append(order)
            yield order, work(order)


@pytest.fixture
def workers():
    return Recorded()


@pytest.fixture
def grower(monkeypatch, workers):
    with contextlib.ExitStack() as stack:
        made = Growing(2, stack)
        monkeypatch.setattr(made, "_start", lambda: workers)
        monkeypatch.setattr(cluster, "clock", lambda: SPENT[0])
        yield made


SPENT = [0.0]  # seconds on the clock of ``grower``


def taking(seconds, first=0.0):
    """A way of grading that takes ``seconds`` for each, and ``first`` for the first of all."""
    seen: list[str] = []

    def work(order):
        SPENT[0] += (0 if seen else first) + seconds * len(order.students)
        seen.extend(order.students)
        return [Graded(one, "graded") for one in order.students]

    return work


def test_quick_work_is_all_done_here_whatever_the_first_took(grower, workers):
    done = list(grower.grade(orders(ASSIGNMENT, [f"e{n}" for n in range(60)], 2), taking(0.01, first=30)))
    assert sum(len(outcomes) for _order, outcomes in done) == 60
    assert workers.orders == []


def test_slow_work_goes_to_workers_and_none_of_it_is_done_twice(grower, workers, monkeypatch):
    students = [f"e{n}" for n in range(200)]
    work = taking(1.0)
    asked: list[Future[Any]] = []

    class Noted(ThreadPoolExecutor):
        def submit(self, *given, **named):
            asked.append(super().submit(*given, **named))
            return asked[-1]

    def wait_for_them(order):
        wait(asked)  # the thread which starts workers comes to it, however late
        return work(order)

    monkeypatch.setattr(cluster, "ThreadPoolExecutor", Noted)
    done = list(grower.grade(orders(ASSIGNMENT, students, 2, chunk=2), wait_for_them))
    assert Counter(one.student for _order, outcomes in done for one in outcomes) == Counter(students)
    assert workers.orders
    assert len(asked) == 1


def test_where_workers_cannot_start_everything_is_graded_here(grower, monkeypatch):
    def broken():
        raise OSError("no port is free")

    monkeypatch.setattr(grower, "_start", broken)
    students = [f"e{n}" for n in range(30)]
    assert states(grower.grade(orders(ASSIGNMENT, students, 2), taking(9.0))) == dict.fromkeys(students, "graded")


def test_few_submissions_and_one_worker_are_graded_here():
    for count, workers in ((cluster.FEW - 1, None), (100, 1)):
        with cluster.pool([ASSIGNMENT], count, workers=workers) as made:
            assert isinstance(made, Here)


# ---- workers of this machine


@pytest.fixture(scope="module")
def local(generated):
    """Two workers for all tests of this file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CIBERAULA_COURSE", str(generated))
        patch.setenv("CIBERAULA_HOME", str(generated / "var"))
        with local_pool(2) as made:
            yield made
    assert not (generated / "var" / "dask").exists()


def test_workers_use_the_home_of_the_command_and_leave_ctrl_c_to_it(local, generated):
    ((_order, (told,)),) = local.grade(one_by_one("ana"), tell_home)
    assert told.reason == f"{generated / 'var'}|True|True"


def test_an_order_whose_worker_dies_is_done_by_another(local, generated):
    assert states(local.grade([Order(ASSIGNMENT, ("ana", "cae-1", "luis"))], obey)) == dict.fromkeys(
        ("ana", "cae-1", "luis"), "graded"
    )


def test_what_takes_its_worker_down_each_time_has_failed_and_the_others_are_graded(local):
    parts = [Order(ASSIGNMENT, ("ana", "muere", "luis")), Order(ASSIGNMENT, ("eva", "falla"))]
    done = {one.student: one for _order, outcomes in local.grade(parts, obey) for one in outcomes}
    assert {one.student: one.state for one in done.values()} == {
        "ana": "graded",
        "muere": "failed",
        "luis": "graded",
        "eva": "graded",
        "falla": "failed",
    }
    assert "terminó de golpe" in done["muere"].reason
    assert done["falla"].reason == "fallo inesperado: ValueError: algo raro"


def test_what_is_wrong_with_all_stops_the_run_in_one_line(local):
    with pytest.raises(UserError, match="No queda espacio"):
        list(local.grade(one_by_one("ana", "lleno", "luis"), obey))
    assert states(local.grade(one_by_one("eva"), obey)) == {"eva": "graded"}


def test_workers_listen_on_the_loopback_and_answer_only_who_holds_their_certificate(local):
    address = local._client.scheduler.address
    assert address.startswith("tls://127.0.0.1:")
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            listening = [one for one in process.net_connections("inet") if one.status == psutil.CONN_LISTEN]
            assert {one.laddr.ip for one in listening} <= {"127.0.0.1"}

    async def knock(security):
        async with distributed.Client(address, security=security, asynchronous=True, timeout=2, set_as_default=False):
            return True

    with pytest.raises(OSError):
        asyncio.run(knock(distributed.Security.temporary()))  # TLS, with another certificate


def test_a_database_out_of_reach_is_one_line_and_no_fault_of_anybodys_work(local):
    with pytest.raises(UserError, match="No hay conexión con el libro de calificaciones"):
        list(local.grade([Order(ASSIGNMENT, ("ana", "lejos"))], obey))


# ---- the workers of a scheduler


@contextlib.contextmanager
def scheduler(workers, env):
    """The address of a scheduler with so many workers, in whose environment ``env`` is said."""
    quiet = {"silence_logs": cluster_worker.SILENT, "scheduler_kwargs": {"dashboard": False}, "memory_limit": 0}
    with dask.config.set(cluster_dask._settings()):
        made = distributed.LocalCluster(
            n_workers=workers, threads_per_worker=2, dashboard_address="127.0.0.1:0", env=env, **quiet
        )
        with made:
            yield made.scheduler_address


@pytest.fixture(scope="module")
def elsewhere(generated):
    """Makes a scheduler with one worker that sees the course, but for what is said otherwise."""
    right = {"CIBERAULA_COURSE": str(generated), "CIBERAULA_HOME": str(generated / "var")}
    return lambda **env: scheduler(1, {**right, **env})


@pytest.fixture
def at_generated(generated, monkeypatch):
    """At the course; who answers at all has all the time for it."""
    monkeypatch.setattr(cluster_dask, "CONNECT_SECONDS", 60)
    monkeypatch.setattr(cluster_dask, "JOIN_SECONDS", 60)
    monkeypatch.setenv("CIBERAULA_COURSE", str(generated))
    monkeypatch.setenv("CIBERAULA_HOME", str(generated / "var"))


def test_a_scheduler_whose_workers_see_the_same_grades(elsewhere, at_generated, generated):
    with elsewhere() as address, remote_pool(address, [ASSIGNMENT]) as pool:
        assert pool.size == 1
        assert states(pool.grade(one_by_one("ana", "luis"), obey)) == {"ana": "graded", "luis": "graded"}
        assert (generated / "var" / "dask" / pool._place.token).exists()
    assert not (generated / "var" / "dask" / pool._place.token).exists()


def test_what_one_machine_cannot_do_is_tried_again_and_then_told_with_its_name(elsewhere, at_generated):
    with elsewhere() as address, remote_pool(address, [ASSIGNMENT]) as pool:
        assert states(pool.grade(one_by_one("ana", "estorba-1", "luis"), obey)) == dict.fromkeys(
            ("ana", "estorba-1", "luis"), "graded"
        )
        with pytest.raises(UserError, match=f"En {socket.gethostname()}: No queda espacio"):
            list(pool.grade(one_by_one("ana", "lleno"), obey))


def test_the_password_of_the_gradebook_is_in_no_log_of_dasks(at_generated, monkeypatch):
    monkeypatch.setenv("CIBERAULA_DB_URL", "postgresql+psycopg://notas:secreta@10.0.0.4/notas")
    place = Place(cluster_dask._variables(), imposed=False)
    assert "secreta" in dict(place.variables)["CIBERAULA_DB_URL"]
    assert "secreta" not in repr(cluster_worker.Errand(place, Order(ASSIGNMENT, ("ana",)), obey))


def test_a_scheduler_that_goes_away_meanwhile_is_told_in_one_line(elsewhere, at_generated, monkeypatch):
    monkeypatch.setattr(cluster_dask, "_LOOK_SECONDS", 0.2)
    away = contextlib.ExitStack()
    with away, remote_pool(away.enter_context(elsewhere()), [ASSIGNMENT]) as pool:
        done = pool.grade(one_by_one("ana", "luis"), obey)
        assert states([next(done)]) == {"ana": "graded"}
        away.close()
        with pytest.raises(UserError, match="Se perdió la conexión con el planificador"):
            next(done)


def test_the_folder_of_a_run_that_was_killed_is_removed_by_the_next_whatever_machine_it_was(at_generated, generated):
    program = (
        "import os, signal\n"
        "from ciberaula.grading.cluster_folder import run_folder\n"
        "with run_folder() as mine:\n"
        "    print(mine.path, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    left = pathlib.Path(killed.stdout.strip())
    assert left.parent == generated / "var" / "dask"
    left = left.rename(left.with_name("otra-maquina-1-abc"))
    with run_folder() as mine, run_folder() as other:
        assert not left.exists()
        assert (mine.path / "token").read_text() != (other.path / "token").read_text() != ""
    assert not mine.path.exists()


def test_the_folder_of_a_run_that_lives_on_another_machine_stays(at_generated):
    """It has no process here: whether it is alive is told by its lock, which the shared folder keeps."""
    with run_folder() as other:
        nobodys = 2**22 + 1  # beyond the largest number that Linux gives a process
        elsewhere = other.path.rename(other.path.with_name(f"{socket.gethostname()}-{nobodys}-abc"))
        with run_folder():
            assert (elsewhere / "token").read_text()
        elsewhere.rename(other.path)


def refusal(address):
    """What a pool on this scheduler says instead of starting: one line."""
    with pytest.raises(UserError) as told, remote_pool(address, [ASSIGNMENT]):
        pass
    assert "\n" not in str(told.value)
    return str(told.value)


def test_a_worker_with_another_store_is_refused(elsewhere, at_generated, tmp_path):
    other = tmp_path / "otra"
    other.mkdir()
    with elsewhere(CIBERAULA_HOME=str(other)) as address:
        said = refusal(address)
    assert "no ve la misma carpeta de entregas: monte la misma e indíquela en CIBERAULA_HOME" in said
    assert not (other / "gradebook.db").exists()


def test_a_scheduler_without_workers_says_how_to_start_them(at_generated, monkeypatch):
    monkeypatch.setattr(cluster_dask, "JOIN_SECONDS", 1)
    with scheduler(0, {}) as address:
        assert "no tiene máquinas: arranque en cada una «dask worker" in refusal(address)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "tls://127.0.0.1:1"])
def test_a_scheduler_that_is_away(at_generated, monkeypatch, address):
    monkeypatch.setattr(cluster_dask, "CONNECT_SECONDS", 1)
    assert f"El planificador {address} no responde" in refusal(address)


def test_the_line_about_a_scheduler_that_is_away_is_all_that_is_said(at_generated):
    """In a process of its own: what Python forgets last may still say something at the very end."""
    program = (
        "from ciberaula.grading import cluster_dask\n"
        "from ciberaula.errors import UserError\n"
        "cluster_dask.CONNECT_SECONDS = 0.5\n"
        "try:\n"
        "    cluster_dask.remote_pool('tls://127.0.0.1:1', []).__enter__()\n"
        "except UserError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300, check=True)
    assert done.stdout.count("no responde") == 1
    assert done.stderr == ""


@pytest.mark.parametrize("address", ["10.0.0.5:8786", "tcp://10.0.0.5", "http://x:1", "tcp://a b:1"])
def test_an_address_that_is_none(at_generated, address):
    assert "no es la dirección de un planificador" in refusal(address)


HERE = Sight(machine="m", account=7, code="c", store="s", course="k", gradebook="g")


@pytest.mark.parametrize(
    ("seen", "db_url", "told"),
    [
        (HERE, "sqlite:///x", None),
        (Sight("m", 8, "c", "otra", "k", "g"), "postgresql://x", "otra cuenta del sistema"),
        (Sight("m", 7, "otro", "s", "k", "g"), "sqlite:///x", "otra versión de ciberaula"),
        (Sight("m", 7, "c", "s", "otro", "g"), "sqlite:///x", "CIBERAULA_COURSE"),
        (Sight("m", 7, "c", "s", "k", "otro"), "postgresql://x", "otro libro de calificaciones"),
        (Sight("otra", 7, "c", "s", "k", "g"), "sqlite:///x", "CIBERAULA_DB_URL"),
        (Sight("otra", 7, "c", "s", "k", "g"), "postgresql://x", None),
    ],
)
def test_what_a_worker_sees_otherwise(seen, db_url, told):
    found = difference(HERE, seen, db_url)
    assert (found is None) if told is None else (found and told in found)


@pytest.mark.parametrize(("seconds", "told"), [(0, None), (7200, "120 min adelantado"), (-7200, "120 min atrasado")])
def test_a_clock_that_is_hours_off_is_told(monkeypatch, seconds, told):
    """The server says the time: here, a database that answers with ours."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + seconds)
    answers: Any = SimpleNamespace(execute=lambda _query: SimpleNamespace(scalar_one=lambda: now))
    with pytest.raises(UserError, match=told) if told else contextlib.nullcontext():
        cluster_worker._must_agree_on_time(answers)


@pytest.mark.parametrize("changed", ["modules/curriculum.yml", f"grading/rubrics/{ASSIGNMENT}.yml"])
def test_a_course_with_another_plan_or_rubric_is_another(course, changed):
    before = cluster_worker._course([ASSIGNMENT])
    assert cluster_worker._course([ASSIGNMENT]) == before
    with (course / changed).open("a") as file:
        file.write("# otra cosa")
    assert cluster_worker._course([ASSIGNMENT]) != before


def test_who_looks_waits_for_the_order_that_has_the_environment(at_generated, monkeypatch):
    """An order of another pool sets it for the while, and takes it back in the middle of a look."""
    monkeypatch.setattr(cluster_worker, "_BUSY_SECONDS", 0.01)
    with run_folder() as mine:
        place = Place(cluster_dask._variables(), imposed=False, token=mine.path.name, assignments=(ASSIGNMENT,))
        with cluster_worker._turn, pytest.raises(UserError, match="está ocupada con otra calificación"):
            asyncio.run(cluster_worker.look_in_turn(place))
        assert asyncio.run(cluster_worker.look_in_turn(place)) == cluster_worker.look(place)


# ---- for real


def test_workers_grade_as_one_process_does_and_again_nothing(course, grades):
    students = [f"e{number}" for number in range(6)]
    for student in students:
        hand_in(course, student, RIGHT)
    assert Counter(one.state for one in grade(ASSIGNMENT, students, workers=2)) == {"graded": 6}
    assert {grades(student)["p01"] for student in students} == {(2.0, False)}
    assert pending(ASSIGNMENT).todo == ()
    assert Counter(one.state for one in grade(ASSIGNMENT, students, workers=1)) == {"unchanged": 6}


def test_a_command_that_is_killed_leaves_no_process(course):
    for number in range(40):
        hand_in(course, f"e{number}", RIGHT)
    command = [sys.executable, "-m", "ciberaula", "grade", "--workers", "2"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ))
    try:
        family = wait_for(lambda: len(found := descendants(process.pid)) >= 4 and found)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    wait_for(lambda: not any(alive(one) for one in family))


def descendants(pid):
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def alive(process):
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def wait_for(condition):
    deadline = time.monotonic() + 120
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
    return found


def test_who_listens_and_never_answers_is_one_line(course, monkeypatch):
    monkeypatch.setattr(cluster_dask, "CONNECT_SECONDS", 0.5)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        address = f"tcp://127.0.0.1:{deaf.getsockname()[1]}"
        with pytest.raises(UserError, match="no responde"), remote_pool(address, [ASSIGNMENT]):
            pass
