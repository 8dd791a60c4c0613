"""The score of a played story's log: replayed, assessed, told criterion by criterion. See :mod:`.stories`."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from ciberaula.casework.assessment.debrief import Reason, Why, explained
from ciberaula.casework.assessment.load import load_assessment
from ciberaula.casework.assessment.report import Report, assess
from ciberaula.casework.stories.load import load_story
from ciberaula.casework.stories.play import Play
from ciberaula.casework.stories.spec import Story
from ciberaula.classroom.story_items import StoryItem, clean_log
from ciberaula.errors import UserError
from ciberaula.grading.scoring.result import ItemScore, earned, is_blank, unanswered
from ciberaula.i18n import _, ngettext


def score_log(
    item: str, answer: Any, points: float, story: Path, assessment: Path, participants: Collection[str]
) -> ItemScore:
    """The score of ``answer``, a log of the story in that file, by the assessment in that file."""
    told = load_story(story)
    judged = load_assessment(assessment, told)
    if is_blank(answer):
        return unanswered(item, points=points)
    play = Play.replay(told, _trusted(told, answer, participants))
    report = assess(play, judged)
    criteria = explained(play, report)
    return earned(
        item,
        report.score / 100,
        points=points,
        answered=_answered(play),
        explanation=[*report.summary, *_lines(criteria), report.takeaway],
        critical=report.critical,
        parts=_parts(report, criteria),
    )


def _trusted(story: Story, answer: Any, participants: Collection[str]) -> Mapping[str, Any]:
    """``answer`` as a log of ``story`` by whoever handed it in. Raises ``UserError`` where it is not."""
    if isinstance(answer, Mapping) and answer.get("story") not in (None, story.id):
        raise UserError(
            _("El registro es de otra historia («{other}») y no de «{id}»: pida la entrega de esta historia.").format(
                other=str(answer["story"])[:60], id=story.id
            )
        )
    log = clean_log(StoryItem(story), answer)
    if log is None:
        raise UserError(
            _("El registro de «{id}» no tiene la forma que guarda la mesa de casos: pida otra entrega.").format(
                id=story.id
            )
        )
    # Another seed would be another story, and without its times a log could be thinned out unnoticed.
    if log["seed"] != story.seed or any("at" not in entry for entry in log["actions"]):
        raise UserError(
            _(
                "El registro de «{id}» no es el que guarda la mesa de casos: se alteró; converse con quien lo entregó."
            ).format(id=story.id)
        )
    if participants and log["trainee"] not in participants:
        raise UserError(
            _(
                "El registro de «{id}» es de otra persona ({other}) y el resto de la entrega no: converse con quien la "
                "entregó."
            ).format(id=story.id, other=log["trainee"] or "—")
        )
    return log


def _answered(play: Play) -> str:
    """How the trainee's own playing reads: the decisions, and how it ended."""
    choices = [record.line for record in play.log.of("choose") if record.outcome == "done"]
    count = ngettext("{count} acción en la mesa", "{count} acciones en la mesa", len(play.answer()["actions"]))
    end = play.ending.title if play.ending is not None else _("la historia quedó sin terminar")
    return "\n".join([*choices, f"{count.format(count=len(play.answer()['actions']))}. {end}."])


def _lines(criteria: tuple[Why, ...]) -> Iterator[str]:
    for one in criteria:
        yield f"{one.summary}."
        yield from (f"{_told(reason)} {_shown(reason)}".strip() for reason in one.reasons)


def _told(reason: Reason) -> str:
    return f"{reason.sign} {reason.words}: {reason.text}"


def _shown(reason: Reason) -> str:
    return _("(Se ve en: {where})").format(where="; ".join(reason.shown_by)) if reason.shown_by else ""


def _parts(report: Report, criteria: tuple[Why, ...]) -> dict[str, Any]:
    """The same as plain data, for pages that show it criterion by criterion."""
    return {
        "summary": [*report.summary, *report.takeaway.splitlines()],
        "criteria": [
            {
                "name": one.summary,
                "lines": [
                    {"sign": reason.sign, "words": reason.words, "text": reason.text, "shown_by": list(reason.shown_by)}
                    for reason in one.reasons
                ],
            }
            for one in criteria
        ],
    }
