"""Tables, category words and card of the data set ``mensajes``."""

from ciberaula.datasets.spec import Card, Column, Reference, Table
from ciberaula.i18n import _

# The bank's word -> the word that people read.
CHANNELS = {
    "mensajeria": "mensajería",
    "sms": "mensaje de texto",
    "correo": "correo electrónico",
    "chat_institucional": "chat institucional",
    "videollamada": "chat de videollamada",
}
KINDS = {
    "teleorientacion": "teleorientación",
    "coordinacion": "coordinación",
    "cita": "cita",
    "grupo": "grupo",
}
TOPICS = {
    "salud": "salud",
    "educacion": "educación",
    "violencia": "violencia",
    "movilidad": "movilidad humana",
    "discapacidad": "discapacidad",
    "mayores": "personas mayores",
    "ninez": "niñez",
    "vivienda": "vivienda",
    "alimentos": "alimentos",
    "salud_mental": "salud mental",
    "tramites": "trámites",
    "conectividad": "conectividad",
}
WHO = ("persona", "profesional", "colega", "familiar")
_DIRECT, _QUASI, _SENSITIVE = "directo", "cuasi-identificador", "sensible"
# The type of a mark -> the word that people read, and what class of data it is.
TYPES = {
    "nombre": ("nombre", _DIRECT),
    "identificacion": ("identificación", _DIRECT),
    "telefono": ("teléfono", _DIRECT),
    "correo": ("correo", _DIRECT),
    "direccion": ("dirección", _DIRECT),
    "usuario": ("usuario", _DIRECT),
    "cuenta": ("cuenta", _DIRECT),
    "edad": ("edad", _QUASI),
    "lugar": ("lugar", _QUASI),
    "fecha": ("fecha", _QUASI),
    "institucion": ("institución", _QUASI),
    "ocupacion": ("ocupación", _QUASI),
    "salud": ("salud", _SENSITIVE),
    "discapacidad": ("discapacidad", _SENSITIVE),
    "violencia": ("violencia", _SENSITIVE),
    "migracion": ("movilidad humana", _SENSITIVE),
    "identidad": ("identidad", _SENSITIVE),
    "judicial": ("judicial", _SENSITIVE),
}
_ID = "^M[0-9]{3}$"
_TURN = Column("turno", _("Número de turno"), "integer", low=1)

TABLES = (
    Table(
        "intercambios",
        _("Intercambios"),
        (
            Column("intercambio_id", _("Intercambio"), unique=True, pattern=_ID),
            Column("canal", _("Canal"), categories=tuple(CHANNELS.values())),
            Column("tipo", _("Tipo de intercambio"), categories=tuple(KINDS.values())),
            Column("tema", _("Tema"), categories=tuple(TOPICS.values())),
            Column("turnos", _("Cuántos turnos tiene"), "integer", low=1),
        ),
        ("intercambio_id",),
    ),
    Table(
        "turnos",
        _("Turnos"),
        (
            Column("intercambio_id", _("Intercambio"), pattern=_ID),
            _TURN,
            Column("quien", _("Quién escribe"), categories=WHO),
            Column("texto", _("Lo que escribe"), role="sensitive"),
        ),
        ("intercambio_id", "turno"),
        (Reference(("intercambio_id",), "intercambios", ("intercambio_id",)),),
    ),
)
KEYS = (
    Table(
        "datos",
        _("Datos personales en los turnos"),
        (
            Column("intercambio_id", _("Intercambio"), pattern=_ID),
            _TURN,
            Column("desde", _("Desde"), "integer", low=0, about=_("primer carácter, contado desde 0")),
            Column("hasta", _("Hasta"), "integer", low=1, about=_("carácter que sigue al último")),
            Column("texto", _("Texto que se tacha")),
            Column("tipo", _("Tipo de dato"), categories=tuple(word for word, _group in TYPES.values())),
            Column("clase", _("Clase de dato"), categories=(_DIRECT, _QUASI, _SENSITIVE)),
        ),
        ("intercambio_id", "turno", "desde"),
        (Reference(("intercambio_id", "turno"), "turnos", ("intercambio_id", "turno")),),
    ),
)

CARD = Card(
    motivation=_(
        "**Conversaciones simuladas.** Se crearon para aprender a reconocer los datos personales dentro de un mensaje y a "
        "tachar lo necesario sin borrar lo que hace falta para ayudar."
    ),
    composition=_(
        "Conversaciones escritas de dos a nueve turnos, en mensajería, mensajes de texto, correo, chat institucional y el chat "
        "de videollamadas, con muchas maneras de escribir. Hay datos directos (quién es), cuasi-identificadores (qué permite "
        "reconocerle) y datos sensibles. También hay conversaciones sin ningún dato personal y cosas que parecen un dato y no "
        "lo son. Los errores de quien atiende (pedir o contar de más) están puestos a propósito."
    ),
    collection=_(
        "Nadie escribió estos mensajes a un servicio. Los textos se redactaron uno por uno; nombres, números y lugares se "
        "sortearon. Las cédulas no pasan la verificación del registro civil, los teléfonos no están asignados a nadie y los "
        "correos usan dominios reservados para ejemplos."
    ),
    preparation=_(
        "Ninguna oración de tres o más palabras está dos veces. Las faltas de ortografía son de quien escribe, en la ficción."
    ),
    uses=_(
        "Sirve para practicar el tachado y para medir un programa que lo ayude. **No use** estos textos para conocer cómo "
        "escriben las personas atendidas ni para entrenar un programa que tache datos reales sin revisión humana."
    ),
)
