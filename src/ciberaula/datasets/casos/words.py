"""The category words of ``casos``: as they stand in its cells (Spanish) and as the case desk keeps them (English ids).

Every mapping goes from the word of :mod:`ciberaula.casework` to the word of the cell; the position in it is the index that
columns of numbers use. ``MOTIVES`` are ours: why somebody came, from which the kinds of concern follow.
"""

from collections.abc import Mapping

MOTIVES: tuple[str, ...] = (
    "violencia intrafamiliar",
    "negligencia",
    "salud",
    "salud mental",
    "discapacidad",
    "movilidad humana",
    "acceso a educación",
    "apoyo económico",
    "persona mayor sola",
    "consumo de sustancias",
    "vivienda",
    "acoso en línea",
)
# The kinds of concern of the desk that a motive is written down as: the first nearly always, the second at times.
CONCERNS: Mapping[str, str] = {
    "gbv_survivor": "violencia de género o intrafamiliar",
    "neglect": "falta de cuidado",
    "serious_health_issue": "problema grave de salud",
    "mental_distress": "malestar emocional intenso",
    "disabled": "discapacidad sin apoyo",
    "migrant": "movilidad humana sin regularizar",
    "school_dropout": "fuera de la escuela",
    "no_income": "sin ingresos",
    "older_alone": "persona mayor sin acompañamiento",
    "substance_use": "consumo de sustancias en el hogar",
    "no_safe_home": "sin vivienda segura",
    "online_harm": "daño en redes o mensajería",
}
CONCERNS_OF: tuple[tuple[int, int], ...] = (
    (0, 10),
    (1, 6),
    (2, 7),
    (3, 0),
    (4, 7),
    (5, 10),
    (6, 7),
    (7, 10),
    (8, 2),
    (9, 1),
    (10, 7),
    (11, 3),
)

