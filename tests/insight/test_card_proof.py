"""
What the proof of one card finds in journals that are sealed correctly and wrong.

No digest gives these away: they are what a bug of ours would write.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from loyaltycore.cards.card import Card
from loyaltycore.insight.card_proof import CardProof, StoredLot
from loyaltycore.insight.verification import Check, Findings, Problem
from loyaltycore.ledger.holding import fold
from loyaltycore.ledger.sealing import fingerprint, genesis, seal
from loyaltycore.ledger.transactions import (
    Entry,
    EntryKind,
    Transaction,
    TransactionKind,
    Unit,
)
from loyaltycore.values.days import NEVER


START = datetime(2025, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CARD = Card(
    id="c1", serial="S1", template_id="t1", customer_id="k1", issued_at=START - DAY
)


def entry(
    amount: int,
    balance_after: int,
    kind: EntryKind = EntryKind.EARN,
    *,
    unit: Unit = Unit.POINT,
    **fields: Any,
) -> Entry:
    """Write one line; an earning opens the lot that *lot* names."""
    if "lot" in fields:
        fields.setdefault("earned_at", START)
    return Entry(
        unit=unit, kind=kind, amount=amount, balance_after=balance_after, **fields
    )


def redeem(amount: int, balance_after: int, lot: int = 1, **fields: Any) -> Entry:
    """Take units out of one lot."""
    takes = ((lot, amount),)
    return entry(-amount, balance_after, EntryKind.REDEEM, takes=takes, **fields)


def transaction(
    day: int,
    *entries: Entry,
    kind: TransactionKind = TransactionKind.EARN,
    version: int | None = None,
    **fields: Any,
) -> Transaction:
    """Write a transaction of the card's; version 1 on the first day, and so on."""
    at = START + day * DAY
    version = day if version is None else version
    command = {"type": "Test", "version": version}
    whole: dict[str, Any] = {
        "id": f"x{version}",
        "card_id": CARD.id,
        "version": version,
        "customer_id": CARD.customer_id,
        "template_id": CARD.template_id,
        "template_version": 1,
        "kind": kind,
        "source": "api",
        "occurred_at": at,
        "recorded_at": at,
        "local_day": date(2025, 1, 1),
        "fingerprint": fingerprint(CARD.id, command),
        "command": command,
        "pinned": {},
        "till": {"balances": {}},
        "entries": entries,
    }
    return Transaction(**{**whole, **fields})


def problems_of(
    *transactions: Transaction, next_due_at: datetime = NEVER, fold_them: bool = True
) -> list[Problem]:
    """Seal them, store what they come to, and prove it."""
    findings = Findings()
    proof = CardProof(CARD, findings)
    digest = genesis(CARD.id)
    for each in transactions:
        sealed = seal(digest, each)
        proof.add(sealed)
        digest = sealed.digest
    stored = fold(CARD.issued_at, transactions if fold_them else ())
    last = transactions[-1] if transactions else None
    stored = attrs.evolve(
        stored,
        digest=digest,
        version=last.version if last else 0,
        last_at=max([CARD.issued_at, *(each.recorded_at for each in transactions)]),
    )
    due = [lot.expires_at for lot in stored.lots.values() if lot.expires_at]
    lots = [
        StoredLot(lot, lot.remaining > 0, lot.due_at) for lot in stored.lots.values()
    ]
    proof.close(stored, min([next_due_at, *due]), lots)
    return list(findings.report().problems)


def only(check: Check, collection: str, id_: str, problems: list[Problem]) -> str:
    """See to it that there is this one problem and no other; return its message."""
    assert [(check, collection, id_)] == [
        (each.check, each.collection, each.id) for each in problems
    ]
    return problems[0].message


EARNED = transaction(1, entry(100, 100, lot=1), purchase_amount=1_000)


def test_a_card_without_transactions_is_proved():
    """A new card is at version nothing and chains to its own id."""
    assert [] == problems_of()


def test_a_life_without_fault_is_proved():
    """Earn, redeem, refund, expire: nothing is found."""
    dated = transaction(
        1, entry(100, 100, lot=1, expires_at=START + 5 * DAY), purchase_amount=1_000
    )
    spent = transaction(2, redeem(30, 70), kind=TransactionKind.REDEEM)
    back = entry(-50, 20, EntryKind.CLAWBACK, takes=((1, 50),), reverses=0)
    refund = transaction(
        3, back, kind=TransactionKind.REFUND, reverses="x1", purchase_amount=-500
    )
    gone = entry(-20, 0, EntryKind.EXPIRE, takes=((1, 20),))
    expired = transaction(6, gone, kind=TransactionKind.EXPIRE, version=4)

    assert [] == problems_of(dated, spent, refund, expired)


# -- sequence --------------------------------------------------------------------------


