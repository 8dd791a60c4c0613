"""The events of a story, on a discrete-event queue: what comes after a while, decisions that wait, reactions.

Time is minutes since the start, and stands still between the player's actions. Nothing here asks for the present of
the computer or for unseeded chance, so the same actions always meet the same events.
"""

import random
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import simpy

from ciberaula.casework.connection import WITHOUT_NETWORK
from ciberaula.casework.offline import Choice
from ciberaula.casework.requirements import Denied
from ciberaula.casework.stories import graph, link
from ciberaula.casework.stories.clock import duration, in_words
from ciberaula.casework.stories.evaluate import holds
from ciberaula.casework.stories.spec import Act, Effect, Message
from ciberaula.casework.stories.state import State
from ciberaula.errors import UserError
from ciberaula.i18n import _


class Events:
    """The queue of one played story."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._env = simpy.Environment()
        self._due: dict[int, float] = {}
        self._count = 0
        self._acts = 0
        self._expiries: dict[str, int] = {}
        self._held: list[Message] = []
        self._reacted: set[str] = set()
        self._opened = 0
        self._seen = 0
        story = state.story
        self._plan(state.clock.minutes(story.latest), lambda: self._end(graph.deadline_ending(story)))
        self.schedule(story.opening, "opening")
        self.run_to(0)

    @property
    def minute(self) -> int:
        """Minutes since the start."""
        return int(self._env.now)

    @property
    def next_at(self) -> datetime | None:
        """When the next of all that is scheduled comes, or ``None``."""
        return self._state.clock.at(min(self._due.values())) if self._due and self._state.ending is None else None

    # Scheduling ------------------------------------------------------------------------------------------------------

    def schedule(self, effects: Iterable[Effect], cause: str) -> None:
        """Let ``effects`` of ``cause`` come in their time, counted from now. ``cause`` names them to chance."""
        for index, effect in enumerate(effects):
            if effect.at is not None:
                minute = max(self._state.clock.minutes(effect.at), self.minute)
            else:
                minute = self.minute + (duration(effect.after) if effect.after else 0)
            self._plan(minute, self._firing(effect, f"{cause}#{index}"))

    def _firing(self, effect: Effect, name: str) -> Callable[[], None]:
        return lambda: self._fire(effect, name)

    def _plan(self, minute: int, happen: Callable[[], None]) -> int:
        """``happen`` at ``minute``, after what was planned earlier for the same minute. The number takes it back."""
        self._count += 1
        number = self._count
        self._due[number] = minute

        def called(_event: object) -> None:
            if self._due.pop(number, None) is None or self._state.ending is not None:
                return
            self._state.set_time(self.minute)
            happen()
            self.react()

        self._env.timeout(minute - self._env.now).callbacks.append(called)
        return number

    # Letting time pass -----------------------------------------------------------------------------------------------

    def run_to(self, minute: int) -> None:
        """Let everything come that is due until ``minute``, which then is now, unless the story ended earlier."""
        self._run(minute, lambda: False)

    def run_until_news(self) -> None:
        """Let time pass until something comes that the player sees."""
        before = self._seen
        self._run(None, lambda: self._seen > before)

    def run_to_situation(self, minute: int) -> None:
        """Let time pass until ``minute``, or until a situation opens before."""
        before = self._opened
        self._run(minute, lambda: self._opened > before)

    def run_out(self) -> None:
        """Let time pass until the story ends."""
        self._run(None, lambda: False)

    def _run(self, minute: int | None, enough: Callable[[], bool]) -> None:
        state, env = self._state, self._env
        while state.ending is None and env.peek() <= (float("inf") if minute is None else minute):
            if not self._due:
                return
            if enough() and env.peek() > env.now:
                # What comes at the same minute comes with it.
                return
            env.step()
        if minute is not None and state.ending is None and env.now < minute and not enough():
            env.run(until=minute)
        state.set_time(self.minute)

    # What comes ------------------------------------------------------------------------------------------------------

    def _fire(self, effect: Effect, name: str) -> None:
        state = self._state
        if effect.chance is not None:
            # Drawn for each effect apart: what else the player did does not change her luck.
            luck = random.Random(f"{state.story.id}:{state.seed}:{name}")  # noqa: S311 -- a story, no secret
            if luck.random() >= effect.chance:
                return
        if effect.when is not None and holds(effect.when, state) is None:
            return
        if effect.message is not None:
            self._message(effect.message)
        elif effect.open is not None:
            self._open(effect.open)
        elif effect.act is not None:
            self._act(effect.act)
        elif effect.set is not None:
            state.flags.add(effect.set)
        elif effect.connection is not None:
            self._connection(effect.connection == "up")
        elif effect.end is not None:
            self._end(effect.end)

    def _message(self, message: Message) -> None:
        state = self._state
        if message.id in state.came or message in self._held:
            return
        if not state.reachable and message.channel not in WITHOUT_NETWORK:
            self._held.append(message)
            return
        self._seen += 1
        state.receive(message)

    def _open(self, id: str) -> None:
        state = self._state
        if id in state.came:
            return
        self._opened += 1
        self._seen += 1
        within = duration(state.story.situations[id].within)
        state.open(id, state.clock.at(self.minute + within))
        self._expiries[id] = self._plan(self.minute + within, lambda: self._expire(id))

    def decided(self, id: str) -> None:
        """The situation ``id`` got its answer: it waits no longer."""
        self._due.pop(self._expiries.pop(id), None)

    def _expire(self, id: str) -> None:
        self._seen += 1
        self._expiries.pop(id)
        ignored = self._state.story.situations[id].ignored
        self._state.ignore(id)
        self.schedule(ignored.effects, f"{id}/{graph.IGNORED}")

    def _act(self, act: Act) -> None:
        state = self._state
        self._acts += 1
        action_id = f"e-{self._acts}"
        try:
            action = state.world.parsed(act.action, None)
        except UserError as error:
            state.fault(act, str(error))
            return
        try:
            done = state.world.act(act.by, action, action_id)
        except Denied as error:
            state.fault(act, str(error))
            state.record(act.by, action, "denied", line=str(error))
        except UserError as error:
            state.fault(act, str(error))
        else:
            self._seen += 1
            state.record(act.by, action, "done", entities=tuple(one.id for one in done.entities))

    def _connection(self, up: bool) -> None:
        state = self._state
        if up == state.line_up:
            return
        state.line_up = up
        if state.away:
            # Who is where there is no signal does not notice.
            return
        if up:
            self.reconnect({})
        else:
            self._seen += 1
            state.tell("connection", _("Se cae la conexión."))
            link.take_along(state)

    def reconnect(self, keep: Mapping[str, Choice]) -> link.Return:
        """Whoever plays has a connection again, and what she did comes back: with ``keep``, or what needs no choice."""
        state = self._state
        self._seen += 1
        news = not state.away and not keep
        state.away = False
        back = link.come_back(state, keep)
        if news:
            state.tell("connection", " ".join(part for part in (_("Vuelve la conexión."), link.told(back)) if part))
        held, self._held = self._held, []
        for message in held:
            self._message(message)
        return back

    def _end(self, id: str) -> None:
        self._seen += 1
        self._due.clear()
        self._state.end(id)

    def react(self) -> None:
        """Start the reactions whose condition has come to hold."""
        for reaction in self._state.story.reactions:
            if self._state.ending is not None:
                return
            if reaction.id not in self._reacted and holds(reaction.when, self._state) is not None:
                self._reacted.add(reaction.id)
                self.schedule(reaction.effects, f"reaction:{reaction.id}")

    def news(self) -> str:
        """The time it is now, as an action that lets time pass tells it."""
        return _("Es {moment}.").format(moment=in_words(self._state.now))
