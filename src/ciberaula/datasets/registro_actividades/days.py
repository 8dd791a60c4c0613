"""The working days of 2025, and what is done in each: kinds, times and minutes that never overlap."""

import datetime as dt
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ciberaula.casework.calendars import Holidays
from ciberaula.datasets.draws import Draws, Flags, Share, Whole
from ciberaula.datasets.registro_actividades import vocabulary as w
from ciberaula.datasets.registro_actividades.staff import Staff

SLOTS = 7  # activities a day, at the most
LONGEST_DAY = 600
DAYS_A_STREAM = 400  # more than there are in a year: row numbers of different workers never meet
_HOW_MANY = (0, 0, 10, 24, 33, 22, 9, 2)
_FIRST, _FIRST_ON_THE_ROAD, _LAST = 8 * 60, 6 * 60 + 50, 18 * 60
_LUNCH, _BACK = 12 * 60 + 40, 14 * 60
_TRAINED_FROM = 6  # June: the training was in May
_RAIN = (1, 2, 3, 4)
_SCHOOL = ((8, 9), (4, 5))  # where it is not warm, and where it is
_LEAVE = (11, 22)  # working days of holidays, outside and in the public service
_NGO = w.INSTITUTIONS.index("organización no gubernamental")


@dataclass(frozen=True, slots=True)
class Cells:
    """What was done: one row an activity, in order of worker, day and hour. ``row`` tells them apart for good."""

    row: Whole
    worker: Whole  # position among the workers of the portion
    day: Whole  # days since 1970-01-01
    weekday: Whole  # place among the working days
    kind: Whole
    start: Whole  # minutes of the day
    minutes: Whole


@cache
def working_days() -> Whole:
    """Days since 1970-01-01 on which offices are open in 2025."""
    rest = Holidays("EC")
    first = dt.date(2025, 1, 1)
    year = (first + dt.timedelta(days=number) for number in range(365))
    return np.array([(day - dt.date(1970, 1, 1)).days for day in year if rest.rest(day) is None], dtype=np.int64)


def months(days: Whole) -> Whole:
    """1 … 12 for days since 1970-01-01."""
    return (days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12) + 1


def activities(draws: Draws, staff: Staff) -> Cells:
    """All that these workers wrote down in the year."""
    days = working_days()
    people, year = len(staff.number), len(days)
    day_row = (staff.number[:, None] * DAYS_A_STREAM + np.arange(year)).ravel()
    worker = np.repeat(np.arange(people), year)
    planned = draws.pick(day_row, "how-many", _HOW_MANY)
    planned = np.where(planned > 2, planned + (staff.busy[worker] * draws.chance(day_row, "busy", 0.35)), planned)
    count = np.where(_away(draws, staff, day_row, people, year), 0, np.minimum(planned, SLOTS))
    row = (day_row[:, None] * (SLOTS + 1) + np.arange(SLOTS)).astype(np.int64)
    there = np.arange(SLOTS) < count[:, None]
    kind = _kinds(draws, staff, row, worker, np.tile(months(days), people), there)
    minutes = _minutes(draws, staff, row, worker, kind)
    start, there = _timetable(draws, staff, row, worker, kind, minutes, there)
    return Cells(
        row=row[there],
        worker=np.repeat(worker, SLOTS).reshape(row.shape)[there],
        day=np.repeat(np.tile(days, people), SLOTS).reshape(row.shape)[there],
        weekday=np.repeat(np.tile(np.arange(year), people), SLOTS).reshape(row.shape)[there],
        kind=kind[there],
        start=start[there],
        minutes=minutes[there],
    )


def _away(draws: Draws, staff: Staff, day_row: Whole, people: int, year: int) -> Flags:
    """On holiday, once a year, or on leave for a day."""
    length = np.where(staff.institution == _NGO, *_LEAVE)
    begins = draws.integers(staff.number, "leave", 0, year - length)
    place = np.arange(year)[None, :]
    away = (place >= begins[:, None]) & (place < (begins + length)[:, None])
    return away.ravel() | draws.chance(day_row, "absent", 0.03)


