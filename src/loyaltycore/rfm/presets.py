"""
Segment tables that come with the package.

Owns their boundaries; what a table is, lies in ``segments``.  Each is versioned: a
boundary that moves makes a new version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.rfm.segments import Rectangle, SegmentTable


if TYPE_CHECKING:
    from collections.abc import Iterator

    from loyaltycore.rfm.segments import Span

__all__ = ["PROSPECT", "RF10", "R_RFM_A", "SHOPIFY11", "VISITS9"]

#: The usual label of customers without a purchase; no table names them.
PROSPECT: Final = "prospect"

_ALL = (1, 5)


def _rf(segment: str, recency: Span, frequency: Span, monetary: Span) -> Rectangle:
    """Make a rectangle, its spans in the order of the measures."""
    return Rectangle(
        segment=segment, recency=recency, frequency=frequency, monetary=monetary
    )


def _halves(segment: str, recency: Span, above: int, up_to: int) -> Iterator[Rectangle]:
    """
    Make the rectangles of a band of (frequency + monetary) / 2.

    Args:
        segment: the name that all of them share.
        recency: lowest and highest recency score.
        above: twice the bound below the band.
        up_to: twice the band's upper bound, which belongs to it.
    """
    for frequency in range(1, 6):
        lowest = max(1, above - frequency + 1)
        highest = min(5, up_to - frequency)
        if lowest <= highest:
            yield _rf(segment, recency, (frequency, frequency), (lowest, highest))


#: Ten segments by recency and frequency alone.  The boundaries are those of the 5 x 5
#: grid that circulates widely in public RFM code, the one published table we found
#: that names each of its cells exactly once.
RF10: Final = SegmentTable(
    name="rf10",
    version=1,
    shape=(5, 5, 5),
    rectangles=(
        _rf("champions", (5, 5), (4, 5), _ALL),
        _rf("loyal", (3, 4), (4, 5), _ALL),
        _rf("potential_loyalists", (4, 5), (2, 3), _ALL),
        _rf("new", (5, 5), (1, 1), _ALL),
        _rf("promising", (4, 4), (1, 1), _ALL),
        _rf("need_attention", (3, 3), (3, 3), _ALL),
        _rf("about_to_sleep", (3, 3), (1, 2), _ALL),
        _rf("cant_lose", (1, 2), (5, 5), _ALL),
        _rf("at_risk", (1, 2), (3, 4), _ALL),
        _rf("hibernating", (1, 2), (1, 2), _ALL),
    ),
)

#: Nine segments of days since the last visit and number of visits, as loyalty-card
#: products name them, and ``lost`` for who stayed away longer; for method "fixed".
VISITS9: Final = SegmentTable(
    name="visits9",
    version=1,
    shape=(4, 3, 1),
    rectangles=(
        _rf("beginners", (4, 4), (1, 1), (1, 1)),
        _rf("growths", (4, 4), (2, 2), (1, 1)),
        _rf("champions", (4, 4), (3, 3), (1, 1)),
        _rf("doubtful", (3, 3), (1, 1), (1, 1)),
        _rf("medium", (3, 3), (2, 2), (1, 1)),
        _rf("loyal_regular", (3, 3), (3, 3), (1, 1)),
        _rf("sleeping", (2, 2), (1, 1), (1, 1)),
        _rf("at_risk", (2, 2), (2, 2), (1, 1)),
        _rf("needs_attention", (2, 2), (3, 3), (1, 1)),
        _rf("lost", (1, 1), (1, 3), (1, 1)),
    ),
)

#: Ten segments by recency and the mean of frequency and monetary score, with Shopify's
#: names; the eleventh, prospects, are customers without a purchase.  The bounds are as
#: third parties have written them down, the one gap closed at "needs attention".
SHOPIFY11: Final = SegmentTable(
    name="shopify11",
    version=1,
    shape=(5, 5, 5),
    rectangles=(
        *_halves("champions", (5, 5), 6, 10),
        *_halves("loyal", (3, 4), 6, 10),
        *_halves("active", (4, 5), 2, 6),
        *_halves("new", (5, 5), 0, 2),
        *_halves("promising", (4, 4), 0, 2),
        *_halves("needs_attention", (3, 3), 4, 6),
        *_halves("at_risk", (1, 2), 4, 8),
        *_halves("previously_loyal", (1, 2), 8, 10),
        *_halves("almost_lost", (3, 3), 0, 4),
        *_halves("dormant", (1, 2), 0, 4),
    ),
)

#: The table in the introduction to R's package ``rfm``, for who moves from there.  It
#: names 58 of its cells more than once, where the first wins, and 10 not at all.
R_RFM_A: Final = SegmentTable(
    name="r_rfm_a",
    version=1,
    shape=(5, 5, 5),
    rectangles=(
        _rf("Champions", (5, 5), (5, 5), (5, 5)),
        _rf("Potential Loyalist", (3, 5), (3, 5), (2, 5)),
        _rf("Loyal Customers", (2, 4), (2, 4), (2, 4)),
        _rf("Promising", (3, 4), (1, 3), (3, 5)),
        _rf("New Customers", (4, 5), (1, 3), (1, 5)),
        _rf("Can't Lose Them", (1, 2), (3, 4), (4, 5)),
        _rf("At Risk", (1, 2), (2, 5), (4, 5)),
        _rf("Need Attention", (1, 3), (3, 5), (3, 5)),
        _rf("About To Sleep", (2, 3), (1, 3), (1, 4)),
        _rf("Lost", (1, 1), (1, 5), (1, 5)),
    ),
    on_overlap="first",
    default="Others",
)
