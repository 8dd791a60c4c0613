"""The data sets of the course, by name. Each module is loaded when asked for: making data needs more than reading it."""

from importlib import import_module
from pathlib import Path
from typing import Literal

from pydantic import Field

from ciberaula import paths
from ciberaula.datasets.spec import DataSet, Recipe
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.yamlfile import Strict, read_yaml, validate

_HOMES = {
    "conectividad": "conectividad",
    "casos": "casos",
    "casos_cruda": "casos_cruda",
    "casos-k": "casos_k",
    "encuesta_tic": "encuesta_tic",
    "entrevistas": "entrevistas",
    "observatorio": "observatorio",
    "publicaciones": "publicaciones",
    "mensajes": "mensajes",
    "registro_actividades": "registro_actividades",
    "accesos": "accesos",
}
NAMES: tuple[str, ...] = tuple(_HOMES)
# The instructor's side: banks of texts, the keys, and the seeds of what is planted in the published sets.
SIDE = Path("grading") / "datasets"
SEEDS = SIDE / "semillas.yml"


class _Seeds(Strict):
    """The file of hidden seeds, by name of set."""

    schema_version: Literal[1] = Field(alias="schema")
    seeds: dict[str, int]

    def of(self, name: str) -> int:
        if name not in self.seeds:
            raise UserError(
                _("{file}: falta la semilla de «{name}»: recupere el archivo de la carpeta completa del curso.").format(
                    file=SEEDS, name=name
                )
            )
        return self.seeds[name]


def dataset(name: str) -> DataSet:
    """The description and generator of that set. Raises ``UserError`` for an unknown name."""
    if name not in _HOMES:
        raise UserError(
            _("No hay un conjunto de datos «{name}». Los que hay: {known}.").format(name=name, known=", ".join(NAMES))
        )
    found: DataSet = import_module(f"{__package__}.{_HOMES[name]}").DATASET
    return found


def recipe(wanted: DataSet, *, rows: int | None = None, seed: int | None = None, hidden: int | None = None) -> Recipe:
    """What to build: what is not given is as published, but for ``hidden``, which is then the seed itself.

    A set whose hidden part follows from the published seed would give its key away: see :func:`published_recipe`.
    """
    count = wanted.rows if rows is None else rows
    wanted.check_rows(count)
    chosen = wanted.seed if seed is None else seed
    return Recipe(count, chosen, chosen if hidden is None else hidden, _bank(wanted))


def published_recipe(wanted: DataSet) -> Recipe:
    """The recipe of the set in ``datasets/``: its hidden seed is read from the instructor's side of the course."""
    hidden = wanted.seed
    if wanted.keys:
        hidden = validate(_Seeds, read_yaml(paths.course_root() / SEEDS)).of(wanted.name)
    return recipe(wanted, hidden=hidden)


def _bank(wanted: DataSet) -> Path | None:
    if not wanted.bank:
        return None
    folder = paths.course_root() / SIDE / wanted.name
    if not folder.is_dir():
        raise UserError(
            _(
                "«{name}» se genera con los textos de {folder}, que solo tiene quien enseña: use la carpeta completa del curso."
            ).format(name=wanted.name, folder=folder)
        )
    return folder
