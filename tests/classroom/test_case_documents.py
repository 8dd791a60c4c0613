"""Documents that begin with what the trainee registered on the desk, with the drawings of the case."""

import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from docx import Document

from ciberaula.casework.players import load_players, play_script
from ciberaula.casework.stories.load import load_story
from ciberaula.casework.stories.play import Play
from ciberaula.classroom import documents
from ciberaula.classroom.case_sources import SOURCES
from ciberaula.classroom.document_pages import compose
from ciberaula.classroom.document_pdf import to_pdf
from ciberaula.classroom.document_spec import load_template
from ciberaula.classroom.forms import Copy
from ciberaula.classroom.played import NoSuchStory, case_of, played_case
from ciberaula.classroom.workplace import workplace
from ciberaula.errors import UserError

ROOT = Path(__file__).parents[2]
MODULE = ROOT / "modules" / "06-gestion-virtual-de-casos"
STORY = "historia-visitas-en-pantalla"
TEMPLATE = {
    "schema": 1,
    "title": "Ficha de prueba",
    "purpose": "Para probar.",
    "sections": [
        {
            "id": "uno",
            "title": "1. Quién",
            "drawing": "genogram",
            "fields": [
                {"id": "nombre", "label": "Nombre", "source": "subject.name"},
                {"id": "hechos", "label": "Hechos", "kind": "paragraph", "source": "assessment.facts"},
                {"id": "libre", "label": "Otra cosa"},
            ],
        },
        {"id": "dos", "title": "2. Redes", "drawing": "ecomap", "text": "Lo que la sostiene."},
    ],
}


