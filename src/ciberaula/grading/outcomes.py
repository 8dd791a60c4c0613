"""What becomes of a submission when it is graded, in one type for every way of grading."""

from dataclasses import dataclass
from typing import Literal

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
