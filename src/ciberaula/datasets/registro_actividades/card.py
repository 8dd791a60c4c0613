"""What the data card of ``registro_actividades`` says. Figures that a lesson asks for stay out of it."""

from ciberaula.datasets.spec import Card
from ciberaula.i18n import _

CARD = Card(
    motivation=_(
        "**Datos simulados: nadie hizo estas actividades.** Se crearon para aprender a sistematizar la práctica: pasar de una "
        "lista de tareas a preguntas sobre el tiempo, las distancias, los medios digitales y las personas atendidas."
    ),
    composition=_(
        "Una fila de «actividades» es una tarea que una persona de trabajo social anotó en 2025; «profesionales» dice quién es, "
        "sin nombres. «caso_id» es un código del conjunto «casos»: un caso que estaba abierto ese día y en manos de esa misma "
        "persona. «canton_id» une con «conectividad».\n\n"
        "**Lo que se puso adentro, con cualquier semilla:**\n\n"
        "- Solo hay días laborables del Ecuador, sin feriados nacionales. Cada persona toma vacaciones una vez: 22 días "
        "laborables en el sector público y 11 en las organizaciones no gubernamentales. Falta, además, unos 3 de cada 100 días.\n"
        "- Las actividades de una persona no se enciman y no suman más de 10 horas al día. No llenan la jornada: nadie anota "
        "todo lo que hace.\n"
        "- Cada persona redondea los minutos a su modo: a 5, 10, 15 o 30.\n"
        "- En el área rural hay más visitas y más traslados, y los traslados son más largos; la conexión interrumpe más "
        "atenciones por internet.\n"
        "- Cuando empiezan las clases (agosto y septiembre en la Sierra y la Amazonía; abril y mayo en "
        "la Costa y Galápagos) suben las coordinaciones y los trámites. De enero a abril, con las lluvias, en la Costa y "
        "Galápagos hay menos visitas y más llamadas.\n"
        "- La mitad de las personas hizo en mayo una formación digital, repartida por igual entre el área urbana y la rural. "
        "Desde junio, la teleorientación y las videollamadas ocupan en ellas entre el doble y el cuádruple de la parte que "
        "ocupaban de enero a abril en su atención directa (visitas, entrevistas, llamadas, teleorientaciones y videollamadas); "
        "en las demás personas esa parte cambia menos de 4 puntos. Vale desde 40 profesionales.\n"
        "- Unas 8 de cada 100 filas llevan una observación."
    ),
    collection=_(
        "Nada se recogió de nadie: un programa lo generó a partir de una semilla. Las frecuencias y duraciones son inventadas y "
        "no describen a ninguna institución. Los cantones son reales y el calendario de feriados también."
    ),
    preparation=_(
        "No se pusieron errores. Una celda vacía de «caso_id» quiere decir que la actividad no fue por un caso, que no se anotó, "
        "o que en ese momento no tenía ninguno. Las observaciones se compusieron por programa con frases escritas a mano: hasta "
        "40 profesionales no se repite ninguna; en conjuntos más grandes, algunas sí. Los códigos de caso son los del conjunto "
        "«casos» publicado, que solo reparte casos a las primeras 60 personas."
    ),
    uses=_(
        "Para describir el tiempo de trabajo, comparar grupos y periodos, preguntarse qué cambió con una formación y escribir "
        "una sistematización. **No sirve** para fijar cargas de trabajo, evaluar a profesionales ni afirmar nada sobre "
        "instituciones del Ecuador. Que el efecto de la formación exista aquí no prueba que exista en la realidad: se puso a "
        "propósito."
    ),
)
