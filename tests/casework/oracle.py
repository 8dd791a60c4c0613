"""What the desk must hold to, worked out the long way round: it asks neither the policy nor the store.

It learns from every action that was done who has a case, who agreed to what, whose glass is broken and what was sent to
whom, and says of the next one whether it was in scope and told no more than was agreed to.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ciberaula.casework.entities import (
    KINDS,
    Case,
    CaseFile,
    Concern,
    Document,
    Household,
    Person,
    Relation,
    Service,
    Transition,
)
from ciberaula.casework.store.protocol import Query, Store
from ciberaula.casework.vocabulary import Role
from tests.casework.worlds import BECAUSE, ORGANISATIONS, START, USERS

RECEIVERS = ["centro-mujer", "nadia", "pablo"]
RECEIVED = {Case, Person, Relation, Household, Concern, Service, Transition, Document}
"""All that somebody who received a case may ever see of it."""
# Where both the glass is broken and a missing consent overridden, the audit keeps both reasons.
_GIVEN = (BECAUSE, f"{BECAUSE} {BECAUSE}")
IN_EMERGENCY = {"contact", "write_note", "raise_concern", "raise_flag", "consult"}


@dataclass
class Known:
    """What is known of a case, from what was done. Ids of what was sent and filed -> what it was."""

    owner: str
    group: str
    high: bool = False
    consents: list[dict[str, Any]] = field(default_factory=list)
    glass: dict[str, datetime] = field(default_factory=dict)
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    documents: dict[str, list[str]] = field(default_factory=dict)

    def agreed(self, purpose: str, to: str = "", data: list[str] | None = None) -> bool:
        """The last thing said that is about all of ``data``: yes, and not withdrawn since. A no is about everything."""
        wanted = set(data or ())
        said = [
            one
            for one in self.consents
            if one["purpose"] == purpose
            and (not to or to in one["to"])
            and (not one["granted"] or not one["data"] or wanted <= set(one["data"]))
        ]
        if not said:
            return False
        newest = max(one["said_at"] for one in said)
        return bool([one for one in said if one["said_at"] == newest][-1]["yes"])

    def has(self, user: str) -> bool:
        """Is the case the user's own, or her team's where she supervises it?"""
        actor = USERS[user]
        if actor.role is Role.SUPERVISOR:
            return actor.group == self.group
        return actor.role is Role.CASEWORKER and self.owner == user

    def broken(self, user: str, now: datetime) -> bool:
        """Has the user broken the glass of this case, and is it still open?"""
        return now < self.glass.get(user, START)

    def in_scope(self, user: str, action: dict[str, Any], now: datetime, reason: str) -> bool:
        """Was it for ``user`` to do ``action``? ``reason`` is what the audit gives."""
        do = action["do"]
        if do in ("answer_transition", "complete_transition"):
            sent = self.sent[action["transition"]]
            asked = sent["do"] == "request_transfer"
            return user == self.owner if asked else user in (sent["to"], ORGANISATIONS.get(sent["to"]))
        if do in ("request_transfer", "break_glass"):
            return USERS[user].role in (Role.CASEWORKER, Role.SUPERVISOR)
        return self.has(user) or (do in IN_EMERGENCY and self.broken(user, now) and reason in _GIVEN)

    def may_be_told(self, user: str, action: dict[str, Any], reason: str) -> bool:
        """Whatever leaves the case goes with consent, or with an override that is permitted and in the audit."""
        do, to = action["do"], str(action.get("to", action.get("who", "")))
        told = self.documents[action["document"]] if do == "share_document" else list(action.get("data", ()))
        if do == "refer":
            covered = self.agreed("services") and self.agreed("sharing", to, told)
        elif do in ("transfer", "share_document") or _tells_others(do, to, told):
            covered = self.agreed("sharing", to, told)
        else:
            return True
        permitted = self.high or USERS[user].role is Role.SUPERVISOR
        return covered or (permitted and action.get("override") == BECAUSE and reason in _GIVEN)

    def learn(self, user: str, action: dict[str, Any], id: str, now: datetime) -> None:
        """``action`` was done, and made the entity ``id``."""
        do = action["do"]
        if do == "record_consent":
            word = {"id": id, "purpose": action["purpose"], "granted": action["granted"], "said_at": now}
            word["yes"] = word["granted"]
            self.consents.append(word | {"to": action.get("to", []), "data": action.get("data", [])})
        elif do == "withdraw_consent":
            word = next(one for one in self.consents if one["id"] == action["consent"])
            word |= {"yes": False, "said_at": now}
        elif do in ("refer", "transfer", "request_transfer"):
            self.sent[id] = {"do": do, "to": action.get("to", user)}
        elif do == "answer_transition" and action["accept"] and self.sent[action["transition"]]["do"] == "transfer":
            self.owner, self.group = user, USERS[user].group
        elif do == "assign":
            self.owner = action["to"]
        elif do == "assess":
            self.high = action["risk"] == "high"
        elif do == "break_glass":
            self.glass[user] = now + timedelta(hours=action["hours"])
        elif do == "add_document":
            self.documents[id] = action["data"]


def _tells_others(do: str, to: str, told: list[str]) -> bool:
    return do == "contact" and to in RECEIVERS and bool(set(told) - {"appointment"})


def is_for(user: str, to: str) -> bool:
    """Does what was addressed to ``to`` reach ``user``?"""
    return user in (to, ORGANISATIONS.get(to))


def check_received(user: str, file: CaseFile, visible: frozenset[str], seen: CaseFile) -> None:
    """``seen`` shows ``user`` no more of ``file`` than what was sent to her and is open, or of documents given to her."""
    sent = [
        one
        for one in file.of(Transition)
        if is_for(user, one.to)
        and one.kind.value in ("referral", "transfer", "reassign")
        and one.status.value in ("in_progress", "accepted")
    ]
    given = [one for one in file.of(Document) if any(is_for(user, to) for to in one.shared_with)]
    told = [*(one.data for one in sent), *(one.data for one in given)]
    assert told and visible == {"identity", *(kind.value for data in told for kind in data)}
    assert {type(one) for one in seen} <= RECEIVED and seen.case.risk is None
    assert {one.id for one in seen.of(Person)} == {file.case.subject} or "family" in visible
    assert "location" in visible or not seen.of(Household)
    assert not seen.of(Concern) or "violence" in visible
    assert all(is_for(user, one.to) for one in seen.of(Transition))


def check_same(one: Store, other: Store, cases: Iterable[str]) -> None:
    """Two stores hold the same: every entity in every version, every line, every digest."""
    with one.begin() as mine, other.begin() as again:
        assert [entry.digest for entry in mine.entries()] == [entry.digest for entry in again.entries()]
        assert mine.find(Query(limit=None)) == again.find(Query(limit=None))
        for case in cases:
            file, copy = mine.case_file(case), again.case_file(case)
            assert file is not None and copy is not None and file.case == copy.case
            for kind in KINDS:
                assert file.of(kind) == copy.of(kind)
            assert all(mine.versions(entity.id) == again.versions(entity.id) for entity in file)
