"""Words of the case desk's screens that belong to no single one: actions, kinds, days and hours."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from ciberaula.casework.calendars import MONTHS, WEEKDAYS
from ciberaula.casework.vocabulary import label
from ciberaula.i18n import _, ngettext

CONNECTED = _("Con conexión")
# Names of actions, as forms are headed and the audit tells them.
ACTIONS: Mapping[str, str] = {
    "look": _("Ver el expediente"),
    "find": _("Buscar entre los casos"),
    "register": _("Abrir un caso nuevo"),
    "add_person": _("Agregar o corregir una persona"),
    "relate": _("Anotar un vínculo"),
    "set_household": _("Anotar el hogar y su conexión"),
    "raise_concern": _("Anotar un motivo de protección"),
    "ask_consent": _("Pedir un consentimiento"),
    "record_consent": _("Registrar un consentimiento"),
    "withdraw_consent": _("Registrar que se retira un consentimiento"),
    "assess": _("Evaluar el riesgo"),
    "make_plan": _("Acordar el plan del caso"),
    "request_approval": _("Pedir una aprobación"),
    "decide_approval": _("Decidir una aprobación"),
    "request_service": _("Pedir un servicio"),
    "update_service": _("Anotar qué pasó con un servicio"),
    "refer": _("Referir a otra institución"),
    "transfer": _("Transferir el caso"),
    "request_transfer": _("Pedir que le transfieran el caso"),
    "answer_transition": _("Responder a lo recibido"),
    "complete_transition": _("Dar por atendida una referencia"),
    "revoke_transition": _("Anular lo enviado"),
    "assign": _("Asignar a otra persona del equipo"),
    "contact": _("Comunicarse"),
    "outside_contact": _("Comunicación fuera de la mesa"),
    "plan_follow_up": _("Fijar un seguimiento"),
    "follow_up": _("Registrar un seguimiento hecho"),
    "write_note": _("Escribir una nota de caso"),
    "add_document": _("Guardar un documento"),
    "share_document": _("Compartir un documento"),
    "raise_flag": _("Marcar el caso para el equipo"),
    "lower_flag": _("Quitar una marca atendida"),
    "consult": _("Consultar antes de decidir"),
    "search_online": _("Buscar en internet"),
    "break_glass": _("Pedir acceso de urgencia"),
    "close": _("Cerrar el caso"),
    "reopen": _("Reabrir el caso"),
    "detect_incident": _("Registrar un incidente"),
    "contain_incident": _("Registrar cómo se contuvo"),
    "rate_incident": _("Valorar el riesgo del incidente"),
    "notify_incident": _("Avisar del incidente"),
}

NOTICES: Mapping[str, str] = {
    "supervisor": _("A quien supervisa"),
    "authority": _("A la autoridad"),
    "people": _("A las personas afectadas"),
}


def words_of(ids: Iterable[StrEnum]) -> str:
    """Several words of the vocabulary, as people read them."""
    return ", ".join(label(one) for one in ids)


def yes_no(value: bool) -> str:
    return _("Sí") if value else _("No")


def weekday(moment: datetime) -> str:
    """«lunes 9 de marzo»."""
    return _("{weekday} {day} de {month}").format(
        weekday=WEEKDAYS[moment.weekday()], day=moment.day, month=MONTHS[moment.month - 1]
    )


def hour(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def moment_text(moment: datetime | None) -> str:
    """«lunes 9 de marzo, 08:00»; nothing for ``None``."""
    return "" if moment is None else _("{day}, {hour}").format(day=weekday(moment), hour=hour(moment))


def short_moment(moment: datetime | None) -> str:
    """For tables: «lun 9 mar, 08:00»; nothing for ``None``."""
    if moment is None:
        return ""
    day = f"{WEEKDAYS[moment.weekday()][:3]} {moment.day} {MONTHS[moment.month - 1][:3]}"
    return f"{day}, {hour(moment)}"


def day_number(start: datetime, now: datetime) -> int:
    """The day of the story, the first being 1."""
    return (now.date() - start.date()).days + 1


def span(duration: timedelta) -> str:
    """A length of time in round words: «3 días», «5 horas», «20 minutos»."""
    minutes = max(0, int(duration.total_seconds()) // 60)
    if minutes < 60:
        return ngettext("{n} minuto", "{n} minutos", minutes).format(n=minutes)
    if minutes < 48 * 60:
        return ngettext("{n} hora", "{n} horas", minutes // 60).format(n=minutes // 60)
    days = minutes // (24 * 60)
    return ngettext("{n} día", "{n} días", days).format(n=days)
