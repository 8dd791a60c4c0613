"""Tables, category words and card of the data set ``publicaciones``."""

from ciberaula.datasets.spec import YES_NO, Card, Column, Reference, Table
from ciberaula.i18n import _

# The bank's word -> the word that people read.
ACCOUNTS = {"campana": "campaña", "institucion": "institución", "colega": "colega"}
NETWORKS = {
    "red_fotos": "red de fotos",
    "red_videos": "red de videos",
    "red_textos": "red de textos",
    "mensajeria": "mensajería",
    "red_profesional": "red profesional",
}
FORMATS = {"texto": "texto", "imagen": "imagen", "video": "video", "enlace": "enlace"}
TOPICS = {
    "conectividad": "conectividad",
    "prevencion": "prevención",
    "derechos": "derechos",
    "servicios": "servicios",
    "ninez": "niñez",
    "mayores": "personas mayores",
    "discapacidad": "discapacidad",
    "movilidad": "movilidad humana",
    "salud_mental": "salud mental",
    "autocuidado": "autocuidado",
    "gremio": "gremio",
    "evento": "evento",
    "voluntariado": "voluntariado",
}
_ACCOUNT, _POST = "^cuenta_[0-9]{2}$", "^P[0-9]{4}$"

TABLES = (
    Table(
        "cuentas",
        _("Cuentas"),
        (
            Column("cuenta", _("Cuenta"), unique=True, pattern=_ACCOUNT, about=_("no existe en ninguna red")),
            Column("tipo", _("Tipo de cuenta"), categories=tuple(ACCOUNTS.values())),
            Column("seguidores", _("Seguidores"), "integer", low=1, unit=_("cuentas")),
        ),
        ("cuenta",),
    ),
    Table(
        "publicaciones",
        _("Publicaciones"),
        (
            Column("publicacion_id", _("Publicación"), unique=True, pattern=_POST),
            Column("fecha", _("Fecha"), "date"),
            Column("hora", _("Hora"), pattern="^[0-2][0-9]:[0-5][0-9]$"),
            Column("cuenta", _("Cuenta"), pattern=_ACCOUNT),
            Column("tipo_cuenta", _("Tipo de cuenta"), categories=tuple(ACCOUNTS.values())),
            Column("red", _("Clase de red"), categories=tuple(NETWORKS.values())),
            Column("formato", _("Formato"), categories=tuple(FORMATS)),
            Column("tema", _("Tema"), categories=tuple(TOPICS.values())),
            Column("texto", _("Texto de la publicación"), role="sensitive"),
            Column("imagen", _("Qué se ve"), required=False, about=_("imagen o video, en palabras"), role="sensitive"),
            Column("alcance", _("Alcance"), "integer", low=0, unit=_("personas")),
            Column("reacciones", _("Reacciones"), "integer", low=0),
            Column("comentarios", _("Comentarios"), "integer", low=0),
            Column("compartidos", _("Veces compartida"), "integer", low=0),
        ),
        ("publicacion_id",),
        (Reference(("cuenta",), "cuentas", ("cuenta",)),),
    ),
)
KEYS = (
    Table(
        "etiquetas",
        _("Qué incumple cada publicación"),
        (
            Column("publicacion_id", _("Publicación"), unique=True, pattern=_POST),
            Column("privacidad", _("Expone a alguien"), categories=YES_NO),
            Column("autoria", _("Usa obra ajena sin permiso o crédito"), categories=YES_NO),
            Column("dignidad", _("Hiere la dignidad"), categories=YES_NO),
            Column("dificil", _("Una persona cuidadosa dudaría"), categories=YES_NO),
            Column("explicacion", _("Por qué"), required=False),
            Column("caso_id", _("Caso al que apunta"), required=False, pattern="^SIM-[0-9]{6,7}$"),
        ),
        ("publicacion_id",),
        (Reference(("publicacion_id",), "publicaciones", ("publicacion_id",)),),
    ),
)


def card(evening: range) -> Card:
    """The card; ``evening``: the hours in which more people are reached."""
    return Card(
        motivation=_(
            "**Publicaciones simuladas.** Se crearon para aprender a revisar una publicación antes de que salga (privacidad, "
            "autoría, dignidad) y a leer con cuidado las cifras de alcance. Cuentas, campañas, organizaciones y personas "
            "son inventadas."
        ),
        composition=_(
            "Publicaciones de junio a diciembre de 2025 de tres tipos de cuenta: la campaña «Conectar para cuidar», "
            "instituciones y colegas. Una parte incumple reglas de privacidad, autoría o dignidad, en todos los tipos de "
            "cuenta; otras parecen arriesgadas y no lo son. Algunas, unidas con otra tabla, pueden señalar a una persona "
            "simulada: descubrirlo es parte de la práctica. Estructura puesta a propósito en el alcance, con cualquier "
            "semilla: crece con los seguidores (Spearman entre 0,75 y 0,97); en la mediana, un video alcanza entre 1,7 y 3 "
            "veces lo que un texto, por seguidor; entre las {first} h y las {last} h se alcanza entre 1,15 y 1,75 veces lo "
            "que a otras horas, por seguidor y con igual formato. Que una publicación incumpla una regla no cambia su alcance."
        ).format(first=evening[0], last=evening[-1] + 1),
        collection=_(
            "Los textos se escribieron uno por uno; nada procede de una red real. Fechas, lugares, seguidores, alcance y "
            "reacciones se sortearon."
        ),
        preparation=_(
            "Ninguna oración de tres o más palabras está dos veces. Las imágenes se describen en palabras: no hay imágenes."
        ),
        uses=_(
            "Sirve para practicar la revisión de contenidos y el análisis de alcance. **No use** estas cifras para planear una "
            "campaña real ni estos textos como ejemplo de lo que publica una institución, y no vuelva a publicarlos: varios "
            "muestran justamente lo que no se debe hacer."
        ),
    )
