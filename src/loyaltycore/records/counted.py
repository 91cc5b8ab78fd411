"""What is counted beside the cards, added up again: day figures, counters, quotas."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from loyaltycore.insight.program_proof import check_day
from loyaltycore.insight.verification import Check
from loyaltycore.records import cards as card_records
from loyaltycore.records import figures as figure_records
from loyaltycore.records import verification as records
from loyaltycore.records.belongings import prove_counters
from loyaltycore.records.quotas import living_counts
from loyaltycore.records.streaming import stream


if TYPE_CHECKING:
    from loyaltycore.cards.card import Card
    from loyaltycore.customers.customer import Customer
    from loyaltycore.customers.figures import Figures
    from loyaltycore.customers.reviews import Review
    from loyaltycore.insight.verification import Findings
    from loyaltycore.ledger.transactions import Transaction
    from loyaltycore.ports import Session
    from loyaltycore.program.program import Program

__all__ = ["Counted"]


class Counted:
    """
    Sums over everything that was seen, to be held against what is stored.

    What it holds is one row of sums for each row of day figures and each counter that
    several cards share.
    """

    def __init__(self, session: Session, program: Program, findings: Findings) -> None:
        self._session = session
        self._program = program
        self._findings = findings
        self._days: dict[tuple[Any, ...], Counter[str]] = {}
        self._shared: Counter[str] = Counter()
        self._quotas: Counter[str] = Counter()
        self._living = 0

    # -- seen --------------------------------------------------------------------------

    def customer(self, customer: Customer) -> None:
        """Count a customer."""
        self._living += customer.is_living
        for count in living_counts(self._program.id, [customer]):
            self._quotas[str(count.ref.values[1])] += 1
        for change in figure_records.customer_figures(self._program, [customer]):
            self._day(change.ref.values)["customers"] += 1

    def review(self, review: Review) -> None:
        """Count a review."""
        change = figure_records.review_figures(self._program.id, review)
        self._day(change.ref.values).update(change.deltas)

    def transaction(
        self,
        card: Card,
        transaction: Transaction,
        figures: Figures,
        of_card: Counter[str],
    ) -> None:
        """
        Count a transaction.

        Args:
            of_card: gets what is counted for this card alone.
        """
        changes = figure_records.day_changes(self._program.id, transaction, figures)
        for change in changes:
            self._day(change.ref.values).update(change.deltas)
        for name, n in transaction.pinned.get("counters", {}).items():
            stored = card_records.counter_name(card, name)
            shared = self._shared if ":" in stored else of_card
            shared[stored] += n

    def _day(self, key: tuple[Any, ...]) -> Counter[str]:
        return self._days.setdefault(key, Counter())

    # -- held against what is stored ---------------------------------------------------

    def check(self) -> None:
        """Report every figure that is another one than what was seen adds up to."""
        self._check_days()
        prove_counters(
            self._session,
            self._program.id,
            self._shared,
            self._quotas,
            self._findings,
        )

    def _check_days(self) -> None:
        program_id, findings = self._program.id, self._findings
        query = figure_records.program_figures(program_id)
        for row in stream(self._session, query):
            findings.count("day_figures")
            key = records.row_key("day_figure", row)
            sums = self._days.pop(key, Counter())
            where = records.row_id("day_figure", row)
            check_day(where, row, _all_days(sums), findings)
            self._living -= row["living"]
        if self._living:
            message = f"their number is off by {self._living}; count them again."
            findings.add(Check.FIGURES, "program", program_id, message)
        for key, sums in self._days.items():
            where = "/".join(map(str, key[1:]))
            check_day(where, _all_days({}), _all_days(sums), findings)


def _all_days(sums: Any) -> dict[str, int]:
    return {name: sums.get(name, 0) for name in figure_records.FIGURE_MEASURES}
