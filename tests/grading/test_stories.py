"""Graded stories: the log is replayed and assessed on the trusted side, and the key never leaves it."""

import copy
import json
import shutil
from pathlib import Path

import pytest

from ciberaula.casework.assessment.load import load_assessment
from ciberaula.casework.assessment.report import assess
from ciberaula.casework.players import play_script
from ciberaula.casework.stories.load import load_story
from ciberaula.classroom.record import LearningRecord
from ciberaula.cli import main
from ciberaula.errors import UserError
from ciberaula.grading import runner, scoring
from ciberaula.grading.answer_bank import KnownAnswer
from ciberaula.grading.autograde import participants
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.isolated import copy_submission
from ciberaula.grading.same_logs import same_logs
from ciberaula.grading.scoring.stories import submission_of
from tests.browser import axe_violations, chromium_page
from tests.casework.assessment.conftest import ASSESSMENT, CAREFUL, STORY
from tests.grading.course import ASSIGNMENT, NOTEBOOK, TESTS, hand_in, released, sheet, write_course
from tests.grading.test_feedback import feedback, words

POINTS = 8
TEST = f'scoring.story("p05", answers["p05"], points={POINTS}, story="historia-muestra")'
CARELESS = (
    {"do": "choose", "situation": "mensaje", "option": "a"},
    {"do": "choose", "situation": "cita", "option": "b"},
)