def test_a_gap_in_the_versions():
    """A version that is missing is found at the one behind it."""
    third = transaction(3, entry(1, 101, lot=2))

    message = only(Check.SEQUENCE, "transaction", "x3", problems_of(EARNED, third))
    assert "version 3 of card c1: it follows version 1" in message


def test_a_clock_that_went_back():
    """A transaction that was recorded before the one before it is found."""
    early = transaction(
        2, entry(1, 101, lot=2), recorded_at=START, occurred_at=START - DAY
    )

    only(Check.SEQUENCE, "transaction", "x2", problems_of(EARNED, early))


def test_a_transaction_before_its_card():
    """Nothing is recorded before the card was issued."""
    early = transaction(
        1,
        entry(1, 1, lot=1),
        recorded_at=CARD.issued_at - DAY,
        occurred_at=CARD.issued_at - DAY,
    )

    only(Check.SEQUENCE, "transaction", "x1", problems_of(early))


def test_a_transaction_from_the_future():
    """What happened cannot have been recorded before it happened."""
    late = transaction(1, entry(1, 1, lot=1), occurred_at=START + 9 * DAY)

    only(Check.SEQUENCE, "transaction", "x1", problems_of(late))


@pytest.mark.parametrize("name", ["customer_id", "template_id"])
def test_a_transaction_of_somebody_else(name: str):
    """Customer and template are the card's."""
    strange = attrs.evolve(transaction(1, entry(1, 1, lot=1)), **{name: "other"})

    message = only(Check.REFERENCE, "transaction", "x1", problems_of(strange))
    assert f"{name} is other" in message


def test_a_fingerprint_of_another_command():
    """The fingerprint is of what was asked."""
    strange = transaction(1, entry(1, 1, lot=1), fingerprint="0" * 64)

    only(Check.FINGERPRINT, "transaction", "x1", problems_of(strange))


# -- balances and lots -----------------------------------------------------------------


def test_a_wrong_running_balance():
    """It is found once, and what follows is measured from it."""
    wrong = transaction(2, entry(1, 150, lot=2))
    next_one = transaction(3, entry(1, 151, lot=3))

    first, *rest = problems_of(EARNED, wrong, next_one)
    assert (Check.BALANCE, "entry", "c1/2/0") == (
        first.check,
        first.collection,
        first.id,
    )
    assert "150 point are there; the entries up to here add up to 101" in first.message
    assert {"card"} == {each.collection for each in rest}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (entry(5, 105, lot=2, earned_at=None), "opens a lot without a date"),
        (entry(5, 105, lot=7), "it opens lot 7; the next is 2"),
        (entry(-5, 95, lot=2), "opens lot 2 with -5 units"),
        (redeem(5, 95, lot=9), "takes out of lot 9, which was not opened"),
        (redeem(5, -5, unit=Unit.SPEND), "takes spend out of a lot of another unit"),
    ],
)
def test_an_entry_that_cannot_be_folded(wrong: Entry, message: str):
    """It names lots that are there, or the next one; the card is not folded further."""
    later = transaction(3, entry(1, wrong.balance_after + 1, unit=wrong.unit, lot=2))
    first, *rest = problems_of(EARNED, transaction(2, wrong), later, fold_them=False)

    assert (Check.LOT, "entry", "c1/2/0") == (first.check, first.collection, first.id)
    assert message in first.message
    assert all(each.check is Check.BALANCE for each in rest)


def test_more_is_taken_than_there_was():
    """A lot is never left with less than nothing."""
    problems = problems_of(EARNED, transaction(2, redeem(120, -20)))

    assert {Check.LOT} == {each.check for each in problems}
    assert {"entry", "lot"} == {each.collection for each in problems}


def test_more_is_put_back_than_was_taken():
    """A lot is never left with more than it started with."""
    back = entry(10, 110, EntryKind.RESTORE, takes=((1, -10),))

    problems = problems_of(EARNED, transaction(2, back))
    assert {Check.LOT} == {each.check for each in problems}


@pytest.mark.parametrize(
    "wrong",
    [
        entry(-30, 70, EntryKind.REDEEM, takes=((1, 20),)),
        entry(30, 130, EntryKind.RESTORE),
        entry(5, 105, EntryKind.CLAWBACK),
        entry(-5, 95, EntryKind.ADJUST),
        entry(0, 100, EntryKind.DEBT_REPAID, takes=((1, 10),)),
    ],
)
def test_an_amount_that_its_takes_do_not_cover(wrong: Entry):
    """Only a claw-back makes debt, and only what is owed is repaid or forgiven."""
    message = only(
        Check.BALANCE, "entry", "c1/2/0", problems_of(EARNED, transaction(2, wrong))
    )
    assert "do not fit together" in message


