"""What words tell about a case note."""

import pytest

from ciberaula.casework.assessment.notes import faults

WHOLE = {
    "facts": "Elvia llamó a las nueve y contó que durmió en otra casa.",
    "opinion": "Está a salvo.",
    "next": "Llamar.",
}


def test_a_whole_note_has_no_faults():
    assert faults(WHOLE, parts=True) == []


@pytest.mark.parametrize(
    "facts",
    [
        "Es una madre manipuladora que llamó a las nueve de la noche.",
        "El papá, CONFLICTIVO, llegó tarde a la visita del martes.",
        "La señora es floja y no mandó a los niños a clases.",
        "Es una mala madre, se ve en la videollamada de hoy.",
        "El joven drogadicto no contestó las tres llamadas del lunes.",
    ],
)
def test_labels_are_no_facts(facts):
    (fault,) = faults({**WHOLE, "facts": facts}, parts=True)
    assert "etiquetas" in fault


@pytest.mark.parametrize(
    "facts",
    [
        "La abuela dijo: «es una mentirosa» y colgó a las nueve.",
        'El papá escribió "estás loca" en el grupo de la familia.',
        "Llegó con la ropa limpia y saludó a sus hermanos por su nombre.",
        "La familia vive en un barrio alejado, localizado con ayuda de la escuela.",
        "El niño contó que en la feria se vende una tela floreada.",
    ],
)
def test_what_was_said_and_like_words_are_facts(facts):
    assert faults({**WHOLE, "facts": facts}, parts=True) == []


def test_opinion_among_the_facts():
    assert faults({**WHOLE, "facts": "Creo que no quiere venir a la cita del viernes."}, parts=True) == [
        "mezcla opinión con los hechos"
    ]


def test_each_part_left_out_is_named():
    found = faults({"facts": "Todo bien."}, parts=True)
    assert len(found) == 3
    assert faults({"facts": "Todo bien."}, parts=False) == found[:1]
