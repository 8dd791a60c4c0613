"""The rules of states, one by one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ciberaula.progress.rules import reasons_for_help, score_of, state_of
from ciberaula.progress.tables import ItemRow

NOW = datetime(2026, 6, 15, tzinfo=UTC)
ITEM = ItemRow("p", "05", "p01", "single", "datos.minimizar", "scored", 7.0, 10.0, False)
WAITING = replace(ITEM, item="p12", status="awaiting_review", earned=None)


def state(items, *, expected=1, written=True, started=True, reasons=()):
    return state_of(written=written, expected=expected, items=items, reasons=reasons, started=started, pass_share=0.7)


def reasons(items, *, submitted=True, days=1):
    return reasons_for_help(
        items, submitted=submitted, last_activity=NOW - timedelta(days=days), now=NOW, pass_share=0.7
    )


def test_what_nobody_graded_is_no_zero():
    assert score_of([WAITING]) is None
    assert score_of([ITEM, WAITING]) == 0.7


def test_exactly_the_pass_share_passes_whatever_the_rounding():
    thirds = [replace(ITEM, item=f"p{n}", earned=10 * 0.7 / 3, maximum=10 / 3) for n in range(3)]
    assert state(thirds, expected=3) == "completed"
    assert reasons(thirds) == ()


def test_below_the_pass_share_needs_help():
    low = [replace(ITEM, earned=6.9)]
    assert reasons(low) == ("low_score",)
    assert state(low, reasons=reasons(low)) == "needs_help"


def test_a_critical_error_keeps_a_high_score_from_completing():
    critical = [replace(ITEM, earned=10.0, critical=True)]
    assert state(critical, reasons=reasons(critical)) == "needs_help"


def test_an_answer_that_awaits_review_keeps_a_module_in_progress():
    assert state([ITEM, WAITING], expected=2) == "in_progress"


def test_inactivity_counts_only_before_handing_in_and_only_after_two_weeks():
    assert reasons([], submitted=False, days=14) == ()
    assert reasons([], submitted=False, days=15) == ("inactive",)
    assert reasons([WAITING], submitted=True, days=60) == ()


def test_nothing_done_is_not_started_and_an_unwritten_module_is_planned():
    assert state([], started=False) == "not_started"
    assert state([], started=False, written=False) == "planned"
