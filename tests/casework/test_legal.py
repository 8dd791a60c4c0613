"""The dated file of legal parameters, and what is shown of it."""

import datetime as dt
import re
from pathlib import Path

import pytest

import ciberaula.casework.legal as legal
from ciberaula.errors import UserError

ENTRY = {
    "id": "ec.test.term",
    "name": "Prueba",
    "value": 5,
    "unit": "días",
    "count": "termino",
    "article": "art. 1",
    "source": "ley",
    "status": "read",
}


def write(folder: Path, *entries: dict[str, object], **extra: object) -> Path:
    import yaml

    data: dict[str, object] = {
        "schema": 1,
        "reviewed": dt.date(2026, 11, 20),
        "notice": "Aviso",
        "sources": {"ley": {"jurisdiction": "Ecuador", "short": "Ley", "title": "Ley", "published": "RO 1"}},
        "parameters": list(entries),
    }
    path = folder / "legal.yml"
    path.write_text(yaml.safe_dump(data | extra, allow_unicode=True), encoding="utf-8")
    return path


def test_the_file_is_dated_and_carries_the_notice() -> None:
    data = legal.legal_data()
    assert data.reviewed == dt.date(2026, 11, 20)
    assert data.notice == "Material formativo, no asesoría jurídica"
    assert all(found.reviewed == data.reviewed for found in legal.parameters())


@pytest.mark.parametrize(
    ("id", "expected"),
    [
        ("ec.breach.authority", "término de 5 días (LOPDP, art. 43)"),
        ("ec.breach.subject", "término de 3 días (LOPDP, art. 46)"),
        ("ec.breach.processor", "2 días (LOPDP, art. 43)"),
        ("ec.rights.answer.plazo", "plazo de 15 días (LOPDP, arts. 13–16)"),
        ("ec.rights.answer.termino", "término de 10 días (LOPDP, art. 62)"),
        ("ec.minor.rights-age", "15 a 17 años (LOPDP, art. 24)"),
        ("ec.sanction.company.minor", "0,1 a 0,7 % del volumen de negocio (LOPDP, arts. 71–72)"),
        ("eu.breach.authority", "72 horas (RGPD, art. 33)"),
        ("ec.reg.silence", "el silencio no es consentimiento (Reglamento LOPDP, art. 5)"),
        (
            "us.hipaa.breach.individual",
            "60 días (HIPAA, aviso de vulneraciones; según comentaristas, sin confirmar en el texto)",
        ),
        ("mx.arco.answer", "20 días (LFPDPPP, artículo por confirmar; dato sin confirmar)"),
    ],
)
def test_a_phrase_cites_and_reserves(id: str, expected: str) -> None:
    assert legal.phrase(id) == expected


def test_only_what_was_read_stands_without_a_reservation() -> None:
    reservations = ("según comentaristas, sin confirmar", "dato sin confirmar", "en revisión, puede cambiar")
    for found in legal.parameters():
        reserved = any(words in legal.phrase(found.id) for words in reservations)
        assert reserved == (found.status != "read"), found.id


def test_certainty_of_each_country_is_what_we_read() -> None:
    statuses = {
        prefix: {found.status for found in legal.parameters(prefix)} for prefix in ("mx", "us", "eu", "pro", "ec")
    }
    assert statuses["mx"] == statuses["us"] == {"secondary", "unconfirmed"}
    assert statuses["eu"] == {"read"}
    assert statuses["pro"] == {"secondary"}
    assert "unconfirmed" not in statuses["ec"]


def test_the_2026_amendments_are_never_settled() -> None:
    for id in ("ec.breach.amendment-2026", "ec.breach.resolution-2026"):
        assert legal.parameter(id).status == "in-review"
        assert legal.parameter(id).value is None


def test_every_text_stands_inside_a_sentence() -> None:
    for found in legal.parameters():
        if found.text:
            assert not found.text.endswith("."), found.id
            assert "\n" not in found.text
            assert found.text.startswith("HIPAA") or found.text[0].islower(), found.id


def test_notes_show_no_internal_id() -> None:
    ids = {found.id for found in legal.parameters()}
    for found in legal.parameters():
        assert not ids & set(re.findall(r"[a-z0-9.-]+[a-z0-9]", found.note + " " + (found.text or ""))), found.id