def _kinds(draws: Draws, staff: Staff, row: Whole, worker: Whole, month: Whole, there: Flags) -> Whole:
    rural, warm = staff.rural[worker].astype(np.int64), staff.warm[worker].astype(np.int64)
    trained = staff.trained[worker].astype(np.int64)
    cumulative = _weights().cumsum(axis=-1)[rural, warm, trained, month - 1]
    drawn = draws.uniform(row.ravel(), "kind").reshape(row.shape) * cumulative[:, -1:]
    kind = np.empty(row.shape, dtype=np.int64)
    for slot in range(SLOTS):
        kind[:, slot] = (drawn[:, slot : slot + 1] >= cumulative).sum(axis=1)
    road = draws.uniform(row.ravel(), "journey").reshape(row.shape) < np.array(w.JOURNEYS)[rural][:, None]
    for slot in range(SLOTS - 1):
        before_visit = there[:, slot + 1] & (kind[:, slot + 1] == w.VISIT) & (kind[:, slot] != w.VISIT)
        kind[:, slot] = np.where(before_visit & road[:, slot], w.TRAVEL, kind[:, slot])
    return kind


@cache
def _weights() -> Share:
    """Weights of kinds by area, climate, training and month."""
    found = np.empty((2, 2, 2, 12, len(w.KINDS)))
    found[0], found[1] = np.array(w.URBAN), np.array(w.RURAL)
    for warm in range(2):
        for month in _SCHOOL[warm]:
            found[:, warm, :, month - 1, w.COORDINATION] *= 1.5
            found[:, warm, :, month - 1, w.ERRAND] *= 1.7
            found[:, warm, :, month - 1, w.TRAINING] *= 0.6
    for month in _RAIN:
        found[:, 1, :, month - 1, w.VISIT] *= 0.62
        found[:, 1, :, month - 1, w.CALL] *= 1.35
    found[..., 11, w.MEETING] *= 1.4
    found[..., 11, w.REPORT] *= 1.5
    found[:, :, 1, 4, w.TRAINING] *= 5
    after: NDArray[np.float64] = found[:, :, 1, _TRAINED_FROM - 1 :]
    after[..., w.TELE] *= 3.2
    after[..., w.VIDEO] *= 2.4
    after[..., w.VISIT] *= 0.85
    after[..., w.INTERVIEW] *= 0.85
    return found


def _minutes(draws: Draws, staff: Staff, row: Whole, worker: Whole, kind: Whole) -> Whole:
    table = np.array(w.MINUTES)
    place = draws.uniform(row.ravel(), "minutes").reshape(row.shape) * (table.shape[1] - 1)
    below = place.astype(np.int64)
    low, high = table[kind, below], table[kind, below + 1]
    exact = low + (high - low) * (place - below)
    exact = np.where((kind == w.TRAVEL) & staff.rural[worker][:, None], exact * 1.35, exact)
    # Short calls are written with the minutes they took; the rest is rounded, each in her own way.
    step = np.where(exact < 15, np.minimum(staff.step[worker][:, None], 5), staff.step[worker][:, None])
    rounded: Whole = (np.maximum(np.floor(exact / step + 0.5), 1) * step).astype(np.int64)
    return rounded


def _timetable(
    draws: Draws, staff: Staff, row: Whole, worker: Whole, kind: Whole, minutes: Whole, there: Flags
) -> tuple[Whole, Flags]:
    """When each begins. What would end after six in the evening, or make more than ten hours, is not done that day."""
    first = np.where(staff.rural[worker] & (kind[:, 0] == w.TRAVEL), _FIRST_ON_THE_ROAD, _FIRST)
    now = first + draws.integers(row[:, 0], "morning", 0, 8) * 5
    gap = draws.integers(row.ravel(), "gap", 0, 9).reshape(row.shape) * 5
    start = np.zeros(row.shape, dtype=np.int64)
    done = np.zeros(len(row), dtype=np.int64)
    kept = there.copy()
    for slot in range(SLOTS):
        at = now + (gap[:, slot] if slot else 0)
        at = np.where((at >= _LUNCH) & (at < _BACK), _BACK + gap[:, slot] // 2, at)
        kept[:, slot] &= (at + minutes[:, slot] <= _LAST) & (done + minutes[:, slot] <= LONGEST_DAY)
        start[:, slot] = at
        now = np.where(kept[:, slot], at + minutes[:, slot], now)
        done = np.where(kept[:, slot], done + minutes[:, slot], done)
    return start, kept
