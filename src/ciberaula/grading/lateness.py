"""How late work came, in seconds and in words. Grace is a matter of what being late costs (``policy``), not of how late it is."""

from datetime import datetime

from ciberaula.i18n import _, ngettext

_MINUTE, _HOUR, _DAY = 60, 60 * 60, 24 * 60 * 60


def seconds_late(submitted_at: datetime | None, due: datetime | None) -> int:
    """Whole seconds after the deadline, extension included; 0 where there is no date or it was in time."""
    if submitted_at is None or due is None:
        return 0
    return max(0, int((submitted_at - due).total_seconds()))


def after_deadline(seconds: int) -> str:
    """«2 días y 3 h después del plazo»: in days and hours, in hours and minutes, or in minutes, rounded down."""
    return _("{delay} después del plazo").format(delay=_delay(seconds))


def _delay(seconds: int) -> str:
    if seconds < _MINUTE:
        return _("menos de un minuto")
    days, hours, minutes = seconds // _DAY, seconds % _DAY // _HOUR, seconds % _HOUR // _MINUTE
    parts = [
        (days, ngettext("{n} día", "{n} días", days)),
        (hours, _("{n} h")),
        (0 if days else minutes, _("{n} min")),
    ]
    told = [words.format(n=count) for count, words in parts if count]
    return _(" y ").join(told)
