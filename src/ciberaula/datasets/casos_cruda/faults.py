"""How a cell goes wrong: one function for each kind of fault, from a clean value to what somebody might have typed instead.

Each takes the value, the dice and the name of the person of the case, and returns another value (``None``: left blank).
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ciberaula.casework.assessment.notes import plain
from ciberaula.datasets import people
from ciberaula.datasets.draws import Dice

Change = Callable[[str, Dice, str], str | None]

# Kinds, as they stand in the key.
EXACT, NEAR = "duplicado exacto", "duplicado parecido"
CLOSED_FIRST, NO_SUCH_DAY, FUTURE, DAY_FIRST = (
    "cierre antes de la apertura",
    "fecha que no existe",
    "fecha en el futuro",
    "fecha con el día primero",
)
MIXED, MISSING, IN_TEXT, SPACES = (
    "código mezclado",
    "faltante disfrazado",
    "identificador en el texto",
    "espacios de más",
)
KINDS = (EXACT, NEAR, CLOSED_FIRST, NO_SUCH_DAY, FUTURE, DAY_FIRST, MIXED, MISSING, IN_TEXT, SPACES)

_YES_NO: Mapping[str, tuple[str, ...]] = {"sí": ("si", "Sí", "SI", "S", "1"), "no": ("No", "NO", "N", "0")}
_GENDERS: Mapping[str, tuple[str, ...]] = {
    "femenino": ("F", "Fem", "Femenino", "FEMENINO", "1"),
    "masculino": ("M", "Masc", "Masculino", "MASCULINO", "2"),
    "otra identidad": ("Otra", "OTRA", "3"),
}
_AREAS: Mapping[str, tuple[str, ...]] = {
    "urbana": ("Urbana", "U", "urbano", "URBANA"),
    "rural": ("Rural", "R", "RURAL"),
}
_RISKS: Mapping[str, tuple[str, ...]] = {
    "alto": ("Alto", "ALTO", "3"),
    "medio": ("Medio", "MEDIO", "2"),
    "bajo": ("Bajo", "BAJO", "1"),
}
_CHANNELS: Mapping[str, tuple[str, ...]] = {
    "llamada": ("Llamada", "tel.", "TELEFONO", "llamada telefonica"),
    "en persona": ("En persona", "presencial", "PRESENCIAL"),
    "mensajería": ("mensajeria", "chat", "CHAT"),
    "videollamada": ("Videollamada", "video", "video llamada"),
}
_NO_DAYS = ("02-30", "02-31", "04-31", "06-31", "09-31", "11-31")
_BLANKS = ("N/D", "-", "s/d", "NA")
# What people add to a note without thinking. The name, number or address goes in the braces, and an hour.
_TOLD: Mapping[str, tuple[str, ...]] = {
    "cedula": (
        "CI {}.",
        "Deja copia de la cédula {}.",
        "N.º de cédula {} según lo que muestra.",
        "Se verifica identidad con {}.",
        "Consta con cédula {} en la ficha anterior.",
        "Para el trámite usa el documento {}.",
    ),
    "telefono": (
        "Llamar al {}.",
        "Ahora contesta en el {}.",
        "Cel. {}, mejor después del almuerzo.",
        "El número del trabajo es {}.",
        "Pide que le escriban al {}.",
        "Deja otro contacto: {}.",
    ),
    "correo": (
        "Correo: {}.",
        "Enviar el turno a {}.",
        "Ya escribe desde {}, que antes no usaba.",
        "Los papeles los manda de {}.",
        "Se copia a {} por pedido suyo.",
    ),
    "nombre": (
        "Firma {} a las {}.",
        "Atendí a {} sin cita previa, desde las {}.",
        "En la hoja de ingreso consta {}, hora {}.",
        "{} pide que no se comente en casa; sale a las {}.",
        "Quedó registrado a nombre de {} a las {}.",
        "Hablé con {} hasta las {}.",
    ),
}


@dataclass(frozen=True, slots=True)
class Plant:
    """A fault that is planted in a column: of which kind, in what share of its filled cells, and how."""

    table: str
    column: str
    kind: str
    share: float
    change: Change


def _one_of(words: Mapping[str, tuple[str, ...]]) -> Change:
    def change(value: str, dice: Dice, _name: str) -> str:
        return dice.one(words[value]) if value in words else value

    return change


def _province(value: str, dice: Dice, _name: str) -> str:
    bare = plain(value)
    return dice.one([typed for typed in (bare.upper(), bare, value.lower(), value.upper()) if typed != value])


def _day_first(value: str, _dice: Dice, _name: str) -> str:
    day, clock = value.split(" ")
    year, month, number = day.split("-")
    return f"{number}/{month}/{year} {clock}"


def _no_such_day(value: str, dice: Dice, _name: str) -> str:
    return f"{value[:5]}{dice.one(_NO_DAYS)}{value[10:]}"


def _future(value: str, _dice: Dice, _name: str) -> str:
    """Two figures of the year change places; 29 February is left alone, since the other year may have none."""
    return value if value[5:10] == "02-29" else f"20{value[3]}{value[2]}{value[4:]}"


def closed_first(opened: str, dice: Dice) -> str:
    """A closing before that opening."""
    moment = dt.datetime.strptime(opened, "%Y-%m-%d %H:%M") - dt.timedelta(
        days=dice.whole(2, 120), minutes=dice.whole(0, 200)
    )
    return moment.strftime("%Y-%m-%d %H:%M")


def _missing(*typed: str | None) -> Change:
    def change(_value: str, dice: Dice, _name: str) -> str | None:
        return dice.one(typed)

    return change


def _spaces(value: str, dice: Dice, _name: str) -> str:
    return dice.one((f" {value}", f"{value} ", f"  {value}", f"{value}  "))


def _in_text(value: str, dice: Dice, name: str) -> str:
    """One more sentence, with what should not stand in a note."""
    what = dice.one(tuple(_TOLD))
    made = {
        "cedula": lambda: people.cedula(dice),
        "telefono": lambda: people.telephone(dice),
        "correo": lambda: people.mail(dice, name),
        "nombre": lambda: name,
    }[what]()
    hour = f"{dice.whole(8, 17)}:{dice.whole(0, 59):02d}"
    return f"{value} {dice.one(_TOLD[what]).format(made, hour)}"


def retyped(name: str, dice: Dice) -> str:
    """A name as another hand would write it: without accents, in capitals, surnames first or one of them left out."""
    given, *surnames = name.split()
    options = (
        " ".join((*surnames, given)),
        name.upper(),
        " ".join((given, surnames[0])),
        f"{given} {surnames[0]} {surnames[-1][0]}.",
    )
    return dice.one(options)


PLANTS: tuple[Plant, ...] = (
    Plant("casos", "provincia", MIXED, 0.09, _province),
    Plant("casos", "area", MIXED, 0.05, _one_of(_AREAS)),
    Plant("casos", "riesgo", MIXED, 0.05, _one_of(_RISKS)),
    Plant("casos", "motivo", MISSING, 0.025, _missing(*_BLANKS, None)),
    Plant("casos", "canton", SPACES, 0.03, _spaces),
    Plant("casos", "abierto", DAY_FIRST, 0.05, _day_first),
    Plant("personas", "genero", MIXED, 0.12, _one_of(_GENDERS)),
    Plant("personas", "edad", MISSING, 0.03, _missing("99", "999", *_BLANKS)),
    Plant("personas", "idioma", MISSING, 0.015, _missing(*_BLANKS, None)),
    Plant("hogares", "provincia", MIXED, 0.06, _province),
    Plant("hogares", "area", MIXED, 0.06, _one_of(_AREAS)),
    Plant("hogares", "conexion", MISSING, 0.03, _missing(*_BLANKS, None)),
    Plant("preocupaciones", "urgente", MIXED, 0.1, _one_of(_YES_NO)),
    Plant("consentimientos", "otorgado", MIXED, 0.08, _one_of(_YES_NO)),
    Plant("consentimientos", "registrado", FUTURE, 0.006, _future),
    Plant("evaluaciones", "realizada", NO_SUCH_DAY, 0.012, _no_such_day),
    Plant("evaluaciones", "realizada", DAY_FIRST, 0.05, _day_first),
    Plant("planes", "elaborado", NO_SUCH_DAY, 0.012, _no_such_day),
    Plant("contactos", "canal", MIXED, 0.05, _one_of(_CHANNELS)),
    Plant("contactos", "minutos", MISSING, 0.012, _missing("999", *_BLANKS, None)),
    Plant("contactos", "momento", DAY_FIRST, 0.03, _day_first),
    Plant("contactos", "momento", FUTURE, 0.004, _future),
    Plant("contactos", "momento", NO_SUCH_DAY, 0.003, _no_such_day),
    Plant("notas", "escrita", DAY_FIRST, 0.03, _day_first),
    Plant("notas", "escrita", FUTURE, 0.004, _future),
    Plant("notas", "hechos", IN_TEXT, 0.03, _in_text),
)
