"""The data set ``accesos``: the access log of the case desk over three months, with three incidents in normal use.

The entries are those of a real desk (:class:`ciberaula.casework.desk.Desk`), so that policy and audit chain hold. Both seeds
draw all of it: a log with the same everyday work and other incidents would tell by its differences which is which.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from ciberaula.casework.audit import ACCESS, DENIED
from ciberaula.casework.entities import AuditEntry
from ciberaula.casework.vocabulary import Role
from ciberaula.datasets.accesos import planted
from ciberaula.datasets.accesos.office import AT_OFFICE, Case, Line, Office, Seat, assess, minute_of, register
from ciberaula.datasets.accesos.people import User, users, workers
from ciberaula.datasets.accesos.planted import DECOYS, INCIDENTS, Planted
from ciberaula.datasets.accesos.tables import ACTIONS, CARD, KEYS, KINDS, PARTS, REFUSALS, ROLES, TABLES, TOLD
from ciberaula.datasets.accesos.work import Work
from ciberaula.datasets.casos import staff
from ciberaula.datasets.draws import Draws
from ciberaula.datasets.spec import DataSet, Portion, Recipe
from ciberaula.i18n import _

NAME = "accesos"
FIRST = date(2025, 9, 1)
ROWS, FEWEST, MOST = 91, 28, 365
_OPEN_EACH, _CLOSED_EACH = (11, 15), (3, 6)
_BEFORE = 20  # days before the first on which the cases there are were begun

Rows = list[dict[str, Any]]


def make(recipe: Recipe, first: int, last: int) -> Portion:
    """The entries of the days number ``first`` … ``last``. All days before are worked again: the chain needs them."""
    begin, end = FIRST + timedelta(days=first - 1), FIRST + timedelta(days=last)
    office, found = simulate(recipe)
    lines = [line for line in office.lines if begin <= line.entry.at.date() < end]
    there = {line.entry.seq for line in lines}
    told = {kind: _told(kind, [office.lines[seq - 1] for seq in found[kind]]) for kind in found}
    tables: dict[str, Rows] = {
        "usuarios": [_user(user) for user in office.users.values()] if first == 1 else [],
        "accesos": [_row(line, office.users) for line in lines],
        "incidentes": [
            {"seq": seq, "incidente": number, "clase": kind, "explicacion": told[kind]}
            for number, kind in enumerate(INCIDENTS, start=1)
            for seq in found[kind]
            if seq in there
        ],
        "parecidos": [
            {"seq": seq, "clase": kind, "explicacion": told[kind]}
            for kind in DECOYS
            for seq in found[kind]
            if seq in there
        ],
    }
    for key in KEYS:
        tables[key.name].sort(key=lambda row: int(row["seq"]))
    return {
        table.name: {column.name: [row[column.name] for row in tables[table.name]] for column in table.columns}
        for table in (*TABLES, *KEYS)
    }


def simulate(recipe: Recipe) -> tuple[Office, Mapping[str, list[int]]]:
    """The office after ``recipe.rows`` days, and the entries of what was planted (kind -> numbers)."""
    draws = Draws(recipe.seed, f"{NAME}:{recipe.hidden}")
    organisations = {one.id: one.user for one in staff.organisations()}
    office = Office(users(draws, FIRST), organisations)
    dice = draws.dice("planted")
    cast = planted.choose(workers(office.users), dice)
    _settle(office, draws, cast.with_closed_cases)
    office.open_book()
    work = Work(office, draws)
    days = [FIRST + timedelta(days=number) for number in range(recipe.rows)]
    plan = Planted(work, dice, cast, [day for day in days if work.workday(day)])
    plan.plan()
    for day in days:
        work.plan(day)
        office.run(minute_of(day + timedelta(days=1), 0))
    return office, plan.found


def _told(kind: str, lines: list[Line]) -> str:
    """What the key says of what was planted, from its entries."""
    cases = list(dict.fromkeys(line.entry.case_id for line in lines if line.entry.case_id))
    return TOLD[kind].format(
        user=lines[0].entry.actor,
        days=len({line.entry.at.date() for line in lines}),
        case=cases[0],
        cases=len(cases),
        terminal=lines[0].seat.terminal,
    )


def entry_of(row: Mapping[str, Any]) -> AuditEntry:
    """The desk's entry that a row of ``accesos`` tells of, so that the chain can be checked."""
    kind = _back(KINDS, row["clase"])
    reason = row["motivo"] or ""
    looked = kind == ACCESS and bool(row["parte"])
    return AuditEntry(
        seq=int(row["seq"]),
        at=datetime.fromisoformat(row["momento"]),
        actor=row["usuario"],
        role=Role(_back(ROLES, row["rol"])),
        kind=kind,
        action=_back(ACTIONS, row["accion"]),
        action_id=row["accion_id"],
        case_id=row["caso"] or "",
        entities=(_back(PARTS, row["parte"]),) if looked else tuple((row["objetos"] or "").split()),
        reason=_back(REFUSALS, reason) if kind == DENIED else reason,
        previous=row["huella_anterior"] or "",
        digest=row["huella"],
    )


