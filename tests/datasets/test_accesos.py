"""The log: the desk's own chain holds on the published rows, and each incident is found by a rule that innocents don't meet."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from tests.datasets.shapes import Values, check

from ciberaula.casework.audit import verify
from ciberaula.datasets.accesos import DATASET, entry_of
from ciberaula.datasets.accesos.planted import COVER, CURIOSITY, FILING, HANDOVER, INCIDENTS, MASS, STOLEN, SUBSTITUTION
from ciberaula.datasets.published import published_recipe
from ciberaula.datasets.spec import Recipe

SHORT = Recipe(28, 5, 6)
Found = dict[str, Values]


@pytest.fixture(scope="module")
def published() -> Found:
    return check(DATASET, DATASET.make(published_recipe(DATASET), 1, DATASET.rows))


@pytest.fixture(scope="module")
def short() -> Found:
    return check(DATASET, DATASET.make(SHORT, 1, SHORT.rows))


@pytest.fixture(scope="module", params=["published", (28, 11), (60, 12)], ids=str)
def any_log(request: pytest.FixtureRequest) -> Found:
    if request.param == "published":
        found: Found = request.getfixturevalue("published")
        return found
    days, seed = request.param
    return check(DATASET, DATASET.make(Recipe(days, seed, seed), 1, days))


def _rows(found: Found, table: str) -> list[dict[str, Any]]:
    return [dict(zip(found[table], values, strict=True)) for values in zip(*found[table].values(), strict=True)]


def _log(found: Found) -> pd.DataFrame:
    log = pd.DataFrame(found["accesos"])
    log["momento"] = pd.to_datetime(log["momento"])
    log["dia"] = log["momento"].dt.date
    return log.merge(pd.DataFrame(found["usuarios"]), on="usuario", suffixes=("", "_entregado"))


def _planted(found: Found, kind: str) -> set[int]:
    table = "incidentes" if kind in INCIDENTS else "parecidos"
    return {row["seq"] for row in _rows(found, table) if row["clase"] == kind}


def _pairs(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[["usuario", "caso"]])


def curious(found: Found) -> set[int]:
    """Urgent access to one case on four days or more, and never any work in it."""
    log = _log(found)
    work = log[(log["clase"] == "cambio") & (log["accion"] != "acceso de urgencia")]
    urgent = log[(log["accion"] == "acceso de urgencia") & (log["clase"] == "cambio")]
    days = urgent.groupby(["usuario", "caso"])["dia"].nunique()
    suspects = days[days >= 4].index.difference(_pairs(work))
    return set(log.loc[_pairs(log).isin(suspects), "seq"])


def stolen(found: Found) -> set[int]:
    """Within half an hour in two terminals and two networks; then all that was done in the one that isn't hers."""
    log = _log(found).sort_values(["usuario", "seq"])
    before = log.groupby("usuario")[["momento", "terminal", "red"]].shift()
    jumps = (
        (log["momento"] - before["momento"] < pd.Timedelta(minutes=30))
        & (log["terminal"] != before["terminal"])
        & (log["red"] != before["red"])
    )
    hers = (log["terminal"] == log["terminal_entregado"]) | (log["terminal"] == log["telefono"])
    suspects = set(log.loc[jumps, "usuario"])
    return set(log.loc[log["usuario"].isin(suspects) & ~hers & (log["red"] != "oficina"), "seq"])


def massive(found: Found) -> set[int]:
    """Fifteen cases or more seen in a day, within two weeks of leaving, and nothing done in most of them that day."""
    log = _log(found)
    changed = set(log.loc[log["clase"] == "cambio", ["usuario", "dia", "caso"]].itertuples(index=False, name=None))
    seen = log[(log["accion"] == "ver") & log["parte"].isin(["identidad", "documentos"]) & log["baja"].notna()]
    result: set[int] = set()
    for (user, day), rows in seen.groupby(["usuario", "dia"]):
        left = pd.to_datetime(rows["baja"].iloc[0]).date() - day
        cases = set(rows["caso"])
        idle = [case for case in cases if (user, day, case) not in changed]
        if len(cases) >= 15 and left.days <= 14 and len(idle) > 0.8 * len(cases):
            result |= set(rows["seq"])
    return result


RULES = {CURIOSITY: curious, STOLEN: stolen, MASS: massive}


@pytest.mark.parametrize("kind", INCIDENTS)
def test_each_incident_is_found_by_its_rule_and_nothing_else_is(any_log: Found, kind: str) -> None:
    planted = _planted(any_log, kind)
    extra = RULES[kind](any_log) - planted
    missed = planted - RULES[kind](any_log)
    # The day that somebody takes all, she may also see a case in her usual work: that is no mistake of the rule.
    log = {row["seq"]: row for row in _rows(any_log, "accesos")}
    usual = {seq for seq in extra if kind == MASS and log[seq]["momento"][11:] < "16:30"}
    assert (missed, extra - usual) == (set(), set())
    assert len(planted) >= 15


