"""The explorer: a simulated table asked without code, and the code that asks the same."""

import html
import json
import re
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from ciberaula.classroom.checks import plain_value, table_value
from ciberaula.classroom.explorer_fields import FILTERS, NO_CHART, Facet, Fitting, Values, facets
from ciberaula.classroom.explorer_plan import Outcome, run
from ciberaula.classroom.explorer_report import Report
from ciberaula.classroom.fields import Field, Section
from ciberaula.classroom.forms import Action, FittingForm
from ciberaula.classroom.spec import Number, Table
from ciberaula.classroom.workplace import Workplace, workplace
from ciberaula.datasets.loading import TableInfo, load, package_info
from ciberaula.errors import UserError
from ciberaula.i18n import _

_TABLE = "tabla"
SETTINGS = (
    _TABLE,
    *(f"{part}{number}" for number in FILTERS for part in ("filtro", "condicion", "valor", "lista")),
    *("medida", "columna", "columna2", "valor", "grupo1", "grupo2", "base", "grafico"),
)


def explorer(
    name: str,
    table: str | None = None,
    *,
    answer: str | None = None,
    start: Mapping[str, Any] | None = None,
    fixed: Mapping[str, Any] | None = None,
) -> FittingForm:
    """Ask a simulated data set without code: filter, measure, group, chart; and see the pandas lines that do the same.

    ``table`` names one of several (without it a person chooses, and the first is shown). ``answer`` is the id of a ``table``
    or ``number`` question: a button then hands the result in as its answer, graded or not. ``start`` are settings that it
    opens with until somebody changes them; ``fixed`` settings that can't be changed and are not shown. Both map field ids
    to values (see :mod:`ciberaula.classroom.explorer_fields`)::

        explorer("encuesta_tic", start={"medida": "proporcion", "columna": "uso_regular", "valor": "sí", "grupo1": "area"})

    What a person chooses is kept in the answer sheet. Raises ``UserError`` for an unknown set, table, question or setting.
    """
    return _Explorer(name, table, answer, dict(start or {}), dict(fixed or {})).widget()


