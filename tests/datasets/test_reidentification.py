"""The lesson on re-identification, from the published files alone: a trainee can find somebody out, and can prevent it.

``difusion`` looks safe; its percentage of connected homes gives the canton back (``conectividad``); a post that tells canton,
age and month (``publicaciones``) then points at one row of it, and at one case of ``casos``.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from ciberaula.datasets import load
from ciberaula.datasets.privacy import k_anonymity, row_group_sizes
from ciberaula.datasets.published import SIDE

ROOT = Path(__file__).parents[2]
KNOWN = ["tramo_edad", "genero", "region"]
PERCENTAGE = "internet_hogares_pct"
BANDS = {"0 a 11": range(12), "12 a 17": range(12, 18), "18 a 49": range(18, 50), "50 y más": range(50, 200)}
MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio"),
    *("agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)


@cache
def table(name: str, of: str | None = None) -> pd.DataFrame:
    return load(name, of)


@dataclass(frozen=True)
class Told:
    """A post, and what it tells of somebody."""

    post: str
    cantons: list[str]
    ages: list[int]
    months: list[str]


@cache
def told() -> tuple[Told, ...]:
    """The posts in which somebody's canton, age and month of 2025 stand."""
    places = table("conectividad")
    found = []
    for post in table("publicaciones").itertuples():
        text = str(post.texto)
        months = [
            f"2025-{number:02d}" for number, word in enumerate(MONTHS, start=1) if re.search(rf"\b{word}\b", text, re.I)
        ]
        here = places[[bool(re.search(rf"\b{re.escape(name)}\b", text)) for name in places["canton"]]]
        ages = [int(age) for age in re.findall(r"\b(\d{1,2}) años", text)]
        if months and ages and len(here):
            found.append(Told(str(post.publicacion_id), list(here["canton_id"]), ages, months))
    return tuple(found)


@cache
def key() -> dict[str, str]:
    """Post -> the case it points at."""
    with (ROOT / SIDE / "publicaciones" / "etiquetas.csv").open(encoding="utf-8", newline="") as stream:
        return {row["publicacion_id"]: row["caso_id"] for row in csv.DictReader(stream) if row["caso_id"]}


def cases() -> pd.DataFrame:
    people = table("casos", "personas").drop_duplicates("caso_id")[["caso_id", "edad"]]
    found = table("casos", "casos").merge(people, on="caso_id")
    return found.assign(mes=found["abierto"].dt.strftime("%Y-%m"))


def back_to_canton(shown: "pd.Series[Any]", real: "pd.Series[Any]") -> float:
    """The share of rows whose figure only one canton has."""
    return float((shown.map(real.value_counts()) == 1).mean())


def test_the_table_looks_safe_and_gives_the_canton_back() -> None:
    shared = table("casos", "difusion")
    assert k_anonymity(shared, KNOWN) >= 5
    assert back_to_canton(shared[PERCENTAGE], table("conectividad")[PERCENTAGE]) > 0.85
    more = [*KNOWN, "area", "mes_ingreso", PERCENTAGE]
    assert (row_group_sizes(shared, more) == 1).mean() > 0.5


def test_the_posts_that_tell_too_much_are_those_of_the_key_and_lead_to_one_case() -> None:
    known = cases()
    assert {post.post for post in told()} == set(key()) and len(key()) >= 10
    for post in told():
        alike = known["canton_id"].isin(post.cantons) & known["edad"].isin(post.ages) & known["mes"].isin(post.months)
        assert known[alike]["caso_id"].tolist() == [key()[post.post]]


def test_each_of_them_finds_its_row_in_the_table_for_publication() -> None:
    shared, places = table("casos", "difusion"), table("conectividad").set_index("canton_id")[PERCENTAGE]
    motives = cases().set_index("caso_id")["motivo"]
    alone = 0
    for post in told():
        bands = [band for band, ages in BANDS.items() if set(post.ages) & set(ages)]
        alike = shared[PERCENTAGE].isin(places.loc[post.cantons]) & shared["tramo_edad"].isin(bands)
        rows = shared[alike & shared["mes_ingreso"].isin(post.months)]
        assert motives[key()[post.post]] in set(rows["motivo"])
        alone += len(rows) == 1
    assert alone >= 10  # for the rest, the gender that the text tells decides


def test_a_coarser_percentage_prevents_it() -> None:
    shared, real = table("casos", "difusion").dropna(subset=KNOWN), table("conectividad")[PERCENTAGE]
    exact = k_anonymity(shared, ["genero", PERCENTAGE])
    tens = shared.assign(**{PERCENTAGE: (shared[PERCENTAGE] / 10).round() * 10})
    assert exact == 1 and k_anonymity(tens, ["genero", PERCENTAGE]) >= 5
    assert back_to_canton(tens[PERCENTAGE], (real / 10).round() * 10) < 0.2
    half = shared.assign(**{PERCENTAGE: shared[PERCENTAGE] >= 50})
    assert k_anonymity(half, ["tramo_edad", "genero", PERCENTAGE]) >= 5
    assert back_to_canton(half[PERCENTAGE], real >= 50) == 0
