"""What every change works with: the action, the file it is about, and how entities are made of it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from ciberaula.casework.entities import Actor, CaseFile, Entity
from ciberaula.errors import UserError
from ciberaula.i18n import _

E = TypeVar("E", bound=Entity)


@dataclass(slots=True)
class Making:
    """One action being turned into entities; ``id`` is the action's, ``made`` how many new entities took it."""

    action: Any
    known: CaseFile | None
    actor: Actor
    now: datetime
    id: str
    made: int = field(default=0)

    @property
    def file(self) -> CaseFile:
        """The file, for all that is done on a case that exists."""
        if self.known is None:
            raise UserError(_("No hay un caso «{case}»: búsquelo en la lista.").format(case=self.action.case))
        return self.known

    def new(self, kind: type[E], /, **fields: Any) -> E:
        """A new entity: the first takes the action's id, further ones ``<id>.<n>``."""
        id = f"{self.id}.{self.made}" if self.made else self.id
        self.made += 1
        return self.named(kind, id, **fields)

    def named(self, kind: type[E], id: str, /, **fields: Any) -> E:
        """A new entity with an id of its own. Raises ``UserError`` where the file already has that id."""
        if self.known is not None and any(id in found for found in self.known.entities.values()):
            raise UserError(
                _("El identificador «{id}» ya existe en el caso «{case}»: use otro.").format(
                    id=id, case=self.action.case
                )
            )
        return kind(id=id, case_id=self.action.case, made_at=self.now, made_by=self.actor.id, **fields)

    def newer(self, entity: E, /, **fields: Any) -> E:
        """A newer version of ``entity``."""
        return replace(entity, made_at=self.now, made_by=self.actor.id, **fields)

    def found(self, kind: type[E], id: str) -> E:
        """What the action names. Raises ``UserError`` where the file has none such."""
        entity = self.file.get(kind, id)
        if entity is None:
            raise UserError(
                _("En el caso «{case}» no hay «{id}»: elíjalo de la lista.").format(case=self.action.case, id=id)
            )
        return entity


Change = Callable[[Making], list[Entity]]
CHANGES: dict[str, Change] = {}
"""Name of an action (its ``do``) -> what it puts."""


def change(do: str) -> Callable[[Change], Change]:
    """Register how the action ``do`` changes a case."""

    def register(made: Change) -> Change:
        CHANGES[do] = made
        return made

    return register
