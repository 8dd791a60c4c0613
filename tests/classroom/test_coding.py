"""The coding room: what is chosen is the answer, by widget as by code, and it is compared only where that teaches."""

from pathlib import Path
from typing import Any

import pytest

from ciberaula.classroom import answers, coding_room, submit_table
from ciberaula.classroom.coding import COLUMNS
from ciberaula.datasets import load
from ciberaula.errors import UserError

QUESTIONS = """
schema: 1
graded: true
questions:
  - {id: p08, kind: table, competence: diagnostico.codificar, coverage: [EC-42], prompt: Codifique.}
  - {id: p09, kind: number, competence: diagnostico.codificar, coverage: [EC-42], prompt: Cuente.}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "preguntas.yml").write_text(QUESTIONS, encoding="utf-8")
    monkeypatch.setenv("CIBERAULA_DATASETS", str(Path(__file__).parents[2] / "datasets"))
    monkeypatch.setenv("CIBERAULA_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def units(interview: str) -> list[str]:
    found = load("entrevistas", "segmentos")
    return [str(unit) for unit in found[found["entrevista_id"] == interview]["segmento_id"]]


def save(widget: Any, values: dict[str, str]) -> None:
    widget.receive({"type": "save", "value": values})


def test_every_unit_is_asked_for_once_under_its_question() -> None:
    spec = coding_room("E01").spec
    assert [unit["id"] for turn in spec["turns"] for unit in turn["units"]] == units("E01")
    assert all(turn["asked"] for turn in spec["turns"])
    assert [theme["title"] for theme in spec["book"]] == ["Beneficios", "Desafíos", "Prácticas", ""]
    listed = [code["id"] for theme in spec["book"] for code in theme["codes"]]
    assert listed == load("entrevistas", "codigos")["codigo"].tolist()


def test_the_book_calls_codes_by_their_names() -> None:
    texts = " ".join(code["html"] for theme in coding_room("E01").spec["book"] for code in theme["codes"])
    assert "use «Flexibilidad y respuesta»." in texts
    assert not [code for code in load("entrevistas", "codigos")["codigo"] if "_" in code and code in texts]


def test_without_a_kernel_the_units_and_their_codes_are_there_once() -> None:
    first = units("E01")[0]
    room = coding_room("E01")
    save(room, {first: "ben_acceso"})
    page = room._repr_mimebundle_()[0]["text/html"]
    assert f"<p>{first}</p><blockquote>" in page
    assert page.count("<strong>Beneficio · Acceso y alcance</strong>") == 1
    assert "Combinar lo presencial" not in page


def test_another_session_s_units_are_kept(folder: Path) -> None:
    """Two kernels with the same room, as two Voila tabs have: each knows only what it saw when it opened."""
    first, second, third, *_others = units("E01")
    here, there = coding_room("E01"), coding_room("E01")
    save(here, {first: "ninguno"})
    save(there, {second: "ben_acceso"})
    assert there.values == {first: "ninguno", second: "ben_acceso"}
    save(there, {second: "ben_acceso"})  # the first one is taken back
    save(here, {first: "ninguno", third: "pra_norma"})
    assert coding_room("E01").values == {second: "ben_acceso", third: "pra_norma"}


def test_what_could_not_be_written_is_said_and_not_lost(folder: Path) -> None:
    first, second, *_others = units("E01")
    room, sheet = coding_room("E01"), folder / "respuestas.json"
    save(room, {first: "ninguno"})
    whole = sheet.read_text(encoding="utf-8")
    sheet.write_text('{"schema": 999}', encoding="utf-8")
    with pytest.raises(UserError, match="No se pudo guardar"):
        save(room, {first: "ninguno", second: "ben_acceso"})
    sheet.write_text(whole, encoding="utf-8")
    save(room, {first: "ninguno", second: "ben_acceso"})
    assert coding_room("E01").values == {first: "ninguno", second: "ben_acceso"}


def test_widget_and_code_give_the_same_answer() -> None:
    first, second, *_others = units("E07")
    save(coding_room("E07", answer="p08"), {first: "ninguno", second: "des_conexion"})
    by_widget = answers["p08"]
    found = load("entrevistas", "segmentos")
    table = found[found["segmento_id"].isin([first, second])][["segmento_id"]].assign(
        codigo=["ninguno", "des_conexion"]
    )
    submit_table("p08", table[COLUMNS])
    assert answers["p08"] == by_widget == {"columns": COLUMNS, "rows": [[first, "ninguno"], [second, "des_conexion"]]}


def test_what_was_answered_by_code_is_there_when_the_room_opens() -> None:
    first, second, *_others = units("E07")
    save(coding_room("E07", answer="p08"), {first: "ninguno"})
    submit_table("p08", [{"segmento_id": second, "codigo": "ben_acceso"}])
    assert coding_room("E07", answer="p08").values == {second: "ben_acceso"}


def test_practice_is_kept_and_ends_with_the_colleague() -> None:
    hers = load("entrevistas", "colega").set_index("segmento_id")["codigo"]
    mine = {unit: str(hers[unit]) for unit in units("E01")}
    room = coding_room("E01")
    save(room, dict(list(mine.items())[:-1]))
    assert "Kappa" not in room.state["result"]
    last = list(mine)[-1]
    save(room, mine)
    assert "<strong>1,00</strong>" in room.state["result"]
    save(room, mine | {last: "ninguno" if mine[last] != "ninguno" else "ben_acceso"})
    assert f"{len(mine) - 1} de {len(mine)}" in room.state["result"] and room.state["result"].count("<blockquote>") == 1
    assert coding_room("E01").values[last] != mine[last]


def test_a_graded_interview_is_not_compared_and_has_no_colleague() -> None:
    assert not set(units("E07")) & set(load("entrevistas", "colega")["segmento_id"])
    room = coding_room("E07", answer="p08")
    save(room, dict.fromkeys(units("E07"), "ninguno"))
    assert "Kappa" not in room.state["result"]


def test_turns_cut_the_interview() -> None:
    found = load("entrevistas", "segmentos")
    wanted = found[(found["entrevista_id"] == "E01") & found["turno"].between(2, 4)]["segmento_id"].tolist()
    fields = [unit["id"] for turn in coding_room("E01", turns=(2, 4)).spec["turns"] for unit in turn["units"]]
    assert fields == wanted and len(wanted) < len(units("E01"))


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("E99",), "No hay una entrevista «E99». Las que hay van de E01 a E20."),
        (("E01", (900, 901)), "La entrevista «E01» no tiene unidades entre los turnos 900 y 901"),
        (("E01", None, "p09"), "«p09» no pide una tabla"),
        (("E01", None, "p77"), "«p77» no está"),
    ],
)
def test_what_is_not_there_is_said_in_a_line(arguments: tuple[Any, ...], line: str) -> None:
    interview, turns, answer = (*arguments, None, None)[:3]
    with pytest.raises(UserError, match=line.replace("(", r"\(")):
        coding_room(interview, turns=turns, answer=answer)
