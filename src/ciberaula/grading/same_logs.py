"""Stories of two submissions that are the same to the letter: for the instructor to ask about, never a score.

A log that says it is of another person is refused when it is scored; a colleague's whole folder, record and all, says the
same of everybody in it. Two people may well decide alike. That they also wrote the same words at the same minutes of the
story is worth a talk, and it may have been agreed work on one computer.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ciberaula.classroom.sheetfile import SHEET_FILE, read_answers
from ciberaula.errors import UserError
from ciberaula.i18n import _

# Of a text that somebody wrote; ids and choices are shorter and may coincide.
_OWN_WORDS = 40


def same_logs(folders: Mapping[str, Path]) -> Iterator[str]:
    """A Spanish line for each story that several of ``folders`` (student -> submission) hold with the same actions."""
    found: dict[tuple[str, str], list[str]] = {}
    for student, folder in sorted(folders.items()):
        for story, digest in _logs(folder / SHEET_FILE):
            found.setdefault((story, digest), []).append(student)
    for (story, _digest), students in sorted(found.items()):
        if len(students) > 1:
            yield _(
                "{students}: el registro de «{story}» es igual, palabra por palabra. Converse con quienes lo entregaron "
                "antes de devolver la nota."
            ).format(students=", ".join(students), story=story[:60])


def _logs(sheet: Path) -> Iterator[tuple[str, str]]:
    """The story and a digest of the actions of each log in ``sheet`` with words of somebody's own; none where it is damaged."""
    try:
        answers = read_answers(sheet) if sheet.is_file() and not sheet.is_symlink() else {}
    except UserError:
        return  # grading itself tells what is wrong with it
    for value in answers.values():
        actions = value.get("actions") if isinstance(value, Mapping) else None
        if isinstance(actions, list) and any(len(text) >= _OWN_WORDS for text in _texts(actions)):
            canonical = json.dumps(actions, ensure_ascii=False, sort_keys=True)
            yield str(value.get("story")), hashlib.sha256(canonical.encode()).hexdigest()


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)
