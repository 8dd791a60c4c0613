"""What a person asks of a table in the explorer, what pandas answers, and the pandas lines that ask the same.

Each step stands twice, side by side: done, and as code. A test runs the code of many random plans and compares.
"""

import itertools
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from ciberaula.datasets.spec import YES_NO
from ciberaula.errors import UserError
from ciberaula.i18n import _

Measure = Literal[
    "filas", "porcentaje", "proporcion", "media", "mediana", "minimo", "maximo", "cruce", "distribucion", "correlacion"
]
ROWS = "filas"
SHARE = "porcentaje"
RHO = "rho"
MONTH = "_mes"
RANK = "_orden"
STATISTICS = {"media": "mean", "mediana": "median", "minimo": "min", "maximo": "max"}
_DECIMALS = 2
_MOST_BINS = 12
_NORMALISED = {"total": "all", "grupo1": "index", "grupo2": "columns"}


@dataclass(frozen=True)
class Filter:
    """Rows to keep. ``operator``: ``es``, ``no_es``, ``una_de``, ``contiene``, ``desde``, ``hasta``, ``sin_dato``, ``con_dato``;
    ``value`` a text, a number, a date as text, or (``una_de``) a tuple of texts. ``day``: the column holds dates."""

    column: str
    operator: str
    value: Any = None
    day: bool = False


@dataclass(frozen=True)
class Plan:
    """One question to a table.

    ``groups``: up to two columns; those in ``months`` are dates and grouped by month. ``column`` is measured; ``other`` is the
    second of a correlation; ``value`` what ``proporcion`` counts; ``ranked``: columns whose categories count by their order.
    ``base``: 100 % is the ``total``, each ``grupo1`` or each ``grupo2``; ``recuento`` (of ``cruce``) are plain counts.
    """

    dataset: str
    table: str | None = None
    filters: tuple[Filter, ...] = ()
    groups: tuple[str, ...] = ()
    measure: Measure = "filas"
    column: str = ""
    other: str = ""
    value: str = ""
    base: str = "total"
    months: frozenset[str] = frozenset()
    ranked: frozenset[str] = frozenset()

    @property
    def keys(self) -> list[str]:
        """The columns that the result is grouped by."""
        return [f"{one}{MONTH}" if one in self.months else one for one in self.groups]

    @property
    def pair(self) -> list[str]:
        """The two columns of a correlation."""
        return [f"{one}{RANK}" if one in self.ranked else one for one in (self.column, self.other)]

    @property
    def used(self) -> list[str]:
        """The columns in which a row needs a value to be counted."""
        named = [*self.groups, *([] if self.measure in (ROWS, SHARE, "cruce") else [self.column, self.other])]
        return [one for one in dict.fromkeys(named) if one]

    @property
    def figure(self) -> str:
        """The column of the result with the figure asked for."""
        if self.measure in STATISTICS:
            return f"{self.measure}_{self.column}"
        return {SHARE: SHARE, "proporcion": SHARE, "correlacion": RHO}.get(self.measure, ROWS)


@dataclass
class Outcome:
    """What came out: a table (``frame``, with groups) or one figure (``value``, without; NaN where it can't be told).

    ``rows`` were used of the ``total``; ``lost`` had no value in a column that was needed. ``selected`` are the used rows.
    ``code`` are the lines that give the same as ``resultado`` or ``valor``.
    """

    total: int
    rows: int
    lost: int
    selected: pd.DataFrame
    frame: pd.DataFrame | None = None
    value: float | int | None = None
    code: list[str] = field(default_factory=list)


def run(plan: Plan, table: pd.DataFrame) -> Outcome:
    """Ask ``plan`` of ``table`` (as ``load`` gives it). Raises ``UserError`` for what a person still has to choose."""
    _ready(plan)
    code = [f"tabla = load({_source(plan)})"]
    kept = table
    for one in plan.filters:
        kept, line = _filtered(one, kept)
        code.append(line)
    whole = kept.dropna(subset=plan.used) if plan.used else kept
    if len(whole) < len(kept):
        code.append(f"tabla = tabla.dropna(subset={_listed(plan.used)})")
    whole, lines = _derived(plan, whole)
    found = Outcome(len(table), len(whole), len(kept) - len(whole), whole, code=code + lines)
    if len(whole) or (plan.measure in (ROWS, SHARE) and not plan.groups):
        _MEASURES[plan.measure](plan, found)
    imports = ["from ciberaula.datasets import load", ""]
    found.code = (
        (["import pandas as pd", ""] if any("pd." in line for line in found.code) else []) + imports + found.code
    )
    return found