class _Explorer:
    def __init__(self, name: str, table: str | None, answer: str | None, start: Values, fixed: Values) -> None:
        self._package = package_info(name)
        self._tables = [self._package.table(table)] if table else list(self._package.tables)
        self._named = len(self._package.tables) > 1
        self._place = workplace()
        self._question = _question(self._place, answer) if answer else None
        self._start, self._fixed = start, fixed
        told = json.dumps([table, start, fixed], sort_keys=True, ensure_ascii=False, default=str)
        self._key = answer or f"{name}-{zlib.crc32(told.encode()):08x}"
        self._key = f"{self._key}-explorador"
        self._fittings: dict[str, Fitting] = {}
        self._columns: dict[str, dict[str, Facet]] = {}
        self._check_settings()

    def widget(self) -> FittingForm:
        return FittingForm(
            _("Explorador: {name}").format(name=self._package.title),
            self._fit,
            intro=_(
                "Datos **simulados**: nadie en ellos es real. Elija qué quiere saber y mire el resultado abajo. "
                "Nada de lo que pruebe cambia los datos."
            ),
            values=self._saved(),
            on_change=self._keep,
            actions=[] if self._question is None else [Action("entregar", self._button(), self._hand_in)],
            result=self._result,
        )

    def _button(self) -> str:
        """Names the question as the notebook's headings do: «Pregunta 2» is ``p02``; a lesson's is the next one."""
        number = re.fullmatch(r"p0*(\d+)", "" if self._question is None else self._question.id)
        if number is None:
            return _("Guardar este resultado como mi respuesta")
        return _("Guardar este resultado como mi respuesta a la pregunta {n}").format(n=number[1])

    def _table(self, values: Mapping[str, Any]) -> TableInfo:
        wanted = self._fixed.get(_TABLE, values.get(_TABLE))
        return next((one for one in self._tables if one.name == wanted), self._tables[0])

    def _fit(self, raw: Mapping[str, Any]) -> tuple[list[Section], Values]:
        table = self._table(raw)
        sections, values = self._fitting(table).fit(raw)
        one_of = [(one.name, one.title) for one in self._tables]
        alone = len(one_of) == 1 or _TABLE in self._fixed
        field = Field(_TABLE, _("Tabla"), kind="choice", options=one_of, listed=True, hidden=alone)
        return [Section("", [field]), *sections], {_TABLE: table.name, **values}

    def _fitting(self, table: TableInfo) -> Fitting:
        if table.name not in self._fittings:
            columns = facets(table, self._frame(table))
            fixed = {id: value for id, value in self._fixed.items() if id != _TABLE}
            self._columns[table.name] = columns
            self._fittings[table.name] = Fitting(self._package.name, table, columns, self._named, fixed)
        return self._fittings[table.name]

    def _frame(self, table: TableInfo) -> pd.DataFrame:
        return _loaded(self._package.name, table.name, str(table.path), table.path.stat().st_mtime_ns)

    def _check_settings(self) -> None:
        """A lesson's own settings must fit: a mistake in them would silently show something else."""
        for name, settings in (("start", self._start), ("fixed", self._fixed)):
            unknown = [id for id in settings if id not in SETTINGS]
            if unknown:
                raise UserError(
                    _("El explorador no tiene el ajuste «{id}» ({where}). Los que hay: {known}.").format(
                        id=unknown[0], where=name, known=", ".join(SETTINGS)
                    )
                )
        wanted = {**self._start, **self._fixed}
        _sections, values = self._fit(wanted)
        for id, value in wanted.items():
            given = sorted(value) if isinstance(value, list | tuple) else value
            found = sorted(values[id]) if isinstance(values.get(id), list) else values.get(id)
            if found != given:
                raise UserError(
                    _("«{value}» no sirve para el ajuste «{id}» en «{set}»: revise el valor.").format(
                        value=value, id=id, set=self._package.name
                    )
                )

    def _saved(self) -> Values:
        entry = self._place.sheet.entry(self._key)
        kept = entry.value if entry is not None and isinstance(entry.value, dict) else {}
        return {**self._start, **kept}

    def _keep(self, values: Values) -> str:
        outcome = self._place.sheet.save(self._key, "form", values)
        return "" if outcome.saved else outcome.message

    def _ask(self, values: Values) -> tuple[Outcome, Report]:
        table = self._table(values)
        plan = self._fitting(table).plan(values)
        outcome = run(plan, self._frame(table))
        return outcome, Report(plan, outcome, self._columns[table.name], values.get("grafico", NO_CHART))

    def _result(self, values: Values) -> str:
        try:
            outcome, report = self._ask(values)
        except UserError as error:
            return f"<p>{html.escape(str(error))}</p>"
        return report.html(self._answer_code(outcome), whole_table=isinstance(self._question, Table))

    def _answer_code(self, outcome: Outcome) -> list[str]:
        if self._question is None or (outcome.frame is None) is isinstance(self._question, Table):
            return []
        call, what = ("submit_table", "resultado") if isinstance(self._question, Table) else ("submit_answer", "valor")
        return ["", f"from ciberaula.classroom import {call}", "", f'{call}("{self._question.id}", {what})']

    def _hand_in(self, values: Values) -> str:
        question = self._question
        outcome, _report = self._ask(values)
        if isinstance(question, Table):
            if outcome.frame is None:
                raise UserError(_("Esta pregunta pide una tabla: elija al menos un grupo en «Agrupar por»."))
            raw = table_value(question.id, outcome.frame)
        else:
            if outcome.value is None:
                raise UserError(
                    _("Esta pregunta pide un solo número: elija una medida que lo dé, sin grupos, y vuelva a guardar.")
                )
            raw = plain_value(outcome.value)
            if raw is None:
                raise UserError(_("Con estas filas no hay un número que guardar: cambie las condiciones."))
        assert question is not None  # noqa: S101 (the button is there for a question only)
        _found, graded = self._place.find(question.id)
        saved = self._place.save(question, raw, graded=graded, checked=not graded)
        if not saved.saved:
            raise UserError(saved.message)
        return saved.message


@lru_cache(maxsize=4)
def _loaded(name: str, table: str, path: str, changed_ns: int) -> pd.DataFrame:
    """``path`` and ``changed_ns`` key the cache: a file written again is read again."""
    return load(name, table)


def _question(place: Workplace, answer: str) -> Table | Number:
    question, _graded = place.find(answer)
    if not isinstance(question, Table | Number):
        raise UserError(
            _("«{id}» no pide una tabla ni un número: el explorador no puede responderla.").format(id=answer)
        )
    return question
