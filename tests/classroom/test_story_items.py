"""Stories in the classroom: found like questions, their log checked in shape, recorded without a word of it."""

import copy
import json

import pytest

from ciberaula.casework.players import play_script
from ciberaula.casework.stories.answer import MOST_ACTIONS
from ciberaula.classroom.checks import answers, check
from ciberaula.classroom.lessons import lessons_in
from ciberaula.classroom.story_items import StoryItem
from ciberaula.classroom.values import clean, describe, lacks
from ciberaula.classroom.widgets import question
from ciberaula.classroom.workplace import Workplace
from ciberaula.errors import UserError
from tests.casework.assessment.conftest import CAREFUL, STORY
from tests.classroom.content import write_notebook

ID = "historia-muestra"


@pytest.fixture
def practice(lesson):
    return put(lesson, "graded: false")


@pytest.fixture
def graded(assignment):
    return put(assignment, "graded: true\nitem: p05")


def put(folder, heading):
    text = STORY.read_text(encoding="utf-8").replace("graded: false", f"{heading}\nbackground: 0")
    (folder / STORY.name).write_text(text, encoding="utf-8")
    return Workplace(folder)


def item_in(place):
    item, _graded = place.find(ID)
    assert isinstance(item, StoryItem)
    return item


def log_of(item, steps=CAREFUL):
    return play_script(item.story, steps, trainee="p-prueba").answer()


def test_a_practice_story_is_found_by_its_own_id(practice):
    item, graded = practice.find(ID)
    assert (item.id, item.kind, item.title, graded) == (ID, "story", "Un mensaje a las diez de la noche", False)


def test_a_graded_story_is_the_answer_to_its_item(graded):
    assert graded.find(ID)[0].id == "p05"
    assert graded.find("p05") == graded.find(ID)
    assert graded.find("p05")[1]


def test_question_says_how_to_show_a_story(graded):
    with pytest.raises(UserError, match=r'story\("historia-muestra"\)'):
        question("p05")


def test_the_log_is_saved_as_it_is_and_read_back(graded):
    item = item_in(graded)
    log = log_of(item)
    assert graded.save(item, log, graded=True).saved
    assert graded.value(item) == (log, False)
    assert answers["p05"] == log
    check("p05")
    assert json.loads((graded.folder / "respuestas.json").read_text())["answers"]["p05"]["kind"] == "story"


def test_check_says_that_the_story_goes_on(graded):
    item = item_in(graded)
    with pytest.raises(UserError, match="aún no tiene respuesta"):
        check("p05")
    log = log_of(item)
    half = {**log, "actions": log["actions"][:3], "ended": None}
    graded.save(item, half, graded=True)
    assert lacks(item, half)
    with pytest.raises(UserError, match="aún no llega a su final"):
        check("p05")


def test_the_deepest_log_fits_into_the_sheet(practice):
    item = item_in(practice)
    log = log_of(item)
    goal = {"need": "n", "goal": "g", "action": "a", "who": "w", "days": 1}
    limits = [{"who": "vecina", "channels": ["chat", "social"], "reason": "r"}]
    plan = {"do": "make_plan", "case": "c1", "goals": [goal], "restrictions": limits}
    log["actions"] = [{"n": n, "action": plan, "at": 5} for n in range(1, MOST_ACTIONS + 1)]
    assert practice.save(item, log, graded=False).saved
    assert practice.value(item)[0] == log


ODD = [
    lambda log: log.update(story="historia-otra"),
    lambda log: log.update(version="zz"),
    lambda log: log.update(trainee="Ana Quishpe de Chone"),
    lambda log: log.update(seed=True),
    lambda log: log.update(seed=-1),
    lambda log: log.update(ended="gloria"),
    lambda log: log.update(actions=[]),
    lambda log: log.update(actions={}),
    lambda log: log.update(more=1),
    lambda log: log.pop("trainee"),
    lambda log: log["actions"].pop(0),
    lambda log: log["actions"].append(5),
    lambda log: log["actions"][0].update(n="1"),
    lambda log: log["actions"][0].update(at=-1),
    lambda log: log["actions"][0].update(at=True),
    lambda log: log["actions"][0].update(more=1),
    lambda log: log["actions"][0].update(action=[]),
    lambda log: log["actions"][0].update(action={"do": 5}),
    lambda log: log["actions"][0].update(action={"do": "write_note", "facts": float("nan")}),
    lambda log: log["actions"][0]["action"].update(facts="x" * 300_000),
    lambda log: log.update(actions=log["actions"][:1] * (MOST_ACTIONS + 1)),
]


@pytest.mark.parametrize("change", ODD, ids=range(len(ODD)))
def test_another_shape_is_refused_in_one_line(practice, change):
    item = item_in(practice)
    odd = copy.deepcopy(log_of(item))
    change(odd)
    with pytest.raises(UserError, match="mesa de casos") as caught:
        clean(item, odd)
    assert "\n" not in str(caught.value)


def test_a_log_is_described_without_its_words(practice):
    item = item_in(practice)
    told = describe(item, log_of(item))
    assert told.startswith("Un mensaje a las diez de la noche: ")
    assert "acciones; La cita del viernes" in told
    assert "él ya se fue" not in told


def test_the_record_says_that_it_ended_and_how_and_nothing_else(practice):
    item = item_in(practice)
    log = log_of(item)
    half = {**log, "actions": log["actions"][:3], "ended": None}
    practice.save(item, half, graded=False)
    assert list(practice.record.statements()) == []
    practice.save(item, log, graded=False, checked=True)
    practice.save(item, log, graded=False, checked=True)
    (statement,) = practice.record.statements()
    assert statement["verb"]["id"].endswith("/completed")
    assert statement["object"]["definition"]["type"].endswith("/simulation")
    assert statement["result"] == {"completion": True, "response": "fin"}
    text = practice.record.path.read_text(encoding="utf-8")
    assert "llamada" not in text
    assert "write_note" not in text


def test_a_lesson_is_done_when_its_story_came_to_an_end(practice):
    write_notebook(practice.folder / "leccion-9.ipynb", f'story("{ID}")')
    assert lessons_in(practice.folder)["leccion-9"] == (ID,)
    item = item_in(practice)
    assert not practice.is_done(ID)
    practice.save(item, log_of(item), graded=False, checked=True)
    assert practice.is_done(ID)
    assert practice.record.has("completed", practice.record.activity_id("leccion-9"))


def test_a_story_with_a_mistake_is_one_line(practice):
    path = practice.folder / STORY.name
    path.write_text(path.read_text(encoding="utf-8").replace("{open: manana, after: 30m}", "{open: nunca, after: 30m}"))
    with pytest.raises(UserError, match=r"^historia-muestra\.yml, línea \d+: .*nunca"):
        practice.find(ID)
