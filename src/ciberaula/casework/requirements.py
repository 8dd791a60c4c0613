"""The conditions of the policy table, by name: what each looks at, and what a person reads where it does not hold."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from ciberaula.casework.entities import (
    Actor,
    Approval,
    Assessment,
    CaseFile,
    Closure,
    Consent,
    Document,
    Incident,
    Person,
    Plan,
    Relation,
    Transition,
)
from ciberaula.casework.incidents import people_untold
from ciberaula.casework.legal import parameter
from ciberaula.casework.vocabulary import (
    CARRIES,
    SENSITIVE,
    Account,
    ApprovalKind,
    ApprovalStatus,
    Channel,
    Data,
    GivenBy,
    Purpose,
    Status,
    TransitionKind,
    TransitionStatus,
)
from ciberaula.errors import UserError
from ciberaula.i18n import _

# Channels that leave a trace on a device or in somebody's network: the person says first whether she wants them.
_OF_AGE = 18
DIGITAL = frozenset({Channel.VIDEO, Channel.SMS, Channel.CHAT, Channel.SOCIAL, Channel.EMAIL})


class Denied(UserError):
    """The desk does not do this: what is missing, and what can be done. ``condition`` is the one that failed."""

    def __init__(self, line: str, condition: str) -> None:
        super().__init__(line)
        self.condition = condition


def out_of_scope() -> Denied:
    return Denied(
        _(
            "Este caso no está entre los que usted puede ver. Si hay una emergencia, pida acceso de urgencia con su motivo."
        ),
        "scope",
    )


def consent_in_force(
    file: CaseFile, purpose: Purpose, person: str, covers: Callable[[Consent], bool]
) -> Consent | None:
    """The last word of ``person`` on ``purpose`` among those that ``covers`` tells: a yes that still holds, or ``None``."""
    latest: Consent | None = None
    for one in file.of(Consent):
        # Of two words at the same moment, the later of the file counts.
        about = one.person == person and one.purpose is purpose and covers(one) and _may_answer(file, one)
        if about and (latest is None or one.made_at >= latest.made_at):
            latest = one
    return latest if latest is not None and latest.granted and latest.withdrawn_at is None else None


def _may_answer(file: CaseFile, word: Consent) -> bool:
    """A child's own yes is assent, and a no always counts: below the age of the legal file, somebody represents her."""
    return not word.granted or word.given_by is not GivenBy.PERSON or not _is_represented(file, word.person)


def _is_represented(file: CaseFile, id: str) -> bool:
    person = file.get(Person, id)
    if person is None or person.age is None:
        return False
    return person.age < parameter("ec.minor.consent-age").amount


def sharing_consent(file: CaseFile, to: str, data: tuple[Data, ...]) -> Consent | None:
    """The subject's consent to share ``data`` with ``to``. It is specific: it names who receives.

    A no is about all data; a yes to less leaves an earlier, wider one as it was.
    """

    def covers(one: Consent) -> bool:
        return to in one.to and (not one.granted or not one.data or set(data) <= set(one.data))

    return consent_in_force(file, Purpose.SHARING, file.case.subject, covers)


def channel_consent(file: CaseFile, person: str, channel: Channel) -> Consent | None:
    """The person's consent to be reached by ``channel``."""
    return consent_in_force(file, Purpose.CHANNEL, person, lambda one: channel in one.channels)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a condition looks at."""

    actor: Actor
    action: Any
    file: CaseFile | None
    now: datetime
    organisations: Mapping[str, str]

    @property
    def known(self) -> CaseFile:
        if self.file is None:
            raise out_of_scope()
        return self.file


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the table; ``missing`` is what a person reads where it does not hold."""

    holds: Callable[[Facts], bool]
    missing: str


def reaches(transition: Transition, facts: Facts) -> bool:
    return _is_actor(transition.to, facts)


def shared_documents(facts: Facts) -> list[Document]:
    """The documents of the case that are shared with the actor, or with an organisation that she answers for."""
    return [one for one in facts.known.of(Document) if any(_is_actor(to, facts) for to in one.shared_with)]


def _is_actor(to: str, facts: Facts) -> bool:
    return facts.actor.id in (to, facts.organisations.get(to))


def kept_out(file: CaseFile, who: str, channel: Channel | None) -> bool:
    """Does the plan keep ``who`` out, by ``channel`` or altogether? Whatever it names, social networks are kept too.

    ``None`` for what goes by no channel: a referral, a document.
    """
    plan = file.last(Plan)
    banned = [] if plan is None else [one for one in plan.restrictions if one.who == who]
    return any(not one.channels or channel in (*one.channels, Channel.SOCIAL) for one in banned)


