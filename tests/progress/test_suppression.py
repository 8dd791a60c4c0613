"""Small groups stay hidden, also from somebody who knows the rules and can subtract."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from ciberaula.progress.suppression import Publication, publish


def test_groups_of_five_or_more_are_shown_with_their_total():
    assert publish({"norte": 7, "sur": 5}) == Publication({"norte": 7, "sur": 5}, 12)


def test_one_small_group_takes_the_next_smallest_with_it():
    published = publish({"norte": 12, "sur": 3, "costa": 6})
    assert published == Publication({"norte": 12, "sur": None, "costa": None}, 21)


def test_two_groups_of_one_person_hide_a_third_because_two_together_say_one_each():
    assert publish({"a": 1, "b": 1, "c": 20}) == Publication({"a": None, "b": None, "c": None}, 22)


def test_three_groups_as_large_as_small_ones_can_be_hide_a_fourth():
    assert publish({"a": 4, "b": 4, "c": 4, "d": 5}).groups["d"] is None


def test_fewer_than_five_people_in_all_publish_nothing():
    assert publish({"a": 2, "b": 2}) == Publication({}, None)
    assert publish({}) == Publication({}, None)


def test_groups_of_one_person_each_are_not_even_listed():
    assert publish(dict.fromkeys("abcde", 1)) == Publication({}, 5)


def test_an_empty_group_is_left_out():
    assert publish({"norte": 8, "sin nadie": 0}) == Publication({"norte": 8}, 8)


def _shares(total: int, groups: int) -> Iterator[tuple[int, ...]]:
    """Every way to share ``total`` people out among ``groups`` groups that hold at least one each."""
    if groups == 1:
        if total >= 1:
            yield (total,)
        return
    for first in range(1, total - groups + 2):
        for rest in _shares(total - first, groups - 1):
            yield (first, *rest)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(min_value=1, max_value=9), min_size=1, max_size=5))
def test_no_hidden_size_can_be_worked_out_even_knowing_the_rules(sizes):
    counts = {f"g{number}": size for number, size in enumerate(sizes)}
    published = publish(counts)
    hidden = [group for group, shown in published.groups.items() if shown is None]
    if not hidden:
        assert all(size >= 5 for group, size in counts.items() if group in published.groups)
        return
    assert published.total is not None
    left = published.total - sum(shown for shown in published.groups.values() if shown is not None)
    possible: dict[str, set[int]] = {group: set() for group in hidden}
    for share in _shares(left, len(hidden)):
        guess = dict(zip(hidden, share, strict=True))
        if publish({**counts, **guess}) == published:
            for group, size in guess.items():
                possible[group].add(size)
    assert all(len(sizes) >= 2 for sizes in possible.values()), possible


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(min_value=0, max_value=40), max_size=8))
def test_nothing_under_five_is_ever_shown(counts):
    published = publish(counts)
    assert all(shown is None or (shown >= 5 and shown == counts[group]) for group, shown in published.groups.items())
    assert published.total is None or published.total == sum(counts.values()) >= 5
