"""
Recency, frequency and monetary value of customers, scored and put into segments.

Owns what is counted, how it is scored and how scores become segments; knows no store,
no card and no clock.  Customers without a purchase are not scored: list them yourself
under the label ``PROSPECT``.

Example:
    >>> from datetime import date
    >>> from loyaltycore.rfm import Purchase, rfm
    >>> table = rfm([Purchase("ada", date(2026, 3, 1), 1177)], as_of=date(2026, 3, 8))
    >>> str(table.rows[0].score)
    '511'
"""

from __future__ import annotations

from loyaltycore.rfm.btyd import BtydRow, btyd_columns, btyd_summary
from loyaltycore.rfm.caveats import EmptyScore, FewCustomers
from loyaltycore.rfm.cuts import VISITS_CUTS, Cuts, Score
from loyaltycore.rfm.distribution import Bar
from loyaltycore.rfm.heatmap import HeatCell, Heatmap
from loyaltycore.rfm.presets import PROSPECT, R_RFM_A, RF10, SHOPIFY11, VISITS9
from loyaltycore.rfm.purchases import Habit, Purchase, habits
from loyaltycore.rfm.rows import RfmRow
from loyaltycore.rfm.scoring import find_cuts, rank_cuts
from loyaltycore.rfm.segments import (
    Coverage,
    Rectangle,
    SegmentTable,
    coverage,
)
from loyaltycore.rfm.spec import RfmSpec
from loyaltycore.rfm.summary import SegmentSummary
from loyaltycore.rfm.table import RfmTable, rfm, score_habits
from loyaltycore.rfm.transitions import Transition, Transitions


__all__ = [
    "PROSPECT",
    "RF10",
    "R_RFM_A",
    "SHOPIFY11",
    "VISITS9",
    "VISITS_CUTS",
    "Bar",
    "BtydRow",
    "Coverage",
    "Cuts",
    "EmptyScore",
    "FewCustomers",
    "Habit",
    "HeatCell",
    "Heatmap",
    "Purchase",
    "Rectangle",
    "RfmRow",
    "RfmSpec",
    "RfmTable",
    "Score",
    "SegmentSummary",
    "SegmentTable",
    "Transition",
    "Transitions",
    "btyd_columns",
    "btyd_summary",
    "coverage",
    "find_cuts",
    "habits",
    "rank_cuts",
    "rfm",
    "score_habits",
]
