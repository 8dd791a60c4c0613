"""Days of rest of a country, for counting business days.

National holidays come from the maintained ``holidays`` package. Two things of Ecuador's rule are put right here, since
they change deadlines (Ley Orgánica Reformatoria a la LOSEP y al Código del Trabajo, December 2016, as the press reports
it: *secondary*):

* when the rest of a holiday moves to another weekday, the day itself is a working day. The package lists both;
* 2 and 3 November are a pair with rules of its own: on Tuesday and Wednesday the Wednesday's rest moves to the Monday
  before; on Friday and Saturday the Saturday's moves to the Thursday before.

Local holidays and days of rest given by decree are in no package: they are passed as ``extra``.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, get_args

from ciberaula.errors import UserError
from ciberaula.i18n import _

Country = Literal["EC", "MX", "US"]
WEEKDAYS = (_("lunes"), _("martes"), _("miércoles"), _("jueves"), _("viernes"), _("sábado"), _("domingo"))
MONTHS = (
    *(_("enero"), _("febrero"), _("marzo"), _("abril"), _("mayo"), _("junio")),
    *(_("julio"), _("agosto"), _("septiembre"), _("octubre"), _("noviembre"), _("diciembre")),
)
_SATURDAY = 5
_NOVEMBER_PAIR_SINCE = 2017
_TUESDAY, _FRIDAY = 1, 4
# The package has no Spanish names for the United States.
_UNITED_STATES = {
    "New Year's Day": "Año Nuevo",
    "Martin Luther King Jr. Day": "Día de Martin Luther King",
    "Washington's Birthday": "Natalicio de Washington",
    "Memorial Day": "Día de los Caídos",
    "Juneteenth National Independence Day": "Juneteenth",
    "Independence Day": "Día de la Independencia",
    "Labor Day": "Día del Trabajo",
    "Columbus Day": "Día de Colón",
    "Veterans Day": "Día de los Veteranos",
    "Thanksgiving Day": "Acción de Gracias",
    "Christmas Day": "Navidad",
}


@dataclass(frozen=True)
class Holidays:
    """Days of rest of ``country`` plus ``extra`` ones (date -> Spanish name). Raises ``UserError`` for another country."""

    country: Country = "EC"
    extra: Mapping[dt.date, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if self.country not in get_args(Country):
            raise UserError(
                _("No hay calendario de feriados para «{country}»: use EC, MX o US.").format(country=self.country)
            )

    def name(self, day: dt.date) -> str | None:
        """The Spanish name of the holiday on ``day``, or ``None``. Raises ``UserError`` for a year nobody has compiled."""
        return self.extra.get(day) or _national(self.country, day.year).get(day)

    def rest(self, day: dt.date) -> str | None:
        """Why ``day`` is no business day («sábado», «domingo», «feriado: …»), or ``None`` when it is one."""
        if day.weekday() >= _SATURDAY:
            return WEEKDAYS[day.weekday()]
        name = self.name(day)
        return _("feriado: {name}").format(name=name) if name else None


@lru_cache(maxsize=64)
def _national(country: Country, year: int) -> Mapping[dt.date, str]:
    import holidays  # takes a moment, and most lessons count no days

    compiled = holidays.country_holidays(country, language="es")
    if not compiled.start_year <= year <= compiled.end_year:
        raise UserError(
            _(
                "El calendario de feriados llega de {first} a {last}: el año {year} queda fuera; revise la fecha."
            ).format(first=compiled.start_year, last=compiled.end_year, year=year)
        )
    days = {day: str(name) for day, name in holidays.country_holidays(country, years=year, language="es").items()}
    if country == "US":
        return {day: _in_spanish(name) for day, name in days.items()}
    if country == "MX":
        return days
    return _rest_days_of_ecuador(days, year, moved=compiled.observed_label.replace("%s", ""))


def _in_spanish(name: str) -> str:
    plain = name.removesuffix(" (observed)")
    moved = " (observado)" if plain != name else ""
    return _UNITED_STATES.get(plain, plain) + moved


def _rest_days_of_ecuador(days: dict[dt.date, str], year: int, moved: str) -> dict[dt.date, str]:
    kept = {
        day: name
        for day, name in days.items()
        if name.endswith(moved) or not _has_moved(days, day, name + moved) or day.weekday() >= _SATURDAY
    }
    souls, cuenca = dt.date(year, 11, 2), dt.date(year, 11, 3)
    if year >= _NOVEMBER_PAIR_SINCE and souls.weekday() in (_TUESDAY, _FRIDAY):
        name = days[cuenca]
        kept = {day: known for day, known in kept.items() if not dt.date(year, 11, 1) <= day <= cuenca}
        kept |= {souls: days[souls], souls - dt.timedelta(days=1): name + moved}
    return kept


def _has_moved(days: Mapping[dt.date, str], day: dt.date, observed: str) -> bool:
    near = (day + dt.timedelta(days=shift) for shift in (-2, -1, 1, 2))
    return any(days.get(other) == observed for other in near)


def in_words(day: dt.date, *, weekday: bool = False) -> str:
    """A date in Spanish: «16 de octubre de 2026», with ``weekday`` «viernes 16 de octubre de 2026»."""
    text = _("{day} de {month} de {year}").format(day=day.day, month=MONTHS[day.month - 1], year=day.year)
    return f"{WEEKDAYS[day.weekday()]} {text}" if weekday else text
