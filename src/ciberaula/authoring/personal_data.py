"""Finds what could belong to a real person: valid identity numbers, mail addresses, telephones.

People in the course are invented and their numbers invalid by construction, so that whatever this finds is a mistake.
"""

import re
from collections.abc import Iterator

from ciberaula.i18n import _

# A comma may part the columns of a table, so it ends a number; a point belongs to a decimal.
_TEN_DIGITS = re.compile(r"(?<![\d/-])(?<!\d\.)\d{9}-?\d(?!\d|\.\d)")
# The look-behind and the limit keep the search linear in texts without spaces (figures, encoded pictures).
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63})+)")
_PHONE = re.compile(
    r"\+\d{1,3}[\s.-]?\(?\d{1,3}\)?(?:[\s.-]?\d{2,4}){2,4}"
    r"|(?:tel[ée]?f?|cel|whats\s?app|m[óo]vil)[\w.:º°\s]{0,14}?(?<!\d)0\d(?:[\s.-]?\d){6,8}(?!\d)",
    re.IGNORECASE,
)
# Reserved for examples (RFC 2606, RFC 6761): they reach nobody.
_NOBODY = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|org|net))?|invalid|test|localhost)$")
_PROVINCES = frozenset([*range(1, 25), 30])


def is_valid_cedula(digits: str) -> bool:
    """Whether ten digits form an Ecuadorian identity number.

    The first two name a province (01-24, or 30 abroad), the third is below 6, the last is the check digit (modulo 10).
    """
    if len(digits) != 10 or int(digits[:2]) not in _PROVINCES or int(digits[2]) > 5:
        return False
    doubled = [int(digit) * (2 - position % 2) for position, digit in enumerate(digits[:9])]
    total = sum(value - 9 if value > 9 else value for value in doubled)
    return (10 - total % 10) % 10 == int(digits[9])


def found_in(text: str) -> Iterator[str]:
    """Each thing in ``text`` that could be a real person's, as the Spanish words that name it."""
    for match in _TEN_DIGITS.finditer(text):
        if is_valid_cedula(match.group().replace("-", "")):
            yield _("la cédula {value}, que es válida").format(value=match.group())
    for match in _MAIL.finditer(text):
        if not _NOBODY.search(match.group(1)):
            yield _("el correo {value}").format(value=match.group())
    for match in _PHONE.finditer(text):
        yield _("el teléfono {value}").format(value=match.group().strip())