@pytest.mark.parametrize("kind", [COVER, SUBSTITUTION, HANDOVER, FILING])
def test_what_looks_like_an_incident_is_there_and_meets_no_rule(any_log: Found, kind: str) -> None:
    alike = _planted(any_log, kind)
    assert len(alike) >= 10
    for rule in RULES.values():
        assert not alike & rule(any_log)


@pytest.mark.parametrize("kind", [COVER, HANDOVER, FILING])
def test_the_innocent_leave_work_done_in_each_case_that_they_saw(any_log: Found, kind: str) -> None:
    """That is what tells them from the incidents that they look like."""
    log = {row["seq"]: row for row in _rows(any_log, "accesos")}
    entries = [log[seq] for seq in _planted(any_log, kind)]
    saw = {(row["caso"], row["momento"][:10]) for row in entries if row["accion"] == "ver"}
    did = {
        (row["caso"], row["momento"][:10])
        for row in entries
        if row["clase"] == "cambio" and row["accion"] != "acceso de urgencia"
    }
    assert saw and saw <= did


def test_look_alikes_look_alike(any_log: Found) -> None:
    """By the first half of a rule alone, innocents are met as well."""
    log = _log(any_log)
    urgent = log[log["accion"] == "acceso de urgencia"].groupby(["usuario", "caso"])["dia"].nunique()
    assert (urgent >= 4).sum() == 2
    seen = log[log["accion"] == "ver"].groupby(["usuario", "dia"])["caso"].nunique()
    assert (seen >= 20).sum() >= 8
    assert log["baja"].notna().groupby(log["usuario"]).any().sum() == 2
    at_night = log[(log["momento"].dt.hour < 6) | (log["momento"].dt.hour >= 20)]
    assert at_night["usuario"].nunique() == 3
    borrowed = log[(log["red"] == "oficina") & (log["terminal"] != log["terminal_entregado"])]
    assert borrowed["usuario"].nunique() >= 5


def test_the_chain_holds_on_the_published_rows(published: Found) -> None:
    entries = [entry_of(row) for row in _rows(published, "accesos")]
    result = verify(entries, head=(entries[-1].seq, entries[-1].digest))
    assert result.ok, result.line
    assert 22_000 <= result.entries <= 28_000


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("momento", "2025-09-02 03:00"),
        ("usuario", "T001"),
        ("rol", "supervisión"),
        ("caso", "SIM-999999"),
        ("accion", "ver"),
        ("clase", "cambio"),
        ("motivo", "otro"),
        ("parte", "notas"),
    ],
)
def test_an_altered_row_breaks_it_there(short: Found, column: str, value: str) -> None:
    rows = _rows(short, "accesos")
    place = next(
        number
        for number, row in enumerate(rows)
        if number > 100 and row[column] != value and (row["clase"] == "acceso" or column == "accion") and (row["caso"])
    )
    rows[place] = {**rows[place], column: value}
    result = verify(map(entry_of, rows))
    assert (result.ok, result.broken) == (False, place + 1)


def test_a_row_taken_out_breaks_it(short: Found) -> None:
    rows = _rows(short, "accesos")
    assert verify(map(entry_of, rows[:500] + rows[501:])).broken == 501


def test_portions_make_the_same_rows_as_the_whole(short: Found) -> None:
    parts = [DATASET.make(SHORT, 1, 9), DATASET.make(SHORT, 10, 28)]
    for name, columns in short.items():
        for column, values in columns.items():
            assert values == list(parts[0][name][column]) + list(parts[1][name][column]), f"{name}.{column}"


def test_either_seed_changes_the_whole_log(short: Found) -> None:
    for other in (replace(SHORT, seed=1), replace(SHORT, hidden=1)):
        moments = DATASET.make(other, 1, 28)["accesos"]["momento"]
        assert list(moments)[:200] != short["accesos"]["momento"][:200]


def test_time_goes_on_and_nobody_works_without_an_account(published: Found) -> None:
    log = _log(published)
    assert log.sort_values("seq")["momento"].is_monotonic_increasing
    assert (log["momento"] >= pd.to_datetime(log["alta"])).all()
    gone = log[log["baja"].notna()]
    assert (gone["dia"] <= pd.to_datetime(gone["baja"]).dt.date).all()
    resting = log[(log["momento"].dt.day_of_week >= 5) & (log["rol"] == "trabajo social")]
    assert set(resting["turno"]) == {"noche"}


def test_names_are_of_nobody_and_codes_are_no_numbers(published: Found) -> None:
    told: Iterable[Any] = (value for table in published.values() for values in table.values() for value in values)
    assert not any(isinstance(value, str) and "@" in value for value in told)
    assert all(code.startswith("MOV-") for code in published["usuarios"]["telefono"])
    assert {case[:6] for case in published["accesos"]["caso"] if case} == {"SIM-90"}


def test_the_public_tables_tell_no_incident(published: Found) -> None:
    assert {table.name for table in DATASET.tables} == {"usuarios", "accesos"}
    explained = {row["explicacion"] for name in ("incidentes", "parecidos") for row in _rows(published, name)}
    public = {value for name in ("usuarios", "accesos") for values in published[name].values() for value in values}
    assert len(explained) == 7
    assert not any("{" in text for text in explained)
    assert not explained & public
