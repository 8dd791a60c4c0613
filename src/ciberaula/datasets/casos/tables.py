"""The tables of ``casos``: columns with labels, categories and keys."""

from ciberaula.datasets.casos import households, process, publication
from ciberaula.datasets.casos import words as w
from ciberaula.datasets.casos.fields import (
    CASE_ID,
    ORGANISATION,
    SUPERVISOR,
    WORKER,
    case,
    data,
    id_of,
    key,
    organisation,
    place,
    text,
    to,
    when,
    word,
    worker,
    yes,
)
from ciberaula.datasets.casos.staff import TEAMS, service_words
from ciberaula.datasets.casos.words import cells
from ciberaula.datasets.people import TELEPHONES
from ciberaula.datasets.spec import Column, Table
from ciberaula.i18n import _

_SECTORS = ("pública", "sociedad civil")
_OF_CASE = to("caso_id", "casos")
_BY_WORKER = to("profesional_id", "profesionales")
_TO_ORGANISATION = to("organizacion_id", "organizaciones")

CASES = Table(
    "casos",
    _("Casos"),
    (
        Column("caso_id", _("Caso"), unique=True, pattern=CASE_ID, role="identifier"),
        id_of("persona_id", _("Persona titular"), "P"),
        when("abierto", _("Apertura"), required=True),
        word("estado", _("Estado"), cells(w.STATUSES)),
        word("etapa", _("Etapa"), cells(w.STEPS), about=_("Se deduce de lo hecho; nadie la elige.")),
        word("riesgo", _("Nivel de riesgo"), cells(w.RISKS), required=False, about=_("Vacío mientras nadie evaluó.")),
        word("motivo", _("Motivo de ingreso"), w.MOTIVES, role="sensitive"),
        word("llegada", _("Cómo llegó"), households.ARRIVALS),
        *place(),
        word("area", _("Área"), cells(w.AREAS), role="quasi"),
        worker(),
        worker("profesional_anterior", _("Profesional anterior"), required=False),
        word("equipo", _("Equipo"), tuple(TEAMS)),
        organisation(_("Institución que lo tomó")),
        when("reabierto", _("Reapertura")),
        when("cerrado", _("Cierre"), about=_("Vacío si está abierto, también después de reabrirlo.")),
    ),
    ("caso_id",),
    (
        to("persona_id", "personas"),
        _BY_WORKER,
        to("profesional_anterior", "profesionales", "profesional_id"),
        _TO_ORGANISATION,
    ),
)
PEOPLE = Table(
    "personas",
    _("Personas"),
    (
        key("persona_id", _("Persona"), "P"),
        case(),
        word("parentesco", _("Parentesco con la persona titular"), tuple(w.RELATIONS)),
        text("nombre", _("Nombre (simulado)"), role="identifier"),
        text(
            "cedula", _("Cédula (inválida)"), required=False, pattern=r"\d{10}", role="identifier",
            about=_("Su dígito de control está mal en todas: no es de nadie."),
        ),
        text(
            "telefono", _("Teléfono (sin asignar)"), required=False, pattern=TELEPHONES + r"\d{7}", role="identifier",
            about=_("De un rango que no se asigna: no es de nadie."),
        ),
        Column("edad", _("Edad"), "integer", required=False, low=0, high=120, unit="años", role="quasi"),
        word("genero", _("Género"), cells(w.GENDERS), role="quasi"),
        word("idioma", _("Idioma"), cells(w.LANGUAGES), role="quasi"),
        word("apoyo", _("Apoyo para comunicarse"), w.ACCESS_NEEDS, required=False, role="sensitive"),
        word("contacto_seguro", _("Cómo contactarla con seguridad"), w.SAFE_CONTACT, required=False),
        yes("en_el_hogar", _("Vive en el hogar")),
    ),
    ("persona_id",),
    (_OF_CASE,),
)  # fmt: skip
HOUSEHOLDS = Table(
    "hogares",
    _("Hogares"),
    (
        key("hogar_id", _("Hogar"), "H"),
        case(),
        *place(),
        word("area", _("Área"), cells(w.AREAS), role="quasi"),
        word("dispositivo", _("Dispositivo"), cells(w.DEVICES)),
        word("conexion", _("Conexión"), cells(w.CONNECTIONS)),
        Column("integrantes", _("Personas anotadas que viven ahí"), "integer", low=1, high=3, unit="personas"),
    ),
    ("hogar_id",),
    (_OF_CASE,),
)
CONCERNS = Table(
    "preocupaciones",
    _("Preocupaciones de protección"),
    (
        key("preocupacion_id", _("Preocupación"), "R"),
        case(),
        when("registrada", _("Registro"), required=True),
        worker(),
        word("tipo", _("Tipo"), cells(w.CONCERNS), role="sensitive"),
        yes("urgente", _("Urgente")),
        text("detalle", _("Detalle"), role="sensitive"),
    ),
    ("preocupacion_id",),
    (_OF_CASE, _BY_WORKER),
)
CONSENTS = Table(
    "consentimientos",
    _("Consentimientos"),
    (
        key("consentimiento_id", _("Consentimiento"), "A"),
        case(),
        id_of("persona_id", _("Persona"), "P"),
        when("registrado", _("Registro"), required=True),
        worker(),
        word("finalidad", _("Para qué"), cells(w.PURPOSES)),
        yes("otorgado", _("Otorgado")),
        word("dado_por", _("Quién respondió"), cells(w.GIVEN_BY)),
        yes("asentimiento", _("Asentimiento de la niña, el niño o adolescente"), required=False),
        organisation(_("Con quién se comparte")),
        word("canal", _("Canal"), cells(w.CHANNELS), required=False),
        data(),
        word("como", _("Cómo lo dio"), w.HOW),
        when("retirado", _("Retiro")),
    ),
    ("consentimiento_id",),
    (_OF_CASE, to("persona_id", "personas"), _BY_WORKER, _TO_ORGANISATION),
)
ASSESSMENTS = Table(
    "evaluaciones",
    _("Evaluaciones de riesgo"),
    (
        key("evaluacion_id", _("Evaluación"), "V"),
        case(),
        when("realizada", _("Fecha"), required=True),
        worker(),
        word("riesgo", _("Nivel de riesgo"), cells(w.RISKS)),
        yes("con_la_persona", _("Hecha con la persona")),
        text("hechos", _("Hechos"), role="sensitive"),
        text("opinion", _("Opinión profesional"), role="sensitive"),
    ),
    ("evaluacion_id",),
    (_OF_CASE, _BY_WORKER),
)
PLANS = Table(
    "planes",
    _("Planes de caso"),
    (
        key("plan_id", _("Plan"), "L"),
        case(),
        when("elaborado", _("Fecha"), required=True),
        worker(),
        yes("con_la_persona", _("Acordado con la persona")),
        when("revision", _("Revisión prevista")),
    ),
    ("plan_id",),
    (_OF_CASE, _BY_WORKER),
)
GOALS = Table(
    "objetivos",
    _("Objetivos de los planes"),
    (
        key("objetivo_id", _("Objetivo"), "O"),
        id_of("plan_id", _("Plan"), "L"),
        case(),
        Column("orden", _("Orden en el plan"), "integer", low=1, high=3),
        text("necesidad", _("Necesidad")),
        text("objetivo", _("Objetivo")),
        text("accion", _("Acción")),
        word("responsable", _("Responsable"), w.RESPONSIBLE),
        when("vence", _("Vence"), required=True),
    ),
    ("objetivo_id",),
    (_OF_CASE, to("plan_id", "planes")),
)
SERVICES = Table(
    "servicios",
    _("Servicios pedidos"),
    (
        key("servicio_id", _("Servicio"), "S"),
        case(),
        when("solicitado", _("Pedido"), required=True),
        worker(),
        word("tipo", _("Tipo"), cells(w.SERVICES)),
        organisation(_("Institución"), required=True),
        word("estado", _("Estado"), cells(w.SERVICE_STATUSES)),
        when("respuesta", _("Respuesta"), about=_("Cuándo se supo si había cita.")),
        when("cita", _("Cita")),
        when("prestado", _("Prestado")),
    ),
    ("servicio_id",),
    (_OF_CASE, _BY_WORKER, _TO_ORGANISATION),
)
TRANSITIONS = Table(
    "transiciones",
    _("Referencias, transferencias y asignaciones"),
    (
        key("transicion_id", _("Transición"), "D"),
        case(),
        word("tipo", _("Tipo"), cells(w.TRANSITIONS)),
        when("enviada", _("Envío"), required=True),
        Column("enviada_por", _("Quién la envió"), pattern=rf"({WORKER}|{SUPERVISOR})"),
        organisation(_("Institución que recibe")),
        worker(label=_("Colega que recibe"), required=False),
        id_of("consentimiento_id", _("Consentimiento en que se apoya"), "A", required=False),
        data(),
        text("motivo", _("Motivo"), role="sensitive"),
        word("estado", _("Estado"), cells(w.TRANSITION_STATUSES)),
        when("respondida", _("Respuesta o anulación")),
        when("atendida", _("Atención")),
    ),
    ("transicion_id",),
    (
        _OF_CASE,
        to("enviada_por", "profesionales", "profesional_id"),
        _TO_ORGANISATION,
        _BY_WORKER,
        to("consentimiento_id", "consentimientos"),
    ),
)
CONTACTS = Table(
    "contactos",
    _("Contactos"),
    (
        key("contacto_id", _("Contacto"), "C"),
        case(),
        id_of("persona_id", _("Con quién"), "P"),
        worker(),
        when("momento", _("Momento"), required=True),
        word("canal", _("Canal"), cells(w.CHANNELS)),
        word(
            "cuenta",
            _("Cuenta"),
            cells(w.ACCOUNTS),
            about=_("Desde una cuenta personal, el contacto quedó fuera de la mesa."),
        ),
        word("proposito", _("Para qué"), w.CONTACT_PURPOSES),
        word("datos", _("Datos que se dijeron"), cells(w.DATA)),
        yes("entrante", _("Lo inició la persona")),
        Column("minutos", _("Duración"), "integer", low=0, high=480, unit="minutos"),
        yes("identidad_verificada", _("Identidad verificada")),
    ),
    ("contacto_id",),
    (_OF_CASE, to("persona_id", "personas"), _BY_WORKER),
)
NOTES = Table(
    "notas",
    _("Notas de caso"),
    (
        key("nota_id", _("Nota"), "N"),
        case(),
        id_of("contacto_id", _("Contacto"), "C"),
        worker(),
        when("ocurrio", _("Cuándo ocurrió"), required=True),
        when("escrita", _("Cuándo se escribió"), required=True),
        text("hechos", _("Hechos"), role="sensitive"),
        text("opinion", _("Opinión profesional"), required=False, role="sensitive"),
        text("siguiente", _("Lo que sigue"), required=False, role="sensitive"),
    ),
    ("nota_id",),
    (_OF_CASE, to("contacto_id", "contactos"), _BY_WORKER),
)
FOLLOW_UPS = Table(
    "seguimientos",
    _("Seguimientos"),
    (
        key("seguimiento_id", _("Seguimiento"), "G"),
        case(),
        word("tipo", _("Tipo"), cells(w.FOLLOW_UPS)),
        when("fijado", _("Fijado"), required=True),
        worker(),
        when("previsto", _("Previsto para"), required=True),
        when("hecho", _("Hecho"), about=_("Vacío si no se hizo.")),
        text("comentario", _("Comentario"), required=False, role="sensitive"),
    ),
    ("seguimiento_id",),
    (_OF_CASE, _BY_WORKER),
)
APPROVALS = Table(
    "aprobaciones",
    _("Aprobaciones"),
    (
        key("aprobacion_id", _("Aprobación"), "B"),
        case(),
        word("tipo", _("De qué"), cells(w.APPROVALS)),
        when("pedida", _("Pedida"), required=True),
        worker("pedida_por", _("Quién la pidió")),
        word("estado", _("Estado"), cells(w.APPROVAL_STATUSES)),
        when("decidida", _("Decisión")),
        Column("decidida_por", _("Quién decidió"), required=False, pattern=SUPERVISOR),
        text("comentario", _("Comentario"), required=False),
    ),
    ("aprobacion_id",),
    (
        _OF_CASE,
        to("pedida_por", "profesionales", "profesional_id"),
        to("decidida_por", "profesionales", "profesional_id"),
    ),
)
CLOSURES = Table(
    "cierres",
    _("Cierres y reaperturas"),
    (
        key("cierre_id", _("Cierre"), "Z"),
        case(),
        word("tipo", _("Tipo"), ("cierre", "reapertura")),
        when("momento", _("Fecha"), required=True),
        worker(),
        word("razon", _("Razón"), process.CLOSING),
        text("resumen", _("Resumen"), required=False, role="sensitive"),
        yes("persona_informada", _("La persona lo sabe")),
    ),
    ("cierre_id",),
    (_OF_CASE, _BY_WORKER),
)
INCIDENTS = Table(
    "incidentes",
    _("Incidentes de seguridad"),
    (
        key("incidente_id", _("Incidente"), "I"),
        case(),
        word("que", _("Qué pasó"), w.INCIDENTS),
        data(),
        when("conocido", _("Se conoció"), required=True),
        worker(),
        when("contenido", _("Se contuvo")),
        text("medidas", _("Qué se hizo"), required=False),
        when("aviso_supervision", _("Aviso a supervisión")),
        word("riesgo", _("Riesgo para las personas"), cells(w.RISKS), required=False),
        when("valorado", _("Valoración del riesgo")),
        when("aviso_autoridad", _("Aviso a la autoridad")),
        when("aviso_personas", _("Aviso a las personas")),
    ),
    ("incidente_id",),
    (_OF_CASE, _BY_WORKER),
)
PUBLICATION = Table(
    "difusion",
    _("Tabla para difusión"),
    (
        Column("fila_id", _("Fila"), unique=True, pattern=r"F\d{6,}"),
        word("tramo_edad", _("Tramo de edad"), publication.BANDS, required=False, role="quasi"),
        word("genero", _("Género"), cells(w.GENDERS)[:2], required=False, role="quasi"),
        word("region", _("Región"), publication.REGIONS, required=False, role="quasi"),
        word("area", _("Área"), cells(w.AREAS), role="quasi"),
        word("mes_ingreso", _("Mes de ingreso"), publication.MONTHS, role="quasi"),
        word("motivo", _("Motivo de ingreso"), w.MOTIVES, role="sensitive"),
        Column("internet_hogares_pct", _("Hogares con internet en su cantón"), "number", low=0, high=100, unit="%"),
    ),
    ("fila_id",),
    about=_(
        "Una fila por caso, sin códigos ni nombres, en otro orden: lo que alguien preparó para un informe público."
    ),
)
STAFF = Table(
    "profesionales",
    _("Profesionales"),
    (
        Column("profesional_id", _("Profesional"), unique=True, pattern=rf"({WORKER}|{SUPERVISOR})"),
        text("nombre", _("Nombre (simulado)")),
        word("genero", _("Género"), cells(w.GENDERS)),
        word("funcion", _("Función"), ("trabajo social", "supervisión")),
        word("equipo", _("Equipo"), tuple(TEAMS)),
        Column("anios_experiencia", _("Años de experiencia"), "integer", low=0, high=50, unit="años"),
    ),
    ("profesional_id",),
)
ORGANISATIONS = Table(
    "organizaciones",
    _("Organizaciones que reciben referencias"),
    (
        Column("organizacion_id", _("Organización"), unique=True, pattern=ORGANISATION),
        text("nombre", _("Nombre (simulado)")),
        word("servicio", _("Servicio"), tuple(dict.fromkeys(service_words()))),
        word("sector", _("Sector"), _SECTORS),
    ),
    ("organizacion_id",),
)
TABLES = (
    *(CASES, PEOPLE, HOUSEHOLDS, CONCERNS, CONSENTS, ASSESSMENTS, PLANS, GOALS, SERVICES, TRANSITIONS, CONTACTS, NOTES),
    *(FOLLOW_UPS, APPROVALS, CLOSURES, INCIDENTS, PUBLICATION, STAFF, ORGANISATIONS),
)
