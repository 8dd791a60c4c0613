"""The card of legal parameters."""

from html.parser import HTMLParser

import pytest

from ciberaula.casework.legal import parameters
from ciberaula.classroom.legal_view import legal_card
from ciberaula.errors import UserError


class Text(HTMLParser):
    """Collects the text of a page, and the tags left open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_card_says_value_source_certainty_and_date() -> None:
    page = legal_card("ec.breach.authority", "us.hipaa.breach.individual")._repr_html_()
    parsed = Text(page)
    words = " ".join(parsed.text)
    assert parsed.open == []
    for expected in (
        "término de 5 días",
        "LOPDP, art. 43",
        "Quinto Suplemento del Registro Oficial 459, 26-05-2021",
        "leído en el texto",
        "En Ecuador no son 72 horas",
        "60 días",
        "según comentaristas",
        "Material formativo, no asesoría jurídica. Revisado el 20 de noviembre de 2026.",
    ):
        assert expected in words
    assert page.count('scope="row"') == 2
    assert "http" not in page


def test_every_parameter_can_be_shown() -> None:
    everything = parameters()
    card = legal_card(*(found.id for found in everything))
    page = card._repr_html_()
    assert Text(page).open == []
    assert page.count('<tr role="row"><th') == len(everything) + 1
    assert repr(card).count("\n") == len(everything)


def test_plain_text_carries_the_same() -> None:
    assert repr(legal_card("mx.arco.answer")).splitlines() == [
        "Respuesta a una solicitud ARCO: 20 días [LFPDPPP, artículo por confirmar; sin confirmar]",
        "Material formativo, no asesoría jurídica. Revisado el 20 de noviembre de 2026.",
    ]


def test_mistakes_are_one_line() -> None:
    with pytest.raises(UserError, match="¿Quiso decir"):
        legal_card("ec.breach")
    with pytest.raises(UserError, match="al menos un parámetro"):
        legal_card()
