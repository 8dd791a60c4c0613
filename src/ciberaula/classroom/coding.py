"""The coding room: an interview cut into units, a code to choose for each, and how far two readers agree.

What is chosen is data: a table of ``segmento_id`` and ``codigo``, the same that ``submit_table`` takes by code.
"""

import html
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ciberaula.classroom.fields import Field, Section
from ciberaula.classroom.forms import FormWidget, Values
from ciberaula.classroom.spec import Table
from ciberaula.classroom.workplace import Workplace, workplace
from ciberaula.datasets import load
from ciberaula.datasets.agreement import agreement, cohen_kappa
from ciberaula.errors import UserError
from ciberaula.i18n import _

_SET = "entrevistas"
COLUMNS = ["segmento_id", "codigo"]
_INTERVIEWER = "E"
_FEW = 30  # units: below that, one of them moves kappa a lot
_THEMES = {"beneficio": _("Beneficios"), "desafío": _("Desafíos"), "práctica": _("Prácticas")}


@dataclass(frozen=True)
class Code:
    """A code of the book. ``shown``: its theme and name; ``about``: what the book says of it, as HTML."""

    id: str
    theme: str
    name: str
    shown: str
    about: str


@dataclass(frozen=True)
class Turn:
    """One answer of the person interviewed: what she was asked, and the units (id, text) of what she said."""

    number: int
    asked: str
    units: tuple[tuple[str, str], ...]


def coding_room(interview: str, *, turns: tuple[int, int] | None = None, answer: str | None = None) -> "CodingRoom":
    """A list of codes to choose from for each unit of that interview of the data set ``entrevistas``.

    ``turns``: only from that turn to that one, both included. ``answer``: the id of a ``table`` question that the choices
    answer; without it they are kept, and compared at the end with the coding of a simulated colleague, where she made one.
    Raises ``UserError`` for an interview or turns that are not there, and for a question that asks for no table.
    """
    place = workplace()
    return CodingRoom(interview, _turns(interview, turns), _book(), _Keeping(place, interview, answer))


class CodingRoom(FormWidget):
    """What :func:`coding_room` shows."""

    def __init__(self, interview: str, turns: Sequence[Turn], book: Mapping[str, Code], keeping: "_Keeping") -> None:
        self._book = book
        self._units = {unit: text for turn in turns for unit, text in turn.units}
        self._hers = {} if keeping.question else _colleague(self._units)
        self._keeping = keeping
        options = [(code.id, code.shown) for code in book.values()]
        fields = [Field(unit, text, kind="choice", options=options) for unit, text in self._units.items()]
        super().__init__(
            _("Sala de codificación: entrevista {id}").format(id=interview),
            [Section("", fields)],
            intro=_(
                "Entrevista **simulada**. Lea cada unidad y elija el código que mejor dice de qué habla, no si usted está "
                "de acuerdo. Si ninguno le corresponde, elija «Ninguno». Cada cambio se guarda solo: puede parar y volver."
            ),
            values=keeping.kept(self._units, book),
            result=self._told,
        )
        self.spec = {
            **{name: value for name, value in self.spec.items() if name != "sections"},
            "type": "coding",
            "turns": [_turn_payload(turn) for turn in turns],
            "book": _book_payload(book),
            "compared": bool(self._hers),
            "words": _words(),
        }
        self.tell()

    def _change(self, values: Values) -> None:
        """Keep what changed here over what is kept: another tab, or code, may have coded other units meanwhile."""
        now = self._keeping.kept(self._units, self._book) or self.values
        for unit in self._units:
            if values.get(unit) != self.values.get(unit):
                now[unit] = values.get(unit)
        merged = {unit: now[unit] for unit in self._units if now.get(unit)}
        line = self._keeping.keep(merged)
        self._on_change = lambda _values: line
        super()._change(merged)

    def _told(self, values: Values) -> str:
        chosen = {unit: values[unit] for unit in self._units if values.get(unit)}
        parts = []
        if len(chosen) == len(self._units) and self._hers:
            parts.append(_compared(self._units, chosen, self._hers, self._book))
        if chosen:
            parts.append(_counts(list(chosen.values()), self._book))
        return "".join(parts)


