"""Work that was handed in and could not be graded, wholly or in part: what the ledger says of each person's latest.

nbgrader's tables know nothing of work that could not be opened: without this it would look as if it had never come.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ciberaula.grading import ledger


@dataclass(frozen=True)
class Trouble:
    """What is wrong with somebody's latest work. ``submitted_at`` is UTC.

    ``whole``: none of it could be graded; otherwise some answers. ``superseded``: the marks of an earlier work count.
    """

    whole: bool
    superseded: bool
    reason: str
    submitted_at: datetime | None


def troubles(session: Session, assignments: Collection[str] | None = None) -> dict[tuple[str, str], Trouble]:
    """By student and assignment, whatever could not be graded of the latest work; of some assignments, or of all."""
    table = ledger.attempts
    if not sa.inspect(session.connection()).has_table(table.name):  # a gradebook that only formgrader has used
        return {}
    query = sa.select(table).order_by(table.c.graded_at, table.c.number)
    if assignments is not None:
        query = query.where(table.c.assignment.in_(assignments))
    latest, counted = {}, set()
    for row in session.execute(query):
        whose = (row.student, row.assignment)
        latest[whose] = row
        if row.counts:
            counted.add(whose)
    return {
        whose: Trouble(
            whole=row.state == "failed",
            superseded=not row.counts and whose in counted,
            reason=row.reason or "",
            submitted_at=row.submitted_at.replace(tzinfo=UTC) if row.submitted_at else None,
        )
        for whose, row in latest.items()
        if row.state in ("failed", "not_gradable")
    }