def _unrestricted(facts: Facts) -> bool:
    return not kept_out(facts.known, facts.action.who, facts.action.channel)


def _channel_carries(facts: Facts) -> bool:
    return set(facts.action.data) <= CARRIES[facts.action.channel]


def _channel_agreed(facts: Facts) -> bool:
    action = facts.action
    if action.incoming or action.channel not in DIGITAL or facts.known.get(Person, action.who) is None:
        return True
    return channel_consent(facts.known, action.who, action.channel) is not None


def _told_with_consent(facts: Facts) -> bool:
    action = facts.action
    return needs_no_consent(facts.known, action.who, action.data) or (
        sharing_consent(facts.known, action.who, action.data) is not None
    )


def needs_no_consent(file: CaseFile, who: str, data: Iterable[Data]) -> bool:
    """May ``who`` be told ``data`` about the subject as a matter of course?

    The subject herself; whoever brings her up, while she is a minor; and anybody of the case what is not sensitive. Beyond
    a day and an hour, outsiders are told nothing without consent.
    """
    told = set(data) - {Data.APPOINTMENT}
    if not told or who == file.case.subject:
        return True
    return file.get(Person, who) is not None and (not told & SENSITIVE or _brings_up(file, who))


def _brings_up(file: CaseFile, who: str) -> bool:
    subject = file.get(Person, file.case.subject)
    minor = subject is not None and subject.age is not None and subject.age < _OF_AGE
    ties = (one for one in file.of(Relation) if one.one == who and one.other == file.case.subject)
    return minor and any(one.kind in ("parent", "carer") for one in ties)


def _is_nobody_else(facts: Facts) -> bool:
    known = facts.organisations
    return facts.action.person not in known and facts.action.person not in known.values()


def _shared_with_consent(facts: Facts) -> bool:
    action = facts.action
    if action.do == "share_document":
        document = facts.known.get(Document, action.document)
        return document is None or sharing_consent(facts.known, action.to, document.data) is not None
    return sharing_consent(facts.known, action.to, action.data) is not None


def _services_agreed(facts: Facts) -> bool:
    file = facts.known
    return consent_in_force(file, Purpose.SERVICES, file.case.subject, lambda _one: True) is not None


def _transition(facts: Facts) -> Transition | None:
    return facts.known.get(Transition, facts.action.transition)


def _addressed(facts: Facts) -> bool:
    found = _transition(facts)
    if found is not None and found.kind is TransitionKind.TRANSFER_REQUEST:
        return facts.actor.id == facts.known.case.owner  # whoever has the case answers a request for it
    return found is not None and reaches(found, facts)


def _has_status(*statuses: TransitionStatus) -> Callable[[Facts], bool]:
    def holds(facts: Facts) -> bool:
        found = _transition(facts)
        return found is not None and found.status in statuses

    return holds


def _approval(facts: Facts) -> Approval | None:
    return facts.known.get(Approval, facts.action.approval)


def _approval_pending(facts: Facts) -> bool:
    found = _approval(facts)
    return found is not None and found.status is ApprovalStatus.REQUESTED


def _not_own_request(facts: Facts) -> bool:
    found = _approval(facts)
    return found is not None and found.asked_by != facts.actor.id and facts.known.case.owner != facts.actor.id


def _closure_approved(facts: Facts) -> bool:
    asked = [one for one in facts.known.of(Approval) if one.kind is ApprovalKind.CLOSURE]
    reopened = max((one.made_at for one in facts.known.of(Closure) if one.reopened), default=None)
    if not asked or asked[-1].status is not ApprovalStatus.APPROVED:
        return False
    return reopened is None or asked[-1].made_at > reopened


def _nothing_pending(facts: Facts) -> bool:
    waiting = (one.status is TransitionStatus.IN_PROGRESS for one in facts.known.of(Transition))
    untold = (one.supervisor_at is None or people_untold(one) for one in facts.known.of(Incident))
    return not any(waiting) and not any(untold)


def _supervisor_told(facts: Facts) -> bool:
    found = facts.known.get(Incident, facts.action.incident)
    return facts.action.whom == "supervisor" or (found is not None and found.supervisor_at is not None)


CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {
        "new_case": Condition(
            lambda facts: facts.file is None, _("Ese código de caso ya existe: busque el caso antes de abrir otro.")
        ),
        "person": Condition(
            _is_nobody_else,
            _("Ese identificador es de una institución o de quien responde en ella: use otro para la persona."),
        ),
        "open_case": Condition(
            lambda facts: facts.known.case.status is Status.OPEN,
            _("El caso no está abierto: reábralo con su motivo antes de seguir."),
        ),
        "closed_case": Condition(
            lambda facts: facts.known.case.status is Status.CLOSED,
            _("El caso no está cerrado: no hace falta reabrirlo."),
        ),
        "assessed": Condition(
            lambda facts: facts.known.last(Assessment) is not None,
            _("Falta la evaluación: evalúe el riesgo con la persona antes de hacer el plan."),
        ),
        "consent_known": Condition(
            lambda facts: facts.known.get(Consent, facts.action.consent) is not None,
            _("Ese consentimiento no está en el caso: elija uno de la lista."),
        ),
        "consent_services": Condition(
            _services_agreed,
            _("Falta el consentimiento para recibir atención: pregunte primero a la persona, con sus palabras."),
        ),
        "consent_sharing": Condition(
            _shared_with_consent,
            _(
                "Falta el consentimiento para compartir esos datos con quien los recibe: pídalo, diciendo qué, con quién y "
                "para qué, o envíe menos."
            ),
        ),
        "told_with_consent": Condition(
            _told_with_consent,
            _("No hay consentimiento para contar eso a esa persona o institución: pídalo antes, o no lo cuente."),
        ),
        "channel_carries": Condition(
            _channel_carries,
            _("Ese canal no es apto para esos datos: use una llamada, un encuentro o la plataforma, o diga menos."),
        ),
        "channel_agreed": Condition(
            _channel_agreed,
            _("La persona no ha aceptado ese canal: pregúntele antes por una llamada o en persona."),
        ),
        "institutional_account": Condition(
            lambda facts: facts.action.account in (Account.INSTITUTIONAL, Account.NONE),
            _("Desde la mesa solo se usan cuentas de la institución: no escriba desde la suya ni desde una prestada."),
        ),
        "unrestricted": Condition(
            _unrestricted,
            _("El plan restringe ese contacto, y vale también para las redes sociales: consulte con quien supervisa."),
        ),
        "addressed": Condition(_addressed, _("Eso no se le envió a usted: solo responde quien lo recibe.")),
        "pending": Condition(
            _has_status(TransitionStatus.IN_PROGRESS), _("Eso ya tiene respuesta: actualice la lista para verla.")
        ),
        "accepted": Condition(
            _has_status(TransitionStatus.ACCEPTED), _("Primero hay que aceptarla: después se da por atendida.")
        ),
        "revocable": Condition(
            _has_status(TransitionStatus.IN_PROGRESS, TransitionStatus.ACCEPTED),
            _("Eso ya terminó y no se puede anular: si hubo un error, regístrelo como incidente."),
        ),
        "approval_pending": Condition(
            _approval_pending, _("Esa aprobación no está pendiente: actualice la lista para verla.")
        ),
        "not_own_request": Condition(
            _not_own_request, _("Nadie aprueba lo que pidió o el caso que lleva: pídalo a otra persona que supervise.")
        ),
        "closure_approved": Condition(
            _closure_approved, _("Falta la aprobación del cierre: pídala a quien supervisa.")
        ),
        "nothing_pending": Condition(
            _nothing_pending,
            _(
                "Queda algo pendiente (una referencia sin respuesta, o un incidente sin avisar a quien supervisa o a las "
                "personas): resuélvalo antes de cerrar."
            ),
        ),
        "document_known": Condition(
            lambda facts: facts.known.get(Document, facts.action.document) is not None,
            _("Ese documento no está en el expediente: elija uno de la lista."),
        ),
        "incident_known": Condition(
            lambda facts: facts.known.get(Incident, facts.action.incident) is not None,
            _("Ese incidente no está registrado: regístrelo primero."),
        ),
        "supervisor_told_first": Condition(
            _supervisor_told, _("Avise primero a quien supervisa: decide con usted cómo avisar a los demás.")
        ),
    }
)


def missing(name: str, facts: Facts) -> str:
    """What a person reads where the condition of that name does not hold, with who must answer for a child."""
    text = CONDITIONS[name].missing
    if name.startswith("consent_") and facts.file is not None and _is_represented(facts.file, facts.file.case.subject):
        text += " " + _(
            "Por su edad responde quien la representa, y a ella se le pregunta también: anote las dos cosas."
        )
    return text
