"""What can be done while the connection is down: what needs nobody else, on cases that are at hand."""

from collections.abc import Collection
from typing import Any

from ciberaula.casework.vocabulary import Channel
from ciberaula.errors import UserError
from ciberaula.i18n import _

WITHOUT_NETWORK = frozenset({Channel.IN_PERSON, Channel.PHONE, Channel.SMS})
_CONTACTS = frozenset({"contact", "outside_contact"})
_LOCAL = frozenset(
    {
        "look",
        "add_person",
        "relate",
        "set_household",
        "raise_concern",
        "record_consent",
        "withdraw_consent",
        "assess",
        "make_plan",
        "update_service",
        "plan_follow_up",
        "follow_up",
        "write_note",
        "add_document",
        "raise_flag",
        "detect_incident",
        "contain_incident",
        "rate_incident",
    }
)


def check(action: Any, at_hand: Collection[str], *, undecided: bool = False) -> None:
    """Raise ``UserError`` where ``action`` needs a connection; ``at_hand``: cases that can be worked on without one.

    ``undecided``: the connection is back and waits only for a choice between two versions.
    """
    if action.do in ("choose", "wait", "read", "register", "go_offline", "synchronise"):
        return
    if action.do in _CONTACTS:
        possible = action.channel in WITHOUT_NETWORK
    elif action.do == "ask_consent":
        possible = action.through in WITHOUT_NETWORK
    else:
        possible = action.do in _LOCAL
    if not possible and undecided:
        raise UserError(_("Para eso hace falta estar al día: decida antes los cambios pendientes y sincronice."))
    if not possible:
        raise UserError(
            _(
                "Sin conexión no se puede hacer eso: mientras tanto puede llamar, visitar, evaluar, planificar y tomar notas."
            )
        )
    if action.case not in at_hand:
        raise UserError(
            _("Sin conexión solo se trabaja en los casos que ya abrió: espere la conexión para abrir este.")
        )
