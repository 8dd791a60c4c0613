"""One course, every kind handed in at once among honest work, graded and shown in one run."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook, MissingEntry

from ciberaula.grading.cohort import Cohort
from tests.hostile import kinds
from tests.hostile.course import ASSIGNMENT, NOTEBOOK, Places, make_canaries, write_course, write_roster
from tests.hostile.kind import Desk, Kind, Result

REPOSITORY = Path(__file__).parents[2]
# What grading writes; everything else of the course must be after a run what it was before.
OUTPUTS = ("autograded", "feedback", "exchange", "logs", "cache", "gradebook.db", "nbgrader")


@dataclass(repr=False)
class Run:
    """What became of a run of the whole suite."""

    places: Places
    outcomes: dict[str, dict[str, Any]]
    shown: dict[str, Any]
    supervised: dict[str, Any]
    peaks: list[int]
    before: dict[str, str]
    after: dict[str, str]
    seconds: float
    noise: str
    results: dict[str, Result] = field(default_factory=dict)


@contextmanager
def entered(places: Places) -> Iterator[None]:
    """For the while, we are whoever grades this course."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CIBERAULA_COURSE", str(places.root))
        patch.setenv("CIBERAULA_HOME", str(places.home))
        patch.setenv("HOME", str(places.user_home))
        patch.chdir(places.root)
        yield


def chosen() -> tuple[Kind, ...]:
    """All kinds, or those that ``HOSTILE`` names (parts of names, by commas): for work on one of them."""
    parts = [part for part in os.environ.get("HOSTILE", "").split(",") if part]
    return tuple(one for one in kinds.ALL if not parts or any(part in one.name for part in parts))


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    """Hand in, grade, show. The folder has a short name: sockets lie in it, and their names are short."""
    root = Path(tempfile.mkdtemp(prefix="hostil-"))
    places = Places(root / "c", make_canaries())
    try:
        write_course(places)
        with entered(places):
            made = Cohort().generate(ASSIGNMENT)
            assert made.done, made.reason
            everybody = _hand_in(places)
            done = _run(root, places, everybody)
        yield done
    finally:
        subprocess.run(["chmod", "-R", "u+rwx", str(root)], check=False, capture_output=True)
        shutil.rmtree(root, ignore_errors=True)


def _hand_in(places: Places) -> list[str]:
    """Make every submission; the order in which they are graded."""
    released = nbformat.read(places.root / "exercises" / ASSIGNMENT / f"{NOTEBOOK}.ipynb", as_version=4)
    neighbour = Desk(places, kinds.NEIGHBOUR, released)
    neighbour.hand_in(
        {"p01": "b", "p02": 5, "p03": "no", "p05": "hola"}, written=f"Mío: {places.canaries['neighbour']}"
    )
    (neighbour.folder / "nota.txt").write_text(places.canaries["neighbour-folder"])
    with Gradebook(Cohort().db_url, "ciberaula") as gradebook:
        gradebook.update_or_create_student("secreta", last_name=places.canaries["gradebook"])
    hostile = chosen()
    honest = [kinds.honest(number) for number in range(kinds.HONEST)]
    for kind in (*hostile, *honest):
        kind.make(Desk(places, kind.name, released))
    names = [kind.name for kind in hostile]
    # Always the same order, and not the one they are written in: neighbours differ.
    names.sort(key=lambda name: hashlib.sha256(name.encode()).digest())
    for number, kind in enumerate(honest):
        names.insert(number * len(names) // len(honest) + 1, kind.name)
    write_roster(places, dict.fromkeys([*names, kinds.NEIGHBOUR], "Persona Simulada"))
    return [kinds.NEIGHBOUR, *names]


def _run(root: Path, places: Places, everybody: list[str]) -> Run:
    work = root / "w"
    work.mkdir()
    orders = [[ASSIGNMENT, everybody[0::2]], [ASSIGNMENT, everybody[1::2]]]
    (work / "orders.json").write_text(json.dumps(orders))
    before = _contents(places)
    started = time.monotonic()
    command = [sys.executable, "-m", "tests.hostile.batch", "supervise", str(work), places.canaries["process"]]
    # Secrets that only the grading programs have: in their environment and their arguments.
    secret = {"JUPYTERHUB_API_TOKEN": places.canaries["environment"], "LC_SECRETO": places.canaries["environment"]}
    own = {**os.environ, **secret, "TMPDIR": str(places.temporary), "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, cwd=places.root, env=own, capture_output=True, check=False)
    noise = (done.stdout + done.stderr).decode(errors="replace")
    files = sorted(work.glob("graded-*.json"))
    assert len(files) == len(orders), f"a grader did not come to its end:\n{noise[-4000:]}"
    graded = [json.loads(path.read_text()) for path in files]
    run = Run(
        places=places,
        outcomes={one["student"]: one for part in graded for one in part["outcomes"]},
        shown=json.loads((work / "shown.json").read_text()) if (work / "shown.json").exists() else {},
        supervised=json.loads((work / "supervised.json").read_text()),
        peaks=[part["peak_mib"] for part in graded],
        before=before,
        after=_contents(places),
        seconds=time.monotonic() - started,
        noise=noise,
    )
    run.results = {student: _result(run, work, student) for student in run.outcomes}
    return run


def _contents(places: Places) -> dict[str, str]:
    """What the course holds, apart from what grading writes, and how it is protected."""
    found = {}
    for base, folders, names in os.walk(places.root):
        if Path(base) == places.home:
            folders[:] = [name for name in folders if name not in OUTPUTS and name != "submitted"]
            names = [name for name in names if not name.startswith(OUTPUTS)]
        for name in names:
            path = Path(base, name)
            digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "special"
            found[str(path.relative_to(places.root))] = f"{path.lstat().st_mode:o} {digest}"
    return found


def _result(run: Run, work: Path, student: str) -> Result:
    cohort = Cohort()
    graded = cohort.folder("autograded", student, ASSIGNMENT) / f"{NOTEBOOK}.ipynb"
    page = cohort.folder("feedback", student, ASSIGNMENT) / f"{NOTEBOOK}.html"
    shown = work / "formgrader" / f"{student}.html"
    return Result(
        student=student,
        state=run.outcomes[student]["state"],
        reason=run.outcomes[student]["reason"],
        points=_points(cohort.db_url, student),
        notebook=nbformat.reads(graded.read_text(encoding="utf-8"), as_version=4) if graded.is_file() else None,
        page=page.read_text(encoding="utf-8") if page.is_file() else "",
        formgrader=shown.read_text(encoding="utf-8") if shown.is_file() else "",
        places=run.places,
    )


def _points(db_url: str, student: str) -> dict[str, float | None]:
    with Gradebook(db_url, "ciberaula") as gradebook:
        try:
            submission = gradebook.find_submission(ASSIGNMENT, student)
        except MissingEntry:
            return {}
        return {grade.name: grade.auto_score for book in submission.notebooks for grade in book.grades}
