"""What the data card of ``conectividad`` says."""

from ciberaula.datasets.spec import Card
from ciberaula.i18n import _

CARD = Card(
    motivation=_(
        "**Datos simulados.** Se crearon para aprender a leer la brecha digital por territorio, para unirlos con los demás "
        "conjuntos del curso por «canton_id» y para ver cómo un dato que parece inofensivo permite reconocer un lugar. "
        "Los lugares son reales; las cifras no: ninguna procede de un censo ni de una encuesta."
    ),
    composition=_(
        "Una fila por cantón, los 221 del país, sin celdas vacías. Estructura puesta a propósito, que se cumple con cualquier "
        "semilla: a mayor población rural, menos hogares con internet (correlación de Spearman entre −0,95 y −0,70); "
        "en promedio, las capitales provinciales superan al resto en 10 a 30 puntos de hogares con internet; "
        "en todos los cantones hay más personas con móvil que hogares con internet y más hogares con internet que con "
        "computador; donde la señal es escasa, el mes de internet cuesta en promedio entre 6 y 10 dólares más que donde es "
        "buena. Al menos nueve de cada diez cantones tienen un porcentaje de hogares con internet que no comparten con otro."
    ),
    collection=_(
        "Nadie recogió estos datos: los genera un programa. De la realidad se tomaron solo los nombres de provincias y "
        "cantones y el orden de tamaño de los más poblados (conocimiento general)."
    ),
    preparation=_("Los porcentajes y los costos se redondean a un decimal. No hay errores puestos en esta tabla."),
    uses=_(
        "Sirve para describir, comparar, hacer mapas, unir tablas y practicar la protección de datos. **No use estas cifras** "
        "para hablar de un cantón real, para decidir una inversión ni para citarlas en un informe: son inventadas. "
        "Para eso, busque las publicaciones oficiales de estadística."
    ),
)
