"""All checks of the content, in one list of Spanish lines."""

from functools import partial
from pathlib import Path

from ciberaula.authoring import leaks, lesson_checks, plan_checks
from ciberaula.curriculum import PlanError, load
from ciberaula.errors import UserError


def mistakes_in(course: Path) -> list[str]:
    """Every mistake in plan, notebooks and content; empty when the course holds.

    A plan that cannot be read hides the rest: what it says then stands alone. A source that cannot be read hides what its
    own kind of check would have found.
    """
    found: list[str] = []
    try:
        plan = load(course)
    except PlanError as error:
        found += error.mistakes
        if error.plan is None:
            return found
        plan = error.plan
    for check in (
        partial(plan_checks.mistakes_in, plan=plan),
        partial(lesson_checks.mistakes_in, plan=plan),
        leaks.leaks,
    ):
        try:
            found += check(course)
        except UserError as error:
            found += str(error).splitlines()
    return list(dict.fromkeys(found))
