"""What a data set is: its tables and columns, who makes its rows, and what its data card says.

``datapackage.json``, ``croissant.json``, the card, the SQLite edition, the labels of the classroom and the checks of the
tests all come from here, so that they cannot disagree.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ciberaula.errors import UserError
from ciberaula.i18n import _

Kind = Literal["string", "integer", "number", "date", "datetime"]
Role = Literal["", "identifier", "quasi", "sensitive"]
YES_NO = ("sí", "no")
MOST_ROWS = 100_000_000
"""More units than any disk of a classroom holds: a slip of the hand, which would fill it first."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``label`` is its name in a chart or a heading (Spanish, a few words); ``about`` says more on the card.

    ``kind``: ``date`` is YYYY-MM-DD, ``datetime`` YYYY-MM-DD HH:MM, local time. ``categories``: all values there are.
    ``role``: for privacy: a direct identifier, a quasi-identifier (somebody may know it) or sensitive.
    """

    name: str
    label: str
    kind: Kind = "string"
    required: bool = True
    unique: bool = False
    categories: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    pattern: str = ""
    unit: str = ""
    about: str = ""
    role: Role = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: ``columns`` of this table name a row of ``table`` (of the same set) by its ``to``."""

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table. ``name`` is that of its file; ``key`` the columns that tell its rows apart."""

    name: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    about: str = ""

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a build makes: so many units, by the public ``seed``; what is planted and must be found, by ``hidden``.

    ``bank``: the folder of instructor-side texts (``grading/datasets/<name>``), for the sets that have one.
    """

    rows: int
    seed: int
    hidden: int
    bank: Path | None = None


Portion = Mapping[str, Mapping[str, Any]]
"""Table name -> column name -> values (NumPy array, Arrow array or list; ``None`` is an empty cell), all of one length."""

Make = Callable[[Recipe, int, int], Portion]
"""(recipe, first, last) -> what units ``first`` … ``last`` (from 1, both included) bring to all tables and key tables."""


@dataclass(frozen=True, slots=True)
class Card:
    """The texts of the data card (Spanish Markdown), after the seven sections of *Datasheets for Datasets*.

    Gebru et al., 2021, doi 10.1145/3458723. Tables and columns are added to ``composition`` by the card itself. None gives
    away what is planted, nor a figure that a graded item asks for.
    """

    motivation: str
    composition: str
    collection: str
    preparation: str
    uses: str
    distribution: str = ""
    maintenance: str = ""


@dataclass(frozen=True, slots=True)
class DataSet:
    """A simulated data set.

    ``rows`` is how many units (``unit``, Spanish plural) are published, ``fewest`` and ``most`` the limits of a build.
    ``portion`` units are made and written at a time: the bytes depend on it, so it is fixed. ``keys`` are the tables for
    the instructor (what is planted, labels, spans), which never lie beside the data. ``bank``: needs instructor-side texts.
    ``folder``: the tables lie one level down, there («tablas»); empty beside the package.
    """

    name: str
    title: str
    summary: str
    unit: str
    rows: int
    seed: int
    tables: tuple[Table, ...]
    make: Make
    card: Card
    generator: str
    fewest: int = 1
    most: int | None = None
    portion: int = 5_000
    keys: tuple[Table, ...] = ()
    bank: bool = False
    sqlite: bool = False
    keywords: Sequence[str] = field(default_factory=tuple)

    def table(self, name: str) -> Table:
        """Raises ``UserError`` where the set has no such table."""
        for table in self.tables:
            if table.name == name:
                return table
        raise UserError(
            _("«{set}» no tiene la tabla «{name}». Las que hay: {known}.").format(
                set=self.name, name=name, known=", ".join(table.name for table in self.tables)
            )
        )

    def check_rows(self, rows: int) -> None:
        """Raises ``UserError`` for a number of units that the set can't be made with."""
        most = MOST_ROWS if self.most is None else self.most
        if not self.fewest <= rows <= most:
            raise UserError(
                _("«{name}» admite entre {low} y {high} {unit}; pidió {rows}. Cambie --rows.").format(
                    name=self.name, low=self.fewest, high=most, unit=self.unit, rows=rows
                )
            )
