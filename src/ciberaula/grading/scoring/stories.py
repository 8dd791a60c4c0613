"""Scoring of a story played on the case desk: its log is replayed, and what came of it is assessed.

The story is read from the working folder (what was released) and its assessment from ``solutions/`` of the course: it
is the only key, and the trainee never has it. A log that could not have happened so, or is of another story, version or
person, is no wrong answer but something to look into: ``UserError``, and the item counts as not gradable.

Whose log it is: an answer carries the pseudonym of whoever played. The rest of the submission says the same in its
learning record, and with that it is compared. The roster knows no pseudonyms, and people who share a computer share one,
so two submissions with the same pseudonym prove nothing.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from ciberaula.grading.scoring.result import ItemScore, require_author, require_points
from ciberaula.i18n import _
from ciberaula.paths import course_root

_participants: ContextVar[frozenset[str]] = ContextVar("participants", default=frozenset())
_keys: ContextVar[Path | None] = ContextVar("keys", default=None)


@contextmanager
def submission_of(participants: Collection[str], keys: Path | None = None) -> Iterator[None]:
    """For the while, logs must be of one of these pseudonyms (none: nothing is known of who it is).

    ``keys`` is the folder of the assignment in ``solutions/``; ``None``: that of the course that we are in.
    """
    who, where = _participants.set(frozenset(participants)), _keys.set(keys)
    try:
        yield
    finally:
        _participants.reset(who)
        _keys.reset(where)


def story(item: str, answer: Any, *, points: float, story: str) -> ItemScore:
    """Score the log of ``story`` (``historia-…``) by its assessment: the share of 100 that it earns.

    Criteria with their evidence are in the explanation and in ``parts``, critical errors in ``critical``. Raises
    ``UserError`` for a log that cannot be trusted, and for a mistake in the key.
    """
    # The engine of the stories is only for assignments that have one.
    from ciberaula.grading.scoring.played import score_log

    require_points(item, points)
    path = _story_file(item, story)
    return score_log(item, answer, points, path, _assessment_file(item, path), _participants.get())


def _story_file(item: str, story: str) -> Path:
    """The story as it was released, or the author's where nothing is: beside the key."""
    places = [folder / f"{story}.yml" for folder in (Path.cwd(), _solutions())]
    found = [path for path in places if path.is_file()]
    require_author(bool(found), item, _("no está {story}.yml en la tarea").format(story=story))
    return found[0]


def _assessment_file(item: str, path: Path) -> Path:
    from ciberaula.casework.assessment.load import assessment_path

    found = _solutions() / assessment_path(path).name
    require_author(found.is_file(), item, _("no está {name} en solutions/").format(name=found.name))
    return found


def _solutions() -> Path:
    return _keys.get() or course_root() / "solutions" / Path.cwd().name
