"""The anonymity workbench: the choices of a person as a recipe, what the recipe does to a table, and the pandas that says it.

The recipe is kept in the answer sheet too, so that the bench opens as it was left.
"""

import html
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ciberaula.classroom.data_view import SCROLL
from ciberaula.classroom.fields import Field, Section, clean_values
from ciberaula.classroom.forms import FormWidget, Values
from ciberaula.classroom.spec import Table
from ciberaula.classroom.workplace import Workplace, workplace
from ciberaula.datasets import load, privacy
from ciberaula.errors import UserError
from ciberaula.i18n import _, ngettext

_NEEDED = ("edad", "provincia", "canton")
_PREVIEW = 8
_MOST_SHOWN = 200
_DROPPED = "quitar"
_PLACES = ("provincia", "canton", "region")


@dataclass(frozen=True)
class Recipe:
    """What to do with a table. ``kept``: columns that stay as they are; ``known``: what another person may know of somebody
    (``lugar`` stands for whatever column of place is left); ``least``: rows in smaller groups are left out (1: none)."""

    age: str
    place: str
    kept: tuple[str, ...]
    known: tuple[str, ...]
    least: int

    @classmethod
    def of(cls, values: Values) -> "Recipe":
        return cls(
            values.get("edad", "exacta"),
            values.get("lugar", "canton"),
            tuple(values.get("columnas", ())),
            tuple(values.get("conocido", ())),
            int(values.get("minimo", 1)),
        )

    def apply(self, table: pd.DataFrame) -> pd.DataFrame:
        """The table to publish. Raises ``UserError`` when nothing is left to look at."""
        found = self.columns(table)
        quasi = self.quasi(found)
        return privacy.suppress_small(found, quasi, self.least) if quasi and self.least > 1 else found

    def quasi(self, table: pd.DataFrame) -> list[str]:
        """The columns of ``table`` that another person may know."""
        wanted = [*_PLACES, *self.known] if "lugar" in self.known else list(self.known)
        return [column for column in table.columns if column in wanted]

    def columns(self, table: pd.DataFrame) -> pd.DataFrame:
        """All rows of ``table`` with the columns and the detail chosen."""
        found = table if self.place in ("canton", _DROPPED) else privacy.generalise_canton(table, self.place)  # type: ignore[arg-type]
        if self.age == "tramos":
            found = privacy.generalise_age(found)
        stays = (
            set(self.kept)
            | (set() if self.age == _DROPPED else {"edad"})
            | (set() if self.place == _DROPPED else set(_PLACES))
        )
        columns = [column for column in found.columns if column in stays]
        if not columns:
            raise UserError(_("No queda ninguna columna: conserve al menos una."))
        return found[columns]

    def code(self, dataset: str, table: pd.DataFrame) -> str:
        """The pandas that does the same, for whoever would rather write it; ``table`` is the untouched one."""
        found = self.columns(table)
        quasi = self.quasi(found)
        lines = [
            "from ciberaula.datasets import load, privacy",
            "",
            f'tabla = load("{dataset}")',
        ]
        if self.age == "tramos":
            lines.append("tabla = privacy.generalise_age(tabla)")
        if self.place not in ("canton", _DROPPED):
            lines.append(f'tabla = privacy.generalise_canton(tabla, "{self.place}")')
        lines.append(f"tabla = tabla[{_listed(list(found.columns))}]")
        if quasi:
            lines += ["", f"conocido = {_listed(quasi)}"]
            if self.least > 1:
                lines.append(f'tabla = tabla[tabla.groupby(conocido)["{quasi[0]}"].transform("size") >= {self.least}]')
            lines.append("tabla.groupby(conocido).size().min()  # k")
        return "\n".join(lines)


