"""Does a story hold together? Every situation and ending can be reached, and from every choice an end can be.

What is possible is judged generously (a condition may hold unless the choice itself rules it out): a story that passes
can still be dull, but one that fails leaves its reader with nothing more to come.
"""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from ciberaula.casework.stories import references
from ciberaula.casework.stories.clock import StoryClock, duration
from ciberaula.casework.stories.conditions import Condition
from ciberaula.casework.stories.references import Mistake
from ciberaula.casework.stories.spec import Effect, Story
from ciberaula.i18n import _
from ciberaula.yamlfile import Place

LATE = "fin-plazo"
IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of a situation: one of its options, or nobody deciding (``ignored``)."""

    situation: str
    option: str
    effects: tuple[Effect, ...]
    place: Place


def mistakes(story: Story) -> list[Mistake]:
    """Everything wrong with ``story`` that its schema cannot see."""
    found = [*references.mistakes(story), *_times(story), *_repeated(story)]
    # Ways through the story make sense only once everything they name is there.
    return found or [*_reached(story), *_dead_ends(story)]


def deadline_ending(story: Story) -> str:
    """The ending that ``latest`` brings."""
    return LATE if LATE in story.endings else next(iter(story.endings))


def _times(story: Story) -> Iterator[Mistake]:
    clock = StoryClock(story.start)
    latest = clock.minutes(story.latest)
    if latest <= 0:
        yield Mistake(("latest",), _("«latest» debe ser después del comienzo."))
    if LATE not in story.endings and len(story.endings) > 1:
        text = _("hay varios finales: llame «{late}» al que llega con «latest».").format(late=LATE)
        yield Mistake(("endings",), text)
    for index, before in enumerate(story.before):
        if clock.minutes(before.at) >= 0:
            yield Mistake(("before", index, "at"), _("lo de «before» pasa antes del comienzo: cambie «at»."))
    for place, effect in references.effects(story):
        if effect.at is not None and not 0 <= clock.minutes(effect.at) <= latest:
            yield Mistake((*place, "at"), _("«{at}» no está entre el comienzo y «latest».").format(at=effect.at))
    for id, situation in story.situations.items():
        if duration(situation.within) == 0:
            yield Mistake(("situations", id, "within"), _("«within» debe durar algo: por ejemplo, 12h."))


def _repeated(story: Story) -> Iterator[Mistake]:
    seen: set[str] = set()
    for index, reaction in enumerate(story.reactions):
        if reaction.id in seen:
            text = _("«{id}» está dos veces en «reactions»: cambie uno.").format(id=reaction.id)
            yield Mistake(("reactions", index, "id"), text)
        seen.add(reaction.id)
    owners: dict[str, list[Place]] = {}
    for place, data, _case in references.acts(story):
        # Two options of one situation may make the same thing in two ways: only one of them is taken.
        option = place[:4] if place[0] == "situations" else ()
        id = data.get("id")
        if id and any(not option or other[:2] != option[:2] or other == option for other in owners.get(id, [])):
            yield Mistake((*place, "id"), _("«{id}» ya nombra otra acción: cambie uno.").format(id=id))
        owners.setdefault(str(id), []).append(option)


# Ways -----------------------------------------------------------------------------------------------------------------


def exits(story: Story, id: str) -> list[Exit]:
    """The ways out of the situation ``id``."""
    situation = story.situations[id]
    place: Place = ("situations", id)
    options = [
        Exit(id, option.id, option.effects, (*place, "options", index))
        for index, option in enumerate(situation.options)
    ]
    return [*options, Exit(id, IGNORED, situation.ignored.effects, (*place, IGNORED))]


def may_hold(condition: Condition, exit: Exit) -> bool:
    """Might ``condition`` come to hold for somebody who left by ``exit``?"""
    if condition.all is not None:
        return all(may_hold(one, exit) for one in condition.all)
    if condition.any is not None:
        return any(may_hold(one, exit) for one in condition.any)
    if condition.chose is not None:
        situation, _slash, option = condition.chose.partition("/")
        return situation != exit.situation or option == exit.option
    return condition.ignored != exit.situation or exit.option == IGNORED


def _may_come(condition: Condition, opened: Container[str], situations: Container[str]) -> bool:
    """Might ``condition`` come to hold where no situations but ``opened`` come up?"""
    if condition.all is not None:
        return all(_may_come(one, opened, situations) for one in condition.all)
    if condition.any is not None:
        return any(_may_come(one, opened, situations) for one in condition.any)
    asked = (condition.chose or "").partition("/")[0] or condition.ignored or condition.came
    return asked is None or asked not in situations or asked in opened


def _ways(story: Story) -> tuple[dict[str, int], set[str]]:
    """Minutes from the start at which each situation may open at the earliest, and the endings that may come."""
    clock = StoryClock(story.start)
    latest = clock.minutes(story.latest)
    found: dict[str, int] = {}
    ended = {deadline_ending(story)}
    reactions = list(story.reactions)
    waiting: list[tuple[Iterable[Effect], int]] = [(story.opening, 0)]
    while waiting:
        effects, since = waiting.pop()
        for effect in effects:
            at = _moment(effect, since, clock)
            if at > latest:
                continue
            if effect.end is not None:
                ended.add(effect.end)
            if effect.open is not None and at < found.get(effect.open, at + 1):
                found[effect.open] = at
                waiting += [(exit.effects, at) for exit in exits(story, effect.open)]
        if not waiting:
            due = [one for one in reactions if _may_come(one.when, found, story.situations)]
            reactions = [one for one in reactions if one not in due]
            waiting = [(one.effects, 0) for one in due]
    return found, ended


def _reached(story: Story) -> Iterator[Mistake]:
    opened, ended = _ways(story)
    for id in story.situations:
        if id not in opened:
            text = _("a la situación «{id}» no se llega nunca: ábrala con «open» o quítela.").format(id=id)
            yield Mistake(("situations", id), text)
    for id in story.endings:
        if id not in ended:
            yield Mistake(("endings", id), _("al final «{id}» no se llega nunca: úselo en «end».").format(id=id))


def _moment(effect: Effect, since: int, clock: StoryClock) -> int:
    if effect.at is not None:
        return max(since, clock.minutes(effect.at))
    return since + (duration(effect.after) if effect.after else 0)


def _dead_ends(story: Story) -> Iterator[Mistake]:
    """Exits after which nothing leads to an end: a fixed point over what can lead to one."""
    clock, earliest = StoryClock(story.start), _ways(story)[0]
    ending: set[str] = set()

    def leads(exit: Exit) -> bool:
        due = [one for one in story.opening if _moment(one, 0, clock) >= earliest.get(exit.situation, 0)]
        reacted = [one for reaction in story.reactions if may_hold(reaction.when, exit) for one in reaction.effects]
        return any(
            one.end is not None or (one.open in ending and one.open != exit.situation)
            for one in (*exit.effects, *due, *reacted)
        )

    while True:
        more = {id for id in story.situations if id not in ending and any(map(leads, exits(story, id)))}
        if not more:
            break
        ending |= more
    for id in story.situations:
        for exit in exits(story, id):
            if not leads(exit):
                way = _("si nadie decide") if exit.option == IGNORED else _("la opción «{id}»").format(id=exit.option)
                text = _("callejón sin salida en «{situation}», {way}: nada lleva a un final; añada «open» o «end».")
                yield Mistake(exit.place, text.format(situation=id, way=way))
