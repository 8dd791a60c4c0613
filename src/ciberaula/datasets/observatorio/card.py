"""What the data card of ``observatorio`` says: the kinds of trouble in it, not where they are."""

from ciberaula.datasets.spec import Card
from ciberaula.i18n import _

CARD = Card(
    motivation=_(
        "**Directorio simulado: ninguna de estas organizaciones existe.** Se creó para aprender a limpiar un directorio "
        "hecho por muchas manos, a reconocer registros que hablan de la misma organización (vinculación de registros), a "
        "ubicarlos en un mapa y a leer descripciones de prácticas digitales. Los países y las ciudades son reales."
    ),
    composition=_(
        "Una fila por registro, en 24 países de América, España y Portugal. Cerca de uno de cada diez registros repite una "
        "organización que ya estaba, una o dos veces, con diferencias de estos tipos: errata, sigla, traducción del nombre, "
        "acentos y mayúsculas, orden de las palabras, otra dirección web, escritura (letras anchas o letras de otro alfabeto que "
        "se ven iguales) y transliteración. **Dos registros de la misma organización coinciden siempre en ciudad y tema** y, "
        "además, en el nombre (salvo esas diferencias) o en la dirección web. También hay organizaciones distintas con nombres "
        "parecidos en otros países: el nombre solo no basta.\n\n"
        "Otros problemas puestos a propósito: el tipo, el país, la ciudad, el idioma y el año están escritos de muchas maneras "
        "o faltan; hay enlaces que ya no responden, organizaciones cerradas y revisiones antiguas; espacios de más; "
        "nombres en alfabetos cirílico, griego, coreano, devanagari y árabe, y en lenguas originarias; y algunas coordenadas "
        "faltan, están en cero o tienen el signo cambiado. Las descripciones de «practica» no repiten ninguna oración "
        "en la edición publicada; en una más grande podrían repetirse."
    ),
    collection=_(
        "Nadie visitó estas organizaciones ni estas páginas: un programa junta palabras y frases escritas para el curso. Las "
        "direcciones web y de correo usan dominios reservados que no pertenecen a nadie (RFC 2606); no se pueden abrir. "
        "Las coordenadas son puntos al azar cerca del centro de cada ciudad."
    ),
    preparation=_(
        "Se entrega como la escribieron, en la ficción, muchas personas: sin limpiar. La lista de parejas y los valores limpios "
        "están solo en el material de quien enseña."
    ),
    uses=_(
        "Sirve para practicar limpieza, vinculación de registros, mapas y lectura de textos cortos. **No lo use para buscar "
        "ayuda ni para referir a una persona**: nada de lo que aparece existe. No sirve para comparar países."
    ),
)
