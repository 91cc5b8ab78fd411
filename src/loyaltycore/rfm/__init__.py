"""
Recency, frequency and monetary value of customers, scored and put into segments.

Owns what is counted, how it is scored and how scores become segments; knows no store,
no card and no clock.  Customers without a purchase are not scored: list them yourself
under the label ``prospect``.

Example:
    >>> from datetime import date
    >>> from loyaltycore.rfm import Purchase, rfm
    >>> table = rfm([Purchase("ada", date(2026, 3, 1), 1177)], as_of=date(2026, 3, 8))
    >>> str(table.rows[0].score)
    '511'
"""

from __future__ import annotations

from loyaltycore.rfm.purchases import Habit, Purchase, habits
from loyaltycore.rfm.scoring import Cuts, Score, rank_cuts
from loyaltycore.rfm.segments import (
    RF10,
    Coverage,
    Rectangle,
    SegmentTable,
    coverage,
)
from loyaltycore.rfm.spec import RfmSpec
from loyaltycore.rfm.table import (
    EmptyScore,
    FewCustomers,
    RfmRow,
    RfmTable,
    SegmentSummary,
    rfm,
)


__all__ = [
    "RF10",
    "Coverage",
    "Cuts",
    "EmptyScore",
    "FewCustomers",
    "Habit",
    "Purchase",
    "Rectangle",
    "RfmRow",
    "RfmSpec",
    "RfmTable",
    "Score",
    "SegmentSummary",
    "SegmentTable",
    "coverage",
    "habits",
    "rank_cuts",
    "rfm",
]
