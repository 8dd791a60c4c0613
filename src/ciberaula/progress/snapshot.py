"""Join gradebook, roster, learning records, graded notebooks and plan into one snapshot."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from ciberaula.curriculum import Curriculum, Module
from ciberaula.curriculum import load as load_curriculum
from ciberaula.grading.config import note_place
from ciberaula.grading.roster import Learner, read_roster
from ciberaula.paths import course_root
from ciberaula.progress import mine, store
from ciberaula.progress.gradebook import GradeFact, read_grades, read_students, read_troubles
from ciberaula.progress.marks import CellMark, SlipsOf, read_marks
from ciberaula.progress.pseudonym import pseudonym, secret
from ciberaula.progress.records import Event, lessons_done, read_record
from ciberaula.progress.rules import reasons_for_help, score_of, state_of
from ciberaula.progress.slips import released_questions, slips_of
from ciberaula.progress.tables import (
    SCHEMA,
    ItemRow,
    LearnerRow,
    Meta,
    ModulePlan,
    ModuleRow,
    ReviewRow,
    SlipRow,
    Snapshot,
    Status,
)


@dataclass
class _Work:
    """All that is known of one learner's work on one module."""

    grades: list[GradeFact] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    marks: dict[str, CellMark] = field(default_factory=dict)
    submitted_at: datetime | None = None
    failed: str | None = None
    """Why none of the latest work could be graded; ``None`` where that is not so."""


def refresh(home: Path, course: Path | None = None, *, now: datetime | None = None) -> Snapshot:
    """Build a snapshot of the course (default: the one we are in) and put it, with every learner's copy, where views look."""
    snapshot = build(home, load_curriculum(course), course, now=now)
    note_place(home)
    store.write(home, snapshot)
    mine.write_copies(home, snapshot)
    return snapshot


def build(home: Path, curriculum: Curriculum, course: Path | None = None, *, now: datetime | None = None) -> Snapshot:
    """Read everything under ``home`` (the gradebook read-only) and return the snapshot; nothing is written.

    ``now`` (UTC, default: the present) dates it, and is what inactivity is counted up to. Raises ``UserError`` for a
    roster or gradebook that can't be read. Learners are all of the roster, and whoever else the gradebook knows. ``course``
    (default: the one we are in) has the released questions.
    """
    moment = (now or datetime.now(UTC)).replace(microsecond=0)
    key = secret(home)
    roster = _roster(home)
    everybody = sorted({*roster, *read_students(home)})
    work, bad_lines = _gather(home, curriculum, course or course_root(), everybody, moment)
    rows = _Rows()
    for student in everybody:
        _add_learner(rows, pseudonym(key, student), roster.get(student), work[student], curriculum, moment)
    return Snapshot(
        meta=plan_meta(curriculum, moment, bad_lines),
        learners=tuple(rows.learners),
        modules=tuple(rows.modules),
        items=tuple(rows.items),
        reviews=tuple(rows.reviews),
        slips=tuple(SlipRow(*place, count) for place, count in sorted(rows.slips.items())),
    )


def _roster(home: Path) -> dict[str, Learner]:
    path = home / "roster.csv"
    return read_roster(path) if path.exists() else {}


@dataclass
class _Rows:
    learners: list[LearnerRow] = field(default_factory=list)
    modules: list[ModuleRow] = field(default_factory=list)
    items: list[ItemRow] = field(default_factory=list)
    reviews: list[ReviewRow] = field(default_factory=list)
    slips: Counter[tuple[str, str, str, str, str]] = field(default_factory=Counter)


def _gather(
    home: Path, curriculum: Curriculum, course: Path, everybody: Iterable[str], now: datetime
) -> tuple[Mapping[str, dict[str, _Work]], int]:
    work: dict[str, dict[str, _Work]] = defaultdict(lambda: defaultdict(_Work))
    bad_lines = 0
    for fact in read_grades(home):
        graded = work[fact.student][fact.assignment]
        graded.grades.append(fact)
        graded.submitted_at = fact.submitted_at or now
    for (student, assignment), trouble in read_troubles(home).items():
        if trouble.whole:
            one = work[student][assignment]
            one.failed = _without(student, trouble.reason)
            one.submitted_at = one.submitted_at or trouble.submitted_at or now
    wrong = {module.id: _slips_in(course, module) for module in curriculum.written}
    for student in everybody:
        for module in curriculum.modules:
            handed_in = home / "submitted" / student / module.assignment.id
            if not handed_in.is_dir():
                continue
            one = work[student][module.assignment.id]
            one.submitted_at = one.submitted_at or _stamp_of(handed_in, now)
            one.events, bad = read_record(handed_in, until=now)
            bad_lines += bad
            one.marks = read_marks(home / "autograded" / student / module.assignment.id, wrong.get(module.id))
    return work, bad_lines


def _without(student: str, reason: str) -> str:
    """``reason`` without the student's id, which a path in it may hold."""
    return re.sub(rf"(?<![\w.-]){re.escape(student)}(?![\w-])", "…", reason)


def _slips_in(course: Path, module: Module) -> SlipsOf:
    """What says, for a grade id of the module's assignment and its score, what was answered wrongly."""
    kinds = {item.id: item.kind for item in module.assignment.items}
    questions = released_questions(course, module.assignment.id)
    return lambda item, score: slips_of(kinds[item], score, questions.get(item)) if item in kinds else ()


def _stamp_of(folder: Path, now: datetime) -> datetime:
    """When a submission was made: nbgrader's ``timestamp.txt``, or the time of the folder where there is none."""
    from nbgrader.utils import parse_utc

    try:
        made: datetime = parse_utc((folder / "timestamp.txt").read_text(encoding="utf-8").strip())
        return min(made.replace(tzinfo=UTC), now)
    except (OSError, ValueError):
        return min(datetime.fromtimestamp(int(folder.stat().st_mtime), UTC), now)


