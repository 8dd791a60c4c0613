"""k-anonymity, l-diversity and what is done for them, on tables small enough to count by hand."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciberaula.datasets import privacy
from ciberaula.errors import UserError

QUASI = ["edad", "genero"]
ROWS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from("fm"), st.sampled_from("xyz")), min_size=1, max_size=40)


def table(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["edad", "genero", "motivo"])


HAND = table((8, "f", "a"), (8, "f", "a"), (8, "m", "a"), (30, "f", "a"), (30, "f", "b"), (30, "f", "c"))


def test_counted_by_hand() -> None:
    assert privacy.group_sizes(HAND, QUASI).to_dict() == {(8, "m"): 1, (8, "f"): 2, (30, "f"): 3}
    assert privacy.row_group_sizes(HAND, QUASI).tolist() == [2, 2, 1, 3, 3, 3]
    assert privacy.k_anonymity(HAND, QUASI) == 1
    assert privacy.k_anonymity(HAND, ["edad"]) == 3
    assert privacy.unique_rows(HAND, QUASI).index.tolist() == [2]
    assert privacy.suppress_small(HAND, QUASI, 3).index.tolist() == [3, 4, 5]
    assert privacy.l_diversity(HAND, ["genero"], "motivo") == 1
    assert privacy.l_diversity(HAND.drop(index=2), ["genero"], "motivo") == 3
    assert privacy.homogeneous_groups(HAND, QUASI, "motivo").to_dict() == {(8, "f"): 2}


def test_missing_values_make_a_group_of_their_own() -> None:
    found = table((8, None, "a"), (8, None, "b"), (8, "f", "a"))
    assert privacy.k_anonymity(found, QUASI) == 1
    assert privacy.row_group_sizes(found, QUASI).tolist() == [2, 2, 1]


def test_an_empty_table_has_no_k() -> None:
    assert privacy.k_anonymity(HAND.iloc[:0], QUASI) == 0
    assert privacy.l_diversity(HAND.iloc[:0], QUASI, "motivo") == 0


def test_ages_become_bands() -> None:
    ages = pd.DataFrame({"edad": [0, 5, 6, 11, 12, 17, 18, 79]})
    bands = ["0-5", "0-5", "6-11", "6-11", "12-17", "12-17", "18+", "18+"]
    assert privacy.generalise_age(ages)["edad"].tolist() == bands
    assert ages["edad"].tolist()[0] == 0
    for bad in (["6-11"], [-1], [None], [5.5], [201]):
        with pytest.raises(UserError, match="no es una edad"):
            privacy.generalise_age(pd.DataFrame({"edad": bad}))


def test_places_become_coarser() -> None:
    places = pd.DataFrame(
        {"n": [1, 2], "provincia": ["Guayas", "Napo"], "canton": ["Durán", "Tena"], "area": ["u", "r"]}
    )
    assert privacy.generalise_canton(places, "provincia").columns.tolist() == ["n", "provincia", "area"]
    regions = privacy.generalise_canton(places, "region")
    assert regions.columns.tolist() == ["n", "region", "area"]
    assert regions["region"].tolist() == ["Costa", "Amazonía"]
    assert privacy.generalise_canton(privacy.generalise_canton(places, "provincia"), "region").equals(regions)
    with pytest.raises(UserError, match="«Lima»"):
        privacy.generalise_canton(pd.DataFrame({"provincia": ["Lima"]}), "region")
    with pytest.raises(UserError, match="«pais»"):
        privacy.generalise_canton(places, "pais")  # type: ignore[arg-type]
    with pytest.raises(UserError, match="«provincia»"):
        privacy.generalise_canton(places[["n"]], "region")


def test_mistakes_are_one_line() -> None:
    for wrong in (privacy.group_sizes, privacy.row_group_sizes, privacy.k_anonymity, privacy.unique_rows):
        with pytest.raises(UserError, match=r"«barrio».*edad, genero, motivo"):
            wrong(HAND, ["edad", "barrio"])
        with pytest.raises(UserError, match="al menos una columna"):
            wrong(HAND, [])
    for k in (0, -1, 2.0, True):
        with pytest.raises(UserError, match="k debe ser"):
            privacy.suppress_small(HAND, QUASI, k)  # type: ignore[arg-type]
    with pytest.raises(UserError, match="a la vez"):
        privacy.l_diversity(HAND, QUASI, "edad")
    with pytest.raises(UserError, match="«dato»"):
        privacy.homogeneous_groups(HAND, QUASI, "dato")


@given(rows=ROWS, k=st.integers(1, 6))
@settings(deadline=None)
def test_suppressing_reaches_k_and_takes_no_more(rows: list[tuple[int, str, str]], k: int) -> None:
    found = table(*rows)
    kept = privacy.suppress_small(found, QUASI, k)
    lost = found.drop(index=kept.index)
    assert kept.empty or privacy.k_anonymity(kept, QUASI) >= k
    assert lost.empty or int(privacy.group_sizes(lost, QUASI).max()) < k


@given(rows=ROWS)
@settings(deadline=None)
def test_laws_of_k_and_l(rows: list[tuple[int, str, str]]) -> None:
    found = table(*rows)
    k = privacy.k_anonymity(found, QUASI)
    assert k == min(rows_like(rows, row) for row in rows)
    assert privacy.k_anonymity(found, ["edad"]) >= k  # knowing less never tells more
    assert privacy.l_diversity(found, QUASI, "motivo") <= k
    assert int(privacy.group_sizes(found, QUASI).sum()) == len(rows)
    assert len(privacy.unique_rows(found, QUASI)) == sum(rows_like(rows, row) == 1 for row in rows)


def rows_like(rows: list[tuple[int, str, str]], row: tuple[int, str, str]) -> int:
    return sum(other[:2] == row[:2] for other in rows)
