"""A story on trial: which requirement fails is said in words; the command for authors tells the rest."""

import shutil

import pytest
import yaml

from ciberaula.casework.assessment.__main__ import main
from ciberaula.casework.assessment.trial import free_share, lines, try_story
from ciberaula.casework.players import find_story
from ciberaula.casework.vocabulary import Criterion
from ciberaula.errors import UserError
from tests.casework.assessment.conftest import ASSESSMENT, CALL, CAREFUL, STORY

CARELESS = [
    {"do": "choose", "situation": "mensaje", "option": "a"},
    {"do": "choose", "situation": "cita", "option": "b"},
]


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with the sample as its one story."""
    module = tmp_path / "modules" / "06-muestra"
    module.mkdir(parents=True)
    (tmp_path / "modules" / "curriculum.yml").write_text("modules: []\n")
    (tmp_path / "grading" / "players").mkdir(parents=True)
    text = STORY.read_text(encoding="utf-8").replace("graded: false", "graded: false\nbackground: 0")
    (module / STORY.name).write_text(text, encoding="utf-8")
    shutil.copy(ASSESSMENT, module)
    monkeypatch.setenv("CIBERAULA_COURSE", str(tmp_path))
    write(tmp_path, good=list(CAREFUL), careless=CARELESS, over_cautious=[])
    return tmp_path


def write(course, **scripts):
    players = {"schema": 1, "story": "historia-muestra", **scripts}
    path = course / "grading" / "players" / "muestra.yml"
    path.write_text(yaml.safe_dump(players, allow_unicode=True), encoding="utf-8")


def tried(course, seeds=range(6)):
    return try_story(find_story(course, "muestra"), seeds=seeds)


def test_a_story_that_tells_good_practice_from_bad(course):
    found = tried(course)
    assert found.failures == []
    assert found.scores["good"] == 100
    assert set(found.shares) == {"good", "careless", "over_cautious", "random"}
    assert all(0 <= share <= 1 for shares in found.shares.values() for share in shares.values())


@pytest.mark.parametrize(
    ("scripts", "told"),
    [
        ({"good": CARELESS, "careless": CARELESS}, "good: obtuvo"),
        ({"good": list(CAREFUL), "careless": list(CAREFUL)}, "careless: obtuvo"),
        ({"good": list(CAREFUL), "careless": CARELESS, "over_cautious": list(CAREFUL)}, "over_cautious: obtuvo"),
        ({"good": CARELESS, "careless": CARELESS}, "Registro: no separa"),
    ],
)
def test_each_requirement_that_fails_is_named(course, scripts, told):
    write(course, **{"over_cautious": [], **scripts})
    assert any(line.startswith(told) for line in tried(course).failures)


def test_a_graded_story_wants_a_reference_that_earns_all(course):
    write(course, good=[*CALL, *CAREFUL[1:]], careless=CARELESS, over_cautious=[])
    path = course / "modules" / "06-muestra" / STORY.name
    assert tried(course).failures == []
    assert tried(course).scores["good"] < 100
    path.write_text(path.read_text(encoding="utf-8").replace("graded: false", "graded: true"), encoding="utf-8")
    assert any("100" in line for line in tried(course).failures)


def test_points_that_choosing_alone_earns_are_not_free(assessment):
    whole = sum(one.points for one in assessment.expect)
    chosen = sum(one.points for one in assessment.expect if one.id in ("canal", "confirmar"))
    assert free_share(assessment) == pytest.approx(1 - chosen / whole)


def test_the_lines_show_every_criterion_and_every_loss(course):
    text = "\n".join(lines(tried(course)))
    assert "Cumple todos los requisitos." in text
    for criterion in Criterion:
        assert f"    {criterion}: " in text
    assert "error crítico: Contó la violencia a una vecina." in text


def test_the_command_tries_the_stories_named(course, capsys):
    assert main(["muestra", "--random", "4"]) == 0
    assert "Un mensaje a las diez de la noche" in capsys.readouterr().out
    assert main(["--random", "2"]) == 0
    write(course, good=CARELESS, careless=CARELESS, over_cautious=[])
    assert main(["historia-muestra", "--random", "2"]) == 1
    assert "NO CUMPLE:" in capsys.readouterr().out
    assert main(["otra"]) == 1
    assert "muestra" in capsys.readouterr().err


def test_a_script_that_cannot_be_played_is_one_line_with_its_step(course, capsys):
    write(course, good=[{"do": "choose", "situation": "mensaje", "option": "z"}], careless=CARELESS, over_cautious=[])
    with pytest.raises(UserError, match=r"^muestra\.yml, good: Paso 1 \(choose\): ") as caught:
        tried(course)
    assert "\n" not in str(caught.value)
    assert main(["muestra"]) == 1
    assert "Paso 1" in capsys.readouterr().out