def _add_learner(
    rows: _Rows,
    who: str,
    entry: Learner | None,
    work: dict[str, _Work],
    curriculum: Curriculum,
    now: datetime,
) -> None:
    own: list[ModuleRow] = []
    for module in curriculum.modules:
        one = work.get(module.assignment.id, _Work())
        items = [item for fact in one.grades if (item := _item(who, module, fact, one.marks)) is not None]
        own.append(_module(who, module, one, items, now, curriculum.pass_policy.share))
        rows.items += items
        _count_slips(rows, module, entry, items, one.marks)
        rows.reviews += _reviews(who, module, one, items)
    rows.modules += own
    rows.learners.append(
        LearnerRow(
            pseudonym=who,
            cohort=entry.cohort if entry else "",
            group=entry.group if entry else "",
            setting=entry.setting if entry else "",
            simulated=entry.simulated if entry else False,
            hours_credited=sum(row.hours_credited for row in own),
            modules_completed=sum(row.state == "completed" for row in own),
            last_activity=max((row.last_activity for row in own if row.last_activity), default=None),
        )
    )


def _count_slips(
    rows: _Rows, module: Module, entry: Learner | None, items: Sequence[ItemRow], marks: Mapping[str, CellMark]
) -> None:
    cohort, group = (entry.cohort, entry.group) if entry else ("", "")
    for item in items:
        if item.status == "scored" and item.item in marks:
            rows.slips.update((module.id, item.item, cohort, group, slip) for slip in marks[item.item].slips)


def _item(who: str, module: Module, fact: GradeFact, marks: Mapping[str, CellMark]) -> ItemRow | None:
    """The row of one grade; ``None`` for a graded cell that the plan doesn't know (an older version of the assignment)."""
    planned = {item.id: item for item in module.assignment.items}.get(fact.item)
    if planned is None:
        return None
    mark = marks.get(fact.item, CellMark(False, False, False))
    status: Status
    if fact.manual is None and mark.not_gradable and fact.auto is None:
        status = "not_gradable"
    elif fact.manual is None and fact.needs_manual:
        status = "awaiting_review"
    elif fact.points is None:
        status = "submitted"
    else:
        status = "unanswered" if mark.unanswered else "scored"
    return ItemRow(
        pseudonym=who,
        module=module.id,
        item=planned.id,
        kind=planned.kind,
        competence=planned.competence,
        status=status,
        earned=fact.points if status in {"scored", "unanswered"} else None,
        maximum=fact.maximum,
        critical=mark.critical,
    )


def _reviews(who: str, module: Module, work: _Work, items: Sequence[ItemRow]) -> list[ReviewRow]:
    notebooks = {fact.item: fact.notebook for fact in work.grades}
    found = [] if work.failed is None else [ReviewRow(who, module.id, "", "failed", "", work.submitted_at, work.failed)]
    for item in items:
        if item.status == "awaiting_review" or item.status == "not_gradable":
            reason = work.marks[item.item].reason if item.status == "not_gradable" else ""
            found.append(
                ReviewRow(who, module.id, item.item, item.status, notebooks[item.item], work.submitted_at, reason)
            )
    return found


def _module(
    who: str,
    module: Module,
    work: _Work,
    items: Sequence[ItemRow],
    now: datetime,
    pass_share: float,
) -> ModuleRow:
    lessons = [lesson.id for lesson in module.lessons if lesson.kind == "lesson"]
    moments = [event.at for event in work.events]
    if work.submitted_at:
        moments.append(min(work.submitted_at, now))
    last = max(moments, default=None)
    reasons = reasons_for_help(
        items, submitted=work.submitted_at is not None, last_activity=last, now=now, pass_share=pass_share
    )
    state = state_of(
        written=module.written,
        expected=len(module.assignment.items),
        items=items,
        reasons=reasons,
        started=last is not None,
        pass_share=pass_share,
    )
    return ModuleRow(
        pseudonym=who,
        module=module.id,
        state=state,
        reasons=reasons if state == "needs_help" else (),
        lessons_done=len(lessons_done(lessons, work.events)),
        lessons_total=len(lessons),
        hours_credited=float(module.hours) if state == "completed" else 0.0,
        hours_total=float(module.hours),
        score=score_of(items),
        graded_items=sum(item.earned is not None for item in items),
        awaiting_review=sum(item.status == "awaiting_review" for item in items),
        not_gradable=sum(item.status == "not_gradable" for item in items),
        submitted_at=work.submitted_at,
        last_activity=last.replace(microsecond=0) if last else None,
    )


def plan_meta(curriculum: Curriculum, now: datetime, bad_lines: int = 0) -> Meta:
    """What views need of the plan, dated ``now`` (UTC)."""
    policy = curriculum.pass_policy
    return Meta(
        schema=SCHEMA,
        build=token_hex(8),
        built_at=now,
        curriculum_digest=hashlib.sha256(curriculum.model_dump_json().encode()).hexdigest(),
        pass_share=policy.share,
        provisional=policy.status == "provisional",
        hours_total=float(curriculum.hours),
        bad_lines=bad_lines,
        modules=tuple(_plan(module) for module in curriculum.modules),
        competences={one.id: one.name for one in curriculum.competences},
    )


def _plan(module: Module) -> ModulePlan:
    return ModulePlan(
        id=module.id,
        title=module.title,
        hours=float(module.hours),
        written=module.written,
        lessons={lesson.id: lesson.title for lesson in module.lessons if lesson.kind == "lesson"},
        assignment=module.assignment.title,
        items={item.id: (item.kind, item.competence, item.points) for item in module.assignment.items},
    )
