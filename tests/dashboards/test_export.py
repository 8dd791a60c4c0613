"""CSV that a spreadsheet opens rightly and never runs."""

import base64
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciberaula.dashboards.export import csv_bytes, download


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_excel_reads_spanish_letters():
    data = csv_bytes(["nombre"], [["Ñauta"]])
    assert data.startswith(b"\xef\xbb\xbf")
    assert read(data) == [["nombre"], ["Ñauta"]]


@pytest.mark.parametrize("text", ["=SUM(A1)", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1"])
def test_no_text_is_a_formula(text):
    assert read(csv_bytes(["a"], [[text]]))[1] == [f"'{text}"]


def test_numbers_stay_numbers_and_nothing_stays_empty():
    assert read(csv_bytes(["a", "b", "c"], [[-1, 0.5, None]]))[1] == ["-1", "0.5", ""]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_whatever_the_text_the_first_sign_is_harmless(row):
    (_header, found) = read(csv_bytes(["x"] * len(row), [row]))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in found)
    assert [cell.removeprefix("'") for cell in found] == [text.removeprefix("'") for text in row]


def test_a_download_holds_its_data():
    link = download("a.csv", "Descargar <b>", b"\x00\xff")
    assert 'download="a.csv"' in link and "Descargar &lt;b&gt;" in link
    assert base64.b64decode(link.split("base64,")[1].split('"')[0]) == b"\x00\xff"
