"""Every published case, done again through the real desk: nothing is refused, and the same case file comes out."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from tests.datasets.casos_replay import Book, Row, books, faults_of, replay, steps
from tests.datasets.shapes import plain

from ciberaula.datasets.casos import DATASET, ENTITY_OF
from ciberaula.datasets.spec import Recipe


@cache
def cases(seed: int, rows: int) -> tuple[Book, ...]:
    made = plain(DATASET.make(Recipe(rows, seed, seed), 1, rows))
    return tuple(books({name: by_row(columns) for name, columns in made.items()}))


def by_row(columns: dict[str, list[Any]]) -> list[Row]:
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def test_the_published_cases_are_what_the_desk_makes_of_them() -> None:
    found = cases(DATASET.seed, DATASET.rows)
    assert len(found) == DATASET.rows
    assert [fault for book in found for fault in faults_of(book)] == []
    assert sum(1 for book in found for _step in steps(book)) > 20 * len(found)


@pytest.mark.parametrize("seed", [1, 77, 4711])
def test_so_are_those_of_other_seeds(seed: int) -> None:
    assert [fault for book in cases(seed, 600) for fault in faults_of(book)] == []


def test_so_are_the_last_of_a_million() -> None:
    made = plain(DATASET.make(Recipe(1_000_000, 5, 5), 999_851, 1_000_000))
    found = list(books({name: by_row(columns) for name, columns in made.items()}))
    assert found[-1].case["caso_id"] == "SIM-1000000"
    assert [fault for book in found for fault in faults_of(book)] == []


def test_all_that_the_desk_keeps_of_a_case_comes_from_its_rows() -> None:
    kept = {name for name in ENTITY_OF if name not in ("casos", "objetivos", "profesionales")}
    for book in cases(DATASET.seed, DATASET.rows)[:300]:
        file, faults = replay(book)
        assert file is not None and not faults
        for name in kept:
            entity: Any = ENTITY_OF[name]
            assert len(file.of(entity)) == len(book[name]), (book.case["caso_id"], name)


CHANGES: dict[str, tuple[str, Callable[[Row], bool], dict[str, str | None]]] = {
    "a referral without consent": (
        "consentimientos",
        lambda row: row["finalidad"] == "compartir datos" and row["otorgado"] == "sí",
        {"otorgado": "no"},
    ),
    "consent after the referral": (
        "consentimientos",
        lambda row: row["finalidad"] == "compartir datos" and row["otorgado"] == "sí",
        {"registrado": "2025-12-31 17:59"},
    ),
    "a closing that nobody approved": (
        "aprobaciones",
        lambda row: row["tipo"] == "cierre" and row["estado"] == "aprobada",
        {"estado": "rechazada"},
    ),
    "an assessment before the case": ("evaluaciones", lambda _row: True, {"realizada": "2023-02-01 10:00"}),
    "a plan before the assessment": ("planes", lambda _row: True, {"elaborado": "2024-01-08 08:00"}),
    "a note before it happened": ("notas", lambda _row: True, {"ocurrio": "2026-02-01 10:00"}),
    "health told by chat": (
        "contactos",
        lambda row: row["canal"] == "mensajería" and row["cuenta"] == "institucional",
        {"datos": "salud"},
    ),
    "a follow-up done before it was fixed": (
        "seguimientos",
        lambda row: bool(row["hecho"]),
        {"hecho": "2024-01-01 10:00"},
    ),
    "an answer by nobody": ("transiciones", lambda row: row["estado"] == "aceptada", {"respondida": None}),
    "a service given that was not": (
        "servicios",
        lambda row: row["estado"] == "con cita",
        {"prestado": "2025-12-31 17:00"},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_row_that_breaks_a_rule_is_found(name: str) -> None:
    table, fits, change = CHANGES[name]
    for book in cases(DATASET.seed, DATASET.rows):
        for place, row in enumerate(book[table]):
            if fits(row):
                broken = deepcopy(book)
                broken.rows[table][place] = {**row, **change}
                assert faults_of(broken), name
                return
    raise AssertionError(name)


@pytest.mark.parametrize("column", ["etapa", "estado", "riesgo", "cerrado", "reabierto", "profesional_id", "abierto"])
def test_so_is_a_case_that_tells_something_else(column: str) -> None:
    other = {"etapa": "nuevo", "estado": "transferido", "riesgo": None, "profesional_id": "T060"}
    book = next(
        one for one in cases(DATASET.seed, DATASET.rows) if one.case["profesional_id"] != "T060" and one.case["riesgo"]
    )
    broken = Book({**book.case, column: other.get(column, "2025-06-02 09:00")}, book.rows)
    assert faults_of(broken)
