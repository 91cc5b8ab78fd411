"""
From habits to scores: cuts observed in a population, and what each customer gets.

Owns the rules by which a population is cut; knows no purchase and no segment.

Every rule ends in whole numbers, and a customer's bin is one more than the number of
cuts below the customer's own value.  For n scores and a population of N, in ascending
order x[0] to x[N - 1]:

* ``rank``: cut k is ``x[ceil(k * N / n) - 1]``, the smallest observed value that at
  least k of every n customers do not exceed.  That is the same as
  ``1 + n * (rank - 1) // N`` with ties sharing their lowest rank.
* ``quantile``: cut k is the type 7 quantile of k / n, which may lie between two
  customers.  A whole number is above it exactly if it is above its floor.
* ``r-rfm``: R's package ``rfm`` adds 1 to that quantile and gives the next bin to who
  reaches it, so ``x >= q + 1``; for whole numbers, ``x > ceil(q)``.
* ``ntile``: SQL's ``NTILE(n) OVER (ORDER BY value, customer_id)``.  It splits customers
  who are equal, by id; its cuts are the last values of the tiles.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias, assert_never

from loyaltycore.rfm.checks import check_number
from loyaltycore.rfm.cuts import BINS_MAX, Cuts, Score


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from loyaltycore.rfm.purchases import Habit
    from loyaltycore.rfm.spec import RfmSpec, Rule

__all__ = [
    "Pick",
    "cut_values",
    "cuts_of_values",
    "find_cuts",
    "rank_cuts",
    "scores_of",
]

#: The value at a place in ascending order, from 0: ``values.__getitem__`` of a list.
Pick: TypeAlias = "Callable[[int], int]"


def find_cuts(habits: Sequence[Habit], spec: RfmSpec) -> Cuts:
    """
    Cut a population as a spec says.

    Args:
        habits: the population, in any order; may be empty or smaller than the bins.
        spec: the rule and the number of scores, or the cuts themselves.

    Returns:
        Cuts in whole numbers; the given ones where the spec brings its own.
    """
    return cuts_of_values(
        (
            [habit.recency_days for habit in habits],
            [habit.frequency for habit in habits],
            [habit.monetary for habit in habits],
        ),
        spec,
    )


def cuts_of_values(
    measures: tuple[Sequence[int], Sequence[int], Sequence[int]], spec: RfmSpec
) -> Cuts:
    """
    Cut a population of which only the numbers are kept.

    Args:
        measures: recency days, frequencies and monetary values, each in any order.
        spec: as ``find_cuts``.
    """
    if spec.given_cuts is not None:
        return spec.given_cuts

    def cut(values: Sequence[int], unit: int) -> tuple[int, ...]:
        pick = sorted(values).__getitem__
        return cut_values(pick, len(values), spec.bins, spec.rule, unit=unit)

    recency, frequency, monetary = measures
    return Cuts(
        shape=spec.shape,
        recency=cut(recency, 1),
        frequency=cut(frequency, 1),
        monetary=cut(monetary, spec.compat_unit),
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

    def cut(name: str) -> tuple[int, ...]:
        values = sorted(map(attrgetter(name), population))
        return cut_values(values.__getitem__, len(values), bins, "rank")

    return Cuts(
        shape=(bins, bins, bins),
        recency=cut("recency_days"),
        frequency=cut("frequency"),
        monetary=cut("monetary"),
    )


def cut_values(
    pick: Pick, count: int, bins: int, rule: Rule, *, unit: int = 1
) -> tuple[int, ...]:
    """
    Find the cuts of one measure.

    Args:
        pick: the values in ascending order.
        count: how many there are.
        bins: the number of scores.
        rule: one that observes cuts.
        unit: what 1 is to R's package; see ``RfmSpec.compat_unit``.

    Returns:
        One fewer than bins, ascending; none where nobody is there to compare with.
    """
    if not count:
        return ()
    steps = range(1, bins)
    match rule:
        case "rank":
            return tuple(pick((k * count + bins - 1) // bins - 1) for k in steps)
        case "ntile":
            return tuple(pick(_tile_end(k, count, bins) - 1) for k in steps)
        case "quantile":
            return tuple(_scaled_quantile(pick, count, k, bins) // bins for k in steps)
        case "r-rfm":
            return tuple(
                -(-_scaled_quantile(pick, count, k, bins) // bins) + unit - 1
                for k in steps
            )
        case "given":  # pragma: no cover - whoever brings cuts does not look for them
            raise AssertionError(rule)
        case _:  # pragma: no cover - the spec refuses other names
            assert_never(rule)


def scores_of(habits: Sequence[Habit], cuts: Cuts, spec: RfmSpec) -> list[Score]:
    """
    Score a population by its own cuts, in its own order.

    Args:
        habits: by ascending customer id.
        cuts: what ``find_cuts`` returned for them.
        spec: the same.
    """
    if spec.rule == "ntile":
        return _dealt_out(habits, spec.bins)
    place = cuts.place
    return [place(one.recency_days, one.frequency, one.monetary) for one in habits]


def _scaled_quantile(pick: Pick, count: int, k: int, bins: int) -> int:
    """Return the type 7 quantile of k / bins, times bins, which is whole."""
    place, rest = divmod(k * (count - 1), bins)
    lower = pick(place)
    return bins * lower + (rest * (pick(place + 1) - lower) if rest else 0)


def _tile_end(k: int, count: int, bins: int) -> int:
    """Count the customers of the first k tiles; the first tiles take what is over."""
    size, over = divmod(count, bins)
    return k * size + min(k, over)


def _dealt_out(habits: Sequence[Habit], bins: int) -> list[Score]:
    """Deal customers out into tiles of the same size, equal ones by ascending id."""
    tiles = [
        _tiles([getattr(one, name) for one in habits], bins)
        for name in ("recency_days", "frequency", "monetary")
    ]
    return [
        Score(bins + 1 - recency, frequency, monetary)
        for recency, frequency, monetary in zip(*tiles, strict=True)
    ]


def _tiles(values: list[int], bins: int) -> list[int]:
    """Return the tile of each value; sorting is stable, so ids break ties."""
    size, over = divmod(len(values), bins)
    tiles = [0] * len(values)
    for place, index in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        wide = over * (size + 1)
        if place < wide:
            tiles[index] = place // (size + 1) + 1
        else:
            tiles[index] = over + (place - wide) // size + 1
    return tiles
