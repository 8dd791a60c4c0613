"""What was answered wrongly, as short phrases that can be counted over a cohort. Never anybody's own words.

Read from the scores that grading left in the graded notebooks. Those are sentences for the trainee; what is taken from
them here is only what the course itself wrote: an option, a pair, a field, a check, a number. What somebody wrote freely
(a text, the name of a column, a code of their own) is passed over, and where a sentence does not read as expected there is
simply no phrase. Tests make the scores with the real functions of ``grading.scoring``, so that both keep in step.
"""

import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from ciberaula.casework.assessment.debrief import SIGNS
from ciberaula.classroom.markup import to_plain
from ciberaula.classroom.spec import QUESTIONS_FILE, Form, Question, load_questions
from ciberaula.errors import UserError
from ciberaula.i18n import _

MOST_PER_ANSWER = 12
LONGEST = 300  # characters
_CALLED = re.compile(r"[\w.-]{1,30}(?: «[^»]{0,80}»)?$")
_STEP = re.compile(r"\d+\. (?=«)")

Score = Mapping[str, Any]


def slips_of(kind: str, score: Score, question: Question | None = None) -> tuple[str, ...]:
    """The phrases of one scored answer to a question of ``kind``; none for a right, blank or unreadable one.

    ``score`` is ``ItemScore.as_dict()``; ``question`` the released question, without which a form tells only its fields.
    """
    answered, explanation = str(score.get("answered", "")), str(score.get("explanation", ""))
    if score.get("verdict") not in ("partial", "incorrect") and not score.get("critical"):
        return ()
    if kind != "text" and answered == _("respuesta con forma inesperada"):
        return (sys.intern(answered),)
    lines = explanation.splitlines()
    reader = _READERS.get(kind)
    found = [] if reader is None else list(reader(answered, lines, question))
    found += [str(one) for one in score.get("critical") or ()]
    if kind == "story":
        found += _of_story(score)
    # The same few phrases in thousands of answers: kept once.
    return tuple(dict.fromkeys(sys.intern(_short(one)) for one in found if one.strip()))[:MOST_PER_ANSWER]


def released_questions(course: Path, assignment: str) -> Mapping[str, Question]:
    """The questions of an assignment as released, by id; none where they are missing or broken."""
    path = course / "exercises" / assignment / QUESTIONS_FILE
    try:
        return load_questions(path).by_id if path.is_file() else {}
    except UserError:
        return {}


def quoted(text: str) -> Iterator[tuple[int, str]]:
    """Every outermost «…» of ``text``, with where it begins; quotes within stay in it."""
    depth, begin = 0, 0
    for place, sign in enumerate(text):
        if sign == "«":
            begin = place if not depth else begin
            depth += 1
        elif sign == "»" and depth:
            depth -= 1
            if not depth:
                yield begin, text[begin : place + 1]


def _short(text: str, longest: int = LONGEST) -> str:
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    return f"{line[: longest - 2].rstrip()}…{'»' if line.endswith('»') else ''}"


def _whole(answered: str, _lines: Collection[str], _question: Question | None) -> Iterator[str]:
    """One option or one number: the answer itself is the phrase."""
    yield answered


def _multiple(_answered: str, lines: Collection[str], _question: Question | None) -> Iterator[str]:
    for line in lines:
        for mark in (_("No correspondía marcar"), _("Faltó marcar")):
            if line.startswith(f"{mark}: «"):
                yield f"{mark}: {_first(line)}"


def _ordering(answered: str, lines: Collection[str], _question: Question | None) -> Iterator[str]:
    """Neighbours of the right order that were put the other way round."""
    right = [_first(line) for line in lines if _STEP.match(line)]
    place = {step: index for index, (_begin, step) in enumerate(quoted(answered))}
    for first, then in pairwise(right):
        if first in place and then in place and place[first] > place[then]:
            yield _("{then} antes que {first}").format(then=then, first=first)


def _matching(answered: str, lines: Collection[str], _question: Question | None) -> Iterator[str]:
    told = [text for _begin, text in quoted(answered)]
    given = dict(zip(told[::2], told[1::2], strict=False))
    for line in lines:
        if line.startswith(f"{_('Revise')}: «"):
            left = _first(line)
            yield _arrow(left, given.get(left) or _("sin pareja"))


def _form(answered: str, lines: Collection[str], question: Question | None) -> Iterator[str]:
    """Fields to look at again, with the option taken where it is one of the question's."""
    if not isinstance(question, Form):
        return
    for field in question.fields:
        label = to_plain(field.label).rstrip(".:")
        begin = next((line for line in lines if line.startswith(f"{_('Revise')}: {label[:280]}")), None)
        if begin is None:
            continue
        taken = (_option(answered, label, to_plain(option.text)) for option in field.options)
        blank = "" if label[:280] in answered else _("sin respuesta")
        yield _arrow(label, next((one for one in taken if one), blank))


def _option(answered: str, label: str, option: str) -> str:
    """The quoted ``option``, where ``answered`` says that the field got it."""
    words = option.rstrip(".:")
    told = re.search(rf"{re.escape(label[:280])}[^«]{{0,4}} «{re.escape(words[:280])}", answered)
    return f"«{words}»" if told else ""


def _table(_answered: str, lines: Collection[str], _question: Question | None) -> Iterator[str]:
    """Checks that a table did not pass, or units of a coding that got another code than that of reference."""
    between = f": {_('{unit}: usted puso «{mine}»').partition(': ')[2].partition('{')[0]}"
    uncoded = f": {_('{unit}: sin código').partition(': ')[2]}"
    units = [line.partition(mark)[0] for line in lines for mark in (between, uncoded) if mark in line]
    if units:
        yield from (_("otro código en {unit}").format(unit=unit) for unit in units if _CALLED.match(unit))
        return
    for line in lines:
        if line.startswith(f"{_('Revise')}: "):
            check = line.removeprefix(f"{_('Revise')}: ").partition(". ")[0]
            yield _("no cumple: {check}").format(check=check)


def _text(_answered: str, lines: Collection[str], _question: Question | None) -> Iterator[str]:
    """What the text was to say and was not found in it; of the text itself, nothing."""
    begin, _names, end = _("No se reconoció: {names}.").partition("{names}")
    for line in lines:
        if line.startswith(begin):
            for name in line.removeprefix(begin).removesuffix(end).split("; "):
                yield _("falta: {name}").format(name=name)


def _of_story(score: Score) -> list[str]:
    """What was expected of a story and did not happen: the author's words. What was lost otherwise names hours and people."""
    parts = score.get("parts")
    criteria = parts.get("criteria", ()) if isinstance(parts, Mapping) else ()
    missing = (line for one in criteria for line in one.get("lines", ()) if line.get("sign") == SIGNS["missing"])
    return [str(line["text"]) for line in missing]


def _arrow(left: str, right: str) -> str:
    """«left» → «right», each cut so that the other can still be read."""
    return f"{_short(left, 120)} → {_short(right, 160)}" if right else left


def _first(line: str) -> str:
    return next((text for _begin, text in quoted(line)), "")


_READERS: Mapping[str, Callable[[str, Collection[str], Question | None], Iterator[str]]] = {
    "single": _whole,
    "number": _whole,
    "multiple": _multiple,
    "ordering": _ordering,
    "matching": _matching,
    "form": _form,
    "table": _table,
    "text": _text,
}
