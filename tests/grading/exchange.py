"""Work handed in through nbgrader's exchange, as its ``submit`` leaves it there."""

import os
import secrets
import shutil
from pathlib import Path

from nbgrader.utils import notebook_hash

from tests.grading.course import ASSIGNMENT, NOTEBOOK, hand_in

STAMP = "2026-03-02 10:00:00.000000 UTC"


def exchange():
    return Path(os.environ["CIBERAULA_HOME"]) / "exchange" / "ciberaula"


def submit(root, student, answers=None, *, stamp=STAMP, complete=True, **work):
    """Hand in through the exchange; returns the folder there. Not ``complete``: as if nbgrader were still copying."""
    here = Path(os.environ["CIBERAULA_HOME"]) / "submitted" / student
    collected = here.exists() and here.rename(here.with_name(f".{student}"))
    made = hand_in(root, student, answers, **work)
    folder = exchange() / "inbound" / f"{student}+{ASSIGNMENT}+{stamp}+{secrets.token_urlsafe(9)}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(made, folder)
    here.rmdir()
    if collected:
        collected.rename(here)
    (folder / "timestamp.txt").write_text(stamp)
    (folder / "submission_secret.txt").unlink()
    if complete:
        finish(folder)
    return folder


def finish(folder):
    (folder / "submission_secret.txt").write_text(secrets.token_hex(64))
    folder.chmod(0o777)


def page_for(folder):
    """Where the trainee's nbgrader looks for the feedback of the work in ``folder``."""
    key = (folder / "submission_secret.txt").read_text()
    return exchange() / "feedback" / f"{notebook_hash(secret=key, notebook_id=NOTEBOOK)}.html"
