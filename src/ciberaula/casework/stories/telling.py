"""How an action reads in the debrief: one Spanish line from its data."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from ciberaula.casework.vocabulary import (
    Account,
    ApprovalKind,
    Channel,
    Data,
    Purpose,
    Risk,
    ServiceStatus,
    label,
)
from ciberaula.i18n import _

_LINES: dict[str, str] = {
    "look": _("Abrió el expediente."),
    "register": _("Abrió el caso de {name}."),
    "add_person": _("Anotó los datos de {name}."),
    "relate": _("Anotó un vínculo entre {one} y {other}."),
    "set_household": _("Anotó cómo es el hogar y su conexión."),
    "raise_concern": _("Anotó un motivo de protección: {kind}."),
    "record_consent": _("Registró lo que {person} respondió sobre «{purpose}»: {verdict}."),
    "ask_consent": _("Pidió el consentimiento de {person} ({purpose}; {through}): {verdict}."),
    "withdraw_consent": _("Registró que un consentimiento se retiró."),
    "assess": _("Evaluó el riesgo: {risk}."),
    "make_plan": _("Hizo el plan del caso."),
    "request_approval": _("Pidió aprobación: {what}."),
    "decide_approval": _("Respondió a una solicitud de aprobación: {verdict}."),
    "request_service": _("Pidió un servicio a {provider}."),
    "update_service": _("Anotó cómo va un servicio: {status}."),
    "refer": _("Refirió el caso a {to} con estos datos: {data}."),
    "transfer": _("Transfirió el caso a {to} con estos datos: {data}."),
    "request_transfer": _("Pidió que le transfieran el caso."),
    "answer_transition": _("{verdict} lo que le enviaron."),
    "complete_transition": _("Dio por atendida la referencia."),
    "revoke_transition": _("Anuló lo enviado."),
    "assign": _("Asignó el caso a {to}."),
    "contact": _("Se comunicó con {who} ({channel}; {account}): {purpose}. Datos: {data}."),
    "outside_contact": _("Se comunicó fuera de la mesa con {who} ({channel}; {account}): {purpose}. Datos: {data}."),
    "plan_follow_up": _("Fijó un seguimiento."),
    "follow_up": _("Registró un seguimiento."),
    "write_note": _("Escribió una nota de caso."),
    "add_document": _("Guardó el documento «{title}»."),
    "share_document": _("Compartió un documento con {to}."),
    "raise_flag": _("Marcó el caso para el equipo."),
    "lower_flag": _("Quitó una marca del caso."),
    "consult": _("Consultó a {to} antes de decidir."),
    "search_online": _("Buscó a {about} en internet."),
    "break_glass": _("Pidió acceso de urgencia a un caso ajeno."),
    "close": _("Cerró el caso."),
    "reopen": _("Reabrió el caso."),
    "detect_incident": _("Registró un incidente de seguridad."),
    "contain_incident": _("Registró cómo contuvo el incidente."),
    "rate_incident": _("Valoró el riesgo del incidente: {risk}."),
    "notify_incident": _("Avisó del incidente: {whom}."),
    "choose": _("Decidió: {option}"),
    "wait": _("Dejó pasar el tiempo."),
    "read": _("Leyó un mensaje."),
    "go_offline": _("Se llevó casos para trabajar sin conexión."),
    "synchronise": _("Sincronizó su trabajo."),
}
_WHOM = {
    "supervisor": _("a quien supervisa"),
    "authority": _("a la autoridad"),
    "people": _("a las personas afectadas"),
}
_WORDS: dict[str, type[StrEnum]] = {
    "channel": Channel,
    "through": Channel,
    "account": Account,
    "data": Data,
    "risk": Risk,
    "status": ServiceStatus,
    "what": ApprovalKind,
}
_IDS = frozenset({"who", "to", "person", "one", "other", "provider", "about"})


def tell(do: str, args: Mapping[str, Any], names: Callable[[str], str]) -> str:
    """One line about an action ``do`` with ``args`` (plain data, valid for its model); ``names``: id -> name."""
    yes = next((bool(args[key]) for key in ("granted", "accept", "approved") if key in args), True)
    words = {key: _readable(key, value, names) for key, value in args.items()}
    if do in ("ask_consent", "record_consent"):
        words["purpose"] = label(Purpose(args["purpose"])).lower()
    words["verdict"] = _("sí") if yes else _("no")
    if do == "answer_transition":
        words["verdict"] = _("Aceptó") if yes else _("No aceptó")
        return " ".join(part for part in (_LINES[do].format_map(words), str(args.get("reason") or "")) if part)
    return _LINES[do].format_map(words)


def _readable(key: str, value: Any, names: Callable[[str], str]) -> str:
    if isinstance(value, list):
        return ", ".join(_readable(key, one, names) for one in value) or _("ninguno")
    if not isinstance(value, str):
        return str(value)
    if key in _IDS:
        return names(value)
    if key == "whom":
        return _WHOM[value]
    enum = _WORDS.get(key)
    # A detect_incident's «what» is free text, a request's is one of the approvals.
    if enum is None or value not in set(enum):
        return value.rstrip(".")
    return label(enum(value)).lower()
