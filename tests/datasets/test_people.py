"""Nobody real: what the generators give cannot belong to anybody, and what could is recognised."""

import pytest

from ciberaula.datasets import people
from ciberaula.datasets.cantons import CANTONS, PROVINCES, REGIONS
from ciberaula.datasets.draws import Dice


def test_no_identity_number_passes_its_check() -> None:
    dice = Dice(1)
    numbers = [people.cedula(dice) for _one in range(5000)]
    assert all(len(number) == 10 and number.isdigit() for number in numbers)
    assert not any(people.is_real_cedula(number) or number.startswith("09") for number in numbers)
    assert {number[:2] for number in numbers} == {f"{province:02d}" for province in range(1, 25)} - {"09"}


@pytest.mark.parametrize("body", ["171003406", "010203040", "240599999"])
def test_the_check_of_the_registry_is_known(body: str) -> None:
    """By hand: 1·2 7 1·2 0 0 3 4·2 0 6·2→3 = 2+7+2+0+0+3+8+0+3 = 25, up to 30: 5."""
    right = {"171003406": 5, "010203040": 0, "240599999": 2}[body]
    assert people.check_digit(body) == right
    assert people.is_real_cedula(f"{body}{right}") is (int(body[2]) < 6)
    assert not people.is_real_cedula(f"{body}{(right + 1) % 10}")


@pytest.mark.parametrize("number", ["2510034065", "1770034065", "171003406", "17100340650", "17100340a5"])
def test_what_has_another_shape_is_no_identity_number(number: str) -> None:
    """No such province; third figure; too short; too long; a letter."""
    assert not people.is_real_cedula(number)


def test_no_telephone_can_be_dialled_and_real_ones_are_seen() -> None:
    dice = Dice(2)
    numbers = [people.telephone(dice) for _one in range(2000)]
    assert not any(people.is_assigned_telephone(number) or people.is_real_cedula(number) for number in numbers)
    assert people.is_assigned_telephone("099 123 4567")
    assert people.is_assigned_telephone("+593 2 234 5678")


def test_mail_belongs_to_nobody() -> None:
    dice = Dice(3)
    for gender in people.GENDERS:
        address = people.mail(dice, people.name(dice, gender))
        assert people.is_reserved_mail(address), address
        assert address.isascii()
    assert not people.is_reserved_mail("rosa@gmail.com")
    assert not people.is_reserved_mail("rosa@example.org.ec")


def test_names_are_drawn_freely_from_the_lists() -> None:
    dice = Dice(4)
    names = [people.name(dice, gender) for gender in people.GENDERS for _one in range(1000)]
    given = {word for words in people.GIVEN.values() for word in words}
    for name in names:
        first, *last = name.split()
        assert first in given
        assert len(last) == 2 and set(last) <= set(people.SURNAMES)
    # Free: nearly every combination is another one, and no given name is bound to a surname.
    assert len(set(names)) > 0.99 * len(names)


def test_lists_hold_common_names_once() -> None:
    for names in (*people.GIVEN.values(), people.SURNAMES):
        assert len(names) == len(set(names)) >= 75


def test_the_country_is_whole() -> None:
    assert len(PROVINCES) == 24 and len(CANTONS) == 221
    assert len({canton.id for canton in CANTONS}) == 221
    assert len({(canton.province, canton.name) for canton in CANTONS}) == 221
    assert sum(canton.capital for canton in CANTONS) == 24
    assert {canton.region for canton in CANTONS} == set(REGIONS)
