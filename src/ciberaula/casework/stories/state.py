"""What a played story has come to: the desk, what came in, what waits for a decision, what happened."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ciberaula.casework.entities import CaseFile
from ciberaula.casework.offline import Refused
from ciberaula.casework.stories import telling
from ciberaula.casework.stories.log import (
    Happened,
    InboxMessage,
    Log,
    Moment,
    MomentKind,
    OpenSituation,
    Outcomes,
)
from ciberaula.casework.stories.spec import Act, Ending, Message, Story
from ciberaula.casework.stories.world import World
from ciberaula.i18n import _, ngettext


class State:
    """Changed by the engine only; a condition looks at it, and so does whoever shows the story."""

    def __init__(self, story: Story, seed: int) -> None:
        self.story = story
        self.seed = seed
        self.world = World(story, seed)
        self.clock = self.world.clock
        self.log = Log()
        self.came: dict[str, datetime] = {}
        self.ignored: dict[str, datetime] = {}
        self.flags: set[str] = set()
        self.inbox: list[InboxMessage] = []
        self.open_situations: list[OpenSituation] = []
        self.timeline: list[Moment] = []
        self.faults: list[str] = []
        self.ending: Ending | None = None
        self.ended: str | None = None
        self.line_up = True
        # Did whoever plays go where there is no connection? Then the line means nothing to her until she is back.
        self.away = False
        # Cases opened on this desk, which are taken along when the connection goes.
        self.at_hand: set[str] = set()
        self.drops = 0
        self.refused: list[Refused] = []

    @property
    def now(self) -> datetime:
        return self.world.now

    @property
    def reachable(self) -> bool:
        """Does anything come through to whoever plays?"""
        return self.line_up and not self.away

    @property
    def connected(self) -> bool:
        """Does she work on the desk itself? Not so while what she did without it waits to be brought back."""
        return self.reachable and self.world.bag is None

    def set_time(self, minute: float) -> None:
        """Set the present of the desk."""
        self.world.now = self.clock.at(minute)

    def file(self, case_id: str) -> CaseFile | None:
        """The whole case, for conditions."""
        return self.world.file(case_id)

    # What comes in ---------------------------------------------------------------------------------------------------

    def receive(self, message: Message) -> None:
        """A message arrives."""
        self.came[message.id] = self.now
        sender = self.world.name(message.from_)
        self.inbox.append(
            InboxMessage(
                message.id,
                self.now,
                sender,
                message.channel,
                message.account,
                message.text,
                message.case,
                from_=message.from_,
            )
        )
        self.tell("message", _("{sender}: {text}").format(sender=sender, text=message.text))

    def open(self, id: str, until: datetime) -> None:
        """A situation waits for a decision."""
        situation = self.story.situations[id]
        self.came[id] = self.now
        self.open_situations.append(OpenSituation(id, situation, self.now, until))
        if situation.case is not None:
            self.at_hand.add(situation.case)
        self.tell("situation", situation.title)

    def take(self, id: str) -> None:
        """A situation waits no longer."""
        self.open_situations = [one for one in self.open_situations if one.id != id]

    def ignore(self, id: str) -> None:
        """Nobody decided in time."""
        self.take(id)
        self.ignored[id] = self.now
        situation = self.story.situations[id]
        self.tell("ignored", _("{title}: {text}").format(title=situation.title, text=situation.ignored.text))

    def end(self, id: str) -> None:
        """The story is over."""
        self.ended, self.ending = id, self.story.endings[id]
        self.open_situations = []
        left = self.world.bag.waiting if self.world.bag is not None else 0
        if left:
            line = ngettext(
                "Quedó {n} acción sin sincronizar: solo usted la tiene.",
                "Quedaron {n} acciones sin sincronizar: solo usted las tiene.",
                left,
            )
            self.tell("connection", line.format(n=left))
        self.tell("ending", _("{title}. {text}").format(title=self.ending.title, text=self.ending.text))

    # What is done ----------------------------------------------------------------------------------------------------

    def record(
        self,
        by: str,
        action: Any,
        outcome: Outcomes,
        *,
        via: str = "",
        entities: tuple[str, ...] = (),
        step: int = 0,
        line: str = "",
        extra: Mapping[str, Any] | None = None,
        told: str | None = None,
    ) -> Happened:
        """Write down that ``by`` did ``action`` (a model), or was refused. ``line``: why, or what else came of it.

        ``extra``: further arguments, as conditions see them; ``told``: how it reads (by default from its data).
        """
        args = {**action.model_dump(mode="json", exclude={"do"}), **(extra or {})}
        told = told or telling.tell(action.do, args, self.world.name)
        record = Happened(
            n=len(self.log.happened) + 1,
            at=self.now,
            by=by,
            do=action.do,
            args=args,
            outcome=outcome,
            via=via,
            entities=entities,
            step=step,
            line=line if outcome == "denied" else f"{told} {line}".rstrip(),
            offline=not self.connected,
        )
        self.log.add(record)
        if by == self.story.player and outcome == "done":
            self.at_hand.update(args.get("cases", [args["case"]] if args.get("case") else []))
        self._tell_record(record, told)
        return record

    def _tell_record(self, record: Happened, told: str) -> None:
        mine = record.by == self.story.player
        if record.outcome == "denied":
            # The refused option says it already.
            if mine and not record.via:
                text = _("{what} No se pudo: {why}").format(what=told, why=record.line)
                self.tell("refusal", text, record.n)
        elif not mine:
            self.tell("other", _("{who}: {what}").format(who=self._told_by(record.by), what=told), record.n)
        elif record.do not in ("wait", "read", "look"):
            self.tell("decision" if record.do == "choose" else "action", told, record.n)

    def _told_by(self, user: str) -> str:
        """A user's name, with the institution she answers for."""
        name = self.world.name(user)
        office = next((one.name for one in self.story.organisations.values() if one.user == user), "")
        return _("{name}, de {office}").format(name=name, office=office) if office else name

    def tell(self, kind: MomentKind, text: str, n: int = 0) -> None:
        """Add a line to the debrief."""
        self.timeline.append(Moment(self.now, kind, text, n))

    def fault(self, act: Act, why: str) -> None:
        """Something that the story wanted others to do could not be done: for those who write it."""
        self.faults.append(f"{act.by} › {act.action.get('do')}: {why}")
