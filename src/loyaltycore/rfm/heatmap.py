"""
The grid of recency by frequency: how many customers each cell has, and their worth.

Owns the grid; knows no segment and no colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.rfm.purchases import mean_half_up


if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyaltycore.rfm.cuts import Score, Shape

__all__ = ["HeatCell", "Heatmap", "heatmap_of"]


@attrs.frozen(kw_only=True)
class HeatCell:
    """
    The customers who share a recency and a frequency score.

    Attributes:
        recency: their recency score.
        frequency: their frequency score.
        customers: how many they are.
        mean_monetary: minor units, to the nearest one, halves going up; ``None`` where
            the cell is empty.
    """

    recency: int
    frequency: int
    customers: int
    mean_monetary: int | None


@attrs.frozen(kw_only=True)
class Heatmap:
    """
    All cells of recency by frequency.

    Attributes:
        cells: by ascending recency score, then frequency score; none is left out.
        shape: how many scores recency and frequency have.
    """

    cells: tuple[HeatCell, ...]
    shape: tuple[int, int]

    def cell(self, recency: int, frequency: int) -> HeatCell:
        """
        Find a cell by its two scores.

        Raises:
            IndexError: the grid has no such cell.
        """
        rows, columns = self.shape
        if not (1 <= recency <= rows and 1 <= frequency <= columns):
            message = f"no cell {recency}, {frequency} in a grid of {rows} x {columns}"
            raise IndexError(message)
        return self.cells[(recency - 1) * columns + frequency - 1]


def heatmap_of(scored: Iterable[tuple[Score, int]], shape: Shape) -> Heatmap:
    """
    Count customers into the grid.

    Args:
        scored: the score and the monetary value, in minor units, of each customer.
        shape: how many scores recency, frequency and monetary value have.
    """
    rows, columns, _ = shape
    counts = [[0] * columns for _ in range(rows)]
    sums = [[0] * columns for _ in range(rows)]
    for score, monetary in scored:
        counts[score.recency - 1][score.frequency - 1] += 1
        sums[score.recency - 1][score.frequency - 1] += monetary
    cells = tuple(
        HeatCell(
            recency=row + 1,
            frequency=column + 1,
            customers=(n := counts[row][column]),
            mean_monetary=mean_half_up(sums[row][column], n) if n else None,
        )
        for row in range(rows)
        for column in range(columns)
    )
    return Heatmap(cells=cells, shape=(rows, columns))
