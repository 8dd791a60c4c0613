"""The answer that a played story leaves: its shape, checked before anything of it is believed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationError

from ciberaula.casework.stories.spec import Story
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.yamlfile import Id, Strict

MOST_ACTIONS = 400


class Entry(Strict):
    """One action of the trainee. ``at``: minutes since the start when she did it."""

    n: Annotated[int, Field(ge=1, le=MOST_ACTIONS)]
    action: dict[str, Any]
    at: Annotated[int, Field(ge=0)] | None = None


class Answer(Strict):
    """A whole log. ``ended``: the ending it came to, if it did."""

    story: Id
    version: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    trainee: Annotated[str, Field(max_length=200)]
    seed: Annotated[int, Field(ge=-(2**53), le=2**53)]
    actions: Annotated[tuple[Entry, ...], Field(max_length=MOST_ACTIONS)]
    ended: Id | None = None


def version_of(story: Story) -> str:
    """16 hexadecimal digits that change with anything the story says."""
    canonical = json.dumps(
        story.model_dump(mode="json", by_alias=True), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def checked(value: Any, story: Story, trainee: str | None) -> Answer:
    """``value`` as the answer of ``trainee`` (anybody's, if ``None``) to ``story``. Raises ``UserError`` where it is not."""
    if not isinstance(value, Mapping):
        raise _damaged(story, _("no es un registro"))
    actions = value.get("actions")
    if isinstance(actions, list | tuple) and len(actions) > MOST_ACTIONS:
        raise _damaged(story, _("tiene más de {most} acciones").format(most=MOST_ACTIONS))
    try:
        answer = Answer.model_validate(dict(value))
    except ValidationError as error:
        way = " › ".join(str(part) for part in error.errors(include_url=False)[0]["loc"])
        raise _damaged(story, _("falta o no vale «{way}»").format(way=way[:60])) from error
    if answer.story != story.id:
        raise UserError(
            _("El registro es de la historia «{other}» y aquí se espera «{id}»: entregue el que corresponde.").format(
                other=answer.story, id=story.id
            )
        )
    if trainee is not None and answer.trainee != trainee:
        raise UserError(
            _("El registro de la historia «{id}» es de otra persona: cada quien entrega el suyo.").format(id=story.id)
        )
    if answer.version != version_of(story):
        raise UserError(
            _("El registro es de otra versión de la historia «{id}»: vuelva a jugarla con la versión actual.").format(
                id=story.id
            )
        )
    return answer


def _damaged(story: Story, why: str) -> UserError:
    return UserError(
        _(
            "El registro de la historia «{id}» está dañado ({why}): recupere una copia o empiece la historia otra vez."
        ).format(id=story.id, why=why)
    )
