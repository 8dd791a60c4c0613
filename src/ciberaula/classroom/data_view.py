"""A simulated table to look at: what it is, what its columns mean, its first rows. And loading, beside it.

Plain HTML without script or widget: it reads the same in a saved notebook and without a kernel.
"""

import html
from typing import TYPE_CHECKING, Any

from ciberaula.datasets import labels, load
from ciberaula.datasets.loading import ColumnInfo, PackageInfo, TableInfo, package_info
from ciberaula.errors import UserError
from ciberaula.i18n import _, ngettext

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DataView", "cell_text", "data", "labels", "load", "table_html"]

_MOST_ROWS = 200
_MOST_CATEGORIES = 12
# A wide table scrolls in its own box; its words stay whole.
SCROLL = "overflow-x:auto;overflow-wrap:normal;word-break:normal"
_WHOLE = (
    "display:table;table-layout:auto"  # the box around it scrolls, not the table, which nobody could reach by keyboard
)
_LONG = 30
_TEXT = 60  # beyond this a cell is a text to read; a table with several such columns can't be read across
_TEXTS_IN_A_TABLE = 2
_KINDS = {
    "string": _("texto"),
    "integer": _("número entero"),
    "number": _("número"),
    "boolean": _("verdadero o falso"),
    "date": _("fecha"),
    "datetime": _("fecha y hora"),
}


def data(name: str, table: str | None = None, *, rows: int = 8) -> "DataView":
    """Show the first ``rows`` rows (0–200) of a table with the labels of its columns and what the set is.

    Without ``table``, the main one. Raises ``UserError`` for an unknown set or table, or another number of rows.
    """
    if isinstance(rows, bool) or not isinstance(rows, int) or not 0 <= rows <= _MOST_ROWS:
        raise UserError(_("rows debe ser un número entero de 0 a {most}.").format(most=_MOST_ROWS))
    package = package_info(name)
    return DataView(package, package.table(table), load(name, table), rows)


class DataView:
    """What :func:`data` shows. ``frame`` is the whole table."""

    def __init__(self, package: PackageInfo, table: TableInfo, frame: "pd.DataFrame", rows: int) -> None:
        self.frame = frame
        self._package = package
        self._table = table
        self._rows = rows

    def _repr_html_(self) -> str:
        return "".join(
            (
                f'<div class="ciberaula-data" lang="es"><h3>{html.escape(self._package.title)}</h3>',
                f"<p><strong>{_('Datos simulados: nadie en ellos es real.')}</strong> {html.escape(self._about())}</p>",
                f"<p>{self._size()}</p>",
                self._others(),
                self._first_rows(),
                self._columns(),
                "</div>",
            )
        )

    def __repr__(self) -> str:
        said = _("Datos simulados: nadie en ellos es real.")
        return f"{self._package.title}\n{said}\n{self._size()}\n{self.frame.head(self._rows).to_string(index=False)}"

    def _about(self) -> str:
        """The package's own words, without the warning that stands before them already."""
        told = self._package.about
        if told.startswith("DATOS SIMULADOS"):
            _warning, _dot, told = told.partition(". ")
        return told

    def _size(self) -> str:
        tall = ngettext("{count} fila", "{count} filas", len(self.frame)).format(count=len(self.frame))
        wide = ngettext("{count} columna", "{count} columnas", len(self.frame.columns))
        return _("Tabla «{title}»: {tall} y {wide}.").format(
            title=html.escape(self._table.title), tall=tall, wide=wide.format(count=len(self.frame.columns))
        )

    def _others(self) -> str:
        if len(self._package.tables) == 1:
            return ""
        items = "".join(
            f"<li><code>{html.escape(one.name)}</code>: {html.escape(one.title)}</li>" for one in self._package.tables
        )
        return f"<details><summary>{_('Las tablas de este conjunto')}</summary><ul>{items}</ul></details>"

    def _first_rows(self) -> str:
        shown = self.frame.head(self._rows)
        if shown.empty:
            return ""
        title = ngettext("La primera fila", "Las primeras {n} filas", len(shown)).format(n=len(shown))
        headings = {one.name: heading(one) for one in self._table.columns}
        texts = [name for name in headings if shown[name].map(lambda cell: len(cell_text(cell)) > _TEXT).any()]
        if len(texts) > _TEXTS_IN_A_TABLE:
            return _records(shown, headings, texts, title)
        return table_html(shown, headings, title)

    def _columns(self) -> str:
        rows = "".join(_column_row(column) for column in self._table.columns)
        heads = "".join(
            f'<th scope="col">{head}</th>' for head in (_("Columna"), _("Qué dice"), _("Clase"), _("Valores"))
        )
        title = _("Qué significa cada columna")
        return (
            f'<details><summary>{title}</summary><div role="region" aria-label="{title}" tabindex="0" style="{SCROLL}">'
            f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details>"
        )


def heading(column: ColumnInfo) -> str:
    """The label of a column with its unit: «Edad (años)»."""
    return f"{column.label} ({column.unit})" if column.unit else column.label


def table_html(frame: "pd.DataFrame", headings: dict[str, str], title: str) -> str:
    """``frame`` as an accessible table in a box that scrolls; ``headings``: column -> words (its own name otherwise)."""
    heads = "".join(
        f'<th scope="col">{html.escape(headings.get(str(column), str(column)))}</th>' for column in frame.columns
    )
    rows = "".join(
        f"<tr>{''.join(_cell(cell_text(cell)) for cell in row)}</tr>"
        for row in frame.itertuples(index=False, name=None)
    )
    return (
        f'<div role="region" aria-label="{html.escape(title)}" tabindex="0" style="{SCROLL}"><table style="{_WHOLE}">'
        f'<caption style="text-align:left">{html.escape(title)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _records(frame: "pd.DataFrame", headings: dict[str, str], texts: list[str], title: str) -> str:
    """Rows that hold ``texts`` to read, one under the other: folded, named by their short cells."""
    parts = [f"<p><strong>{html.escape(title)}</strong></p>"]
    for row in frame.to_dict(orient="records"):
        named = [cell_text(row[name]) for name in headings if name not in texts]
        told = "".join(
            f"<p><strong>{html.escape(headings[name])}:</strong> {html.escape(cell_text(row[name]))}</p>"
            for name in texts
        )
        name = html.escape(" · ".join(dict.fromkeys(named)))
        parts.append(f'<details><summary style="padding:10px 0">{name}</summary>{told}</details>')
    return "".join(parts)


def _cell(text: str) -> str:
    wide = ' style="min-width:16rem"' if len(text) > _LONG else ""
    return f"<td{wide}>{html.escape(text)}</td>"


def cell_text(value: Any) -> str:
    """A cell as people read it: decimal comma, dates without a midnight hour, nothing for a missing value."""
    import pandas as pd

    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return "—"
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d" if value == value.normalize() else "%Y-%m-%d %H:%M")
    if isinstance(value, float):
        return f"{value:.10g}".replace(".", ",")
    return str(value)


def _column_row(column: ColumnInfo) -> str:
    values = list(column.categories[:_MOST_CATEGORIES])
    if len(column.categories) > _MOST_CATEGORIES:
        values.append("…")
    told = f"{column.label}. {column.about}" if column.about else column.label
    cells = (told, _KINDS[column.kind], ", ".join(values) or column.unit)
    return (
        f'<tr><th scope="row"><code>{html.escape(column.name)}</code></th>'
        f"{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"
    )
