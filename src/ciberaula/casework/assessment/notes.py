"""What a case note lacks, as far as words tell: labels for people, opinion among the facts, a part left out.

A person reads graded notes with a rubric; this finds only what is plain. What somebody said, between quotation marks,
is a fact.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from ciberaula.i18n import _

LEAST_WORDS = 6
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"]*\"")
# Stems of words that judge a person instead of saying what was seen or heard; without accents.
_LABELS = re.compile(
    r"\b(?:manipulador|conflictiv|mentiros|histeric|irresponsabl|problematic|negligent|desobligad|flojos?\b|flojas?\b|"
    r"vagos?\b|vagas?\b|ociosos?\b|ociosas?\b|drogadict|alcoholic[oa]s?\b|borrach|viciosos?\b|viciosas?\b|locos?\b|"
    r"locas?\b|desquiciad|toxic[oa]s?\b|rebeldes?\b|malcriad|malagradecid|ingrat|caprichos|exagerad[oa]s?\b|"
    r"victimista|disfuncional|promiscu|mala madre|mal padre|malos padres|mala hija|mal hijo|ignorantes?\b|inutil|"
    r"descuidad[oa]s?\b|resentid|paranoic|dramatic[oa]s?\b|complicad[oa] de caracter)\w*"
)
_OPINIONS = re.compile(
    r"\b(?:creo que|pienso que|me parece|me imagino|supongo|seguramente|seguro que|obviamente|sin duda|da la impresion|"
    r"a mi juicio|en mi opinion)\b"
)


def faults(args: Mapping[str, Any], *, parts: bool) -> list[str]:
    """What is wrong with a text of ``facts`` (and, with ``parts``, ``opinion`` and ``next``), in short Spanish phrases."""
    said = str(args.get("facts", ""))
    facts = plain(_QUOTED.sub(" ", said))
    found = []
    if labels := list(dict.fromkeys(match.group() for match in _LABELS.finditer(facts))):
        found.append(_("pone etiquetas donde van hechos ({words})").format(words=", ".join(labels)))
    if _OPINIONS.search(facts):
        found.append(_("mezcla opinión con los hechos"))
    if len(said.split()) < LEAST_WORDS:
        found.append(_("no cuenta qué pasó"))
    if parts and not str(args.get("opinion") or "").strip():
        found.append(_("falta la valoración, aparte de los hechos"))
    if parts and not str(args.get("next") or "").strip():
        found.append(_("falta qué sigue"))
    return found


def plain(text: str) -> str:
    """``text`` in lower case and without accents."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
