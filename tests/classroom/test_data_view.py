"""A table to look at: labels, what the set is, the warning that it is simulated; HTML that hides nothing."""

import re
from pathlib import Path

import pandas as pd
import pytest

from ciberaula.classroom import data, labels, load
from ciberaula.classroom.data_view import cell_text
from ciberaula.errors import UserError
from tests.classroom.small_set import write_set


@pytest.fixture(autouse=True)
def mini(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CIBERAULA_DATASETS", str(tmp_path / "datasets"))
    return write_set(tmp_path / "datasets")


def test_a_table_is_shown_with_its_labels_and_the_warning() -> None:
    page = data("mini")._repr_html_()
    assert "<strong>Datos simulados: nadie en ellos es real.</strong> Dos tablas pequeñas." in page
    assert "Tabla «Personas»: 60 filas y 12 columnas." in page
    heads = re.findall(r'<th scope="col">(.*?)</th>', page)
    assert heads[:4] == ["Código", "Área", "Sector", "Edad (años)"]
    assert page.count("<tr>") == 1 + 8 + 1 + 12
    assert "<code>visitas</code>: Visitas" in page
    assert (
        '<th scope="row"><code>edad</code></th><td>Edad. Edad cumplida.</td><td>número entero</td><td>años</td>' in page
    )
    assert "<td>urbana, rural</td>" in page


def test_every_box_that_scrolls_has_a_name_and_the_keyboard_reaches_it() -> None:
    boxes = re.findall(r"<div [^>]*overflow-x[^>]*>", data("mini")._repr_html_())
    assert len(boxes) == 2
    assert all('role="region"' in box and 'tabindex="0"' in box and 'aria-label="' in box for box in boxes)


def test_text_is_escaped() -> None:
    assert "<td>—</td>" in data("mini", rows=1)._repr_html_()
    assert "Dijo: &quot;la señal, en rural, falla&quot; (1)" in data("mini", rows=2)._repr_html_()


def test_another_table_and_another_number_of_rows() -> None:
    shown = data("mini", "visitas", rows=3)
    assert "Las primeras 3 filas" in shown._repr_html_()
    assert "Tabla «Visitas»: 90 filas y 3 columnas." in repr(shown)
    assert shown.frame.equals(load("mini", "visitas"))
    assert "Duración (min)" in shown._repr_html_()
    assert labels("mini", "visitas")["minutos"] == "Duración"
    assert "primera" not in data("mini", rows=0)._repr_html_()


def test_rows_of_texts_are_read_one_under_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table with many long texts can't be read across, least of all on a phone: the book of codes."""
    monkeypatch.setenv("CIBERAULA_DATASETS", str(Path(__file__).parents[2] / "datasets"))
    page = data("entrevistas", "codigos", rows=13)._repr_html_()
    assert page.count("<summary style") == 13
    assert "ben_acceso · beneficio · Acceso y alcance</summary><p><strong>Definición:</strong>" in page
    assert "<strong>Qué no incluye:</strong> Si solo se nombran medios" in page
    assert "<td>Si solo se nombran medios" not in page
    assert "Las primeras 8 filas</caption>" in data("entrevistas", "segmentos")._repr_html_()


@pytest.mark.parametrize("rows", [-1, 201, True, 2.0, "8"])
def test_a_wrong_number_of_rows_is_one_line(rows: object) -> None:
    with pytest.raises(UserError, match=r"rows debe ser un número entero de 0 a 200\."):
        data("mini", rows=rows)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.5, "1,5"),
        (40.0, "40"),
        (7, "7"),
        (pd.NA, "—"),
        (pd.NaT, "—"),
        (float("nan"), "—"),
        (None, "—"),
        (pd.Timestamp("2025-03-01"), "2025-03-01"),
        (pd.Timestamp("2025-03-01 08:30"), "2025-03-01 08:30"),
        ("sí", "sí"),
    ],
)
def test_cells_are_written_as_people_read_them(value: object, text: str) -> None:
    assert cell_text(value) == text
