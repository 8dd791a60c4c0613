"""The category words of ``registro_actividades``, and how often each thing is done."""

from collections.abc import Mapping

AREAS = ("urbana", "rural")
INSTITUTIONS = ("gobierno central", "municipio", "salud", "educación", "organización no gubernamental")
INSTITUTION_WEIGHTS = (30, 24, 16, 14, 16)

KINDS: tuple[str, ...] = (
    "visita",
    "entrevista",
    "llamada",
    "teleorientación",
    "videollamada",
    "coordinación",
    "informe",
    "registro en sistema",
    "reunión",
    "capacitación",
    "traslado",
    "grupo",
    "trámite",
)
VISIT, INTERVIEW, CALL, TELE, VIDEO, COORDINATION, REPORT, ENTRY, MEETING, TRAINING, TRAVEL, GROUP, ERRAND = range(13)
# Out of a hundred activities before months, place and training change them: in a town, in the country. Travel is added later.
URBAN: tuple[float, ...] = (12, 19, 14, 3.2, 2.4, 13, 9, 13, 6, 1.6, 0, 2.6, 4.2)
RURAL: tuple[float, ...] = (24, 12, 12, 2.4, 1.0, 12, 8, 11, 6, 1.4, 0, 4.2, 6.0)
# Of visits, how many are reached by a journey that is written down as an activity of its own.
JOURNEYS = (0.38, 0.80)

# Minutes at the 0th, 25th, 50th, 75th and 100th hundredth.
MINUTES: tuple[tuple[float, ...], ...] = (
    (25, 45, 60, 85, 150),
    (20, 35, 45, 60, 105),
    (4, 8, 12, 20, 45),
    (10, 22, 30, 42, 75),
    (15, 28, 38, 52, 90),
    (10, 20, 30, 50, 110),
    (30, 55, 80, 115, 190),
    (10, 20, 30, 50, 120),
    (30, 50, 70, 95, 150),
    (60, 90, 120, 165, 240),
    (15, 30, 45, 70, 130),
    (60, 80, 95, 120, 170),
    (20, 40, 65, 100, 180),
)
# How each kind is done, with weights.
CHANNELS: tuple[str, ...] = (
    "en persona",
    "llamada",
    "mensajería",
    "videollamada",
    "correo electrónico",
    "plataforma",
    "papel",
    "ninguno",
)
IN_PERSON, NONE = 0, 7
_PERSON, _CALL, _CHAT, _VIDEO, _MAIL, _PLATFORM, _PAPER, _NONE = range(8)
CHANNELS_OF: tuple[Mapping[int, float], ...] = (
    {_PERSON: 1},
    {_PERSON: 1},
    {_CALL: 1},
    {_CALL: 46, _CHAT: 38, _PLATFORM: 16},
    {_VIDEO: 1},
    {_MAIL: 36, _CALL: 30, _PERSON: 20, _VIDEO: 8, _CHAT: 6},
    {_PLATFORM: 58, _MAIL: 16, _PAPER: 26},
    {_PLATFORM: 84, _PAPER: 16},
    {_PERSON: 68, _VIDEO: 32},
    {_PERSON: 40, _VIDEO: 34, _PLATFORM: 26},
    {_NONE: 1},
    {_PERSON: 94, _VIDEO: 6},
    {_PERSON: 70, _PLATFORM: 30},
)
# Through the internet. A telephone call is not counted.
DIGITAL = (False, False, True, True, True, True, False, False)

RESULTS: tuple[str, ...] = (
    "realizada",
    "reprogramada",
    "sin respuesta",
    "interrumpida por la conexión",
    "queda pendiente",
)
DONE, MOVED, UNANSWERED, BROKEN, PENDING = range(5)
# With the person or her family: these have a case, and people attended.
WITH_PEOPLE = (VISIT, INTERVIEW, CALL, TELE, VIDEO, GROUP)
# For a case, though nobody of it is there.
FOR_A_CASE = (VISIT, INTERVIEW, CALL, TELE, VIDEO, COORDINATION, REPORT, ENTRY, ERRAND)
