"""The term calculator and the anonymity workbench."""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from ciberaula.classroom import answers
from ciberaula.classroom.anonymity import Recipe, report
from ciberaula.classroom.tools import anonymity_lab, term_calculator
from ciberaula.datasets import load, privacy
from ciberaula.errors import UserError

COMMITTED = Path(__file__).parents[2] / "datasets" / "casos-k"
PUBLISHABLE = {
    "edad": "tramos",
    "lugar": "region",
    "columnas": ["genero", "motivo"],
    "conocido": ["edad", "lugar", "genero"],
    "minimo": 3,
}
QUESTION = {
    "id": "p09",
    "kind": "table",
    "competence": "datos.seudonimo",
    "coverage": ["CW-26"],
    "prompt": "Prepare la tabla que se puede publicar.",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "05-proteccion-de-datos"
    here.mkdir()
    questions = {"schema": 1, "graded": True, "questions": [QUESTION, QUESTION | {"id": "p08", "kind": "number"}]}
    (here / "preguntas.yml").write_text(yaml.safe_dump(questions), encoding="utf-8")
    shutil.copytree(COMMITTED, tmp_path / "datasets" / "casos-k")
    monkeypatch.setenv("CIBERAULA_DATASETS", str(tmp_path / "datasets"))
    monkeypatch.setenv("CIBERAULA_PSEUDONYM", "p-prueba")
    monkeypatch.chdir(here)
    return here


def words(page: str) -> str:
    text = re.sub(r"<style>.*?</style>|</?(?:strong|small)[^>]*>", "", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def compute(**values: object) -> str:
    tool = term_calculator()
    tool._take({"type": "save", "value": values})
    return words(tool.state["result"]) or str(tool.state["status"]["text"])


def test_the_calculator_says_the_day_the_count_and_the_reservation() -> None:
    said = compute(regla="ec.breach.authority", fecha="2026-10-29")
    assert said.startswith("Vence el lunes 9 de noviembre de 2026. Se cuentan 5 días y se saltan 6.")
    for expected in (
        "lunes 2 de noviembre de 2026 no feriado: Día de Difuntos",
        "miércoles 4 de noviembre de 2026 sí día hábil 2 de 5",
        "según comentaristas",
        "Material formativo, no asesoría jurídica.",
    ):
        assert expected in said


@pytest.mark.parametrize(
    ("values", "due"),
    [
        ({"regla": "ec.breach.subject", "fecha": "2026-10-08"}, "miércoles 14 de octubre de 2026"),
        ({"regla": "ec.rights.answer.termino", "fecha": "2026-11-20"}, "viernes 4 de diciembre de 2026"),
        ({"regla": "ec.rights.answer.plazo", "fecha": "2026-11-20"}, "sábado 5 de diciembre de 2026"),
        (
            {"regla": "eu.breach.authority", "fecha": "2026-10-08", "hora": "18:30"},
            "domingo 11 de octubre de 2026 a las 18:30",
        ),
        (
            {
                "regla": "otra",
                "fecha": "2026-12-04",
                "cantidad": 1,
                "cuenta": "termino",
                "locales": "2026-12-07, 2026-12-08",
            },
            "miércoles 9 de diciembre de 2026",
        ),
    ],
)
def test_each_rule_is_counted_its_own_way(values: dict[str, object], due: str) -> None:
    assert compute(**values).startswith(f"Vence el {due}.")


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"regla": "eu.breach.authority", "fecha": "2026-10-08"}, "escriba la hora"),
        ({"regla": "eu.breach.authority", "fecha": "2026-10-08", "hora": "25:00"}, "escriba la hora"),
        ({"regla": "otra", "fecha": "2026-10-08"}, "escriba la cantidad"),
        ({"regla": "otra", "fecha": "2026-10-08", "cantidad": 2.5, "cuenta": "termino"}, "número entero"),
        ({"regla": "ec.breach.authority", "fecha": "2026-10-08", "locales": "mañana"}, "«mañana» no es una fecha"),
        ({"regla": "ec.breach.authority", "fecha": "9999-12-30"}, "queda fuera"),
    ],
)
def test_a_mistake_is_one_line(values: dict[str, object], line: str) -> None:
    said = compute(**values)
    assert line in said
    assert "Vence" not in said


def test_the_calculator_waits_for_a_date_and_opens_with_one() -> None:
    assert (
        term_calculator().state["result"]
        == "<p>Para ver el resultado, complete «Fecha en que se conoció el hecho».</p>"
    )
    assert "16 de octubre de 2026" in term_calculator(known="2026-10-08").state["result"]
    mexico = term_calculator(known="2026-09-15", country="MX")
    assert "Día de la Independencia" in mexico.state["result"]
    assert "otro país" in mexico.state["result"]


def test_what_cannot_be_counted_is_refused() -> None:
    with pytest.raises(UserError, match="no dice cómo se cuenta"):
        term_calculator("ec.breach.processor")
    with pytest.raises(UserError, match="¿Quiso decir"):
        term_calculator("ec.breach")
    with pytest.raises(UserError, match="no es una fecha"):
        term_calculator(known="8 de octubre")
    with pytest.raises(UserError, match="«PE»"):
        term_calculator(country="PE")  # type: ignore[arg-type]


