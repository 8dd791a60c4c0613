"""Tables, category words and card of the data set ``accesos``."""

from collections.abc import Mapping

from ciberaula.casework.audit import ACCESS, CHANGE, DENIED
from ciberaula.casework.vocabulary import Role
from ciberaula.datasets.accesos.office import NETWORKS
from ciberaula.datasets.accesos.people import SHIFTS
from ciberaula.datasets.accesos.planted import DECOYS, INCIDENTS
from ciberaula.datasets.spec import Card, Column, Reference, Table
from ciberaula.i18n import _

# What the desk keeps -> the word that people read; each the other way round too, so that the chain can be checked.
KINDS: Mapping[str, str] = {ACCESS: "acceso", CHANGE: "cambio", DENIED: "rechazado"}
ROLES: Mapping[str, str] = {
    Role.CASEWORKER.value: "trabajo social",
    Role.SUPERVISOR.value: "supervisión",
    Role.RECIPIENT.value: "organización receptora",
}
PARTS: Mapping[str, str] = {
    "identity": "identidad",
    "file": "expediente",
    "notes": "notas",
    "documents": "documentos",
    "audit": "bitácora",
}
ACTIONS: Mapping[str, str] = {
    "look": "ver",
    "find": "buscar",
    "register": "abrir caso",
    "raise_concern": "anotar motivo",
    "record_consent": "registrar consentimiento",
    "assess": "evaluar",
    "contact": "contactar",
    "write_note": "escribir nota",
    "plan_follow_up": "fijar seguimiento",
    "follow_up": "registrar seguimiento",
    "refer": "referir",
    "answer_transition": "responder referencia",
    "complete_transition": "cerrar referencia",
    "request_approval": "pedir aprobación",
    "decide_approval": "decidir aprobación",
    "close": "cerrar caso",
    "assign": "asignar",
    "add_document": "guardar documento",
    "break_glass": "acceso de urgencia",
}
# Why the desk refused; elsewhere the reason is what somebody wrote.
REFUSALS: Mapping[str, str] = {
    "scope": "fuera de su alcance",
    "part": "parte que no se le comparte",
    "open_case": "el caso está cerrado",
    "consent_services": "sin consentimiento para la atención",
    "consent_sharing": "sin consentimiento para compartir",
    "told_with_consent": "dato sin consentimiento",
    "channel_agreed": "canal no aceptado",
    "closure_approved": "sin cierre aprobado",
    "nothing_pending": "hay pendientes",
    "accepted": "referencia no aceptada",
    "addressed": "no es para esta cuenta",
    "pending": "ya respondida",
    "approval_pending": "aprobación ya decidida",
}
_CASE, _USER, _HASH = "^SIM-[0-9]{6,7}$", "^[TSR][0-9]{2,3}$", "^[0-9a-f]{64}$"
_SEQ = Column("seq", _("Número de asiento"), "integer", unique=True, low=1)
_OF_ENTRY = (Reference(("seq",), "accesos", ("seq",)),)

