"""What a form on the desk lets one choose from: only what exists, in the words in which people know it."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from ciberaula.casework.entities import (
    Approval,
    CaseFile,
    Consent,
    Contact,
    Document,
    Flag,
    FollowUp,
    Incident,
    Note,
    Person,
    Plan,
    Service,
    Transition,
)
from ciberaula.casework.vocabulary import (
    Account,
    ApprovalStatus,
    ServiceStatus,
    Status,
    TransitionKind,
    TransitionStatus,
    label,
)
from ciberaula.casework.words import FOLLOW_UPS, SERVICES, word
from ciberaula.classroom.desk_session import Session
from ciberaula.classroom.desk_texts import short_moment
from ciberaula.i18n import _

Options = list[tuple[str, str]]
Source = Callable[[Session, CaseFile], Options]
_WAITING = TransitionStatus.IN_PROGRESS


def kept(words: Mapping[str, str]) -> Source:
    """The same words everywhere."""
    return lambda _session, _file: list(words.items())


def every(kind: type[StrEnum], *, without: Iterable[StrEnum] = ()) -> Source:
    """All words of a vocabulary."""
    left_out = set(without)
    options = [(one.value, label(one)) for one in kind if one not in left_out]
    return lambda _session, _file: list(options)


def people(_session: Session, file: CaseFile) -> Options:
    return [(one.id, f"{one.name} ({one.relation})") for one in file.of(Person)]


def receivers(session: Session, _file: CaseFile) -> Options:
    """Whoever can get something from the desk: institutions, and the other users."""
    return [*session.organisations.items(), *session.users.items()]


def organisations(session: Session, _file: CaseFile) -> Options:
    return list(session.organisations.items())


def institutions(session: Session, file: CaseFile) -> Options:
    """To whom one refers: in a story the institutions, whose people answer for them; in a cohort one another."""
    return organisations(session, file) if session.answers_consent else receivers(session, file)


def told_to(session: Session, file: CaseFile) -> Options:
    """With whom data may be shared: also somebody close to the person."""
    close = [one for one in people(session, file) if one[0] != file.case.subject]
    return [*receivers(session, file), *close]


def users(session: Session, _file: CaseFile) -> Options:
    return list(session.users.items())


def anybody(session: Session, file: CaseFile) -> Options:
    return [*people(session, file), *receivers(session, file)]


def tied(session: Session, file: CaseFile) -> Options:
    return [*people(session, file), *organisations(session, file)]


def consents(session: Session, file: CaseFile) -> Options:
    """Those in force."""
    return [
        (one.id, f"{session.names(one.person)}: {label(one.purpose)} ({short_moment(one.made_at)})")
        for one in file.of(Consent)
        if one.granted and one.withdrawn_at is None
    ]


def approvals(_session: Session, file: CaseFile) -> Options:
    return [(one.id, label(one.kind)) for one in file.of(Approval) if one.status is ApprovalStatus.REQUESTED]


def services(session: Session, file: CaseFile) -> Options:
    """Those not over."""
    over = (ServiceStatus.IMPLEMENTED, ServiceStatus.DECLINED)
    return [
        (one.id, f"{word(SERVICES, one.kind)}: {session.names(one.provider)}")
        for one in file.of(Service)
        if one.status not in over
    ]


def received(session: Session, file: CaseFile) -> Options:
    """What was sent to the user, or asked of her as the owner, and waits for an answer."""

    def waits(one: Transition) -> bool:
        asked = one.kind is TransitionKind.TRANSFER_REQUEST
        mine = file.case.owner == session.actor.id if asked else _is_mine(session, one)
        return one.status is _WAITING and mine

    return _transitions(session, file, waits, lambda one: one.made_by)


def accepted(session: Session, file: CaseFile) -> Options:
    """Referrals that the user accepted and can complete."""
    return _transitions(session, file, lambda one: one.status is TransitionStatus.ACCEPTED and _is_mine(session, one))


def sent(session: Session, file: CaseFile) -> Options:
    """What went out and can be taken back."""
    alive = (_WAITING, TransitionStatus.ACCEPTED)
    out = (TransitionKind.REFERRAL, TransitionKind.TRANSFER)
    return _transitions(session, file, lambda one: one.status in alive and one.kind in out)


def _is_mine(session: Session, one: Transition) -> bool:
    return session.actor.id in (one.to, session.desk.organisations.get(one.to))


def _transitions(
    session: Session,
    file: CaseFile,
    fits: Callable[[Transition], bool],
    whom: Callable[[Transition], str] = lambda one: one.to,
) -> Options:
    return [
        (one.id, f"{label(one.kind)}: {session.names(whom(one))} ({short_moment(one.made_at)})")
        for one in file.of(Transition)
        if fits(one)
    ]


def contacts(session: Session, file: CaseFile) -> Options:
    """The last ones first."""
    found = sorted(file.of(Contact), key=lambda one: one.made_at, reverse=True)
    return [(one.id, f"{session.names(one.who)}, {label(one.channel)} ({short_moment(one.made_at)})") for one in found]


def last_without_note(file: CaseFile) -> str | None:
    """The latest contact that no note is about yet."""
    noted = {one.contact for one in file.of(Note)}
    found = sorted((one for one in file.of(Contact) if one.id not in noted), key=lambda one: one.made_at)
    return found[-1].id if found else None


def follow_ups(_session: Session, file: CaseFile) -> Options:
    return [
        (one.id, f"{word(FOLLOW_UPS, one.kind)} ({short_moment(one.due)})")
        for one in file.of(FollowUp)
        if one.done_at is None
    ]


def documents(_session: Session, file: CaseFile) -> Options:
    return [(one.id, one.title) for one in file.of(Document)]


def flags(_session: Session, file: CaseFile) -> Options:
    return [(one.id, one.reason[:80]) for one in file.of(Flag) if one.lowered_at is None]


def incidents(_session: Session, file: CaseFile) -> Options:
    return [(one.id, one.what[:80]) for one in file.of(Incident)]


def plans(_session: Session, file: CaseFile) -> Options:
    return [(one.id, _("Plan del {when}").format(when=short_moment(one.made_at))) for one in file.of(Plan)]


def accounts(_session: Session, _file: CaseFile) -> Options:
    """From the desk; somebody else's account is no choice of the desk's, and in person there is none."""
    return [(one.value, label(one)) for one in (Account.INSTITUTIONAL, Account.PERSONAL)]


def is_open(_session: Session, file: CaseFile) -> bool:
    return file.case.status is Status.OPEN


def is_closed(session: Session, file: CaseFile) -> bool:
    return not is_open(session, file)
