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

_Called = dict[tuple[int, int], tuple[str, ...]]
Text = Any  # an Arrow column of strings; pyarrow carries no types
KINDS: tuple[str, ...] = (
    *("facts", "opinion", "next"),  # of a note
    *("assessment_facts", "assessment_opinion"),
    *("concern", "need", "goal", "action"),
    *("reason", "assignment", "approval"),  # of a referral or transfer; of a change of worker; of who supervises
    *("comment", "summary", "incident"),  # of a follow-up, a closing; how an incident was met
)
BANDS: tuple[str, ...] = ("niñez", "adolescencia", "adultez", "vejez")
_BAND_BEGINS = (12, 18, 65)
_ADULT = 2
_WAYS = ("en persona", "voz", "video", "escrito")
_WAY_OF = {"en persona": 0, "llamada": 1, "videollamada": 2}
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
    (years) of the person of the case, ``channel`` (``words.CHANNELS``), ``risk`` (``words.RISKS``), ``service``
    (``words.SERVICES``), ``closure`` (``words.CLOSURES``), ``incident`` (``words.INCIDENTS``), and ``writer``, the number of
    the worker, whose voice stays the same.
    """
    rows = np.asarray(rows, dtype=np.int64)
    writer = np.asarray(facts.get("writer", rows), dtype=np.int64)
    voice = draws.pick(writer, "voice", _VOICE_WEIGHTS)
    made = book().write(draws, kind, rows, _dimensions(facts, len(rows)), voice)
    return _penned(made, draws.pick(writer, "pen", _PENS))


def _dimensions(facts: Mapping[str, Whole], length: int) -> dict[str, Whole]:
    """The columns by the names that the phrase files use."""
    named = {"motivo": "motive", "genero": "gender", "riesgo": "risk", "servicio": "service", "cierre": "closure"}
    found = {
        dim: np.maximum(np.asarray(facts[name], np.int64), 0)
        for dim, name in (named | {"incidente": "incident"}).items()
        if name in facts
    }
    if "age" in facts:
        found["banda"] = np.searchsorted(_BAND_BEGINS, np.asarray(facts["age"]), side="right").astype(np.int64)
    else:
        found["banda"] = np.full(length, _ADULT, dtype=np.int64)
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
        "genero": words.cells(words.GENDERS),
        "banda": BANDS,
        "via": _WAYS,
        "riesgo": words.cells(words.RISKS),
        "servicio": words.cells(words.SERVICES),
        "cierre": words.cells(words.CLOSURES),
        "incidente": words.INCIDENTS,
    }
    return phrases.Book([*sorted(_FOLDER.glob("casos_*.txt")), _FOLDER / "palabras.txt"], dims, _people())


def _people() -> dict[str, _Called]:
    """How the person of the case (``ella``) and who speaks for her (``inf``) are called, by gender and band."""
    # No initials: each text would make up its own, and people of one case would seem to be many.
    called = (
        (
            ("la niña",),
            ("la adolescente", "la chica"),
            ("la señora", "la usuaria"),
            ("la adulta mayor", "la señora", "la usuaria"),
        ),
        (
            ("el niño",),
            ("el adolescente", "el chico"),
            ("el señor", "el usuario"),
            ("el adulto mayor", "el señor", "el usuario"),
        ),
        (
            ("la criatura",),
            ("la persona adolescente",),
            ("la persona", "la persona usuaria"),
            ("la persona mayor", "la persona usuaria"),
        ),
    )
    carers = ("la madre", "la abuela", "la mamá", "su tía", "el padre", "quien le cuida", "la hermana mayor")
    ella: _Called = {(gender, band): called[gender][band] for gender in range(3) for band in range(4)}
    inf: _Called = {at: (carers if at[1] < _ADULT else called) for at, called in ella.items()}
    return {"ella": ella, "inf": inf}
