"""What somebody says when she is asked for a consent: the story's answer, for each receiver or channel asked about."""

import re
from dataclasses import dataclass
from typing import Any

from ciberaula.casework.stories.evaluate import holds
from ciberaula.casework.stories.player_actions import AskConsent
from ciberaula.casework.stories.spec import Answer
from ciberaula.casework.stories.state import State
from ciberaula.casework.vocabulary import Purpose, label
from ciberaula.errors import UserError
from ciberaula.i18n import _

_WHO_SPEAKS = re.compile(r"[^«»:]{1,40}: «")  # an answer that says by itself who speaks: «Maritza: «Sí»»


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, and what of the question it is about."""

    granted: bool
    to: tuple[str, ...]
    channels: tuple[str, ...]
    says: str


def replies(ask: AskConsent, state: State) -> list[Reply]:
    """The yes and the no to ``ask``, each with what it covers. Raises ``UserError`` where nobody could answer."""
    if ask.person not in state.story.people:
        raise UserError(
            _("No se puede preguntar a «{person}»: elija a una persona del caso.").format(person=ask.person)
        )
    if ask.purpose is Purpose.SHARING:
        targets: list[tuple[str | None, str | None]] = [(one, None) for one in ask.to]
    elif ask.purpose is Purpose.CHANNEL:
        targets = [(None, one.value) for one in ask.channels]
    else:
        targets = [(None, None)]
    found = [(target, _answer(ask, *target, state)) for target in targets]
    groups = []
    for granted in (True, False):
        group = [(target, answer) for target, answer in found if _granted(answer) is granted]
        if group:
            groups.append(
                Reply(
                    granted,
                    tuple(to for (to, _channel), _answer in group if to) if ask.purpose is Purpose.SHARING else (),
                    tuple(channel for (_to, channel), _answer in group if channel),
                    _said(ask, [answer for _target, answer in group], state),
                )
            )
    return groups


def _granted(answer: Answer | None) -> bool:
    return answer is not None and answer.granted


def _answer(ask: AskConsent, to: str | None, channel: str | None, state: State) -> Answer | None:
    for one in state.story.answers:
        if (
            one.person == ask.person
            and one.purpose is ask.purpose
            and one.to in (None, to)
            and one.channel in (None, channel)
            and (one.when is None or holds(one.when, state) is not None)
        ):
            return one
    return None


def _said(ask: AskConsent, answers: list[Answer | None], state: State) -> str:
    says = dict.fromkeys(one.says if one is not None else _("Prefiero que no.") for one in answers)
    if any(_WHO_SPEAKS.match(one) for one in says):
        return " ".join(says)
    return _("{name}: «{says}»").format(name=state.world.name(ask.person), says=" ".join(says))


def recorded(ask: AskConsent, reply: Reply, id: str | None) -> dict[str, Any]:
    """``reply`` as the ``record_consent`` that the desk keeps."""
    return {
        "do": "record_consent",
        "id": id,
        "case": ask.case,
        "person": ask.person,
        "purpose": ask.purpose.value,
        "granted": reply.granted,
        "given_by": ask.given_by.value,
        "to": list(reply.to),
        "channels": list(reply.channels),
        "data": [one.value for one in ask.data],
        "how": ask.how or label(ask.through),
        "assent": ask.assent,
    }
