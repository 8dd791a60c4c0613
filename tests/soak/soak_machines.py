"""A cohort graded by several hosts with the gradebook on another, while cables, machines and programs fail.

The hosts are network namespaces (``tests.soak.machines``): it needs root, iproute2 and openssl, and fails where they are
missing. What a run on one process leaves is what every other must leave: the same marks, each submission graded once.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from ciberaula.grading import ledger
from ciberaula.grading.staging import ASIDE, receipt_in
from tests.grading import course as small
from tests.soak.machines import Host, ServerOn, hosts, postgresql, until

STUDENTS = 32
CODE = 'submit_answer("p02", 2 + 3)'
PORT = 8786
DASK = str(Path(sys.executable).with_name("dask"))
RELEASE = f"from ciberaula.grading.cohort import Cohort; assert Cohort().generate('{small.ASSIGNMENT}').done"


class Institution:
    """Five hosts: the gradebook's, the scheduler's, an instructor's, and two that work. One folder, the same for all."""

    def __init__(self, root: Path, server: ServerOn, machines: list[Host]) -> None:
        self.root, self.server = root, server
        self.data, self.plan, self.desk, self.first, self.second = machines
        self.db_url = ""
        self.tls = False
        self._scheduler: subprocess.Popen[bytes] | None = None

    def use(self, db_url: str) -> None:
        """Let this be everybody's gradebook."""
        self.db_url = db_url
        for host in (self.plan, self.desk, self.first, self.second):
            host.environment["CIBERAULA_DB_URL"] = db_url

    def log(self, name: str) -> Path:
        return self.root.parent / f"{name}.log"

    @property
    def address(self) -> str:
        return f"{'tls' if self.tls else 'tcp'}://{self.plan.address}:{PORT}"

    def start(self) -> None:
        """Start the scheduler and its workers anew, and wait for these."""
        self.stop()
        more = ("--protocol", "tls") if self.tls else ()
        where = ("--host", self.plan.address, "--dashboard-address", "127.0.0.1:8787")
        self._scheduler = self.plan.start(DASK, "scheduler", *where, *more, log=self.log("scheduler"))
        until(lambda: "Scheduler at" in self._said("scheduler"), 60)
        for host in (self.first, self.second):
            few = ("--nthreads", "1", "--nworkers", "1", "--dashboard-address", "127.0.0.1:0")
            host.start(DASK, "worker", self.address, "--host", host.address, *few, log=self.log(host.name))
        until(lambda: self._said("scheduler").count("Register worker") >= 2, 120)

    def stop(self) -> None:
        """End what runs on all but the gradebook's host."""
        for host in (self.plan, self.desk, self.first, self.second):
            host.plug()
            host.end_all()
        self.data.plug()
        self.log("scheduler").unlink(missing_ok=True)

    def kill_scheduler(self) -> None:
        assert self._scheduler
        os.killpg(self._scheduler.pid, signal.SIGKILL)

    def grade(self, host: Host, name: str, *more: str) -> "subprocess.Popen[bytes]":
        self.log(name).unlink(missing_ok=True)
        words = more or ("--scheduler", self.address)
        command = (sys.executable, "-m", "ciberaula", "grade", small.ASSIGNMENT, "--json", *words)
        return host.start(*command, log=self.log(name))

    def under_way(self, run: "subprocess.Popen[bytes]", name: str) -> None:
        """Return when some more are graded than were; fails where it is too late to disturb anything."""
        before = self._said(name).count('"state": "graded"')
        until(lambda: self._said(name).count('"state": "graded"') > before or run.poll() is not None, 120)
        assert run.poll() is None, self._said(name)

    def ends(self, run: "subprocess.Popen[bytes]", name: str, code: int, seconds: float = 240) -> str:
        """What a run said last. It must end with ``code``, and with no traceback."""
        assert run.wait(timeout=seconds) == code, self._said(name)
        assert "Traceback" not in self._said(name)
        return self._said(name).strip().splitlines()[-1]

    def _said(self, name: str) -> str:
        return self.log(name).read_text(encoding="utf-8") if self.log(name).is_file() else ""

    def left(self) -> dict[str, Any]:
        """The marks and attempts of everybody, and whether each graded copy is the one that counts.

        First run once more: it finds nothing to grade, and tidies what was left by who was killed.
        """
        told = self.ends(self.grade(self.desk, "nada", "--workers", "1"), "nada", 0)
        assert f'"unchanged": {STUDENTS}' in told, told
        past_the_network = self.db_url.partition("@")[2].partition("/")[2]
        local = self.server.address(past_the_network).replace("postgresql:", "postgresql+psycopg:", 1)
        with Gradebook(local) as gradebook:
            marks = {
                one.student.id: sorted(
                    (grade.name, grade.auto_score, grade.needs_manual_grade)
                    for notebook in one.notebooks
                    for grade in notebook.grades
                )
                for one in gradebook.assignment_submissions(small.ASSIGNMENT)
            }
        with ledger.reading(local) as connection:
            attempts = ledger.attempts_of(connection, small.ASSIGNMENT)
        home = self.root / "var"
        assert not list((home / "autograded" / ASIDE).glob("[!.]*"))
        assert not (home / "dask").exists()
        placed = {
            student: receipt_in(home / "autograded" / student / small.ASSIGNMENT) == rows[-1].receipt
            for student, rows in attempts.items()
        }
        kept = {student: [(one.number, one.state, one.points) for one in rows] for student, rows in attempts.items()}
        return {"marks": marks, "attempts": kept, "placed": placed}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Institution]:
    folder = tmp_path_factory.mktemp("institucion")
    root = folder / "curso"
    words = {name: value for name, value in os.environ.items() if not name.startswith(("CIBERAULA", "DASK"))}
    words |= {"HOME": str(folder), "CIBERAULA_COURSE": str(root), "CIBERAULA_HOME": str(root / "var")}
    small.write_course(root)
    named = ("datos", "planifica", "docente", "uno", "dos")
    with hosts(*named, environment=words) as machines, postgresql(machines[0]) as server:
        made = Institution(root, server, machines)
        made.use(server.gradebook())
        done = made.desk.run(sys.executable, "-c", RELEASE)
        assert done.returncode == 0, done.stderr
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CIBERAULA_HOME", str(root / "var"))
            for number in range(STUDENTS):
                sheets: list[Any] = [small.RIGHT, {"p01": "a", "p02": 5}, {}, {"p01": "b"}]
                code = CODE if number % 4 == 3 else None
                small.hand_in(root, f"persona-{number:02}", sheets[number % len(sheets)], code=code)
        shutil.copytree(root / "var", folder / "pristine")
        server.template = made.db_url.rpartition("/")[2]
        yield made
        made.stop()


