"""Which questions, scenarios and stories each lesson of a folder asks for, read from its notebooks."""

import json
import re
from functools import lru_cache
from pathlib import Path

# What a lesson offers besides (``optional=True``) is not needed to have finished it.
_CALL = re.compile(r"""\b(?:question|scenario|story)\(\s*["']([a-z0-9.-]+)["'](?!\s*,\s*optional\s*=\s*True)""")


def lessons_in(folder: Path) -> dict[str, tuple[str, ...]]:
    """Lesson id (the notebook's name without suffix) -> ids it shows, in order; notebooks that show none are left out."""
    found = {path.stem: _ids_in(path, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.ipynb"))}
    return {lesson: ids for lesson, ids in found.items() if ids}


def lesson_of(folder: Path, id: str) -> str | None:
    """The lesson that shows ``id``; ``None`` where no notebook of ``folder`` does."""
    return next((lesson for lesson, ids in lessons_in(folder).items() if id in ids), None)


@lru_cache(maxsize=64)
def _ids_in(path: Path, changed_ns: int) -> tuple[str, ...]:
    """``changed_ns`` keys the cache: a notebook saved again is read again."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError):
        return ()  # half-saved or foreign: it is no lesson of ours now
    return tuple(dict.fromkeys(_CALL.findall("\n".join(sources))))
