"""
The transaction that is to be taken back, and what of it still stands.

An entry stands at its amount until something is taken back of it.  A purchase of 25.00
at a point for each full 10 stands at 2 points; after refunds of 5.00 and 6.00 it is
worth 14.00 and stands at 1 point, whatever could be collected of the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol


if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyaltycore.ledger.decision import Repriced, Till
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.shortfall import Shortfall
    from loyaltycore.ledger.transactions import Entry, Transaction, Unit

__all__ = ["Original", "Reversed"]


class Reversed(Protocol):
    """What the ledger asks of a card type when it takes something back."""

    @property
    def shortfall(self) -> Shortfall:
        """What happens to units that are gone."""
        ...

    def reprice(self, transaction: Transaction, net: int) -> Repriced:
        """
        Units that the transaction would have earned on *net*, with what it pinned.

        Only units that a rule computed from the purchase amount; what was entered by
        hand is not named and stays.
        """
        ...

    def settle(self, draft: Draft) -> Till:
        """Do what the rules do by themselves after a change, and say what is shown."""
        ...


class Original:
    """
    A transaction with what reverses it already.

    Attributes:
        net: minor units of the purchase that no refund has taken back.
        undone: by the index of an entry, units that reversals collected, put back or
            let the customer owe.
    """

    def __init__(
        self,
        rules: Reversed,
        transaction: Transaction,
        reversals: Sequence[Transaction],
    ) -> None:
        self.transaction = transaction
        self.entries = transaction.entries
        self.net = (transaction.purchase_amount or 0) + sum(
            reversal.purchase_amount or 0 for reversal in reversals
        )
        self.undone: Counter[int] = Counter()
        for reversal in reversals:
            for entry in reversal.entries:
                if entry.reverses is not None:
                    self.undone[entry.reverses] += abs(entry.amount)
        self._rules = rules

    def stands(self) -> list[int]:
        """Units that stand of each entry now."""
        return self.stands_on(self.net)

    def stands_on(self, net: int) -> list[int]:
        """
        Units that stand of each entry when the purchase is worth *net*.

        Before any refund that is all of it.  Where several entries were priced as one
        sum, the first ones stand longest.
        """
        priced: Repriced = {}
        if self.transaction.purchase_amount not in {None, net}:
            priced = self._rules.reprice(self.transaction, net)
        left: dict[tuple[Unit, str | None], int] = {}
        stands: list[int] = []
        for index, entry in enumerate(self.entries):
            key, worth = _price_of(entry, priced)
            if worth is None:
                stands.append(abs(entry.amount) - self.undone[index])
                continue
            stands.append(min(entry.amount, left.get(key, worth)))
            left[key] = left.get(key, worth) - stands[-1]
        return stands


def _price_of(
    entry: Entry, priced: Repriced
) -> tuple[tuple[Unit, str | None], int | None]:
    """What an entry shares a price with, and that price; None where it has none."""
    worth = None if entry.lot is None else priced.get(entry.unit)
    if isinstance(worth, Mapping):
        return (entry.unit, entry.rule), worth.get(entry.rule)
    return (entry.unit, None), worth
