"""Agreement between two coders, against values worked out by hand."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciberaula.datasets.agreement import agreement, cohen_kappa, confusion
from ciberaula.errors import UserError

_CODES = st.sampled_from(["ben_acceso", "des_conexion", "pra_norma", "ninguno"])


def _from_table(counts: list[list[int]]) -> tuple[list[str], list[str]]:
    pairs = [
        (str(row), str(column))
        for row, line in enumerate(counts)
        for column, count in enumerate(line)
        for _unit in range(count)
    ]
    return [one for one, _other in pairs], [other for _one, other in pairs]


@pytest.mark.parametrize(
    ("counts", "observed", "kappa"),
    [
        # p_e = (25*30 + 25*20) / 50² = 0.5; kappa = (0.7 - 0.5) / 0.5.
        ([[20, 5], [10, 15]], 0.7, 0.4),
        # Rows 50, 30, 20; columns 40, 30, 30 of 100: p_e = (2000 + 900 + 600) / 10000 and p_o = 0.29: kappa = -0.06 / 0.65.
        ([[25, 13, 12], [12, 2, 16], [3, 15, 2]], 0.29, -6 / 65),
        # p_e = (1*2 + 2*1) / 9 and p_o = 2/3: kappa = (6 - 4) / (9 - 4).
        ([[1, 0], [1, 1]], 2 / 3, 0.4),
        ([[0, 5], [5, 0]], 0.0, -1.0),
        ([[7, 0], [0, 3]], 1.0, 1.0),
    ],
)
def test_kappa_of_known_tables(counts: list[list[int]], observed: float, kappa: float) -> None:
    first, second = _from_table(counts)
    assert agreement(first, second) == pytest.approx(observed)
    assert cohen_kappa(first, second) == pytest.approx(kappa)


def test_it_is_not_defined_for_one_code_throughout() -> None:
    assert math.isnan(cohen_kappa(["a", "a"], ["a", "a"]))


def test_confusion_counts_every_pair_in_the_given_order() -> None:
    table = confusion(["b", "a", "b", "c"], ["b", "b", "a", "c"], ["b", "a"])
    assert list(table.index) == list(table.columns) == ["b", "a", "c"]
    assert table.to_numpy().tolist() == [[1, 1, 0], [1, 0, 0], [0, 0, 1]]


def test_series_with_another_index_are_compared_by_place() -> None:
    first = pd.Series(["a", "b", "a"], index=[7, 8, 9])
    assert cohen_kappa(first, pd.Series(["a", "b", "b"])) == pytest.approx(0.4)


@pytest.mark.parametrize(("first", "second", "told"), [(["a"], ["a", "b"], "1 y 2"), ([], [], "ninguna unidad")])
def test_what_cannot_be_compared_is_said(first: list[str], second: list[str], told: str) -> None:
    with pytest.raises(UserError, match=told):
        cohen_kappa(first, second)


@given(st.lists(st.tuples(_CODES, _CODES), min_size=1, max_size=60))
def test_kappa_has_its_limits_and_is_the_same_from_both_sides(pairs: list[tuple[str, str]]) -> None:
    first, second = [one for one, _other in pairs], [other for _one, other in pairs]
    kappa = cohen_kappa(first, second)
    if math.isnan(kappa):
        assert set(first) == set(second) and len(set(first)) == 1
    else:
        assert -1 <= kappa <= agreement(first, second) <= 1
        assert kappa == pytest.approx(cohen_kappa(second, first))
