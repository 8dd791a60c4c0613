"""The data set ``mensajes``: tele-orientation and chat exchanges with personal data in context, for learning to redact.

The texts were written by hand (``grading/datasets/mensajes``) with ``[[type|text]]`` around each piece of personal data; what
is published has no marks, and the key table tells where each piece stands. Order, names, numbers and places in ``{slots}``
come from the hidden seed: whoever could draw them again would have found most of the key. The public seed changes nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from ciberaula.datasets import banks, people
from ciberaula.datasets.cantons import CANTONS
from ciberaula.datasets.draws import Dice, Draws
from ciberaula.datasets.mensajes_tables import CARD, CHANNELS, KEYS, KINDS, TABLES, TOPICS, TYPES
from ciberaula.datasets.spec import DataSet, Portion, Recipe
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.yamlfile import Strict, Text

NAME = "mensajes"
ROWS = 200

_MARK = re.compile(r"\[\[([a-z]+)\|(.*?)\]\]")
_SLOT = re.compile(r"\{([a-z]+)([0-9]?)\}")
_GENDERS = {"f": "femenino", "m": "masculino"}
# Given names that are also words of every day would mark what is no name («da luz», «qué consuelo»).
_ALSO_WORDS = {
    "luz",
    "rosa",
    "sol",
    "clara",
    "blanca",
    "belén",
    "aurora",
    "consuelo",
    "soledad",
    "dolores",
    "piedad",
} | {
    *(
        "segundo",
        "ángel",
        "amada",
        "tránsito",
        "mercedes",
        "washington",
        "bolívar",
        "salvador",
        "domingo",
        "rocío",
        "inti",
    ),
}

Rows = list[dict[str, Any]]


class Turn(Strict):
    """What one person writes, with marks and slots."""

    who: Literal["persona", "profesional", "colega", "familiar"]
    text: Text


class Exchange(Strict):
    """An exchange of the bank. ``gender``: what the grammar around each name supposes; ``tricky``, ``decoy``: why it is hard."""

    id: Annotated[str, Field(pattern="^m[0-9]{3}$")]
    channel: Literal["mensajeria", "sms", "correo", "chat_institucional", "videollamada"]
    kind: Literal["teleorientacion", "coordinacion", "cita", "grupo"]
    topic: Text
    turns: list[Turn]
    gender: dict[str, Literal["f", "m"]] = Field(default_factory=dict)
    tricky: str = ""
    decoy: str = ""


class Exchanges(Strict):
    """A file of the bank."""

    schema_version: Literal[1] = Field(alias="schema")
    exchanges: list[Exchange]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of personal data: characters ``start`` to ``end`` (not included) of the published text, and its type."""

    start: int
    end: int
    kind: str


def make(recipe: Recipe, first: int, last: int) -> Portion:
    """The exchanges number ``first`` … ``last``. Raises ``UserError`` where more are wanted than were written."""
    exchanges = bank_exchanges(banks.bank(recipe))
    banks.check_enough(recipe.rows, len(exchanges), NAME, DATASET.unit)
    hidden = Draws(recipe.hidden, f"{NAME}:hidden")
    chosen = hidden.dice("order").shuffled(exchanges)[: recipe.rows]
    tables: dict[str, Rows] = {"intercambios": [], "turnos": [], "datos": []}
    for number, exchange in enumerate(chosen[first - 1 : last], start=first):
        id = f"M{number:03d}"
        tables["intercambios"].append({"intercambio_id": id, **_described(exchange)})
        values = Filling(exchange, hidden.dice("slots", exchange.id))
        for place, turn in enumerate(exchange.turns, start=1):
            text, spans = published(turn.text, values)
            _check_clean(text, exchange)
            tables["turnos"].append({"intercambio_id": id, "turno": place, "quien": turn.who, "texto": text})
            tables["datos"] += [{"intercambio_id": id, "turno": place, **_told(text, span)} for span in spans]
    return {
        table.name: {column.name: [row[column.name] for row in tables[table.name]] for column in table.columns}
        for table in (*TABLES, *KEYS)
    }


def bank_exchanges(folder: Path) -> list[Exchange]:
    """All exchanges of the bank. Raises ``UserError`` with file and line where one isn't of the form."""
    files = banks.read_all(folder, "banco-*.yml", Exchanges)
    return banks.by_id((one for file in files for one in file.exchanges), folder)


