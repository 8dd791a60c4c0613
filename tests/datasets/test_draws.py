"""Draws: the same for ever, the same in any portion, and as likely as they say."""

from collections import Counter

import numpy as np
import pytest

from ciberaula.datasets.draws import Dice, Draws

ROWS = np.arange(1, 20_001)
FIRST = [0.1331779078993599, 0.9103081459265295, 0.7318237731860179]
DICE_ROLLS = [3, 5, 1, 4, 4, 1, 2, 1]
ONE_ROLL = 26


def test_draws_are_the_ones_of_the_published_sets() -> None:
    # Written down once: another machine, NumPy or Python must give these.
    draws = Draws(2026, "prueba")
    assert draws.uniform(np.arange(1, 4), "a").tolist() == FIRST
    assert draws.integers(np.arange(1, 9), "b", 1, 6).tolist() == DICE_ROLLS
    assert [draws.dice("c", 1).whole(1, 100) for _again in range(3)] == [ONE_ROLL] * 3


def test_a_row_does_not_depend_on_its_portion() -> None:
    draws = Draws(7, "prueba")
    whole = draws.uniform(ROWS, "a")
    assert (draws.uniform(ROWS[500:900], "a") == whole[500:900]).all()
    assert (draws.uniform(ROWS[::-1], "a") == whole[::-1]).all()


def test_streams_seeds_and_sets_have_nothing_in_common() -> None:
    first = Draws(1, "prueba").uniform(ROWS, "a")
    others = (
        Draws(1, "prueba").uniform(ROWS, "b"),
        Draws(2, "prueba").uniform(ROWS, "a"),
        Draws(1, "x").uniform(ROWS, "a"),
    )
    for other in others:
        assert abs(np.corrcoef(first, other)[0, 1]) < 0.03
    # Nor have neighbours: the simplest mistake of a counter-based generator.
    assert abs(np.corrcoef(first[1:], first[:-1])[0, 1]) < 0.03


def test_shares_are_even_and_picks_follow_their_weights() -> None:
    draws = Draws(3, "prueba")
    counts = np.bincount((draws.uniform(ROWS, "a") * 20).astype(int), minlength=20)
    assert counts.min() > 850 and counts.max() < 1150
    picked = np.bincount(draws.pick(ROWS, "b", [1, 0, 3]), minlength=3)
    assert picked[1] == 0
    assert picked[2] / picked[0] == pytest.approx(3, rel=0.1)
    rolled = draws.integers(ROWS, "c", 1, 6)
    assert set(rolled.tolist()) == {1, 2, 3, 4, 5, 6}
    assert draws.chance(ROWS, "d", 0.3).mean() == pytest.approx(0.3, abs=0.02)


def test_limits_of_whole_numbers_can_be_columns() -> None:
    high = ROWS % 5
    found = Draws(4, "prueba").integers(ROWS, "a", 0, high)
    assert (found <= high).all() and (found >= 0).all()


def test_a_spread_has_the_quantiles_it_was_given() -> None:
    found = Draws(5, "prueba").spread(ROWS, "a", [0, 1, 10])
    assert np.median(found) == pytest.approx(1, abs=0.1)
    assert found.min() >= 0 and found.max() < 10


def test_dice_shuffle_and_choose_without_losing_anything() -> None:
    dice = Dice(1)
    assert sorted(dice.shuffled(list(range(50)))) == list(range(50))
    assert len(set(dice.some(list(range(50)), 20))) == 20
    orders = Counter("".join(dice.shuffled("abc")) for _time in range(1200))
    assert len(orders) == 6 and min(orders.values()) > 150
    rolls = [dice.weighted("ab", [9, 1]) for _roll in range(1000)]
    assert 850 < rolls.count("a") < 950
    assert {dice.whole(1, 3) for _roll in range(100)} == {1, 2, 3}
