"""The simulated data set ``casos_cruda``: cases like those of ``casos`` as many hands left them, with faults to find and mend.

All cells are text and no table has a key, as in a file that somebody exported. What is planted, and where, follows from the
hidden seed; the table ``fallas`` keeps it for who teaches. The cases follow from it too: were they those of ``casos``, the
two sets side by side would give every fault away.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ciberaula.datasets import casos
from ciberaula.datasets.casos_cruda.card import CARD
from ciberaula.datasets.casos_cruda.faults import KINDS
from ciberaula.datasets.casos_cruda.planting import NAME, sow
from ciberaula.datasets.spec import Column, DataSet, Portion, Recipe, Table
from ciberaula.i18n import _

_LEFT_OUT = ("difusion",)
_STATIC = ("profesionales", "organizaciones")


def _plain(table: Table) -> Table:
    """The table as a file without any promise: text, nothing required, no key."""
    columns = tuple(
        Column(one.name, one.label, required=False, role=one.role, about=one.about) for one in table.columns
    )
    return replace(table, columns=columns, key=(), references=())


TABLES = tuple(_plain(table) for table in casos.DATASET.tables if table.name not in _LEFT_OUT)
FAULTS = Table(
    "fallas",
    _("Fallas puestas en «casos_cruda»"),
    (
        Column("tabla", _("Tabla"), categories=tuple(table.name for table in TABLES if table.name not in _STATIC)),
        Column("clave", _("Fila"), about=_("El código de la fila: su primera columna.")),
        Column("columna", _("Columna"), required=False, about=_("Vacía donde sobra la fila entera.")),
        Column("tipo", _("Tipo de falla"), categories=KINDS),
        Column("valor_limpio", _("Valor limpio"), required=False),
        Column("valor_crudo", _("Valor crudo"), required=False),
    ),
)


def make(recipe: Recipe, first: int, last: int) -> Portion:
    """The rows of cases ``first`` … ``last`` of ``casos`` with ``recipe.hidden`` for a seed, with faults by it."""
    clean = dict(casos.make(clean_recipe(recipe), first, last))
    apart = {name: clean.pop(name) for name in (*_LEFT_OUT, *_STATIC) if name in clean}
    sown = sow(clean, recipe.hidden)
    static = {name: _as_text(apart[name]) for name in _STATIC if name in apart}
    return {**sown.tables, **static, FAULTS.name: sown.key}


def clean_recipe(recipe: Recipe) -> Recipe:
    """What to build ``casos`` with to get these cases without a fault."""
    return replace(recipe, seed=recipe.hidden)


def _as_text(columns: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: [str(value) for value in values] for name, values in columns.items()}


DATASET = DataSet(
    name=NAME,
    title=_("Casos, edición cruda: otros casos de la misma oficina, con errores por encontrar"),
    summary=_(
        "Tablas como las de «casos», tal como las dejaron muchas manos: con duplicados, fechas imposibles, códigos mezclados "
        "y más."
    ),
    unit=casos.DATASET.unit,
    rows=casos.DATASET.rows,
    seed=casos.DATASET.seed,
    tables=TABLES,
    make=make,
    card=CARD,
    generator="ciberaula.datasets.casos_cruda",
    keys=(FAULTS,),
    keywords=("trabajo social", "limpieza de datos", "calidad de datos", "datos simulados"),
)
