"""Measures over rows in memory, as the port says they come out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from loyaltycore.errors import UnsupportedValue
from loyaltycore.query.queries import Measure, MeasureKind


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from loyaltycore.query.predicates import Row

__all__ = ["SUM_MAX", "summarized"]

SUM_MAX: Final = 2**63 - 1  # what the engines can add up to


def summarized(
    rows: Iterable[Row], by: Sequence[str], measures: Mapping[str, Measure]
) -> list[Row]:
    """One row a combination of *by*, None first; without *by* one row at all."""
    groups: dict[tuple[Any, ...], list[Row]] = {} if by else {(): []}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in by), []).append(row)
    ordered = sorted(groups.items(), key=lambda group: _none_first(group[0]))
    return [
        dict(zip(by, values, strict=True))
        | {name: _measured(measure, members) for name, measure in measures.items()}
        for values, members in ordered
    ]


def _none_first(values: tuple[Any, ...]) -> list[tuple[bool, Any]]:
    return [(value is not None, value) for value in values]


def _measured(measure: Measure, rows: list[Row]) -> Any:
    column = measure.column
    if measure.kind is MeasureKind.COUNT or column is None:
        return len(rows)
    values = [row[column] for row in rows if row[column] is not None]
    if measure.kind is MeasureKind.MIN:
        return min(values, default=None)
    if measure.kind is MeasureKind.MAX:
        return max(values, default=None)
    total = sum(values)
    if not -SUM_MAX <= total <= SUM_MAX:
        raise UnsupportedValue("A sum is beyond 64 bits; sum fewer rows.")
    return total
