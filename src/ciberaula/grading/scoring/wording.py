"""The words of a question, so that feedback says what was answered instead of naming letters.

A courtesy, never a need: where the working folder has no readable questions, the plain identifiers stay, and nothing in
them can change a score.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeVar

from ciberaula.classroom import spec
from ciberaula.classroom.decisions import Decision, Turn, load_decision
from ciberaula.classroom.markup import to_plain
from ciberaula.errors import UserError

_MAX_TEXT = 300
_Named = TypeVar("_Named", spec.Item, spec.Choice, spec.FormField)


class Wording:
    """The texts of item ``item`` in the questions of the working folder; identifiers where there are none."""

    def __init__(self, item: str) -> None:
        self._item = item
        self._question = _questions().get(item)

    def option(self, option: str) -> str:
        """The quoted text of an option."""
        if isinstance(self._question, spec.Ordering):
            return _quoted(self._question.options, option)
        options = self._question.options if isinstance(self._question, spec.Single | spec.Multiple) else []
        return _quoted(options, option)

    def left(self, side: str) -> str:
        """The quoted text of a left side of a matching."""
        return _quoted(self._question.left if isinstance(self._question, spec.Matching) else [], side)

    def right(self, side: str) -> str:
        """The quoted text of a right side of a matching."""
        return _quoted(self._question.right if isinstance(self._question, spec.Matching) else [], side)

    def unit(self) -> str:
        """The unit of a number, or ""."""
        return self._question.unit if isinstance(self._question, spec.Number) else ""

    def field(self, field: str) -> str:
        """The label of a form's field."""
        found = self._field(field)
        return _clean(found.label) if found else field

    def field_option(self, field: str, option: str) -> str:
        """The quoted text of an option of a form's field."""
        found = self._field(field)
        return _quoted(found.options if found else [], option)

    def step(self, node: str, option: str) -> str:
        """The quoted text of an option taken in a scenario whose id is the item."""
        if self._decision is None or node not in self._decision.nodes:
            return f"{node}: {option}"
        return _quoted(self._decision.nodes[node].options, option)

    @cached_property
    def _decision(self) -> Decision | None:
        for path in sorted(Path.cwd().glob("decision-*.yml")):
            try:
                decision = _read_decision(path.resolve(), path.stat().st_mtime_ns)
            except (UserError, OSError):
                continue
            if decision.id == self._item:
                return decision
        return None

    def _field(self, field: str) -> spec.FormField | None:
        return _find(self._question.fields, field) if isinstance(self._question, spec.Form) else None


def sentence(text: str) -> str:
    """``text`` with a final stop, unless it ends in a sign of its own."""
    return text if text.endswith(("?", "!", "…", "?»", "!»")) else f"{text}."


def _questions() -> Mapping[str, spec.Question]:
    try:
        path = (Path.cwd() / spec.QUESTIONS_FILE).resolve()
        return _read(path, path.stat().st_mtime_ns)
    except (UserError, OSError, ValueError):
        return {}


@lru_cache(maxsize=4)
def _read(path: Path, _mtime: int) -> Mapping[str, spec.Question]:
    """The questions of a file, kept while it does not change, since every item of an assignment asks for them."""
    return spec.load_questions(path).by_id


@lru_cache(maxsize=16)
def _read_decision(path: Path, _mtime: int) -> Decision:
    """A scenario, kept while its file does not change: it takes longer to read than the whole submission to score."""
    return load_decision(path)


def _find(entries: Iterable[_Named], id: str) -> _Named | None:
    return next((entry for entry in entries if entry.id == id), None)


def _quoted(entries: Iterable[spec.Item] | Iterable[spec.Choice] | Iterable[Turn], id: str) -> str:
    text = next((entry.text for entry in entries if entry.id == id), "")
    return f"«{_clean(text) or id[:_MAX_TEXT]}»"


@lru_cache(maxsize=4096)
def _clean(text: str) -> str:
    """Plain text on one line, its final stop left to the sentence around it."""
    plain = to_plain(text)
    if len(plain) > _MAX_TEXT:
        plain = plain[: _MAX_TEXT - 1].rstrip() + "…"
    return plain.rstrip(".:")
