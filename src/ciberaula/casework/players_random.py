"""A player who does whatever comes: options and desk actions drawn at random, with arguments that look right.

It stands for answering without reading. The same story and seed always play the same.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from ciberaula.casework.players import finish
from ciberaula.casework.stories.play import Play
from ciberaula.casework.stories.spec import Story
from ciberaula.casework.stories.trial import returning
from ciberaula.casework.vocabulary import Account, Channel, Data, Purpose, Risk
from ciberaula.errors import UserError

MOST_ACTIONS = 80
# Of ten turns, so many decide where something waits to be decided, and so many do something on the desk.
_DECIDES, _ACTS = 0.6, 0.8
_WORDS = ("caso", "revisado", "pendiente", "llamada", "familia", "mensaje", "ver", "después", "situación", "visita")

T = TypeVar("T")
Draw = Callable[["Desk"], dict[str, Any]]


@dataclass(frozen=True)
class Desk:
    """What a random action may name."""

    rng: random.Random
    story: Story

    def case(self) -> str:
        return self.one([person.case for person in self.story.people.values()])

    def person(self) -> str:
        return self.one(list(self.story.people))

    def receiver(self) -> str:
        return self.one([*self.story.organisations, *self.story.users])

    def anybody(self) -> str:
        return self.one([*self.story.people, *self.story.organisations, *self.story.users])

    def data(self) -> list[str]:
        return [one.value for one in self.rng.sample(list(Data), self.rng.randrange(4))]

    def words(self) -> str:
        return " ".join(self.rng.choices(_WORDS, k=self.rng.randrange(2, 12)))

    def yes(self) -> bool:
        return self.rng.random() < 0.5

    def one(self, among: Sequence[T]) -> T:
        return self.rng.choice(among)


def _consent(desk: Desk) -> dict[str, Any]:
    purpose = desk.one(list(Purpose))
    asked: dict[str, Any] = {
        "do": "ask_consent",
        "case": desk.case(),
        "person": desk.person(),
        "purpose": purpose.value,
        "through": desk.one(list(Channel)).value,
        "explained": desk.yes(),
    }
    if purpose is Purpose.SHARING:
        asked |= {"to": [desk.receiver()], "data": desk.data()}
    if purpose is Purpose.CHANNEL:
        asked["channels"] = [desk.one(list(Channel)).value]
    return asked


def _contact(desk: Desk) -> dict[str, Any]:
    return {
        "do": "contact",
        "case": desk.case(),
        "who": desk.anybody(),
        "channel": desk.one(list(Channel)).value,
        "purpose": desk.words(),
        "data": desk.data(),
    }


def _outside(desk: Desk) -> dict[str, Any]:
    return {**_contact(desk), "do": "outside_contact", "account": desk.one(list(Account)).value}


def _note(desk: Desk) -> dict[str, Any]:
    parts = {"opinion": desk.words(), "next": desk.words()} if desk.yes() else {}
    return {"do": "write_note", "case": desk.case(), "facts": desk.words(), **parts}


def _assessment(desk: Desk) -> dict[str, Any]:
    risk = desk.one(list(Risk)).value
    return {"do": "assess", "case": desk.case(), "risk": risk, "facts": desk.words(), "with_person": desk.yes()}


def _plan(desk: Desk) -> dict[str, Any]:
    goal = {"need": "ver", "goal": "ver", "action": "ver", "who": "equipo", "days": desk.rng.randrange(30)}
    return {"do": "make_plan", "case": desk.case(), "goals": [goal], "agreed": desk.yes()}


def _referral(desk: Desk) -> dict[str, Any]:
    do = desk.one(["refer", "refer", "transfer"])
    return {"do": do, "case": desk.case(), "to": desk.receiver(), "data": desk.data(), "reason": desk.words()}


def _consultation(desk: Desk) -> dict[str, Any]:
    return {"do": "consult", "case": desk.case(), "to": desk.one(list(desk.story.users)), "question": desk.words()}


def _search(desk: Desk) -> dict[str, Any]:
    return {"do": "search_online", "case": desk.case(), "about": desk.person(), "where": "red", "purpose": desk.words()}


def _closing(desk: Desk) -> dict[str, Any]:
    what: dict[str, Any] = {
        "do": "close",
        "reason": "formal_closing",
        "summary": desk.words(),
        "person_informed": desk.yes(),
    }
    asked: dict[str, Any] = {"do": "request_approval", "what": desk.one(["assessment", "case_plan", "closure"])}
    return {**desk.one([what, asked]), "case": desk.case()}


def _follow_up(desk: Desk) -> dict[str, Any]:
    return {"do": "plan_follow_up", "case": desk.case(), "kind": "for_service", "days": desk.rng.randrange(10)}


def _look(desk: Desk) -> dict[str, Any]:
    return {"do": "look", "case": desk.case(), "part": desk.one(["identity", "file", "notes"])}


_DRAWS: tuple[Draw, ...] = (
    _consent,
    _contact,
    _outside,
    _note,
    _note,
    _assessment,
    _plan,
    _referral,
    _consultation,
    _search,
    _closing,
    _follow_up,
    _look,
)


def random_player(story: Story, seed: int, *, actions: int = MOST_ACTIONS) -> Play:
    """Play ``story`` to its end with at most so many random actions before the last wait."""
    rng = random.Random(f"azar:{story.id}:{seed}")  # noqa: S311 - reproducible, not secret
    play = Play(story)
    desk = Desk(rng, story)
    for _turn in range(actions):
        if play.ending is not None:
            break
        try:
            play.do(_next(play, desk))
        except UserError:
            continue  # what cannot happen is not logged: the next turn tries something else
    finish(play)
    return play


def _next(play: Play, desk: Desk) -> dict[str, Any]:
    back = returning(play, desk.rng)
    if back is not None and desk.yes():
        return back
    drawn = desk.rng.random()
    if play.open_situations and drawn < _DECIDES:
        waiting = desk.one(list(play.open_situations))
        option = desk.one(list(waiting.situation.options))
        return {"do": "choose", "situation": waiting.id, "option": option.id}
    if drawn < _ACTS:
        return desk.one(_DRAWS)(desk)
    return {"do": "wait", "until": desk.one(["next", "next", "tomorrow"])}