def quoted(text: str) -> str:
    """``text`` as Python writes it between double quotes."""
    return json.dumps(text, ensure_ascii=False)


def _source(plan: Plan) -> str:
    return ", ".join(quoted(name) for name in (plan.dataset, plan.table) if name)


def _listed(names: Sequence[str]) -> str:
    return f"[{', '.join(map(quoted, names))}]"


def _ready(plan: Plan) -> None:
    if plan.measure == "cruce" and len(plan.groups) < 2:
        raise UserError(_("Para una tabla cruzada, elija dos columnas en «Agrupar por» y «y por»."))
    if plan.measure in (*STATISTICS, "proporcion", "distribucion", "correlacion") and not plan.column:
        raise UserError(_("Elija la columna que quiere medir."))
    if plan.measure == "proporcion" and not plan.value:
        raise UserError(_("Elija el valor que quiere contar."))
    if plan.measure == "correlacion" and (not plan.other or plan.other == plan.column):
        raise UserError(_("Elija la segunda columna, distinta de la primera."))


def _filtered(one: Filter, table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    column, name, value = table[one.column], f"tabla[{quoted(one.column)}]", one.value
    written = _listed(value) if isinstance(value, tuple) else json.dumps(value, ensure_ascii=False)
    match one.operator:
        case "es":
            return table[column == value], f"tabla = tabla[{name} == {written}]"
        case "no_es":
            line = f"tabla = tabla[{name}.notna() & ({name} != {written})]"
            return table[column.notna() & (column != value)], line
        case "una_de":
            return table[column.isin(list(value))], f"tabla = tabla[{name}.isin({written})]"
        case "contiene":
            line = f"tabla = tabla[{name}.str.contains({written}, case=False, regex=False, na=False)]"
            return table[column.str.contains(value, case=False, regex=False, na=False)], line
        case "desde":
            return table[column >= value], f"tabla = tabla[{name} >= {written}]"
        case "hasta" if one.day:
            return table[column.dt.normalize() <= value], f"tabla = tabla[{name}.dt.normalize() <= {written}]"
        case "hasta":
            return table[column <= value], f"tabla = tabla[{name} <= {written}]"
        case "sin_dato":
            return table[column.isna()], f"tabla = tabla[{name}.isna()]"
        case _:
            return table[column.notna()], f"tabla = tabla[{name}.notna()]"


def _derived(plan: Plan, table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """``table`` with the month of dates and the rank of categories, where the plan needs them."""
    lines = []
    for one in plan.groups:
        if one in plan.months:
            table = table.assign(**{f"{one}{MONTH}": table[one].dt.strftime("%Y-%m")})
            lines.append(f'tabla = tabla.assign({one}{MONTH}=tabla[{quoted(one)}].dt.strftime("%Y-%m"))')
    if plan.measure == "correlacion":
        for one in sorted(plan.ranked & {plan.column, plan.other}):
            ranks, told = _ranks(table[one], f"tabla[{quoted(one)}]")
            table = table.assign(**{f"{one}{RANK}": ranks})
            lines.append(f"tabla = tabla.assign({one}{RANK}={told})")
    return table, lines


def _ranks(column: Any, written: str) -> tuple[Any, str]:
    """Categories as numbers in their declared order, but for «sí», which is more than «no» wherever it stands."""
    if set(column.cat.categories) == set(YES_NO):
        return (column == YES_NO[0]).astype("int64"), f'({written} == {quoted(YES_NO[0])}).astype("int64")'
    return column.cat.codes, f"{written}.cat.codes"


def _count(plan: Plan, found: Outcome) -> None:
    if not plan.groups:
        found.value = len(found.selected)
        found.code.append("valor = len(tabla)")
        return
    found.frame = found.selected.groupby(plan.keys, observed=True).size().reset_index(name=ROWS)
    found.code.append(
        f"resultado = tabla.groupby({_listed(plan.keys)}, observed=True).size().reset_index(name={quoted(ROWS)})"
    )


def _share(plan: Plan, found: Outcome) -> None:
    if not plan.groups:
        found.value = round(100 * found.rows / found.total, _DECIMALS) if found.total else math.nan
        found.code.append(f"valor = round(100 * len(tabla) / len(load({_source(plan)})), {_DECIMALS})")
        return
    _count(plan, found)
    frame: Any = found.frame
    if len(plan.groups) == 2 and plan.base in ("grupo1", "grupo2"):
        key = plan.keys[0 if plan.base == "grupo1" else 1]
        whole: Any = frame.groupby(key, observed=True)[ROWS].transform("sum")
        found.code.append(f'base = resultado.groupby({quoted(key)}, observed=True)[{quoted(ROWS)}].transform("sum")')
    else:
        whole = frame[ROWS].sum()
        found.code.append(f"base = resultado[{quoted(ROWS)}].sum()")
    found.frame = frame.assign(**{SHARE: (100 * frame[ROWS] / whole).round(_DECIMALS)})
    found.code.append(
        f"resultado = resultado.assign({SHARE}=(100 * resultado[{quoted(ROWS)}] / base).round({_DECIMALS}))"
    )


def _proportion(plan: Plan, found: Outcome) -> None:
    met = found.selected[plan.column] == plan.value
    told = f"tabla[{quoted(plan.column)}] == {quoted(plan.value)}"
    if not plan.groups:
        found.value = round(float(100 * met.mean()), _DECIMALS)
        found.code.append(f"valor = round(float(100 * ({told}).mean()), {_DECIMALS})")
        return
    marked = found.selected.assign(cumple=100.0 * met)
    frame = marked.groupby(plan.keys, observed=True)["cumple"].agg(filas="size", porcentaje="mean")
    found.frame = frame.round(_DECIMALS).reset_index()
    found.code += [
        f"tabla = tabla.assign(cumple=100.0 * ({told}))",
        f'resultado = tabla.groupby({_listed(plan.keys)}, observed=True)["cumple"].agg(filas="size", porcentaje="mean")',
        f"resultado = resultado.round({_DECIMALS}).reset_index()",
    ]


def _statistic(plan: Plan, found: Outcome) -> None:
    name = STATISTICS[plan.measure]
    if not plan.groups:
        found.value = plain(round(float(found.selected[plan.column].agg(name)), _DECIMALS))
        found.code.append(f"valor = round(float(tabla[{quoted(plan.column)}].{name}()), {_DECIMALS})")
        return
    grouped: Any = found.selected.groupby(plan.keys, observed=True)[plan.column]
    found.frame = grouped.agg(**{ROWS: "size", plan.figure: name}).round(_DECIMALS).reset_index()
    found.code += [
        f"grupos = tabla.groupby({_listed(plan.keys)}, observed=True)[{quoted(plan.column)}]",
        f'resultado = grupos.agg({ROWS}="size", {plan.figure}="{name}").round({_DECIMALS}).reset_index()',
    ]


def _cross(plan: Plan, found: Outcome) -> None:
    first, second = plan.keys
    asked = f"tabla[{quoted(first)}], tabla[{quoted(second)}]"
    if plan.base in _NORMALISED:
        share: Any = _NORMALISED[plan.base]
        crossed = pd.crosstab(found.selected[first], found.selected[second], normalize=share).mul(100).round(_DECIMALS)
        line = f"resultado = pd.crosstab({asked}, normalize={quoted(share)}).mul(100).round({_DECIMALS})"
    else:
        crossed = pd.crosstab(found.selected[first], found.selected[second])
        line = f"resultado = pd.crosstab({asked})"
    found.frame = crossed.rename(columns=str).rename_axis(columns=None).reset_index()
    found.code += [line, "resultado = resultado.rename(columns=str).rename_axis(columns=None).reset_index()"]


def _distribution(plan: Plan, found: Outcome) -> None:
    numbers = found.selected[plan.column].astype("float64")
    whole = pd.api.types.is_integer_dtype(found.selected[plan.column].dtype)
    edges = bin_edges(float(numbers.min()), float(numbers.max()), whole=whole)
    names = bin_names(edges, whole=whole)
    cut = pd.cut(numbers, edges, right=False, labels=names)
    found.frame = cut.value_counts(sort=False).rename_axis(plan.column).reset_index(name=ROWS)
    found.code += [
        f"limites = {edges}",
        f"nombres = {_listed(names)}",
        f'tramos = pd.cut(tabla[{quoted(plan.column)}].astype("float64"), limites, right=False, labels=nombres)',
        "resultado = tramos.value_counts(sort=False)",
        f"resultado = resultado.rename_axis({quoted(plan.column)}).reset_index(name={quoted(ROWS)})",
    ]


def _correlation(plan: Plan, found: Outcome) -> None:
    pair = _listed(plan.pair)
    if not plan.groups:
        found.value = round(float(spearman(found.selected, plan.pair)), _DECIMALS)
        found.code.append(f'valor = round(float(tabla[{pair}].corr(method="spearman").iloc[0, 1]), {_DECIMALS})')
        return
    key = plan.keys[0]
    rows = [
        {key: group, ROWS: len(part), RHO: spearman(part, plan.pair)}
        for group, part in found.selected.groupby(key, observed=True)
    ]
    found.frame = pd.DataFrame(rows).round(_DECIMALS)
    found.code += [
        "filas = [",
        f"    {{{quoted(key)}: grupo, {quoted(ROWS)}: len(parte), "
        f'{quoted(RHO)}: parte[{pair}].corr(method="spearman").iloc[0, 1]}}',
        f"    for grupo, parte in tabla.groupby({quoted(key)}, observed=True)",
        "]",
        f"resultado = pd.DataFrame(filas).round({_DECIMALS})",
    ]


def spearman(table: pd.DataFrame, pair: Sequence[str]) -> float:
    """Spearman's rank correlation of two columns; NaN where one of them does not vary.

    C. Spearman, «The proof and measurement of association between two things», American Journal of Psychology 15, 1904.
    """
    rho: Any = table[list(pair)].corr(method="spearman").iloc[0, 1]
    return float(rho)


def plain(number: float) -> float | int:
    """A whole number without its decimal point."""
    return int(number) if math.isfinite(number) and float(number).is_integer() else number


def bin_edges(low: float, high: float, *, whole: bool) -> list[float | int]:
    """At most 13 round limits, from ``low`` or below to above ``high``, in steps of 1, 2 or 5 times a power of ten."""
    least = max(1e-4 * abs(low), 1e-4 * abs(high), 1e-6)  # finer intervals would have limits that look alike
    power = math.floor(math.log10(max((high - low) / _MOST_BINS, least)))
    steps = [factor * 10.0**exponent for exponent in range(power, power + 3) for factor in (1, 2, 5)]
    edges: list[float | int] = []
    for step in [step for step in steps if step >= 1] or [1.0] if whole else steps:
        edges = _multiples(step, low, high)
        if len(edges) <= _MOST_BINS + 1:
            break
    return edges


def _multiples(step: float, low: float, high: float) -> list[float | int]:
    """Multiples of ``step`` from at most ``low`` to more than ``high``, rounding errors aside."""
    first, last = math.floor(low / step), math.floor(high / step)
    if _multiple(step, first) > low:
        first -= 1
    while _multiple(step, last) <= high:
        last += 1
    return [_multiple(step, n) for n in range(first, last + 1)]


def _multiple(step: float, times: int) -> float | int:
    return plain(round(step * times, 10))


def bin_names(edges: Sequence[float | int], *, whole: bool) -> list[str]:
    """What each interval is called: «20–29» for whole numbers, «0,5 a <1» otherwise."""
    named = []
    for low, high in itertools.pairwise(edges):
        if whole:
            named.append(f"{low}" if high - low == 1 else f"{low}–{high - 1}")
        else:
            named.append(_("{low} a <{high}").format(low=_comma(low), high=_comma(high)))
    return named


def _comma(number: float) -> str:
    return f"{number:.6g}".replace(".", ",")


_MEASURES: dict[str, Callable[[Plan, Outcome], None]] = {
    ROWS: _count,
    SHARE: _share,
    "proporcion": _proportion,
    **dict.fromkeys(STATISTICS, _statistic),
    "cruce": _cross,
    "distribucion": _distribution,
    "correlacion": _correlation,
}