class _Keeping:
    """Where the choices are kept: as the answer of a table question, or under a name of their own."""

    def __init__(self, place: Workplace, interview: str, answer: str | None) -> None:
        self._place = place
        self._key = f"{interview}-codificacion"
        self.question = _table_question(place, answer) if answer else None

    def kept(self, units: Mapping[str, str], book: Mapping[str, Code]) -> Values:
        """Unit -> code, however it was given; without other units, and without codes that no book knows."""
        found: Mapping[str, Any] = {}
        if self.question is None:
            entry = self._place.sheet.entry(self._key)
            found = entry.value if entry is not None and isinstance(entry.value, dict) else {}
        else:
            self._place.sheet.entry(self.question.id)  # now seen: what another tab did there is kept, not written over
            answered, _checked = self._place.value(self.question)
            if answered and answered["columns"] == COLUMNS:
                found = dict(answered["rows"])
        return {unit: found[unit] for unit in units if found.get(unit) in book}

    def keep(self, values: Values) -> str:
        """The line for the status. Raises ``UserError`` where it could not be written."""
        if self.question is None:
            outcome = self._place.sheet.save(self._key, "form", values or None)
        else:
            _found, graded = self._place.find(self.question.id)
            outcome = self._place.save(self.question, as_table(values), graded=graded, checked=not graded)
        if not outcome.saved:
            raise UserError(outcome.message)
        return outcome.message


def as_table(values: Values) -> dict[str, Any] | None:
    """The choices as the answer of a table question: a row for each unit that has a code; ``None`` where none has."""
    rows = [[unit, code] for unit, code in values.items() if code]
    return {"columns": list(COLUMNS), "rows": rows} if rows else None


def _table_question(place: Workplace, answer: str) -> Table:
    question, _graded = place.find(answer)
    if not isinstance(question, Table):
        raise UserError(_("«{id}» no pide una tabla: la sala de codificación no puede responderla.").format(id=answer))
    return question


def _turns(interview: str, limits: tuple[int, int] | None) -> list[Turn]:
    """Each answer with the question before it."""
    units = _units(interview, limits)
    said = load(_SET, "turnos")
    said = said[said["entrevista_id"] == interview].set_index("turno")
    found = []
    for turn, answered in units.groupby("turno"):
        number = int(str(turn))
        before = said.loc[: number - 1]
        asked = before[before["habla"] == _INTERVIEWER]["texto"]
        rows = tuple((unit, text) for unit, text in _texts(answered, "segmento_id", "texto"))
        found.append(Turn(number, str(asked.iloc[-1]) if len(asked) else "", rows))
    return found


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


def _book() -> dict[str, Code]:
    """Code -> what it is; codes that the book names inside its texts are told by their names."""
    rows = _texts(load(_SET, "codigos"), "codigo", "tema", "nombre", "definicion", "incluye", "excluye", "ejemplo")
    names = {code: name for code, _theme, name, *_texts_of in rows}
    inside = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")

    def worded(text: str) -> str:
        return html.escape(inside.sub(lambda found: f"«{names[found[0]]}»" if "_" in found[0] else found[0], text))

    book = {}
    for code, theme, name, what, includes, excludes, example in rows:
        about = (
            f"<p>{worded(what)}</p><p><strong>{_('Incluye:')}</strong> {worded(includes)}</p>"
            f"<p><strong>{_('Qué no incluye:')}</strong> {worded(excludes)}</p>"
            f"<p><strong>{_('Ejemplo:')}</strong> {worded(example)}</p>"
        )
        book[code] = Code(code, theme, name, name if theme not in _THEMES else f"{theme.capitalize()} · {name}", about)
    return book


def _colleague(units: Mapping[str, str]) -> dict[str, str]:
    """The colleague's codes of those units; none where she did not code them all."""
    hers = {unit: code for unit, code in _texts(load(_SET, "colega"), "segmento_id", "codigo") if unit in units}
    return hers if len(hers) == len(units) else {}


def _turn_payload(turn: Turn) -> dict[str, Any]:
    return {"asked": turn.asked, "units": [{"id": unit, "text": text} for unit, text in turn.units]}


