"""How recognisable people are in a table, and how to make them less so. Pure functions on data frames.

k-anonymity: every combination of quasi-identifiers (what somebody else may know: age, gender, place) is shared by at
least k rows. Source: L. Sweeney, «k-anonymity: a model for protecting privacy», International Journal of Uncertainty,
Fuzziness and Knowledge-Based Systems 10(5), 2002, 557–570.

It is not enough: where all rows of a group share the sensitive value, that value is known of each of them. Distinct
l-diversity counts the different sensitive values per group. Source: A. Machanavajjhala, D. Kifer, J. Gehrke and
M. Venkitasubramaniam, «l-diversity: privacy beyond k-anonymity», ACM Transactions on Knowledge Discovery from Data 1(1),
2007, article 3.

No function changes its argument; all raise ``UserError`` naming the columns that the table lacks.
"""

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from ciberaula.datasets.places import REGION_OF
from ciberaula.errors import UserError
from ciberaula.i18n import _

AGE_BANDS = ((0, 5, "0-5"), (6, 11, "6-11"), (12, 17, "12-17"), (18, 200, "18+"))


def group_sizes(table: pd.DataFrame, quasi: Sequence[str]) -> "pd.Series[int]":
    """How many rows share each combination of ``quasi``: a series indexed by the combinations, smallest first."""
    return table.groupby(_known(table, quasi), dropna=False, observed=True).size().sort_values(kind="stable")


def row_group_sizes(table: pd.DataFrame, quasi: Sequence[str]) -> "pd.Series[int]":
    """For each row, how many rows (itself included) share its combination of ``quasi``; indexed as ``table``."""
    known = _known(table, quasi)
    return table.groupby(known, dropna=False, observed=True)[known[0]].transform("size").astype("int64")


def k_anonymity(table: pd.DataFrame, quasi: Sequence[str]) -> int:
    """The k of the table: the size of its smallest group. 0 for a table without rows."""
    sizes = group_sizes(table, quasi)
    return int(sizes.min()) if len(sizes) else 0


def unique_rows(table: pd.DataFrame, quasi: Sequence[str]) -> pd.DataFrame:
    """The rows that nobody else looks like (groups of one): the people whom a neighbour could point at."""
    return table[row_group_sizes(table, quasi) == 1]


def suppress_small(table: pd.DataFrame, quasi: Sequence[str], k: int) -> pd.DataFrame:
    """``table`` without the rows whose group has fewer than ``k``. The rest reaches k-anonymity of ``k`` or is empty."""
    if isinstance(k, bool) or not isinstance(k, int) or k < 1:
        raise UserError(_("k debe ser un número entero desde 1."))
    return table[row_group_sizes(table, quasi) >= k]


def generalise_age(table: pd.DataFrame, column: str = "edad") -> pd.DataFrame:
    """Exact ages (years) as the bands 0-5, 6-11, 12-17 and 18+. Raises ``UserError`` for a value that is no age."""
    _require(table, [column])
    return table.assign(**{column: table[column].map(_band)})


def _band(age: object) -> str:
    # numpy integers are no ``int``; comparing is what tells an age from a text or a band already made
    try:
        return next(label for low, high, label in AGE_BANDS if low <= age <= high)  # type: ignore[operator]
    except (StopIteration, TypeError) as error:
        raise UserError(
            _("«{age}» no es una edad en años: agrupe la columna una sola vez y desde la edad exacta.").format(age=age)
        ) from error


def generalise_canton(table: pd.DataFrame, to: Literal["provincia", "region"]) -> pd.DataFrame:
    """A coarser place: ``provincia`` drops the canton; ``region`` puts the region in the place of province and canton."""
    _require(table, ["provincia"])
    finer = [column for column in ("canton",) if column in table.columns]
    if to == "provincia":
        return table.drop(columns=finer)
    if to != "region":
        raise UserError(_("El lugar se agrupa en «provincia» o «region»; llegó «{level}».").format(level=to))
    unknown = sorted(set(table["provincia"]) - set(REGION_OF))
    if unknown:
        raise UserError(_("No se conoce la región de «{province}»: revise la columna.").format(province=unknown[0]))
    region = table["provincia"].map(REGION_OF)
    columns = ["region" if name == "provincia" else name for name in table.columns if name not in finer]
    return table.assign(region=region)[columns]


def l_diversity(table: pd.DataFrame, quasi: Sequence[str], sensitive: str) -> int:
    """The fewest different values of ``sensitive`` in any group (distinct l-diversity). 0 for a table without rows."""
    values = _sensitive_values(table, quasi, sensitive)
    return int(values.min()) if len(values) else 0


def homogeneous_groups(table: pd.DataFrame, quasi: Sequence[str], sensitive: str) -> "pd.Series[int]":
    """Groups of two rows or more that all share one ``sensitive`` value: their sizes, indexed by the combination."""
    sizes = group_sizes(table, quasi)
    values = _sensitive_values(table, quasi, sensitive).reindex(sizes.index)
    return sizes[(values == 1) & (sizes > 1)]


def _sensitive_values(table: pd.DataFrame, quasi: Sequence[str], sensitive: str) -> "pd.Series[int]":
    _require(table, [sensitive])
    if sensitive in quasi:
        raise UserError(
            _("«{column}» no puede ser a la vez el dato sensible y un dato conocido.").format(column=sensitive)
        )
    return table.groupby(_known(table, quasi), dropna=False, observed=True)[sensitive].nunique(dropna=False)


def _known(table: pd.DataFrame, quasi: Sequence[str]) -> list[str]:
    _require(table, quasi)
    if not quasi:
        raise UserError(_("Indique al menos una columna que otra persona podría conocer."))
    return list(quasi)


def _require(table: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise UserError(
            _("La tabla no tiene la columna «{missing}». Las que tiene: {known}.").format(
                missing=missing[0], known=", ".join(map(str, table.columns))
            )
        )
