"""How an answer of the bank is made, where writing it down would copy data: from a data set, a script, a coding.

A recipe stands in the bank under one word (``table``, ``explored``, ``coding`` or ``player``), in the place of an answer.
"""

import csv
from typing import Annotated, Any, Literal, Protocol, Self

from pydantic import Field, model_validator

from ciberaula.casework.players import PlayerName, find_story, load_players, play_script
from ciberaula.casework.stories.load import load_story
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.paths import course_root
from ciberaula.yamlfile import Id, Strict, Text

_PLACE_COLUMNS = {"canton": ["provincia", "canton"], "provincia": ["provincia"], "region": ["region"]}
_CODING = "grading/datasets/entrevistas/codificacion.csv"


class Recipe(Protocol):
    """Whatever makes an answer, as the answer sheet would hold it."""

    def answer(self) -> Any: ...


class TableRecipe(Strict):
    """How a table answer is made from a data set of cases.

    ``drop_below`` leaves out the rows whose combination of age, gender and place is shared by fewer rows than that.
    """

    data: Text
    age: Literal["exact", "bands"]
    place: Literal["canton", "provincia", "region"]
    drop_below: int | None = None
    columns: Annotated[list[str], Field(min_length=1)]

    def answer(self) -> dict[str, Any]:
        """The table as an answer: ``{"columns": [...], "rows": [[...], …]}``."""
        from ciberaula.datasets import load, privacy  # pandas: only where a table is asked for

        table = load(self.data)
        if self.age == "bands":
            table = privacy.generalise_age(table)
        if self.place != "canton":
            table = privacy.generalise_canton(table, self.place)
        if self.drop_below is not None:
            table = privacy.suppress_small(table, ["edad", "genero", *_PLACE_COLUMNS[self.place]], self.drop_below)
        return {"columns": self.columns, "rows": table[self.columns].to_numpy(dtype=object).tolist()}


class ExploredRecipe(Strict):
    """What the explorer hands in after ``settings`` (those of its ``start``) were chosen: a table, or a number.

    ``only``: the columns that are kept, in that order; ``rename`` old -> new name, ``scale`` a factor for the figures of a
    column: what somebody who computes the same by code may hand in.
    """

    data: Text
    table: Text | None = None
    settings: Annotated[dict[Id, str | float | list[str]], Field(min_length=1)]
    only: list[str] | None = None
    rename: dict[str, str] = Field(default_factory=dict)
    scale: dict[str, float] = Field(default_factory=dict)

    def answer(self) -> dict[str, Any] | float | int:
        """The result as an answer. Raises ``UserError`` for a setting that does not fit."""
        from ciberaula.classroom.checks import plain_value, table_value  # pandas, as above
        from ciberaula.classroom.explorer_fields import Fitting, facets
        from ciberaula.classroom.explorer_plan import run
        from ciberaula.datasets import load
        from ciberaula.datasets.loading import package_info

        package = package_info(self.data)
        info = package.table(self.table) if self.table else package.tables[0]
        frame = load(self.data, info.name)
        fitting = Fitting(self.data, info, facets(info, frame), len(package.tables) > 1, {})
        _sections, values = fitting.fit(self.settings)
        for id, value in self.settings.items():
            if values.get(id) != value:
                raise UserError(
                    _("banco de respuestas: «{value}» no sirve para el ajuste «{id}» del explorador.").format(
                        value=value, id=id
                    )
                )
        found = run(fitting.plan(values), frame)
        if found.frame is None:
            number: float | int = plain_value(found.value)
            return number
        table = found.frame[self.only] if self.only else found.frame
        table = table.assign(**{column: table[column] * factor for column, factor in self.scale.items()})
        return table_value(self.data, table.rename(columns=self.rename))


class CodingRecipe(Strict):
    """A coding of the units of an interview: that of reference, but for what is said here.

    ``turns``: only those of the given turns, both included; ``instead`` unit -> the code that it gets in place of its own
    (one that stands in ``codes`` of the set); ``all`` one code for every unit; ``units`` keeps only the first so many.
    """

    interview: Text
    turns: Annotated[list[int], Field(min_length=2, max_length=2)] | None = None
    instead: dict[str, Text] = Field(default_factory=dict)
    all: Text | None = None
    units: Annotated[int, Field(gt=0)] | None = None

    def answer(self) -> dict[str, Any]:
        """The coding as the table that the coding room saves. Raises ``UserError`` for a unit that is not there."""
        from ciberaula.classroom.coding import as_table
        from ciberaula.datasets import load

        segments = load("entrevistas", "segmentos").sort_values(["turno", "orden"])
        first, last = self.turns or (1, int(segments["turno"].max()))
        own = segments[(segments["entrevista_id"] == self.interview) & segments["turno"].between(first, last)]
        units = [str(unit) for unit in own["segmento_id"]][: self.units]
        stray = set(self.instead) - set(units)
        if not units or stray:
            raise UserError(
                _("banco de respuestas: «{id}» no es una unidad de esa codificación.").format(
                    id=min(stray, default=self.interview)
                )
            )
        reference = reference_coding()
        coded = as_table({unit: self.instead.get(unit, self.all or reference[unit]) for unit in units})
        return coded or {}


class PlayerRecipe(Strict):
    """How the log of a story is made from a reference player's script.

    ``file`` is the script in the course; ``name`` the player. The log is nobody's: whoever hands it in puts a pseudonym.
    """

    story: Id
    name: PlayerName
    file: Annotated[str, Field(pattern=r"^grading/players/[a-z0-9-]+\.yml$")]

    def answer(self) -> dict[str, Any]:
        """The log as an answer."""
        story = load_story(find_story(course_root(), self.story).story)
        steps = load_players(course_root() / self.file, story).steps(self.name)
        return play_script(story, steps).answer()


class _Written(Strict):
    """A recipe as it stands in the bank: under its word, and alone."""

    table: TableRecipe | None = None
    explored: ExploredRecipe | None = None
    coding: CodingRecipe | None = None
    player: PlayerRecipe | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1 or self.recipe is None:
            raise ValueError(_("una receta lleva una sola palabra: table, explored, coding o player."))
        return self

    @property
    def recipe(self) -> TableRecipe | ExploredRecipe | CodingRecipe | PlayerRecipe | None:
        return self.table or self.explored or self.coding or self.player


def recipe_of(answer: Any) -> Recipe | None:
    """The recipe that ``answer`` is, or ``None`` for an answer given as it stands. Raises pydantic's error for a bad one."""
    if isinstance(answer, dict) and len(answer) == 1 and set(answer) <= set(_Written.model_fields):
        return _Written.model_validate(answer).recipe
    return None


def value_of(answer: Any) -> Any:
    """``answer`` as the answer sheet would hold it: what its recipe makes, or itself."""
    recipe = recipe_of(answer)
    return answer if recipe is None else recipe.answer()


def reference_coding() -> dict[str, str]:
    """Unit of the interviews -> its code of reference, from the instructor's side."""
    with (course_root() / _CODING).open(encoding="utf-8", newline="") as stream:
        return {row["segmento_id"]: row["codigo"] for row in csv.DictReader(stream)}