def test_debt_comes_and_goes():
    """A claw-back of what is gone is owed; new units and forgiveness settle it."""
    spent = transaction(2, redeem(100, 0), kind=TransactionKind.REDEEM)
    owed = transaction(3, entry(-60, -60, EntryKind.CLAWBACK))
    repaid = transaction(
        4,
        entry(40, -20, lot=2),
        entry(0, -20, EntryKind.DEBT_REPAID, takes=((2, 40),)),
    )
    forgiven = transaction(5, entry(20, 0, EntryKind.ADJUST))

    assert [] == problems_of(EARNED, spent, owed, repaid, forgiven)


# -- expiry ----------------------------------------------------------------------------

DATED = transaction(1, entry(100, 100, lot=1, expires_at=START + 3 * DAY))


def test_units_are_spent_after_their_expiry():
    """At the instant of expiry, units are gone; a redemption then is found."""
    late = transaction(3, redeem(100, 0), version=2)

    only(Check.EXPIRY, "entry", "c1/2/0", problems_of(DATED, late))


def test_units_expire_too_early():
    """A lot expires at its own instant and not before."""
    gone = entry(-100, 0, EntryKind.EXPIRE, takes=((1, 100),))

    only(Check.EXPIRY, "entry", "c1/2/0", problems_of(DATED, transaction(2, gone)))


def test_an_expiry_that_gives():
    """What expires is taken, never put back."""
    gone = entry(-100, 0, EntryKind.EXPIRE, takes=((1, 100),))
    back = entry(10, 10, EntryKind.EXPIRE, takes=((1, -10),))
    again = entry(-10, 0, EntryKind.EXPIRE, takes=((1, 10),))

    problems = problems_of(DATED, transaction(3, gone, back, again, version=2))
    only(Check.EXPIRY, "entry", "c1/2/1", problems)


def test_more_expires_than_remained():
    """What was spent cannot expire as well."""
    spent = transaction(2, redeem(60, 40))
    gone = entry(-100, -60, EntryKind.EXPIRE, takes=((1, 100),))

    problems = problems_of(DATED, spent, transaction(4, gone, version=3))
    assert {Check.LOT} == {each.check for each in problems}


def test_a_lot_outlives_its_day():
    """What was due before the card's last transaction has to be gone."""
    later = transaction(9, entry(1, 101, lot=2), version=2)

    message = only(Check.EXPIRY, "card", "c1", problems_of(DATED, later))
    assert "was open at" in message


def test_a_late_purchase_repays_debt_though_it_is_due():
    """A lot that is reported too late repays debt in the transaction that opens it."""
    spent = transaction(2, redeem(100, 0), kind=TransactionKind.REDEEM)
    owed = transaction(3, entry(-60, -60, EntryKind.CLAWBACK))
    late = transaction(
        9,
        entry(100, 40, lot=2, expires_at=START + 5 * DAY),
        entry(0, 40, EntryKind.DEBT_REPAID, takes=((2, 60),)),
        entry(-40, 0, EntryKind.EXPIRE, takes=((2, 40),)),
        version=4,
    )

    assert [] == problems_of(EARNED, spent, owed, late)


def test_an_old_lot_does_not_repay_debt_when_it_is_due():
    """Only the lot that comes too late has this excuse."""
    spent = transaction(
        2, entry(50, 150, lot=2), redeem(150, 0), kind=TransactionKind.REDEEM
    )
    both = attrs.evolve(
        spent.entries[1], takes=((1, 100), (2, 50)), amount=-150, balance_after=0
    )
    spent = attrs.evolve(spent, entries=(spent.entries[0], both))
    dated = transaction(3, entry(10, 10, lot=3, expires_at=START + 5 * DAY))
    owed = transaction(4, entry(-60, -50, EntryKind.CLAWBACK))
    repaid = entry(0, -50, EntryKind.DEBT_REPAID, takes=((3, 10),))

    problems = problems_of(
        EARNED, spent, dated, owed, transaction(8, repaid, version=5)
    )
    only(Check.EXPIRY, "entry", "c1/5/0", problems)


def test_a_card_that_would_wake_too_late():
    """Something is due before the card says so."""
    findings = Findings()
    proof = CardProof(CARD, findings)
    sealed = seal(genesis(CARD.id), DATED)
    proof.add(sealed)
    stored = attrs.evolve(fold(CARD.issued_at, [DATED]), digest=sealed.digest)
    lots = [StoredLot(lot, True, lot.due_at) for lot in stored.lots.values()]
    proof.close(stored, START + 4 * DAY, lots)

    problems = list(findings.report().problems)
    assert "next_due_at is" in only(Check.STATE, "card", "c1", problems)


