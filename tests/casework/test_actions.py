"""Texts in actions: what no database and no document keeps is refused in one line, before anything is done."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciberaula.casework.actions import parse
from ciberaula.errors import UserError

UNFIT = ["Llamó\x00.", "Llamó\ud83d.", "Llamó\r\n.", "\x1b[31mLlamó", "Llamó\x85", "\x7f"]
TEXTS: dict[str, dict[str, object]] = {
    "write_note": {"facts": "{}"},
    "register": {"code": "{}", "person": "p", "name": "Elvia", "canton": "Chone"},
    "break_glass": {"reason": "{} y su colega no contesta"},
    "request_approval": {"what": "closure", "case": "{}"},
    "make_plan": {"goals": [{"need": "{}", "goal": "x", "action": "x", "who": "x", "days": 3}]},
}


def filled(value: object, text: str) -> object:
    """``value`` with the text in its place."""
    if isinstance(value, str):
        return value.replace("{}", text)
    if isinstance(value, list):
        return [filled(one, text) for one in value]
    return {name: filled(one, text) for name, one in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("text", UNFIT)
@pytest.mark.parametrize("do", TEXTS)
def test_a_character_that_cannot_be_kept_is_one_line(do: str, text: str) -> None:
    shape = {"do": do, "case": "c1", **TEXTS[do]}
    with pytest.raises(UserError, match="hay un carácter que no se puede guardar") as told:
        parse(filled(shape, text))
    line = str(told.value)
    assert line.startswith(f"Acción «{do}»: «")
    assert "\n" not in line
    line.encode()


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\t"), min_size=1, max_size=80))
def test_every_other_text_is_kept_as_it_is(text: str) -> None:
    assert parse({"do": "write_note", "case": "c1", "facts": f"«{text}»"}).facts == f"«{text}»"


@given(st.text(st.characters(categories=["Cc", "Cs"], exclude_characters="\n\t"), min_size=1, max_size=3))
def test_no_other_control_character_gets_in(text: str) -> None:
    with pytest.raises(UserError):
        parse({"do": "write_note", "case": "c1", "facts": f"Llamó{text}."})
