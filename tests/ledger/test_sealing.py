"""What a digest covers; it is the same text in every version of the package."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256

import attrs

from loyaltycore.ledger.sealing import fingerprint, genesis, seal
from loyaltycore.ledger.transactions import (
    Entry,
    EntryKind,
    Transaction,
    TransactionKind,
    Unit,
)


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BARE = Entry(unit=Unit.POINT, kind=EntryKind.CLAWBACK, amount=-3, balance_after=-3)
FULL = Entry(
    unit=Unit.POINT,
    kind=EntryKind.EARN,
    amount=10,
    rule="r",
    takes=((1, 4),),
    lot=2,
    pending=5,
    earned_at=NOON,
    available_from=NOON,
    expires_at=NOON,
    hold=6,
    deadline=NOON,
    reverses=0,
    balance_after=12,
)
PLAIN = Transaction(
    id="t",
    card_id="c",
    version=7,
    customer_id="ada",
    template_id="w",
    template_version=2,
    kind=TransactionKind.EARN,
    source="api",
    occurred_at=NOON,
    recorded_at=NOON,
    local_day=date(2026, 3, 2),
    fingerprint="f",
    command={"type": "AddPoints"},
    pinned={},
    till={"text": "x"},
    entries=(),
)
HEADER = (
    *("before", "t", "c", "7", "ada", "w", "2", "earn", "api"),
    *("2026-03-02T12:00:00+00:00", "2026-03-02T12:00:00+00:00", "2026-03-02", "f"),
    *('{"type":"AddPoints"}', "{}", '{"text":"x"}'),
)
AT = "2026-03-02T12:00:00+00:00"


def digest_of(*parts: str) -> str:
    """Hash parts that are divided by NUL."""
    return sha256("\0".join(parts).encode()).hexdigest()


def test_the_fields_that_are_always_there():
    """Nothing is written of what is empty, so a new field changes no old digest."""
    sealed = seal("before", PLAIN)

    assert digest_of(*HEADER) == sealed.digest
    assert ('{"type":"AddPoints"}', "{}", "{}", '{"text":"x"}', ()) == (
        sealed.command,
        sealed.pinned,
        sealed.state,
        sealed.till,
        sealed.takes,
    )


def test_the_fields_that_may_be_there():
    """They follow by name, the entries last."""
    full = attrs.evolve(
        PLAIN,
        actor_id="eva",
        location_id="l",
        terminal_id="m",
        receipt_id="n",
        purchase_amount=0,
        reverses="o",
        cause="p",
        idempotency_key="k",
        state={"tier": "Gold"},
        entries=(BARE, FULL),
    )
    sealed = seal("before", full)
    named = (
        *("actor_id=eva", "location_id=l", "terminal_id=m", "receipt_id=n"),
        *("purchase_amount=0", "reverses=o", "cause=p", "idempotency_key=k"),
        'state={"tier":"Gold"}',
    )
    entries = (
        *("point", "clawback", "-3", "[]", "-3"),
        *("point", "earn", "10", "[[1,4]]", "12", "rule=r", "lot=2", "pending=5"),
        *(f"earned_at={AT}", f"available_from={AT}", f"expires_at={AT}"),
        *("hold=6", f"deadline={AT}", "reverses=0"),
    )

    assert digest_of(*HEADER, *named, *entries) == sealed.digest
    assert ('{"tier":"Gold"}', ("[]", "[[1,4]]")) == (sealed.state, sealed.takes)


def test_what_begins_a_chain_and_what_tells_a_replay():
    """A chain begins at the card's id; a request is its card and its command."""
    assert digest_of("c") == genesis("c")
    assert digest_of("c", '{"n":1,"type":"CheckIn"}') == fingerprint(
        "c", {"type": "CheckIn", "n": 1}
    )
