"""Documents of practice: templates, saving, preview, and the copies that a trainee takes home."""

import io
import json
import re
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from docx import Document

from ciberaula.authoring.readability import perspicuity, prose
from ciberaula.casework.legal import phrase
from ciberaula.classroom import documents
from ciberaula.classroom.document_docx import to_docx
from ciberaula.classroom.document_pages import (
    Answer,
    Bullets,
    Checks,
    Heading,
    Paragraph,
    Run,
    Signatures,
    compose,
    to_html,
)
from ciberaula.classroom.document_pdf import to_pdf
from ciberaula.classroom.document_spec import Template, load_template
from ciberaula.classroom.forms import FormWidget
from ciberaula.errors import UserError

MODULE = Path(__file__).parents[2] / "modules" / "05-proteccion-de-datos"
TEMPLATES = sorted(MODULE.glob("documento-*.yml"))
MEANS = [{"id": "a", "text": "Llamada"}, {"id": "b", "text": "Correo"}]
AGES = [{"id": "x", "text": "Adulta"}, {"id": "y", "text": "Otra"}]
SMALL = {
    "schema": 1,
    "title": "Acuerdo",
    "purpose": "Para probar.",
    "sections": [
        {
            "id": "uno",
            "title": "1. Primera",
            "help": "Solo para quien llena: {{ec.breach.subject}}.",
            "text": "Un texto con **fuerza** y\nsalto.\n\n- punto uno\n- punto **dos**",
            "fields": [
                {"id": "quien", "label": "¿Quién?", "example": "Rosa"},
                {"id": "medios", "label": "Medios", "kind": "multiple", "options": MEANS},
                {"id": "edad", "label": "Edad", "kind": "choice", "options": AGES},
                {"id": "dia", "label": "Día", "kind": "date"},
                {"id": "total", "label": "Total", "kind": "number", "unit": "personas"},
                {"id": "notas", "label": "Notas", "kind": "paragraph", "required": False},
            ],
        }
    ],
    "signatures": ["Profesional"],
}
BLANK = {"id": "f", "label": "F"}
FULL = {
    "quien": "Ñandú <b>",
    "medios": ["b"],
    "edad": "x",
    "dia": "2026-10-08",
    "total": 2.5,
    "notas": "una\n\n dos\x00\x0b",
}


