"""The measures of repetition find what they are for."""

from tests.datasets.prose import runs, sentences, skeletons, twice


def test_sentences_ignore_capitals_and_short_ones():
    texts = ["Hoy vino la madre. Sí, claro.", "Se acordó volver. HOY VINO LA MADRE!"]
    assert sentences(texts) == {"hoy vino la madre": 2, "se acordó volver": 1}
    assert twice(texts) == ["hoy vino la madre"]


def test_a_skeleton_forgets_figures_days_and_people():
    texts = ["La Sra R llama el martes a las 9:30.", "Doña M llama el jueves a las 11:00."]
    assert list(skeletons(texts).values()) == [2]


def test_a_run_counts_once_a_text():
    text = "uno dos tres cuatro cinco seis uno dos tres cuatro cinco seis"
    assert runs([text, "uno dos tres cuatro cinco seis"])["uno dos tres cuatro cinco seis"] == 2
