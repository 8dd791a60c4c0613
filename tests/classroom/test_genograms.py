"""Genogram and ecomap: the facts in words, the signs of the convention, and pictures that open."""

import io
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ciberaula.casework.entities import CaseFile, Person, Relation
from ciberaula.classroom.drawing import Drawing, lines_of
from ciberaula.classroom.genograms import KINDS, MOST_PEOPLE, ecomap, genogram
from ciberaula.errors import UserError
from tests.casework.files import case_file, made

SVG = "{http://www.w3.org/2000/svg}"


def person(id: str, name: str, relation: str, age: int | None, gender: str) -> Any:
    return made(Person, id, name=name, relation=relation, age=age, gender=gender)


def tie(one: str, other: str, kind: str) -> Any:
    return made(Relation, f"{one}-{other}-{kind}", one=one, other=other, kind=kind)


def family() -> CaseFile:
    return case_file(
        person("elvia", "Elvia", "titular", 34, "woman"),
        person("wilmer", "Wilmer", "expareja", 38, "man"),
        person("rosa", "Rosa María Toapanta Guamán", "madre", 61, "woman"),
        person("dayana", "Dayana", "hija", 13, "woman"),
        person("alex", "Alex", "vecindario", None, "other"),
        tie("rosa", "elvia", "parent"),
        tie("elvia", "wilmer", "former_partner"),
        tie("elvia", "dayana", "parent"),
        tie("wilmer", "dayana", "parent"),
        tie("elvia", "wilmer", "tension"),
        tie("alex", "elvia", "support"),
        tie("elvia", "centro", "support"),
    )


def rows(drawing: Drawing) -> dict[str, float]:
    """Name -> height of the label: the lower, the younger."""
    return {label.text: label.y for label in drawing.labels}


def test_generations_stand_one_below_the_other() -> None:
    heights = rows(genogram(family()))
    assert heights["Rosa María"] < heights["Elvia"] == heights["Wilmer"] < heights["Dayana"]


def test_signs_follow_the_convention() -> None:
    shapes = genogram(family()).shapes
    forms = [shape.form for shape in shapes]
    assert (forms.count("circle"), forms.count("square"), forms.count("diamond")) == (3, 1, 1)
    assert [shape.bold for shape in shapes].count(True) == 1


def test_nobody_stands_on_another() -> None:
    places = sorted((shape.y, shape.x) for shape in genogram(family()).shapes)
    assert all(one[0] != other[0] or other[1] - one[1] > 60 for one, other in pairwise(places))


def test_the_words_tell_all_that_is_drawn() -> None:
    told = genogram(family()).facts
    assert "Elvia, titular, 34 años (de quien trata el caso)." in told
    assert "Alex, vecindario." in told
    assert "Elvia y Wilmer fueron pareja." in told
    assert "Elvia y Wilmer: vínculo con tensión." in told
    assert len(told) == 5 + 6


def test_the_ecomap_holds_organisations_too() -> None:
    drawing = ecomap(family(), {"centro": "Centro Violeta"})
    assert "Elvia y Centro Violeta: vínculo de apoyo." in drawing.facts
    assert [shape.form for shape in drawing.shapes].count("frame") == 1
    assert {"tensión", "apoyo"} <= {label.text for label in drawing.labels}


@pytest.mark.parametrize("draw", [genogram, lambda file: ecomap(file, {})])
def test_svg_is_well_formed_and_says_what_it_is(draw: Any) -> None:
    drawing = draw(family())
    root = ElementTree.fromstring(drawing.svg("g1"))  # noqa: S314 - our own text
    assert root.get("role") == "img"
    title, told = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"
    assert (title.text, told.text) == (drawing.title, drawing.description)
    assert "<li>" in drawing.figure("g1")


def test_the_ecomap_loses_no_tie_between_the_same_two_people() -> None:
    drawn = ecomap(
        case_file(tie("rosa", "elvia", "tension"), tie("rosa", "elvia", "parent"), tie("elvia", "rosa", "support")),
        {"rosa": "Rosa"},
    )
    assert len(drawn.shapes) == 2
    assert drawn.facts[1:] == (
        "Rosa y Elvia: vínculo con tensión.",
        "Rosa es madre o padre de Elvia.",
        "Elvia y Rosa: vínculo de apoyo.",
    )
    assert "tensión, apoyo" in [label.text for label in drawn.labels]
    strained = ecomap(case_file(tie("rosa", "elvia", "tension"), tie("rosa", "elvia", "parent")), {})
    assert len(strained.lines[0].points) > 2  # the zigzag, although kinship was noted later


def test_words_of_ties_between_the_same_two_do_not_cover_each_other() -> None:
    ties = [tie("rosa", "elvia", kind) for kind in ("parent", "support", "tension", "carer")]
    drawn = genogram(case_file(person("rosa", "Rosa", "madre", 61, "woman"), *ties))
    heights = sorted(label.y for label in drawn.labels if label.text in ("apoyo", "tensión", "cuida"))
    assert len(heights) == 3
    assert all(below - above >= 12 for above, below in pairwise(heights))


def test_names_are_text_and_never_markup() -> None:
    nasty = case_file(person("elvia", "<script>alert(1)</script>", "titular", 34, "woman"))
    for page in (genogram(nasty).figure("g"), ecomap(nasty, {}).figure("e")):
        assert "<script" not in page


def test_the_picture_is_small_and_opens() -> None:
    drawing = genogram(family())
    data = drawing.png()
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.size == (drawing.width * 2, drawing.height * 2)
        assert sum(picture.convert("L").histogram()[:80]) > 500  # something dark is drawn
    assert len(data) < 40_000


def test_impossible_families_are_told_in_one_line() -> None:
    circle = case_file(
        person("ana", "Ana", "tía", 40, ""), tie("elvia", "ana", "parent"), tie("ana", "elvia", "parent")
    )
    with pytest.raises(UserError, match="no puede ser madre o padre"):
        genogram(circle)
    crowd = case_file(*(person(f"p{n}", f"Persona {n}", "prima", 20, "") for n in range(MOST_PEOPLE)))
    with pytest.raises(UserError, match="admite hasta"):
        genogram(crowd)


def test_a_case_without_ties_is_drawn_too() -> None:
    alone = case_file()
    assert genogram(alone).facts == ("Elvia, titular, 34 años (de quien trata el caso).",)
    assert "Todavía no hay vínculos" in ecomap(alone, {}).description


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.sampled_from(sorted(KINDS))), max_size=14))
def test_any_ties_are_drawn_or_refused_in_one_line(ties: list[tuple[int, int, str]]) -> None:
    people = [person(f"p{n}", f"Persona {n}", "familia", n, "woman" if n % 2 else "man") for n in range(8)]
    made_ties = [tie(f"p{one}", f"p{other}", kind) for one, other, kind in ties if one != other]
    file = case_file(*people, *made_ties)
    try:
        drawing = genogram(file)
    except UserError as error:
        assert "\n" not in str(error)
        return
    assert len(drawing.shapes) == 9
    assert len({(shape.x, shape.y) for shape in drawing.shapes}) == 9
    assert all(0 < shape.x < drawing.width and 0 < shape.y < drawing.height for shape in drawing.shapes)


def test_long_names_are_shortened_not_lost() -> None:
    assert lines_of("Ana") == ["Ana"]
    assert lines_of("María Fernanda de los Ángeles Quishpe") == ["María Fernanda", "de los Ángeles…"]
