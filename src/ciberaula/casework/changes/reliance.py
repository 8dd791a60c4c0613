"""What goes out with a consent lasts as long as the consent does."""

from collections.abc import Iterator

from ciberaula.casework.changes.making import Making
from ciberaula.casework.entities import CaseFile, Consent, Document, Entity, Transition
from ciberaula.casework.requirements import consent_in_force, sharing_consent
from ciberaula.casework.snapshot import updated
from ciberaula.casework.vocabulary import Data, Purpose, TransitionKind, TransitionStatus


def covered(file: CaseFile, kind: TransitionKind, to: str, data: tuple[Data, ...]) -> bool:
    """Is there consent in force for a referral (services and sharing) or a transfer (sharing) of ``data`` to ``to``?"""
    if sharing_consent(file, to, data) is None:
        return False
    if kind is TransitionKind.TRANSFER:
        return True
    return consent_in_force(file, Purpose.SERVICES, file.case.subject, lambda _one: True) is not None


def no_longer_covered(m: Making, consent: Consent) -> list[Entity]:
    """What relied on consent until ``consent`` said otherwise: referrals and transfers revoked, documents shared no more.

    Left alone: what went out by an override, and a transfer that was accepted, since the case is then the receiver's.
    """
    after = updated(m.file, [consent])
    if after is None or consent.purpose is Purpose.CHANNEL:
        return []
    revoked = [
        m.newer(one, status=TransitionStatus.REVOKED, answered_at=m.now)
        for one in m.file.of(Transition)
        if _can_end(one)
        and covered(m.file, one.kind, one.to, one.data)
        and not covered(after, one.kind, one.to, one.data)
    ]
    return [*revoked, *_taken_back(m, after)]


def _taken_back(m: Making, after: CaseFile) -> Iterator[Document]:
    for one in m.file.of(Document):
        ended = {
            to
            for to in one.shared_with
            if sharing_consent(m.file, to, one.data) is not None and sharing_consent(after, to, one.data) is None
        }
        if ended:
            yield m.newer(one, shared_with=tuple(to for to in one.shared_with if to not in ended))


def _can_end(one: Transition) -> bool:
    pending = one.status is TransitionStatus.IN_PROGRESS
    if one.kind is TransitionKind.REFERRAL:
        return not one.override and (pending or one.status is TransitionStatus.ACCEPTED)
    return one.kind is TransitionKind.TRANSFER and not one.override and pending
