"""What a story file (``historia-<name>.yml``) may say: people, what is already in the desk, situations and consequences.

A story holds no judgement: no quality, no points, no feedback. What judges it is an assessment file of its own
(:mod:`ciberaula.casework.assessment.spec`), which for graded stories never leaves the instructor's side.

Moments are ``D<day> HH:MM`` counted from the day on which the story starts (``D1``; ``D0``, ``D-3`` lie before);
durations are ``30m``, ``2h`` or ``3d``.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from ciberaula.casework.actions import Ref
from ciberaula.casework.stories.conditions import Condition
from ciberaula.casework.vocabulary import Account, Channel, Data, Purpose, Role
from ciberaula.i18n import _
from ciberaula.yamlfile import Id, Strict, Text

Moment = Annotated[str, Field(pattern=r"^D-?\d{1,3} ([01]\d|2[0-3]):[0-5]\d$")]
Duration = Annotated[str, Field(pattern=r"^\d{1,4}[mhd]$")]
ActionData = dict[str, Any]
"""An action as data (``{do: refer, to: centro, …}``); ``case`` may be left out where the situation names it."""


class User(Strict):
    """A user of the desk."""

    name: Text
    role: Role
    group: Ref


class Organisation(Strict):
    """Another institution. ``user``: the user who answers there, if it has one on the desk."""

    name: Text
    kind: Text
    user: Ref | None = None


class StoryPerson(Strict):
    """Somebody of the story, as the desk's forms and messages name her."""

    name: Text
    case: Ref
    about: str = ""


class Answer(Strict):
    """What somebody says when asked for a consent: the first answer that fits and whose ``when`` holds; without any, a no.

    Without ``to`` or ``channel`` it answers for all of them; asked about several, she answers about each.
    """

    person: Ref
    purpose: Purpose
    to: Ref | None = None
    channel: Channel | None = None
    when: Condition | None = None
    granted: bool
    says: Text


class Message(Strict):
    """Something that comes in, once. ``from_``: a person, organisation or user id, or words («número desconocido»).

    While the connection is down, what does not come by telephone, short message or in person waits for it.
    """

    id: Ref
    from_: Text = Field(alias="from")
    channel: Channel
    account: Account = Account.INSTITUTIONAL
    text: Text
    case: Ref | None = None
    data: tuple[Data, ...] = ()


class Act(Strict):
    """Something that another user does on the desk."""

    by: Ref
    action: ActionData


class Effect(Strict):
    """One consequence (exactly one of the first keys), ``after`` a while, if ``when`` holds then, with that ``chance``.

    ``after`` counts from the end of what caused it. ``open``: a situation opens once, however many ways lead to it.
    ``connection: down``: whoever plays goes on in a copy of the cases she opened, others on the desk; at ``up`` it comes
    together, by her choice where both revised the same. Who left by ``go_offline`` notices neither until she synchronises.
    """

    message: Message | None = None
    open: Id | None = None
    act: Act | None = None
    set: Ref | None = None
    connection: Literal["up", "down"] | None = None
    end: Id | None = None
    after: Duration | None = None
    at: Moment | None = None
    when: Condition | None = None
    chance: Annotated[float, Field(gt=0, lt=1)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        kinds = ("message", "open", "act", "set", "connection", "end")
        if sum(getattr(self, kind) is not None for kind in kinds) != 1:
            raise ValueError(
                _("una consecuencia lleva una sola de estas claves: {keys}.").format(keys=", ".join(kinds))
            )
        if self.after and self.at:
            raise ValueError(_("una consecuencia lleva «after» o «at», no las dos."))
        return self


class StoryOption(Strict):
    """A way on. ``acts`` are done by whoever plays, through the desk: where the desk refuses one, the option stays open."""

    id: Id
    text: Text
    acts: tuple[ActionData, ...] = ()
    minutes: Annotated[int, Field(ge=0, le=480)] | None = None
    consequence: Text
    effects: tuple[Effect, ...] = ()


class Ignored(Strict):
    """What happens where nobody decides in time."""

    text: Text
    effects: tuple[Effect, ...] = ()


class Situation(Strict):
    """A decision. ``dilemma``: two of its options are defensible goods. ``within``: how long it waits."""

    title: Text
    text: Text
    case: Ref | None = None
    dilemma: bool = False
    within: Duration
    ignored: Ignored
    options: Annotated[tuple[StoryOption, ...], Field(min_length=3, max_length=4)]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        ids = [option.id for option in self.options]
        if len(set(ids)) != len(ids):
            raise ValueError(_("dos opciones llevan el mismo «id»."))
        return self


class Reaction(Strict):
    """Effects of something done on the desk, in whatever way: once, the first time that ``when`` holds."""

    id: Id
    when: Condition
    effects: Annotated[tuple[Effect, ...], Field(min_length=1)]


class Ending(Strict):
    """How it ends: without judging."""

    title: Text
    text: Text


class Before(Strict):
    """An action done before the story starts."""

    at: Moment
    by: Ref
    action: ActionData


class Story(Strict):
    """A whole story. At ``latest`` it ends with the ending ``fin-plazo``, or with its only one."""

    schema_: Literal[1] = Field(alias="schema")
    id: Id
    title: Text
    field: Text
    graded: bool
    item: Id | None = None  # of a graded one: the item of the assignment that it answers
    minutes: Annotated[int, Field(ge=10, le=40)]
    competence: Id
    coverage: Annotated[tuple[str, ...], Field(min_length=1)]
    prebrief: Text
    start: datetime
    latest: Moment
    seed: int = 1
    background: Annotated[int, Field(ge=0, le=500)] = 200
    player: Ref
    users: Annotated[dict[Ref, User], Field(min_length=1)]
    organisations: dict[Ref, Organisation] = Field(default_factory=dict)
    people: Annotated[dict[Ref, StoryPerson], Field(min_length=1)]
    before: tuple[Before, ...] = ()
    answers: tuple[Answer, ...] = ()
    opening: Annotated[tuple[Effect, ...], Field(min_length=1)]
    situations: Annotated[dict[Id, Situation], Field(min_length=1)]
    reactions: tuple[Reaction, ...] = ()
    endings: Annotated[dict[Id, Ending], Field(min_length=1)]

    @model_validator(mode="after")
    def _plain_start(self) -> Self:
        if self.start.tzinfo is not None or self.start.second or self.start.microsecond:
            raise ValueError(_("«start» lleva día, hora y minuto, sin segundos ni zona horaria: 2026-03-09 08:00:00."))
        if not 2000 <= self.start.year <= 2100:  # moments count up to some thousand days before and after
            raise ValueError(_("«start» es de un año entre 2000 y 2100."))
        return self
