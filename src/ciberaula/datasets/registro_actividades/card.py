"""What the data card of ``registro_actividades`` says."""

from ciberaula.datasets.spec import Card
from ciberaula.i18n import _

CARD = Card(
    motivation=_(
        "**Datos simulados: nadie hizo estas actividades.** Se crearon para aprender a sistematizar la práctica: pasar de "
        "una lista de tareas a preguntas sobre el tiempo, las distancias, los medios digitales y las personas atendidas."
    ),
    composition=_("Por completar."),
    collection=_("Por completar."),
    preparation=_("Por completar."),
    uses=_("Por completar."),
)
