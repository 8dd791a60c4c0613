from datetime import datetime

import pytest

from ciberaula.casework.stories.clock import StoryClock, duration, in_words
from ciberaula.errors import UserError

CLOCK = StoryClock(datetime(2026, 3, 9, 8, 0))


@pytest.mark.parametrize(("text", "minutes"), [("30m", 30), ("2h", 120), ("3d", 3 * 1440), ("0m", 0)])
def test_durations(text, minutes):
    assert duration(text) == minutes


@pytest.mark.parametrize(
    ("moment", "at"),
    [
        ("D1 08:00", datetime(2026, 3, 9, 8, 0)),
        ("D0 16:30", datetime(2026, 3, 8, 16, 30)),
        ("D-3 23:59", datetime(2026, 3, 5, 23, 59)),
        ("D24 00:00", datetime(2026, 4, 1, 0, 0)),
    ],
)
def test_moments_count_from_the_day_on_which_the_story_starts(moment, at):
    assert CLOCK.at(CLOCK.minutes(moment)) == at


@pytest.mark.parametrize("moment", ["D1 24:00", "D1 8:00", "mañana", "D1 08:60"])
def test_what_is_no_moment_is_told(moment):
    with pytest.raises(UserError, match="no es un momento"):
        CLOCK.minutes(moment)


def test_the_next_morning_is_at_eight_of_the_day_after():
    assert CLOCK.at(CLOCK.next_morning(0)) == datetime(2026, 3, 10, 8, 0)
    assert CLOCK.at(CLOCK.next_morning(15 * 60 + 59)) == datetime(2026, 3, 10, 8, 0)
    assert CLOCK.at(CLOCK.next_morning(16 * 60)) == datetime(2026, 3, 11, 8, 0)


def test_a_moment_reads_in_spanish():
    assert in_words(datetime(2026, 3, 11, 22, 5)) == "miércoles 11, 22:05"
