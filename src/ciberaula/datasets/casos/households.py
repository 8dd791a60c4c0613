"""Tables of people and places: ``casos``, ``personas``, ``hogares``, ``preocupaciones``."""

import numpy as np
import pyarrow as pa

from ciberaula.datasets.cantons import CANTONS
from ciberaula.datasets.casos import words as w
from ciberaula.datasets.casos.sheet import Columns, Sheet, yes_no
from ciberaula.datasets.casos.staff import TEAMS, WORKERS_A_TEAM, organisations
from ciberaula.datasets.casos.texts import CARERS
from ciberaula.datasets.casos.who import OF_AGE
from ciberaula.datasets.casos.words import cells
from ciberaula.datasets.columns import Column, blank, codes, joined, words
from ciberaula.datasets.draws import Flags, Whole
from ciberaula.datasets.people import GIVEN, LAST_PROVINCE, MOBILE, SURNAMES, TELEPHONES

_PLACES = tuple(canton.id for canton in CANTONS)
_NAMES = tuple(canton.name for canton in CANTONS)
_PROVINCES = tuple(canton.province for canton in CANTONS)
_RELATIONS = tuple(w.RELATIONS)
PEOPLE = 3
_GIVEN = (*GIVEN["femenino"], *GIVEN["masculino"])
ARRIVALS = ("vino por su cuenta", "otra institución", "línea telefónica", "redes o mensajería", "visita del equipo")
# Who stands beside the person: those who bring up a minor, and the household of an adult.
_CARERS = tuple(_RELATIONS.index(one) for one in CARERS)
_CARER_SHARES = (0.62, 0.12, 0.17, 0.09)
_BESIDE_MINOR = tuple(_RELATIONS.index(one) for one in ("hermana", "hermano", "abuela", "tía"))
_BESIDE_ADULT = tuple(
    _RELATIONS.index(one) for one in ("pareja", "hija", "hijo", "hermana", "hermano", "madre", "vecina")
)
_BESIDE_SHARES = (0.24, 0.22, 0.2, 0.1, 0.08, 0.08, 0.08)
_CARER_OF_ADULT = _RELATIONS.index("cuidadora")
# 0 feminine, 1 masculine; the partner's is drawn.
_GENDER_OF = np.array([0, 0, 1, 0, 0, 0, 1, -1, 0, 1, 0, 0])
_YOUNGER = tuple(_RELATIONS.index(one) for one in ("hija", "hijo"))
_OF_ONE_AGE = tuple(_RELATIONS.index(one) for one in ("hermana", "hermano", "pareja", "vecina", "cuidadora"))
_CEDULA_FROM, _TELEPHONE_FROM, _OLD, _OLDEST = 3, 14, 75, 96
_LANGUAGE_KICHWA = (0.03, 0.12)  # in town, in the country, of the highlands and Amazonía
_HIGHLANDS = np.array([canton.region in ("Sierra", "Amazonía") for canton in CANTONS])


def cases(sheet: Sheet) -> Columns:
    who, start, ends, stop = sheet.case.who, sheet.case.start, sheet.ends, sheet.stop
    of = np.arange(len(sheet))
    hands = ends.hands
    transferred, assigned = hands.accepted < stop, hands.assigned < stop
    reopened = ends.reopened < stop
    closed = (ends.closed < stop) & ~reopened
    last = np.where(assigned, hands.next_worker, start.worker)
    names = [f"T{number + 1:03d}" for number in range(len(TEAMS) * WORKERS_A_TEAM)]
    return {
        "caso_id": sheet.codes,
        "persona_id": sheet.ids(of, "P", np.zeros_like(of)),
        "abierto": sheet.moment(of, who.arrival),
        "estado": words(np.where(transferred, 2, np.where(closed, 1, 0)), cells(w.STATUSES)),
        "etapa": words(steps(sheet), cells(w.STEPS)),
        "riesgo": words(_risk(sheet), cells(w.RISKS)),
        "motivo": words(who.motive, w.MOTIVES),
        "llegada": words(sheet.case.chance.draws.pick(who.number, "llega-por", (34, 27, 16, 14, 9)), ARRIVALS),
        **_where(who.canton),
        "area": words(who.rural.astype(np.int64), cells(w.AREAS)),
        "profesional_id": words(last, names),
        "profesional_anterior": words(np.where(assigned, start.worker, -1), names),
        "equipo": words(start.team, tuple(TEAMS)),
        "organizacion_id": words(np.where(transferred, hands.organisation, -1), [one.id for one in organisations()]),
        "reabierto": sheet.moment(of, ends.reopened),
        "cerrado": blank(sheet.moment(of, ends.closed), ~closed),
    }


