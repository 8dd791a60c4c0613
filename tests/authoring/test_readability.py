"""Syllables and perspicuity against counts made by hand."""

import pytest

from ciberaula.authoring.readability import perspicuity, prose, syllables

COUNTS = {
    "país": 2, "guía": 2, "pingüino": 3, "búho": 2, "leer": 2, "teoría": 4, "queso": 2, "guerra": 2, "ley": 1, "yo": 1,
    "buey": 1, "línea": 3, "héroe": 3, "ciudad": 2, "huida": 2, "ahora": 3, "vehículo": 4, "averigüéis": 4, "oír": 2,
    "cambio": 2, "muy": 1, "y": 1, "reír": 2, "Uruguay": 3, "ciberintervención": 6, "seudónimo": 4, "pie": 1, "aéreo": 4,
    "prohibir": 2, "ayer": 2,
}  # fmt: skip


@pytest.mark.parametrize(("word", "count"), COUNTS.items())
def test_syllables(word, count):
    assert syllables(word) == count


def test_perspicuity_of_a_text_counted_by_hand():
    # 9 words, 14 syllables (el pe-rro co-me / la ca-sa es a-zul y gran-de), 2 sentences
    assert perspicuity("El perro come. La casa es azul y grande.") == pytest.approx(206.835 - 62.3 * 14 / 9 - 9 / 2)


def test_short_and_plain_reads_easier_than_long_and_learned():
    easy = "Pida solo lo que hace falta. Diga para qué lo pide."
    hard = "La institucionalización de procedimientos interdisciplinarios requiere lineamientos organizacionales explícitos."
    assert perspicuity(easy) > 65 > 40 > perspicuity(hard)


def test_a_text_without_words_has_no_index():
    with pytest.raises(ValueError, match="no words"):
        perspicuity("123 — …")


def test_prose_leaves_titles_tables_code_and_addresses_out():
    text = "# Título\n\n| a | b |\n\nVea [la guía](https://x.invalid) y `código`.\n\n```python\nx = 1\n```\n\n**Fin.**"
    assert " ".join(prose(text).split()) == "Vea la guía y . Fin."
