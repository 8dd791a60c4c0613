"""From YAML to a plan; every mistake on the way becomes one Spanish line that says where it is."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from ciberaula.curriculum.plan import Curriculum
from ciberaula.curriculum.rules import mistakes_in
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.paths import course_root

SCHEMA = 1
PLAN = "modules/curriculum.yml"
COVERAGE = "modules/coverage.yml"

Location = tuple[int | str, ...]


class PlanError(UserError):
    """Mistakes in the plan or in what follows it: one line each, all of them at once."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(mistakes))


def load(root: Path | None = None) -> Curriculum:
    """Read and check the plan of the course at ``root`` (default: the course we are in).

    Raises ``PlanError``. The plan is kept while its two files do not change, so that looking things up often is cheap.
    """
    folder = root or course_root()
    plan, coverage = folder / PLAN, folder / COVERAGE
    return _load(folder, _stamp(plan), _stamp(coverage))


def _stamp(path: Path) -> tuple[int, int]:
    try:
        state = path.stat()
    except OSError as error:
        raise PlanError(
            [_("No se puede leer {path} ({reason}): restaure el archivo.").format(path=path, reason=error.strerror)]
        ) from error
    return state.st_mtime_ns, state.st_size


@lru_cache(maxsize=4)
def _load(folder: Path, _plan: tuple[int, int], _coverage: tuple[int, int]) -> Curriculum:
    plan, plan_lines = read_yaml(folder / PLAN, PLAN)
    coverage, coverage_lines = read_yaml(folder / COVERAGE, COVERAGE)
    mistakes = [*_header(plan, PLAN, "modules"), *_header(coverage, COVERAGE, "items")]
    if mistakes:
        raise PlanError(mistakes)
    if plan.pop("schema", None) != SCHEMA:
        raise PlanError([_("{file}: la primera clave debe ser «schema: {schema}».").format(file=PLAN, schema=SCHEMA)])
    try:
        curriculum = Curriculum.model_validate({**plan, "coverage": coverage["items"]})
    except ValidationError as error:
        raise PlanError(_explain(error, plan_lines, coverage_lines)) from None
    mistakes = mistakes_in(curriculum)
    if mistakes:
        raise PlanError([f"{PLAN}: {mistake}" for mistake in mistakes])
    return curriculum


def _header(data: Any, name: str, key: str) -> Iterator[str]:
    if not isinstance(data, dict) or key not in data:
        yield _("{file}: falta la clave «{key}» en el primer nivel.").format(file=name, key=key)


def read_yaml(path: Path, name: str) -> tuple[Any, dict[Location, int]]:
    """Parse a YAML file; returns its data and the line (from 1) on which each place of it begins.

    Raises ``PlanError`` with the line for bad syntax, a repeated key (PyYAML would silently keep the last one) or text
    that is not UTF-8.
    """
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        lines: dict[Location, int] = {}
        if node is not None:
            _note_lines(node, (), lines, name)
        # SafeLoader makes plain data only; composing above proves the same text parses.
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise PlanError(
            [
                _(
                    "{file}, línea {line}: el YAML no se entiende ({problem}); corrija la sangría o las comillas."
                ).format(file=name, line=line, problem=error.problem)
            ]
        ) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PlanError(
            [_("{file}: no se puede leer ({reason}); guárdelo como texto UTF-8.").format(file=name, reason=error)]
        ) from None
    return data, lines


def _note_lines(node: yaml.Node, place: Location, lines: dict[Location, int], name: str) -> None:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            _note_lines(child, (*place, index), lines, name)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, child in node.value:
            if key.value in seen:
                raise PlanError(
                    [
                        _("{file}, línea {line}: la clave «{key}» está repetida; deje una sola.").format(
                            file=name, line=key.start_mark.line + 1, key=key.value
                        )
                    ]
                )
            seen.add(key.value)
            _note_lines(child, (*place, key.value), lines, name)


def _explain(error: ValidationError, plan: dict[Location, int], coverage: dict[Location, int]) -> list[str]:
    """One line for each mistake of shape, with file, line and the way to the value."""
    told = []
    errors = error.errors(include_url=False)
    for one in errors:
        place: Location = one["loc"]
        # pydantic also calls a list too short when an element of it is wrong; the element's own line says it all.
        if one["type"] == "too_short" and any(other["loc"][: len(place)] == place != other["loc"] for other in errors):
            continue
        name, lines = PLAN, plan
        if place[:1] == ("coverage",):
            name, lines, place = COVERAGE, coverage, ("items", *place[1:])
        told.append(
            _("{file}, línea {line}: {way}: {problem}.").format(
                file=name, line=_line_of(place, lines), way=_way(place), problem=_problem(one)
            )
        )
    return told


def _line_of(place: Location, lines: dict[Location, int]) -> int:
    """The line of a place; of a missing one, the line of what should hold it."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _way(place: Location) -> str:
    return " › ".join(f"n.º {part + 1}" if isinstance(part, int) else part for part in place)


def _problem(error: Any) -> str:
    """Say in Spanish what pydantic says; the kinds are those that the shapes of ``plan`` can raise."""
    kind, value, context = error["type"], error.get("input"), error.get("ctx", {})
    if kind == "missing":
        return _("falta este dato")
    if kind == "extra_forbidden":
        return _("este dato no existe en el plan; bórrelo o corrija su nombre")
    if kind == "literal_error":
        return _("«{value}» no es válido; use {expected}").format(
            value=value, expected=context["expected"].replace(" or ", " o ")
        )
    if kind == "string_pattern_mismatch":
        return _("«{value}» no tiene la forma debida ({pattern})").format(value=value, pattern=context["pattern"])
    if kind in {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}:
        limits = {
            "greater_than": _("mayor que {limit}").format(limit=_plain(context.get("gt"))),
            "greater_than_equal": _("{limit} o más").format(limit=_plain(context.get("ge"))),
            "less_than": _("menor que {limit}").format(limit=_plain(context.get("lt"))),
            "less_than_equal": _("{limit} o menos").format(limit=_plain(context.get("le"))),
        }
        return _("«{value}» está fuera de los límites: debe ser {limit}").format(value=value, limit=limits[kind])
    if kind in {"too_short", "string_too_short"}:
        return _("está vacío; escriba al menos uno")
    if "int" in kind or "float" in kind:
        return _("«{value}» no es un número válido").format(value=value)
    return _("«{value}» no tiene la forma debida").format(value=value)


def _plain(limit: float | None) -> str:
    return "" if limit is None else f"{limit:g}"
