"""What the data card of ``entrevistas`` says, and the row of the code book for what no code fits."""

from ciberaula.datasets.spec import Card
from ciberaula.i18n import _

NO_CODE = {
    "codigo": "ninguno",
    "tema": "ninguno",
    "nombre": _("Ninguno"),
    "definicion": _("La unidad no afirma nada que quepa en los demás códigos."),
    "incluye": _(
        "Saludos, rodeos, asuntos ajenos a lo digital, opiniones sin un asunto del libro, causas que nadie comprueba."
    ),
    "excluye": _("Lo que cabe en un código, aunque se diga de paso: use ese código."),
    "ejemplo": _("Espéreme un ratito, que cierro la ventana porque entra el ruido del mercado."),
}

CARD = Card(
    motivation=_(
        "**Entrevistas simuladas.** Se escribieron para aprender a codificar un texto, a comparar la codificación propia con "
        "la de otra persona y a decir qué muestra la evidencia y qué no. Los temas siguen los del estudio en que se apoya el "
        "curso; ninguna frase procede de él ni de una persona entrevistada."
    ),
    composition=_(
        "En la edición publicada, veinte entrevistas semiestructuradas de 600 a 1 200 palabras: la mitad del sector público "
        "y la mitad del privado, "
        "doce urbanas y ocho rurales, de al menos doce provincias. Las opiniones son dispares a propósito: hay quien no ve "
        "el problema, quien se contradice y quien cuenta de oídas. Cada respuesta está cortada en unidades. El libro de "
        "códigos tiene tres temas: beneficio, desafío y práctica. La tabla «colega» trae lo que codificó una colega simulada, "
        "que no llegó a todas las entrevistas. Las transcripciones se seudonimizaron con marcas como [nombre]; como en la "
        "vida, conviene revisar si bastó."
    ),
    collection=_(
        "Nadie fue entrevistado. Los textos se escribieron uno por uno para el curso, con voces distintas. Lo que allí se "
        "afirma, incluidas cifras y causas, es ficción."
    ),
    preparation=_(
        "Las unidades se cortaron al escribir. Ninguna oración de tres o más palabras está dos veces en el conjunto. La semilla "
        "no cambia estos textos; con menos filas se toman las primeras entrevistas."
    ),
    uses=_(
        "Sirve para practicar análisis temático y acuerdo entre codificadores. **No use** estas entrevistas como prueba de lo "
        "que piensan o viven los y las profesionales del Ecuador, no las cite como testimonios ni entrene con ellas un modelo "
        "que decida sobre personas."
    ),
)
