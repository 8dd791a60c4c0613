"""The simulated directory ``observatorio``: organisations and their digital practices, as many hands typed them.

See ``records`` for how records and organisations belong together, ``hands`` for how things are typed.
"""

from ciberaula.datasets.observatorio.card import CARD
from ciberaula.datasets.observatorio.hands import LANGUAGES
from ciberaula.datasets.observatorio.names import KINDS
from ciberaula.datasets.observatorio.places import COUNTRIES
from ciberaula.datasets.observatorio.records import DIFFERENCES, NAME, POSITIONS, SCOPES, SEVERAL, STATES, THEMES, make
from ciberaula.datasets.spec import YES_NO, Column, DataSet, Reference, Table
from ciberaula.i18n import _

SEED = 2026
ROWS, FEWEST, MOST = 3200, 200, 4000
_ID = r"R\d{4,}"

TABLE = Table(
    "organizaciones",
    _("Organizaciones y prácticas digitales (directorio simulado, sin limpiar)"),
    (
        Column("registro_id", _("Código del registro"), unique=True, pattern=_ID),
        Column("nombre", _("Nombre de la organización")),
        Column("tipo", _("Tipo de organización"), required=False, about=_("Como lo escribió cada persona.")),
        Column("pais", _("País"), about=_("Como lo escribió cada persona: nombre, código o variante.")),
        Column("ciudad", _("Ciudad"), about=_("Como la escribió cada persona.")),
        Column("idioma", _("Idioma de trabajo"), about=_("Como lo escribió cada persona.")),
        Column("web", _("Página web"), required=False, about=_("Dominios reservados: no llevan a ningún lugar.")),
        Column("correo", _("Correo"), required=False, about=_("Dominios reservados: no llegan a nadie.")),
        Column("anio_inicio", _("Año de inicio"), required=False, about=_("Texto libre.")),
        Column("tema", _("Tema principal"), categories=THEMES),
        Column("practica", _("Qué hace en línea"), about=_("Descripción breve, de una a cuatro oraciones.")),
        Column("alcance", _("Alcance"), categories=SCOPES),
        Column("ultima_revision", _("Última revisión de la ficha"), "date"),
        Column("enlace_activo", _("La página responde"), required=False, categories=YES_NO, about=_("Vacío: no tiene página.")),
        Column("estado", _("Estado de la organización"), categories=STATES),
        Column("lat", _("Latitud"), "number", required=False, low=-90, high=90, unit=_("grados")),
        Column("lon", _("Longitud"), "number", required=False, low=-180, high=180, unit=_("grados")),
    ),
    key=("registro_id",),
)  # fmt: skip

TRUTH = Table(
    "entidades",
    _("A qué organización corresponde cada registro, con sus valores limpios"),
    (
        Column("registro_id", _("Código del registro"), unique=True, pattern=_ID),
        Column("entidad_id", _("Código de la organización"), pattern=r"N\d{4,}"),
        Column("tipo", _("Tipo"), categories=KINDS),
        Column("pais", _("País"), categories=tuple(country.name for country in COUNTRIES)),
        Column("ciudad", _("Ciudad")),
        Column("idioma", _("Idioma del nombre"), categories=tuple(LANGUAGES)),
        Column("anio_inicio", _("Año de inicio"), "integer", low=1985, high=2025),
        Column("coordenadas", _("Cómo quedaron las coordenadas"), categories=POSITIONS),
    ),
    key=("registro_id",),
)
PAIRS = Table(
    "parejas",
    _("Registros de la misma organización"),
    (
        Column("registro_a", _("Un registro"), pattern=_ID),
        Column("registro_b", _("El otro registro"), pattern=_ID),
        Column("tipo", _("En qué difieren"), categories=(*DIFFERENCES, SEVERAL)),
    ),
    key=("registro_a", "registro_b"),
    references=(
        Reference(("registro_a",), "entidades", ("registro_id",)),
        Reference(("registro_b",), "entidades", ("registro_id",)),
    ),
)

DATASET = DataSet(
    NAME,
    _("Observatorio de prácticas digitales (simulado)"),
    _(
        "Directorio simulado de organizaciones y prácticas digitales de trabajo social en 24 países, escrito por muchas manos: "
        "con repetidos, enlaces caídos, alfabetos distintos y datos por limpiar."
    ),
    _("registros"),
    rows=ROWS,
    seed=SEED,
    tables=(TABLE,),
    make=make,
    card=CARD,
    generator="ciberaula.datasets.observatorio",
    fewest=FEWEST,
    most=MOST,
    keys=(TRUTH, PAIRS),
    keywords=(_("directorio"), _("limpieza de datos"), _("vinculación de registros")),
)
