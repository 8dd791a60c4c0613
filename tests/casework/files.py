"""Case files built by hand, for tests of the pure rules."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from ciberaula.casework.entities import Actor, Case, CaseFile, Entity, Person
from ciberaula.casework.vocabulary import Role

MONDAY = datetime(2026, 3, 9, 8, 0)
WORKER = Actor("marlene", Role.CASEWORKER, "sur")
COLLEAGUE = Actor("nelly", Role.CASEWORKER, "sur")
SUPERVISOR = Actor("ruth", Role.SUPERVISOR, "sur")
OTHER_SUPERVISOR = Actor("consuelo", Role.SUPERVISOR, "norte")
RECIPIENT = Actor("lia", Role.RECIPIENT, "centro")
ADMINISTRATOR = Actor("admin", Role.ADMINISTRATOR, "sistema")
ORGANISATIONS = {"centro": "lia", "salud": "dr"}


def made(kind: type[Entity], id: str, /, *, hours: float = 0, by: str = "marlene", **fields: Any) -> Any:
    """An entity of the case ``c1``, made so many hours after Monday morning."""
    return kind(id=id, case_id="c1", made_at=MONDAY + timedelta(hours=hours), made_by=by, **fields)


def case(**fields: Any) -> Case:
    """The case ``c1``: Marlene's, of the team «sur», about Elvia."""
    told: dict[str, Any] = {
        "code": "SIM-1",
        "subject": "elvia",
        "owner": "marlene",
        "group": "sur",
        "opened_at": MONDAY,
        **fields,
    }
    return made(Case, "c1", **told)  # type: ignore[no-any-return]


def case_file(*entities: Entity, **fields: Any) -> CaseFile:
    """A case file with its subject and ``entities``; ``fields`` change the case itself."""
    found = case(**fields)
    elvia = made(Person, "elvia", name="Elvia", relation="titular", age=34)
    return CaseFile(found, _by_kind([found, elvia, *entities]))


def _by_kind(entities: Iterable[Entity]) -> dict[type[Entity], dict[str, Entity]]:
    kinds: dict[type[Entity], dict[str, Entity]] = {}
    for one in entities:
        kinds.setdefault(type(one), {})[one.id] = one
    return kinds
