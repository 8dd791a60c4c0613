"""Which attempt of a trainee counts and what being late costs: shapes, and reading them without the rest of the plan.

``modules/curriculum.yml`` may say ``attempts`` and ``late`` for the whole course, and again inside an assignment: then the
assignment's ``attempts`` or ``late`` stands, whole, in the place of the course's.
"""

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from ciberaula.i18n import _
from ciberaula.paths import course_root
from ciberaula.yamlfile import Place, Strict, YamlFile, read_yaml, validate

PLAN = "modules/curriculum.yml"


class Attempts(Strict):
    """``counts``: the best attempt or the last one. ``most``: how many graded attempts may count; ``None`` for no limit."""

    counts: Literal["best", "last"] = "last"
    most: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None


class Late(Strict):
    """What work handed in after its deadline loses.

    ``none``: nothing. ``zero``: all of its points. ``points``: ``points_per_day`` for each day that has begun since the
    deadline, up to ``most_points`` where given. ``grace_minutes`` after the deadline still count as in time.
    """

    penalty: Literal["none", "zero", "points"] = "none"
    points_per_day: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] | None = None
    most_points: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] | None = None
    grace_minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60, strict=True)] = 0

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.penalty == "points" and self.points_per_day is None:
            raise ValueError(_("«penalty: points» necesita «points_per_day»: diga cuántos puntos resta cada día."))
        if self.penalty != "points" and (self.points_per_day is not None or self.most_points is not None):
            raise ValueError(
                _(
                    "«points_per_day» y «most_points» solo valen con «penalty: points»: quítelos o cambie la penalización."
                )
            )
        return self


class Policy(Strict):
    """What the plan says of an assignment's attempts and of late work."""

    attempts: Attempts = Attempts()
    late: Late = Late()

    @property
    def one_by_one(self) -> bool:
        """True where an attempt that is not the last may count, so that each must be graded before the next comes in."""
        return self.attempts.counts == "best" or self.attempts.most is not None or self.late.penalty != "none"


def policy_of(assignment: str, root: Path | None = None) -> Policy:
    """The policy of an assignment, written or planned; the course's own for one that the plan does not name.

    Only these keys are read, so that a hole elsewhere in the plan does not stop the grading. Raises ``UserError`` where
    they hold a mistake. The plan is kept while its file does not change.
    """
    folder = root or course_root()
    path = folder / PLAN
    try:
        state = path.stat()
        stamp = (state.st_mtime_ns, state.st_size)
    except OSError:
        stamp = None  # reading it tells why
    return _policy_of(assignment, path, stamp)


@lru_cache(maxsize=64)
def _policy_of(assignment: str, path: Path, stamp: tuple[int, int] | None) -> Policy:
    plan = _plan(path, stamp)
    general = {key: plan.data[key] for key in Policy.model_fields if key in plan.data}
    validate(Policy, plan, general)
    own, place = _own(plan.data, assignment)
    special = {key: own[key] for key in Policy.model_fields if key in own}
    validate(Policy, plan, special, place)
    return Policy.model_validate({**general, **special})


@lru_cache(maxsize=4)
def _plan(path: Path, _stamp: tuple[int, int] | None) -> YamlFile:
    return read_yaml(path, PLAN)


def _own(data: dict[str, Any], assignment: str) -> tuple[dict[str, Any], Place]:
    """The mapping of an assignment in the plan, as it stands there, and its place; an empty one where there is none."""
    modules = data.get("modules")
    for index, module in enumerate(modules if isinstance(modules, list) else []):
        found = module.get("assignment") if isinstance(module, dict) else None
        if isinstance(found, dict) and found.get("id") == assignment:
            return found, ("modules", index, "assignment")
    return {}, ()
