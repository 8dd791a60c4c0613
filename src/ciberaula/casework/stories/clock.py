"""The clock of a story: minutes since its start, moments such as ``D2 14:30``, durations such as ``90m``, ``2h``, ``3d``.

``D1`` is the day on which the story starts; ``D0`` and ``D-3`` lie before it.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from ciberaula.errors import UserError
from ciberaula.i18n import _

DAY = 24 * 60
MORNING = time(8)
_UNITS = {"m": 1, "h": 60, "d": DAY}
_MOMENT = re.compile(r"D(-?\d{1,3}) ([01]\d|2[0-3]):([0-5]\d)")
_DAYS = (_("lunes"), _("martes"), _("miércoles"), _("jueves"), _("viernes"), _("sábado"), _("domingo"))


def duration(text: str) -> int:
    """Minutes of ``30m``, ``2h`` or ``3d`` (a shape that the schema has checked)."""
    return int(text[:-1]) * _UNITS[text[-1]]


def in_words(moment: datetime) -> str:
    """``lunes 9, 22:10``: how people read a moment of a story."""
    return _("{weekday} {day}, {hour}").format(
        weekday=_DAYS[moment.weekday()], day=moment.day, hour=moment.strftime("%H:%M")
    )


def lasting(minutes: int) -> str:
    """How people read a length of time: ``45 minutos``, ``2 horas``, ``3 días``."""
    if minutes % DAY == 0 and minutes:
        days = minutes // DAY
        return _("1 día") if days == 1 else _("{n} días").format(n=days)
    if minutes % 60 == 0 and minutes:
        hours = minutes // 60
        return _("1 hora") if hours == 1 else _("{n} horas").format(n=hours)
    return _("{n} minutos").format(n=minutes)


@dataclass(frozen=True, slots=True)
class StoryClock:
    """Turns minutes since ``start`` into moments, and back."""

    start: datetime

    def at(self, minutes: float) -> datetime:
        """The moment ``minutes`` after the start."""
        return self.start + timedelta(minutes=minutes)

    def minutes(self, moment: str) -> int:
        """Minutes from the start to ``D2 14:30``; negative before it. Raises ``UserError`` for an hour that is none."""
        found = _MOMENT.fullmatch(moment)
        if found is None:
            raise UserError(
                _("«{moment}» no es un momento: escriba «D2 14:30», con la hora de 00:00 a 23:59.").format(
                    moment=moment
                )
            )
        day, hour, minute = (int(part) for part in found.groups())
        return (day - 1) * DAY + hour * 60 + minute - (self.start.hour * 60 + self.start.minute)

    def next_morning(self, minutes: float) -> int:
        """Minutes from the start to eight in the morning of the day after."""
        day = self.at(minutes).date() + timedelta(days=1)
        return int((datetime.combine(day, MORNING) - self.start).total_seconds() // 60)
