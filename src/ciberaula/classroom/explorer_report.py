"""What the explorer shows of an outcome: sentences, chart, table and code, as HTML."""

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ciberaula.casework.calendars import MONTHS
from ciberaula.classroom import charts
from ciberaula.classroom.data_view import cell_text, table_html
from ciberaula.classroom.explorer_fields import NO_CHART, Facet, measures
from ciberaula.classroom.explorer_plan import MONTH, RHO, ROWS, SHARE, STATISTICS, Filter, Outcome, Plan, spearman
from ciberaula.classroom.values import number_text
from ciberaula.datasets.spec import YES_NO
from ciberaula.i18n import _, ngettext

_FEW = 5
_MOST_BARS = 30
_MOST_ROWS = 200
_MOST_SPOTS = 600
_NOTHING = _("Con estas filas no se puede calcular: hacen falta datos que varíen.")
_TOO_MANY = f"<p>{_('Son demasiados grupos para un gráfico que se pueda leer: aquí está la tabla.')}</p>"


class Report:
    """An outcome in words, picture and table. ``columns``: how each column is called and used."""

    def __init__(self, plan: Plan, outcome: Outcome, columns: Mapping[str, Facet], chart: str) -> None:
        self.plan = plan
        self.found = outcome
        self.columns = columns
        self.chart = chart

    def html(self, more_code: Sequence[str] = (), *, whole_table: bool = False) -> str:
        """All of it. ``more_code``: lines to add to the code shown; ``whole_table``: not folded, because it is the answer."""
        picture = self._picture()
        code = "\n".join([*self.found.code, *more_code])
        return "".join(
            (
                f"<p><strong>{html.escape(self.sentence())}</strong></p>",
                *(f"<p>{html.escape(note)}</p>" for note in self.notes()),
                picture,
                self._table(folded=bool(picture) and not whole_table),
                f"<details><summary>{_('Ver lo mismo en código')}</summary><pre><code>{html.escape(code)}</code></pre></details>",
            )
        )

    def title(self) -> str:
        """What was asked, as a heading: «Media de Edad (años) por Área»."""
        named = [f"«{self._heading(one)}»" for one in self.plan.keys]
        by = _(" por {groups}").format(groups=_(" y ").join(named)) if named else ""
        return f"{self._asked()}{by}{self._base()}"

    def sentence(self) -> str:
        """The answer in one sentence."""
        found, plan = self.found, self.plan
        if not found.rows:
            return _("No queda ninguna fila con esas condiciones.")
        if found.frame is None:
            return self._one_figure()
        if plan.measure == "distribucion":
            return self._most_common()
        if plan.groups and self.columns[plan.groups[0]].timelike and len(plan.groups) == 1:
            return self._course()
        return self._extremes()

    def notes(self) -> list[str]:
        """What to know before believing it: conditions, lost rows, small groups, what a correlation does not say."""
        plan, found = self.plan, self.found
        told = [self._conditions()] if plan.filters else []
        if found.lost:
            named = ", ".join(f"«{self.columns[one].label}»" for one in plan.used if self.columns[one].gaps)
            told.append(
                ngettext(
                    "{n} fila sin dato en {columns} quedó fuera.",
                    "{n} filas sin dato en {columns} quedaron fuera.",
                    found.lost,
                ).format(n=found.lost, columns=named)
            )
        if plan.measure == "correlacion":
            told += self._correlation_notes()
        small = 0
        if found.frame is not None and ROWS in found.frame and plan.measure not in (ROWS, SHARE, "distribucion"):
            small = int((found.frame[ROWS] < _FEW).sum())
        if small:
            told.append(
                ngettext(
                    "Ojo: {n} grupo tiene menos de {few} filas; su resultado dice poco.",
                    "Ojo: {n} grupos tienen menos de {few} filas; su resultado dice poco.",
                    small,
                ).format(n=small, few=_FEW)
            )
        return told

    def _base(self) -> str:
        """What 100 % is, where that is a choice."""
        if len(self.plan.groups) < 2 or not (self.plan.measure == SHARE or self._crossed_share()):
            return ""
        if self.plan.base == "total":
            return _(" (100 % = todas las filas)")
        key = self.plan.keys[0 if self.plan.base == "grupo1" else 1]
        return _(" (100 % = cada grupo de «{column}»)").format(column=self._heading(key))

    def _asked(self) -> str:
        plan = self.plan
        name = dict(measures())[plan.measure]
        label = self.columns[plan.column].label if plan.column else ""
        match plan.measure:
            case "filas":
                return _("Número de filas")
            case "proporcion":
                return _("Porcentaje que dice «{value}» en «{column}»").format(value=plan.value, column=label)
            case "distribucion":
                return _("Distribución de «{column}»").format(column=label)
            case "correlacion":
                return _("Correlación entre «{column}» y «{other}»").format(
                    column=label, other=self.columns[plan.other].label
                )
            case _ if plan.measure in STATISTICS:
                return _("{measure} de «{column}»").format(measure=name, column=label)
            case _:
                return name

    def _heading(self, column: str) -> str:
        """How a column of the result is called."""
        if column in self.columns:
            return self.columns[column].label
        if column.endswith(MONTH) and column.removesuffix(MONTH) in self.columns:
            return _("{label} (mes)").format(label=self.columns[column.removesuffix(MONTH)].label)
        known = {ROWS: _("Filas"), SHARE: _("Porcentaje"), RHO: _("ρ (rho) de Spearman")}
        if column in known and self.plan.measure != "cruce":
            return known[column]
        return self._asked() if column == self.plan.figure and self.plan.measure != "cruce" else column

    def _unit(self) -> str:
        return " %" if self.plan.figure == SHARE or self._crossed_share() else ""

    def _crossed_share(self) -> bool:
        return self.plan.measure == "cruce" and self.plan.base != "recuento"

    def _figure(self, value: float) -> str:
        return f"{number_text(value)}{self._unit()}".replace(" %", "\u00a0%")

    def _one_figure(self) -> str:
        value, plan, rows = self.found.value, self.plan, self.found.rows
        if value is None or not math.isfinite(value):
            return _NOTHING
        if plan.measure == "filas":
            return ngettext("Hay {n} fila.", "Hay {n} filas.", int(value)).format(n=int(value))
        if plan.measure == "correlacion":
            return _("{asked}: ρ = {value} ({rows} filas). {words}").format(
                asked=self._asked(), value=number_text(value), rows=rows, words=self._strength(value)
            )
        size = _("{rows} de {total} filas") if plan.measure == SHARE else _("{rows} filas")
        return _("{asked}: {value} ({size}).").format(
            asked=self._asked(), value=self._figure(value), size=size.format(rows=rows, total=self.found.total)
        )

    def _strength(self, rho: float) -> str:
        """In words, after the bounds of J. Cohen, *Statistical Power Analysis for the Behavioral Sciences*, 1988."""
        size = abs(rho)
        if size < 0.1:
            return _("Casi no van juntas.")
        word = _("débil") if size < 0.3 else _("moderada") if size < 0.5 else _("fuerte")
        if rho > 0:
            return _("Cuando una sube, la otra tiende a subir (relación {word}).").format(word=word)
        return _("Cuando una sube, la otra tiende a bajar (relación {word}).").format(word=word)

    def _correlation_notes(self) -> list[str]:
        told = []
        for one in (self.plan.column, self.plan.other):
            if one in self.plan.ranked and set(self.columns[one].options) != set(YES_NO):
                order = " < ".join(self.columns[one].options)
                told.append(
                    _(
                        "«{column}» se ordenó así: {order}. El resultado solo tiene sentido si ese orden es real."
                    ).format(column=self.columns[one].label, order=order)
                )
        if self.plan.groups:
            rho = spearman(self.found.selected, self.plan.pair)
            if math.isfinite(rho):
                told.append(_("Con todas las filas juntas: ρ = {value}.").format(value=number_text(round(rho, 2))))
        return [*told, _("Una correlación no dice cuál es la causa: puede haber algo más detrás de las dos.")]

    def _conditions(self) -> str:
        return _("Solo filas donde {conditions}.").format(
            conditions=_(" y ").join(self._condition(one) for one in self.plan.filters)
        )

    def _condition(self, one: Filter) -> str:
        words = {
            "es": _("«{column}» es {value}"),
            "no_es": _("«{column}» no es {value}"),
            "una_de": _("«{column}» es {value}"),
            "contiene": _("«{column}» contiene {value}"),
            "desde": _("«{column}» va desde {value}"),
            "hasta": _("«{column}» va hasta {value}"),
            "sin_dato": _("«{column}» no tiene dato"),
            "con_dato": _("«{column}» tiene dato"),
        }
        value = _(" o ").join(one.value) if isinstance(one.value, tuple) else cell_text(one.value)
        return words[one.operator].format(column=self.columns[one.column].label, value=value)

    def _cells(self) -> list[tuple[str, float]]:
        """All figures of the result with what they are of; those that could not be told are left out."""
        frame: Any = self.found.frame
        if self.plan.measure == "cruce":
            key = self.plan.keys[0]
            pairs = [
                (f"{self._group(key, row[key])}, {column}", row[column])
                for row in frame.to_dict(orient="records")
                for column in frame.columns
                if column != key
            ]
        else:
            pairs = [
                (", ".join(self._group(key, row[key]) for key in self.plan.keys), row[self.plan.figure])
                for row in frame.to_dict(orient="records")
            ]
        return [(name, float(value)) for name, value in pairs if not pd.isna(value)]

    def _group(self, key: str, value: object) -> str:
        told = cell_text(value)
        named = key.removesuffix(MONTH) if key not in self.columns else key
        return month_name(told) if self.columns[named].timelike and told[:4].isdigit() else told

    def _extremes(self) -> str:
        cells = self._cells()
        if not cells:
            return _NOTHING
        high, low = max(cells, key=lambda cell: cell[1]), min(cells, key=lambda cell: cell[1])
        start = f"{self.title()}: "
        if len(cells) == 1:
            return start + _("un solo grupo, «{name}», con {value}.").format(name=high[0], value=self._figure(high[1]))
        if high[1] == low[1]:
            return start + _("todos los grupos tienen {value}.").format(value=self._figure(high[1]))
        return start + _("lo más alto es «{high}», con {most}; lo más bajo, «{low}», con {least}.").format(
            high=high[0], most=self._figure(high[1]), low=low[0], least=self._figure(low[1])
        )

    def _course(self) -> str:
        cells = self._cells()
        if len(cells) < 2:
            return self._extremes()
        (first, begun), (last, ended) = cells[0], cells[-1]
        way = _("sube") if ended > begun else _("baja") if ended < begun else _("queda igual")
        high, low = max(cells, key=lambda cell: cell[1]), min(cells, key=lambda cell: cell[1])
        return _(
            "{title}: de {begun} en {first} a {ended} en {last} ({way}); "
            "lo más alto, {most} en {high}; lo más bajo, {least} en {low}."
        ).format(
            title=self.title(),
            begun=self._figure(begun),
            first=first,
            ended=self._figure(ended),
            last=last,
            way=way,
            most=self._figure(high[1]),
            high=high[0],
            least=self._figure(low[1]),
            low=low[0],
        )

    def _most_common(self) -> str:
        frame: Any = self.found.frame
        most = frame.loc[frame[ROWS].idxmax()]
        median = round(float(self.found.selected[self.plan.column].median()), 2)
        return _("{title}: el tramo con más filas es «{name}», con {n} de {rows}; la mediana es {median}.").format(
            title=self.title(),
            name=most[self.plan.column],
            n=most[ROWS],
            rows=self.found.rows,
            median=number_text(median),
        )

    def _table(self, *, folded: bool) -> str:
        frame = self.found.frame
        if frame is None or frame.empty:
            return ""
        headings = {str(column): self._heading(str(column)) for column in frame.columns}
        if self._crossed_share():
            key = self.plan.keys[0]
            headings |= {name: f"{name} (%)" for name in headings if name != key}
        shown = table_html(frame.head(_MOST_ROWS), headings, self.title())
        return f"<details><summary>{_('Ver las cifras en una tabla')}</summary>{shown}</details>" if folded else shown

    def _picture(self) -> str:
        if self.chart == NO_CHART or not self.found.rows:
            return ""
        if self.chart == "dispersion":
            drawn = self._scatter()
        elif self.found.frame is None:
            return ""
        elif self.chart == "histograma":
            frame = self.found.frame
            names, label = [str(one) for one in frame[self.plan.column]], self.columns[self.plan.column].label
            drawn = charts.columns(self.title(), self._told(), names, [float(one) for one in frame[ROWS]], label)
        else:
            drawn = self._compared()
        if not drawn.startswith("<svg"):
            return drawn
        return f'<figure class="ciberaula-figure">{drawn}<figcaption>{html.escape(self.title())}</figcaption></figure>'

    def _told(self) -> str:
        told = self.sentence().removeprefix(f"{self.title()}: ")
        return told[:1].upper() + told[1:]

    def _compared(self) -> str:
        """Bars or lines: the first grouping along the axis, the second as series."""
        wide = self._wide()
        if len(wide.columns) > charts.MOST_SERIES or (self.chart == "barras" and len(wide) > _MOST_BARS):
            return _TOO_MANY
        names = [str(one) for one in wide.index]
        rows = [
            charts.Series(str(column), [None if pd.isna(value) else float(value) for value in wide[column]])
            for column in wide.columns
        ]
        if self.chart == "lineas":
            return charts.lines(self.title(), self._told(), [short_month(one) for one in names], rows, self._unit())
        return charts.bars(self.title(), self._told(), names, rows, self._unit())

    def _wide(self) -> pd.DataFrame:
        """A row a category, a column a series. Months without rows are there too: a line must not hide a gap."""
        frame, keys = self.found.frame, self.plan.keys
        assert frame is not None  # noqa: S101 (only called with a table)
        if self.plan.measure == "cruce":
            wide = frame.set_index(keys[0])
        elif len(keys) == 1:
            wide = frame.set_index(keys[0])[[self.plan.figure]]
        else:
            wide = frame.pivot(index=keys[0], columns=keys[1], values=self.plan.figure)
        wide = wide.rename(index=cell_text, columns=str)
        if self.columns[self.plan.groups[0]].timelike and len(wide):
            wide = wide.reindex(months_between(str(wide.index[0]), str(wide.index[-1])))
        return wide.fillna(0) if self.plan.measure in (ROWS, SHARE, "cruce") else wide

    def _scatter(self) -> str:
        selected, (x, y) = self.found.selected, self.plan.pair
        key = self.plan.keys[0] if self.plan.groups else None
        parts = (
            [("", selected)] if key is None else [(cell_text(n), p) for n, p in selected.groupby(key, observed=True)]
        )
        if len(parts) > charts.MOST_SERIES:
            return _TOO_MANY
        clouds = [charts.Cloud(name, _spots(part, x, y, _MOST_SPOTS // len(parts))) for name, part in parts]
        said = _("Cada marca es una fila o varias que coinciden. {words}").format(words=self._told())
        names = [self._axis(one) for one in (self.plan.column, self.plan.other)]
        return charts.scatter(self.title(), said, clouds, *names)

    def _axis(self, column: str) -> str:
        """The name of an axis; where categories stand on it as numbers, what the first and the last of these mean."""
        facet = self.columns[column]
        if column not in self.plan.ranked:
            return facet.label
        known = tuple(reversed(YES_NO)) if set(facet.options) == set(YES_NO) else facet.options
        return f"{facet.label} (0 = {known[0]}, {len(known) - 1} = {known[-1]})"


def _spots(part: pd.DataFrame, x: str, y: str, most: int) -> list[tuple[float, float, int]]:
    """The spots with rows on them; where there are too many to draw, those of every n-th row."""
    places = part[[x, y]].astype("float64")
    counted = places.groupby([x, y]).size()
    if len(counted) > most:
        counted = places.iloc[:: -(-len(places) // most)].groupby([x, y]).size()
    index: Any = counted.index
    return [(float(a), float(b), int(count)) for (a, b), count in zip(index, counted, strict=True)]


def months_between(first: str, last: str) -> list[str]:
    """All months from ``first`` to ``last``, both as YYYY-MM."""
    begun, ended = (int(one[:4]) * 12 + int(one[5:7]) - 1 for one in (first, last))
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(begun, ended + 1)]


def month_name(text: str) -> str:
    """«marzo de 2025»."""
    return _("{month} de {year}").format(month=MONTHS[int(text[5:7]) - 1], year=text[:4])


def short_month(text: str) -> str:
    """«mar 25»."""
    return f"{MONTHS[int(text[5:7]) - 1][:3]} {text[2:4]}"
