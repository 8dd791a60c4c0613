"""The exchanges: marks are gone from what is published, and the key says exactly where each stood."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from tests.datasets.shapes import Values, check

from ciberaula.casework.assessment.notes import plain
from ciberaula.datasets import people
from ciberaula.datasets.mensajes import DATASET
from ciberaula.datasets.mensajes_tables import TYPES
from ciberaula.datasets.published import published_recipe
from ciberaula.datasets.spec import Recipe
from ciberaula.errors import UserError

_BANK = """
schema: 1
exchanges:
  - id: m001
    channel: sms
    kind: cita
    topic: salud
    gender: {nombre: f, nombre2: m}
    turns:
      - who: persona
        text: "Soy [[nombre|{nombre} {apellido}]], mi hijo [[nombre|{nombre2}]] tiene [[edad|seis]] años 🙂
          cédula [[identificacion|{cedula}]]"
      - {who: profesional, text: "Gracias, {nombre}; le escribo a [[correo|{correo}]]"}
  - id: m002
    channel: correo
    kind: grupo
    topic: ninez
    decoy: horario
    turns:
      - {who: colega, text: "Atendemos de 8h00 a 16h30."}
      - {who: colega, text: "[[telefono|{telefono}]] es de [[usuario|{usuario}]], de [[lugar|{canton}]]"}