def write_story(root: Path) -> None:
    """The sample as a graded story of the small course: what is told, what judges it, who plays it well."""
    text = STORY.read_text(encoding="utf-8").replace("graded: false", "graded: true\nitem: p05\nbackground: 0")
    source = root / "solutions" / ASSIGNMENT
    (source / STORY.name).write_text(text, encoding="utf-8")
    shutil.copy(ASSESSMENT, source)
    (source / "players").mkdir()
    (source / "players" / "muestra.yml").write_text("good: []", encoding="utf-8")
    players = {"schema": 1, "story": "historia-muestra", "good": CAREFUL, "careless": CARELESS, "over_cautious": []}
    folder = root / "grading" / "players"
    folder.mkdir(parents=True)
    (folder / "muestra.yml").write_text(json.dumps(players, ensure_ascii=False), encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("historias") / "curso"
    write_course(root, {**TESTS, "p05": (POINTS, TEST)})
    write_story(root)
    with pytest.MonkeyPatch.context() as patch:
        enter(patch, root)
        step = Cohort().generate(ASSIGNMENT)
        assert step.done, step.reason
    return root


def enter(patch, root):
    patch.setenv("CIBERAULA_COURSE", str(root))
    patch.setenv("CIBERAULA_HOME", str(root / "var"))
    patch.chdir(root)


@pytest.fixture
def played(made, tmp_path, monkeypatch):
    """A course of one's own, with a graded story released."""
    root = tmp_path / "curso"
    shutil.copytree(made, root)
    enter(monkeypatch, root)
    return root


@pytest.fixture
def here(played, monkeypatch):
    """In the released folder, where scoring runs."""
    monkeypatch.chdir(played / "exercises" / ASSIGNMENT)
    return played


@pytest.fixture(scope="module")
def story(made):
    return load_story(made / "solutions" / ASSIGNMENT / STORY.name)


@pytest.fixture(scope="module")
def good(story):
    return play_script(story, CAREFUL, trainee="p-ana").answer()


@pytest.fixture(scope="module")
def careless(story):
    return play_script(story, CARELESS, trainee="p-ana").answer()


def score(answer):
    return scoring.story("p05", answer, points=POINTS, story="historia-muestra")


# Scoring -------------------------------------------------------------------------------------------------------------


def test_a_good_log_earns_every_point(here, good):
    found = score(good)
    assert (found.points, found.maximum, found.verdict, found.critical) == (POINTS, POINTS, "correct", ())
    assert "Consentimiento antes de compartir: 2 de 2 puntos." in found.explanation
    assert "Logrado: Preguntó antes de referir. (Se ve en: " in found.explanation
    assert "Llamar al número que acordaron" in found.answered
    json.dumps(found.as_dict(), allow_nan=False)


def test_a_log_earns_the_share_that_its_assessment_gives(here, story, careless):
    assessment = load_assessment(here / "solutions" / ASSIGNMENT / ASSESSMENT.name, story)
    expected = assess(play_script(story, CARELESS), assessment)
    found = score(careless)
    assert found.points == pytest.approx(POINTS * expected.score / 100, abs=0.01)
    assert found.critical == ("Contó la violencia a una vecina.",)
    assert found.verdict in ("partial", "incorrect")


def test_an_unfinished_log_counts_for_what_it_did(here, story, good):
    half = {**good, "actions": good["actions"][:4], "ended": None}
    found = score(half)
    assert 0 < found.points < POINTS
    assert "sin terminar" in found.explanation


@pytest.mark.parametrize("nothing", [None, {}, ""])
def test_nothing_is_unanswered(here, nothing):
    found = score(nothing)
    assert (found.points, found.verdict) == (0, "unanswered")


def edited(log, change):
    other = copy.deepcopy(log)
    change(other)
    return other


EDITS = {
    "of another story": (lambda log: log.update(story="historia-otra"), "otra historia"),
    "of another version": (lambda log: log.update(version="0" * 16), "otra versión"),
    "an action left out": (lambda log: renumber(log, log["actions"][1:]), "no se puede repetir"),
    "an action moved": (lambda log: renumber(log, [*log["actions"][1:], log["actions"][0]]), "no se puede repetir"),
    "an action twice": (lambda log: renumber(log, [log["actions"][0], *log["actions"]]), "no se puede repetir"),
    "an option that is not open": (
        lambda log: log["actions"].insert(0, {"n": 1, "action": {"do": "choose", "situation": "cita", "option": "a"}}),
        "no tiene la forma",
    ),
    "an ending it did not come to": (lambda log: log.update(ended="fin-plazo"), "no llega al final"),
    "an invented action": (lambda log: log["actions"][0].update(action={"do": "win"}), "no se puede repetir"),
    "too long": (lambda log: renumber(log, [log["actions"][0]] * 401), "no tiene la forma"),
    "another seed": (lambda log: log.update(seed=log["seed"] + 1), "se alteró"),
    "without its times": (lambda log: [entry.pop("at") for entry in log["actions"]], "se alteró"),
    "another shape": (lambda log: log.pop("seed"), "no tiene la forma"),
    "a key more": (lambda log: log.update(score=100), "no tiene la forma"),
}


def renumber(log, actions):
    log["actions"] = [{**one, "n": n} for n, one in enumerate(actions, 1)]


@pytest.mark.parametrize(("change", "told"), EDITS.values(), ids=EDITS)
def test_an_edited_log_is_refused_in_one_line(here, good, change, told):
    with pytest.raises(UserError, match=told) as caught:
        score(edited(good, change))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("odd", [5, "historia", ["choose"], {"path": [], "end": None}])
def test_an_answer_of_another_kind_is_refused(here, odd):
    with pytest.raises(UserError, match="no tiene la forma"):
        score(odd)


def test_the_log_is_of_whoever_the_rest_of_the_submission_is_of(here, good):
    with submission_of({"p-ana"}):
        assert score(good) == POINTS
    with submission_of({"p-ana", "p-ana-en-casa"}):
        assert score(good) == POINTS
    with submission_of(()):
        assert score(good) == POINTS
    for others in ({"p-luis"}, {"p-luis", ""}):
        with submission_of(others), pytest.raises(UserError, match="otra persona"):
            score(good)
    assert score(good) == POINTS


def test_a_key_that_is_not_there_is_the_authors_to_mend(here, good):
    with pytest.raises(UserError, match=r"^Clave de p05 mal definida: .*historia-otra"):
        scoring.story("p05", good, points=POINTS, story="historia-otra")
    with pytest.raises(UserError, match="Clave de p05"):
        scoring.story("p05", good, points=0, story="historia-muestra")
    (here / "solutions" / ASSIGNMENT / ASSESSMENT.name).unlink()
    with pytest.raises(UserError, match=r"^Clave de p05 mal definida: .*valoracion-muestra"):
        score(good)


def test_the_runner_says_such_a_line_as_it_stands(here, good):
    def ask(answer, **more):
        cell = {"id": "p05", "points": POINTS, "source": f"from ciberaula.grading import scoring\n{TEST}"}
        request = {"folder": str(Path.cwd()), "answers": {"p05": answer}, "seconds": 20, "cells": [cell], **more}
        return runner.score(json.dumps(request)).items[0]

    assert ask(good, participants=["p-ana"])["score"]["points"] == POINTS
    with pytest.raises(UserError) as caught:
        score({**good, "version": "0" * 16})
    assert ask({**good, "version": "0" * 16})["reason"] == str(caught.value)
    assert "otra persona" in ask(good, participants=["p-luis"])["reason"]


# Through nbgrader ----------------------------------------------------------------------------------------------------


def submit(student, answer, monkeypatch, *, pseudonym="p-ana"):
    folder = hand_in(Path.cwd(), student, sheet({"p01": "b", "p05": answer}, {"p05": "story"}))
    if pseudonym:
        monkeypatch.setenv("CIBERAULA_PSEUDONYM", pseudonym)
        record = LearningRecord(folder)
        record.add("completed", record.question_activity("p05", "Historia", "story"), {"completion": True})
        monkeypatch.delenv("CIBERAULA_PSEUDONYM")
    return folder


def test_good_foreign_and_careless_logs_through_nbgrader(played, good, careless, grades, monkeypatch):
    folder = submit("ana", good, monkeypatch)
    assert participants(folder) == {"p-ana"}
    submit("luis", good, monkeypatch, pseudonym="p-luis")
    ana, luis = Cohort().autograde(ASSIGNMENT)
    assert (ana.state, luis.state) == ("graded", "not_gradable")
    assert "otra persona" in str(luis.reason)
    assert grades("ana")["p05"] == (POINTS, False)
    assert grades("luis")["p05"] == (None, True)
    assert grades("luis")["p01"] == (2, False)
    told = words(feedback("luis"))
    assert "No se pudo calificar" in told
    assert "No es un cero" in told


def test_a_copied_folder_is_told_to_the_instructor_and_scored_as_it_is(
    played, good, careless, grades, monkeypatch, capsys
):
    submit("ana", good, monkeypatch)
    submit("bea", good, monkeypatch)  # the colleague's whole folder: log and record
    submit("caro", careless, monkeypatch)
    submit("dora", careless, monkeypatch)  # decided alike, and neither wrote a word
    assert main(["grade", ASSIGNMENT]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if "palabra por palabra" in line]
    assert len(told) == 1
    assert told[0].startswith("ana, bea: el registro de «historia-muestra»")
    assert grades("bea")["p05"] == grades("ana")["p05"] == (POINTS, False)


def test_other_words_are_another_log_and_a_damaged_sheet_is_none(tmp_path, good):
    other = copy.deepcopy(good)
    note = next(entry["action"] for entry in other["actions"] if entry["action"]["do"] == "write_note")
    note["facts"] += " Con mis palabras."
    handed = {"ana": good, "bea": other, "caro": good}
    folders = {student: tmp_path / student for student in (*handed, "dora", "eva")}
    for student in (*handed, "dora"):
        folders[student].mkdir()
        answers = sheet({"p05": handed[student]}, {"p05": "story"}) if student in handed else b"{"
        (folders[student] / "respuestas.json").write_bytes(answers)
    (line,) = same_logs(folders)
    assert line.startswith("ana, caro:")


def test_without_a_record_nothing_is_known_of_who_it_is(played, good, grades, monkeypatch):
    folder = submit("ana", good, monkeypatch, pseudonym="")
    assert participants(folder) == frozenset()
    list(Cohort().autograde(ASSIGNMENT))
    assert grades("ana")["p05"] == (POINTS, False)


def test_the_page_shows_criteria_with_their_evidence(played, careless, monkeypatch):
    submit("ana", careless, monkeypatch)
    list(Cohort().autograde(ASSIGNMENT))
    page = feedback("ana")
    told = words(page)
    assert "Un mensaje a las diez de la noche" in told
    assert "Canal y cuenta: 0 de 2 puntos" in told
    assert "Resta. Contestó desde su cuenta." in told
    assert "Se ve en su recorrido: " in told
    assert "Contó la violencia a una vecina." in told
    # The explanation is there once: by criteria, with what was said of the whole above it.
    assert told.count("Contestó desde su cuenta.") == 1
    assert told.count("Preguntar primero, contar lo justo y dejarlo escrito.") == 1


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 360])
def test_the_page_is_accessible(played, careless, monkeypatch, tmp_path, width):
    submit("ana", careless, monkeypatch)
    list(Cohort().autograde(ASSIGNMENT))
    feedback("ana")
    path = Cohort().folder("feedback", "ana", ASSIGNMENT) / f"{NOTEBOOK}.html"
    with chromium_page(width=width) as tab:
        tab.page.goto(path.as_uri())
        assert tab.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        criterion = tab.page.locator("details", has_text="Canal y cuenta: 0 de 2 puntos")
        assert not criterion.get_by_role("listitem").first.is_visible()
        tab.page.get_by_text("Canal y cuenta: 0 de 2 puntos").focus()
        tab.page.keyboard.press("Enter")
        assert criterion.get_by_role("listitem").first.is_visible()
        assert criterion.get_by_role("listitem").count() > 2
        tab.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        tab.page.screenshot(path=str(tmp_path / "pagina.png"), full_page=True)
        assert axe_violations(tab.page, "html") == []


