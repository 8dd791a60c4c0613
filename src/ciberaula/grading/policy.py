"""Which attempt counts, what being late costs, and until when somebody had: pure rules, and their way into nbgrader's rows.

The rules are the plan's (``ciberaula.curriculum.policies``). Times are UTC without a zone, as nbgrader keeps them.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa
from nbgrader.api import Assignment, Grade, SubmittedAssignment, SubmittedNotebook
from nbgrader.plugins import LateSubmissionPlugin
from sqlalchemy.orm import Session, scoped_session

from ciberaula.curriculum.policies import Attempts, Late, Policy, policy_of
from ciberaula.grading import ledger
from ciberaula.i18n import _, ngettext

__all__ = [
    "AHEAD",
    "AnySession",
    "Attempts",
    "Late",
    "LatePenalty",
    "Policy",
    "apply_extension",
    "apply_extensions",
    "decide",
    "due_of",
    "dues_of",
    "late_penalty",
    "policy_of",
    "refresh_penalties",
    "session_on",
    "why_kept",
]

AnySession = Session | scoped_session[Session]
"""A session of SQLAlchemy on the gradebook: ``Gradebook.db``, or one's own on a connection of the ledger."""

_DAY = 24 * 60 * 60
AHEAD = timedelta(minutes=10)  # between the clocks of two machines
# How much of an attempt has a score. What counts may be moved aside only by what has at least as much.
_RANK = {"failed": 0, "not_gradable": 1, "graded": 2, "kept": 2, "unchanged": 2}


@contextmanager
def session_on(db_url: str) -> Iterator[Session]:
    """nbgrader's rows and ours in one transaction that writes: all of it or nothing."""
    with ledger.writing(db_url) as connection, Session(bind=connection) as session:
        yield session
        session.flush()


def decide(
    policy: Policy, before: Sequence[ledger.Attempt], now: ledger.Attempt, *, due: datetime | None = None
) -> bool:
    """True when ``now`` counts from here on; false when what counted goes on counting.

    ``before``: the student's attempts in any order; one with the number of ``now`` is the same attempt graded earlier and
    is left out. ``due``: until when this student had (``due_of``); without it nothing is late.

    - Nothing takes the place of something better graded: failed < not gradable < graded. So an attempt without a full
      score never hides one with a score, and counts as long as there is none.
    - Beyond ``most`` graded attempts, none counts. What could not be graded does not use one up.
    - ``last``: the last in time; where being late costs, what is late does not take the place of what was in time.
    - ``best``: most points by test after the late penalty; equal ones leave the earlier in place.
    """
    return _kept_because(policy, before, now, due) is None


def why_kept(
    policy: Policy, before: Sequence[ledger.Attempt], now: ledger.Attempt, *, due: datetime | None = None
) -> str | None:
    """One Spanish phrase for the instructor where ``now`` does not count, without a full stop; ``None`` where it does."""
    return _kept_because(policy, before, now, due)


def late_penalty(late: Late, score: float, seconds_late: float) -> float | None:
    """Points that work worth ``score`` loses, from 0 to ``score``; ``None`` where it loses none."""
    beyond = seconds_late - late.grace_minutes * 60
    if late.penalty == "none" or beyond <= 0 or score <= 0:
        return None
    if late.penalty == "zero":
        return score
    lost = (late.points_per_day or 0.0) * math.ceil(beyond / _DAY)
    if late.most_points is not None:
        lost = min(lost, late.most_points)
    return min(lost, score)


class LatePenalty(LateSubmissionPlugin):  # type: ignore[misc]
    """nbgrader's late penalty, as the plan says it for the assignment being graded."""

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """Points lost by one notebook; ``None`` for none. ``AssignLatePenalties``, the parent, knows the assignment."""
        assignment, session = self.parent.assignment_id, self.parent.gradebook.db
        if sa.inspect(session.connection()).has_table(ledger.extensions.name):
            # Granted before anything was handed in, when nbgrader had no row to keep it in.
            apply_extension(session, assignment, student_id)
            (submission,) = _submissions(session, assignment, [student_id])
            total_seconds_late = submission.total_seconds_late
        return late_penalty(policy_of(assignment).late, score, total_seconds_late)


def due_of(session: AnySession, assignment: str, student: str) -> datetime | None:
    """Until when a student has, extension included; ``None`` where the assignment has no deadline."""
    return dues_of(session, assignment, [student])[student]


def dues_of(session: AnySession, assignment: str, students: Sequence[str]) -> dict[str, datetime | None]:
    """``due_of`` for many, with three queries."""
    deadline = _deadline(session, assignment)
    if deadline is None:
        return dict.fromkeys(students)
    # nbgrader's own row too: it may hold what was granted without our ledger.
    extra = {one.student_id: one.extension for one in _submissions(session, assignment, students) if one.extension}
    extra.update(_granted(session, assignment, students))
    return {student: deadline + extra.get(student, timedelta()) for student in students}


def apply_extension(session: AnySession, assignment: str, student: str) -> None:
    """Put what was granted to a student before anything was handed in into nbgrader's row, once there is one.

    Writes in the caller's transaction and commits nothing.
    """
    apply_extensions(session, assignment, [student])


def apply_extensions(session: AnySession, assignment: str, students: Sequence[str]) -> None:
    """``apply_extension`` for many, with three queries. Whoever the ledger does not name keeps what nbgrader has."""
    deadline = _deadline(session, assignment)
    granted = _granted(session, assignment, students)
    for submission in _submissions(session, assignment, list(granted)):
        minutes = granted[submission.student_id]
        # nbgrader adds the extension to a deadline without looking whether there is one.
        wanted = minutes if minutes and deadline is not None else None
        if submission.extension != wanted:
            submission.extension = wanted


