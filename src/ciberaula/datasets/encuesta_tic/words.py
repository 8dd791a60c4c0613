"""The possible answers of ``encuesta_tic``, in the order in which people read them (from least to most where there is one)."""

from ciberaula.datasets.cantons import PROVINCES, REGIONS
from ciberaula.datasets.people import GENDERS
from ciberaula.datasets.spec import YES_NO

SECTORS = ("pública", "privada")
AREAS = ("urbana", "rural")
KINDS = (
    "ministerio",
    "gobierno local",
    "establecimiento de salud público",
    "institución educativa pública",
    "ONG",
    "fundación",
    "organización religiosa",
    "consultorio o empresa",
)
TRAINED = ("ninguna", "corta", "sostenida")
OFTEN = ("nunca", "menos de una vez al mes", "algunas veces al mes", "algunas veces por semana", "todos los días")
INTERNET = ("buena", "irregular", "no hay")
TOOLS = (
    "sistema de gestión de casos",
    "aplicaciones y plataformas en línea",
    "videollamada",
    "mensajería",
    "redes sociales",
    "hoja de cálculo",
    "ninguna",
)
BARRIERS = (
    "conexión",
    "formación",
    "recursos",
    "privacidad",
    "habilidades de la población",
    "no ve barreras",
)
BENEFITS = (
    "acceso y alcance",
    "coordinación entre instituciones",
    "flexibilidad",
    "ahorro de tiempo",
    "no ve beneficios",
)

WORDS: dict[str, tuple[str, ...]] = {
    "sector": SECTORS,
    "tipo_institucion": KINDS,
    "area": AREAS,
    "provincia": PROVINCES,
    "genero": GENDERS,
    "formacion": TRAINED,
    "dispositivo_propio": YES_NO,
    "internet_trabajo": INTERNET,
    "protocolo_datos": YES_NO,
    "uso_regular": YES_NO,
    "frecuencia": OFTEN,
    "herramienta_principal": TOOLS,
    "barrera_principal": BARRIERS,
    "beneficio_principal": BENEFITS,
}

__all__ = ["REGIONS", "WORDS"]
