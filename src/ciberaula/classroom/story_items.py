"""A story of the case desk as something to answer: its id in the answer sheet, and the shape of its answer.

The answer is the log of one playing, which :meth:`ciberaula.casework.stories.play.Play.replay` takes back::

    {"story": "historia-…", "version": "16 hex digits", "trainee": "p-…", "seed": 1,
     "actions": [{"n": 1, "action": {"do": …, …}, "at": minute}, …], "ended": "ending" or None}

Only the shape is looked at here; whether it could have happened so, a replay tells.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal

from ciberaula.casework.stories.answer import MOST_ACTIONS
from ciberaula.casework.stories.load import load_story
from ciberaula.casework.stories.spec import Story

# Of the answer as JSON: two graded stories and the rest of the answers fit into one sheet.
MAX_LOG_BYTES = 300_000
STORY_FILES = "historia-*.yml"

_KEYS = {"story", "version", "trainee", "seed", "actions", "ended"}
_VERSION = re.compile(r"[0-9a-f]{16}")
_TRAINEE = re.compile(r"[A-Za-z0-9_.-]{0,64}")
_DO = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True)
class StoryItem:
    """A story in a folder. ``id``: the item it answers, where it is graded, else its own."""

    story: Story

    kind: ClassVar[Literal["story"]] = "story"

    @property
    def id(self) -> str:
        return self.story.item or self.story.id

    @property
    def title(self) -> str:
        return self.story.title

    @property
    def graded(self) -> bool:
        return self.story.graded

    @property
    def competence(self) -> str:
        return self.story.competence

    @property
    def coverage(self) -> tuple[str, ...]:
        return self.story.coverage


def stories_in(folder: Path) -> list[StoryItem]:
    """Every story of ``folder``. Raises ``UserError`` for a file with a mistake."""
    return [story_at(path) for path in sorted(folder.glob(STORY_FILES))]


def story_at(path: Path) -> StoryItem:
    """The story in the file ``path``. Raises ``UserError``, as ``load_story`` does."""
    return StoryItem(_story(path, path.stat().st_mtime_ns))


@cache
def _story(path: Path, changed_ns: int) -> Story:
    """``changed_ns`` keys the cache: a file saved again is read again."""
    return load_story(path)


def clean_log(item: StoryItem, raw: object) -> dict[str, Any] | None:
    """``raw`` as the answer of ``item``, or ``None`` where it has another shape, is too long or of another story."""
    if not isinstance(raw, dict) or set(raw) != _KEYS or raw["story"] != item.story.id:
        return None
    seed, ended, actions = raw["seed"], raw["ended"], raw["actions"]
    sound = (
        _is_word(raw["version"], _VERSION)
        and _is_word(raw["trainee"], _TRAINEE)
        and isinstance(seed, int)
        and not isinstance(seed, bool)
        and 0 <= seed < 2**31
        and (ended is None or (isinstance(ended, str) and ended in item.story.endings))
        and isinstance(actions, list)
        and 0 < len(actions) <= MOST_ACTIONS
        and all(_is_entry(one, number) for number, one in enumerate(actions, start=1))
    )
    return raw if sound and _size(raw) <= MAX_LOG_BYTES else None


def _is_word(value: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_entry(entry: object, number: int) -> bool:
    if not isinstance(entry, dict) or set(entry) - {"at"} != {"n", "action"} or type(entry["n"]) is not int:
        return False
    action, at = entry["action"], entry.get("at", 0)
    timed = type(at) is int and 0 <= at < 2**31
    return timed and entry["n"] == number and isinstance(action, dict) and _is_word(action.get("do"), _DO)


def _size(raw: object) -> int:
    """Bytes of ``raw`` as JSON; more than is allowed for what JSON cannot hold."""
    try:
        return len(json.dumps(raw, ensure_ascii=False, allow_nan=False).encode("utf-8"))
    except (TypeError, ValueError, RecursionError):
        return MAX_LOG_BYTES + 1
