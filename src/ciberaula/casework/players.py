"""Reference players: scripts that prove that the assessment of a story can tell good practice from bad.

``grading/players/<slug>.yml`` holds what each does::

    schema: 1
    story: historia-muestra
    good: [{do: choose, situation: mensaje, option: b}, {do: write_note, case: c1, facts: …}, …]
    careless: […]
    over_cautious: […]

A step is an action of a player (:meth:`ciberaula.casework.stories.play.Play.do`). The clock goes on by itself until the
situation of a ``choose``, or the message of a ``read``, has come. The fourth player, who does whatever comes, is
:func:`ciberaula.casework.players_random.random_player`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import Field

from ciberaula.casework.assessment.load import STORY_PREFIX, assessment_path
from ciberaula.casework.stories.play import Play
from ciberaula.casework.stories.spec import Story
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.yamlfile import Id, Strict, read_yaml, validate

PlayerName = Literal["good", "careless", "over_cautious"]
NAMES: tuple[PlayerName, ...] = ("good", "careless", "over_cautious")
PLAYERS = Path("grading", "players")
_MOST_WAITS = 200

Steps = Sequence[Mapping[str, Any]]
_Steps = Annotated[tuple[dict[str, Any], ...], Field(max_length=400)]


class Players(Strict):
    """The scripts of one story."""

    schema_: Literal[1] = Field(alias="schema")
    story: Id
    good: Annotated[_Steps, Field(min_length=1)]
    careless: Annotated[_Steps, Field(min_length=1)]
    over_cautious: _Steps

    def steps(self, name: PlayerName) -> Steps:
        """What that player does."""
        return cast(Steps, getattr(self, name))


@dataclass(frozen=True, slots=True)
class StoryFiles:
    """The files of one story: the story, what judges it and its reference players (which may be missing)."""

    slug: str
    story: Path
    assessment: Path
    players: Path


def story_files(course: Path) -> Iterator[StoryFiles]:
    """The files of every story of the course, practice ones first, in order."""
    for top in ("modules", "solutions"):
        for story in sorted((course / top).glob(f"*/{STORY_PREFIX}*.yml")):
            slug = story.stem.removeprefix(STORY_PREFIX)
            yield StoryFiles(slug, story, assessment_path(story), course / PLAYERS / f"{slug}.yml")


def find_story(course: Path, slug: str) -> StoryFiles:
    """The files of the story of that name, with or without «historia-». Raises ``UserError`` where there is none."""
    wanted = slug.removeprefix(STORY_PREFIX)
    known = {one.slug: one for one in story_files(course)}
    if wanted not in known:
        raise UserError(
            _("No hay una historia «{slug}» en modules/ ni en solutions/: use una de {known}.").format(
                slug=wanted, known=", ".join(sorted(known)) or "—"
            )
        )
    return known[wanted]


def load_players(path: Path, story: Story | None = None) -> Players:
    """Read and check the scripts in ``path``, of ``story`` where it is given. Raises ``UserError`` in one line."""
    file = read_yaml(path)
    players = validate(Players, file)
    if story is not None and players.story != story.id:
        raise UserError(
            _("{where}: es de la historia «{other}» y se buscaba «{id}»: corrija «story».").format(
                where=file.where(("story",)), other=players.story, id=story.id
            )
        )
    return players


def play_script(story: Story, steps: Steps, *, trainee: str = "", seed: int | None = None) -> Play:
    """Play a script to the end of the story.

    Raises ``UserError``, naming the step, for one that cannot be done. What the desk refuses is part of the story, and of
    its log.
    """
    play = Play(story, trainee=trainee, seed=seed)
    for number, step in enumerate(steps, start=1):
        try:
            if step.get("do") in ("choose", "read"):
                _wait_for(play, str(step.get("situation") or step.get("message")))
            if play.ending is not None:
                raise UserError(_("la historia ya terminó; quite los pasos que sobran."))
            play.do(step)
        except UserError as error:
            raise UserError(
                _("Paso {number} ({do}): {reason}").format(number=number, do=step.get("do"), reason=error)
            ) from error
    finish(play)
    return play


def finish(play: Play) -> None:
    """Wait until the story ends."""
    if play.ending is None:
        play.do({"do": "wait", "until": "end"})


def _wait_for(play: Play, awaited: str) -> None:
    """Let time pass until the situation or message ``awaited`` has come. Raises ``UserError`` where it never does."""
    for _turn in range(_MOST_WAITS):
        if play.ending is not None or awaited in play.came:
            break
        play.do({"do": "wait", "until": "next"})
    if awaited not in play.came:
        raise UserError(_("«{id}» no llegó antes del final.").format(id=awaited))
    if awaited in play.ignored:
        raise UserError(_("la situación «{id}» ya pasó sin respuesta; póngala antes.").format(id=awaited))
