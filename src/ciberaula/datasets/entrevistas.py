"""The data set ``entrevistas``: simulated interviews with social workers, cut into units, with a code book.

All texts were written by hand (``grading/datasets/entrevistas``); this makes tables of them and keeps the reference coding
apart. Neither seed changes anything: who asks for fewer interviews gets the first ones.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from ciberaula.datasets import banks
from ciberaula.datasets.cantons import PROVINCES
from ciberaula.datasets.entrevistas_card import CARD, NO_CODE
from ciberaula.datasets.spec import Column, DataSet, Portion, Recipe, Reference, Table
from ciberaula.i18n import _
from ciberaula.yamlfile import Strict, Text, read_yaml, validate

NAME = "entrevistas"
ROWS = 20
NONE = "ninguno"
BOOK = "libro_de_codigos.yml"
THEMES = {"beneficio": "beneficio", "desafio": "desafío", "practica": "práctica", NONE: NONE}
SECTORS = {"publica": "pública", "privada": "privada"}
GENDERS = {"mujer": "mujer", "hombre": "hombre", "otra": "otra identidad"}
MODES = ("presencial", "videollamada", "llamada")
AREAS = ("urbana", "rural")

Rows = list[dict[str, Any]]


class Code(Strict):
    """A code of the book; ``example`` is made up for the book and stands in no interview."""

    id: Annotated[str, Field(pattern="^[a-z]{3}_[a-z]+$")]
    theme: Literal["beneficio", "desafio", "practica"]
    name: Text
    definition: Text
    include: Text
    exclude: Text
    example: Text


class Book(Strict):
    """The code book."""

    schema_version: Literal[1] = Field(alias="schema")
    codes: list[Code]


class Unit(Strict):
    """One to four sentences: ``code`` is the reference, ``second`` what a simulated colleague gave."""

    text: Text
    code: Text
    second: Text


class Turn(Strict):
    """A turn: what the interviewer (E) says is a ``text``, what the participant (P) says is cut into ``units``."""

    who: Literal["E", "P"]
    text: str = ""
    units: tuple[Unit, ...] = ()

    @property
    def words(self) -> str:
        return self.text or " ".join(unit.text for unit in self.units)


class Participant(Strict):
    """Who was interviewed: nobody real."""

    sector: Literal["publica", "privada"]
    institution: Text
    area: Literal["urbana", "rural"]
    province: Text
    role: Text
    years: int
    gender: Literal["mujer", "hombre", "otra"]


class Interview(Strict):
    """A file of the bank. ``note`` is for the instructor. Of a ``graded`` one the colleague's coding stays unpublished."""

    schema_version: Literal[1] = Field(alias="schema")
    id: Annotated[str, Field(pattern="^E[0-9]{2}$")]
    participant: Participant
    month: Annotated[str, Field(pattern="^2026-0[2-5]$")]
    mode: Literal["presencial", "videollamada", "llamada"]
    minutes: int
    turns: list[Turn]
    note: str = ""
    graded: bool = False


def make(recipe: Recipe, first: int, last: int) -> Portion:
    """The interviews number ``first`` … ``last``. Raises ``UserError`` where more are wanted than were written."""
    folder = banks.bank(recipe)
    interviews = banks.by_id(banks.read_all(folder, "e[0-9]*.yml", Interview), folder)
    banks.check_enough(recipe.rows, len(interviews), NAME, DATASET.unit)
    chosen = sorted(interviews, key=lambda one: one.id)[first - 1 : last]
    tables: dict[str, Rows] = {
        "entrevistas": [_described(one) for one in chosen],
        "turnos": [turn for one in chosen for turn in _turns(one)],
        "codigos": [*map(_code, codes(folder)), NO_CODE] if first == 1 else [],
    }
    units = [unit for one in chosen for unit in _units(one)]
    tables["segmentos"] = [row for row, _unit in units]
    graded = {one.id for one in chosen if one.graded}
    tables["colega"] = [
        {"segmento_id": row["segmento_id"], "codigo": unit.second}
        for row, unit in units
        if row["entrevista_id"] not in graded
    ]
    tables["codificacion"] = [{"segmento_id": row["segmento_id"], "codigo": unit.code} for row, unit in units]
    return {table.name: _columns(table, tables[table.name]) for table in (*TABLES, *KEYS)}


def codes(folder: Path) -> list[Code]:
    """The codes of the book in ``folder``, in order. Raises ``UserError`` where the file isn't of the form."""
    return validate(Book, read_yaml(folder / BOOK)).codes


def _described(one: Interview) -> dict[str, Any]:
    who = one.participant
    return {
        "entrevista_id": one.id,
        "sector": SECTORS[who.sector],
        "institucion": who.institution,
        "area": who.area,
        "provincia": who.province,
        "cargo": who.role,
        "anios_experiencia": who.years,
        "genero": GENDERS[who.gender],
        "mes": one.month,
        "modalidad": one.mode,
        "minutos": one.minutes,
        "palabras": sum(len(turn.words.split()) for turn in one.turns),
    }


def _turns(one: Interview) -> Rows:
    return [
        {"entrevista_id": one.id, "turno": number, "habla": turn.who, "texto": turn.words}
        for number, turn in enumerate(one.turns, start=1)
    ]


