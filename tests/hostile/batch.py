"""The grading of the hostile course, in processes of its own: what goes wrong in them reaches no other test.

``python -m tests.hostile.batch supervise FOLDER SECRET`` grades what ``FOLDER/orders.json`` lists in two programs at
once, as two graders would, then makes the pages, and writes what became of it to ``FOLDER``. It adopts whatever the
graders leave behind, so that no process of a submission gets away unseen.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tests.hostile.kind import ENDLESS

PATIENCE_S = 800
GRACE_S = 60
# For what does not end by itself. Everything else has the time that a grader gives it, on a machine however busy.
CELL_SECONDS = 2
TOTAL_SECONDS = 4
_PR_SET_CHILD_SUBREAPER = 36


def supervise(folder: Path, secret: str) -> None:
    """Run the graders, then the pages, then look who is still there."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    orders = json.loads((folder / "orders.json").read_text())
    graders = [_start("grade", folder, secret, str(number)) for number in range(len(orders))]
    codes = [_wait(one) for one in graders]
    codes.append(_wait(_start("show", folder, secret)))
    left = _left_behind()
    (folder / "supervised.json").write_text(json.dumps({"codes": codes, "left": left}))


def grade(folder: Path, number: int) -> None:
    """Grade one order and write the outcomes, and what memory it took."""
    from ciberaula.grading import engine, kernels
    from ciberaula.grading.config import course_config

    kernels.INTERRUPT_GRACE_SECONDS = 0.3
    _hurry_the_endless()
    config = course_config()
    assignment, students = json.loads((folder / "orders.json").read_text())[number]
    outcomes = engine.grade_chunk(engine.Order(assignment, tuple(students)), config)
    told = [asdict(one) | {"reason": one.reason or ""} for one in outcomes]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    _write(folder / f"graded-{number}.json", {"outcomes": told, "peak_mib": peak})


def _hurry_the_endless() -> None:
    from ciberaula.grading.isolated import KernelIsolatedRun, RunReport

    run = KernelIsolatedRun.run

    def hurried(self: KernelIsolatedRun, sources: Sequence[str], folder: Path) -> RunReport:
        if any(ENDLESS in source for source in sources):
            self = replace(self, cell_seconds=CELL_SECONDS, total_seconds=TOTAL_SECONDS)
        return run(self, sources, folder)

    KernelIsolatedRun.run = hurried  # type: ignore[method-assign]


def show(folder: Path) -> None:
    """Make and release the feedback of everybody, and the pages that formgrader would show."""
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader import handlers

    from ciberaula.grading.config import course_config
    from ciberaula.grading.engine import pending
    from ciberaula.grading.pages import FeedbackDesk

    assignment = json.loads((folder / "orders.json").read_text())[0][0]
    desk = FeedbackDesk(assignment)
    shown = {one.student: [one.state, one.reason or ""] for one in desk.show(desk.graded())}
    config = course_config()
    # As formgrader's server sets it up: see FormgradeExtension.build_extra_config.
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    exporter = HTMLExporter(config=config)
    pages = folder / "formgrader"
    pages.mkdir()
    # One of these pages takes longer than the grading, so only those with markup: the others are made the same way.
    for path in Path(os.environ["CIBERAULA_HOME"], "autograded").glob(f"markup-*/{assignment}/*.ipynb"):
        with contextlib.suppress(RecursionError):  # a page that is not shown shows nothing
            page, _resources = exporter.from_filename(str(path), resources=_about(path, assignment))
            (pages / f"{path.parts[-3]}.html").write_text(page, encoding="utf-8", errors="replace")
    again = pending(assignment)
    _write(folder / "shown.json", {"shown": shown, "todo": again.todo, "unchanged": again.unchanged})


def _about(path: Path, assignment: str) -> dict[str, Any]:
    return {
        "assignment_id": assignment,
        "notebook_id": path.stem,
        "submission_id": "0" * 32,
        "index": 0,
        "total": 1,
        "base_url": "",
        "student": path.parts[-3],
        "last_name": "",
        "first_name": "",
        "notebook_path": "",
    }


def _start(*words: Any) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "tests.hostile.batch", *map(str, words)], start_new_session=True)


def _wait(process: "subprocess.Popen[bytes]") -> int:
    try:
        return process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


def _left_behind() -> list[str]:
    """The processes that outlived those who started them. They are ended here."""
    deadline = time.monotonic() + GRACE_S
    while (left := _descendants()) and time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
        time.sleep(0.05)
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return list(left.values())


def _descendants() -> dict[int, str]:
    """Process id -> command of everything below this process that still runs."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                after_name = (entry / "stat").read_text().rpartition(")")[2].split()
                if after_name[0] != "Z":
                    parents[int(entry.name)] = int(after_name[1])
    mine, before = {os.getpid()}, 0
    while len(mine) != before:
        before = len(mine)
        mine |= {pid for pid, parent in parents.items() if parent in mine}
    found = {}
    for pid in mine - {os.getpid()}:
        with contextlib.suppress(OSError):
            found[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:200]
    return found


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


def main() -> None:
    """The command line of this module."""
    what, folder, *rest = sys.argv[1:]
    if what == "supervise":
        supervise(Path(folder), rest[0])
    elif what == "grade":
        grade(Path(folder), int(rest[1]))
    else:
        show(Path(folder))


if __name__ == "__main__":
    main()
