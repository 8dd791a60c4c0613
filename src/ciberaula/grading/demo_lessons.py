"""How a simulated person of the demo cohort works through the lessons: real answers to the real questions.

What each answer is worth is not written here: it is asked of the classroom, as for anybody's.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ciberaula.classroom.decisions import Decision
from ciberaula.classroom.feedback import succeeded
from ciberaula.classroom.lessons import lessons_in
from ciberaula.classroom.record import LearningRecord, Statement
from ciberaula.classroom.spec import Form, Matching, Multiple, Number, Ordering, Question, Single
from ciberaula.classroom.story_items import StoryItem
from ciberaula.classroom.workplace import workplace
from ciberaula.curriculum import load

# How much of the module somebody of at least that care has worked through, from its first lesson on.
_READS = ((0.7, 1.0), (0.5, 0.6), (0.0, 0.2))


def studied(
    course: Path, record: LearningRecord, care: float, until: datetime, rng: random.Random
) -> Iterator[Statement]:
    """Statements of the lessons done in the days before ``until`` (UTC); ``care`` is the share answered well (0 to 1).

    ``record`` is the one of the assignment's folder, where a trainee's own first cell brings them too.
    """
    module = course / "modules" / record.folder.name
    shown = lessons_in(module)
    planned = [lesson.id for lesson in load(course).module(module.name).lessons if lesson.id in shown]
    share = next(share for least, share in _READS if care >= least)
    done = planned[: max(1, round(len(planned) * share))]
    for number, lesson in enumerate(done):
        when = until - timedelta(days=2 * (len(done) - number), minutes=rng.randrange(300))
        yield record.statement("experienced", record.lesson_activity(lesson), at=when)
        for id in shown[lesson]:
            when += timedelta(minutes=rng.randrange(2, 7))
            question, _graded = workplace(module).find(id)
            if isinstance(question, StoryItem):
                activity = record.question_activity(question.id, question.title, question.kind)
                yield record.statement("completed", activity, {"completion": True}, at=when)
                continue
            value = _answer(question, rng.random() < care, rng)
            kind = getattr(question, "kind", "scenario")
            yield record.answer(question.id, id, kind, value, success=succeeded(question, value), at=when)
        yield record.statement("completed", record.lesson_activity(lesson), at=when)


def _answer(question: Question | Decision, well: bool, rng: random.Random) -> Any:
    """An answer as the widget would send it: what the question explains as right or, unless ``well``, another."""
    match question:
        case Decision():
            return _path(question, well, rng)
        case Single():
            return rng.choice([one.id for one in question.options if one.correct == well])
        case Multiple():
            right = [one.id for one in question.options if one.correct]
            return right if well or len(right) == 1 else right[:-1]
        case Ordering():
            return question.order if well else [*question.order[1:], question.order[0]]
        case Matching():
            rights = list(question.pairs.values())
            return dict(zip(question.pairs, rights if well else [*rights[1:], rights[0]], strict=True))
        case Number():
            return question.correct_value if well else (question.correct_value or 0) + 1
        case Form():
            return {one.id: _field(one, well, rng) for one in question.fields}
        case _:
            return "Escrito por una persona simulada."


def _field(field: Any, well: bool, rng: random.Random) -> Any:
    if field.correct is None:
        return "Escrito por una persona simulada."
    others = [one.id for one in field.options if one.id != field.correct]
    return rng.choice(others) if others and not well else field.correct


def _path(story: Decision, well: bool, rng: random.Random) -> dict[str, Any]:
    """A walk to an end of the story: only good decisions, or whichever."""
    node, path = story.situation, []
    while not story.nodes[node].end:
        turns = story.nodes[node].options
        turn = rng.choice([one for one in turns if one.quality == "good"] or turns if well else turns)
        path.append([node, turn.id])
        node = turn.next
    return {"path": path, "end": node}