def section(**content: object) -> dict[str, object]:
    return {"id": "a", "title": "A", **content}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "documento-acuerdo.yml").write_text(yaml.safe_dump(SMALL, allow_unicode=True), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CIBERAULA_PSEUDONYM", "p-prueba")
    return tmp_path


def template(folder: Path) -> Template:
    return load_template(folder / "documento-acuerdo.yml")


def press(widget: FormWidget, button: str, value: Mapping[str, object]) -> str:
    widget._take({"type": "press", "button": button, "value": value})
    return str(widget.state["status"]["text"])


def test_blocks_of_a_full_document(folder: Path) -> None:
    assert compose(template(folder), FULL).blocks == (
        Heading("1. Primera"),
        Paragraph((Run("Un texto con "), Run("fuerza", True), Run(" y"), Run(" "), Run("salto."))),
        Bullets(((Run("punto uno"),), (Run("punto "), Run("dos", True)))),
        Answer("¿Quién?", ("Ñandú <b>",)),
        Checks("Medios", (("Llamada", False), ("Correo", True))),
        Answer("Edad", ("Adulta",)),
        Answer("Día", ("jueves 8 de octubre de 2026",)),
        Answer("Total", ("2,5 personas",)),
        Answer("Notas", ("una", "dos")),
        Signatures("Firmas", ("Profesional",)),
    )


def test_an_empty_document_marks_what_is_missing_and_leaves_optional_blanks_out(folder: Path) -> None:
    found = template(folder)
    blocks = compose(found, {}).blocks
    assert Answer("¿Quién?", ()) in blocks
    assert not any(isinstance(block, Answer) and block.label == "Notas" for block in blocks)
    assert [blank.id for blank in found.missing({})] == ["quien", "medios", "edad", "dia", "total"]
    assert found.missing(FULL) == []


def test_the_preview_is_escaped_and_says_states_in_words(folder: Path) -> None:
    page = to_html(compose(template(folder), FULL))
    assert "Caso simulado · material formativo" in page
    assert "Material formativo, no asesoría jurídica" in page
    assert "<strong>¿Quién?</strong> Ñandú &lt;b&gt;" in page
    assert "Llamada: no" in page
    assert "Correo: sí" in page
    assert "<h5>Firmas</h5><ul><li>Profesional: línea para firmar" in page
    assert "término de" not in page
    assert "<em>(por completar)</em>" in to_html(compose(template(folder), {}))


def test_what_is_filled_in_is_kept_and_shown_again(folder: Path) -> None:
    widget = documents.document("acuerdo")
    widget._take({"type": "save", "value": {"quien": "Rosa"}})
    saved = json.loads((folder / "respuestas.json").read_text(encoding="utf-8"))["answers"]["documento-acuerdo"]
    assert (saved["kind"], saved["value"]) == ("form", {"quien": "Rosa"})
    again = documents.document("acuerdo")
    assert again.values == {"quien": "Rosa"}
    assert "Faltan completar 4 campos." in again.state["result"]
    assert "Rosa" in again._repr_mimebundle_()[0]["text/html"]
    assert "<strong>fuerza</strong>" in again._repr_mimebundle_()[0]["text/html"]
    assert "término de 3 días (LOPDP, art. 46)" in again.spec["sections"][0]["intro"]


def test_a_changed_template_keeps_what_still_fits(folder: Path) -> None:
    documents.document("acuerdo")._take({"type": "save", "value": {"quien": "Rosa", "edad": "x"}})
    changed = json.loads(json.dumps(SMALL))
    changed["sections"][0]["fields"][2]["options"][0]["id"] = "z"
    (folder / "documento-acuerdo.yml").write_text(yaml.safe_dump(changed, allow_unicode=True), encoding="utf-8")
    assert documents.document("acuerdo").values == {"quien": "Rosa"}


def test_copies_are_numbered_sent_and_never_written_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    widget = documents.document("acuerdo")
    sent: list[tuple[Mapping[str, object], bytes]] = []
    monkeypatch.setattr(widget, "send", lambda content, buffers: sent.append((content, buffers[0])))
    said = "Descargado. Otra copia queda en el aula: mis-documentos/acuerdo"
    assert press(widget, "docx", {"quien": "Rosa"}) == f"{said}-01.docx. Quedan 4 campos por completar."
    first = (folder / "mis-documentos" / "acuerdo-01.docx").read_bytes()
    assert press(widget, "docx", FULL) == f"{said}-02.docx."
    assert press(widget, "pdf", FULL) == f"{said}-01.pdf."
    assert [content["name"] for content, _data in sent] == ["acuerdo-01.docx", "acuerdo-02.docx", "acuerdo-01.pdf"]
    assert [data[:4] for _content, data in sent] == [b"PK\x03\x04", b"PK\x03\x04", b"%PDF"]
    assert sent[0][1] == first
    assert (folder / "mis-documentos" / "acuerdo-01.docx").read_bytes() == first
    assert sorted(path.name for path in (folder / "mis-documentos").iterdir()) == [
        "acuerdo-01.docx",
        "acuerdo-01.pdf",
        "acuerdo-02.docx",
    ]
    statements = [json.loads(line) for line in (folder / "registro.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [one["verb"]["id"].rpartition("/")[2] for one in statements] == ["completed"] * 3
    assert "Rosa" not in (folder / "registro.jsonl").read_text(encoding="utf-8")


def test_a_failed_copy_leaves_nothing_and_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(documents, "write_atomic", full_disk)
    widget = documents.document("acuerdo")
    assert "No se pudo guardar en mis-documentos" in press(widget, "pdf", FULL)
    assert list((folder / "mis-documentos").iterdir()) == []
    assert not (folder / "registro.jsonl").exists()


def test_a_file_in_the_way_is_one_line(folder: Path) -> None:
    (folder / "mis-documentos").write_text("", encoding="utf-8")
    assert "No se pudo guardar en mis-documentos" in press(documents.document("acuerdo"), "docx", FULL)


@pytest.mark.parametrize("id", ["", "no-existe", "../acuerdo", "x/../acuerdo"])
def test_an_unknown_document_is_one_line(folder: Path, id: str) -> None:
    with pytest.raises(UserError) as caught:
        documents.document(id)
    assert "\n" not in str(caught.value)


def test_the_word_file_is_spanish_titled_structured_and_anonymous(folder: Path) -> None:
    data = to_docx(compose(template(folder), FULL))
    document = Document(io.BytesIO(data))
    properties = document.core_properties
    assert (properties.title, properties.language, properties.author) == (
        "Acuerdo",
        "es-EC",
        "Aula de Ciberintervención",
    )
    assert properties.last_modified_by == ""
    styles = [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs]
    assert styles[:4] == [
        ("Title", "Acuerdo"),
        ("Heading 1", "1. Primera"),
        ("Normal", "Un texto con fuerza y salto."),
        ("List Bullet", "punto uno"),
    ]
    texts = [text for _style, text in styles]
    for expected in ("¿Quién? Ñandú <b>", "☐ Llamada", "☑ Correo", "Edad: Adulta", "Notas: una\ndos"):
        assert expected in texts
    assert ("Heading 1", "Firmas") in styles
    assert document.sections[0].header.paragraphs[0].text == "Caso simulado · material formativo"
    assert "no asesoría jurídica" in document.sections[0].footer.paragraphs[0].text
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        languages = set(re.findall(rb'<w:lang [^>]*w:val="([^"]+)"', archive.read("word/styles.xml")))
    assert languages == {b"es-EC"}


def test_the_pdf_is_spanish_titled_and_bookmarked(folder: Path) -> None:
    data = to_pdf(compose(template(folder), FULL))
    assert data.startswith(b"%PDF-")
    assert b"/Lang (es-EC)" in data
    assert b"/DisplayDocTitle true" in data
    for words in ("Acuerdo", "1. Primera", "Firmas"):
        assert words.encode("utf-16-be") in data or f"({words})".encode() in data, words
    assert data.count(b"/Type /Page\n") == 1
    long = to_pdf(compose(template(folder), FULL | {"notas": "Una línea más de texto.\n" * 120}))
    assert long.count(b"/Type /Page\n") >= 3


def test_missing_fonts_are_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ciberaula.classroom.document_pdf.find_spec", lambda _name: None)
    assert "Faltan las letras DejaVu" in press(documents.document("acuerdo"), "pdf", FULL)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"title": None}, "«title»"),
        ({"sections": []}, "«sections»"),
        ({"extra": 1}, "sobra «extra»"),
        ({"schema": 2}, "«schema»"),
        ({"sections": [section()]}, "la sección «a» está vacía"),
        ({"sections": [section(text="x")] * 2}, "«a» está dos veces en «sections»"),
        ({"sections": [section(fields=[BLANK] * 2)]}, "«f» está dos veces en «fields»"),
        ({"sections": [section(fields=[BLANK | {"kind": "choice"}])]}, "necesita opciones"),
        ({"sections": [section(fields=[BLANK | {"options": MEANS}])]}, "no lleva opciones"),
        (
            {"sections": [section(fields=[BLANK | {"kind": "multiple", "options": MEANS * 2}])]},
            "está dos veces en «options»",
        ),
        ({"sections": [section(text="{{ec.no}}")]}, "«{{ec.no}}» no se puede citar"),
    ],
)
def test_a_bad_template_is_one_line(folder: Path, change: dict[str, object], complaint: str) -> None:
    (folder / "documento-acuerdo.yml").write_text(yaml.safe_dump(SMALL | change, allow_unicode=True), encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(complaint)) as caught:
        documents.document("acuerdo")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("documento-acuerdo.yml")


