"""Tables of what is agreed on and done: consents, assessments, plans, services, transitions, approvals, endings."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ciberaula.datasets.casos import words as w
from ciberaula.datasets.casos import workdays
from ciberaula.datasets.casos.households import carers, risk_again
from ciberaula.datasets.casos.life import NEVER, REFERRALS
from ciberaula.datasets.casos.sheet import Columns, Sheet, merged, moments, rank, yes_no
from ciberaula.datasets.casos.staff import organisations, workers
from ciberaula.datasets.casos.words import cells, place
from ciberaula.datasets.columns import MINUTES_A_DAY, Column, blank, words
from ciberaula.datasets.draws import Flags, Whole

_ORGANISATIONS = tuple(one.id for one in organisations())
_WORKERS = tuple(one.id for one in workers())
REFERRED = tuple(w.told(ids) for pair in w.REFERRED for ids in pair)
_SERVICES_FOR, _SHARING, _CHANNEL = 0, 1, 2  # places in ``PURPOSES``
_REFERRAL, _TRANSFER, _ASSIGNMENT = 0, 1, 2  # places in ``TRANSITIONS``
_ASSENTS_FROM = 7
_MOST_TEXTS = 6
_GOALS = 3
_NOT_SEEN, _REPATRIATED = place(w.CLOSURES, "not_seen"), place(w.CLOSURES, "repatriated")
_MIGRANT = w.MOTIVES.index("movilidad humana")
CLOSING = (*cells(w.CLOSURES), *w.REOPENINGS)
# Days of work until an appointment or the day that a goal is due.
_APPOINTMENTS, _GOAL_DAYS = np.array((3, 5, 10, 15)), np.array((10, 20, 40))


def consents(sheet: Sheet) -> tuple[Columns, Whole]:
    """The table, and [case, nth transition] the place in its case of the consent that each referral (then the transfer)
    rests on."""
    start, referrals, hands = sheet.case.start, sheet.case.referrals, sheet.ends.hands
    n = len(sheet)
    never, none, yes = np.full(n, NEVER), np.full(n, -1), np.ones(n, dtype=np.int64)

    def part(
        source: int, purpose: int, at: Whole, granted: Whole, withdrawn: Whole, to: Whole, wide: Whole
    ) -> dict[str, Whole]:
        columns = {"at": at, "granted": granted, "withdrawn": withdrawn, "to": to, "wide": wide}
        return columns | {"of": np.arange(n), "source": np.full(n, source), "purpose": np.full(n, purpose)}

    parts = [
        part(
            nth, _SHARING, referrals.consent[:, nth], referrals.granted[:, nth].astype(np.int64), referrals.withdrawn[:, nth],
            referrals.organisation[:, nth], referrals.wide[:, nth].astype(np.int64),
        )
        for nth in range(REFERRALS)
    ]  # fmt: skip
    parts.append(part(REFERRALS, _SHARING, hands.consent, yes, never, hands.organisation, yes))
    parts.append(part(REFERRALS + 1, _SERVICES_FOR, start.asked, start.granted.astype(np.int64), never, none, none))
    granted = start.channel_granted.astype(np.int64)
    parts.append(part(REFERRALS + 2, _CHANNEL, start.channel_asked, granted, start.channel_withdrawn, none, none))
    rows = merged(sheet, "at", parts)
    rests = np.zeros((n, REFERRALS + 3), dtype=np.int64)
    rests[rows["of"], rows["source"]] = rows["nth"]
    return _consent_columns(sheet, rows), rests


def _consent_columns(sheet: Sheet, rows: dict[str, Whole]) -> Columns:
    who, start, draws = sheet.case.who, sheet.case.start, sheet.case.chance.draws
    of, purpose, granted = rows["of"], rows["purpose"], rows["granted"] == 1
    cell = who.number[of] * 8 + rows["source"]
    # Her own word on a channel where she is spoken with; whoever brings her up answers below the age.
    person = np.where(purpose == _CHANNEL, start.spoken[of], 0)
    carer = start.represented[of] & (person == 0)
    assents = np.where(draws.chance(cell, "asiente", 0.93), 0, 1)
    asked = carer & granted & (who.age[of] >= _ASSENTS_FROM) & draws.chance(cell, "le-preguntan", 0.75)
    data = np.where((purpose == _SHARING) & granted, who.motive[of] * 2 + rows["wide"], -1)
    return {
        "consentimiento_id": sheet.ids(of, "A", rows["nth"]),
        "caso_id": sheet.cases(of),
        "persona_id": sheet.ids(of, "P", person),
        "registrado": sheet.moment(of, rows["at"]),
        "profesional_id": sheet.workers(of, rows["at"]),
        "finalidad": words(purpose, cells(w.PURPOSES)),
        "otorgado": yes_no(granted),
        "dado_por": words(carer.astype(np.int64), cells(w.GIVEN_BY)),
        "asentimiento": words(np.where(asked, assents, -1), ("sí", "no")),
        "organizacion_id": words(rows["to"], _ORGANISATIONS),
        "canal": words(np.where(purpose == _CHANNEL, start.channel[of], -1), cells(w.CHANNELS)),
        "datos": words(data, REFERRED),
        "como": words(draws.pick(cell, "como", (46, 27, 20, 7)), w.HOW),
        "retirado": sheet.moment(of, rows["withdrawn"]),
    }


def assessments(sheet: Sheet) -> Columns:
    start, ends, draws = sheet.case.start, sheet.ends, sheet.case.chance.draws
    of = np.arange(len(sheet))
    rows = merged(
        sheet,
        "at",
        [
            {"of": of, "at": start.assessed, "risk": start.risk},
            {"of": of, "at": ends.reassessed, "risk": ends.second_risk},
            {"of": of, "at": ends.assessed_again, "risk": risk_again(sheet)},
        ],
    )
    of, nth = rows["of"], rows["nth"]
    writer = sheet.worker_at(of, rows["at"])
    told = {"risk": rows["risk"], "writer": writer, "carer": carers(sheet, of)}
    together = (
        draws.uniform(sheet.case.who.number[of] * 4 + nth, "con-la-persona") < 0.35 + 0.6 * sheet.case.chance.care[of]
    )
    return {
        "evaluacion_id": sheet.ids(of, "V", nth),
        "caso_id": sheet.cases(of),
        "realizada": sheet.moment(of, rows["at"]),
        "profesional_id": words(writer, _WORKERS),
        "riesgo": words(rows["risk"], cells(w.RISKS)),
        "con_la_persona": yes_no(together),
        "hechos": sheet.texts("assessment_facts", of, 3, nth, told),
        "opinion": sheet.texts("assessment_opinion", of, 3, nth, told),
    }


def plans(sheet: Sheet) -> Columns:
    start = sheet.case.start
    of = np.flatnonzero(start.planned < sheet.stop)
    at, review = start.planned[of], start.review[of]
    ahead = workdays.real(at) + workdays.days_ahead(at, review) * MINUTES_A_DAY
    return {
        "plan_id": sheet.ids(of, "L", np.zeros_like(of)),
        "caso_id": sheet.cases(of),
        "elaborado": sheet.moment(of, at),
        "profesional_id": sheet.workers(of, at),
        "con_la_persona": yes_no(start.agreed[of]),
        "revision": moments(ahead, review > 0),
    }


def goals(sheet: Sheet) -> Columns:
    """One to three lines of each plan."""
    start, draws, number = sheet.case.start, sheet.case.chance.draws, sheet.case.who.number
    count = draws.pick(number, "objetivos", (0.42, 0.44, 0.14)) + 1
    of, nth = np.nonzero((np.arange(_GOALS) < count[:, None]) & (start.planned < sheet.stop)[:, None])
    cell = number[of] * _GOALS + nth
    at = start.planned[of]
    days = workdays.days_ahead(at, _GOAL_DAYS[draws.integers(cell, "objetivo-dias", 0, 2)])
    told = {"writer": sheet.worker_at(of, at), "carer": carers(sheet, of)}
    return {
        "objetivo_id": sheet.ids(of, "O", nth),
        "plan_id": sheet.ids(of, "L", np.zeros_like(of)),
        "caso_id": sheet.cases(of),
        "orden": nth + 1,
        "necesidad": sheet.texts("need", of, _GOALS, nth, told),
        "objetivo": sheet.texts("goal", of, _GOALS, nth, told),
        "accion": sheet.texts("action", of, _GOALS, nth, told),
        "responsable": words(draws.pick(cell, "responsable", (0.3, 0.2, 0.4, 0.1)), w.RESPONSIBLE),
        "vence": moments(workdays.real(at) + days * MINUTES_A_DAY),
    }


def services(sheet: Sheet) -> Columns:
    referrals, draws, stop = sheet.case.referrals, sheet.case.chance.draws, sheet.stop[:, None]
    of, which = np.nonzero(referrals.requested < stop)
    at, answered = referrals.requested[of, which], referrals.appointed[of, which]
    given = referrals.implemented[of, which]
    here, prestado = answered < sheet.stop[of], given < sheet.stop[of]
    yes = here & referrals.accepted[of, which]
    cell = sheet.case.who.number[of] * REFERRALS + which
    # A service that was given had its appointment a day of work before at the latest.
    until = given // workdays.DAY - answered // workdays.DAY - 1
    wait = np.where(given < NEVER, np.clip(until, 0, 30), _APPOINTMENTS[draws.integers(cell, "cita-dias", 0, 3)])
    days = workdays.days_ahead(answered, wait)
    status = np.where(prestado, 2, np.where(yes, 1, np.where(here, 3, 0)))
    return {
        "servicio_id": sheet.ids(of, "S", rank(of)),
        "caso_id": sheet.cases(of),
        "solicitado": sheet.moment(of, at),
        "profesional_id": sheet.workers(of, at),
        "tipo": words(referrals.service[of, which], cells(w.SERVICES)),
        "organizacion_id": words(referrals.organisation[of, which], _ORGANISATIONS),
        "estado": words(status, cells(w.SERVICE_STATUSES)),
        "respuesta": sheet.moment(of, answered),
        "cita": moments(workdays.real(answered) + days * MINUTES_A_DAY, yes),
        "prestado": sheet.moment(of, given),
    }


def transitions(sheet: Sheet, rests: Whole) -> Columns:
    """Referrals, transfers and assignments. ``rests``: see :func:`consents`."""
    referrals, n = sheet.case.referrals, len(sheet)
    of, hands, stop = np.arange(n), sheet.ends.hands, sheet.stop
    parts = []
    for nth in range(REFERRALS):
        status, answered = _referral_status(sheet, nth)
        parts.append(
            {"of": of, "at": referrals.sent[:, nth], "kind": np.full(n, _REFERRAL), "status": status, "answered": answered,
             "done": np.where(status == 3, referrals.done[:, nth], NEVER), "rests": rests[:, nth],
             "to": referrals.organisation[:, nth], "wide": referrals.wide[:, nth].astype(np.int64),
             "service": referrals.service[:, nth]}
        )  # fmt: skip
    accepted = (hands.accepted < stop).astype(np.int64)
    parts.append(
        {"of": of, "at": hands.sent, "kind": np.full(n, _TRANSFER), "status": accepted, "answered": hands.accepted,
         "done": np.full(n, NEVER), "rests": rests[:, REFERRALS], "to": hands.organisation, "wide": np.ones(n, dtype=np.int64),
         "service": hands.organisation // 2}
    )  # fmt: skip
    parts.append(
        {"of": of, "at": hands.assigned, "kind": np.full(n, _ASSIGNMENT), "status": np.full(n, 3), "answered": hands.assigned,
         "done": hands.assigned, "rests": np.full(n, -1), "to": hands.next_worker, "wide": np.full(n, -1),
         "service": referrals.service[:, 0]}
    )  # fmt: skip
    return _transition_columns(sheet, merged(sheet, "at", parts))


def _transition_columns(sheet: Sheet, rows: dict[str, Whole]) -> Columns:
    of = rows["of"]
    assigned: Flags = rows["kind"] == _ASSIGNMENT
    data = np.where(assigned, -1, sheet.case.who.motive[of] * 2 + rows["wide"])
    told = {"writer": sheet.case.start.worker[of], "carer": carers(sheet, of)}
    return {
        "transicion_id": sheet.ids(of, "D", rows["nth"]),
        "caso_id": sheet.cases(of),
        "tipo": words(rows["kind"], cells(w.TRANSITIONS)),
        "enviada": sheet.moment(of, rows["at"]),
        "enviada_por": _either(sheet.supervisors(of), sheet.workers(of, rows["at"]), assigned),
        "organizacion_id": words(np.where(assigned, -1, rows["to"]), _ORGANISATIONS),
        "profesional_id": words(np.where(assigned, rows["to"], -1), _WORKERS),
        "consentimiento_id": blank(sheet.ids(of, "A", np.maximum(rows["rests"], 0)), assigned),
        "datos": words(data, REFERRED),
        "motivo": _either(
            sheet.texts("assignment", of, _MOST_TEXTS, rows["nth"], told),
            sheet.texts("reason", of, _MOST_TEXTS, rows["nth"], told | {"service": rows["service"]}),
            assigned,
        ),
        "estado": words(rows["status"], cells(w.TRANSITION_STATUSES)),
        "respondida": sheet.moment(of, rows["answered"]),
        "atendida": sheet.moment(of, rows["done"]),
    }


def _either(one: Column, other: Column, where: Flags) -> Column:
    return pc.if_else(pa.array(where), one, other)


def _referral_status(sheet: Sheet, nth: int) -> tuple[Whole, Whole]:
    """Status, and when it was answered or taken back."""
    referrals, revoked, stop = sheet.case.referrals, sheet.ends.revoked[:, nth], sheet.stop
    answered, withdrawn = referrals.answered[:, nth], referrals.withdrawn[:, nth]
    said = np.where(referrals.accepted[:, nth], 1, 2)
    status = np.where(referrals.done[:, nth] < stop, 3, np.where(answered < stop, said, 0))
    back = np.where(referrals.ended[:, nth], withdrawn, revoked)
    return np.where(back < stop, 4, status), np.where(back < stop, back, answered)


def approvals(sheet: Sheet) -> Columns:
    ends, of = sheet.ends, np.arange(len(sheet))
    again = ends.closure_asked[:, 1] < NEVER
    parts = [{"of": of, "kind": np.zeros_like(of), "at": ends.plan_asked, "decided": ends.plan_decided,
              "yes": ends.plan_approved.astype(np.int64)}]  # fmt: skip
    for nth in (0, 1):
        yes = np.ones_like(of) if nth else (~again).astype(np.int64)
        asked, answered = ends.closure_asked[:, nth], ends.closure_decided[:, nth]
        parts.append({"of": of, "kind": np.ones_like(of), "at": asked, "decided": answered, "yes": yes})
    rows = merged(sheet, "at", parts)
    of, draws = rows["of"], sheet.case.chance.draws
    decided = sheet.happened(of, rows["decided"])
    writer = sheet.case.start.team[of] + len(workers())
    some = draws.chance(sheet.case.who.number[of] * 4 + rows["nth"], "comenta", 0.25)
    wordy = decided & ((rows["yes"] == 0) | some)
    told = {"writer": writer, "carer": carers(sheet, of), "verdict": rows["kind"] * 2 + (rows["yes"] == 0)}
    return {
        "aprobacion_id": sheet.ids(of, "B", rows["nth"]),
        "caso_id": sheet.cases(of),
        "tipo": words(rows["kind"], cells(w.APPROVALS)),
        "pedida": sheet.moment(of, rows["at"]),
        "pedida_por": sheet.workers(of, rows["at"]),
        "estado": words(np.where(decided, np.where(rows["yes"] == 1, 1, 2), 0), cells(w.APPROVAL_STATUSES)),
        "decidida": sheet.moment(of, rows["decided"]),
        "decidida_por": sheet.supervisors(of, decided),
        # A case is refused or granted a plan or closing once: its number alone tells these texts apart.
        "comentario": sheet.texts("approval", of, 1, np.zeros_like(of), told, wordy),
    }


def closures(sheet: Sheet) -> Columns:
    ends, who, draws = sheet.ends, sheet.case.who, sheet.case.chance.draws
    of = np.arange(len(sheet))
    reason = draws.pick(who.number, "cierre-razon", (0.78, 0.12, 0.0, 0.1))
    reason = np.where((who.motive == _MIGRANT) & draws.chance(who.number, "retorna", 0.12), _REPATRIATED, reason)
    back = len(w.CLOSURES) + draws.pick(who.number, "reabre-razon", (0.5, 0.3, 0.2))
    rows = merged(
        sheet,
        "at",
        [
            {"of": of, "at": ends.closed, "back": np.zeros_like(of), "reason": reason},
            {"of": of, "at": ends.reopened, "back": np.ones_like(of), "reason": back},
        ],
    )
    of, back, reason = rows["of"], rows["back"] == 1, rows["reason"]
    informed = draws.uniform(who.number[of], "informada") < 0.4 + 0.55 * sheet.case.chance.care[of]
    writer = sheet.worker_at(of, rows["at"])
    told = {"closure": np.where(back, 0, reason), "writer": writer, "carer": carers(sheet, of)}
    return {
        "cierre_id": sheet.ids(of, "Z", rows["nth"]),
        "caso_id": sheet.cases(of),
        "tipo": words(back.astype(np.int64), ("cierre", "reapertura")),
        "momento": sheet.moment(of, rows["at"]),
        "profesional_id": words(writer, _WORKERS),
        "razon": words(reason, CLOSING),
        "resumen": sheet.texts("summary", of, 1, np.zeros_like(of), told, ~back),
        "persona_informada": yes_no(informed & (reason != _NOT_SEEN) & ~back),
    }


def incidents(sheet: Sheet) -> Columns:
    found, who, draws = sheet.ends.incidents, sheet.case.who, sheet.case.chance.draws
    of = np.flatnonzero(found.known < sheet.stop)
    what = draws.integers(who.number[of], "incidente-cual", 0, len(w.INCIDENTS) - 1)
    rated = found.rated[of] < sheet.stop[of]
    contained = found.contained[of] < sheet.stop[of]
    writer = sheet.worker_at(of, found.known[of])
    told = {"incident": what, "writer": writer, "carer": carers(sheet, of)}
    return {
        "incidente_id": sheet.ids(of, "I", np.zeros_like(of)),
        "caso_id": sheet.cases(of),
        "que": words(what, w.INCIDENTS),
        "datos": words(who.motive[of] * 2, REFERRED),
        "conocido": sheet.moment(of, found.known[of]),
        "profesional_id": words(writer, _WORKERS),
        "contenido": sheet.moment(of, found.contained[of]),
        "medidas": sheet.texts("incident", of, 1, np.zeros_like(of), told, contained),
        "aviso_supervision": sheet.moment(of, found.supervisor[of]),
        "riesgo": words(np.where(rated, found.risk[of], -1), cells(w.RISKS)),
        "valorado": sheet.moment(of, found.rated[of]),
        "aviso_autoridad": sheet.moment(of, found.authority[of]),
        "aviso_personas": sheet.moment(of, found.people[of]),
    }
