"""Trying a story out for those who write it: played many times at random, what never works and what nobody meets."""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ciberaula.casework.stories.play import Play
from ciberaula.casework.stories.spec import Story
from ciberaula.errors import UserError
from ciberaula.i18n import _

PLAYS = 60
_MOST_TURNS = 300
# A story of 15 to 25 minutes: decisions, those between two goods, words to read.
DECISIONS, DILEMMAS, WORDS = (8, 12), 5, (1600, 2600)


def tried(story: Story, plays: int = PLAYS) -> list[str]:
    """Notices (Spanish): options that the desk always refused, situations that never came up, acts that failed.

    Whoever plays only decides and waits here, so what takes a free action first shows up too. Raises ``UserError`` where
    what is in ``before`` cannot be done.
    """
    quiet = story.model_copy(update={"background": 0})
    taken: Counter[str] = Counter()
    refused: dict[str, str] = {}
    faults: set[str] = set()
    met: set[str] = set()
    for seed in range(plays):
        play = _played(quiet, seed)
        met |= set(play.came)
        faults |= set(play.faults)
        for record in play.log.of("choose"):
            option = f"{record.args['situation']}/{record.args['option']}"
            if record.outcome == "done":
                taken[option] += 1
            else:
                refused[option] = record.line
    never = [id for id in story.situations if id not in met]
    return [
        *(_("aviso: «{id}» no se abrió en {n} partidas al azar.").format(id=id, n=plays) for id in never),
        *(
            _("aviso: la mesa rechazó siempre la opción «{option}»: {why}").format(option=option, why=why)
            for option, why in refused.items()
            if not taken[option]
        ),
        *(_("aviso: alguien no pudo hacer lo suyo ({fault})").format(fault=fault) for fault in sorted(faults)),
        *_size(story),
    ]


def _played(story: Story, seed: int) -> Play:
    """A whole play, in which an option that was refused gives way to another one."""
    chance = random.Random(seed)  # noqa: S311 -- a trial, no secret
    play = Play(story, seed=seed)
    refused: set[tuple[str, str]] = set()
    for _turn in range(_MOST_TURNS):
        if play.ending is not None:
            break
        if _came_back(play, chance):
            continue
        ways = [
            (waiting.id, option.id)
            for waiting in play.open_situations
            for option in waiting.situation.options
            if (waiting.id, option.id) not in refused
        ]
        if not ways or not play.connected or chance.random() < 0.15:
            play.do({"do": "wait", "until": "next"})
            continue
        situation, option = chance.choice(ways)
        if not play.do({"do": "choose", "situation": situation, "option": option}).ok:
            refused.add((situation, option))
    return play


def _came_back(play: Play, chance: random.Random) -> bool:
    back = returning(play, chance)
    try:
        return back is not None and play.do(back).ok
    except UserError:
        return False  # there is no line yet


def returning(play: Play, chance: random.Random) -> dict[str, Any] | None:
    """The ``synchronise`` of somebody who has to do it, deciding at random; ``None`` where nothing waits for her."""
    keep = {one.key: chance.choice(["mine", "theirs"]) for one in play.conflicts}
    return {"do": "synchronise", "keep": keep} if keep or play.away else None


def words(story: Story) -> int:
    """How many words a player reads: the prebrief, messages, situations with their options, about one consequence each."""
    texts = [story.prebrief]
    for situation in story.situations.values():
        texts += [situation.title, situation.text, *(option.text for option in situation.options)]
        texts.append(situation.options[0].consequence)
    texts += [effect.message.text for effect in story.opening if effect.message]
    return sum(len(text.split()) for text in texts)


def _size(story: Story) -> Iterator[str]:
    decisions = len(story.situations)
    dilemmas = sum(one.dilemma for one in story.situations.values())
    if not DECISIONS[0] <= decisions <= DECISIONS[1]:
        yield _("aviso: tiene {n} situaciones; se esperan de {least} a {most}.").format(
            n=decisions, least=DECISIONS[0], most=DECISIONS[1]
        )
    if dilemmas < DILEMMAS:
        yield _("aviso: tiene {n} dilemas; se esperan al menos {least}.").format(n=dilemmas, least=DILEMMAS)
    if not WORDS[0] <= words(story) <= WORDS[1]:
        yield _("aviso: se leen unas {n} palabras; se esperan de {least} a {most}.").format(
            n=words(story), least=WORDS[0], most=WORDS[1]
        )