def steps(sheet: Sheet) -> Whole:
    """The step of the workflow (an index of ``STEPS``) at the end, as :func:`ciberaula.casework.workflow.step` has it."""
    start, ends, referrals, stop = sheet.case.start, sheet.ends, sheet.case.referrals, sheet.stop
    before = stop[:, None]
    sent, requested = referrals.sent < before, referrals.requested < before
    refused = (referrals.answered < before) & ~referrals.accepted
    revoked = (referrals.ended & (referrals.withdrawn < before)) | (ends.revoked < before)
    done, given = referrals.done < before, referrals.implemented < before
    declined = refused & (referrals.appointed < before)
    over = (~sent | done | refused | revoked).all(axis=1) & (~requested | given | declined).all(axis=1)
    over &= ends.hands.sent >= stop
    some = done.any(axis=1) | given.any(axis=1)
    asked = sent.any(axis=1) | requested.any(axis=1) | (ends.hands.sent < stop)
    early = np.where(start.planned < stop, 2, np.where(start.assessed < stop, 1, 0))
    step = np.where(asked, np.where(over & some, 4, 3), early)
    reopened = ends.reopened < stop
    step = np.where(reopened, np.where(ends.assessed_again < stop, 1, 6), step)
    return np.where((ends.closed < stop) & ~reopened, 5, step)


def _risk(sheet: Sheet) -> Whole:
    """By the last assessment; none before the first."""
    start, ends, stop = sheet.case.start, sheet.ends, sheet.stop
    risk = np.where(start.assessed < stop, start.risk, -1)
    risk = np.where(ends.reassessed < stop, ends.second_risk, risk)
    return np.where(ends.assessed_again < stop, risk_again(sheet), risk)


def risk_again(sheet: Sheet) -> Whole:
    """The risk found after a reopening."""
    return sheet.case.chance.draws.pick(sheet.case.who.number, "riesgo-otra", (0.3, 0.5, 0.2))


def _where(canton: Whole) -> Columns:
    return {
        "canton_id": words(canton, _PLACES),
        "provincia": words(canton, _PROVINCES),
        "canton": words(canton, _NAMES),
    }


def present(sheet: Sheet) -> Flags:
    """[case, nth]: who is written down. A minor always has who brings her up; the third comes only with the second."""
    draws, number = sheet.case.chance.draws, sheet.case.who.number
    second = sheet.case.start.minor | draws.chance(number, "otra-persona", 0.42)
    third = second & draws.chance(number, "tercera-persona", 0.3)
    return np.stack((np.ones_like(second), second, third), axis=1)


def people(sheet: Sheet) -> Columns:
    who, draws = sheet.case.who, sheet.case.chance.draws
    of, nth = np.nonzero(present(sheet))
    cell = who.number[of] * PEOPLE + nth
    relation = _relations(sheet, of, nth, cell)
    gender = _genders(sheet, of, nth, cell, relation)
    age = _ages(sheet, of, nth, cell, relation)
    known = (nth == 0) | (draws.uniform(cell, "edad-se-sabe") > 0.12)
    return {
        "persona_id": sheet.ids(of, "P", nth),
        "caso_id": sheet.cases(of),
        "parentesco": words(relation, _RELATIONS),
        "nombre": _names(sheet, cell, gender),
        "cedula": blank(cedulas(sheet, cell), ~(known & (age >= _CEDULA_FROM) & draws.chance(cell, "cedula", 0.8))),
        "telefono": blank(
            joined(TELEPHONES, codes("", draws.integers(cell, "telefono", 0, 9_999_999), 7)),
            (age < _TELEPHONE_FROM)
            | ((nth == 0) & (sheet.case.start.device[of] == 2))
            | draws.chance(cell, "sin-telefono", 0.1),
        ),
        "edad": pa.array(age, mask=~known),
        "genero": words(gender, cells(w.GENDERS)),
        "idioma": words(_language(sheet, of, nth), cells(w.LANGUAGES)),
        "apoyo": words(_support(sheet, nth, cell, age), w.ACCESS_NEEDS),
        "contacto_seguro": words(
            np.where((nth == 0) & draws.chance(cell, "seguro", 0.22), draws.integers(cell, "seguro-cual", 0, 3), -1),
            w.SAFE_CONTACT,
        ),
        "en_el_hogar": yes_no(at_home(sheet, nth, cell, relation)),
    }


