"""Which attempt counts and what being late costs: the rules alone, by example and by property."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciberaula.curriculum import Attempts, Late, Policy
from ciberaula.grading.ledger import Attempt
from ciberaula.grading.policy import decide, late_penalty, why_kept

DUE = datetime(2026, 3, 1, 23, 59)
BEST, LAST = Policy(attempts=Attempts(counts="best")), Policy()
ZERO, DAILY = Late(penalty="zero"), Late(penalty="points", points_per_day=1)


def attempt(number, points=None, state="graded", hours=None, *, counts=False, reason=None):
    at = None if hours is None else DUE + timedelta(hours=hours)
    graded = DUE + timedelta(days=999)
    return Attempt("t", "ana", number, at, "s", f"d{number}", "k", state, reason, points, counts, f"r{number}", graded)


def play(policy, attempts, due=DUE):
    """Grade attempts one after another; which one counts in the end."""
    known: list[Attempt] = []
    for one in attempts:
        counts = decide(policy, known, one, due=due)
        assert counts == (why_kept(policy, known, one, due=due) is None)
        if counts:
            known = [replace(other, counts=False) for other in known]
        known.append(replace(one, counts=counts))
    return next((one for one in known if one.counts), None)


def test_a_date_of_a_clock_that_ran_ahead_keeps_nothing_from_following():
    ahead, soon = attempt(1, 5, hours=100, counts=True), attempt(2, 2, hours=1)
    assert why_kept(LAST, [ahead], soon) == "cuenta la última entrega, la n.º 1"
    assert why_kept(LAST, [ahead], replace(soon, graded_at=DUE + timedelta(hours=2))) is None
    assert why_kept(LAST, [ahead], replace(soon, graded_at=DUE + timedelta(hours=99.9))) is not None


@pytest.mark.parametrize(
    ("policy", "before", "now", "told"),
    [
        (LAST, [], attempt(1, 2), None),
        (LAST, [attempt(1, 5, counts=True)], attempt(2, 2), None),
        (BEST, [attempt(1, 5, counts=True)], attempt(2, 6), None),
        (BEST, [attempt(1, 5, counts=True)], attempt(2, 5), "cuenta la mejor entrega, que sigue siendo la n.º 1"),
        (
            LAST,
            [attempt(1, 5, counts=True)],
            attempt(2, None, "not_gradable", reason="p02: la prueba falló."),
            "no se pudo calificar del todo (p02: la prueba falló); mientras tanto cuenta la entrega n.º 1",
        ),
        (BEST, [attempt(1, 9, "not_gradable", counts=True)], attempt(2, 1), None),
        (LAST, [attempt(1, None, "failed")], attempt(2, None, "not_gradable"), None),
        (
            Policy(attempts=Attempts(most=1)),
            [attempt(1, 1, counts=True)],
            attempt(2, 9),
            "se admite 1 entrega calificada y esta es posterior; se conserva sin contar",
        ),
        (Policy(attempts=Attempts(most=1)), [attempt(1, 1, "not_gradable", counts=True)], attempt(2, 9), None),
        (
            Policy(late=ZERO),
            [attempt(1, 3, hours=-1, counts=True)],
            attempt(2, 9, hours=1),
            "llegó fuera de plazo; cuenta la entrega n.º 1, que llegó a tiempo",
        ),
        (Policy(late=ZERO), [attempt(1, 3, hours=1, counts=True)], attempt(2, 9, hours=2), None),
        (LAST, [attempt(1, 3, hours=-1, counts=True)], attempt(2, 9, hours=1), None),
        (
            LAST,
            [attempt(1, 3, hours=-1, counts=True)],
            attempt(2, 9, hours=-5),
            "cuenta la última entrega, la n.º 1",
        ),
        (Policy(late=ZERO), [attempt(1, 3, hours=5, counts=True)], attempt(2, 1, hours=-5), None),
    ],
)
def test_what_counts_and_why_not(policy, before, now, told):
    assert why_kept(policy, before, now, due=DUE) == told


def test_grading_the_same_attempt_again_is_no_new_attempt():
    known = [attempt(1, 5), attempt(2, 6, counts=True)]
    assert decide(BEST, known, attempt(2, 4))  # its tests were corrected: nothing else of it is left to count
    assert decide(Policy(attempts=Attempts(most=2)), known, attempt(2, 4))
    assert not decide(BEST, known, attempt(1, 5.5))
    assert decide(BEST, known, attempt(1, 6))


def test_without_a_deadline_nothing_is_late():
    assert decide(Policy(late=ZERO), [attempt(1, 3, hours=-1, counts=True)], attempt(2, 9, hours=900))


def test_an_extension_moves_what_is_late():
    before, now = [attempt(1, 3, hours=-1, counts=True)], attempt(2, 9, hours=10)
    policy = Policy(late=ZERO)
    assert not decide(policy, before, now, due=DUE + timedelta(hours=9))
    assert decide(policy, before, now, due=DUE + timedelta(hours=10))


@pytest.mark.parametrize(
    ("late", "score", "seconds", "lost"),
    [
        (Late(), 6, 10**6, None),
        (ZERO, 6, 0, None),
        (ZERO, 6, 1, 6),
        (ZERO, 0, 1, None),
        (Late(penalty="zero", grace_minutes=10), 6, 600, None),
        (Late(penalty="zero", grace_minutes=10), 6, 601, 6),
        (DAILY, 6, 1, 1),
        (DAILY, 6, 86_400, 1),
        (DAILY, 6, 86_401, 2),
        (DAILY, 6, 86_400 * 30, 6),
        (Late(penalty="points", points_per_day=1, most_points=2.5), 6, 86_400 * 30, 2.5),
    ],
)
def test_what_being_late_costs(late, score, seconds, lost):
    assert late_penalty(late, score, seconds) == lost


lates = st.one_of(
    st.just(Late()),
    st.builds(Late, penalty=st.just("zero"), grace_minutes=st.integers(0, 600)),
    st.builds(
        Late,
        penalty=st.just("points"),
        points_per_day=st.floats(0.1, 10),
        most_points=st.none() | st.floats(0.1, 20),
        grace_minutes=st.integers(0, 600),
    ),
)
histories = st.lists(
    st.tuples(
        st.integers(0, 10), st.sampled_from(["graded", "graded", "not_gradable", "failed"]), st.integers(-50, 50)
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda one: one[2],
).map(
    lambda made: [
        attempt(number, float(points), state, hours) for number, (points, state, hours) in enumerate(made, start=1)
    ]
)


def worth(late, one):
    lost = late_penalty(late, one.points, max(0.0, (one.submitted_at - DUE).total_seconds()))
    return one.points - (lost or 0.0)


@given(late=lates, attempts=histories)
@settings(deadline=None)
def test_best_is_the_best_and_never_lowers(late, attempts):
    policy = Policy(attempts=Attempts(counts="best"), late=late)
    graded = [one for one in attempts if one.state == "graded"]
    if graded:
        reached = play(policy, attempts)
        most = max(worth(late, one) for one in graded)
        equal = [one for one in graded if worth(late, one) == most]
        assert reached.number == min(equal, key=lambda one: one.submitted_at).number
    values = []
    for count in range(1, len(attempts) + 1):
        counting = play(policy, attempts[:count])
        values.append((("failed", "not_gradable", "graded").index(counting.state), worth(late, counting)))
    assert values == sorted(values)


@given(attempts=histories)
@settings(deadline=None)
def test_last_is_the_last_handed_in_whatever_order_they_are_graded_in(attempts):
    graded = [one for one in attempts if one.state == "graded"]
    if graded:
        assert play(LAST, attempts).number == max(graded, key=lambda one: one.submitted_at).number


@given(late=lates, attempts=histories, counts=st.sampled_from(["best", "last"]), most=st.none() | st.integers(1, 4))
@settings(deadline=None)
def test_somebody_who_handed_in_always_has_an_attempt_that_counts(late, attempts, counts, most):
    policy = Policy(attempts=Attempts(counts=counts, most=most), late=late)
    counting = play(policy, attempts)
    assert counting is not None
    if any(one.state == "graded" for one in attempts):
        assert counting.state == "graded"


@given(attempts=histories, counts=st.sampled_from(["best", "last"]), most=st.integers(1, 3))
@settings(deadline=None)
def test_beyond_the_limit_nothing_changes(attempts, counts, most):
    policy = Policy(attempts=Attempts(counts=counts, most=most))
    in_order = sorted(attempts, key=lambda one: one.submitted_at)
    in_order = [replace(one, number=number) for number, one in enumerate(in_order, start=1)]
    graded = [one for one in in_order if one.state == "graded"]
    if len(graded) > most:
        until = in_order.index(graded[most - 1]) + 1
        assert play(policy, in_order).number == play(policy, in_order[:until]).number


@given(late=lates, score=st.floats(0, 100), seconds=st.floats(0, 10**7), more=st.floats(0, 10**6))
@settings(deadline=None)
def test_a_penalty_is_never_more_than_the_points_and_never_falls_with_time(late, score, seconds, more):
    lost, later = late_penalty(late, score, seconds), late_penalty(late, score, seconds + more)
    assert lost is None or 0 < lost <= score
    assert (later or 0.0) >= (lost or 0.0)