"""
_FIGURES = re.compile(r"\d[\d ]{5,}\d")


@pytest.fixture
def small(tmp_path: Path) -> Recipe:
    (tmp_path / "banco-01.yml").write_text(_BANK, encoding="utf-8")
    return Recipe(2, 1, 2, tmp_path)


@pytest.fixture(scope="module")
def published() -> dict[str, Values]:
    return check(DATASET, DATASET.make(published_recipe(DATASET), 1, DATASET.rows))


def _turns(found: dict[str, Values]) -> dict[tuple[str, int], str]:
    rows = found["turnos"]
    return {
        (id, turn): text for id, turn, text in zip(rows["intercambio_id"], rows["turno"], rows["texto"], strict=True)
    }


def _spans(found: dict[str, Values]) -> list[dict[str, object]]:
    rows = found["datos"]
    return [dict(zip(rows, values, strict=True)) for values in zip(*rows.values(), strict=True)]


def test_two_slots_of_an_exchange_never_hold_the_same_name(small: Recipe) -> None:
    assert small.bank is not None
    slots = " ".join(f"{{{kind}{number}}}" for kind in ("nombre", "apellido") for number in range(1, 10))
    (small.bank / "banco-01.yml").write_text(_BANK.replace("Atendemos de 8h00 a 16h30.", slots), encoding="utf-8")
    for hidden in range(10):
        texts = _turns(check(DATASET, DATASET.make(replace(small, hidden=hidden), 1, 2))).values()
        (told,) = [text for text in texts if len(text.split()) == 18]
        assert len(set(told.split())) == 18


def test_spans_are_exact_in_characters(small: Recipe) -> None:
    found = check(DATASET, DATASET.make(small, 1, 2))
    turns = _turns(found)
    first = next(text for text in turns.values() if text.startswith("Soy"))
    whole = re.fullmatch(r"Soy (\w+ \w+), mi hijo (\w+) tiene (seis) años 🙂 cédula (\d{10})", first)
    assert whole
    told = [(one["desde"], one["hasta"], one["texto"], one["tipo"]) for one in _spans(found)]
    for group, kind in enumerate(("nombre", "nombre", "edad", "identificación"), start=1):
        assert (*whole.span(group), whole[group], kind) in told
    assert len(told) == 8


def test_a_slot_keeps_its_value_and_names_agree(small: Recipe) -> None:
    texts = _turns(check(DATASET, DATASET.make(small, 1, 2))).values()
    first, second = (text for text in texts if text.startswith(("Soy", "Gracias")))
    mother, child = first.split()[1], re.findall(r"hijo (\w+)", first)[0]
    assert mother in people.GIVEN["femenino"]
    assert child in people.GIVEN["masculino"]
    assert f"Gracias, {mother};" in second
    assert plain(mother)[0] in second.partition("escribo a ")[2]


def test_another_hidden_seed_fills_otherwise_and_the_public_one_does_not(small: Recipe) -> None:
    same, other = replace(small, seed=99), replace(small, hidden=99)
    assert DATASET.make(small, 1, 2) == DATASET.make(same, 1, 2)
    assert sorted(DATASET.make(small, 1, 2)["turnos"]["texto"]) != sorted(DATASET.make(other, 1, 2)["turnos"]["texto"])


def test_portions_make_the_same_rows_as_the_whole(small: Recipe) -> None:
    whole, parts = DATASET.make(small, 1, 2), [DATASET.make(small, 1, 1), DATASET.make(small, 2, 2)]
    for name, columns in whole.items():
        for column, values in columns.items():
            assert values == parts[0][name][column] + parts[1][name][column], f"{name}.{column}"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("[[edad|seis]]", "[[años|seis]]", "mal escrita"),
        ("[[edad|seis]]", "[edad|seis]]", "mal escrita"),
        ("[[edad|seis]]", "[[tiempo|seis]]", r"desconocido en «\[\[tiempo\|seis\]\]»"),
        ("{cedula}", "{ruc}", r"m001» usa \{ruc\}"),
        ("channel: sms", "channel: carta", r"banco-01\.yml, línea 5: .*carta"),
        ("id: m002", "id: m001", "dos textos con el id «m001»"),
        ("schema: 1", "schema: 1\nrows: []", "sobra «rows»"),
    ],
)
def test_a_mistake_in_the_bank_is_said(
    small: Recipe, tmp_path: Path, before: str, after: str, told: str | None
) -> None:
    (tmp_path / "banco-01.yml").write_text(_BANK.replace(before, after), encoding="utf-8")
    with pytest.raises(UserError, match=told):
        DATASET.make(small, 1, 2)


def test_more_than_was_written_is_refused(small: Recipe) -> None:
    with pytest.raises(UserError, match="2 intercambios en su banco de textos y pidió 3"):
        DATASET.make(replace(small, rows=3), 1, 3)


def test_published_spans_are_the_text_and_do_not_overlap(published: dict[str, Values]) -> None:
    turns = _turns(published)
    spans = _spans(published)
    assert len(spans) > 400
    for one in spans:
        assert turns[one["intercambio_id"], one["turno"]][one["desde"] : one["hasta"]] == one["texto"]  # type: ignore[index]
        assert str(one["texto"]).strip() == one["texto"] != ""
    for one, other in pairwise(spans):
        if (one["intercambio_id"], one["turno"]) == (other["intercambio_id"], other["turno"]):
            assert one["hasta"] <= other["desde"]  # type: ignore[operator]


def test_no_mark_and_no_slot_is_published(published: dict[str, Values]) -> None:
    for text in published["turnos"]["texto"]:
        assert not re.search(r"[\[\]{}|]", text), text


def test_published_exchanges_are_of_all_kinds(published: dict[str, Values]) -> None:
    rows = published["intercambios"]
    assert len(rows["intercambio_id"]) == 200
    for column in DATASET.table("intercambios").columns:
        assert set(rows[column.name]) >= set(column.categories), column.name
    assert set(published["datos"]["tipo"]) == {word for word, _group in TYPES.values()}
    without = set(rows["intercambio_id"]) - set(published["datos"]["intercambio_id"])
    assert 20 <= len(without) <= 40


def test_nobody_in_them_is_real(published: dict[str, Values]) -> None:
    numbers = {kind: [] for kind in ("identificación", "teléfono", "correo")}  # type: dict[str, list[str]]
    for one in _spans(published):
        numbers.get(str(one["tipo"]), []).append(str(one["texto"]))
    assert all(numbers.values())
    for text in published["turnos"]["texto"]:
        assert not any(people.is_real_cedula(number) for number in people.CEDULA.findall(text)), text
        for figures in _FIGURES.findall(text):
            plain = figures.replace(" ", "")
            assert not people.is_assigned_telephone(plain) or plain in numbers["identificación"], text
        assert all(people.is_reserved_mail(mail) for mail in re.findall(r"\S+@\S+\.\w+", text)), text


def test_no_sentence_stands_twice(published: dict[str, Values]) -> None:
    seen: set[str] = set()
    for text in published["turnos"]["texto"]:
        for sentence in re.split(r"(?<=[.!?…])\s+|\n", text):
            words = re.sub(r"\W+", " ", sentence.casefold()).strip()
            if len(words.split()) >= 3:
                assert words not in seen, sentence
                seen.add(words)
