"""The explorer: what is asked, what pandas answers, the code that says the same, and the answer it hands in."""

import html
import json
import math
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ciberaula.classroom import answers, explorer, submit_answer, submit_table
from ciberaula.classroom.explorer_fields import Fitting, facets
from ciberaula.classroom.explorer_plan import MONTH, Filter, Plan, bin_edges, bin_names, run
from ciberaula.classroom.explorer_report import Report, months_between
from ciberaula.datasets import load
from ciberaula.datasets.loading import package_info
from ciberaula.errors import UserError
from tests.classroom.small_set import rows, write_set

COMMON = {"competence": "investigacion.datos", "coverage": ["EC-38"], "prompt": "¿Qué dice la tabla?"}
QUESTIONS = [
    {**COMMON, "id": "p01", "kind": "table"},
    {**COMMON, "id": "p02", "kind": "number", "min": 0, "max": 100},
    {**COMMON, "id": "p03", "kind": "text"},
]
BY_AREA = {"tabla": "personas", "medida": "proporcion", "columna": "uso", "valor": "sí", "grupo1": "area"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "03-prueba"
    here.mkdir()
    questions = {"schema": 1, "graded": True, "questions": QUESTIONS}
    (here / "preguntas.yml").write_text(yaml.safe_dump(questions), encoding="utf-8")
    write_set(tmp_path / "datasets")
    monkeypatch.setenv("CIBERAULA_DATASETS", str(tmp_path / "datasets"))
    monkeypatch.setenv("CIBERAULA_PSEUDONYM", "p-prueba")
    monkeypatch.chdir(here)
    return here


def said(widget: Any) -> str:
    """The words of the result, without pictures and code."""
    page = re.sub(r"<svg.*?</svg>|<pre>.*?</pre>", "", widget.state["result"], flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def code_of(widget: Any) -> str:
    found = re.search(r"<pre><code>(.*?)</code></pre>", widget.state["result"], re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def change(widget: Any, **values: Any) -> None:
    """What the front end sends when somebody changes those fields; ``None`` empties one."""
    now = {**widget.state["value"], **values}
    widget._take({"type": "save", "value": {id: value for id, value in now.items() if value is not None}})


def field(widget: Any, id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        one for section in widget.state["sections"] for one in section["fields"] if one["id"] == id
    )
    return found


def executed(code: list[str]) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec("\n".join(code), names)  # noqa: S102 (our own text, which people are told to run)
    return names


# --- the code says the same -------------------------------------------------------------------------------------------

TEXTS = st.sampled_from(
    ["personas", "urbana", "rural", "pública", "sí", "no", "siempre", "2025-03", "señal", '"', "\\"]
)
COLUMNS = st.sampled_from(
    ["area", "sector", "edad", "hijos", "indice", "frecuencia", "uso", "fecha", "momento", "mes", "nota", "persona_id"]
)
VALUES = TEXTS | st.integers(0, 60) | st.floats(0, 10, allow_nan=False) | st.sampled_from(["2025-02-10", "2025-05-01"])
MEASURES = st.sampled_from(
    [
        "filas",
        "porcentaje",
        "proporcion",
        "media",
        "mediana",
        "minimo",
        "maximo",
        "cruce",
        "distribucion",
        "correlacion",
    ]
)
OPERATORS = st.sampled_from(["es", "no_es", "una_de", "contiene", "desde", "hasta", "sin_dato", "con_dato"])
LISTS = st.lists(st.sampled_from(["urbana", "rural", "pública", "privada", "sí", "a veces", "2025-01"]), max_size=3)


@st.composite
def choices(draw: st.DrawFn) -> dict[str, Any]:
    """Whatever a front end might send: mostly what fits, sometimes what does not."""
    values: dict[str, Any] = {"medida": draw(MEASURES)}
    for number in (1, 2, 3):
        for part, values_of in (("filtro", COLUMNS), ("condicion", OPERATORS), ("valor", VALUES), ("lista", LISTS)):
            if draw(st.integers(0, 2)):
                values[f"{part}{number}"] = draw(values_of)
        if not draw(st.integers(0, 1)):
            break
    for id in ("columna", "columna2", "grupo1", "grupo2"):
        if draw(st.integers(0, 4)):
            values[id] = draw(COLUMNS)
    values["valor"] = draw(TEXTS)
    values["base"] = draw(st.sampled_from(["total", "grupo1", "grupo2", "recuento"]))
    values["grafico"] = draw(st.sampled_from(["barras", "lineas", "histograma", "dispersion", "ninguno"]))
    return values


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(raw=choices())
def test_whatever_is_chosen_the_code_gives_the_same(raw: dict[str, Any]) -> None:
    table, frame = package_info("mini").table("personas"), load("mini", "personas")
    columns = facets(table, frame)
    fitting = Fitting("mini", table, columns, True, {})
    _sections, values = fitting.fit(raw)
    plan = fitting.plan(values)
    before = frame.copy(deep=True)
    try:
        found = run(plan, frame)
    except UserError as error:
        assert "Elija" in str(error) or "elija" in str(error)
        return
    pd.testing.assert_frame_equal(frame, before)
    names = executed(found.code)
    if found.frame is not None:
        pd.testing.assert_frame_equal(names["resultado"], found.frame)
    elif found.value is not None:
        assert names["valor"] == found.value or (math.isnan(names["valor"]) and math.isnan(found.value))
    else:
        assert found.rows == 0
    page = Report(plan, found, columns, values.get("grafico", "ninguno")).html()
    assert page.count("<svg") == page.count("</svg>") <= 1
    assert "nan" not in page


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(raw=choices())
def test_settings_that_fit_are_kept_as_they_are(raw: dict[str, Any]) -> None:
    table = package_info("mini").table("personas")
    fitting = Fitting("mini", table, facets(table, load("mini", "personas")), True, {})
    sections, values = fitting.fit(raw)
    again, same = fitting.fit(values)
    assert (again, same) == (sections, values)
    assert json.loads(json.dumps(values)) == values


FILTERS: list[tuple[str, str, Any, Any]] = [
    ("area", "es", "rural", lambda cell: cell == "rural"),
    ("sector", "no_es", "pública", lambda cell: cell not in ("", "pública")),
    ("sector", "una_de", ("pública", "privada"), lambda cell: cell in ("pública", "privada")),
    ("nota", "contiene", "SEÑAL, EN R", lambda cell: "señal, en r" in cell.lower()),
    ("nota", "contiene", "(1", lambda cell: "(1" in cell),
    ("edad", "desde", 37, lambda cell: cell != "" and int(cell) >= 37),
    ("edad", "hasta", 37, lambda cell: cell != "" and int(cell) <= 37),
    ("indice", "es", 7.5, lambda cell: float(cell) == 7.5),
    ("fecha", "desde", "2025-03-05", lambda cell: cell >= "2025-03-05"),
    ("fecha", "hasta", "2025-03-05", lambda cell: "" < cell <= "2025-03-05"),
    ("momento", "hasta", "2025-03-05", lambda cell: cell[:10] <= "2025-03-05"),
    ("frecuencia", "sin_dato", None, lambda cell: cell == ""),
    ("frecuencia", "con_dato", None, lambda cell: cell != ""),
]


@pytest.mark.parametrize(("column", "operator", "value", "holds"), FILTERS)
def test_a_filter_keeps_the_rows_it_says(column: str, operator: str, value: Any, holds: Any) -> None:
    frame, position = load("mini"), list(load("mini").columns).index(column)
    expected = [row[0] for row in rows() if holds(row[position])]
    assert 0 < len(expected) < 60
    plan = Plan("mini", "personas", (Filter(column, operator, value, day=column in ("fecha", "momento")),))
    found = run(plan, frame)
    assert found.selected["persona_id"].tolist() == expected
    assert executed(found.code)["tabla"]["persona_id"].tolist() == expected


def test_a_combination_without_rows_is_no_mistake() -> None:
    start = {"medida": "media", "columna": "edad", "grupo1": "area", "grupo2": "frecuencia"}
    page = explorer("mini", "personas", start=start).state["result"]
    assert ">—</text>" in page


# --- figures against others, by hand --------------------------------------------------------------------------------


def test_figures_are_those_of_plain_counting() -> None:
    frame = load("mini", "personas")
    urban = [use for area, use in zip(frame["area"], frame["uso"], strict=True) if area == "urbana"]
    widget = explorer("mini", start=BY_AREA)
    share = round(100 * urban.count("sí") / len(urban), 2)
    assert f"urbana {len(urban)} {share:g}".replace(".", ",") in said(widget)
    change(widget, medida="media", columna="edad", grupo1=None)
    ages = [int(age) for age in frame["edad"].dropna()]
    assert f"Media de «Edad (años)»: {sum(ages) / len(ages):.2f}".replace(".", ",") in said(widget)
    assert f"{60 - len(ages)} filas sin dato en «Edad (años)» quedaron fuera." in said(widget)


def test_spearman_is_that_of_ranks() -> None:
    frame = load("mini", "personas").dropna(subset=["edad"])
    ranks = frame[["indice", "edad"]].astype("float64").rank()
    found = run(Plan("mini", "personas", measure="correlacion", column="indice", other="edad"), load("mini"))
    rho: Any = ranks.corr().iloc[0, 1]
    assert found.value == round(float(rho), 2)


def test_yes_counts_more_than_no_and_declared_order_is_told() -> None:
    widget = explorer("mini", start={"medida": "correlacion", "columna": "indice", "columna2": "uso"})
    assert "Cuando una sube, la otra tiende a subir (relación fuerte)" in said(widget)
    assert "se ordenó así" not in said(widget)
    change(widget, columna2="frecuencia", grupo1="area")
    assert "se ordenó así: nunca < a veces < siempre" in said(widget)
    assert "Con todas las filas juntas: ρ = " in said(widget)
    assert "(0 = nunca, 2 = siempre)" in " ".join(re.findall(r"<text[^>]*>(.*?)</text>", widget.state["result"]))
    assert "no dice cuál es la causa" in said(widget)


@pytest.mark.parametrize(
    ("low", "high", "whole", "edges", "names"),
    [
        (0, 3, True, [0, 1, 2, 3, 4], ["0", "1", "2", "3"]),
        (18, 64, True, list(range(15, 70, 5)), None),
        (5, 5, True, [5, 6], ["5"]),
        (0.0, 1.0, False, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1], None),
        (-7.0, 12.0, False, [-8, -6, -4, -2, 0, 2, 4, 6, 8, 10, 12, 14], None),
    ],
)
def test_intervals_are_round_and_hold_every_value(
    low: float, high: float, whole: bool, edges: list[float], names: list[str] | None
) -> None:
    assert bin_edges(low, high, whole=whole) == edges
    assert len(bin_names(edges, whole=whole)) == len(edges) - 1
    if names:
        assert bin_names(edges, whole=whole) == names


@settings(max_examples=200, deadline=None)
@given(low=st.floats(-1e6, 1e6), size=st.floats(0, 1e6))
def test_no_value_falls_out_of_the_intervals(low: float, size: float) -> None:
    edges = bin_edges(low, low + size, whole=False)
    assert edges[0] <= low and low + size < edges[-1]
    assert 2 <= len(edges) <= 14
    assert edges == sorted(set(edges))


def test_a_month_without_rows_is_on_the_line_too() -> None:
    assert months_between("2024-11", "2025-02") == ["2024-11", "2024-12", "2025-01", "2025-02"]
    widget = explorer(
        "mini",
        start={"medida": "filas", "grupo1": "fecha", "filtro1": "mes", "condicion1": "no_es", "valor1": "2025-03"},
    )
    assert f"fecha{MONTH}" in code_of(widget)
    assert "enero de 2025" in said(widget)
    picture = re.search(r"<svg.*?</svg>", widget.state["result"], re.DOTALL)
    assert picture is not None
    assert picture[0].count("<circle") == 6  # March too, with none


# --- the form ---------------------------------------------------------------------------------------------------------


def test_a_chart_comes_with_the_groups_until_somebody_wants_none() -> None:
    widget = explorer("mini", "personas")
    assert "<svg" not in widget.state["result"]
    change(widget, grupo1="area")
    assert widget.state["value"]["grafico"] == "barras"
    assert "<svg" in widget.state["result"]
    change(widget, grafico="ninguno")
    change(widget, grupo1="sector")
    assert "<svg" not in widget.state["result"]


def test_fields_follow_from_what_was_chosen() -> None:
    widget = explorer("mini", "personas")
    assert field(widget, "tabla")["hidden"]
    assert field(widget, "columna")["hidden"]
    assert field(widget, "filtro2")["hidden"]
    change(widget, medida="media")
    assert "Elija la columna que quiere medir." in said(widget)
    assert [one["id"] for one in field(widget, "columna")["options"]] == ["edad", "hijos", "indice"]
    change(widget, filtro1="area")
    assert [one["id"] for one in field(widget, "valor1")["options"]] == ["urbana", "rural"]
    assert not field(widget, "filtro2")["hidden"]
    change(widget, filtro1="edad", valor1="urbana")
    assert field(widget, "valor1")["kind"] == "number"
    assert "valor1" not in widget.state["value"]
    assert [one["id"] for one in field(widget, "condicion1")["options"]] == [
        "desde",
        "hasta",
        "es",
        "sin_dato",
        "con_dato",
    ]
    change(widget, filtro1="fecha", condicion1="hasta", valor1="2025-02-28", columna="edad")
    assert field(widget, "valor1")["kind"] == "date"
    assert "Solo filas donde «Fecha» va hasta 2025-02-28." in said(widget)
    ids = [one["id"] for section in widget.state["sections"] for one in section["fields"]]
    assert ids == [one["id"] for section in widget.spec["sections"] for one in section["fields"]]


def test_another_table_brings_its_own_columns_and_drops_what_does_not_fit() -> None:
    widget = explorer("mini", start=BY_AREA)
    assert not field(widget, "tabla")["hidden"]
    change(widget, tabla="visitas")
    assert widget.state["value"]["tabla"] == "visitas"
    assert "grupo1" not in widget.state["value"]
    change(widget, medida="media")
    assert widget.state["value"]["columna"] == "minutos"  # the only one there is
    assert 'load("mini", "visitas")' in code_of(widget)


def test_fixed_settings_are_not_shown_and_not_changed() -> None:
    widget = explorer("mini", "personas", fixed={"filtro1": "area", "valor1": "rural"}, start={"medida": "filas"})
    assert field(widget, "filtro1")["hidden"]
    assert "Solo filas donde «Área» es rural." in said(widget)
    change(widget, filtro1="uso", valor1="sí")
    assert "Solo filas donde «Área» es rural." in said(widget)
    assert "Hay 24 filas." in said(widget)


def test_a_mistake_of_a_lesson_is_one_line() -> None:
    with pytest.raises(UserError, match=r"no tiene el ajuste «grupo» \(start\)\. Los que hay: tabla, filtro1"):
        explorer("mini", start={"grupo": "area"})
    with pytest.raises(UserError, match="«zona» no sirve para el ajuste «grupo1» en «mini»"):
        explorer("mini", start={"grupo1": "zona"})
    with pytest.raises(UserError, match="no tiene la tabla «otra»"):
        explorer("mini", "otra")
    with pytest.raises(UserError, match="No hay un conjunto de datos «otro»"):
        explorer("otro")
    with pytest.raises(UserError, match="«p03» no pide una tabla ni un número"):
        explorer("mini", answer="p03")


def test_what_was_chosen_is_there_again_and_explorers_do_not_mix() -> None:
    first = explorer("mini", start=BY_AREA)
    change(first, grupo1="sector")
    assert explorer("mini", start=BY_AREA).values == first.values
    assert explorer("mini").values["medida"] == "filas"
    assert "grupo1" not in explorer("mini").values


def test_the_front_end_is_not_trusted() -> None:
    widget = explorer("mini", start=BY_AREA)
    for value in (
        "x",
        None,
        [1],
        {"otro": "area"},
        {"grupo1": ["area"], "medida": {}, "filtro1": 3, "valor1": math.inf},
    ):
        widget._take({"type": "save", "value": value})
        assert widget.state["status"]["level"] == "ok"
        assert "Hay 60 filas." in said(widget)


def test_nothing_left_is_said() -> None:
    widget = explorer(
        "mini",
        "personas",
        start={
            "filtro1": "edad",
            "condicion1": "desde",
            "valor1": 98,
            "medida": "media",
            "columna": "hijos",
            "grupo1": "area",
        },
    )
    assert said(widget).startswith("No queda ninguna fila con esas condiciones.")


def test_small_groups_are_warned_of() -> None:
    start = {
        "medida": "media",
        "columna": "edad",
        "grupo1": "sector",
        "filtro1": "hijos",
        "condicion1": "es",
        "valor1": 3,
    }
    assert "Ojo: 2 grupos tienen menos de 5 filas" in said(explorer("mini", "personas", start=start))


def test_the_saved_notebook_says_what_was_chosen_and_found() -> None:
    text = explorer("mini", start=BY_AREA)._static()["text/plain"]
    assert "Medida: Porcentaje que dice un valor" in text
    assert "lo más alto es «urbana»" in text
    assert "Filtro 1" not in text
    assert "Respuesta" not in text


# --- answers ----------------------------------------------------------------------------------------------------------


def press(widget: Any) -> dict[str, Any]:
    widget._take({"type": "press", "button": "entregar", "value": widget.state["value"]})
    status: dict[str, Any] = widget.state["status"]
    return status


def test_a_table_by_widget_and_by_the_code_shown_is_the_same_answer(capsys: pytest.CaptureFixture[str]) -> None:
    widget = explorer("mini", answer="p01", start=BY_AREA)
    assert answers["p01"] is None
    assert press(widget)["level"] == "ok"
    by_widget: Any = answers["p01"]
    assert by_widget["columns"] == ["area", "filas", "porcentaje"]
    assert code_of(widget).splitlines()[-1] == 'submit_table("p01", resultado)'
    submit_table("p01", [{"nada": 1}])
    executed(code_of(widget).splitlines())
    assert answers["p01"] == by_widget
    assert "tabla de 2 filas y 3 columnas" in capsys.readouterr().out


def test_a_number_by_widget_and_by_the_code_shown_is_the_same_answer() -> None:
    start = {"tabla": "personas", "medida": "proporcion", "columna": "uso", "valor": "sí"}
    widget = explorer("mini", answer="p02", start=start)
    assert press(widget)["level"] == "ok"
    by_widget = answers["p02"]
    assert 0 < by_widget < 100
    submit_answer("p02", 1)
    executed(code_of(widget).splitlines())
    assert answers["p02"] == by_widget


def test_a_result_of_another_kind_is_refused_in_one_line() -> None:
    table = explorer("mini", answer="p01", start={"medida": "filas"})
    assert press(table)["text"] == "Esta pregunta pide una tabla: elija al menos un grupo en «Agrupar por»."
    number = explorer("mini", answer="p02", start=BY_AREA)
    assert (
        press(number)["text"]
        == "Esta pregunta pide un solo número: elija una medida que lo dé, sin grupos, y vuelva a guardar."
    )
    assert "submit" not in code_of(number)
    change(number, medida="media", columna=None, grupo1=None)
    assert press(number)["text"] == "Elija la columna que quiere medir."
    empty = explorer(
        "mini",
        answer="p02",
        fixed={"filtro1": "edad", "valor1": 99},
        start={"medida": "correlacion", "columna": "indice", "columna2": "hijos"},
    )
    assert press(empty)["level"] == "error"
    assert answers["p01"] is answers["p02"] is None


def test_the_answer_stands_open_above_its_button_which_names_the_question_as_its_heading_does() -> None:
    table = explorer("mini", answer="p01", start=BY_AREA)
    assert table.spec["buttons"][0]["label"].endswith("a la pregunta 1")
    assert "Ver las cifras" not in said(table) and "<table" in table.state["result"]
    assert "Ver las cifras" in said(explorer("mini", start=BY_AREA))


def test_an_answer_that_could_not_be_written_is_a_problem(folder: Path) -> None:
    (folder / "respuestas.json").write_text('{"schema": 999}', encoding="utf-8")
    status = press(explorer("mini", answer="p01", start=BY_AREA))
    assert status["level"] == "error" and "No se pudo guardar" in status["text"]


def test_a_change_is_told_once() -> None:
    """All of the state travels at each telling: over a slow line a second one is waited for."""
    widget = explorer("mini", start=BY_AREA)
    told: list[Any] = []
    widget.observe(told.append, "state")
    change(widget, grupo1="sector")
    assert len(told) == 1


def test_the_question_shows_what_the_explorer_handed_in() -> None:
    from ciberaula.classroom import question

    shown: Any = question("p02")
    start = {"tabla": "personas", "medida": "filas", "filtro1": "area", "valor1": "rural"}
    press(explorer("mini", answer="p02", start=start))
    assert shown.state["value"] == 24
    shown._take({"type": "save", "value": 30})
    assert shown.state["value"] == answers["p02"] == 30
    assert "guardada" in shown.state["status"]["text"]
