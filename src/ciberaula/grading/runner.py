"""What runs inside the trusted kernel: the instructor's test cells, over answers that are plain data.

Nothing here may import, run or unpickle anything that came with a submission: a request holds JSON only.
"""

import ast
import contextlib
import json
import math
import numbers
import os
import signal
import threading
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from ciberaula.errors import UserError
from ciberaula.grading.scoring import ItemScore
from ciberaula.grading.scoring.stories import submission_of
from ciberaula.i18n import _

# Rounding in a test may leave a score a hair outside its range; more than this is a mistake.
TOLERANCE = 1e-9


class Answers(Mapping[str, Any]):
    """Answers by item id; a missing one is ``None``. Remembers which were asked for."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)
        self.asked: set[str] = set()

    def __getitem__(self, item: str) -> Any:
        self.asked.add(item)
        return self._values.get(item)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def nothing_asked_was_answered(self) -> bool:
        """True when the test looked at answers and every one of them was missing."""
        return bool(self.asked) and all(self._values.get(item) is None for item in self.asked)


class Reply:
    """The outcome of a request, which the kernel's reply carries as JSON."""

    def __init__(self, items: list[dict[str, Any]]) -> None:
        self.items = items

    def __repr__(self) -> str:
        return f"Reply({len(self.items)})"

    def _repr_json_(self) -> dict[str, Any]:
        return {"items": self.items}


class TestTimeout(BaseException):
    """The test cell took too long. A BaseException, so that an ``except Exception`` in the cell lets it through."""


def score(request: str) -> Reply:
    """Score one submission.

    ``request`` is JSON: ``folder`` (where the questions lie), ``answers`` (id -> value), ``participants`` (the pseudonyms
    that the rest of the submission names) and ``keys`` (the folder of the assignment's source) where they are known,
    ``seconds`` (per cell) and ``cells`` ([{id, points, source}] in the order of the notebook). The cells share one
    namespace, new for each submission, as they would share a notebook. Each item of the reply is ``{id, score}`` or
    ``{id, reason}``.
    """
    asked = json.loads(request)
    os.chdir(asked["folder"])
    namespace: dict[str, Any] = {"__name__": "__main__", "check": _already_checked}
    keys = asked.get("keys")
    with submission_of(asked.get("participants", ()), Path(keys) if keys else None):
        return Reply([_score_cell(cell, asked["answers"], asked["seconds"], namespace) for cell in asked["cells"]])


def _score_cell(
    cell: Mapping[str, Any], values: Mapping[str, Any], seconds: float, namespace: dict[str, Any]
) -> dict[str, Any]:
    # A copy for each cell: a test that sorts or pops an answer must not change it for the next.
    answers = Answers(json.loads(json.dumps(values)))
    namespace["answers"] = answers
    try:
        with _time_limit(seconds), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = run_cell(cell["source"], namespace)
    except TestTimeout:
        return {"id": cell["id"], "reason": _("la prueba tardó más de {seconds} s").format(seconds=seconds)}
    except UserError as error:
        # A mistake that we named ourselves, of the key or of what was handed in: said as it stands.
        return {"id": cell["id"], "reason": str(error)}
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a test may raise anything, SystemExit included
        # Also over an unanswered item: the scoring functions take None, so what raises is the test, not the trainee.
        told = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        return {"id": cell["id"], "reason": _("la prueba falló ({error})").format(error=told)}
    return _judge(cell, value, answers)


def run_cell(source: str, namespace: dict[str, Any]) -> Any:
    """Run a cell as a notebook would and return the value of its last expression (``None`` without one)."""
    tree = ast.parse(source, filename="<prueba>")
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        exec(compile(ast.Module(tree.body[:-1], []), "<prueba>", "exec"), namespace)  # noqa: S102 - the instructor's code
        return eval(compile(ast.Expression(last.value), "<prueba>", "eval"), namespace)  # noqa: S307
    exec(compile(tree, "<prueba>", "exec"), namespace)  # noqa: S102
    return None


def _judge(cell: Mapping[str, Any], value: Any, answers: Answers) -> dict[str, Any]:
    """Accept a finite number within the points of the cell; anything else is a mistake of the assignment."""
    points = float(cell["points"])
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        reason = _("la prueba no devolvió un número sino {kind}").format(kind=type(value).__name__)
    elif not math.isfinite(value) or not -TOLERANCE <= float(value) <= points + TOLERANCE:
        reason = _("la prueba devolvió {value}, fuera de 0 a {points}").format(value=float(value), points=points)
    elif isinstance(value, ItemScore) and abs(value.maximum - points) > TOLERANCE:
        reason = _("la prueba califica sobre {maximum} y el cuaderno dice {points}").format(
            maximum=value.maximum, points=points
        )
    else:
        return _scored(cell, value, answers)
    return {"id": cell["id"], "reason": reason}


def _scored(cell: Mapping[str, Any], value: Any, answers: Answers) -> dict[str, Any]:
    points = float(cell["points"])
    earned = min(max(float(value), 0.0), points)
    if isinstance(value, ItemScore):
        told = {**value.as_dict(), "points": earned, "item": cell["id"]}
    else:
        told = {
            "item": cell["id"],
            "points": earned,
            "maximum": points,
            "answered": "",
            "explanation": "",
            "critical": [],
        }
        if earned == 0 and answers.nothing_asked_was_answered():
            told["verdict"] = "unanswered"
        else:
            told["verdict"] = "correct" if earned == points else "partial" if earned > 0 else "incorrect"
    return {"id": cell["id"], "score": told}


def _already_checked(*items: str) -> None:
    """Stands for the classroom's ``check``, the visible line of each test cell.

    For the trainee it says that an answer is missing. Here a missing answer is no error: the scoring says so itself.
    """


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise ``TestTimeout`` in a cell that runs too long; elsewhere than in a POSIX main thread, the caller's limit holds."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise TestTimeout

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
