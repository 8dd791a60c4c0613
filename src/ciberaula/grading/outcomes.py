"""What becomes of a submission when it is graded, in one type for every way of grading."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ciberaula.i18n import _

State = Literal["graded", "not_gradable", "kept", "failed", "unchanged"]


@dataclass(frozen=True)
class Graded:
    """What became of one submission.

    ``graded``: every test has a score (written answers may still wait for a person). ``not_gradable``: some item has no
    score; ``reason`` says why. ``kept``: it was graded, and by the assignment's policy an earlier attempt still counts.
    ``failed``: nothing was graded. ``unchanged``: it was graded before and nothing is new. ``seconds`` is wall time.
    """

    student: str
    state: State
    reason: str | None = None
    seconds: float = 0.0
    own_code: bool = False
    """True where the trainee's own code ran, isolated."""
    seconds_late: int = 0
    """How long after this student's deadline it was handed in."""


# Named one by one; of more, the first two and how many.
_NAMED = 3


def stuck_words(stuck: Iterable[tuple[str, str]]) -> str | None:
    """``(item, reason)`` of what has no score, in words, a reason once for all its items; ``None`` where there is nothing."""
    items: dict[str, list[str]] = {}
    for item, reason in stuck:
        items.setdefault(reason.rstrip("."), []).append(item)
    told = (_("{items}: {reason}").format(items=_named(some), reason=reason) for reason, some in items.items())
    return "; ".join(told) or None


def _named(items: list[str]) -> str:
    if len(items) <= _NAMED:
        return ", ".join(items)
    return _("{some}… ({count} preguntas)").format(some=", ".join(items[:2]), count=len(items))
