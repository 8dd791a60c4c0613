"""What a player may do besides the desk's own actions, and how data become an action: case and ``@last:`` filled in."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from ciberaula.casework import actions
from ciberaula.casework.actions import CONTACT_MINUTES, MINUTES, Line, Ref, Words
from ciberaula.casework.vocabulary import Channel, Data, GivenBy, Purpose
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.yamlfile import Id, Strict, first_mistake

LAST = "@last:"
LEAST_MINUTES = 5
REFUSED_MINUTES = 5
LONGEST_WAIT = 14 * 24 * 60
# Ids that the engine makes: of the player's actions, of effects, of what was before, of the background, of what is taken
# along when the connection goes.
RESERVED = re.compile(r"[pexbo]-\d.*")
MOST_CASES = 50


class AskConsent(Strict):
    """Ask somebody for a consent. What she answers is the story's; it is written down as a ``record_consent``."""

    do: Literal["ask_consent"]
    id: Ref | None = None
    case: Ref
    person: Ref
    purpose: Purpose
    to: Annotated[tuple[Ref, ...], Field(max_length=10)] = ()
    channels: Annotated[tuple[Channel, ...], Field(max_length=10)] = ()
    data: tuple[Data, ...] = ()
    through: Channel
    explained: bool = False
    given_by: GivenBy = GivenBy.PERSON
    how: Words = ""
    assent: bool | None = None

    @model_validator(mode="after")
    def _says_what_for(self) -> Self:
        if self.purpose is Purpose.SHARING and not self.to:
            raise ValueError(_("para compartir hay que decir con quién: añada «to»."))
        if self.purpose is Purpose.CHANNEL and not self.channels:
            raise ValueError(_("para usar un canal hay que decir cuál: añada «channels»."))
        return self


class Choose(Strict):
    """Take an option of an open situation."""

    do: Literal["choose"]
    situation: Id
    option: Id


class Wait(Strict):
    """Let time go by: to the ``next`` thing that comes, to ``tomorrow`` at eight, to the ``end``, or some minutes."""

    do: Literal["wait"]
    until: Literal["next", "tomorrow", "end"] | None = None
    minutes: Annotated[int, Field(ge=1, le=LONGEST_WAIT)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.until is None) == (self.minutes is None):
            raise ValueError(_("esperar lleva «until» o «minutes», una de las dos."))
        return self


class Read(Strict):
    """Read a message of the inbox."""

    do: Literal["read"]
    message: Ref


class GoOffline(Strict):
    """Take cases along, to work on them where there is no connection."""

    do: Literal["go_offline"]
    id: None = None
    cases: Annotated[tuple[Ref, ...], Field(min_length=1, max_length=MOST_CASES)]


class Synchronise(Strict):
    """Connect again and bring back what was done. ``keep``: whose version stays, for each key of ``Play.conflicts``."""

    do: Literal["synchronise"]
    keep: Annotated[dict[Line, Literal["mine", "theirs"]], Field(max_length=200)] = Field(default_factory=dict)


OWN: dict[str, type[Strict]] = {
    "ask_consent": AskConsent,
    "choose": Choose,
    "wait": Wait,
    "read": Read,
    "go_offline": GoOffline,
    "synchronise": Synchronise,
}
WITHOUT_CASE = frozenset(OWN) - {"ask_consent"}
"""Actions of the player that are about no single case."""
DESK: dict[str, type[Strict]] = {
    model.model_fields["do"].annotation.__args__[0]: model
    for model in actions.Action.__origin__.__args__  # type: ignore[attr-defined]
}
"""Name of an action -> its model: of the player alone, and of the desk."""


def plain(action: Any) -> dict[str, Any]:
    """A copy of ``action`` as plain JSON data. Raises ``UserError`` where it is none."""
    if not isinstance(action, Mapping):
        raise UserError(_("Una acción es un conjunto de claves con «do»: revise el registro."))
    try:
        copy = json.loads(json.dumps(dict(action), ensure_ascii=False, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise UserError(_("La acción lleva un dato que no se puede guardar: use textos, números y listas.")) from error
    return dict(copy)


def parse(data: Mapping[str, Any]) -> Any:
    """``data`` as an action of the player or of the desk. Raises ``UserError``: which action, which value, what to do."""
    model = OWN.get(str(data.get("do")))
    if model is None:
        return actions.parse(dict(data))
    try:
        return model.model_validate(data)
    except ValidationError as error:
        name = _("Acción «{do}»").format(do=data["do"])
        raise UserError(f"{name}: {first_mistake(error)}") from error


def filled(data: Mapping[str, Any], case: str | None, last: Callable[[str, str], str]) -> dict[str, Any]:
    """``data`` with its ``case`` (default: ``case``) and what ``@last:<do>`` stands for: ``last(case, do)`` tells."""
    whole = dict(data)
    if case is not None and str(whole.get("do")) not in WITHOUT_CASE:
        whole.setdefault("case", case)

    def value(one: Any) -> Any:
        if isinstance(one, str) and one.startswith(LAST):
            return last(str(whole.get("case")), one.removeprefix(LAST))
        return [value(inner) for inner in one] if isinstance(one, list | tuple) else one

    return {key: value(one) for key, one in whole.items()}


def minutes(action: Any) -> int:
    """How long an action takes on the clock of the story."""
    if action.do == "contact":
        own: int | None = action.minutes
        return own if own is not None else CONTACT_MINUTES.get(action.channel, MINUTES["contact"])
    if action.do == "ask_consent":
        return MINUTES["record_consent"]
    return 1 if action.do == "read" else MINUTES.get(action.do, LEAST_MINUTES)
