"""A simulated institution at work: deterministic, audited, and plausible enough to learn from."""

from collections import Counter

from ciberaula.casework.desk import Desk
from ciberaula.casework.entities import Consent, Note, Transition
from ciberaula.casework.practice import START, institution, practise
from ciberaula.casework.store.memory import MemoryStore
from ciberaula.casework.vocabulary import Purpose, Status, Step, TransitionKind
from ciberaula.casework.workflow import step

CASES = 120


def worked(seed: int = 3) -> MemoryStore:
    store = MemoryStore()
    practise(store, CASES, seed=seed)
    return store


def test_the_same_seed_gives_the_same_cases_and_audit() -> None:
    one, other = worked(), worked()
    assert one.files == other.files
    assert one.chain == other.chain
    assert worked(seed=4).files != one.files


def test_a_case_is_the_same_in_whatever_portion_it_is_made() -> None:
    staff = institution(CASES, seed=3)
    whole, part = MemoryStore(), MemoryStore()
    practise(whole, CASES, seed=3, staff=staff)
    practise(part, 20, seed=3, first=41, staff=staff)
    assert part.files == {id: whole.files[id] for id in part.files}
    assert len(part.files) > 15


def test_everything_is_audited_and_the_chain_holds() -> None:
    store = MemoryStore()
    tally = practise(store, CASES, seed=3)
    assert tally.actions == len(store.chain) == sum(tally.by_action.values())
    assert tally.refused == sum(entry.kind == "denied" for entry in store.chain)
    assert 0 < tally.refused < tally.actions / 4
    assert Desk(store, lambda: START).verify().ok


def test_dates_are_in_order_and_nothing_was_sent_without_consent() -> None:
    for file in worked().files.values():
        assert all(entity.made_at >= file.case.opened_at for entity in file)
        for note in file.of(Note):
            assert note.happened_at <= note.made_at
        sharing = [one for one in file.of(Consent) if one.purpose is Purpose.SHARING and one.granted]
        for sent in file.of(Transition):
            if sent.kind in (TransitionKind.REFERRAL, TransitionKind.TRANSFER):
                agreed = (one for one in sharing if sent.to in one.to and one.made_at <= sent.made_at)
                assert sent.override or any(set(sent.data) <= set(one.data) or not one.data for one in agreed)


def test_cases_stand_at_every_step() -> None:
    store = MemoryStore()
    practise(store, 400, seed=1)
    steps = Counter(step(file) for file in store.files.values())
    assert set(steps) == set(Step)
    statuses = Counter(file.case.status for file in store.files.values())
    assert statuses[Status.CLOSED] > 80
    assert statuses[Status.OPEN] > 80
