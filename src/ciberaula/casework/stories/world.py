"""The desk that a story is played on: its users, what was there before, and every action that goes through it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ciberaula.casework.desk import Desk, Done
from ciberaula.casework.entities import Actor, CaseFile
from ciberaula.casework.offline import Bag
from ciberaula.casework.population import background
from ciberaula.casework.store.memory import MemoryStore
from ciberaula.casework.stories import player_actions
from ciberaula.casework.stories.clock import StoryClock
from ciberaula.casework.stories.spec import Story
from ciberaula.errors import UserError
from ciberaula.i18n import _


class World:
    """A store with a desk over it. ``now`` is the present of the desk, which whoever plays the story sets."""

    def __init__(self, story: Story, seed: int) -> None:
        self.story = story
        self.clock = StoryClock(story.start)
        self.now = story.start
        self.actors = {id: Actor(id, user.role, user.group) for id, user in story.users.items()}
        self.store = MemoryStore()
        # Users answer for themselves, and for some organisations nobody does: none of them is a person of a case.
        answering = {id: id for id in story.users} | {id: one.user or "" for id, one in story.organisations.items()}
        self.desk = Desk(self.store, lambda: self.now, organisations=answering)
        # What whoever plays works on while she has no connection, or has not decided yet what stays.
        self.bag: Bag | None = None
        self.used: set[str] = set()
        self._last: dict[tuple[str, str], str] = {}
        self._names: dict[str, str] = {}
        cases = {person.case for person in story.people.values()}
        self.only_case = next(iter(cases)) if len(cases) == 1 else None
        self._fill(seed)
        self._before()
        self.now = story.start

    def _fill(self, seed: int) -> None:
        """The background, done before anything of the story, so that the chain of the audit goes on in time."""
        times = [self.clock.at(self.clock.minutes(one.at)) for one in self.story.before]
        until = min([self.story.start, *times]) - timedelta(minutes=1)
        player = self.actors[self.story.player]
        for number, one in enumerate(background(self.story.background, seed=seed, until=until, player=player), 1):
            self.now = one.at
            self.desk.do(one.actor, one.action, action_id=f"b-{number}")

    def _before(self) -> None:
        ordered = sorted(enumerate(self.story.before, 1), key=lambda one: (self.clock.minutes(one[1].at), one[0]))
        for number, one in ordered:
            self.now = self.clock.at(self.clock.minutes(one.at))
            try:
                self.act(one.by, self.parsed(one.action, None), f"x-{number}")
            except UserError as error:
                raise UserError(
                    _("Historia «{story}»: lo n.º {n} de «before» no se puede hacer: {reason}").format(
                        story=self.story.id, n=number, reason=error
                    )
                ) from error

    def parsed(self, data: Mapping[str, Any], case: str | None) -> Any:
        """``data`` as an action, with its case and ``@last:`` filled in. Raises ``UserError``."""
        return player_actions.parse(player_actions.filled(data, case or self.only_case, self.last))

    def act(self, user: str, action: Any, action_id: str) -> Done:
        """``user`` does ``action``: whoever plays in her bag, where there is one. Raises ``Denied`` or ``UserError``, and
        then nothing was done.
        """
        if self.bag is not None and user == self.story.player:
            done = self.bag.do(action, action_id=action_id)
        else:
            done = self.desk.do(self.actors[user], action, action_id=action_id)
        self.used.update(one.id for one in done.entities)
        if done.entities:
            made = action.id or action_id
            ids = [one.id for one in done.entities]
            entity_id = made if made in ids else ids[0]
            self._last[action.case, action.do] = entity_id
            # Of several referrals under way, each receiver answers the one that came to it: «@last:refer/<to>».
            self._last[action.case, f"{action.do}/{getattr(action, 'to', '')}"] = entity_id
        if action.do in ("register", "add_person"):
            self._names[action.person] = action.name
        return done

    def asked(self, case: str, entity_id: str) -> None:
        """Remember the consent that was asked for, as what ``@last:ask_consent`` stands for."""
        self._last[case, "ask_consent"] = entity_id

    def last(self, case: str, do: str) -> str:
        """The entity that the last ``do`` on ``case`` made. Raises ``UserError`` where there was none."""
        found = self._last.get((case, do))
        if found is None:
            raise UserError(_("Antes hace falta otra acción en ese caso («{do}»): todavía no la hay.").format(do=do))
        return found

    def file(self, case_id: str) -> CaseFile | None:
        """The whole case, for conditions: not a look of anybody's. As in the bag, while it is there."""
        store = self.bag.desk.store if self.bag is not None and case_id in self.bag.cases else self.store
        with store.begin() as unit:
            return unit.case_file(case_id)

    def name(self, id: str) -> str:
        """How people call a person, organisation or user; words that are no id stay as they are."""
        story = self.story
        for known in (story.people, story.organisations, story.users):
            if id in known:
                return str(known[id].name)
        return self._names.get(id, id)
