"""What is counted beside the cards, added up again: day figures, counters, quotas."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from loyaltycore.insight.program_proof import check_counters, check_day
from loyaltycore.insight.verification import Check
from loyaltycore.records import cards as card_records
from loyaltycore.records import figures as figure_records
from loyaltycore.records import verification as records
from loyaltycore.records.locations import all_locations
from loyaltycore.records.managers import all_managers
from loyaltycore.records.quotas import QUOTA, living_counts, quota_name
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

_PAGE: Final = 500


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
        self._check_counters()

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

    def _check_counters(self) -> None:
        """Counters of several cards add up, and those of one card have a card."""
        program_id, session = self._program.id, self._session
        shared: dict[str, int] = {}
        quotas: dict[str, int] = {}
        counters = stream(session, records.all_counters(program_id))
        for rows in records.chunks(counters, _PAGE):
            self._findings.count("counters", len(rows))
            used = {row["name"]: row["used"] for row in rows}
            quotas |= {each: n for each, n in used.items() if each.startswith(QUOTA)}
            shared |= {each: n for each, n in used.items() if ":" in each}
            of_card = [*(used.keys() - quotas.keys() - shared.keys())]
            refs = [
                card_records.card_ref(program_id, name.partition("/")[0])
                for name in of_card
            ]
            for name, card in zip(of_card, session.get(refs), strict=True):
                if card is None:
                    message = "it counts for a card that is not there."
                    self._findings.add(Check.REFERENCE, "counter", name, message)
        everybody = "the journal of all cards"
        check_counters(everybody, shared, self._shared, self._findings)
        self._count_seats()
        check_counters("the program", quotas, self._quotas, self._findings)

    def _count_seats(self) -> None:
        """What a plan may limit, beside customers."""
        program_id, session = self._program.id, self._session
        for quota, query in (
            ("seats", all_managers(program_id)),
            ("locations", all_locations(program_id)),
        ):
            rows = stream(session, query)
            there = sum(row["deleted_at"] is None for row in rows)
            self._quotas[quota_name(quota)] += there


def _all_days(sums: Any) -> dict[str, int]:
    return {name: sums.get(name, 0) for name in figure_records.FIGURE_MEASURES}
