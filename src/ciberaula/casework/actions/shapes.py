"""Shapes that all actions share: ids, texts, and what no database and no document keeps."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

from ciberaula.i18n import _
from ciberaula.yamlfile import Strict

MAX_TEXT = 4000

# Control characters but line break and tab, and halves of a surrogate pair.
_UNWRITABLE = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")


def _writable(text: object) -> object:
    """Raises ``ValueError`` for what no database and no document keeps, before anything else is made of it."""
    if isinstance(text, str) and _UNWRITABLE.search(text):
        raise ValueError(
            _("hay un carácter que no se puede guardar: bórrelo (suele venir de copiar y pegar) y repita la acción.")
        )
    return text


FIT = BeforeValidator(_writable)
Ref = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9]+([._:-][A-Za-z0-9]+)*$"), FIT]
Line = Annotated[str, Field(min_length=1, max_length=200), FIT]
Words = Annotated[str, Field(max_length=MAX_TEXT), FIT]
Said = Annotated[str, Field(min_length=1, max_length=MAX_TEXT), FIT]


class OnCase(Strict):
    """What every action names: its ``id``, where the caller gives one, and the ``case`` it is about."""

    id: Ref | None = None
    case: Ref
