"""Stories in a course: checked against the plan, and what judges the graded ones never within a trainee's reach."""

import shutil

import pytest
import yaml

from ciberaula.authoring.build import derive
from ciberaula.authoring.checks import mistakes_in
from ciberaula.authoring.leaks import leaks, secret_texts
from ciberaula.launch.workspace import with_assignments
from tests.casework.assessment.conftest import ASSESSMENT, STORY

MODULE, TASK = "modules/00-prueba", "solutions/00-prueba"
KEY = ASSESSMENT.name
SAID = "No hubo una referencia con lo justo."
NOTED = "El lunes contestó la llamada y dijo que él ya se había ido."


def add_story(course, folder, *, graded):
    """The sample story in ``folder``, of the fixture's own competence, with what judges it and its players."""
    plan = yaml.safe_load((course / "modules/curriculum.yml").read_text(encoding="utf-8"))
    (module,) = [one for one in plan["modules"] if one["id"] == "00-prueba"]
    coverage = module["assignment"]["items"][0]["coverage"]
    text = STORY.read_text(encoding="utf-8")
    for before, after in (
        ("graded: false", f"graded: {str(graded).lower()}" + ("\nitem: p09" if graded else "")),
        ("competence: casos.proceso", f"competence: {module['competences'][0]}"),
        ("coverage: [CW-35, CW-40]", f"coverage: [{', '.join(coverage)}]"),
    ):
        assert before in text
        text = text.replace(before, after)
    (course / folder / STORY.name).write_text(text, encoding="utf-8")
    shutil.copy(ASSESSMENT, course / folder)
    players = course / "grading" / "players" / "muestra.yml"
    players.parent.mkdir(parents=True, exist_ok=True)
    players.write_text(f"good: [{{do: write_note, facts: '{NOTED}'}}]\n", encoding="utf-8")


def told(course, word):
    return [line for line in mistakes_in(course) if word in line]


def test_a_practice_story_with_what_judges_it_reaches_the_trainee(built):
    add_story(built, MODULE, graded=False)
    assert told(built, "muestra") == []
    names = with_assignments(built)
    assert {f"{MODULE}/{STORY.name}", f"{MODULE}/{KEY}"} <= set(names)
    assert not [name for name in names if "players" in name]


def test_what_judges_a_graded_story_reaches_nobody(course):
    add_story(course, TASK, graded=True)
    made = {path.as_posix() for path in derive(course)}
    assert f"exercises/00-prueba/{STORY.name}" in made
    assert not [name for name in made if "valoracion" in name or "players" in name]
    assert not [name for name in with_assignments(course) if "valoracion" in name or "players" in name]


@pytest.mark.parametrize("place", ["exercises/00-prueba", MODULE, "datasets", "src/ciberaula", "binder"])
def test_a_key_within_a_trainees_reach_is_told(built, place):
    add_story(built, TASK, graded=True)
    target = built / place
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(ASSESSMENT, target)
    assert any(line.startswith(f"{place}/{KEY}: es la clave") for line in leaks(built))


def test_players_within_a_trainees_reach_are_told(built):
    folder = built / "modules/00-prueba/players"
    folder.mkdir()
    (folder / "otra.yml").write_text("good: []\n")
    assert [line.split(":")[0] for line in leaks(built)] == ["modules/00-prueba/players/otra.yml"]


def test_words_of_a_graded_key_and_of_its_players_are_secrets(built):
    add_story(built, TASK, graded=True)
    (built / MODULE / "nota.md").write_text(f"{SAID}\n\n{NOTED}\n", encoding="utf-8")
    assert sum("texto reservado" in line for line in leaks(built)) == 2
    # What the story itself says is for everybody to read.
    assert not [text for text in secret_texts(built) if "elvia le escribe a su teléfono" in text]


def test_words_of_a_practice_story_are_no_secrets(built):
    add_story(built, MODULE, graded=False)
    (built / MODULE / "nota.md").write_text(f"{SAID}\n\n{NOTED}\n", encoding="utf-8")
    assert list(leaks(built)) == []


def test_a_story_without_what_judges_it_is_told(built):
    add_story(built, MODULE, graded=False)
    (built / MODULE / KEY).unlink()
    assert told(built, KEY)


def test_a_story_that_does_not_hold_together_is_told(built):
    add_story(built, MODULE, graded=False)
    path = built / MODULE / STORY.name
    path.write_text(path.read_text(encoding="utf-8").replace("{open: manana, after: 30m}", "{open: nunca, after: 30m}"))
    (line,) = told(built, "nunca")
    assert line.startswith(f"{MODULE}/{STORY.name}, línea ")


def test_a_graded_story_among_the_lessons_is_told(built):
    add_story(built, MODULE, graded=True)
    assert told(built, "las calificadas van en solutions/")


def test_a_graded_story_that_no_item_of_the_plan_asks_for_is_told(built):
    add_story(built, TASK, graded=True)
    assert told(built, "«p09» no está en el plan")
