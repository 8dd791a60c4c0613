"""Who may do what, under which condition: one table, and the conditions by name.

Scopes, permissions and consent rules follow Primero (a referral needs consent to services and to sharing, a transfer the
latter; overriding is a permission of its own; nobody approves her own request), break-the-glass follows DHIS2 tracker.
Which channel may carry what is a rule of the simulated institution (:data:`~ciberaula.casework.vocabulary.CARRIES`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from ciberaula.casework.entities import Actor, CaseFile, Concern, EmergencyAccess, Transition
from ciberaula.casework.requirements import CONDITIONS, Denied, Facts, missing, out_of_scope, reaches, shared_documents
from ciberaula.casework.vocabulary import Risk, Role, Scope, TransitionKind, TransitionStatus, label
from ciberaula.i18n import _

__all__ = [
    "EVERYTHING",
    "IDENTITY",
    "IN_EMERGENCY",
    "RULES",
    "TABLE",
    "Denied",
    "Rule",
    "Verdict",
    "check",
    "may_override",
    "may_see",
]

LEAST_REASON = 15
EVERYTHING = frozenset({"all"})
IDENTITY = "identity"
_NO_ORGANISATIONS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table: an action, whose cases each role may do it on, what must hold, and how it reads (Spanish).

    ``override``: those of the conditions that a written reason may stand in for, with the permission to override.
    """

    do: str
    scopes: Mapping[Role, Scope]
    conditions: tuple[str, ...]
    text: str
    override: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Allowed. ``reason`` is what the audit keeps where it took an override or break-the-glass, else empty."""

    reason: str = ""


_TEAM = MappingProxyType({Role.CASEWORKER: Scope.OWN, Role.SUPERVISOR: Scope.GROUP})
_SUPERVISION = MappingProxyType({Role.SUPERVISOR: Scope.GROUP})
_ANYBODY = MappingProxyType(dict.fromkeys(Role, Scope.ALL))
_WHOEVER_WORKS = MappingProxyType({Role.CASEWORKER: Scope.ALL, Role.SUPERVISOR: Scope.ALL})
_READERS = MappingProxyType({**_TEAM, Role.PROVIDER: Scope.OWN, Role.RECIPIENT: Scope.OWN})

TABLE: tuple[Rule, ...] = (
    Rule(
        "look",
        _READERS,
        (),
        _("Ver un caso. Quien recibe una referencia o un documento ve la identidad básica y lo que se le envió."),
    ),
    Rule("register", _WHOEVER_WORKS, ("new_case", "person"), _("Abrir un caso nuevo; quien lo abre queda a cargo.")),
    Rule("add_person", _TEAM, ("open_case", "person"), _("Agregar o corregir los datos de una persona del caso.")),
    Rule("relate", _TEAM, ("open_case",), _("Anotar un vínculo, para el genograma y el ecomapa.")),
    Rule("set_household", _TEAM, ("open_case",), _("Anotar cómo es el hogar y su conexión.")),
    Rule("raise_concern", _TEAM, ("open_case",), _("Anotar un motivo de protección.")),
    Rule("record_consent", _TEAM, ("open_case",), _("Registrar lo que la persona aceptó o no aceptó.")),
    Rule("withdraw_consent", _TEAM, ("consent_known",), _("Registrar que un consentimiento se retiró.")),
    Rule("assess", _TEAM, ("open_case",), _("Evaluar el riesgo.")),
    Rule("make_plan", _TEAM, ("open_case", "assessed"), _("Hacer el plan del caso, después de evaluar.")),
    Rule("request_approval", _TEAM, ("open_case",), _("Pedir una aprobación.")),
    Rule("decide_approval", _SUPERVISION, ("approval_pending", "not_own_request"), _("Aprobar o no, nunca lo propio.")),
    Rule("request_service", _TEAM, ("open_case", "consent_services"), _("Pedir un servicio."), ("consent_services",)),
    Rule("update_service", _TEAM, ("open_case",), _("Anotar qué pasó con un servicio.")),
    Rule(
        "refer",
        _TEAM,
        ("open_case", "consent_services", "consent_sharing"),
        _("Referir, con consentimiento para la atención y para compartir."),
        ("consent_services", "consent_sharing"),
    ),
    Rule(
        "transfer",
        _TEAM,
        ("open_case", "consent_sharing"),
        _("Transferir el caso, con consentimiento para compartir; quien lo acepta queda a cargo."),
        ("consent_sharing",),
    ),
    Rule("request_transfer", _WHOEVER_WORKS, ("open_case",), _("Pedir que le transfieran un caso, sin verlo.")),
    Rule("answer_transition", _ANYBODY, ("addressed", "pending"), _("Aceptar o rechazar lo que le enviaron.")),
    Rule("complete_transition", _ANYBODY, ("addressed", "accepted"), _("Dar por atendida una referencia aceptada.")),
    Rule("revoke_transition", _TEAM, ("revocable",), _("Anular lo enviado y cerrar la vista de quien lo recibió.")),
    Rule("assign", _SUPERVISION, ("open_case",), _("Asignar el caso a otra persona del equipo.")),
    Rule(
        "contact",
        _TEAM,
        ("unrestricted", "institutional_account", "channel_carries", "channel_agreed", "told_with_consent"),
        _("Comunicarse desde la mesa, por un canal aceptado y apto para lo que se dice."),
        ("channel_agreed", "told_with_consent"),
    ),
    Rule("outside_contact", _TEAM, (), _("Lo hecho fuera de la mesa: no se impide, queda registrado.")),
    Rule("plan_follow_up", _TEAM, ("open_case",), _("Fijar un seguimiento.")),
    Rule("follow_up", _TEAM, (), _("Registrar un seguimiento hecho.")),
    Rule("write_note", _TEAM, (), _("Escribir una nota de caso.")),
    Rule("add_document", _TEAM, (), _("Guardar un documento en el expediente.")),
    Rule(
        "share_document",
        _TEAM,
        ("document_known", "consent_sharing"),
        _("Compartir un documento, con consentimiento."),
        ("consent_sharing",),
    ),
    Rule("raise_flag", _TEAM, (), _("Marcar el caso para el equipo.")),
    Rule("lower_flag", _TEAM, (), _("Quitar una marca atendida.")),
    Rule("consult", _TEAM, (), _("Consultar antes de decidir.")),
    Rule("search_online", _TEAM, ("open_case",), _("Buscar a alguien en internet: queda registrado para qué.")),
    Rule("break_glass", _WHOEVER_WORKS, (), _("Abrir en una emergencia un caso ajeno, con motivo y por pocas horas.")),
    Rule(
        "close",
        _TEAM,
        ("open_case", "closure_approved", "nothing_pending"),
        _("Cerrar, con aprobación y sin pendientes."),
    ),
    Rule("reopen", _TEAM, ("closed_case",), _("Reabrir un caso cerrado.")),
    Rule("detect_incident", _TEAM, (), _("Registrar un incidente de seguridad.")),
    Rule("contain_incident", _TEAM, ("incident_known",), _("Registrar cómo se contuvo.")),
    Rule("rate_incident", _TEAM, ("incident_known",), _("Valorar el riesgo para las personas.")),
    Rule(
        "notify_incident",
        _TEAM,
        ("incident_known", "supervisor_told_first"),
        _("Avisar: primero a supervisión, después a la autoridad y a las personas."),
    ),
)
RULES: Mapping[str, Rule] = MappingProxyType({rule.do: rule for rule in TABLE})

# What break-the-glass opens: enough to protect somebody tonight, not to run the case.
IN_EMERGENCY = frozenset({"look", "contact", "write_note", "raise_concern", "raise_flag", "consult"})


def check(
    actor: Actor,
    action: Any,
    file: CaseFile | None,
    now: datetime,
    *,
    organisations: Mapping[str, str] = _NO_ORGANISATIONS,
) -> Verdict:
    """May ``actor`` do ``action`` on ``file`` now? ``organisations``: organisation id -> the user who answers there.

    Raises ``Denied`` where not. Within what a role may do on some cases only, one that is not there is denied in the same
    words as one out of scope, which so tells nothing. Elsewhere the answer does tell whether a case exists: opening one
    under a code that is taken says so, and asking for a transfer or breaking the glass works on any case that is there.
    """
    rule = RULES[action.do]
    scope = rule.scopes.get(actor.role)
    if scope is None:
        raise Denied(
            _("Su función ({role}) no permite esta acción: pídala a quien corresponda.").format(role=label(actor.role)),
            "role",
        )
    facts = Facts(actor, action, file, now, organisations)
    reason = ""
    if rule.do != "register":
        if file is None:
            raise out_of_scope()
        if not _in_scope(facts, scope):
            reason = _emergency(facts)
            if not reason or rule.do not in IN_EMERGENCY:
                raise out_of_scope()
    failed = [name for name in rule.conditions if not CONDITIONS[name].holds(facts)]
    if not failed:
        return Verdict(reason)
    hard = [name for name in failed if name not in rule.override]
    override = getattr(action, "override", "").strip()
    if hard or not override:
        name = (hard or failed)[0]
        raise Denied(missing(name, facts), name)
    if len(override) < LEAST_REASON:
        raise Denied(
            _("El motivo para actuar sin consentimiento es muy corto: explíquelo en una frase."), "override_reason"
        )
    if not may_override(actor, file):
        raise Denied(
            _(
                "Usted no puede pasar por alto la falta de consentimiento en este caso: consulte con quien supervisa. Solo "
                "ante un riesgo alto o urgente puede hacerlo quien lleva el caso."
            ),
            "override",
        )
    return Verdict(f"{reason} {override}".strip())  # break-the-glass and override: the audit keeps both


def may_override(actor: Actor, file: CaseFile | None) -> bool:
    """The permission to go on without consent: a supervisor's, and the caseworker's where the risk is high or urgent."""
    if file is None or actor.role not in _TEAM:
        return False
    imminent = file.case.risk is Risk.HIGH or any(concern.urgent for concern in file.of(Concern))
    return actor.role is Role.SUPERVISOR or imminent


def may_see(
    actor: Actor, file: CaseFile, now: datetime, *, organisations: Mapping[str, str] = _NO_ORGANISATIONS
) -> tuple[frozenset[str], str]:
    """What of a case ``actor`` sees (``EVERYTHING``, or ``identity`` and kinds of data) and the reason to be audited.

    Who was sent it by a referral or transfer that is open, or was given a document of it, sees the kinds of data that went
    to her. Raises ``Denied`` outside scope without break-the-glass.
    """
    facts = Facts(actor, None, file, now, organisations)
    scope = RULES["look"].scopes.get(actor.role)
    if scope is not None and actor.role in _TEAM and _in_scope(facts, scope):
        return EVERYTHING, ""
    reason = _emergency(facts) if actor.role in _TEAM else ""
    if reason:  # before what was sent to her: in an emergency nobody sees less for having been told something
        return EVERYTHING, reason
    sent = [
        one for one in file.of(Transition) if reaches(one, facts) and one.kind is not TransitionKind.TRANSFER_REQUEST
    ]
    open_ones = [one for one in sent if one.status in (TransitionStatus.IN_PROGRESS, TransitionStatus.ACCEPTED)]
    told = [*(one.data for one in open_ones), *(one.data for one in shared_documents(facts))]
    if told:
        return frozenset({IDENTITY, *(kind.value for data in told for kind in data)}), ""
    raise out_of_scope()


def _in_scope(facts: Facts, scope: Scope) -> bool:
    case = facts.known.case
    if scope is Scope.ALL:
        return True
    if facts.actor.role in (Role.PROVIDER, Role.RECIPIENT):
        return any(reaches(one, facts) for one in facts.known.of(Transition)) or bool(shared_documents(facts))
    return case.group == facts.actor.group if scope is Scope.GROUP else case.owner == facts.actor.id


def _emergency(facts: Facts) -> str:
    """The reason of break-the-glass that is open now, or nothing."""
    mine = [one for one in facts.known.of(EmergencyAccess) if one.user == facts.actor.id and facts.now < one.until]
    return mine[-1].reason if mine else ""