def at_home(sheet: Sheet, nth: Whole, cell: Whole, relation: Whole) -> Flags:
    lives = ~sheet.case.chance.draws.chance(cell, "otra-casa", 0.1)
    here: Flags = (nth == 0) | (lives & (relation != _RELATIONS.index("vecina")))
    return here


def _relations(sheet: Sheet, of: Whole, nth: Whole, cell: Whole) -> Whole:
    draws, minor = sheet.case.chance.draws, sheet.case.start.minor[of]
    carer = np.array(_CARERS)[draws.pick(cell, "cuida", _CARER_SHARES)]
    beside = np.array(_BESIDE_MINOR)[draws.integers(cell, "con-ella", 0, len(_BESIDE_MINOR) - 1)]
    adult = np.array(_BESIDE_ADULT)[draws.pick(cell, "con-adulta", _BESIDE_SHARES)]
    old = (sheet.case.who.age[of] >= _OLD) & (nth == 1) & draws.chance(cell, "cuidadora", 0.4)
    adult = np.where(old, _CARER_OF_ADULT, adult)
    return np.where(nth == 0, 0, np.where(minor, np.where(nth == 1, carer, beside), adult)).astype(np.int64)


def carers(sheet: Sheet, of: Whole) -> Whole:
    """Who brings up each person, a place in ``texts.CARERS``: who speaks for a child."""
    cell = sheet.case.who.number[of] * PEOPLE + 1
    return sheet.case.chance.draws.pick(cell, "cuida", _CARER_SHARES)


def _genders(sheet: Sheet, of: Whole, nth: Whole, cell: Whole, relation: Whole) -> Whole:
    found = _GENDER_OF[relation]
    drawn = sheet.case.chance.draws.integers(cell, "genero-pareja", 0, 1)
    return np.where(nth == 0, sheet.case.who.gender[of], np.where(found < 0, drawn, found)).astype(np.int64)


