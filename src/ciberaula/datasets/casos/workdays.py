"""Office time: minutes of work since the first day of the period, and the real minutes they are.

A day of work has 540 minutes: 8:00 to 12:30 and 13:30 to 18:00, on no weekend and no national holiday of Ecuador. Adding
office minutes so always gives a moment at which somebody is at work, and order in office time is order in real time.
"""

import datetime as dt
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ciberaula.casework.calendars import Holidays
from ciberaula.datasets.columns import MINUTES_A_DAY
from ciberaula.datasets.draws import Whole

FIRST, LAST = dt.date(2024, 1, 8), dt.date(2025, 12, 31)
DAY = 540
HOUR = 60
_MORNING, _NOON, _AFTERNOON = 8 * HOUR, 270, 13 * HOUR + 30
_EPOCH = dt.date(1970, 1, 1).toordinal()
# Plans look further than the period: appointments and reviews may lie after its end.
_AHEAD = dt.date(2026, 12, 31)


@cache
def days() -> NDArray[np.int64]:
    """Days of work, as days since 1970-01-01, from ``FIRST`` to the end of the year after ``LAST``."""
    rest = Holidays("EC").rest
    known = (dt.date.fromordinal(day) for day in range(FIRST.toordinal(), _AHEAD.toordinal() + 1))
    return np.array([day.toordinal() - _EPOCH for day in known if rest(day) is None], dtype=np.int64)


@cache
def end() -> int:
    """The office minute after the last of the period: what comes then has not happened yet."""
    return DAY * int(np.searchsorted(days(), LAST.toordinal() - _EPOCH, side="right"))


def real(office: Whole) -> Whole:
    """Minutes since 1970-01-01 00:00 (local) of these office minutes."""
    day, minute = np.divmod(office, DAY)
    clock = np.where(minute < _NOON, minute + _MORNING, minute - _NOON + _AFTERNOON)
    return days()[np.minimum(day, len(days()) - 1)] * MINUTES_A_DAY + clock


def days_ahead(office: Whole, work_days: Whole) -> Whole:
    """How many calendar days lie between these office minutes and the same hour so many days of work later."""
    day, top = office // DAY, len(days()) - 1
    ahead: Whole = days()[np.minimum(day + work_days, top)] - days()[np.minimum(day, top)]
    return ahead


@cache
def _month_starts() -> NDArray[np.int64]:
    return np.array(
        [dt.date(2024 + month // 12, month % 12 + 1, 1).toordinal() - _EPOCH for month in range(36)], dtype=np.int64
    )


def month(office: Whole) -> Whole:
    """The month of these office minutes, counted from January 2024 as 0."""
    return np.searchsorted(_month_starts(), real(office) // MINUTES_A_DAY, side="right").astype(np.int64) - 1
