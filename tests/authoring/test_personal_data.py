"""Identity numbers, mail addresses and telephones: what could be real is found, what cannot is not."""

import pytest

from ciberaula.authoring.personal_data import found_in


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("cédula 1710034065 y 171003406-5", 2),
        ("cédula 1710034064", 0),
        ("rural,1710034065,5", 1),
        ("0.1710034065", 0),
        ("5f1710034065,1710034065a9", 0),
        ("ana@correo.ec", 1),
        ("ana@example.org, ana@aula.invalid", 0),
        ("Llame al tel. 0991234567", 1),
        ("WhatsApp +593 99 123 4567", 1),
        ("Llame al 911 o al 171", 0),
        ("el 2026-11-20 a las 07:29, y 145.7254901960", 0),
    ],
)
def test_what_is_found(text, count):
    assert len(list(found_in(text))) == count