def _back(words: Mapping[str, str], word: str) -> str:
    return next(known for known, told in words.items() if told == word)


def _settle(office: Office, draws: Draws, with_closed: tuple[str, ...]) -> None:
    """The cases that there are on the first day: some open and a few closed for each worker, many for ``with_closed``."""
    office.now = minute_of(FIRST - timedelta(days=_BEFORE), 9 * 60)
    for user in [one for one in office.users.values() if one.role is Role.CASEWORKER]:
        dice = draws.dice("settle", user.id)
        seat = Seat(user.terminal, AT_OFFICE)
        closed = dice.whole(*_CLOSED_EACH) + (planted.EXTRA_CLOSED if user.id in with_closed else 0)
        for number in range(dice.whole(*_OPEN_EACH) + closed):
            case = register(office, user.id, seat, dice)
            assess(office, user.id, seat, case, dice)
            if number < closed:
                _close(office, user, seat, case)


def _close(office: Office, user: User, seat: Seat, case: Case) -> None:
    asked = office.do(user.id, seat, "request_approval", case.id, what="closure")
    office.do(office.supervisor(user.id), seat, "decide_approval", case.id, approval=asked, approved=True)
    office.do(user.id, seat, "close", case.id, reason="formal_closing", summary="Texto simulado.")
    case.open = False


def _user(user: User) -> dict[str, Any]:
    return {
        "usuario": user.id,
        "nombre": user.name,
        "rol": ROLES[user.role.value],
        "equipo": user.team,
        "oficina": user.office,
        "turno": user.shift,
        "terminal": user.terminal,
        "telefono": user.phone,
        "alta": user.since.isoformat(),
        "baja": user.until.isoformat() if user.until else None,
    }


def _row(line: Line, known: Mapping[str, User]) -> dict[str, Any]:
    entry = line.entry
    looked = entry.kind == ACCESS and bool(entry.entities)
    return {
        "seq": entry.seq,
        "momento": entry.at.isoformat(" ", "minutes"),
        "usuario": entry.actor,
        "rol": ROLES[entry.role.value],
        "equipo": known[entry.actor].team,
        "clase": KINDS[entry.kind],
        "accion": ACTIONS[entry.action],
        "caso": entry.case_id or None,
        "parte": PARTS[entry.entities[0]] if looked else None,
        "motivo": (REFUSALS[entry.reason] if entry.kind == DENIED else entry.reason) or None,
        "terminal": line.seat.terminal,
        "red": line.seat.network,
        "accion_id": entry.action_id,
        "objetos": None if looked else " ".join(entry.entities) or None,
        "huella": entry.digest,
        "huella_anterior": entry.previous or None,
    }


DATASET = DataSet(
    name=NAME,
    title=_("Bitácora simulada de la mesa de casos"),
    summary=_("Quién vio, cambió o intentó ver qué caso, cuándo y desde dónde, en una institución que no existe."),
    unit=_("días"),
    rows=ROWS,
    seed=2026,
    tables=TABLES[::-1],  # the main one first
    make=make,
    card=CARD,
    generator="ciberaula.datasets.accesos",
    fewest=FEWEST,
    most=MOST,
    portion=MOST,
    keys=KEYS,
    keywords=(_("bitácora"), _("incidentes"), _("seguridad de la información")),
)
