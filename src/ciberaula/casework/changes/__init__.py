"""What each action puts into a case file: pure functions, one for each action, by name.

Whether the action is allowed was settled before (:mod:`ciberaula.casework.policy`). What can't be, such as answering
about an entity that the file does not have, raises ``UserError`` and changes nothing.
"""

from datetime import datetime
from typing import Any

from ciberaula.casework.changes import incidents, people, process, sharing
from ciberaula.casework.changes.making import CHANGES, Making
from ciberaula.casework.entities import Actor, CaseFile, Entity

__all__ = ["CHANGES", "apply"]

_REGISTERED = (incidents, people, process, sharing)  # importing them filled the registry


def apply(action: Any, file: CaseFile | None, actor: Actor, now: datetime, action_id: str) -> list[Entity]:
    """What ``action`` puts into ``file`` (``None``: a new case): new entities, and newer versions under their old ids.

    A new entity takes ``action.id`` or else ``action_id``, further ones ``<id>.<n>``. Raises ``UserError`` where the action
    names what is not in the file, or an id that already is.
    """
    return CHANGES[action.do](Making(action, file, actor, now, action.id or action_id))
