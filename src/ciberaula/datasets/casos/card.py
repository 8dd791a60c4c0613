"""What the data card of ``casos`` says. It names the structure that was built in, and no figure that a lesson asks for."""

from ciberaula.datasets.spec import Card
from ciberaula.i18n import _

CARD = Card(
    motivation=_(
        "**Datos simulados: ninguna persona, institución ni caso existe.** Se hicieron para aprender a leer, cuidar y "
        "anonimizar registros de trabajo social sin exponer a nadie."
    ),
    composition=_(
        "Las tablas de la mesa de casos de una institución simulada, del 8 de enero de 2024 al 31 de diciembre de 2025. Cada "
        "fila de «casos» es un caso; las demás tablas se unen por «caso_id». «difusion» tiene una fila por caso, en otro "
        "orden y sin códigos: es la tabla que alguien preparó para un informe público. Una celda vacía quiere decir que no "
        "ocurrió, que no se sabe o que no corresponde.\n\n"
        "**Lo que se puso adentro, con cualquier semilla:**\n\n"
        "- Desde 480 casos, los hay de las 24 provincias: uno de cada cuatro se reparte por turno entre ellas y los demás, según "
        "la población simulada de cada cantón.\n"
        "- Todo cumple las reglas de la mesa: las fechas van en orden, no hay referencia ni transferencia sin consentimiento "
        "vigente, ni cierre sin aprobación o con algo pendiente. La etapa se deduce de lo hecho.\n"
        "- Los contactos son más seguidos con riesgo alto que con medio, y con medio que con bajo.\n"
        "- Cada profesional tiene su manera de trabajar: cambian cuánto tarda en evaluar, cuántas notas deja sin escribir y "
        "cuántos mensajes salen de su propio teléfono. Por eso faltan notas y hay seguimientos sin hacer.\n"
        "- Donde menos hogares tienen internet (tabla «conectividad»), menos personas tienen buena conexión, y en el área rural "
        "menos todavía.\n"
        "- «acceso a educación» sube cuando empiezan las clases: abril y mayo en la Costa, agosto y septiembre en la Sierra y "
        "la Amazonía.\n\n"
        "**Privacidad, a propósito.** En «difusion», desde 1.500 casos, cada grupo por tramo de edad, género y región tiene 5 "
        "filas o más; quienes tienen otra identidad de género van sin esos tres datos. Si se agregan el mes, el área y el "
        "porcentaje de hogares con internet, hay filas únicas; y ese porcentaje, unido con «conectividad», devuelve casi "
        "siempre el cantón. Así se ve por qué una tabla sin nombres puede volver a señalar a alguien."
    ),
    collection=_(
        "Nada se recogió de nadie: un programa lo generó a partir de una semilla. Los nombres combinan al azar nombres y "
        "apellidos comunes; las cédulas tienen mal el dígito de control y los teléfonos son de un rango sin asignar. Los "
        "cantones son reales y lo que se dice de ellos es simulado. Las frecuencias son inventadas y no describen a ninguna "
        "institución."
    ),
    preparation=_(
        "Esta edición no necesita limpieza. La edición «casos_cruda» tiene otros casos, con errores por encontrar. Los "
        "textos se compusieron por programa con frases escritas a mano: hasta 1.500 casos ninguna oración se repite; en "
        "conjuntos más grandes, algunas sí. Las 60 personas de trabajo social y las organizaciones son las mismas en todos "
        "los tamaños."
    ),
    uses=_(
        "Para practicar: describir, relacionar tablas, revisar plazos y consentimientos, medir el riesgo de reidentificar y "
        "anonimizar. **No sirve** para estimar nada de Ecuador, de una provincia ni de un grupo de personas, ni para evaluar a "
        "profesionales, ni para entrenar sistemas que decidan sobre personas. Trate los datos como si fueran reales: ese es "
        "el ejercicio."
    ),
)
