"""What a played story leaves behind: what happened, what came in, what was decided; plain data, in order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from ciberaula.casework.stories.spec import Situation
from ciberaula.casework.vocabulary import Account, Channel

Outcomes = Literal["done", "denied"]
MomentKind = Literal[
    "message", "situation", "decision", "action", "refusal", "consequence", "ignored", "connection", "other", "ending"
]


@dataclass(frozen=True, slots=True)
class Happened:
    """Something done (or refused by the desk) by ``by``; ``n`` counts from 1 over everything that happened.

    ``args``: the arguments, defaults filled in, as plain JSON data. ``via``: the ``situation/option`` it came from, or
    empty. ``entities``: ids of what it put. ``step``: the entry of the trainee's log that it belongs to, 0 for others.
    ``line``: how it reads (Spanish). ``offline``: done while the connection was down.
    """

    n: int
    at: datetime
    by: str
    do: str
    args: Mapping[str, Any]
    outcome: Outcomes
    via: str = ""
    entities: tuple[str, ...] = ()
    step: int = 0
    line: str = ""
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the debrief. ``n``: the :class:`Happened` it tells of, or 0."""

    at: datetime
    kind: MomentKind
    text: str
    n: int = 0


@dataclass(slots=True)
class InboxMessage:
    """Something that came in. ``sender``: how people read who it is from; ``from_``: as the story names her."""

    id: str
    at: datetime
    sender: str
    channel: Channel
    account: Account
    text: str
    case: str | None
    read: bool = False
    from_: str = ""


@dataclass(frozen=True, slots=True)
class OpenSituation:
    """A decision that waits until ``until``."""

    id: str
    situation: Situation
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an action. ``line``: what happened, or why it was refused; ``consequence``: what followed, or empty."""

    ok: bool
    line: str
    consequence: str
    record: Happened


@dataclass(slots=True)
class Log:
    """Everything that happened, also by name of what was done, so that a condition finds its records quickly."""

    happened: list[Happened] = field(default_factory=list)
    by_do: dict[str, list[Happened]] = field(default_factory=dict)

    def add(self, record: Happened) -> None:
        """The next record."""
        self.happened.append(record)
        self.by_do.setdefault(record.do, []).append(record)

    def of(self, do: str) -> list[Happened]:
        """Records of that name (``any`` for all), in order."""
        return self.happened if do == "any" else self.by_do.get(do, [])

    def __iter__(self) -> Iterator[Happened]:
        return iter(self.happened)
