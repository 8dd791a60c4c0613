"""``registro_actividades``: working days, no overlap, cases that were in those hands, the stated structure, the remarks."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from tests.datasets.prose import runs, skeletons, twice

from ciberaula.casework.calendars import Holidays
from ciberaula.datasets import published
from ciberaula.datasets.cantons import CANTONS
from ciberaula.datasets.spec import Recipe

DIRECT = ("visita", "entrevista", "llamada", "teleorientación", "videollamada")
TELE = ("teleorientación", "videollamada")
WARM = ("Costa", "Insular")
SEEDS = (None, 1, 2, 3)  # None is the published one
SET = published.dataset("registro_actividades")


def frame(columns: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(
        {name: found.to_pylist() if hasattr(found, "to_pylist") else list(found) for name, found in columns.items()}
    )


@cache
def tables(seed: int | None = None, rows: int = 40) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Workers and activities, the latter with what is known of the worker and of the day."""
    seed = SET.seed if seed is None else seed
    made = SET.make(Recipe(rows, seed, seed), 1, rows)
    who, done = frame(made["profesionales"]), frame(made["actividades"])
    done["mes"] = done.fecha.str[5:7].astype(int)
    done["inicio"] = done.hora_inicio.str[:2].astype(int) * 60 + done.hora_inicio.str[3:].astype(int)
    done["fin"] = done.inicio + done.minutos
    region = {canton.id: canton.region for canton in CANTONS}
    who["calido"] = who.canton_id.map(region).isin(WARM)
    return who, done.merge(who[["profesional_id", "formacion_mayo", "calido"]], on="profesional_id")


def tele_share(done: pd.DataFrame) -> float:
    direct = done[done.tipo.isin(DIRECT)]
    return float(direct.tipo.isin(TELE).mean())


def test_forty_people_and_a_year():
    who, done = tables()
    assert len(who) == 40
    assert 30_000 <= len(done) <= 36_000
    assert done.registro_id.is_unique
    assert done.fecha.min()[:4] == done.fecha.max()[:4] == "2025"
    assert set(done.mes) == set(range(1, 13))


@pytest.mark.parametrize("seed", SEEDS)
def test_only_working_days(seed):
    _who, done = tables(seed)
    holidays = Holidays("EC")
    assert [day for day in done.fecha.unique() if holidays.rest(dt.date.fromisoformat(day))] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_activities_of_a_person_do_not_overlap_and_make_no_more_than_ten_hours(seed):
    _who, done = tables(seed)
    day = done.sort_values(["profesional_id", "fecha", "inicio"]).groupby(["profesional_id", "fecha"])
    assert not (day.inicio.shift(-1) < done.loc[day.inicio.shift(-1).index, "fin"]).any()
    assert day.minutos.sum().max() <= 600
    assert done.inicio.min() >= 6 * 60
    assert done.fin.max() <= 18 * 60


@pytest.mark.parametrize("seed", SEEDS)
def test_each_person_has_one_leave_of_the_length_that_the_card_states_and_few_other_days_off(seed):
    who, done = tables(seed)
    days = {day: place for place, day in enumerate(sorted(done.fecha.unique()))}
    leave = (who.set_index("profesional_id").institucion_tipo == "organización no gubernamental").map(
        {True: 11, False: 22}
    )
    absent = []
    for worker, found in done.groupby("profesional_id"):
        there = [-1, *sorted({days[day] for day in found.fecha}), len(days)]
        away = [later - earlier - 1 for earlier, later in pairwise(there)]
        # A day off next to the leave makes it seem longer.
        assert leave[worker] <= max(away) <= leave[worker] + 2
        assert sorted(away)[-2] <= 3
        absent.append((sum(away) - leave[worker]) / (len(days) - leave[worker]))
    assert 0.02 <= sum(absent) / len(absent) <= 0.045


@pytest.mark.parametrize("seed", SEEDS)
def test_each_person_rounds_minutes_in_her_own_way(seed):
    _who, done = tables(seed)
    long = done[done.minutos >= 30]
    assert (long.minutos % 5 == 0).all()
    steps = {
        max(step for step in (5, 10, 15, 30) if (minutes % step == 0).mean() > 0.85)
        for _worker, minutes in long.groupby("profesional_id").minutos
    }
    assert steps == {5, 10, 15, 30}


def test_numbers_of_a_person_follow_the_clock():
    _who, done = tables()
    order = done.sort_values(["profesional_id", "fecha", "inicio"])
    assert list(order.registro_id) == sorted(done.registro_id)


