"""The tables of ``casos`` done again through the real desk: what it refuses, and what comes out otherwise than published."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ciberaula.casework import workflow
from ciberaula.casework.desk import Desk
from ciberaula.casework.entities import (
    Actor,
    Approval,
    Assessment,
    CaseFile,
    Closure,
    Concern,
    Consent,
    Contact,
    FollowUp,
    Household,
    Incident,
    Note,
    Person,
    Plan,
    Service,
    Transition,
)
from ciberaula.casework.store.memory import MemoryStore
from ciberaula.casework.vocabulary import Role
from ciberaula.datasets.casos import staff
from ciberaula.datasets.casos import words as w
from ciberaula.errors import UserError

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
"""Rows by table; an empty cell is ``None``, all others are as they are written."""

# Of what happened in the same minute, what comes first.
_ORDER = (
    *(
        "register",
        "add_person",
        "relate",
        "set_household",
        "raise_concern",
        "record_consent",
        "assess",
        "make_plan",
        "refer",
    ),
    *("request_service", "transfer", "assign", "answer_transition", "update_service", "complete_transition", "contact"),
    *("outside_contact", "plan_follow_up", "follow_up", "detect_incident", "contain_incident", "notify_incident"),
    *(
        "rate_incident",
        "withdraw_consent",
        "revoke_transition",
        "request_approval",
        "decide_approval",
        "close",
        "reopen",
    ),
    "write_note",
)
_USERS = {one.id: one.user for one in staff.organisations()}
_TEAMS = {one.id: one.team for one in (*staff.workers(), *staff.supervisors())}
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Step:
    """An action of the desk: when, by whom, what."""

    at: datetime
    actor: Actor
    action: dict[str, Any]


@dataclass
class Book:
    """The rows of one case, by table."""

    case: Row
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def __getitem__(self, table: str) -> list[Row]:
        return self.rows.get(table, [])


def books(tables: Tables) -> Iterator[Book]:
    """The cases one by one."""
    found = {row["caso_id"]: Book(row) for row in tables["casos"]}
    for name, rows in tables.items():
        for row in rows:
            if name != "casos" and "caso_id" in row:
                found[row["caso_id"]].rows.setdefault(name, []).append(row)
    return iter(found.values())


def replay(book: Book) -> tuple[CaseFile | None, list[str]]:
    """Do the case again; the file that comes of it, and what the desk did not do."""
    desk_time = [datetime(2024, 1, 1)]
    store = MemoryStore()
    desk = Desk(store, lambda: desk_time[0], organisations=_USERS)
    faults: list[str] = []
    case = book.case["caso_id"]
    for number, step in enumerate(sorted(steps(book), key=lambda one: (one.at, _ORDER.index(one.action["do"])))):
        desk_time[0] = step.at
        try:
            desk.do(step.actor, {"case": case, **step.action}, action_id=f"{case}-x{number}")
        except UserError as error:
            faults.append(f"{case} {step.at:%Y-%m-%d %H:%M} {step.action['do']} {step.action.get('id', '')}: {error}")
    with store.begin() as unit:
        return unit.case_file(case), faults


def faults_of(book: Book) -> list[str]:
    """Everything in which the published rows of a case and the desk disagree."""
    file, faults = replay(book)
    return faults if file is None else faults + list(differences(book, file))


def when(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M")


def _id_of(words: Mapping[str, str], word: str) -> str:
    return next(id for id, known in words.items() if known == word)


def _data(text: str | None) -> list[str]:
    return [_id_of(w.DATA, one) for one in text.split("; ")] if text else []


def _days(start: str, end: str) -> int:
    return int((when(end) - when(start)).total_seconds() // 60 // _DAY_MINUTES)


def worker(id: str) -> Actor:
    return Actor(id, Role.CASEWORKER if id.startswith("T") else Role.SUPERVISOR, _TEAMS[id])


def receiver(organisation: str) -> Actor:
    return Actor(_USERS[organisation], Role.RECIPIENT, organisation)


def _owner(book: Book, moment: str) -> Actor:
    """Who had the case then."""
    for row in book["transiciones"]:
        if row["tipo"] == "asignación" and moment < row["enviada"]:
            return worker(book.case["profesional_anterior"])
    return worker(book.case["profesional_id"])


def steps(book: Book) -> Iterator[Step]:
    yield from _opening(book)
    yield from _process(book)
    yield from _sent(book)
    yield from _talking(book)
    yield from _incidents(book)
    yield from _ending(book)


def _opening(book: Book) -> Iterator[Step]:
    opened = book.case["abierto"]
    at, owner = when(opened), _owner(book, opened)
    home = book["hogares"][0]
    household = {
        "canton": home["canton"],
        "area": _id_of(w.AREAS, home["area"]),
        "device": _id_of(w.DEVICES, home["dispositivo"]),
        "connection": _id_of(w.CONNECTIONS, home["conexion"]),
    }
    members = [row["persona_id"] for row in book["personas"] if row["en_el_hogar"] == "sí"]
    for row in book["personas"]:
        person = _person(row)
        if row["parentesco"] == "titular":
            yield Step(at, owner, {"do": "register", "code": book.case["caso_id"], **person, **household})
        else:
            yield Step(at, owner, {"do": "add_person", "relation": row["parentesco"], **person})
            yield from _tie(book, row, at, owner)
    yield Step(at, owner, {"do": "set_household", **household, "members": members})
    for row in book["preocupaciones"]:
        urgent = row["urgente"] == "sí"
        action = {
            "do": "raise_concern",
            "kind": _id_of(w.CONCERNS, row["tipo"]),
            "detail": row["detalle"],
            "urgent": urgent,
        }
        yield Step(when(row["registrada"]), worker(row["profesional_id"]), {**action, "id": row["preocupacion_id"]})


def _person(row: Row) -> dict[str, Any]:
    return {
        "person": row["persona_id"],
        "name": row["nombre"],
        "age": None if row["edad"] is None else int(row["edad"]),
        "language": _id_of(w.LANGUAGES, row["idioma"]),
        "access_needs": row["apoyo"] or "",
        "phone_note": row["contacto_seguro"] or "",
        "gender": _id_of(w.GENDERS, row["genero"]),
    }


def _tie(book: Book, row: Row, at: datetime, owner: Actor) -> Iterator[Step]:
    kind, subject = w.RELATIONS[row["parentesco"]], book.case["persona_id"]
    one, other = (subject, row["persona_id"]) if kind == "child" else (row["persona_id"], subject)
    yield Step(at, owner, {"do": "relate", "one": one, "other": other, "kind": "parent" if kind == "child" else kind})


def _process(book: Book) -> Iterator[Step]:
    for row in book["consentimientos"]:
        yield Step(when(row["registrado"]), worker(row["profesional_id"]), _consent(row))
        if row["retirado"]:
            action = {"do": "withdraw_consent", "consent": row["consentimiento_id"]}
            yield Step(when(row["retirado"]), _owner(book, row["retirado"]), action)
    for row in book["evaluaciones"]:
        action = {
            "do": "assess",
            "id": row["evaluacion_id"],
            "risk": _id_of(w.RISKS, row["riesgo"]),
            "facts": row["hechos"],
            "opinion": row["opinion"],
            "with_person": row["con_la_persona"] == "sí",
        }
        yield Step(when(row["realizada"]), worker(row["profesional_id"]), action)
    for row in book["planes"]:
        yield Step(when(row["elaborado"]), worker(row["profesional_id"]), _plan(book, row))


def _consent(row: Row) -> dict[str, Any]:
    return {
        "do": "record_consent",
        "id": row["consentimiento_id"],
        "person": row["persona_id"],
        "purpose": _id_of(w.PURPOSES, row["finalidad"]),
        "granted": row["otorgado"] == "sí",
        "given_by": _id_of(w.GIVEN_BY, row["dado_por"]),
        "to": [row["organizacion_id"]] if row["organizacion_id"] else [],
        "channels": [_id_of(w.CHANNELS, row["canal"])] if row["canal"] else [],
        "data": _data(row["datos"]),
        "how": row["como"],
        "assent": {"sí": True, "no": False, None: None}[row["asentimiento"]],
    }


def _plan(book: Book, row: Row) -> dict[str, Any]:
    goals = [
        {
            "need": goal["necesidad"],
            "goal": goal["objetivo"],
            "action": goal["accion"],
            "who": goal["responsable"],
            "days": _days(row["elaborado"], goal["vence"]),
        }
        for goal in sorted(book["objetivos"], key=lambda goal: int(goal["orden"]))
        if goal["plan_id"] == row["plan_id"]
    ]
    review = _days(row["elaborado"], row["revision"]) if row["revision"] else None
    agreed = row["con_la_persona"] == "sí"
    return {"do": "make_plan", "id": row["plan_id"], "goals": goals, "agreed": agreed, "review_days": review}


def _sent(book: Book) -> Iterator[Step]:
    withdrawn = {row["consentimiento_id"]: row["retirado"] for row in book["consentimientos"]}
    for row in book["transiciones"]:
        id, sender = row["transicion_id"], worker(row["enviada_por"])
        base = {"id": id, "to": row["organizacion_id"] or row["profesional_id"], "reason": row["motivo"]}
        do = {"referencia": "refer", "transferencia": "transfer", "asignación": "assign"}[row["tipo"]]
        data = {} if do == "assign" else {"data": _data(row["datos"])}
        yield Step(when(row["enviada"]), sender, {"do": do, **base, **data})
        if do == "assign" or not row["respondida"]:
            continue
        if row["estado"] == "anulada":
            if withdrawn[row["consentimiento_id"]] != row["respondida"]:
                action = {"do": "revoke_transition", "transition": id, "reason": "sin respuesta"}
                yield Step(when(row["respondida"]), _owner(book, row["respondida"]), action)
            continue
        there, accept = receiver(row["organizacion_id"]), row["estado"] != "rechazada"
        yield Step(when(row["respondida"]), there, {"do": "answer_transition", "transition": id, "accept": accept})
        if row["atendida"]:
            yield Step(when(row["atendida"]), there, {"do": "complete_transition", "transition": id})
    for row in book["servicios"]:
        yield from _service(book, row)


def _service(book: Book, row: Row) -> Iterator[Step]:
    id = row["servicio_id"]
    action = {
        "do": "request_service",
        "id": id,
        "kind": _id_of(w.SERVICES, row["tipo"]),
        "provider": row["organizacion_id"],
    }
    yield Step(when(row["solicitado"]), worker(row["profesional_id"]), action)
    if row["respuesta"]:
        status: dict[str, Any] = {"status": "declined"}
        if row["cita"]:
            status = {"status": "appointed", "days": _days(row["respuesta"], row["cita"])}
        yield Step(
            when(row["respuesta"]), _owner(book, row["respuesta"]), {"do": "update_service", "service": id, **status}
        )
    if row["prestado"]:
        action = {"do": "update_service", "service": id, "status": "implemented"}
        yield Step(when(row["prestado"]), _owner(book, row["prestado"]), action)


def _talking(book: Book) -> Iterator[Step]:
    for row in book["contactos"]:
        action = {
            "id": row["contacto_id"],
            "who": row["persona_id"],
            "channel": _id_of(w.CHANNELS, row["canal"]),
            "account": _id_of(w.ACCOUNTS, row["cuenta"]),
            "purpose": row["proposito"],
            "data": _data(row["datos"]),
        }
        if row["cuenta"] == "personal":
            action["do"] = "outside_contact"
        else:
            yes = {"incoming": row["entrante"] == "sí", "verified": row["identidad_verificada"] == "sí"}
            action |= {"do": "contact", "minutes": int(row["minutos"]), **yes}
        yield Step(when(row["momento"]), worker(row["profesional_id"]), action)
    for row in book["notas"]:
        hours = (when(row["escrita"]) - when(row["ocurrio"])).total_seconds() / 3600
        texts = {"facts": row["hechos"], "opinion": row["opinion"] or "", "next": row["siguiente"] or ""}
        action = {"do": "write_note", "id": row["nota_id"], "contact": row["contacto_id"], "hours_ago": hours, **texts}
        yield Step(when(row["escrita"]), worker(row["profesional_id"]), action)
    for row in book["seguimientos"]:
        days, kind = _days(row["fijado"], row["previsto"]), _id_of(w.FOLLOW_UPS, row["tipo"])
        action = {"do": "plan_follow_up", "id": row["seguimiento_id"], "kind": kind, "days": days}
        yield Step(when(row["fijado"]), worker(row["profesional_id"]), action)
        if row["hecho"]:
            action = {"do": "follow_up", "follow_up": row["seguimiento_id"], "comment": row["comentario"]}
            yield Step(when(row["hecho"]), _owner(book, row["hecho"]), action)


def _incidents(book: Book) -> Iterator[Step]:
    for row in book["incidentes"]:
        incident = {"incident": row["incidente_id"]}
        what = {"do": "detect_incident", "id": row["incidente_id"], "what": row["que"], "data": _data(row["datos"])}
        people = {"people": [book.case["persona_id"]]}
        later = [
            ("contenido", {"do": "contain_incident", "measures": row["medidas"]}),
            ("aviso_supervision", {"do": "notify_incident", "whom": "supervisor", "text": row["que"]}),
            ("aviso_autoridad", {"do": "notify_incident", "whom": "authority", "text": row["que"]}),
            ("aviso_personas", {"do": "notify_incident", "whom": "people", "text": row["que"]}),
        ]
        if row["riesgo"]:
            later.append(
                ("valorado", {"do": "rate_incident", "risk": _id_of(w.RISKS, row["riesgo"]), "why": row["que"]})
            )
        yield Step(when(row["conocido"]), worker(row["profesional_id"]), {**what, **people})
        for column, action in later:
            if row[column]:
                yield Step(when(row[column]), _owner(book, row[column]), {**action, **incident})


def _ending(book: Book) -> Iterator[Step]:
    for row in book["aprobaciones"]:
        action = {"do": "request_approval", "id": row["aprobacion_id"], "what": _id_of(w.APPROVALS, row["tipo"])}
        yield Step(when(row["pedida"]), worker(row["pedida_por"]), action)
        if row["decidida"]:
            said = {"approved": row["estado"] == "aprobada", "reason": row["comentario"] or ""}
            action = {"do": "decide_approval", "approval": row["aprobacion_id"], **said}
            yield Step(when(row["decidida"]), worker(row["decidida_por"]), action)
    for row in book["cierres"]:
        actor, at = worker(row["profesional_id"]), when(row["momento"])
        if row["tipo"] == "reapertura":
            yield Step(at, actor, {"do": "reopen", "id": row["cierre_id"], "reason": row["razon"]})
        else:
            informed = row["persona_informada"] == "sí"
            action = {
                "reason": _id_of(w.CLOSURES, row["razon"]),
                "summary": row["resumen"],
                "person_informed": informed,
            }
            yield Step(at, actor, {"do": "close", "id": row["cierre_id"], **action})


def differences(book: Book, file: CaseFile) -> Iterator[str]:
    """Where the file that the desk made and the published rows differ."""
    for what, made, published in _compared(book, file):
        written = made.strftime("%Y-%m-%d %H:%M") if isinstance(made, datetime) else made
        if written != published:
            yield f"{book.case['caso_id']} {what}: «{written}», publicado «{published}»"


def _compared(book: Book, file: CaseFile) -> Iterator[tuple[str, Any, Any]]:
    row, case = book.case, file.case
    yield "etapa", w.STEPS[workflow.step(file)], row["etapa"]
    yield "estado", w.STATUSES[case.status], row["estado"]
    yield "riesgo", w.RISKS[case.risk] if case.risk else None, row["riesgo"]
    yield "abierto", case.opened_at, row["abierto"]
    yield "cerrado", case.closed_at, row["cerrado"]
    yield "reabierto", case.reopened_at, row["reabierto"]
    owner, before = row["profesional_id"], row["profesional_anterior"]
    if row["organizacion_id"]:
        owner, before = _USERS[row["organizacion_id"]], owner
    yield "a cargo", case.owner, owner
    yield "anterior", case.previous_owner, before
    yield "integrantes", len(file.of(Household)[0].members), int(book["hogares"][0]["integrantes"])
    for kind, table in _TABLES.items():
        yield f"filas de {table}", len(file.of(kind)), len(book[table])
    yield from _compared_rows(book, file)


_TABLES: Mapping[type[Any], str] = {
    Person: "personas",
    Concern: "preocupaciones",
    Consent: "consentimientos",
    Assessment: "evaluaciones",
    Plan: "planes",
    Service: "servicios",
    Transition: "transiciones",
    Contact: "contactos",
    Note: "notas",
    FollowUp: "seguimientos",
    Approval: "aprobaciones",
    Closure: "cierres",
    Incident: "incidentes",
}


def _compared_rows(book: Book, file: CaseFile) -> Iterator[tuple[str, Any, Any]]:
    """The columns that the desk works out by itself, of each row."""
    for kind, table, columns in _COLUMNS:
        for row in book[table]:
            id = row[next(iter(row))]
            made = file.get(kind, id)
            yield f"{table} {id}", made is not None, True
            for column, value in columns if made is not None else ():
                yield f"{table} {id} {column}", value(made), row[column]
    for row in book["objetivos"]:
        plan = file.get(Plan, row["plan_id"])
        yield f"objetivo {row['objetivo_id']}", plan and plan.goals[int(row["orden"]) - 1].due, row["vence"]


_COLUMNS: tuple[tuple[type[Any], str, tuple[tuple[str, Any], ...]], ...] = (
    (Consent, "consentimientos", (("retirado", lambda one: one.withdrawn_at),)),
    (Plan, "planes", (("revision", lambda one: one.review_at),)),
    (
        Service,
        "servicios",
        (
            ("estado", lambda one: w.SERVICE_STATUSES[one.status]),
            ("cita", lambda one: one.appointment_at),
            ("prestado", lambda one: one.implemented_at),
        ),
    ),
    (
        Transition,
        "transiciones",
        (
            ("estado", lambda one: w.TRANSITION_STATUSES[one.status]),
            ("respondida", lambda one: one.answered_at),
            ("tipo", lambda one: w.TRANSITIONS[one.kind]),
        ),
    ),
    (Contact, "contactos", (("minutos", lambda one: one.minutes), ("momento", lambda one: one.made_at))),
    (Note, "notas", (("ocurrio", lambda one: one.happened_at), ("escrita", lambda one: one.made_at))),
    (FollowUp, "seguimientos", (("previsto", lambda one: one.due), ("hecho", lambda one: one.done_at))),
    (
        Approval,
        "aprobaciones",
        (
            ("estado", lambda one: w.APPROVAL_STATUSES[one.status]),
            ("pedida_por", lambda one: one.asked_by),
            ("decidida_por", lambda one: one.decided_by),
        ),
    ),
    (
        Incident,
        "incidentes",
        (
            ("conocido", lambda one: one.known_at),
            ("contenido", lambda one: one.contained_at),
            ("aviso_supervision", lambda one: one.supervisor_at),
            ("riesgo", lambda one: w.RISKS[one.risk] if one.risk else None),
            ("valorado", lambda one: one.risk_known_at),
            ("aviso_autoridad", lambda one: one.authority_at),
            ("aviso_personas", lambda one: one.people_at),
        ),
    ),
)
