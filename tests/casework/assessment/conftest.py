"""The sample story without background cases, its assessment, and what a careful player of it does."""

from pathlib import Path

import pytest

from ciberaula.casework.assessment.load import load_assessment
from ciberaula.casework.assessment.rules import violations
from ciberaula.casework.players import play_script
from ciberaula.casework.stories.load import load_story

STORY = Path(__file__).parents[1] / "stories" / "samples" / "historia-muestra.yml"
ASSESSMENT = Path(__file__).parent / "samples" / "valoracion-muestra.yml"

CONSENT = {
    "do": "ask_consent",
    "person": "elvia",
    "purpose": "sharing",
    "to": ["centro-mujer"],
    "data": ["identity"],
    "through": "phone",
    "explained": True,
}
NOTE = {
    "do": "write_note",
    "facts": "El lunes a las 22:30 contestó la llamada y dijo: «él ya se fue».",
    "opinion": "El riesgo parece medio.",
    "next": "Llamar el martes a las nueve.",
}
GOAL = {"need": "seguridad", "goal": "hablar segura", "action": "llamar de día", "who": "Marlene", "days": 5}
CALL = (
    {"do": "read", "message": "m1"},
    {"do": "contact", "who": "elvia", "channel": "phone", "purpose": "saber de ella"},
)
CAREFUL = (
    {"do": "choose", "situation": "mensaje", "option": "b"},
    NOTE,
    {
        "do": "assess",
        "risk": "medium",
        "facts": "Contó por teléfono que él revisa sus mensajes.",
        "opinion": "El teléfono no es un canal seguro.",
        "with_person": True,
    },
    {"do": "make_plan", "goals": [GOAL], "agreed": True, "review_days": 20},
    {"do": "consult", "to": "ruth", "question": "¿Conviene llamar de día?"},
    CONSENT,
    {"do": "refer", "to": "centro-mujer", "data": ["identity"], "reason": "Atención psicosocial."},
    NOTE,
    {"do": "choose", "situation": "cita", "option": "a"},
    NOTE,
)


@pytest.fixture(scope="session")
def story():
    return load_story(STORY).model_copy(update={"background": 0})


@pytest.fixture(scope="session")
def assessment(story):
    return load_assessment(ASSESSMENT, story)


@pytest.fixture(scope="session")
def careful(story):
    """The sample, played with care."""
    return play_script(story, CAREFUL, trainee="colibri-12")


@pytest.fixture
def broken(story, assessment):
    """The general rules that a script goes against: their names, in order."""

    def found(*steps, needs=None):
        changed = assessment if needs is None else assessment.model_copy(update={"needs": needs})
        return violations(play_script(story, steps), changed)

    return found