# What stays on the instructor's side ---------------------------------------------------------------------------------


def test_the_release_has_the_story_and_nothing_that_judges_it(played):
    names = {path.name for path in (played / "exercises" / ASSIGNMENT).rglob("*")}
    assert STORY.name in names
    assert not [name for name in names if "valoracion" in name or "players" in name or name == "muestra.yml"]
    assert "scoring" not in json.dumps(released(played))


def test_code_of_a_trainee_never_runs_beside_the_key(played, tmp_path):
    """Not even where an assignment that was not released is graded from its source."""
    folder = hand_in(played, "ana", {"p01": "b"})
    copy_submission(folder, played / "solutions" / ASSIGNMENT, tmp_path / "copia")
    names = {path.name for path in (tmp_path / "copia").rglob("*")}
    assert STORY.name in names
    assert names.isdisjoint({ASSESSMENT.name, f"{NOTEBOOK}.md"})


# The answer bank -----------------------------------------------------------------------------------------------------


def recipe(name, file="grading/players/muestra.yml"):
    return KnownAnswer(answer={"player": {"story": "historia-muestra", "name": name, "file": file}}, points=1)


def test_an_answer_of_the_bank_can_name_a_reference_player(here, good, careless):
    assert recipe("good").value() == {**good, "trainee": ""}
    assert recipe("careless").value()["actions"] == careless["actions"]
    assert score(recipe("good").value()) == POINTS


@pytest.mark.parametrize("wrong", [{"name": "best"}, {"name": "good", "file": "../secreto.yml"}])
def test_a_recipe_with_a_mistake_is_refused(wrong):
    with pytest.raises(ValueError, match="player"):
        recipe(**wrong)


def test_a_script_that_is_not_there_is_one_line(here):
    with pytest.raises(UserError, match=r"otra\.yml"):
        recipe("good", "grading/players/otra.yml").value()
