"""The fields of the explorer: which there are follows from the table and from what was chosen so far.

Settings are a flat mapping of field id to value; lessons write them too (``start`` and ``fixed`` of the explorer):
``tabla``; ``filtro1``, ``condicion1``, ``valor1``, ``lista1`` (and 2, 3); ``medida``, ``columna``, ``columna2``, ``valor``;
``grupo1``, ``grupo2``, ``base``; ``grafico``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from ciberaula.classroom.data_view import heading
from ciberaula.classroom.explorer_plan import STATISTICS, Filter, Measure, Plan
from ciberaula.classroom.fields import Field, FieldKind, Section
from ciberaula.datasets.loading import ColumnInfo, TableInfo
from ciberaula.datasets.spec import YES_NO
from ciberaula.errors import UserError
from ciberaula.i18n import _

Values = dict[str, Any]
FILTERS = (1, 2, 3)
NO_CHART = "ninguno"
_MOST_GROUPS = 40
_MOST_NUMBERS = 12
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_WITHOUT_VALUE = ("sin_dato", "con_dato")


@dataclass(frozen=True)
class Facet:
    """A column as the explorer sees it. ``sort``: ``category``, ``text``, ``number`` or ``date``; ``options``: its values,
    where they are few; ``groupable``: few enough to compare; ``timelike``: groups in the order of time."""

    name: str
    label: str
    sort: str
    options: tuple[str, ...]
    groupable: bool
    timelike: bool
    gaps: bool


def facets(table: TableInfo, frame: pd.DataFrame) -> dict[str, Facet]:
    """Column -> how it can be used."""
    found = [_facet(column, frame[column.name]) for column in table.columns if column.kind != "boolean"]
    return {facet.name: facet for facet in found}


def _facet(column: ColumnInfo, values: "pd.Series[Any]") -> Facet:
    name, label, gaps = column.name, heading(column), bool(values.isna().any())
    if column.kind in ("integer", "number"):
        few = column.kind == "integer" and values.nunique() <= _MOST_NUMBERS
        return Facet(name, label, "number", (), few, False, gaps)
    if column.kind in ("date", "datetime"):
        return Facet(name, label, "date", (), True, True, gaps)
    if column.categories:
        return Facet(name, label, "category", column.categories, len(column.categories) <= _MOST_GROUPS, False, gaps)
    distinct = values.dropna().unique()
    few = 0 < len(distinct) <= _MOST_GROUPS and len(distinct) < max(len(values), 2)
    options = tuple(sorted(map(str, distinct))) if few else ()
    return Facet(name, label, "text", options, few, few and all(map(_MONTH.fullmatch, options)), gaps)


def measures() -> list[tuple[str, str]]:
    """What can be asked, in the order shown."""
    return [
        ("filas", _("Cuántas filas hay")),
        ("porcentaje", _("Porcentaje de las filas")),
        ("proporcion", _("Porcentaje que dice un valor")),
        ("media", _("Media")),
        ("mediana", _("Mediana")),
        ("minimo", _("Mínimo")),
        ("maximo", _("Máximo")),
        ("distribucion", _("Distribución (histograma)")),
        ("cruce", _("Tabla cruzada")),
        ("correlacion", _("Correlación de Spearman")),
    ]


def charts() -> dict[str, str]:
    return {
        "barras": _("Barras"),
        "lineas": _("Líneas por mes"),
        "histograma": _("Histograma"),
        "dispersion": _("Dispersión"),
        NO_CHART: _("Sin gráfico"),
    }


def operators(facet: Facet) -> dict[str, str]:
    """The conditions that a column can be filtered by."""
    if facet.options:
        found = {"es": _("es"), "no_es": _("no es"), "una_de": _("es una de")}
    elif facet.sort == "text":
        found = {"contiene": _("contiene"), "es": _("es"), "no_es": _("no es")}
    elif facet.sort == "number":
        found = {"desde": _("desde"), "hasta": _("hasta"), "es": _("es igual a")}
    else:
        found = {"desde": _("desde"), "hasta": _("hasta")}
    return found | ({"sin_dato": _("no tiene dato"), "con_dato": _("tiene dato")} if facet.gaps else {})


class Fitting:
    """The form for one table: takes settings, drops what does not fit, and says which fields there are and what is asked."""

    def __init__(
        self, dataset: str, table: TableInfo, columns: Mapping[str, Facet], named: bool, fixed: Values
    ) -> None:
        self._dataset = dataset
        self._table = table
        self._columns = columns
        self._named = named
        self._fixed = fixed
        self._raw: Mapping[str, Any] = {}
        self._values: Values = {}

    def fit(self, raw: Mapping[str, Any]) -> tuple[list[Section], Values]:
        """The sections of the form after ``raw``, and its values: those that still fit, defaults for those that must be."""
        self._raw = {**raw, **self._fixed}
        self._values = {}
        first, *further = [self._filter(number) for number in FILTERS]
        asked, compared = self._measure(), self._groups()
        chart = self._chart()
        sections = [
            Section(_("Qué quiere saber"), asked),
            Section(_("Qué grupos compara"), compared),
            Section(_("Qué filas mira"), first, _("Sin filtro, todas las filas.")),
            *(Section("", fields) for fields in further),  # each filter begins a line of its own
            Section(_("Cómo lo ve"), [chart]),
        ]
        return sections, self._values

    def plan(self, values: Values) -> Plan:
        """What those (fitted) values ask."""
        measure: Measure = values["medida"]
        groups = tuple(values[id] for id in ("grupo1", "grupo2")[: group_places(measure)] if id in values)
        if "grupo1" not in values:
            groups = ()
        return Plan(
            self._dataset,
            self._table.name if self._named else None,
            tuple(one for number in FILTERS if (one := self._filter_of(values, number)) is not None),
            groups,
            measure,
            column="" if measure in ("filas", "porcentaje", "cruce") else values.get("columna", ""),
            other=values.get("columna2", "") if measure == "correlacion" else "",
            value=values.get("valor", "") if measure == "proporcion" else "",
            base=values.get("base", "total"),
            months=frozenset(one for one in groups if self._columns[one].sort == "date"),
            ranked=frozenset(one.name for one in self._columns.values() if one.sort == "category"),
        )

    def _add(self, field: Field, default: Any = None) -> Field:
        """Take the value of ``field`` where it fits, else its default."""
        try:
            value = field.clean(self._raw.get(field.id))
        except UserError:
            value = None  # chosen for another column or table
        value = default if value is None else value
        if value is not None:
            self._values[field.id] = value
        return replace(field, hidden=field.hidden or field.id in self._fixed)

    def _choice(
        self, id: str, label: str, options: Sequence[tuple[str, str]], default: Any = None, hidden: bool = False
    ) -> Field:
        field = Field(id, label, kind="choice", options=options, listed=True, hidden=hidden)
        return self._add(field, default)

    def _filter(self, number: int) -> list[Field]:
        previous = number == 1 or f"filtro{number - 1}" in self._values
        named = [(one.name, one.label) for one in self._columns.values()]
        column = self._choice(f"filtro{number}", _("Filtro {n}: columna").format(n=number), named, hidden=not previous)
        facet = self._columns.get(self._values.get(column.id, ""))
        known = list(operators(facet).items()) if facet else []
        hidden = facet is None or not previous
        condition = self._choice(
            f"condicion{number}", _("Condición {n}").format(n=number), known, known[0][0] if known else None, hidden
        )
        operator = self._values.get(condition.id, "")
        one = self._value_field(number, facet, hidden or operator in ("una_de", *_WITHOUT_VALUE))
        options = [(text, text) for text in facet.options] if facet else []
        several = Field(
            f"lista{number}",
            _("Valores {n}").format(n=number),
            kind="multiple",
            options=options,
            hidden=hidden or operator != "una_de",
        )
        return [column, condition, one, self._add(several)]

    def _value_field(self, number: int, facet: Facet | None, hidden: bool) -> Field:
        kinds: dict[str, FieldKind] = {"number": "number", "date": "date"}
        kind: FieldKind = "choice" if facet and facet.options else kinds.get(facet.sort if facet else "", "text")
        options = [(text, text) for text in facet.options] if facet else []
        label = _("Valor {n}").format(n=number)
        return self._add(Field(f"valor{number}", label, kind=kind, options=options, listed=True, hidden=hidden))

    def _filter_of(self, values: Values, number: int) -> Filter | None:
        """The filter of that number; none while it is not whole, nor behind one that is not chosen."""
        name = values.get(f"filtro{number}")
        if name is None or any(f"filtro{before}" not in values for before in range(1, number)):
            return None
        operator, day = values[f"condicion{number}"], self._columns[name].sort == "date"
        if operator in _WITHOUT_VALUE:
            return Filter(name, operator, day=day)
        value = tuple(values.get(f"lista{number}", ())) if operator == "una_de" else values.get(f"valor{number}")
        return None if value in (None, ()) else Filter(name, operator, value, day)

    def _measure(self) -> list[Field]:
        measure = self._choice("medida", _("Medida"), measures(), "filas")
        asked = self._values["medida"]
        usable = [(one.name, one.label) for one in self._columns.values() if _measurable(one, asked)]
        label = _("Primera columna") if asked == "correlacion" else _("Columna que mide")
        only = usable[0][0] if len(usable) == 1 else None
        column = self._choice("columna", label, usable, only, asked in ("filas", "porcentaje", "cruce"))
        others = [pair for pair in usable if pair[0] != self._values.get("columna")]
        other = self._choice("columna2", _("Segunda columna"), others, hidden=asked != "correlacion")
        facet = self._columns.get(self._values.get("columna", ""))
        options = [(text, text) for text in facet.options] if facet else []
        default = YES_NO[0] if (YES_NO[0], YES_NO[0]) in options else None
        value = self._choice("valor", _("Valor que cuenta"), options, default, asked != "proporcion" or not facet)
        return [measure, column, other, value]

    def _groups(self) -> list[Field]:
        asked = self._values["medida"]
        places = group_places(asked)
        usable = [
            (one.name, _("{label}, por mes").format(label=one.label) if one.sort == "date" else one.label)
            for one in self._columns.values()
            if one.groupable
        ]
        first = self._choice("grupo1", _("Agrupar por"), usable, hidden=places == 0)
        others = [pair for pair in usable if pair[0] != self._values.get("grupo1")]
        second = self._choice("grupo2", _("y por"), others, hidden=places < 2 or "grupo1" not in self._values)
        both = {"grupo1", "grupo2"} <= set(self._values)
        bases = [
            ("total", _("todas las filas")),
            ("grupo1", _("cada grupo de la primera columna")),
            ("grupo2", _("cada grupo de la segunda columna")),
        ]
        crossed = asked == "cruce"
        bases = [("recuento", _("sin porcentaje: cuántas filas")), *bases] if crossed else bases
        base = self._choice(
            "base", _("El 100 % es"), bases, bases[0][0], not both or asked not in ("porcentaje", "cruce")
        )
        return [first, second, base]

    def _chart(self) -> Field:
        known = charts()
        options = [(id, known[id]) for id in self._fitting_charts()]
        if len(options) == 1:  # nothing to choose, and nothing to remember as somebody's choice
            return Field("grafico", _("Gráfico"), kind="choice", options=options, listed=True, hidden=True)
        return self._choice("grafico", _("Gráfico"), options, options[0][0])

    def _fitting_charts(self) -> list[str]:
        asked = self._values["medida"]
        if asked in ("distribucion", "correlacion"):
            return ["histograma" if asked == "distribucion" else "dispersion", NO_CHART]
        first = self._columns.get(self._values.get("grupo1", ""))
        if first is None:
            return [NO_CHART]
        return ["lineas", "barras", NO_CHART] if first.timelike else ["barras", NO_CHART]


def group_places(measure: str) -> int:
    """How many columns a measure can be grouped by."""
    return {"distribucion": 0, "correlacion": 1}.get(measure, 2)


def _measurable(facet: Facet, measure: str) -> bool:
    if measure == "proporcion":
        return bool(facet.options)
    if measure == "correlacion":
        return facet.sort in ("number", "category")
    return facet.sort == "number" and (measure in STATISTICS or measure == "distribucion")
