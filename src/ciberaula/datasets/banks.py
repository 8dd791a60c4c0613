"""Banks: the texts that people wrote for a data set, with their answers, in YAML on the instructor's side."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, TypeVar

from pydantic import BaseModel

from ciberaula.datasets.spec import Recipe
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.yamlfile import read_yaml, validate

Model = TypeVar("Model", bound=BaseModel)


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Entry = TypeVar("Entry", bound=_Named)


def bank(recipe: Recipe) -> Path:
    """The folder of the bank. Raises ``UserError`` where the recipe has none."""
    if recipe.bank is None:
        raise UserError(
            _("Este conjunto se genera con textos que solo tiene quien enseña: use la carpeta completa del curso.")
        )
    return recipe.bank


def read_all(folder: Path, pattern: str, model: type[Model]) -> Iterator[Model]:
    """Every file of ``folder`` that fits ``pattern``, by name.

    Raises ``UserError`` with file and line where one isn't of the form, and where there is none.
    """
    paths = sorted(folder.glob(pattern))
    if not paths:
        raise UserError(
            _("En {folder} no hay archivos {pattern}: recupérelos de la carpeta completa del curso.").format(
                folder=folder, pattern=pattern
            )
        )
    for path in paths:
        yield validate(model, read_yaml(path))


def by_id(entries: Iterator[Entry], folder: Path) -> list[Entry]:
    """The entries, which must all have an id of their own: ``UserError`` otherwise."""
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.id in found:
            raise UserError(
                _("En {folder} hay dos textos con el id «{id}»: cambie uno.").format(folder=folder, id=entry.id)
            )
        found[entry.id] = entry
    return list(found.values())


def check_enough(rows: int, there_are: int, name: str, unit: str) -> None:
    """Raises ``UserError`` where more is wanted than was written: texts by hand don't multiply."""
    if rows > there_are:
        raise UserError(
            _(
                "«{name}» tiene {there_are} {unit} en su banco de textos y pidió {rows}: use --rows {there_are} o menos."
            ).format(name=name, there_are=there_are, unit=unit, rows=rows)
        )
