"""Forms of the case desk for assessment, plan, services, referrals and transfers."""

from typing import Any

from ciberaula.casework.entities import CaseFile, Plan
from ciberaula.casework.vocabulary import ApprovalKind, Channel, Data, Risk, ServiceStatus
from ciberaula.casework.words import SERVICES
from ciberaula.classroom import desk_choices as choices
from ciberaula.classroom.desk_choices import every, is_open, kept
from ciberaula.classroom.desk_inputs import FACTS, OPINION, OVERRIDE, Form, Input, Values, days, reason
from ciberaula.classroom.desk_session import Session
from ciberaula.i18n import _

GOALS = 4
RESTRICTIONS = 2


def _not_mine(session: Session, file: CaseFile) -> bool:
    return is_open(session, file) and file.case.owner != session.actor.id


_DATA_SENT = Input(
    "data",
    _("Qué datos van"),
    "several",
    every(Data),
    required=True,
    help=_("Solo lo que quien recibe necesita para su tarea."),
)


def _goal_inputs() -> tuple[Input, ...]:
    parts = (
        ("need", _("Qué necesita la persona")),
        ("goal", _("Qué se quiere lograr")),
        ("action", _("Qué se hará")),
        ("who", _("Quién lo hará")),
    )
    inputs: list[Input] = []
    for n in range(1, GOALS + 1):
        first, group = n == 1, _("Meta {n}").format(n=n)
        inputs += [Input(f"{name}{n}", text, required=first, group=group) for name, text in parts]
        by = _("Hasta dentro de cuántos días")
        inputs.append(Input(f"days{n}", by, "number", required=first, least=0, most=365, group=group))
    return tuple(inputs)


def _restriction_inputs() -> tuple[Input, ...]:
    inputs: list[Input] = []
    for n in range(1, RESTRICTIONS + 1):
        group = _("Restricción de contacto {n}").format(n=n)
        by = _("Por qué canales (ninguno marcado: por todos)")
        inputs += [
            Input(f"who_not{n}", _("Con quién no debe haber contacto"), "choice", choices.people, group=group),
            Input(f"channels{n}", by, "several", every(Channel, without=[Channel.PLATFORM]), group=group),
            Input(f"why_not{n}", _("Por qué"), group=group),
        ]
    return tuple(inputs)


def _plan_pack(values: Values, _file: CaseFile) -> Values:
    """Rows of goals and restrictions; a row half filled in is handed on, so that its gap is named."""
    names = ("need", "goal", "action", "who", "days")
    rows = [{name: values[f"{name}{n}"] for name in names if f"{name}{n}" in values} for n in range(1, GOALS + 1)]
    bans = [
        {
            "who": values[f"who_not{n}"],
            "channels": values.get(f"channels{n}", []),
            "reason": values.get(f"why_not{n}", ""),
        }
        for n in range(1, RESTRICTIONS + 1)
        if f"who_not{n}" in values
    ]
    kept_as_is: Values = {
        name: values[name] for name in ("plan", "agreed", "safe_contact", "review_days") if name in values
    }
    return {**kept_as_is, "goals": [row for row in rows if row], "restrictions": bans}


def _plan_values(session: Session, file: CaseFile) -> Values:
    """The plan in force, to be changed into its next version."""
    plan = file.last(Plan)
    if plan is None:
        return {}
    values: Values = {"plan": plan.id, "safe_contact": plan.safe_contact or None}
    for n, goal in enumerate(plan.goals[:GOALS], 1):
        left = max(0, (goal.due - session.now).days)
        row: dict[str, Any] = {
            "need": goal.need,
            "goal": goal.goal,
            "action": goal.action,
            "who": goal.who,
            "days": left,
        }
        values |= {f"{name}{n}": value for name, value in row.items()}
    for n, ban in enumerate(plan.restrictions[:RESTRICTIONS], 1):
        values |= {
            f"who_not{n}": ban.who,
            f"channels{n}": [one.value for one in ban.channels],
            f"why_not{n}": ban.reason,
        }
    return {name: value for name, value in values.items() if value not in (None, [], "")}


