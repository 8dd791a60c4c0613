"""The simulated cases: the tables fit, the structure that the card states is there, nobody is real, and rows can be linked."""

import re
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.datasets import shapes

from ciberaula.datasets import conectividad
from ciberaula.datasets.cantons import PROVINCES
from ciberaula.datasets.casos import DATASET, linkage, make, staff
from ciberaula.datasets.casos.publication import shuffled
from ciberaula.datasets.people import GIVEN, SURNAMES, is_assigned_telephone, is_real_cedula
from ciberaula.datasets.spec import Recipe

SEEDS = [DATASET.seed, 1, 7, 99]
NAMES = {*GIVEN["femenino"], *GIVEN["masculino"], *SURNAMES}
Frames = dict[str, pd.DataFrame]


@cache
def frames(seed: int, rows: int = 1500, first: int = 1, last: int = 0) -> Frames:
    made = shapes.plain(make(Recipe(rows, seed, 1), first, last or rows))
    return {name: pd.DataFrame(columns) for name, columns in made.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_tables_fit_what_is_declared(seed: int) -> None:
    found = shapes.check(DATASET, make(Recipe(1500, seed, 1), 1, 1500))
    rows = sum(len(next(iter(columns.values()))) for columns in found.values())
    assert 20 * 1500 <= rows <= 27 * 1500
    # Every declared word that somebody can count is there, but for the ends of channels and data that no contact used.
    for table in ("casos", "transiciones", "servicios", "cierres", "aprobaciones"):
        for column in DATASET.table(table).columns:
            assert not column.categories or set(column.categories) <= set(found[table][column.name]), column.name


@pytest.mark.parametrize(("rows", "cut"), [(60, 7), (1500, 700)])
def test_a_portion_is_the_same_wherever_it_is_cut(rows: int, cut: int) -> None:
    whole, parts = frames(3, rows), [frames(3, rows, 1, cut), frames(3, rows, cut + 1, rows)]
    for name, table in whole.items():
        there = [part[name] for part in parts if name in part]
        joined = pd.concat(there, ignore_index=True).astype(object)
        assert joined.fillna("").equals(table.astype(object).fillna("")), name


def test_one_case_can_be_made() -> None:
    assert len(frames(5, 1)["casos"]) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_all_provinces_town_and_country_in_two_years(seed: int) -> None:
    for rows in (480, 1500):
        assert set(frames(seed, rows)["casos"]["provincia"]) == set(PROVINCES)
    cases = frames(seed)["casos"]
    assert 0.2 < cases["area"].eq("rural").mean() < 0.5
    assert cases["abierto"].min() < "2024-01-12" and cases["abierto"].max() > "2025-12-22"
    assert cases["abierto"].is_monotonic_increasing


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_done_at_night_or_on_a_day_of_rest(seed: int) -> None:
    for name, column in (
        ("contactos", "momento"),
        ("notas", "escrita"),
        ("transiciones", "enviada"),
        ("casos", "abierto"),
    ):
        at = pd.to_datetime(frames(seed)[name][column])
        assert at.dt.day_of_week.max() <= 4 and at.dt.hour.between(8, 17).all(), name
        assert not at.dt.strftime("%m-%d").isin(["12-25", "01-01"]).any(), name
        assert at.max() <= pd.Timestamp("2025-12-31 18:00"), name


@pytest.mark.parametrize("seed", SEEDS)
def test_high_risk_means_more_frequent_contact(seed: int) -> None:
    tables = frames(seed)
    contacts = tables["contactos"].merge(tables["evaluaciones"].drop_duplicates("caso_id")[["caso_id", "riesgo"]])
    at = pd.to_datetime(contacts["momento"]).astype("datetime64[s]").astype("int64") / 86_400
    median = at.groupby(contacts["caso_id"]).diff().groupby(contacts["riesgo"]).median()
    assert median["alto"] * 2 < median["medio"] < median["bajo"] * 0.75


@pytest.mark.parametrize("seed", SEEDS)
def test_workers_differ_in_care(seed: int) -> None:
    tables = frames(seed)
    care: Any = pd.Series({one.id: one.care for one in staff.workers()})
    contacts = tables["contactos"]
    written = contacts["contacto_id"].isin(tables["notas"]["contacto_id"]).groupby(contacts["profesional_id"]).mean()
    outside = contacts["cuenta"].eq("personal").groupby(contacts["profesional_id"]).mean()
    assert 0.6 < written.mean() < 0.9 and written.max() - written.min() > 0.2
    assert written.corr(care.reindex(written.index)) > 0.35
    assert 0.03 < outside.mean() < 0.15 and outside.corr(care.reindex(outside.index)) < -0.1
    assert 0.15 < tables["seguimientos"]["hecho"].isna().mean() + 0.1 < 0.6


@pytest.mark.parametrize("seed", SEEDS)
def test_connection_follows_the_canton(seed: int) -> None:
    homes = frames(seed)["hogares"]
    share = dict(zip(conectividad.table()["canton_id"], conectividad.table()["internet_hogares_pct"], strict=True))
    place = homes["canton_id"].map(share)
    good = homes["conexion"].eq("buena")
    assert good[place > place.median()].mean() - good[place <= place.median()].mean() > 0.1
    # In the country fewer still, also where the canton has the same.
    alike = pd.cut(place, [0, 35, 45, 55, 65, 100])
    within = good.groupby([alike, homes["area"]], observed=True).mean().unstack()
    assert (within["urbana"] - within["rural"]).mean() > 0.05


@pytest.mark.parametrize("seed", SEEDS)
def test_education_rises_when_classes_begin(seed: int) -> None:
    cases = frames(seed, 6000)["casos"]
    coast = cases["provincia"].isin(["Guayas", "Manabí", "El Oro", "Los Ríos", "Esmeraldas", "Santa Elena"])
    month, school = cases["abierto"].str[5:7], cases["motivo"].eq("acceso a educación")
    for here, months in (
        (coast, ["04", "05"]),
        (cases["provincia"].isin(["Pichincha", "Azuay", "Loja"]), ["08", "09"]),
    ):
        begins = month.isin(months)
        assert school[here & begins].mean() > 1.4 * school[here & ~begins].mean()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_one_table_repeats_of_another_agrees(seed: int) -> None:
    """What the desk does not work out for itself: replayed, these columns would not be missed."""
    tables = frames(seed)
    cases = tables["casos"]
    homes = cases.merge(tables["hogares"], on="caso_id", suffixes=("", "_hogar"))
    assert len(homes) == len(cases)
    for column in ("canton_id", "provincia", "canton", "area"):
        assert homes[column].equals(homes[f"{column}_hogar"]), column
    places = pd.DataFrame(dict(conectividad.table())).set_index("canton_id")
    for column in ("provincia", "canton"):
        assert (cases["canton_id"].map(places[column]) == cases[column]).all(), column
    team = tables["profesionales"].set_index("profesional_id")["equipo"]
    assert (cases["profesional_id"].map(team) == cases["equipo"]).all()
    offered = tables["organizaciones"].set_index("organizacion_id")["servicio"]
    assert (tables["servicios"]["organizacion_id"].map(offered) == tables["servicios"]["tipo"]).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_consent_that_a_referral_names_is_the_one_it_rests_on(seed: int) -> None:
    tables = frames(seed)
    sent = tables["transiciones"].dropna(subset="consentimiento_id")
    assert set(tables["transiciones"]["tipo"]) - set(sent["tipo"]) == {"asignación"}
    rests = sent.merge(tables["consentimientos"], on="consentimiento_id", suffixes=("", "_dado"))
    assert len(rests) == len(sent) > 1000
    assert set(rests["finalidad"]) == {"compartir datos"} and set(rests["otorgado"]) == {"sí"}
    for column in ("caso_id", "organizacion_id"):
        assert rests[column].equals(rests[f"{column}_dado"]), column
    assert (rests["registrado"] < rests["enviada"]).all()
    assert (rests["retirado"].fillna("9999") > rests["enviada"]).all()
    for told, agreed in zip(rests["datos"], rests["datos_dado"], strict=True):
        assert set(told.split("; ")) <= set(agreed.split("; "))


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_is_real(seed: int) -> None:
    tables = frames(seed)
    people = tables["personas"]
    assert not people["cedula"].dropna().map(is_real_cedula).any()
    assert people["cedula"].notna().mean() > 0.5
    assert not people["telefono"].dropna().map(is_assigned_telephone).any()
    for name in (*people["nombre"], *tables["profesionales"]["nombre"]):
        assert set(name.split()) <= NAMES, name
    for name, table in tables.items():
        for column in table.select_dtypes(exclude="number").columns:
            if (name, column) in (("personas", "cedula"), ("personas", "telefono")):
                continue
            text = " ".join(table[column].dropna().astype(str))
            assert "@" not in text, (name, column)
            assert not re.search(r"(?<![-\d])\d{7,}(?!\d)", text), (name, column)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_clean_text_names_anybody(seed: int) -> None:
    tables = frames(seed)
    names = tables["personas"].groupby("caso_id")["nombre"].agg(" ".join).str.split().map(set)
    for row in tables["notas"].to_dict("records"):
        told = set(re.findall(r"\w+", f"{row['hechos']} {row['opinion']} {row['siguiente']}"))
        assert not names[row["caso_id"]] & told, row["nota_id"]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_table_for_publication_has_k_of_five_and_rows_alone_beyond(seed: int) -> None:
    table = frames(seed)["difusion"]
    safe = table.groupby(["tramo_edad", "genero", "region"], dropna=False).size()
    assert safe.min() >= 5
    more = ["tramo_edad", "genero", "region", "mes_ingreso", "area", "internet_hogares_pct"]
    assert (table.groupby(more, dropna=False).size() == 1).sum() > 300
    hidden = table[["tramo_edad", "genero", "region"]].isna()
    assert hidden.any(axis=1).equals(hidden.all(axis=1)) and 5 <= hidden.any(axis=1).sum() <= 60


@pytest.mark.parametrize("seed", SEEDS)
def test_the_percentage_gives_the_canton_back(seed: int) -> None:
    table, place = frames(seed)["difusion"], conectividad.table()
    cantons = pd.Series(place["internet_hogares_pct"]).value_counts()
    assert set(table["internet_hogares_pct"]) <= set(cantons.index)
    assert table["internet_hogares_pct"].map(cantons).eq(1).mean() > 0.85


@pytest.mark.parametrize("rows", [1, 2, 3, 17, 64, 65, 1500, 5000])
def test_its_order_is_another_one(rows: int) -> None:
    places = np.arange(1, rows + 1)
    found = shuffled(9, rows, places)
    assert sorted(found) == places.tolist()
    assert rows < 17 or (found == places).mean() < 0.2
    assert np.array_equal(found[: rows // 2], shuffled(9, rows, places[: rows // 2]))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cases_for_posts_are_alone(seed: int) -> None:
    facts = linkage.unique_cases(seed, 40)
    assert len(facts) == 40 and facts == linkage.unique_cases(seed, 60)[:40]
    tables = frames(seed)
    people = tables["personas"].drop_duplicates("caso_id")[["caso_id", "edad", "genero"]]
    cases = tables["casos"].merge(people)
    month = cases["abierto"].str[:7]
    percentage = dict(zip(conectividad.table()["canton_id"], conectividad.table()["internet_hogares_pct"], strict=True))
    for fact in facts:
        alike = cases["canton_id"].eq(fact.canton_id) & cases["edad"].eq(fact.age) & cases["genero"].eq(fact.gender)
        found = cases[alike & month.eq(fact.month)]
        assert found["caso_id"].tolist() == [fact.case_id]
        assert found[["canton", "provincia", "motivo"]].iloc[0].tolist() == [fact.canton, fact.province, fact.motive]
        rows = tables["difusion"]
        rows = rows[rows["internet_hogares_pct"].eq(percentage[fact.canton_id]) & rows["mes_ingreso"].eq(fact.month)]
        rows = rows[rows["genero"].eq(fact.gender)]
        bands = {"0 a 11": (0, 11), "12 a 17": (12, 17), "18 a 49": (18, 49), "50 y más": (50, 200)}
        rows = rows[[low <= fact.age <= high for low, high in rows["tramo_edad"].map(bands)]]
        assert rows["motivo"].tolist() == [fact.motive]


def test_the_staff_and_the_organisations_are_the_same_for_all() -> None:
    assert frames(1)["profesionales"].equals(frames(7)["profesionales"])
    assert len(staff.workers()) == 60 and len(staff.supervisors()) == 10
    assert {team for provinces in staff.TEAMS.values() for team in provinces} == set(PROVINCES)
    assert len({one.name for one in staff.organisations()}) == len(staff.organisations())