def test_the_module_has_its_two_documents() -> None:
    assert [path.stem for path in TEMPLATES] == ["documento-consentimiento", "documento-respuesta-incidente"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_texts_for_the_people_served_are_easy(path: Path) -> None:
    for part in load_template(path).sections:
        if part.reader == "person" and part.text:
            assert perspicuity(prose(part.text)) > 65, part.id
        if "**Modelo de aviso**" in part.help:
            assert perspicuity(prose(part.help.partition("**Modelo de aviso**")[2])) > 65


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_advice_to_professionals_is_readable(path: Path) -> None:
    for part in yaml.safe_load(path.read_text(encoding="utf-8"))["sections"]:
        if part.get("help"):
            assert perspicuity(prose(part["help"])) >= 55, part["id"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_legal_figure_is_typed_into_a_template(path: Path) -> None:
    text = re.sub(r"\{\{[^}]*\}\}", "", path.read_text(encoding="utf-8"))
    assert re.findall(r"art(?:ículo|\.) ?\d+|t[ée]rmino de \d+|plazo de \d+|\d+ años|\b72\b", text) == []


def test_the_documents_have_the_parts_that_practice_asks_for() -> None:
    consent, incident = (load_template(path) for path in TEMPLATES)
    assert [part.id for part in consent.sections] == [
        *("quienes", "como-funciona", "alcance", "riesgos-beneficios", "responsabilidades", "privacidad", "datos"),
        *("contacto", "alternativas", "retirar", "asentimiento", "decision"),
    ]
    assert [part.id for part in incident.sections] == [
        *("detectar", "contener", "valorar", "escalar", "notificar", "informar", "registrar", "aprender"),
    ]
    helps = " ".join(part.help for part in incident.sections)
    assert phrase("ec.breach.authority") in helps
    assert phrase("ec.breach.subject") in helps
    assert "en revisión" in helps


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_the_real_documents_export(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CIBERAULA_PSEUDONYM", "p-prueba")
    id = path.stem.removeprefix("documento-")
    widget = documents.document(id)
    first = {blank.id: blank.example for blank in load_template(path).blanks if blank.kind in ("text", "paragraph")}
    for kind in ("docx", "pdf"):
        assert f"mis-documentos/{id}-01.{kind}" in press(widget, kind, first)
        assert (tmp_path / "mis-documentos" / f"{id}-01.{kind}").stat().st_size > 10_000