def refresh_penalties(session: AnySession, assignment: str, students: Sequence[str] | None = None) -> int:
    """Work out the late penalties anew from what the rows now say; return how many changed.

    nbgrader does so only while it grades: points that a person gives later, a new deadline or an extension would leave
    the old penalty standing. Writes in the caller's transaction and commits nothing.
    """
    late = policy_of(assignment).late
    session.flush()
    changed = 0
    scores = _scores(session, assignment, students)
    for submission in _submissions(session, assignment, students):
        seconds = submission.total_seconds_late
        for notebook in submission.notebooks:
            penalty = late_penalty(late, scores.get(notebook.id, 0.0), seconds) if seconds > 0 else None
            if notebook.late_submission_penalty != penalty:
                notebook.late_submission_penalty = penalty
                changed += 1
    return changed


def _kept_because(
    policy: Policy, before: Sequence[ledger.Attempt], now: ledger.Attempt, due: datetime | None
) -> str | None:
    others = [one for one in before if one.number != now.number]
    counting = next((one for one in others if one.counts), None)
    used = sum(_RANK[one.state] == 2 for one in others if _earlier(one, now))
    most = policy.attempts.most
    if most is not None and used >= most:
        return ngettext(
            "se admite {most} entrega calificada y esta es posterior; se conserva sin contar",
            "se admiten {most} entregas calificadas y esta es posterior; se conserva sin contar",
            most,
        ).format(most=most)
    if counting is None:
        return None
    if _RANK[now.state] != _RANK[counting.state]:
        if _RANK[now.state] > _RANK[counting.state]:
            return None
        return _("no se pudo calificar del todo ({reason}); mientras tanto cuenta la entrega n.º {number}").format(
            reason=(now.reason or _("sin detalle")).rstrip("."), number=counting.number
        )
    if policy.attempts.counts == "best":
        return _not_better(policy.late, counting, now, due)
    return _not_last(policy.late, counting, now, due)


def _not_better(late: Late, counting: ledger.Attempt, now: ledger.Attempt, due: datetime | None) -> str | None:
    mine, theirs = _worth(late, now, due), _worth(late, counting, due)
    if mine > theirs or (mine == theirs and _before(now, counting)):
        return None
    return _("cuenta la mejor entrega, que sigue siendo la n.º {number}").format(number=counting.number)


def _not_last(late: Late, counting: ledger.Attempt, now: ledger.Attempt, due: datetime | None) -> str | None:
    if _pays(late, now, due) and not _pays(late, counting, due):
        return _("llegó fuera de plazo; cuenta la entrega n.º {number}, que llegó a tiempo").format(
            number=counting.number
        )
    if _before(now, counting) and (_pays(late, now, due) or not _pays(late, counting, due)):
        return _("cuenta la última entrega, la n.º {number}").format(number=counting.number)
    return None


def _earlier(one: ledger.Attempt, other: ledger.Attempt) -> bool:
    """True for what was handed in first; a bundle from the field may be graded long after what followed it."""
    if one.submitted_at and other.submitted_at and one.submitted_at != other.submitted_at:
        return one.submitted_at < other.submitted_at
    return one.number < other.number


def _before(now: ledger.Attempt, counting: ledger.Attempt) -> bool:
    """True where what is being graded was handed in before what counts.

    A date later than this very moment comes from a clock that ran ahead: nothing could ever follow it.
    """
    ahead = counting.submitted_at is not None and counting.submitted_at > now.graded_at + AHEAD
    return _earlier(now, counting) and not ahead


def _worth(late: Late, attempt: ledger.Attempt, due: datetime | None) -> float:
    points = attempt.points or 0.0
    return points - (late_penalty(late, points, _seconds_late(attempt, due)) or 0.0)


def _pays(late: Late, attempt: ledger.Attempt, due: datetime | None) -> bool:
    """True for what is so late that it costs, whatever it is worth."""
    return late_penalty(late, 1.0, _seconds_late(attempt, due)) is not None


def _seconds_late(attempt: ledger.Attempt, due: datetime | None) -> float:
    if due is None or attempt.submitted_at is None:
        return 0.0
    return max(0.0, (attempt.submitted_at - due).total_seconds())


def _deadline(session: AnySession, assignment: str) -> datetime | None:
    query = sa.select(Assignment.duedate).where(Assignment.name == assignment)
    found: datetime | None = session.execute(query).scalar_one_or_none()
    return found


def _granted(session: AnySession, assignment: str, students: Sequence[str]) -> dict[str, timedelta]:
    table = ledger.extensions
    rows = session.execute(
        sa.select(table.c.student, table.c.minutes).where(
            table.c.assignment == assignment, table.c.student.in_(students)
        )
    )
    return {student: timedelta(minutes=minutes) for student, minutes in rows}


def _submissions(session: AnySession, assignment: str, students: Sequence[str] | None) -> Iterable[SubmittedAssignment]:
    query = (
        sa.select(SubmittedAssignment)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment)
    )
    if students is not None:
        query = query.where(SubmittedAssignment.student_id.in_(students))
    return session.execute(query).scalars().all()


def _scores(session: AnySession, assignment: str, students: Sequence[str] | None) -> dict[str, float]:
    """Points of each submitted notebook before any penalty, by its row's id."""
    query = (
        sa.select(SubmittedNotebook.id, sa.func.coalesce(sa.func.sum(Grade.score), 0.0).label("points"))
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .where(Assignment.name == assignment)
        .group_by(SubmittedNotebook.id)
    )
    if students is not None:
        query = query.where(SubmittedAssignment.student_id.in_(students))
    rows = session.execute(query)
    return {row.id: row.points for row in rows}
