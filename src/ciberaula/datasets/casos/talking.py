"""Tables of what was said: ``contactos``, ``notas``, ``seguimientos``."""

import numpy as np

from ciberaula.datasets.casos import words as w
from ciberaula.datasets.casos import workdays
from ciberaula.datasets.casos.contacts import CONTACTS, EVERY, RETURN
from ciberaula.datasets.casos.households import carers
from ciberaula.datasets.casos.life import NEVER
from ciberaula.datasets.casos.sheet import Columns, Sheet, moments, rank, yes_no
from ciberaula.datasets.casos.staff import workers
from ciberaula.datasets.casos.words import cells
from ciberaula.datasets.columns import MINUTES_A_DAY, words
from ciberaula.datasets.draws import Flags, Share, Whole

_WORKERS = tuple(one.id for one in workers())
_HOUR = 60


def contacts(sheet: Sheet) -> Columns:
    found = sheet.contacts
    of, nth = np.nonzero(found.at < sheet.stop[:, None])
    at = found.at[of, nth]
    return {
        "contacto_id": sheet.ids(of, "C", rank(of)),
        "caso_id": sheet.cases(of),
        "persona_id": sheet.ids(of, "P", sheet.case.start.spoken[of]),
        "profesional_id": sheet.workers(of, at),
        "momento": sheet.moment(of, at),
        "canal": words(found.channel[of, nth], cells(w.CHANNELS)),
        "cuenta": words(found.account[of, nth], cells(w.ACCOUNTS)),
        "proposito": words(found.purpose[of, nth], w.CONTACT_PURPOSES),
        "datos": words(found.data[of, nth], cells(w.DATA)),
        "entrante": yes_no(found.incoming[of, nth]),
        "minutos": found.minutes[of, nth],
        "identidad_verificada": yes_no(found.verified[of, nth]),
    }


def notes(sheet: Sheet) -> Columns:
    """What was written after a contact: soon and whole by the careful, late, in part or not at all by the others."""
    found, draws = sheet.contacts, sheet.case.chance.draws
    happened = found.at < sheet.stop[:, None]
    of, nth = np.nonzero(happened)
    contact = rank(of)
    cell, at, care = found.cells[of, nth], found.at[of, nth], sheet.case.chance.care[of]
    soon = draws.uniform(cell, "nota-pronto") < care
    wait = np.where(
        soon, draws.spread(cell, "nota-en", (0, 0.02, 0.1, 0.5)), draws.spread(cell, "nota-tarde", (0.3, 1, 3, 9))
    )
    written = at + found.minutes[of, nth] + 6 + (wait * workdays.DAY).astype(np.int64)
    kept = (draws.uniform(cell, "nota") < 0.42 + 0.56 * care) & sheet.happened(of, written)
    of, nth, contact, cell, at, written = (column[kept] for column in (of, nth, contact, cell, at, written))
    # Whole hours before the note was written, as the desk counts them: within the hour that began with the contact.
    real = workdays.real(written)
    hours = (real - workdays.real(at)) // _HOUR
    writer = sheet.worker_at(of, written)
    told = {
        "channel": found.channel[of, nth],
        "incoming": found.incoming[of, nth].astype(np.int64),
        "carer": carers(sheet, of),
        "writer": writer,
    }
    care = care[kept]
    return {
        "nota_id": sheet.ids(of, "N", _order(of, written)),
        "caso_id": sheet.cases(of),
        "contacto_id": sheet.ids(of, "C", contact),
        "profesional_id": words(writer, _WORKERS),
        "ocurrio": moments(real - hours * _HOUR),
        "escrita": moments(real),
        "hechos": sheet.texts("facts", of, CONTACTS, nth, told),
        "opinion": sheet.texts("opinion", of, CONTACTS, nth, told, _writes(sheet, cell, care, "opinion")),
        "siguiente": sheet.texts("next", of, CONTACTS, nth, told, _writes(sheet, cell, care, "siguiente")),
    }


def _writes(sheet: Sheet, cell: Whole, care: Share, part: str) -> Flags:
    return sheet.case.chance.draws.uniform(cell, "escribe-" + part) < 0.55 + 0.5 * care


def _order(of: Whole, written: Whole) -> Whole:
    """The place of each note in its case by when it was written: a late one comes after notes of later contacts."""
    order = np.lexsort((written, of))
    place = np.empty_like(order)
    place[order] = rank(of[order])
    return place


def follow_ups(sheet: Sheet) -> Columns:
    """Days fixed at a contact for the next, and what became of them when it came."""
    found, draws, risk = sheet.contacts, sheet.case.chance.draws, sheet.case.start.risk
    last = found.at[:, : RETURN - 1]
    numbers = found.cells[:, : RETURN - 1]
    fixes = draws.uniform(numbers, "seguimiento") < (0.05 + 0.55 * sheet.case.chance.care)[:, None]
    next_at = found.at[:, 1:RETURN]
    # Where no other contact came, some days that were fixed stay without being met.
    fixes &= (next_at < NEVER) | (draws.uniform(numbers, "sin-hacer") < 0.35)
    of, nth = np.nonzero((last < sheet.stop[:, None]) & fixes)
    fixed = last[of, nth] + found.minutes[of, nth] + 3
    kept = sheet.happened(of, fixed)
    of, nth, fixed = of[kept], nth[kept], fixed[kept]
    cell = found.cells[of, nth]
    days = workdays.days_ahead(fixed, EVERY[risk[of]])
    next_ = found.at[of, nth + 1]
    done = np.where(next_ < NEVER, next_ + found.minutes[of, nth + 1] + 4, NEVER)
    over = sheet.happened(of, done)
    writer = sheet.worker_at(of, done)
    told = {"channel": found.channel[of, nth + 1], "carer": carers(sheet, of), "writer": writer}
    return {
        "seguimiento_id": sheet.ids(of, "G", rank(of)),
        "caso_id": sheet.cases(of),
        "tipo": words(draws.pick(cell, "seguimiento-tipo", (0.6, 0.28, 0.12)), cells(w.FOLLOW_UPS)),
        "fijado": sheet.moment(of, fixed),
        "profesional_id": sheet.workers(of, fixed),
        "previsto": moments(workdays.real(fixed) + days * MINUTES_A_DAY),
        "hecho": sheet.moment(of, done),
        "comentario": sheet.texts("comment", of, CONTACTS, nth, told, over),
    }
