"""Deadlines as the law counts them: *término*, *plazo* and straight hours.

Sources. A *término* leaves out Saturdays, Sundays and holidays and starts on the next business day: Código Orgánico
Administrativo of Ecuador, arts. 158–159, known to us through commentary only (*secondary*), and how the data-protection
authority reads it is disputed. A *plazo* counts every calendar day from the day after. Hours run straight, by day and
night. Every :class:`Deadline` carries that reservation; nothing here is legal advice.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from ciberaula.casework.calendars import Holidays
from ciberaula.casework.legal import Count
from ciberaula.errors import UserError
from ciberaula.i18n import _

Unit = Literal["days", "hours"]
LONGEST = 1000
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """A calendar day on the way to a deadline: whether it was counted, and why (Spanish). ``start``: the day of knowing."""

    date: dt.date
    counted: bool
    reason: str
    start: bool = False


@dataclass(frozen=True)
class Deadline:
    """``due``: the last day (a date), or the exact moment (a datetime) for hours.

    ``days`` are all days from the one on which it became known through the last one. ``reservation`` (Spanish) says what
    is not certain about the count and must be shown with it.
    """

    due: dt.date | dt.datetime
    days: tuple[Day, ...]
    reservation: str


def deadline(
    known: dt.date | dt.datetime, amount: int, unit: Unit, count: Count, calendar: Holidays | None = None
) -> Deadline:
    """When a period of ``amount`` days or hours ends that starts with knowing a fact on ``known``.

    ``calendar`` is Ecuador's by default. The day of knowing never counts as one of the days. Raises ``UserError`` where
    the amount is no whole number from 1 to 1000, the unit does not fit the count, hours are asked from a date without
    time of day, or a year has no compiled holidays.
    """
    calendar = calendar or Holidays()
    if isinstance(amount, bool) or not isinstance(amount, int) or not 1 <= amount <= LONGEST:
        raise UserError(_("La cantidad debe ser un número entero de 1 a {most}.").format(most=LONGEST))
    if (unit == "hours") != (count == "horas"):
        raise UserError(_("Un término o un plazo se cuenta en días; las horas se cuentan de corrido."))
    if count == "horas":
        return _hours(known, amount)
    start = known.date() if isinstance(known, dt.datetime) else known
    counter = _business_days if count == "termino" else _calendar_days
    return counter(start, amount, calendar)


def _business_days(start: dt.date, amount: int, calendar: Holidays) -> Deadline:
    days = [_first(start)]
    counted = 0
    while counted < amount:
        day = _next(days[-1].date)
        rest = calendar.rest(day)
        if rest is None:
            counted += 1
        reason = rest or _("día hábil {n} de {total}").format(n=counted, total=amount)
        days.append(Day(day, rest is None, reason))
    reservation = _(
        "La regla para contar un término la conocemos según comentaristas (COA, arts. 158–159), y cómo la lee la autoridad "
        "de datos está en discusión. El calendario no trae los feriados locales ni los descansos por decreto: agréguelos. "
        "Si puede, avise antes."
    )
    return Deadline(days[-1].date, tuple(days), reservation + _abroad(calendar))


def _calendar_days(start: dt.date, amount: int, calendar: Holidays) -> Deadline:
    days = [_first(start)]
    for n in range(1, amount + 1):
        day = _next(days[-1].date)
        days.append(Day(day, True, _("día {n} de {total}").format(n=n, total=amount)))
    reservation = _(
        "Un plazo cuenta todos los días del calendario. Esta cuenta no mueve la fecha cuando el último día no es hábil: "
        "cómo se hace en su caso debe confirmarlo. Si puede, conteste antes."
    )
    return Deadline(days[-1].date, tuple(days), reservation + _abroad(calendar))


def _hours(known: dt.date | dt.datetime, amount: int) -> Deadline:
    if not isinstance(known, dt.datetime):
        raise UserError(_("Para contar horas hace falta la hora en que se conoció el hecho: indíquela con la fecha."))
    try:
        # In UTC, so that a change to summer time neither adds nor takes an hour.
        due = (
            (known.astimezone(dt.UTC) + dt.timedelta(hours=amount)).astimezone(known.tzinfo)
            if known.tzinfo
            else known + dt.timedelta(hours=amount)
        )
    except OverflowError as error:
        raise _out_of_calendar() from error
    days = [Day(known.date(), True, _("corre desde las {time}").format(time=known.strftime("%H:%M")), start=True)]
    while days[-1].date < due.date():
        days.append(Day(_next(days[-1].date), True, _("corre de corrido, sea hábil o no")))
    reservation = _(
        "Las horas corren de corrido, también de noche y en feriado. En Ecuador el aviso de una vulneración no se cuenta "
        "en horas, sino en días de término."
    )
    return Deadline(due, tuple(days), reservation)


def _first(start: dt.date) -> Day:
    return Day(start, False, _("se conoce el hecho; se cuenta desde después"), start=True)


def _next(day: dt.date) -> dt.date:
    try:
        return day + _DAY
    except OverflowError as error:
        raise _out_of_calendar() from error


def _out_of_calendar() -> UserError:
    return UserError(_("La fecha se sale del calendario: revise el año."))


def _abroad(calendar: Holidays) -> str:
    if calendar.country == "EC":
        return ""
    return " " + _("Término y plazo son figuras de la ley ecuatoriana: otro país puede contar de otra manera.")
