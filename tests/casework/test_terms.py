"""Término, plazo and hours, against cases worked by hand on the calendar and against properties."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciberaula.casework.calendars import Holidays
from ciberaula.casework.legal import parameter
from ciberaula.casework.terms import deadline
from ciberaula.errors import UserError

DATES = st.dates(dt.date(2017, 1, 1), dt.date(2060, 12, 31))
AMOUNTS = st.integers(1, 60)


@pytest.mark.parametrize(
    ("known", "amount", "due"),
    [
        # Thursday before the October holiday weekend: 12, 13, 14, 15, 16.
        (dt.date(2026, 10, 8), 5, dt.date(2026, 10, 16)),
        # Thursday before All Souls' and Cuenca (Monday 2, Tuesday 3): Fri 30, Wed 4, Thu 5, Fri 6, Mon 9.
        (dt.date(2026, 10, 29), 5, dt.date(2026, 11, 9)),
        # The same incident for the person, three days: Fri 30, Wed 4, Thu 5.
        (dt.date(2026, 10, 29), 3, dt.date(2026, 11, 5)),
        # A Saturday: Mon 23, Tue 24, Wed 25, Thu 26, Fri 27.
        (dt.date(2026, 11, 21), 5, dt.date(2026, 11, 27)),
        # Holy Wednesday: Thu 2, (Good Friday 3, weekend), Mon 6, Tue 7, Wed 8, Thu 9.
        (dt.date(2026, 4, 1), 5, dt.date(2026, 4, 9)),
        # Over the year: Thu 31 counts, Friday 1 January rests, Mon 4, Tue 5, Wed 6, Thu 7.
        (dt.date(2026, 12, 30), 5, dt.date(2027, 1, 7)),
        # 1 May 2025 was a Thursday whose rest moved to Friday 2: the Thursday counts.
        (dt.date(2025, 4, 30), 2, dt.date(2025, 5, 5)),
    ],
)
def test_termino_worked_by_hand(known: dt.date, amount: int, due: dt.date) -> None:
    assert deadline(known, amount, "days", "termino").due == due


def test_the_days_say_why() -> None:
    days = deadline(dt.date(2026, 10, 8), 2, "days", "termino").days
    assert [(day.date.day, day.counted, day.reason) for day in days] == [
        (8, False, "se conoce el hecho; se cuenta desde después"),
        (9, False, "feriado: Independencia de Guayaquil"),
        (10, False, "sábado"),
        (11, False, "domingo"),
        (12, True, "día hábil 1 de 2"),
        (13, True, "día hábil 2 de 2"),
    ]


def test_plazo_and_termino_of_the_same_request_differ() -> None:
    asked = dt.date(2026, 11, 20)
    plazo = deadline(asked, parameter("ec.rights.answer.plazo").amount, "days", "plazo")
    termino = deadline(asked, parameter("ec.rights.answer.termino").amount, "days", "termino")
    assert (plazo.due, termino.due) == (dt.date(2026, 12, 5), dt.date(2026, 12, 4))
    assert [day.reason for day in plazo.days[-2:]] == ["día 14 de 15", "día 15 de 15"]


def test_hours_run_through_the_weekend() -> None:
    found = deadline(dt.datetime(2026, 10, 8, 18, 30), 72, "hours", "horas")
    assert found.due == dt.datetime(2026, 10, 11, 18, 30)
    assert [day.counted for day in found.days] == [True] * 4


def test_hours_are_real_hours_over_summer_time() -> None:
    madrid = ZoneInfo("Europe/Madrid")
    found = deadline(dt.datetime(2026, 10, 24, 12, 0, tzinfo=madrid), 24, "hours", "horas")
    assert found.due == dt.datetime(2026, 10, 25, 11, 0, tzinfo=madrid)


def test_local_holidays_put_the_term_off() -> None:
    calendar = Holidays("EC", {dt.date(2026, 12, 7): "Fundación de Quito (trasladado)"})
    assert deadline(dt.date(2026, 12, 4), 1, "days", "termino", calendar).due == dt.date(2026, 12, 8)


def test_the_time_of_day_changes_no_count_in_days() -> None:
    late = dt.datetime(2026, 10, 8, 23, 59)
    assert deadline(late, 5, "days", "termino") == deadline(late.date(), 5, "days", "termino")


def test_the_reservation_says_what_is_not_certain() -> None:
    known = dt.date(2026, 11, 20)
    assert "según comentaristas" in deadline(known, 5, "days", "termino").reservation
    assert "en discusión" in deadline(known, 5, "days", "termino").reservation
    assert "no mueve la fecha" in deadline(known, 15, "days", "plazo").reservation
    assert "otro país" in deadline(known, 5, "days", "termino", Holidays("MX")).reservation
    assert "no se cuenta en horas" in deadline(dt.datetime(2026, 1, 1), 72, "hours", "horas").reservation


@pytest.mark.parametrize("amount", [0, -1, 1001, 2.5, True, "5", None])
def test_a_bad_amount_is_refused(amount: object) -> None:
    with pytest.raises(UserError, match="número entero de 1 a 1000"):
        deadline(dt.date(2026, 1, 1), amount, "days", "termino")  # type: ignore[arg-type]


def test_what_does_not_fit_is_refused() -> None:
    day = dt.date(2026, 1, 1)
    with pytest.raises(UserError, match="se cuenta en días"):
        deadline(day, 5, "hours", "termino")
    with pytest.raises(UserError, match="se cuenta en días"):
        deadline(day, 5, "days", "horas")
    with pytest.raises(UserError, match="hace falta la hora"):
        deadline(day, 72, "hours", "horas")
    with pytest.raises(UserError, match="queda fuera"):
        deadline(dt.date(2100, 12, 30), 5, "days", "termino")
    with pytest.raises(UserError, match="se sale del calendario"):
        deadline(dt.date.max, 5, "days", "plazo")
    with pytest.raises(UserError, match="se sale del calendario"):
        deadline(dt.datetime.max, 5, "hours", "horas")


@given(known=DATES, amount=AMOUNTS)
@settings(deadline=None)
def test_termino_counts_exactly_business_days(known: dt.date, amount: int) -> None:
    calendar = Holidays("EC")
    found = deadline(known, amount, "days", "termino", calendar)
    assert sum(day.counted for day in found.days) == amount
    assert found.days[0].date == known
    assert found.days[-1].date == found.due
    assert found.days[-1].counted
    assert not found.days[0].counted
    assert [day.date for day in found.days] == [known + dt.timedelta(days=n) for n in range(len(found.days))]
    assert all(day.counted == (calendar.rest(day.date) is None) for day in found.days[1:])


@given(known=DATES, amount=AMOUNTS, more=st.integers(1, 20))
@settings(deadline=None)
def test_more_days_or_a_later_start_never_end_sooner(known: dt.date, amount: int, more: int) -> None:
    due = deadline(known, amount, "days", "termino").due
    assert deadline(known, amount + more, "days", "termino").due > due
    assert deadline(known + dt.timedelta(days=more), amount, "days", "termino").due >= due


@given(known=DATES, amount=AMOUNTS, shift=st.integers(1, 30))
@settings(deadline=None)
def test_another_holiday_never_brings_the_term_forward(known: dt.date, amount: int, shift: int) -> None:
    more = Holidays("EC", {known + dt.timedelta(days=shift): "local"})
    assert deadline(known, amount, "days", "termino", more).due >= deadline(known, amount, "days", "termino").due


@given(known=DATES, amount=AMOUNTS)
def test_plazo_is_plain_addition_and_never_later_than_termino(known: dt.date, amount: int) -> None:
    plazo = deadline(known, amount, "days", "plazo")
    assert plazo.due == known + dt.timedelta(days=amount)
    assert sum(day.counted for day in plazo.days) == amount
    assert plazo.due <= deadline(known, amount, "days", "termino").due


@given(known=st.datetimes(dt.datetime(2017, 1, 1), dt.datetime(2060, 1, 1)), hours=st.integers(1, 1000))
def test_hours_are_plain_addition(known: dt.datetime, hours: int) -> None:
    found = deadline(known, hours, "hours", "horas")
    assert found.due == known + dt.timedelta(hours=hours)
    assert found.days[-1].date == (known + dt.timedelta(hours=hours)).date()
