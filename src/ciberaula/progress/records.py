"""What a participant's own folder says: its learning record (xAPI lines).

A learning record travels with the submitted work, so whoever submitted it may have written anything into it. It counts for
lessons and last activity, never for a score.
"""

import json
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from ciberaula.classroom.record import ACTIVITIES, RECORD_FILE, Verb

MAX_BYTES = 8 * 1024 * 1024
MAX_LINE = 32 * 1024
_VERBS = {f"http://adlnet.gov/expapi/verbs/{name}": name for name in get_args(Verb)}


@dataclass(frozen=True)
class Event:
    """One statement, cut down to what progress needs: verb, ``module``, ``activity`` inside it, and when (UTC)."""

    verb: str
    module: str
    activity: str
    at: datetime


def read_record(folder: Path, *, until: datetime) -> tuple[list[Event], int]:
    """Events of the learning record in ``folder`` and the number of its lines that are no valid statement.

    The reader in ``classroom.record`` trusts its own workspace; this one reads folders that somebody handed in. A missing
    file has no events. Statements dated after ``until`` (a clock set wrong) count as made then. Nothing in the
    file can raise: what can't be read is counted.
    """
    events: list[Event] = []
    bad = 0
    for line in _lines(folder / RECORD_FILE):
        event = _event(line, until)
        if event is None:
            bad += 1
        else:
            events.append(event)
    return events, bad


def _lines(path: Path) -> Iterator[bytes]:
    """The file's lines up to ``MAX_BYTES``; links and anything but a plain file are not followed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # asked first: a folder has no stream
        os.close(descriptor)
        return
    with os.fdopen(descriptor, "rb") as stream:
        for line in stream.read(MAX_BYTES).splitlines():
            if line.strip():
                yield line


def _event(line: bytes, until: datetime) -> Event | None:
    if len(line) > MAX_LINE:
        return None
    try:
        statement = json.loads(line)
        verb = _VERBS[statement["verb"]["id"]]
        account = statement["actor"]["account"]
        if not (isinstance(account["name"], str) and isinstance(account["homePage"], str)):
            return None
        activity = statement["object"]["id"]
        at = datetime.fromisoformat(statement["timestamp"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not activity.startswith(f"{ACTIVITIES}/") or at.tzinfo is None:
        return None
    module, _slash, name = activity.removeprefix(f"{ACTIVITIES}/").partition("/")
    return Event(verb, module, name, min(at.astimezone(UTC), until))


def lessons_done(lessons: Iterable[str], events: Iterable[Event]) -> frozenset[str]:
    """Those of ``lessons`` (ids) that a *completed* statement names: every question in them has been answered."""
    return frozenset(lessons) & {event.activity for event in events if event.verb == "completed"}