def test_prefix_takes_whole_parts() -> None:
    assert [found.id for found in legal.parameters("ec.rights.answer")] == [
        "ec.rights.answer.plazo",
        "ec.rights.answer.termino",
    ]
    assert legal.parameters("ec.breach.aut") == []
    assert legal.parameters("ec.breach.authority") == [legal.parameter("ec.breach.authority")]


def test_unknown_id_names_near_ones() -> None:
    with pytest.raises(UserError, match=r"«ec\.breach\.autority».*ec\.breach\.authority"):
        legal.parameter("ec.breach.autority")
    with pytest.raises(UserError, match=r"¿Quiso decir: \w"):
        legal.phrase("zzz")


def test_amount_is_for_counting() -> None:
    assert legal.parameter("ec.breach.authority").amount == 5
    for id in ("ec.minor.rights-age", "ec.reg.silence"):
        with pytest.raises(UserError, match="no es un número entero"):
            _ = legal.parameter(id).amount


def test_labels_are_distinct() -> None:
    labels = [legal.certainty_label(status) for status in ("read", "secondary", "unconfirmed", "in-review")]
    assert labels == ["leído en el texto", "según comentaristas", "sin confirmar", "en revisión"]


def test_a_correct_file_is_read(tmp_path: Path) -> None:
    other = ENTRY | {"id": "ec.test.other", "reviewed": dt.date(2026, 1, 2)}
    data = legal.load_legal(write(tmp_path, ENTRY, other))
    assert list(data.parameters) == ["ec.test.term", "ec.test.other"]
    assert data.parameters["ec.test.term"].source.short == "Ley"
    assert data.parameters["ec.test.other"].reviewed == dt.date(2026, 1, 2)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"source": "otra"}, "cita la fuente «otra»"),
        ({"source": ["ley"]}, "cita la fuente"),
        ({"status": "sure"}, "«status» no admite «sure»"),
        ({"value": True}, "«value»: un sí o no, no es un número"),
        ({"value": float("inf")}, "«value»: «inf» no es un número válido"),
        ({"value": [7, 3]}, "un intervalo va del menor al mayor"),
        ({"value": None}, "hace falta «value», «text» o ambos"),
        ({"unit": None}, "«value» y «unit» van siempre juntos"),
        ({"unit": "horas"}, "«count» no corresponde a «unit»"),
        ({"count": "semanas"}, "«count» no admite «semanas»"),
        ({"sauce": "x"}, "sobra «sauce»"),
        ({"id": "Sin Puntos"}, "«id»: «Sin Puntos» no tiene la forma debida"),
        ({"name": " "}, "«name» está vacío"),
        ({"reviewed": "ayer"}, "«reviewed» no tiene la forma esperada"),
    ],
)
def test_a_bad_entry_is_one_line(tmp_path: Path, change: dict[str, object], complaint: str) -> None:
    with pytest.raises(UserError, match=re.escape(complaint)) as caught:
        legal.load_legal(write(tmp_path, ENTRY | change))
    assert "\n" not in str(caught.value)
    # with the line of the mistake, or of the entry where none of its keys is to blame alone
    line = re.match(r"legal\.yml, línea (\d+), parámetro «", str(caught.value))
    assert line
    assert 3 <= int(line[1]) <= 11


def test_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"legal\.yml, línea 11, parámetro «ec\.test\.term»: está dos veces"):
        legal.load_legal(write(tmp_path, ENTRY, dict(ENTRY)))


def test_a_key_written_twice_in_an_entry_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, ENTRY)
    path.write_text(
        path.read_text(encoding="utf-8").replace("  value: 5\n", "  value: 5\n  value: 15\n"), encoding="utf-8"
    )
    with pytest.raises(UserError, match=r"^legal\.yml, línea 11: la clave «value» está repetida; deje una sola\.$"):
        legal.load_legal(path)


@pytest.mark.parametrize("content", ["", "schema: 2", "- a", "a: [", "schema: 1\nparameters: 3", "\x00"])
def test_a_broken_file_is_one_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "legal.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        legal.load_legal(path)
    assert "\n" not in str(caught.value)
    assert "legal.yml" in str(caught.value)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"No se encontró falta\.yml"):
        legal.load_legal(tmp_path / "falta.yml")
