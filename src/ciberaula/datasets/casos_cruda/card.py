"""What the data card of ``casos_cruda`` says: which kinds of faults there are, not where nor how many."""

from dataclasses import replace

from ciberaula.datasets import casos
from ciberaula.datasets.spec import Card
from ciberaula.i18n import _

CARD: Card = replace(
    casos.DATASET.card,
    motivation=_(
        "**Datos simulados: ninguna persona, institución ni caso existe.** Se hizo para aprender a encontrar y corregir errores "
        "de registro antes de sacar una conclusión, y a reconocer datos personales donde no deben estar."
    ),
    composition=_(
        "Otros casos de la misma oficina simulada, como quedan cuando los escriben muchas manos. No son los de «casos», aunque "
        "los códigos se repitan. Todas las columnas son texto y ninguna tabla promete claves. Tiene errores puestos a "
        "propósito, de estos tipos:\n\n"
        "- **Duplicados**: filas repetidas tal cual, y casos o personas ingresados dos veces, escritos de otra manera.\n"
        "- **Fechas imposibles**: cierres anteriores a la apertura, días que no existen, fechas en el futuro; y fechas con el "
        "día primero entre otras que empiezan por el año.\n"
        "- **Códigos mezclados**: un mismo valor escrito de varias maneras, en género, provincia, área, nivel de riesgo, canal y "
        "respuestas de sí o no.\n"
        "- **Faltantes disfrazados**: celdas vacías que no debían estarlo, y signos, siglas y números que quieren decir «no se "
        "sabe».\n"
        "- **Identificadores en el texto**: nombres, números de cédula, teléfonos y correos en las notas.\n"
        "- **Espacios de más.**\n\n"
        "Qué está mal y dónde lo sabe quien enseña. Las tablas y columnas son las de «casos», sin «difusion»."
    ),
    preparation=_(
        "Ninguna: limpiarla es el ejercicio. Guarde siempre una copia de lo recibido, anote cada regla que aplica y no "
        "corrija lo que no puede comprobar: márquelo y pregunte a quien lo registró."
    ),
    uses=_(
        "Para practicar la limpieza, el registro de decisiones y la protección de datos en textos. **No sirve** para describir "
        "casos ni personas: para eso está «casos». Nada de lo que contiene dice algo de Ecuador ni de nadie."
    ),
)