@pytest.mark.parametrize(
    ("ends", "due", "now", "told"),
    [
        pytest.param(5 * DAY, 5 * DAY, DAY, "", id="waited-for"),
        pytest.param(5 * DAY, 2 * DAY, DAY, "", id="something-else-is-due-before"),
        pytest.param(5 * DAY, None, 5 * DAY, "", id="over"),
        pytest.param(5 * DAY, None, DAY, "but the card ends at", id="not-waited-for"),
        pytest.param(None, None, DAY, "", id="no-end"),
        pytest.param(
            NEVER + timedelta(minutes=40) - START,
            None,
            DAY,
            "after all time",
            id="never",
        ),
    ],
)
def test_the_end_of_a_card(ends, due, now, told):
    """A card that is to end is due then; one that has ended is done with."""
    findings = Findings()
    expires_at = None if ends is None else START + ends
    proof = CardProof(attrs.evolve(CARD, expires_at=expires_at), findings)
    proof.check_end(NEVER if due is None else START + due, START + now)

    messages = [problem.message for problem in findings.report().problems]
    assert bool(told) is bool(messages)
    assert told in "".join(messages)


# -- reversals -------------------------------------------------------------------------


def clawback(amount: int, balance_after: int, index: int = 0) -> Entry:
    """Take units of the first lot back."""
    takes = ((1, amount),)
    return entry(
        -amount, balance_after, EntryKind.CLAWBACK, takes=takes, reverses=index
    )


def void(
    day: int,
    *entries: Entry,
    of: str | None = "x1",
    net: int = -1_000,
    **fields: Any,
) -> Transaction:
    """Void a purchase of 10.00."""
    return transaction(
        day,
        *entries,
        kind=TransactionKind.VOID,
        reverses=of,
        purchase_amount=net,
        **fields,
    )


def refund(day: int, *entries: Entry, amount: int) -> Transaction:
    """Refund part of a purchase of 10.00."""
    return transaction(
        day,
        *entries,
        kind=TransactionKind.REFUND,
        reverses="x1",
        purchase_amount=-amount,
    )


def test_a_refund_and_a_void_of_the_rest():
    """Together they take back what there was."""
    some = refund(2, clawback(40, 60), amount=400)
    rest = void(3, clawback(60, 0), net=-600)

    assert [] == problems_of(EARNED, some, rest)


def test_a_void_of_nothing():
    """A reversal says what it reverses."""
    for lost in (void(2, of=None, net=0), transaction(2, clawback(1, 99))):
        message = only(Check.REVERSAL, "transaction", "x2", problems_of(EARNED, lost))
        assert "does not say what" in message


def test_a_void_of_what_is_not_there():
    """What is reversed is an earlier transaction of the same card."""
    message = only(
        Check.REVERSAL, "transaction", "x2", problems_of(EARNED, void(2, of="x9"))
    )
    assert "no earlier transaction" in message


def test_a_purchase_that_reverses():
    """Only voids and refunds point at another transaction."""
    strange = transaction(2, entry(1, 101, lot=2), reverses="x1")

    message = only(Check.REVERSAL, "transaction", "x2", problems_of(EARNED, strange))
    assert "neither a void nor a refund" in message


@pytest.mark.parametrize(
    "kind", [TransactionKind.EXPIRE, TransactionKind.VOID, TransactionKind.REFUND]
)
def test_what_is_never_reversed(kind: TransactionKind):
    """An expiry, a void and a refund stay as they are."""
    fields: dict[str, Any] = {"reverses": "x1"} if kind != "expire" else {}
    first = transaction(2, kind=kind, **fields)
    problems = problems_of(
        transaction(1, entry(100, 100, lot=1)), first, void(3, of="x2", net=0)
    )

    message = only(Check.REVERSAL, "transaction", "x3", problems)
    assert f"of kind {kind} and is never reversed" in message


def test_a_second_void():
    """A transaction is voided once."""
    first = void(2, clawback(100, 0))

    message = only(
        Check.REVERSAL,
        "transaction",
        "x3",
        problems_of(EARNED, first, void(3, net=0)),
    )
    assert "was voided before" in message


@pytest.mark.parametrize("wrong", [void(2, net=-400), refund(2, amount=1_001)])
def test_money_that_does_not_add_up(wrong: Transaction):
    """A void leaves nothing of the purchase, refunds never less than nothing."""
    message = only(Check.REVERSAL, "transaction", "x2", problems_of(EARNED, wrong))
    assert "minor units of what it reverses" in message


@pytest.mark.parametrize("index", [0, 1, -1])
def test_more_units_are_taken_back_than_were_earned(index: int):
    """Of each entry, so much is taken back as it had, and only of those it had."""
    more = transaction(1, entry(100, 100, lot=1), purchase_amount=1_000)
    gift = transaction(2, entry(50, 150, lot=2))
    takes = ((1, 100), (2, 20))
    wrong = entry(-120, 30, EntryKind.CLAWBACK, takes=takes, reverses=index)

    problems = problems_of(more, gift, void(3, wrong))
    only(Check.REVERSAL, "entry", "c1/3/0", problems)