PLAN = (
    Form(
        "assess",
        "plan",
        (
            Input("risk", _("Nivel de riesgo"), "choice", every(Risk), required=True),
            FACTS,
            OPINION,
            Input("with_person", _("La hice con la persona"), "flag"),
        ),
        intro=_("Del nivel de riesgo salen los plazos del caso."),
        offered=is_open,
    ),
    Form(
        "make_plan",
        "plan",
        (
            Input("plan", _("Plan que se actualiza"), "choice", choices.plans, help=_("Sin elegir: un plan nuevo.")),
            *_goal_inputs(),
            *_restriction_inputs(),
            Input("safe_contact", _("Cómo comunicarse sin riesgo"), "words"),
            Input("review_days", _("En cuántos días se revisa el plan"), "number", least=1, most=365),
            Input("agreed", _("Lo acordé con la persona"), "flag"),
        ),
        intro=_("La primera meta es necesaria; las demás, si corresponden."),
        offered=is_open,
        values=_plan_values,
        pack=_plan_pack,
    ),
    Form(
        "request_approval",
        "plan",
        (Input("what", _("Qué debe aprobarse"), "choice", every(ApprovalKind), required=True),),
        offered=is_open,
        submit=_("Pedir"),
    ),
    Form(
        "decide_approval",
        "plan",
        (
            Input("approval", _("Qué se pide"), "choice", choices.approvals, required=True),
            Input(
                "approved", _("Decisión"), "choice", kept({"si": _("Aprobar"), "no": _("No aprobar")}), required=True
            ),
            Input("reason", _("Motivo"), "words"),
        ),
        pack=lambda values, _file: {**values, "approved": values["approved"] == "si"},
    ),
)

SERVICE_FORMS = (
    Form(
        "request_service",
        "services",
        (
            Input("kind", _("Servicio"), "choice", kept(SERVICES), required=True),
            Input("provider", _("Quién lo da"), "choice", choices.institutions, required=True),
            days(_("Cita en cuántos días"), required=False),
        ),
        intro=_("Pedir el servicio no cuenta nada de la persona a quien lo da: eso es una referencia."),
        offered=is_open,
        submit=_("Pedir"),
    ),
    Form(
        "update_service",
        "services",
        (
            Input("service", _("Servicio"), "choice", choices.services, required=True),
            Input("status", _("Qué pasó"), "choice", every(ServiceStatus), required=True),
            days(_("Cita en cuántos días"), required=False),
        ),
    ),
    Form(
        "refer",
        "services",
        (
            Input("to", _("A quién"), "choice", choices.institutions, required=True),
            _DATA_SENT,
            reason(_("Motivo")),
            OVERRIDE,
        ),
        offered=is_open,
        submit=_("Referir"),
    ),
    Form(
        "transfer",
        "services",
        (
            Input("to", _("A quién"), "choice", choices.receivers, required=True),
            _DATA_SENT,
            reason(_("Motivo")),
            OVERRIDE,
        ),
        intro=_("Quien acepta la transferencia queda a cargo del caso."),
        offered=is_open,
        submit=_("Transferir"),
    ),
    Form(
        "answer_transition",
        "services",
        (
            Input("transition", _("Qué recibió"), "choice", choices.received, required=True),
            Input("accept", _("Respuesta"), "choice", kept({"si": _("Aceptar"), "no": _("Rechazar")}), required=True),
            Input("reason", _("Motivo"), "words"),
        ),
        pack=lambda values, _file: {**values, "accept": values["accept"] == "si"},
        submit=_("Responder"),
    ),
    Form(
        "complete_transition",
        "services",
        (
            Input("transition", _("Referencia atendida"), "choice", choices.accepted, required=True),
            Input("note", _("Qué se hizo"), "words"),
        ),
    ),
    Form(
        "revoke_transition",
        "services",
        (Input("transition", _("Qué se anula"), "choice", choices.sent, required=True), reason(_("Motivo"))),
        submit=_("Anular"),
    ),
    Form(
        "assign",
        "services",
        (Input("to", _("A quién"), "choice", choices.users, required=True), reason(_("Motivo"))),
        offered=is_open,
        submit=_("Asignar"),
    ),
    Form("request_transfer", "services", (reason(_("Motivo")),), offered=_not_mine, submit=_("Pedir")),
)
