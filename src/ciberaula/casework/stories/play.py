"""Playing a story: the player's actions move the clock, the desk answers, the story goes on.

The same story, seed and actions always give the same state: :meth:`Play.answer` is the whole of it, and
:meth:`Play.replay` makes it again, refusing actions that could not have happened so.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Self

from ciberaula.casework.desk import Desk
from ciberaula.casework.entities import Actor, CaseFile
from ciberaula.casework.store.memory import MemoryStore
from ciberaula.casework.stories import answer as answers
from ciberaula.casework.stories import link, player_actions
from ciberaula.casework.stories.conflict_texts import NotDone, Shown, not_done, shown
from ciberaula.casework.stories.effects import Events
from ciberaula.casework.stories.log import Happened, InboxMessage, Log, Moment, OpenSituation, Outcome
from ciberaula.casework.stories.player import Doing, Player
from ciberaula.casework.stories.player_actions import Choose, Read, Synchronise, Wait
from ciberaula.casework.stories.spec import Ending, Story
from ciberaula.casework.stories.state import State
from ciberaula.errors import UserError
from ciberaula.i18n import _


class Play:
    """A story being played by ``trainee`` (a pseudonym), with the story's own ``seed`` unless another is given."""

    def __init__(self, story: Story, *, trainee: str = "", seed: int | None = None) -> None:
        self.story = story
        self.trainee = trainee
        self.seed = story.seed if seed is None else seed
        self._state = State(story, self.seed)
        self._events = Events(self._state)
        self._player = Player(self._state)
        self._actions: list[dict[str, Any]] = []

    @classmethod
    def replay(cls, story: Story, value: Any, *, trainee: str | None = None) -> Self:
        """Play again what :meth:`answer` gave as ``value``, of ``trainee`` where that is given.

        Raises ``UserError``, in one line, where it is of another story, version or trainee, or could not have happened so.
        """
        sheet = answers.checked(value, story, trainee)
        play = cls(story, trainee=sheet.trainee, seed=sheet.seed)
        for number, entry in enumerate(sheet.actions, 1):
            try:
                if entry.n != number:
                    raise UserError(_("falta una acción o está fuera de orden."))
                if entry.at not in (None, play._events.minute):
                    raise UserError(_("no ocurrió a esa hora: falta o sobra algo antes."))
                play.do(entry.action)
            except UserError as error:
                raise UserError(
                    _("El registro de la historia «{id}» no se puede repetir: acción n.º {n} ({do}): {reason}").format(
                        id=story.id, n=number, do=str(entry.action.get("do"))[:40], reason=error
                    )
                ) from error
        if play._state.ended != sheet.ended:
            raise UserError(
                _("El registro de la historia «{id}» no llega al final que dice: está incompleto o alterado.").format(
                    id=story.id
                )
            )
        return play

    def answer(self) -> dict[str, Any]:
        """The log, as plain JSON data: everything needed to make this play again."""
        return {
            "story": self.story.id,
            "version": self.version,
            "trainee": self.trainee,
            "seed": self.seed,
            "actions": [dict(one) for one in self._actions],
            "ended": self._state.ended,
        }

    @cached_property
    def version(self) -> str:
        """16 hexadecimal digits that change with anything the story says."""
        return answers.version_of(self.story)

    # Doing -----------------------------------------------------------------------------------------------------------

    def do(self, action: Mapping[str, Any]) -> Outcome:
        """Do ``action`` and let its time pass. What the desk refuses is part of the story: ``Outcome.ok`` is false.

        Raises ``UserError`` for what is malformed or cannot be; then nothing has changed, and the log has no entry.
        """
        if self._state.ending is not None:
            raise UserError(_("La historia ya terminó: puede revisarla o empezar otra vez."))
        data = player_actions.plain(action)
        self._check_room(data)
        minute = self._events.minute
        outcome = self._done(data, len(self._actions) + 1)
        self._actions.append({"n": len(self._actions) + 1, "action": data, "at": minute})
        return outcome

    def _check_room(self, data: dict[str, Any]) -> None:
        """The last entry of a log is for waiting until the end, so that every story can come to one."""
        if len(self._actions) >= answers.MOST_ACTIONS - 1 and (data.get("do"), data.get("until")) != ("wait", "end"):
            raise UserError(
                _(
                    "La historia ya no admite más acciones: solo puede esperar al final. Lo que hizo queda como está y se "
                    "valora."
                )
            )

    def _done(self, data: dict[str, Any], step: int) -> Outcome:
        if data.get("do") not in ("choose", "wait", "read", "synchronise"):
            return self._pass(self._player.on_desk(data, step))
        action = player_actions.parse(data)
        if isinstance(action, Synchronise):
            return self._synchronise(action, step)
        if isinstance(action, Choose):
            doing = self._player.choose(action.situation, action.option, step)
            if doing.outcome.ok:
                self._events.decided(action.situation)
            return self._pass(doing)
        return self._read(action, step) if isinstance(action, Read) else self._wait(action, step)

    def _pass(self, doing: Doing) -> Outcome:
        """Let the time of an action pass; then what follows from it begins."""
        events = self._events
        events.run_to(events.minute + doing.minutes)
        if self._state.ending is None:
            events.schedule(doing.effects, doing.cause)
            events.react()
            events.run_to(events.minute)
        return doing.outcome

    def _read(self, action: Read, step: int) -> Outcome:
        message = next((one for one in self.inbox if one.id == action.message), None)
        if message is None:
            raise UserError(_("El mensaje «{id}» no está en su bandeja.").format(id=action.message))
        message.read = True
        record = self._state.record(self.story.player, action, "done", step=step)
        return self._pass(Doing(Outcome(True, record.line, "", record), player_actions.minutes(action)))

    def _synchronise(self, action: Synchronise, step: int) -> Outcome:
        state = self._state
        link.check_return(state, action.keep)
        decided = {
            whose: [one.mine.id for one in link.all_conflicts(state) if action.keep.get(one.key) == whose]
            for whose in ("mine", "theirs")
        }
        back = self._events.reconnect(action.keep)
        first = _("Volvió a conectarse.") if back.waiting else _("Sincronizó lo que hizo sin conexión.")
        told = f"{first} {link.told(back)}".rstrip()
        record = state.record(self.story.player, action, "done", step=step, extra=decided, told=told)
        return self._pass(Doing(Outcome(True, record.line, "", record), player_actions.minutes(action)))

    def _wait(self, action: Wait, step: int) -> Outcome:
        events = self._events
        record = self._state.record(self.story.player, action, "done", step=step)
        if action.minutes is not None:
            events.run_to(events.minute + action.minutes)
        elif action.until == "next":
            events.run_until_news()
        elif action.until == "tomorrow":
            events.run_to_situation(self._state.clock.next_morning(events.minute))
        else:
            events.run_out()
        return Outcome(True, events.news(), "", record)

    # What there is ---------------------------------------------------------------------------------------------------

    @property
    def actor(self) -> Actor:
        """Whoever plays, as a user of the desk."""
        return self._state.world.actors[self.story.player]

    @property
    def now(self) -> datetime:
        """The time in the story."""
        return self._state.now

    @property
    def desk(self) -> Desk:
        """The desk that she works on: without a connection the one in her bag. To change anything, use :meth:`do`: what
        goes around it is not in the log.
        """
        bag = self._state.world.bag
        return self._state.world.desk if bag is None else bag.desk

    @property
    def store(self) -> MemoryStore:
        """The store of the desk that all share."""
        return self._state.world.store

    @property
    def inbox(self) -> list[InboxMessage]:
        """What came in, the first first."""
        return self._state.inbox

    @property
    def open_situations(self) -> list[OpenSituation]:
        """What waits for a decision, in the order in which it came up."""
        return self._state.open_situations

    @property
    def log(self) -> Log:
        """What happened, by name too."""
        return self._state.log

    @property
    def happened(self) -> list[Happened]:
        """What everybody did, or was refused, since the story started."""
        return self._state.log.happened

    @property
    def actions(self) -> list[dict[str, Any]]:
        """The trainee's own log: ``{n, action, at}``."""
        return self._actions

    @property
    def timeline(self) -> list[Moment]:
        """For the debrief: everything that came, was decided, done, refused or followed, with its time."""
        return self._state.timeline

    @property
    def came(self) -> Mapping[str, datetime]:
        """Messages that arrived and situations that opened -> when."""
        return self._state.came

    @property
    def ignored(self) -> Mapping[str, datetime]:
        """Situations that nobody decided in time -> when that time was over."""
        return self._state.ignored

    @property
    def flags(self) -> set[str]:
        """What the story remembers of what happened."""
        return self._state.flags

    @property
    def connected(self) -> bool:
        """Does she work on the desk that all share? Not so without a connection, nor while there is something to decide."""
        return self._state.connected

    @property
    def reachable(self) -> bool:
        """Is there a connection, whatever still waits to be synchronised?"""
        return self._state.reachable

    @property
    def away(self) -> bool:
        """Did she leave for where there is no connection? Then she synchronises when she is back."""
        return self._state.away

    @property
    def unsynchronised(self) -> int:
        """How many actions were done without a connection and wait to be brought back."""
        bag = self._state.world.bag
        return bag.waiting if bag is not None else 0

    @property
    def conflicts(self) -> list[Shown]:
        """What she and somebody else both revised, to be decided by ``{do: synchronise, keep: {key: mine | theirs}}``."""
        return [shown(one, self._state.file(one.case_id), self.names) for one in link.conflicts(self._state)]

    @property
    def refused(self) -> list[NotDone]:
        """What the desk did not do any more when it was brought back, and why."""
        return [not_done(one, self.names) for one in self._state.refused]

    @property
    def ending(self) -> Ending | None:
        """How it ended, once it has."""
        return self._state.ending

    @property
    def ended(self) -> str | None:
        """The id of the ending, once there is one."""
        return self._state.ended

    @property
    def pending_after(self) -> datetime | None:
        """When the next thing comes that is scheduled. Never shown to a trainee."""
        return self._events.next_at

    @property
    def faults(self) -> list[str]:
        """What the story wanted others to do and could not be done: for those who write it."""
        return self._state.faults

    def file(self, case_id: str) -> CaseFile | None:
        """The whole case, for conditions and debriefs: not a look of anybody's."""
        return self._state.file(case_id)

    def names(self, id: str) -> str:
        """How people call a person, organisation or user."""
        return self._state.world.name(id)