def _listed(names: list[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def lab(dataset: str, answer: str | None) -> FormWidget:
    """The widget of :func:`ciberaula.classroom.anonymity_lab`."""
    table = load(dataset)
    if any(column not in table.columns for column in _NEEDED):
        raise UserError(
            _("«{name}» no tiene las columnas {columns}: este taller no sirve para esa tabla.").format(
                name=dataset, columns=", ".join(_NEEDED)
            )
        )
    place = workplace()
    question = _table_question(place, answer) if answer else None
    key = f"{answer or dataset}-taller"
    fields = _fields(table)

    def change(values: Values) -> str:
        outcome = place.sheet.save(key, "form", values or None)
        if question is None:
            return outcome.message
        published = Recipe.of(values).apply(table)
        _found, graded = place.find(question.id)
        return place.save(question, _as_answer(published), graded=graded, checked=not graded).message

    return FormWidget(
        _("Taller de anonimato: {name}").format(name=dataset),
        [Section("", fields)],
        intro=_(
            "Tabla **simulada**. Elija qué se publica y con cuánto detalle. Abajo verá la **k**: el tamaño del grupo más "
            "pequeño de personas que se parecen. Con k = 1, alguien puede ser reconocido."
        ),
        values=_settings(place, key, fields),
        on_change=change,
        result=lambda values: report(dataset, table, Recipe.of(values)),
    )


def _table_question(place: Workplace, answer: str) -> Table:
    question, _graded = place.find(answer)
    if not isinstance(question, Table):
        raise UserError(_("«{id}» no pide una tabla: el taller no puede responderla.").format(id=answer))
    return question


def _settings(place: Workplace, key: str, fields: list[Field]) -> Values:
    entry = place.sheet.entry(key)
    if entry is None:
        return {}
    try:
        saved = clean_values(fields, entry.value)
    except UserError:  # the bench had other columns when these were saved
        return {}
    # Nothing ticked is a choice too, and must not come back as the first setting.
    return {field.id: [] for field in fields if field.kind == "multiple"} | saved


def _fields(table: pd.DataFrame) -> list[Field]:
    plain = [str(column) for column in table.columns if column not in _NEEDED]
    return [
        Field(
            "edad",
            _("Edad"),
            kind="choice",
            options=[
                ("exacta", _("Edad exacta")),
                ("tramos", _("Tramos: 0-5, 6-11, 12-17 y 18+")),
                (_DROPPED, _("Quitar la columna")),
            ],
            value="exacta",
        ),
        Field(
            "lugar",
            _("Lugar"),
            kind="choice",
            options=[
                ("canton", _("Provincia y cantón")),
                ("provincia", _("Solo provincia")),
                ("region", _("Solo región")),
                (_DROPPED, _("Quitar el lugar")),
            ],
            value="canton",
        ),
        Field(
            "columnas",
            _("Otras columnas que se publican"),
            kind="multiple",
            options=[(column, column) for column in plain],
            value=plain,
        ),
        Field(
            "conocido",
            _("Qué podría conocer otra persona"),
            kind="multiple",
            options=[
                ("edad", "edad"),
                ("lugar", _("lugar")),
                *((one, one) for one in plain if one not in ("codigo", "motivo")),
            ],
            value=[one for one in ("edad", "lugar", "genero") if one in ("edad", "lugar", *plain)],
            help=_("Una vecina suele conocer la edad, el género y el lugar."),
        ),
        Field(
            "minimo",
            _("Suprimir las filas de grupos con menos de … personas"),
            kind="number",
            minimum=1,
            maximum=50,
            value=1,
            help=_("Con 1 no se suprime ninguna fila."),
        ),
    ]


def _as_answer(table: pd.DataFrame) -> dict[str, Any]:
    rows = table.astype(object).to_numpy().tolist()
    return {"columns": [str(column) for column in table.columns], "rows": rows}


def report(dataset: str, table: pd.DataFrame, recipe: Recipe) -> str:
    """What the recipe gives, as HTML: k, who stands alone, what was lost, a look at the table, and the code."""
    found = recipe.apply(table)
    quasi = recipe.quasi(found)
    parts = [f"<p>{_sentence(table, found, quasi)}</p>"]
    if quasi and len(found):
        parts += [_bars(found, quasi), _same_motive(found, quasi)]
    parts += [_left_out(recipe.columns(table), found), _look(found, quasi), _code(recipe.code(dataset, table))]
    return "".join(parts)


def _sentence(table: pd.DataFrame, found: pd.DataFrame, quasi: list[str]) -> str:
    lost = len(table) - len(found)
    rows = _("Quedan {rows} filas de {total}; se suprimieron {lost} ({share}\u00a0%).").format(
        rows=len(found), total=len(table), lost=lost, share=f"{100 * lost / len(table):.0f}"
    )
    if not len(found):
        return _("<strong>No queda ninguna fila.</strong> Pida un mínimo menor o agrupe más.")
    if not quasi:
        return _("Nadie conoce ninguna de las columnas que quedan: no hay grupos que medir.") + " " + rows
    k = privacy.k_anonymity(found, quasi)
    alone = len(privacy.unique_rows(found, quasi))
    return _("<strong>k = {k}.</strong> Personas únicas: <strong>{alone}</strong>. {rows}").format(
        k=k, alone=alone, rows=rows
    )


def _bars(found: pd.DataFrame, quasi: list[str]) -> str:
    """How many people stand in groups of each size: a bar a size, with the figure beside it."""
    per_row = privacy.row_group_sizes(found, quasi)
    bands = [
        (_("1 persona (única)"), int((per_row == 1).sum())),
        (_("2 personas"), int((per_row == 2).sum())),
        (_("3 o 4 personas"), int(per_row.between(3, 4).sum())),
        (_("5 o más"), int((per_row >= 5).sum())),
    ]
    rows = "".join(
        f'<tr><th scope="row">{name}</th><td style="white-space:nowrap"><span aria-hidden="true" style="display:inline-block;'
        f'height:.8em;background:#1c4f82;width:{8 * count / len(found):.2f}rem"></span> {count}</td></tr>'
        for name, count in bands
    )
    return (
        f'<table style="margin-bottom:.75rem"><caption>'
        f"{_('Cuántas personas hay según el tamaño de su grupo')}</caption>"
        f'<thead><tr><th scope="col">{_("Tamaño del grupo")}</th><th scope="col">{_("Personas")}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _same_motive(found: pd.DataFrame, quasi: list[str]) -> str:
    if "motivo" not in found.columns or "motivo" in quasi:
        return ""
    groups = privacy.homogeneous_groups(found, quasi, "motivo")
    if groups.empty:
        return f"<p>{_('En ningún grupo de dos o más personas el motivo es el mismo para todas.')}</p>"
    warning = ngettext(
        "<strong>Ojo:</strong> en {count} grupo todas las personas comparten el motivo. Ahí, saber el grupo basta para saber "
        "el motivo, aunque k sea alta.",
        "<strong>Ojo:</strong> en {count} grupos todas las personas comparten el motivo. Ahí, saber el grupo basta para saber "
        "el motivo, aunque k sea alta.",
        len(groups),
    )
    return f"<p>{warning.format(count=len(groups))}</p>"


def _look(found: pd.DataFrame, quasi: list[str]) -> str:
    """The most exposed rows first: they are what is to be decided on."""
    order = (
        privacy.row_group_sizes(found, quasi).sort_values(kind="stable").index if quasi and len(found) else found.index
    )
    shown = found.loc[order[:_PREVIEW]]
    return _folded(_("Ver las {n} filas más expuestas").format(n=len(shown)), shown) if len(shown) else ""


def _left_out(table: pd.DataFrame, found: pd.DataFrame) -> str:
    """Whom suppression took out of the table: somebody should look at who they are before deciding."""
    lost = table.drop(index=found.index)[found.columns]
    if lost.empty:
        return ""
    title = ngettext("Ver la fila suprimida", "Ver las {n} filas suprimidas", len(lost)).format(n=len(lost))
    return (
        _folded(title, lost.head(_MOST_SHOWN))
        + f"<p>{_('¿Quiénes quedaron fuera? Suprimir también borra a alguien.')}</p>"
    )


def _folded(title: str, shown: pd.DataFrame) -> str:
    heads = "".join(f'<th scope="col">{html.escape(str(column))}</th>' for column in shown.columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{html.escape(str(cell))}</td>' for cell in row)}</tr>"
        for row in shown.itertuples(index=False)
    )
    return (
        f'<details><summary>{title}</summary><div role="region" aria-label="{html.escape(title)}" tabindex="0" style="{SCROLL}">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _code(code: str) -> str:
    return f"<details><summary>{_('Ver lo mismo en código')}</summary><pre><code>{html.escape(code)}</code></pre></details>"