TABLES = (
    Table(
        "usuarios",
        _("Cuentas de la mesa"),
        (
            Column("usuario", _("Cuenta"), unique=True, pattern=_USER),
            Column("nombre", _("A nombre de"), role="identifier"),
            Column("rol", _("Función"), categories=tuple(ROLES.values())),
            Column("equipo", _("Equipo u organización")),
            Column("oficina", _("Oficina")),
            Column("turno", _("Turno"), categories=SHIFTS),
            Column("terminal", _("Computadora entregada")),
            Column("telefono", _("Teléfono entregado"), about=_("código del equipo, no un número")),
            Column("alta", _("Cuenta abierta"), "date"),
            Column("baja", _("Último día de la cuenta"), "date", required=False),
        ),
        ("usuario",),
    ),
    Table(
        "accesos",
        _("Bitácora"),
        (
            _SEQ,
            Column("momento", _("Momento"), "datetime"),
            Column("usuario", _("Cuenta"), pattern=_USER),
            Column("rol", _("Función"), categories=tuple(ROLES.values())),
            Column("equipo", _("Equipo u organización")),
            Column("clase", _("Clase de asiento"), categories=tuple(KINDS.values())),
            Column("accion", _("Acción"), categories=tuple(ACTIONS.values())),
            Column("caso", _("Caso"), required=False, pattern=_CASE, about=_("vacío en una búsqueda")),
            Column("parte", _("Parte que se vio"), required=False, categories=tuple(PARTS.values())),
            Column("motivo", _("Motivo"), required=False, about=_("lo que escribió quien actuó, o por qué se rechazó")),
            Column("terminal", _("Equipo desde el que se hizo")),
            Column("red", _("Red"), categories=NETWORKS),
            Column("accion_id", _("Identificador de la acción"), pattern="^A[0-9]{6}$"),
            Column("objetos", _("Qué se guardó"), required=False, about=_("identificadores, separados por un espacio")),
            Column("huella", _("Huella del asiento"), unique=True, pattern=_HASH),
            Column("huella_anterior", _("Huella del asiento anterior"), required=False, pattern=_HASH),
        ),
        ("seq",),
        (Reference(("usuario",), "usuarios", ("usuario",)),),
        _(
            "Un asiento por cada vez que alguien vio, cambió o intentó algo. Cada huella cubre el asiento y la anterior."
        ),
    ),
)
KEYS = (
    Table(
        "incidentes",
        _("Asientos de cada incidente"),
        (
            _SEQ,
            Column("incidente", _("Incidente"), "integer", low=1, high=len(INCIDENTS)),
            Column("clase", _("Clase de incidente"), categories=INCIDENTS),
            Column("explicacion", _("Qué pasó y cómo se ve")),
        ),
        ("seq",),
        _OF_ENTRY,
    ),
    Table(
        "parecidos",
        _("Asientos que parecen un incidente y no lo son"),
        (_SEQ, Column("clase", _("Qué es"), categories=DECOYS), Column("explicacion", _("Por qué es inocente"))),
        ("seq",),
        _OF_ENTRY,
    ),
)
# What the key says of each, filled with who, how many days and cases, and from which equipment.
TOLD: Mapping[str, str] = {
    INCIDENTS[0]: _(
        "{user} pidió en {days} días distintos acceso de urgencia a {case}, que no es suyo, con motivos vagos, y nunca "
        "contactó, anotó ni marcó nada en él: una emergencia verdadera deja trabajo hecho."
    ),
    INCIDENTS[1]: _(
        "La cuenta {user} se usó en {days} días desde {terminal}, que no se le entregó: de madrugada, y también mientras su "
        "titular trabajaba en la oficina. Vio o intentó ver {cases} casos."
    ),
    INCIDENTS[2]: _(
        "{user} vio en {days} tardes, poco antes de su baja, la identidad y los documentos de {cases} casos sin cambiar nada "
        "en ellos: quien entrega bien deja una nota en cada uno."
    ),
    DECOYS[0]: _(
        "{user} atendió {days} días la emergencia de {case}: cada acceso tiene un motivo concreto y termina en una nota."
    ),
    DECOYS[1]: _(
        "Supervisión asignó a {user} esa mañana los {cases} casos de quien faltaba; usa su computadora, en la oficina."
    ),
    DECOYS[2]: _("{user} deja una nota en cada uno de {cases} casos antes de irse y supervisión los asigna."),
    DECOYS[3]: _(
        "{user} abre {cases} expedientes propios en una tarde, guarda una ficha en cada uno y sigue en el equipo."
    ),
}

CARD = Card(
    motivation=_(
        "**Bitácora simulada.** Se creó para aprender a leer quién vio qué y cuándo, a distinguir un uso extraño de uno raro "
        "pero correcto, y a comprobar que nadie alteró el registro."
    ),
    composition=_(
        "En la edición publicada, noventa y un días de una mesa de casos, del 1 de septiembre al 30 de noviembre de 2025. "
        "Hay tres incidentes de "
        "clases distintas escondidos en el uso normal, y situaciones que se les parecen y tienen explicación: turnos de "
        "noche, reemplazos, emergencias, revisiones de supervisión, salidas de personal. La bitácora guarda que alguien vio "
        "o cambió algo, nunca su contenido. Los casos no son los del conjunto «casos»; las cuentas T y S, sí."
    ),
    collection=_(
        "Nadie trabajó en esta mesa. Un programa hizo actuar a profesionales simulados sobre la mesa de casos del curso, con "
        "sus permisos y rechazos verdaderos; los asientos y sus huellas son los que la mesa escribió."
    ),
    preparation=_(
        "Se tradujeron las palabras y se agregaron el equipo y la red. La cadena de huellas se puede comprobar con la tabla. "
        "El 1 de septiembre se abrió un libro nuevo: lo anterior no está."
    ),
    uses=_(
        "Sirve para practicar la revisión de accesos y la respuesta a incidentes. **No sirve** para entrenar un sistema que "
        "vigile a profesionales reales ni para estimar cuántos abusos hay: los incidentes están puestos a propósito."
    ),
)
