"""Finds what could belong to a real person: valid identity numbers, mail addresses, telephones.

People in the course are invented and their numbers invalid by construction, so that whatever this finds is a mistake.
"""

import re
from collections.abc import Iterator

from ciberaula.datasets.people import TELEPHONES, is_real_cedula, is_reserved_mail
from ciberaula.i18n import _

# A comma may part the columns of a table, so it ends a number; a point belongs to a decimal, a letter to a digest.
_TEN_DIGITS = re.compile(r"(?<![\w/-])(?<!\d\.)\d{9}-?\d(?!\w|\.\d)")
# The look-behind and the limit keep the search linear in texts without spaces (figures, encoded pictures).
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63})+)")
_PHONE = re.compile(
    r"\+\d{1,3}[\s.-]?\(?\d{1,3}\)?(?:[\s.-]?\d{2,4}){2,4}"
    r"|(?:tel[ée]?f?|cel|whats\s?app|m[óo]vil)[\w.:º°\s]{0,14}?(?<!\d)0\d(?:[\s.-]?\d){6,8}(?!\d)",
    re.IGNORECASE,
)
# Of the simulated people, in a range that nobody can be called in.
_OUR_PHONE = re.compile(rf"(?<!\d){TELEPHONES}\d{{7}}$")


def found_in(text: str) -> Iterator[str]:
    """Each thing in ``text`` that could be a real person's, as the Spanish words that name it."""
    for match in _TEN_DIGITS.finditer(text):
        if is_real_cedula(match.group().replace("-", "")):
            yield _("la cédula {value}, que es válida").format(value=match.group())
    for match in _MAIL.finditer(text):
        if not is_reserved_mail(match.group()):
            yield _("el correo {value}").format(value=match.group())
    for match in _PHONE.finditer(text):
        if not _OUR_PHONE.search(match.group()):
            yield _("el teléfono {value}").format(value=match.group().strip())
