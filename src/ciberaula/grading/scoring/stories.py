"""Scoring of a story played on the case desk: its log is replayed, and what came of it is assessed.

The story is read from the working folder (what was released) and its assessment from ``solutions/`` of the course: it
is the only key, and the trainee never has it. A log that could not have happened so, or is of another story, version or
person, is no wrong answer but something to look into: ``UserError``, and the item counts as not gradable.

Whose log it is: an answer carries the pseudonym of whoever played. The rest of the submission says the same in its
learning record, and with that it is compared. The roster knows no pseudonyms, and people who share a computer share one,
so two submissions with the same pseudonym prove nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from ciberaula.casework.assessment.debrief import Reason, Why, explained
from ciberaula.casework.assessment.load import assessment_path, load_assessment
from ciberaula.casework.assessment.report import Report, assess
from ciberaula.casework.stories.load import load_story
from ciberaula.casework.stories.play import Play
from ciberaula.casework.stories.spec import Story
from ciberaula.classroom.story_items import StoryItem, clean_log
from ciberaula.errors import UserError
from ciberaula.grading.scoring.result import ItemScore, earned, is_blank, require_author, require_points, unanswered
from ciberaula.i18n import _, ngettext
from ciberaula.paths import course_root

_participants: ContextVar[frozenset[str]] = ContextVar("participants", default=frozenset())
_keys: ContextVar[Path | None] = ContextVar("keys", default=None)


@contextmanager
def submission_of(participants: Collection[str], keys: Path | None = None) -> Iterator[None]:
    """For the while, logs must be of one of these pseudonyms (none: nothing is known of who it is).

    ``keys`` is the folder of the assignment in ``solutions/``; ``None``: that of the course that we are in.
    """
    who, where = _participants.set(frozenset(participants)), _keys.set(keys)
    try:
        yield
    finally:
        _participants.reset(who)
        _keys.reset(where)


def story(item: str, answer: Any, *, points: float, story: str) -> ItemScore:
    """Score the log of ``story`` (``historia-…``) by its assessment: the share of 100 that it earns.

    Criteria with their evidence are in the explanation and in ``parts``, critical errors in ``critical``. Raises
    ``UserError`` for a log that cannot be trusted, and for a mistake in the key.
    """
    require_points(item, points)
    path = _story_file(item, story)
    told = load_story(path)
    assessment = load_assessment(_assessment_file(item, path), told)
    if is_blank(answer):
        return unanswered(item, points=points)
    play = Play.replay(told, _trusted(told, answer))
    report = assess(play, assessment)
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


def _story_file(item: str, story: str) -> Path:
    """The story as it was released, or the author's where nothing is: beside the key."""
    places = [folder / f"{story}.yml" for folder in (Path.cwd(), _solutions())]
    found = [path for path in places if path.is_file()]
    require_author(bool(found), item, _("no está {story}.yml en la tarea").format(story=story))
    return found[0]


def _assessment_file(item: str, path: Path) -> Path:
    found = _solutions() / assessment_path(path).name
    require_author(found.is_file(), item, _("no está {name} en solutions/").format(name=found.name))
    return found


def _solutions() -> Path:
    return _keys.get() or course_root() / "solutions" / Path.cwd().name


def _trusted(story: Story, answer: Any) -> Mapping[str, Any]:
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
    known = _participants.get()
    if known and log["trainee"] not in known:
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
        "summary": [*report.summary, report.takeaway],
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
