"""From YAML to a plan; every mistake on the way becomes one Spanish line that says where it is."""

from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from ciberaula.curriculum.plan import Curriculum
from ciberaula.curriculum.policies import PLAN
from ciberaula.curriculum.rules import mistakes_in
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.paths import course_root
from ciberaula.yamlfile import Place, YamlFile, mistakes, read_yaml

SCHEMA = 1
COVERAGE = "modules/coverage.yml"


class PlanError(UserError):
    """Mistakes in the plan or in what follows it: one line each, all of them at once.

    ``plan`` is the plan they are in, where its shape at least is right: other checks can go on with it.
    """

    def __init__(self, mistakes: list[str], plan: Curriculum | None = None) -> None:
        self.mistakes = tuple(mistakes)
        self.plan = plan
        super().__init__("\n".join(mistakes))


def load(root: Path | None = None) -> Curriculum:
    """Read and check the plan of the course at ``root`` (default: the course we are in).

    Raises ``PlanError``. The plan is kept while its two files do not change, so that looking things up often is cheap.
    """
    folder = root or course_root()
    plan, coverage = folder / PLAN, folder / COVERAGE
    return _load(folder, _stamp(plan), _stamp(coverage))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        state = path.stat()
    except OSError:
        return None  # reading it tells why
    return state.st_mtime_ns, state.st_size


@lru_cache(maxsize=4)
def _load(folder: Path, _plan: tuple[int, int] | None, _coverage: tuple[int, int] | None) -> Curriculum:
    try:
        plan, coverage = read_yaml(folder / PLAN, PLAN), read_yaml(folder / COVERAGE, COVERAGE)
    except UserError as error:
        raise PlanError([str(error)]) from error
    if plan.data.get("schema") != SCHEMA:
        raise PlanError([_("{file}: la primera clave debe ser «schema: {schema}».").format(file=PLAN, schema=SCHEMA)])

    def locate(place: Place) -> tuple[YamlFile, Place]:
        return (coverage, ("items", *place[1:])) if place[:1] == ("coverage",) else (plan, place)

    whole = {key: value for key, value in plan.data.items() if key not in {"schema", "coverage"}}
    if "items" in coverage.data:
        whole["coverage"] = coverage.data["items"]
    try:
        curriculum = Curriculum.model_validate(whole)
    except ValidationError as error:
        raise PlanError(mistakes(error, locate)) from None
    broken = mistakes_in(curriculum)
    if broken:
        raise PlanError([f"{PLAN}: {mistake}" for mistake in broken], curriculum)
    return curriculum
