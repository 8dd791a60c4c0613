"""What the data card of ``encuesta_tic`` says."""

from ciberaula.datasets.spec import Card
from ciberaula.i18n import _

CARD = Card(
    motivation=_(
        "**Encuesta simulada: nadie respondió estas preguntas.** Se creó para aprender a describir una encuesta, a relacionar "
        "variables y a ser prudente con las causas. El estudio que sigue el curso encuestó a 100 trabajadoras y trabajadores "
        "sociales y publica dos resultados: solo el 30 % usa herramientas digitales con regularidad y la mayoría de esas "
        "personas trabaja en áreas urbanas. **El estudio no publica ningún coeficiente de correlación, ninguna prueba ni la "
        "tabla de respuestas.** Todo lo demás que encuentre aquí lo pusimos nosotros: no es un hallazgo del estudio."
    ),
    composition=_(
        "Una fila por persona encuestada: un código y 20 variables. **Exacto, con cualquier semilla y cualquier tamaño** "
        "(de 50 en 50 personas): el 30 % usa herramientas con regularidad, como en el estudio; 24 de cada 30 de esas personas "
        "son del área urbana (el estudio dice «la mayoría», sin cifra: la cifra es nuestra); la mitad trabaja en el sector "
        "público y la mitad en el privado, y 60 de cada 100 en área urbana (nuestras). «Uso regular» significa aquí varias veces "
        "por semana o todos los días; también es definición nuestra.\n\n"
        "**Estructura puesta a propósito, con su tolerancia.** La correlación de Spearman entre el índice de recursos y la "
        "frecuencia de uso queda entre 0,45 y 0,60; dentro del área urbana y dentro de la rural, por separado, queda entre 0,10 "
        "y 0,40 y es al menos 0,10 menor que la general: el área influye en las dos cosas a la vez. Entre las horas de "
        "formación y la frecuencia queda entre 0,40 y 0,55, y dentro de cada área entre 0,25 y 0,60. El índice de recursos es en "
        "promedio de 1,5 a 3,5 puntos mayor en el área urbana, y de 0,5 a 1,5 mayor en el sector privado. Por cuotas: en los "
        "ministerios predomina el sistema de gestión de casos y en las ONG, las aplicaciones y plataformas; los tres beneficios "
        "más nombrados son el acceso, la coordinación y la flexibilidad; las barreras más nombradas son la conexión, la "
        "formación y la privacidad.\n\n"
        "**Preguntas sin responder:** de cada 100 personas, 3 no dicen su edad, 3 el beneficio, 4 la confianza, 5 cuánta "
        "población rural atienden, y 4 con formación no recuerdan las horas. La celda queda vacía."
    ),
    collection=_(
        "Nadie fue encuestado. Un programa reparte las respuestas por cuotas y repite el sorteo hasta que la estructura "
        "declarada se cumple. En la ficción, la encuesta se respondió en línea en octubre de 2025, por invitación: por eso "
        "tampoco la ficción representaría a todo el gremio."
    ),
    preparation=_(
        "El índice de recursos (0 a 10) resume, en la ficción, equipos, conexión, programas y soporte. No hay errores puestos: "
        "solo celdas vacías. La columna «uso_regular» se deduce de «frecuencia»."
    ),
    uses=_(
        "Sirve para practicar descripción, tablas cruzadas, correlación de rangos y análisis por estratos. **No cite estas "
        "cifras como resultado de una investigación ni como situación del Ecuador**, y no las atribuya al estudio. Una "
        "correlación puesta por un programa tampoco demuestra que la formación o los recursos causen el uso."
    ),
)