def _units(one: Interview) -> Iterator[tuple[dict[str, Any], Unit]]:
    """Each unit with its row; units are numbered through the interview."""
    count = 0
    for number, turn in enumerate(one.turns, start=1):
        for place, unit in enumerate(turn.units, start=1):
            count += 1
            row = {"segmento_id": f"{one.id}-{count:03d}", "entrevista_id": one.id, "turno": number, "orden": place}
            yield {**row, "texto": unit.text}, unit


def _code(code: Code) -> dict[str, Any]:
    return {
        "codigo": code.id,
        "tema": THEMES[code.theme],
        "nombre": code.name,
        "definicion": code.definition,
        "incluye": code.include,
        "excluye": code.exclude,
        "ejemplo": code.example,
    }


def _columns(table: Table, rows: Rows) -> dict[str, list[Any]]:
    return {column.name: [row[column.name] for row in rows] for column in table.columns}


_SEGMENT = "^E[0-9]{2}-[0-9]{3}$"
_INTERVIEW_ID = Column("entrevista_id", _("Entrevista"), pattern="^E[0-9]{2}$")
_OF_INTERVIEW = Reference(("entrevista_id",), "entrevistas", ("entrevista_id",))
_OF_TURN = Reference(("entrevista_id", "turno"), "turnos", ("entrevista_id", "turno"))
_CODED = (
    Reference(("segmento_id",), "segmentos", ("segmento_id",)),
    Reference(("codigo",), "codigos", ("codigo",)),
)
_TURN = Column("turno", _("Número de turno"), "integer", low=1)

TABLES = (
    Table(
        "entrevistas",
        _("Entrevistas"),
        (
            Column("entrevista_id", _("Entrevista"), unique=True, pattern="^E[0-9]{2}$"),
            Column("sector", _("Sector"), categories=tuple(SECTORS.values())),
            Column("institucion", _("Clase de institución"), about=_("ninguna lleva nombre"), role="quasi"),
            Column("area", _("Área"), categories=AREAS, role="quasi"),
            Column("provincia", _("Provincia"), categories=PROVINCES, role="quasi"),
            Column("cargo", _("Cargo"), role="quasi"),
            Column("anios_experiencia", _("Años de experiencia"), "integer", low=0, high=50, role="quasi"),
            Column("genero", _("Género"), categories=tuple(GENDERS.values()), role="quasi"),
            Column("mes", _("Mes de la entrevista"), pattern="^2026-0[2-5]$"),
            Column("modalidad", _("Modalidad"), categories=MODES),
            Column("minutos", _("Duración"), "integer", low=1, unit=_("minutos")),
            Column("palabras", _("Extensión de la transcripción"), "integer", low=1, unit=_("palabras")),
        ),
        ("entrevista_id",),
    ),
    Table(
        "turnos",
        _("Turnos de palabra"),
        (
            _INTERVIEW_ID,
            _TURN,
            Column("habla", _("Quién habla"), categories=("E", "P"), about=_("E entrevista, P participa")),
            Column("texto", _("Lo que dice")),
        ),
        ("entrevista_id", "turno"),
        (_OF_INTERVIEW,),
    ),
    Table(
        "segmentos",
        _("Unidades para codificar"),
        (
            Column("segmento_id", _("Unidad"), unique=True, pattern=_SEGMENT),
            _INTERVIEW_ID,
            _TURN,
            Column("orden", _("Lugar dentro del turno"), "integer", low=1),
            Column("texto", _("Texto de la unidad")),
        ),
        ("segmento_id",),
        (_OF_INTERVIEW, _OF_TURN),
        _("Lo que dice quien participa, en unidades de una a cuatro oraciones. Unidas en orden son el turno."),
    ),
    Table(
        "codigos",
        _("Libro de códigos"),
        (
            Column("codigo", _("Código"), unique=True),
            Column("tema", _("Tema"), categories=tuple(THEMES.values())),
            Column("nombre", _("Nombre del código")),
            Column("definicion", _("Definición")),
            Column("incluye", _("Qué incluye")),
            Column("excluye", _("Qué no incluye")),
            Column("ejemplo", _("Ejemplo"), about=_("inventado para el libro: no está en ninguna entrevista")),
        ),
        ("codigo",),
    ),
    Table(
        "colega",
        _("Codificación de una colega simulada"),
        (Column("segmento_id", _("Unidad"), unique=True, pattern=_SEGMENT), Column("codigo", _("Código que puso"))),
        ("segmento_id",),
        _CODED,
        _("Sirve para comparar con la suya. No es la solución: se equivoca y duda como cualquier persona."),
    ),
)
KEYS = (
    Table(
        "codificacion",
        _("Codificación de referencia"),
        (Column("segmento_id", _("Unidad"), unique=True), Column("codigo", _("Código de referencia"))),
        ("segmento_id",),
        _CODED,
    ),
)

DATASET = DataSet(
    name=NAME,
    title=_("Entrevistas simuladas sobre herramientas digitales en el trabajo social"),
    summary=_(
        "Transcripciones de entrevistas a trabajadoras y trabajadores sociales que no existen, con libro de códigos."
    ),
    unit=_("entrevistas"),
    rows=ROWS,
    seed=2026,
    tables=TABLES,
    make=make,
    card=CARD,
    generator="ciberaula.datasets.entrevistas",
    keys=KEYS,
    bank=True,
    keywords=(_("entrevistas"), _("análisis temático"), _("acuerdo entre codificadores")),
)