@pytest.fixture
def institution(everything: Institution) -> Institution:
    """With everybody's work handed in and nothing graded, in a gradebook of its own."""
    everything.tls = False
    everything.stop()
    everything.use(everything.server.gradebook(everything.server.template))
    shutil.rmtree(everything.root / "var", ignore_errors=True)
    shutil.copytree(everything.root.parent / "pristine", everything.root / "var")
    return everything


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    """What the run on one process left; filled by the first test, which all others need."""
    return {}


def test_one_process_grades_them_all(institution: Institution, expected: dict[str, Any]) -> None:
    institution.ends(institution.grade(institution.desk, "solo", "--workers", "1"), "solo", 0)
    expected |= institution.left()
    assert len(expected["marks"]) == STUDENTS


def test_a_machine_that_loses_its_network_costs_nothing(institution: Institution, expected: dict[str, Any]) -> None:
    institution.start()
    run = institution.grade(institution.desk, "cable")
    institution.under_way(run, "cable")
    institution.first.unplug()
    institution.ends(run, "cable", 0)
    assert institution.left() == expected


def test_a_machine_that_is_switched_off_costs_nothing(institution: Institution, expected: dict[str, Any]) -> None:
    institution.start()
    run = institution.grade(institution.desk, "apagada")
    institution.under_way(run, "apagada")
    institution.first.end_all()
    institution.ends(run, "apagada", 0)
    assert institution.left() == expected


def test_a_gradebook_out_of_reach_is_waited_for_a_little_and_then_told(
    institution: Institution, expected: dict[str, Any]
) -> None:
    institution.start()
    run = institution.grade(institution.desk, "breve")
    institution.under_way(run, "breve")
    institution.data.unplug()
    time.sleep(8)
    institution.data.plug()
    institution.under_way(run, "breve")
    institution.data.unplug()
    assert "No hay conexión con el libro de calificaciones" in institution.ends(run, "breve", 1)
    institution.data.plug()
    institution.ends(institution.grade(institution.desk, "luego"), "luego", 0)
    assert institution.left() == expected


def test_who_grades_is_killed_and_so_is_the_scheduler(institution: Institution, expected: dict[str, Any]) -> None:
    institution.start()
    run = institution.grade(institution.desk, "muere")
    institution.under_way(run, "muere")
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    run = institution.grade(institution.desk, "sigue")  # while workers still have orders of the one before
    institution.under_way(run, "sigue")
    institution.kill_scheduler()
    assert "Se perdió la conexión con el planificador" in institution.ends(run, "sigue", 1)
    institution.start()
    institution.ends(institution.grade(institution.desk, "tercera"), "tercera", 0)
    assert institution.left() == expected


def test_two_people_grade_at_once_with_certificates_and_a_stranger_does_not(
    institution: Institution, expected: dict[str, Any], certified: Callable[[], None]
) -> None:
    certified()
    institution.start()
    runs = {
        name: institution.grade(host, name) for name, host in (("una", institution.desk), ("otra", institution.plan))
    }
    for name, run in runs.items():
        institution.ends(run, name, 0)
    assert institution.left() == expected
    institution.desk.environment.pop("DASK_CONFIG")
    run = institution.grade(institution.desk, "ajena", "--force", "--scheduler", institution.address)
    told = institution.ends(run, "ajena", 1)
    assert f"El planificador {institution.address} no responde" in told


@pytest.fixture
def certified(institution: Institution) -> Iterator[Callable[[], None]]:
    """Gives everybody the certificate and the configuration of the guide."""
    machines = (institution.plan, institution.desk, institution.first, institution.second)

    def give() -> None:
        folder = institution.root.parent / "certificado"
        folder.mkdir()
        made = "openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj /CN=aula -keyout aula.key -out aula.crt"
        subprocess.run(made.split(), cwd=folder, check=True, capture_output=True)
        pair = f"{{cert: {folder}/aula.crt, key: {folder}/aula.key}}"
        roles = "".join(f"      {role}: {pair}\n" for role in ("scheduler", "worker", "client"))
        tls = f"    require-encryption: true\n    tls:\n      ca-file: {folder}/aula.crt\n{roles}"
        (folder / "aula.yaml").write_text(f"distributed:\n  comm:\n{tls}")
        institution.tls = True
        for host in machines:
            host.environment["DASK_CONFIG"] = str(folder)

    yield give
    for host in machines:
        host.environment.pop("DASK_CONFIG", None)