def _book_payload(book: Mapping[str, Code]) -> list[dict[str, Any]]:
    """The codes under the titles of their themes; what has no theme comes last, without one."""
    themes = dict.fromkeys(code.theme for code in book.values())
    return [
        {
            "title": _THEMES.get(theme, ""),
            "codes": [
                {"id": code.id, "name": code.name, "shown": code.shown, "html": code.about}
                for code in book.values()
                if code.theme == theme
            ],
        }
        for theme in sorted(themes, key=lambda one: one not in _THEMES)
    ]


def _words() -> dict[str, str]:
    return {
        "asked": _("Le preguntan:"),
        "book": _("Abrir el libro de códigos"),
        "unit": _("Unidad {number} de {total}"),
        "code": _("Código de la unidad {number}"),
        "about": _("Qué dice el libro de «{name}»"),
        "kept": _("Guardado"),
        "keeping": _("Guardando…"),
        "failed": _("Sin guardar todavía"),
        "progress": _("Unidades con código"),
        "done": _("{done} de {total} unidades con código"),
        "all": _("Todas las unidades tienen código."),
        "begin": _("Ir a la primera unidad"),
        "next": _("Ir a la siguiente sin código"),
        "compare": _("Ver la comparación con su colega"),
    }


def _counts(done: Sequence[str], book: Mapping[str, Code]) -> str:
    counted = ((code.shown, done.count(code.id)) for code in book.values() if code.id in done)
    rows = "".join(f'<tr><th scope="row">{html.escape(name)}</th><td>{count}</td></tr>' for name, count in counted)
    heads = f'<th scope="col">{_("Código")}</th><th scope="col">{_("Unidades")}</th>'
    return (
        f"<details><summary>{_('Cuántas veces usó cada código')}</summary>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></details>"
    )


def _compared(
    units: Mapping[str, str], mine: Mapping[str, str], hers: Mapping[str, str], book: Mapping[str, Code]
) -> str:
    one, two = [mine[unit] for unit in units], [hers[unit] for unit in units]
    apart = [(number, unit) for number, unit in enumerate(units, 1) if mine[unit] != hers[unit]]
    told = _("Coinciden en <strong>{same} de {n}</strong> unidades ({share}\u00a0%).").format(
        same=len(units) - len(apart), n=len(units), share=round(100 * agreement(one, two))
    )
    title = _("Usted y una colega simulada")
    parts = [f"<h4>{title}</h4><p>{told} {_kappa(cohen_kappa(one, two), len(units))}</p>"]
    if apart:
        parts.append(f"<h5>{_('Donde no coinciden')}</h5>")
        parts.append(
            f"<p>{_('Vuelva al texto y al libro. ¿Qué palabra decidió cada código? Ella tampoco tiene siempre razón.')}</p>"
        )
        parts += [_difference(number, unit, units, mine, hers, book) for number, unit in apart]
    return "".join(parts)


def _difference(
    number: int,
    unit: str,
    units: Mapping[str, str],
    mine: Mapping[str, str],
    hers: Mapping[str, str],
    book: Mapping[str, Code],
) -> str:
    return (
        f'<div class="ciberaula-apart"><p><strong>{_("Unidad {number}").format(number=number)}</strong> {html.escape(unit)}</p>'
        f"<blockquote>{html.escape(units[unit])}</blockquote>"
        f"<p>{_('Usted:')} <strong>{html.escape(book[mine[unit]].shown)}</strong></p>"
        f"<p>{_('Su colega:')} <strong>{html.escape(book[hers[unit]].shown)}</strong></p></div>"
    )


def _kappa(value: float, count: int) -> str:
    if math.isnan(value):
        return _("Las dos usaron un solo código: kappa no se puede calcular.")
    told = _("Kappa de Cohen: <strong>{kappa}</strong> (1 es acuerdo total; 0, el del azar).").format(
        kappa=f"{value:z.2f}".replace(".", ",")
    )
    return told if count >= _FEW else f"{told} {_('Con tan pocas unidades, una sola cambia bastante ese número.')}"


def _texts(table: pd.DataFrame, *columns: str) -> list[list[str]]:
    """The rows of those columns of text."""
    rows: list[list[str]] = table[list(columns)].astype(str).to_numpy().tolist()
    return rows
