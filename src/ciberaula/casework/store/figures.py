"""How much there is in a shared desk."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause, func, select

from ciberaula.casework.audit import ACCESS, CHANGE, DENIED
from ciberaula.casework.entities import Case, Transition
from ciberaula.casework.store.sql import SqlUnit
from ciberaula.casework.store.tables import AUDIT, PARTICIPANTS, TABLES


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts; ``sent``: referrals, transfers and requests for them, whatever became of them."""

    participants: int
    cases: int
    sent: int
    changes: int
    looks: int
    denied: int


def figures(unit: SqlUnit) -> Figures:
    """Count."""

    def count(table: FromClause, *conditions: ColumnElement[bool]) -> int:
        return unit.connection.scalar(select(func.count()).select_from(table).where(*conditions)) or 0

    return Figures(
        participants=count(PARTICIPANTS),
        cases=count(TABLES[Case]),
        sent=count(TABLES[Transition]),
        changes=count(AUDIT, AUDIT.c.kind == CHANGE),
        looks=count(AUDIT, AUDIT.c.kind == ACCESS),
        denied=count(AUDIT, AUDIT.c.kind == DENIED),
    )