def _ages(sheet: Sheet, of: Whole, nth: Whole, cell: Whole, relation: Whole) -> Whole:
    age, draws = sheet.case.who.age[of], sheet.case.chance.draws
    apart = draws.integers(cell, "edad-otra", 18, 38)
    near = np.clip(age + apart // 2 - 14, np.where(age < OF_AGE, 1, OF_AGE), _OLDEST)
    older = np.minimum(age + np.where(relation == _RELATIONS.index("abuela"), 26, 0) + apart, _OLDEST)
    found = np.where(np.isin(relation, _YOUNGER), np.maximum(0, age - apart), older)
    found = np.where(np.isin(relation, _OF_ONE_AGE), near, found)
    return np.where(nth == 0, age, found).astype(np.int64)


def _names(sheet: Sheet, cell: Whole, gender: Whole) -> Column:
    draws, women = sheet.case.chance.draws, len(GIVEN["femenino"])
    low, high = np.where(gender == 1, women, 0), np.where(gender == 0, women - 1, len(_GIVEN) - 1)
    surname = [draws.integers(cell, f"apellido-{nth}", 0, len(SURNAMES) - 1) for nth in (1, 2)]
    given = words(draws.integers(cell, "nombre", low, high), _GIVEN)
    return joined(given, " ", words(surname[0], SURNAMES), " ", words(surname[1], SURNAMES))


def cedulas(sheet: Sheet, cell: Whole) -> Column:
    """Identity numbers whose check digit is wrong (see :mod:`ciberaula.datasets.people`)."""
    draws = sheet.case.chance.draws
    drawn = draws.integers(cell, "cedula-provincia", 1, LAST_PROVINCE - 1)
    # Without 09, which mobile telephones begin with.
    body = (drawn + (drawn >= MOBILE)) * 10 + draws.integers(cell, "cedula-tercera", 0, 5)
    body = body * 1_000_000 + draws.integers(cell, "cedula-cifras", 0, 999_999)
    total = np.zeros_like(body)
    for place in range(9):
        figure = body // 10 ** (8 - place) % 10 * (2 - place % 2)
        total += np.where(figure > 9, figure - 9, figure)
    wrong = (-total % 10 + draws.integers(cell, "cedula-verificador", 1, 9)) % 10
    return codes("", body * 10 + wrong, 10)


def _language(sheet: Sheet, of: Whole, nth: Whole) -> Whole:
    """One for the whole case, but for sign language, which is the person's."""
    who, draws = sheet.case.who, sheet.case.chance.draws
    drawn = draws.uniform(who.number, "idioma")
    kichwa = (drawn < np.where(who.rural, _LANGUAGE_KICHWA[1], _LANGUAGE_KICHWA[0])) & _HIGHLANDS[who.canton]
    signs = (drawn > 0.99) & (who.age >= 5)
    found = np.where(kichwa, 1, 0)[of]
    return np.where((nth == 0) & signs[of], 2, found)


def _support(sheet: Sheet, nth: Whole, cell: Whole, age: Whole) -> Whole:
    draws = sheet.case.chance.draws
    some = draws.chance(cell, "apoyo", np.where(age >= 65, 0.25, np.where(age < 8, 0.0, 0.06))) & (nth == 0)
    return np.where(some, draws.integers(cell, "apoyo-cual", 0, len(w.ACCESS_NEEDS) - 1), -1)


def members(sheet: Sheet) -> Whole:
    """How many of the people of each case live in its household."""
    rows, nth = np.nonzero(present(sheet))
    cell = sheet.case.who.number[rows] * PEOPLE + nth
    here = at_home(sheet, nth, cell, _relations(sheet, rows, nth, cell))
    return np.bincount(rows, weights=here, minlength=len(sheet)).astype(np.int64)


def households(sheet: Sheet) -> Columns:
    who, start = sheet.case.who, sheet.case.start
    of = np.arange(len(sheet))
    return {
        "hogar_id": sheet.ids(of, "H", np.zeros_like(of)),
        "caso_id": sheet.codes,
        **_where(who.canton),
        "area": words(who.rural.astype(np.int64), cells(w.AREAS)),
        "dispositivo": words(start.device, cells(w.DEVICES)),
        "conexion": words(start.connection, cells(w.CONNECTIONS)),
        "integrantes": members(sheet),
    }


def concerns(sheet: Sheet) -> Columns:
    """What is feared for: always the first of the motive, at times a second."""
    who, start, draws = sheet.case.who, sheet.case.start, sheet.case.chance.draws
    second = draws.chance(who.number, "otra-preocupacion", 0.24)
    of, nth = np.nonzero(np.stack((np.ones_like(second), second), axis=1))
    kinds = np.array(w.CONCERNS_OF)[who.motive[of], nth]
    at = np.where(nth == 0, who.arrival[of] + 1, start.assessed[of] + 3)
    kept = sheet.happened(of, at)
    of, nth, kinds, at = of[kept], nth[kept], kinds[kept], at[kept]
    told = {"motive": kinds, "writer": sheet.worker_at(of, at), "carer": carers(sheet, of)}
    return {
        "preocupacion_id": sheet.ids(of, "R", nth),
        "caso_id": sheet.cases(of),
        "registrada": sheet.moment(of, at),
        "profesional_id": sheet.workers(of, at),
        "tipo": words(kinds, cells(w.CONCERNS)),
        "urgente": yes_no(start.urgent[of] & (nth == 0)),
        "detalle": sheet.texts("concern", of, 2, nth, told),
    }