def published(marked: str, values: "Filling") -> tuple[str, list[Span]]:
    """The text without marks and with its slots filled, and where each marked piece stands in it."""
    text, spans = "", []
    for plain, kind, piece in _pieces(marked):
        text += values.fill(plain)
        if kind:
            filled = values.fill(piece)
            spans.append(Span(len(text), len(text) + len(filled), kind))
            text += filled
    return text, spans


def _pieces(marked: str) -> Iterator[tuple[str, str, str]]:
    """(text before a mark, type, marked text) …, then (the rest, «», «»)."""
    end = 0
    for mark in _MARK.finditer(marked):
        if mark[1] not in TYPES:
            raise UserError(
                _("Tipo de dato desconocido en «{text}»: use uno de {known}.").format(
                    text=mark[0], known=", ".join(TYPES)
                )
            )
        yield marked[end : mark.start()], mark[1], mark[2]
        end = mark.end()
    yield marked[end:], "", ""


def _check_clean(text: str, exchange: Exchange) -> None:
    """A mark that was mistyped would be published as it stands."""
    if found := re.search(r"\[\[.*|.*\]\]|[{}].*", text):
        raise UserError(
            _("El intercambio «{id}» tiene una marca mal escrita cerca de «{text}»: use [[tipo|texto]].").format(
                id=exchange.id, text=found[0][:40]
            )
        )


class Filling:
    """What the slots of one exchange hold. A slot keeps its value; no two names of an exchange are the same."""

    def __init__(self, exchange: Exchange, dice: Dice) -> None:
        self._exchange = exchange
        self._dice = dice
        self._values: dict[str, str] = {}
        self._taken = {word.casefold() for turn in exchange.turns for word in re.findall(r"\w+", turn.text)}

    def fill(self, text: str) -> str:
        return _SLOT.sub(lambda slot: self._value(slot[1], slot[2], slot[0]), text)

    def _value(self, kind: str, number: str, slot: str) -> str:
        if slot not in self._values:
            self._values[slot] = self._drawn(kind, number, slot)
        return self._values[slot]

    def _drawn(self, kind: str, number: str, slot: str) -> str:
        dice = self._dice
        # Mail and user names are those of the person with the same number, as they would be.
        if kind in ("correo", "usuario"):
            name = f"{self._value('nombre', number, f'{{nombre{number}}}')} {dice.one(people.SURNAMES)}"
            return people.mail(dice, name) if kind == "correo" else people.handle(dice, name)
        if kind == "nombre":
            gender = _GENDERS[self._exchange.gender.get(f"nombre{number}", dice.one("fm"))]
            return self._new(people.GIVEN[gender])
        draw = {
            "apellido": lambda: self._new(people.SURNAMES),
            "cedula": lambda: people.cedula(dice),
            "telefono": lambda: people.telephone(dice),
            "canton": lambda: self._new([canton.name for canton in CANTONS if not canton.name[0].isdigit()]),
        }.get(kind)
        if draw is None:
            raise UserError(
                _("El intercambio «{id}» usa {slot}, que el generador no conoce: corríjalo en el banco.").format(
                    id=self._exchange.id, slot=slot
                )
            )
        return draw()

    def _new(self, options: Sequence[str]) -> str:
        """One that the exchange doesn't have yet, in a slot or in its text."""
        free = [one for one in options if one.casefold() not in self._taken | _ALSO_WORDS]
        chosen = self._dice.one(free)
        self._taken.add(chosen.casefold())
        return chosen


def _described(exchange: Exchange) -> dict[str, Any]:
    return {
        "canal": CHANNELS[exchange.channel],
        "tipo": KINDS[exchange.kind],
        "tema": TOPICS[exchange.topic],
        "turnos": len(exchange.turns),
    }


def _told(text: str, span: Span) -> dict[str, Any]:
    word, group = TYPES[span.kind]
    return {"desde": span.start, "hasta": span.end, "texto": text[span.start : span.end], "tipo": word, "clase": group}


DATASET = DataSet(
    name=NAME,
    title=_("Intercambios simulados de teleorientación y chat"),
    summary=_(
        "Conversaciones escritas entre personas que no existen y profesionales simulados, con datos personales dentro."
    ),
    unit=_("intercambios"),
    rows=ROWS,
    seed=2026,
    tables=TABLES,
    make=make,
    card=CARD,
    generator="ciberaula.datasets.mensajes",
    keys=KEYS,
    bank=True,
    keywords=(_("teleorientación"), _("datos personales"), _("tachado")),
)
