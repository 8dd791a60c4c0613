"""What whoever plays does: on the desk, asking for a consent, taking an option. Refused attempts are kept too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ciberaula.casework import connection
from ciberaula.casework.requirements import Denied
from ciberaula.casework.stories import consents, link, player_actions
from ciberaula.casework.stories.log import Happened, Outcome, Outcomes
from ciberaula.casework.stories.player_actions import LEAST_MINUTES, REFUSED_MINUTES, RESERVED, AskConsent, GoOffline
from ciberaula.casework.stories.spec import Effect, Situation, StoryOption
from ciberaula.casework.stories.state import State
from ciberaula.errors import UserError
from ciberaula.i18n import _

ANSWERED_WITHIN = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Doing:
    """What came of an action, how many minutes it takes, and what follows when they are over (named ``cause``)."""

    outcome: Outcome
    minutes: int
    effects: tuple[Effect, ...] = ()
    cause: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing done or refused, not yet written down."""

    action: Any
    outcome: Outcomes
    entities: tuple[str, ...] = ()
    line: str = ""
    extra: Mapping[str, Any] | None = None


class Player:
    """Whoever plays. Every method raises ``UserError`` for what cannot be, and then nothing has changed."""

    def __init__(self, state: State) -> None:
        self._state = state
        # What an option did before the desk refused a later part of it: it is not done twice.
        self._partly: dict[str, set[int]] = {}

    def on_desk(self, data: Mapping[str, Any], step: int) -> Doing:
        """Do something on the desk, or ask for a consent."""
        state = self._state
        action = state.world.parsed(data, None)
        if action.id is not None and (action.id in state.world.used or RESERVED.fullmatch(action.id)):
            raise UserError(_("El identificador «{id}» ya está en uso: elija otro.").format(id=action.id))
        self._check_incoming(action)
        if action.do == "record_consent" and action.granted:
            raise UserError(
                _("Un consentimiento se registra cuando la persona lo da: pregúntele con «Pedir consentimiento».")
            )
        self._check_connection(action)
        parts, said = self._act(action, f"p-{step}")
        records = [self._write(part, step, "") for part in parts]
        last = records[-1]
        if last.outcome == "denied":
            return Doing(Outcome(False, last.line, "", last), REFUSED_MINUTES)
        # Asked about several, she may answer yes and no: the yes comes first, and is what the line tells.
        return Doing(Outcome(True, records[0].line, said, records[0]), player_actions.minutes(action))

    def choose(self, situation: str, option: str, step: int) -> Doing:
        """Take an option of an open situation."""
        state = self._state
        waiting = next((one.situation for one in state.open_situations if one.id == situation), None)
        if waiting is None:
            raise UserError(
                _("La situación «{id}» no espera una decisión ahora: elija una de las abiertas.").format(id=situation)
            )
        chosen = next((one for one in waiting.options if one.id == option), None)
        if chosen is None:
            raise UserError(_("La situación «{id}» no tiene la opción «{option}».").format(id=situation, option=option))
        via = f"{situation}/{option}"
        drafts = [self._draft(data, waiting) for data in chosen.acts]
        for draft in drafts:
            self._check_connection(draft)
        parts, refusal = self._through(chosen, waiting, via, step)
        record = state.record(
            state.story.player,
            player_actions.Choose(do="choose", situation=situation, option=option),
            "denied" if refusal else "done",
            step=step,
            line=refusal,
            told=_("{title}: {option}").format(title=waiting.title, option=chosen.text),
        )
        for part in parts:
            self._write(part, step, via)
        if refusal:
            return Doing(Outcome(False, refusal, "", record), REFUSED_MINUTES)
        state.take(situation)
        state.tell("consequence", chosen.consequence, record.n)
        minutes = chosen.minutes
        if minutes is None:
            minutes = max(LEAST_MINUTES, sum(map(player_actions.minutes, drafts)))
        return Doing(Outcome(True, chosen.text, chosen.consequence, record), minutes, chosen.effects, via)

    # Parts -----------------------------------------------------------------------------------------------------------

    def _draft(self, data: Mapping[str, Any], situation: Situation) -> Any:
        """An act before it is known what its ``@last:`` stands for: enough to see how long it takes and what it needs."""
        case = situation.case or self._state.world.only_case
        return player_actions.parse(player_actions.filled(data, case, lambda _case, _do: "x"))

    def _through(self, option: StoryOption, situation: Situation, via: str, step: int) -> tuple[list[_Part], str]:
        """Do the acts of an option until one is refused: what was done or refused, and the line of the refusal."""
        parts: list[_Part] = []
        done = self._partly.setdefault(via, set())
        for index, data in enumerate(option.acts):
            if index in done:
                continue
            try:
                action = self._state.world.parsed(data, situation.case)
                if action.id in self._state.world.used:
                    action = action.model_copy(update={"id": None})
                some, _said = self._act(action, f"p-{step}-{index + 1}")
            except UserError as error:
                return parts, str(error)
            parts += some
            if some[-1].outcome == "denied":
                return parts, some[-1].line
            done.add(index)
        return parts, ""

    def _act(self, action: Any, action_id: str) -> tuple[list[_Part], str]:
        """Do ``action`` through the desk; what was said to it. Refused parts come last."""
        if isinstance(action, AskConsent):
            return self._ask(action, action_id)
        if isinstance(action, GoOffline):
            return [self._leave(action, action_id)], ""
        return [self._one(action, action, action_id)], ""

    def _one(self, shown: Any, action: Any, action_id: str, extra: Mapping[str, Any] | None = None) -> _Part:
        """Do ``action`` and show it as ``shown``."""
        try:
            done = self._state.world.act(self._state.story.player, action, action_id)
        except Denied as error:
            return _Part(shown, "denied", (), str(error), extra)
        return _Part(shown, "done", tuple(one.id for one in done.entities), done.line, extra)

    def _leave(self, action: GoOffline, action_id: str) -> _Part:
        try:
            link.leave(self._state, action.cases, action_id)
        except Denied as error:
            return _Part(action, "denied", (), str(error))
        return _Part(action, "done")

    def _ask(self, ask: AskConsent, action_id: str) -> tuple[list[_Part], str]:
        parts: list[_Part] = []
        said: list[str] = []
        for number, reply in enumerate(consents.replies(ask, self._state), 1):
            suffix = "" if number == 1 else f"-{number}"
            id = f"{ask.id}{suffix}" if ask.id else None
            action = player_actions.parse(consents.recorded(ask, reply, id))
            shown = ask.model_copy(update={"to": reply.to or ask.to, "channels": action.channels or ask.channels})
            part = self._one(shown, action, f"{action_id}{suffix}", {"granted": reply.granted})
            parts.append(part)
            if part.outcome == "denied":
                break
            said.append(reply.says)
            if number == 1:
                self._state.world.asked(ask.case, id or action_id)
        return parts, " ".join(said)

    def _write(self, part: _Part, step: int, via: str) -> Happened:
        return self._state.record(
            self._state.story.player,
            part.action,
            part.outcome,
            via=via,
            entities=part.entities,
            step=step,
            line=part.line,
            extra=part.extra,
        )

    def _check_connection(self, action: Any) -> None:
        state = self._state
        if state.world.bag is not None:
            connection.check(action, state.world.bag.cases, undecided=state.reachable)

    def _check_incoming(self, action: Any) -> None:
        """Whoever answers is held to less: so there must be something to answer."""
        if action.do != "contact" or not action.incoming:
            return
        state = self._state
        organisations = state.story.organisations.items()
        # A message of whoever answers for an organisation is the organisation's, and the other way round.
        names = {action.who, *(id for id, one in organisations if one.user == action.who)}
        names |= {one.user for id, one in organisations if id == action.who and one.user}
        if not any(
            one.from_ in names and one.channel is action.channel and state.now - one.at <= ANSWERED_WITHIN
            for one in state.inbox
        ):
            raise UserError(
                _(
                    "De {who} no llegó nada por ese medio en los últimos tres días: quite «La otra parte se comunicó primero»."
                ).format(who=state.world.name(action.who))
            )
