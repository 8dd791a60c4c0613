"""The report: points by criterion with their evidence, the whole, critical errors apart."""

import pytest

from ciberaula.casework.assessment.report import assess
from ciberaula.casework.assessment.rules import violations
from ciberaula.casework.players import play_script
from ciberaula.casework.stories.play import Play
from ciberaula.casework.vocabulary import Criterion
from ciberaula.errors import UserError
from tests.casework.assessment.conftest import CALL, CAREFUL, NOTE

A, B = ({"do": "choose", "situation": "mensaje", "option": option} for option in "ab")


@pytest.fixture
def report(story, assessment):
    return lambda *steps: assess(play_script(story, steps), assessment)


def lines(report, criterion):
    (found,) = [one for one in report.criteria if one.criterion is criterion]
    return {line.id: line for line in found.lines}


def test_the_careful_player_earns_all(careful, assessment):
    found = assess(careful, assessment)
    assert found.score == 100
    assert found.ended
    assert set(found.shares) == set(Criterion)
    assert set(found.shares.values()) == {1}
    assert found.critical == ()
    assert found.takeaway == assessment.takeaway


def test_each_line_says_which_actions_show_it(careful, assessment):
    line = lines(assess(careful, assessment), Criterion.CONSENT)["preguntar"]
    records = {record.n: record for record in careful.happened}
    assert line.kind == "met"
    assert line.points == 2
    assert [records[n].do for n in line.evidence] == ["ask_consent", "refer"]


def test_the_first_way_that_holds_counts_with_its_share(report):
    assert lines(report(B), Criterion.CHANNEL)["canal"].kind == "met"
    partly = lines(report(*CALL), Criterion.CHANNEL)["canal"]
    assert (partly.kind, partly.points) == ("partly", pytest.approx(1.4))
    missing = lines(report(), Criterion.CHANNEL)["canal"]
    assert (missing.kind, missing.points, missing.evidence) == ("missing", 0, ())


def test_costs_of_the_file_and_of_the_rules_are_taken_off_and_never_go_below_nothing(report):
    found = report(A)
    costs = {id: line.points for id, line in lines(found, Criterion.CHANNEL).items() if line.kind == "cost"}
    assert costs == {"cuenta-personal": 1, "wrong-channel": 0.5}
    assert found.shares[Criterion.CHANNEL] == 0
    assert all(0 <= share <= 1 for share in found.shares.values())


def test_a_rule_costs_what_the_file_says(story, assessment):
    play = play_script(story, [B])
    dear = assessment.model_copy(update={"rule_cost": 3.0})
    costs = [line.points for one in assess(play, dear).criteria for line in one.lines if line.kind == "cost"]
    assert costs == [3.0] * len(violations(play, dear))
    assert costs


def test_the_whole_is_what_was_earned_of_what_was_expected(report):
    found = report(B, NOTE)
    earned, total = sum(one.earned for one in found.criteria), sum(one.total for one in found.criteria)
    assert found.score == pytest.approx(100 * earned / total, abs=0.05)
    assert 0 < found.score < 100


def test_what_never_came_up_is_not_held_against_anybody(story, assessment):
    play = Play(story)
    play.do({"do": "wait", "minutes": 60})
    found = assess(play, assessment)
    assert not found.ended
    assert Criterion.CLOSING not in found.shares
    assert "sin terminar" in " ".join(found.summary)


def test_a_critical_error_is_named_and_changes_no_points(story, assessment):
    steps = [B, {"do": "choose", "situation": "cita", "option": "b"}]
    play = play_script(story, steps)
    mild = [one.model_copy(update={"critical": ""}) for one in assessment.avoid]
    assert assess(play, assessment).critical == ("Contó la violencia a una vecina.",)
    assert assess(play, assessment).score == assess(play, assessment.model_copy(update={"avoid": mild})).score
    assert "error crítico" in " ".join(assess(play, assessment).summary)


def test_a_criterion_without_expectations_is_told_and_does_not_count(story, assessment):
    fewer = [one for one in assessment.expect if one.criterion is not Criterion.CHANNEL]
    found = assess(play_script(story, [A]), assessment.model_copy(update={"expect": fewer}))
    assert Criterion.CHANNEL not in found.shares
    (channel,) = [one for one in found.criteria if one.criterion is Criterion.CHANNEL]
    assert (channel.earned, channel.total, channel.share) == (0, 0, None)
    assert "sin puntos" in channel.summary


def test_dilemmas_say_what_was_chosen(report):
    first, second = report(B).dilemmas
    assert (first.situation, first.option) == ("mensaje", "b")
    assert first.chosen.startswith("Llamar al número")
    assert len(first.goods) == 2
    assert (second.option, second.chosen) == (None, "No decidió a tiempo.")


def test_a_replayed_log_gives_the_same_report(careful, story, assessment):
    again = Play.replay(story, careful.answer())
    assert assess(again, assessment) == assess(careful, assessment)


def test_another_storys_assessment_is_refused(careful, assessment):
    with pytest.raises(UserError, match="historia-otra"):
        assess(careful, assessment.model_copy(update={"story": "historia-otra"}))


def test_the_summary_names_the_strongest_and_the_weakest(report):
    summary = report(*CAREFUL[:-2], {"do": "choose", "situation": "cita", "option": "c"}).summary
    assert summary[0].startswith("Un mensaje a las diez de la noche: ")
    assert "Lo que más puede crecer: cierre seguro (0 %)" in summary[1]
