"""The audit: a chain of entries in which none can be altered, taken out or put in unnoticed.

The digest of an entry is the SHA-256 of the digest before it and of its own fields as canonical JSON (a list in a fixed
order, UTF-8, no spaces, times in ISO 8601). It proves what is in the chain; who holds the whole store could still write
another chain, so whoever needs more keeps the last digest somewhere else.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from ciberaula.casework.entities import Actor, AuditEntry
from ciberaula.i18n import _, ngettext

ACCESS, CHANGE, DENIED = "access", "change", "denied"

_canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """Whether the chain holds: how many ``entries`` were read, the ``seq`` where it first ``broke``, a Spanish ``line``."""

    ok: bool
    entries: int
    broken: int | None
    line: str


def seal(
    previous: tuple[int, str],
    *,
    at: datetime,
    actor: Actor,
    kind: str,
    action: str,
    action_id: str,
    case_id: str,
    entities: tuple[str, ...] = (),
    reason: str = "",
) -> AuditEntry:
    """The entry that follows ``previous`` (``seq`` and ``digest`` of the head)."""
    seq, before = previous[0] + 1, previous[1]
    digest = _digest(seq, at, actor.id, actor.role.value, kind, action, action_id, case_id, entities, reason, before)
    return AuditEntry(
        seq=seq,
        at=at,
        actor=actor.id,
        role=actor.role,
        kind=kind,
        action=action,
        action_id=action_id,
        case_id=case_id,
        entities=entities,
        reason=reason,
        previous=before,
        digest=digest,
    )


def verify(entries: Iterable[AuditEntry], head: tuple[int, str] | None = None) -> ChainCheck:
    """Read the whole chain in order. ``head``: what the store says is its last entry, so that a cut end is noticed."""
    seq, digest = 0, ""
    for entry in entries:
        seq += 1
        if entry.seq != seq or entry.previous != digest or entry.digest != digest_of(entry):
            return _broken(seq - 1, seq)
        digest = entry.digest
    if head is not None and head != (seq, digest):
        return _broken(seq, seq + 1)
    line = ngettext(
        "La bitácora está completa: {n} asiento comprobado.",
        "La bitácora está completa: {n} asientos comprobados.",
        seq,
    )
    return ChainCheck(True, seq, None, line.format(n=seq))


def digest_of(entry: AuditEntry) -> str:
    """What the digest of ``entry`` must be."""
    return _digest(
        entry.seq,
        entry.at,
        entry.actor,
        entry.role.value,
        entry.kind,
        entry.action,
        entry.action_id,
        entry.case_id,
        entry.entities,
        entry.reason,
        entry.previous,
    )


def _digest(seq: int, at: datetime, *fields: str | tuple[str, ...]) -> str:
    return sha256(_canonical([seq, at.isoformat(), *fields]).encode()).hexdigest()


def _broken(good: int, seq: int) -> ChainCheck:
    line = _(
        "La bitácora no coincide desde el asiento {seq}: alguien la alteró o está dañada. No la edite; avise a supervisión "
        "y recupere la última copia."
    )
    return ChainCheck(False, good, seq, line.format(seq=seq))
