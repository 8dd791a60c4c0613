"""The posts: their reach has the stated structure, labels stay apart, and some can be joined with one case."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd
import pytest
from tests.datasets.shapes import Values, check

from ciberaula.casework.calendars import MONTHS
from ciberaula.datasets import publicaciones
from ciberaula.datasets.publicaciones import DATASET
from ciberaula.datasets.published import published_recipe
from ciberaula.datasets.spec import Recipe
from ciberaula.errors import UserError

_BANK = """
schema: 1
posts:
  - {id: campana-001, account: campana, author: cuenta_01, network: red_fotos, format: imagen, topic: ninez,
     text: "Taller en {canton}.", image: "un afiche", labels: []}
  - {id: colega-001, account: colega, author: cuenta_15, network: mensajeria, format: texto, topic: movilidad,
     text: "Hoy acompañé a alguien.", labels: [privacidad, dignidad], why: "Se le reconoce.", hard: true}
  - {id: institucion-001, account: institucion, author: cuenta_05, network: red_textos, format: video, topic: derechos,
     text: "Sesión de preguntas.", image: "una mesa", labels: [autoria], why: "La música es ajena."}
"""
Row = dict[str, Any]


@pytest.fixture
def small(tmp_path: Path) -> Recipe:
    (tmp_path / "banco-01.yml").write_text(_BANK, encoding="utf-8")
    return Recipe(3, 1, 2, tmp_path)


@pytest.fixture(scope="module")
def published() -> dict[str, Values]:
    return check(DATASET, DATASET.make(published_recipe(DATASET), 1, DATASET.rows))


def _rows(found: dict[str, Values], table: str) -> list[Row]:
    return [dict(zip(found[table], values, strict=True)) for values in zip(*found[table].values(), strict=True)]


def test_a_small_bank_becomes_posts_and_labels(small: Recipe) -> None:
    found = check(DATASET, DATASET.make(small, 1, 3))
    labels = {row["publicacion_id"]: row for row in _rows(found, "etiquetas")}
    by_account = {row["cuenta"]: (row, labels[row["publicacion_id"]]) for row in _rows(found, "publicaciones")}
    assert {name: row["tipo_cuenta"] for name, (row, _label) in by_account.items()} == {
        "cuenta_01": "campaña",
        "cuenta_05": "institución",
        "cuenta_15": "colega",
    }
    marked = {
        name: [label for label in publicaciones.LABELS if told[label] == "sí"]
        for name, (_row, told) in by_account.items()
    }
    assert marked == {"cuenta_01": [], "cuenta_05": ["autoria"], "cuenta_15": ["privacidad", "dignidad"]}
    assert by_account["cuenta_15"][1]["explicacion"] == "Se le reconoce."
    assert [by_account[name][1]["dificil"] for name in ("cuenta_15", "cuenta_01")] == ["sí", "no"]
    assert re.fullmatch(r"Taller en [^{}]+\.", by_account["cuenta_01"][0]["texto"])


def test_portions_make_the_same_rows_as_the_whole(small: Recipe) -> None:
    whole, parts = DATASET.make(small, 1, 3), [DATASET.make(small, 1, 2), DATASET.make(small, 3, 3)]
    for name, columns in whole.items():
        for column, values in columns.items():
            assert values == parts[0][name][column] + parts[1][name][column], f"{name}.{column}"


def test_each_seed_draws_its_own_part(small: Recipe) -> None:
    ours, public, hidden = (
        DATASET.make(one, 1, 3) for one in (small, replace(small, seed=9), replace(small, hidden=9))
    )
    assert ours["publicaciones"]["fecha"] == public["publicaciones"]["fecha"]
    assert ours["publicaciones"]["alcance"] != public["publicaciones"]["alcance"]
    assert ours["publicaciones"]["fecha"] != hidden["publicaciones"]["fecha"]
    assert ours["cuentas"] == hidden["cuentas"]


def test_more_than_was_written_is_refused(small: Recipe) -> None:
    with pytest.raises(UserError, match="3 publicaciones en su banco de textos y pidió 4"):
        DATASET.make(replace(small, rows=4), 1, 4)


def test_a_mistake_in_the_bank_is_said_with_its_line(small: Recipe, tmp_path: Path) -> None:
    (tmp_path / "banco-01.yml").write_text(_BANK.replace("format: video", "format: baile"), encoding="utf-8")
    with pytest.raises(UserError, match=r"banco-01\.yml, línea 8: .*baile"):
        DATASET.make(small, 1, 3)


def test_published_posts_are_in_order_and_within_their_time(published: dict[str, Values]) -> None:
    rows = _rows(published, "publicaciones")
    assert len(rows) == 600
    times = [(row["fecha"], row["hora"]) for row in rows]
    assert times == sorted(times)
    assert publicaciones.FIRST.isoformat() <= times[0][0] <= times[-1][0] <= publicaciones.LAST.isoformat()
    assert not any(re.search(r"[{}]", row["texto"]) for row in rows)
    on_duty = {date.fromisoformat(row["fecha"]).weekday() for row in rows if row["tipo_cuenta"] == "institución"}
    assert on_duty == {0, 1, 2, 3, 4}
    for column in DATASET.table("publicaciones").columns:
        assert set(published["publicaciones"][column.name]) >= set(column.categories), column.name


def _spearman(one: list[int], other: list[int]) -> float:
    return float(pd.Series(one).rank().corr(pd.Series(other).rank()))


def test_reach_has_the_structure_of_the_card(published: dict[str, Values]) -> None:
    rows = _rows(published, "publicaciones")
    followers = {row["cuenta"]: row["seguidores"] for row in _rows(published, "cuentas")}
    assert 0.75 <= _spearman([followers[row["cuenta"]] for row in rows], [row["alcance"] for row in rows]) <= 0.97
    shares: dict[tuple[str, bool], list[float]] = {}
    for row in rows:
        evening = 18 <= int(row["hora"][:2]) <= 21
        shares.setdefault((row["formato"], evening), []).append(row["alcance"] / followers[row["cuenta"]])
    of = {
        name: [share for (form, _e), values in shares.items() if form == name for share in values]
        for name, _e in shares
    }
    assert 1.7 <= median(of["video"]) / median(of["texto"]) <= 3
    for form in ("texto", "imagen"):
        assert 1.15 <= median(shares[form, True]) / median(shares[form, False]) <= 1.75, form
    for row in rows:
        assert max(row["reacciones"], row["comentarios"], row["compartidos"]) <= row["alcance"]


@pytest.mark.parametrize("seed", [1, 7, 2031])
def test_the_structure_holds_for_other_seeds(seed: int) -> None:
    recipe = replace(published_recipe(DATASET), seed=seed, hidden=seed)
    test_reach_has_the_structure_of_the_card(check(DATASET, DATASET.make(recipe, 1, DATASET.rows)))


def test_a_third_break_a_rule_in_every_kind_of_account(published: dict[str, Values]) -> None:
    labels = _rows(published, "etiquetas")
    broken = [any(row[label] == "sí" for label in publicaciones.LABELS) for row in labels]
    assert 0.32 <= sum(broken) / len(broken) <= 0.38
    kinds = published["publicaciones"]["tipo_cuenta"]
    assert {kind for kind, wrong in zip(kinds, broken, strict=True) if wrong} == set(kinds)
    assert all(row["explicacion"] for row, wrong in zip(labels, broken, strict=True) if wrong)
    assert not any(
        row["explicacion"] in published["publicaciones"]["texto"] for row in labels if row["explicacion"] is not None
    )


def test_a_linked_post_tells_of_one_case_and_came_after_it(published: dict[str, Values]) -> None:
    from ciberaula.datasets.casos.linkage import unique_cases
    from ciberaula.datasets.published import dataset

    known = {case.case_id: case for case in unique_cases(dataset("casos").seed, 200)}
    posts = {row["publicacion_id"]: row for row in _rows(published, "publicaciones")}
    linked = [row for row in _rows(published, "etiquetas") if row["caso_id"]]
    assert len({row["caso_id"] for row in linked}) == len(linked) == 14
    for row in linked:
        case, post = known[row["caso_id"]], posts[row["publicacion_id"]]
        assert row["privacidad"] == "sí"
        for told in (case.canton, str(case.age), case.motive, MONTHS[int(case.month[5:]) - 1]):
            assert told in post["texto"]
        assert case.month < post["fecha"][:7]
        assert case.month[:4] == post["fecha"][:4]
        assert case.age >= 18 or case.motive not in ("violencia intrafamiliar", "negligencia", "consumo de sustancias")


def test_no_sentence_stands_twice(published: dict[str, Values]) -> None:
    seen: set[str] = set()
    for text in published["publicaciones"]["texto"]:
        for sentence in re.split(r"(?<=[.!?…])\s+|\n", text):
            words = re.sub(r"\W+", " ", sentence.casefold()).strip()
            if len(words.split()) >= 3:
                assert words not in seen, sentence
                seen.add(words)
