"""Grading a part of a cohort in one process: what a worker is given, and what it gives back."""

from dataclasses import dataclass

from ciberaula.grading.cohort import Cohort
from ciberaula.grading.outcomes import Graded
from ciberaula.grading.trusted import scoring_batch


@dataclass(frozen=True)
class Order:
    """Submissions of one assignment to grade together: one write to the gradebook, so all of them or none."""

    assignment: str
    students: tuple[str, ...]
    force: bool = False


def grade_chunk(order: Order) -> list[Graded]:
    """Grade the submissions of ``order`` in this process, in order. Whatever is wrong with one costs only that one."""
    cohort = Cohort()
    with scoring_batch():
        return [
            one for student in order.students for one in cohort.autograde(order.assignment, student, force=order.force)
        ]
