"""
From one row per customer to scores and segments, in the frame's own engine.

Owns the two ways to the same numbers: ranks within the frame, which is one pass and
stays lazy; or cuts that are found first and then written into the query, which every
engine can do and which moves no customer from one machine to another.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, product
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from loyaltycore.rfm.cuts import Cuts, Score
from loyaltycore.rfm.scoring import cut_values


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loyaltycore.rfm.dataframe.inspection import AnyFrame
    from loyaltycore.rfm.segments import SegmentTable, Span
    from loyaltycore.rfm.spec import RfmSpec

__all__ = ["cuts_in", "scored", "with_segment"]

_MEASURES: Final = ("recency_days", "frequency", "monetary")
_SCORES: Final = ("recency_score", "frequency_score", "monetary_score")

#: Engines without ranks, or where a rank takes all customers to one machine.
_BY_CUTS: Final = frozenset(
    {
        nw.Implementation.DASK,
        nw.Implementation.PYSPARK,
        nw.Implementation.PYSPARK_CONNECT,
        nw.Implementation.SQLFRAME,
    }
)


def scored(habits: AnyFrame, spec: RfmSpec) -> AnyFrame:
    """Add the three scores to the habits."""
    if spec.rule == "ntile":
        return _dealt_out(habits, spec.bins)
    if spec.rule == "rank" and habits.implementation not in _BY_CUTS:
        bins = [_rank_bin(name, spec.bins) for name in _MEASURES]
        return _with_scores(habits, bins, spec.shape[0])
    cuts = cuts_in(habits, spec)
    axes = (cuts.recency, cuts.frequency, cuts.monetary)
    bins = [_bin(name, axis) for name, axis in zip(_MEASURES, axes, strict=True)]
    return _with_scores(habits, bins, spec.shape[0])


def cuts_in(habits: AnyFrame, spec: RfmSpec) -> Cuts:
    """Find the cuts of the habits in a frame, exactly as plain Python does."""
    if spec.given_cuts is not None:
        return spec.given_cuts
    found = _observed(habits)
    units = (1, 1, spec.compat_unit)
    recency, frequency, monetary = (
        _cuts(found[name], spec, unit)
        for name, unit in zip(_MEASURES, units, strict=True)
    )
    return Cuts(
        shape=spec.shape, recency=recency, frequency=frequency, monetary=monetary
    )


def with_segment(scores: AnyFrame, table: SegmentTable) -> AnyFrame:
    """Add the segment of each customer."""
    if isinstance(scores, nw.DataFrame):
        return _looked_up(scores, table)
    return scores.with_columns(_chosen(table).alias("segment"))


def _looked_up(scores: nw.DataFrame[Any], table: SegmentTable) -> AnyFrame:
    """Find segments by the number of their cell: pandas is slow at choosing texts."""
    r, f, m = (nw.col(name) for name in _SCORES)
    _, often, much = table.shape
    cells = product(*(range(1, bins + 1) for bins in table.shape))
    names = [table.segment(Score(*cell)) for cell in cells]
    number = ((r - 1) * often + f - 1) * much + m - 1
    segment = number.replace_strict(
        list(range(len(names))), names, return_dtype=nw.String
    )
    return scores.with_columns(segment.alias("segment"))


def _chosen(table: SegmentTable) -> nw.Expr:
    """Return the first rectangle that holds the scores; every engine can do that."""
    segment = None if table.default is None else nw.lit(table.default)
    for rectangle in reversed(table.rectangles):
        spans = (rectangle.recency, rectangle.frequency, rectangle.monetary)
        inside = nw.lit(value=True)
        for name, span, bins in zip(_SCORES, spans, table.shape, strict=True):
            for term in _within(nw.col(name), span, bins):
                inside &= term
        chosen = nw.when(inside).then(nw.lit(rectangle.segment))
        segment = chosen if segment is None else chosen.otherwise(segment)
    assert segment is not None, "a table without rectangles has a default"
    return segment


def _within(score: nw.Expr, span: Span, bins: int) -> Iterator[nw.Expr]:
    """Yield what has to be asked of a score to lie in a span; nothing if all do."""
    lowest, highest = span
    if lowest == highest:
        yield score == lowest
        return
    if lowest > 1:
        yield score >= lowest
    if highest < bins:
        yield score <= highest


def _with_scores(habits: AnyFrame, bins: Sequence[nw.Expr], highest: int) -> AnyFrame:
    """Turn bins into scores: recency is better the smaller it is."""
    recency, frequency, monetary = bins
    return habits.with_columns(
        (highest + 1 - recency).cast(nw.Int64).alias("recency_score"),
        frequency.cast(nw.Int64).alias("frequency_score"),
        monetary.cast(nw.Int64).alias("monetary_score"),
    )


def _rank_bin(column: str, bins: int) -> nw.Expr:
    """Return ``1 + bins * (rank - 1) // customers``, ties sharing the lowest rank."""
    rank = nw.col(column).rank("min").cast(nw.Int64)
    return 1 + (bins * (rank - 1)) // nw.len().cast(nw.Int64)


