"""
Why a table of scores is to be read with care.

Owns the reasons; knows neither purchases nor segments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import attrs

from loyaltycore.rfm.cuts import MEASURES


if TYPE_CHECKING:
    from collections.abc import Collection

    from loyaltycore.rfm.cuts import Score
    from loyaltycore.rfm.spec import RfmSpec

__all__ = ["EmptyScore", "FewCustomers", "RfmWarning", "caveats"]

_CUSTOMERS_PER_BIN = 5


@attrs.frozen(kw_only=True)
class FewCustomers:
    """
    Too few customers for the bins: scores rest on single persons.

    Attributes:
        customers: how many there are.
        wanted: how many there should be, five for each bin.
    """

    customers: int
    wanted: int

    def __str__(self) -> str:
        """Say it in one sentence."""
        remedy = "use fewer bins or a longer window"
        return f"{self.customers} customers are fewer than {self.wanted}; {remedy}."


@attrs.frozen(kw_only=True)
class EmptyScore:
    """
    A score that nobody has, because too many customers are equal.

    Attributes:
        measure: ``recency``, ``frequency`` or ``monetary``.
        score: the one that is nobody's.
    """

    measure: str
    score: int

    def __str__(self) -> str:
        """Say it in one sentence."""
        remedy = "segments that need it stay empty"
        return f"Nobody has the {self.measure} score {self.score}; {remedy}."


#: Why a table is to be read with care.
RfmWarning: TypeAlias = FewCustomers | EmptyScore


def caveats(scores: Collection[Score], spec: RfmSpec) -> tuple[RfmWarning, ...]:
    """
    Find fewer than five customers for each bin, and scores that nobody has.

    Args:
        scores: one for each customer.
        spec: cuts that it gives do not rest on the customers, however few.
    """
    found: list[RfmWarning] = []
    wanted = _CUSTOMERS_PER_BIN * spec.bins
    if spec.rule != "given" and len(scores) < wanted:
        found.append(FewCustomers(customers=len(scores), wanted=wanted))
    if scores:
        held = set(scores)
        for measure, bins in zip(MEASURES, spec.shape, strict=True):
            have = {getattr(score, measure) for score in held}
            found.extend(
                EmptyScore(measure=measure, score=score)
                for score in range(1, bins + 1)
                if score not in have
            )
    return tuple(found)
