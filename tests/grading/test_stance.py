"""Reading whether a text keeps something away: what it must see, and what it must not take for it."""

import pytest

from ciberaula.grading.scoring import KeptAway

AWAY = ["quit", "retir", "elimin", "borr", "desactiv", "apag", "cambi", "guardad", "fuera "]
GIVEN = [
    *("publicar", "publico ", "publica ", "compart", "adjunt", "incluy", "pong", "pondr", "subo ", "subir", "dejo "),
    *("usar", "va ", "van ", "ir ", "ira "),
]
PHOTO = KeptAway(["foto"], AWAY, GIVEN, instead=["generic"])
PLACE = KeptAway(["ubicacion", "gps"], AWAY, GIVEN)

KEPT = [
    "La foto no la publico y apago la ubicación antes de escribir.",
    "Publico sin foto y con la ubicación desactivada",
    "No subiré la foto ni compartiré la ubicación.",
    "No voy a publicar ni la foto ni la ubicación",
    "La foto y la ubicación no las publico.",
    "Quito la foto y la ubicación.",
    "La foto la dejo fuera y la ubicación queda desactivada.",
    "Dejo la ubicación desactivada y la foto, fuera.",
    "Cambio la foto por una genérica y apago el GPS del celular.",
    "Adjunto una foto genérica sin la ubicación.",
    "No adjunto ninguna foto y desactivo la ubicación del teléfono.",
    "¿Y la foto? No la publico. La ubicación también la quito.",
    "La foto se queda guardada y no comparto ubicación.",
    "Antes de publicar elimino la foto y desactivo la ubicación.",
    "Prefiero no compartir la foto, y he apagado la ubicación.",
    "La foto no se va a publicar; la ubicación tampoco.",
    "Ni la foto ni la ubicación van en esta publicación.",
    "Voy a publicar esto sin la foto ni la ubicación.",
    "No usaré la foto y quitaré la ubicación de la publicación.",
    "La foto y la ubicación quedan fuera.",
    "Evitaré publicar la foto y la ubicación.",
    "No incluyo foto, tampoco ubicación.",
    "Esta publicación va sin foto y sin ubicación.",
    "Borro la foto, y le quito la ubicación al mensaje.",
    "Retiro la foto porque se ve el uniforme y desactivo la ubicación.",
]
GIVEN_AWAY = [
    "La foto la publico sin quitar nada y la ubicación no la voy a quitar tampoco nunca",
    "adjunto la foto y también la ubicación del lugar",
    "No quito la foto ni apago la ubicación",
    "No es necesario quitar la foto ni la ubicación",
    "Publico la foto y dejo la ubicación",
    "Sin duda subo la foto y comparto la ubicación",
    "La foto no la borro y la ubicación no la desactivo",
    "No veo problema en publicar la foto con la ubicación",
    "No solo publico la foto, también la ubicación",
    "La foto y la ubicación las dejo tal cual, sin cambios.",
    "La foto es de hoy y la ubicación, del puente",
    "",
]


@pytest.mark.parametrize("text", KEPT)
def test_what_is_kept_away_is_seen(text):
    assert (PHOTO.met(text), PLACE.met(text)) == (True, True)


@pytest.mark.parametrize("text", GIVEN_AWAY)
def test_what_is_given_or_not_told_is_not(text):
    assert (PHOTO.met(text), PLACE.met(text)) == (False, False)


def test_one_may_be_kept_and_the_other_given():
    text = "No subo la foto y comparto la ubicación."
    assert (PHOTO.met(text), PLACE.met(text)) == (True, False)


def test_a_negation_goes_on_to_a_second_infinitive_and_to_no_new_verb():
    assert PHOTO.met("No voy a compartir y publicar la foto")
    assert not PHOTO.met("No escribo el nombre y publico la foto")
