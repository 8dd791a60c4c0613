"""What caseworkers write in ``casos``: notes, assessments, plans, referrals, follow-ups and closings, a column at a time.

No name, number or address of anybody: people are «la señora», «su hija». Within the published size no sentence
of three words or more comes twice (a test measures it); larger builds repeat some. The clauses lie in ``phrases/casos_*.txt``.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ciberaula.datasets import phrases
from ciberaula.datasets.casos import words
from ciberaula.datasets.draws import Draws, Whole

_Called = dict[tuple[int, ...], tuple[str, ...]]
Text = Any  # an Arrow column of strings; pyarrow carries no types
KINDS: tuple[str, ...] = (
    *("facts", "opinion", "next"),  # of a note
    *("assessment_facts", "assessment_opinion"),
    *("concern", "need", "goal", "action"),
    *("reason", "assignment", "approval"),  # of a referral or transfer; of a change of worker; of who supervises
    *("comment", "summary", "incident"),  # of a follow-up, a closing; how an incident was met
)
# The age at which each band begins. From the third on, people speak for themselves, as ``contactos`` has it.
BANDS: tuple[str, ...] = ("0", "5", "12", "18", "26", "65")
_BAND_BEGINS = tuple(int(band) for band in BANDS[1:])
_OWN_VOICE, _ADULT = 2, 4
CARERS: tuple[str, ...] = ("madre", "padre", "abuela", "tía")
TOPICS: tuple[str, ...] = ("a", "b", "c")
_WAYS = ("en persona", "voz", "video", "escrito")
_WAY_OF = {"en persona": 0, "llamada": 1, "videollamada": 2}
VERDICTS: tuple[str, ...] = ("plan sí", "plan no", "cierre sí", "cierre no")
_NAMED = {
    "motivo": "motive", "genero": "gender", "riesgo": "risk", "servicio": "service", "cierre": "closure",
    "incidente": "incident", "entra": "incoming", "area": "rural", "aprueba": "verdict", "carer": "carer",
}  # fmt: skip
_FOLDER = Path(phrases.__file__).parent
# How often each voice writes, and how: some shorten words, some leave out accents.
_VOICE_WEIGHTS = (4, 3, 3)
_PENS = (70, 15, 15)
# No full stops in what is shortened: a full stop ends a sentence, for whoever counts them.
_SHORTENED = (
    (r"\b([Ss]eñora)\b", "Sra"),
    (r"\b([Ss]eñor)\b", "Sr"),
    (r"\bpor qué\b", "xq"),
    (r"\bdomicilio\b", "dom"),
    (r"\bteléfono\b", "telf"),
    (r"\bdoctora\b", "Dra"),
    (r"\bdoctor\b", "Dr"),
    (r"\breferencia\b", "ref"),
    (r"\binstitución\b", "inst"),
    (r"\bseguimiento\b", "seguim"),
    (r"\bpsicológica\b", "psic"),
    (r"\busuari([oa])\b", "usu"),
)
_UNACCENTED = (("á", "a"), ("é", "e"), ("í", "i"), ("ó", "o"), ("ú", "u"), (";", ","), ("«", '"'), ("»", '"'))


def texts(draws: Draws, kind: str, rows: Whole, facts: Mapping[str, Whole]) -> Text:
    """A text of ``kind`` (one of ``KINDS``) for each row, as an Arrow column of strings.

    ``rows``: the number of the text among all of its kind, different for each and dense from 0 (case × most a case + place).
    ``facts``: index columns, all optional: ``motive`` (in ``words.MOTIVES``), ``gender`` (``words.GENDERS``) and ``age``
    (years) of the person of the case, ``carer`` (in ``CARERS``: who speaks for a child), ``rural``, ``channel``
    (``words.CHANNELS``), ``incoming``, ``risk`` (``words.RISKS``), ``service`` (``words.SERVICES``), ``closure``
    (``words.CLOSURES``), ``verdict`` (in ``VERDICTS``), ``incident`` (``words.INCIDENTS``), ``writer``, the number of the
    worker, whose voice stays the same, and ``order``, a number like ``rows`` that is dense among cases of one motive.

    Texts of the same ``order`` are about the same topic, those of the same row name the same people: the parts of a note.
    """
    rows = np.asarray(rows, dtype=np.int64)
    order = np.asarray(facts.get("order", rows), dtype=np.int64)
    writer = np.asarray(facts.get("writer", rows), dtype=np.int64)
    voice = draws.pick(writer, "voice", _VOICE_WEIGHTS)
    # Texts that follow each other in a case have different topics, and those of a topic are numbered without gaps.
    rest = order // len(TOPICS)
    topic = (order + draws.integers(rest, "asunto", 0, len(TOPICS) - 1)) % len(TOPICS)
    made = book().write(
        draws, kind, rows, _dimensions(facts, len(rows)) | {"asunto": topic, "mitad": rest % 2}, voice, rest
    )
    return _penned(made, draws.pick(writer, "pen", _PENS))


def _dimensions(facts: Mapping[str, Whole], length: int) -> dict[str, Whole]:
    """The columns by the names that the phrase files use."""
    found = {dim: np.maximum(np.asarray(facts[name], np.int64), 0) for dim, name in _NAMED.items() if name in facts}
    if "age" in facts:
        found["banda"] = np.searchsorted(_BAND_BEGINS, np.asarray(facts["age"]), side="right").astype(np.int64)
    else:
        found["banda"] = np.full(length, _ADULT, dtype=np.int64)
    none = np.zeros(length, dtype=np.int64)
    own = len(CARERS) + (found["banda"] - _OWN_VOICE) * len(words.GENDERS) + found.get("genero", none)
    found["quien"] = np.where(found["banda"] < _OWN_VOICE, found.pop("carer", none), own)
    if "channel" in facts:
        table = np.array([_WAY_OF.get(channel, len(_WAYS) - 1) for channel in words.cells(words.CHANNELS)])
        found["via"] = table[np.asarray(facts["channel"], dtype=np.int64)]
    return found


def _penned(made: Text, pen: Whole) -> Text:
    """The same, as those write who shorten words (pen 1) or leave out accents and the last full stop (pen 2)."""
    short, bare = made.filter(pa.array(pen == 1)), made.filter(pa.array(pen == 2))
    for found, instead in _SHORTENED:
        short = pc.replace_substring_regex(short, found, instead)
    for found, instead in _UNACCENTED:
        bare = pc.replace_substring(bare, found, instead)
    bare = pc.utf8_rtrim(bare, ".")
    place = np.empty(len(pen), dtype=np.int64)
    at = 0
    for number in range(len(_PENS)):
        mine = pen == number
        place[mine] = at + np.arange(int(mine.sum()))
        at += int(mine.sum())
    whole = pa.concat_arrays([made.filter(pa.array(pen == 0)), short, bare])
    return whole.take(pa.array(place))


@cache
def book() -> phrases.Book:
    """The clauses of all kinds."""
    dims = {
        "motivo": words.MOTIVES,
        "asunto": TOPICS,
        "mitad": ("1", "2"),
        "genero": words.cells(words.GENDERS),
        "banda": BANDS,
        "quien": _SPEAKERS,
        "area": words.cells(words.AREAS),
        "via": _WAYS,
        "entra": ("no", "sí"),
        "riesgo": words.cells(words.RISKS),
        "servicio": words.cells(words.SERVICES),
        "cierre": words.cells(words.CLOSURES),
        "aprueba": VERDICTS,
        "incidente": words.INCIDENTS,
    }
    return phrases.Book([*sorted(_FOLDER.glob("casos_*.txt")), _FOLDER / "palabras.txt"], dims, _people())


# How the person of the case is called, by gender and band. No initials: each text would make up its own, and people of one
# case would seem to be many.
_CALLED = (
    (
        *(("la niña",), ("la niña",), ("la adolescente", "la chica")),
        *(("la joven",), ("la señora", "la usuaria"), ("la señora", "la adulta mayor")),
    ),
    (
        *(("el niño",), ("el niño",), ("el adolescente", "el chico")),
        *(("el joven",), ("el señor", "el usuario"), ("el señor", "el adulto mayor")),
    ),
    (
        *(("la criatura",), ("la criatura",), ("la persona adolescente",)),
        *(("la persona joven",), ("la persona", "la persona usuaria"), ("la persona mayor",)),
    ),
)
_CARERS_CALLED = (("la madre", "la mamá"), ("el padre", "el papá"), ("la abuela",), ("la tía",))
_SPEAKERS = (*CARERS, *(f"{band} {gender}" for band in BANDS[_OWN_VOICE:] for gender in words.cells(words.GENDERS)))
# Relatives who are not in the household and may well be there at that age.
_RELATIVES = (
    (("la madrina", "el tío", "una prima de la familia", "el abuelo"),) * 2
    + (("su madrina", "el tío", "su prima", "el abuelo", "su primo"),)
    + (("su prima", "su madrina", "un tío", "una tía", "su primo", "una amiga"),)
    + (("su prima", "una cuñada", "una comadre", "un primo", "una tía", "una amiga", "su compadre"),)
    + (("una sobrina", "la nuera", "un sobrino", "la comadre", "una nieta", "su ahijado", "un nieto"),)
)


def _people() -> dict[str, phrases.Called]:
    """Who is named in holes: the person of the case (``ella``; ``n`` only where somebody else speaks for her), who speaks
    (``inf``), a relative."""
    at = [(gender, band) for gender in range(len(_CALLED)) for band in range(len(BANDS))]
    ella: _Called = {(gender, band): _CALLED[gender][band] for gender, band in at}
    n: _Called = {
        (gender, band): tuple(f"{one} " for one in words_) if band < _OWN_VOICE else ("",)
        for (gender, band), words_ in ella.items()
    }
    own = [_CALLED[gender][band] for band in range(_OWN_VOICE, len(BANDS)) for gender in range(len(_CALLED))]
    inf: _Called = {(place,): called for place, called in enumerate((*_CARERS_CALLED, *own))}
    relatives: _Called = {(band,): called for band, called in enumerate(_RELATIVES)}
    whom = ("genero", "banda")
    return {"ella": (whom, ella), "n": (whom, n), "inf": (("quien",), inf), "pariente": (("banda",), relatives)}
