"""Shapes of the snapshot: what is known of each learner, module and item. No name, no student id, nobody's own words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# Counts up whenever a table changes in a way that an older reader would misread.
SCHEMA = 1

State = Literal["planned", "not_started", "in_progress", "needs_help", "completed"]
Status = Literal["scored", "unanswered", "awaiting_review", "not_gradable", "submitted"]
ReviewStatus = Literal["awaiting_review", "not_gradable", "failed"]
Reason = Literal["low_score", "critical_error", "inactive"]


@dataclass(frozen=True)
class ItemRow:
    """One graded item of one submission.

    ``earned`` is in points, out of ``maximum``, and ``None`` unless ``status`` is ``scored`` or ``unanswered`` (then 0):
    what awaits a person (``awaiting_review``), could not be graded (``not_gradable``) or was not graded yet
    (``submitted``) is never a zero.
    """

    pseudonym: str
    module: str
    item: str
    kind: str
    competence: str
    status: Status
    earned: float | None
    maximum: float
    critical: bool


@dataclass(frozen=True)
class ModuleRow:
    """One learner in one module. Times are UTC; ``score`` is a share from 0 to 1 of the points graded so far."""

    pseudonym: str
    module: str
    state: State
    reasons: tuple[Reason, ...]
    lessons_done: int
    lessons_total: int
    hours_credited: float
    hours_total: float
    score: float | None
    graded_items: int
    awaiting_review: int
    not_gradable: int
    submitted_at: datetime | None
    last_activity: datetime | None


@dataclass(frozen=True)
class LearnerRow:
    """One learner over the whole course. ``setting`` is urban, rural or empty."""

    pseudonym: str
    cohort: str
    group: str
    setting: str
    simulated: bool
    hours_credited: float
    modules_completed: int
    last_activity: datetime | None


@dataclass(frozen=True)
class ReviewRow:
    """One answer that waits for a person, or could not be read; ``failed``: a whole submission that could not be graded.

    ``notebook`` is nbgrader's id of the submitted notebook (a random UUID). It and ``item`` are empty for a submission.
    ``reason`` is for the instructor, without anybody's id.
    """

    pseudonym: str
    module: str
    item: str
    status: ReviewStatus
    notebook: str
    submitted_at: datetime | None
    reason: str = ""


@dataclass(frozen=True)
class SlipRow:
    """How many people of a group gave one wrong answer to an item; ``answer`` in words of the course, never theirs."""

    module: str
    item: str
    cohort: str
    group: str
    answer: str
    count: int


@dataclass(frozen=True)
class ModulePlan:
    """What views need to know of a module's plan. ``items`` maps an item's id to its (kind, competence, points)."""

    id: str
    title: str
    hours: float
    written: bool
    lessons: dict[str, str]
    assignment: str
    items: dict[str, tuple[str, str, float]]


@dataclass(frozen=True)
class Meta:
    """When and from what a snapshot was made. ``bad_lines``: lines of learning records that were no valid statement."""

    schema: int
    build: str
    built_at: datetime
    curriculum_digest: str
    pass_share: float
    provisional: bool
    hours_total: float
    bad_lines: int
    modules: tuple[ModulePlan, ...]
    competences: dict[str, str]


@dataclass(frozen=True)
class Snapshot:
    """Everything the views show, as plain rows."""

    meta: Meta
    learners: tuple[LearnerRow, ...]
    modules: tuple[ModuleRow, ...]
    items: tuple[ItemRow, ...]
    reviews: tuple[ReviewRow, ...]
    slips: tuple[SlipRow, ...] = ()

    @property
    def simulated(self) -> bool:
        """Whether any of the learners is invented, so that every view must say so."""
        return any(learner.simulated for learner in self.learners)