def test_the_picture_is_hidden_from_screen_readers_and_the_table_is_not() -> None:
    page = term_calculator(known="2026-10-29").state["result"]
    picture = page[page.index('<table class="ca-weeks" aria-hidden="true">') : page.index("</table>")]
    assert picture.count("<tr>") == 4  # the heads, and the weeks of 26 October, 2 November and 9 November
    assert '<th scope="row">jueves 29 de octubre de 2026</th><td>no</td>' in page


def test_the_bench_opens_on_the_raw_table() -> None:
    said = words(anonymity_lab("casos-k").state["result"])
    assert said.startswith("k = 1. Personas únicas: 114. Quedan 120 filas de 120; se suprimieron 0 (0 %).")


def test_generalising_and_suppressing_reaches_k() -> None:
    bench = anonymity_lab("casos-k")
    bench._take({"type": "save", "value": PUBLISHABLE})
    said = words(bench.state["result"])
    assert said.startswith("k = 4. Personas únicas: 0. Quedan 114 filas de 120; se suprimieron 6 (5 %).")
    assert "en 1 grupo todas las personas comparten el motivo" in said
    assert "Ver las 6 filas suprimidas" in said
    assert "otra identidad" in said


def test_the_bench_answers_the_question_with_what_pandas_gives(folder: Path) -> None:
    bench = anonymity_lab("casos-k", answer="p09")
    bench._take({"type": "save", "value": PUBLISHABLE})
    assert bench.state["status"]["level"] == "ok"
    banded = privacy.generalise_canton(privacy.generalise_age(load("casos-k")), "region")
    expected = privacy.suppress_small(banded, ["edad", "genero", "region"], 3)[["edad", "genero", "region", "motivo"]]
    assert answers["p09"]["columns"] == list(expected.columns)
    assert answers["p09"]["rows"] == expected.to_numpy().tolist()
    assert bench.values == anonymity_lab("casos-k", answer="p09").values
    record = (folder / "registro.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["object"]["id"].rpartition("/")[2] for line in record] == ["p09"]


def test_nothing_ticked_stays_nothing_ticked() -> None:
    bench = anonymity_lab("casos-k")
    bench._take({"type": "save", "value": {"edad": "tramos", "lugar": "region", "minimo": 1}})
    again = anonymity_lab("casos-k")
    assert again.values["columnas"] == again.values["conocido"] == []
    assert "Nadie conoce ninguna de las columnas" in again.state["result"]


def test_without_columns_there_is_one_line_and_no_answer() -> None:
    bench = anonymity_lab("casos-k", answer="p09")
    bench._take({"type": "save", "value": {"edad": "quitar", "lugar": "quitar", "minimo": 1}})
    assert bench.state["status"] == {
        "text": "No queda ninguna columna: conserve al menos una.",
        "level": "error",
        "at": "",
    }
    assert answers["p09"] is None


def test_suppressing_everything_is_said() -> None:
    bench = anonymity_lab("casos-k")
    bench._take({"type": "save", "value": PUBLISHABLE | {"minimo": 50}})
    assert "No queda ninguna fila." in bench.state["result"]


RECIPES = [
    Recipe.of(PUBLISHABLE),
    Recipe.of({}),
    Recipe("exacta", "provincia", ("genero",), ("edad", "lugar"), 2),
    Recipe("quitar", "region", ("genero", "canal"), ("lugar", "canal"), 5),
    Recipe("tramos", "quitar", ("genero", "area"), ("edad", "genero"), 4),
    Recipe("tramos", "canton", (), (), 3),
]


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_code_shown_gives_the_same_table(recipe: Recipe) -> None:
    table = load("casos-k")
    found = recipe.apply(table)
    code = recipe.code("casos-k", table)
    names: dict[str, pd.DataFrame] = {}
    exec(code, names)  # noqa: S102 (our own text, which trainees are told to run)
    assert names["tabla"].equals(found)
    if recipe.quasi(found):
        *_before, last = code.splitlines()
        assert eval(last, dict(names)) == privacy.k_anonymity(found, recipe.quasi(found))  # noqa: S307 (our own text)


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_bars_add_up_to_the_people(recipe: Recipe) -> None:
    table = load("casos-k")
    page = report("casos-k", table, recipe)
    counts = [int(count) for count in re.findall(r"</span> (\d+)</td>", page)]
    assert sum(counts) == (len(recipe.apply(table)) if recipe.quasi(recipe.apply(table)) else 0)


def test_wrong_data_or_question_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="casos-k"):
        anonymity_lab("casos")
    with pytest.raises(UserError, match="no pide una tabla"):
        anonymity_lab("casos-k", answer="p08")
    other = tmp_path / "datasets" / "otra"
    other.mkdir()
    schema = {"fields": [{"name": "a", "type": "integer"}]}
    (other / "datapackage.json").write_text(
        json.dumps({"resources": [{"path": "a.csv", "schema": schema}]}), encoding="utf-8"
    )
    (other / "a.csv").write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(UserError, match="no tiene las columnas edad, provincia, canton"):
        anonymity_lab("otra")
