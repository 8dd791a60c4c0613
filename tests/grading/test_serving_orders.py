"""Which order the service gives next, how many at once, and what becomes of one that never ends. No work is graded here."""

import errno
import json
from concurrent.futures import Future
from typing import Any

import pytest

from ciberaula.errors import UserError
from ciberaula.grading import serving_health
from ciberaula.grading.collecting import Collected
from ciberaula.grading.engine import Order, grade_chunk
from ciberaula.grading.outcomes import Graded
from ciberaula.grading.serving import FIRST_PAUSE_S, LAST_PAUSE_S, MOST_DEATHS, ORDER_LIMIT_S, Service
from ciberaula.grading.serving_health import HealthFile, health_line, only_one
from ciberaula.grading.serving_work import Report, trouble_of
from ciberaula.paths import home
from tests.grading.course import ASSIGNMENT, RIGHT, hand_in
from tests.grading.exchange import submit
from tests.grading.test_arrivals import Clock
from tests.grading.test_serving import Bench

FIRST, SECOND = "01-primera", "02-segunda"


class Later:
    """A pool whose orders end when we say so."""

    workers = 2

    def __init__(self) -> None:
        self.open: list[tuple[Any, Future[Report]]] = []
        self.orders: list[tuple[str, tuple[str, ...]]] = []
        self.restarts = 0

    def submit(self, work: Any, order: Any) -> "Future[Report]":
        del work
        future: Future[Report] = Future()
        self.orders.append((order.assignment, order.students))
        self.open.append((order, future))
        return future

    def end(self, trouble: Any = None) -> None:
        """End the oldest."""
        order, future = self.open.pop(0)
        future.set_result(Report(tuple(Graded(one, "graded") for one in order.students), 0, trouble, "OSError"))

    def restart(self) -> None:
        self.restarts += 1
        self.open.clear()


@pytest.fixture
def bench(course: Any) -> Bench:
    bench = Bench()
    bench.pool = bench.service.pool = Later()  # type: ignore[assignment]
    bench.turns(1)
    return bench


def wait(service: Service, assignment: str, *students: str) -> None:
    service._add(assignment, students)


def test_no_assignment_waits_for_another(bench: Bench) -> None:
    """Two hundred of one arrived together; whoever hands in another meanwhile has their turn next."""
    wait(bench.service, FIRST, *(f"p{number:03}" for number in range(200)))
    bench.turns(1)
    wait(bench.service, SECOND, "ana")
    bench.pool.end()  # type: ignore[attr-defined]
    bench.turns(1)
    assert [assignment for assignment, _students in bench.pool.orders] == [FIRST, FIRST, FIRST, SECOND]
    assert max(len(students) for _assignment, students in bench.pool.orders) == 6


def test_a_later_attempt_waits_for_the_one_that_is_being_graded(bench: Bench) -> None:
    wait(bench.service, FIRST, "ana")
    bench.turns(1)
    wait(bench.service, FIRST, "ana", "luis")
    bench.turns(1)
    assert bench.pool.orders == [(FIRST, ("ana",)), (FIRST, ("luis",))]
    bench.pool.end()  # type: ignore[attr-defined]
    bench.turns(1)
    assert bench.pool.orders[2:] == [(FIRST, ("ana",))]


def test_after_trouble_one_order_alone_tries_whether_it_is_over(bench: Bench) -> None:
    wait(bench.service, FIRST, *(f"p{number}" for number in range(12)))
    bench.turns(1)
    given = len(bench.pool.orders)
    assert given == 3  # one for each process, and one more
    for _number in range(given):
        bench.pool.end("database")  # type: ignore[attr-defined]
    bench.turns(1)
    bench.turns(3, seconds=LAST_PAUSE_S)
    assert len(bench.pool.orders) == given + 1
    bench.pool.end()  # type: ignore[attr-defined]
    bench.turns(2)
    assert bench.state == "running"
    assert len(bench.pool.orders) > given + 1


