"""
From habits to scores: cuts observed in a population, and where one customer falls.

Owns the rank rule and the cuts that keep it; knows no purchase and no segment.

The rule, for n scores and a population of N: cut k is the smallest observed value that
at least k of every n customers do not exceed, and a customer's bin is one more than the
number of cuts below the customer's own value.  That is the same as
``1 + n * (rank - 1) // N`` with ties sharing their lowest rank, in integers alone.
Equal customers always score equally; a bin that nobody falls into stays empty.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias, cast

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm.checks import check_number, check_tuple, check_whole
from loyaltycore.rfm.spec import BINS_MAX


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from loyaltycore.rfm.purchases import Habit

__all__ = ["Cuts", "Score", "Shape", "check_shape", "rank_cuts"]

#: How many scores recency, frequency and monetary value have, in this order.
Shape: TypeAlias = tuple[int, int, int]

_TWO_DIGITS = 10
_MEASURES = ("recency", "frequency", "monetary")


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
        for field, bins, cuts in zip(_MEASURES, self.shape, axes, strict=True):
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
        return Score(
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
        known = ("shape", *_MEASURES)
        for key in data:
            if key not in known:
                raise InvalidValue(key, f"is unknown; cuts have {', '.join(known)}")
        shape, *axes = (_numbers(data, key) for key in known)
        recency, frequency, monetary = axes
        return cls(
            shape=cast("Shape", shape),
            recency=recency,
            frequency=frequency,
            monetary=monetary,
        )


def rank_cuts(habits: Iterable[Habit], bins: int = 5) -> Cuts:
    """
    Cut a population into bins of as equal a size as its ties allow.

    Args:
        habits: the population, in any order; may be empty or smaller than ``bins``.
        bins: how many scores each measure gets, 2 to 20.

    Returns:
        Cuts that are values of the population.

    Raises:
        InvalidValue: ``bins`` is out of its limits.
    """
    check_number("bins", bins, at_least=2, at_most=BINS_MAX)
    population = tuple(habits)
    return Cuts(
        shape=(bins, bins, bins),
        recency=_rank_cuts([habit.recency_days for habit in population], bins),
        frequency=_rank_cuts([habit.frequency for habit in population], bins),
        monetary=_rank_cuts([habit.monetary for habit in population], bins),
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
    if len(numbers) != len(_MEASURES):
        raise InvalidValue("shape", f"has {len(numbers)} numbers; {remedy}")
    for bins in shape:
        check_number("shape", bins, at_least=1, at_most=BINS_MAX)


def _rank_cuts(values: list[int], bins: int) -> tuple[int, ...]:
    """Take the value at rank ``ceil(k * N / n)`` for each k below n."""
    if not values:
        return ()
    values.sort()
    count = len(values)
    return tuple(values[(k * count + bins - 1) // bins - 1] for k in range(1, bins))


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


def _numbers(data: Mapping[str, object], key: str) -> tuple[int, ...]:
    """Read a list of numbers; the cuts themselves check what is in it."""
    if key not in data:
        raise InvalidValue(key, "is missing; pass what to_dict() returned")
    values = data[key]
    if not isinstance(values, (list, tuple)):
        kind = type(values).__name__
        raise InvalidValue(key, f"is of type {kind}; pass a list of whole numbers")
    return tuple(cast("Iterable[int]", values))
