"""How people read the plain words that a case file holds: ties, homes, services, follow-ups, closings, languages.

Kinds that are enums have their labels in :mod:`ciberaula.casework.vocabulary`.
"""

from collections.abc import Mapping

from ciberaula.i18n import _

TIES: Mapping[str, str] = {
    "parent": _("madre o padre"),
    "partner": _("pareja"),
    "former_partner": _("expareja"),
    "sibling": _("hermana o hermano"),
    "carer": _("cuida de"),
    "support": _("apoya"),
    "tension": _("hay tensión"),
    "cut_off": _("relación rota"),
}
AREAS: Mapping[str, str] = {"urban": _("Urbana"), "rural": _("Rural")}
DEVICES: Mapping[str, str] = {"own": _("Propio"), "shared": _("Compartido"), "none": _("No tiene")}
CONNECTIONS: Mapping[str, str] = {"good": _("Buena"), "intermittent": _("Va y viene"), "none": _("No hay")}
# Primero's service types (v2.15).
SERVICES: Mapping[str, str] = {
    "psychosocial": _("Atención psicosocial"),
    "health_medical": _("Salud"),
    "safehouse": _("Casa de acogida"),
    "legal_assistance": _("Asesoría legal"),
    "police_other": _("Policía u otra protección"),
    "child_protection": _("Protección de la niñez"),
    "family_mediation": _("Mediación familiar"),
    "family_reunification": _("Reunificación familiar"),
    "education": _("Educación"),
    "livelihoods": _("Medios de vida"),
    "food": _("Alimentos"),
    "registration": _("Documentos e inscripción"),
    "other": _("Otro"),
}
FOLLOW_UPS: Mapping[str, str] = {
    "after_reunification": _("Después de volver con su familia"),
    "in_care": _("Durante la atención o el cuidado"),
    "for_service": _("De un servicio"),
    "for_assessment": _("De la evaluación"),
}
CLOSURES: Mapping[str, str] = {
    "formal_closing": _("Objetivos cumplidos"),
    "transferred": _("Pasó a otra institución"),
    "repatriated": _("Retornó a su país"),
    "not_seen": _("No se la volvió a ver"),
    "death": _("Fallecimiento"),
    "other": _("Otro motivo"),
}
LANGUAGES: Mapping[str, str] = {
    "es": _("Español"),
    "qu": _("Kichwa"),
    "ec": _("Lengua de señas ecuatoriana"),
    "en": _("Inglés"),
}


def word(words: Mapping[str, str], id: str) -> str:
    """How people read ``id``; itself where ``words`` lacks it, since stories may use words of their own."""
    return words.get(id, id)
