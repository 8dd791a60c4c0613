"""What can be done on the desk, as data: one model for each action, checked before anything is touched.

An action comes from a form, a story, a log or another desk, so none is trusted: unknown names, wrong types and overlong
texts are mistakes. ``id`` (given or made by the caller) names the action and the entity that it makes; ``case`` is the
case it is about. Whether somebody *may* do it is for :mod:`ciberaula.casework.policy`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, get_args

from pydantic import Field, TypeAdapter, ValidationError

from ciberaula.casework.actions.people import (
    AddPerson,
    Look,
    RaiseConcern,
    RecordConsent,
    Register,
    Relate,
    SetHousehold,
    WithdrawConsent,
)
from ciberaula.casework.actions.process import (
    Assess,
    Close,
    DecideApproval,
    MakePlan,
    Reopen,
    RequestApproval,
    RequestService,
    UpdateService,
)
from ciberaula.casework.actions.security import (
    BreakGlass,
    ContainIncident,
    DetectIncident,
    NotifyIncident,
    RateIncident,
)
from ciberaula.casework.actions.shapes import MAX_TEXT, Line, Ref, Said, Words
from ciberaula.casework.actions.sharing import (
    AddDocument,
    AnswerTransition,
    Assign,
    CompleteTransition,
    Consult,
    DoFollowUp,
    LowerFlag,
    MakeContact,
    OutsideContact,
    PlanFollowUp,
    RaiseFlag,
    Refer,
    RequestTransfer,
    RevokeTransition,
    SearchOnline,
    ShareDocument,
    Transfer,
    WriteNote,
)
from ciberaula.casework.vocabulary import Channel
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.yamlfile import Strict, first_mistake

__all__ = [
    "CONTACT_MINUTES",
    "MAX_TEXT",
    "MINUTES",
    "MODELS",
    "NAMES",
    "Action",
    "AddDocument",
    "AddPerson",
    "AnswerTransition",
    "Assess",
    "Assign",
    "BreakGlass",
    "Close",
    "CompleteTransition",
    "Consult",
    "ContainIncident",
    "DecideApproval",
    "DetectIncident",
    "DoFollowUp",
    "Line",
    "Look",
    "LowerFlag",
    "MakeContact",
    "MakePlan",
    "NotifyIncident",
    "OutsideContact",
    "PlanFollowUp",
    "RaiseConcern",
    "RaiseFlag",
    "RateIncident",
    "RecordConsent",
    "Ref",
    "Refer",
    "Register",
    "Relate",
    "Reopen",
    "RequestApproval",
    "RequestService",
    "RequestTransfer",
    "RevokeTransition",
    "Said",
    "SearchOnline",
    "SetHousehold",
    "ShareDocument",
    "Transfer",
    "UpdateService",
    "WithdrawConsent",
    "Words",
    "WriteNote",
    "parse",
]

Action = Annotated[
    Look
    | Register
    | AddPerson
    | Relate
    | SetHousehold
    | RaiseConcern
    | RecordConsent
    | WithdrawConsent
    | Assess
    | MakePlan
    | RequestApproval
    | DecideApproval
    | RequestService
    | UpdateService
    | Refer
    | Transfer
    | RequestTransfer
    | AnswerTransition
    | CompleteTransition
    | RevokeTransition
    | Assign
    | MakeContact
    | OutsideContact
    | PlanFollowUp
    | DoFollowUp
    | WriteNote
    | AddDocument
    | ShareDocument
    | RaiseFlag
    | LowerFlag
    | Consult
    | SearchOnline
    | BreakGlass
    | Close
    | Reopen
    | DetectIncident
    | ContainIncident
    | RateIncident
    | NotifyIncident,
    Field(discriminator="do"),
]

_ADAPTER: TypeAdapter[Any] = TypeAdapter(Action)

MODELS: Mapping[str, type[Strict]] = {
    get_args(model.model_fields["do"].annotation)[0]: model for model in get_args(get_args(Action)[0])
}
"""Name of an action (``do``) -> its model."""
NAMES = frozenset(MODELS)

# How long each action takes on the clock of a story, in minutes; what is not here takes five.
MINUTES = {
    "look": 2,
    "register": 20,
    "assess": 30,
    "make_plan": 25,
    "record_consent": 10,
    "refer": 15,
    "transfer": 20,
    "contact": 20,
    "outside_contact": 10,
    "write_note": 10,
    "consult": 15,
    "search_online": 15,
    "close": 20,
    "notify_incident": 20,
}
CONTACT_MINUTES = {Channel.IN_PERSON: 90, Channel.VIDEO: 30, Channel.PHONE: 20}


def parse(data: Any) -> Any:
    """``data`` as an action. Raises ``UserError``: which action, which value, what to do."""
    try:
        return _ADAPTER.validate_python(data)
    except ValidationError as error:
        name = " ".join(str(data.get("do", "?")).split())[:40] if isinstance(data, Mapping) else "?"
        if name not in NAMES:
            raise UserError(_("No existe la acción «{do}»: elija una de las de la mesa.").format(do=name)) from error
        raise UserError(_("Acción «{do}»: {mistake}").format(do=name, mistake=first_mistake(error, above=1))) from error
