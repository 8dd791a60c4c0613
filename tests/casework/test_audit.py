"""The chain of audit entries: sealed, verified, and any tampering noticed where it begins."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciberaula.casework.audit import ACCESS, CHANGE, DENIED, digest_of, seal, verify
from ciberaula.casework.entities import Actor, AuditEntry
from ciberaula.casework.vocabulary import Role

WORKER = Actor("marlene", Role.CASEWORKER, "equipo-sur")


def chain(length: int) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    head = (0, "")
    for n in range(1, length + 1):
        entry = seal(
            head,
            at=datetime(2026, 3, 9, 8, n),
            actor=WORKER,
            kind=(ACCESS, CHANGE, DENIED)[n % 3],
            action="assess",
            action_id=f"a{n}",
            case_id="c1",
            entities=(f"a{n}", f"a{n}.1"),
            reason="peligro esta noche" if n % 2 else "",
        )
        entries.append(entry)
        head = (entry.seq, entry.digest)
    return entries


def test_a_chain_as_it_was_written_verifies() -> None:
    entries = chain(7)
    found = verify(entries, (7, entries[-1].digest))
    assert (found.ok, found.entries, found.broken) == (True, 7, None)
    assert found.line == "La bitácora está completa: 7 asientos comprobados."
    assert verify([], (0, "")).ok


def test_the_first_entry_follows_nothing_and_each_names_the_one_before() -> None:
    entries = chain(3)
    assert [one.seq for one in entries] == [1, 2, 3]
    assert [one.previous for one in entries] == ["", entries[0].digest, entries[1].digest]
    assert len({one.digest for one in entries}) == 3


CHANGED = {
    "at": datetime(2026, 3, 9, 7, 0),
    "actor": "pablo",
    "role": Role.SUPERVISOR,
    "kind": "nothing",
    "action": "look",
    "action_id": "a99",
    "case_id": "c2",
    "entities": ("a4",),
    "reason": "otra",
    "seq": 9,
    "previous": "0" * 64,
    "digest": "0" * 64,
}


@pytest.mark.parametrize("field", CHANGED)
def test_any_field_altered_is_noticed_where_it_is(field: str) -> None:
    entries = chain(6)
    entries[3] = replace(entries[3], **{field: CHANGED[field]})  # type: ignore[arg-type]
    found = verify(entries)
    assert (found.ok, found.entries, found.broken) == (False, 3, 4)
    assert found.line.startswith("La bitácora no coincide desde el asiento 4:")


def test_an_entry_altered_with_its_own_digest_breaks_the_next() -> None:
    entries = chain(6)
    forged = replace(entries[3], actor="pablo")
    entries[3] = replace(forged, digest=digest_of(forged))
    assert verify(entries).broken == 5


@given(st.integers(1, 8), st.data())
def test_taking_out_moving_or_repeating_an_entry_is_noticed(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    head = (length, entries[-1].digest)
    n = data.draw(st.integers(0, length - 1))
    assert not verify(entries[:n] + entries[n + 1 :], head).ok
    assert verify([*entries[: n + 1], *entries[n:]], head).broken == n + 2
    if n:
        swapped = [*entries[: n - 1], entries[n], entries[n - 1], *entries[n + 1 :]]
        assert verify(swapped, head).broken == n


def test_fields_cannot_run_into_one_another() -> None:
    """«ab» + «c» is not «a» + «bc»: the canonical form keeps fields apart."""
    one = seal((0, ""), at=datetime(2026, 1, 1), actor=WORKER, kind=CHANGE, action="ab", action_id="c", case_id="x")
    other = seal((0, ""), at=datetime(2026, 1, 1), actor=WORKER, kind=CHANGE, action="a", action_id="bc", case_id="x")
    assert one.digest != other.digest


def test_the_digest_is_the_same_on_every_machine() -> None:
    """Written out by hand once: a change of the canonical form would make old chains look altered."""
    entry = seal(
        (0, ""),
        at=datetime(2026, 3, 9, 8, 0),
        actor=WORKER,
        kind=CHANGE,
        action="refer",
        action_id="a1",
        case_id="c1",
        entities=("a1",),
        reason="ñandú",
    )
    text = '[1,"2026-03-09T08:00:00","marlene","caseworker","change","refer","a1","c1",["a1"],"ñandú",""]'
    assert entry.digest == sha256(text.encode()).hexdigest()
