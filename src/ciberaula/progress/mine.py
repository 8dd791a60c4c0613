"""Each learner's own copy of their progress, and what their workspace adds to it since.

A copy is plain JSON: a trainee's installation reads it without pyarrow, without the gradebook and without anybody else's
data. It is the only part of the snapshot that «Mi avance» touches.
"""

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ciberaula.classroom.participant import LOCAL_STUDENT
from ciberaula.errors import UserError
from ciberaula.files import write_atomic
from ciberaula.i18n import _
from ciberaula.progress.pseudonym import progress_folder, pseudonym, secret
from ciberaula.progress.records import lessons_done, read_record
from ciberaula.progress.store import meta_from
from ciberaula.progress.tables import SCHEMA, ItemRow, LearnerRow, Meta, ModuleRow, Snapshot

NAME = "mi-avance.json"


@dataclass(frozen=True)
class Feedback:
    """A feedback page in the workspace; ``path`` is relative to it."""

    module: str
    path: str
    received_at: datetime


@dataclass(frozen=True)
class Own:
    """One learner's progress. ``copied_at`` is ``None`` while the course has given nothing back yet."""

    meta: Meta
    learner: LearnerRow
    modules: tuple[ModuleRow, ...]
    items: tuple[ItemRow, ...]
    copied_at: datetime | None
    new_lessons: int
    feedback: tuple[Feedback, ...]


def student() -> str:
    """Whose workspace this is: ``CIBERAULA_STUDENT``, the JupyterHub user, or the one person of a local classroom."""
    return os.environ.get("CIBERAULA_STUDENT") or os.environ.get("JUPYTERHUB_USER") or LOCAL_STUDENT


def copies_folder(home: Path) -> Path:
    """Where the copies are kept, one folder a pseudonym."""
    return progress_folder(home) / "learners"


def write_copies(home: Path, snapshot: Snapshot) -> None:
    """Write every learner's copy, and remove those of learners who are no longer in the snapshot."""
    folder = copies_folder(home)
    folder.mkdir(mode=0o700, exist_ok=True)
    modules, items = _by_learner(snapshot.modules), _by_learner(snapshot.items)
    for learner in snapshot.learners:
        who = learner.pseudonym
        own = folder / who
        own.mkdir(mode=0o700, exist_ok=True)
        data = {
            "meta": asdict(snapshot.meta),
            "learner": asdict(learner),
            "modules": [asdict(row) for row in modules.get(who, [])],
            "items": [asdict(row) for row in items.get(who, [])],
        }
        write_atomic(own / NAME, json.dumps(data, ensure_ascii=False, default=datetime.isoformat).encode())
    known = {learner.pseudonym for learner in snapshot.learners}
    for left in folder.iterdir():
        if left.name not in known:
            shutil.rmtree(left)


def _by_learner(rows: Iterable[Any]) -> dict[str, list[Any]]:
    grouped: dict[str, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.pseudonym, []).append(row)
    return grouped


def load_own(home: Path, student_id: str, workspace: Path, *, now: datetime | None = None) -> Own:
    """The learner's copy, or an empty one made from the plan, with what their workspace adds.

    Raises ``UserError`` for a copy that is damaged or of another version of the program.
    """
    moment = (now or datetime.now(UTC)).replace(microsecond=0)
    path = copies_folder(home) / pseudonym(secret(home), student_id) / NAME
    own = _read(path) if path.exists() else _empty(moment)
    return _with_workspace(own, workspace, moment)


def _read(path: Path) -> Own:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        found = data["meta"]["schema"]
        if found != SCHEMA:
            raise UserError(
                _(
                    "{path} es de otra versión del programa ({found}, y esta lee la {known}): actualice ciberaula."
                ).format(path=path, found=found, known=SCHEMA)
            )
        meta = meta_from(data["meta"])
        return Own(
            meta=meta,
            learner=LearnerRow(**_times(data["learner"])),
            modules=tuple(ModuleRow(**{**_times(row), "reasons": tuple(row["reasons"])}) for row in data["modules"]),
            items=tuple(ItemRow(**row) for row in data["items"]),
            copied_at=meta.built_at,
            new_lessons=0,
            feedback=(),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            _("{path} está dañado: pida a la persona responsable del curso que ejecute «ciberaula progress».").format(
                path=path
            )
        ) from error


def _times(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: datetime.fromisoformat(value) if key in {"last_activity", "submitted_at"} and value else value
        for key, value in row.items()
    }


def _empty(now: datetime) -> Own:
    """Somebody of whom the course knows nothing yet: the plan, with every module not started."""
    # Reading the plan takes pydantic and YAML, which a page with a copy has no need of.
    from ciberaula.curriculum import load as load_curriculum
    from ciberaula.progress.snapshot import plan_meta

    meta = plan_meta(load_curriculum(), now)
    rows = tuple(
        ModuleRow(
            pseudonym="",
            module=plan.id,
            state="not_started" if plan.written else "planned",
            reasons=(),
            lessons_done=0,
            lessons_total=len(plan.lessons),
            hours_credited=0.0,
            hours_total=plan.hours,
            score=None,
            graded_items=0,
            awaiting_review=0,
            not_gradable=0,
            submitted_at=None,
            last_activity=None,
        )
        for plan in meta.modules
    )
    return Own(meta, LearnerRow("", "", "", "", False, 0.0, 0, None), rows, (), None, 0, ())


def _with_workspace(own: Own, workspace: Path, now: datetime) -> Own:
    """Add lessons done here since the copy, and the feedback pages fetched into the workspace."""
    rows, new = [], 0
    for row, plan in zip(own.modules, own.meta.modules, strict=True):
        events = [
            event
            for folder in (workspace / "modules" / plan.id, workspace / plan.id)
            for event in read_record(folder, until=now)[0]
            if event.module == plan.id
        ]
        done = len(lessons_done(plan.lessons, events))
        last = max((event.at for event in events), default=None)
        new += max(0, done - row.lessons_done)
        rows.append(
            replace(
                row,
                lessons_done=max(done, row.lessons_done),
                last_activity=max((at for at in (last, row.last_activity) if at), default=None),
                state="in_progress" if events and row.state == "not_started" else row.state,
            )
        )
    feedback = tuple(page for plan in own.meta.modules for page in _feedback(workspace, plan.id))
    return replace(own, modules=tuple(rows), new_lessons=new, feedback=feedback)


def _feedback(workspace: Path, module: str) -> list[Feedback]:
    """Feedback pages of a module, newest first, where nbgrader puts what the Assignment List fetches."""
    pages = [
        Feedback(module, path.relative_to(workspace).as_posix(), datetime.fromtimestamp(int(path.stat().st_mtime), UTC))
        for path in (workspace / module / "feedback").glob("*/*.html")
    ]
    return sorted(pages, key=lambda page: page.received_at, reverse=True)
