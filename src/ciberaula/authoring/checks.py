"""All checks of the content, in one list of Spanish lines."""

from pathlib import Path

from ciberaula.authoring import leaks, lesson_checks, plan_checks
from ciberaula.curriculum import PlanError, load
from ciberaula.errors import UserError


def mistakes_in(course: Path) -> list[str]:
    """Every mistake in plan, notebooks and content; empty when the course holds.

    A plan that cannot be read hides the rest, and so does a source that cannot: what they say then stands alone.
    """
    try:
        plan = load(course)
        found = [
            *plan_checks.mistakes_in(course, plan),
            *lesson_checks.mistakes_in(course, plan),
            *leaks.leaks(course),
        ]
    except PlanError as error:
        return list(error.mistakes)
    except UserError as error:
        return str(error).splitlines()
    return list(dict.fromkeys(found))
