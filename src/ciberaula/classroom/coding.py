"""The coding room: an interview cut into units, a code to choose for each, and how far two readers agree.

What is chosen is data: a table of ``segmento_id`` and ``codigo``, the same that ``submit_table`` takes by code.
"""

import html
import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from ciberaula.classroom.fields import Field, Section, clean_values
from ciberaula.classroom.forms import FormWidget, Values
from ciberaula.classroom.spec import Table
from ciberaula.classroom.workplace import Workplace, workplace
from ciberaula.datasets import load
from ciberaula.datasets.agreement import agreement, cohen_kappa
from ciberaula.errors import UserError
from ciberaula.i18n import _, ngettext

_SET = "entrevistas"
COLUMNS = ["segmento_id", "codigo"]
_INTERVIEWER = "E"


def coding_room(interview: str, *, turns: tuple[int, int] | None = None, answer: str | None = None) -> FormWidget:
    """A form with a code to choose for each unit of that interview of the data set ``entrevistas``.

    ``turns``: only from that turn to that one, both included. ``answer``: the id of a ``table`` question that the choices
    answer; without it they are kept, and compared at the end with the coding of a simulated colleague, where she made one.
    Raises ``UserError`` for an interview or turns that are not there, and for a question that asks for no table.
    """
    units = _units(interview, turns)
    codes = load(_SET, "codigos")
    names = {code: _shown(theme, name) for code, theme, name in _texts(codes, "codigo", "tema", "nombre")}
    place = workplace()
    question = _table_question(place, answer) if answer else None
    sections = _sections(interview, units, list(names.items()))
    fields = [field for section in sections for field in section.fields]
    key = f"{answer or interview}-codificacion"

    def change(values: Values) -> str:
        outcome = place.sheet.save(key, "form", values or None)
        if question is None:
            return outcome.message
        _found, graded = place.find(question.id)
        return place.save(question, as_table(values), graded=graded, checked=not graded).message

    return FormWidget(
        _("Sala de codificación: entrevista {id}").format(id=interview),
        sections,
        intro=_(
            "Entrevista **simulada**. Lea cada unidad y elija el código que mejor dice de qué habla, no si usted está de "
            "acuerdo. Si ninguno le corresponde, elija «ninguno». Se guarda con cada cambio; puede parar y volver."
        ),
        values=_before(place, key, question, fields),
        on_change=change,
        result=lambda values: _result(values, units, names, compare=question is None),
    )


def as_table(values: Values) -> dict[str, Any] | None:
    """The choices as the answer of a table question: a row for each unit that has a code; ``None`` where none has."""
    rows = [[unit, code] for unit, code in values.items() if code]
    return {"columns": list(COLUMNS), "rows": rows} if rows else None


def _units(interview: str, turns: tuple[int, int] | None) -> pd.DataFrame:
    found = load(_SET, "segmentos")
    known = found["entrevista_id"].unique()
    if interview not in known:
        raise UserError(
            _("No hay una entrevista «{id}». Las que hay van de {first} a {last}.").format(
                id=interview, first=min(known), last=max(known)
            )
        )
    first, last = turns or (1, int(found["turno"].max()))
    units = found[(found["entrevista_id"] == interview) & found["turno"].between(first, last)]
    if units.empty:
        raise UserError(
            _("La entrevista «{id}» no tiene unidades entre los turnos {first} y {last}: revise los números.").format(
                id=interview, first=first, last=last
            )
        )
    return units.sort_values(["turno", "orden"])


def _sections(interview: str, units: pd.DataFrame, options: Sequence[tuple[str, str]]) -> list[Section]:
    """A section for each answer, headed by the question that it answers."""
    turns = load(_SET, "turnos")
    said = turns[turns["entrevista_id"] == interview].set_index("turno")
    sections = []
    for turn, answered in units.groupby("turno"):
        before = said.loc[: turn - 1]  # type: ignore[operator]  # turns are whole numbers
        asked = before[before["habla"] == _INTERVIEWER]["texto"]
        intro = _("*Le preguntan:* {text}").format(text=asked.iloc[-1]) if len(asked) else ""
        fields = [
            Field(unit, text, kind="choice", options=options) for unit, text in _texts(answered, "segmento_id", "texto")
        ]
        sections.append(Section(_("Turno {number}").format(number=turn), fields, intro=intro))
    return sections


