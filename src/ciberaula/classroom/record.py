"""The learning record: xAPI 1.0.3 statements, one a line, appended to ``registro.jsonl`` beside the notebook.

What is written is little on purpose: which activity, which verb, when, and for choices which options. Never a name, and
never what a person wrote in her own words.

Verbs (http://adlnet.gov/expapi/verbs/): *experienced* (a lesson was opened), *answered* (a question), *completed* (a
scenario or story reached its end, or every formative question and scenario of a lesson has an answer), *passed* (a formative
scenario ended without a poor or critical decision). ``result.success`` is there for formative activities only. Of a
story of the case desk: *completed*, with the id of the ending it came to as ``result.response``, and nothing of its log.
Activities are ``https://ciberaula.invalid/actividades/<module>[/<question, scenario or lesson>]``; a lesson's id is
the name of its notebook (``leccion-1``). The domain is a reserved one: nothing is contacted.
"""

import contextlib
import json
import os
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from ciberaula.classroom.participant import pseudonym
from ciberaula.i18n import _

try:
    import fcntl
except ImportError:  # Windows: one append is one write there too, only without the lock
    fcntl = None  # type: ignore[assignment]

RECORD_FILE = "registro.jsonl"
HOME_PAGE = "https://ciberaula.invalid"
ACTIVITIES = f"{HOME_PAGE}/actividades"
MAX_RECORD_BYTES = 16 * 1024 * 1024

Verb = Literal["answered", "completed", "passed", "experienced"]
Statement = dict[str, Any]

_INTERACTIONS = {
    "single": "choice",
    "multiple": "choice",
    "ordering": "sequencing",
    "matching": "matching",
    "number": "numeric",
    "text": "long-fill-in",
}
_LESSON_TYPE = "http://adlnet.gov/expapi/activities/lesson"
_MODULE_TYPE = "http://adlnet.gov/expapi/activities/module"
_INTERACTION_TYPE = "http://adlnet.gov/expapi/activities/cmi.interaction"
_SCENARIO_TYPE = "http://adlnet.gov/expapi/activities/simulation"


class LearningRecord:
    """``registro.jsonl`` of one folder; the folder's name is the module."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / RECORD_FILE

    def add(self, verb: Verb, activity: dict[str, Any], result: dict[str, Any] | None = None) -> Statement:
        """Append one statement and return it. Raises ``OSError`` where it can't be written."""
        statement = self.statement(verb, activity, result)
        self.append([statement])
        return statement

    def statement(
        self,
        verb: Verb,
        activity: dict[str, Any],
        result: dict[str, Any] | None = None,
        *,
        at: datetime | None = None,
    ) -> Statement:
        """A statement of this participant, made ``at`` (UTC, default: now) and not yet written."""
        return {
            "id": str(uuid.uuid4()),
            "actor": {"objectType": "Agent", "account": {"homePage": HOME_PAGE, "name": pseudonym(self.folder)}},
            "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}", "display": {"es": _verb_name(verb)}},
            "object": activity,
            **({"result": result} if result else {}),
            "context": {
                "platform": "Aula de Ciberintervención",
                "language": "es",
                "contextActivities": {"parent": [self._module()]},
            },
            "timestamp": (at or datetime.now(UTC)).isoformat(timespec="milliseconds"),
            "version": "1.0.3",
        }

    def append(self, statements: Sequence[Statement]) -> None:
        """Append finished statements in one write, synced to disk. A torn last line is closed first, never mended."""
        lines = "".join(json.dumps(one, ensure_ascii=False, allow_nan=False) + "\n" for one in statements)
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            if fcntl is not None:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            data = lines.encode("utf-8")
            if _torn(descriptor):
                data = b"\n" + data
            while data:
                data = data[os.write(descriptor, data) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def statements(self) -> Iterator[Statement]:
        """All whole statements, oldest first; torn or foreign lines are passed over."""
        return read_statements(self.path)

    def answered(self, id: str, name: str, kind: str, value: Any, *, success: bool | None) -> None:
        """A question got an answer. ``success`` is ``None`` for graded ones: nobody knows yet."""
        self.append([self.answer(id, name, kind, value, success=success)])

    def answer(
        self, id: str, name: str, kind: str, value: Any, *, success: bool | None, at: datetime | None = None
    ) -> Statement:
        """The statement that :meth:`answered` writes, made ``at`` (UTC, default: now) and not yet written."""
        result: dict[str, Any] = {"completion": True}
        if success is not None:
            result["success"] = success
        response = _response(kind, value)
        if response is not None:
            result["response"] = response
        return self.statement("answered", self.question_activity(id, name, kind), result, at=at)

    def has(self, verb: Verb, activity_id: str) -> bool:
        """Is there a statement of that verb about that activity?"""
        wanted = f"http://adlnet.gov/expapi/verbs/{verb}"
        return any(one["verb"]["id"] == wanted and one["object"]["id"] == activity_id for one in self.statements())

    def question_activity(self, id: str, name: str, kind: str) -> dict[str, Any]:
        """The activity of a question or, with kind ``scenario`` or ``story``, of a simulation."""
        if kind in ("scenario", "story"):
            return _activity(self.activity_id(id), name, {"type": _SCENARIO_TYPE})
        return _activity(
            self.activity_id(id),
            name,
            {"type": _INTERACTION_TYPE, "interactionType": _INTERACTIONS.get(kind, "other")},
        )

    def lesson_activity(self, lesson: str) -> dict[str, Any]:
        """The activity of a lesson, named by its notebook (``leccion-1``)."""
        return _activity(self.activity_id(lesson), lesson, {"type": _LESSON_TYPE})

    def activity_id(self, id: str) -> str:
        return f"{ACTIVITIES}/{self.folder.name}/{id}"

    def _module(self) -> dict[str, Any]:
        return _activity(f"{ACTIVITIES}/{self.folder.name}", self.folder.name, {"type": _MODULE_TYPE})


def read_statements(path: Path) -> Iterator[Statement]:
    """Statements of the record at ``path``, oldest first; a missing file has none.

    Lines that are torn, or are no statement with an id, actor, verb and object, are passed over. At most 16 MiB are read.
    """
    try:
        with path.open("rb") as stream:
            lines = stream.read(MAX_RECORD_BYTES).splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        with contextlib.suppress(ValueError, RecursionError, KeyError, TypeError):
            found = json.loads(line.decode("utf-8"))
            named = (found["id"], found["verb"]["id"], found["object"]["id"], found["actor"]["account"]["name"])
            if all(isinstance(text, str) for text in named):
                yield found


def _activity(id: str, name: str, definition: dict[str, Any]) -> dict[str, Any]:
    return {"objectType": "Activity", "id": id, "definition": {"name": {"es": name}, **definition}}


def _torn(descriptor: int) -> bool:
    size = os.lseek(descriptor, 0, os.SEEK_END)
    if not size:
        return False
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return os.read(descriptor, 1) != b"\n"


def _verb_name(verb: Verb) -> str:
    return {
        "answered": _("respondió"),
        "completed": _("completó"),
        "passed": _("superó"),
        "experienced": _("abrió"),
    }[verb]


def _response(kind: str, value: Any) -> str | None:
    """The answer in xAPI's own notation for choices; ``None`` for whatever a person wrote or a table holds."""
    match kind:
        case "single":
            return str(value)
        case "multiple" | "ordering":
            return "[,]".join(value)
        case "matching":
            return "[,]".join(f"{left}[.]{right}" for left, right in value.items())
        case "number":
            return f"{value:g}"
        case "scenario":
            return "[,]".join(f"{node}[.]{option}" for node, option in value["path"])
        case _:
            return None