def test_the_pauses_grow_up_to_a_limit(bench: Bench) -> None:
    pauses = []
    for _number in range(8):
        bench.service._pause("database", "OperationalError")
        pauses.append(bench.service._paused_until - bench.clock.now)
    assert pauses == [FIRST_PAUSE_S * 2**number for number in range(5)] + [LAST_PAUSE_S] * 3
    assert bench.log.count("El libro de calificaciones no responde") == 1


def test_an_order_that_never_ends_is_ended_and_its_people_tried_alone(bench: Bench) -> None:
    wait(bench.service, FIRST, "ana", "luis", "marta")
    bench.turns(1)
    assert bench.pool.orders == [(FIRST, ("ana", "luis")), (FIRST, ("marta",))]
    bench.clock.now += ORDER_LIMIT_S
    bench.turns(1)
    assert bench.pool.restarts == 1
    assert bench.pool.orders[2:] == [(FIRST, ("ana",)), (FIRST, ("luis",)), (FIRST, ("marta",))]
    for _number in range(MOST_DEATHS):
        bench.clock.now += ORDER_LIMIT_S + 1
        bench.turns(1)
    assert bench.health.health.failed_total == 3
    assert bench.service.idle


def test_what_failed_with_an_assignment_is_left_alone_for_a_while(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def collect(*_given: Any, **_more: Any) -> Any:
        tries.append(bench.clock.now)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("ciberaula.grading.collecting.collect", collect)
    submit(home().parent, "ana", RIGHT)
    bench.turns(int(LAST_PAUSE_S))
    assert len(tries) == 1
    bench.turns(3)
    assert len(tries) == 2
    assert bench.state == "running"


def test_a_beat_of_before_the_machine_started_is_none(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a power cut the running clock begins anew, and an old beat may lie in its future."""
    with only_one(home()):
        bench.turns(1)
        assert health_line(home(), bench.clock)[0]
        monkeypatch.setattr(serving_health, "_boot", lambda: "otro arranque")
        well, line = health_line(home(), bench.clock)
    assert not well
    assert "no responde" in line


def test_pages_that_a_dead_process_owed_are_found_again(course: Any) -> None:
    """``_put_back``: nobody is graded twice for it."""
    hand_in(course, "luis", RIGHT)
    assert [one.state for one in grade_chunk(Order(ASSIGNMENT, ("luis",)))] == ["graded"]
    bench = Bench()
    pool = Later()
    bench.pool = bench.service.pool = pool  # type: ignore[assignment]
    bench.turns(2)
    assert pool.orders == [(ASSIGNMENT, ("luis",))]
    pool.end("database")
    bench.turns(4, seconds=LAST_PAUSE_S)
    assert pool.orders == [(ASSIGNMENT, ("luis",))] * 2
    assert [one.work.__name__ for one in bench.service._running.values()] == ["show"]


def test_of_what_arrived_and_brought_nothing_no_time_is_kept(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """``_forget_seen``: the next work of that person would seem to have waited since then."""
    monkeypatch.setattr("ciberaula.grading.collecting.collect", lambda *_given, **_more: Collected(()))
    submit(home().parent, "ana", RIGHT)
    bench.turns(4)
    assert bench.service._seen == {}


def test_a_change_of_state_is_written_at_once(course: Any) -> None:
    clock = Clock()
    health = HealthFile(home(), clock)
    health.write()
    health.health.state = "no_space"
    health.write()
    assert json.loads(health.path.read_text())["state"] == "no_space"
    health.health.waiting = 7
    health.write()
    assert json.loads(health.path.read_text())["waiting"] == 0  # not each look: every few seconds


def test_a_trouble_met_while_another_is_told_is_still_known() -> None:
    """``trouble_of``: ``__context__``."""
    with pytest.raises(UserError) as told:
        try:
            raise OSError(errno.ENOSPC, "x")
        except OSError:
            raise UserError("una línea")  # noqa: B904 - as somebody may forget
    assert trouble_of(told.value) == "disk"
