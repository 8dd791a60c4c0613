"""What grading left in a graded notebook besides points."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ciberaula.grading.scoring import MEDIA_TYPE

MAX_NOTEBOOK_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class CellMark:
    """One graded cell: whether it could be graded, was answered, and holds a critical error."""

    not_gradable: bool
    unanswered: bool
    critical: bool
    slips: tuple[str, ...] = ()
    reason: str = ""
    """Why it could not be graded."""


SlipsOf = Callable[[str, dict[str, Any]], tuple[str, ...]]


def read_marks(folder: Path, slips: SlipsOf | None = None) -> dict[str, CellMark]:
    """By grade id, the marks in every notebook of one autograded submission; unreadable notebooks have none.

    ``slips`` says what was answered wrongly, from the grade id and the score.
    """
    marks: dict[str, CellMark] = {}
    for path in sorted(folder.glob("*.ipynb")):
        try:
            if path.stat().st_size > MAX_NOTEBOOK_BYTES:
                continue
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            for cell in cells:
                metadata = cell["metadata"]
                grade_id = metadata.get("nbgrader", {}).get("grade_id")
                if grade_id and metadata["nbgrader"].get("grade"):
                    marks[str(grade_id)] = _mark(cell, metadata, slips)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
    return marks


def _mark(cell: dict[str, Any], metadata: dict[str, Any], slips: SlipsOf | None) -> CellMark:
    score: dict[str, Any] = {}
    for output in cell.get("outputs", []):
        score = output.get("data", {}).get(MEDIA_TYPE, score)
    return CellMark(
        not_gradable=metadata.get("ciberaula", {}).get("state") == "not_gradable",
        reason=str(metadata.get("ciberaula", {}).get("reason", "")),
        unanswered=score.get("verdict") == "unanswered",
        critical=bool(score.get("critical")),
        slips=slips(metadata["nbgrader"]["grade_id"], score) if slips and score else (),
    )
