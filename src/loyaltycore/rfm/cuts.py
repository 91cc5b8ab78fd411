"""
Scores, and the cuts that keep a scale: where one customer falls.

Owns the scale; knows neither how cuts were found nor what a segment is.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias, cast

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm.checks import check_number, check_tuple, check_whole
from loyaltycore.rfm.plain import check_keys, numbers_of


if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BINS_MAX",
    "MEASURES",
    "VISITS_CUTS",
    "Cuts",
    "Score",
    "Shape",
    "check_shape",
]

#: The finest scale: twenty scores, 8,000 cells in a segment table.
BINS_MAX: Final = 20

#: What is scored, in the order in which everything here lists it.
MEASURES: Final = ("recency", "frequency", "monetary")

#: How many scores recency, frequency and monetary value have, in this order.
Shape: TypeAlias = tuple[int, int, int]

_TWO_DIGITS = 10


@attrs.frozen
class Score:
    """
    One customer's three scores; 1 is the worst, the number of bins the best.

    Attributes:
        recency: high is recent.
        frequency: high is often.
        monetary: high is much.
    """

    recency: int
    frequency: int
    monetary: int

    def __str__(self) -> str:
        """Write ``543``, or ``10-4-3`` where a score has two digits."""
        scores = (self.recency, self.frequency, self.monetary)
        return ("" if max(scores) < _TWO_DIGITS else "-").join(map(str, scores))


#: Cells are 8,000 at most: customers of one cell share their score.
_cell: Final = cache(Score)


@attrs.frozen(kw_only=True)
class Cuts:
    """
    The values at which scores change; kept, they score later customers alike.

    A value on a cut belongs below it.  Repeated cuts are honest: the scores between
    them are nobody's.  No cuts at all mean that nobody was there to compare with;
    everybody then scores like the only customer of a shop: recency best, rest worst.

    Attributes:
        shape: how many scores recency, frequency and monetary value have, 1 to 20.
        recency: days, ascending; one fewer than scores, or none.
        frequency: counts, ascending; one fewer than scores, or none.
        monetary: minor units, ascending; one fewer than scores, or none.

    Raises:
        InvalidValue: cuts are no ``int``, descend, or are too few or too many.

    Example:
        >>> cuts = Cuts(
        ...     shape=(3, 3, 2), recency=(7, 30), frequency=(1, 4), monetary=(9900,)
        ... )
        >>> str(cuts.score(8, 5, 9900))
        '231'
    """

    shape: Shape
    recency: tuple[int, ...]
    frequency: tuple[int, ...]
    monetary: tuple[int, ...]

    def __attrs_post_init__(self) -> None:
        check_shape(self.shape)
        axes = (self.recency, self.frequency, self.monetary)
        for field, bins, cuts in zip(MEASURES, self.shape, axes, strict=True):
            _check_cuts(field, bins, cuts)

    def score(self, recency: int, frequency: int, monetary: int) -> Score:
        """
        Score one customer, whether or not the cuts come from a table with them in it.

        Args:
            recency: days since the last purchase, 0 or more.
            frequency: purchases or days, as counted for the cuts.
            monetary: minor units, as counted for the cuts.

        Returns:
            The three scores.

        Raises:
            InvalidValue: a value is no ``int``, or the recency is negative.
        """
        check_whole("recency", recency, "pass whole days")
        check_whole("frequency", frequency, "pass a whole count")
        check_whole("monetary", monetary, "count in minor units: 11.77 is 1177")
        if recency < 0:
            remedy = "leave purchases after the day you look out"
            raise InvalidValue("recency", f"is {recency} days; {remedy}")
        return self.place(recency, frequency, monetary)

    def place(self, recency: int, frequency: int, monetary: int) -> Score:
        """Score numbers that are known to be right, such as those of a habit."""
        return _cell(
            self.shape[0] - bisect_left(self.recency, recency),
            1 + bisect_left(self.frequency, frequency),
            1 + bisect_left(self.monetary, monetary),
        )

    def to_dict(self) -> dict[str, list[int]]:
        """Return a dictionary that JSON can hold, for :meth:`from_dict`."""
        return {
            "shape": list(self.shape),
            "recency": list(self.recency),
            "frequency": list(self.frequency),
            "monetary": list(self.monetary),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Cuts:
        """
        Read back what :meth:`to_dict` wrote.

        Args:
            data: the keys ``shape``, ``recency``, ``frequency`` and ``monetary``, each
                a list of whole numbers; further keys are refused.

        Raises:
            InvalidValue: a key is missing, unknown or holds something else.
        """
        known = ("shape", *MEASURES)
        check_keys(data, known)
        shape, *axes = (numbers_of(data, key) for key in known)
        recency, frequency, monetary = axes
        return cls(
            shape=cast("Shape", shape),
            recency=recency,
            frequency=frequency,
            monetary=monetary,
        )


def check_shape(shape: Shape) -> None:
    """
    Refuse anything but three numbers of scores.

    Args:
        shape: recency, frequency, monetary.

    Raises:
        InvalidValue: there are not three, or one is not from 1 to 20.
    """
    remedy = "pass three: recency, frequency, monetary"
    check_tuple("shape", shape, remedy)
    numbers = tuple[int, ...](shape)
    if len(numbers) != len(MEASURES):
        raise InvalidValue("shape", f"has {len(numbers)} numbers; {remedy}")
    for bins in shape:
        check_number("shape", bins, at_least=1, at_most=BINS_MAX)


def _check_cuts(field: str, bins: int, cuts: tuple[int, ...]) -> None:
    """Refuse cuts that bisecting would misread."""
    check_tuple(field, cuts, "pass the cuts in ascending order")
    for cut in cuts:
        check_whole(field, cut, "cuts are whole numbers")
    if cuts and len(cuts) != bins - 1:
        remedy = f"{bins} scores need {bins - 1}, or none"
        raise InvalidValue(field, f"has {len(cuts)} cuts; {remedy}")
    if any(upper < lower for lower, upper in pairwise(cuts)):
        raise InvalidValue(field, "has descending cuts; sort them")


#: Days since the last visit up to 30, 60, 90 and beyond; visits up to 3, 7 and beyond.
#: The grid that loyalty-card products draw, with its two gaps closed.
VISITS_CUTS: Final = Cuts(
    shape=(4, 3, 1), recency=(30, 60, 90), frequency=(3, 7), monetary=()
)
