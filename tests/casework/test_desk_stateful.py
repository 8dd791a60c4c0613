"""Random players of every role on one desk: whatever they try, what the desk promises holds."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from ciberaula.casework import policy, requirements
from ciberaula.casework.policy import Verdict
from tests.casework.desk_machine import DeskMachine

QUICK = settings(max_examples=150, stateful_step_count=50, deadline=None)


def test_what_the_desk_promises_holds_for_random_players() -> None:
    run_state_machine_as_test(DeskMachine, settings=QUICK)


def _consent_is_not_asked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(requirements, "sharing_consent", lambda *_about: True)


def _nobody_has_a_scope(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(policy, "_in_scope", lambda *_about: True)


def _reasons_are_not_audited(patch: pytest.MonkeyPatch) -> None:
    real = policy.check

    def silent(*args: Any, **named: Any) -> Verdict:
        real(*args, **named)
        return Verdict("")

    patch.setattr(policy, "check", silent)


@pytest.mark.parametrize(
    ("broken", "caught"),
    [
        (_consent_is_not_asked, "told without consent"),
        (_nobody_has_a_scope, "out of scope"),
        (_reasons_are_not_audited, "told without consent|out of scope"),
    ],
)
def test_a_desk_that_breaks_a_promise_is_caught(
    broken: Callable[[pytest.MonkeyPatch], None], caught: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine is no ceremony: with one rule of the policy gone it finds a disclosure or an access."""
    broken(monkeypatch)
    once = settings(QUICK, max_examples=400, derandomize=True, phases=[Phase.generate], report_multiple_bugs=False)
    with pytest.raises(AssertionError, match=caught):
        run_state_machine_as_test(DeskMachine, settings=once)
