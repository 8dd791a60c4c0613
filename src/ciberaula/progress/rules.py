"""The rules that turn facts into states. They are stated here, once, and shown to readers in the views.

A module is

- ``planned`` while the course doesn't offer it yet;
- ``completed`` when its assignment is graded to the last item, reaches the pass share of the plan and holds no critical error;
- ``needs_help`` when, otherwise, the items graded so far earn less than the pass share, or one of them is a critical error, or
  the learner began, handed nothing in, and nothing has happened for ``INACTIVE_DAYS`` days (whoever handed in is waiting for
  us, not we for them);
- ``in_progress`` when, otherwise, anything has been done: a lesson, an answer, a submission;
- ``not_started`` when nothing has.

Hours are credited for a completed module, whole: an institution answers for hours, so a part that only the learner's own
record vouches for is shown as lessons done and not as hours.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ciberaula.progress.tables import ItemRow, Reason, State

INACTIVE_DAYS = 14
# Shares of partial credit (thirds, sixths) don't add up exactly in binary; nobody fails for that.
_ROUNDING = 1e-9


def score_of(items: Sequence[ItemRow]) -> float | None:
    """Share of the points of the graded items, 0 to 1; ``None`` while none is graded (which is not a zero)."""
    graded = [(item.earned, item.maximum) for item in items if item.earned is not None]
    maximum = sum(most for _earned, most in graded)
    return sum(earned for earned, _most in graded) / maximum if maximum else None


def reasons_for_help(
    items: Sequence[ItemRow], *, submitted: bool, last_activity: datetime | None, now: datetime, pass_share: float
) -> tuple[Reason, ...]:
    """Why somebody who has not completed a module may need help; empty if nothing says so."""
    reasons: list[Reason] = []
    score = score_of(items)
    if score is not None and score < pass_share - _ROUNDING:
        reasons.append("low_score")
    if any(item.critical for item in items):
        reasons.append("critical_error")
    if not submitted and last_activity is not None and now - last_activity > timedelta(days=INACTIVE_DAYS):
        reasons.append("inactive")
    return tuple(reasons)


def state_of(
    *,
    written: bool,
    expected: int,
    items: Sequence[ItemRow],
    reasons: Sequence[Reason],
    started: bool,
    pass_share: float,
) -> State:
    """The state of one learner in one module; ``expected`` is how many graded items the plan gives it."""
    if not written:
        return "planned"
    score = score_of(items)
    graded = sum(item.earned is not None for item in items)
    passed = score is not None and score >= pass_share - _ROUNDING
    if expected and graded >= expected and passed and not any(item.critical for item in items):
        return "completed"
    if reasons:
        return "needs_help"
    return "in_progress" if started else "not_started"
