"""
The transaction that is to be taken back, and what of it still stands.

An entry stands at its quantity until something is taken back of it.  A purchase of
25.00 at a point for each full 10 stands at 2 points; after refunds of 5.00 and 6.00 it
is worth 14.00 and stands at 1 point, whatever could be collected of the other.

What an amendment wrote stands beside what the transaction itself wrote, as if it had
been written then: their entries are numbered on, in the order of the journal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, TypeAlias

from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit


if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyaltycore.errors import Refusal
    from loyaltycore.ledger.decision import Repriced, Till
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.returning import Returning
    from loyaltycore.ledger.shortfall import Shortfall
    from loyaltycore.ledger.transactions import Entry, Transaction
    from loyaltycore.values.expiry import ExpiryPolicy, PendingPolicy

__all__ = ["Original", "Price", "Reversed", "price_of"]

#: What several entries are priced as: a unit, and a rule where rules have prices.
Price: TypeAlias = "tuple[Unit, str | None]"

_REDEEMING = frozenset({EntryKind.REDEEM, EntryKind.CAPTURE})


class Reversed(Protocol):
    """What the ledger asks of a card type when it takes something back."""

    @property
    def shortfall(self) -> Shortfall:
        """What happens to units that are gone."""
        ...

    @property
    def returning(self) -> Returning:
        """Where spent units go back to when their lot has expired."""
        ...

    def scales(self, currency: str) -> Mapping[Unit, int]:
        """Decimals of every unit that the type uses."""
        ...

    def expiry_of(self, unit: Unit, draft: Draft) -> ExpiryPolicy:
        """When units of a kind stop counting that are earned now."""
        ...

    def pending_of(self, unit: Unit) -> PendingPolicy:
        """From when on units of a kind count that are earned now."""
        ...

    def keeps(self, draft: Draft, transaction: Transaction) -> str | None:
        """Why a transaction may not be voided, in a sentence; None where it may."""
        ...

    def allowed(self, draft: Draft, unit: Unit, asked: int, standing: int) -> int:
        """How many units more a corrected purchase may earn, as limits have it."""
        ...

    def reprice(self, transaction: Transaction, net: int) -> Repriced:
        """
        Units that the transaction would have earned on *net*, with what it pinned.

        Only units that a rule computed from the purchase amount; what was entered by
        hand is not named and stays.
        """
        ...

    def follow_capture(self, draft: Draft, hold: Transaction) -> None:
        """Say what follows when units that *hold* reserved are used."""
        ...

    def refund_of(
        self, draft: Draft, original: Original, asked: int | None
    ) -> int | Refusal:
        """Say how much is refunded, and do what else the rules do about it."""
        ...

    def settle(self, draft: Draft) -> Till:
        """Do what the rules do by themselves after a change, and say what is shown."""
        ...


class Original:
    """
    A transaction with all that points at it.

    Args:
        later: in order of version.

    Attributes:
        amendments: what corrected its amount, in order.
        entries: its own, and those of its amendments.
        net: minor units of the purchase that no refund has taken back.
        refunded: minor units that refunds have taken back.
        undone: by the index of an entry, units that reversals collected, put back or
            let the customer owe.
        is_voided: a void is among what points at it.
    """

    def __init__(
        self, rules: Reversed, transaction: Transaction, later: Sequence[Transaction]
    ) -> None:
        self.transaction = transaction
        self.amendments = [each for each in later if each.kind is TransactionKind.AMEND]
        self.entries: tuple[Entry, ...] = transaction.entries
        for amendment in self.amendments:
            self.entries += amendment.entries
        self.amount = (transaction.purchase_amount or 0) + sum(
            each.purchase_amount or 0 for each in self.amendments
        )
        self.refunded = -sum(
            each.purchase_amount or 0
            for each in later
            if each.kind is TransactionKind.REFUND
        )
        self.net = self.amount - self.refunded
        self.is_voided = any(each.kind is TransactionKind.VOID for each in later)
        self.undone: Counter[int] = Counter()
        for each in later:
            for entry in each.entries:
                if entry.reverses is not None:
                    self.undone[entry.reverses] += entry.quantity
        self._rules = rules
        self._is_as_it_was = not self.amendments

    @property
    def redeemed(self) -> list[int]:
        """Entries that redeem something, by index; where there are any, it is that."""
        return [
            index
            for index, entry in enumerate(self.entries)
            if entry.kind in _REDEEMING
        ]

    @property
    def left(self) -> int:
        """What a refund can give back: minor units paid, or units redeemed."""
        if redeemed := self.redeemed:
            stands = self.stands()
            return sum(stands[index] for index in redeemed)
        return self.net

    def stands(self) -> list[int]:
        """Units that stand of each entry now."""
        return self.stands_on(self.net)

    def stands_on(self, net: int) -> list[int]:
        """
        Units that stand of each entry when the purchase is worth *net*.

        Before any refund or amendment that is all of it.  Where several entries were
        priced as one sum, the first ones stand longest.
        """
        left = self.worth(net)
        stands: list[int] = []
        for index, entry in enumerate(self.entries):
            price = price_of(entry, left)
            there = entry.quantity - self.undone[index]
            if entry.reverses is not None:
                there = 0
            elif price is not None:
                there = min(there, left[price])
                left[price] -= there
            stands.append(there)
        return stands

    def worth(self, net: int) -> dict[Price, int]:
        """Smallest units that the purchase earns on *net*, by what is priced as one."""
        amount = self.transaction.purchase_amount
        if amount is None or (self._is_as_it_was and amount == net):
            return {}
        worth: dict[Price, int] = {}
        for unit, price in self._rules.reprice(self.transaction, net).items():
            if isinstance(price, Mapping):
                worth |= {(unit, rule): n for rule, n in price.items()}
            else:
                worth[unit, None] = price
        for name, most in self.transaction.pinned.get("caps", {}).items():
            unit = Unit(name)
            if (unit, None) in worth:
                worth[unit, None] = min(worth[unit, None], most)
        return worth


def price_of(entry: Entry, worth: Mapping[Price, int]) -> Price | None:
    """What an entry shares a price with; None where it has none."""
    if entry.lot is None:
        return None
    for price in ((entry.unit, entry.rule), (entry.unit, None)):
        if price in worth:
            return price
    return None
