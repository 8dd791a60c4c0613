"""Scoring of a coding: the code that somebody gave to each unit of a text, against a reference."""

import math
from collections.abc import Collection, Mapping
from textwrap import shorten
from typing import Any

from ciberaula.datasets.agreement import cohen_kappa
from ciberaula.grading.scoring.result import (
    ItemScore,
    earned,
    is_blank,
    require_author,
    require_points,
    table_rows,
    unanswered,
    unexpected,
)
from ciberaula.i18n import _

UNIT, CODE = "segmento_id", "codigo"
_NEAR = 0.5
_EXCERPT = 60  # characters


def coding(
    item: str,
    answer: Any,
    *,
    points: float,
    key: Mapping[str, str],
    why: Mapping[str, str],
    near: Mapping[str, Collection[str]] | None = None,
    names: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
) -> ItemScore:
    """Score a table of ``segmento_id`` and ``codigo``: each unit of ``key`` counts alike, and none twice.

    ``key`` gives each unit its code of reference; ``near`` the codes that a careful person may give it instead, for half of
    its share; ``why`` explains each unit; ``names`` says in words what a code is, and ``texts`` how a unit begins. Units that
    nobody asked for count nothing; of a unit that is there twice with two codes, neither. The feedback tells Cohen's kappa
    too (no code counts as a code of its own), which is no part of the score.
    """
    close, words, said = dict(near or {}), dict(names or {}), dict(texts or {})
    require_points(item, points)
    require_author(
        bool(key) and set(key) == set(why) and set(close) <= set(key),
        item,
        _("cada unidad de la codificación lleva su código y su explicación"),
    )
    if is_blank(answer):
        return unanswered(item, points=points)
    rows = table_rows(answer)
    if rows is None or any(not {UNIT, CODE} <= set(row) for row in rows):
        return unexpected(item, points=points)
    given = _given(rows)
    lines, total = [], 0.0
    for unit, code in key.items():
        mine = given.get(unit, "")
        share = 1.0 if mine == code else _NEAR if mine in close.get(unit, ()) else 0.0
        total += share
        if share < 1:
            shown = words.get(mine, mine), words.get(code, code)
            lines.append(_line(_called(unit, said.get(unit, "")), *shown, why[unit], near=share > 0))
    right = sum(given.get(unit) == code for unit, code in key.items())
    told = _("{right} de {n} unidades como la codificación de referencia").format(right=right, n=len(key))
    kappa = cohen_kappa([given.get(unit, "") for unit in key], list(key.values()))
    if not math.isnan(kappa):
        lines.insert(
            0,
            _("Kappa de Cohen con la referencia: {kappa} (1 es acuerdo total; 0, el del azar).").format(
                kappa=f"{kappa:z.2f}".replace(".", ",")
            ),
        )
    return earned(item, total / len(key), points=points, answered=told, explanation=lines)


def _given(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Unit -> code, without those that are there with two codes."""
    given: dict[str, str] = {}
    for row in rows:
        unit, code = str(row[UNIT]), str(row[CODE])
        given[unit] = code if given.get(unit, code) == code else ""
    return given


def _called(unit: str, text: str) -> str:
    """The unit with its first words: nobody remembers an interview by numbers."""
    return f"{unit} «{shorten(text, _EXCERPT, placeholder='…')}»" if text else unit


def _line(unit: str, mine: str, code: str, why: str, *, near: bool) -> str:
    if not mine:
        mark = _("{unit}: sin código")
    elif near:
        mark = _("{unit}: «{mine}» también se puede defender")
    else:
        mark = _("{unit}: usted puso «{mine}»")
    return mark.format(unit=unit, mine=mine) + ". " + _("La referencia: «{code}». {why}").format(code=code, why=why)
