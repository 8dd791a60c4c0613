"""Assessment files: what they name exists in the story; every mistake is one line with file and line."""

import pytest
import yaml

from ciberaula.casework.assessment.load import assessment_path, load_assessment, story_cases
from ciberaula.errors import UserError
from tests.casework.assessment.conftest import ASSESSMENT, STORY


def changed(tmp_path, change):
    data = yaml.safe_load(ASSESSMENT.read_text(encoding="utf-8"))
    change(data)
    path = tmp_path / ASSESSMENT.name
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def way(data, when):
    data["expect"][0]["ways"][0]["when"] = when


MISTAKES = [
    (lambda data: data.update(story="historia-otra"), "«historia-otra»"),
    (lambda data: way(data, {"chose": "mensaje/z"}), "mensaje/z"),
    (lambda data: way(data, {"chose": "nunca/a"}), "nunca/a"),
    (lambda data: way(data, {"happened": {"do": "refer_all"}}), "refer_all"),
    (lambda data: way(data, {"happened": {"do": "refer", "whom": "centro-mujer"}}), "whom"),
    (lambda data: way(data, {"happened": {"do": "refer", "to": "centro-x"}}), "centro-x"),
    (lambda data: way(data, {"happened": {"do": "refer"}, "after": {"do": "contact", "who": "nadie"}}), "nadie"),
    (lambda data: way(data, {"all": [{"came": "m1"}, {"none": [{"flag": "luna"}]}]}), "luna"),
    (lambda data: data["expect"][7].update(only_if={"ignored": "cena"}), "cena"),
    (lambda data: data["avoid"][0].update(when={"chose": "mensaje/x"}), "mensaje/x"),
    (lambda data: data["needs"].update({"hospital": ["identity"]}), "hospital"),
    (lambda data: data["dilemmas"].pop("manana"), "«manana»"),
    (lambda data: data["dilemmas"].update(cita=data["dilemmas"]["manana"]), "«cita»"),
    (lambda data: data["expect"].pop(), "expect"),
    (lambda data: data["avoid"][0].update(id="nota"), "nota"),
    (lambda data: [one.update(criterion="consent") for one in data["expect"]], "cinco criterios"),
]


@pytest.mark.parametrize(("change", "told"), MISTAKES, ids=range(len(MISTAKES)))
def test_each_mistake_is_one_line(story, tmp_path, change, told):
    with pytest.raises(UserError) as caught:
        load_assessment(changed(tmp_path, change), story)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("valoracion-muestra.yml, línea ")


def test_the_line_is_that_of_the_mistake(story, tmp_path):
    path = changed(tmp_path, lambda data: data["avoid"][1].update(when={"chose": "mensaje/x"}))
    line = next(n for n, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "mensaje/x" in text)
    with pytest.raises(UserError, match=rf"^valoracion-muestra\.yml, línea {line}:"):
        load_assessment(path, story)


def test_a_missing_file_is_one_line(story, tmp_path):
    with pytest.raises(UserError, match=r"valoracion-nada\.yml"):
        load_assessment(tmp_path / "valoracion-nada.yml", story)


def test_the_files_of_a_story_lie_side_by_side():
    assert assessment_path(STORY).name == "valoracion-muestra.yml"
    assert assessment_path(STORY).parent == STORY.parent


def test_the_cases_of_a_story(story):
    assert story_cases(story) == {"c1"}