@pytest.fixture(scope="module")
def played() -> Play:
    """The story as its reference player plays it."""
    steps = load_players(ROOT / "grading" / "players" / f"{STORY.removeprefix('historia-')}.yml").good
    return play_script(load_story(MODULE / f"{STORY}.yml"), steps)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(MODULE / f"{STORY}.yml", tmp_path)
    (tmp_path / "documento-ficha.yml").write_text(yaml.safe_dump(TEMPLATE, allow_unicode=True), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def save(play: Play) -> None:
    assert workplace().sheet.save(STORY, "story", play.answer()).saved


def test_before_playing_the_document_is_an_empty_form(folder: Path) -> None:
    widget = documents.document("ficha", story=STORY)
    assert widget.values == {}
    assert "Después de jugar la historia" in widget.spec["prompt"]
    assert "<svg" not in widget.state["result"]


def test_after_playing_empty_fields_hold_what_was_registered(folder: Path, played: Play) -> None:
    save(played)
    source = case_of(played)
    assert source is not None
    widget = documents.document("ficha", story=STORY)
    assert widget.values == {"nombre": source.text("subject.name"), "hechos": source.text("assessment.facts")}
    assert widget.values["hechos"]
    assert widget.state["result"].count("<svg") == 2


def test_the_button_brings_what_was_played_since_and_leaves_what_was_written(folder: Path, played: Play) -> None:
    widget = documents.document("ficha", story=STORY)
    widget._take({"type": "press", "button": "fetch", "value": {"hechos": "Con mis palabras."}})
    assert "juegue primero" in widget.state["status"]["text"]
    save(played)
    widget._take({"type": "press", "button": "fetch", "value": {"hechos": "Con mis palabras."}})
    assert "1 campo vacío" in widget.state["status"]["text"]
    assert widget.values["hechos"] == "Con mis palabras."
    assert widget.values["nombre"]
    assert widget.state["result"].count("<svg") == 2
    assert documents.document("ficha", story=STORY).values == widget.values


def test_what_the_trainee_wrote_stays(folder: Path, played: Play) -> None:
    save(played)
    documents.document("ficha", story=STORY)._take({"type": "save", "value": {"hechos": "Con mis palabras."}})
    assert documents.document("ficha", story=STORY).values["hechos"] == "Con mis palabras."


def test_both_copies_carry_the_drawings_with_their_words(folder: Path, played: Play) -> None:
    save(played)
    widget = documents.document("ficha", story=STORY)
    for kind in ("docx", "pdf"):
        outcome = widget._actions[kind].run(widget.values)
        assert isinstance(outcome, Copy)
    word = (folder / "mis-documentos" / "ficha-01.docx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        assert sum(name.startswith("word/media/") for name in archive.namelist()) == 2
        xml = archive.read("word/document.xml").decode()
    assert 'title="Genograma"' in xml
    assert 'descr="' in xml
    assert len(word) < 150_000
    texts = [paragraph.text for paragraph in Document(io.BytesIO(word)).paragraphs]
    assert any("de quien trata el caso" in text for text in texts)
    pdf = (folder / "mis-documentos" / "ficha-01.pdf").read_bytes()
    assert pdf.count(b"/Subtype /Image") == 2
    assert len(pdf) < 400_000


def test_every_source_says_something_of_a_case_well_kept(played: Play) -> None:
    source = case_of(played)
    assert source is not None
    told = {name: source.text(name) for name in SOURCES}
    assert all(isinstance(text, str) for text in told.values())
    empty = {name for name, text in told.items() if not text}
    assert empty <= {"subject.access", "subject.contact", "networks", "plan.restrictions", "plan.safe_contact"}


def test_a_template_names_only_what_a_case_has(folder: Path) -> None:
    wrong: dict[str, Any] = {**TEMPLATE, "sections": [{**TEMPLATE["sections"][0]}]}  # type: ignore[index]
    wrong["sections"][0]["fields"] = [{"id": "x", "label": "X", "source": "subject.password"}]
    path = folder / "documento-otra.yml"
    path.write_text(yaml.safe_dump(wrong, allow_unicode=True), encoding="utf-8")
    with pytest.raises(UserError, match=r"el caso no tiene «subject.password»"):
        load_template(path)


@pytest.mark.parametrize("id", ["historia-ninguna", "../historia-x", ""])
def test_an_unknown_story_is_one_line(folder: Path, id: str) -> None:
    with pytest.raises(UserError, match="No hay una historia"):
        played_case(workplace(), id)


def test_a_story_that_is_not_there_is_the_lesson_s_mistake(folder: Path) -> None:
    with pytest.raises(NoSuchStory):
        documents.document("ficha", story="historia-ninguna")


def altered(value: dict[str, Any]) -> None:
    value["actions"] = value["actions"][1:]


def of_another_version(value: dict[str, Any]) -> None:
    value["version"] = "0" * 16


@pytest.mark.parametrize("change", [altered, of_another_version])
def test_a_log_that_does_not_replay_is_told_and_what_was_written_stays(folder: Path, played: Play, change: Any) -> None:
    save(played)
    documents.document("ficha", story=STORY)._take({"type": "save", "value": {"hechos": "Con mis palabras."}})
    value = json.loads(json.dumps(played.answer()))
    change(value)
    assert workplace().sheet.save(STORY, "story", value).saved
    widget = documents.document("ficha", story=STORY)
    assert "no se puede traer: El registro" in widget.spec["prompt"]
    assert widget.values == {"hechos": "Con mis palabras."}
    widget._take({"type": "press", "button": "fetch", "value": {"hechos": "Otra vez."}})
    assert widget.state["status"]["level"] == "error"
    assert "\n" not in widget.state["status"]["text"]
    assert isinstance(widget._actions["docx"].run(widget.values), Copy)


def test_a_family_that_cannot_be_drawn_is_told_and_the_document_opens(folder: Path) -> None:
    play = Play(load_story(MODULE / f"{STORY}.yml"))
    for one, other in (("dayana", "blanca"), ("blanca", "maritza")):  # her mother is there: a circle of three
        assert play.do({"do": "relate", "case": "c1", "one": one, "other": other, "kind": "parent"}).ok
    save(play)
    widget = documents.document("ficha", story=STORY)
    assert "El genograma no se puede dibujar: Los vínculos no cierran" in widget.spec["prompt"]
    assert widget.state["result"].count("<svg") == 1  # the ecomap
    widget._take({"type": "press", "button": "fetch", "value": {}})
    assert "no se puede dibujar" in widget.state["status"]["text"]


@pytest.mark.parametrize("path", sorted(MODULE.glob("documento-*.yml")), ids=lambda path: path.stem)
def test_the_templates_of_the_module_take_from_the_case(path: Path, played: Play) -> None:
    template = load_template(path)
    assert len([blank for blank in template.blanks if blank.source]) >= 3
    source = case_of(played)
    assert source is not None
    values = documents._from_case(template, source)
    assert len(values) >= 3
    drawings, _undrawn = documents._drawings(template, source)
    assert to_pdf(compose(template, values, drawings)).startswith(b"%PDF-")