RISKS: Mapping[str, str] = {"high": "alto", "medium": "medio", "low": "bajo"}
STATUSES: Mapping[str, str] = {"open": "abierto", "closed": "cerrado", "transferred": "transferido"}
STEPS: Mapping[str, str] = {
    "new": "nuevo",
    "assessment": "evaluación",
    "case_plan": "plan del caso",
    "services": "servicios en curso",
    "services_implemented": "servicios prestados",
    "closed": "cerrado",
    "reopened": "reabierto",
}
GENDERS: Mapping[str, str] = {"woman": "femenino", "man": "masculino", "other": "otra identidad"}
AREAS: Mapping[str, str] = {"urban": "urbana", "rural": "rural"}
DEVICES: Mapping[str, str] = {"own": "propio", "shared": "compartido", "none": "ninguno"}
CONNECTIONS: Mapping[str, str] = {"good": "buena", "intermittent": "va y viene", "none": "no hay"}
LANGUAGES: Mapping[str, str] = {"es": "español", "qu": "kichwa", "ec": "lengua de señas ecuatoriana"}
CHANNELS: Mapping[str, str] = {
    "in_person": "en persona",
    "phone": "llamada",
    "video": "videollamada",
    "sms": "mensaje de texto",
    "chat": "mensajería",
    "social": "red social",
    "email": "correo electrónico",
    "platform": "plataforma institucional",
}
ACCOUNTS: Mapping[str, str] = {"institutional": "institucional", "personal": "personal", "none": "ninguna"}
DATA: Mapping[str, str] = {
    "appointment": "cita",
    "identity": "identidad",
    "contact": "contacto",
    "family": "familia",
    "location": "ubicación",
    "health": "salud",
    "disability": "discapacidad",
    "violence": "violencia",
    "substances": "sustancias",
    "migration": "movilidad",
    "justice": "justicia",
    "child": "niñez",
    "image": "imagen",
}
PURPOSES: Mapping[str, str] = {"services": "atención", "sharing": "compartir datos", "channel": "canal digital"}
GIVEN_BY: Mapping[str, str] = {"person": "la persona", "caregiver": "quien la cuida"}
TRANSITIONS: Mapping[str, str] = {"referral": "referencia", "transfer": "transferencia", "reassign": "asignación"}
TRANSITION_STATUSES: Mapping[str, str] = {
    "in_progress": "pendiente",
    "accepted": "aceptada",
    "rejected": "rechazada",
    "done": "realizada",
    "revoked": "anulada",
}
APPROVALS: Mapping[str, str] = {"case_plan": "plan del caso", "closure": "cierre"}
APPROVAL_STATUSES: Mapping[str, str] = {"requested": "solicitada", "approved": "aprobada", "rejected": "rechazada"}
SERVICES: Mapping[str, str] = {
    "psychosocial": "atención psicosocial",
    "health_medical": "salud",
    "safehouse": "casa de acogida",
    "legal_assistance": "asesoría legal",
    "child_protection": "protección de la niñez",
    "family_mediation": "mediación familiar",
    "education": "educación",
    "livelihoods": "medios de vida",
    "food": "alimentos",
    "registration": "documentos e inscripción",
}
SERVICE_STATUSES: Mapping[str, str] = {
    "requested": "solicitado",
    "appointed": "con cita",
    "implemented": "prestado",
    "declined": "no disponible",
}
FOLLOW_UPS: Mapping[str, str] = {
    "in_care": "durante la atención",
    "for_service": "de un servicio",
    "for_assessment": "de la evaluación",
}
CLOSURES: Mapping[str, str] = {
    "formal_closing": "objetivos cumplidos",
    "not_seen": "no se la volvió a ver",
    "repatriated": "retornó a su país",
    "other": "otro motivo",
}
# What a contact is for: the desk keeps it as free words, here a short list so that it can be counted.
CONTACT_PURPOSES: tuple[str, ...] = (
    "seguimiento",
    "confirmar una cita",
    "acordar o revisar el plan",
    "escucha y apoyo",
    "informar sobre un servicio",
    "pedido de la persona",
)
# How people of a household are tied to the person whom the case is about, and the tie the desk draws for it.
RELATIONS: Mapping[str, str] = {
    "titular": "",
    "madre": "parent",
    "padre": "parent",
    "abuela": "carer",
    "tía": "carer",
    "hermana": "sibling",
    "hermano": "sibling",
    "pareja": "partner",
    "hija": "child",
    "hijo": "child",
    "cuidadora": "carer",
    "vecina": "support",
}
ACCESS_NEEDS: tuple[str, ...] = (
    "lee con lector de pantalla",
    "lengua de señas",
    "letra grande",
    "mensajes cortos y claros",
    "le ayuda otra persona con el teléfono",
)
INCIDENTS: tuple[str, ...] = (
    "mensaje enviado a un número equivocado",
    "teléfono de trabajo extraviado",
    "correo con destinatarios a la vista",
    "otra persona usó el equipo con la sesión abierta",
    "documento compartido con más datos de los acordados",
    "cuenta de mensajería en manos ajenas",
)
# Why a closed case came back.
REOPENINGS: tuple[str, ...] = ("volvió a pedir apoyo", "hubo un hecho nuevo", "no se cumplió lo acordado")
# How a consent was given.
HOW: tuple[str, ...] = ("de palabra, en persona", "de palabra, por llamada", "firmado", "con lectura en voz alta")
RESPONSIBLE: tuple[str, ...] = ("la persona", "la familia", "trabajo social", "la institución")
SAFE_CONTACT: tuple[str, ...] = (
    "solo en la mañana",
    "solo en la tarde",
    "avisar antes con una llamada corta",
    "no dejar mensajes",
)
# The services that a motive usually asks for, most usual first.
SERVICES_OF: tuple[tuple[str, str, str], ...] = (
    ("legal_assistance", "psychosocial", "safehouse"),
    ("child_protection", "psychosocial", "education"),
    ("health_medical", "livelihoods", "food"),
    ("psychosocial", "health_medical", "family_mediation"),
    ("health_medical", "livelihoods", "education"),
    ("registration", "livelihoods", "legal_assistance"),
    ("education", "child_protection", "livelihoods"),
    ("livelihoods", "food", "education"),
    ("health_medical", "food", "family_mediation"),
    ("psychosocial", "health_medical", "family_mediation"),
    ("livelihoods", "safehouse", "food"),
    ("psychosocial", "legal_assistance", "child_protection"),
)
# What a referral tells: the least that the service needs for that motive, and what is sent out of habit.
REFERRED: tuple[tuple[str, str], ...] = (
    ("identity; contact", "identity; contact; family; violence"),
    ("identity; family", "identity; contact; family; child"),
    ("identity; health", "identity; contact; health; family"),
    ("identity; contact", "identity; contact; health; family"),
    ("identity; disability", "identity; contact; disability; health"),
    ("identity; contact", "identity; contact; migration; family"),
    ("identity; family", "identity; contact; family; location"),
    ("identity; contact", "identity; contact; family; location"),
    ("identity; location", "identity; contact; location; health"),
    ("identity; contact", "identity; contact; substances; health"),
    ("identity; location", "identity; contact; location; family"),
    ("identity; contact", "identity; contact; image; family"),
)


def told(ids: str) -> str:
    """Kinds of data, as the desk names them («identity; health»), as they stand in a cell."""
    return "; ".join(DATA[id] for id in ids.split("; "))


def cells(words: Mapping[str, str]) -> tuple[str, ...]:
    """The words of the cells, in order: the categories of a column and what its indices stand for."""
    return tuple(words.values())


def place(words: Mapping[str, str], id: str) -> int:
    """The index of the desk's word ``id``."""
    return tuple(words).index(id)
