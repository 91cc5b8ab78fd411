"""
Who moved from which segment to which between two days.

Owns the comparison of two labellings; knows no score.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import attrs

from loyaltycore.rfm.presets import PROSPECT


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Transition", "Transitions", "transitions_between"]


@attrs.frozen(kw_only=True)
class Transition:
    """
    Customers who went one way.

    Attributes:
        before: their segment in the earlier table; ``prospect`` if they were not in it.
        after: their segment in the later one; ``prospect`` if they left its window.
        customers: how many they are; at least 1.
    """

    before: str
    after: str
    customers: int


@attrs.frozen(kw_only=True)
class Transitions:
    """
    Every way that a customer went, staying included.

    Attributes:
        names: the segments, in their table's order, and ``prospect`` last.
        ways: those that somebody went, in the order of the names.
    """

    names: tuple[str, ...]
    ways: tuple[Transition, ...]

    @property
    def moved(self) -> int:
        """How many customers are in another segment than before."""
        return sum(way.customers for way in self.ways if way.before != way.after)

    def matrix(self) -> tuple[tuple[int, ...], ...]:
        """Return customers by segment before (rows) and after (columns)."""
        counts = {(way.before, way.after): way.customers for way in self.ways}
        return tuple(
            tuple(counts.get((before, after), 0) for after in self.names)
            for before in self.names
        )


def transitions_between(
    before: Mapping[str, str], after: Mapping[str, str], names: Sequence[str]
) -> Transitions:
    """
    Compare two labellings of customers.

    Args:
        before: segment by customer id.
        after: the same, later.
        names: all segments, in the order of the report.
    """
    pairs = Counter(
        (before.get(customer_id, PROSPECT), after.get(customer_id, PROSPECT))
        for customer_id in before.keys() | after.keys()
    )
    ordered = tuple(dict.fromkeys((*names, PROSPECT)))
    return Transitions(
        names=ordered,
        ways=tuple(
            Transition(before=one, after=other, customers=pairs[one, other])
            for one in ordered
            for other in ordered
            if pairs[one, other]
        ),
    )
