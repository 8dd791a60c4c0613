"""The debrief: the trainee's own log, in the order of PEARLS, with a comparison the second time."""

from ciberaula.casework.assessment.debrief import SIGNS, compare, debrief, explained
from ciberaula.casework.assessment.report import assess
from ciberaula.casework.players import play_script
from ciberaula.casework.stories.clock import in_words
from ciberaula.casework.vocabulary import Criterion

ROUGH = ({"do": "choose", "situation": "mensaje", "option": "a"},)


def test_the_stages_come_in_order(careful, assessment):
    found = debrief(careful, assess(careful, assessment))
    assert list(found.stages) == ["reactions", "happened", "why", "takeaway", "replay"]
    assert all(stage.title and stage.intro for stage in found.stages.values())
    assert all(found.stages[id].prompts for id in ("reactions", "happened", "why", "takeaway"))


def test_what_happened_is_the_trainees_own_log(careful, assessment):
    found = debrief(careful, assess(careful, assessment))
    assert [event.text for event in found.events] == [moment.text for moment in careful.timeline]
    asked = next(event for event in found.events if "consentimiento de Elvia" in event.text)
    assert asked.criteria == (Criterion.CONSENT,)
    assert asked.when == in_words(next(one.at for one in careful.happened if one.do == "ask_consent"))
    # What came in by itself counted for nothing.
    assert next(event for event in found.events if event.kind == "message").criteria == ()


def test_each_reason_shows_its_actions_in_words(careful, assessment):
    report = assess(careful, assessment)
    (why,) = [one for one in explained(careful, report) if one.criterion is Criterion.CONSENT]
    (reason,) = why.reasons
    assert why.summary == "Consentimiento antes de compartir: 2 de 2 puntos"
    assert (reason.sign, reason.words, reason.points) == (SIGNS["met"], "Logrado", "+2")
    assert len(reason.shown_by) == 2
    assert "Refirió el caso a Centro Violeta" in reason.shown_by[1]


def test_costs_and_gaps_have_signs_and_words_of_their_own(story, assessment):
    play = play_script(story, ROUGH)
    reasons = {one.words: one for why in explained(play, assess(play, assessment)) for one in why.reasons}
    assert {"Faltó", "Resta"} <= set(reasons)
    assert reasons["Resta"].points.startswith("−")
    assert reasons["Faltó"].points == ""
    assert reasons["Faltó"].sign != reasons["Resta"].sign


def test_the_second_time_is_compared_with_the_first(story, careful, assessment):
    first, second = assess(play_script(story, ROUGH), assessment), assess(careful, assessment)
    found = debrief(careful, second, earlier=first)
    assert found.changes[0].text == f"Toda la historia: subió de {round(first.score)} % a 100 %."
    assert {one.criterion for one in found.changes[1:]} == set(first.shares) & set(second.shares)
    assert debrief(careful, second).changes == ()
    assert found.stages["replay"].intro != debrief(careful, second).stages["replay"].intro


def test_changes_are_said_in_words(story, careful, assessment):
    first, second = assess(play_script(story, ROUGH), assessment), assess(careful, assessment)
    assert " bajó de 100 % a " in compare(first, second)[0].text
    assert all(" sigue en " in one.text for one in compare(second, second))
