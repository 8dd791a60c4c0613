"""Forms of the case desk that are about no case that one has: a new one, or another's, named by its code."""

from ciberaula.casework.policy import LEAST_REASON, RULES
from ciberaula.casework.store.protocol import Query
from ciberaula.casework.words import AREAS, CONNECTIONS, DEVICES, LANGUAGES
from ciberaula.classroom.desk_inputs import Form, Input, Values, clock_time, form_part
from ciberaula.classroom.desk_parts import Part, button, buttons, heading, line
from ciberaula.classroom.desk_screens import Where, elsewhere, form_id, go
from ciberaula.classroom.desk_session import Session
from ciberaula.classroom.desk_texts import ACTIONS
from ciberaula.i18n import _

_CODE = Input("code", _("Código del caso"), required=True)
OFFICE: dict[str, Form] = {
    one.do: one
    for one in (
        Form(
            "register",
            "",
            (
                _CODE,
                Input("name", _("Nombre de la persona"), required=True),
                Input("age", _("Edad en años"), "number", least=0, most=120),
                Input("language", _("Idioma"), "choice", words=LANGUAGES),
                Input("canton", _("Cantón"), required=True),
                Input("area", _("Zona"), "choice", words=AREAS, required=True),
                Input("device", _("Teléfono o computadora"), "choice", words=DEVICES, required=True),
                Input("connection", _("Conexión"), "choice", words=CONNECTIONS, required=True),
                Input("access_needs", _("Cómo comunicarse con ella"), "words"),
                Input("phone_note", _("Cómo y cuándo ubicarla sin riesgo"), "words", help=_("Sin números reales.")),
            ),
            intro=_("Quien abre el caso queda a cargo."),
        ),
        Form(
            "break_glass",
            "",
            (
                _CODE,
                Input("reason", _("Qué emergencia es"), "words", required=True, least=LEAST_REASON),
                Input("hours", _("Por cuántas horas"), "number", least=1, most=24),
            ),
            intro=_("Solo para proteger a alguien ahora. Dura unas horas y queda en la bitácora con su motivo."),
            submit=_("Pedir acceso"),
        ),
        Form(
            "request_transfer",
            "",
            (_CODE, Input("reason", _("Motivo"), "words", required=True)),
            intro=_("Quien lleva el caso decide; hasta entonces usted no lo ve."),
            submit=_("Pedir"),
        ),
    )
}
"""By the action it does."""


def office_parts(session: Session, where: Where, nonce: int) -> list[Part]:
    """The form that is open, and the ways to the others."""
    parts: list[Part] = []
    if where.form in OFFICE:
        one = OFFICE[where.form]
        takes = clock_time(session, one.do)
        leave = button(_("Dejarlo"), go(elsewhere(where)))
        send = {"do": "submit", "case": "", "form": one.do}
        parts += [
            heading(ACTIONS[one.do]),
            line(f"{one.intro} {takes}", quiet=True),
            form_part(one, session, None, id=form_id(where, nonce), send=send, leave=leave),
        ]
    allowed = [do for do in OFFICE if session.actor.role in RULES[do].scopes and do != where.form]
    others = [button(ACTIONS[do], go(elsewhere(where, form=do))) for do in allowed]
    return [*parts, heading(_("Un caso nuevo, o uno de otra persona")), buttons(*others)] if others else parts


def office_action(session: Session, values: Values, count: int) -> Values:
    """``values`` as an action: a new case gets ids, another's is found by its code.

    A code that is nobody's goes on as it is: the desk answers as for a case out of scope.
    """
    if values["do"] == "register":
        case = f"caso-{count + 1}"
        return {**values, "case": case, "person": f"{case}.titular"}
    code = values["code"].strip()
    with session.desk.store.begin() as unit:
        found = [one.case_id for one in unit.find(Query(text=code)) if one.code.casefold() == code.casefold()]
    rest = {name: value for name, value in values.items() if name != "code"}
    return {**rest, "case": found[0] if found else code}