def _table_question(place: Workplace, answer: str) -> Table:
    question, _graded = place.find(answer)
    if not isinstance(question, Table):
        raise UserError(_("«{id}» no pide una tabla: la sala de codificación no puede responderla.").format(id=answer))
    return question


def _before(place: Workplace, key: str, question: Table | None, fields: list[Field]) -> Values:
    """What was chosen before: the answer itself, whichever way it was given, or what the room kept."""
    if question is not None:
        answered, _checked = place.value(question)
        if answered and answered["columns"] == COLUMNS:
            return _cleaned(fields, dict(answered["rows"]))
    entry = place.sheet.entry(key)
    return _cleaned(fields, entry.value) if entry is not None and entry.value else {}


def _cleaned(fields: list[Field], values: Any) -> Values:
    try:
        return clean_values(fields, values)
    except UserError:  # other units, or codes of an older book
        return {}


def _result(values: Values, units: pd.DataFrame, names: dict[str, str], *, compare: bool) -> str:
    chosen = [(unit, values.get(unit)) for (unit,) in _texts(units, "segmento_id")]
    done = [code for _unit, code in chosen if code]
    told = ngettext("Lleva {done} de {n} unidad.", "Lleva {done} de {n} unidades.", len(chosen))
    parts = [f"<p><strong>{told.format(done=len(done), n=len(chosen))}</strong></p>"]
    if done:
        parts.append(_counts(done, names))
    if compare and done and len(done) == len(chosen):
        parts.append(_compared(units, [code for _unit, code in chosen if code], names))
    return "".join(parts)


def _counts(done: Sequence[str], names: dict[str, str]) -> str:
    counted = ((name, done.count(code)) for code, name in names.items() if code in done)
    rows = "".join(f'<tr><th scope="row">{html.escape(name)}</th><td>{count}</td></tr>' for name, count in counted)
    heads = f'<th scope="col">{_("Código")}</th><th scope="col">{_("Unidades")}</th>'
    return (
        f"<details><summary>{_('Cuántas veces usó cada código')}</summary>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></details>"
    )


def _compared(units: pd.DataFrame, mine: list[str], names: dict[str, str]) -> str:
    hers = load(_SET, "colega").set_index("segmento_id")["codigo"]
    if not units["segmento_id"].isin(hers.index).all():
        return ""
    other = [hers[id] for id in units["segmento_id"]]
    same = sum(one == two for one, two in zip(mine, other, strict=True))
    told = _("Coinciden en <strong>{same} de {n}</strong> unidades ({share}\u00a0%). {kappa}").format(
        same=same, n=len(mine), share=round(100 * agreement(mine, other)), kappa=_kappa(cohen_kappa(mine, other))
    )
    apart = [
        f"<li>«{html.escape(text)}»<br>{_('Usted')}: {html.escape(names[one])}. {_('Su colega')}: {html.escape(names[two])}.</li>"
        for text, one, two in zip(units["texto"], mine, other, strict=True)
        if one != two
    ]
    listed = (
        f"<p>{_('Vuelva al texto donde no coinciden. Pregúntese qué palabra del libro de códigos decidió cada una.')}</p>"
        f"<ol>{''.join(apart)}</ol>"
        if apart
        else ""
    )
    title = _("Usted y una colega simulada, que tampoco tiene siempre razón")
    return f"<h4>{title}</h4><p>{told}</p>{listed}"


def _kappa(value: float) -> str:
    if math.isnan(value):
        return _("Las dos usaron un solo código: kappa no se puede calcular.")
    return _("Kappa de Cohen: <strong>{kappa}</strong> (1 es acuerdo total; 0, el del azar).").format(
        kappa=f"{value:.2f}".replace(".", ",")
    )


def _texts(table: pd.DataFrame, *columns: str) -> list[list[str]]:
    """The rows of those columns of text."""
    rows: list[list[str]] = table[list(columns)].astype(str).to_numpy().tolist()
    return rows


def _shown(theme: str, name: str) -> str:
    return name if theme == name else f"{theme.capitalize()} · {name}"
