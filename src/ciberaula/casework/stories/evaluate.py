"""Does a condition hold in a played story, and what shows it? Used by the engine and by the assessment alike."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ciberaula.casework import workflow
from ciberaula.casework.entities import CaseFile, Consent
from ciberaula.casework.requirements import consent_in_force
from ciberaula.casework.stories.conditions import Condition, ConsentState, Happening
from ciberaula.casework.stories.log import Happened, Log
from ciberaula.casework.stories.spec import Story


class Situationed(Protocol):
    """What a condition may look at: a :class:`~ciberaula.casework.stories.play.Play`, or its state."""

    @property
    def story(self) -> Story: ...
    @property
    def log(self) -> Log: ...
    @property
    def came(self) -> Mapping[str, datetime]: ...
    @property
    def ignored(self) -> Mapping[str, datetime]: ...
    @property
    def flags(self) -> set[str]: ...
    @property
    def connected(self) -> bool: ...

    def file(self, case_id: str) -> CaseFile | None: ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """That a condition holds: the records that show it (none where it is a state, or something that did not happen)."""

    records: tuple[Happened, ...] = ()


NOTHING_TO_SHOW = Evidence()


def holds(condition: Condition, play: Situationed) -> Evidence | None:
    """What shows that ``condition`` holds now, or ``None`` where it does not."""
    if condition.happened is not None:
        return _happened(condition, condition.happened, play)
    if condition.chose is not None:
        chosen = [one for one in play.log.of("choose") if one.outcome == "done" and _option(one) == condition.chose]
        return Evidence((chosen[0],)) if chosen else None
    if condition.all is not None:
        shown = [holds(one, play) for one in condition.all]
        return None if None in shown else _joined(shown)
    if condition.any is not None:
        return next((found for one in condition.any if (found := holds(one, play)) is not None), None)
    if condition.none is not None:
        return None if any(holds(one, play) is not None for one in condition.none) else NOTHING_TO_SHOW
    return NOTHING_TO_SHOW if _is_so(condition, play) else None


def _option(record: Happened) -> str:
    return f"{record.args.get('situation')}/{record.args.get('option')}"


def _joined(shown: list[Evidence | None]) -> Evidence:
    records = {one.n: one for evidence in shown if evidence is not None for one in evidence.records}
    return Evidence(tuple(records[n] for n in sorted(records)))


def _is_so(condition: Condition, play: Situationed) -> bool:
    """Conditions on the state of the story, not on what was done."""
    if condition.came is not None:
        return condition.came in play.came
    if condition.ignored is not None:
        return condition.ignored in play.ignored
    if condition.flag is not None:
        return condition.flag in play.flags
    if condition.consent is not None:
        return _agreed(condition.consent, play)
    if condition.offline is not None:
        return condition.offline is not play.connected
    return any(_case_is(condition, file) for file in _files(condition, play))


def _case_is(condition: Condition, file: CaseFile) -> bool:
    if condition.risk is not None:
        return file.case.risk is condition.risk
    return workflow.step(file) is condition.step


def _files(condition: Condition, play: Situationed) -> Iterator[CaseFile]:
    cases = [condition.case] if condition.case else list(dict.fromkeys(one.case for one in play.story.people.values()))
    for case in cases:
        file = play.file(case)
        if file is not None:
            yield file


def _agreed(state: ConsentState, play: Situationed) -> bool:
    person = play.story.people.get(state.person)
    file = play.file(person.case) if person else None

    def covers(consent: Consent) -> bool:
        return state.to is None or state.to in consent.to

    return file is not None and consent_in_force(file, state.purpose, state.person, covers) is not None


# What was done -------------------------------------------------------------------------------------------------------


def matching(wanted: Happening, play: Situationed) -> Iterator[Happened]:
    """Records that fit, in order."""
    by = wanted.by or play.story.player
    arguments = wanted.arguments
    for one in play.log.of(wanted.do):
        if (
            one.outcome == wanted.outcome
            and (by == "any" or one.by == by)
            and all(match.holds(one.args.get(name)) for name, match in arguments.items())
        ):
            yield one


def _happened(condition: Condition, wanted: Happening, play: Situationed) -> Evidence | None:
    found: list[Happened] = []
    companions: list[Happened] = []
    for one in matching(wanted, play):
        beside = _in_time(condition, one, play)
        if beside is None:
            continue
        found.append(one)
        companions += beside
        if len(found) == condition.at_least:
            return _joined([Evidence(tuple(found)), Evidence(tuple(companions))])
    return None


def _in_time(condition: Condition, record: Happened, play: Situationed) -> list[Happened] | None:
    """What else shows that ``record`` was done when the condition asks; ``None`` where it was not."""
    beside: list[Happened] = []
    if condition.of is not None:
        came = play.came.get(condition.of)
        if came is None or record.at < came or not _near(condition, came, record.at):
            return None
    if condition.after is not None:
        # The nearest one before: where that is too far, all are.
        earlier = [one for one in matching(condition.after, play) if one.n < record.n]
        if not earlier or not _near(condition, earlier[-1].at, record.at):
            return None
        beside.append(earlier[-1])
    if condition.before is not None:
        later = next((one for one in matching(condition.before, play) if one.n > record.n), None)
        if later is None or not _near(condition, record.at, later.at):
            return None
        beside.append(later)
    alone = condition.of is None and condition.after is None and condition.before is None
    return None if alone and not _near(condition, play.story.start, record.at) else beside


def _near(condition: Condition, earlier: datetime, later: datetime) -> bool:
    return condition.hours is None or later - earlier <= timedelta(hours=condition.hours)