def _bin(column: str, cuts: tuple[int, ...]) -> nw.Expr:
    """Return one more than the number of cuts below the value."""
    found = nw.lit(len(cuts) + 1)
    for place in range(len(cuts), 0, -1):
        found = (
            nw.when(nw.col(column) <= cuts[place - 1])
            .then(nw.lit(place))
            .otherwise(found)
        )
    return found


def _dealt_out(habits: AnyFrame, bins: int) -> AnyFrame:
    """Deal customers out into tiles of the same size, equal ones by ascending id."""
    for name in _MEASURES:
        habits = habits.with_row_index(f"_{name}", order_by=[name, "customer_id"])
    size = nw.len().cast(nw.Int64) // bins
    over = nw.len().cast(nw.Int64) - size * bins
    sized = habits.with_columns(size.alias("_size"), over.alias("_over"))
    tiles = [_tile(nw.col(f"_{name}").cast(nw.Int64)) for name in _MEASURES]
    names = list(habits.collect_schema())
    kept = [name for name in names if not name.startswith("_")]
    return _with_scores(sized, tiles, bins).select(*kept, *_SCORES)


def _tile(place: nw.Expr) -> nw.Expr:
    """Return the tile of a place: the first tiles take one more, as SQL's do."""
    size, over = nw.col("_size"), nw.col("_over")
    wide = over * (size + 1)
    # Where tiles are of size 0 every customer is in a wide one; 1 only avoids x // 0.
    narrow = nw.when(size > 0).then(size).otherwise(1)
    return (
        nw.when(place < wide)
        .then(place // (size + 1) + 1)
        .otherwise(over + (place - wide) // narrow + 1)
    )


def _observed(habits: AnyFrame) -> dict[str, list[tuple[int, int]]]:
    """Count how many customers have each value of each measure; one query."""
    lazy = habits.lazy()
    stacked = nw.concat(
        [
            lazy.select(nw.lit(name).alias("measure"), nw.col(name).alias("value"))
            for name in _MEASURES
        ]
    )
    counted = stacked.group_by("measure", "value").agg(nw.len().alias("customers"))
    found: dict[str, list[tuple[int, int]]] = {name: [] for name in _MEASURES}
    for measure, value, customers in counted.collect().iter_rows():
        found[measure].append((int(value), int(customers)))
    return found


def _cuts(counts: list[tuple[int, int]], spec: RfmSpec, unit: int) -> tuple[int, ...]:
    """Find the cuts of one measure in its values and how often each is there."""
    counts.sort()
    values = [value for value, _ in counts]
    ends = list(accumulate(customers for _, customers in counts))

    def pick(place: int) -> int:
        return values[bisect_right(ends, place)]

    total = ends[-1] if ends else 0
    return cut_values(pick, total, spec.bins, spec.rule, unit=unit)
