"""Days of rest of Ecuador, Mexico and the United States."""

import datetime as dt

import pytest

from ciberaula.casework.calendars import Holidays
from ciberaula.errors import UserError


def rest_days(year: int, month: int, country: str = "EC") -> list[int]:
    calendar = Holidays(country)  # type: ignore[arg-type]
    first = dt.date(year, month, 1)
    days = [first + dt.timedelta(days=n) for n in range(31)]
    return [day.day for day in days if day.month == month and day.weekday() < 5 and calendar.rest(day)]


@pytest.mark.parametrize(
    ("year", "month", "expected"),
    [
        (2026, 5, [1, 25]),  # Friday stays; Sunday 24 moves to Monday
        (2026, 11, [2, 3]),  # Monday and Tuesday stay
        (2025, 5, [2, 23]),  # Thursday 1 moves to Friday, and Thursday is worked; Saturday 24 moves to Friday
        (2025, 10, [10]),  # Thursday 9 moves to Friday
        (2025, 11, [3, 4]),  # Sunday 2 moves past Monday 3 to Tuesday
        (2022, 11, [3, 4]),  # Wednesday 2 moves past Thursday 3 to Friday
        (2021, 11, [1, 2]),  # Tuesday 2 stays, Wednesday 3 moves before it to Monday
        (2018, 11, [1, 2]),  # Friday 2 stays, Saturday 3 moves before it to Thursday
        (2019, 11, [1, 4]),  # Saturday to Friday, Sunday to Monday
        (2027, 8, [9]),  # Tuesday 10 moves to Monday, and Tuesday is worked
        (2025, 1, [1]),  # a Wednesday that never moves
        (2025, 12, [25]),  # a Thursday that never moves
        (2026, 2, [16, 17]),  # carnival never moves
    ],
)
def test_ecuador_moves_its_rest(year: int, month: int, expected: list[int]) -> None:
    assert rest_days(year, month) == expected


@pytest.mark.parametrize("year", range(2017, 2041))
def test_ecuador_rests_as_many_weekdays_as_its_law_names(year: int) -> None:
    """Eleven: two of carnival, Good Friday, and eight dates, none lost by a weekend; New Year's may fall in December."""
    rests = sum(len(rest_days(year, month)) for month in range(1, 13))
    new_year_before = dt.date(year, 1, 1).weekday() == 5
    new_year_after = dt.date(year + 1, 1, 1).weekday() == 5
    assert rests == 11 - new_year_before + new_year_after


def test_names_are_spanish() -> None:
    assert Holidays("EC").rest(dt.date(2026, 10, 9)) == "feriado: Independencia de Guayaquil"
    assert Holidays("MX").rest(dt.date(2026, 9, 16)) == "feriado: Día de la Independencia"
    assert Holidays("US").name(dt.date(2026, 12, 25)) == "Navidad"
    assert Holidays("US").name(dt.date(2026, 7, 3)) == "Día de la Independencia (observado)"
    assert Holidays("EC").rest(dt.date(2026, 11, 21)) == "sábado"
    assert Holidays("EC").rest(dt.date(2026, 11, 22)) == "domingo"
    assert Holidays("EC").rest(dt.date(2026, 11, 20)) is None


def test_a_local_holiday_is_added() -> None:
    quito = dt.date(2027, 12, 6)
    assert Holidays("EC").rest(quito) is None
    assert Holidays("EC", {quito: "Fundación de Quito"}).rest(quito) == "feriado: Fundación de Quito"


def test_an_uncompiled_year_is_refused() -> None:
    for year in (1800, 2300):
        with pytest.raises(UserError, match=f"el año {year} queda fuera"):
            Holidays("EC").name(dt.date(year, 5, 4))


def test_another_country_is_refused() -> None:
    with pytest.raises(UserError, match="«PE»"):
        Holidays("PE")  # type: ignore[arg-type]
