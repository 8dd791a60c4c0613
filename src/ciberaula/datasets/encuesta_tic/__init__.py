"""The simulated survey ``encuesta_tic``: 20 variables on the use of digital tools, with the published margins of the study.

See ``answers`` for what is exact, what is stated with a tolerance and where it comes from.
"""

from ciberaula.datasets.encuesta_tic.answers import STEP, answers
from ciberaula.datasets.encuesta_tic.card import CARD
from ciberaula.datasets.encuesta_tic.words import WORDS
from ciberaula.datasets.spec import Column, DataSet, Portion, Recipe, Role, Table
from ciberaula.i18n import _

NAME = "encuesta_tic"
SEED = 2026
ROWS = 100
MOST = 5000


def make(recipe: Recipe, first: int, last: int) -> Portion:
    """The answers of people ``first`` … ``last``. Raises ``UserError`` where ``recipe.rows`` is no multiple of 50."""
    return {
        "respuestas": {name: column[first - 1 : last] for name, column in answers(recipe.seed, recipe.rows).items()}
    }


def _choice(name: str, label: str, about: str = "", *, required: bool = True, role: Role = "") -> Column:
    return Column(name, label, required=required, categories=WORDS[name], about=about, role=role)


TABLE = Table(
    "respuestas",
    _("Encuesta simulada sobre herramientas digitales en el trabajo social"),
    (
        Column("respuesta_id", _("Código de la respuesta"), unique=True, pattern=r"E\d{3,}"),
        _choice("sector", _("Sector de la institución"), role="quasi"),
        _choice("tipo_institucion", _("Tipo de institución"), role="quasi"),
        _choice("area", _("Área donde trabaja"), role="quasi"),
        _choice("provincia", _("Provincia donde trabaja"), role="quasi"),
        Column("edad", _("Edad"), "integer", required=False, low=24, high=64, unit=_("años"), role="quasi"),
        _choice("genero", _("Género"), role="quasi"),
        Column("anios_experiencia", _("Experiencia profesional"), "integer", low=0, high=41, unit=_("años")),
        _choice("formacion", _("Formación en herramientas digitales"), _("Corta: hasta 30 horas; sostenida: desde 40.")),
        Column(
            "formacion_tic_horas", _("Horas de formación en herramientas digitales"), "integer", required=False, low=0,
            high=160, unit=_("horas"), about=_("En los últimos tres años. Vacío: no las recuerda."),
        ),
        Column(
            "recursos_indice", _("Índice de recursos tecnológicos"), "number", low=0, high=10, unit=_("puntos"),
            about=_("De 0 (ninguno) a 10: equipos, conexión, programas y soporte de la institución."),
        ),
        _choice("dispositivo_propio", _("Usa su propio dispositivo para trabajar")),
        _choice("internet_trabajo", _("Internet en el lugar de trabajo")),
        _choice("protocolo_datos", _("Su institución tiene protocolo de protección de datos")),
        _choice("uso_regular", _("Usa herramientas digitales con regularidad"), _("Varias veces por semana o todos los días.")),
        _choice("frecuencia", _("Frecuencia de uso en la atención")),
        _choice("herramienta_principal", _("Herramienta digital principal"), _("«Ninguna»: quien nunca las usa.")),
        _choice("barrera_principal", _("Barrera principal")),
        _choice("beneficio_principal", _("Beneficio principal"), required=False),
        Column(
            "confianza", _("Confianza para atender en línea"), "integer", required=False, low=1, high=5, unit=_("puntos"),
            about=_("De 1 (muy poca) a 5 (mucha)."),
        ),
        Column(
            "atiende_poblacion_rural_pct", _("Población rural entre quienes atiende"), "integer", required=False, low=0,
            high=100, unit="%", about=_("Estimación de la propia persona, de cinco en cinco."),
        ),
    ),
    key=("respuesta_id",),
)  # fmt: skip

DATASET = DataSet(
    NAME,
    _("Encuesta sobre herramientas digitales (simulada)"),
    _(
        "Cien trabajadoras y trabajadores sociales simulados: uso de herramientas digitales, formación, recursos y barreras. "
        "El 30 % de uso regular es el del estudio; la tabla y las correlaciones son inventadas."
    ),
    _("personas"),
    rows=ROWS,
    seed=SEED,
    tables=(TABLE,),
    make=make,
    card=CARD,
    generator="ciberaula.datasets.encuesta_tic",
    fewest=STEP,
    most=MOST,
    portion=MOST,
    keywords=(_("encuesta"), _("brecha digital"), _("trabajo social")),
)