def test_cases_were_open_and_in_those_hands():
    _who, done = tables()
    wanted = published.dataset("casos")
    cases = frame(wanted.make(Recipe(wanted.rows, wanted.seed, wanted.seed), 1, wanted.rows)["casos"])
    linked = done.dropna(subset="caso_id").merge(cases, on="caso_id", suffixes=("", "_caso"))
    assert len(linked) == done.caso_id.notna().sum() > 10_000
    assert (linked.profesional_id == linked.profesional_id_caso).all()
    assert (linked.abierto.str[:10] < linked.fecha).all()
    assert (linked.cerrado.fillna("9999") > linked.fecha).all()
    assert (linked.canton_id == linked.canton_id_caso).all()


def test_people_are_attended_where_somebody_was_met():
    _who, done = tables()
    alone = done[~done.tipo.isin((*DIRECT, "grupo"))]
    assert (alone.personas_atendidas == 0).all()
    met = done[done.tipo.isin((*DIRECT, "grupo"))]
    assert ((met.personas_atendidas > 0) == met.resultado.isin(("realizada", "interrumpida por la conexión"))).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_half_were_trained_alike_in_town_and_country(seed):
    who, _done = tables(seed)
    assert who.groupby(["area", "formacion_mayo"]).size().to_dict() == {
        ("rural", "no"): 8,
        ("rural", "sí"): 8,
        ("urbana", "no"): 12,
        ("urbana", "sí"): 12,
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_who_was_trained_orients_at_a_distance_from_june_on(seed):
    _who, done = tables(seed)
    before, after = done[done.mes <= 4], done[done.mes >= 6]
    trained = [tele_share(part[part.formacion_mayo == "sí"]) for part in (before, after)]
    others = [tele_share(part[part.formacion_mayo == "no"]) for part in (before, after)]
    assert 2 <= trained[1] / trained[0] <= 4
    assert abs(others[1] - others[0]) < 0.04


@pytest.mark.parametrize("seed", SEEDS)
def test_the_country_has_more_visits_and_longer_journeys(seed):
    _who, done = tables(seed)
    share = done.groupby("area").tipo.value_counts(normalize=True)
    assert share["rural", "visita"] > 1.5 * share["urbana", "visita"]
    assert share["rural", "traslado"] > 2 * share["urbana", "traslado"]
    journeys = done[done.tipo == "traslado"].groupby("area").minutos.mean()
    assert journeys["rural"] > 1.15 * journeys["urbana"]
    lost = done[done.tipo.isin(TELE)].assign(lost=lambda rows: rows.resultado == "interrumpida por la conexión")
    assert lost.groupby("area").lost.mean()["rural"] > 1.3 * lost.groupby("area").lost.mean()["urbana"]


@pytest.mark.parametrize("seed", SEEDS)
def test_school_and_rain_are_seen_in_the_months(seed):
    _who, done = tables(seed)
    done = done.assign(
        papers=done.tipo.isin(("coordinación", "trámite")), visit=done.tipo == "visita", call=done.tipo == "llamada"
    )
    for warm, months in ((True, (4, 5)), (False, (8, 9))):
        part = done[done.calido == warm]
        begins = part.mes.isin(months)
        assert part[begins].papers.mean() > 1.2 * part[~begins].papers.mean()
    coast = done[done.calido]
    rain = coast.mes <= 4
    assert coast[rain].visit.mean() < 0.85 * coast[~rain].visit.mean()
    assert coast[rain].call.mean() > 1.1 * coast[~rain].call.mean()


def test_a_few_rows_have_a_remark_and_none_repeats():
    _who, done = tables()
    notes = done.observacion.dropna().tolist()
    assert 0.07 < len(notes) / len(done) < 0.09
    assert twice(notes) == []
    assert skeletons(notes).most_common(1)[0][1] <= 4
    assert runs(notes).most_common(1)[0][1] <= len(notes) / 40


def test_rows_do_not_depend_on_the_portion():
    whole = SET.make(Recipe(40, SET.seed, SET.seed), 1, 12)
    part = SET.make(Recipe(40, SET.seed, SET.seed), 7, 9)
    for table in ("profesionales", "actividades"):
        expected = frame(whole[table])
        expected = expected[expected.profesional_id.isin(("T007", "T008", "T009"))].reset_index(drop=True)
        pd.testing.assert_frame_equal(frame(part[table]), expected)


def test_a_larger_build_goes_on_beyond_the_known_workers():
    who, done = tables(5, 90)
    assert len(who) == 90
    assert done[done.profesional_id > "T060"].caso_id.isna().all()
    assert done.registro_id.is_unique


def test_every_value_is_of_its_column():
    who, done = tables()
    for name, found in (("profesionales", who), ("actividades", done)):
        table = SET.table(name)
        assert [column.name for column in table.columns] == list(found.columns[: len(table.columns)])
        for column in table.columns:
            values = found[column.name]
            assert column.required <= bool(values.notna().all()), column.name
            assert not column.categories or set(values.dropna()) <= set(column.categories)
            assert not column.pattern or values.dropna().str.fullmatch(column.pattern).all()
            assert column.low is None or values.min() >= column.low
            assert column.high is None or values.max() <= column.high
