"""The bank of simulated exchanges: balanced, unrepeated, marked without strays, and about nobody."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

BANK = Path(__file__).parents[2] / "grading" / "datasets" / "mensajes"
EXCHANGES = 200
MARK = re.compile(r"\[\[(\w+)\|([^\[\]|]+)\]\]")
SLOT = re.compile(r"\{(\w+)\}")
WORD = re.compile(r"\{\w+\}|\w+")

NAME_SLOTS = {"nombre", "nombre2", "nombre3"}
SLOTS = NAME_SLOTS | {"apellido", "cedula", "telefono", "correo", "canton", "usuario"}
# The types whose values a reader could dial, write to or look up: always filled by the generator, never typed here.
TYPE_OF_SLOT = {
    **dict.fromkeys([*NAME_SLOTS, "apellido"], "nombre"),
    "cedula": "identificacion",
    "telefono": "telefono",
    "correo": "correo",
    "canton": "lugar",
    "usuario": "usuario",
}
DIRECT = {"nombre", "identificacion", "telefono", "correo", "direccion", "usuario", "cuenta"}
QUASI = {"edad", "lugar", "fecha", "institucion", "ocupacion"}
SENSITIVE = {"salud", "discapacidad", "violencia", "migracion", "identidad", "judicial"}
# Least number of exchanges (or of marks, for types) that a trainee needs to meet to learn something from them.
LEAST: dict[str, tuple[int, set[str]]] = {
    "channel": (15, {"mensajeria", "sms", "correo", "chat_institucional", "videollamada"}),
    "kind": (25, {"teleorientacion", "coordinacion", "cita", "grupo"}),
    "topic": (
        12,
        {
            *("salud", "educacion", "violencia", "movilidad", "discapacidad", "mayores", "ninez", "vivienda"),
            *("alimentos", "salud_mental", "tramites", "conectividad"),
        },
    ),
}
TRICKY = {
    *("apodo", "unico_rol", "fecha_evento", "placa_en_palabras", "numero_de_orden", "llave", "nombre_comun"),
    *("imagen_descrita", "datos_en_imagen", "ubicacion"),
}
DECOYS = {
    *("numero_institucional", "horario", "linea_en_palabras", "lugar_publico", "cargo_publico", "palabra_comun"),
    *("fecha_colectiva", "caso_general"),
}
WHO = {"persona", "profesional", "colega", "familiar"}
KEYS = {"id", "channel", "kind", "topic", "turns"}
OPTIONAL = {"gender", "tricky", "decoy"}
# Emergency and help lines of the region: never in digits, because a trainee's export could be read as advice.
EMERGENCY = re.compile(r"\b(?:911|112|123|105|106|107|110|111|113|114|131|132|133|144|147|155|171)\b")


def _read() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted(BANK.glob("banco-*.yml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert data["schema"] == 1, path.name
        found += data["exchanges"]
    return found


@pytest.fixture(scope="module")
def bank() -> list[dict[str, Any]]:
    return _read()


def _texts(exchange: dict[str, Any]) -> list[str]:
    return [turn["text"] for turn in exchange["turns"]]


def _marks(exchange: dict[str, Any]) -> list[tuple[str, str]]:
    return [mark for text in _texts(exchange) for mark in MARK.findall(text)]


def _plain(text: str) -> str:
    """The text as it is read, with its slots still empty."""
    return MARK.sub(r"\2", text)


def _words(text: str) -> list[str]:
    return WORD.findall(_plain(text).casefold())


def test_two_hundred_exchanges_in_the_agreed_shape(bank: list[dict[str, Any]]) -> None:
    assert [exchange["id"] for exchange in bank] == [f"m{number:03d}" for number in range(1, EXCHANGES + 1)]
    for exchange in bank:
        assert KEYS <= set(exchange) <= KEYS | OPTIONAL, exchange["id"]
        assert 2 <= len(exchange["turns"]) <= 9, exchange["id"]
        assert all(set(turn) == {"who", "text"} and turn["who"] in WHO for turn in exchange["turns"]), exchange["id"]
        assert len({turn["who"] for turn in exchange["turns"]}) > 1, exchange["id"]


@pytest.mark.parametrize("key", LEAST)
def test_every_channel_kind_and_topic_comes_often_enough(bank: list[dict[str, Any]], key: str) -> None:
    least, allowed = LEAST[key]
    counts = Counter(exchange[key] for exchange in bank)
    assert set(counts) == allowed
    assert min(counts.values()) >= least, counts


def test_lengths_are_those_of_real_messages(bank: list[dict[str, Any]]) -> None:
    lengths = {exchange["id"]: sum(len(_words(text)) for text in _texts(exchange)) for exchange in bank}
    assert {name: words for name, words in lengths.items() if not 25 <= words <= 160} == {}
    assert 60 <= sum(lengths.values()) / len(lengths) <= 70


def test_every_type_of_data_comes_and_no_other(bank: list[dict[str, Any]]) -> None:
    counts = Counter(kind for exchange in bank for kind, _text in _marks(exchange))
    assert set(counts) == DIRECT | QUASI | SENSITIVE
    assert min(counts.values()) >= 6, counts


def test_marks_are_whole_and_slots_stand_only_inside_marks(bank: list[dict[str, Any]]) -> None:
    for exchange in bank:
        for text in _texts(exchange):
            assert not re.search(r"[\[\]{}|]", MARK.sub("", text)), (exchange["id"], text)
        for kind, marked in _marks(exchange):
            assert marked == marked.strip(), (exchange["id"], marked)
            for slot in SLOT.findall(marked):
                assert slot in SLOTS, (exchange["id"], slot)
                assert TYPE_OF_SLOT[slot] == kind, (exchange["id"], marked)


def test_the_grammar_around_every_name_is_declared(bank: list[dict[str, Any]]) -> None:
    for exchange in bank:
        used = {slot for _kind, marked in _marks(exchange) for slot in SLOT.findall(marked)} & NAME_SLOTS
        genders = exchange.get("gender", {})
        assert set(genders) == used, exchange["id"]
        assert set(genders.values()) <= {"f", "m"}, exchange["id"]


def test_nothing_in_the_text_can_be_dialled_or_written_to(bank: list[dict[str, Any]]) -> None:
    for exchange in bank:
        for text in map(_plain, _texts(exchange)):
            assert not re.search(r"\d[\d .-]{5,}\d", text), (exchange["id"], text)
            assert not EMERGENCY.search(text), (exchange["id"], text)
            assert "@" not in text, exchange["id"]
            assert not re.search(r"https?:|www\.", text), exchange["id"]


def test_phones_and_mails_are_always_slots(bank: list[dict[str, Any]]) -> None:
    for exchange in bank:
        for kind, marked in _marks(exchange):
            if kind in ("telefono", "correo", "usuario"):
                assert SLOT.fullmatch(marked), (exchange["id"], marked)


def test_enough_exchanges_without_data_to_punish_redacting_too_much(bank: list[dict[str, Any]]) -> None:
    without = [exchange["id"] for exchange in bank if not _marks(exchange)]
    assert 22 <= len(without) <= 30, without


def test_enough_tricky_exchanges_and_decoys(bank: list[dict[str, Any]]) -> None:
    tricky = Counter(exchange["tricky"] for exchange in bank if "tricky" in exchange)
    decoys = Counter(exchange["decoy"] for exchange in bank if "decoy" in exchange)
    assert set(tricky) == TRICKY
    assert tricky.total() >= 28
    assert set(decoys) == DECOYS
    assert decoys.total() >= 20
    for exchange in bank:
        assert "tricky" not in exchange or _marks(exchange), exchange["id"]


def test_what_is_marked_once_is_marked_wherever_it_stands(bank: list[dict[str, Any]]) -> None:
    """A name left in a second place undoes the first redaction."""
    for exchange in bank:
        names = {marked for kind, marked in _marks(exchange) if kind == "nombre" and not SLOT.search(marked)}
        for text in _texts(exchange):
            rest = MARK.sub("", text)
            for name in names:
                assert not re.search(rf"\b{re.escape(name)}\b", rest), (exchange["id"], name)


def test_no_sentence_stands_twice(bank: list[dict[str, Any]]) -> None:
    counts: Counter[str] = Counter()
    for exchange in bank:
        for text in _texts(exchange):
            for sentence in re.split(r"[.!?…\n]", _plain(text)):
                words = _words(sentence)
                if len(words) >= 3:
                    counts[" ".join(words)] += 1
    assert [sentence for sentence, times in counts.items() if times > 1] == []


def test_no_seven_words_stand_twice(bank: list[dict[str, Any]]) -> None:
    counts: Counter[str] = Counter()
    for exchange in bank:
        for text in _texts(exchange):
            words = _words(text)
            counts.update(" ".join(words[at : at + 7]) for at in range(len(words) - 6))
    assert [sequence for sequence, times in counts.items() if times > 1] == []
